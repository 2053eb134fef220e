"""Small makers of elements for tests; every field that a test does not name is plain."""

from datetime import datetime, timezone
from typing import Any

from transforms.elements import Announcement, Article, Entry, Feed, Response
from transforms.records import Run
from transforms.urls import entry_key

NOW = datetime(2026, 1, 28, 12, 0, tzinfo=timezone.utc)
RUN = Run("20260128T120000Z-abc123", NOW, "0.0.test")
FEED = Feed("https://news.example/rss.xml", "The Example", "en", "IE")


def make_entry(url: str | None = "https://news.example/a", **fields: Any) -> Entry:
    feed = fields.pop("feed", FEED)
    position = fields.pop("position", 0)
    guid = fields.get("guid")
    announcement = Announcement(feed.name, feed.url, guid, position)
    return Entry(entry_key(url, feed.url, guid), url, feed, (announcement,), NOW, **fields)


def make_response(body: bytes, url: str = "https://news.example/a", **fields: Any) -> Response:
    fields.setdefault("final_url", url)
    fields.setdefault("status", 200)
    fields.setdefault("headers", (("content-type", "text/html; charset=utf-8"),))
    return Response(url=url, body=body, fetched_at=NOW, elapsed_ms=12, **fields)


def make_article(entry: Entry | None = None, **fields: Any) -> Article:
    entry = entry or make_entry()
    fields.setdefault("final_url", entry.url)
    fields.setdefault("title", "A title")
    fields.setdefault("body", "First paragraph.\nSecond paragraph.")
    fields.setdefault("verdict", "article")
    return Article(entry, NOW, **fields)
