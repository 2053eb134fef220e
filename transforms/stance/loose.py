"""Candidates whose roles are not certain: a signed expression stands with two names, or with a
name and a phrase, and no rule tells who is what. They carry the mark `loose` and how the words
are ordered; the learned scorer, which knows the direction, decides with a bar of its own."""

from collections.abc import Iterator, Sequence, Set
from itertools import permutations

from transforms.stance.agreement import CASES, VERB_SECOND
from transforms.stance.candidates import Candidate
from transforms.stance.decide import LOOSE
from transforms.stance.frames import Frame
from transforms.stance.groups import is_bare
from transforms.stance.judged import subject_proposition
from transforms.stance.names import ATTRIBUTE, Name
from transforms.stance.polarity import polarity
from transforms.stance.propositions import proposition
from transforms.stance.view import View

_REACH = 18  # tokens between an expression and a party, at most
_MOST_NAMES = 6  # of a clause: more are a list
_KINDS = ("by", "of", "gen", "to", "for", "against")
_GOVERNING = frozenset(("to", "for", "against"))
_AGENT = frozenset(("by", "of", "gen"))
_DOUBTS = frozenset(("np", "comma", "far", "choice", "whole"))
Known = set[tuple[str, str]]


def loose(view: View, found: Sequence[Candidate], spoken: Set[int]) -> Iterator[Candidate]:
    """What the rules left out; `found` are their candidates, `spoken` the first tokens of
    expressions that are a speaker's or the author's."""
    known = _known(found)
    signed = [(frame, *_sign(view, frame)) for frame in view.frames]
    sure = {c.frame.first for c in found if not c.marks & _DOUBTS} | spoken
    signs = {
        frame: sign
        for frame, sign, _ in signed
        if sign and frame.first not in sure and not _is_added(view, frame)
    }
    if not signs or len(view.names) > 2 * _MOST_NAMES:
        return
    turned_order = view.language in CASES or view.language in VERB_SECOND
    denied = [frame for frame, sign, _ in signed if not sign and frame.sign]
    turned = {frame: turns for frame, _, turns in signed}
    names = [name for name in view.names if name.governor != ATTRIBUTE]
    for holder, target in permutations(names, 2):
        pair = holder.named.entity_id, target.named.entity_id
        if pair[0] == pair[1] or pair in known or pair[::-1] in known:
            continue
        if holder.governor & _GOVERNING and not holder.governor & _AGENT:
            continue  # "to X", "against X"
        near = [frame for frame in signs if _reaches(view, frame, holder, target)]
        if not near:
            continue
        frame = min(near, key=_Spread(holder, target).of)
        if frame.pos == "verb" and frame.last <= holder.first < target.first and not turned_order:
            continue
        marks = {LOOSE, *turned[frame], *_marks(view, frame, holder, target)}
        if any(signs[other] != signs[frame] for other in near):
            marks.add("loose-mixed")
        if any(_reaches(view, other, holder, target) for other in denied):
            marks.add("loose-denied")
        known.add(pair)
        yield Candidate(holder, target, signs[frame], frame, frozenset(marks))
    yield from _phrases(view, signs, turned, found)


def _is_added(view: View, frame: Frame) -> bool:
    """ "Against" alone, behind a verb or noun that has a sign of its own."""
    if frame.last - frame.first > 1 or not view.marks.at[frame.first] & {"for", "against"}:
        return False
    clause = view.clause[frame.first]
    return any(
        f.pos in ("verb", "noun") and f.sign == frame.sign and view.clause[f.first] == clause
        for f in view.frames
    )


def _is_others(view: View, frame: Frame, holder: Name) -> bool:
    """Whether the name is the agent of another expression: "approved the plan, proposed by X"."""
    if "by" not in holder.governor or holder.first < frame.last:
        return False
    return any(frame.last <= f.first < holder.first for f in view.frames)


def _known(found: Sequence[Candidate]) -> Known:
    return {
        (c.holder.named.entity_id, c.target.named.entity_id)
        for c in found
        if c.holder is not None and isinstance(c.target, Name)
    }


def _sign(view: View, frame: Frame) -> tuple[int, frozenset[str]]:
    return polarity(view, frame) if frame.sign else (0, frozenset())


def _reaches(view: View, frame: Frame, holder: Name, target: Name) -> bool:
    """Whether the expression may be of both: in the clause of one, and near the other."""
    clause = view.clause[frame.first]
    clauses = view.clause[holder.first], view.clause[target.first]
    if clause not in clauses or _covers(frame, holder) or _covers(frame, target):
        return False
    if clauses[0] != clauses[1] and not _linked(view, *clauses):
        return False
    return max(_gap(frame, holder), _gap(frame, target)) <= _REACH


def _linked(view: View, left: int, right: int) -> bool:
    """Whether one clause is the other's relative clause, or goes on with what was said before."""
    for one, other in ((left, right), (right, left)):
        if one < 0 or other < 0:
            return False
        clause = view.clauses[one]
        if clause.opener in ("relative", "swap") and (clause.parent == other or one == other + 1):
            return True
    return False


def _covers(frame: Frame, name: Name) -> bool:
    return frame.first < name.last and name.first < frame.last


def _gap(frame: Frame, name: Name) -> int:
    return max(frame.first - name.last, name.first - frame.last, 0)


class _Spread:
    """How far an expression is from both parties; one between them is nearer."""

    def __init__(self, holder: Name, target: Name) -> None:
        self._parties = holder, target

    def of(self, frame: Frame) -> tuple[bool, int, int]:
        low, high = sorted(name.first for name in self._parties)
        gaps = sum(_gap(frame, name) for name in self._parties)
        return not low < frame.first < high, gaps, frame.first


def _marks(view: View, frame: Frame, holder: Name, target: Name) -> Iterator[str]:
    places = sorted([(holder.first, "h"), (target.first, "t"), (frame.first, "f")])
    yield f"loose-{''.join(letter for _, letter in places)}-{frame.pos}"
    for name, letter in ((holder, "h"), (target, "t")):
        kind = (
            "bare" if is_bare(view, name) else next((k for k in _KINDS if k in name.governor), "")
        )
        yield f"loose-{letter}-{kind}"
    if view.clause[holder.first] != view.clause[target.first]:
        yield "loose-clauses"
    if max(_gap(frame, holder), _gap(frame, target)) > _REACH // 2:
        yield "loose-far"
    others = {n.named.entity_id for n in view.names} - {
        holder.named.entity_id,
        target.named.entity_id,
    }
    if others:
        yield "loose-others"
    if holder.named.label == "LOC":
        yield "loose-place"


def _phrases(
    view: View,
    signs: dict[Frame, int],
    turned: dict[Frame, frozenset[str]],
    found: Sequence[Candidate],
) -> Iterator[Candidate]:
    """Phrases beside an expression that no rule has used, with each name of the clause."""
    used = {c.frame.first for c in found if c.holder is not None}
    said = {(c.holder, c.target) for c in found}
    for frame, sign in signs.items():
        if frame.first in used:
            continue
        span = None if frame.pos == "predicate" else proposition(view, frame)
        side = "object"
        if span is None:
            span, side = subject_proposition(view, frame), "subject"
        if span is None:
            continue
        for holder in view.names:
            if not _may_hold(view, frame, holder, span) or (holder, span) in said:
                continue
            kind = "bare" if is_bare(view, holder) else "governed"
            order = "before" if holder.first < frame.first else "after"
            marks = {LOOSE, "proposition", f"loose-{side}-{frame.pos}", f"loose-{order}-{kind}"}
            yield Candidate(holder, span, sign, frame, turned[frame] | marks)


def _may_hold(view: View, frame: Frame, holder: Name, span: tuple[int, int]) -> bool:
    to = holder.governor & _GOVERNING and not holder.governor & _AGENT
    if holder.governor == ATTRIBUTE or to or _is_others(view, frame, holder):
        return False
    start, end = view.range(holder.first, holder.last)
    if view.clause[holder.first] != view.clause[frame.first] or (start < span[1] and span[0] < end):
        return False
    return not _covers(frame, holder) and _gap(frame, holder) <= _REACH
