"""What governs a name: the preposition, noun or case before it; names that only say whose somebody
is, or that stand aside."""

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import (
    CASES,
    GERMANIC,
    NOMINATIVE,
    OBLIQUE,
    VERB_SECOND,
    article_case,
    case_of,
    is_dative,
    may_be_genitive,
    suffix_case,
)
from transforms.stance.clauses import PREPOSITIONS, QUOTES
from transforms.stance.frames import ROLE_WORDS
from transforms.stance.names import ATTRIBUTE, NO_GOVERNOR, Name, Named
from transforms.stance.view import View

_GOVERNOR_REACH = 6  # tokens between a preposition and its name, at most
_SORTS = listed("head former ex chief vice deputy general club first senior old star interim")
_LINKS = frozenset(("of", "by", "to", "and", "article", "passive", "copula", "light"))
_FUSING = frozenset(("es", "pt", "fr", "it", "ro"))  # preposition and article in one word
_AS_SAYS = frozenset(("как", "як", "jak", "по", "за", "według", "wedle", "podle", "zdaniem"))
_ASIDE = 12  # tokens of what stands before the first comma, at most
_ADJECTIVES = {"ru": ("ая", "яя", "ый", "ский", "ое", "ые"), "cs": ("á", "ý", "é")}


def with_bodies(seen: View) -> list[Name]:
    """ "Rovers owner Farid Nasseri": the body before a title and a person only says whose."""
    names = list(seen.names)
    for place, right in enumerate(names[1:]):
        left = names[place]
        between = range(left.last, right.first)
        if right.named.label != "PER" or left.named.label == "PER" or not 1 <= len(between) <= 3:
            continue
        titles = [seen.marks.at[i] & ROLE_WORDS and not seen.marks.at[i] & _LINKS for i in between]
        if titles[-1] and all(
            title or seen.form(i) in _SORTS for i, title in zip(between, titles, strict=True)
        ):
            names[place] = left._replace(governor=ATTRIBUTE, at=-1)
    return names


def with_attributes(seen: View) -> list[Name]:
    """ "Тренер Бенфики Жоржи Тавареш": a place or organisation right before a person is in the
    genitive."""
    names = list(seen.names)
    for place, right in enumerate(names[1:]):
        left = names[place]
        between = [i for i in range(left.last, right.first) if seen.form(i) not in QUOTES]
        if between or left.governor or left.named.label == "PER" or right.named.label != "PER":
            continue
        if left.first and seen.tokens[left.first - 1].form != ",":
            names[place] = left._replace(governor=frozenset(("gen",)), at=left.first - 1)
    return names


def put_aside(seen: View) -> None:
    """ "Как пишет X, Y раскритиковал Z": who is named before the first comma is no party."""
    first = seen.form(0) if seen.name_at and seen.name_at[0] < 0 else ""
    if first not in _AS_SAYS:
        return
    stop = next((i for i, token in enumerate(seen.tokens[:_ASIDE]) if token.form == ","), 0)
    for place, name in enumerate(seen.names):
        if name.last <= stop and not any(f.first < stop for f in seen.frames):
            seen.names[place] = name._replace(governor=frozenset(("aside",)), at=0)


def governed_name(seen: View, first: int, last: int, mention: Named, body: str) -> Name:
    """The name in tokens [first, last), with its governor and case."""
    words = body[mention.start : mention.end].split()
    case: str | bool | None = case_of(words, mention.label, seen.language)
    if mention.stands:
        case = mention.case
    if seen.language == "tr":
        suffix = seen.form(last) if seen.form(last).startswith("'") else ""
        case = suffix_case(suffix) if suffix else "nominative"
    governor, at, article = _governor(seen, first, case)
    if mention.label == "PER" and governor and at < first - 1 and _is_title(seen, first, at, body):
        governor, at = NO_GOVERNOR, -1
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
    before = seen.marks.at[at - 1] if at > 0 else NO_GOVERNOR
    return bool(before & ROLE_WORDS) and (capital or "org" in seen.marks.at[first - 1])


def _governor(
    seen: View, first: int, case: str | bool | None
) -> tuple[frozenset[str], int, str | None]:
    """The preposition that governs a name, and the article before the name."""
    marks, unknown, article = seen.marks, 0, None
    strict = seen.language in GERMANIC
    in_frame = _frame_tokens(seen)
    for token in range(first - 1, max(-1, first - 1 - _GOVERNOR_REACH), -1):
        kinds = marks.at[token]
        if seen.name_at[token] >= 0:
            if seen.language in CASES and case is OBLIQUE and token == first - 1:
                return frozenset(("gen",)), token, article
            return NO_GOVERNOR, -1, article
        if seen.clause[token] != seen.clause[first] or not seen.tokens[token].is_word:
            if seen.form(token) in QUOTES or seen.form(token) == "'":
                continue
            return NO_GOVERNOR, -1, article
        if _is_german_genitive(seen, token):
            return frozenset(("of",)), token, seen.form(token)
        if token in in_frame:
            ends = [f for f in seen.frames if token + 1 == f.last or token == f.tail]
            found = kinds & PREPOSITIONS
            if _follows_noun(seen, token, first, case):
                return frozenset(("gen",)), token, article
            return (found if ends and found else NO_GOVERNOR), token, article
        if kinds & PREPOSITIONS and "article" not in kinds:
            own = seen.language in VERB_SECOND and kinds & {"of", "by"}
            if unknown and strict and article is None and not own:
                return NO_GOVERNOR, -1, article
            return kinds & PREPOSITIONS, token, article
        article_or_to = (
            seen.language == "pt"
            and seen.form(token) == "a"
            and not (token and seen.name_at[token - 1] >= 0)
        )
        if kinds & PREPOSITIONS and seen.language in _FUSING and not article_or_to:
            return kinds & PREPOSITIONS, token, article
        if "article" in kinds:
            article = article or seen.form(token)
            continue
        if kinds & ROLE_WORDS:
            if token == first - 1 and _owns_role(seen, first, kinds, case):
                return frozenset(("gen",)), token, article
            continue
        if kinds & {"and", "copula", "passive", "negator", "hedge", "light", "demand", "receive"}:
            return NO_GOVERNOR, -1, article
        if (
            token == first - 1
            and seen.language in CASES
            and (case is OBLIQUE or (case is None and _is_attribute(seen, first)))
        ):
            return frozenset(("gen",)), token, article
        unknown += 1
        if unknown > 1 or seen.language in CASES or article is not None:
            return NO_GOVERNOR, -1, article
    return NO_GOVERNOR, -1, article


def _owns_role(seen: View, first: int, kinds: frozenset[str], case: str | bool | None) -> bool:
    """Slavic: "rząd Donalda Tuska", "президента Украины": whose government, president of what."""
    if seen.language not in CASES or case is NOMINATIVE:
        return False
    if first > 1 and "org" in kinds and seen.marks.at[first - 2] & (ROLE_WORDS - {"org"}):
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
    return noun or bool(seen.marks.at[before] & ROLE_WORDS)


def _frame_tokens(seen: View) -> frozenset[int]:
    places = [range(f.first, f.last) for f in seen.frames]
    tails = [f.tail for f in seen.frames if f.tail >= 0]
    return frozenset([token for place in places for token in place] + tails)
