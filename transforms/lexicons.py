"""Word lists of a language, and the matcher that finds their forms in a text.

resources/lexicons/<language>/cues.txt and stance.txt hold lines `kind<TAB>form | form ...`; one
line is one lemma. Forms and texts are cut into tokens by the same rules, so that a form matches
wherever it stands as whole words, in any case, with any apostrophe. Verbs that leave their
particle behind (teilte die Polizei mit) have lines `separable<TAB>head .. particle : kind`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "resources" / "lexicons"

APOSTROPHES = "'’ʼ＇`´"
# An apostrophe ends a word before a letter or before an opening mark (dell'|opinione, l'|«amico»);
# before these endings it begins a word instead (Merkel|'s, Ankara|'da, did|n't).
_SUFFIX_LANGUAGES = frozenset(("en", "de", "nl", "tr"))
# Ukrainian and Belarusian write it inside words as a letter (об'єднання).
_LETTER_LANGUAGES = frozenset(("uk", "be"))
_WORD = re.compile(r"\w+", re.UNICODE)
_OPENERS = '«“„"‹‘»'
_SAME = str.maketrans({"ё": "е", "’": "'", "ʼ": "'", "＇": "'", "`": "'", "´": "'", "\xad": None})
_SENTENCE_ENDS = frozenset(".!?…:;")
_PARTICLE_REACH = 25  # tokens from a verb to its particle
_COMPLEMENTISERS = frozenset(("dat", "of", "dass", "daß", "ob"))  # "liet gisteren weten dat"
_ROMANIAN = str.maketrans("şţ", "șț")  # cedillas for commas below
_TURKISH = str.maketrans({"İ": "i", "I": "ı"})


class Token(NamedTuple):
    """A word or one other visible character; `form` is what lexicons compare."""

    start: int
    end: int
    form: str
    is_word: bool


class Match(NamedTuple):
    """A form found in a text: tokens [first, last), code points [start, end). `lemma` is the
    number of the lexicon's line, the same for all forms of a word."""

    kind: str
    lemma: int
    first: int
    last: int
    start: int
    end: int


def tokenize(text: str, language: str | None) -> list[Token]:
    """The words and marks of a text in order, white space left out. Linear."""
    code = (language or "").split("-")[0]
    tokens: list[Token] = []
    at = 0
    for found in _WORD.finditer(text):
        start, end = found.span()
        if start < at:
            continue
        _marks(text, at, start, tokens)
        at = _word(text, start, end, code, tokens)
    _marks(text, at, len(text), tokens)
    return tokens


def _marks(text: str, start: int, end: int, tokens: list[Token]) -> None:
    for place in range(start, end):
        character = text[place]
        if not character.isspace():
            folded = "'" if character in APOSTROPHES else character
            tokens.append(Token(place, place + 1, folded, False))


def _word(text: str, start: int, end: int, code: str, tokens: list[Token]) -> int:
    """Adds the word and what an apostrophe ties to it; returns where to go on."""
    following = text[end + 1 : end + 2]
    if text[end : end + 1] not in APOSTROPHES or end >= len(text):
        return _add(text, start, end, code, tokens)
    if code in _LETTER_LANGUAGES:
        while end < len(text) and text[end] in APOSTROPHES and text[end + 1 : end + 2].isalpha():
            rest = _WORD.match(text, end + 1)
            end = rest.end() if rest else end
        return _add(text, start, end, code, tokens)
    if code in _SUFFIX_LANGUAGES:
        if not following.isalpha():
            return _add(text, start, end, code, tokens)
        rest = _WORD.match(text, end + 1)
        stop = rest.end() if rest else end
        cut = end
        if code == "en" and text[end + 1 : stop] in "tT" and text[end - 1] in "nN":
            cut = end - 1
        if cut > start:
            _add(text, start, cut, code, tokens)
        return _add(text, cut, stop, code, tokens)
    if following.isalnum() or (following and following in _OPENERS) or end + 1 == len(text):
        return _add(text, start, end + 1, code, tokens)
    return _add(text, start, end, code, tokens)


def _add(text: str, start: int, end: int, code: str, tokens: list[Token]) -> int:
    tokens.append(Token(start, end, fold(text[start:end], code), True))
    return end


@lru_cache(maxsize=65536)
def fold(word: str, language: str) -> str:
    """The form of a word that is compared: case, apostrophes and spelling variants folded."""
    if word.isascii() and language != "tr":
        return word.lower().replace("`", "'")
    if language == "tr":
        word = word.translate(_TURKISH)
    folded = unicodedata.normalize("NFC", word.casefold()).translate(_SAME)
    return folded.translate(_ROMANIAN) if language == "ro" else folded


_Form = tuple[tuple[str, ...], str, int]  # tokens, kind, lemma
_Index = dict[str, tuple[list[_Form], dict[str, list[_Form]]]]


@dataclass
class Forms:
    """The forms of one file by their first token, longest first."""

    language: str
    by_first: dict[str, list[_Form]] = field(default_factory=dict)
    separable: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    _indexes: dict[frozenset[str] | None, _Index] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def add(self, kind: str, form: str, lemma: int) -> None:
        """One more form; call `sort` when all are there."""
        if form[:1] in APOSTROPHES and self.language in _SUFFIX_LANGUAGES:
            suffixed = tokenize(f"x{form}", self.language)  # 's stands after a word
            tokens = tuple(token.form for token in suffixed[1:])
        else:
            tokens = tuple(token.form for token in tokenize(form, self.language))
        if tokens:
            self.by_first.setdefault(tokens[0], []).append((tokens, kind, lemma))

    def add_separable(self, form: str, lemma: int) -> None:
        """A form `head .. particle : kind`; a kind of stance.txt is that of a verb."""
        words, _, kind = form.partition(" : ")
        head, _, particle = words.partition(" .. ")
        folded = [fold(word.strip(), self.language) for word in (head, particle)]
        kind = " ".join(kind.split())
        kind = f"verb {kind}" if kind[:1] in ("+", "-") else kind
        self.separable.setdefault(folded[0], []).append((folded[1], kind, lemma))

    def sort(self) -> None:
        self._indexes.clear()
        for forms in self.by_first.values():
            forms.sort(key=_longest_first)

    def match(self, tokens: Sequence[Token], kinds: Iterable[str] | None = None) -> list[Match]:
        """All forms in a text, by start: of each kind the longest at a place, none of a kind
        inside another of it; a separable verb is its head. `kinds` leaves out all others."""
        wanted = None if kinds is None else frozenset(kinds)
        found = list(self._matches(tokens, wanted))
        if self.separable:
            found.extend(self._separated(tokens, wanted))
            found.sort(key=_by_place)
        return found

    def _separated(self, tokens: Sequence[Token], wanted: frozenset[str] | None) -> Iterator[Match]:
        for first, token in enumerate(tokens):
            verbs = self.separable.get(token.form)
            if not verbs:
                continue
            reach = tokens[first + 1 : first + 1 + _PARTICLE_REACH]
            for place, later in enumerate(reach):
                if later.form in _SENTENCE_ENDS:
                    break
                for particle, kind, lemma in verbs:
                    last = place + 1 == len(reach) or not reach[place + 1].is_word
                    last = last or reach[place + 1].form in _COMPLEMENTISERS
                    if later.form == particle and last and (wanted is None or kind in wanted):
                        yield Match(kind, lemma, first, first + 1, token.start, token.end)

    def _matches(self, tokens: Sequence[Token], wanted: frozenset[str] | None) -> Iterator[Match]:
        index = self._index(wanted)
        until: dict[str, int] = {}
        for first, token in enumerate(tokens):
            entries = index.get(token.form)
            if entries is None:
                continue
            alone, longer = entries
            if longer and first + 1 < len(tokens):
                for form, kind, lemma in longer.get(tokens[first + 1].form, ()):
                    last = first + len(form)
                    if until.get(kind, 0) <= first and _fits(tokens, first, form):
                        until[kind] = last
                        yield Match(kind, lemma, first, last, token.start, tokens[last - 1].end)
            for _, kind, lemma in alone:
                if until.get(kind, 0) <= first:
                    until[kind] = first + 1
                    yield Match(kind, lemma, first, first + 1, token.start, token.end)

    def _index(self, wanted: frozenset[str] | None) -> _Index:
        """The forms of some kinds by their first token, those of several by their second too."""
        known = self._indexes.get(wanted)
        if known is not None:
            return known
        index: _Index = {}
        for first, forms in self.by_first.items():
            chosen = [form for form in forms if wanted is None or form[1] in wanted]
            longer: dict[str, list[_Form]] = {}
            for form in chosen:
                if len(form[0]) > 1:
                    longer.setdefault(form[0][1], []).append(form)
            if chosen:
                index[first] = ([form for form in chosen if len(form[0]) == 1], longer)
        self._indexes[wanted] = index
        return index


def _fits(tokens: Sequence[Token], first: int, form: tuple[str, ...]) -> bool:
    return first + len(form) <= len(tokens) and all(
        tokens[first + i].form == form[i] for i in range(2, len(form))
    )


def _by_place(match: Match) -> tuple[int, int, str, int]:
    return match.first, -match.last, match.kind, match.lemma


def _longest_first(entry: _Form) -> tuple[int, str, int]:
    return -len(entry[0]), entry[1], entry[2]


@dataclass(frozen=True)
class Lexicon:
    """What is known of a language: who speaks (`cues`) and who is for or against (`stance`)."""

    language: str
    cues: Forms
    stance: Forms


def languages() -> list[str]:
    """The languages that have a lexicon, sorted."""
    return sorted(path.parent.name for path in FOLDER.glob("*/cues.txt"))


@lru_cache(maxsize=64)
def load(language: str | None) -> Lexicon | None:
    """The lexicon of a BCP 47 language, its region and script ignored; None where there is none.

    Raises ValueError for a file that does not follow the format.
    """
    code = (language or "").split("-")[0].lower()
    if not code.isalpha() or not (FOLDER / code / "cues.txt").is_file():
        return None
    folder = FOLDER / code
    return Lexicon(
        code, read_forms(folder / "cues.txt", code), read_forms(folder / "stance.txt", code)
    )


def read_forms(path: Path, language: str) -> Forms:
    """The forms of one file; none when there is no such file.

    Raises ValueError that names file and line.
    """
    forms = Forms(language)
    if path.is_file():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            kind, tab, rest = text.partition("\t")
            if not tab:
                raise ValueError(f"{path}, line {number}: no tab between kind and forms: {text!r}")
            for form in dict.fromkeys(part.strip() for part in rest.split("|")):
                if kind.strip() == "separable":
                    forms.add_separable(form, number)
                else:
                    forms.add(" ".join(kind.split()), form, number)
    forms.sort()
    return forms
