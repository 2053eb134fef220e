"""Quoted speech without a cue of its own: whose it is by what stands around it."""

from collections.abc import Mapping
from dataclasses import replace

from transforms.quotations.candidates import Candidate
from transforms.quotations.cues import Cue, before_quote, colon_cue
from transforms.quotations.found import Found, Rule
from transforms.quotations.kinds import Shape
from transforms.quotations.speakers import Speakers
from transforms.quotations.text import ENDS, Gap, Text

_MOST_WORDS = 40  # counted in a gap
_NEAREST = 60  # tokens to a name where no lexicon tells who speaks


def words_in(text: Text, gap: Gap) -> int:
    last = min(gap.last, gap.first + _MOST_WORDS)
    return sum(text.is_word(place) for place in range(gap.first, last))


def direct(text: Text, number: int, quote: int, cue: Cue, rule: Rule) -> Found:
    """A quoted span as direct speech with a cue."""
    span = (cue.first, cue.last)
    return _direct(text, number, quote, span, cue.speaker, rule)


def _direct(
    text: Text,
    number: int,
    quote: int,
    cue: tuple[int, int] | None,
    speaker: Candidate | None,
    rule: Rule,
) -> Found:
    quoted = text.quoted[quote]
    start, end = quoted.inner_start, quoted.inner_end
    return Found("direct", start, end, cue, speaker, rule, number, quoted.closed)


def share(text: Text, number: int, quote: int, found: Found, rule: Rule) -> Found:
    """A quoted span as more of what `found` is a part of."""
    return replace(_direct(text, number, quote, found.cue, found.speaker, rule), rule=rule)


def continued(
    text: Text,
    speakers: Speakers,
    known: Mapping[int, Found],
    number: int,
    quote: int,
    shape: Shape,
) -> Found | None:
    """The cue of the sentence before or after, or of the paragraph before. `known`: what is
    attributed already, by quoted span."""
    unit = text.units[number]
    whole = words_in(text, unit.gaps[0]) == 0
    if not whole and not shape.is_sentence:
        return None
    previous = text.units[number - 1] if number else None
    if previous is not None and text.form(previous.last - 1) in (":", "："):
        cue = colon_cue(text, speakers, Gap(previous.gaps[-1].first, previous.last))
        if cue is not None:
            return direct(text, number, quote, cue, "lead_in")
    if not whole:
        return None
    for other in (quote - 1, quote + 1):
        found = known.get(other)
        if found is None or found.kind != "direct" or abs(found.unit - number) > 1:
            continue
        apart = unit.paragraph - text.units[found.unit].paragraph
        if apart == 0 and (other < quote or found.rule == "after"):
            return share(text, number, quote, found, "split")
        if other < quote and apart <= 2:
            return share(text, number, quote, found, "paragraph")
    return None


def nearby(text: Text, speakers: Speakers, number: int, quote: int, shape: Shape) -> Found | None:
    """A whole sentence between marks with nobody who says it: who was named just before."""
    unit = text.units[number]
    if not shape.is_speech or not shape.is_sentence:
        return None
    if any(words_in(text, gap) for gap in unit.gaps):
        return None
    previous = text.units[number - 1] if number else None
    speaker = None
    if previous is not None and unit.paragraph - previous.paragraph <= 2:
        end = previous.last - (text.form(previous.last - 1) in ENDS)
        cue = before_quote(text, speakers, Gap(previous.gaps[-1].first, end))
        if cue is not None and cue.speaker is not None:
            return direct(text, number, quote, cue, "nearby")
        named = speakers.between(previous.first, previous.last)
        free = [c for c in named if c.kind == "entity" and speakers.penalty(c) == 0]
        speaker = free[0] if free else None
    return _direct(text, number, quote, None, speaker, "nearby")


def marks_alone(text: Text, speakers: Speakers, number: int, quote: int) -> Found:
    """In a language without a lexicon: the nearest name in the sentence, after or before."""
    unit, quoted = text.units[number], text.quoted[quote]
    begin, end = text.index(quoted.start), text.index(quoted.end)
    after = _first_name(speakers.between(end, min(unit.last, end + _NEAREST)))
    before = _first_name(speakers.between(max(unit.first, begin - _NEAREST), begin)[::-1])
    speaker = after or before
    if after is not None and before is not None:
        speaker = after if after.first - end < begin - before.last else before
    return _direct(text, number, quote, None, speaker, "marks")


def _first_name(candidates: list[Candidate]) -> Candidate | None:
    return next((c for c in candidates if c.kind == "entity"), None)
