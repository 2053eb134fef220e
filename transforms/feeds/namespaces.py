"""The XML namespaces of feeds, and the names of their elements."""

from typing import TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element

ATOM = "http://www.w3.org/2005/atom"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
MEDIA = "http://search.yahoo.com/mrss/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XHTML = "http://www.w3.org/1999/xhtml"
XML = "http://www.w3.org/XML/1998/namespace"

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "cc": "http://web.resource.org/cc/",
    "content": CONTENT,
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "dc": DC,
    "dcterms": DCTERMS,
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "media": MEDIA,
    "rdf": RDF,
    "xhtml": XHTML,
}
"""Prefixes that are understood even where a feed forgets to declare them."""

PREFIXES = frozenset(NAMESPACES)

CORE = frozenset(
    [
        "",
        ATOM,
        "http://purl.org/atom/ns#",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://my.netscape.com/publish/formats/rss-0.91.dtd",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://channel.netscape.com/rdf/simple/0.9/",
        "http://purl.org/net/rss1.1#",
    ]
)
"""The namespaces of RSS and Atom themselves, in lower case."""

_PREFIX_OF = {namespace.lower(): prefix for prefix, namespace in NAMESPACES.items()} | {
    "http://search.yahoo.com/mrss": "media",
    "http://creativecommons.org/ns#": "cc",
    "http://creativecommons.org/ns#license": "cc",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativeCommons",
}


def prefix_of(namespace: str) -> str | None:
    """The usual prefix of a namespace: "" for RSS and Atom, None for one that is not read."""
    lower = namespace.lower()
    if lower in CORE or "backend.userland.com/rss" in lower:
        return ""
    return _PREFIX_OF.get(lower)


def local_name(element: Element) -> str:
    """The name without its namespace, in lower case: feeds write pubdate and pubDate."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def namespace_of(element: Element) -> str:
    """The namespace of an element, "" for none."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""
