"""Who else takes part: "X and Y accused each other", "X defended Y against the criticism of Z",
"X rejected Y's accusations"."""

from collections.abc import Iterator

from transforms.stance.agreement import CASES, VERB_SECOND
from transforms.stance.candidates import Reading, same
from transforms.stance.demands import is_demand
from transforms.stance.frames import Frame
from transforms.stance.groups import Found, Group, clause_groups
from transforms.stance.nouns import noun_holder, noun_roles
from transforms.stance.objects import governed
from transforms.stance.view import View


def object_noun(view: View, frame: Frame, target: Group) -> Frame | None:
    """The noun of stance that is the verb's object: "rejected the accusations of X"."""
    low, high = sorted((frame.first, target[0].first))
    for other in view.frames:
        behind_name = 0 if view.language in CASES else 3
        inside = other.pos == "noun" and low <= other.first and other.last <= high + behind_name
        if any("reason" in view.marks.at[i] for i in range(other.first - 2, other.first) if i >= 0):
            continue  # "sued X for libel"
        if inside and (other.first >= frame.last or view.language in VERB_SECOND):
            return other
    return None


def rebuttal(
    view: View, frame: Frame, noun: Frame, holder: Found, target: Found
) -> Iterator[Reading]:
    """ "X rejected Y's criticism": each is against the other. "X praised Y's support", "X condemned
    Y's support": the verb's sign holds for Y."""
    if "owner" not in target.doubts:
        return
    if frame.sign < 0 and noun.sign < 0:
        marks = holder.doubts | {"rebuttal"}
        yield Reading(holder.names, target.names, marks)
        if not any(True for _ in noun_roles(view, noun)):
            yield Reading(target.names, holder.names, marks | {"reverse"})
    elif target.names[0].named.label != "LOC" and not is_demand(view, frame):
        yield Reading(holder.names, target.names, holder.doubts | {"active", "their"})


def opponents(view: View, frame: Frame, holder: Found) -> Iterator[Reading]:
    """ "X defended Y against Z"."""
    opponent = governed(view, frame, frozenset(("against",)), reach=16)
    if opponent and not same(holder.names, opponent.names):
        marks = holder.doubts | opponent.doubts | {"opponent"}
        yield Reading(holder.names, opponent.names, marks, turned=True)


def critics(view: View, frame: Frame, holder: Found, target: Found) -> Iterator[Reading]:
    """ "X defended Y against the criticism of Z": X against Z, and Z against Y."""
    last = target.names[-1].last
    for noun in view.frames:
        near = noun.pos == "noun" and noun.sign < 0 and 0 < noun.first - last <= 4
        if not near or view.clause[noun.first] != view.clause[frame.first]:
            continue
        critic = noun_holder(view, frame._replace(last=noun.first))
        if critic and not same(critic, holder.names) and not same(critic, target.names):
            marks = holder.doubts | {"opponent"}
            yield Reading(holder.names, critic, marks, turned=True)
            yield Reading(critic, target.names, marks | {"reverse"}, turned=True)
        return


def mutual(view: View, frame: Frame) -> list[Reading]:
    """ "X and Y accused each other": both ways."""
    clause = view.clause[frame.first]
    near = [
        i
        for i in range(max(0, frame.first - 4), min(len(view.tokens), frame.last + 5))
        if view.clause[i] == clause
    ]
    if not view.marks.any(near, "mutual"):
        return []
    left, right = clause_groups(view, frame)
    pairs = [g for g in left + right if len(g) == 2]
    if len(pairs) != 1:
        return []
    first, second = pairs[0]
    marks = frozenset(("mutual",))
    return [Reading((first,), (second,), marks), Reading((second,), (first,), marks)]
