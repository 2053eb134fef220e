"""Subject and direct object together, by the order of words or by case."""

from typing import NamedTuple

from transforms.stance.agreement import (
    CASES,
    OBJECT_MARKED,
    OBLIQUE,
    VERB_LAST,
    VERB_SECOND,
    gender_of,
    is_subject_relative,
    verb_gender,
)
from transforms.stance.frames import Frame
from transforms.stance.groups import Found, Group, clause_groups, is_bare, is_marked
from transforms.stance.objects import objects
from transforms.stance.predicates import crosses
from transforms.stance.roles import (
    antecedent,
    doubts_between,
    has_pronoun,
    is_joined_verb,
    previous_subject,
    subject,
)
from transforms.stance.view import View


def pair(view: View, frame: Frame) -> tuple[Found, Found] | None:
    """Subject and direct object of an active verb, by order and by case."""
    if view.language in VERB_LAST:
        return _verb_last(view, frame)
    if view.language in CASES:
        return _by_case(view, frame)
    left, right = clause_groups(view, frame)
    bare_left = [g for g in left if is_bare(view, g[0])]
    bare_right = [g for g in right if is_bare(view, g[0])]
    if view.language in VERB_SECOND:
        return _verb_second(view, frame, bare_left, bare_right)
    if view.language in OBJECT_MARKED:
        marked_right = [g for g in bare_right if is_marked(view, g[0])]
        plain_right = [g for g in bare_right if not is_marked(view, g[0])]
        plain_left = [g for g in bare_left if not is_marked(view, g[0])]
        marked_left = [g for g in bare_left if is_marked(view, g[0])]
        if not plain_left and plain_right and (marked_right or marked_left):
            marked = marked_right[0] if marked_right else marked_left[-1]
            if not has_pronoun(view, frame):
                return Found(plain_right[0], frozenset(("inverted",))), Found(marked)
    return _in_order(view, frame)


def _in_order(view: View, frame: Frame) -> tuple[Found, Found] | None:
    """Subject before and object behind, or the antecedent of a relative pronoun as the object."""
    holder, target = subject(view, frame), objects(view, frame)
    relative = _object_relative(view, frame, holder, target)
    if relative:
        return relative
    return (holder, target) if holder and target else None


def _object_relative(
    view: View, frame: Frame, holder: Found | None, target: Found | None
) -> tuple[Found, Found] | None:
    """ "Y, whom X criticised": the antecedent is the object."""
    clause = view.clause[frame.first]
    if view.clauses[clause].opener != "relative" or target is not None or holder is None:
        return None
    if holder.doubts & {"relative", "inherited"}:
        return None
    before = antecedent(view, clause)
    return (holder, Found(before, frozenset(("relative",)))) if before else None


def _verb_second(
    view: View, frame: Frame, left: list[Group], right: list[Group]
) -> tuple[Found, Found] | None:
    if has_pronoun(view, frame):
        return None
    clause = view.clauses[view.clause[frame.first]]
    if clause.opener == "relative" and len(left) == 1 and not right:
        found = subject(view, frame)
        if found and "relative" in found.doubts and found.names != left[0]:
            return found, Found(left[0])
    near = bool(left and right) and right[0][0].first - frame.last <= 4
    if near and view.form(frame.first - 1) == "," and not _is_apposed(view, frame, left):
        # "Y sei gut, lobte X": the verb says how X spoke
        return Found(right[0], frozenset(("cue",))), Found(left[0])
    follows = bool(right) and right[0][0].first - frame.last <= 4
    if follows and len(left) > 1 and is_joined_verb(view, left[-1], frame):
        # "A kritisierte B und lobte C"
        return Found(left[0], frozenset(("inherited",))), Found(right[0])
    if not right and len(left) > 1 and _begins_again(view, frame, left[-1]):
        return None  # "X sprak van een kaalslag en Y wil ..."
    bare = left + right
    oblique = ("accusative", "dative")
    things = [g for g in bare if g[0].case in oblique]
    people = [g for g in bare if g[0].case not in (*oblique, "genitive")]
    if len(people) == 1 and len(things) >= 1:
        return Found(people[0], frozenset(("case",))), Found(things[0])
    if len(people) >= 2:
        if left and right and people[0] in left and people[1] in right:
            found = subject(view, frame)
            if found and found.names in people:
                behind = next((g for g in people if g in right), None)
                owner = objects(view, frame)
                if owner and owner.names == behind:
                    return found, owner
                return (found, Found(behind, frozenset(("np",)))) if behind else None
            return None
        return Found(people[0], frozenset(("order",))), Found(people[1])
    return _in_order(view, frame)


def _begins_again(view: View, frame: Frame, name: Group) -> bool:
    """Whether "and" and the name right before the verb begin a clause of their own."""
    return name[-1].last == frame.first and view.marks.has(name[0].first - 1, "and")


def _is_apposed(view: View, frame: Frame, left: list[Group]) -> bool:
    """ "The chief of Y, X, ...": two commas around the name before the verb."""
    name = left[-1]
    return name[-1].last == frame.first - 1 and view.form(name[0].first - 1) == ","


def _by_case(view: View, frame: Frame) -> tuple[Found, Found] | None:
    """Free word order: the subject is the name that can be nominative and agrees with the verb;
    where both can, the one on the left."""
    if has_pronoun(view, frame):
        return None
    left, right = clause_groups(view, frame)
    near = [g for g in right if not _comma_between(view, frame.last, g[0].first)]
    near = [g for g in near if not crosses(view, frame.last, g[0].first)]
    bare = [g for g in left + near if not g[0].governor]
    gender = verb_gender(view.form(frame.first), view.language)
    ranked = [(nominative(view, g, gender), g) for g in bare]
    possible = [g for score, g in ranked if score >= 0]
    certain = [g for score, g in ranked if score > 0]
    certain = certain if len(certain) == 1 and certain[0] is possible[0] else []
    heads = certain or possible
    clause = view.clauses[view.clause[frame.first]]
    if not heads:
        holder, target = subject(view, frame), objects(view, frame)
        return (holder, target) if holder and target else None
    head = heads[0]
    others = [g for g in bare if g is not head]
    if clause.opener == "swap" and bare and all(g in right for g in bare):
        subject_before = previous_subject(view, view.clause[frame.first])
        if subject_before and len(bare) == 1:
            return Found(subject_before, frozenset(("inherited",))), Found(bare[0])
    if clause.opener == "relative" and is_subject_relative(view.form(clause.token)):
        before = antecedent(view, view.clause[frame.first])
        targets = [g for g in bare if g in right]
        if before and targets:
            return Found(before, frozenset(("relative",))), Found(targets[0])
        return None
    if not others and clause.opener == "relative":
        before = antecedent(view, view.clause[frame.first])
        return (Found(head), Found(before, frozenset(("relative",)))) if before else None
    doubts = frozenset() if certain and len(certain) == 1 else frozenset(("order",))
    if others:
        rank = _ObjectRank(view, frame, gender)
        best = min(others, key=rank.of)
        owned = frozenset(("owner",) if _is_owned(view, frame, best) else ())
        far = doubts_between(view, head[-1].last, frame.first) if head in left else frozenset()
        if (head in left and best in right) or (best in left and head in right):
            return Found(head, doubts | far), Found(best, owned)
        return Found(head, doubts | far | {"inverted"}), Found(best, owned)
    target = objects(view, frame)
    if target and target.names != head:
        return Found(head, doubts), target
    owners = [g for g in left if "gen" in g[0].governor and head in right]
    if owners:
        return Found(head, doubts | {"inverted"}), Found(owners[-1], frozenset(("owner",)))
    return None


def _comma_between(view: View, first: int, last: int) -> bool:
    return any(view.form(i) == "," for i in range(first, last))


def _is_owned(view: View, frame: Frame, group: Group) -> bool:
    """Whether several words stand between the verb and the name, which is then only part of the
    object: "schválilo prodej nemocnice společnosti X"."""
    between = range(frame.last, group[0].first)
    nouns = [
        i
        for i in between
        if not view.marks.at[i] and view.tokens[i].is_word and len(view.form(i)) > 3
    ]
    return len(nouns) > 1 and not any(view.form(i) == "," for i in between)


class _ObjectRank(NamedTuple):
    """Names right behind the verb first, then those that can least be subjects, then the near."""

    view: View
    frame: Frame
    gender: str | None

    def of(self, group: Group) -> tuple[bool, int, int]:
        behind = 0 <= group[0].first - self.frame.last <= 2
        distance = abs(group[0].first - self.frame.first)
        return not behind, nominative(self.view, group, self.gender), distance


def nominative(view: View, group: Group, gender: str | None) -> int:
    """1: surely a subject, -1: surely none, 0: it may be one."""
    name = group[0]
    if len(group) > 1 and gender in ("m", "f", "n"):
        return -1
    one = len(group) == 1 and gender == "p" and name.named.label == "PER"
    if one and not view.marks.any(range(max(0, name.first - 3), name.first), "and"):
        return -1
    if name.case is OBLIQUE:
        return -1
    words = [view.form(i) for i in range(name.first, name.last)]
    own = gender_of(words, name.named.label, view.language)
    if gender in ("m", "f") and own is not None and len(group) == 1:
        return 1 if own == gender else -1
    return 0


def _verb_last(view: View, frame: Frame) -> tuple[Found, Found] | None:
    left, _ = clause_groups(view, frame)
    objects_ = [g for g in left if g[-1].case in ("accusative", "dative", "ablative")]
    subjects = [g for g in left if g[-1].case == "nominative" and not g[0].governor]
    owners = [g for g in left if g[-1].case == "genitive"]
    if not subjects:
        return None
    if objects_:
        return Found(subjects[0]), Found(objects_[-1])
    if owners and owners[-1][-1].first > subjects[0][-1].first:
        return Found(subjects[0]), Found(owners[-1], frozenset(("owner",)))
    return None
