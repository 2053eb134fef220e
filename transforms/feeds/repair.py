"""Broken XML made well-formed, in one linear pass.

Half of the broken feeds have a bare `&`, an HTML entity or a piece of unescaped HTML in them, and
the rest end in the middle. libxml2's recovery loses such text, or nests every later entry in
the first broken one; SGML-style parsers take quadratic time on hostile input. So the tags are
read one by one: every `<` and `&` that is not markup is escaped, unclosed elements are closed
where an enclosing one ends, end tags that close nothing are dropped.
"""

import html.entities
import re
from collections import Counter
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from transforms.feeds.namespaces import NAMESPACES, PREFIXES

MAX_DEPTH = 200
"""Elements nested deeper are dropped, their text stays. libxml2 stops at 256."""

_MAX_ATTRIBUTES = 20_000  # characters of one tag's attributes that are looked at

_NAME = r"[A-Za-z_\u00c0-\ufffd][\w.\-\u00b7]{0,99}"
_TOKEN = re.compile(
    rf"<(?P<slash>/?)(?P<name>(?:{_NAME}:)?{_NAME})(?=[\s/>])"
    r"(?P<attributes>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*'){0,20000}>|[^<>]*>)"
    r"|<(?P<special>!--|!\[CDATA\[|[?!])"
)
_ATTRIBUTE = re.compile(
    rf"((?:{_NAME}:)?{_NAME})\s{{0,64}}=\s{{0,64}}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
)
_DECLARES = re.compile(rf"\sxmlns:({_NAME})\s{{0,64}}=")
_REFERENCE = re.compile(
    r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{0,31}));|[<>]+|&"
)
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "wbr", "area", "embed", "param"})
_ENTRIES = frozenset({"item", "entry"})
_PROSE = frozenset({"description", "summary", "content", "encoded", "body"})
_CLOSERS = {"!--": "-->", "![CDATA[": "]]>", "?": "?>", "!": ">"}


class Repaired(NamedTuple):
    """Well-formed XML and whether elements had to be closed or dropped to make it so."""

    text: str
    damaged: bool


def repair(text: str) -> Repaired:
    """`text`, from the root's start tag on, as well-formed XML.

    Text at the end of a document that was cut off is kept in prose only: half a link is a
    wrong link.
    """
    return _Repairer(text).run()


class _Repairer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.output: list[str] = []
        self.open: list[str] = []
        self.open_counts: Counter[str] = Counter()
        self.damaged = False
        self.finished = False
        self.declared = set(_DECLARES.findall(text[:1_000_000])) | {"xml"}
        self.unclosed: set[str] = set()  # closers that do not occur in the rest

    def run(self) -> Repaired:
        position = 0
        while match := _TOKEN.search(self.text, position):
            self._text(self.text[position : match.start()])
            if match["special"]:
                position = self._special(match["special"], match.end())
            else:
                position = match.end()
                self._tag(match)
            if self.finished:
                break
        self._finish(self.text[position:])
        return Repaired("".join(self.output), self.damaged)

    def _text(self, text: str) -> None:
        if text and self.open:
            self.output.append(_REFERENCE.sub(_escaped, text))

    def _special(self, opener: str, position: int) -> int:
        """Comments, declarations and instructions go; CDATA stays."""
        closer = _CLOSERS[opener]
        end = -1 if closer in self.unclosed else self.text.find(closer, position)
        if end < 0:
            self.unclosed.add(closer)
            self.damaged = True
            return position
        if opener == "![CDATA[" and self.open:
            self.output.append(f"<![CDATA[{self.text[position:end]}]]>")
        return end + len(closer)

    def _tag(self, match: re.Match[str]) -> None:
        name = match["name"]
        local = name.rpartition(":")[2].lower()
        if match["slash"]:
            self._end(name)
            return
        attributes = match["attributes"][:-1]
        empty = attributes.endswith("/") or (":" not in name and local in _VOID)
        if local in _ENTRIES and self.open_counts[name]:
            self.damaged = True
            self._close(name)
        if len(self.open) >= MAX_DEPTH:
            self.damaged = True
            return
        root = not self.open
        self.output.append(
            f"<{self._declared(name)}{self._attributes(attributes, root)}{'/' if empty else ''}>"
        )
        if not empty:
            self.open.append(name)
            self.open_counts[name] += 1
        self.finished = root and empty

    def _end(self, name: str) -> None:
        if not self.open_counts[name]:
            self.damaged = self.damaged or name.lower() not in _VOID
            return
        self.damaged = self.damaged or self.open[-1] != name
        self._close(name)
        self.finished = not self.open

    def _close(self, name: str) -> None:
        """Closes the innermost `name` and all that is open inside it."""
        while True:
            last = self.open.pop()
            self.open_counts[last] -= 1
            self.output.append(f"</{self._declared(last)}>")
            if last == name:
                return

    def _finish(self, rest: str) -> None:
        if not self.open:
            return
        self.damaged = True
        if any(name.rpartition(":")[2].lower() in _PROSE for name in self.open):
            self._text(rest.rpartition("<")[0] or rest)
        while self.open:
            self._close(self.open[-1])

    def _declared(self, name: str) -> str:
        """A name with an unknown prefix becomes one name that means nothing."""
        prefix, colon, local = name.partition(":")
        if not colon or prefix in self.declared or prefix in PREFIXES:
            return name
        return f"{prefix}_{local}"

    def _attributes(self, text: str, root: bool) -> str:
        found: dict[str, str] = {}
        for name, double, single, bare in _ATTRIBUTE.findall(text[:_MAX_ATTRIBUTES]):
            prefix, colon, _ = name.partition(":")
            value = double or single or bare
            if name.startswith("xmlns"):
                value = "".join(value.split())
            known = not colon or prefix in ("xml", "xmlns") or prefix in self.declared
            if prefix == "xmlns" and not value:
                continue
            if known or prefix in PREFIXES:
                found.setdefault(name, value)
        if root:
            for prefix, namespace in NAMESPACES.items():
                if prefix not in self.declared:
                    found.setdefault(f"xmlns:{prefix}", namespace)
        return "".join(f" {name}={quoteattr(_unescaped(value))}" for name, value in found.items())


def _unescaped(value: str) -> str:
    """An attribute's value as it was meant."""
    return _REFERENCE.sub(_character, value)


def _escaped(match: re.Match[str]) -> str:
    if match[3] in _XML_ENTITIES:
        return match[0]
    return escape(_character(match))


def _character(match: re.Match[str]) -> str:
    """What a reference stands for; a bare `&` or an unknown name stands for itself."""
    decimal, hexadecimal, name = match.groups()
    if name:
        return html.entities.html5.get(f"{name};", match[0])
    if not decimal and not hexadecimal:
        return match[0]
    return character(int(decimal) if decimal else int(hexadecimal, 16))


def character(code: int) -> str:
    """The character of a numeric reference, as HTML reads it (0x80 to 0x9f are windows-1252), or
    "" where XML knows none."""
    if 0x80 <= code <= 0x9F:
        return bytes([code]).decode("windows-1252", "ignore")
    legal = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    return chr(code) if legal or 0x10000 <= code <= 0x10FFFF else ""
