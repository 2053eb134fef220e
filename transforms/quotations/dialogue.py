"""Dialogue that dashes mark: `— Quote, — said X. — More.` in a paragraph of its own."""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from transforms.quotations.grammar import words
from transforms.quotations.marks import Quoted

LANGUAGES = words("es pt fr it ro ca gl ru uk be bg sr mk pl cs sk sl hr hu tr el lt lv")
_INLINE_LANGUAGES = frozenset(("pl", "ru", "uk"))
_INLINE = re.compile(r"(?<=[.!?…])\s[—–]\s(?=\w)")
_SENTENCE = re.compile(r"[.!?…]\s+\w")  # after who speaks, another sentence
_MAX_INLINE = 20  # dashes in a paragraph that may begin dialogue
_MAX_COMMAS = 40
_LEAD = re.compile(r"\s*[—–―]\s?(?=\S)|\s*-\s(?=\S)")
# a dash inside the line: with white space on one side at least, possibly after a comma
_DASH = re.compile(r"(?<=\s)[—–―-](?=\s)|(?<=\s)[—–―](?=\S)|(?<=\S)[—–―](?=[\s.,;:])")


def find_dialogue(
    body: str, language: str | None, quoted: list[Quoted], speaks: Callable[[int, int], bool]
) -> list[Quoted]:
    """The quoted parts of lines of dialogue; `speaks` tells whether a range of the body begins
    by saying who speaks.

    A line without such a part is dialogue beside one that has it; others are items of a list.
    """
    if (language or "").split("-")[0] not in LANGUAGES:
        return []
    found: list[Quoted] = []
    block: list[Quoted] = []
    attributed = False
    start = 0
    taken = iter([*quoted, Quoted(len(body) + 1, len(body) + 1, 0, 0, "", True)])
    mark = next(taken)
    for line in body.split("\n"):
        end = start + len(line)
        while mark.end <= start:
            mark = next(taken)
        lead = _LEAD.match(line)
        if lead and mark.start > end:
            parts, has_cue = _parts(body, start + lead.end(), end, speaks)
            block.extend(parts)
            attributed = attributed or has_cue
        elif language in _INLINE_LANGUAGES and line.strip():
            found.extend(block if attributed else [])
            block, attributed = [], False
            begin = start
            while mark.start < end:
                found.extend(_inline(body, begin, mark.start, speaks))
                begin = mark.end
                mark = next(taken)
            found.extend(_inline(body, begin, end, speaks))
        elif line.strip():
            found.extend(block if attributed else [])
            block, attributed = [], False
        start = end + 1
    return found + (block if attributed else [])


def _inline(
    body: str, start: int, end: int, speaks: Callable[[int, int], bool]
) -> Iterator[Quoted]:
    """Dialogue that begins after a sentence of the same paragraph."""
    until = start
    for found in islice(_INLINE.finditer(body, start, end), _MAX_INLINE):
        if found.end() >= until and body[found.end()].isupper():
            parts, attributed = _parts(body, found.end(), end, speaks)
            if attributed:
                yield from parts
                until = parts[-1].end if parts else until


def _parts(
    body: str, start: int, end: int, speaks: Callable[[int, int], bool]
) -> tuple[list[Quoted], bool]:
    """The quoted parts of a line of dialogue, and whether one part tells who speaks."""
    edges = [start - 1]
    edges += [found.start() for found in _DASH.finditer(body, start, end)]
    edges.append(end)
    parts: list[Quoted] = []
    attributed = said = False
    begin = start
    for left, right in zip(edges[1:], [*edges[2:], end], strict=True):
        if left < begin:
            continue
        if not said and left < end and speaks(left + 1, right):
            _add(body, begin, left, parts)
            attributed = said = True
            if _SENTENCE.search(body, left, right):
                return parts, True  # what follows is the reporter's own
            begin = right + 1
        elif said:
            said = False
    if not attributed:
        for comma in _commas(body, begin, end):
            if speaks(comma + 1, end):
                _add(body, begin, comma, parts)
                return parts, True
    if begin < end:
        _add(body, begin, end, parts)
    return parts, attributed


def _commas(body: str, start: int, end: int) -> list[int]:
    places: list[int] = []
    place = body.find(",", start, end)
    while place >= 0 and len(places) < _MAX_COMMAS:
        places.append(place)
        place = body.find(",", place + 1, end)
    return places


def _add(body: str, start: int, end: int, parts: list[Quoted]) -> None:
    while start < end and (body[start].isspace() or body[start] in ".,;—–―-"):
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    if start < end:
        parts.append(Quoted(start, end, start, end, "—", True))
