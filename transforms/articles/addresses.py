"""The addresses a page states: its own canonical one, checked, and its image."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from transforms.articles.jsonld import Node, links
from transforms.articles.tags import Tags
from transforms.urls import absolute_http_url, normalize_url, registrable_domain

_NO_ARTICLE = re.compile(
    r"(?:^|/)(?:40[0-9]|50[0-9]|error|not-?found|login|signin|sign-in|subscribe|search|consent"
    r"|home|index|default)(?:\.[a-z]{2,5})?/?$",
    re.I,
)
# What a canonical address may leave out at the end of a path: another view of the same article.
_VIEW = re.compile(
    r"(?:amp|print|printable|story|full|single|mobile|comments?|page|p|all|text|[0-9]{1,2}"
    r"|index|amp\.html|[a-z]{2}|gallery|photos?|video|live)(?:\.[a-z]{2,5})?",
    re.I,
)


def canonical_url(article: Node | None, tags: Tags, page_url: str | None) -> str | None:
    """The address that the page declares as its own, absolute, or None.

    `link rel=canonical`, og:url and JSON-LD `mainEntityOfPage`/`url` are asked in this order.
    Believed only on the page's own registrable domain, and only if it can be this page: not
    the home page or a section above it, not an error, login or search page.
    """
    if page_url is None:
        return None
    candidates = [*tags.links.get("canonical", ())[:2], *tags.meta.get("og:url", ())[:1]]
    if article:
        candidates += links(article.get("mainEntityOfPage"))[:1] + links(article.get("url"))[:1]
    for candidate in candidates:
        address = absolute_http_url(page_url, candidate)
        if address and _is_plausible(address, page_url):
            return address
    return None


def _is_plausible(address: str, page_url: str) -> bool:
    domain = registrable_domain(address)
    if domain is None or domain != registrable_domain(page_url):
        return False
    try:
        parts = urlsplit(normalize_url(address))
        page = urlsplit(normalize_url(page_url))
    except ValueError:
        return False
    if (parts.path, parts.query) == (page.path, page.query):
        return True
    if not parts.path.strip("/") and not parts.query:
        return False  # the home page, and this is another one
    if _NO_ARTICLE.search(parts.path):
        return False
    return not _is_section_of(parts.path, parts.query, page.path)


def _is_section_of(path: str, query: str, page_path: str) -> bool:
    """Whether `path` lies above `page_path` and what it leaves out is more than a view."""
    if query or not page_path.startswith(path.rstrip("/") + "/"):
        return False
    left_out = [part for part in page_path[len(path.rstrip("/")) :].split("/") if part]
    return not all(_VIEW.fullmatch(part) for part in left_out)


def image_url(
    article: Node | None, tags: Tags, announced: str | None, page_url: str | None
) -> str | None:
    """The first usable address among og:image, JSON-LD image, twitter:image and the feed's."""
    for candidate in _images(article, tags, announced):
        address = absolute_http_url(page_url, candidate)
        if address:
            return address
    return None


def _images(article: Node | None, tags: Tags, announced: str | None) -> Iterable[str]:
    yield from tags.all("og:image:secure_url", "og:image", "og:image:url")[:1]
    yield from tags.all("og:image")[:1]
    if article:
        yield from links(article.get("image"))[:3]
    yield from tags.all("twitter:image", "twitter:image:src", "parsely-image-url")[:1]
    yield from links(article.get("thumbnailUrl"))[:1] if article else []
    if announced:
        yield announced
