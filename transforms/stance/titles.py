"""Titles beside names: "the minister of Health, Odile Ravenel", in Romance languages."""

from collections.abc import Sequence

from transforms.lexicons import Token
from transforms.quotations.grammar import words as listed
from transforms.stance.frames import TITLES, Marks

ROMANCE = frozenset(("it", "fr", "es", "pt"))
_LONGEST = 9  # tokens from the title to the name
_UNKNOWN = 4  # of them words that no list knows
_CLOSING = frozenset(',.;:!?)»”"“')
_SAME = listed("mismo misma mismos mismas mesmo mesma mesmos mesmas même mêmes stesso stessa")
_COMPARED = 3  # tokens from "same" to "that" at most
_ASIDES = listed(
    "però invece tuttavia viceversa en sin por au em no al per à par pelo de dal da pour contudo"
    " porém todavia pourtant toutefois cependant entretanto empero"
)  # first words of contrasts that may stand within a clause
_OTHER = frozenset(
    ("and", "copula", "passive", "negator", "that", "relative", "swap", "first", "light")
)


def title_before(
    tokens: Sequence[Token], marks: Marks, name_at: Sequence[int], first: int, last: int
) -> int:
    """The title that the name of tokens [first, last) stands beside, or -1: with a comma between
    them, or with what the title is of."""
    token = first - 1
    comma = token > 0 and tokens[token].form == ","
    if comma:
        if not _closes(tokens, marks, last):
            return -1
        token -= 1
    unknown, governed = 0, False
    for place in range(token, max(-1, token - _LONGEST), -1):
        kinds = marks.at[place]
        if not tokens[place].is_word:
            return -1
        if name_at[place] >= 0:
            governed = governed or comma
            continue
        if kinds & TITLES:
            return place if comma or governed else -1
        if kinds & _OTHER:
            return -1
        governed = governed or bool(kinds & {"of", "to"})
        unknown += not kinds
        if unknown > _UNKNOWN:
            return -1
    return -1


def _closes(tokens: Sequence[Token], marks: Marks, token: int) -> bool:
    """Whether the apposition may end before a token."""
    if token >= len(tokens) or tokens[token].form in _CLOSING:
        return True
    return bool(marks.at[token] & {"and", "swap", "for", "against"})


def compares(tokens: Sequence[Token], marks: Marks, name_at: Sequence[int], token: int) -> bool:
    """Whether "que" compares: "del mismo partido que X"."""
    for place in range(token - 1, max(-1, token - 1 - _COMPARED), -1):
        if tokens[place].form in _SAME:
            return True
        if name_at[place] >= 0 or marks.at[place] or not tokens[place].is_word:
            return False
    return False


def is_aside(tokens: Sequence[Token], marks: Marks, first: int) -> bool:
    """Whether a contrast is only an adverb of its clause: "X ha però criticato", "X, en revanche,
    critique"."""
    if tokens[first].form not in _ASIDES or not first:
        return False
    last = first
    while last < len(tokens) and "swap" in marks.at[last]:
        last += 1
    if tokens[last - 1].form in ("que", "che") or last == len(tokens):
        return False
    before = tokens[first - 1]
    return tokens[last].form == "," if before.form == "," else before.is_word
