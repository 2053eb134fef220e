"""Who speaks, said inside the marks: `«Мы готовы, — сказал он. — Но условия известны»`, `«Siamo
pronti - ha detto Rossi - e andremo»`, `« Nous irons, dit-elle. Personne ne… »`."""

from transforms.quotations.grammar import words
from transforms.quotations.marks import Quoted
from transforms.quotations.text import DASHES, Text

# languages whose newspapers do so
LANGUAGES = words("ru uk be bg it es pt ro fr pl cs")
_REACH = 3  # tokens from the dash to the verb of speech
_LONGEST = 25  # tokens of what is inserted
_WITH_COMMAS = frozenset(("fr", "it"))
_BEFORE_VERBS = words("a ont avait s' est ha hanno aveva avevano ha poi così")
_INVERTED = frozenset(("il", "elle", "ils", "elles", "on", "je", "t"))


def split(text: Text, quoted: list[Quoted]) -> list[Quoted]:
    """The quoted spans without what is inserted in them; one may become several."""
    if text.language not in LANGUAGES:
        return quoted
    parts: list[Quoted] = []
    for span in quoted:
        parts.extend(_split(text, span))
    return parts


def _split(text: Text, span: Quoted) -> list[Quoted]:
    parts: list[Quoted] = []
    begin = span
    place, last = text.index(span.inner_start) + 1, text.index(span.inner_end)
    while place < last:
        end = _inserted(text, place, last)
        if end is None:
            place += 1
            continue
        cut = text.tokens[place].start
        parts.append(begin._replace(end=cut, inner_end=_trimmed(text.body, begin, cut)))
        if end >= last:
            return [part for part in parts if part.inner_end > part.inner_start]
        start = text.tokens[end].start
        begin = begin._replace(start=start, inner_start=start)
        place = end
    parts.append(begin)
    return [part for part in parts if part.inner_end > part.inner_start]


def _trimmed(body: str, span: Quoted, end: int) -> int:
    while end > span.inner_start and body[end - 1].isspace():
        end -= 1
    return end


def _inserted(text: Text, place: int, last: int) -> int | None:
    """The token after what is inserted at `place`, or None where nothing is."""
    form = text.form(place)
    if form in DASHES and _is_spaced(text, place):
        near = range(place + 1, min(last, place + 1 + _REACH))
        if not text.is_word(place + 1) or not text.is_lower(place + 1):
            return None
        if not any(p in text.cue_at for p in near):
            return None
        for end in range(place + 2, min(last, place + _LONGEST)):
            if text.form(end) in DASHES and _is_spaced(text, end):
                return end + 1
        return last if last - place < _LONGEST else None
    if form == "," and text.language in _WITH_COMMAS:
        return _inverted(text, place, last)
    return None


def _inverted(text: Text, comma: int, last: int) -> int | None:
    """`, dit-elle.`, `, a-t-il ajouté,`, `, a prévenu l'élu socialiste.`, `, ha detto Rossi,`: the
    verb first, then who."""
    end = comma + 1
    while end < min(last, comma + 9) and (text.is_word(end) or text.form(end) == "-"):
        end += 1
    inside = range(comma + 1, end)
    speaks = any(p in text.cue_at for p in inside)
    turned = any(text.form(p) == "-" and text.form(p + 1) in _INVERTED for p in inside)
    if not speaks or end >= last:
        return None
    first = next(p for p in inside if p in text.cue_at)
    verb_first = all(text.form(p) in _BEFORE_VERBS for p in range(comma + 1, first))
    if not turned and (not verb_first or text.cue_at[first].last >= end):
        return None
    return end + 1


def _is_spaced(text: Text, place: int) -> bool:
    """White space on both sides: a dash, no hyphen."""
    token = text.tokens[place]
    after = text.body[token.end : token.end + 1]
    return after.isspace() and token.start > 0 and text.body[token.start - 1].isspace()
