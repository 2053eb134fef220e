"""What the tags of a page say: meta, link, title, headings, microdata, scripts.

Nothing is judged here; `metadata` and `verdict` decide what to believe. Values are plain text,
folded and without markup.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

MAX_VALUES = 500
"""How many values of one name are kept, and how many headings and times."""
MAX_VALUE = 20_000

_MARKUP = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,500}|!--[^<>]{0,500})>")
_BLOCK_MARKUP = re.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|td|tr)\b[^<>]{0,500}>", re.I)
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\ufeff\ud800-\udfff\ufffe\uffff]")
_OUTSIDE_CONTENT = frozenset(["nav", "aside", "footer"])
_TIME_SCOPE = 6
_MAX_NAME_WORDS = 5
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|autor(?:en|es|i|e|a|in)?|auteurs?|bylines?|journalists?|skribent|forfatter"
    r"|kirjoittaja|yazar(?:lar)?)/[^?#]*[^\W\d_]{2}",
    re.I,
)

Values = dict[str, list[str]]


@dataclass(frozen=True)
class Tags:
    """The tags of a page. Keys of `meta` (name, property, http-equiv, itemprop of metas) and
    `links` (rel) are in lower case; `items` are the values of microdata properties."""

    meta: Values = field(default_factory=dict)
    links: Values = field(default_factory=dict)
    items: Values = field(default_factory=dict)
    title: str | None = None
    headings: tuple[str, ...] = ()
    language: str | None = None
    json_ld: tuple[str, ...] = ()
    time: str | None = None
    bylines: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()

    def first(self, *names: str) -> str | None:
        """The first value of the first name that has one."""
        for name in names:
            if values := self.meta.get(name):
                return values[0]
        return None

    def all(self, *names: str) -> list[str]:
        """All values of the first name that has any."""
        for name in names:
            if values := self.meta.get(name):
                return values
        return []


def clean_text(text: str | None) -> str | None:
    """One line of plain text: entities resolved (twice: feeds of editors escape what is escaped),
    markup and invisible characters gone, whitespace folded; None when nothing is left."""
    if not text:
        return None
    text = text[:MAX_VALUE]
    if "&" in text:
        text = unescape(unescape(text))
    if "<" in text:
        text = _MARKUP.sub("", _BLOCK_MARKUP.sub(" ", text))
    return " ".join(_INVISIBLE.sub("", text).split()) or None


def read_tags(root: Any) -> Tags:
    """Reads all tags of a page in one pass."""
    meta: Values = {}
    links: Values = {}
    headings: list[Any] = []
    json_ld: list[str] = []
    title: str | None = None
    for element in root.iter("meta", "link", "script", "title", "h1"):
        tag = element.tag
        if tag == "meta":
            _read_meta(element, meta)
        elif tag == "link":
            _read_link(element, links)
        elif tag == "script":
            if "ld+json" in (element.get("type") or "").lower():
                json_ld.append(element.text or "")
        elif tag == "title":
            if title is None and not _in_svg(element):
                title = limited_text(element)
        elif len(headings) < MAX_VALUES:
            headings.append(element)
    texts = [limited_text(heading) for heading in headings]
    return Tags(
        meta,
        links,
        _read_items(root),
        title,
        tuple(text for text in texts if text),
        root.get("lang") or root.get("xml:lang"),
        tuple(json_ld),
        _publication_time(root, headings),
        *_read_anchors(root),
    )


def _read_meta(element: Any, meta: Values) -> None:
    content = element.get("content")
    if not content or len(content) > MAX_VALUE or not (content := content.strip()):
        return
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        if name := element.get(attribute):
            _add(meta, name, content)


def _read_link(element: Any, links: Values) -> None:
    address = (element.get("href") or "").strip()
    if address:
        _add(links, element.get("rel") or "", address)


def _add(values: Values, names: str, value: str) -> None:
    for name in names.lower().split()[:10]:
        known = values.setdefault(name, [])
        if len(known) < MAX_VALUES:
            known.append(value)


_ITEM_ATTRIBUTES = ("content", "datetime", "href", "src")


def _read_items(root: Any) -> Values:
    """Microdata (https://html.spec.whatwg.org/#microdata), except that of metas."""
    items: Values = {}
    elements: Iterable[Any] = root.xpath("//*[@itemprop][not(self::meta)]")
    for element in list(elements)[: MAX_VALUES * 2]:
        value = next((element.get(name) for name in _ITEM_ATTRIBUTES if element.get(name)), None)
        if value is None:
            named = element.find('.//*[@itemprop="name"]')
            value = limited_text(element if named is None else named)
        if value and len(value) <= MAX_VALUE:
            _add(items, element.get("itemprop") or "", value.strip())
    return items


def limited_text(element: Any, limit: int = 2_000) -> str | None:
    """The clean text of an element, or None where it is longer than a line of metadata is; then
    it is not gathered either, for elements nest and each would repeat the page."""
    pieces: list[str] = []
    room = limit
    for piece in element.itertext():
        room -= len(piece)
        if room < 0:
            return None
        pieces.append(piece)
    return clean_text("".join(pieces))


def _read_anchors(root: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Bylines and addresses of licences. A byline is the text of an anchor that is marked
    `rel=author` or leads to an author's page; the first one counts and those beside it, since
    teasers of other articles follow."""
    licenses: list[str] = []
    bylines: dict[str, None] = {}
    group: Any = None
    for element in root.iter("a"):
        rel = (element.get("rel") or "").lower().split()
        address = element.get("href") or ""
        if "license" in rel and address:
            licenses.append(address.strip())
        elif "author" in rel or _AUTHOR_PATH.search(address[:500]):
            beside = _grandparent(element)
            group = beside if group is None else group
            name = limited_text(element, 200) if beside is group else None
            if name and 2 <= len(name.split()) <= _MAX_NAME_WORDS:
                bylines[name] = None
    return tuple(bylines), tuple(licenses)


def _grandparent(element: Any) -> Any:
    parent = element.getparent()
    return parent if parent is None or parent.getparent() is None else parent.getparent()


def _in_svg(element: Any) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in ("svg", "symbol", "g")


def _publication_time(root: Any, headings: list[Any]) -> str | None:
    """The `time` next to the headline: the first in the smallest of its ancestors that has one,
    so that the times of teasers in other columns do not count."""
    marked = root.xpath("//time[@pubdate][@datetime]")
    if marked:
        return str(marked[0].get("datetime"))
    for heading in headings[:1]:
        scope = heading.getparent()
        for _ in range(_TIME_SCOPE):
            if scope is None or scope.tag in ("body", "html"):
                return None
            for time in scope.iter("time"):
                if time.get("datetime") and not _outside_content(time):
                    return str(time.get("datetime"))
            scope = scope.getparent()
    return None


def _outside_content(element: Any) -> bool:
    return any(ancestor.tag in _OUTSIDE_CONTENT for ancestor in element.iterancestors())
