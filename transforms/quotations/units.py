"""How a reading becomes a Text: words looked up, quoted spans found, sentences joined."""

from collections.abc import Sequence
from functools import partial

from transforms.elements import Reading
from transforms.lexicons import Token, load, tokenize
from transforms.quotations.dialogue import find_dialogue
from transforms.quotations.inserted import split
from transforms.quotations.lookup import look_up
from transforms.quotations.marks import Quoted, find_quoted
from transforms.quotations.text import DASHES, Gap, Text, Unit
from transforms.sentences import sentences

_CUE_REACH = 6  # tokens from a comma to the verb of speech


def read(reading: Reading) -> Text:
    """The text of a reading, its quoted spans found and its sentences joined to units."""
    body = reading.article.body or ""
    code = (reading.article.language or "").split("-")[0].lower()
    lexicon = load(code)
    tokens = tokenize(body, code)
    quoted = find_quoted(body)
    starts = [token.start for token in tokens]
    text = Text(body, code, lexicon, tokens, quoted, [], starts)
    if lexicon is not None:
        look_up(text, lexicon)
        lines = find_dialogue(body, code, quoted, partial(_speaks, text))
        text.quoted = split(text, sorted([*quoted, *lines]))
    ranges = reading.sentences or tuple(sentences(body, reading.article.language))
    if lexicon is not None and any(not quoted.closed for quoted in text.quoted):
        text.quoted = close_open(text, ranges)
    text.inside = _inside(tokens, text.quoted)
    text.units = _units(text, ranges)
    return text


def close_open(text: Text, ranges: Sequence[tuple[int, int]]) -> list[Quoted]:
    """The quoted spans, those that nothing closes cut: before `, X said`, or, where text stands
    before them in their sentence, at its end."""
    closed = []
    current = 0
    for quoted in text.quoted:
        while current < len(ranges) and ranges[current][1] <= quoted.start:
            current += 1
        if quoted.closed:
            closed.append(quoted)
            continue
        end = _attribution_inside(text, quoted)
        if end is None:
            end = quoted.inner_end
            if current < len(ranges) and ranges[current][0] < quoted.start:
                end = min(end, ranges[current][1])
        if end > quoted.inner_start:
            closed.append(quoted._replace(end=end, inner_end=end))
    return closed


def _attribution_inside(text: Text, quoted: Quoted) -> int | None:
    """The place of the comma after which a verb of speech closes the sentence."""
    last = text.index(quoted.inner_end)
    comma = None
    for place in range(text.index(quoted.inner_start), last):
        if text.form(place) == ",":
            comma = place
        elif comma is not None and place in text.cue_at and place - comma <= _CUE_REACH:
            cue = text.cue_at[place]
            if cue.last >= last or not text.is_word(cue.last) or place == comma + 1:
                return text.tokens[comma].start
    return None


def _speaks(text: Text, start: int, end: int) -> bool:
    """Whether a stretch between dashes begins by telling who speaks: a cue in its first words,
    in lower case."""
    first, last = text.index(start), text.index(end)
    if first >= last or not text.is_word(first):
        return False
    for index in range(first, min(last, first + 4)):
        if index in text.cue_at:
            return index > first or text.is_lower(first)
    return False


def _inside(tokens: Sequence[Token], quoted: Sequence[Quoted]) -> list[int]:
    inside = [-1] * len(tokens)
    current = 0
    for index, token in enumerate(tokens):
        while current < len(quoted) and quoted[current].end <= token.start:
            current += 1
        if current < len(quoted) and token.end > quoted[current].start:
            inside[index] = current
    return inside


def _units(text: Text, ranges: Sequence[tuple[int, int]]) -> list[Unit]:
    merged: list[tuple[int, int]] = []
    current = 0
    for start, end in ranges:
        while current < len(text.quoted) and text.quoted[current].end <= start:
            current += 1
        cut = current < len(text.quoted) and text.quoted[current].start < start
        if merged and (cut or _goes_on(text, merged[-1], start, end)):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    units = []
    paragraph, at = 0, 0
    for start, end in merged:
        paragraph += text.body.count("\n", at, start)
        at = start
        units.append(_unit(text, text.index(start), text.index(end), paragraph))
    return units


def _goes_on(text: Text, before: tuple[int, int], start: int, stop: int) -> bool:
    """Whether a break lies between a quote's end and who said it: `“Why?” she asked`."""
    end = before[1]
    if "\n" in text.body[end:start]:
        return False
    index = text.index(start)
    if index < len(text.tokens) and text.is_lower(index):
        return True  # no sentence begins so: the break is a mistake (Gwen Moore (D-Wis.) said)
    ends_quoted = index > 0 and text.inside[index - 1] >= 0
    if not ends_quoted or index >= len(text.tokens):
        return False
    first = text.form(index)
    if text.is_lower(index) or first in DASHES or first in ",;":
        return True
    return _only_attributes(text, index, text.index(stop))


def _only_attributes(text: Text, first: int, last: int) -> bool:
    """Whether a sentence says who speaks and nothing more: `Anna Kessler asked on Monday.`"""
    cue = next(
        (text.cue_at[p] for p in range(first, min(last, first + 7)) if p in text.cue_at), None
    )
    if cue is None or any(
        not text.is_word(p) and text.form(p) not in ".-" for p in range(first, cue.first)
    ):
        return False
    end = cue.last
    while end < last and text.is_word(end) and text.inside[end] < 0:
        if end in text.that_at or end in text.cue_at:
            return False
        end += 1
    if end < last and text.form(end) in (",", ":"):
        return False  # it introduces what follows
    bare = end - cue.last
    return bare == 0 or (bare <= 8 and (cue.last in text.prepositions or end - cue.last <= 2))


def _unit(text: Text, first: int, last: int, paragraph: int) -> Unit:
    quotes: list[int] = []
    gaps: list[Gap] = []
    begin = index = first
    while index < last:
        quote = text.inside[index]
        if quote < 0:
            index += 1
            continue
        gaps.append(Gap(begin, index))
        quotes.append(quote)
        while index < last and text.inside[index] == quote:
            index += 1
        begin = index
    gaps.append(Gap(begin, last))
    return Unit(first, last, paragraph, tuple(quotes), tuple(gaps))
