"""ExtractArticles: page -> article.

bytes -> text (charset) -> tree -> tags, JSON-LD -> body -> metadata -> verdict
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import apache_beam as beam

from transforms.articles.body import (
    TRAFILATURA_VERSION,
    Body,
    extract_body,
    feed_body,
    text_body,
    without_headline,
)
from transforms.articles.document import (
    MAX_CHARACTERS,
    Size,
    decode,
    document_kind,
    drop_unseen,
    measure,
    parse_html,
)
from transforms.articles.jsonld import JsonLd, Node
from transforms.articles.metadata import choose_article, json_ld_of, read_metadata
from transforms.articles.published import Dates, date_in_text
from transforms.articles.tags import Tags, read_tags
from transforms.articles.verdict import Evidence, judge
from transforms.elements import Article, FetchInfo, Page, Response, Verdict
from transforms.failures import Failure, Settled
from transforms.stages import StageFunction, run_stage

STAGE = "ExtractArticles"
_WALLS = ("consent", "challenge")
_MAX_CONTENT_TYPE = 200


class ExtractArticles(beam.PTransform):
    """PCollection[Page] -> Outcome of Article; a page that is no text is settled as skipped."""

    def expand(self, pages: beam.PCollection[Page]) -> Any:
        return run_stage(pages, STAGE, _load, Article)


def _load() -> StageFunction:
    return extract_article


def extract_article(page: Page) -> Iterator[Article | Failure | Settled]:
    """The article of a page: exactly one result. Never raises on what a page holds.

    A page without response is one whose feed carried the content (`Feed.full_content`). A
    response that is neither HTML nor plain text is Settled as skipped ("content_type").
    """
    response, entry = page.response, page.entry
    if response is None:
        yield _from_feed(page)
        return
    kind = document_kind(response)
    if kind is None:
        entries = len(entry.announcements)
        yield Settled("skipped", entries, "content_type", entry.key, entry.url)
        return
    decoded = decode(response)
    if kind == "text":
        body = text_body(decoded.text[:MAX_CHARACTERS])
        yield _article(page, body, Tags(), JsonLd(), None, None, decoded.warnings)
    else:
        yield _from_html(page, response, decoded.text, decoded.warnings)


def _from_feed(page: Page) -> Article:
    root = parse_html(f"<html><body><div>{page.entry.content_html or ''}</div></body></html>")
    body = feed_body(root) if root is not None else Body(None, "feed")
    return _article(page, body, Tags(), JsonLd(), None, None, ())


def _from_html(page: Page, response: Response, text: str, warnings: tuple[str, ...]) -> Article:
    root = parse_html(text)
    if root is None:
        return _article(page, Body(None, "trafilatura"), Tags(), JsonLd(), None, None, warnings)
    tags = read_tags(root)
    json_ld = json_ld_of(tags)
    article = choose_article(json_ld, tags, (response.final_url, page.entry.url))
    drop_unseen(root)
    size = measure(root)
    body = extract_body(root, size, article)
    made = _article(page, body, tags, json_ld, article, (root, size), warnings)
    verdict = judge(
        Evidence(
            root, text, response.final_url, page.entry.url, tags, json_ld, article, made.body,
            made.is_accessible_for_free,
        )
    )  # fmt: skip
    return _judged(made, verdict)


def _judged(article: Article, verdict: Verdict) -> Article:
    """A wall stands before the article: what it says of itself is not the article's, what the
    feed says is."""
    if verdict not in _WALLS:
        return replace(article, verdict=verdict)
    entry = article.entry
    return replace(
        article,
        verdict=verdict,
        title=entry.title or article.title,
        description=entry.summary,
        body=None,
        authors=entry.authors,
        keywords=entry.categories,
        section=None,
        image_url=entry.image_url,
        canonical_url=None,
        published_at=entry.published_at,
        published_at_source="feed" if entry.published_at else None,
        modified_at=None,
    )


def _article(
    page: Page,
    body: Body,
    tags: Tags,
    json_ld: JsonLd,
    node: Node | None,
    tree: tuple[Any, Size] | None,
    warnings: tuple[str, ...],
) -> Article:
    """The article with everything but a verdict on its page."""
    response, entry = page.response, page.entry
    fetched_at = response.fetched_at if response else entry.announced_at
    metadata = read_metadata(page, tags, json_ld, node, fetched_at)
    dates = _with_text_date(metadata.dates, tree, fetched_at)
    text = without_headline(body.text, metadata.title)
    found = {*warnings, *entry.warnings, *body.warnings, *metadata.warnings, *dates.warnings}
    return Article(
        entry=entry,
        fetched_at=fetched_at,
        verdict="article" if text else "empty",
        final_url=response.final_url if response else None,
        canonical_url=metadata.canonical_url,
        source_name=metadata.source_name,
        title=metadata.title,
        description=metadata.description,
        body=text,
        authors=metadata.authors,
        keywords=metadata.keywords,
        section=metadata.section,
        image_url=metadata.image_url,
        published_at=dates.published_at,
        published_at_source=dates.published_at_source,
        modified_at=dates.modified_at,
        language_declared=metadata.language_declared,
        is_accessible_for_free=metadata.is_accessible_for_free,
        robots_allowed=page.robots_allowed,
        ai_opt_out=page.robots_ai_opt_out or metadata.ai_opt_out,
        license=metadata.license,
        extraction_method=body.method,
        extraction_version=TRAFILATURA_VERSION,
        warnings=tuple(sorted(found)),
        fetch=_fetch_info(response) if response else None,
    )


def _with_text_date(dates: Dates, tree: tuple[Any, Size] | None, now: datetime) -> Dates:
    if dates.published_at is not None or tree is None:
        return dates
    moment = date_in_text(*tree, now)
    return replace(dates, published_at=moment, published_at_source="text") if moment else dates


def _fetch_info(response: Response) -> FetchInfo:
    return FetchInfo(
        response.status,
        (response.header("content-type") or "")[:_MAX_CONTENT_TYPE] or None,
        len(response.body),
        response.elapsed_ms,
        response.redirects,
    )
