import time

import pytest

from tests.transforms.articles.pages import NOW, SENTENCES, extract, page
from transforms.articles import extract_article
from transforms.articles.document import document_kind, measure, parse_html
from transforms.elements import Response
from transforms.failures import Settled

HTML = b"<!doctype html><html><body><p>x</p></body></html>"


@pytest.mark.parametrize(
    ("content_type", "body", "kind"),
    [
        ("text/html", HTML, "html"),
        ("TEXT/HTML; charset=utf-8", b"anything", "html"),
        ("application/xhtml+xml", HTML, "html"),
        ("text/plain", b"words", "text"),
        ("text/plain", HTML, "html"),
        (None, HTML, "html"),
        ("", b"\xef\xbb\xbf \n<!-- c --><html>", "html"),
        ("application/octet-stream", b"<p>fragment", "html"),
        ("application/octet-stream", b"only words", "text"),
        ("application/octet-stream", b"\x00\x01\x02", None),
        ("application/xml", b"<?xml version='1.0'?><html xmlns='x'>", "html"),
        ("application/xml", b"<?xml version='1.0'?><rss>", None),
        (None, b"<?xml version='1.0'?><feed>", None),
        ("text/html", b"%PDF-1.7 ...", None),
        ("text/html", b"\x89PNG\r\n", None),
        ("application/pdf", b"", None),
        ("image/jpeg", HTML, None),
        ("application/json", b"{}", None),
    ],
)
def test_kinds(content_type: str | None, body: bytes, kind: str | None) -> None:
    headers = (("content-type", content_type),) if content_type is not None else ()
    assert document_kind(Response("u", "u", 200, headers, body, NOW, 1)) == kind


def test_what_is_no_text_is_settled() -> None:
    fetched = page(b"%PDF-1.7", content_type="application/pdf")
    entry = fetched.entry
    assert list(extract_article(fetched)) == [
        Settled("skipped", 1, "content_type", entry.key, entry.url)
    ]


def test_long_tags_lose_their_attributes_and_nothing_else() -> None:
    long = "x" * 9_000
    script = f"<script>if(a<b){{ c = '{long}' }}</script><!-- <i {long} -->"
    root = parse_html(f"<body><p>one</p><img alt='>' src='{long}'><p id=a>two</p>{script}<p>three")
    assert [p.text for p in root.iter("p")] == ["one", "two", "three"]
    assert root.find(".//img").attrib == {}
    assert root.find(".//p[@id]") is not None
    assert long in root.find(".//script").text


def test_a_tree_has_a_limit() -> None:
    assert measure(parse_html("<p>" * 150_000)).elements < 100_010
    assert parse_html("<!-- -->") is None or measure(parse_html("<!-- -->")).elements <= 2


_SIZE = 2_000_000
_TEXT = f"<p>{SENTENCES}</p>" * 4
HOSTILE = {
    "nested": "<div>" * 100_000 + _TEXT,
    "nested inline": "<p>" + "<span>" * 100_000 + SENTENCES,
    "paragraphs": "<p>word word word</p>" * (_SIZE // 21),
    "open paragraphs": "<p>w" * (_SIZE // 4),
    "breaks": "<p>" + "a<br>" * (_SIZE // 5),
    "one line": "<p>" + "word " * 1_600_000,
    "nested headings": "<h1>" * 250 + "word " * (_SIZE // 5),
    "links": "<a href=/x>ab cd</a> " * (_SIZE // 21),
    "scripts": "<script>var a=1</script>" * (_SIZE // 24) + _TEXT,
    "attributes": "<div " + " ".join(f"a{i}" for i in range(_SIZE // 8)) + ">x</div>" + _TEXT,
    "attributes, hidden": "<div " + " ".join(f'a{i}=">"' for i in range(100_000)) + ">" + _TEXT,
    "tags without end": "<a b=' " * (_SIZE // 7),
    "less-than signs": "<" * _SIZE,
    "columns": "<div class=y>"
    + "<div class=x><p>words that count as a sentence, and more</p></div>" * 19_000,
    "tables": "<table><tr><td>" * (_SIZE // 15),
    "times": "<h1>a</h1>" + "<time datetime=x>" * (_SIZE // 17),
    "white space": "<p>" + " \n" * (_SIZE // 2),
    "separators": "<title>" + " - " * (_SIZE // 3) + "</title>" + _TEXT,
    "metas": "<meta name=author content='Jane Roe and John Doe, x'>" * 40_000,
    "nul": "\0" * _SIZE + _TEXT,
    "surrogates": "\ud800" * 100_000 + _TEXT,
    "JSON-LD": "<script type='application/ld+json'>" + "[" * _SIZE + "</script>" + _TEXT,
    "many JSON-LDs": "<script type='application/ld+json'>{</script>" * 40_000 + _TEXT,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_cost_bounded_time(name: str) -> None:
    start = time.process_time()
    extract(f"<html><body>{HOSTILE[name]}")
    assert time.process_time() - start < 5
