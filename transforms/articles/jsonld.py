"""JSON-LD as the web writes it: many scripts, graphs, references, and JSON that is nearly JSON.

Only what schema.org says of news pages is read (https://schema.org/NewsArticle). Contexts are
not resolved: names are compared without prefix. All walks are iterative and capped, so that a
script of any size and depth costs bounded time.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from transforms.articles.words import words

Node = dict[str, Any]

MAX_SCRIPT_CHARACTERS = 1_000_000
"""Longest script that is read. The longest honest ones are live blogs of some 500 kB."""
MAX_NODES = 20_000

LIVE_TYPES = frozenset(["liveblogposting"])
ARTICLE_TYPES = LIVE_TYPES | words(
    """article newsarticle reportagenewsarticle analysisnewsarticle opinionnewsarticle
    backgroundnewsarticle reviewnewsarticle askpublicnewsarticle advertisercontentarticle
    satiricalarticle blogposting socialmediaposting scholarlyarticle techarticle report
    review claimreview interview"""
)
MEDIA_TYPES = words(
    """videoobject audioobject podcastepisode radioepisode tvepisode imagegallery mediagallery
    videogallery musicvideoobject broadcastevent clip"""
)
LIST_TYPES = words("collectionpage searchresultspage itemlist")
PAGE_TYPES = words("webpage itempage")

# Below these keys another thing is described, not the page.
_FOREIGN_KEYS = words(
    """itemListElement relatedLink liveBlogUpdate hasPart isPartOf isBasedOn citation comment
    review publisher author creator image thumbnail video audio associatedMedia about mentions
    potentialAction breadcrumb sourceOrganization copyrightHolder offers sharedContent
    subjectOf mainEntityOfPage"""
)

# Every alternative that begins also ends, at the latest with the text: no quadratic retries.
_STRING_OR_FLAW = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)'  # a string, kept (its bad escapes mended)
    r"|/\*.*?(?:\*/|\Z)|//[^\n\r]*"  # a comment
    r"|,(?=\s*[}\]])",  # a trailing comma
    re.S,
)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_WRAPPING = re.compile(r"\A[\s;]*(?:(?://|/\*)?\s*(?:<!--|<!\[CDATA\[)\s*(?:\*/)?\s*)+", re.I)
_WRAPPING_END = re.compile(r"(?:\s*(?://|/\*)?\s*(?:-->|\]\]>)\s*(?:\*/)?)+[\s;]*\Z", re.I)
_WRAPPING_ROOM = 100
_FLAT_FIELDS = ("headline", "datePublished", "dateModified", "isAccessibleForFree", "@type")
_TYPE_PREFIX = re.compile(r"\A(?:https?://schema\.org/|schema:)", re.I)


@dataclass(frozen=True)
class JsonLd:
    """The nodes that may describe the page, in document order, and an index by `@id` of all
    nodes. `broken` says that a script could not be read as a whole."""

    nodes: tuple[Node, ...] = ()
    by_id: dict[str, Node] = field(default_factory=dict)
    broken: bool = False

    def with_type(self, wanted: frozenset[str]) -> list[Node]:
        return [node for node in self.nodes if types(node) & wanted]

    def resolve(self, value: Any) -> Any:
        """The node that `{"@id": ...}` refers to, or the value itself."""
        if isinstance(value, dict):
            identifier = value.get("@id")
            if isinstance(identifier, str) and not ({"name", "@type", "url"} & value.keys()):
                return self.by_id.get(identifier, value)
        return value


def read_json_ld(scripts: Iterable[str]) -> JsonLd:
    """Reads the texts of all `application/ld+json` scripts of a page. Never raises."""
    nodes: list[Node] = []
    by_id: dict[str, Node] = {}
    broken = False
    budget = MAX_NODES
    for script in scripts:
        if not script or script.isspace():
            continue
        if len(script) > MAX_SCRIPT_CHARACTERS or budget <= 0:
            broken = True
            continue
        values, complete = _load(script)
        broken = broken or not complete
        budget -= _collect(values, nodes, by_id, budget)
    return JsonLd(tuple(nodes), by_id, broken)


def types(node: Node) -> frozenset[str]:
    """The types of a node in lower case, without prefix."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return frozenset(
        _TYPE_PREFIX.sub("", name).lower() for name in names[:20] if isinstance(name, str)
    )


def each(value: Any) -> list[Any]:
    """A property's values: JSON-LD writes one value as itself and several as a list."""
    if value is None:
        return []
    return value[:200] if isinstance(value, list) else [value]


def strings(value: Any) -> list[str]:
    """The strings among a property's values, language-tagged ones included, not empty."""
    found = []
    for item in each(value):
        text = item.get("@value") if isinstance(item, dict) else item
        if isinstance(text, str) and text.strip():
            found.append(text.strip())
    return found


def string(value: Any) -> str | None:
    """The first of `strings`, or None."""
    return next(iter(strings(value)), None)


def links(value: Any) -> list[str]:
    """Addresses: strings, or the `url`, `contentUrl` or `@id` of nodes."""
    found: list[str] = []
    for item in each(value):
        if isinstance(item, dict):
            for key in ("url", "contentUrl", "@id"):
                if texts := strings(item.get(key)):
                    found.append(texts[0])
                    break
        elif isinstance(item, str) and item.strip():
            found.append(item.strip())
    return found


def _load(script: str) -> tuple[list[Any], bool]:
    """The JSON values of a script and whether all of it was read."""
    text = script.strip().lstrip("\ufeff")
    text = _WRAPPING.sub("", text[:_WRAPPING_ROOM]) + text[_WRAPPING_ROOM:]
    text = text[:-_WRAPPING_ROOM] + _WRAPPING_END.sub("", text[-_WRAPPING_ROOM:])
    text = text.strip().rstrip(";")
    for attempt in (_as_is, _mended, _unescaped):
        try:
            return _decode_all(attempt(text)), True
        except (ValueError, RecursionError):
            continue
    salvaged = _salvage(text)
    return ([salvaged] if salvaged else []), False


def _as_is(text: str) -> str:
    return text


def _mended(text: str) -> str:
    """Without comments, trailing commas and escapes that JSON does not know; twice, for a comma
    may be the last thing but for a comment."""
    return _STRING_OR_FLAW.sub(_mend, _STRING_OR_FLAW.sub(_mend, text))


def _unescaped(text: str) -> str:
    """For scripts that were escaped as if they were text (`&quot;`)."""
    if "&quot;" not in text and "&#34;" not in text:
        raise ValueError("not escaped")
    return _mended(unescape(text))


def _mend(match: re.Match[str]) -> str:
    text = match[0]
    if text[0] == '"':
        return _BAD_ESCAPE.sub("", text) if "\\" in text else text
    return ""


def _decode_all(text: str) -> list[Any]:
    """All JSON values of a text, one after the other; control characters in strings are allowed."""
    decoder = json.JSONDecoder(strict=False, parse_int=float, parse_constant=_nothing)
    values: list[Any] = []
    position = 0
    while position < len(text):
        value, position = decoder.raw_decode(text, position)
        values.append(value)
        while position < len(text) and text[position] in " \t\r\n,;\ufeff":
            position += 1
    return values


def _nothing(_: str) -> None:
    """NaN and Infinity say nothing."""


def _salvage(text: str) -> Node:
    """The plain fields of a script that is beyond repair: the first value of each."""
    node: Node = {}
    for name in _FLAT_FIELDS:
        match = re.search(rf'"{name}"\s*:\s*("(?:[^"\\\n]|\\.){{1,1000}}"|true|false)', text)
        if match:
            try:
                node[name] = json.loads(match[1], strict=False)
            except ValueError:
                continue
    return node if "@type" in node else {}


def _collect(values: list[Any], nodes: list[Node], by_id: dict[str, Node], budget: int) -> int:
    """Adds the nodes among `values` to both collections; returns how many were visited."""
    visited = 0
    for node, own in _walk(values):
        visited += 1
        if visited > budget:
            break
        identifier = node.get("@id")
        if isinstance(identifier, str) and len(node) > 1:
            known = by_id.get(identifier)
            if known is None or len(known) < len(node):
                by_id[identifier] = node
        if own and "@type" in node:
            nodes.append(node)
    return visited


def _walk(values: list[Any]) -> Iterator[tuple[Node, bool]]:
    """Every node in document order, and whether it may describe the page itself."""
    stack: list[tuple[Any, bool]] = [(value, True) for value in reversed(values)]
    while stack:
        value, own = stack.pop()
        if isinstance(value, list):
            stack.extend((item, own) for item in reversed(value))
        elif isinstance(value, dict):
            yield value, own
            listing = bool(types(value) & LIST_TYPES)
            for key, child in reversed(value.items()):
                if isinstance(child, (dict, list)):
                    foreign = key in _FOREIGN_KEYS or (listing and key != "mainEntity")
                    stack.append((child, own and not foreign))
