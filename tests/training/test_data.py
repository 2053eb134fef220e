"""Tokens to text, and variants that keep offsets."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.augment import augment, requote, shouted, title, without_accents
from training.data import Example, Question, cut, tagged, thinned
from transforms.encoder.holders import AUTHOR


def test_tokens_stand_between_blanks_or_as_people_write_them() -> None:
    tokens = ["L'", "Italia", ",", '"', "sì", '"', "(", "Po", ")", "."]
    tags = ["O", "B-LOC", "O", "O", "O", "O", "O", "B-LOC", "O", "O"]
    text, spans = tagged(tokens, tags, attach=False)
    assert text == 'L\' Italia , " sì " ( Po ) .'
    assert [text[a:b] for a, b, _ in spans] == ["Italia", "Po"]
    text, spans = tagged(tokens, tags, attach=True)
    assert text == 'L\'Italia, "sì" (Po).'
    assert [text[a:b] for a, b, _ in spans] == ["Italia", "Po"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["B-PER", "I-PER", "O"], ["a b"]),
        (["B-PER", "B-PER", "O"], ["a", "b"]),
        (["I-PER", "I-PER", "O"], ["a b"]),  # sets without B-
        (["B-PER", "I-ORG", "O"], ["a", "b"]),
        (["O", "O", "B-LOC"], ["c"]),
    ],
)
def test_bio_becomes_spans(tags: list[str], expected: list[str]) -> None:
    text, spans = tagged(["a", "b", "c"], tags, attach=False)
    assert [text[a:b] for a, b, _ in spans] == expected


@given(st.text(max_size=80), st.integers(0, 10_000))
def test_a_variant_has_the_same_length(text: str, seed: int) -> None:
    assert len(augment(text, random.Random(seed))) == len(text)
    for change in (shouted, title, without_accents):
        assert len(change(text)) == len(text)


def test_variants() -> None:
    assert shouted("la NATO a Kiev") == "La Nato A Kiev"
    assert title("il papa è a Roma") == "Il Papa È A Roma"
    assert without_accents("é à ü ř й") == "e a u r й"
    assert requote('Disse "no" e "sì"', "«»‹›") == "Disse «no» e «sì»"


def test_a_long_text_is_cut_between_words_with_what_lies_in_it() -> None:
    text = "parola " * 100
    first, last = (0, 6, "PER"), (693, 699, "LOC")
    questions = (Question((0, 6), (7, 13), 1), Question(AUTHOR, (693, 699), -1))
    made = cut(Example(text, (first, last), "it", "test", questions))
    assert len(made.text) <= 400
    assert made.text.endswith("parola")
    assert made.spans == (first,)
    assert made.questions == questions[:1]


def test_only_neutral_questions_about_the_author_are_thinned() -> None:
    kept = (Question((0, 1), (2, 3), 0), Question(AUTHOR, (2, 3), 1))
    neutral = tuple(Question(AUTHOR, (n, n + 1), 0) for n in range(200))
    made = thinned(Example("x" * 300, None, "it", "test", kept + neutral), random.Random(1))
    assert set(kept) <= set(made.questions)
    assert 20 < len(made.questions) < 90
