"""Feed lists: OPML in and out, the YAML `feeds:` block, and the feeds that a page announces.

Pure functions behind `newsbeam feeds`; whoever calls them does the reading and fetching.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html.entities import html5
from itertools import islice
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape

import yaml
from lxml import etree

from pipelines.settings import LANGUAGE_PATTERN
from transforms.charset import decode_html, decode_xml
from transforms.elements import Feed
from transforms.urls import absolute_http_url, entry_key

log = logging.getLogger(__name__)

MAX_BYTES = 20_000_000
"""Largest list or page that is looked at; the largest OPML lists in use have about 2 MB."""

MAX_DISCOVERED = 200
"""Most feeds taken from one page."""

OPML_NAMESPACE = "https://newsbeam.example/ns/opml"
"""Of the attributes that OPML 2.0 has no word for: `country` and `fullContent`."""

FeedType = Literal["rss", "atom", "json", "rdf", "unknown"]

_MAX_ANCHORS = 20_000

_DOCTYPE = re.compile(r"<!DOCTYPE", re.I)
_WHOLE_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.I | re.S)
_XML_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>", re.I)
_REFERENCE = re.compile(r"&(?:(#?\w{1,32};))?")
_XML_REFERENCES = frozenset(["amp;", "lt;", "gt;", "quot;", "apos;"])
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

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


def parse_opml(data: bytes) -> list[Feed]:
    """The feeds of an OPML 1.0 or 2.0 list, in order, each address once.

    Tags are the titles of the outlines around a feed and its `category` list; a feed found
    twice has the tags of both places. Outlines without an http(s) address are left out with a
    log message. Errors that XML parsers stumble over but people make (bare ampersands, wrong
    charset, a missing end) are forgiven; entity definitions are never read.

    Raises ValueError, saying what was found instead, when `data` is not OPML.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES // 1_000_000} MB")
    root = _parse_xml(decode_xml(data, None).text)
    name = _local_name(root) if root is not None else ""
    if root is None or name != "opml":
        raise ValueError(f"not OPML: {_NOT_OPML.get(name, 'the document has no <opml> element')}")
    feeds: dict[str, Feed] = {}
    for feed in _outlined_feeds(root):
        key = _identity(feed)
        known = feeds.setdefault(key, feed)
        feeds[key] = replace(known, tags=tuple(dict.fromkeys((*known.tags, *feed.tags))))
    return list(feeds.values())


_NOT_OPML = {
    "rss": "this is an RSS feed, not a list of feeds",
    "feed": "this is an Atom feed, not a list of feeds",
    "rdf": "this is an RSS 1.0 feed, not a list of feeds",
    "html": "this is an HTML page",
}


def to_opml(feeds: Iterable[Feed], title: str) -> bytes:
    """The feeds as OPML 2.0 in UTF-8, one flat list; `parse_opml` gives them back.

    Tags become the `category` attribute, where commas separate: a comma in a tag is lost.
    """
    root = etree.Element("opml", {"version": "2.0"}, {"newsbeam": OPML_NAMESPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _NOT_XML.sub("", title)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        name = feed.name or feed.url
        attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": feed.url}
        if feed.language:
            attributes["language"] = feed.language
        if feed.tags:
            attributes["category"] = ",".join(tag.replace(",", " ") for tag in feed.tags)
        if feed.country:
            attributes[f"{{{OPML_NAMESPACE}}}country"] = feed.country
        if feed.full_content:
            attributes[f"{{{OPML_NAMESPACE}}}fullContent"] = "true"
        etree.SubElement(
            body, "outline", {key: _NOT_XML.sub("", text) for key, text in attributes.items()}
        )
    document: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
    return document


def feeds_yaml(feeds: Iterable[Feed]) -> str:
    """The feeds as the `feeds:` block of a configuration file; what is missing is left out."""
    block = [_plain(feed) for feed in feeds]
    text: str = yaml.dump(
        {"feeds": block}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000
    )
    return text


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
        found.setdefault(_identity(feed), feed)
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


def _identity(feed: Feed | DiscoveredFeed) -> str:
    return entry_key(feed.url, "", None)


def _parse_xml(text: str) -> Any:
    """The root element or None. No entity is ever defined or left to be looked up."""
    text = _XML_DECLARATION.sub("", _NOT_XML.sub("", text).lstrip("\ufeff \t\r\n"), count=1)
    start = _DOCTYPE.search(text)
    doctype = _WHOLE_DOCTYPE.match(text, start.start()) if start else None
    if doctype:
        text = text[: doctype.start()] + text[doctype.end() :]
    text = _REFERENCE.sub(_plain_reference, text)
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return None
    if root is not None and len(parser.error_log) and _local_name(root) == "opml":
        log.warning("the list is not well-formed XML: %s", parser.error_log[0].message)
    return root


def _plain_reference(match: re.Match[str]) -> str:
    """A reference that XML itself knows. `&eacute;` is its character, `&b=2` and `&x;` text."""
    name = match[1] or ""
    if name in _XML_REFERENCES or name.startswith("#"):
        return match[0]
    return escape(html5[name]) if name in html5 else f"&amp;{name}"


def _local_name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _outlined_feeds(root: Any) -> Iterator[Feed]:
    groups: list[str] = []  # one title, perhaps empty, for each open outline
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if _local_name(element) != "outline":
            continue
        if event == "end":
            groups.pop()
            continue
        # Attribute names are known in every case: xmlUrl, xmlurl, XMLURL.
        attributes = {
            str(key).rpartition("}")[2].lower(): " ".join(str(value).split())
            for key, value in element.items()
        }
        title = attributes.get("text") or attributes.get("title") or ""
        address = attributes.get("xmlurl")
        groups.append(title if address is None else "")
        if address is None:
            continue
        url = absolute_http_url(None, re.sub(r"^feed:(?://(?!/))?(?=https?:)", "", address))
        url = url or absolute_http_url(None, re.sub(r"^feed:", "http:", address))
        if url is None:
            log.warning("left out %r: not an http(s) address", address[:200])
            continue
        yield _feed(url, title if title != address else "", attributes, filter(None, groups))


def _feed(url: str, name: str, attributes: dict[str, str], groups: Iterable[str]) -> Feed:
    categories = (text.strip().lstrip("/") for text in attributes.get("category", "").split(","))
    language = attributes.get("language", "").replace("_", "-")
    country = attributes.get("country", "").upper()
    return Feed(
        url=url,
        name=name or None,
        language=language if re.fullmatch(LANGUAGE_PATTERN, language) else None,
        country=country if re.fullmatch("[A-Z]{2}", country) else None,
        tags=tuple(dict.fromkeys((*groups, *filter(None, categories)))),
        full_content=attributes.get("fullcontent") == "true",
    )


class _Dumper(yaml.SafeDumper):
    """Block style with indented lists, as the documentation writes it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


class _Tags(list[str]):
    """Written on one line."""


def _represent_tags(dumper: yaml.SafeDumper, tags: _Tags) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", tags, flow_style=True)


_Dumper.add_representer(_Tags, _represent_tags)


def _plain(feed: Feed) -> dict[str, Any]:
    fields = {
        "url": feed.url,
        "name": feed.name,
        "language": feed.language,
        "country": feed.country,
        "tags": _Tags(feed.tags),
        "full_content": feed.full_content,
    }
    return {key: value for key, value in fields.items() if value}


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
    root = _parse_xml(text)
    kind = _ROOTS.get(_local_name(root)) if root is not None else None
    if kind is None:
        return None
    titles = (
        " ".join("".join(element.itertext()).split())
        for parent in (root, *root[:20])
        for element in parent
        if _local_name(element) == "title"
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
