"""What a quoted span looks like: speech, a few words somebody used, the title of a work."""

from typing import NamedTuple

from transforms.encoder.pieces import is_unspaced
from transforms.quotations.marks import TITLE_MARKS, Quoted
from transforms.quotations.text import Gap, Text

DEFINING = ("announce", "accuse", "praise")  # kinds of cues that take a predicate
_PUNCTUATION = frozenset(".,!?…;。，！？、—–-")
_MARKS = "'\"’”“»›‘« "
_FULL = frozenset(".!?…。！？")
SPEECH_WORDS = 4  # fewer words are speech only where something says so
_UNSPACED_PER_WORD = 2  # characters
_HANGUL_WORDS = 2  # of other languages in one of Korean


class Shape(NamedTuple):
    """`ends`: the last character is punctuation. `is_sentence`: reads as one of its own.
    `is_speech`: long enough to be speech where nothing says who speaks."""

    words: int
    ends: bool
    is_sentence: bool
    is_speech: bool


def shape_of(text: Text, quoted: Quoted) -> Shape:
    inner = text.body[quoted.inner_start : quoted.inner_end]
    first, last = text.index(quoted.inner_start), text.index(quoted.inner_end)
    words = sum(text.is_word(place) for place in range(first, last))
    sample = inner[:400]
    unspaced = sum(is_unspaced(character) for character in sample)
    if unspaced * 2 > len(sample):
        words = max(words, len(inner) // _UNSPACED_PER_WORD)
    if any("\uac00" <= character <= "\ud7a3" for character in sample):
        words *= _HANGUL_WORDS
    last_character = inner.rstrip(_MARKS)[-1:]
    ends = last_character in _PUNCTUATION
    letter = next((c for c in inner[:80] if c.isalpha()), "")
    capital = bool(letter) and not letter.islower()
    full = last_character in _FULL
    is_sentence = capital and (words >= SPEECH_WORDS or (full and words >= 1) or ends)
    is_dialogue = quoted.mark == "—"
    is_speech = words >= SPEECH_WORDS or (full and words >= 2) or is_dialogue
    return Shape(words, ends, is_sentence or is_dialogue, is_speech)


def _is_defined(text: Text, before: Gap) -> bool:
    """Whether a verb that calls something something stands close before: `called the film`."""
    near = range(max(before.first, before.last - 6), before.last)
    return any(p in text.cue_at and text.cue_at[p].kind in DEFINING for p in near)


def is_title_or_scare(text: Text, quote: int, before: Gap, shape: Shape) -> bool:
    """Whether the marks enclose the title of a work or words that are no speech: `the film
    “…”`, `so-called “…”`."""
    quoted = text.quoted[quote]
    if quoted.mark in TITLE_MARKS:
        return True
    if before.last not in text.scare or before.last == before.first:
        return False
    inner = text.body[quoted.inner_start : quoted.inner_end]
    if inner[:1].islower() and _is_defined(text, before):
        return False
    return not (shape.words > 8 and inner[-1:] in _FULL)
