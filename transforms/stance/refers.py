"""Candidates whose parties are no names: what marks them, and what they must not be."""

from collections.abc import Sequence

from transforms.stance.agreement import OBJECT_MARKED
from transforms.stance.candidates import Candidate
from transforms.stance.frames import Frame
from transforms.stance.names import CLITIC, Name
from transforms.stance.view import View

HEIR = "heir"  # the subject is that of the sentence before
_REACH = 4  # tokens from a clitic to its verb: auxiliaries and negations
_SMALL = frozenset(("article", "to", "of", "by", "for", "against", "object"))


def referring(candidate: Candidate) -> Candidate | None:
    """The candidate marked by how its parties refer; None where the target is in no sentence of
    its own, or the holder is unknown."""
    marks: set[str] = set()
    target, holder = candidate.target, candidate.holder
    if isinstance(target, Name):
        if target.last == 0 or not target.named.entity_id:
            return None
        if target.named.stands:
            marks |= {"refers", f"refers-{target.named.stands}"}
            marks |= set() if target.named.is_sure else {"rival"}
    if holder is not None:
        if not holder.named.entity_id:
            return None
        marks |= {HEIR} if holder.last == 0 else set()
        if holder.named.stands:
            marks |= {"stands-for"}
            marks |= set() if holder.named.is_sure else {"rival"}
    return candidate._replace(marks=candidate.marks | marks) if marks else candidate


def clitic_of(view: View, frame: Frame) -> Name | None:
    """The pronoun before a verb, with auxiliaries between at most: "lo ha criticato"."""
    for clitic in reversed(view.clitics):
        if clitic.last > frame.first or frame.first - clitic.last > _REACH:
            continue
        between = range(clitic.last, frame.first)
        if view.clause[clitic.first] != view.clause[frame.first]:
            return None
        if any(view.name_at[i] >= 0 or not view.tokens[i].is_word for i in between):
            return None
        if view.language in OBJECT_MARKED and _is_doubled(view, frame):
            return None
        inside = any(f.pos == "verb" and clitic.last <= f.first < frame.first for f in view.frames)
        return None if inside else clitic
    return None


def _is_doubled(view: View, frame: Frame) -> bool:
    """Whether the object is named behind the verb as well: "îl susțin pe X"."""
    clause = view.clause[frame.first]
    return any(
        "object" in name.governor
        and view.clause[name.first] == clause
        and 0 <= name.first - frame.last <= _REACH
        for name in view.names
    )


def is_about_clitic(view: View, candidate: Candidate) -> bool:
    """Whether a clitic, known or not, is the object of the verb that another target is given."""
    frame = candidate.frame
    if frame.pos not in ("verb", "define") or "again-pronoun" in candidate.marks:
        return False
    if frame.roles not in ("s>o", "") or "active" not in candidate.marks:
        return False
    clitic = clitic_of(view, frame)
    return clitic is not None and clitic.named.role == CLITIC and candidate.target != clitic


def is_unknown(view: View, candidate: Candidate, unknown: Sequence[tuple[int, int, bool]]) -> bool:
    """Whether a proposition is nothing but a pronoun or noun for a party, unknown to us, or
    begins with such a pronoun."""
    if isinstance(candidate.target, Name):
        return False
    start, end = candidate.target[:2]
    for first, last, is_pronoun in unknown:
        if not start <= first < end:
            continue
        before = [
            i
            for i, token in enumerate(view.tokens)
            if start <= view.start + token.start and view.start + token.end <= first
        ]
        if is_pronoun and not before:
            return True
        if last >= end and all(view.marks.at[i] & _SMALL for i in before):
            return True
    return False
