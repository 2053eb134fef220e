"""Candidates of stance from structure: who is, in the roles of an expression, for or against whom.

Each frame of a sentence (frames.py) yields candidates by its kind; polarity.py gives the sign,
roles.py the parties. A candidate says by its `marks` how it was read: the calibration learns from
them how far to trust it.
"""

from collections.abc import Iterator

from transforms.quotations.grammar import words as listed
from transforms.stance.again import again
from transforms.stance.agreement import CASES, OBLIQUE, VERB_LAST, VERB_SECOND, is_attributive
from transforms.stance.ahead import related, sided, standing
from transforms.stance.asked import asked
from transforms.stance.candidates import Candidate, Reading, expanded, postponed, same
from transforms.stance.clauses import CLITIC, Name, View
from transforms.stance.demands import demands
from transforms.stance.frames import Frame
from transforms.stance.fronted import about, before, behind, fronted, opposed, until
from transforms.stance.judged import judged_proposition
from transforms.stance.nouns import noun_holder, noun_roles
from transforms.stance.objects import governed, objects
from transforms.stance.pairs import pair
from transforms.stance.passive import by_agent, is_passive, passive
from transforms.stance.polarity import polarity
from transforms.stance.propositions import Range, proposition, trimmed
from transforms.stance.refers import clitic_of
from transforms.stance.roles import (
    Found,
    Group,
    clause_groups,
    groups,
    has_pronoun,
    is_bare,
    is_joined_verb,
    subject,
)
from transforms.stance.titles import ROMANCE

_AS = listed("as als come como comme jako jak как як ca drept")
_FOR = listed("for per für pour para voor dla pro для za pentru secondo według")
_ITSELF = listed("si s' se sich zich się himself herself itself themselves")
_INSTRUMENTAL = {
    "ru": ("ом", "ем", "ём", "ой", "ей", "ью", "ами", "ями"),
    "uk": ("ом", "ем", "єм", "ою", "ею", "єю", "тю", "ами", "ями"),
    "pl": ("em", "ą", "ami"),
    "cs": ("em", "ou", "ím", "í", "y"),
}
_ACCEPTING = ("accept", "akzept", "nimmt", "nahm", "aanvaard")  # says nothing of X
_TARGET = frozenset(("to", "for", "against", "object", "reason"))


def candidates(view: View) -> Iterator[Candidate]:
    """All candidates of a sentence, in order of their expressions."""
    found = list(_without_objects(view, list(_candidates(view))))
    found += [*sided(view, found), *related(view, found), *standing(view, found)]
    yield from found
    yield from again(view, found)


def _without_objects(view: View, found: list[Candidate]) -> Iterator[Candidate]:
    """Without what a noun says that is part of what somebody is for or against: "called for a ban
    on X" is not against X by itself."""
    spans = [
        (c.holder, c.sign, c.target)
        for c in found
        if c.frame.pos != "noun" and not isinstance(c.target, Name)
    ]
    for candidate in found:
        place = view.range(candidate.frame.first, candidate.frame.last)
        inside = candidate.frame.pos == "noun" and any(
            holder == candidate.holder
            and sign != candidate.sign
            and (start <= place[0] and place[1] <= end)
            for holder, sign, (start, end) in spans
        )
        inside = inside or _is_inner(view, candidate.frame)
        if not inside or candidate.marks & {"genitive", "agent"}:
            yield candidate


def _is_inner(view: View, noun: Frame) -> bool:
    """Whether a noun is the object of a separable verb around it: "wees de kritiek van de hand"."""
    if noun.pos != "noun":
        return False
    return any(
        f.pos == "verb" and f.roles == "s>o" and f.last <= noun.first < f.tail for f in view.frames
    )


def _candidates(view: View) -> Iterator[Candidate]:
    asks, places = asked(view)
    wanted = [*demands(view), *asks]
    places |= {candidate.frame.first for candidate in wanted}
    for frame in view.frames:
        if frame.first in places or _is_adjective(view, frame):
            continue
        sign, turns = polarity(view, frame)
        if frame.pos == "define":
            yield from _defined(view, frame)
        elif frame.pos == "predicate" and sign:
            yield from _interpreted(view, frame, sign, turns)
            yield from _opined(view, frame, sign, turns)
        elif sign and frame.pos != "predicate":
            for reading in _readings(view, frame):
                yield from expanded(view, reading, sign, frame, turns)
    yield from wanted


def _is_adjective(view: View, frame: Frame) -> bool:
    """A Slavic participle without a comma before it: "с протестующими работниками X"."""
    if frame.pos != "verb" or not is_attributive(view.form(frame.first), view.language):
        return False
    return view.form(frame.first - 1) != ","


def _readings(view: View, frame: Frame) -> Iterator[Reading]:
    if frame.pos == "noun":
        mutual = _mutual(view, frame)
        if mutual:
            yield from mutual
            return
        for holders, targets, marks in noun_roles(view, frame):
            yield Reading(holders, targets, marks)
    elif frame.pos == "adj":
        yield from _prepositional(view, frame, "adj")
    elif frame.roles == "o>s":
        yield from _experienced(view, frame)
    else:
        yield from _verbs(view, frame)


def _verbs(view: View, frame: Frame) -> Iterator[Reading]:
    agent = by_agent(view, frame)
    if frame.roles == "s>o" or (agent and is_passive(view, frame)):
        found = passive(view, frame, agent)
        if found is not None:
            yield from found
            return
    if frame.roles == "s>o" or view.language in CASES:
        mutual = _mutual(view, frame)
        if mutual:
            yield from mutual
            return
    if frame.roles == "s>o":
        yield from _active(view, frame)
    else:
        yield from _prepositional(view, frame, "verb")


def _active(view: View, frame: Frame) -> Iterator[Reading]:
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
        noun = _object_noun(view, frame, target.names)
        if noun:
            yield from _rebuttal(view, frame, noun, holder, target)
            span = proposition(view, frame) if view.language in CASES else None
            if span and not _turns_another(view, frame) and not _is_demand(view, frame):
                yield Reading(holder.names, span, marks | {"proposition", "whole"})
            return
        if not _is_demand(view, frame):
            yield from _owned(view, frame, holder, target, marks)
        if frame.sign > 0:
            yield from _opponents(view, frame, holder)
            yield from _critics(view, frame, holder, target)
        if "owner" not in target.doubts and not _is_part(target):
            return
        span = proposition(view, frame)
        if span and not _is_demand(view, frame):
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
    turning = any(frame.first <= i < frame.last for i in view.marks.flips)
    reach = 1 if view.language in CASES else 3
    return turning and any(
        f.pos in ("verb", "noun") and f.sign > 0 and 0 <= f.first - frame.last <= reach
        for f in view.frames
    )


def _is_part(target: Found) -> bool:
    """Whether another noun phrase stands before the name: "the data spread by X"."""
    return "np" in target.doubts


def _is_demand(view: View, frame: Frame) -> bool:
    """Demanding a thing is for it; of somebody, or somebody's thing, it says nothing by itself."""
    return frame.sign > 0 and view.marks.any(range(frame.first, frame.last), "demand")


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


def _object_noun(view: View, frame: Frame, target: Group) -> Frame | None:
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


def _rebuttal(
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
    elif target.names[0].named.label != "LOC" and not _is_demand(view, frame):
        yield Reading(holder.names, target.names, holder.doubts | {"active", "their"})


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


def _opponents(view: View, frame: Frame, holder: Found) -> Iterator[Reading]:
    """ "X defended Y against Z"."""
    opponent = governed(view, frame, frozenset(("against",)), reach=16)
    if opponent and not same(holder.names, opponent.names):
        marks = holder.doubts | opponent.doubts | {"opponent"}
        yield Reading(holder.names, opponent.names, marks, turned=True)


def _critics(view: View, frame: Frame, holder: Found, target: Found) -> Iterator[Reading]:
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


def _mutual(view: View, frame: Frame) -> list[Reading]:
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


def _experienced(view: View, frame: Frame) -> Iterator[Reading]:
    """The subject is the target: "X disappointed Y", Russian short participles."""
    left, right = clause_groups(view, frame)
    if view.language in VERB_LAST:
        agent = by_agent(view, frame)
        bare = [g for g in left if g != agent and g[-1].case == "nominative"]
        if agent and bare:
            yield Reading(agent, bare[0], frozenset(("experienced", "passive")))
        return
    if view.language in CASES:
        target = subject(view, frame)
        agents = [g for g in right + left[::-1] if g[0].case is OBLIQUE]
        agents = [g for g in agents if not g[0].governor or g[0].governor <= {"by", "gen"}]
        if target and agents and not same(target.names, agents[0]):
            yield Reading(agents[0], target.names, target.doubts | {"experienced"})
        elif agents and target is None:
            bare = [g for g in right if g[0].case is not OBLIQUE and not g[0].governor]
            span = before(view, frame, frame.first) if agents[0] in right and not bare else None
            if span:
                yield Reading(agents[0], span, frozenset(("passive", "proposition")))
            elif bare and not same(bare[0], agents[0]):
                yield Reading(agents[0], bare[0], frozenset(("experienced", "inverted")))
        return
    roles = pair(view, frame)
    if roles and not same(roles[0].names, roles[1].names):
        marks = roles[0].doubts | roles[1].doubts | {"experienced"}
        yield Reading(roles[1].names, roles[0].names, marks)


def _prepositional(view: View, frame: Frame, kind: str) -> Iterator[Reading]:
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
    if target and _is_demand(view, verb):
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


def _interpreted(
    view: View, predicate: Frame, sign: int, turns: frozenset[str]
) -> Iterator[Candidate]:
    """ "X read as “progress” the start of talks": a verb that no list knows, "as", a predicate and
    then its object."""
    as_word = predicate.first - 1
    while as_word > 0 and (
        not view.tokens[as_word].is_word or view.marks.at[as_word] & {"article"}
    ):
        as_word -= 1
    verb = as_word - 1
    if view.form(as_word) not in _AS or verb < 0 or view.name_at[verb] >= 0:
        return
    clause = view.clause[predicate.first]
    defines = any(f.pos == "define" and view.clause[f.first] == clause for f in view.frames)
    known = any(f.first <= verb < f.last for f in view.frames) or defines
    if known or not view.tokens[verb].is_word or view.clause[verb] != clause:
        return
    frame = Frame("verb", sign, "s>o", verb, predicate.last)
    holder = subject(view, frame._replace(last=verb + 1))
    if holder is None:
        return
    target = objects(view, frame)
    if target and not same(holder.names, target.names):
        marks = holder.doubts | target.doubts | {"active", "defined"}
        reading = Reading(holder.names, target.names, marks)
        yield from expanded(view, reading, sign, predicate, turns)
    if target is None or "owner" in target.doubts or _is_part(target):
        span = proposition(view, frame)
        if span:
            marks = holder.doubts | {"active", "defined", "proposition"}
            yield from expanded(view, Reading(holder.names, span, marks), sign, predicate, turns)


def _opined(view: View, predicate: Frame, sign: int, turns: frozenset[str]) -> Iterator[Candidate]:
    """ "For X, the plan is a mistake"."""
    clause = view.clause[predicate.first]
    here = [n for n in view.names if view.clause[n.first] == clause and n.last <= predicate.first]
    if sum(view.form(n.at) in _FOR for n in here) > 1:
        return  # "for X it is madness, for Y a dream"
    if not here or here[0].at < 0 or view.form(here[0].at) not in _FOR:
        return
    opens = view.clause[here[0].at - 1] != clause if here[0].at else True
    if not opens or here[0].named.label == "LOC":
        return
    holder = groups(view, view.names)
    names = next(g for g in holder if here[0] in g)
    start = names[-1].last
    start += view.form(start) == ","
    bare = [n for n in here if n not in names and is_bare(view, n)]
    marks = frozenset(("opined",))
    if bare and bare[0].first <= start + 2:
        reading = Reading(names, (bare[0],), marks)
        yield from expanded(view, reading, sign, predicate, turns)
        return
    span = judged_proposition(view, predicate, start)
    if span:
        reading = Reading(names, span, marks | {"proposition"})
        yield from expanded(view, reading, sign, predicate, turns)


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


def _is_reflexive(view: View, frame: Frame) -> bool:
    """ "X declares itself open to Y": nobody else is called anything."""
    near = [*range(max(0, frame.first - 3), frame.first), frame.last]
    forms = {view.form(i) for i in near if view.name_at[i : i + 1] == [-1]}
    return bool(forms & _ITSELF) or view.form(frame.first).endswith(("ся", "сь"))


def _defined(view: View, frame: Frame) -> Iterator[Candidate]:
    """ "X called Y a liar": the sign is that of the predicate."""
    if _is_reflexive(view, frame):
        return
    clause = view.clause[frame.first]
    reach = [
        f
        for f in view.frames
        if (f.pos in ("predicate", "adj") or _is_applied_noun(view, f, frame))
        and abs(f.first - frame.first) < 25
    ]
    reach = [f for f in reach if _is_applied(view, f, clause)] or (
        [f for f in reach if _quoted(view, f) and not _is_taken(view, f, frame)][:1]
    )
    if not reach:
        return
    predicate = min(reach, key=lambda f: (f.first < frame.first, abs(f.first - frame.first)))
    sign, turns = polarity(view, predicate)
    whole = Frame("verb", sign, "s>o", frame.first, frame.last, frame.tail)
    unreal, more = polarity(view, whole)
    if not sign or not unreal or more:
        return
    agent = by_agent(view, frame)
    readings = passive(view, whole, agent) or list(_active(view, whole))
    for reading in readings:
        reading = _without(view, reading, predicate)
        if _is_predicate_alone(view, reading, predicate) or _is_next_one(view, reading, predicate):
            continue  # "sprach von einem Fehler": of what is not said
        yield from expanded(view, reading, sign, frame, turns | {"defined"})


def _is_next_one(view: View, reading: Reading, predicate: Frame) -> bool:
    """ "X called the plan a blessing, Y a disaster": Y is not what X called so."""
    name = reading.targets[0]
    if not isinstance(name, Name) or name.first < predicate.last:
        return False
    return any(view.form(i) == "," for i in range(predicate.last, name.first))


def _is_predicate_alone(view: View, reading: Reading, predicate: Frame) -> bool:
    start, end = reading.targets[0], reading.targets[-1]
    if not (isinstance(start, int) and isinstance(end, int)) or view.language in CASES:
        return False
    place = view.range(predicate.first, predicate.last)
    between = [t for t in view.tokens if start <= view.start + t.start < place[0] and t.is_word]
    return start <= place[0] and place[1] <= end and len(between) <= 1


def _before_predicate(view: View, reading: Reading, predicate: Frame) -> Reading:
    """A proposition without the predicate that is said of it: "called the plan a disgrace"."""
    start, end = reading.targets[0], reading.targets[-1]
    if not (isinstance(start, int) and isinstance(end, int)):
        return reading
    place = view.range(predicate.first, predicate.last)
    if not start < place[0] < end:
        return reading
    first = next(i for i, token in enumerate(view.tokens) if view.start + token.start >= start)
    last = predicate.first
    while last > first and (view.form(last - 1) in _AS or view.form(last - 1) in '"„“”«»'):
        last -= 1
    span = trimmed(view, first, last)
    return reading._replace(targets=span) if span else reading


def _without(view: View, reading: Reading, predicate: Frame) -> Reading:
    """The phrase ends where the predicate begins, "назвал слова клеветой"."""
    if "proposition" not in reading.marks:
        return reading
    if view.language not in CASES:
        return _before_predicate(view, reading, predicate)
    (start, end) = (place for place in reading.targets if isinstance(place, int))
    begins = view.range(predicate.first, predicate.last)[0]
    last = predicate.first - 1
    while last > 0 and (not view.tokens[last].is_word or view.form(last) in _AS | _FOR):
        last -= 1
    if start < begins < end and view.range(last, last + 1)[1] > start:
        return reading._replace(targets=(start, view.range(last, last + 1)[1]))
    return reading


def _is_applied_noun(view: View, noun: Frame, frame: Frame) -> bool:
    """Slavic: a noun of stance in the instrumental behind the verb, "назвал слова клеветой"."""
    ending = _INSTRUMENTAL.get(view.language)
    if noun.pos != "noun" or ending is None or noun.first < frame.last:
        return False
    return view.form(noun.last - 1).endswith(ending) and not view.name_at[noun.last :][:1] >= [0]


def _is_applied(view: View, predicate: Frame, clause: int) -> bool:
    """Whether a predicate stands in the clause of the verb, or behind "as"."""
    own = view.clause[predicate.first]
    return own == clause or view.form(view.clauses[own].token) == "as"


def _is_taken(view: View, predicate: Frame, frame: Frame) -> bool:
    """Whether another verb applies the predicate: one in its own clause."""
    own = view.clause[predicate.first]
    return any(
        f.pos == "define" and f != frame and view.clause[f.first] == own for f in view.frames
    )


def _quoted(view: View, frame: Frame) -> bool:
    return any(view.form(i) in '«“„"' for i in range(max(0, frame.first - 4), frame.first))
