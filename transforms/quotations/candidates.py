"""Words that may name a speaker: entities, pronouns, titles, nouns of organisations."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from transforms.elements import Entity, Reading
from transforms.lexicons import Match, fold
from transforms.quotations.references.words import (
    COMPOUNDING,
    PERSON,
    Noun,
    Vocabulary,
    vocabulary,
)
from transforms.quotations.text import Text

_SHORT = 2  # letters of a surname that says nothing alone
_SHORTEST_COMPOUND = 8  # letters
_KINDS = (
    "pronoun.m",
    "pronoun.f",
    "pronoun.n",
    "pronoun.p",
    "title",
    "title.m",
    "title.f",
    "org",
)


@dataclass(frozen=True)
class Candidate:
    """Words that may name a speaker: tokens [first, last), code points [start, end).

    `kind` tells them apart; `label` is an entity's, `gender` "m", "f", "n" or "p" where the word
    shows it, `noun` what a title or organisation is.
    """

    first: int
    last: int
    start: int
    end: int
    kind: Literal["entity", "pronoun", "title", "org", "phrase"]
    label: str | None = None
    entity_id: str | None = None
    name: str | None = None
    gender: str | None = None
    noun: Noun | None = None


def candidates(text: Text, reading: Reading) -> list[Candidate]:
    """All candidates in order; a lexicon's word inside a name is none."""
    found = _entities(text, reading)
    taken = [False] * len(text.tokens)
    for candidate in found:
        for place in range(candidate.first, candidate.last):
            taken[place] = True
    if text.lexicon is not None:
        known = vocabulary(text.lexicon.language)
        own = known.own.match(text.tokens)
        found.extend(_nouns(text, known, [m for m in own if m.last - m.first > 1], taken))
        for match in text.lexicon.cues.match(text.tokens, _KINDS):
            if any(taken[match.first : match.last]):
                continue
            for place in range(match.first, match.last):
                taken[place] = True
            found.append(_listed(text, match))
        found.extend(_nouns(text, known, own, taken))
        found.extend(_compounds(text, known, taken))
    found.extend(_surnames(text, reading, taken))
    return sorted(found, key=_place)


def _listed(text: Text, match: Match) -> Candidate:
    name, _, gender = match.kind.partition(".")
    kind: Literal["pronoun", "title", "org"] = (
        "pronoun" if name == "pronoun" else "title" if name == "title" else "org"
    )
    noun = None
    if text.lexicon is not None and kind != "pronoun":
        noun = vocabulary(text.lexicon.language).noun(text.tokens[match.first : match.last])
    return Candidate(
        match.first, match.last, match.start, match.end, kind, gender=gender or None, noun=noun
    )


def _nouns(
    text: Text, known: Vocabulary, matches: list[Match], taken: list[bool]
) -> Iterator[Candidate]:
    """The nouns that only the references list."""
    for match in matches:
        noun = known.noun(text.tokens[match.first : match.last])
        if noun is None or any(taken[match.first : match.last]):
            continue
        for place in range(match.first, match.last):
            taken[place] = True
        yield _noun(text, match.first, match.last, noun)


def _compounds(text: Text, known: Vocabulary, taken: list[bool]) -> Iterator[Candidate]:
    if text.language not in COMPOUNDING:
        return
    for place, token in enumerate(text.tokens):
        if taken[place] or len(token.form) < _SHORTEST_COMPOUND or not token.is_word:
            continue
        noun = known.compound(token.form)
        if noun is not None and (text.language != "de" or not text.is_lower(place)):
            taken[place] = True
            yield _noun(text, place, place + 1, noun)


def _noun(text: Text, first: int, last: int, noun: Noun) -> Candidate:
    kind: Literal["title", "org"] = "title" if noun.kind == PERSON else "org"
    start, end = text.tokens[first].start, text.tokens[last - 1].end
    return Candidate(first, last, start, end, kind, gender=noun.gender, noun=noun)


def _surnames(text: Text, reading: Reading, taken: list[bool]) -> Iterator[Candidate]:
    """Surnames of the article's people where the model did not see a name."""
    known: dict[str, Entity | None] = {}
    for entity in reading.article.entities or ():
        words = entity.name.split()
        if entity.label == "PER" and len(words) > 1 and len(words[-1]) > _SHORT:
            form = fold(words[-1], text.language)
            known[form] = None if form in known else entity
    for place, token in enumerate(text.tokens):
        entity_named = known.get(token.form)
        if entity_named is None or taken[place] or not text.body[token.start].isupper():
            continue
        yield Candidate(
            place,
            place + 1,
            token.start,
            token.end,
            "entity",
            "PER",
            entity_named.entity_id,
            entity_named.name,
        )


def _place(candidate: Candidate) -> tuple[int, int]:
    return candidate.first, -candidate.last


def _entities(text: Text, reading: Reading) -> list[Candidate]:
    spans: list[tuple[int, int, str, str | None, str]] = []
    if reading.article.entities is not None:
        for entity in reading.article.entities:
            for mention in entity.mentions:
                spans.append(
                    (mention.start, mention.end, entity.label, entity.entity_id, entity.name)
                )
    else:
        spans.extend((n.start, n.end, n.label, None, n.text) for n in reading.names)
    found: list[Candidate] = []
    until = 0
    for start, end, label, entity_id, name in sorted(spans):
        first, last = text.index(start), text.index(end)
        if last > first and start >= until:
            until = end
            found.append(Candidate(first, last, start, end, "entity", label, entity_id, name))
    return found
