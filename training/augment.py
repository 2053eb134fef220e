"""What the same sentence may look like elsewhere: capitals, small letters, quotes, no accents.

Every function keeps the number of code points, so that offsets stay; a change that would not is
not made.
"""

import random
import unicodedata
from collections.abc import Callable

from transforms.encoder.casing import calmed

QUOTES = ("\"\"''", "“”‘’", "«»‹›", "„“‚‘", "”“’‘")
# shares of sentences; capitals throughout are read as at run time, word by word
CAPITALS, SMALL, TITLE, PLAIN, REQUOTED = 0.22, 0.03, 0.03, 0.04, 0.15


def augment(text: str, chance: random.Random) -> str:
    """The text, or a variant of it with the same length."""
    if chance.random() < REQUOTED:
        text = requote(text, chance.choice(QUOTES))
    if chance.random() < PLAIN:
        text = without_accents(text)
    dice = chance.random()
    for share, change in ((CAPITALS, shouted), (SMALL, small), (TITLE, title)):
        if dice < share:
            return change(text)
        dice -= share
    return text


def shouted(text: str) -> str:
    """The text in capitals as the encoder gets to see it (transforms/encoder/casing.py)."""
    return calmed(per_character(text, str.upper))


def small(text: str) -> str:
    return per_character(text, str.lower)


def per_character(text: str, change: Callable[[str], str]) -> str:
    """`change` for each code point on its own; one that would become two stays (ß)."""
    changed = (change(c) for c in text)
    return "".join(n if len(n) == 1 else c for c, n in zip(text, changed, strict=True))


def title(text: str) -> str:
    """Every word with a capital, as English headlines have it."""
    return "".join(
        per_character(c, str.upper) if i == 0 or text[i - 1] == " " else c
        for i, c in enumerate(text)
    )


def without_accents(text: str) -> str:
    """Letters without their marks, as some tickers have them (Cyrillic й stays й)."""
    return "".join(unicodedata.normalize("NFD", c)[0] if "À" <= c <= "ɏ" else c for c in text)


def requote(text: str, marks: str) -> str:
    """Double quotes in another style, opening and closing in turn."""
    opened, changed = False, []
    for character in text:
        if character in '"“”«»„':
            opened = not opened
            character = marks[0] if opened else marks[1]
        changed.append(character)
    return "".join(changed)
