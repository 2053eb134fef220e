"""Demands that somebody go: "X called on Y to resign", "X chiede le dimissioni di Y"."""

from collections.abc import Iterator

from transforms.stance.agreement import CASES
from transforms.stance.candidates import Candidate, Reading, expanded, postponed, same
from transforms.stance.frames import Frame
from transforms.stance.groups import Found, Group, clause_groups
from transforms.stance.polarity import polarity
from transforms.stance.roles import subject
from transforms.stance.view import View


def demands(view: View) -> Iterator[Candidate]:
    """ "X called on Y to resign", "X chiede le dimissioni di Y"."""
    leaves = [i for i, kinds in enumerate(view.marks.at) if "leave" in kinds]
    if not leaves:
        return
    taken = -1
    for i, kinds in enumerate(view.marks.at):
        if "demand" not in kinds or i <= taken:
            continue
        last = i + 1
        while view.marks.has(last, "demand"):
            last += 1
        taken = last
        frame = Frame("verb", -1, "s>o", i, last)
        if not polarity(view, frame)[0]:
            continue
        yield from _demand(view, frame, leaves)


def _demand(view: View, frame: Frame, leaves: list[int]) -> Iterator[Candidate]:
    clause = view.clause[frame.first]
    near = [i for i in leaves if view.clause[i] == clause and abs(i - frame.first) < 12]
    holder = subject(view, frame) or postponed(view, frame)
    if not near or not holder:
        return
    leave = near[0]
    target = _leaver(view, frame, leave, holder)
    if target and not same(holder.names, target):
        marks = holder.doubts | {"demand"}
        yield from expanded(view, Reading(holder.names, target, marks), -1, frame, frozenset())


def _leaver(view: View, frame: Frame, leave: int, holder: Found) -> Group | None:
    left, right = clause_groups(view, frame)
    others = [g for g in left + right if g != holder.names]
    after = [g for g in others if g[0].first > leave and g[0].first - leave <= 9]
    after = [
        g
        for g in after
        if g[0].governor & {"of", "gen", "by"}
        or view.marks.has(g[0].at, "from")
        or (view.language in CASES and g[0].case is not True)
    ]
    if after:
        return after[0]
    between = [g for g in others if frame.last <= g[0].first < leave]
    return between[-1] if between else None


def is_demand(view: View, frame: Frame) -> bool:
    """Demanding a thing is for it; of somebody, or somebody's thing, it says nothing by itself."""
    return frame.sign > 0 and view.marks.any(range(frame.first, frame.last), "demand")
