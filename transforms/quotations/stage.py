"""The stage that fills an article's quotations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import apache_beam as beam

from transforms.elements import Party, Quotation, Reading, Span
from transforms.quotations.confidence import confidence
from transforms.quotations.cues import PRO_DROP
from transforms.quotations.content import Attribution, Found
from transforms.quotations.indirect import indirect
from transforms.quotations.resolution import Resolver, Said
from transforms.quotations.speakers import Speakers, candidates
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
    resolver = Resolver(text, speakers)
    said: Said | None = None
    mentions = _mentions(reading)
    at = 0
    for one in found:
        paragraph = text.units[one.unit].paragraph
        speaker, known = one.speaker, "unknown"
        entity_id = None
        if speaker is not None:
            before = text.units[max(0, one.unit - 1)].first
            entity_id = resolver.resolve(speaker, said, before, paragraph)
            known = "linked" if entity_id else "words"
        elif one.cue is not None and said is not None:
            if resolver.still_speaks(said, one.cue[0], paragraph):
                speaker, entity_id, known = said.speaker, said.entity_id, "earlier"
        if speaker is None and one.cue is not None and text.language in PRO_DROP:
            speaker = resolver.subject_before(text.units, one.unit, one.cue[0])
            if speaker is not None:
                entity_id, known = speaker.entity_id, "earlier"
        if speaker is not None and speaker.start < one.end and one.start < speaker.end:
            speaker, entity_id, known = None, None, "unknown"
        if speaker is not None and (entity_id or speaker.kind == "entity"):
            said = Said(speaker, entity_id, paragraph)
        while at < len(mentions) and mentions[at][0] < one.start:
            at += 1
        about: list[str] = []
        inner = at
        while inner < len(mentions) and mentions[inner][0] < one.end:
            if mentions[inner][1] <= one.end and mentions[inner][2] not in about:
                about.append(mentions[inner][2])
            inner += 1
        yield Quotation(
            text.body[one.start : one.end],
            one.start,
            one.end,
            one.kind,
            confidence(one, known),
            _cue(text, one),
            speaker
            and Party(
                "entity",
                text.body[speaker.start : speaker.end],
                speaker.start,
                speaker.end,
                entity_id,
            ),
            tuple(about),
        )


def _cue(text: Text, found: Found) -> Span | None:
    if found.cue is None:
        return None
    start, end = text.tokens[found.cue[0]].start, text.tokens[found.cue[1] - 1].end
    return Span(text.body[start:end], start, end)


def _mentions(reading: Reading) -> list[tuple[int, int, str]]:
    return sorted(
        (mention.start, mention.end, entity.entity_id)
        for entity in reading.article.entities or ()
        for mention in entity.mentions
    )


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
