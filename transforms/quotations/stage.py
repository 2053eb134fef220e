"""The stage that fills an article's quotations."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import apache_beam as beam

from transforms.elements import Party, Quotation, Reading, Span
from transforms.quotations.candidates import candidates
from transforms.quotations.confidence import confidence
from transforms.quotations.content import Attribution
from transforms.quotations.found import Found
from transforms.quotations.indirect import indirect
from transforms.quotations.references.resolve import References
from transforms.quotations.resolution import Resolver, Speaker
from transforms.quotations.speakers import Speakers
from transforms.quotations.text import Text
from transforms.quotations.transcripts import transcribed
from transforms.quotations.units import read
from transforms.stages import run_stage


def attribute_quotations(reading: Reading) -> Reading:
    """The reading with `article.quotations`, by place; empty when there are none.

    Contents do not overlap, and none overlaps its own cue or speaker.
    """
    if not reading.article.body:
        return replace(reading, article=replace(reading.article, quotations=()))
    text = read(reading)
    speakers = Speakers(text, candidates(text, reading))
    quoted = Attribution(text, speakers).run()
    used = frozenset(one.cue[0] for one in quoted if one.cue is not None)
    lines = transcribed(text, speakers)
    found = _disjoint(text, lines, quoted, indirect(text, speakers, used))
    quotations = tuple(_quotations(text, speakers, found, reading))
    return replace(reading, article=replace(reading.article, quotations=quotations))


def _disjoint(text: Text, *groups: Iterable[Found]) -> list[Found]:
    """What does not overlap, by place: direct speech first, then in the order of the groups."""
    ranked = [
        (found.kind != "direct", number, found.start, found)
        for number, group in enumerate(groups)
        for found in group
    ]
    ranked.sort(key=_rank)
    taken = bytearray(len(text.body))
    kept = []
    for _, _, _, found in ranked:
        start, end = _span(text, found.start, found.end)
        if start >= end or _overlaps_itself(text, found, start, end):
            continue
        if taken[start] or taken[end - 1] or taken.find(1, start, end) >= 0:
            continue
        taken[start:end] = b"\x01" * (end - start)
        kept.append(replace(found, start=start, end=end))
    kept.sort(key=_start)
    return kept


def _rank(entry: tuple[bool, int, int, Found]) -> tuple[bool, int, int]:
    return entry[:3]


def _start(found: Found) -> int:
    return found.start


def _span(text: Text, start: int, end: int) -> tuple[int, int]:
    while start < end and text.body[start].isspace():
        start += 1
    while end > start and text.body[end - 1].isspace():
        end -= 1
    return start, end


def _overlaps_itself(text: Text, found: Found, start: int, end: int) -> bool:
    if found.cue is not None:
        first, last = text.tokens[found.cue[0]].start, text.tokens[found.cue[1] - 1].end
        if first < end and start < last:
            return True
        speaker = found.speaker
        if speaker is not None and speaker.start < last and first < speaker.end:
            return True
    speaker = found.speaker
    return speaker is not None and speaker.start < end and start < speaker.end


def _quotations(
    text: Text, speakers: Speakers, found: list[Found], reading: Reading
) -> Iterator[Quotation]:
    resolver = Resolver(text, speakers, References(text, speakers, reading))
    mentions = Mentions(reading)
    for one in found:
        who = resolver.speaker(one)
        yield Quotation(
            text.body[one.start : one.end],
            one.start,
            one.end,
            one.kind,
            confidence(one, who.known),
            _cue(text, one),
            _party(text, who),
            mentions.within(one.start, one.end),
        )


def _party(text: Text, who: Speaker) -> Party | None:
    words = who.words
    if words is None:
        return None
    surface = text.body[words.start : words.end]
    return Party("entity", surface, words.start, words.end, who.entity_id)


def _cue(text: Text, found: Found) -> Span | None:
    if found.cue is None:
        return None
    start, end = text.tokens[found.cue[0]].start, text.tokens[found.cue[1] - 1].end
    return Span(text.body[start:end], start, end)


class Mentions:
    """The mentions of a reading's entities by place."""

    def __init__(self, reading: Reading) -> None:
        self._all = sorted(
            (mention.start, mention.end, entity.entity_id)
            for entity in reading.article.entities or ()
            for mention in entity.mentions
        )
        self._starts = [start for start, _, _ in self._all]

    def within(self, start: int, end: int) -> tuple[str, ...]:
        """The entities mentioned in a range, by first mention."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        named = [entity_id for _, stop, entity_id in self._all[first:last] if stop <= end]
        return tuple(dict.fromkeys(named))


def _stage(reading: Reading) -> Iterator[Reading]:
    yield attribute_quotations(reading)


def _load() -> Any:
    return _stage


@dataclass
class AttributeQuotations(beam.PTransform):
    """Reading -> Reading with `article.quotations`. Lexicons are read once in a process."""

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, readings: beam.PCollection[Reading]) -> Any:
        return run_stage(readings, "AttributeQuotations", _load, Reading)
