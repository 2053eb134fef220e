"""Names that the model is not sure of, in the light of the whole text.

A doubtful name stays where the text names it elsewhere without doubt, and goes otherwise. A
surname that the model passed over is taken up where the full name is sure.
"""

import re
from collections.abc import Iterator, Sequence

from transforms.recognizers.spans import Name

SURE = 0.55  # names of a lower score are more often wrong than right (docs/quality.md)
SHORTEST = 4  # code points: shorter surnames are too often other words
_PRONOUN_FORMS = (  # Romance, Germanic, Slavic, Scandinavian
    "i he she it we you they lui lei noi voi loro egli ella él ella ellos nosotros il elle ils"
    " elles nous vous ele ela eles elas nós er sie wir ihr es hij zij ze wij jullie on ona oni my"
    " wy он она они мы вы він вона вони ми ви el ea ei ele noi han hon de vi"
)
PRONOUNS = frozenset(_PRONOUN_FORMS.split())  # a pronoun with a capital is no name of its own
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def resolved(texts: Sequence[str], names: Sequence[Sequence[Name]]) -> list[tuple[Name, ...]]:
    """The names of each sentence of one text, in order, none overlapping."""
    names = _without_ordinary(texts, names)
    known = _known(texts, names)
    surnames = {
        word.casefold()
        for text, found in zip(texts, names, strict=True)
        for start, end, label, score in found
        if label == "PER" and score >= SURE and (word := _surname(text[start:end]))
    }
    return [
        tuple(sorted([*_kept(text, found, known), *_passed_over(text, found, surnames)]))
        for text, found in zip(texts, names, strict=True)
    ]


def _without_ordinary(texts: Sequence[str], names: Sequence[Sequence[Name]]) -> list[list[Name]]:
    """The names without words that have their capital from the beginning of a sentence: the text
    also writes them small. What is a name inside a sentence stays one."""
    inside: set[str] = set()
    for text, found in zip(texts, names, strict=True):
        for start, end, _, _ in found:
            words = text[start:end].casefold().split()
            if len(words) > 1 or not _opens(text, start):
                inside.update(words)
    small = {word for text in texts for word in _WORD.findall(text) if word.islower()}
    ordinary = small - inside
    return [
        [n for n in found if not (_opens(text, n[0]) and text[n[0] : n[1]].casefold() in ordinary)]
        for text, found in zip(texts, names, strict=True)
    ]


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins there, quotation marks and dashes not counted."""
    return not any(c.isalnum() for c in text[:start])


def _known(texts: Sequence[str], names: Sequence[Sequence[Name]]) -> dict[str, str]:
    """The label of every sure name, and of the surnames of sure people, by its small letters."""
    known: dict[str, str] = {}
    for text, found in zip(texts, names, strict=True):
        for start, end, label, score in found:
            if score >= SURE:
                known.setdefault(text[start:end].casefold(), label)
                if label == "PER" and (word := _surname(text[start:end])):
                    known.setdefault(word.casefold(), label)
    return known


def _surname(name: str) -> str | None:
    """The last of several words, if it is long enough to stand for the person."""
    words = name.split()
    return words[-1] if len(words) > 1 and len(words[-1]) >= SHORTEST else None


def _kept(text: str, found: Sequence[Name], known: dict[str, str]) -> Iterator[Name]:
    for start, end, label, score in found:
        if text[start:end].casefold() in PRONOUNS and text[start:end].istitle():
            continue
        end = _without_elision(text, start, end)
        sure = known.get(text[start:end].casefold())
        if score >= SURE:
            yield start, end, label, score
        elif sure is not None:
            yield start, end, sure, score


def _without_elision(text: str, start: int, end: int) -> int:
    """The end of a name without a preposition that is cut off from its noun ("dell’")."""
    if text[end : end + 1] in ("'", "’") and text[end + 1 : end + 2].isalpha():
        last = text.rfind(" ", start, end)
        if last > start and text[last + 1 : end].islower():
            return last
    return end


def _passed_over(text: str, found: Sequence[Name], surnames: set[str]) -> Iterator[Name]:
    """Surnames with a capital inside a sentence that no name of the model's covers."""
    if not surnames:
        return
    for match in _WORD.finditer(text):
        start, end = match.span()
        if (
            start > 0
            and text[start].isupper()
            and match[0].casefold() in surnames
            and not any(a < end and start < b for a, b, _, _ in found)
        ):
            yield start, end, "PER", SURE
