"""Nobody speaks for another publisher: whose article an address and a content are."""

import pytest

from tests.builders import FEED, RUN, make_entry, make_response
from transforms.articles import extract_article
from transforms.elements import Article, Feed, Page
from transforms.jobs import PageJob
from transforms.provenance import carries_content, is_own
from transforms.records import Recorded, to_record
from transforms.state.rows import entry_from_json, entry_to_json
from transforms.urls import entry_key

VICTIM = "https://news.example/2026/bridge"
CLAIMS = """<link rel="canonical" href="{0}"><meta property="og:url" content="{0}">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "A bridge", "url": "{0}",
"mainEntityOfPage": {{"@id": "{0}"}}}}</script>"""
TEXT = "<p>A forged report on a bridge that never was, told at length and with some care.</p>" * 9


@pytest.mark.parametrize(
    ("attacker", "claimed"),
    [
        ("https://evil.example/copy", VICTIM),
        ("https://news.example.evil.example/2026/bridge", VICTIM),
        ("https://evil-news.example/2026/bridge", VICTIM),
        ("https://google.evl.io/amp/s/news.example/2026/bridge", VICTIM),
        ("https://evil.blogspot.com/bridge", "https://victim.blogspot.com/bridge"),
        ("https://evil.github.io/bridge", "https://victim.github.io/bridge"),
        ("https://evil.co.uk/bridge", "https://news.co.uk/bridge"),
        ("https://203.0.113.7/bridge", VICTIM),
        ("https://evil.example/copy", "//news.example/2026/bridge"),
        ("https://evil.example/copy", "https://evil.example@news.example/2026/bridge"),
        ("https://evil.example/copy", "https:\\\\news.example\\2026\\bridge"),
    ],
)
def test_a_page_cannot_take_the_identity_of_anothers(attacker: str, claimed: str) -> None:
    html = f"<html><head>{CLAIMS.format(claimed)}</head><body>{TEXT}</body></html>"
    page = Page(make_entry(attacker), make_response(html.encode(), attacker, final_url=attacker))
    (article,) = extract_article(page)
    assert isinstance(article, Article)
    record = to_record(article, RUN)
    victims = {entry_key(VICTIM, "", None), entry_key(claimed, "", None)}
    assert record["article_id"] not in victims
    assert record["article_id"] == entry_key(attacker, "", None)
    assert record["canonical_url"] != VICTIM


@pytest.mark.parametrize(
    ("feed_url", "url", "own"),
    [
        ("https://news.example/rss", VICTIM, True),
        ("https://feeds.news.example/rss", VICTIM, True),
        ("http://news.example:8080/rss", VICTIM, True),
        ("https://news.example/rss", None, True),
        ("https://feeds.example/news", VICTIM, False),
        ("https://evil.blogspot.com/rss", "https://victim.blogspot.com/1", False),
        ("https://blogspot.com/rss", "https://blogspot.com/1", False),
        ("https://127.0.0.1/rss", "https://127.0.0.2/1", False),
        ("https://news.example/rss", "http://[", False),
        ("nonsense", VICTIM, False),
    ],
)
def test_own_is_the_same_registrable_domain(feed_url: str, url: str | None, own: bool) -> None:
    assert is_own(feed_url, url) is own


def test_forged_content_is_neither_believed_nor_kept() -> None:
    forger = Feed("https://evil.example/rss", "Forger", full_content=True)
    forged = make_entry(VICTIM, feed=forger, content_html=TEXT)
    assert not carries_content(forged)
    assert PageJob().without_request(forged) is None
    assert entry_from_json(entry_to_json(forged)).content_html is None


def test_a_feed_of_the_same_domain_carries_its_articles() -> None:
    feed = Feed(FEED.url, "The Example", full_content=True)
    entry = make_entry(VICTIM, feed=feed, content_html=TEXT)
    result = PageJob().without_request(entry)
    assert isinstance(result, Page)
    assert result.response is None
    assert entry_from_json(entry_to_json(entry)) == entry
    (article,) = extract_article(result)
    assert isinstance(article, Article)
    assert Recorded.of(entry.key, to_record(article, RUN)).article_id == entry.key
