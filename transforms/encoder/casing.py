"""Headlines in capitals, made readable: the model knows few pieces of capitals."""

import re

SHARE = 0.8  # of the letters that have a case
LETTERS = 8  # fewer say nothing: "USA"
_WORD = re.compile(r"[^\W\d_]+")


def is_shouted(text: str) -> bool:
    """Whether a sentence is written in capitals."""
    upper = sum(c.isupper() for c in text)
    lower = sum(c.islower() for c in text)
    return upper >= LETTERS and upper > SHARE * (upper + lower)


def calmed(text: str) -> str:
    """A sentence in capitals with only each word's first letter large; any other as it is.

    The length in code points stays (İ, whose small form has two, stays too): offsets hold.
    """
    if not is_shouted(text):
        return text
    return _WORD.sub(_capitalized, text)


def _capitalized(match: re.Match[str]) -> str:
    """A word with its first letter large; a short one after an apostrophe ("KESSLER'S") wholly
    small."""
    word = match[0]
    first = "" if match.start() and len(word) < 3 and _apostrophe_before(match) else word[0]
    rest = word[len(first) :]
    return first + "".join(c.lower() if len(c.lower()) == 1 else c for c in rest)


def _apostrophe_before(match: re.Match[str]) -> bool:
    return match.string[match.start() - 1] in "'’"
