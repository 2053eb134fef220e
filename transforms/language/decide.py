"""Which language an article is in: the rule of docs/language.md.

Four witnesses are weighed as log-likelihoods: the script and the letters, the function words,
the n-gram detector, and what feed and page declare. "Something else" stands against every
language, so that text without evidence ends as "und".
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transforms.elements import LanguageSource
from transforms.language.detectors import Detector
from transforms.language.profiles import SCRIPTS, Script
from transforms.language.tags import codes, hints, is_written_in, sole_language
from transforms.language.text import Sample, sample, script_of

# A word that is not in the language's list of function words is in it by chance this often.
_CHANCE = 0.025
# log P(detector names L | text is L): to 0; of a language that it knows but does not name; of
# one that it does not know, where it can only err.
_UNNAMED, _UNKNOWN = -6.0, -2.5
# Characters from which the detector is given its full weight.
_FULL_WEIGHT = 45
# log P(declared L | is L) / P(declared L | is not L): declarations are right nine times in ten,
# but page templates say "en" of everything.
_DECLARED, _DECLARED_ENGLISH, _SECOND_HINT = 3.5, 2.0, 1.0
_FOREIGN_LETTER = -2.0
_SOMETHING_ELSE = "und"
# Prior of a language that is not listed here, by script.
_ELSE = {"LATIN": 0.0, "CYRILLIC": -4.0, "ARABIC": -4.0, "DEVANAGARI": -4.0}
_ELSE |= {"HEBREW": -6.0, "BENGALI": -6.0, "ETHIOPIC": -6.0}
_MAX_CONFIDENCE = 0.99
# A language that nothing but the declaration speaks for.
_UNVERIFIED = 0.7
# How much likelier anything else must be to contradict a declaration, where no language shows.
_CONTRADICTED = 2.0
_MIN_WORDS_OF_A_MIXTURE = 20

# Relatives that the detector names instead of a language it does not know.
_RELATIVES: Mapping[str, tuple[str, ...]] = {
    "bs": ("hr",),
    "sr": ("hr", "mk", "bg", "ru"),
    "gl": ("pt", "es"),
    "ms": ("id",),
    "id": ("ms",),
    "be": ("uk", "ru", "bg"),
    "nn": ("nb", "da"),
}

# Short texts in these cannot be told apart; the likelier one is named rather than none.
_CLOSE = tuple(
    codes(group)
    for group in ("bs hr sr", "da nb nn", "cs sk", "id ms", "ca es gl oc pt", "bg mk", "be ru uk")
)
# Prior of languages written far less than those they are taken for.
_RARE = -2.0
_RARER = codes("as bs br eo fo gd gl ht kk ky la lb mn nn oc sa sd tg ti tt ug uz yi")

# Everyday characters that only one of Japanese and Chinese (in either form) writes.
_JAPANESE_HAN = frozenset("円売広働込戦沢県総続児単労検権駅関実価読対図伝々歳毎帰抜応択郷鉄")
_CHINESE_HAN = frozenset(
    "这们说时对为发见车马长门问间东业严个丰临书买亚产亲亿从众优传伤还没吗让认讲关该请谁论设证议军农华单卫"
    "历县变员图场报无术权极构标欢气济热环现种级约纪经给结统网贸责质资赛转运过进远连选银钱铁际陆险随难项预领"
    "额风飞馆验龙說們這嗎還沒與對發關國學會實廣經濟總氣區黨當應體點戰權來擔寫歡灣聲處變讓邊麼你您她它吧呢啊"
)


@dataclass(frozen=True)
class LanguageDecision:
    """A language (BCP 47, "und" when undecidable), how sure that is in [0, 1] (0.0 for "und"),
    and what decided (None for "und")."""

    language: str
    confidence: float
    source: LanguageSource | None


UNDECIDED = LanguageDecision("und", 0.0, None)


def decide_language(
    title: str | None, body: str | None, declared: Sequence[str | None], detect: Detector
) -> LanguageDecision:
    """The language of an article. `declared` holds the tags of page, entry and feed, the most
    specific first; they count as evidence, not as truth. Pure but for `detect`."""
    text = sample(title, body)
    if text.script is None:
        return UNDECIDED
    if text.script == "CJK":
        return _chinese_or_japanese(text, hints(declared))
    expected = [tag for tag in hints(declared) if is_written_in(tag, text.script)]
    script = SCRIPTS.get(text.script)
    if script is None:
        return _by_script(text, expected)
    return _Scores(text, script, expected, detect).decision()


def _by_script(text: Sample, expected: Sequence[str]) -> LanguageDecision:
    """A script that is as good as one language; a declared lesser user of it is believed."""
    major = sole_language(text.script or "")
    if major is None:
        return UNDECIDED
    if expected and expected[0] != major:
        return LanguageDecision(expected[0], _certainty(text, _UNVERIFIED), "declared")
    probability = 1 - 0.5 ** (text.size / 2)
    confidence = _certainty(text, max(probability, _UNVERIFIED) if expected else probability)
    return LanguageDecision(major, confidence, "script") if confidence >= 0.5 else UNDECIDED


def _chinese_or_japanese(text: Sample, expected: Sequence[str]) -> LanguageDecision:
    """Han characters with or without kana. Headlines may do without kana, articles do not."""
    han = sum(count for letter, count in text.letters.items() if script_of(letter) == "CJK")
    kana = text.size - han
    odds = 4.6 * kana - 0.35 * han
    odds += 3.0 * sum(text.letters[letter] for letter in _JAPANESE_HAN)
    odds -= 3.0 * sum(text.letters[letter] for letter in _CHINESE_HAN)
    chinese = next((tag for tag in expected if tag in ("zh", "yue", "wuu")), "zh")
    hinted = odds
    for tag in expected:
        hinted += _DECLARED * ((tag == "ja") - (tag == chinese))
    language = "ja" if hinted > 0 else chinese
    confidence = _certainty(text, 1 / (1 + math.exp(-min(50.0, abs(hinted)))))
    if confidence < 0.6:
        return UNDECIDED
    declared = (odds > 0) != (hinted > 0) or language not in ("ja", "zh")
    return LanguageDecision(language, confidence, "declared" if declared else "script")


def _certainty(text: Sample, probability: float) -> float:
    """A probability, lowered where a good part of the text is in another script."""
    return round(min(_MAX_CONFIDENCE, probability) * min(1.0, text.share / 0.75), 3)


class _Scores:
    """The log-likelihood of every language that a script may write, against "something else"."""

    def __init__(
        self, text: Sample, script: Script, expected: Sequence[str], detect: Detector
    ) -> None:
        self.text = text
        self.script = script
        self.expected = expected
        self.languages = sorted(
            {
                *script.profiles,
                *expected,
                *(tag for tag in detect.languages if is_written_in(tag, text.script or "")),
            }
        )
        self.lowered = Counter(word.lower() for word in text.words)
        self.ngrams = self._ngrams(detect)
        self.words = self._words()

    def decision(self) -> LanguageDecision:
        evidence = {
            language: self.ngrams.get(language, 0.0) + self.words.get(language, 0.0)
            for language in self.languages
        }
        for language in _RARER.intersection(evidence):
            evidence[language] += _RARE
        evidence[_SOMETHING_ELSE] = (
            self.ngrams.get(_SOMETHING_ELSE, 0.0) + _ELSE[self.text.script or ""]
        )
        hinted = dict(evidence)
        for place, language in enumerate(self.expected):
            weight = _DECLARED_ENGLISH if language == "en" else _DECLARED
            hinted[language] += weight if place == 0 else _SECOND_HINT
        decided = self._decided(hinted)
        if decided is None:
            return self._declared(hinted)
        language, probability = decided
        unaided = self._decided(evidence)
        source: LanguageSource = "detected" if self.ngrams else "script"
        if unaided is None or unaided[0] != language:
            source = "declared"
            if language not in self.script.profiles:
                probability = min(probability, _UNVERIFIED)
        probability *= self._purity(language)
        return LanguageDecision(language, _certainty(self.text, probability), source)

    def _decided(self, scores: Mapping[str, float]) -> tuple[str, float] | None:
        """The best language and its probability, if it or its close relatives hold half."""
        language, probability = _best(scores)
        group = next((group for group in _CLOSE if language in group), frozenset([language]))
        held = sum(_share(scores, tag) for tag in group if tag in scores)
        return (language, probability) if language != _SOMETHING_ELSE and held >= 0.5 else None

    def _declared(self, hinted: Mapping[str, float]) -> LanguageDecision:
        """For text that shows no language, the declared one, unless it is too unlikely beside
        the best guess, be that "something else"."""
        if not self.expected:
            return UNDECIDED
        language = max(self.expected, key=lambda tag: hinted[tag])  # the first of equals
        if hinted[language] < max(hinted.values()) - _CONTRADICTED:
            return UNDECIDED
        known = {tag: score for tag, score in hinted.items() if tag != _SOMETHING_ELSE}
        probability = _share(known, language)
        # Declarations are right more often than the weak evidence against them.
        confidence = _certainty(self.text, (min(_UNVERIFIED, probability) + _UNVERIFIED) / 2)
        return LanguageDecision(language, confidence, "declared")

    def _purity(self, language: str) -> float:
        """1.0 for a text in one language; less where the function words of another one, which
        this one lacks, are a good part: half for half and half."""
        own, others = 0, Counter[str]()
        for word, count in self.lowered.items():
            languages = self.script.languages_of.get(word, ())
            if language in languages:
                own += count
            else:
                others.update(dict.fromkeys(languages, count))
        if not own or sum(self.lowered.values()) < _MIN_WORDS_OF_A_MIXTURE:
            return 1.0
        profiles = self.script.profiles
        expected = own / profiles[language].density
        foreign = max((n / profiles[tag].density for tag, n in others.items()), default=0.0)
        return min(1.0, expected / (expected + foreign) / 0.75)

    def _ngrams(self, detect: Detector) -> Mapping[str, float]:
        """What the detector says, believed less the shorter the text; empty when it is silent or
        knows no two languages of the script."""
        if len(detect.languages.intersection(self.languages)) < 2:
            return {}
        guesses = {tag: p for tag, p in detect(self.text.text) if tag in self.languages}
        total = sum(guesses.values())
        if not total:
            return {}
        weight = min(1.0, self.text.size / _FULL_WEIGHT)
        scores = {_SOMETHING_ELSE: weight * _UNKNOWN}
        for language in self.languages:
            if language in detect.languages:
                share = guesses.get(language, 0.0) / total
                score = max(_UNNAMED, math.log(share)) if share else _UNNAMED
            else:
                relatives = sum(guesses.get(tag, 0.0) for tag in _RELATIVES.get(language, ()))
                score = -0.7 if relatives > total / 2 else _UNKNOWN
            scores[language] = weight * score
        return scores

    def _words(self) -> Mapping[str, float]:
        """What function words and letters say of each language that has a profile."""
        rarity = self.script.rarity
        hits: Counter[str] = Counter()
        marked: Counter[frozenset[str]] = Counter()
        for word, count in self.lowered.items():
            for language in self.script.languages_of.get(word, ()):
                hits[language] += count
            uncommon = word.translate(self.script.shared)
            if uncommon:
                marked[frozenset(uncommon).intersection(rarity)] += count
        del marked[frozenset()]  # letters that no profile knows say nothing
        marks = [
            (letters, count, max(map(rarity.__getitem__, letters)) / 2)
            for letters, count in marked.items()
        ]
        total = sum(self.lowered.values())
        scores = {}
        for language, profile in self.script.profiles.items():
            hit = hits[language]
            score = hit * math.log(profile.density / _CHANCE)
            score += (total - hit) * math.log((1 - profile.density) / (1 - _CHANCE))
            for letters, count, rare in marks:
                # The fewer languages use a letter, the more it speaks for those that do.
                score += count * (rare if letters <= profile.letters else _FOREIGN_LETTER)
            scores[language] = score
        return scores


def _share(scores: Mapping[str, float], language: str) -> float:
    """A language's share of the likelihood of all."""
    return 1 / sum(math.exp(min(500.0, score - scores[language])) for score in scores.values())


def _best(scores: Mapping[str, float]) -> tuple[str, float]:
    """The best language and its share of the likelihood of all."""
    language = max(scores, key=lambda language: (scores[language], language))
    return language, _share(scores, language)
