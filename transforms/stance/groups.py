"""Groups of coordinated names: "X, Y and Z", and which of them stand bare."""

from collections.abc import Sequence
from typing import NamedTuple

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import OBJECT_MARKED
from transforms.stance.frames import ROLE_WORDS, Frame
from transforms.stance.names import ATTRIBUTE, Name
from transforms.stance.titles import ROMANCE
from transforms.stance.view import View

Group = tuple[Name, ...]
_BETWEEN_AND = 3  # tokens between two coordinated names besides "and": articles, a role
_APPOSITION = 11  # tokens of an apposition between coordinated names, with commas and "and"
_BOTH_FIRST = listed("tanto sia sowohl both zowel tant zarówno как як jak atât hem")
_BOTH = listed("como sia che als auch wie and que jak так і i и cât hem quanto ook")


class Found(NamedTuple):
    """Names in one role, and what makes this reading less sure."""

    names: Group
    doubts: frozenset[str] = frozenset()


def groups(view: View, names: Sequence[Name]) -> list[Group]:
    """Names in a row, joined by commas and "and" alone, are one group (commas only before an
    "and"); the first one's governor is that of all."""
    found: list[list[Name]] = []
    for name in names:
        if found and _joined(view, found[-1][-1], name):
            found[-1].append(name)
        else:
            found.append([name])
    return [tuple(group) for group in found]


def _joined(view: View, left: Name, right: Name) -> bool:
    if view.clause[left.first] != view.clause[right.first]:
        return False
    if right.governor and right.at > left.last:
        alike = view.language in ROMANCE and right.governor == left.governor
        if not alike or right.at != left.last + 1:
            return False  # "against X and against Y" is one group, "against X and for Y" is not
    between = range(left.last, right.first)
    if len(between) > _BETWEEN_AND and _apposed_before_and(view, between):
        return True
    if not 1 <= len(between) <= _BETWEEN_AND:
        return False
    both = _is_correlative(view, left)
    joint = both or view.marks.has(left.last, "and")
    between = range(left.last + (1 if both else 0), right.first)
    small = {"and", "article"} | ROLE_WORDS
    return joint and all(
        view.marks.at[i] & small or view.form(i) in _BOTH or i == right.at for i in between
    )


def _apposed_before_and(view: View, between: range) -> bool:
    """ "X, a former minister, and Y": an apposition between two names in a row."""
    if len(between) > _APPOSITION or view.form(between[0]) != "," or view.form(between[-2]) != ",":
        return False
    inside = between[1:-2]
    return (
        view.marks.has(between[-1], "and")
        and "article" in view.marks.at[inside[0]]
        and not any(view.form(i) == "," or view.name_at[i] >= 0 for i in inside)
        and not any(f.pos == "verb" and f.first in inside for f in view.frames)
    )


def _is_correlative(view: View, left: Name) -> bool:
    """ "tanto X como Y", "sowohl X als auch Y", "sia X sia Y"."""
    before = {view.form(i) for i in range(max(0, left.first - 3), left.first)}
    return view.form(left.last) in _BOTH and bool(before & _BOTH_FIRST)


def is_bare(view: View, name: Name) -> bool:
    """Whether no preposition governs a name, or only the mark of a direct object."""
    if not name.governor or name.governor <= {"reason"}:
        return True
    return view.language in OBJECT_MARKED and "object" in name.governor


def clause_groups(view: View, frame: Frame) -> tuple[list[Group], list[Group]]:
    """The groups of names left and right of an expression in its clause."""
    clause = view.clause[frame.first]
    inside = [
        name
        for name in view.names
        if view.clause[name.first] == clause and name.governor != ATTRIBUTE
    ]
    left = groups(view, [name for name in inside if name.last <= frame.first])
    right = groups(view, [name for name in inside if name.first >= frame.last])
    return left, right


def is_marked(view: View, name: Name) -> bool:
    """Whether a name or pronoun is an object by its form."""
    if name.named.role in ("object", "dative"):
        return True
    return view.language in OBJECT_MARKED and "object" in name.governor
