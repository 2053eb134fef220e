"""Predicates that a verb, "as" or "for X" applies: "X called Y a liar", "X read the talks as
progress", "For X, the plan is a mistake". The sign is the predicate's."""

from collections.abc import Iterator

from transforms.quotations.grammar import words as listed
from transforms.stance.active import active, is_part
from transforms.stance.agreement import CASES
from transforms.stance.candidates import Candidate, Reading, expanded, same
from transforms.stance.frames import Frame
from transforms.stance.groups import groups, is_bare
from transforms.stance.judged import judged_proposition
from transforms.stance.names import Name
from transforms.stance.objects import objects
from transforms.stance.passive import by_agent, passive
from transforms.stance.phrases import AS, trimmed
from transforms.stance.polarity import polarity
from transforms.stance.propositions import proposition
from transforms.stance.roles import subject
from transforms.stance.view import View

_FOR = listed("for per für pour para voor dla pro для za pentru secondo według")
_ITSELF = listed("si s' se sich zich się himself herself itself themselves")
_INSTRUMENTAL = {
    "ru": ("ом", "ем", "ём", "ой", "ей", "ью", "ами", "ями"),
    "uk": ("ом", "ем", "єм", "ою", "ею", "єю", "тю", "ами", "ями"),
    "pl": ("em", "ą", "ami"),
    "cs": ("em", "ou", "ím", "í", "y"),
}


def interpreted(
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
    if view.form(as_word) not in AS or verb < 0 or view.name_at[verb] >= 0:
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
    if target is None or "owner" in target.doubts or is_part(target):
        span = proposition(view, frame)
        if span:
            marks = holder.doubts | {"active", "defined", "proposition"}
            yield from expanded(view, Reading(holder.names, span, marks), sign, predicate, turns)


def opined(view: View, predicate: Frame, sign: int, turns: frozenset[str]) -> Iterator[Candidate]:
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


def _is_reflexive(view: View, frame: Frame) -> bool:
    """ "X declares itself open to Y": nobody else is called anything."""
    near = [*range(max(0, frame.first - 3), frame.first), frame.last]
    forms = {view.form(i) for i in near if view.name_at[i : i + 1] == [-1]}
    return bool(forms & _ITSELF) or view.form(frame.first).endswith(("ся", "сь"))


def defined(view: View, frame: Frame) -> Iterator[Candidate]:
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
    readings = passive(view, whole, agent) or list(active(view, whole))
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
    while last > first and (view.form(last - 1) in AS or view.form(last - 1) in '"„“”«»'):
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
    while last > 0 and (not view.tokens[last].is_word or view.form(last) in AS | _FOR):
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
