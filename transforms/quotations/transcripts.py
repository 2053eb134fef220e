"""Interviews and transcripts: paragraphs that a label in capitals opens (`KESSLER: Why not?`)."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from transforms.quotations.candidates import Candidate
from transforms.quotations.found import Found
from transforms.quotations.speakers import Speakers
from transforms.quotations.text import Text

_LABEL = re.compile(r"[^\W\d_][^\W\d_.\-’' ]{1,15}(?:[ .\-’'][^\W\d_.\-’' ]{1,15}){0,3}(?=:\s)")
_FEWEST = 2  # labels that make a transcript
_NEVER = frozenset(("UPDATE", "NOTE", "PHOTO", "VIDEO", "FOTO", "READ", "WATCH"))
_OPENING = ' \t"“«„'
_CLOSING = ' \t\r"”»“'


def transcribed(text: Text, speakers: Speakers) -> list[Found]:
    """What follows each label is direct speech; nothing where labels are too few to make a
    transcript."""
    found = list(_labelled(text, _surnames(speakers)))
    return found if len(found) >= _FEWEST else []


def _labelled(text: Text, surnames: dict[str, set[str | None]]) -> Iterator[Found]:
    firsts = [unit.first for unit in text.units]
    start = 0
    for line in text.body.split("\n"):
        begin = start + len(line) - len(line.lstrip(_OPENING))
        label = _LABEL.match(text.body, begin, start + len(line))
        if label and label[0].isupper() and label[0] not in _NEVER:
            first, colon = text.index(begin), text.index(label.end())
            content = text.index(label.end() + 1)
            end = start + len(line.rstrip(_CLOSING))
            if content < len(text.tokens) and text.tokens[content].start < end:
                ids = surnames.get(label[0].split()[-1].casefold(), set())
                only = next(iter(ids)) if len(ids) == 1 else None
                speaker = Candidate(first, colon, begin, label.end(), "entity", "PER", only)
                unit = max(0, bisect_right(firsts, first) - 1)
                yield Found(
                    "direct",
                    text.tokens[content].start,
                    end,
                    (colon, colon + 1),
                    speaker,
                    "colon",
                    unit,
                )
        start += len(line) + 1


def _surnames(speakers: Speakers) -> dict[str, set[str | None]]:
    known: dict[str, set[str | None]] = {}
    for candidate in speakers.all:
        if candidate.label == "PER" and candidate.name and candidate.entity_id:
            surname = candidate.name.split()[-1].casefold()
            known.setdefault(surname, set()).add(candidate.entity_id)
    return known
