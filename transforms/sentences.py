"""Where sentences are: half-open ranges of the body.

Boundaries come from sentencex (MIT, Wikimedia; about 300 languages). It breaks after some
abbreviations of news ("M. Dupont", "L'on. Bianchi", "Der 1. FC Köln"); those breaks are taken
back. A wrong join costs little, a wrong break cuts a name in two.
"""

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

# What ends in a full stop without ending a sentence, beyond what sentencex knows; lower case.
_ABBREVIATIONS = (
    # titles and forms of address
    "m mm mme mlle mgr dr drs prof ing arch avv dott geom on sen dep sig sigg rag cav comm gen"
    " col cap capt ten magg lt sgt st ste sr sra srta dra d dña lic mr mrs ms rev hon pres gov"
    " rep mag hab inż mgr ks bp abp ul al pl os św kpt płk hr fr hl bürgerm st min bzw ca dhr mevr"
    " mw ds bc mudr judr phdr rndr ing g гр г ул д им проф акад ген см ср стр вул пров просп"
    # firms, numbers, references
    " s.p.a spa s.r.l srl s.a sa s.l sl co corp inc ltd bros dept nr nº num art artt cfr pag"
    " vol fig ed tel núm pág cf op ok tzw tzn im r w ub.r br red tj np vs z.b d.h u.a o.ä v.chr"
    " n.chr jh abs str sog i.r i.v e.v a.d i.d bl zw resp approx est jan feb mar apr jun jul aug"
    " sep sept oct okt nov dec dez"
)
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
# plain words of a language that are abbreviations elsewhere, or that sentencex takes for such
_PLAIN = {"en": frozenset(("on", "no")), "nl": frozenset(("op", "hand"))}
_PLAIN_END = {
    language: re.compile(rf"\b(?:{'|'.join(sorted(words))})\.(?=\s+[\"'“‘„«]?[^\W\d_a-z])")
    for language, words in _PLAIN.items()
}
_LAST_WORD = re.compile(r"(?:^|[\s('’«„“\"])([^\s('’«„“\"]{1,12})\.\s*$")
_ORDINAL = re.compile(r"(?:^|\s)\d{1,2}\.\s*$")
# languages that write ordinal numbers with a full stop
_ORDINAL_LANGUAGES = "de da nb nn no fi et lv cs sk sl hr sr bs hu pl tr is lb"
_WITH_ORDINALS = frozenset(_ORDINAL_LANGUAGES.split())
READ = 10_000  # code points that sentencex gets at once: its search for closing quotes is
# quadratic in the length of a line
LONGEST = 2000  # code points: a longer "sentence" is no prose and is cut at a blank


def sentences(body: str, language: str | None) -> list[tuple[int, int]]:
    """The sentences of a text in order, without the white space between them.

    `language` is BCP 47; None or an unknown one takes sentencex's English rules. A sentence
    never crosses a line break. Linear in the length of the text.
    """
    code = (language or "en").split("-")[0]
    found: list[tuple[int, int]] = []
    start = 0
    for line in body.split("\n"):
        if line.strip():
            for begin, end in _joined(line, code):
                found.extend(_cut(body, start + begin, start + end))
        start += len(line) + 1
    return found


def _joined(line: str, language: str) -> Iterator[tuple[int, int]]:
    """sentencex's sentences of one line, those joined that belong together."""
    begin, end = 0, 0
    for start, stop in _boundaries(line, language):
        if end and not _continues(line[max(begin, end - 20) : end], line[start:stop], language):
            yield begin, end
            begin = start
        end = stop
    if end:
        yield begin, end


def _boundaries(line: str, language: str) -> Iterator[tuple[int, int]]:
    """sentencex's sentences of a line that is read in parts of at most READ."""
    start = 0
    while start < len(line):
        end = len(line)
        if end - start > READ:
            blank = line.rfind(" ", start + READ // 2, start + READ)
            end = blank + 1 if blank > 0 else start + READ
        for boundary in get_sentence_boundaries(language, line[start:end]):
            first, last = start + boundary["start_index"], start + boundary["end_index"]
            for plain in _plain_ends(line[first:last], language):
                yield first, start + boundary["start_index"] + plain
                first = start + boundary["start_index"] + plain
            yield first, last
        start = end


def _plain_ends(text: str, language: str) -> list[int]:
    """Where sentences end with a word that is no abbreviation: "wees het plan van de hand."."""
    pattern = _PLAIN_END.get(language)
    return [match.end() for match in pattern.finditer(text)] if pattern else []


def _continues(before: str, after: str, language: str) -> bool:
    """Whether `after` goes on with the sentence that `before` seems to end."""
    following = after.lstrip()[:1]
    if not following:
        return True
    if _ORDINAL.search(before) and language in _WITH_ORDINALS:
        return True
    word = _LAST_WORD.search(before)
    if not word:
        return following.islower() and before.rstrip()[-1:] not in ".!?…。！？؟"
    text = word[1]
    if len(text) == 1 and text.isupper():
        return following.isupper()  # an initial
    plain = text.lower() in _PLAIN.get(language, ())
    return following.islower() or (text.lower() in ABBREVIATIONS and not plain)


def _cut(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        blank = body.rfind(" ", start + LONGEST // 2, start + LONGEST)
        middle = blank if blank > 0 else start + LONGEST
        yield from _trimmed(body, start, middle)
        start = middle
    yield from _trimmed(body, start, end)


def _trimmed(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and body[start].isspace():
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
