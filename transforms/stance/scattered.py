"""Expressions of several words whose parts stand apart, where the order of words is free (Polish,
Czech, Russian, Ukrainian): "stanął we wtorek po stronie", "Против закона выступил X", "se proti
prodeji postavila". A form of the lexicon is cut into its verb, its reflexive pronoun, its phrase
and its preposition; each may stand anywhere near the verb, within the same commas."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from transforms.lexicons import Lexicon, Token
from transforms.quotations.grammar import words as listed

_REFLEXIVE = listed("się sobie se si")
_NEGATIONS = listed("nie ne не")
_BARRIERS = frozenset(",.;:!?…()[]—–")
_ADVERBIAL = ("о", "ски", "е", "ie", "sko", "cko", "ko", "ře", "ně", "tě", "sky", "cky")
_VERBAL = (
    *("л", "ла", "ло", "ли", "лся", "лась", "лось", "лись", "ть", "ться", "ти", "тися"),
    *("т", "тся", "ет", "ит", "ют", "ят", "ем", "им", "ю", "у", "в", "вся", "ся", "ться", "є"),
    *("ł", "ła", "ło", "li", "ły", "ć", "je", "ją", "a", "i", "ę", "my", "e", "ą", "t", "l", "la"),
    *("ly", "lo", "í"),
)
_LEFT, _RIGHT = 8, 10  # tokens from the verb to another part, at most
_WEAK_REACH = 4  # the same to a preposition of many uses
_ADJECTIVES = 2  # words inside a phrase that the form does not name ("с резкой критикой")
_PREPOSITIONS = frozenset(("to", "for", "against", "of", "by", "reason"))
_STRONG = listed("против przeciw przeciwko proti проти wobec navzdory")
_MORE_PREPOSITIONS = listed(
    "в во на под с со из от к ко о об за по у w we na pod z ze od do o za po u ku przed v ve s"
    " nad k ke в у на під з із зі від до про за по перед"
)


class Scattered(NamedTuple):
    """A form in a text: the tokens of its verb, of its other parts, and the last token of the
    part that what it is about follows (-1: none)."""

    kind: str
    first: int
    last: int
    others: frozenset[int]
    tail: int


Parts = tuple[tuple[str, ...], ...]


@dataclass
class Pieces:
    """Forms of several words in parts, by the first token of their verb."""

    by_verb: dict[str, dict[Parts, tuple[str, tuple[str, ...]]]] = field(default_factory=dict)
    prepositions: frozenset[str] = _MORE_PREPOSITIONS

    def add(self, tokens: Sequence[str], kind: str, head: int = 1) -> None:
        """A form whose verb is its first `head` tokens, a reflexive pronoun before it aside."""
        written = tuple(tokens)
        tokens = list(tokens)
        if tokens and tokens[0] in _REFLEXIVE:
            tokens = [*tokens[1 : 1 + head], tokens[0], *tokens[1 + head :]]
        elif tokens and tokens[0] in _NEGATIONS and head == 1:
            head = 2
        elif head == 1 and len(tokens) > 1 and self._is_adverb(tokens[0], tokens[1]):
            tokens[0], tokens[1] = tokens[1], tokens[0]
        if len(tokens) <= head:
            return
        parts = [tuple(tokens[:head])]
        for token in tokens[head:]:
            alone = token in _REFLEXIVE or token in self.prepositions
            if alone or len(parts) == 1 or parts[-1][0] in _REFLEXIVE:
                parts.append((token,))
            else:
                parts[-1] = (*parts[-1], token)
        known = self.by_verb.setdefault(tokens[0], {})
        known.setdefault(tuple(parts), (kind, written))

    def _is_adverb(self, first: str, second: str) -> bool:
        """ "скептически отнёсся": the verb is the second word."""
        plain = second not in _REFLEXIVE and second not in self.prepositions
        return plain and first.endswith(_ADVERBIAL) and second.endswith(_VERBAL)


def pieces(
    lexicon: Lexicon, separable: Iterable[tuple[tuple[str, ...], tuple[str, ...], str]]
) -> Pieces:
    """The verbs of a lexicon that have several words; `separable`: head, particle and kind."""
    small = {
        form[0]
        for forms in lexicon.stance.by_first.values()
        for form, kind, _ in forms
        if kind in _PREPOSITIONS and len(form) == 1
    }
    found = Pieces(prepositions=_MORE_PREPOSITIONS | small)
    for forms in lexicon.stance.by_first.values():
        for form, kind, _ in forms:
            if kind.startswith("verb ") and len(form) > 1 and form[0] not in found.prepositions:
                found.add(form, kind)
    for head, particle, kind in separable:
        if kind.startswith("verb "):
            found.add((*head, *particle), kind, len(head))
    return found


def scattered(tokens: Sequence[Token], known: Pieces, named: Sequence[bool]) -> Iterator[Scattered]:
    """The longest form of each verb whose parts all stand near it."""
    for first, token in enumerate(tokens):
        forms = known.by_verb.get(token.form)
        if not forms or named[first]:
            continue
        low, high = _bounds(tokens, first)
        near = {tokens[i].form for i in range(low, high) if not named[i]}
        best: Scattered | None = None
        for parts, (kind, written) in forms.items():
            if any(part[0] not in near for part in parts):
                continue
            found = _placed(tokens, first, (low, high), parts, kind, named, known)
            if found is not None and _is_whole(tokens, found, written):
                found = None  # nothing stands between: the matcher of forms knows it
            if found and (best is None or len(found.others) > len(best.others)):
                best = found
        if best is not None:
            yield best


def _bounds(tokens: Sequence[Token], first: int) -> tuple[int, int]:
    low = first
    while low > 0 and first - low < _LEFT and tokens[low - 1].form not in _BARRIERS:
        low -= 1
    high = first + 1
    while high < len(tokens) and high - first < _RIGHT and tokens[high].form not in _BARRIERS:
        high += 1
    return low, high


def _placed(
    tokens: Sequence[Token],
    first: int,
    bounds: tuple[int, int],
    parts: Parts,
    kind: str,
    named: Sequence[bool],
    known: Pieces,
) -> Scattered | None:
    last = first + len(parts[0])
    if tuple(token.form for token in tokens[first:last]) != parts[0]:
        return None
    taken: set[int] = set()
    tail = -1
    for part in parts[1:]:
        place = _nearest(tokens, (first, last), bounds, part, named, known, taken)
        if place is None:
            return None
        taken.update(place)
        alone = part[0] in _REFLEXIVE or (len(part) == 1 and part[0].endswith(_ADVERBIAL))
        tail = -1 if alone and part[0] not in known.prepositions else place[-1]
    return Scattered(kind, first, last, frozenset(taken), tail)


def _is_whole(tokens: Sequence[Token], found: Scattered, written: tuple[str, ...]) -> bool:
    """Whether the parts stand together as they are written."""
    places = sorted({*range(found.first, found.last), *found.others})
    together = places[-1] - places[0] + 1 == len(places)
    return together and tuple(tokens[i].form for i in places) == written


def _nearest(
    tokens: Sequence[Token],
    verb: tuple[int, int],
    bounds: tuple[int, int],
    part: tuple[str, ...],
    named: Sequence[bool],
    known: Pieces,
    taken: set[int],
) -> list[int] | None:
    """The place of a part nearest to its verb, on the right first."""
    first, last = verb
    for places in (range(last, bounds[1]), range(first - 1, bounds[0] - 1, -1)):
        for start in places:
            if tokens[start].form != part[0] or named[start] or start in taken:
                continue
            place = _follows(tokens, start, bounds, part, named)
            if place is None or set(place) & {*range(first, last), *taken}:
                continue
            alone = len(part) == 1 and part[0] not in _REFLEXIVE
            governs = not alone or part[0] not in known.prepositions
            if governs or _governs(tokens, start, bounds, taken, verb):
                return place
    return None


def _governs(
    tokens: Sequence[Token],
    place: int,
    bounds: tuple[int, int],
    taken: set[int],
    verb: tuple[int, int],
) -> bool:
    """Whether a preposition may go with a verb: near it, or right after another part; before the
    verb at the beginning of its clause."""
    if place + 1 >= len(tokens) or tokens[place + 1].form in _BARRIERS:
        return False
    first, last = verb
    if tokens[place].form in _STRONG or place - 1 in taken:
        return True
    if place > first:
        return place - last < _WEAK_REACH
    return place - bounds[0] <= 1 and first - place > 1


def _follows(
    tokens: Sequence[Token],
    start: int,
    bounds: tuple[int, int],
    part: tuple[str, ...],
    named: Sequence[bool],
) -> list[int] | None:
    """The tokens of a part in their order, with at most a few words between."""
    place = [start]
    for form in part[1:]:
        at = place[-1] + 1
        stop = min(bounds[1], at + _ADJECTIVES + 1)
        while at < stop and tokens[at].form != form and tokens[at].is_word and not named[at]:
            at += 1
        if at >= stop or tokens[at].form != form:
            return None
        place.append(at)
    return place
