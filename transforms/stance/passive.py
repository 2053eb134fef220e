"""The passive: its agent is the holder, its subject the target."""

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import CASES, OBLIQUE, VERB_LAST, VERB_SECOND
from transforms.stance.candidates import Reading, same
from transforms.stance.frames import ROLE_WORDS, Frame
from transforms.stance.groups import Found, Group, clause_groups, is_bare
from transforms.stance.judged import subject_proposition
from transforms.stance.names import Name, Range
from transforms.stance.phrases import end_of, trimmed
from transforms.stance.propositions import proposition
from transforms.stance.roles import antecedent, subject
from transforms.stance.view import View

_BY_REACH = 3
_AUTHORITIES = listed(
    "authorities authority leaders diplomats autorità autorités autorité autoridades autoridad"
    " behörden autoriteiten władze władz úřady úřadů властями властей владою влади"
    " autorități autoritățile autorităților"
)  # who speaks for a place
_INSTRUMENTAL = {
    "ru": ("ым", "им", "ом", "ем", "ём", "ой", "ей", "ою", "ею", "ами", "ями"),
    "uk": ("им", "їм", "ом", "ем", "єм", "ою", "ею", "єю", "ами", "ями"),
    "cs": ("em", "ou", "ým", "ím", "ami", "emi", "ími", "ými"),
}
_PARTICIPLES = {
    "es": ("ado", "ada", "ados", "adas", "ido", "ida", "idos", "idas", "cho", "cha"),
    "pt": ("ado", "ada", "ados", "adas", "ido", "ida", "idos", "idas", "to", "ta"),
    "de": ("t", "en"),
}


def by_agent(view: View, frame: Frame) -> Group | None:
    """The names behind "by" next to an expression (Turkish: before it); those of whom "by" names
    only members ("by the deputies of X") too."""
    left, right = clause_groups(view, frame)
    aux = view.language in ("en", "fr", "it") and is_passive(view, frame)
    if view.language in VERB_LAST:
        for group in reversed(left):
            if view.marks.has(group[-1].last, "by"):
                return group
        return None
    for group in right:
        if any(f.pos == "noun" and frame.last <= f.first < group[0].first for f in view.frames):
            break  # "rejected accusations by X"
        head = group[0]
        near = aux or _only_adverbs(view, frame.last, head.at)
        if "by" in head.governor and head.at >= frame.last and near:
            return group
        if view.marks.has(frame.last, "by") and _is_body(view, frame, head):
            return group
        break
    if view.language in CASES and _is_impersonal(view, frame):
        for group in right[:1]:
            near = _only_adverbs(view, frame.last, group[0].first)
            if near and group[0].governor <= {"gen"} and is_instrumental(view, group[0]):
                return group
    if view.language in VERB_SECOND:
        for group in [*reversed(left), *right]:
            if "by" in group[0].governor:
                return group
    return None


def _is_impersonal(view: View, frame: Frame) -> bool:
    """The passive of Slavic languages: with its auxiliary, or in -но, -то."""
    form = view.form(frame.last - 1)
    return is_passive(view, frame) or (view.language == "uk" and form.endswith(("но", "то")))


def is_instrumental(view: View, name: Name) -> bool:
    """By whom: "Федерацією профспілок", "Českou lékařskou komorou"."""
    return name.case is OBLIQUE and view.form(name.first).endswith(
        _INSTRUMENTAL.get(view.language, ())
    )


def _is_body(view: View, frame: Frame, head: Name) -> bool:
    """Whether the members of an organisation stand for it."""
    owns = bool(head.governor & {"of", "gen"}) and head.first - frame.last <= 6
    if head.named.label != "LOC":
        return owns and head.named.label == "ORG"
    body = range(frame.last, max(frame.last, head.at))
    return owns and any(view.marks.at[i] & ROLE_WORDS or view.form(i) in _AUTHORITIES for i in body)


def _only_adverbs(view: View, first: int, last: int) -> bool:
    between = range(first, last)
    return len(between) <= _BY_REACH and not any(
        view.marks.at[i] & {"article", "to", "of"} or view.name_at[i] >= 0 or view.form(i) == ","
        for i in between
    )


def is_passive(view: View, frame: Frame) -> bool:
    """Whether an auxiliary of the passive stands next to the expression in its clause."""
    if view.language == "en" and view.form(frame.first).endswith("ing"):
        return False
    clause = view.clause[frame.first]
    left = [i for i in range(frame.first) if view.clause[i] == clause and view.name_at[i] < 0]
    if view.language in VERB_SECOND:
        inside = [i for i, c in enumerate(view.clause) if c == clause]
        inside = [i for i in inside if view.form(i) != "zijn" or _is_auxiliary(view, i, frame)]
        return view.marks.any(inside, "passive") and _is_participle(view, frame)
    return view.marks.any(left[-4:], "passive")


def _is_auxiliary(view: View, zijn: int, frame: Frame) -> bool:
    """Whether Dutch "zijn" is "are", not "his": before a participle, without "heeft"."""
    has = frozenset(("heeft", "had", "hebben", "hadden"))
    clause = view.clause[zijn]
    other = any(view.form(i) in has for i, c in enumerate(view.clause) if c == clause)
    return zijn < frame.first and not other and view.form(frame.last - 1)[:2] != view.form(zijn)[:2]


def _is_participle(view: View, frame: Frame) -> bool:
    form = view.form(frame.last - 1)
    if view.language == "nl":
        return form.endswith(("d", "t", "en"))
    return form.endswith("t") or "ge" in form[:-3]


def passive(view: View, frame: Frame, agent: Group | None) -> list[Reading] | None:
    """None: not passive. Without an agent a passive says nothing of a holder."""
    aux = is_passive(view, frame)
    if agent is None:
        return [] if aux and view.language not in ("it", "fr", *CASES) else None
    endings = _PARTICIPLES.get(view.language)
    if not aux and endings and not view.form(frame.last - 1).endswith(endings):
        return None
    if not aux and view.language in VERB_SECOND and not _is_participle(view, frame):
        return None
    if not aux and view.language in VERB_SECOND and agent[0].at != frame.last:
        return None
    marks = frozenset(("passive",) if aux else ("participle",))
    target = _passive_subject(view, frame, agent)
    if target is None:
        last = agent[-1].last
        behind = proposition(view, frame._replace(first=last - 1, last=last))
        if behind and not aux:
            return [Reading(agent, behind, marks | {"proposition", "inverted"})]
    if target and "member" in target.doubts:
        span = subject_proposition(view, frame)
        if span:
            whole = Reading(agent, span, marks | {"proposition"})
            part = Reading(agent, target.names, marks | {"owner"})
            return [whole] if target.names[0].named.label == "LOC" else [part, whole]
    if target and not same(target.names, agent):
        return [Reading(agent, target.names, marks | target.doubts)]
    span = subject_proposition(view, frame) if target is None else None
    if target is None and span is None and aux and view.language in VERB_SECOND:
        # "Von X wird das Gesetz abgelehnt", "Begrüßt wurde der Plan von X"
        span = proposition(view, frame) or _behind_auxiliary(view, frame, agent)
    return [Reading(agent, span, marks | {"proposition"})] if span else []


def _behind_auxiliary(view: View, frame: Frame, agent: Group) -> Range | None:
    """The subject behind its auxiliary, up to the agent or the participle."""
    clause = view.clause[frame.first]
    inside = [i for i in range(len(view.tokens)) if view.clause[i] == clause]
    first = next((i + 1 for i in inside if view.marks.has(i, "passive")), len(view.tokens))
    if not view.marks.has(first, "article") or view.name_at[first] >= 0:
        return None
    stops = [i for i in (agent[0].at, frame.first) if i > first]
    last = min([end_of(view, first, clause), *stops])
    return trimmed(view, first, last)


def _passive_subject(view: View, frame: Frame, agent: Group) -> Found | None:
    found = subject(view, frame)
    if found and found.names != agent and not found.doubts & {"np"}:
        return found
    left, right = clause_groups(view, frame)
    rest = [
        g
        for g in right
        if g != agent
        and is_bare(view, g[0])
        and not (view.language in CASES and g[0].case is OBLIQUE)
    ]
    if found is None and rest and not [g for g in left if is_bare(view, g[0])]:
        return Found(rest[0], frozenset(("inverted",)))
    if found and found.names != agent:
        return found
    clause = view.clause[frame.first]
    if view.clauses[clause].opener == "relative":
        before = antecedent(view, clause)
        return Found(before, frozenset(("relative",))) if before else None
    return None
