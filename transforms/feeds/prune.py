"""Copies from a feed's tree what is read, each thing of bounded size, into a small plain feed.

A copy and not a cut: lxml takes quadratic time to remove many elements.
"""

import copy
import html
import re
from collections import Counter
from itertools import islice

from lxml import etree

from transforms.feeds.namespaces import (
    NAMESPACES,
    XML,
    Element,
    local_name,
    namespace_of,
    prefix_of,
)

_MOST_ALIKE = 100  # elements of one name in an entry
_MOST_INNER = 20_000  # elements inside a text; beyond that its text alone is kept
_MOST_ATTRIBUTES = 32
_MAX_LINE = 8_200  # characters of a link; names, dates and the like are shorter
_MAX_TITLE = 50_000
_MAX_TEXT = 2_000_000

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_MARKUP = frozenset(["title", "summary", "description", "content", "encoded", "body", "rights"])
_CORE_READ = """
title summary description link guid id content body encoded author category keywords pubdate
published issued updated modified created enclosure language rights copyright
"""
_READ = {
    "": frozenset(_CORE_READ.split()),
    "dc": frozenset({"creator", "author", "date", "subject", "language", "rights", "description"}),
    "dcterms": frozenset({"created", "issued", "modified"}),
    "content": frozenset({"encoded"}),
    "media": frozenset({"content", "thumbnail", "group"}),
    "feedburner": frozenset({"origlink"}),
    "cc": frozenset({"license"}),
    "creativeCommons": frozenset({"license"}),
    "xhtml": frozenset({"body"}),
}
_HEAD_READ = {
    "": frozenset({"title", "link", "language"}),
    "dc": frozenset({"language"}),
    "cc": frozenset({"license"}),
    "creativeCommons": frozenset({"license"}),
}
_ATOM_HEAD_READ = _HEAD_READ | {"": _HEAD_READ[""] | {"author"}}
_MEDIA_READ = {"media": frozenset({"content", "thumbnail"})}
_PERSON_READ = {"": frozenset({"name", "email", "uri", "url"})}
_AUTHORS = frozenset({"author", "creator"})
_PUBLISHED = frozenset({"pubdate", "published", "issued"})
_ADDRESSES = frozenset({"href", "src", "url"})


def pruned(root: Element, family: str, entries: list[Element]) -> Element:
    """A feed with the head of `root` and the given entries: RSS 2.0 for the family "rss",
    Atom 1.0 for "atom", whatever the dialect was.

    Some elements are rewritten so that feedparser understands them as we do: dc:date becomes
    the date of publication where nothing else is (feedparser takes it for an update), else it is
    dropped; a guid that may serve as link (an http(s) address, not declared to be no permalink)
    is repeated as a link with the relation "permalink"; rdf:about is a guid where there is none.
    """
    copier = _Copier(namespace_of(root), NAMESPACES["atom"] if family == "atom" else "")
    return copier.feed(root, family, entries)


class _Copier:
    """`own` is the namespace of the source's root, whose elements are taken for the format's own;
    `core` is the namespace that the copy's own elements get."""

    def __init__(self, own: str, core: str) -> None:
        self.own = own
        self.core = core

    def feed(self, root: Element, family: str, entries: list[Element]) -> Element:
        nsmap: dict[str | None, str] = dict(NAMESPACES.items())
        if self.core:
            nsmap[None] = self.core
        target = etree.Element(self._tag("", "feed" if family == "atom" else "rss"), nsmap=nsmap)
        _copy_scope(root, target)
        if family == "rss":
            target.set("version", "2.0")
            target = etree.SubElement(target, "channel")
        head = _ATOM_HEAD_READ if family == "atom" else _HEAD_READ
        heads = [root, *(child for child in root.iterchildren() if local_name(child) == "channel")]
        for source in heads[:2] if local_name(root) != "entry" else []:
            self._children(source, target, head)
            _copy_scope(source, target)
        for entry in entries:
            copied = etree.SubElement(target, self._tag("", "entry" if self.core else "item"))
            _copy_scope(entry, copied)
            self._entry(entry, copied)
        return target.getroottree().getroot()

    def _entry(self, source: Element, target: Element) -> None:
        self._children(source, target, _READ)
        _settle_date(target)
        _settle_description(target)
        about = source.get(f"{{{NAMESPACES['rdf']}}}about")
        if about and not any(local_name(child) in ("guid", "id") for child in target):
            etree.SubElement(target, "guid").text = about[:_MAX_LINE]
        _settle_guid(target, self._tag("", "link"))

    def _children(self, source: Element, target: Element, read: dict[str, frozenset[str]]) -> None:
        counts: Counter[tuple[str, str]] = Counter()
        for child in source.iterchildren():
            namespace = namespace_of(child)
            prefix = "" if namespace == self.own else prefix_of(namespace)
            if prefix is None:
                continue
            name = local_name(child)
            if name in read.get(prefix, ()) and counts[prefix, name] < _MOST_ALIKE:
                counts[prefix, name] += 1
                self._child(child, target, prefix, name)

    def _child(self, source: Element, parent: Element, prefix: str, name: str) -> None:
        markup = name in _MARKUP and prefix != "media"
        if markup and len(source) and _inner_count(source) <= _MOST_INNER:
            self._copy_markup(source, parent, prefix, name)
            return
        if name in _AUTHORS and not len(source):
            # feedparser looks for an address in a bare author and spoils the name beside it.
            person = etree.SubElement(parent, self._tag("", "author"))
            etree.SubElement(person, self._tag("", "name")).text = _cut(source, _MAX_LINE)
            return
        target = etree.SubElement(parent, self._tag(prefix, name))
        _copy_attributes(source, target)
        if prefix == "media" and name in ("group", "content") and len(source):
            # A thumbnail inside a medium inside a group is as deep as it gets.
            if parent.getparent() is not None and local_name(parent) != "content":
                self._children(source, target, _MEDIA_READ)
        elif prefix == "" and name == "author" and len(source):
            target.text = (source.text or "")[:_MAX_LINE]
            self._children(source, target, _PERSON_READ)
        else:
            limit = _MAX_TITLE if name == "title" else _MAX_TEXT if markup else _MAX_LINE
            target.text = "".join(source.itertext())[:limit] if len(source) else _cut(source, limit)

    def _copy_markup(self, source: Element, parent: Element, prefix: str, tag: str) -> None:
        """Unescaped markup as escaped HTML: feedparser would take an <item>, <title> or <body>
        in it for the feed's own and lose the texts of all later entries."""
        copied = copy.deepcopy(source)
        for element in copied.iter():
            _cap_attributes(element)
            name = local_name(element)
            element.tag = name if _NAME.fullmatch(name) else "span"
        etree.cleanup_namespaces(copied)
        target = etree.SubElement(parent, self._tag(prefix, tag), type="html")
        if len(copied) == 1 and copied[0].tag == "div" and not (copied.text or "").strip():
            copied = copied[0]  # RFC 4287 3.1.1.3: the div around XHTML is not part of the text
        inner = (etree.tostring(child, method="html", encoding="unicode") for child in copied)
        target.text = (html.escape(copied.text or "", quote=False) + "".join(inner))[:_MAX_TEXT]
        _copy_scope(source, target)

    def _tag(self, prefix: str, name: str) -> str:
        namespace = NAMESPACES[prefix] if prefix else self.core
        return f"{{{namespace}}}{name}" if namespace else name


def _inner_count(element: Element) -> int:
    return sum(1 for _ in islice(element.iterdescendants(), _MOST_INNER + 1))


def _cut(element: Element, limit: int) -> str | None:
    return element.text[:limit] if element.text else None


def _copy_scope(source: Element, target: Element) -> None:
    """xml:base and xml:lang, which hold for all that is inside."""
    for name in (f"{{{XML}}}base", f"{{{XML}}}lang"):
        value = source.get(name)
        if value is not None:
            target.set(name, value[:_MAX_LINE])


def _copy_attributes(source: Element, target: Element) -> None:
    for name, value in islice(source.attrib.items(), _MOST_ATTRIBUTES):
        if _is_read_attribute(str(name), value):
            target.set(str(name), value[:_MAX_LINE])


def _cap_attributes(element: Element) -> None:
    kept = {
        str(name): value
        for name, value in islice(element.attrib.items(), _MOST_ATTRIBUTES)
        if _is_read_attribute(str(name), value)
    }
    if len(kept) < len(element.attrib):
        element.attrib.clear()
        element.attrib.update(kept)


def _is_read_attribute(name: str, value: str) -> bool:
    """Not those of foreign namespaces, nor an empty address, which would resolve to the feed's.

    Recovery makes names that lxml itself refuses, such as "p:q" for an undeclared prefix.
    """
    if name.startswith((f"{{{XML}}}", f"{{{NAMESPACES['rdf']}}}")):
        name = name.partition("}")[2]
    return bool(_NAME.fullmatch(name)) and (name not in _ADDRESSES or bool(value.strip()))


def _settle_date(entry: Element) -> None:
    dates = [child for child in entry if _is(child, "dc", "date")]
    stated = any(
        local_name(child) in _PUBLISHED and prefix_of(namespace_of(child)) in ("", "dcterms")
        for child in entry
    )
    for position, date in enumerate(dates):
        if stated or position:
            entry.remove(date)
        else:
            date.tag = f"{{{NAMESPACES['dcterms']}}}issued"


def _settle_description(entry: Element) -> None:
    """dc:description stands in for a missing one; feedparser would take a second for content."""
    own = any(
        local_name(child) in ("description", "summary") and not _is(child, "dc", "description")
        for child in entry
    )
    for child in [child for child in entry if _is(child, "dc", "description")]:
        if own:
            entry.remove(child)
        own = True


def _settle_guid(entry: Element, link: str) -> None:
    for child in [child for child in entry if local_name(child) in ("guid", "id")]:
        declared = "true"
        for name, value in child.attrib.items():
            if str(name).lower() == "ispermalink":
                declared = value.strip().lower()
                del child.attrib[name]
        child.set("isPermaLink", "false")  # or feedparser rewrites it as an address
        address = (child.text or "").strip()
        if declared != "false" and address.lower().startswith(("http://", "https://")):
            etree.SubElement(entry, link, rel="permalink", href=address)


def _is(element: Element, prefix: str, name: str) -> bool:
    return local_name(element) == name and prefix_of(namespace_of(element)) == prefix
