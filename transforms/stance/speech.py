"""Candidates inside quotations: what the speaker says of an entity, in the first person or as a
judgement; the holder is the quotation's speaker."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from transforms.stance.candidates import Candidate
from transforms.stance.frames import Frame
from transforms.stance.groups import groups, is_bare, is_marked
from transforms.stance.judged import judged_proposition
from transforms.stance.names import Name
from transforms.stance.objects import governed, objects
from transforms.stance.polarity import is_self_told, is_unreal, polarity
from transforms.stance.predicates import is_verb
from transforms.stance.propositions import proposition
from transforms.stance.roles import has_pronoun, subject
from transforms.stance.view import View

_TO = frozenset(("to", "for", "against", "object"))
_OPENING = 4  # tokens from the beginning of words to the expression that they are about, at most
_NEAR = 14  # tokens between a name and what is said of it, at most


class Voice(NamedTuple):
    """A quotation with a known speaker: its content as a range of the body, its number, the
    speaker's entity and, where it stands, its span. `kind` as in Quotation."""

    start: int
    end: int
    number: int
    entity_id: str
    speaker: tuple[int, int]
    kind: str


def spoken(view: View, voices: Sequence[Voice]) -> Iterator[tuple[Voice, Candidate]]:
    """What the voices in a sentence say of the entities named in their words. Candidates with
    sign 0 leave the sign to the scorer."""
    for voice in voices:
        inside = [
            n
            for n in view.names
            if voice.start <= n.named.start
            and n.named.end <= voice.end
            and n.named.entity_id != voice.entity_id
        ]
        for frame in _inside(view, voice):
            for candidate in _phrase_said(view, frame, voice):
                yield voice, candidate
        if not inside:
            continue
        signed: set[str] = set()
        for frame in _inside(view, voice):
            for candidate in _said(view, frame, inside):
                signed.add(_key(candidate.target))
                yield voice, candidate
        acting = _acting(view, voice)
        for name in inside:
            if name.named.entity_id not in signed and name.named.entity_id not in acting:
                yield voice, _open(view, name, inside, voice)


def _key(target: Name | tuple[int, int]) -> str:
    return target.named.entity_id if isinstance(target, Name) else str(target)


def _acting(view: View, voice: Voice) -> set[str]:
    """Who is the subject of a verb in the words: its stance is told, not the speaker's."""
    acting: set[str] = set()
    for frame in _inside(view, voice):
        if frame.pos in ("verb", "define", "adj"):
            found = subject(view, frame)
            acting.update(name.named.entity_id for name in (found.names if found else ()))
    return acting


def _inside(view: View, voice: Voice) -> list[Frame]:
    found = []
    for frame in view.frames:
        start, end = view.range(frame.first, frame.last)
        if voice.start <= start and end <= voice.end:
            found.append(frame)
    return found


def _phrase_said(view: View, frame: Frame, voice: Voice) -> Iterator[Candidate]:
    """What the speaker says of a plan, a law, an event: "the plan is a disgrace", "we support the
    plan", "no to the plan"."""
    sign, turns = polarity(view, frame)
    if not sign or frame.pos == "define":
        return
    if frame.pos == "predicate":
        span, how = judged_proposition(view, frame), "judged"
    else:
        first = _first_person(view, frame) or is_self_told(view, frame)
        if not first and (frame.pos == "verb" or not _is_verbless(view, frame, voice)):
            return
        span, how = proposition(view, frame), "first" if first else "verbless"
    found = subject(view, frame)
    if span is None or (found and (how != "judged" or "inherited" not in found.doubts)):
        return
    start, end = view.range(frame.first, frame.last)
    within = voice.start <= span[0] or (voice.kind == "mixed" and how == "judged")
    if within and span[1] <= voice.end and not (start < span[1] and span[0] < end):
        yield Candidate(None, span, sign, frame, turns | {how, "proposition", f"said-{voice.kind}"})


def _is_verbless(view: View, frame: Frame, voice: Voice) -> bool:
    """ "No to the plan": an expression near the beginning of words that have no verb."""
    clause = view.clause[frame.first]
    inside = [
        i
        for i in range(len(view.tokens))
        if view.clause[i] == clause and voice.start <= view.start + view.tokens[i].start < voice.end
    ]
    if has_pronoun(view, frame) or not inside or frame.first - inside[0] > _OPENING:
        return False
    verbs = {"copula", "passive", "light", "urge", "receive"}
    return not any(view.marks.at[i] & verbs or is_verb(view, i) for i in inside)


def _said(view: View, frame: Frame, inside: list[Name]) -> Iterator[Candidate]:
    if frame.pos == "define":
        return
    sign, turns = polarity(view, frame)
    if not sign:
        return
    if frame.pos == "predicate":
        name = _judged(view, frame, inside)
        if name:
            yield Candidate(None, name, sign, frame, turns | {"judged"})
        return
    if subject(view, frame) is not None:
        return
    if frame.roles in ("o>s",):
        return
    first = _first_person(view, frame)
    if not first and (frame.pos == "verb" or has_pronoun(view, frame)):
        return
    found = objects(view, frame) if frame.roles == "s>o" else governed(view, frame, _TO)
    found = found or governed(view, frame, _TO)
    for name in found.names if found else ():
        if name in inside and found:
            marks = turns | found.doubts | {"first" if first else "verbless"}
            yield Candidate(None, name, sign, frame, marks)


def _first_person(view: View, frame: Frame) -> bool:
    clause = view.clause[frame.first]
    near = [
        i
        for i in range(max(0, frame.first - 8), min(len(view.tokens), frame.last + 5))
        if view.clause[i] == clause
    ]
    return view.marks.any(near, "first")


def _judged(view: View, frame: Frame, inside: list[Name]) -> Name | None:
    """The name that a judgement is said of: the clause's subject, or its only name."""
    clause = view.clause[frame.first]
    here = [n for n in inside if view.clause[n.first] == clause]
    bare = [n for n in here if is_bare(view, n) and not is_marked(view, n)]
    left = [n for n in bare if n.last <= frame.first and frame.first - n.last <= _NEAR]
    if left:
        return left[0]
    if len(here) == 1 and abs(here[0].first - frame.first) <= _NEAR:
        return None if is_marked(view, here[0]) else here[0]
    return None


def _open(view: View, name: Name, inside: list[Name], voice: Voice) -> Candidate:
    """A name in the words of a speaker; nothing tells the sign."""
    frames = _inside(view, voice)
    marks = {"open", f"open-{voice.kind}"}
    if len(groups(view, inside)) > 1:
        marks.add("open-several")
    signs = {frame.sign for frame in frames if frame.sign}
    if signs == {1}:
        marks.add("open-plus")
    elif signs == {-1}:
        marks.add("open-minus")
    if frames and any(is_unreal(view, frame) for frame in frames):
        marks.add("open-unreal")
    frame = min(frames, key=_Distance(name).of) if frames else Frame("open", 0, "", -1, -1)
    return Candidate(None, name, 0, frame, frozenset(marks))


class _Distance(NamedTuple):
    name: Name

    def of(self, frame: Frame) -> int:
        return abs(frame.first - self.name.first)
