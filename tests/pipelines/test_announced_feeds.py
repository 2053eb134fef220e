"""pipelines.announced_feeds: the feeds that a page announces."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.announced_feeds import (
    MAX_DISCOVERED,
    DiscoveredFeed,
    candidate_paths,
    discover_feeds,
)

SITE = "https://paper.example/news/today"
PAGE = """<!doctype html><html><head><base href="/en/">
<link rel="alternate" type="application/rss+xml" title=" Comments
  Feed " href="/comments/feed/">
<link rel="alternate" type="application/rss+xml" title="All news" href="rss.xml">
<link rel="ALTERNATE home" type="Application/Atom+XML; charset=x" href="//feeds.paper.example/a">
<link rel="alternate" type="application/feed+json" href="/feed.json">
<link rel="alternate" type="application/rdf+xml" href="/rdf">
<link rel="feed" href="/plain-feed">
<link rel="alternate" type="text/xml" href="/news-rss.xml">
<link rel="alternate" type="text/xml" href="/sitemap.xml">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">
<link rel="alternate" type="application/json+oembed" href="/oembed?url=feed">
<link rel="alternate" hreflang="it" href="/it/feed/">
<link rel="stylesheet" type="text/css" href="/feed.css">
<link rel="alternate" type="application/rss+xml" title="Again" href="http://paper.example/en/rss.xml#x">
<link rel="alternate" type="application/rss+xml" href="">
<link rel="alternate" type="application/rss+xml" href="javascript:feed()">
</head><body>
<a href="/rss/sport">Sport <b>feed</b></a>
<a type="application/atom+xml" href="/culture">Culture</a>
<a href="/feedback">Feedback</a>
<a href="https://feedly.com/i/subscription/feed/https://paper.example/rss">Feedly</a>
<a href="mailto:feed@paper.example">Write</a>
<a href="rss.xml">The same</a>
</body></html>"""


def test_feeds_of_a_page() -> None:
    assert discover_feeds(PAGE, SITE) == [
        DiscoveredFeed("https://paper.example/en/rss.xml", "All news", "rss"),
        DiscoveredFeed("https://feeds.paper.example/a", None, "atom"),
        DiscoveredFeed("https://paper.example/feed.json", None, "json"),
        DiscoveredFeed("https://paper.example/rdf", None, "rdf"),
        DiscoveredFeed("https://paper.example/plain-feed", None, "unknown"),
        DiscoveredFeed("https://paper.example/news-rss.xml", None, "unknown"),
        DiscoveredFeed("https://paper.example/comments/feed/", "Comments Feed", "rss"),
        DiscoveredFeed("https://paper.example/rss/sport", "Sport feed", "unknown"),
        DiscoveredFeed("https://paper.example/culture", "Culture", "atom"),
    ]


def test_feeds_in_link_headers() -> None:
    headers = [
        '</rss>; rel="alternate"; type="application/rss+xml"; title="News, daily"',
        "<style.css>; rel=stylesheet, <atom>; type=application/atom+xml ; rel=alternate",
        '<https://hub.example/>; rel="hub", <broken',
    ]
    assert discover_feeds(b"", SITE, link_headers=headers) == [
        DiscoveredFeed("https://paper.example/rss", "News, daily", "rss"),
        DiscoveredFeed("https://paper.example/news/atom", None, "atom"),
    ]


@pytest.mark.parametrize(
    ("document", "title", "kind"),
    [
        (
            b"<?xml version='1.0'?>\n<rss><channel><title>A\n B</title></channel></rss>",
            "A B",
            "rss",
        ),
        (
            b"<?xml-stylesheet href='a'?><feed xmlns='http://www.w3.org/2005/Atom'>"
            b"<title type='html'>A &lt;3</title><entry><title>B</title></entry></feed>",
            "A <3",
            "atom",
        ),
        (
            b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
            b"xmlns='http://purl.org/rss/1.0/'><channel><title>A</title></channel></rdf:RDF>",
            "A",
            "rdf",
        ),
        ("<rss><channel><title>Città".encode("utf-16"), "Città", "rss"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "title": " A "}', "A", "json"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "title": 3}', None, "json"),
        (b"<rss version='2.0'></rss>", None, "rss"),
    ],
)
def test_a_feed_is_its_own_feed(document: bytes, title: str | None, kind: str) -> None:
    assert discover_feeds(document, SITE, content_type="text/xml") == [
        DiscoveredFeed(SITE, title, kind)  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"text",
        b'{"version": "1.0", "items": []}',
        b"[" * 100_000,
        b"{" * 100_000,
        b'<html><head><script>"<rss >"</script></head></html>',
        b"<opml><body><outline xmlUrl='https://a.example/rss'/></body></opml>",
        "<p>ünïcödé".encode("latin-1"),
    ],
)
def test_pages_without_feeds(document: bytes) -> None:
    assert discover_feeds(document, SITE) == []


def test_a_page_of_a_thousand_feeds_is_cut() -> None:
    page = "".join(f"<a href='/rss/{number}'>{number}</a>" for number in range(1000))
    assert len(discover_feeds(page, SITE)) == MAX_DISCOVERED


def test_hostile_pages_take_no_time() -> None:
    hostile = ["<a href=/rss>" * 50_000, "<div>" * 100_000, "<link rel=alternate " * 50_000]
    headers = ["<" * 60_000, "<a>;a" + " " * 60_000, "<a>" + ";a=" * 20_000, '<a>;a="' * 9_000]
    start = time.process_time()
    for page in hostile:
        discover_feeds(page, SITE)
    discover_feeds("", SITE, link_headers=headers)
    assert time.process_time() - start < 3


@given(st.text(max_size=100), st.text(max_size=20), st.text(max_size=60))
def test_any_page_gives_addresses_that_can_be_fetched(text: str, url: str, header: str) -> None:
    for page in (text, f"<link rel=alternate type=application/rss+xml href='{text}'>{text}"):
        for address in (url, SITE):
            for feed in discover_feeds(page, address, link_headers=[header]):
                assert feed.url.isascii()
                assert feed.url.startswith(("http://", "https://"))


def test_candidate_paths() -> None:
    paths = candidate_paths("https://Paper.example:8443/news/today.html?x=1#y")
    assert paths[0] == "https://paper.example:8443/news/feed"
    assert "https://paper.example:8443/rss.xml" in paths
    assert "https://paper.example:8443/?feed=rss2" in paths
    assert len(paths) == len(set(paths)) <= 20
    assert candidate_paths("https://paper.example")[0] == "https://paper.example/feed"
    assert candidate_paths("paper") == []
