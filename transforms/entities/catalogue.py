"""The names that ship with newsbeam: territories, cities and world organisations.

A name links when it means one thing: a name of several entities ("Georgia", "Congo") links only
if the article's language leaves one of them, or other places of the article do. People are not
in the catalogue.
"""

import re
from collections.abc import Iterable
from functools import cache
from itertools import repeat
from typing import NamedTuple

from transforms.entities.inflection import INFLECTED, MIN_STEM, share_stem, stems
from transforms.entities.spellings import table
from transforms.entities.words import clean, match_key

ANY = "*"
_FILES = ("territories.tsv", "organisations.tsv")
_ARTICLE = re.compile(
    r"(?:the|la|le|les|il|lo|gli|el|los|las|der|die|das|den|dem|de|det) (?=\S{3})"
    r"|(?:l|d|dell|dall|nell|all|sull)'"
)
MAX_INFLECTED_WORDS = 6


class Known(NamedTuple):
    """One entity of the catalogue. `labels` are those that a mention of it may have; `kind` is
    country, continent, region, city or organisation."""

    entity_id: str
    wikidata_id: str | None
    labels: frozenset[str]
    kind: str
    country: str | None


class Candidate(NamedTuple):
    """An entity that has a name, and the languages in which it has it ("*": any)."""

    known: Known
    languages: str


_StemIndex = dict[tuple[str, ...], list[tuple[list[str], Candidate]]]


class Catalogue:
    """Names -> entities; the stems of a language are worked out on first use.

    `strict`: names of another language than the article's do not count.
    """

    def __init__(self, names: dict[str, tuple[Candidate, ...]], strict: bool = False) -> None:
        self._names = names
        self._strict = strict
        self._stems: dict[str, _StemIndex] = {}

    def find(self, text: str, label: str, language: str | None) -> tuple[Known, ...]:
        """The entities that a name may mean, all equally likely: none, one, or several.

        Inflected forms are tried where the name as it stands is unknown.
        """
        found = self.exact(text, label, language)
        if found:
            return found
        if language in INFLECTED:
            inflected = self._inflected(match_key(clean(text, language)), str(language))
            return self._fitting(inflected, label, language)
        return ()

    def exact(self, text: str, label: str, language: str | None) -> tuple[Known, ...]:
        """As `find`, without inflected forms."""
        for key in _keys(text, language):
            found = self._fitting(self._names.get(key, ()), label, language)
            if found:
                return found
        return ()

    def _fitting(
        self, candidates: Iterable[Candidate], label: str, language: str | None
    ) -> tuple[Known, ...]:
        """Candidates of the label; those named so in the article's language come alone."""
        fitting = [c for c in candidates if label in c.known.labels]
        if language:
            own = [c for c in fitting if _in_language(c, language)]
            fitting = own if own or self._strict else fitting
        return tuple(dict.fromkeys(c.known for c in fitting))

    def _inflected(self, key: str, language: str) -> Iterable[Candidate]:
        index = self._stems.get(language)
        if index is None:
            index = self._stems[language] = self._stem_index(language)
        words = key.split()
        found: dict[Candidate, None] = {}
        for shared in _shared_keys(words, language):
            for known_words, candidate in index.get(shared, ()):
                if all(map(share_stem, words, known_words, repeat(language))):
                    found[candidate] = None
        return found

    def _stem_index(self, language: str) -> _StemIndex:
        index: _StemIndex = {}
        for key, candidates in self._names.items():
            own = [c for c in candidates if _in_language(c, language)]
            words = key.split()
            for shared in _shared_keys(words, language) if own else ():
                index.setdefault(shared, []).extend((words, candidate) for candidate in own)
        return index


def _shared_keys(words: list[str], language: str) -> list[tuple[str, ...]]:
    """What forms of one name have in common: the stems of one word, the beginnings of several."""
    if len(words) == 1:
        return [(str(number), stem) for number, stem in stems(words[0], language)]
    if 2 <= len(words) <= MAX_INFLECTED_WORDS:
        return [tuple(word[:MIN_STEM] for word in words)]
    return []


def _keys(text: str, language: str | None) -> tuple[str, ...]:
    name = clean(text, language)
    keys = [match_key(name)]
    article = _ARTICLE.match(name.casefold())
    if article:
        keys.append(match_key(name[article.end() :]))
    return tuple(keys)


def _in_language(candidate: Candidate, language: str) -> bool:
    return ANY in candidate.languages or language in candidate.languages.split(",")


def choose(found: tuple[Known, ...], countries: frozenset[str]) -> Known | None:
    """The one entity meant: the only one, or the only one whose country the article's
    unambiguous places are in."""
    if len(found) > 1:
        found = tuple(known for known in found if known.country in countries)
    return found[0] if len(found) == 1 else None


@cache
def shipped() -> Catalogue:
    """The catalogue of transforms/resources/names, read once a process."""
    names: dict[str, list[Candidate]] = {}
    for name in _FILES:
        for qid, key, labels, kind, country, _, listed in table(name):
            prefix = labels[:3].casefold()
            known = Known(
                qid or f"{prefix}:{key}", qid or None, frozenset(labels.split()), kind,
                country or None,
            )  # fmt: skip
            for item in listed.split("|"):
                text, _, languages = item.partition("=")
                candidate = Candidate(known, languages or ANY)
                names.setdefault(match_key.__wrapped__(text), []).append(candidate)
    return Catalogue({key: tuple(candidates) for key, candidates in names.items()})
