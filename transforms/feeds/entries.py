"""From the fields as a feed wrote them to an `Entry`, or the reason why there is none."""

import hashlib
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from transforms.dates import read_date
from transforms.elements import Announcement, Entry, Feed
from transforms.failures import Settled
from transforms.feeds.raw import RawEntry, RawFeed, Text
from transforms.feeds.texts import clean, distinct, language_tag, names, plain, without_surrogates
from transforms.urls import absolute_http_url, entry_key

MAX_TITLE = 1_000
MAX_SUMMARY = 10_000
MAX_CONTENT = 2_000_000
MAX_NAME = 200
MAX_GUID = 2_000
MOST_AUTHORS = 50
MOST_CATEGORIES = 100
"""Longest fields, in characters, and most values; what is over is cut."""

_LICENSE = re.compile(
    r"https?://(?:www\.)?(?:creativecommons\.org/(?:licenses|publicdomain)/|gnu\.org/licenses/"
    r"|opensource\.org/licenses?/|opendatacommons\.org/licenses/|rightsstatements\.org/)\S{0,500}",
    re.I,
)


@dataclass(frozen=True)
class Origin:
    """Where entries come from: the configured feed, its name filled in, what holds for all of
    its entries, and the time of the fetch."""

    feed: Feed
    raw: RawFeed
    fetched_at: datetime
    warnings: tuple[str, ...]


def to_entry(raw: RawEntry, position: int, origin: Origin) -> Entry | Settled:
    """The entry at a 0-based `position`.

    The link is the first candidate that is an http(s) address. Without one, an entry of a
    `full_content` feed that brings content needs none; others are skipped. In such a feed the
    description is the content where there is no other: RSS without content:encoded.

    `published_at` is what the feed says of publication (pubDate, published, issued, dc:date,
    date_published, at last created) and nothing else: an update is not taken for it, nor the
    other way round. A date more than a day after the fetch is kept, with "future_date"; one that is
    none, or out of all bounds, is dropped, with "unreadable_date".
    """
    feed = origin.feed
    url = _first_address(raw.links, origin.raw.base)
    content = _content(raw, feed.full_content)
    guid = clean(raw.guid, MAX_GUID)
    if url is None and not (feed.full_content and content):
        stated = any(map(str.strip, raw.links))
        return Settled(
            "skipped",
            1,
            reason="unsupported_link" if stated else "no_link",
            entry_key=entry_key(None, feed.url, guid) if guid else None,
        )
    published = read_date(raw.published, now=origin.fetched_at)
    updated = read_date(raw.updated, now=origin.fetched_at)
    failed = (raw.published and not published.moment) or (raw.updated and not updated.moment)
    unreadable = ("unreadable_date",) if failed else ()
    title = _plain(raw.title, MAX_TITLE)
    return Entry(
        key=entry_key(url, feed.url, guid or _fingerprint(title, content)),
        url=url,
        feed=feed,
        announcements=(Announcement(feed.name, feed.url, guid, position),),
        announced_at=origin.fetched_at,
        guid=guid,
        title=title,
        summary=_plain(raw.summary, MAX_SUMMARY),
        content_html=content,
        authors=_authors(raw.authors) or _authors(origin.raw.authors),
        categories=distinct(raw.categories, MAX_NAME, MOST_CATEGORIES),
        published_at=published.moment,
        updated_at=updated.moment,
        image_url=_first_address(raw.images, origin.raw.base),
        language=language_tag(raw.language) or language_tag(origin.raw.language),
        license=_license(raw.licenses) or _license(origin.raw.licenses),
        warnings=_distinct(origin.warnings, published.warnings, updated.warnings, unreadable),
    )


def _authors(authors: Iterable[str | None]) -> tuple[str, ...]:
    return names(authors, MAX_NAME, MOST_AUTHORS)


def _content(raw: RawEntry, full_content: bool) -> str | None:
    content = raw.content_html
    if not content and full_content and raw.summary:
        text = raw.summary
        content = text.value if text.is_html else f"<p>{html.escape(text.value, quote=False)}</p>"
    return without_surrogates(content[:MAX_CONTENT]) or None if content else None


def _plain(text: Text | None, limit: int) -> str | None:
    return plain(text.value, text.is_html, limit) if text else None


def _first_address(links: Iterable[str], base: str) -> str | None:
    for link in links:
        url = absolute_http_url(base, link)
        if url:
            return url
    return None


def _license(candidates: Iterable[str]) -> str | None:
    """The first candidate that is the address of a license; "All rights reserved" is none."""
    for candidate in candidates:
        if _LICENSE.fullmatch(candidate.strip()):
            return absolute_http_url(None, candidate)
    return None


def _fingerprint(title: str | None, content: str | None) -> str:
    """Stands in for the guid of an entry that has neither guid nor link."""
    text = f"{title or ''}\n{content or ''}"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _distinct(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for group in groups for word in group))
