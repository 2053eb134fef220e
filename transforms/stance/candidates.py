"""What structure proposes: a holder, a target and a sign, and how they were read."""

from collections.abc import Iterator
from typing import NamedTuple

from transforms.stance.agreement import CASES, OBLIQUE, VERB_SECOND
from transforms.stance.frames import Frame
from transforms.stance.groups import Found, Group, clause_groups
from transforms.stance.names import Name, Range
from transforms.stance.roles import has_pronoun
from transforms.stance.titles import ROMANCE
from transforms.stance.view import View

_FARTHEST = 14  # tokens between an expression and a subject behind its target


class Candidate(NamedTuple):
    """`holder` None: the speaker of the quotation around the expression. `target`: a name, or a
    range of the body that is a proposition. `marks`: how it was read."""

    holder: Name | None
    target: Name | Range
    sign: int
    frame: Frame
    marks: frozenset[str]


class Reading(NamedTuple):
    """Who and whom a frame is said of, before the sign."""

    holders: Group | None
    targets: Group | Range
    marks: frozenset[str]
    turned: bool = False  # against what the expression is for: "defended X against Y"


def expanded(
    view: View, reading: Reading, sign: int, frame: Frame, turns: frozenset[str]
) -> Iterator[Candidate]:
    sign = -sign if reading.turned else sign
    marks = reading.marks | turns
    for holder in reading.holders or (None,):
        for target in _each(reading.targets):
            if holder != target:
                yield Candidate(holder, target, sign, frame, marks)


def _each(targets: Group | Range) -> list[Name | Range]:
    """The names of a group one by one; a proposition is one."""
    found: list[Name | Range] = []
    places: list[int] = []
    for target in targets:
        if isinstance(target, Name):
            found.append(target)
        else:
            places.append(target)
    return found or [(places[0], places[1])]


def same(left: Group, right: Group) -> bool:
    ids = {name.named.entity_id for name in left}
    return any(name.named.entity_id in ids for name in right)


def postponed(view: View, frame: Frame) -> Found | None:
    """The subject right after the verb, in languages that put it there; in Romance languages
    behind the target too: "A sostegno del piano si è schierata X"."""
    if view.language in ROMANCE:
        return _behind(view, frame)
    if view.language not in VERB_SECOND and view.language not in CASES:
        return None
    _, right = clause_groups(view, frame)
    bare = [g for g in right if not g[0].governor and g[0].case not in (OBLIQUE, "dative")]
    if bare and bare[0][0].first - frame.last <= 4 and bare[0] is right[0]:
        return Found(bare[0], frozenset(("inverted",)))
    return None


def _behind(view: View, frame: Frame) -> Found | None:
    """A bare name right of an expression that takes no direct object, where none stands left."""
    left, right = clause_groups(view, frame)
    if frame.roles != "s>p" or has_pronoun(view, frame) or any(not g[0].governor for g in left):
        return None
    for group in right:
        if group[0].governor:
            continue
        between = range(frame.last, group[0].opens)
        verbs = any(f.pos != "predicate" and f.first in between for f in view.frames)
        if verbs or view.marks.any(between, "and") or len(between) > _FARTHEST:
            return None
        if any(view.form(i) == "," for i in between):
            return None
        return Found(group, frozenset(("inverted",)))
    return None
