"""Who gives the support or criticism that somebody gets: "from X", "Unterstützung erhielt Y von X",
"Bei X stieß der Plan auf Kritik"."""

from collections.abc import Iterator, Sequence

from transforms.quotations.grammar import words as listed
from transforms.stance.frames import TITLES, Frame
from transforms.stance.groups import Group, groups
from transforms.stance.names import Name, Range
from transforms.stance.phrases import trimmed
from transforms.stance.view import View

Roles = tuple[Group | None, Group | Range, frozenset[str]]
_WITH = listed("bei beim bij")  # with whom something meets support or rejection


def is_agent(view: View, name: Name) -> bool:
    """ "by X", "from X"."""
    if not name.governor or name.at < 0:
        return False
    if "from" in view.marks.at[name.at]:
        return True
    return "by" in name.governor and not name.governor & {"of", "to", "for"}


def received(view: View, frame: Frame, near: Sequence[Group]) -> Iterator[Roles]:
    """German and Dutch: "Unterstützung erhielt Y von X", "Bei X stieß der Plan auf Kritik"."""
    clause = view.clause[frame.first]
    first = view.clauses[clause].token
    holder = apposed_agent(view, first)
    if holder is None:
        giving = [g for g in near if is_agent(view, g[0]) or view.form(g[0].at) in _WITH]
        holder = next((g for g in giving if g[0].at >= 0), None)
    if holder is None:
        return
    marks = frozenset(("noun", "received"))
    bare = [g for g in near if g != holder and not g[0].governor]
    if bare:
        yield holder, bare[0], marks
        return
    verb = next(
        (
            i
            for i, kinds in enumerate(view.marks.at)
            if "receive" in kinds and view.clause[i] == clause
        ),
        -1,
    )
    span = _thing_received(view, frame, verb, holder) if verb >= 0 else None
    if span:
        yield holder, span, marks | {"proposition"}


def _thing_received(view: View, frame: Frame, verb: int, holder: Group) -> Range | None:
    """The phrase that is the subject: behind the verb, or before it."""
    after = verb + 1
    if view.marks.has(after, "article"):
        stop = next(
            (i for i in range(after + 1, frame.first) if view.marks.at[i] & {"to", "by"}),
            frame.first,
        )
        return trimmed(view, after, stop)
    first = view.clauses[view.clause[verb]].token
    begins = view.marks.has(first, "article") and not view.marks.has(first, "of")
    if begins and verb - first <= 10 and holder[0].first > verb:
        return trimmed(view, first, verb)
    return None


def apposed_agent(view: View, start: int) -> Group | None:
    """ "From the mayor of the town, X": the person behind the comma, whose title "from" governs."""
    for i in range(start, len(view.tokens)):
        if not view.marks.at[i] & {"from", "by"} or view.name_at[i] >= 0:
            continue
        comma = next(
            (j for j in range(i + 2, min(len(view.tokens) - 1, i + 9)) if view.form(j) == ","), -1
        )
        if comma < 0 or not any(view.marks.at[j] & TITLES for j in range(i + 1, comma)):
            continue
        number = view.name_at[comma + 1]
        if number >= 0 and view.names[number].named.label == "PER":
            return next(g for g in groups(view, view.names) if view.names[number] in g)
    return None
