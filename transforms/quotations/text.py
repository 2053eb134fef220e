"""A body as the attribution reads it: tokens, quoted spans, cues, and units of them.

A unit is a sentence that no quoted span is cut by: sentences that marks hold together are one.
"""

from bisect import bisect_left
from dataclasses import dataclass, field

from transforms.lexicons import Lexicon, Match, Token
from transforms.quotations.marks import Quoted

VERBS = ("report", "claim", "deny", "accuse", "praise", "announce")
DASHES = frozenset("—–―-")
ENDS = frozenset(".!?…。！？")


@dataclass(frozen=True)
class Gap:
    """Tokens [first, last) outside marks: before the first quoted span of a unit, between two,
    or after the last."""

    first: int
    last: int


@dataclass(frozen=True)
class Unit:
    """Tokens [first, last) of one or more sentences; `quotes` index the text's quoted spans and
    `gaps[i]`, `gaps[i + 1]` lie before and after the i-th of them."""

    first: int
    last: int
    paragraph: int
    quotes: tuple[int, ...]
    gaps: tuple[Gap, ...]


@dataclass
class Text:
    """Everything looked up once. Lists `inside`, `cue_at` ... run parallel to `tokens`."""

    body: str
    language: str
    lexicon: Lexicon | None
    tokens: list[Token]
    quoted: list[Quoted]
    inside: list[int]  # quoted span of a token, -1 outside
    starts: list[int]
    units: list[Unit] = field(default_factory=list)
    cue_at: dict[int, Match] = field(default_factory=dict)  # by first token: who speaks
    participles: dict[int, Match] = field(default_factory=dict)  # without an auxiliary
    bases: set[int] = field(default_factory=set)  # English verbs that look like nouns
    nouns: dict[int, Match] = field(default_factory=dict)
    according: dict[int, Match] = field(default_factory=dict)
    that_at: dict[int, int] = field(default_factory=dict)  # first token -> last of an opener
    scare: set[int] = field(default_factory=set)  # last tokens (exclusive) of such words
    prepositions: set[int] = field(default_factory=set)  # last tokens of prepositions
    by_at: dict[int, int] = field(default_factory=dict)
    swap: set[int] = field(default_factory=set)
    passive: set[int] = field(default_factory=set)

    def index(self, offset: int) -> int:
        """The first token that starts at or after a place of the body."""
        return bisect_left(self.starts, offset)

    def form(self, index: int) -> str:
        return self.tokens[index].form if 0 <= index < len(self.tokens) else ""

    def is_word(self, index: int) -> bool:
        return 0 <= index < len(self.tokens) and self.tokens[index].is_word

    def is_lower(self, index: int) -> bool:
        token = self.tokens[index]
        return self.body[token.start : token.start + 1].islower()
