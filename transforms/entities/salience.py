"""How much an article is about an entity.

    salience = 0.5 x frequency + 0.3 x position + 0.2 x headline

- frequency: mentions, as a share of those of the most mentioned entity of the article;
- position: 1 for a first mention at the very beginning, 0 at the end of the body;
- headline: 1 when one of the entity's names stands in the title, else 0.

Between 0 and 1, rounded to four digits. The weights follow what editors do: the headline and
the first sentence name what matters, and what matters is named again.
"""

from collections.abc import Iterable

from transforms.entities.words import match_key

FREQUENCY, POSITION, HEADLINE = 0.5, 0.3, 0.2
_SHORTEST_IN_HEADLINE = 2


def salience(mentions: int, most: int, start: int, length: int, in_headline: bool) -> float:
    """The salience of an entity with `mentions`, the first at `start` of a body of `length`."""
    frequency = mentions / max(most, mentions, 1)
    position = 1 - start / max(length, 1)
    return round(FREQUENCY * frequency + POSITION * position + HEADLINE * in_headline, 4)


class Headline:
    """A title, for looking names up in it."""

    def __init__(self, title: str | None) -> None:
        self._text = f" {_words(title or '')} "

    def has(self, names: Iterable[str]) -> bool:
        """Whether one of the names stands in the title as whole words; names in scripts without
        blanks anywhere."""
        for name in names:
            words = _words(name)
            if len(words) >= _SHORTEST_IN_HEADLINE and (
                f" {words} " in self._text or (not _spaced(words) and words in self._text)
            ):
                return True
        return False


def _words(text: str) -> str:
    key = match_key(text)
    return " ".join("".join(c if c.isalnum() else " " for c in key).split())


def _spaced(words: str) -> bool:
    return all(ord(c) < 0x0E00 for c in words)
