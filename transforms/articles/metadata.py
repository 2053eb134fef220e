"""All that a page says of itself, from JSON-LD, tags and the feed, in one place.

Each field takes the first source that has a usable value; docs/extraction.md lists the order.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from transforms.articles.addresses import canonical_url, image_url
from transforms.articles.authors import read_authors
from transforms.articles.jsonld import (
    ARTICLE_TYPES,
    MEDIA_TYPES,
    JsonLd,
    Node,
    each,
    links,
    read_json_ld,
    string,
    strings,
    types,
)
from transforms.articles.languages import normalize_language
from transforms.articles.published import Dates, read_dates
from transforms.articles.rights import ai_opt_out, is_accessible_for_free, license_of
from transforms.articles.tags import Tags, clean_text
from transforms.articles.titles import (
    MAX_TITLE,
    choose_heading,
    fold,
    is_site_name,
    shorten,
    site_names,
    strip_site,
)
from transforms.elements import Page
from transforms.urls import normalize_url, registrable_domain

MAX_KEYWORDS = 100
_MAX_KEYWORD, _MAX_DESCRIPTION = 120, 5_000
_ADDRESS = re.compile(r"https?://|www\.", re.I)
_KEYWORD_PREFIX = re.compile(r"\A(?:tag|tags|keyword|topic|section|subject|type)\s?:\s*", re.I)


@dataclass(frozen=True)
class Metadata:
    """The fields of an Article that come from tags and the feed; None where nothing is stated."""

    title: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    section: str | None = None
    image_url: str | None = None
    canonical_url: str | None = None
    source_name: str | None = None
    language_declared: str | None = None
    is_accessible_for_free: bool | None = None
    ai_opt_out: bool | None = None
    license: str | None = None
    dates: Dates = field(default_factory=Dates)
    warnings: tuple[str, ...] = ()


def read_metadata(
    page: Page, tags: Tags, json_ld: JsonLd, article: Node | None, now: datetime
) -> Metadata:
    """The metadata of a page. `article` is the node that describes it (`choose_article`)."""
    entry, response = page.entry, page.response
    url = response.final_url if response else entry.url
    source = _source_name(page, tags, article, json_ld)
    publisher = _publisher(article, json_ld)
    domain = registrable_domain(url) if url else None
    sites = site_names(
        [source, publisher, tags.first("og:site_name"), tags.first("application-name"),
         entry.feed.name, *(known.name for known in entry.announcements)],
        domain,
    )  # fmt: skip
    return Metadata(
        title=_title(article, tags, entry.title, sites),
        description=_description(article, tags, entry.summary),
        authors=read_authors(article, json_ld, tags, entry.authors, sites),
        keywords=_keywords(article, tags, entry.categories),
        section=_section(article, tags),
        image_url=image_url(article, tags, entry.image_url, url),
        canonical_url=canonical_url(article, tags, response.final_url if response else None),
        source_name=source,
        language_declared=_language(page, tags, article, json_ld),
        is_accessible_for_free=is_accessible_for_free(article, tags),
        ai_opt_out=ai_opt_out(tags, response),
        license=license_of(article, tags, entry.license),
        dates=read_dates(article, json_ld, tags, entry, url, now),
        warnings=("broken_json_ld",) if json_ld.broken else (),
    )


def json_ld_of(tags: Tags) -> JsonLd:
    """The JSON-LD of a page."""
    return read_json_ld(tags.json_ld)


def choose_article(json_ld: JsonLd, tags: Tags, urls: Iterable[str | None]) -> Node | None:
    """The node that describes this page, or None.

    Among article nodes the one whose address is the page's wins, then the one whose headline is
    a title of the page, then, if there is just one, that one. Of several that match nothing
    (teasers of a section page) none is taken. Without article nodes a video or gallery may be it.
    """
    for wanted in (ARTICLE_TYPES, MEDIA_TYPES):
        nodes = json_ld.with_type(wanted)
        if not nodes:
            continue
        addresses = _addresses([*urls, *tags.links.get("canonical", ())[:1], tags.first("og:url")])
        titles = [fold(t) for t in (tags.first("og:title"), tags.title, *tags.headings[:3]) if t]
        scored = [(_match(node, addresses, titles), -i, node) for i, node in enumerate(nodes[:200])]
        score, _, best = max(scored, key=_score)
        if score > 0 or len(nodes) == 1:
            return best
    return None


def _score(item: tuple[int, int, Node]) -> tuple[int, int]:
    return item[:2]


def _match(node: Node, addresses: frozenset[str], titles: list[str]) -> int:
    stated = links(node.get("url"))[:1] + links(node.get("mainEntityOfPage"))[:1]
    stated += strings(node.get("@id"))
    score = 4 if _addresses(stated) & addresses else 0
    headline = fold(clean_text(string(node.get("headline")) or string(node.get("name"))) or "")
    if headline and any(headline in title or title in headline for title in titles):
        score += 2
    # Yoast and others state the same article twice: as WebPage-like Article and as NewsArticle.
    return score + (1 if score and node.get("datePublished") and headline else 0)


def _addresses(urls: Iterable[str | None]) -> frozenset[str]:
    found = set()
    for url in urls:
        try:
            normalised = normalize_url((url or "").partition("#")[0])
        except ValueError:
            continue
        found.add(normalised)
    return frozenset(found)


def _title(
    article: Node | None, tags: Tags, announced: str | None, sites: frozenset[str]
) -> str | None:
    names = [string(article.get(key)) for key in ("headline", "name")] if article else []
    stated = [clean_text(name) for name in names]
    stated += [clean_text(text) for text in tags.items.get("headline", ())[:1]]
    social = clean_text(tags.first("og:title", "twitter:title"))
    heading = choose_heading(tags.headings, [*stated, social, tags.title])
    others = [heading, social, tags.title]
    site: str | None = None
    for candidate in (*stated, social, heading, tags.title, clean_text(announced)):
        if not candidate or len(candidate) > MAX_TITLE or _ADDRESS.match(candidate):
            continue
        title = strip_site(shorten(candidate, others), sites)
        if not is_site_name(title, sites):
            return title
        site = site or title
    return site  # the title of a home page, or a site that calls itself like its article


def _description(article: Node | None, tags: Tags, announced: str | None) -> str | None:
    candidates = [string(article.get("description"))] if article else []
    candidates.append(tags.first("og:description", "description", "twitter:description"))
    candidates += [tags.first("dc.description", "dcterms.abstract"), announced]
    for candidate in candidates:
        text = clean_text(candidate)
        if text and any(map(str.isalnum, text)):
            return text[:_MAX_DESCRIPTION].rstrip()
    return None


def _keywords(article: Node | None, tags: Tags, announced: Iterable[str]) -> tuple[str, ...]:
    for values in _keyword_sources(article, tags, announced):
        seen: dict[str, str] = {}
        for value in values:
            for word in _split_keywords(value):
                seen.setdefault(fold(word), word)
        if seen:
            return tuple(seen.values())[:MAX_KEYWORDS]
    return ()


def _keyword_sources(
    article: Node | None, tags: Tags, announced: Iterable[str]
) -> Iterator[Iterable[str]]:
    if article:
        stated = article.get("keywords")
        named = [item.get("name") for item in each(stated) if isinstance(item, dict)]
        yield [*strings(stated), *strings(named)]
    for name in (
        "news_keywords", "article:tag", "og:article:tag", "keywords", "parsely-tags",
        "sailthru.tags", "dc.subject",
    ):  # fmt: skip
        yield tags.meta.get(name, ())
    yield tags.items.get("keywords", ())
    yield announced


def _split_keywords(text: str) -> Iterator[str]:
    for separator in (";", "|", "，", "、", "،"):
        if separator in text and "," not in text:
            text = text.replace(separator, ",")
    for part in text.split(","):
        word = _KEYWORD_PREFIX.sub("", clean_text(part) or "").strip(" \"'#")
        if fold(word) and len(word) <= _MAX_KEYWORD and "://" not in word:
            yield word


def _section(article: Node | None, tags: Tags) -> str | None:
    candidates = strings(article.get("articleSection"))[:1] if article else []
    for name in (
        "article:section",
        "og:article:section",
        "section",
        "parsely-section",
        "cxenseparse:category",
    ):
        candidates += tags.meta.get(name, ())[:1]
    candidates += tags.items.get("articlesection", ())[:1]
    for candidate in candidates:
        text = clean_text(candidate)
        if text and len(text) <= _MAX_KEYWORD and "://" not in text:
            return text
    return None


def _publisher(article: Node | None, json_ld: JsonLd) -> str | None:
    for value in each((article or {}).get("publisher")):
        node = json_ld.resolve(value)
        name = string(node.get("name")) if isinstance(node, dict) else string(node)
        if text := clean_text(name):
            return text if len(text) <= _MAX_KEYWORD else None
    return None


def _source_name(page: Page, tags: Tags, article: Node | None, json_ld: JsonLd) -> str | None:
    announced = (known.name for known in page.entry.announcements)
    for candidate in (
        tags.first("og:site_name"), _publisher(article, json_ld), tags.first("application-name"),
        page.entry.feed.name, *announced,
    ):  # fmt: skip
        text = clean_text(candidate)
        if text and len(text) <= _MAX_KEYWORD and fold(text) and not _ADDRESS.match(text):
            return text
    return None


def _language(page: Page, tags: Tags, article: Node | None, json_ld: JsonLd) -> str | None:
    entry, response = page.entry, page.response
    pages = [node for node in json_ld.nodes if "webpage" in types(node)][:1]
    stated = [
        _name_of_language(node.get("inLanguage")) for node in ([article] if article else []) + pages
    ]
    candidates = [
        tags.language, tags.first("content-language"),
        response.header("content-language") if response else None,
        tags.first("og:locale"), *stated, tags.first("dc.language", "language"),
        entry.language, entry.feed.language,
    ]  # fmt: skip
    found = (normalize_language(candidate) for candidate in candidates)
    return next((language for language in found if language), None)


def _name_of_language(value: object) -> str | None:
    for item in each(value):
        if isinstance(item, dict):
            return string(item.get("alternateName")) or string(item.get("name"))
    return string(value)
