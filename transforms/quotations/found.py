"""What the rules of attribution find."""

from dataclasses import dataclass
from typing import Literal

from transforms.quotations.candidates import Candidate

Kind = Literal["direct", "indirect", "mixed"]
Rule = Literal[
    "after",
    "before",
    "colon",
    "split",
    "lead_in",
    "paragraph",
    "nearby",
    "marks",
    "mixed_before",
    "mixed_after",
    "that",
    "trailing",
    "according",
    "zero",
    "headline",
]


@dataclass(frozen=True)
class Found:
    """One attribution: content as code points, and the rule that found it."""

    kind: Kind
    start: int
    end: int
    cue: tuple[int, int] | None  # tokens
    speaker: Candidate | None
    rule: Rule
    unit: int
    closed: bool = True
