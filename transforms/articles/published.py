"""When an article was published and last changed, and who says so.

The order of belief: JSON-LD, meta tags (microdata included), the feed, the address, the visible
text. A date in the future (over a day ahead of the fetch) is passed over with the warning
"future_date"; one without zone is UTC. Nothing is invented: a year and a month are no date, and
the date of the fetch itself is never taken from visible text, where it is usually today's date
in the page's header.
"""

import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from threading import Lock
from typing import Any

from htmldate import find_date
from lxml import etree

from transforms.articles.document import Size
from transforms.articles.jsonld import PAGE_TYPES, JsonLd, Node, each
from transforms.articles.tags import Tags
from transforms.dates import read_date
from transforms.elements import DateSource, Entry

PUBLISHED_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time",
    "article:published", "datepublished", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "citation_publication_date", "citation_online_date",
    "publication_date", "publication-date", "publish_date", "publish-date", "publishdate",
    "published_time", "published_at", "published-date", "pubdate", "pub_date", "ptime",
    "iso-8601-publish-date", "dcterms.issued", "dc.date.issued", "dcterms.created",
    "dc.date.created", "article:created_time", "datecreated", "dcterms.date", "dc.date",
    "article.created", "article.published", "article_date_original", "citation_date", "date",
)  # fmt: skip
MODIFIED_NAMES = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified",
    "article:modified", "article.updated", "dcterms.modified", "dc.date.modified",
    "lastmod", "last-modified", "revision_date", "updated_time",
)  # fmt: skip

_URL_DATE = re.compile(
    r"(?<![0-9])(199[0-9]|20[0-9]{2})([/\-_.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])"
    r"|(?<![0-9])(20[0-4][0-9])(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?![0-9])"
    r"|/(199[0-9]|20[0-9]{2})/(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])/"
)
_EPOCH = re.compile(r"1[0-9]{9}(?:[0-9]{3})?(?:\.0)?")
_PUBLISHED_KEYS = ("datePublished", "uploadDate", "dateCreated")
_MAX_SEARCHED = Size(elements=10_000, characters=300_000)

trafilatura_lock = Lock()
"""Held for every call into trafilatura and htmldate: they crash when two threads are inside."""


@dataclass(frozen=True)
class Dates:
    """`warnings`: "future_date", "date_without_zone" (the chosen date stated none)."""

    published_at: datetime | None = None
    published_at_source: DateSource | None = None
    modified_at: datetime | None = None
    warnings: tuple[str, ...] = ()


def read_dates(
    article: Node | None, json_ld: JsonLd, tags: Tags, entry: Entry, url: str | None, now: datetime
) -> Dates:
    """The dates of a page by everything but its visible text."""
    warnings: set[str] = set()
    pages = json_ld.with_type(PAGE_TYPES)
    published: datetime | None = None
    source: DateSource | None = None
    for source_name, values in _published_candidates(article, pages, tags, entry, url):
        published = _first_date(values, now, warnings)
        if published:
            source = source_name
            break
    modified = _first_date(_modified_candidates(article, pages, tags), now, warnings)
    modified = modified or _not_future(entry.updated_at, now, warnings)
    if modified and published and modified < published:
        modified = None
    return Dates(published, source, modified, tuple(sorted(warnings)))


def _published_candidates(
    article: Node | None, pages: list[Node], tags: Tags, entry: Entry, url: str | None
) -> Iterator[tuple[DateSource, Iterable[Any]]]:
    stated = [node.get(key) for node in ([article] if article else []) for key in _PUBLISHED_KEYS]
    stated += [node.get("datePublished") for node in pages]
    yield "json-ld", stated
    metas = [value for name in PUBLISHED_NAMES for value in tags.meta.get(name, ())[:2]]
    yield "meta", [*metas, *tags.items.get("datepublished", ())[:2]]
    yield "feed", [entry.published_at]
    yield "url", [date_in_url(url), date_in_url(entry.url)]
    yield "text", [tags.time]


def _modified_candidates(article: Node | None, pages: list[Node], tags: Tags) -> Iterator[Any]:
    for node in [*([article] if article else []), *pages]:
        yield node.get("dateModified")
    for name in MODIFIED_NAMES:
        yield from tags.meta.get(name, ())[:2]
    yield from tags.items.get("datemodified", ())[:2]


def _first_date(values: Iterable[Any], now: datetime, warnings: set[str]) -> datetime | None:
    for value in values:
        for item in each(value)[:3]:
            moment = _date(item, now, warnings)
            if moment:
                return moment
    return None


def _date(value: Any, now: datetime, warnings: set[str]) -> datetime | None:
    """One stated date: text, seconds or milliseconds since 1970, or a datetime."""
    if isinstance(value, datetime):
        return _not_future(value, now, warnings)
    if isinstance(value, float) and 1e9 <= value < 2e12:
        value = str(int(value))
    if isinstance(value, dict):
        value = value.get("@value")
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _EPOCH.fullmatch(text):
        seconds = int(text[:10])
        return _not_future(datetime.fromtimestamp(seconds, timezone.utc), now, warnings)
    reading = read_date(text, now=now)
    if "future_date" in reading.warnings:
        warnings.add("future_date")
        return None
    if reading.moment:
        warnings.update(w for w in reading.warnings if w == "date_without_zone")
    return reading.moment


def _not_future(moment: datetime | None, now: datetime, warnings: set[str]) -> datetime | None:
    if moment and moment > now + timedelta(days=1):
        warnings.add("future_date")
        return None
    return moment


def date_in_url(url: str | None) -> datetime | None:
    """The full date in an address (/2026/01/28/, 2026-01-28, 20260128), midnight UTC."""
    match = _URL_DATE.search(url.partition("?")[0]) if url else None
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups() if part and part.isdigit())
    try:
        return datetime(year, month, day, tzinfo=timezone.utc)
    except ValueError:
        return None


def date_in_text(root: Any, size: Size, now: datetime) -> datetime | None:
    """The date that htmldate reads in the visible page, or None.

    Not believed: a date from the day of the fetch on (pages print today's date) and a first of
    January (what a bare year, as in a copyright line, becomes).
    """
    if size.elements > _MAX_SEARCHED.elements or size.characters > _MAX_SEARCHED.characters:
        return None
    page = copy(root)
    etree.strip_elements(page, "aside", "nav", "footer", with_tail=False)
    with trafilatura_lock:
        try:
            found = find_date(
                page,
                extensive_search=False,
                original_date=True,
                min_date="1995-01-01",
                max_date=now.strftime("%Y-%m-%d"),
            )
        except Exception:  # a fallback on hostile markup; without a date the article still stands
            return None
    moment = read_date(found, now=now).moment
    if not moment or moment > now - timedelta(days=1) or (moment.month, moment.day) == (1, 1):
        return None
    return moment
