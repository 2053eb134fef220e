"""Where words begin among pieces, and the words that pieces make up."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.encoder.model import words_of
from transforms.encoder.pieces import in_word, is_unspaced, word_starts


def pieces(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Text and offsets of `|`-separated pieces."""
    offsets = []
    position = 0
    for part in marked.split("|"):
        offsets.append((position, position + len(part)))
        position += len(part)
    return marked.replace("|", ""), offsets


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("An|na| Ros|si", ["Anna", "Rossi"]),
        ("O|'|Brien|-|Smith|,| said", ["O", "'", "Brien", "-", "Smith", ",", "said"]),
        ("l|'|ONU| a", ["l", "'", "ONU", "a"]),
        ("e|\u0301|lo|die", ["e\u0301lodie"]),
        ("क्|\u200d|ष| का", ["क्\u200dष", "का"]),
        ("و|قال| رنا", ["و", "قال", "رنا"]),  # prepositions are part of the next word
        ("ב|ירושלים", ["ב", "ירושלים"]),
        ("在|东京|的|ACME", ["在", "东京", "的", "ACME"]),
        ("กรุง|เทพ", ["กรุง", "เทพ"]),
        ("서|울|에서| 만난", ["서울에서", "만난"]),
        ("😀|a|😀", ["😀", "a", "😀"]),
        ("A|\r\n|B| | C", ["A", "B", "C"]),
        ("G|20| 2|.|5|%", ["G20", "2", ".", "5", "%"]),
        ("", []),
    ],
)
def test_words_of_pieces(marked: str, words: list[str]) -> None:
    text, offsets = pieces(marked)
    assert [text[word.start : word.end] for word in words_of(text, offsets)] == words


def test_pieces_without_width_begin_nothing() -> None:
    offsets = [(0, 0), (0, 2), (2, 4), (4, 4), (4, 4)]
    assert word_starts("abcd", offsets) == [False, True, False, False, False]
    assert [word.piece for word in words_of("abcd", offsets)] == [1]


ALPHABET = "aZé9\u0301\u200c\u200d\u202e '’-.,\u00a0\n\r\t東京한ไทя😀ع"
SPLIT = st.lists(st.text(ALPHABET, max_size=5) | st.text(max_size=4), max_size=20)


@given(SPLIT)
def test_words_are_in_order_and_hold_all_that_is_no_blank(parts: list[str]) -> None:
    text, offsets = "".join(parts), pieces("|".join(part.replace("|", "/") for part in parts))[1]
    starts = word_starts(text, offsets)
    words = words_of(text, offsets)
    assert len(starts) == len(offsets)
    assert all(a.end <= b.start and a.piece < b.piece for a, b in pairwise(words))
    assert all(word.start < word.end <= len(text) for word in words)
    assert [word.piece for word in words] == [i for i, begins in enumerate(starts) if begins]
    covered = {i for word in words for i in range(word.start, word.end)}
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)


@given(SPLIT)
def test_a_word_begins_where_the_characters_say(parts: list[str]) -> None:
    text = "".join(parts)
    offsets = [(i, i + 1) for i in range(len(text))]  # every character a piece
    for i, begins in enumerate(word_starts(text, offsets)):
        inside = i > 0 and all(in_word(c) and not is_unspaced(c) for c in text[i - 1 : i + 1])
        assert begins == (not text[i].isspace() and not inside)
