"""The held-out articles with quotations and stances: they load, and their spans are in the body."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.statement_set import FOLDER, Statements, load, locate, parse

ARTICLES = load()
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "uk")

SAMPLE = """language: en
title: A quarrel

Ann Lee praised Bo. “Bo is right,” she said.
Bo said nothing.
---
E PER Ann Lee
E PER Robert Bo = Bo
Q direct | Bo is right, | said@1 | she | Ann Lee
S Ann Lee | Robert Bo | + | praised | Ann Lee praised
S @ | =nothing | - | said@2 | Bo said
"""


def sample(folder: Path, old: str = "", new: str = "") -> Path:
    assert old in SAMPLE
    path = folder / "en-9.txt"
    path.write_text(SAMPLE.replace(old, new, 1) if old else SAMPLE, encoding="utf-8")
    return path


def test_every_language_has_three_articles() -> None:
    assert Counter(article.language for article in ARTICLES.values()) == dict.fromkeys(LANGUAGES, 3)
    assert len(ARTICLES) == len(list(FOLDER.glob("*.txt")))


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_an_article_is_whole(name: str) -> None:
    article = ARTICLES[name]
    body = article.body
    assert name.rpartition("-")[0] == article.language
    assert 80 <= len(body.split()) <= 180
    assert 2 <= len(body.split("\n")) <= 6
    assert all(line == line.strip() for line in body.split("\n"))
    assert article.quotations
    assert article.stances
    for _, forms in article.entities.values():
        assert forms
        assert all(form in body for form in forms)


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_every_span_slices(name: str) -> None:
    article = ARTICLES[name]
    body = article.body
    spans = [(said.start, said.end) for said in article.quotations]
    spans += [said.cue for said in article.quotations if said.cue]
    spans += [said.speaker_span for said in article.quotations if said.speaker_span]
    spans += [taken.expression for taken in article.stances]
    spans += [taken.target_span for taken in article.stances if taken.target_span]
    for start, end in spans:
        assert 0 <= start < end <= len(body)
        assert body[start:end] == body[start:end].strip()


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_quotations_stand_apart_from_their_cues(name: str) -> None:
    for said in ARTICLES[name].quotations:
        for span in (said.cue, said.speaker_span):
            assert span is None or span[1] <= said.start or said.end <= span[0]


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_stances_have_one_target_and_their_evidence(name: str) -> None:
    article = ARTICLES[name]
    assert len(set(article.stances)) == len(article.stances)
    for taken in article.stances:
        assert (taken.target is None) != (taken.target_span is None)
        assert taken.holder is None or taken.holder != taken.target
        assert "\n" not in article.body[taken.evidence : taken.expression[1]]


def test_a_file_is_read(tmp_path: Path) -> None:
    article = parse(sample(tmp_path))
    assert isinstance(article, Statements)
    assert article.title == "A quarrel"
    assert article.body == "Ann Lee praised Bo. “Bo is right,” she said.\nBo said nothing."
    assert article.entities == {"Ann Lee": ("PER", ("Ann Lee",)), "Robert Bo": ("PER", ("Bo",))}
    assert article.quotations == (("direct", 21, 33, (39, 43), (35, 38), "Ann Lee"),)
    assert article.stances == (
        ("Ann Lee", "Robert Bo", None, "favor", (8, 15), 0),
        (None, None, (53, 60), "against", (48, 52), 45),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("title:", "head:", 2, "`title:` expected"),
        ("---", "--", 3, "no `---`"),
        ("E PER Ann", "E MAN Ann", 7, "no label"),
        ("E PER Ann Lee", "E PER Ann Leo", 7, "'Ann Leo' does not occur"),
        ("= Bo", "= Bob", 8, "'Bob' does not occur"),
        ("Q direct", "Q loud", 9, "no kind of quotation"),
        ("said@1", "said", 9, "'said' occurs 2 times"),
        ("said@1", "said@3", 9, "'said' occurs 2 times"),
        ("she | Ann Lee", "she | Ann", 9, "'Ann' is no entity"),
        ("she | Ann Lee", "she", 9, "5 fields expected"),
        ("| praised |", "| raised |", 10, "'raised' does not occur"),
        ("| + |", "| ? |", 10, "no polarity"),
        ("said@2", "said@1", 11, "comes before its evidence"),
        ("S @", "X @", 11, "no annotation"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    path = sample(tmp_path, old, new)
    with pytest.raises(ValueError, match=message) as told:
        parse(path)
    assert str(told.value).startswith(f"{path}:{line}: ")


def test_only_whole_words_count() -> None:
    assert locate("unsaid, said", "said") == (8, 12)
    assert locate("one\ntwo", "one\\ntwo") == (0, 7)


def test_a_file_may_hold_several_articles(tmp_path: Path) -> None:
    path = tmp_path / "en.txt"
    path.write_text(f"### en-1\n{SAMPLE}\n\n### en-2\n{SAMPLE}", encoding="utf-8")
    articles = load(tmp_path)
    assert list(articles) == ["en-1", "en-2"]
    assert articles["en-1"] == articles["en-2"] == parse(sample(tmp_path))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (f"### en-1\n{SAMPLE}\n### en-1\n{SAMPLE}", ":14: .*repeated name: 'en-1'"),
        (f"### en-1\n{SAMPLE}\n### \n{SAMPLE}", ":14: missing"),
        (f"### en-1\n{SAMPLE}\n### en-2\nlanguage: en\n", ":16: `title:` expected"),
    ],
)
def test_what_is_wrong_with_one_of_several_is_named(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "en.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=where):
        load(tmp_path)


def test_our_own_articles_load() -> None:
    articles = load(FOLDER.parents[2] / "training" / "data" / "articles")
    assert len(articles) >= 1400
    assert len({article.body for article in articles.values()}) == len(articles)
    assert {name.partition("-")[0] for name in articles} == {
        article.language for article in articles.values()
    }
    bodies = {article.body for article in load().values()}
    assert not any(article.body in bodies for article in articles.values())
