"""The pronouns of a text: subjects, objects, and clitics before their verb."""

from collections.abc import Iterator
from typing import NamedTuple

from transforms.lexicons import Match
from transforms.quotations.grammar import AND, INDEFINITE, NO_WORDS, words
from transforms.quotations.lookup import AUXILIARIES
from transforms.quotations.references.words import Vocabulary
from transforms.quotations.speakers import Speakers
from transforms.quotations.text import Text

SUBJECT, OBJECT, CLITIC, DATIVE = "subject", "object", "clitic", "dative"
# demonstratives that more often stand before a noun, and words that are something else as well
_NO_PRONOUN = words(
    "questi quegli esse essa loro lui-même ce cela ceci ça esto eso ello isto isso aquilo asta "
    "aquele aquela acela aceea acesta aceasta o kendisi це это es het himself it essi elles ils"
)
_POSSESSIVE = frozenset(("her", "haar", "его", "ее", "їх", "його", "її", "jej", "jego", "jeho"))
_AFTER_OBJECTS = words(
    "voor om de het the again yesterday today on as too also later sharply publicly "
    "repeatedly strongly daarop daarvoor gisteren fel hard scherp zwaar publiekelijk opnieuw "
    "ook toen weer wczoraj ostro за в во вчера снова резко публично жестко жорстко різко "
    "вчора знову публічно"
)


class Pronoun(NamedTuple):
    """Tokens [first, last); `gender` m, f, n, or None where it may be any; `role` subject,
    object, clitic or dative."""

    first: int
    last: int
    gender: str | None
    role: str


def pronouns(text: Text, speakers: Speakers, known: Vocabulary) -> Iterator[Pronoun]:
    """The pronouns in the singular, in no order."""
    taken: set[int] = set()
    unclear = _several(known)
    for match in known.pronouns.match(text.tokens):
        form = text.form(match.first)
        if form in unclear or match.first in taken or _is_named(speakers, match.first):
            continue
        kind = match.kind.partition(".")[0]
        found = (
            _clitic(text, speakers, known, match) if kind != OBJECT else _object(text, known, match)
        )
        if found is not None and found.gender != "p":
            taken.add(match.first)
            yield found
    for candidate in speakers.all:
        if candidate.kind != "pronoun" or candidate.first in taken:
            continue
        form = text.form(candidate.last - 1)
        if form in _NO_PRONOUN and not (form == "it" and text.form(candidate.last) in known.verbs):
            continue
        if form in ("sie", "ze", "zij") and not _is_singular(text, candidate.first, known):
            continue
        if candidate.gender != "p" or form in ("sie", "ze", "zij"):
            shown = "f" if form in ("sie", "ze", "zij") else candidate.gender
            yield Pronoun(candidate.first, candidate.last, shown, SUBJECT)


def _several(known: Vocabulary) -> frozenset[str]:
    """Forms of the singular and the plural: Russian им."""
    numbers: dict[str, set[bool]] = {}
    for form, entries in known.pronouns.by_first.items():
        numbers[form] = {kind.endswith(".p") for _, kind, _ in entries}
    return frozenset(form for form, plural in numbers.items() if len(plural) > 1)


def _is_named(speakers: Speakers, place: int) -> bool:
    return any(c.kind == "entity" and c.last > place for c in speakers.between(place, place + 1))


def _object(text: Text, known: Vocabulary, match: Match) -> Pronoun | None:
    gender = match.kind.partition(".")[2]
    form = text.form(match.first)
    before, after = text.form(match.first - 1), text.form(match.last)
    if form == "it" or gender == "n":
        return None
    if text.language == "de" and form == "ihr":
        follows = match.last < len(text.tokens) and not text.is_lower(match.last)
        if text.is_word(match.last) and follows and before not in known.datives:
            return None
    elif form in _POSSESSIVE and text.is_word(match.last):
        germanic = text.language in ("en", "nl") and after in known.verbs
        if germanic or not _ends(text, known, match):
            return None
    role = DATIVE if form in _DATIVES else OBJECT
    return Pronoun(match.first, match.last, gender or None, role)


def _ends(text: Text, known: Vocabulary, match: Match) -> bool:
    """Whether no noun follows that a possessive would belong to."""
    place, form = match.last, text.form(match.last)
    if form in known.verbs and text.language not in ("en", "nl"):
        return True
    return (
        place in text.prepositions
        or place in text.that_at
        or place in text.swap
        or form in AND.get(text.language, NO_WORDS)
        or form in _AFTER_OBJECTS
        or form in INDEFINITE
        or (text.language == "en" and form.endswith("ly"))
    )


_DATIVES = frozenset(("ihm", "ihr", "mu", "jemu", "ему", "йому", "їй", "jí"))


def _clitic(text: Text, speakers: Speakers, known: Vocabulary, match: Match) -> Pronoun | None:
    """A clitic stands right before a verb or its auxiliary."""
    kind, _, gender = match.kind.partition(".")
    auxiliaries = AUXILIARIES.get(text.language, ((), frozenset()))[1]
    verb = match.last
    helped = text.form(verb) in auxiliaries
    while text.form(verb) in auxiliaries and verb < match.last + 3:
        verb += 1
    form = text.form(verb)
    if not helped and form not in known.verbs:
        return None
    word = text.form(match.first)
    if not helped and word in _LIKE_ARTICLES and not _has_subject(text, speakers, known, match):
        return None
    if word in ("le", "l'", "la") and helped and gender != "p":
        gender = _participle_gender(form, text.language) or gender
    if text.language == "it" and word == "le" and form in known.datives:
        kind, gender = DATIVE, "f"
    elif text.language == "it" and word == "le":
        return None  # le ha criticate: several
    role = DATIVE if kind == DATIVE else CLITIC
    return Pronoun(match.first, match.last, None if gender == "x" else gender, role)


def _has_subject(text: Text, speakers: Speakers, known: Vocabulary, match: Match) -> bool:
    """Whether no article and noun stand there, but a pronoun and verb: il la critique, no la
    apoya."""
    place = match.first - 1
    form = text.form(place)
    if form in _BEFORE_CLITICS:
        return True
    near = speakers.between(max(0, place - 4), place + 1)
    if any(c.kind != "phrase" and c.last == place + 1 for c in near):
        return True
    bare = not text.is_word(place) or form in AND.get(text.language, NO_WORDS)
    return bare and text.language != "fr" and text.form(match.last) not in known.others


_LIKE_ARTICLES = words("la le lo o a les los las os as l'")
_BEFORE_CLITICS = words("non no não ne n' que qui che ya já también também nunca on mai")


def _participle_gender(form: str, language: str) -> str | None:
    if language == "it":
        return {"a": "f", "o": "m", "e": "p", "i": "p"}.get(form[-1:])
    if language == "fr":
        if form.endswith(("és", "ées", "us", "ues")):
            return "p"
        if form.endswith(("ée", "ie", "ue", "ite", "ise")):
            return "f"
        return "m" if form.endswith(("é", "i", "u", "it")) else None
    return None


def _is_singular(text: Text, place: int, known: Vocabulary) -> bool:
    """German and Dutch "sie", "ze": the verb beside it tells she from they."""
    if text.language == "de" and text.inside[place] >= 0 and not text.is_lower(place):
        return False  # you
    for beside in (place + 1, place - 1):
        form = text.form(beside)
        if form in known.verbs or form in _HELPING:
            return not form.endswith("n")
    after = text.form(place + 1)
    return bool(after) and not after.endswith("n") and text.is_word(place + 1)


_HELPING = words(
    "hat hatte ist war wird wurde kann will muss soll sei habe haben hatten sind waren werden "
    "wurden heeft had is was wordt werd kan wil moet zal zei hebben hadden zijn worden"
)


_ARTICLES: dict[str, dict[str, frozenset[str]]] = {
    "it": {
        "m": words("il lo un uno questo quel tale"),
        "f": words("la una un' questa quella tale"),
    },
    "fr": {"m": words("le un ce cet tel"), "f": words("la une cette telle")},
    "es": {"m": words("el un este ese tal"), "f": words("la una esta esa tal")},
    "pt": {"m": words("o um este esse tal"), "f": words("a uma esta essa tal")},
    "de": {"m": words("den einen der diesen"), "f": words("eine diese")},
}
_BACK = 60  # tokens


class Things:
    """The common nouns that an object pronoun may stand for."""

    def __init__(
        self, text: Text, speakers: Speakers, known: Vocabulary, clitics: frozenset[int]
    ) -> None:
        self._text = text
        self._speakers = speakers
        self._personal = known.personal
        self._clitics = clitics
        self._genders = _ARTICLES.get(text.language)

    def may_be_meant(self, mark: Pronoun, begin: int) -> bool:
        """Whether a common noun of the pronoun's gender stands between token `begin` and it, and
        its verb is not one that is said of people: the plan ... rejected it."""
        if self._genders is None or mark.gender is None:
            return False
        verbs = range(mark.first - 2, mark.first)
        if mark.role == CLITIC:
            verbs = range(mark.last, mark.last + 4)
        if any(self._text.form(place) in self._personal for place in verbs):
            return False
        articles = self._genders.get(mark.gender, frozenset())
        return any(
            self._text.form(place) in articles and self._is_thing(place)
            for place in range(max(begin, mark.first - _BACK), mark.first)
        )

    def _is_thing(self, place: int) -> bool:
        """Whether a noun that is no party stands after an article."""
        text = self._text
        if place - 1 in text.prepositions or place in text.prepositions:
            return False
        if not text.is_word(place + 1) or text.inside[place] >= 0 or place in self._clitics:
            return False
        if self._speakers.between(place, place + 4):
            return False
        return text.language != "de" or not text.is_lower(place + 1)
