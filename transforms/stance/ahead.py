"""Targets ahead of the verb: "Gegen den Plan protestierte X", "the plan, which X rejects"."""

from collections.abc import Iterator, Sequence

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import CASES, OBLIQUE, VERB_SECOND
from transforms.stance.candidates import Candidate
from transforms.stance.frames import Frame
from transforms.stance.groups import Group, clause_groups, is_bare
from transforms.stance.names import Name, Range
from transforms.stance.phrases import end_of, trimmed
from transforms.stance.polarity import polarity
from transforms.stance.predicates import is_verb
from transforms.stance.propositions import proposition
from transforms.stance.roles import has_pronoun, subject
from transforms.stance.view import View

_FOR = frozenset(["für", "voor", "за", "za"])  # prepositions that show favor beside such verbs
_ADVERBS = 3  # tokens from a copula to "against", at most
_SELF = listed("sich zich")
_COPULATIVE = {
    "en": listed("is am are was were be been 'm 're 's remain remains remained"),
    "nl": listed("is ben zijn was waren blijft blijven bleef"),
    "de": listed("bin sind"),  # "ist gegen" is more often a tense or a match
}
_BEHIND = 8  # tokens from the verb to a subject behind it, at most
_VERBAL = frozenset(("passive", "hedge", "light", "side", "urge", "receive"))
_OBJECTS = {
    "es": ("que",),
    "pt": ("que",),
    "it": ("che",),
    "fr": ("que", "qu'"),
    "en": ("which", "that"),
    "ru": ("который", "которую", "которое", "которые"),
    "uk": ("який", "яку", "яке", "які"),
    "pl": ("który", "którą", "które"),
    "cs": ("který", "kterou", "které"),
    "de": ("den", "die", "das"),
    "nl": ("dat", "die"),
}


def sided(view: View, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Verbs that take "for" or "against", with the preposition in front of them."""
    used = _used(found)
    for verb, kinds in enumerate(view.marks.at):
        if "side" not in kinds or view.name_at[verb] >= 0 or view.marks.has(verb - 1, "side"):
            continue
        for side, sign in _sides(view, verb):
            if used & set(range(side, side + 1)) or verb in used:
                continue
            frame = Frame("verb", sign, "s>p", verb, verb + 1)
            real, turns = polarity(view, frame)
            target = _after_side(view, side, verb)
            if not real or target is None:
                continue
            for holder in _subject(view, frame, side, target):
                if holder is None or holder != target:
                    marks = turns | {"verb", "prep", "before"} | _kind(target)
                    yield Candidate(holder, target, real, frame, frozenset(marks))
            break


def standing(view: View, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """ "X is against the plan", "we are for it": a copula and the side."""
    used = _used(found)
    if view.language not in _COPULATIVE:
        return
    for side, kinds in enumerate(view.marks.at):
        if "against" not in kinds or view.name_at[side] >= 0 or side in used:
            continue
        verb = side - 1
        while verb > side - _ADVERBS and not view.marks.at[verb] & {"copula", "passive"}:
            verb -= 1
        turned = view.form(side - 1) in _SELF and view.marks.has(side - 2, "side")
        verb = side - 2 if turned else verb
        if verb < 0 or not (turned or view.form(verb) in _COPULATIVE[view.language]):
            continue
        if any(f.first < side < f.last for f in view.frames):
            continue
        frame = Frame("adj", -1, "s>p", side, side + 1)
        sign, turns = polarity(view, frame)
        span = proposition(view, frame)
        holder = subject(view, frame)
        first = view.marks.any(range(max(0, verb - 2), verb), "first")
        if not sign or span is None or (holder is None and not first):
            continue
        marks = turns | {"adj", "prep", "proposition"} | (holder.doubts if holder else set())
        for name in holder.names if holder else (None,):
            yield Candidate(name, span, sign, frame, frozenset(marks))


def _used(found: Sequence[Candidate]) -> set[int]:
    used: set[int] = set()
    for candidate in found:
        if not _holds_itself(candidate):
            used.update(range(candidate.frame.first, candidate.frame.last))
    return used


def _holds_itself(candidate: Candidate) -> bool:
    """Whether the target is a phrase around the holder: a reading that says nothing."""
    holder, target = candidate.holder, candidate.target
    if holder is None or isinstance(target, Name):
        return False
    return target[0] < holder.named.end and holder.named.start < target[1]


def _kind(target: Name | Range) -> frozenset[str]:
    return frozenset() if isinstance(target, Name) else frozenset(("proposition",))


def _sides(view: View, verb: int) -> Iterator[tuple[int, int]]:
    """The last token of a phrase that tells the side, with its sign."""
    clause = view.clause[verb]
    for i in range(verb):
        if view.clause[i] != clause or view.name_at[i] >= 0:
            continue
        if "against" in view.marks.at[i] and "swap" not in view.marks.at[i]:
            yield i, -1
        elif "for" in view.marks.at[i] and view.form(i) in _FOR:
            yield i, 1
    for frame in view.frames:
        inside = view.clause[frame.first] == clause and frame.last <= verb
        takes = frame.pos == "adj" and frame.roles == "s>p" and frame.sign
        if inside and takes and view.marks.at[frame.last] & {"of", "to", "for"}:
            yield frame.last, frame.sign


def _after_side(view: View, side: int, verb: int) -> Name | Range | None:
    first = side + 1
    clause = view.clause[side]
    if first >= verb or view.clause[first] != clause:
        return None
    name = view.name_at[first]
    name = name if name >= 0 else view.name_at[min(first + 1, verb)]
    if name >= 0 and view.names[name].at == side:
        return view.names[name]
    last = min(verb, end_of(view, first, clause))
    verbal = [i for i in range(first, last) if view.marks.at[i] & _VERBAL]
    last = verbal[0] if verbal else last
    return trimmed(view, first, last) if last > first else None


def _subject(
    view: View, frame: Frame, first: int, target: Name | Range
) -> Group | tuple[None] | tuple[()]:
    """Who stands behind the verb, or before the phrase in front of it; None: the speaker."""
    left, right = clause_groups(view, frame)
    behind = [
        g
        for g in right
        if is_bare(view, g[0]) and g[0].case is not OBLIQUE and g[0].first - frame.last <= _BEHIND
    ]
    before = [g for g in left if g[-1].last <= first and is_bare(view, g[0])]
    if view.language in CASES:
        before = [g for g in before if g[0].case is not OBLIQUE]
    if has_pronoun(view, frame):
        return ()
    if before:
        return before[-1]
    if behind and behind[0] == right[0]:
        return behind[0]
    clause = view.clause[frame.first]
    near = [i for i in range(len(view.tokens)) if view.clause[i] == clause]
    if not left and not right and view.marks.any(near, "first"):
        return (None,)
    return ()


def related(view: View, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Direct objects that a relative pronoun stands for."""
    used = _used(found)
    for frame in view.frames:
        if frame.pos != "verb" or frame.roles != "s>o" or frame.first in used:
            continue
        sign, turns = polarity(view, frame)
        if not sign or has_pronoun(view, frame):
            continue
        if view.clauses[view.clause[frame.first]].opener != "relative":
            continue
        span = _antecedent(view, frame)
        for name in _lone_subject(view, frame) if span else ():
            if span is not None:
                marks = turns | {"active", "proposition", "relative"}
                yield Candidate(name, span, sign, frame, frozenset(marks))


def _lone_subject(view: View, frame: Frame) -> Group:
    """The only bare names of the clause, with no other phrase behind the verb."""
    left, right = clause_groups(view, frame)
    bare = [g for g in left + right if is_bare(view, g[0])]
    if view.language in CASES:
        bare = [g for g in bare if g[0].case is not OBLIQUE and not g[0].governor]
    if len(bare) != 1 or abs(bare[0][0].first - frame.last) > _BEHIND:
        return ()
    group = bare[0]
    after = max(group[-1].last, frame.last)
    clause = view.clause[frame.first]
    goes_on = after < len(view.tokens) and view.clause[after] == clause and view.form(after) != ","
    if goes_on and view.tokens[after].is_word and not _is_small(view, after):
        return ()  # an object may follow
    return group


def _is_small(view: View, token: int) -> bool:
    kinds = view.marks.at[token]
    return bool(kinds & {"to", "of", "by", "and", "time", "adverb", "for", "against", "swap"})


def _antecedent(view: View, frame: Frame) -> Range | None:
    """The phrase that an object relative stands for: "the plan, which X rejects"."""
    clause = view.clauses[view.clause[frame.first]]
    opener = clause.token
    if view.form(opener) not in _OBJECTS.get(view.language, ()):
        return None
    if view.language in ("en", *VERB_SECOND) and view.name_at[opener + 1] < 0:
        return None
    last = opener
    while last > 0 and not view.tokens[last - 1].is_word:
        last -= 1
    outer = view.clause[last - 1] if last else -1
    first = last
    while first > 0 and view.clause[first - 1] == outer and view.tokens[first - 1].is_word:
        first -= 1
        if view.name_at[first] >= 0 or is_verb(view, first):
            return None
        if view.marks.has(first, "article") and not view.marks.at[first] & {"of", "to", "by"}:
            break
    return trimmed(view, first, last) if first < last else None
