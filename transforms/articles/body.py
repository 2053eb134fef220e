"""The running text of a page.

trafilatura finds the text; what is kept of it is rendered here, as plain paragraphs. Its fast
precise mode comes first; the slower modes are asked only where that found little. Numbers for
each setting: benchmarks/extraction.py.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any, Literal

import trafilatura
from lxml import etree
from trafilatura.settings import Extractor

from transforms.articles.document import Size
from transforms.articles.jsonld import Node, string
from transforms.articles.published import trafilatura_lock
from transforms.articles.tags import clean_text
from transforms.articles.titles import fold
from transforms.articles.words import words

# They warn about every page without text; the verdict says that.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

Method = Literal["trafilatura", "json-ld", "paragraphs", "feed", "text"]

TRAFILATURA_VERSION: str = trafilatura.__version__
MAX_SIZE = Size(elements=20_000, characters=1_500_000)
"""Largest page that trafilatura sees, and largest that its slow mode sees: its time grows faster
than the page, by the square in the slow mode. The largest of 164 news pages has 3,946 elements and
150,000 characters."""
MAX_SIZE_SLOW = Size(elements=6_000, characters=500_000)
MAX_BODY = 1_000_000
"""Longest body in code points; what follows is cut at a paragraph (or a word)."""

# Paragraphs start and end at these; all else is inline. trafilatura's names and HTML's.
_BLOCKS = words(
    """p head item quote row table list lb graphic code pre div section article main header footer
    h1 h2 h3 h4 h5 h6 li ul ol dl dt dd tr tbody thead blockquote br hr figure figcaption
    address details summary center body html"""
)
_LITTLE = 250
_SHARE = 0.8
_SHORT_PARAGRAPH = 40
_CELLS = frozenset(["cell", "td", "th"])
_SILENT = words(
    """script style noscript template iframe object embed svg math form button select textarea
    input video audio canvas nav head_ title meta link figcaption"""
)
_REMOVED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)
_LETTERS_OF_MEANING = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


@dataclass(frozen=True)
class Body:
    """`text` obeys the rules of `clean_body`, or is None. `warnings`: "oversize_page" (read
    without trafilatura), "body_truncated"."""

    text: str | None
    method: Method
    warnings: tuple[str, ...] = ()


def clean_body(paragraphs: Iterable[str]) -> str:
    r"""Paragraphs as one text: separated by one "\n", none empty, whitespace folded to single
    spaces (no-break and line separators too), without controls, surrogates, noncharacters, soft
    hyphens, zero-width spaces and byte order marks.

    All other code points stay as the page wrote them: no Unicode normalisation, and joiners and
    direction marks remain, since Persian, Hindi or emoji change without them.
    """
    lines = (" ".join(_REMOVED.sub("", paragraph).split()) for paragraph in paragraphs)
    return "\n".join(line for line in lines if line)


def amount(text: str | None) -> int:
    """How much a text says, in letters of an alphabet: a Han, Kana or Hangul character counts
    as three. Limits in this package are in this unit."""
    if not text:
        return 0
    if text.isascii():
        return len(text)
    return len(text) + 2 * len(_LETTERS_OF_MEANING.findall(text))


def extract_body(root: Any, size: Size, article: Node | None) -> Body:
    """The body of a page. `size` is that of `root`, which stays as it is; `article` is the JSON-LD
    node that describes the page."""
    if _exceeds(size, MAX_SIZE):
        text, truncated = _limited(clean_body(_largest_column(root)))
        return Body(text, "paragraphs", ("oversize_page", *truncated))
    columns = _columns(root)
    text = _trafilatura(root, fast=True)
    # An article that is cut in pieces by advertisements: the piece that was found is joined with
    # those built like it. 3 of 164 pages; F1 of the three .46 -> .97 (benchmarks/extraction.py).
    pieces = _pieces(columns)
    if amount(text) < _SHARE * sum(columns[piece] for piece in pieces) and _is_from(pieces, text):
        text = _trafilatura(_joined(root, pieces), fast=True)
    # Retry where much was missed: nearly nothing found, or one column of paragraphs outweighs it.
    missed = amount(text) < max(_LITTLE, _SHARE * max(columns.values(), default=0))
    if missed and not _exceeds(size, MAX_SIZE_SLOW):
        second = _trafilatura(root, fast=False)
        # It may be the whole page in one piece; little is better than that.
        if amount(second) > 2 * amount(text):
            text = second
    method: Method = "trafilatura"
    stated = _stated_body(article)
    if amount(text) < _LITTLE and amount(stated) > 2 * amount(text):
        text, method = stated, "json-ld"
    limited, truncated = _limited(text)
    return Body(limited, method, truncated)


def _exceeds(size: Size, limit: Size) -> bool:
    return size.elements > limit.elements or size.characters > limit.characters


def feed_body(root: Any) -> Body:
    """The body of the content that a feed carries: all of it, for nothing else is in it."""
    text, truncated = _limited(clean_body(render(root)))
    return Body(text, "feed", truncated)


def text_body(text: str) -> Body:
    """The body of a plain text document: paragraphs are set apart by empty lines, or are lines
    where there is no empty one."""
    paragraphs = re.split(r"\n[ \t\r]*\n", text) if re.search(r"\n[ \t\r]*\n", text) else [text]
    if len(paragraphs) == 1:
        paragraphs = text.splitlines()
    limited, truncated = _limited(clean_body(paragraphs))
    return Body(limited, "text", truncated)


def without_headline(body: str | None, title: str | None) -> str | None:
    """The body without first lines that only repeat the headline."""
    if not body or not title:
        return body
    headline = fold(title)
    while headline:
        first, _, rest = body.partition("\n")
        if len(first) > 2 * len(title) + 20 or fold(first) != headline:
            break
        if not rest:
            return None
        body = rest
    return body


def render(root: Any) -> Iterator[str]:
    """The paragraphs of a tree, of trafilatura's or of HTML: one per block; the cells of a table
    row make one paragraph. Iterative, for trees are as deep as their authors like."""
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _BLOCKS:
            if pieces:
                yield "".join(pieces)
                pieces = []
        elif tag in _CELLS:
            pieces.append(" ")
        if event == "start":
            if tag in _SILENT or not tag:
                walk.skip_subtree()
            elif element.text:
                pieces.append(element.text)
        elif element.tail and element is not root:
            pieces.append(element.tail)
    if pieces:
        yield "".join(pieces)


def _trafilatura(root: Any, fast: bool) -> str:
    """trafilatura's choice as clean paragraphs, "" when it finds nothing or breaks.

    fast: its precise mode without other extractors; else its balanced mode with all of them.
    The "xml" format keeps it from also rendering the text itself.
    """
    options = Extractor(output_format="xml", fast=fast, precision=fast, comments=False)
    with trafilatura_lock:
        try:
            # It copies the tree it is given before it changes anything.
            document = trafilatura.bare_extraction(root, options=options)
        except Exception:  # any page may break it (RecursionError, IndexError, ...)
            return ""
        found = getattr(document, "body", None)
        return "" if found is None else clean_body(render(found))


def _stated_body(article: Node | None) -> str:
    """`articleBody` of the JSON-LD."""
    stated = string((article or {}).get("articleBody"))
    if not stated:
        return ""
    lines = (clean_text(line) for line in re.split(r"\n|<(?:br|/p|/div)\b[^<>]{0,200}>", stated))
    return clean_body(line for line in lines if line)


def _columns(root: Any) -> dict[Any, int]:
    """The elements that hold paragraphs, and the amount of unlinked text in each one's own."""
    sizes: dict[Any, int] = {}
    for paragraph in root.iter("p"):
        size = amount("".join(paragraph.itertext()).strip())
        size -= sum(amount(link.text) for link in paragraph.iter("a"))
        if size > _SHORT_PARAGRAPH:
            parent = paragraph.getparent()
            sizes[parent] = sizes.get(parent, 0) + size
    return sizes


def _largest_column(root: Any) -> Iterator[str]:
    """The paragraphs of the element with most of them."""
    columns = _columns(root)
    if columns:
        for paragraph in max(columns, key=columns.__getitem__).iterchildren("p"):
            yield from render(paragraph)


def _pieces(columns: dict[Any, int]) -> list[Any]:
    """The largest group of columns built alike (tag and class, their own and of what wraps them)
    side by side, in document order; empty when no two are."""
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for column in columns:
        wrapper = column.getparent()
        name = column.get("class")
        if name is None or wrapper is None:
            continue
        groups.setdefault((column.tag, name, wrapper), []).append(column)
        outer = wrapper.getparent()
        if outer is not None:
            key = (column.tag, name, wrapper.tag, wrapper.get("class"), outer)
            groups.setdefault(key, []).append(column)
    sizes = [sum(columns[column] for column in group) for group in groups.values()]
    if not sizes:
        return []
    pieces = list(groups.values())[sizes.index(max(sizes))]
    return pieces if len(pieces) > 1 else []


def _is_from(pieces: list[Any], text: str) -> bool:
    """Whether a paragraph of some piece is part of the text: else they are comments or teasers."""
    found = text.split("\n")
    lines = (clean_body(render(p)) for piece in pieces for p in piece.iterchildren("p"))
    return any(len(line) > _SHORT_PARAGRAPH and line in found for line in lines)


def _joined(root: Any, pieces: list[Any]) -> Any:
    """A copy of the tree in which the first piece holds the children of all."""
    wanted = set(pieces)
    places = [place for place, element in enumerate(root.iter()) if element in wanted]
    copied = copy(root)
    elements = list(copied.iter())
    first, *others = [elements[place] for place in places]
    for other in others:
        first.extend(list(other))
    return copied


def _limited(text: str) -> tuple[str | None, tuple[str, ...]]:
    if len(text) <= MAX_BODY:
        return text or None, ()
    cut = max(text.rfind("\n", MAX_BODY // 2, MAX_BODY), 0) or text.rfind(" ", 0, MAX_BODY)
    return text[: cut if cut > 0 else MAX_BODY].strip(), ("body_truncated",)
