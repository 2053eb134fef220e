"""The word lists and their matcher."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.lexicons import Forms, Token, languages, load, read_forms, tokenize


def forms(text: str, language: str) -> list[str]:
    return [token.form for token in tokenize(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("it", "L’on. dell'«amico»", ["l'", "on", ".", "dell'", "«", "amico", "»"]),
        ("fr", "D’après lui, dit-il", ["d'", "après", "lui", ",", "dit", "-", "il"]),
        ("en", "Merkel’s didn't workers’", ["merkel", "'s", "did", "n't", "workers", "'"]),
        ("tr", "Ankara'da IŞIK İyi", ["ankara", "'da", "ışık", "iyi"]),
        ("uk", "Об’єднання", ["об'єднання"]),
        ("ru", "Ещё ЕЁ", ["еще", "ее"]),
        ("ro", "aceştia", ["aceștia"]),
        ("de", "Straße", ["strasse"]),
        ("it", "dell'", ["dell'"]),
        ("en", "n't", ["n't"]),
    ],
)  # fmt: skip
def test_tokens(language: str, text: str, expected: list[str]) -> None:
    assert forms(text, language) == expected


@given(st.text(), st.sampled_from(["en", "it", "uk", "tr", "ja", ""]))
def test_tokens_are_apart_and_cover_what_is_visible(text: str, language: str) -> None:
    covered = bytearray(len(text))
    before = 0
    for token in tokenize(text, language):
        assert before <= token.start < token.end
        before = token.end
        covered[token.start : token.end] = b"\x01" * (token.end - token.start)
    for seen, character in zip(covered, text, strict=True):
        assert seen or character.isspace()


def made(*lines: tuple[str, str], language: str = "en") -> Forms:
    table = Forms(language)
    for number, (kind, form) in enumerate(lines):
        table.add(kind, form, number)
    table.sort()
    return table


def found(table: Forms, text: str) -> list[tuple[str, str]]:
    return [(m.kind, text[m.start : m.end]) for m in table.match(tokenize(text, table.language))]


def test_the_longest_form_of_each_kind() -> None:
    table = made(("report", "turned"), ("report", "turned down"), ("deny", "turned"))
    assert found(table, "He TURNED DOWN it") == [("report", "TURNED DOWN"), ("deny", "TURNED")]
    assert found(table, "He turned, down") == [("deny", "turned"), ("report", "turned")]


def test_whole_words_only() -> None:
    table = made(("of", "'s"), ("report", "say"))
    assert found(table, "Hale’s essay says: say it") == [("of", "’s"), ("report", "say")]


def test_kinds_may_be_chosen() -> None:
    table = made(("report", "say"), ("of", "of"))
    tokens = tokenize("say of", "en")
    assert [m.kind for m in table.match(tokens, ["of"])] == ["of"]


def test_separable_verbs(tmp_path: Path) -> None:
    path = tmp_path / "cues.txt"
    path.write_text("separable\tteilte .. mit : report | lehnt .. ab : - s>o\n", encoding="utf-8")
    table = read_forms(path, "de")
    assert found(table, "Das teilte die Polizei mit.") == [("report", "teilte")]
    assert found(table, "Sie lehnt den Plan ab, sagte er.") == [("verb - s>o", "lehnt")]
    assert found(table, "Er teilte es. Mit Geduld.") == []


def test_a_line_without_a_tab_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cues.txt"
    path.write_text("# who speaks\nreport say\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"cues\.txt, line 2: no tab"):
        read_forms(path, "en")


@pytest.mark.parametrize("language", languages())
def test_shipped_lexicons(language: str) -> None:
    lexicon = load(language)
    assert lexicon is not None
    kinds = {kind for forms in lexicon.cues.by_first.values() for _, kind, _ in forms}
    assert {"report", "claim", "announce", "that", "according", "title"} <= kinds
    assert lexicon.stance.by_first


def test_region_and_script_are_ignored() -> None:
    assert load("en-GB") is load("en-GB")
    assert load("pt-BR") is not None
    assert load("ja") is None
    assert load(None) is None
    assert load("../en") is None


def test_linear_time() -> None:
    lexicon = load("en")
    assert lexicon is not None

    tokens: list[Token] = tokenize("according to the view of " * 40_000, "en")
    start = time.process_time()
    lexicon.cues.match(tokens)
    assert time.process_time() - start < 10  # 0.3 where it was measured; hours if quadratic
