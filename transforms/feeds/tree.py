"""A feed document as a bounded XML tree, and back to bytes that any parser can take.

feedparser takes quadratic time on a long author (3 s for 32 KB), on many attributes, namespaces
or categories, and its fallback for broken XML guesses. So the document is first made
well-formed, and then everything newsbeam does not read is cut off and what it reads is capped:
what feedparser gets is strict XML without a DTD in UTF-8, small in every dimension that costs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from transforms.feeds.namespaces import Element, local_name, namespace_of, prefix_of
from transforms.feeds.prune import pruned
from transforms.feeds.raw import MAX_ENTRIES, MalformedFeedError, NotAFeedError
from transforms.feeds.repair import repair
from transforms.feeds.texts import HTML_NAMES, clean
from transforms.urls import MAX_URL_LENGTH, absolute_http_url

_MAX_SKIPPED = 20_000  # characters of noise before the document
_MAX_EXPANSIONS = 10_000
_MAX_REPAIRED = 4_000_000
"""Characters of a broken document that are read; repairing costs a second per million."""

_MARKUP = re.compile(r"<(?:[A-Za-z_]|\?|!--|!DOCTYPE)", re.I)
_FEED_START = re.compile(r"<(?:\?xml\s|rss[\s>]|feed[\s>]|rdf:RDF[\s>])")
_PROPER_START = re.compile(r"\s*<(?:\?xml|!--|!DOCTYPE|rss|feed|rdf)", re.I)
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b",
    re.I | re.S,
)
_DOCTYPE_PART = re.compile(r"[\"'\[\]>]|<!--")
_ENTITY = re.compile(
    r"<!ENTITY\s{1,20}([A-Za-z_][\w.-]{0,40})\s{1,20}"
    r"(?:\"([^\"%&<]{0,100})\"|'([^'%&<]{0,100})')\s{0,20}>"
)

_HTML_TAG = re.compile(r"<(?:html|head|body|div|p|table|script)[\s>]", re.I)
_OTHER_ROOTS = {
    "opml": "a feed list (OPML)",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap",
    "kml": "a map (KML)",
    "service": "an Atom service document",
}
_ROOTS = {"rss": "rss", "rdf": "rss", "channel": "rss", "feed": "atom", "entry": "atom"}


@dataclass(frozen=True)
class Bounded:
    """A feed as strict, small XML. `family` is "rss" or "atom"; `link` is the feed's own link
    where it is absolute."""

    xml: bytes
    family: str
    link: str | None
    has_entries: bool
    surplus: int
    damaged: bool


def bounded(text: str) -> Bounded:
    """Raises NotAFeedError or MalformedFeedError where there is no feed to read."""
    start, entities = _prolog(text)
    if start is None:
        raise NotAFeedError(_description(text))
    body = text[start:]
    if entities:
        body = _expanded(body, entities)
    root, damaged = _parse(body)
    if root is None:
        if _HTML_START.match(text) or not _FEED_START.search(text[:_MAX_SKIPPED]):
            raise NotAFeedError(_description(text))
        raise MalformedFeedError("the document is broken before its first element ends")
    entries = _entries(root)
    family = _ROOTS.get(local_name(root))
    known = local_name(root) == "rss" or prefix_of(namespace_of(root)) in ("", "rdf")
    if family is None or not (entries or known):
        raise NotAFeedError(_root_description(root))
    if damaged and not entries:
        raise MalformedFeedError("the feed is broken or breaks off before its first entry")
    link = _feed_link(root) if family == "rss" else None
    small = pruned(root, family, entries[:MAX_ENTRIES])
    return Bounded(
        b"<?xml version='1.0' encoding='utf-8'?>\n" + etree.tostring(small, encoding="utf-8"),
        family,
        link,
        bool(entries),
        max(0, len(entries) - MAX_ENTRIES),
        damaged,
    )


def _parse(body: str) -> tuple[Element | None, bool]:
    root = _strict(body)
    if root is not None:
        return root, False
    repaired = repair(body[:_MAX_REPAIRED])
    root = _strict(repaired.text)
    if root is not None:
        return root, repaired.damaged
    try:
        return etree.fromstring(repaired.text.encode("utf-8", "ignore"), _parser(True)), True
    except (etree.LxmlError, ValueError):
        return None, True


def _strict(text: str) -> Element | None:
    try:
        return etree.fromstring(text.encode("utf-8", "ignore"), _parser(False))
    except (etree.LxmlError, ValueError):
        return None


def _parser(recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _prolog(text: str) -> tuple[int | None, dict[str, str]]:
    """Where the root element starts, and the harmless entities the DTD declares."""
    position = 0
    if not _PROPER_START.match(text) and not _HTML_START.match(text):
        # Warnings of a web application, or blank lines, stand before the feed.
        later = _FEED_START.search(text[:_MAX_SKIPPED])
        position = later.start() if later else 0
    entities: dict[str, str] = {}
    while match := _MARKUP.search(text, position):
        opener = match[0].upper()
        if opener == "<?":
            end = text.find("?>", match.end())
        elif opener == "<!--":
            end = text.find("-->", match.end())
        elif opener == "<!DOCTYPE":
            end = _doctype_end(text, match.end())
            for name, double, single in _ENTITY.findall(text, match.end(), max(end, match.end())):
                entities.setdefault(name, double or single)
        else:
            return match.start(), entities
        if end < 0:
            return None, entities
        position = end + 1
    return None, entities


def _doctype_end(text: str, position: int) -> int:
    """The index of the `>` that ends a DOCTYPE, -1 if none does."""
    depth = 0
    while match := _DOCTYPE_PART.search(text, position):
        mark, position = match[0], match.end()
        if mark in ('"', "'", "<!--"):
            closer = "-->" if mark == "<!--" else mark
            end = text.find(closer, position)
            if end < 0:
                return -1
            position = end + len(closer)
        elif mark == "[":
            depth = 1
        elif mark == "]":
            depth = 0
        elif depth == 0:
            return match.start()
    return -1


def _expanded(body: str, entities: dict[str, str]) -> str:
    """Replaces declared entities, whose values hold no entity: nothing can grow but by the
    length of a value, and only so often."""
    names = "|".join(map(re.escape, sorted(entities, key=len, reverse=True)[:200]))
    pattern = re.compile(f"&({names});")
    return pattern.sub(lambda match: entities[match[1]], body, count=_MAX_EXPANSIONS)


def _entries(root: Element) -> list[Element]:
    if local_name(root) == "entry":
        return [root]
    found = list(_entry_children(root))
    for child in root.iterchildren():
        if local_name(child) in ("channel", "items"):
            found.extend(_entry_children(child))
    return found


def _entry_children(parent: Element) -> Iterator[Element]:
    return (child for child in parent.iterchildren() if local_name(child) in ("item", "entry"))


def _feed_link(root: Element) -> str | None:
    """The address of the site that an RSS feed belongs to."""
    for parent in (root, *root.iterchildren()):
        if local_name(parent) not in ("rss", "rdf", "channel"):
            continue
        for child in parent.iterchildren():
            if local_name(child) == "link" and prefix_of(namespace_of(child)) == "":
                link = absolute_http_url(None, (child.text or "")[:MAX_URL_LENGTH])
                if link:
                    return link
    return None


def _description(text: str) -> str:
    """What a document is that is no XML."""
    start = text[:_MAX_SKIPPED]
    if not start.strip():
        return "an empty document"
    if _HTML_START.match(start) or _HTML_TAG.search(start):
        return "an HTML page"
    return "a text" if "<" not in start[:1000] else "a document that is neither XML nor JSON"


def _root_description(root: Element) -> str:
    name = local_name(root)
    if name in HTML_NAMES:
        return "an HTML page"
    known = _OTHER_ROOTS.get(name)
    return known or f"an XML document with the root <{clean(name, 40)}>"
