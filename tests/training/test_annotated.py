"""The format of our own sentences, and every file of them."""

from pathlib import Path

import pytest

from training.annotated import MarkedSpan, parse, read, report

DATA = Path(__file__).parents[2] / "training" / "data"
FILES = sorted(path for kind in ("ner", "stance") for path in (DATA / kind).glob("*.txt"))
MAIN = ("it", "en", "fr", "de", "es", "pt", "nl", "pl", "ru", "uk")


def test_marks_become_spans_of_the_plain_text() -> None:
    line = "[PER:a Ada Lindt] lodò [PROP:p la diga di [LOC Varna]].\ta>p:+"
    sentence = parse(line)
    assert sentence.text == "Ada Lindt lodò la diga di Varna."
    assert [(sentence.text[s.start : s.end], s.label, s.key) for s in sentence.spans] == [
        ("Ada Lindt", "PER", "a"),
        ("la diga di Varna", "PROP", "p"),
        ("Varna", "LOC", None),
    ]
    assert sentence.entities == [MarkedSpan(0, 9, "PER", "a"), MarkedSpan(26, 31, "LOC", None)]


def test_pairs_that_are_not_listed_are_neutral() -> None:
    assert parse("[PER:a Bo] e [ORG:b Nord].\ta>b:-").pairs == {
        ("@", "a"): 0,
        ("@", "b"): 0,
        ("a", "b"): -1,
        ("b", "a"): 0,
    }


def test_without_a_tab_nothing_is_said_about_stance() -> None:
    assert parse("[PER Bo] vive.").pairs is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[PER Bo", "without"),
        ("Bo]", "without"),
        ("[XYZ Bo]", "LABEL text"),
        ("[PER  Bo]", "blanks"),
        ("[PER ]", "empty"),
        ("[PER Bo [LOC di Varna]]", "inside a PER"),
        ("[PER:a Bo] [LOC:a Po]", "same key"),
        ("[PER:a Bo]\ta>b:+", "not there"),
        ("[PROP:p Bo] [PER:a Po]\tp>a:+", "cannot hold"),
        ("[PER:a Bo] [PER:b Po]\ta>b", "expected"),
    ],
)
def test_a_bad_line_says_what_is_wrong(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(line)


def test_an_error_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("# comment\n[PER Bo] vive.\n[PER Bo\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.txt:3"):
        list(read(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_line_of_ours_can_be_read_and_stands_there_once(path: Path) -> None:
    assert report(path)[:-1] == []


@pytest.mark.parametrize("language", MAIN)
def test_the_main_languages_have_enough_sentences(language: str) -> None:
    assert sum(1 for _ in read(DATA / "ner" / f"{language}.txt")) >= 400
    stances = list(read(DATA / "stance" / f"{language}.txt"))
    assert len(stances) >= 250
    values = [value for sentence in stances for value in (sentence.pairs or {}).values()]
    assert {-1, 0, 1} <= set(values)
    assert values.count(0) > len(values) / 2
