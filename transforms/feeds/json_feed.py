"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import html
import json
from collections.abc import Iterator
from typing import Any

from transforms.feeds.raw import (
    MAX_ENTRIES,
    MalformedFeedError,
    NotAFeedError,
    RawEntry,
    RawFeed,
    Text,
)
from transforms.urls import absolute_http_url

_MOST_ALIKE = 100


def read_json_feed(text: str, address: str) -> RawFeed:
    """The feed in a JSON document fetched from `address`. Relative links, which the standard
    does not know, are resolved against `home_page_url`, else `address`.

    Raises NotAFeedError, MalformedFeedError.
    """
    try:
        # Numbers stay text: identifiers are strings to us, and a number of a million digits
        # takes Python 3.10 minutes to convert.
        feed = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        if "jsonfeed.org/version" in text[:2000]:
            raise MalformedFeedError(f"a JSON Feed that is broken: {error}"[:300]) from error
        raise NotAFeedError("a text that looks like JSON and is none") from error
    if not isinstance(feed, dict) or not _is_feed(feed):
        raise NotAFeedError("JSON that is no JSON Feed")
    items = [item for item in feed.get("items") or () if isinstance(item, dict)]
    return RawFeed(
        base=absolute_http_url(None, _string(feed, "home_page_url") or "") or address,
        entries=tuple(map(_entry, items[:MAX_ENTRIES])),
        title=_text(feed, "title"),
        language=_string(feed, "language"),
        authors=tuple(_authors(feed)),
        surplus=max(0, len(items) - MAX_ENTRIES),
    )


def _is_feed(feed: dict[str, Any]) -> bool:
    """By its version, or, where that is forgotten, by entries that look like some."""
    items = feed.get("items")
    if not isinstance(items, list):
        return False
    if "jsonfeed.org/version" in str(feed.get("version", ""))[:100]:
        return True
    first = items[0] if items else None
    return isinstance(first, dict) and "id" in first and ("url" in first or "title" in first)


def _entry(item: dict[str, Any]) -> RawEntry:
    return RawEntry(
        links=tuple(_links(item)),
        guid=_string(item, "id"),
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content_html=_content(item),
        authors=tuple(_authors(item)),
        categories=tuple(tag for tag in _list(item, "tags") if isinstance(tag, str)),
        published=_string(item, "date_published"),
        updated=_string(item, "date_modified"),
        images=tuple(_images(item)),
        language=_string(item, "language"),
    )


def _links(item: dict[str, Any]) -> Iterator[str]:
    """The entry's own page; its id, which should be an address; the page it is about."""
    url = _string(item, "url")
    if url:
        yield url
    guid = _string(item, "id") or ""
    if guid.lower().startswith(("http://", "https://")):
        yield guid
    about = _string(item, "external_url")
    if about:
        yield about


def _content(item: dict[str, Any]) -> str | None:
    content = _string(item, "content_html")
    if content:
        return content
    text = _string(item, "content_text")
    if not text:
        return None
    paragraphs = (html.escape(line.strip(), quote=False) for line in text.splitlines())
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)


def _images(item: dict[str, Any]) -> Iterator[str]:
    for key in ("image", "banner_image"):
        image = _string(item, key)
        if image:
            yield image
    for attachment in _list(item, "attachments"):
        if isinstance(attachment, dict) and _string(attachment, "url"):
            kind = _string(attachment, "mime_type") or ""
            if kind.lower().startswith("image/"):
                yield _string(attachment, "url") or ""


def _authors(mapping: dict[str, Any]) -> Iterator[str | None]:
    """`authors` of version 1.1, `author` of 1.0; some write a bare name."""
    for person in [*_list(mapping, "authors"), mapping.get("author")]:
        if isinstance(person, dict):
            yield _string(person, "name")
        elif isinstance(person, str):
            yield person


def _list(mapping: dict[str, Any], key: str) -> list[Any]:
    value = mapping.get(key)
    return value[:_MOST_ALIKE] if isinstance(value, list) else []


def _string(mapping: dict[str, Any], key: str) -> str | None:
    value = mapping.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _text(mapping: dict[str, Any], key: str) -> Text | None:
    """Titles and summaries are plain text by the standard."""
    value = _string(mapping, key)
    return Text(value, False) if value else None
