"""The subject of an expression: beside it, before "and", or what a relative pronoun stands for."""

from collections.abc import Sequence

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import CASES, OBLIQUE, VERB_SECOND, verb_gender
from transforms.stance.frames import PRONOUNS, ROLE_WORDS, Frame
from transforms.stance.groups import Found, Group, clause_groups, groups, is_bare, is_marked
from transforms.stance.names import Name
from transforms.stance.titles import ROMANCE
from transforms.stance.view import View

_FAR = 9  # tokens between a subject and its verb, appositions left out, that still are near
_BARE_APPOSITION = 7  # tokens of an apposition without names, at most
_GOVERNMENTS = listed(
    "governo governi gobierno gobiernos gouvernement gouvernements autorità autoridades autorités"
    " ministero ministerio ministère ministério diplomazia diplomacia diplomatie cancillería"
    " chancelaria presidenza presidencia présidence presidência esecutivo ejecutivo exécutif"
    " executivo esercito ejército armée exército parlamento parlement delegazione delegación"
    " délégation delegação"
)  # who speaks for a place
_PRO_DROP = frozenset(("it", "es", "pt", "ro", "pl", "cs", "tr"))
_GOVERNING = frozenset(("to", "of", "by", "for", "against"))
_GENITIVE = frozenset(("of", "gen"))


def subject(view: View, frame: Frame) -> Found | None:
    """Who the expression is said of: left of it in its clause, the name that a relative pronoun
    stands for, or the subject of the clause before."""
    left, _ = clause_groups(view, frame)
    clause = view.clauses[view.clause[frame.first]]
    bare = [g for g in left if is_bare(view, g[0]) and not is_marked(view, g[0])]
    if view.language in CASES:
        bare = [g for g in bare if g[0].case is not OBLIQUE]
    if view.language == "tr":
        bare = [g for g in bare if g[0].case == "nominative"]
    if view.language == "de":
        bare = [g for g in bare if g[0].case not in ("accusative", "dative", "genitive")]
    if has_pronoun(view, frame):
        return None
    if not bare:
        return _governed_subject(view, frame, left, clause.opener)
    if view.language in VERB_SECOND and clause.opener == "relative" and len(bare) == 1:
        group_before = _relative_subject(view, frame)
        if group_before and group_before != bare[0]:
            return Found(group_before, frozenset(("relative", "order")))
    nearest = bare[-1]
    outer = _outer(view, bare, frame)
    if outer:
        return outer
    shared = _shared_verb(view, frame)
    if shared is not None and nearest[-1].last <= shared.first:
        doubts = doubts_between(view, nearest[-1].last, shared.first)
        return Found(nearest, doubts | {"inherited"})
    if (len(bare) > 1 or nearest is not left[0]) and is_joined_verb(view, nearest, frame):
        return None if _is_object(view, bare[0][0]) else Found(bare[0], frozenset(("inherited",)))
    doubts = doubts_between(view, _behind(view, nearest), frame.first)
    if "np" in doubts and len(bare) > 1:
        doubts = doubts | {"choice"}
    return Found(nearest, doubts)


def _shared_verb(view: View, frame: Frame) -> Frame | None:
    """The verb before "and", whose subject is that of the verb behind it: "X called the plan a
    raid and demanded a pause"."""
    if frame.pos not in ("verb", "define") or not view.marks.has(frame.first - 1, "and"):
        return None
    clause = view.clause[frame.first]
    before = [
        f
        for f in view.frames
        if f.pos in ("verb", "define") and f.last <= frame.first and view.clause[f.first] == clause
    ]
    return before[-1] if before else None


def _outer(view: View, bare: list[Group], frame: Frame) -> Found | None:
    """Whom an apposition is said of that the nearest name is in: "X, like Y a lawyer, said"."""
    nearest = bare[-1][-1].last
    if len(bare) < 2 or view.language not in ROMANCE or bare[-1][-1].begin >= 0:
        return None
    closes = sum(view.form(i) == "," for i in range(nearest, frame.first)) == 1
    for group in bare[-2::-1]:
        if closes and view.form(group[-1].last) == ",":
            return Found(group, doubts_between(view, group[-1].last, frame.first))
    return None


def _governed_subject(view: View, frame: Frame, left: list[Group], opener: str) -> Found | None:
    clause = view.clause[frame.first]
    plural = verb_gender(view.form(frame.first), view.language) == "p" or (
        frame.pos == "adj" and view.form(frame.first).endswith(("ны", "ні"))
    )
    members = [
        g
        for g in left
        if _is_member(view, g[0])
        or (plural and view.form(g[0].at) in ("в", "во", "у") and g[0].named.label != "PER")
    ]
    if members:
        group = members[-1]
        doubts = doubts_between(view, group[-1].last, frame.first)
        return Found(group, doubts | {"member"})
    joined = opener == "that" and view.language in ROMANCE and _goes_on(view, frame)
    if joined or (opener == "relative" and not left and _goes_on(view, frame)):
        before = previous_subject(view, clause) if joined else antecedent(view, clause)
        return Found(before, frozenset(("inherited",))) if before else None
    if opener == "that" and not left and _rejoins(view, frame):
        before = previous_subject(view, clause)
        return Found(before, frozenset(("inherited",))) if before else None
    if left:
        return None
    if _np_between(view, view.clauses[clause].token + 1, frame.first):
        if view.language in VERB_SECOND and opener == "relative" and _may_be_subject(view, frame):
            group_before = antecedent(view, clause)
            doubts = frozenset(("relative", "order"))
            return Found(group_before, doubts) if group_before else None
        return None
    if opener == "relative":
        group_before = antecedent(view, clause)
        return Found(group_before, frozenset(("relative",))) if group_before else None
    if opener == "swap" or (opener == "that" and view.language in _PRO_DROP):
        before = previous_subject(view, clause)
        return Found(before, frozenset(("inherited",))) if before else None
    return None


def _relative_subject(view: View, frame: Frame) -> Group | None:
    """Whom a relative pronoun stands for that is the subject, before a verb at the end."""
    _, right = clause_groups(view, frame)
    if right or not _may_be_subject(view, frame):
        return None
    return antecedent(view, view.clause[frame.first])


def _may_be_subject(view: View, frame: Frame) -> bool:
    """Verb last: whether the relative pronoun is the subject, the noun phrase behind it the object
    ("der die Reform lobte", not "die der Minister lobte")."""
    first = view.clauses[view.clause[frame.first]].token
    pronoun = view.form(first)
    if pronoun not in ("der", "die", "das", "dat", "welche", "welcher", "welches"):
        return False
    if view.marks.at[first - 1] & {"to", "of", "by"}:
        return False
    inside = range(first + 1, frame.first)
    people = [
        i for i in inside if view.marks.at[i] & ROLE_WORDS
        and view.language == "nl"
    ]  # fmt: skip
    return not people and not any(
        view.form(i) == "der" and not view.marks.at[i - 1] & {"to", "of", "by"}
        and not _follows_noun(view, i, first) for i in inside
    )  # fmt: skip


def _follows_noun(view: View, i: int, first: int) -> bool:
    """ "die Reform der Renten": a genitive, since another article stands before it."""
    return any("article" in view.marks.at[j] for j in range(first + 1, i - 1))


def _rejoins(view: View, frame: Frame) -> bool:
    """ "X finds that the plan is a mistake and demands ...": a judgement, "and" and a verb: things
    that are judged demand nothing."""
    clause = view.clause[frame.first]
    judged = any(
        f.pos == "predicate" and view.clause[f.first] == clause and f.last <= frame.first
        for f in view.frames
    )
    return judged and view.marks.has(frame.first - 1, "and")


def _is_member(view: View, name: Name) -> bool:
    """ "The deputies of X", "a spokesman for X", "die Fraktion der X"; of a place its government
    alone, where the language says so with a preposition."""
    if name.governor & _GENITIVE and not name.governor & {"by"}:
        if name.named.label != "LOC" or view.language not in ROMANCE:
            return True
        return any(view.form(i) in _GOVERNMENTS for i in range(max(0, name.at - 2), name.at))
    before = name.at - 1
    return (
        bool(name.governor & {"for", "of"})
        and before >= 0
        and name.named.label != "LOC"
        and bool(view.marks.at[before] & ROLE_WORDS)
    )


def _goes_on(view: View, frame: Frame) -> bool:
    """Whether the verb follows "and" at once, auxiliaries and short words left out."""
    for i in range(frame.first - 1, max(-1, frame.first - 5), -1):
        if view.marks.has(i, "and"):
            return True
        short = len(view.form(i)) <= 3 or view.marks.at[i] & {"passive", "copula", "light"}
        if not short or view.name_at[i] >= 0 or not view.tokens[i].is_word:
            return False
    return False


def antecedent(view: View, clause: int) -> Group | None:
    """The names right before a relative clause, or before what they are: "X, the group that"."""
    token = view.clauses[clause].token - 1
    while token >= 0 and (view.form(token) == "," or view.marks.at[token] & {"to", "by", "of"}):
        token -= 1
    if view.language in ROMANCE and view.form(token + 1) != ",":
        token = _before_apposition(view, token)
    number = view.name_at[token] if token >= 0 else -1
    if number < 0:
        return None
    name = view.names[number]
    return next((g for g in groups(view, view.names) if name in g), None)


def _before_apposition(view: View, token: int) -> int:
    """The last token of the name before ", the group"; the token itself where none is."""
    for i in range(token, max(0, token - _BARE_APPOSITION), -1):
        if view.name_at[i] >= 0 or view.marks.at[i] & {"copula", "passive", "and", "that"}:
            return token
        if view.marks.has(i, "article") and view.form(i - 1) == ",":
            return i - 2 if i > 1 and view.name_at[i - 2] >= 0 else token
    return token


def previous_subject(view: View, clause: int) -> Group | None:
    """The first bare name of the nearest clause before that has one."""
    first = view.clauses[clause].token
    before = [n for n in view.names if n.last <= first and is_bare(view, n)]
    if not before:
        return None
    last = view.clause[before[-1].first]
    head = next(n for n in before if view.clause[n.first] == last)
    if view.language in CASES and head.case is OBLIQUE:
        return None
    return next((g for g in groups(view, view.names) if head in g), None)


def has_pronoun(view: View, frame: Frame) -> bool:
    """Whether a pronoun is the subject: right before the verb, or right after it."""
    clause = view.clause[frame.first]
    near = range(max(0, frame.first - 4), frame.first)
    return any(
        view.clause[i] == clause
        and view.marks.at[i] & PRONOUNS
        and view.name_at[i] < 0
        and "article" not in view.marks.at[i]
        and not (view.form(i - 1) == "," == view.form(i + 1))  # "L'Union, elle, critique"
        for i in near
    )


def _is_object(view: View, name: Name) -> bool:
    """Whether a title or noun that stands for somebody follows the verb that its clause begins
    with: "defended the director and attacked the mayor", with no subject."""
    clause = view.clause[name.first]
    if not name.named.stands or view.language not in _PRO_DROP:
        return False
    return any(
        f.pos == "verb" and view.clause[f.first] == clause and 0 <= name.first - f.last <= 2
        for f in view.frames
    )


def is_joined_verb(view: View, nearest: Group, frame: Frame) -> bool:
    """Whether "and" or a lone comma stands between the last name and the verb: then the verb
    goes with the clause's first name."""
    between = range(_behind(view, nearest), frame.first)
    commas = sum(view.form(i) == "," for i in between)
    conjunctions = [i for i in between if view.marks.has(i, "and")]
    return bool(conjunctions) or commas % 2 == 1


def _behind(view: View, group: Group) -> int:
    """What follows the names; the comma that ends an apposition left out."""
    last = group[-1]
    apposed = 0 <= last.begin < last.first and view.form(last.first - 1) == ","
    return last.last + 1 if apposed and view.form(last.last) == "," else last.last


def doubts_between(view: View, first: int, last: int) -> frozenset[str]:
    """What between a name and its verb may be another subject."""
    doubts: set[str] = set()
    tokens = _without_appositions(view, first, last)
    if has_article(view, tokens):
        doubts.add("np")
    if any(view.marks.at[i] & {"reason"} and not view.marks.at[i] & {"to"} for i in tokens):
        doubts.add("np")
    if any(view.name_at[i] >= 0 and is_bare(view, view.names[view.name_at[i]]) for i in tokens):
        doubts.add("np")
    if len(tokens) > _FAR:
        doubts.add("far")
    if any(view.form(i) == "," for i in tokens):
        doubts.add("comma")
    return frozenset(doubts)


def _without_appositions(view: View, first: int, last: int) -> list[int]:
    """The tokens of the range that are in the clause, what stands between two commas left out."""
    clause = view.clause[last] if last < len(view.clause) else view.clause[first - 1]
    tokens = [i for i in range(first, last) if view.clause[i] == clause]
    commas = [place for place, i in enumerate(tokens) if view.form(i) == ","]
    if len(commas) < 2:
        return tokens
    return tokens[: commas[0]] + tokens[commas[-1] + 1 :]


def has_article(view: View, tokens: Sequence[int]) -> bool:
    """Whether an article stands there that no preposition governs."""
    for place, i in enumerate(tokens):
        if "article" in view.marks.at[i] and view.name_at[i] < 0:
            before = view.marks.at[tokens[place - 1]] if place else frozenset()
            if not (before & _GOVERNING or view.marks.at[i] & {"to", "of", "by"}):
                return True
    return False


def _np_between(view: View, first: int, last: int) -> bool:
    return has_article(view, list(range(first, last)))
