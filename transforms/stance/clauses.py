"""A sentence in clauses: where they begin and end, and which is inside which.

No parser: commas, conjunctions, relative pronouns and prepositions, one pass each. What cannot
be told this way is left untold (docs/stance.md).
"""

from collections.abc import Sequence
from typing import NamedTuple

from transforms.lexicons import Token
from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import CASES, GERMANIC, VERB_SECOND
from transforms.stance.frames import Frame, Marks
from transforms.stance.names import NO_GOVERNOR
from transforms.stance.titles import ROMANCE, compares, is_aside, title_before

_HARD = frozenset(";:!?…()[]—–")
QUOTES = frozenset('«»“”„"‟‹›')
_SHORT_QUOTE = 6  # tokens: a quoted word or phrase does not part a clause
PREPOSITIONS = frozenset(("by", "of", "to", "for", "against", "reason", "object", "aside"))
# what also compares, or is a reflexive pronoun: no sign of a new clause by itself
_COMPARING = frozenset(["come", "como", "comme", "wie", "als", "cum", "ca", "se", "si", "of", "să"])
_PARTICLES = listed(  # Slavic words of contrast that stand inside a clause
    "natomiast jednak zaś tymczasem z kolei однако же впрочем натомість однак проте тим часом"
    " však ovšem zase naopak naproti tomu"
)
_ADVERBS = listed(
    "however though meanwhile jedoch allerdings hingegen dagegen indes indessen dennoch trotzdem"
    " gleichwohl doch zwar seinerseits ihrerseits einerseits andererseits stattdessen echter"
    " evenwel nochtans daarentegen toch intussen ondertussen weliswaar desondanks niettemin"
)


class Clause(NamedTuple):
    """`opener`: hard, relative, that, swap; `token` opens it; `parent` is the clause around it."""

    opener: str
    token: int
    parent: int


def split_clauses(
    text: str,
    tokens: Sequence[Token],
    marks: Marks,
    name_at: Sequence[int],
    language: str,
    breaks: frozenset[int] = frozenset(),
) -> tuple[list[int], list[Clause]]:
    """The clause of each token (-1: a mark between clauses) and the clauses. `breaks`: tokens where
    one begins whatever the words say."""
    clauses = [Clause("hard", 0, -1)]
    at: list[int] = []
    open_at = 0  # the current clause
    quotes = _long_quotes(text, tokens)
    for i, token in enumerate(tokens):
        form = token.form
        if i in breaks and i and clauses[open_at].token not in (i, i - 1):
            clauses.append(Clause("that", i - 1, -1))  # "X said the plan was a disgrace"
            open_at = len(clauses) - 1
        if name_at[i] >= 0:
            at.append(open_at)
            continue
        if form in _HARD or i in quotes or (form == "-" and _is_dash(text, token)):
            clauses.append(Clause("hard", i + 1, -1))
            open_at = len(clauses) - 1
            at.append(-1)
            continue
        if form == "," and language in ROMANCE and _is_apposed(tokens, marks, name_at, i):
            at.append(open_at)
            continue
        if form == "," and _ends_at_comma(clauses, open_at, i) and not _is_decimal(tokens, i):
            open_at = clauses[open_at].parent
        elif form != "," and (opener := _opener(tokens, marks, name_at, i, language)):
            parent = open_at if _nests(opener, tokens, i) else -1
            if parent >= 0 and clauses[open_at].opener == "relative" and opener == "relative":
                parent = clauses[open_at].parent
            clauses.append(Clause(opener, i, parent))
            open_at = len(clauses) - 1
        at.append(open_at)
    return at, clauses


def may_begin(tokens: Sequence[Token], frames: Sequence[Frame], i: int, language: str) -> bool:
    """Whether reported words are a clause of their own: no infinitive, and not governed by a verb
    of stance ("called the plan a disgrace", "threatened X with ...")."""
    if any(f.pos in ("verb", "define") and i - 8 <= f.first < i for f in frames):
        return False
    if language in VERB_SECOND and _is_infinitive_clause(tokens, i):
        return False
    if any(f.first == i for f in frames if f.pos in ("verb", "define")):
        return False  # "According to the paper, X regards Y as ..."
    near = [token.form for token in tokens[i : i + 3]]
    return "to" not in near if language == "en" else near[:1] not in (["zu"], ["te"])


def _long_quotes(text: str, tokens: Sequence[Token]) -> frozenset[int]:
    """The quotation marks that part clauses: those around more than a few words, unless the words
    go on with the sentence (Russia “has never refused and will not refuse this contact”)."""
    marks = [i for i, token in enumerate(tokens) if token.form in QUOTES]
    short: set[int] = set()
    for left, right in zip(marks[::2], marks[1::2], strict=False):
        goes_on = (
            0 < left < right - 1
            and tokens[left - 1].is_word
            and text[tokens[left + 1].start].islower()
        )
        if right - left <= _SHORT_QUOTE or goes_on:
            short.update((left, right))
    return frozenset(mark for mark in marks if mark not in short)


def _is_dash(text: str, token: Token) -> bool:
    before, after = text[token.start - 1 : token.start], text[token.end : token.end + 1]
    return before.isspace() and (after.isspace() or not after)


def _ends_at_comma(clauses: Sequence[Clause], current: int, comma: int) -> bool:
    clause = clauses[current]
    return clause.parent >= 0 and comma > clause.token + 1


def _is_apposed(tokens: Sequence[Token], marks: Marks, name_at: Sequence[int], comma: int) -> bool:
    """Whether a comma parts a title from its name."""
    last = comma + 1
    while last < len(tokens) and name_at[last] == name_at[comma + 1] >= 0:
        last += 1
    return last > comma + 1 and title_before(tokens, marks, name_at, comma + 1, last) >= 0


def _is_decimal(tokens: Sequence[Token], comma: int) -> bool:
    beside = [tokens[i].form for i in (comma - 1, comma + 1) if 0 <= i < len(tokens)]
    return len(beside) == 2 and all(form.isdigit() for form in beside)


def _nests(opener: str, tokens: Sequence[Token], i: int) -> bool:
    """Whether a comma may bring the sentence back to the clause before: after a relative clause,
    and after a clause that begins the sentence."""
    return opener == "relative" or i <= 1 or tokens[i - 1].form in _HARD


def _opener(
    tokens: Sequence[Token], marks: Marks, name_at: Sequence[int], i: int, language: str
) -> str | None:
    kinds = marks.at[i]
    if "relative" in kinds and _is_relative(tokens, marks, name_at, i, language):
        return "relative"
    if language == "tr":
        return None
    if "when" in kinds and tokens[i].form not in _COMPARING:
        return "when"
    if "swap" in kinds and not (i and "swap" in marks.at[i - 1]):
        if language in GERMANIC and tokens[i].form in _ADVERBS and not _begins(tokens, i):
            return None  # "lehnte jedoch den Plan ab", "did, however, praise"
        if language in CASES and tokens[i].form in _PARTICLES and i and tokens[i - 1].is_word:
            return None  # "odrzucił natomiast X"
        return None if language in ROMANCE and is_aside(tokens, marks, i) else "swap"
    if "that" in kinds and not kinds & {"of", "object"} and tokens[i].form not in _COMPARING:
        before = marks.at[i - 1] if i else NO_GOVERNOR
        if language in ROMANCE and compares(tokens, marks, name_at, i):
            return None
        return None if "that" in before and not before & {"of", "object"} else "that"
    return None


def _begins(tokens: Sequence[Token], i: int) -> bool:
    """Whether an adverb of contrast begins a clause, rather than stands in it."""
    after = tokens[i + 1].form if i + 1 < len(tokens) else ""
    commas = sum(token.form == "," for token in tokens[:i])
    apposed = i > 0 and tokens[i - 1].form == "," and commas == 2
    return i > 0 and not tokens[i - 1].is_word and after != "," and not apposed


def _is_relative(
    tokens: Sequence[Token], marks: Marks, name_at: Sequence[int], i: int, language: str
) -> bool:
    if i == 0 or "relative" in marks.at[i - 1]:
        return False
    before = i - 1
    if marks.at[before] & PREPOSITIONS and before and "relative" not in marks.at[before]:
        if language in VERB_SECOND and _is_infinitive_clause(tokens, i):
            return False  # ", gegen den Plan zu stimmen"
        before -= 1
    after_comma = tokens[before].form == ","
    if language in ("de", "nl"):
        # "die" is an article as well: a relative clause does not go on with a name at once
        following = name_at[i + 1] if i + 1 < len(tokens) else -1
        if following >= 0:  # "X, der Y kritisierte"
            named = before > 0 and name_at[before - 1] >= 0
            return after_comma and named and _ends_in_verb(tokens, marks, name_at, i + 1)
        return after_comma and following < 0
    return after_comma or name_at[before] >= 0


def _ends_in_verb(
    tokens: Sequence[Token], marks: Marks, name_at: Sequence[int], first: int
) -> bool:
    """Whether a name begins a clause whose verb is its last word: no list, no apposition."""
    last, name = first, name_at[first]
    while last < len(tokens) and tokens[last].is_word:
        if name_at[last] not in (name, -1) or marks.has(last, "and"):
            return False
        last += 1
    return name_at[last - 1] < 0 and last - first >= 2


def _is_infinitive_clause(tokens: Sequence[Token], i: int) -> bool:
    """Whether a clause ends in "zu stimmen", "te stemmen", "einzutreten"."""
    last = i
    while last + 1 < len(tokens) and tokens[last + 1].is_word:
        last += 1
    form = tokens[last].form
    return tokens[last - 1].form in ("zu", "te") or ("zu" in form[2:-3] and form.endswith("en"))
