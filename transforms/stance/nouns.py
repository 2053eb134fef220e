"""Nouns of stance: "X's support for Y", "la critica di X a Y", "X voiced support for Y"."""

from collections.abc import Iterator

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import CASES, OBLIQUE, VERB_LAST, VERB_SECOND, is_dative
from transforms.stance.frames import Frame
from transforms.stance.fronted import before
from transforms.stance.groups import Found, Group, clause_groups, groups
from transforms.stance.judged import subject_proposition
from transforms.stance.names import Name, Range
from transforms.stance.objects import governed
from transforms.stance.propositions import proposition
from transforms.stance.receiving import apposed_agent, is_agent, received
from transforms.stance.roles import subject
from transforms.stance.titles import ROMANCE
from transforms.stance.view import View

_TO = frozenset(("to", "for", "against", "object"))
_AUXILIARIES = listed("ha hanno aveva avevano ha han había ont avait há tem têm è é está sont est")
_LIGHT_REACH = 8
_WITH_WHOM = listed("у u w в")  # "вызвало недоумение у X"
_COMES = listed("kam kamen kommt kommen gibt gab kwam kwamen komt komen is was erntet erntete")
Roles = tuple[Group | None, Group | Range, frozenset[str]]


def noun_roles(view: View, frame: Frame) -> Iterator[Roles]:
    """Holders, targets and marks of a noun; holders None: the speaker."""
    owner = _owner(view, frame)
    target = _target(view, frame, owner)
    received = _is_received(view, frame)
    if owner and target:
        yield owner, target.names, target.doubts | {"noun", "genitive"}
        return
    if owner and not received:
        last = owner[-1].last
        after = frame if last <= frame.first else frame._replace(first=last - 1, last=last)
        span = proposition(view, after)
        if span:
            yield owner, span, frozenset(("noun", "genitive", "proposition"))
        return
    if received:
        roles = list(_received(view, frame))
        yield from roles
        if roles or view.language not in VERB_SECOND:
            return
    given = _given(view, frame)
    if given:
        yield given
        return
    agent = _agent(view, frame)
    if agent and target and agent != target.names:
        yield agent, target.names, target.doubts | {"noun", "agent"}
        return
    holder = _carrier(view, frame)
    if holder and target and holder.names != target.names:
        yield holder.names, target.names, holder.doubts | target.doubts | {"noun"}
    elif holder and target is None:
        span = proposition(view, frame)
        if span and "light" in holder.doubts:
            yield holder.names, span, holder.doubts | {"noun", "proposition"}


def _given(view: View, frame: Frame) -> Roles | None:
    """German and Dutch: "X gab Y eine Mitschuld": two names around a verb that carries a noun."""
    if view.language not in VERB_SECOND:
        return None
    left, right = clause_groups(view, frame)
    if len(left) < 2 or any(g[0].governor for g in left[-2:]) or right:
        return None
    holder, target = left[-2:]
    between = range(holder[-1].last, target[0].first)
    behind = range(target[-1].last, frame.first)
    near = len(between) <= 4 and len(behind) <= 2
    if not near or not view.marks.any(between, "light") or view.marks.any(behind, "and"):
        return None
    if any(view.form(i) == "," for i in (*between, *behind)) or holder == target:
        return None
    return holder, target, frozenset(("noun", "light", "before"))


def noun_holder(view: View, frame: Frame) -> Group | None:
    """Who criticises by the noun that is a verb's object: "rejected accusations by X"."""
    for noun in view.frames:
        if noun.pos == "noun" and noun.sign < 0 and 0 <= noun.first - frame.last <= 3:
            return _owner(view, noun) or _agent(view, noun)
    return None


def _owner(view: View, frame: Frame) -> Group | None:
    """The holder in the genitive: right after the noun, or before it with a possessive."""
    before = frame.first - 1
    while (
        before >= 0
        and view.name_at[before] < 0
        and frame.first - before <= 3
        and (
            view.form(before) not in ("'s", "'")
            and view.tokens[before].is_word
            and not view.marks.at[before] & {"article", "to", "of", "and", "by"}
        )
    ):
        before -= 1
    if before >= 0:
        possessive = view.form(before) in ("'s", "'")
        number = view.name_at[before - 1 if possessive else before]
        if number >= 0:
            name = view.names[number]
            if possessive or name.case == "genitive":
                return _group_of(view, name)
    if frame.roles == "g>g" and view.language not in CASES and not _has_target(view, frame):
        return None
    for name in view.names:
        if name.first < frame.last:
            continue
        near = name.opens - frame.last <= 5 and view.clause[name.first] == view.clause[frame.first]
        if not near:
            return None
        genitive = "of" in name.governor and not name.governor & {"against", "for"}
        if view.language in CASES:
            genitive = "gen" in name.governor and name.at == frame.last - 1
            genitive = genitive or (
                name.first == frame.last
                and name.case is not True
                and not is_dative(view.form(name.first))
            )
        if name.named.label == "LOC" and view.language in ROMANCE and name.at > frame.last:
            return None  # "l'opposition des médecins de X"
        return _group_of(view, name) if genitive else None
    return None


def _has_target(view: View, frame: Frame) -> bool:
    """Whether a second name follows after a preposition: then the genitive is the holder."""
    _, right = clause_groups(view, frame)
    if len(right) < 2 or is_agent(view, right[1][0]):
        return False  # "criticism of Y came from X"
    return bool(right[1][0].governor & _TO) and "of" in right[0][0].governor


def _group_of(view: View, name: Name) -> Group:
    return next((g for g in groups(view, view.names) if name in g), (name,))


def _target(view: View, frame: Frame, owner: Group | None) -> Found | None:
    kinds = _TO if frame.roles != "g>g" else _TO | {"of"}
    if view.language in VERB_LAST:
        left, _ = clause_groups(view, frame)
        behind = [g for g in left if g[-1].case in ("dative", "accusative", "ablative")]
        return Found(behind[-1]) if behind else None
    _, right = clause_groups(view, frame)
    for group in right:
        head = group[0]
        if (owner and head in owner) or is_agent(view, head):
            continue
        if head.opens - frame.last > 14:
            return None
        if any(f.pos == "verb" and frame.last <= f.first < head.first for f in view.frames):
            return None
        if head.governor & kinds and head.at >= frame.last - 1:
            if _crosses(view, frame, head, owner):
                return None
            return Found(group)
        if frame.roles == "g>g" and "gen" in head.governor and not owner:
            return Found(group)
        if (
            view.language in CASES
            and not owner
            and head.case is OBLIQUE
            and head.first == frame.last
        ):
            return Found(group, frozenset(("order",)))
        if head.governor & {"of", "gen"} or view.form(head.last) == "'s":
            found = governed(view, frame, kinds)
            if found and found.names == group:
                return found
        return None
    return _before(view, frame, kinds, owner)


def _before(view: View, frame: Frame, kinds: frozenset[str], owner: Group | None) -> Found | None:
    """German and Dutch: "stellt Y seine Unterstützung"; the dative before the noun."""
    left, _ = clause_groups(view, frame)
    if view.language in ("de", "nl", *CASES):
        if view.language in CASES:
            left = [g for g in left if g[0].case is OBLIQUE and g[0].governor <= {"gen"}]
        behind = [
            g
            for g in left
            if g != owner
            and (
                g[0].case in ("dative", OBLIQUE)
                or (g[0].governor & kinds and not g[0].governor & {"of", "by"})
            )
        ]
        if behind and frame.first - behind[-1][-1].last <= 4:
            return Found(behind[-1], frozenset(("before",)))
    return None


def _crosses(view: View, frame: Frame, head: Name, owner: Group | None) -> bool:
    """Whether a comma or another verb lies between noun and target."""
    start = owner[-1].last if owner and owner[-1].first > frame.first else frame.last
    between = range(start, head.opens)
    if view.language in ROMANCE:
        aside = range(start, max(start, head.at))
        if any(
            view.marks.at[i] & {"for", "against"} or view.form(i) in _AUXILIARIES for i in aside
        ):
            return True  # "Le proteste di X contro gli sfratti a Y", "il no di X ha sorpreso Y"
    return any(view.form(i) == "," for i in between)


def _agent(view: View, frame: Frame) -> Group | None:
    left, right = clause_groups(view, frame)
    found = next((group for group in right[:2] if is_agent(view, group[0])), None)
    if found is None and view.language in VERB_SECOND and left:
        near = range(left[-1][-1].last, frame.first)
        if is_agent(view, left[0][0]) and any(view.form(i) in _COMES for i in near):
            return left[0]  # "Von X kam Kritik an Y"
    return found


def _carrier(view: View, frame: Frame) -> Found | None:
    """The subject of the verb that carries the noun: "X voiced support"."""
    holder = subject(view, frame)
    if holder is None:
        return None
    clause = view.clause[frame.first]
    near = [
        i
        for i in range(holder.names[-1].last, len(view.tokens))
        if view.clause[i] == clause and i - frame.last < _LIGHT_REACH
    ]
    doubts = holder.doubts - {"np", "far"}
    if view.marks.any(near, "light"):
        return Found(holder.names, doubts | {"light"})
    return Found(holder.names, doubts | {"heavy"})


def _is_received(view: View, frame: Frame) -> bool:
    near = range(max(0, frame.first - 5), frame.first)
    if view.marks.any(near, "receive"):
        return True
    # "Unterstützung erhielt Y von X"
    return view.language in VERB_SECOND and view.marks.has(frame.last, "receive")


def _received(view: View, frame: Frame) -> Iterator[Roles]:
    """ "X drew criticism from Y": the subject is the target."""
    target = subject(view, frame)
    left, right = clause_groups(view, frame)
    if view.language in VERB_SECOND:
        yield from received(view, frame, left + right)
        return
    holders = [
        g
        for g in right
        if g[0].governor & {"by", "of", "to", "gen"}
        or view.form(g[0].at) in _WITH_WHOM
        or (g[0].first == frame.last and g[0].case is OBLIQUE)
    ]
    holders = [g for g in (apposed_agent(view, frame.last),) if g] or holders
    if not holders or holders[0][0].opens - frame.last > 8:
        return
    if target is None and view.language in ROMANCE:
        span = subject_proposition(view, frame)
        if span:
            yield holders[0], span, frozenset(("noun", "received", "proposition"))
    elif target:
        marks = target.doubts - {"np", "far"} | {"noun", "received"}
        yield holders[0], target.names, marks
    elif view.language in CASES and "to" not in holders[0][0].governor:
        near = range(max(0, frame.first - 5), frame.first)
        stop = next(i for i in near if "receive" in view.marks.at[i])
        span = before(view, frame, stop)
        if span:
            yield holders[0], span, frozenset(("noun", "received", "proposition"))
