"""The active voice, "X criticised Y": the subject is the holder, the object the target, or a
phrase is, or who owns the object."""

from collections.abc import Iterator

from transforms.stance.agreement import CASES, OBLIQUE, VERB_SECOND
from transforms.stance.candidates import Reading, same
from transforms.stance.demands import is_demand
from transforms.stance.frames import Frame
from transforms.stance.fronted import behind, fronted
from transforms.stance.groups import Found, clause_groups, is_bare
from transforms.stance.names import CLITIC, Range
from transforms.stance.nouns import noun_holder
from transforms.stance.opponents import critics, object_noun, opponents, rebuttal
from transforms.stance.pairs import pair
from transforms.stance.propositions import proposition
from transforms.stance.refers import clitic_of
from transforms.stance.roles import subject
from transforms.stance.view import View

_ACCEPTING = ("accept", "akzept", "nimmt", "nahm", "aanvaard")  # says nothing of X


def active(view: View, frame: Frame) -> Iterator[Reading]:
    """Subject and object; a clitic before the verb; a phrase where no name is the object."""
    clitic = clitic_of(view, frame)
    if clitic is not None and clitic.named.role == CLITIC:
        holder = subject(view, frame) if clitic.named.entity_id else None
        if holder:
            yield Reading(holder.names, (clitic,), holder.doubts | {"active", CLITIC})
        return
    roles = pair(view, frame)
    if roles:
        holder, target = roles
        if same(holder.names, target.names):
            return
        marks = holder.doubts | target.doubts | {"active"}
        noun = object_noun(view, frame, target.names)
        if noun:
            yield from rebuttal(view, frame, noun, holder, target)
            span = proposition(view, frame) if view.language in CASES else None
            if span and not _turns_another(view, frame) and not is_demand(view, frame):
                yield Reading(holder.names, span, marks | {"proposition", "whole"})
            return
        if not is_demand(view, frame):
            yield from _owned(view, frame, holder, target, marks)
        if frame.sign > 0:
            yield from opponents(view, frame, holder)
            yield from critics(view, frame, holder, target)
        if "owner" not in target.doubts and not is_part(target):
            return
        span = proposition(view, frame)
        if span and not is_demand(view, frame):
            yield Reading(holder.names, span, marks | {"proposition", "whole"})
        return
    found = subject(view, frame) or _inverted_subject(view, frame)
    blamed = noun_holder(view, frame) if found and not roles and frame.sign < 0 else None
    if found and blamed and not same(found.names, blamed):
        marks = found.doubts | {"rebuttal"}
        yield Reading(found.names, blamed, marks)
        yield Reading(blamed, found.names, marks | {"reverse"})
        return
    span = _phrase(view, frame, found) if found and not _turns_another(view, frame) else None
    if found and span and not found.doubts >= {"comma", "far"}:
        yield Reading(found.names, span, found.doubts | {"active", "proposition"})


def _phrase(view: View, frame: Frame, holder: Found) -> Range | None:
    """The phrase that is the object: before the verb, or behind it and its subject."""
    last = holder.names[-1].last
    if view.language in CASES and holder.names[0].first >= frame.last:
        return fronted(view, frame, holder.names) or proposition(view, frame._replace(last=last))
    return proposition(view, frame) or fronted(view, frame, holder.names)


def _turns_another(view: View, frame: Frame) -> bool:
    """ "Refused his support": what is refused has a sign of its own."""
    reach = 1 if view.language in CASES else 3
    return view.marks.turns(frame) and any(
        f.pos in ("verb", "noun") and f.sign > 0 and 0 <= f.first - frame.last <= reach
        for f in view.frames
    )


def is_part(target: Found) -> bool:
    """Whether another noun phrase stands before the name: "the data spread by X"."""
    return "np" in target.doubts


def _owned(
    view: View, frame: Frame, holder: Found, target: Found, marks: frozenset[str]
) -> Iterator[Reading]:
    """The names; where they only own what the verb is about: a person or organisation stands for
    it, of a place the whole phrase is the target."""
    label = target.names[0].named.label.lower()
    if "owner" in target.doubts and label != "loc" and _is_leaving(view, frame, target):
        yield Reading(holder.names, target.names, marks | {"leaving"}, turned=True)
        return
    if "owner" not in target.doubts:
        yield Reading(holder.names, target.names, marks)
    elif label != "loc":
        yield Reading(holder.names, target.names, marks | {f"owner-{label}"})


def _is_leaving(view: View, frame: Frame, target: Found) -> bool:
    """ "Welcomed the resignation of X", "regretted X's departure": the opposite for X."""
    if view.form(frame.first).startswith(_ACCEPTING):
        return False
    first, last = sorted((frame.last, target.names[0].first))
    after = target.names[-1].last
    return view.marks.any(range(first, last), "leave") or (
        view.form(after) in ("'s", "'") and view.marks.has(after + 1, "leave")
    )


def _inverted_subject(view: View, frame: Frame) -> Found | None:
    """Verb before subject, object a proposition on the left: "Den Plan lehnt X ab"."""
    left, right = clause_groups(view, frame)
    if view.language in CASES:
        return None if [g for g in left if is_bare(view, g[0])] else behind(view, frame)
    if view.language not in VERB_SECOND:
        return None
    bare = [g for g in right if is_bare(view, g[0]) and g[0].case is not OBLIQUE]
    if bare and not left and bare[0][0].first - frame.last <= 3:
        return Found(bare[0], frozenset(("inverted",)))
    return None
