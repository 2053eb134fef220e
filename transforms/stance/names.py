"""The parties of a sentence: names, and what stands for them."""

from typing import NamedTuple

Range = tuple[int, int]  # of the body, half-open, in code points
CLITIC = "clitic"  # the mark of a pronoun before its verb
NO_GOVERNOR: frozenset[str] = frozenset()
ATTRIBUTE = frozenset(("attribute",))  # the governor of a name that only says whose somebody is


class Named(NamedTuple):
    """A mention to be placed in a sentence: a range of the body, its entity and label.

    `stands`: pronoun or noun where it is no name but stands for the entity, with what it shows:
    its `role` (subject, object, dative, clitic), `gender`, and in the Slavic languages `case`.
    """

    start: int
    end: int
    entity_id: str
    label: str
    stands: str = ""
    role: str = ""
    gender: str | None = None
    case: bool | None = None
    is_sure: bool = True


class Name(NamedTuple):
    """A mention in tokens [first, last); `governor` are the kinds of the preposition before it
    (empty: none); `at` is the token of that preposition or -1; `case` as in agreement.py. `begin`
    is the token where the phrase begins that the name is in apposition with, else -1."""

    first: int
    last: int
    named: Named
    governor: frozenset[str]
    at: int
    case: str | bool | None
    begin: int = -1

    @property
    def opens(self) -> int:
        """The first token of the name with what it is in apposition with."""
        return self.first if self.begin < 0 else self.begin
