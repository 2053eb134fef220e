"""What the parsers of all formats hand over: the fields as the feed wrote them."""

from dataclasses import dataclass
from typing import NamedTuple

MAX_ENTRIES = 5_000
"""Entries of one feed that are read; the ones after them are counted and reported."""


class Text(NamedTuple):
    """A text and whether it is HTML."""

    value: str
    is_html: bool


@dataclass(frozen=True)
class RawEntry:
    """An entry before cleaning. `links` are in order of preference, resolved where a base was
    known; `images` likewise, the best first; `licenses` are candidates."""

    links: tuple[str, ...] = ()
    guid: str | None = None
    title: Text | None = None
    summary: Text | None = None
    content_html: str | None = None
    authors: tuple[str | None, ...] = ()
    categories: tuple[str | None, ...] = ()
    published: str | None = None
    updated: str | None = None
    images: tuple[str, ...] = ()
    language: str | None = None
    licenses: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawFeed:
    """A feed with its entries in document order. `base` resolves what is still relative;
    `authors`, `language` and `licenses` hold for entries that name none. `surplus` counts the
    entries beyond MAX_ENTRIES; `damaged` says that the document was broken."""

    base: str
    entries: tuple[RawEntry, ...]
    title: Text | None = None
    language: str | None = None
    authors: tuple[str | None, ...] = ()
    licenses: tuple[str, ...] = ()
    surplus: int = 0
    damaged: bool = False


class NotAFeedError(ValueError):
    """The document is something else; the message says what ("an HTML page")."""


class MalformedFeedError(ValueError):
    """The document is a feed, or was meant to be one, and nothing of it can be read."""
