"""The feeds that a page announces, or may have.

Pure functions behind `newsbeam feeds discover`; whoever calls them does the fetching.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from lxml import etree

from pipelines.feed_lists import MAX_BYTES, identity, local_name, parse_xml
from transforms.charset import decode_html
from transforms.urls import absolute_http_url

MAX_DISCOVERED = 200
"""Most feeds taken from one page."""
FeedType = Literal["rss", "atom", "json", "rdf", "unknown"]
_MAX_ANCHORS = 20_000
_LINK_TYPES: dict[str, FeedType] = {
    "application/rss+xml": "rss",
    "application/x-rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/x-atom+xml": "atom",
    "application/rdf+xml": "rdf",
    "application/feed+json": "json",
}
_VAGUE_TYPES = frozenset(["application/xml", "text/xml", "application/json", "text/rss", ""])
_ROOTS: dict[str, FeedType] = {"rss": "rss", "feed": "atom", "rdf": "rdf"}
_FEED_WORD = re.compile(r"(?:^|[/._?&=-])(rss2?|atom|rdf|feeds?|feed\.json)(?:[/._&=-]|$)", re.I)
_SUBSCRIBE_HOSTS = re.compile(
    r"(?:^|\.)(?:feedly\.com|inoreader\.com|newsblur\.com|netvibes\.com|yahoo\.com|facebook\.com|"
    r"twitter\.com|x\.com|wikipedia\.org|apple\.com)$"
)
_LINK_HEADER = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w*-]+(?:\s*=\s*(?:\"[^\"]*\"|[^\s\";,]*))?)*)")
_LINK_PARAMETER = re.compile(r";\s*([\w*-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s\";,]*))")
_WELL_KNOWN = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json")
_WELL_KNOWN_AT_ROOT = ("feeds/posts/default", "?feed=rss2", "feeds", "index.rdf")


@dataclass(frozen=True)
class DiscoveredFeed:
    """A feed that a page announces. `url` is absolute; `type` is "unknown" when not stated."""

    url: str
    title: str | None
    type: FeedType


def discover_feeds(
    html: bytes | str,
    url: str,
    *,
    link_headers: Iterable[str] = (),
    content_type: str | None = None,
) -> list[DiscoveredFeed]:
    """The feeds announced at `url`, the surest first, each address once.

    `html` is the body fetched there, `url` its final address, `link_headers` the values of its
    Link headers (RFC 8288), `content_type` its media type without parameters.

    1. the document itself, when it is a feed (and nothing else then);
    2. Link headers and `<link rel=alternate>` (or `rel=feed`) elements of a feed type, against
       the page's `<base>`;
    3. such links to feeds of comments;
    4. `<a>` links whose address reads like a feed's: candidates, to be looked at.
    """
    text = html[:MAX_BYTES] if isinstance(html, str) else decode_html(html[:MAX_BYTES], None).text
    itself = _as_feed(text, url, content_type)
    if itself is not None:
        return [itself]
    page = _parse_html(text)
    base = _base_of(page, url)
    announced = [*_from_headers(link_headers, url), *_from_links(page, base)]
    announced.sort(key=_is_of_comments)
    found: dict[str, DiscoveredFeed] = {}
    for feed in (*announced, *_from_anchors(page, base)):
        if len(found) >= MAX_DISCOVERED:
            break
        found.setdefault(identity(feed.url), feed)
    return list(found.values())


def candidate_paths(url: str) -> list[str]:
    """Addresses at which sites often keep their feed, for a page that announces none.

    Those beside the page's own folder come before those of the site. Empty when `url` is no
    http(s) address.
    """
    page = absolute_http_url(None, url)
    if page is None:
        return []
    folder = urlsplit(page).path.rstrip("/")
    if "." in folder.rpartition("/")[2]:  # a document, not a folder
        folder = folder.rpartition("/")[0]
    folders = dict.fromkeys((f"{folder}/", "/"))
    candidates = [f"{path}{name}" for path in folders for name in _WELL_KNOWN]
    candidates += [f"/{name}" for name in _WELL_KNOWN_AT_ROOT]
    return [urljoin(page, candidate) for candidate in candidates]


def _as_feed(text: str, url: str, content_type: str | None) -> DiscoveredFeed | None:
    """The document as the feed that it is, or None."""
    address = absolute_http_url(None, url)
    if address is None:
        return None
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        title = _json_feed_title(text)
        return None if title is None else DiscoveredFeed(address, title or None, "json")
    if not re.search(r"<(?:rss|feed|(?:\w{1,20}:)?RDF)[\s>]", text[:8192]):
        return None
    if content_type == "text/html" and re.search(r"<html[\s>]", text[:8192], re.I):
        return None
    root = parse_xml(text)
    kind = _ROOTS.get(local_name(root)) if root is not None else None
    if kind is None:
        return None
    titles = (
        " ".join("".join(element.itertext()).split())
        for parent in (root, *root[:20])
        for element in parent
        if local_name(element) == "title"
    )
    return DiscoveredFeed(address, next(titles, None) or None, kind)


def _json_feed_title(text: str) -> str | None:
    """The title of a JSON Feed, "" when it has none; None when `text` is not a JSON Feed."""
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or "jsonfeed.org" not in str(document.get("version")):
        return None
    title = document.get("title")
    return " ".join(title.split()) if isinstance(title, str) else ""


def _parse_html(text: str) -> Any:
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def _base_of(page: Any, url: str) -> str:
    for element in () if page is None else page.iter("base"):
        if element.get("href"):
            return absolute_http_url(url, element.get("href")) or url
    return url


def _from_headers(headers: Iterable[str], url: str) -> Iterator[DiscoveredFeed]:
    for header in headers:
        for match in _LINK_HEADER.finditer(header[:65536]):
            parameters: dict[str, str] = {}
            for name, quoted, token in _LINK_PARAMETER.findall(match[2]):
                parameters.setdefault(name.lower(), quoted or token)
            yield from _from_link(match[1], parameters, url)


def _from_links(page: Any, base: str) -> Iterator[DiscoveredFeed]:
    for element in () if page is None else page.iter("link"):
        attributes = {str(key): str(value) for key, value in element.items()}
        yield from _from_link(attributes.get("href", ""), attributes, base)


def _from_link(href: str, attributes: dict[str, str], base: str) -> Iterator[DiscoveredFeed]:
    relations = attributes.get("rel", "").lower().split()
    if not href.strip() or not {"alternate", "feed"} & set(relations):
        return
    media_type = attributes.get("type", "").partition(";")[0].strip().lower()
    kind = _LINK_TYPES.get(media_type)
    if kind is None:
        # A bare "application/xml" may be anything; JSON is mostly a site's programming interface.
        named = "feed" in relations or _FEED_WORD.search(href)
        if media_type not in _VAGUE_TYPES or not named or attributes.get("hreflang"):
            return
        kind = "unknown"
    url = absolute_http_url(base, href)
    if url is not None:
        yield DiscoveredFeed(url, " ".join(attributes.get("title", "").split()) or None, kind)


def _is_of_comments(feed: DiscoveredFeed) -> bool:
    return "/comments/" in feed.url or "comments feed" in (feed.title or "").lower()


def _from_anchors(page: Any, base: str) -> Iterator[DiscoveredFeed]:
    for element in () if page is None else islice(page.iter("a"), _MAX_ANCHORS):
        href = element.get("href", "").strip()
        kind = _LINK_TYPES.get(element.get("type", "").strip().lower())
        if not href or (kind is None and not _FEED_WORD.search(href)):
            continue
        url = absolute_http_url(base, href)
        if url is None or _SUBSCRIBE_HOSTS.search(urlsplit(url).hostname or ""):
            continue
        text = " ".join("".join(element.itertext()).split())[:200]
        yield DiscoveredFeed(url, text or element.get("title") or None, kind or "unknown")
