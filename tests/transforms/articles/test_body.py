import re
import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transforms.articles.pages import SENTENCES, extract, html, json_ld, page
from transforms.articles import extract_article
from transforms.articles.body import (
    MAX_BODY,
    amount,
    clean_body,
    render,
    text_body,
    without_headline,
)
from transforms.articles.document import parse_html
from transforms.elements import Article
from transforms.failures import Settled

_TAGS = ["<p>", "</p>", "<div>", "</div>", "<article>", "<h1>", "<li>", "<br>", "<b>", "</b>"]
_TAGS += [
    "<a href=x>",
    "</a>",
    "<table><tr><td>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<![CDATA[",
]
_TAGS += [
    "&nbsp;",
    "&#0;",
    "&#xD800;",
    "&#x85;",
    "&zwnj;",
    "<title>",
    "<meta name=author content='",
]
_TAGS += [json_ld('{"@type":"NewsArticle","headline":"A","author":[{}]}'), SENTENCES]
htmlish = st.lists(st.one_of(st.sampled_from(_TAGS), st.text(max_size=20)), max_size=30).map(
    "".join
)


def assert_clean(body: str | None) -> None:
    """What docs/extraction.md promises of every body."""
    if body is None:
        return
    assert body
    body.encode("utf-8")
    for line in body.split("\n"):
        assert line
        assert line == " ".join(line.split())
    forbidden = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2028\u2029\u00a0\ufeff]")
    assert not forbidden.search(body)
    assert not any(unicodedata.category(character) == "Cs" for character in body)


@settings(max_examples=150, deadline=None)
@given(htmlish)
@example("\ud800<p>\0")
@example("<p>a\u2028b\u00a0c\x85d</p>" * 40)
def test_a_page_of_anything_has_a_clean_body(content: str) -> None:
    article = extract(content)
    assert_clean(article.body)
    for text in (article.title, article.description, *article.authors, *article.keywords):
        if text is not None:
            assert text.strip() == text
            assert text
            text.encode("utf-8")


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["text/html", "text/plain", "text/html;charset=x"]))
def test_bytes_of_anything(content: bytes, content_type: str) -> None:
    (result,) = extract_article(page(content, content_type=content_type))
    if isinstance(result, Article):
        assert_clean(result.body)
    else:
        assert isinstance(result, Settled)


@given(st.lists(st.text()))
def test_clean_body(paragraphs: list[str]) -> None:
    cleaned = clean_body(paragraphs)
    assert_clean(cleaned or None)
    assert clean_body(cleaned.split("\n")) == cleaned


def test_joiners_and_forms_stay() -> None:
    text = "می\u200cخواند 👩\u200d🚀 e\u0301 ﬁ \u200fא"
    assert clean_body([text]) == text


def test_lists_and_tables_are_plain_text() -> None:
    tree = parse_html(
        "<ul><li>one</li><li>two <b>bold</b>, three</li></ul><p>a<br>b</p>"
        "<table><tr><th>Boat</th><th>Time</th></tr><tr><td>Osprey</td><td>2:41</td></tr></table>"
        "<script>no</script>"
    )
    expected = "one\ntwo bold, three\na\nb\nBoat Time\nOsprey 2:41"
    assert clean_body(render(tree)) == expected


def test_headline_is_not_repeated() -> None:
    assert without_headline("A “long” bridge\nText", 'A "long" bridge') == "Text"
    assert without_headline("A long bridge closes\nText", "A long bridge") is not None
    assert without_headline("Title", "Title") is None
    assert without_headline(None, "Title") is None
    assert without_headline("???", "???") == "???"


def test_article_body_of_json_ld_stands_in_for_a_missing_text() -> None:
    text = " ".join([SENTENCES] * 3)
    ld = json_ld(f'{{"@type": "NewsArticle", "headline": "A", "articleBody": "{text}\\n\\nEnd."}}')
    article = extract(html(ld, "<div id=app></div>"))
    assert article.extraction_method == "json-ld"
    assert article.body is not None
    assert article.body.endswith("\nEnd.")


def test_a_body_has_a_limit() -> None:
    article = extract(html("", f"<p>{'word ' * 300_000}</p>"))
    assert article.body is not None
    assert len(article.body) <= MAX_BODY
    assert "body_truncated" in article.warnings


def test_plain_text() -> None:
    assert text_body("one\ntwo\n\nthree").text == "one two\nthree"
    assert text_body("one\r\ntwo").text == "one\ntwo"
    assert text_body(" \n").text is None


def test_amount_counts_signs_of_words_more_than_letters() -> None:
    assert amount("word") == 4
    assert amount("東京a") == 7
    assert amount(None) == 0
