"""What the optional backends share: our names for labels, and spans that can be trusted."""

import re
import unicodedata
from collections.abc import Iterable

Name = tuple[int, int, str, float]  # start, end, label, score: as in Recognition

# How corpora and the pipelines trained on them write the three labels; lower case.
_SPELLINGS = {
    "PER": "per pers person persname prs ps",  # persName: NKJP; PRS: SUC; PS: KLUE
    "ORG": "org organization organisation orgname og corporation gpe_org",
    "LOC": "loc location gpe fac facility placename geogname lc gpe_loc",
}
_LABELS = {word: label for label, words in _SPELLINGS.items() for word in words.split()}
# Chinese and Japanese write these together with the name before them.
_TAILS = ("の", "的")
_TITLE_WORDS = (
    "氏 さん 君 様 社長 会長 市長 町長 村長 知事 教授 首相 大統領 大臣 議員 代表 選手 監督 先生"
    " 被告 容疑者 记者 總統 总统 主席 總理 总理 部长 部長 市长 女士 博士 局长 局長 书记"
)
_TITLES = tuple(_TITLE_WORDS.split())
_SURROGATES = re.compile("[\ud800-\udfff]")


def standard_label(label: str) -> str:
    """PER, ORG or LOC for the spellings in use (PERSON, GPE, FAC, ...); any other as it is."""
    return _LABELS.get(label.lower(), label)


def encodable(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which no model's tokenizer takes; same length."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def is_blank(character: str) -> bool:
    """White space or an invisible format character (category Cf)."""
    return character.isspace() or unicodedata.category(character) == "Cf"


def without_apostrophe(text: str, names: Iterable[Name]) -> Iterable[Name]:
    """The names without an apostrophe that only parts them from a suffix (Kıyıkent’te)."""
    for start, end, label, score in names:
        while end - start > 1 and text[end - 1] in "'’":
            end -= 1
        yield start, end, label, score


def checked(text: str, names: Iterable[Name]) -> tuple[Name, ...]:
    """The names without blanks and marks of direction at their edges; those of nothing else are
    dropped.

    Raises ValueError for a span outside the text or before the end of the last one: a model that
    miscounts must not pass for one that reads.
    """
    kept: list[Name] = []
    last = 0
    for start, end, label, score in names:
        if not last <= start <= end <= len(text):
            raise ValueError(
                f"the model names [{start}, {end}) after {last} in a text of {len(text)} code "
                "points; its tokenizer must give offsets of the text as it is"
            )
        last = end
        while start < end and is_blank(text[start]):
            start += 1
        while end > start and is_blank(text[end - 1]):
            end -= 1
        if start < end:
            kept.append((start, end, label, min(1.0, max(0.0, score))))
    return tuple(kept)


def without_tail(text: str, names: Iterable[Name]) -> Iterable[Name]:
    """The names without a particle, and those of people without a title, that Chinese and
    Japanese write together with them."""
    for start, end, label, score in names:
        tails = (*_TAILS, *_TITLES) if label == "PER" else _TAILS
        for tail in tails:
            if end - start > len(tail) + (label == "PER") and text.endswith(tail, start, end):
                end -= len(tail)
                break
        yield start, end, label, score
