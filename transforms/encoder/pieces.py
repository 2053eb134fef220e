"""Where words begin among word pieces: the unit that gets one tag.

The same rule labels the training data (training/batches.py) and reads the model's answer here.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Scripts in which every piece is a word, as ranges of code points: those without blanks between
# words, and those that write prepositions and "and" as part of the next word.
_UNSPACED = (
    (0x0590, 0x05FF),  # Hebrew
    (0x0600, 0x06FF),  # Arabic
    (0x0750, 0x077F),
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),
    (0x20000, 0x3FFFF),
)


@lru_cache(maxsize=8192)
def in_word(character: str) -> bool:
    """Letters, digits, marks and invisible format characters: what words consist of."""
    category = unicodedata.category(character)
    return category[0] in "LMN" or category == "Cf"


@lru_cache(maxsize=8192)
def is_unspaced(character: str) -> bool:
    """Whether the character's script does not part words by blanks alone."""
    code = ord(character)
    return code >= _UNSPACED[0][0] and any(low <= code <= high for low, high in _UNSPACED)


def word_starts(text: str, offsets: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether each piece, given as a half-open range of code points, begins a word.

    A word begins after a blank, at and after punctuation, and at every piece of a script
    that does not part words by blanks. Pieces of no width (<s>, </s>) and of blanks alone begin
    none.
    """
    starts = []
    for start, end in offsets:
        while start < end and text[start].isspace():
            start += 1
        if start >= end:
            starts.append(False)
            continue
        first, before = text[start], text[start - 1] if start else " "
        starts.append(
            not in_word(first) or not in_word(before) or is_unspaced(first) or is_unspaced(before)
        )
    return starts


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A span of Arabic or Hebrew grown to whole words; what is written together with the first
    one and stays outside is at most "and", "in", "to" and the like. Others stay as they are."""
    if not (start < end and _is_prefixing(text[start]) and _is_prefixing(text[end - 1])):
        return start, end
    while end < len(text) and in_word(text[end]):
        end += 1
    first = start
    while first > 0 and in_word(text[first - 1]):
        first -= 1
    before = text[first:start]
    return (start if all(c in _PROCLITICS for c in before) else first), end


# and, so, in, like, to, will (Arabic); and, in, to, from, like, that, the (Hebrew)
_PROCLITICS = frozenset("وفبكلسובלמכשה")


def _is_prefixing(character: str) -> bool:
    return "\u0590" <= character <= "\u06ff"
