"""Annotated articles as training examples."""

from pathlib import Path

import pytest

from benchmarks.stance_examples import is_dev_article
from training.articles import article_examples
from training.data import Example
from transforms.encoder.holders import AUTHOR

BODY = """language: it
title: Il porto

Anna Bindi ha criticato il sindaco Ugo Rota. Rota difende la chiusura del porto.
È una scelta sbagliata. Lei lo accusa ancora.
---
E PER Anna Bindi = Anna Bindi
E PER Ugo Rota = Ugo Rota | Rota
S Anna Bindi | Ugo Rota | - | criticato | Anna
S Ugo Rota | =la chiusura del porto | + | difende | Rota difende
S @ | =la chiusura del porto | - | sbagliata | È una
S Anna Bindi | Ugo Rota | - | accusa | Lei lo
"""


def written(folder: Path, body: str, dev: bool = False) -> list[Example]:
    name = next(n for n in (f"it-{i}" for i in range(100)) if is_dev_article(n) == dev)
    (folder / f"{name}.txt").write_text(body, encoding="utf-8")
    return list(article_examples(folder, dev=False))


@pytest.fixture
def examples(tmp_path: Path) -> list[Example]:
    return written(tmp_path, BODY)


def test_each_sentence_has_its_names(examples: list[Example]) -> None:
    named = [[e.text[a:b] for a, b, _ in e.spans or ()] for e in examples]
    assert named == [["Anna Bindi", "Ugo Rota"], ["Rota"], [], []]
    assert {e.source for e in examples} == {"own-articles"}


def asked(example: Example) -> dict[tuple[str, str], int]:
    def text(place: tuple[int, int] | int) -> str:
        return "@" if isinstance(place, int) else example.text[slice(*place)]

    return {(text(q.holder), text(q.target)): q.polarity for q in example.questions}


def test_who_is_asked_about_whom(examples: list[Example]) -> None:
    assert asked(examples[0]) == {
        ("@", "Anna Bindi"): 0,
        ("@", "Ugo Rota"): 0,
        ("Anna Bindi", "Ugo Rota"): -1,
        ("Ugo Rota", "Anna Bindi"): 0,
    }
    assert asked(examples[1]) == {
        ("@", "Rota"): 0,
        ("@", "la chiusura del porto"): 0,
        ("Rota", "la chiusura del porto"): 1,
    }
    assert all(AUTHOR in {q.holder for q in e.questions} for e in examples[:2])


def test_a_target_that_the_sentence_does_not_name_is_not_asked_about(
    examples: list[Example],
) -> None:
    assert examples[2].questions == examples[3].questions == ()


def test_where_a_common_noun_is_an_entity_names_are_unknown(tmp_path: Path) -> None:
    made = written(tmp_path, BODY.replace("= Ugo Rota | Rota", "= Ugo Rota | Rota | porto"))
    assert [e.spans is None for e in made] == [False, True, False, False]


def test_articles_set_apart_are_left_out(tmp_path: Path) -> None:
    assert written(tmp_path, BODY, dev=True) == []
    assert len(list(article_examples(tmp_path, dev=True))) == 4
