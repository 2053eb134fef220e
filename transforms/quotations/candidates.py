"""Words that may name a speaker: entities, pronouns, titles, nouns of organisations."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from transforms.elements import Entity, Reading
from transforms.lexicons import fold
from transforms.quotations.text import Text

_SHORT = 2  # letters of a surname that says nothing alone
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
    shows it, `lemma` the lexicon's line of a title.
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
    lemma: int | None = None


def candidates(text: Text, reading: Reading) -> list[Candidate]:
    """All candidates in order; a lexicon's word inside a name is none."""
    found = _entities(text, reading)
    taken = [False] * len(text.tokens)
    for candidate in found:
        for place in range(candidate.first, candidate.last):
            taken[place] = True
    if text.lexicon is not None:
        for match in text.lexicon.cues.match(text.tokens, _KINDS):
            if any(taken[match.first : match.last]):
                continue
            for place in range(match.first, match.last):
                taken[place] = True
            name, _, gender = match.kind.partition(".")
            kind: Literal["pronoun", "title", "org"] = (
                "pronoun" if name == "pronoun" else "title" if name == "title" else "org"
            )
            found.append(
                Candidate(
                    match.first,
                    match.last,
                    match.start,
                    match.end,
                    kind,
                    gender=gender or None,
                    lemma=match.lemma,
                )
            )
    found.extend(_surnames(text, reading, taken))
    return sorted(found, key=_place)


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
