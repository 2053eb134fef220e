"""What stands on either side of an expression where no rule tells the phrase that it is said of.

A rest goes on to the end of the clause, a comma, a quotation mark, an agent, or a longest length;
function words at its ends are left out. The scorer decides whether it is meant (loose.py).
"""

from collections.abc import Iterator

from transforms.stance.clauses import View
from transforms.stance.frames import Frame
from transforms.stance.propositions import FUNCTION, LONGEST, Range

_STOPS = frozenset(("swap", "reason", "relative", "when"))
_SHORTEST = 3  # letters of the one word that a rest may be
_SKIPPED = 3  # function words between the expression and a rest, at most


def rests(view: View, frame: Frame) -> Iterator[tuple[Range, str]]:
    """The rest behind the expression and the one before it, as ranges of the body."""
    for tokens, side in ((_behind(view, frame), "behind"), (_before(view, frame), "before")):
        place = _stripped(view, tokens)
        if place:
            yield place, side


def _behind(view: View, frame: Frame) -> list[int]:
    clause = view.clause[frame.first]
    first = frame.last
    end = min(len(view.tokens), frame.last + _SKIPPED)
    while first < end and _is_small(view, first) and not _is_agent(view, first):
        first += 1
    # a that-clause is another clause
    clause = view.clause[first] if first < len(view.tokens) else clause
    inside = []
    for i in range(first, min(len(view.tokens), first + LONGEST)):
        if view.clause[i] != clause or _stops(view, i):
            break
        inside.append(i)
    return inside


def _before(view: View, frame: Frame) -> list[int]:
    clause = view.clause[frame.first]
    inside: list[int] = []
    for i in range(frame.first - 1, max(-1, frame.first - 1 - LONGEST), -1):
        if view.clause[i] != clause or _stops(view, i):
            break
        inside.insert(0, i)
    return inside


def _stops(view: View, i: int) -> bool:
    return not view.tokens[i].is_word or bool(view.marks.at[i] & _STOPS) or _is_agent(view, i)


def _is_agent(view: View, i: int) -> bool:
    kinds = view.marks.at[i]
    return "by" in kinds and "of" not in kinds


def _is_small(view: View, i: int) -> bool:
    return view.name_at[i] < 0 and bool(view.marks.at[i] & FUNCTION)


def _stripped(view: View, tokens: list[int]) -> Range | None:
    while tokens and _is_small(view, tokens[0]):
        tokens = tokens[1:]
    while tokens and _is_small(view, tokens[-1]):
        tokens = tokens[:-1]
    named = tokens and all(view.name_at[i] >= 0 for i in tokens)
    if not tokens or named or (len(tokens) == 1 and len(view.form(tokens[0])) < _SHORTEST):
        return None
    return view.range(tokens[0], tokens[-1] + 1)
