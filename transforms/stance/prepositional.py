"""Expressions whose target stands after a preposition, or in the dative."""

from collections.abc import Iterator

from transforms.stance.agreement import CASES, OBLIQUE, VERB_LAST, VERB_SECOND
from transforms.stance.candidates import Reading, postponed, same
from transforms.stance.demands import is_demand
from transforms.stance.frames import Frame
from transforms.stance.fronted import about, behind, fronted, opposed, until
from transforms.stance.groups import Found, Group, clause_groups, is_bare
from transforms.stance.names import CLITIC
from transforms.stance.objects import governed
from transforms.stance.propositions import proposition
from transforms.stance.refers import clitic_of
from transforms.stance.roles import has_pronoun, is_joined_verb, subject
from transforms.stance.titles import ROMANCE
from transforms.stance.view import View

_TARGET = frozenset(("to", "for", "against", "object", "reason"))


def prepositional(view: View, frame: Frame, kind: str) -> Iterator[Reading]:
    """The target stands after a preposition, or in the dative."""
    both = _dative_pair(view, frame)
    if both:
        yield Reading(both[0], both[1], frozenset((kind, "prep", "order")))
        return
    holder = subject(view, frame)
    if holder and frame.tail in range(holder.names[0].first):
        holder = None  # "against X spoke Y"
    in_order = view.language not in CASES
    holder = holder or (postponed(view, frame) if in_order else behind(view, frame))
    if not holder:
        return
    clitic = clitic_of(view, frame)
    if clitic is not None and clitic.named.role == "dative" and kind == "verb":
        yield Reading(holder.names, (clitic,), holder.doubts | {"active", CLITIC})
        return
    verb, frame = frame, about(view, frame)
    is_heir = holder.names[0].last == 0
    before_verb = opposed(view, frame) if holder.names[0].first >= frame.last or is_heir else None
    if before_verb and is_heir:
        return  # its subject stands behind the verb
    frame = before_verb or frame
    if in_order and 0 <= verb.tail < verb.first:  # "Gegen den Plan stimmte X"
        frame = Frame(*verb[:3], verb.tail, verb.tail + 1, verb.first)
    target = _prepositional_target(view, frame, holder)
    if target is None and view.language in ROMANCE and holder.names[0].first >= frame.last:
        frame = _past(view, frame, holder)
        target = _prepositional_target(view, frame, holder)
    marks = holder.doubts | {kind, "prep"}
    is_alone = verb.last - verb.first == 1 and verb.tail < 0
    if is_alone and view.marks.at[verb.first] & {"for", "against"}:
        if not _is_predicative(view, verb):
            return
        marks |= {"bare"}
    if target and is_demand(view, verb):
        return
    if target and not same(holder.names, target.names):
        if "owner" not in target.doubts or target.names[0].named.label != "LOC":
            between = range(frame.last, target.names[0].first)
            turned = view.language in CASES and view.marks.any(between, "leave")
            yield Reading(holder.names, target.names, marks | target.doubts, turned)
        whole = proposition(view, frame) if "owner" in target.doubts else None
        if whole:
            yield Reading(holder.names, whole, marks | {"proposition", "whole"})
        return
    span = proposition(view, frame) if target is None else None
    if target is None and span is None and kind == "adj":
        span = fronted(view, verb, holder.names)
    if span and frame.first < verb.first and not in_order:
        span = span[0], min(span[1], until(view, frame.last, verb.first))
    if span and span[0] < span[1]:
        yield Reading(holder.names, span, marks | {"proposition"})


def _past(view: View, frame: Frame, holder: Found) -> Frame:
    """The expression as if it ended behind its subject: "arremetió X contra Y"; as it is where its
    target stands before the subject."""
    last = holder.names[-1].last
    last += view.form(last) == ","
    near = range(frame.last, min(frame.last + 3, holder.names[0].opens))
    if view.marks.any(near, "to") or view.marks.any(near, "of") or view.marks.any(near, "by"):
        return frame
    return frame._replace(last=last) if last < len(view.tokens) else frame


def _dative_pair(view: View, frame: Frame) -> tuple[Group, Group] | None:
    """ "X hat Y gestern widersprochen": two names before a verb at the end, no case to be seen."""
    if frame.roles != "s>d" or view.language not in VERB_SECOND or frame.tail >= 0:
        return None
    left, right = clause_groups(view, frame)
    bare = [g for g in left if is_bare(view, g[0]) and g[0].case is None]
    if len(bare) != 2 or len(left) > 3 or any(is_bare(view, g[0]) for g in right):
        return None
    if has_pronoun(view, frame) or is_joined_verb(view, bare[1], frame):
        return None
    return None if same(*bare) else (bare[0], bare[1])


def _is_predicative(view: View, frame: Frame) -> bool:
    """A preposition alone ("X is against Y", "X contro Y") shows a stance only where the clause
    has no other expression."""
    clause = view.clause[frame.first]
    return not any(
        f is not frame
        and view.clause[f.first] == clause
        and f.pos in ("verb", "noun", "define", "predicate")
        for f in view.frames
    )


def _is_taken_up(view: View, frame: Frame, group: Group) -> bool:
    """Whether another verb, or "and", stands between a name and the verb behind it: "praised X
    and opposed the plan"."""
    between = range(group[-1].last, frame.first)
    verbs = any(f.pos in ("verb", "define") and f.first in between for f in view.frames)
    return verbs or view.marks.any(between, "and")


def _prepositional_target(view: View, frame: Frame, holder: Found) -> Found | None:
    target = governed(view, frame, _TARGET)
    if target:
        return target
    left, right = clause_groups(view, frame)
    ends_in_preposition = view.marks.at[frame.last - 1] & _TARGET or frame.tail >= 0
    by_case = view.language in CASES
    if frame.roles in ("s>d", "s>p") and (frame.roles == "s>d" or ends_in_preposition or by_case):
        others = [g for g in right if g != holder.names]
        near = others and others[0][0].first - frame.last <= 8
        if near and not others[0][0].governor and _is_next(view, frame, others[0]):
            return Found(others[0])
    if "relative" in holder.doubts and view.language in VERB_SECOND and frame.roles == "s>d":
        behind = [g for g in left if g != holder.names and is_bare(view, g[0])]
        return Found(behind[-1], frozenset(("before",))) if behind else None
    if view.language in VERB_SECOND or view.language in VERB_LAST or frame.roles == "s>d":
        if view.language in VERB_LAST:
            cases = ("dative", "ablative", "accusative", "with")
            behind = [g for g in left if g[-1].case in cases and g != holder.names]
        else:
            behind = [
                g
                for g in left
                if g != holder.names
                and not (view.language in CASES and _is_taken_up(view, frame, g))
                and (
                    g[0].governor & {"for", "against"}
                    or (frame.roles == "s>d" and g[0].case in ("dative", OBLIQUE))
                )
            ]
        if behind:
            return Found(behind[-1], frozenset(("before",)))
    return None


def _is_next(view: View, frame: Frame, group: Group) -> bool:
    """Whether no comma and at most one article stand before the names."""
    between = range(frame.last, group[0].first)
    if view.language in CASES:
        nouns = [i for i in between if not view.marks.at[i] and len(view.form(i)) > 3]
        apposed = group[0].named.label != "LOC" and group[0].case is not OBLIQUE
        if len(nouns) > apposed:  # "privatisation of the port of Y", but "the platform Y"
            return False
    articles = sum("article" in view.marks.at[i] for i in between)
    return articles <= 1 and not any(view.form(i) == "," for i in between)
