"""A sentence in clauses: tokens, names, what governs a name, and where clauses begin and end.

No parser: commas, conjunctions, relative pronouns and prepositions, one pass each. What cannot
be told this way is left untold (docs/stance.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from transforms.lexicons import Token, tokenize
from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import (
    CASES,
    NOMINATIVE,
    OBLIQUE,
    VERB_SECOND,
    article_case,
    case_of,
    is_dative,
    may_be_genitive,
    suffix_case,
)
from transforms.stance.frames import Frame, Marks, Words, read
from transforms.stance.names import CLITIC as CLITIC
from transforms.stance.names import Name as Name
from transforms.stance.names import Named as Named
from transforms.stance.titles import ROMANCE, compares, is_aside, title_before

_HARD = frozenset(";:!?…()[]—–")
_QUOTES = frozenset('«»“”„"‟‹›')
_SHORT_QUOTE = 6  # tokens: a quoted word or phrase does not part a clause
_PREPOSITIONS = frozenset(("by", "of", "to", "for", "against", "reason", "object", "aside"))
_NO_GOVERNOR: frozenset[str] = frozenset()
_GOVERNOR_REACH = 6  # tokens between a preposition and its name, at most
# what also compares, or is a reflexive pronoun: no sign of a new clause by itself
ATTRIBUTE = frozenset(("attribute",))  # the governor of a name that only says whose somebody is
_SORTS = listed("head former ex chief vice deputy general club first senior old star interim")
_LINKS = frozenset(("of", "by", "to", "and", "article", "passive", "copula", "light"))
_COMPARING = frozenset(["come", "como", "comme", "wie", "als", "cum", "ca", "se", "si", "of", "să"])
_FUSING = frozenset(("es", "pt", "fr", "it", "ro"))  # preposition and article in one word
_AS_SAYS = frozenset(("как", "як", "jak", "по", "за", "według", "wedle", "podle", "zdaniem"))
_ASIDE = 12  # tokens of what stands before the first comma, at most
_INSERTED = frozenset(("en", "de", "nl"))
_PARTICLES = listed(  # Slavic words of contrast that stand inside a clause
    "natomiast jednak zaś tymczasem z kolei однако же впрочем натомість однак проте тим часом"
    " však ovšem zase naopak naproti tomu"
)
_ADVERBS = listed(
    "however though meanwhile jedoch allerdings hingegen dagegen indes indessen dennoch trotzdem"
    " gleichwohl doch zwar seinerseits ihrerseits einerseits andererseits stattdessen echter"
    " evenwel nochtans daarentegen toch intussen ondertussen weliswaar desondanks niettemin"
)
_ADJECTIVES = {"ru": ("ая", "яя", "ый", "ский", "ое", "ые"), "cs": ("á", "ý", "é")}
_ROLE_WORDS = frozenset(("title", "title.m", "title.f", "org"))


class Clause(NamedTuple):
    """`opener`: hard, relative, that, swap; `token` opens it; `parent` is the clause around it."""

    opener: str
    token: int
    parent: int


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


def view(
    body: str,
    sentence: tuple[int, int],
    named: Sequence[Named],
    known: Words,
    clitics: Sequence[Named] = (),
    reported: Sequence[int] = (),
) -> View:
    """A sentence read. `clitics` are pronouns before their verb, whoever they stand for;
    `reported`: where clauses begin in the body that somebody else says."""
    start, end = sentence
    tokens = tokenize(body[start:end], known.language)
    places = _places(tokens, start, named)
    name_at = [-1] * len(tokens)
    for number, (first, last, _) in enumerate(places):
        for token in range(first, last):
            name_at[token] = number
    labels = [places[number][2].label if number >= 0 else "" for number in name_at]
    before = _places(tokens, start, clitics)
    taken = [number >= 0 for number in name_at]
    for first, last, _ in before:
        taken[first:last] = [True] * (last - first)
    frames, marks = read(tokens, known, taken)
    spoken = {start_ - start for start_ in reported}
    breaks = frozenset(i for i, token in enumerate(tokens) if token.start in spoken)
    breaks = frozenset(i for i in breaks if _may_begin(tokens, frames, i, known.language))
    clause, clauses = _clauses(body[start:end], tokens, marks, name_at, known.language, breaks)
    language = known.language
    seen = View(start, end, language, tokens, [], frames, marks, clause, clauses, name_at, labels)
    for first, last, mention in before:
        seen.clitics.append(Name(first, last, mention, _NO_GOVERNOR, -1, OBLIQUE))
        marks.at[first:last] = [frozenset((CLITIC,))] * (last - first)
    for first, last, mention in places:
        seen.names.append(_name(seen, first, last, mention, body))
    if known.language in CASES:
        seen.names[:] = _with_attributes(seen)
        _put_aside(seen)
    elif known.language in _INSERTED:
        seen.names[:] = _with_bodies(seen)
    return seen


def _with_bodies(seen: View) -> list[Name]:
    """ "Rovers owner Farid Nasseri": the body before a title and a person only says whose."""
    names = list(seen.names)
    for place, right in enumerate(names[1:]):
        left = names[place]
        between = range(left.last, right.first)
        if right.named.label != "PER" or left.named.label == "PER" or not 1 <= len(between) <= 3:
            continue
        titles = [seen.marks.at[i] & _ROLE_WORDS and not seen.marks.at[i] & _LINKS for i in between]
        if titles[-1] and all(
            title or seen.form(i) in _SORTS for i, title in zip(between, titles, strict=True)
        ):
            names[place] = left._replace(governor=ATTRIBUTE, at=-1)
    return names


def _with_attributes(seen: View) -> list[Name]:
    """ "Тренер Бенфики Жоржи Тавареш": a place or organisation right before a person is in the
    genitive."""
    names = list(seen.names)
    for place, right in enumerate(names[1:]):
        left = names[place]
        between = [i for i in range(left.last, right.first) if seen.form(i) not in _QUOTES]
        if between or left.governor or left.named.label == "PER" or right.named.label != "PER":
            continue
        if left.first and seen.tokens[left.first - 1].form != ",":
            names[place] = left._replace(governor=frozenset(("gen",)), at=left.first - 1)
    return names


def _put_aside(seen: View) -> None:
    """ "Как пишет X, Y раскритиковал Z": who is named before the first comma is no party."""
    first = seen.form(0) if seen.name_at and seen.name_at[0] < 0 else ""
    if first not in _AS_SAYS:
        return
    stop = next((i for i, token in enumerate(seen.tokens[:_ASIDE]) if token.form == ","), 0)
    for place, name in enumerate(seen.names):
        if name.last <= stop and not any(f.first < stop for f in seen.frames):
            seen.names[place] = name._replace(governor=frozenset(("aside",)), at=0)


def _places(
    tokens: Sequence[Token], start: int, named: Sequence[Named]
) -> list[tuple[int, int, Named]]:
    """The mentions in tokens; one whose edge lies inside a token is widened to it."""
    places = []
    token = 0
    for mention in named:
        while token < len(tokens) and start + tokens[token].end <= mention.start:
            token += 1
        last = token
        while last < len(tokens) and start + tokens[last].start < mention.end:
            last += 1
        if last > token:
            places.append((token, last, mention))
            token = last
    return places


def _clauses(
    text: str,
    tokens: Sequence[Token],
    marks: Marks,
    name_at: Sequence[int],
    language: str,
    breaks: frozenset[int] = frozenset(),
) -> tuple[list[int], list[Clause]]:
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


def _may_begin(tokens: Sequence[Token], frames: Sequence[Frame], i: int, language: str) -> bool:
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
    marks = [i for i, token in enumerate(tokens) if token.form in _QUOTES]
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
        if language in _INSERTED and tokens[i].form in _ADVERBS and not _begins(tokens, i):
            return None  # "lehnte jedoch den Plan ab", "did, however, praise"
        if language in CASES and tokens[i].form in _PARTICLES and i and tokens[i - 1].is_word:
            return None  # "odrzucił natomiast X"
        return None if language in ROMANCE and is_aside(tokens, marks, i) else "swap"
    if "that" in kinds and not kinds & {"of", "object"} and tokens[i].form not in _COMPARING:
        before = marks.at[i - 1] if i else _NO_GOVERNOR
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
    if marks.at[before] & _PREPOSITIONS and before and "relative" not in marks.at[before]:
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


def _name(seen: View, first: int, last: int, mention: Named, body: str) -> Name:
    words = body[mention.start : mention.end].split()
    case: str | bool | None = case_of(words, mention.label, seen.language)
    if mention.stands:
        case = mention.case
    if seen.language == "tr":
        suffix = seen.form(last) if seen.form(last).startswith("'") else ""
        case = suffix_case(suffix) if suffix else "nominative"
    governor, at, article = _governor(seen, first, case)
    if mention.label == "PER" and governor and at < first - 1 and _is_title(seen, first, at, body):
        governor, at = _NO_GOVERNOR, -1
    if seen.language == "de" and article:
        case = article_case(article) or case
        if mention.stands and mention.gender == "f" and article in ("der", "einer", "dieser"):
            case = "dative"
    if seen.language == "de" and mention.stands == "pronoun" and mention.role != "subject":
        case = "dative" if mention.role == "dative" else "accusative"
    return Name(first, last, mention, governor, at, case)


def _is_title(seen: View, first: int, at: int, body: str) -> bool:
    """ "Spokesman of the Kremlin Peskov": the preposition governs what stands before the name."""
    token = seen.tokens[first - 1]
    if seen.language in CASES or seen.language in ("de", "nl"):
        return False
    capital = body[seen.start + token.start].isupper() and not seen.marks.at[first - 1]
    before = seen.marks.at[at - 1] if at > 0 else _NO_GOVERNOR
    return bool(before & _ROLE_WORDS) and (capital or "org" in seen.marks.at[first - 1])


def _governor(
    seen: View, first: int, case: str | bool | None
) -> tuple[frozenset[str], int, str | None]:
    """The preposition that governs a name, and the article before the name."""
    marks, unknown, article = seen.marks, 0, None
    strict = seen.language in ("de", "nl", "en")
    in_frame = _frame_tokens(seen)
    for token in range(first - 1, max(-1, first - 1 - _GOVERNOR_REACH), -1):
        kinds = marks.at[token]
        if seen.name_at[token] >= 0:
            if seen.language in CASES and case is OBLIQUE and token == first - 1:
                return frozenset(("gen",)), token, article
            return _NO_GOVERNOR, -1, article
        if seen.clause[token] != seen.clause[first] or not seen.tokens[token].is_word:
            if seen.form(token) in _QUOTES or seen.form(token) == "'":
                continue
            return _NO_GOVERNOR, -1, article
        if _is_german_genitive(seen, token):
            return frozenset(("of",)), token, seen.form(token)
        if token in in_frame:
            ends = [f for f in seen.frames if token + 1 == f.last or token == f.tail]
            found = kinds & _PREPOSITIONS
            if _follows_noun(seen, token, first, case):
                return frozenset(("gen",)), token, article
            return (found if ends and found else _NO_GOVERNOR), token, article
        if kinds & _PREPOSITIONS and "article" not in kinds:
            own = seen.language in VERB_SECOND and kinds & {"of", "by"}
            if unknown and strict and article is None and not own:
                return _NO_GOVERNOR, -1, article
            return kinds & _PREPOSITIONS, token, article
        article_or_to = (
            seen.language == "pt"
            and seen.form(token) == "a"
            and not (token and seen.name_at[token - 1] >= 0)
        )
        if kinds & _PREPOSITIONS and seen.language in _FUSING and not article_or_to:
            return kinds & _PREPOSITIONS, token, article
        if "article" in kinds:
            article = article or seen.form(token)
            continue
        if kinds & _ROLE_WORDS:
            if token == first - 1 and _owns_role(seen, first, kinds, case):
                return frozenset(("gen",)), token, article
            continue
        if kinds & {"and", "copula", "passive", "negator", "hedge", "light", "demand", "receive"}:
            return _NO_GOVERNOR, -1, article
        if (
            token == first - 1
            and seen.language in CASES
            and (case is OBLIQUE or (case is None and _is_attribute(seen, first)))
        ):
            return frozenset(("gen",)), token, article
        unknown += 1
        if unknown > 1 or seen.language in CASES or article is not None:
            return _NO_GOVERNOR, -1, article
    return _NO_GOVERNOR, -1, article


def _owns_role(seen: View, first: int, kinds: frozenset[str], case: str | bool | None) -> bool:
    """Slavic: "rząd Donalda Tuska", "президента Украины": whose government, president of what."""
    if seen.language not in CASES or case is NOMINATIVE:
        return False
    if first > 1 and "org" in kinds and seen.marks.at[first - 2] & (_ROLE_WORDS - {"org"}):
        return False  # "голова профспілки Леся Довгань"
    person = len(seen.labels) > first and seen.labels[first] == "PER"
    if person != ("org" in kinds):
        return False
    form = seen.form(first)
    return not is_dative(form) and (case is OBLIQUE or may_be_genitive(form, seen.language))


def _follows_noun(seen: View, token: int, first: int, case: str | bool | None) -> bool:
    """Slavic: a name right after a noun of stance, not in the dative: "oskarżenia Marzeny"."""
    if seen.language not in CASES or token != first - 1 or is_dative(seen.form(first)):
        return False
    if case is None and (
        seen.labels[first] == "PER" or not may_be_genitive(seen.form(first), seen.language)
    ):
        return False
    return case is not NOMINATIVE and any(f.pos == "noun" and f.last == first for f in seen.frames)


def _is_attribute(seen: View, first: int) -> bool:
    """ "Решение Центробанка ...": a form that may be a genitive, after a noun; words in -о are
    adverbs more often."""
    before = seen.form(first - 1)
    label = seen.name_at[first]
    return (
        label >= 0
        and len(before) > 4
        and not before.endswith(("о", "o", "ě", "ie", *_ADJECTIVES.get(seen.language, ())))
        and may_be_genitive(seen.form(first), seen.language)
        and not seen.marks.at[first - 1]
    )


def _is_german_genitive(seen: View, token: int) -> bool:
    """ "des" always, "der" right after a noun."""
    if seen.language != "de":
        return False
    form = seen.form(token)
    if form in ("des", "eines"):
        return True
    before = token - 1
    if form not in ("der", "einer") or before < 1:
        return False
    noun = any(f.pos == "noun" and f.last == token for f in seen.frames)
    return noun or bool(seen.marks.at[before] & _ROLE_WORDS)


def _frame_tokens(seen: View) -> frozenset[int]:
    places = [range(f.first, f.last) for f in seen.frames]
    tails = [f.tail for f in seen.frames if f.tail >= 0]
    return frozenset([token for place in places for token in place] + tails)
