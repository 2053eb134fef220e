"""Annotated texts as questions with answers."""

from pathlib import Path

import pytest

from benchmarks.stance_examples import is_dev_article
from training.samples import Sample, Text, article_texts, samples, sentence_texts
from transforms.encoder.model import Encoder
from transforms.stance.learned.network import EXPRESSION_TAGS, TARGET_TAGS
from transforms.stance.learned.questions import AUTHOR

ARTICLE = """language: en
title: Harbour

Mayor Ada Lindt praised Nordfer. She rejected the plan to close the harbour.
"It is a disgrace," she said.
---
E PER Ada Lindt
E ORG Nordfer
S Ada Lindt | Nordfer | + | praised | Mayor Ada
S Ada Lindt | =the plan to close the harbour | - | rejected | She rejected
"""


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


def words(text: Text, sample: Sample, tags: tuple[str, ...], values: list[int]) -> str:
    """The words that carry tags, with these."""
    body = text.reading.article.body or ""
    start = body.index(sample.text)
    pieces = (text.reading.states or ())[text.reading.sentences.index(
        (start, start + len(sample.text))
    )].offsets  # fmt: skip
    return " ".join(
        f"{body[int(pieces[p, 0]) : int(pieces[p, 1])].strip()}/{tags[v]}"
        for p, v in zip(sample.pieces, values, strict=True)
        if v
    )


def test_an_article_becomes_questions(encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / "en-1.txt").write_text(ARTICLE, encoding="utf-8")
    (text,) = article_texts(tmp_path, encoder)
    made = list(samples(text))
    answered = [sample for sample in made if not sample.is_empty]
    first, second = answered
    assert words(text, first, TARGET_TAGS, first.targets.tolist()).endswith("/B-favor")
    assert words(text, first, EXPRESSION_TAGS, first.expressions.tolist()).endswith("/favor")
    tagged = words(text, second, TARGET_TAGS, second.targets.tolist())
    assert tagged.startswith("the/B-against plan/I-against")
    assert tagged.count("B-against") == 1
    assert all(sample.shows and sample.whole for sample in made)
    assert AUTHOR in {sample.question.kind for sample in made}
    assert {sample.promises for sample in made} == {True}
    praised = [sample for sample in made if sample.text == first.text]
    assert {sample.promise.sum() for sample in praised} == {1}  # whoever is asked about


def test_a_sentence_says_nothing_of_phrases_nobody_annotated(
    encoder: Encoder, tmp_path: Path
) -> None:
    lines = "[PER:a Ada Lindt] praised [ORG:b Nordfer] and the new plan.\ta>b:+\n"
    (tmp_path / "en.txt").write_text(lines, encoding="utf-8")
    (text,) = sentence_texts(tmp_path, encoder)
    made = list(samples(text))
    (ada,) = [sample for sample in made if not sample.is_empty]
    assert ada.weights.min() < 1 == ada.weights.max()
    assert not ada.shows
    assert not any(sample.promises for sample in made)
    assert not ada.whole


def test_the_articles_set_apart_stay_so_whatever_else_there_is() -> None:
    names = [f"{language}-{number}" for language in ("de", "it") for number in range(500)]
    share = sum(map(is_dev_article, names)) / len(names)
    assert 0.15 < share < 0.25
