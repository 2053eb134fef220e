from datetime import datetime, timezone

import pytest

from tests.transforms.articles.pages import NOW, extract, html, json_ld
from transforms.articles.published import date_in_url

PLAIN = "https://news.example.org/story"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def test_precedence() -> None:
    ld = json_ld('{"@type": "NewsArticle", "datePublished": "2026-01-01T10:00:00+01:00"}')
    meta = '<meta property="article:published_time" content="2026-01-02T10:00:00Z">'
    feed = {"published_at": utc("2026-01-03T10:00:00")}
    time = "<h1>A</h1><time datetime='2026-01-05T10:00:00Z'>x</time>"
    dated = "https://news.example.org/2026/01/04/story"
    cases = [
        (extract(html(ld + meta, time), url=dated, **feed), "json-ld", "2026-01-01T09:00:00"),
        (extract(html(meta, time), url=dated, **feed), "meta", "2026-01-02T10:00:00"),
        (extract(html("", time), url=dated, **feed), "feed", "2026-01-03T10:00:00"),
        (extract(html("", time), url=dated), "url", "2026-01-04T00:00:00"),
        (extract(html("", f"<div>{time}</div>"), url=PLAIN), "text", "2026-01-05T10:00:00"),
    ]
    for article, source, moment in cases:
        assert (article.published_at_source, article.published_at) == (source, utc(moment))


def test_nothing_is_invented() -> None:
    copyright_line = f"<footer>© 2019-{NOW:%Y}</footer>"
    today = f"<header>{NOW:%B %d, %Y} <time>{NOW:%Y-%m-%d}</time></header>"
    article = extract(
        html("", f"{today}<h1>A</h1><p>words and words</p>{copyright_line}"), url=PLAIN
    )
    assert article.published_at is None
    assert article.published_at_source is None


def test_times_of_teasers_do_not_count() -> None:
    body = "<div><h1>A</h1><p>b</p></div><aside><time datetime='2026-01-05'>x</time></aside>"
    assert extract(html("", body), url=PLAIN).published_at is None


def test_visible_dates_are_read_when_there_is_nothing_else() -> None:
    body = "<h1>A</h1><p class='date'>Published: 12 January 2026</p><p>words</p>"
    article = extract(html("", body), url=PLAIN)
    assert article.published_at == utc("2026-01-12T00:00:00")
    assert article.published_at_source == "text"


def test_a_future_date_gives_way_with_a_warning() -> None:
    ld = json_ld('{"@type": "NewsArticle", "datePublished": "2027-01-01T10:00:00Z"}')
    article = extract(html(ld), url=PLAIN, published_at=utc("2026-01-03T10:00:00"))
    assert article.published_at_source == "feed"
    assert "future_date" in article.warnings


@pytest.mark.parametrize("value", ["1769500800", "1769500800000", "2026-01-27T08:00:00"])
def test_numbers_and_zoneless_dates_are_utc(value: str) -> None:
    meta = f'<meta property="article:published_time" content="{value}">'
    assert extract(html(meta)).published_at == utc("2026-01-27T08:00:00")


def test_modified() -> None:
    def modified(stated: str) -> datetime | None:
        ld = f'{{"@type": "NewsArticle", "datePublished": "2026-01-02T00:00:00Z", {stated}}}'
        return extract(html(json_ld(ld))).modified_at

    assert modified('"dateModified": "2026-01-03T00:00:00Z"') == utc("2026-01-03T00:00:00")
    assert modified('"dateModified": "2026-01-01T00:00:00Z"') is None  # before it was published
    assert modified('"dateModified": "never"') is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2026/01/28/x", "2026-01-28"),
        ("https://a.example/2026/1/8/x", "2026-01-08"),
        ("https://a.example/x-2026-01-28.html", "2026-01-28"),
        ("https://a.example/n/20260128/x", "2026-01-28"),
        ("https://a.example/n1/2026/0128/c1-4021.html", "2026-01-28"),
        ("https://a.example/2026/01/x", None),
        ("https://a.example/2026/13/28/x", None),
        ("https://a.example/2026/02/31/x", None),
        ("https://a.example/x?d=2026-01-28", None),
        ("https://a.example/120260128", None),
        (None, None),
    ],
)
def test_dates_in_addresses(url: str | None, day: str | None) -> None:
    found = date_in_url(url)
    assert (found.date().isoformat() if found else None) == day
