"""Where quotation marks enclose text, whatever the marks, the language and the nesting.

    "…" ''…'' “…” ”…” „…“ „…” «…» »…« ‹…› ›…‹ '…' ‘…’ ‚…‘ 「…」 『…』 〝…〟 and mixtures

Marks that look alike on both sides, and those that open in one language and close in another,
are read by what stands around them. Apostrophes are no marks. A mark left open goes on into the
next paragraph when that begins with the mark again, or closes it; otherwise it ends with its own
paragraph. All is linear in the length of the text.
"""

import re
from typing import NamedTuple

from transforms.lexicons import APOSTROPHES


class Quoted(NamedTuple):
    """Text between marks: [start, end) with them, [inner_start, inner_end) without. `mark` is
    what opens it ("—" for a line of dialogue); `closed` is False where the end is a guess."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    mark: str
    closed: bool


_CLOSERS = {
    "“": '”“"〞〟',
    "„": '“”"‟',
    "‟": '”"',
    '"': '"”“',
    "”": "”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "「": "」",
    "『": "』",
    "〝": "〟〞",
    "＂": "＂",
    "《": "》",
    "〈": "〉",
    "‘": "’'",
    "‚": "‘’'",
    "'": "'’",
}
_SINGLE = frozenset("‘‚'")
_FIXED_OPENERS = frozenset("「『《〈〝„‚‟")
_FIXED_CLOSERS = frozenset("」』》〉〟〞")
TITLE_MARKS = frozenset("《〈")  # titles of works in Chinese
_MARK = re.compile("[“”„‟\"«»‹›「」『』〝〞〟＂《》〈〉‘’‚']")
_DOUBLED = re.compile(r"(?<!')''(?!')|``")  # two marks that stand for a double one
_FILLER = "\x1c"  # in the place of the second: white space that no text has
_BEFORE_OPENING = frozenset("([{-–—―/|…:,;.!?¿¡、。，：") | frozenset('“”„‟"«»‹›‘‚「『')
_NO_BEGINNING = frozenset(",.;:!?)]}%。、，")
_LONGEST_SINGLE = 1000  # code points between single marks; longer ones are apostrophes
_MAX_PARAGRAPHS = 12  # that one quotation may run on
_LABEL = re.compile(r"[\"“«„]?\s*[^\W\d_][\w.\-’' ]{1,40}:\s")


class _Open(NamedTuple):
    place: int
    mark: str


def find_quoted(body: str) -> list[Quoted]:
    """The outermost quoted spans of a text in order; none overlaps another."""
    body = _DOUBLED.sub('"' + _FILLER, body)
    pairs: list[Quoted] = []
    left: list[_Open] = []  # doubles still open at the end of the paragraph before
    run = 0
    start = 0
    for line in body.split("\n"):
        end = start + len(line)
        if line.strip():
            left, run = _paragraph(body, start, end, left, run, pairs)
        start = end + 1
    for opened in left:
        _give_up(body, opened, pairs)
    return _outermost(pairs)


def _paragraph(
    body: str, start: int, end: int, left: list[_Open], run: int, pairs: list[Quoted]
) -> tuple[list[_Open], int]:
    """Reads one paragraph; returns what stays open, and for how many paragraphs it has."""
    places = [found.start() for found in _MARK.finditer(body, start, end)]
    stack: list[_Open] = []
    if left:
        stack, places = _carried(body, start, end, left, places, pairs)
        run = run + 1 if stack else 0
        if run > _MAX_PARAGRAPHS:
            _give_up(body, stack[0], pairs)
            stack, run = [], 0
    singles = _closing_singles(body, places)
    for place in places:
        _mark(body, place, start, stack, singles, pairs)
    return [opened for opened in stack if opened.mark not in _SINGLE][:1], run


def _carried(
    body: str, start: int, end: int, left: list[_Open], places: list[int], pairs: list[Quoted]
) -> tuple[list[_Open], list[int]]:
    """What an open mark of the paragraph before means for this one: (stack, marks to read)."""
    opened = left[0]
    first = start + len(body[start:end]) - len(body[start:end].lstrip())
    repeats = places[:1] == [first] and _same_family(body[first], opened.mark)
    if repeats and _LABEL.match(body, first, min(end, first + 60)) is None:
        return [opened], places[1:]
    closes = (
        places
        and not repeats
        and body[places[0]] in _CLOSERS[opened.mark]
        and not _can_open(body, places[0])
        and _LABEL.match(body, first, min(end, first + 60)) is None
    )
    if closes:
        return [opened], places
    _give_up(body, opened, pairs)
    return [], places


def _same_family(mark: str, other: str) -> bool:
    return mark == other or (mark in '“”"„' and other in '“”"„') or (mark in "«»" and other in "«»")


def _mark(
    body: str,
    place: int,
    start: int,
    stack: list[_Open],
    singles: dict[int, int],
    pairs: list[Quoted],
) -> None:
    """Opens, closes or passes over the mark at `place`."""
    mark = body[place]
    if mark in "’'‘" and not _is_single_mark(body, place, stack, singles):
        return
    depth = _closes(body, place, stack)
    if depth is not None:
        opened = stack[depth]
        del stack[depth:]
        pairs.append(_quoted(body, opened, place, place + 1, True))
    elif mark not in _FIXED_CLOSERS and mark != "’" and _opens(body, place):
        same = stack and stack[-1].mark == mark == '"'
        if same:  # the one before was never closed
            _give_up(body, stack.pop(), pairs, place)
        stack.append(_Open(place, mark))


def _opens(body: str, place: int) -> bool:
    mark = body[place]
    if mark in _FIXED_OPENERS or mark == "«":
        return True
    if mark in "»›":
        return _can_open(body, place) and _before(body, place).isspace()
    if mark in '"“＂' and _before(body, place).isdigit():
        return False  # inches
    return _can_open(body, place) or (
        mark in '"“”' and _before(body, place).isspace() and _after(body, place).isspace()
    )


def _closes(body: str, place: int, stack: list[_Open]) -> int | None:
    """The place in the stack of what the mark closes."""
    mark = body[place]
    if mark in _FIXED_OPENERS:
        return None
    if mark in '"”' and _before(body, place) in " \n" and _after(body, place) == " ":
        return None if place and body[place - 1] == "\n" else _nearest(stack, mark)
    both = mark in '"“”»«›‹＂'
    for depth in range(len(stack) - 1, max(-1, len(stack) - 4), -1):
        if mark not in _CLOSERS[stack[depth].mark]:
            continue
        if both and mark not in "»›" and _can_open(body, place) and not _ends(body, place):
            return None
        if mark in "»›" and stack[depth].mark in "»›":
            return None
        return depth
    return None


def _nearest(stack: list[_Open], mark: str) -> int | None:
    """The last of what is open that the mark may close, four deep at most."""
    for depth in range(len(stack) - 1, max(-1, len(stack) - 5), -1):
        if mark in _CLOSERS[stack[depth].mark]:
            return depth
    return None


def _ends(body: str, place: int) -> bool:
    """Whether the mark stands as one that closes, directly after text."""
    before = _before(body, place)
    return not before.isspace() and before not in "([{—–"


def _can_open(body: str, place: int) -> bool:
    before, after = _before(body, place), _after(body, place)
    if after.isspace() or after in _NO_BEGINNING:
        return False
    if before.isspace() or before in "([{-–—―/|¿¡":
        return True
    if before in _BEFORE_OPENING:
        return after.isalnum() and body[place] not in "”"
    # an elided article (l'«amico»), or a script without blanks
    return before in APOSTROPHES or ord(before) > 0x2E80


def _before(body: str, place: int) -> str:
    return body[place - 1] if place else " "


def _after(body: str, place: int) -> str:
    if body[place + 1 : place + 2] == _FILLER:
        place += 1
    return body[place + 1] if place + 1 < len(body) else " "


def _closing_singles(body: str, places: list[int]) -> dict[int, int]:
    """For each single mark of a paragraph the next one that may close it."""
    following: dict[int, int] = {}
    nearest = -1
    for place in reversed(places):
        if body[place] not in "'’‘‚":
            continue
        following[place] = nearest
        may_close = not _before(body, place).isspace() and not _after(body, place).isalnum()
        if body[place] != "‚" and may_close:
            nearest = place
    return following


def _is_single_mark(body: str, place: int, stack: list[_Open], singles: dict[int, int]) -> bool:
    """Whether a single mark is one, and no apostrophe."""
    before, after = _before(body, place), _after(body, place)
    is_open = bool(stack) and stack[-1].mark in _SINGLE
    if is_open and not before.isspace() and not after.isalnum():
        following = singles.get(place, -1)
        beyond = body[place + 2 : place + 3]
        possessive = before in "sSzxX" and after == " " and beyond.islower()
        return not (possessive and 0 <= following - place < _LONGEST_SINGLE)
    if body[place] == "’" or not _can_open(body, place) or before in "’'":
        return False
    if after.isdigit() or not (after.isalnum() or after in '"“«¿¡[(…'):
        return False
    alone = body[place + 2 : place + 3].isspace() and body[place] == "'" and after in "sStTnNkK"
    closing = singles.get(place, -1)
    return not alone and place + 2 < closing < place + _LONGEST_SINGLE


def _give_up(body: str, opened: _Open, pairs: list[Quoted], limit: int | None = None) -> None:
    """An open mark that nothing closes reaches to the end of its paragraph."""
    if opened.mark in _SINGLE or opened.mark in TITLE_MARKS or opened.mark in "»›”":
        return
    end = limit
    if end is None:
        line_end = body.find("\n", opened.place)
        end = len(body) if line_end < 0 else line_end
    pairs.append(_quoted(body, opened, end, end, False))


def _quoted(body: str, opened: _Open, inner_end: int, end: int, closed: bool) -> Quoted:
    start, inner = opened.place, opened.place + 1
    end += closed and body[end : end + 1] == _FILLER
    while inner < inner_end and body[inner].isspace():
        inner += 1
    while inner_end > inner and body[inner_end - 1].isspace():
        inner_end -= 1
    return Quoted(start, end if closed else inner_end, inner, inner_end, opened.mark, closed)


def _outermost(pairs: list[Quoted]) -> list[Quoted]:
    kept: list[Quoted] = []
    for quoted in sorted(pairs, key=_widest_first):
        if quoted.inner_end > quoted.inner_start and (not kept or quoted.start >= kept[-1].end):
            kept.append(quoted)
    return kept


def _widest_first(quoted: Quoted) -> tuple[int, int]:
    return quoted.start, -quoted.end
