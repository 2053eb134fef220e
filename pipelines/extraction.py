"""`newsbeam extract`: what the pipeline would keep of a saved page."""

from dataclasses import asdict
from typing import Any

from transforms import clock
from transforms.articles import extract_article
from transforms.elements import Announcement, Article, Entry, Feed, Page, Response
from transforms.failures import Failure
from transforms.language import load_detector
from transforms.language.stage import detect_language
from transforms.urls import entry_key

UNKNOWN_URL = "https://page.invalid/"
"""Stands for the address of a page that came without one (RFC 2606)."""


def extract_file(name: str, content: bytes, url: str | None) -> dict[str, Any]:
    """The extraction of one page as plain data: `file`, then title, body, authors, verdict ...
    A page that cannot be handled has `error` instead."""
    now = clock.utc_now()
    address = url or UNKNOWN_URL
    feed = Feed(address)
    entry = Entry(
        entry_key(address, address, None), url, feed, (Announcement(None, address, None, 0),), now
    )
    response = Response(address, address, 200, (), content, now, 0)
    for result in extract_article(Page(entry, response)):
        if isinstance(result, Article):
            (article,) = detect_language(result, load_detector("langdetect"))
            return {"file": name, **_plain(article, url)}
        if isinstance(result, Failure):
            return {"file": name, "error": f"{result.kind.value}: {result.message}"}
        return {"file": name, "error": f"skipped: {result.reason}"}
    return {"file": name, "error": "nothing was extracted"}


def _plain(article: Article, url: str | None) -> dict[str, Any]:
    """The article without what only a fetch or a feed can tell."""
    kept = asdict(article)
    for field in ("entry", "fetch", "fetched_at", "robots_allowed", "entities", "quotations",
                  "stances", "models"):  # fmt: skip
        del kept[field]
    if url is None:
        kept["final_url"] = None
    for field in ("published_at", "modified_at"):
        moment = kept[field]
        kept[field] = moment and moment.isoformat()
    order = ("title", "body", "authors", "published_at", "verdict")
    return {**{field: kept.pop(field) for field in order}, **kept}
