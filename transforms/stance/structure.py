"""Candidates of stance from structure: who is, in the roles of an expression, for or against whom.

Each frame of a sentence (frames.py) yields candidates by its kind; polarity.py gives the sign,
roles.py the parties. A candidate says by its `marks` how it was read: the calibration learns from
them how far to trust it.
"""

from collections.abc import Iterator

from transforms.stance.active import active
from transforms.stance.again import again
from transforms.stance.agreement import CASES, OBLIQUE, VERB_LAST, is_attributive
from transforms.stance.ahead import related, sided, standing
from transforms.stance.applied import defined, interpreted, opined
from transforms.stance.asked import asked
from transforms.stance.candidates import Candidate, Reading, expanded, same
from transforms.stance.demands import demands
from transforms.stance.frames import Frame
from transforms.stance.fronted import before
from transforms.stance.groups import clause_groups
from transforms.stance.names import Name
from transforms.stance.nouns import noun_roles
from transforms.stance.opponents import mutual
from transforms.stance.pairs import pair
from transforms.stance.passive import by_agent, is_passive, passive
from transforms.stance.polarity import polarity
from transforms.stance.prepositional import prepositional
from transforms.stance.roles import subject
from transforms.stance.view import View


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
            yield from defined(view, frame)
        elif frame.pos == "predicate" and sign:
            yield from interpreted(view, frame, sign, turns)
            yield from opined(view, frame, sign, turns)
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
        both = mutual(view, frame)
        if both:
            yield from both
            return
        for holders, targets, marks in noun_roles(view, frame):
            yield Reading(holders, targets, marks)
    elif frame.pos == "adj":
        yield from prepositional(view, frame, "adj")
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
        both = mutual(view, frame)
        if both:
            yield from both
            return
    if frame.roles == "s>o":
        yield from active(view, frame)
    else:
        yield from prepositional(view, frame, "verb")


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
