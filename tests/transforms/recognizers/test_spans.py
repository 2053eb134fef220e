"""Spans of names as models give them, made ready."""

import pytest

from transforms.encoder.pieces import whole_words
from transforms.recognizers.spans import without_tail


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("黒田修社長", "PER", "黒田修"),
        ("青浜市の", "LOC", "青浜市"),
        ("田村教授", "PER", "田村"),
        ("北京大学", "ORG", "北京大学"),
        ("王毅部长", "PER", "王毅"),
        ("さん", "PER", "さん"),  # nothing would be left
        ("の", "LOC", "の"),
        ("Ada Lindt", "PER", "Ada Lindt"),
    ],
)
def test_what_is_written_together_with_a_name_is_not_part_of_it(
    text: str, label: str, expected: str
) -> None:
    ((start, end, _, _),) = without_tail(text, [(0, len(text), label, 0.9)])
    assert text[start:end] == expected


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("قالت الشرطة الجنائية أمس", "شرطة الجنائي", "الشرطة الجنائية"),
        ("في باريس وروما", "روما", "روما"),  # "and" stays outside
        ("إلى القاهرة", "قاهر", "القاهرة"),
        ("Universität", "nivers", "nivers"),
        ("北京大学", "京大", "京大"),
    ],
)
def test_arabic_spans_grow_to_whole_words(text: str, found: str, expected: str) -> None:
    start = text.index(found)
    start, end = whole_words(text, start, start + len(found))
    assert text[start:end] == expected
