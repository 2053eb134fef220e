"""Pages for the tests of the extraction, made from HTML and little else."""

from datetime import datetime, timezone
from typing import Any

from transforms.articles import extract_article
from transforms.elements import Announcement, Article, Entry, Feed, Page, Response

NOW = datetime(2026, 1, 29, 12, 0, tzinfo=timezone.utc)
URL = "https://news.example.org/2026/01/28/story-of-a-long-bridge"
FEED = Feed("https://news.example.org/rss.xml", language="en")
SENTENCES = (
    "The council of Port Elda decided on Tuesday that the bridge will be closed until June. "
    "Mayor Ida Kvist said that safety comes first, whatever the shops in the old town may say. "
    "Her rival Owen Marsh called the decision hasty and asked for a second report on the piers. "
)


def entry(url: str | None = URL, **fields: Any) -> Entry:
    announcement = Announcement(None, FEED.url, "guid-1", 0)
    values: dict[str, Any] = {"feed": FEED, "announcements": (announcement,), "announced_at": NOW}
    return Entry("0" * 32, url, **{**values, **fields})


def page(
    content: str | bytes,
    *,
    url: str = URL,
    final_url: str | None = None,
    content_type: str | None = "text/html; charset=utf-8",
    headers: tuple[tuple[str, str], ...] = (),
    **fields: Any,
) -> Page:
    """A fetched page; `fields` go to its entry."""
    body = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    stated = (("content-type", content_type),) if content_type is not None else ()
    response = Response(url, final_url or url, 200, stated + headers, body, NOW, 12)
    return Page(entry(url, **fields), response, True)


def extract(content: str | bytes, **arguments: Any) -> Article:
    """The one article of a page."""
    results = list(extract_article(page(content, **arguments)))
    assert len(results) == 1
    article = results[0]
    assert isinstance(article, Article)
    return article


def html(head: str = "", body: str | None = None, attributes: str = "") -> str:
    """A page with a headline and enough text to be an article."""
    if body is None:
        body = f"<article><h1>A long bridge</h1>{f'<p>{SENTENCES}</p>' * 3}</article>"
    return f"<!doctype html><html {attributes}><head>{head}</head><body>{body}</body></html>"


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'
