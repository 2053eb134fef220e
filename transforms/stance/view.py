"""A sentence as the rules see it: tokens, names, expressions, clauses."""

from dataclasses import dataclass, field

from transforms.lexicons import Token
from transforms.stance.clauses import Clause
from transforms.stance.frames import Frame, Marks
from transforms.stance.names import Name


@dataclass
class View:
    """A sentence as the rules see it. Offsets of tokens are relative to `start`."""

    start: int
    end: int
    language: str
    tokens: list[Token]
    names: list[Name]
    frames: list[Frame]
    marks: Marks
    clause: list[int]
    clauses: list[Clause]
    name_at: list[int]
    labels: list[str]
    clitics: list[Name] = field(default_factory=list)

    def range(self, first: int, last: int) -> tuple[int, int]:
        """Tokens [first, last) as a range of the body."""
        return self.start + self.tokens[first].start, self.start + self.tokens[last - 1].end

    def form(self, token: int) -> str:
        return self.tokens[token].form if 0 <= token < len(self.tokens) else ""
