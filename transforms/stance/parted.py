"""Expressions that end in a preposition, whose words do not stand together: "haalde in Brussel
uit naar", "gegen den Plan stimmte X", "mit Y zufrieden", "voted on Monday against".

The lexicon has them in one piece ("stimmte gegen"); German and Dutch put the subject, adverbs or
the object between verb and preposition, and the preposition in front. English has adverbs there.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from transforms.lexicons import Lexicon, Token, load
from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import VERB_SECOND

_REACH = 12  # tokens from the first to the last word of an expression, at most
_FRONT = 14  # tokens of a phrase that stands before its verb, at most
_STRONG = frozenset(("for", "against"))  # prepositions that hardly mean anything else
_WEAK_GAP = 3  # tokens before another preposition
_GAPS = frozenset(("article", "of", "that", "relative", "when", "swap", "and"))
_REFLEXIVE = listed("sich zich mich mij me uns ons")
_ENGLISH_GAP = 4
_ENGLISH = listed(
    "again yesterday today tonight monday tuesday wednesday thursday friday saturday sunday on late"
    " last week month night once more even out back hard himself herself itself themselves"
)
_OPENS = listed("und oder aber doch sondern en of maar want")


class Part(NamedTuple):
    """An expression found: its kind as in the lexicon, tokens [first, last), and where the other
    part of it stands."""

    kind: str
    first: int
    last: int
    tail: int


class _Form(NamedTuple):
    words: tuple[str, ...]
    kind: str


@lru_cache(maxsize=64)
def _forms(language: str) -> dict[str, tuple[_Form, ...]]:
    """Expressions of several words that end in a preposition, by their first word."""
    lexicon = load(language)
    if lexicon is None or not (language in VERB_SECOND or language == "en"):
        return {}
    prepositions = _prepositions(lexicon)
    found: dict[str, list[_Form]] = {}
    for first, forms in lexicon.stance.by_first.items():
        for words, kind, _ in forms:
            adjective = kind.startswith("adj ") and len(words) == 2 and language in VERB_SECOND
            wanted = kind.endswith(" s>p") and (kind.startswith("verb ") or adjective)
            if wanted and len(words) > 1 and words[-1] in prepositions:
                found.setdefault(first, []).append(_Form(words, kind))
    return {first: tuple(dict.fromkeys(forms)) for first, forms in found.items()}


def _prepositions(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(
        words[0]
        for forms in lexicon.stance.by_first.values()
        for words, kind, _ in forms
        if kind in ("to", "for", "against", "of", "by") and len(words) == 1
    )


def parted(
    tokens: Sequence[Token],
    at: Sequence[frozenset[str]],
    named: Sequence[bool],
    language: str,
    taken: frozenset[int],
) -> Iterator[Part]:
    """The expressions whose words stand apart; `at` are the kinds of the function words, `taken`
    the tokens that belong to a separable verb."""
    forms = _forms(language)
    if not forms:
        return
    sentence = _Sentence(tokens, at, named)
    for i, token in enumerate(tokens):
        for form in forms.get(token.form, ()):
            if (
                named[i]
                or i in taken
                or "copula" in at[i]
                or _stands_together(tokens, i, form.words)
            ):
                continue
            if language == "en":
                part = sentence.with_adverbs(i, form)
            else:
                part = sentence.in_order(i, form) or sentence.turned(i, form)
            if part:
                yield part


def _stands_together(tokens: Sequence[Token], i: int, words: tuple[str, ...]) -> bool:
    return tuple(token.form for token in tokens[i : i + len(words)]) == words


class _Sentence(NamedTuple):
    tokens: Sequence[Token]
    at: Sequence[frozenset[str]]
    named: Sequence[bool]

    def with_adverbs(self, i: int, form: _Form) -> Part | None:
        """ "Lashed out again on Monday at": English adverbs before the preposition."""
        head = len(form.words) - 1
        if not _stands_together(self.tokens, i, form.words[:-1]):
            return None
        for place in range(i + head, min(len(self.tokens), i + head + _ENGLISH_GAP + 1)):
            word = self.tokens[place].form
            if word == form.words[-1] and place > i + head:
                return Part(form.kind, i, i + head, place)
            if self.named[place] or not (word in _ENGLISH or word.endswith("ly")):
                return None
        return None

    def in_order(self, i: int, form: _Form) -> Part | None:
        """The words in their order, others between them."""
        place = i
        for number, word in enumerate(form.words[1:], 1):
            last = number == len(form.words) - 1
            found = self._next(word, place + 1, i + _REACH, last)
            if found < 0:
                return None
            place = found
        return Part(form.kind, i, i + 1, place)

    def _next(self, word: str, start: int, stop: int, last: bool) -> int:
        for place in range(start, min(len(self.tokens), stop)):
            token = self.tokens[place]
            if not token.is_word and token.form not in "-'":
                return -1
            if token.form == word and not self.named[place]:
                weak = last and not self.at[place] & _STRONG
                between = range(start, place)
                if weak and (len(between) > _WEAK_GAP or self._any(between, _GAPS)):
                    return -1
                return place
            if self.at[place] & {"that", "relative", "when", "swap"} - {"article"} and (
                not self.at[place] & {"article", "for", "against"}
            ):
                return -1
        return -1

    def _any(self, places: range, kinds: frozenset[str]) -> bool:
        return any(self.at[place] & kinds for place in places)

    def turned(self, i: int, form: _Form) -> Part | None:
        """The preposition and its phrase before the rest: in front of the sentence, or before a
        verb at its end."""
        preposition = form.words[-1]
        middle = [word for word in form.words[1:-1] if word not in _REFLEXIVE]
        reflexive = len(middle) < len(form.words) - 2
        if middle:
            return None
        for place in range(i - 1, max(-1, i - _FRONT), -1):
            token = self.tokens[place]
            if not token.is_word and token.form not in "-'„“”\"":
                return None
            if token.form != preposition or self.named[place] or i - place < 2:
                continue
            if reflexive and not self._reflexive(place, i):
                return None
            if self._ends(i):
                return Part(form.kind, place, place + 1, i)
            if self._opens(place) and form.kind.startswith("verb "):
                return Part(form.kind, i, i + 1, place)
            return None
        return None

    def _reflexive(self, preposition: int, verb: int) -> bool:
        near = [*range(max(0, preposition - 6), preposition)]
        near += range(verb + 1, min(len(self.tokens), verb + 6))
        return any(self.tokens[i].form in _REFLEXIVE for i in near)

    def _ends(self, i: int) -> bool:
        """Whether a verb is the last word of its clause, auxiliaries left out."""
        if i + 1 >= len(self.tokens) or not self.tokens[i + 1].is_word:
            return True
        return bool(self.at[i + 1] & {"passive", "hedge", "and", "copula"}) or (
            "light" in self.at[i + 1]
            and (i + 2 >= len(self.tokens) or not self.tokens[i + 2].is_word)
        )

    def _opens(self, i: int) -> bool:
        """Whether a clause begins with the token."""
        return i == 0 or not self.tokens[i - 1].is_word or self.tokens[i - 1].form in _OPENS
