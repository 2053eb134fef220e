"""RSS 0.9x, 1.0, 2.0 and Atom 0.3, 1.0 by feedparser."""

import html
import io
from collections.abc import Iterator, Mapping
from typing import Any

import feedparser

from transforms.feeds.raw import MalformedFeedError, RawEntry, RawFeed, Text
from transforms.feeds.tree import Bounded, bounded

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


def read_xml_feed(text: str, address: str) -> RawFeed:
    """The feed in an XML document fetched from `address`.

    Relative links are resolved against xml:base where there is one; else, in RSS, against the
    feed's own link, since RSS says nothing and feeds are often served from another host than the
    articles; else against `address`.

    Raises NotAFeedError, MalformedFeedError.
    """
    document = bounded(text)
    base = document.link or address
    parsed = _parse(document, base)
    head: dict[str, Any] = parsed.feed
    atom = document.family == "atom"
    entries = tuple(_entry(entry, atom) for entry in parsed.entries)
    if not entries and document.has_entries:
        raise MalformedFeedError("no entry of the feed can be read")
    return RawFeed(
        base=base,
        entries=entries,
        title=_text(head, "title", atom),
        language=_string(head, "language"),
        authors=_authors(head) if atom else (),
        # The license of an RSS channel holds for its items; that of an Atom feed for the feed
        # document alone (RFC 4946, 2).
        licenses=() if atom else _licenses(head),
        surplus=document.surplus,
        damaged=document.damaged,
    )


def _parse(document: Bounded, base: str) -> Any:
    try:
        return feedparser.parse(
            io.BytesIO(document.xml),  # bytes alone might be taken for the name of a file
            response_headers={
                "content-type": "application/xml; charset=utf-8",
                "content-location": base,
            },
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # feedparser promises nothing; its errors are the feed's
        raise MalformedFeedError(f"feedparser: {type(error).__name__}: {error}"[:300]) from error


def _entry(entry: dict[str, Any], atom: bool) -> RawEntry:
    return RawEntry(
        links=tuple(_links(entry)),
        guid=_string(entry, "id"),
        title=_text(entry, "title", atom),
        summary=_text(entry, "summary", atom),
        content_html=_content(entry),
        authors=_authors(entry),
        categories=tuple(tag.get("label") or tag.get("term") for tag in _objects(entry, "tags")),
        # Each date under its own name: feedparser's get() answers `updated` with `published`.
        published=_string(entry, "published") or _string(entry, "created"),
        updated=_string(entry, "updated"),
        images=tuple(_images(entry)),
        language=_string(entry, "language") or _declared_language(entry),
        licenses=_licenses(entry) + tuple(filter(None, [_string(entry, "rights")])),
    )


def _string(mapping: Mapping[str, Any], key: str) -> str | None:
    value = dict.get(mapping, key)  # type: ignore[call-overload]
    return value if isinstance(value, str) and value.strip() else None


def _object(mapping: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A field that should be an object: an element of that name may have taken its place."""
    value = dict.get(mapping, key)  # type: ignore[call-overload]
    return value if isinstance(value, dict) else {}


def _objects(mapping: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Likewise for a list of objects."""
    value = dict.get(mapping, key)  # type: ignore[call-overload]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _links(entry: dict[str, Any]) -> Iterator[str]:
    """feedburner:origLink, then alternates (HTML before other types), then the permalink."""
    original = _string(entry, "feedburner_origlink")
    if original:
        yield original
    links = _objects(entry, "links")
    alternates = [link for link in links if link.get("rel") == "alternate" and link.get("href")]
    yield from (link["href"] for link in alternates if link.get("type") in _HTML_TYPES)
    yield from (link["href"] for link in alternates if link.get("type") not in _HTML_TYPES)
    yield from (link["href"] for link in links if link.get("rel") == "permalink")


def _text(mapping: Mapping[str, Any], key: str, atom: bool) -> Text | None:
    """Without `_detail` feedparser made the field up: the content as the summary."""
    detail = _object(mapping, f"{key}_detail")
    value = detail.get("value")
    if not isinstance(value, str) or not value:
        return None
    return Text(value, not atom or detail.get("type") in _HTML_TYPES)


def _content(entry: dict[str, Any]) -> str | None:
    """The longest HTML alternative, else the longest text, as HTML."""
    contents = [content for content in _objects(entry, "content") if content.get("value")]
    markup = [content["value"] for content in contents if content.get("type") in _HTML_TYPES]
    if markup:
        return str(max(markup, key=len))
    texts = [content["value"] for content in contents if content.get("type") == "text/plain"]
    return f"<p>{html.escape(max(texts, key=len), quote=False)}</p>" if texts else None


def _authors(mapping: Mapping[str, Any]) -> tuple[str | None, ...]:
    return tuple(person.get("name") for person in _objects(mapping, "authors"))


def _licenses(mapping: Mapping[str, Any]) -> tuple[str, ...]:
    links = _objects(mapping, "links")
    return tuple(
        link["href"] for link in links if link.get("rel") == "license" and link.get("href")
    )


def _declared_language(entry: dict[str, Any]) -> str | None:
    """xml:lang, as the entry's texts inherited it."""
    for key in ("title_detail", "summary_detail"):
        language = _object(entry, key).get("language")
        if language:
            return str(language)
    contents = _objects(entry, "content")
    return next((str(content["language"]) for content in contents if content.get("language")), None)


def _images(entry: dict[str, Any]) -> Iterator[str]:
    """media:content (the widest first), image enclosures, media:thumbnail."""
    media = [medium for medium in _objects(entry, "media_content") if _is_image(medium)]
    yield from (medium["url"] for medium in sorted(media, key=_width, reverse=True))
    for link in _objects(entry, "links"):
        if link.get("rel") == "enclosure" and link.get("href") and _is_image(link):
            yield link["href"]
    thumbnails = [medium for medium in _objects(entry, "media_thumbnail") if medium.get("url")]
    yield from (medium["url"] for medium in sorted(thumbnails, key=_width, reverse=True))


def _is_image(medium: Mapping[str, Any]) -> bool:
    address = medium.get("url") or medium.get("href") or ""
    kind = medium.get("medium") or medium.get("type") or ""
    if not address:
        return False
    if kind and kind != "text/html":  # what feedparser makes of a missing type
        return bool(kind.lower().startswith("image"))
    path: str = address.partition("?")[0].lower()
    return path.endswith(_IMAGE_SUFFIXES)


def _width(medium: Mapping[str, Any]) -> int:
    width = str(medium.get("width") or "")
    return int(width) if width.isascii() and width.isdigit() and len(width) <= 6 else 0
