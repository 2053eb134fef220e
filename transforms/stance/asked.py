"""What somebody asks of another: "called on the board to withdraw the plan" is against the plan,
"urged the senate to approve the law" is for the law. The one who is asked takes no stance."""

from collections.abc import Iterator
from typing import NamedTuple

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import CASES, VERB_LAST, VERB_SECOND
from transforms.stance.candidates import Candidate, postponed
from transforms.stance.frames import Frame
from transforms.stance.groups import Group
from transforms.stance.names import Name, Range
from transforms.stance.objects import governed, objects
from transforms.stance.phrases import end_of, is_infinitive_form, trimmed
from transforms.stance.polarity import is_negated, is_self_told, is_unreal
from transforms.stance.predicates import goes_on
from transforms.stance.propositions import proposition
from transforms.stance.roles import has_pronoun, subject
from transforms.stance.view import View

_REACH = 18  # tokens from the verb that asks to the act, at most
_TURNED_NEAR = 3  # tokens before a verb in which "refused to" turns it round
_TO = frozenset(("to", "for", "against", "object"))
_THAT = listed("that che que dass daß dat aby żeby by чтобы чтоб щоб щоби să ca om qu'")
_PREPARING = listed("to zu te za")
_OWNED = frozenset(("to", "of", "by", "for", "against", "from"))
_NEVER_OBJECTS = listed("der des einer eines dem einem dessen deren")


class Act(NamedTuple):
    """What is asked: tokens [first, last), the sign toward its object, and whether it stands in a
    clause of its own with a subject."""

    frame: Frame
    sign: int
    clause: bool


def asked(view: View) -> tuple[list[Candidate], set[int]]:
    """Candidates of demands, by the expression that names the act, and the first tokens of all
    expressions that say nothing else: nobody has done yet what is asked."""
    found: list[Candidate] = []
    taken: set[int] = set()
    for verb in _asking(view) if view.language not in VERB_LAST else ():
        act = _act(view, verb)
        if act is None:
            continue
        taken.add(act.frame.first)
        if not act.clause or act.sign < 0:
            taken.add(verb.first)
        if not _is_said(view, verb):
            continue
        for target in _targets(view, act):
            for holder in _holders(view, verb):
                if holder != target:
                    marks = frozenset(("asked",)) | _kind(target)
                    found.append(Candidate(holder, target, act.sign, act.frame, marks))
    return found, taken


def _kind(target: Name | Range) -> frozenset[str]:
    return frozenset() if isinstance(target, Name) else frozenset(("proposition",))


def _asking(view: View) -> Iterator[Frame]:
    i = 0
    while i < len(view.tokens):
        last = i
        while view.marks.has(last, "urge"):
            last += 1
        if last > i:
            yield Frame("verb", 1, "s>p", i, last)
        i = max(last, i + 1)


def _is_said(view: View, verb: Frame) -> bool:
    before = range(verb.first - _TURNED_NEAR, verb.first)
    if any(flip in before for flip in view.marks.flips):
        return False
    return not (is_unreal(view, verb) or is_negated(view, verb))


def _holders(view: View, verb: Frame) -> Group | tuple[None]:
    """Who asks; None for a speaker who says "we ask"."""
    found = subject(view, verb)
    if found is None and not has_pronoun(view, verb):
        found = postponed(view, verb)
    if found:
        return found.names
    near = range(max(0, verb.first - 3), min(len(view.tokens), verb.last + 1))
    return (None,) if view.marks.any(near, "first") or is_self_told(view, verb) else ()


def _act(view: View, verb: Frame) -> Act | None:
    """The first act behind the verb that stands as an infinitive or in a clause of its own."""
    that = False
    own = view.clause[verb.first]
    for i in range(verb.last, min(len(view.tokens), verb.last + _REACH)):
        form = view.form(i)
        if form in ".;:!?" or (not that and form == "," and not _may_follow(view, i)):
            return None
        if not that and goes_on(view, i):
            return None
        opened = view.clause[i] != own and view.clauses[view.clause[i]].token == i
        if form in _THAT and (opened or view.language in CASES or view.language == "ro"):
            that = True
        elif opened and _is_relative(view, i):
            return None
        sign, last = _sign(view, i)
        if sign and (that or _is_infinitive(view, i, last)):
            act = Frame("verb", sign, _roles(view, i, last), i, last)
            negated = view.marks.any(range(verb.last, i), "negator") and not that
            return Act(act, -sign if negated else sign, that)
    return None


def _is_relative(view: View, i: int) -> bool:
    """Whether token i opens a relative clause; "auf, die Steuer zu senken" looks like one."""
    relative = view.clauses[view.clause[i]].opener == "relative"
    return relative and view.language not in VERB_SECOND


def _may_follow(view: View, comma: int) -> bool:
    """A comma before what is asked: "fordert den Rat auf, den Plan zu verwerfen"."""
    return view.language in VERB_SECOND or view.language in CASES or view.form(comma + 1) in _THAT


def _sign(view: View, i: int) -> tuple[int, int]:
    """Sign and end of the act that begins at token i; (0, 0): none does."""
    for kind, sign in (("halt", -1), ("ending", -1), ("keep", 1)):
        if view.marks.has(i, kind) and view.name_at[i] < 0:
            last = i
            while view.marks.has(last, kind):
                last += 1
            return sign, last
    for frame in view.frames:
        if frame.first == i and frame.pos == "verb" and frame.roles in ("s>o", "s>p", "s>d"):
            return frame.sign, frame.last
    return 0, 0


def _roles(view: View, first: int, last: int) -> str:
    if view.marks.has(first, "ending"):
        return "g>g"
    frame = next((f for f in view.frames if f.first == first and f.last == last), None)
    return frame.roles if frame else "s>o"


def _is_infinitive(view: View, first: int, last: int) -> bool:
    before = {view.form(i) for i in range(max(0, first - 2), first)}
    if view.language in ("en", "nl", "de"):
        inside = [view.form(i) for i in range(first, last)]
        fused = view.language == "de" and any("zu" in form[2:] for form in inside)
        return bool(before & _PREPARING) or fused or bool(set(inside[:-1]) & _PREPARING)
    if view.marks.has(first, "ending"):
        return True
    if view.language in CASES and view.marks.has(first, "halt"):
        nominal = view.marks.at[first - 1] & _TO or view.form(first - 1) in ("do", "o", "k", "ke")
        if nominal:
            return True
    return is_infinitive_form(view, first)


def _targets(view: View, act: Act) -> list[Name | Range]:
    if act.clause and act.sign > 0:
        return []  # the clause is what is asked
    frame = act.frame
    found: list[Name | Range] = []
    if view.language in VERB_SECOND and not view.marks.has(frame.first, "ending"):
        span = _before(view, frame)
        return [span] if span else []
    span = proposition(view, frame)
    if span:
        return [span]
    names = objects(view, frame) if frame.roles == "s>o" else governed(view, frame, _TO)
    if names and not names.doubts:
        found.extend(names.names)
    return found


def _before(view: View, act: Frame) -> Range | None:
    """German and Dutch: the nearest phrase before the act that no preposition governs and that is
    no genitive."""
    for first in range(act.first - 1, max(-1, act.first - _REACH), -1):
        kinds = view.marks.at[first]
        if view.form(first) in ",:;":
            return None
        if "article" not in kinds or view.form(first) in _NEVER_OBJECTS:
            continue
        before = view.marks.at[first - 1]
        if before & _OWNED and "article" not in before and view.form(first - 1) != "op":
            continue
        last = min(act.first, end_of(view, first, view.clause[first]))
        while last > first and view.form(last - 1) in _PREPARING:
            last -= 1
        return trimmed(view, first, last)
    return None
