"""Feed lists: OPML in and out, and the YAML `feeds:` block.

Pure functions behind `newsbeam feeds`; whoever calls them does the reading and fetching.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html.entities import html5
from typing import Any
from xml.sax.saxutils import escape

import yaml
from lxml import etree

from pipelines.settings import LANGUAGE_PATTERN
from transforms.charset import decode_xml
from transforms.elements import Feed
from transforms.urls import absolute_http_url, entry_key

log = logging.getLogger(__name__)

MAX_BYTES = 20_000_000
"""Largest list or page that is looked at; the largest OPML lists in use have about 2 MB."""

OPML_NAMESPACE = "https://newsbeam.example/ns/opml"
"""Of the attributes that OPML 2.0 has no word for: `country` and `fullContent`."""

_DOCTYPE = re.compile(r"<!DOCTYPE", re.I)
_WHOLE_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.I | re.S)
_XML_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>", re.I)
_REFERENCE = re.compile(r"&(?:(#?\w{1,32};))?")
_XML_REFERENCES = frozenset(["amp;", "lt;", "gt;", "quot;", "apos;"])
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    root = parse_xml(decode_xml(data, None).text)
    name = local_name(root) if root is not None else ""
    if root is None or name != "opml":
        raise ValueError(f"not OPML: {_NOT_OPML.get(name, 'the document has no <opml> element')}")
    feeds: dict[str, Feed] = {}
    for feed in _outlined_feeds(root):
        key = identity(feed.url)
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


def identity(url: str) -> str:
    """What the spellings of a feed's address have in common."""
    return entry_key(url, "", None)


def parse_xml(text: str) -> Any:
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
    if root is not None and len(parser.error_log) and local_name(root) == "opml":
        log.warning("the list is not well-formed XML: %s", parser.error_log[0].message)
    return root


def _plain_reference(match: re.Match[str]) -> str:
    """A reference that XML itself knows. `&eacute;` is its character, `&b=2` and `&x;` text."""
    name = match[1] or ""
    if name in _XML_REFERENCES or name.startswith("#"):
        return match[0]
    return escape(html5[name]) if name in html5 else f"&amp;{name}"


def local_name(element: Any) -> str:
    """The name of an element in lower case, without namespace and prefix."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _outlined_feeds(root: Any) -> Iterator[Feed]:
    groups: list[str] = []  # one title, perhaps empty, for each open outline
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if local_name(element) != "outline":
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
