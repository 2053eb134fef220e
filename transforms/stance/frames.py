"""What a sentence says in words of stance: expressions with their sign and roles, and the small
words around them. Lexicon lines are described in docs/stance.md."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from transforms.lexicons import FOLDER, Forms, Lexicon, Match, Token, load, read_forms, tokenize
from transforms.stance.agreement import CASES
from transforms.stance.parted import parted
from transforms.stance.scattered import Pieces, pieces, scattered

GRAMMAR = Path(__file__).parent.parent / "resources" / "stance"
SEPARABLE = "separable"
REACH = 30  # tokens between the two parts of a separable expression, at most
_EXPRESSIONS = ("verb ", "noun ", "adj ", "predicate ", "define")
TITLES = frozenset(("title", "title.m", "title.f"))
ROLE_WORDS = TITLES | {"org"}
PRONOUNS = frozenset(("pronoun.m", "pronoun.f", "pronoun.n", "pronoun.p"))
_CUES = PRONOUNS | ROLE_WORDS | {"that"}


class Frame(NamedTuple):
    """An expression of stance: tokens [first, last); `pos` verb, noun, adj, predicate or define;
    `sign` 1, -1 or 0 (define); `roles` as in the lexicon. `tail`: the token of a separated other
    part (before `first`: a preposition in front of the sentence), or -1."""

    pos: str
    sign: int
    roles: str
    first: int
    last: int
    tail: int = -1


class Separable(NamedTuple):
    """A head and its particle, as forms of tokens, and the kind of the two together."""

    head: tuple[str, ...]
    particle: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Words:
    """All that is known of one language for stance."""

    lexicon: Lexicon
    grammar: Forms
    separables: dict[str, tuple[Separable, ...]]
    pieces: Pieces

    @property
    def language(self) -> str:
        return self.lexicon.language


@lru_cache(maxsize=64)
def words(language: str | None) -> Words | None:
    """The words of a BCP 47 language; None where there is no lexicon of it."""
    lexicon = load(language)
    if lexicon is None or not lexicon.stance.by_first:
        return None
    code = lexicon.language
    grammar = read_forms(GRAMMAR / f"{code}.txt", code)
    _add(grammar, read_forms(GRAMMAR / "acts" / f"{code}.txt", code))
    separables = _separables(FOLDER / code / "stance.txt", code)
    free = [one for group in separables.values() for one in group] if code in CASES else []
    return Words(lexicon, grammar, separables, pieces(lexicon, free) if code in CASES else Pieces())


def _add(forms: Forms, more: Forms) -> None:
    for first, entries in more.by_first.items():
        forms.by_first.setdefault(first, []).extend(entries)
    forms.sort()


def _separables(path: Path, code: str) -> dict[str, tuple[Separable, ...]]:
    """The lines `separable<TAB>head .. particle : kind | ...` by the head's first token."""
    found: dict[str, list[Separable]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, _, rest = line.partition("\t")
        if kind.strip() != SEPARABLE:
            continue
        for form in rest.split("|"):
            parts, _, value = form.rpartition(":")
            head, _, particle = parts.partition("..")
            first = tuple(token.form for token in tokenize(head, code))
            second = tuple(token.form for token in tokenize(particle, code))
            if first and second:
                value = value.strip()
                value = f"verb {value}" if value[:1] in "+-" else value
                found.setdefault(first[0], []).append(Separable(first, second, value))
    return {head: tuple(group) for head, group in found.items()}


@dataclass
class Marks:
    """The function words of a sentence: `at[i]` are the kinds that token i belongs to; `flips`
    are the places of words that turn round what they govern."""

    at: list[frozenset[str]]
    flips: list[int] = field(default_factory=list)

    def has(self, token: int, kind: str) -> bool:
        return 0 <= token < len(self.at) and kind in self.at[token]

    def any(self, tokens: Sequence[int], kind: str) -> bool:
        return any(kind in self.at[token] for token in tokens)

    def turns(self, frame: Frame) -> bool:
        """Whether a word of the expression turns it round: "refused to support"."""
        return any(frame.first <= flip < frame.last for flip in self.flips)


_NONE: frozenset[str] = frozenset()


def read(tokens: Sequence[Token], known: Words, named: Sequence[bool]) -> tuple[list[Frame], Marks]:
    """The frames of a sentence in order, none overlapping, and its function words. Tokens of
    names (`named`) belong to no expression."""
    matches = known.lexicon.stance.match(tokens)
    matches = [m for m in matches if m.kind != SEPARABLE and not any(named[m.first : m.last])]
    kinds: list[set[str]] = [set() for _ in tokens]
    flips: list[int] = []
    expressions: list[Match] = []
    within: set[int] = set()  # tokens of negations of several words: "stopped short of"
    for match in matches:
        if match.kind.startswith(_EXPRESSIONS):
            expressions.append(match)
            continue
        if match.kind == "flip":
            flips.append(match.first)
        elif match.kind == "negator" and match.last - match.first > 1:
            within.update(range(match.first, match.last))
        for token in range(match.first, match.last):
            kinds[token].add(match.kind)
    for forms, wanted in ((known.lexicon.cues, _CUES), (known.grammar, None)):
        for match in forms.match(tokens, wanted):
            if not any(named[match.first : match.last]):
                for token in range(match.first, match.last):
                    kinds[token].add(match.kind)
    frames = [_frame(match.kind, match.first, match.last) for match in expressions]
    for frame in _separated(tokens, known, named):
        if frame.pos == "flip":
            flips.append(frame.first)
        else:
            frames.append(frame)
    for apart in scattered(tokens, known.pieces, named):
        places = apart.others.union(range(apart.first, apart.last))
        frames = [f for f in frames if not places.issuperset(range(f.first, f.last))]
        frames.append(_frame(apart.kind, apart.first, apart.last, apart.tail))
    at = [frozenset(kind) if kind else _NONE for kind in kinds]
    taken = frozenset(frame.tail for frame in frames)
    for part in parted(tokens, at, named, known.language, taken):
        frames.append(_frame(*part))
    marks = Marks(at, sorted(set(flips) - within))
    return _longest(_told_apart(frames, tokens, marks, named)), marks


def _frame(kind: str, first: int, last: int, tail: int = -1) -> Frame:
    pos, _, rest = kind.partition(" ")
    sign, _, roles = rest.partition(" ")
    return Frame(pos, {"+": 1, "-": -1}.get(sign, 0), roles, first, last, tail)


def _separated(tokens: Sequence[Token], known: Words, named: Sequence[bool]) -> list[Frame]:
    """Separable expressions: a head, and its particle farther on in the same clause."""
    found = []
    for first, token in enumerate(tokens):
        for head, particle, kind in known.separables.get(token.form, ()):
            last = first + len(head)
            if _forms(tokens, first, last) != head or any(named[first:last]):
                continue
            tail = _particle(tokens, last, particle)
            if tail >= 0 and not named[tail]:
                found.append(_frame(kind, first, last, tail))
    return found


def _particle(tokens: Sequence[Token], start: int, particle: tuple[str, ...]) -> int:
    """Where the particle stands: the last place before the clause ends, or -1. A comma does not
    end the search for it (appositions), a full stop or semicolon does."""
    for token in range(start, min(len(tokens), start + REACH)):
        if tokens[token].form in ".;:!?":
            return -1
        if _forms(tokens, token, token + len(particle)) == particle:
            return token
    return -1


def _forms(tokens: Sequence[Token], first: int, last: int) -> tuple[str, ...]:
    return tuple(token.form for token in tokens[first:last])


def _told_apart(
    frames: list[Frame], tokens: Sequence[Token], marks: Marks, named: Sequence[bool]
) -> list[Frame]:
    """Of a form that is verb and noun ("attack", "support") only what it is here."""
    kinds: dict[tuple[int, int], set[str]] = {}
    for frame in frames:
        kinds.setdefault((frame.first, frame.last), set()).add(frame.pos)
    kept = []
    for frame in frames:
        both = kinds[frame.first, frame.last] >= {"verb", "noun"}
        if (
            not both
            or frame.pos not in ("verb", "noun")
            or _is_noun(tokens, marks, frame, named) == (frame.pos == "noun")
        ):
            kept.append(frame)
    return kept


def _is_noun(tokens: Sequence[Token], marks: Marks, frame: Frame, named: Sequence[bool]) -> bool:
    before = frame.first - 1
    if before < 0 and marks.has(frame.last, "receive"):
        return True  # "Steun kreeg X van Y"
    if before >= 0 and (marks.at[before] & {"article", "of"} or tokens[before].form == "'s"):
        return True
    if before < 0 and len(tokens) > frame.last and tokens[frame.first].form.endswith("s"):
        return True  # "Sanctions imposed by X"
    start = max(0, frame.first - 3)
    while any(named[start : frame.first]):
        start += 1  # "De partij X verwijt Y": the article is X's
    near = range(start, frame.first)
    if marks.any(near, "article") or marks.any(near, "light") or marks.any(near, "receive"):
        return not any(tokens[i].form == "to" for i in near)
    return marks.has(frame.last, "to") and not marks.has(frame.last, "object")


_RANK = {"verb": 0, "noun": 1, "adj": 2, "define": 3, "predicate": 4, "flip": 5}


def _longest(frames: list[Frame]) -> list[Frame]:
    """Of frames that overlap the longest, a separable one before its head alone; of equal ones
    that which says most. Frames of one place that say the opposite are none: both are wrong."""
    taken: dict[int, Frame] = {}
    kept: list[Frame] = []
    for frame in sorted(frames, key=_weight):
        if frame.pos == "define":  # "begrüßte ... als" is "begrüßte" as well
            kept.append(frame)
            continue
        place = range(frame.first, frame.last)
        rivals = {taken[token] for token in place if token in taken}
        if not rivals:
            kept.append(frame)
            taken.update(dict.fromkeys(place, frame))
    return sorted(kept, key=_place)


def _weight(frame: Frame) -> tuple[int, int, int, int]:
    length = frame.last - frame.first + (1 if frame.tail >= 0 else 0)
    return -length, _RANK.get(frame.pos, 9), frame.first, frame.sign


def _place(frame: Frame) -> tuple[int, int]:
    return frame.first, frame.last
