"""From a response to a tree: what kind of document it is, and parsing that stays bounded.

Every parse error is somebody's page: nothing here raises on hostile input, and the time is
linear in its size.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree, html

from transforms.charset import Decoded, charset_of, decode_html
from transforms.elements import Response

Kind = Literal["html", "text"]

MAX_CHARACTERS = 10_000_000
"""Longest document that is read; the rest is cut. libxml2 refuses a text node of 10 MB anyway."""

_HTML_TYPES = frozenset(["text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"])
_XML_TYPES = frozenset(["text/xml", "application/xml"])
_UNSTATED_TYPES = frozenset(
    ["", "application/octet-stream", "binary/octet-stream", "unknown/unknown"]
)
_SNIFFED_BYTES = 2048
_NOT_TEXT = (
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"RIFF",
    b"\x1f\x8b",
    b"%!PS",
)
_HTML_START = re.compile(
    rb"\A[\s\xef\xbb\xbf]*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|div|article|main|h1|p|table|a|br)\b",
    re.I | re.S,
)
_FEED_START = re.compile(
    rb"\A[\s\xef\xbb\xbf]*(?:<\?[^>]*>\s*)*<(?:rss|feed|rdf:RDF|urlset|svg)\b", re.I
)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

# libxml2 compares each attribute of a tag with all others: 32,000 of them cost a second.
MAX_TAGS = 100_000
"""Where a page has more start tags than this, it ends there. Real ones rarely have 10,000."""
_UNSEEN = ("script", "style", "svg", "noscript", "template")
_LONG_TAG, _SHORTER_TAG, _MANY_LONG_TAGS = 8_000, 600, 1_000_000
# A start tag to its end, quoted ">" included. The last group always matches, so nothing backtracks.
_TAG = re.compile(
    r"""<([a-zA-Z][a-zA-Z0-9]{0,20})"""
    r"""(?:[^>=]+|=[\s=]*(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z))?)*(?:>|\Z)"""
)
_TAG_OR_COMMENT = re.compile(r"<(?:!--|[a-zA-Z])")
_RAW_TEXT_END = {name: re.compile(rf"</{name}", re.I) for name in ("script", "style", "textarea")}


def document_kind(response: Response) -> Kind | None:
    """What to read a response as; None for what is no article (a PDF, an image, a feed).

    The Content-Type header decides, as in a browser, unless it is missing, means "bytes", or the
    bytes are plainly of a binary format.
    """
    start = response.body[:_SNIFFED_BYTES]
    if start.startswith(_NOT_TEXT):
        return None
    stated = (response.header("content-type") or "").partition(";")[0].strip().lower()
    if stated in _HTML_TYPES:
        return "html"
    if stated == "text/plain":
        return "html" if _HTML_START.match(start) else "text"
    if stated in _XML_TYPES or (not stated and _FEED_START.match(start)):
        return "html" if _HTML_START.match(start) else None
    if stated in _UNSTATED_TYPES:
        return _sniff(start)
    return None


def _sniff(start: bytes) -> Kind | None:
    if _HTML_START.match(start):
        return "html"
    if not start.startswith((b"\xff\xfe", b"\xfe\xff")) and _BINARY.search(start):
        return None
    return "html" if re.search(rb"<(?:html|body|p|div)\b", start, re.I) else "text"


def decode(response: Response) -> Decoded:
    """The text of a response."""
    return decode_html(response.body, charset_of(response.header("content-type")))


def parse_html(text: str) -> Any:
    """The root element (`html`) of a page, or None where there is nothing to parse.

    Comments and processing instructions are gone. libxml2 ends the document where elements are
    nested 256 deep; we end it after 100,000 tags. A tag of more than 8,000 characters loses its
    attributes.
    """
    text = _tamed(text[:MAX_CHARACTERS].replace("\0", ""))
    if not text.strip():
        return None
    # No default doctype and no id table: nobody asks for them. The encoding is what we encode to.
    parser = html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
    )
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):  # "Document is empty" and relatives
        return None
    return root if isinstance(root.tag, str) else None


@dataclass(frozen=True)
class Size:
    """How many elements a tree has and how many characters of text."""

    elements: int
    characters: int


def measure(root: Any) -> Size:
    """The size of a tree."""
    elements, characters = root.xpath("count(//*)"), root.xpath("string-length(/)")
    return Size(int(elements), int(characters))


def drop_unseen(root: Any) -> None:
    """Removes what no reader sees (scripts, styles, drawings, what stands in for scripts): half
    of the elements of some pages, so that all that is done with the tree from here on is cheaper.
    To be called once the scripts are read."""
    etree.strip_elements(root, *_UNSEEN, with_tail=False)


def _tamed(text: str) -> str:
    """The page without what makes parsers slow: too many tags, too many attributes in one."""
    starts: list[int] = []
    long: list[int] = []
    for match in _TAG.finditer(text):
        starts.append(match.start())
        if match.end() - match.start() > _SHORTER_TAG:
            long.append(match.end() - match.start())
    if len(starts) > MAX_TAGS:
        text = text[: starts[MAX_TAGS]]
    # Scripts are not told apart here, which only costs the second look.
    if max(long, default=0) <= _LONG_TAG and sum(long) < _MANY_LONG_TAGS:
        return text
    return _without_long_tags(text)


def _without_long_tags(text: str) -> str:
    """Attributes dropped from very long tags; they hold inline images and data, never prose."""
    tags = _long_tags(text)
    total = sum(end - start for start, _, end in tags)
    limit = _LONG_TAG if total < _MANY_LONG_TAGS else _SHORTER_TAG
    kept: list[str] = []
    position = 0
    for start, name_end, end in tags:
        if end - start > limit:
            kept += (text[position:name_end], ">")
            position = end
    kept.append(text[position:])
    return "".join(kept)


def _long_tags(text: str) -> list[tuple[int, int, int]]:
    """Start, end of name, end of each tag longer than the shorter limit, as a browser sees them:
    what looks like a tag in a script or a comment is none."""
    found: list[tuple[int, int, int]] = []
    position = 0
    while opening := _TAG_OR_COMMENT.search(text, position):
        tag = _TAG.match(text, opening.start())
        if tag is None:  # a comment
            closing = text.find("-->", opening.end())
            position = len(text) if closing < 0 else closing
            continue
        if tag.end() - tag.start() > _SHORTER_TAG:
            found.append((tag.start(), tag.end(1), tag.end()))
        position = tag.end()
        raw_text = _RAW_TEXT_END.get(tag[1].lower())
        if raw_text:
            end = raw_text.search(text, position)
            position = end.start() if end else len(text)
    return found
