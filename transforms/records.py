"""The written rows: Arrow schemas of `articles` and `failures`, and how elements become rows.

Timestamps are UTC microseconds. Offsets are half-open, in Unicode code points of `body`.
Missing is null, never "". `SCHEMA_VERSION` grows when fields are added; none is ever removed
or changes its type. docs/records.md is generated from the schemas and `FIELD_NOTES`.
"""

import hashlib
import pickle
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import apache_beam as beam
import pyarrow as pa
import zstandard

from transforms.elements import Article
from transforms.enrichment import enrichment
from transforms.failures import Failure
from transforms.stages import StageFunction, run_stage
from transforms.urls import article_id, normalize_url, registrable_domain

SCHEMA_VERSION = "1.0"

# Word by word, since one character may unfold to 18 (NFKC of U+FDFA), and a body has a million.
_WORD = re.compile(r"\S{1,1000}")

NewsRecord = dict[str, Any]
"""A row of `articles`: the keys of RECORD_SCHEMA with plain Python values."""

_TIMESTAMP = pa.timestamp("us", tz="UTC")
_STRINGS = pa.list_(pa.string())
_SPAN = [("text", pa.string()), ("start", pa.int32()), ("end", pa.int32())]
_LINKED_SPAN = [*_SPAN, ("entity_id", pa.string())]
_PARTY = pa.struct([("kind", pa.string()), *_LINKED_SPAN])

RECORD_SCHEMA = pa.schema(
    [
        ("article_id", pa.string()),
        ("content_hash", pa.string()),
        ("revision", pa.int32()),
        ("url", pa.string()),
        ("final_url", pa.string()),
        ("canonical_url", pa.string()),
        (
            "feeds",
            pa.list_(
                pa.struct(
                    [
                        ("name", pa.string()),
                        ("url", pa.string()),
                        ("guid", pa.string()),
                        ("position", pa.int32()),
                    ]
                )
            ),
        ),
        (
            "source",
            pa.struct([("name", pa.string()), ("domain", pa.string()), ("country", pa.string())]),
        ),
        ("title", pa.string()),
        ("description", pa.string()),
        ("body", pa.string()),
        ("word_count", pa.int32()),
        ("authors", _STRINGS),
        ("keywords", _STRINGS),
        ("section", pa.string()),
        ("image_url", pa.string()),
        ("published_at", _TIMESTAMP),
        ("modified_at", _TIMESTAMP),
        ("fetched_at", _TIMESTAMP),
        ("first_seen_at", _TIMESTAMP),
        ("published_at_source", pa.string()),
        ("language", pa.string()),
        ("language_confidence", pa.float32()),
        ("language_source", pa.string()),
        ("language_declared", pa.string()),
        ("verdict", pa.string()),
        ("is_accessible_for_free", pa.bool_()),
        (
            "rights",
            pa.struct(
                [
                    ("robots_allowed", pa.bool_()),
                    ("ai_opt_out", pa.bool_()),
                    ("license", pa.string()),
                ]
            ),
        ),
        (
            "extraction",
            pa.struct([("method", pa.string()), ("version", pa.string()), ("warnings", _STRINGS)]),
        ),
        (
            "fetch",
            pa.struct(
                [
                    ("status", pa.int32()),
                    ("content_type", pa.string()),
                    ("bytes", pa.int64()),
                    ("elapsed_ms", pa.int32()),
                    ("redirects", _STRINGS),
                ]
            ),
        ),
        (
            "entities",
            pa.list_(
                pa.struct(
                    [
                        ("entity_id", pa.string()),
                        ("name", pa.string()),
                        ("label", pa.string()),
                        ("wikidata_id", pa.string()),
                        ("country", pa.string()),
                        ("salience", pa.float32()),
                        ("mentions", pa.list_(pa.struct([*_SPAN, ("score", pa.float32())]))),
                    ]
                )
            ),
        ),
        (
            "quotations",
            pa.list_(
                pa.struct(
                    [
                        ("kind", pa.string()),
                        *_SPAN,
                        ("cue", pa.struct(_SPAN)),
                        ("speaker", pa.struct(_LINKED_SPAN)),
                        ("about", _STRINGS),
                        ("confidence", pa.float32()),
                    ]
                )
            ),
        ),
        (
            "stances",
            pa.list_(
                pa.struct(
                    [
                        ("holder", _PARTY),
                        ("target", _PARTY),
                        ("polarity", pa.string()),
                        ("score", pa.float32()),
                        ("confidence", pa.float32()),
                        ("expression", pa.struct(_SPAN)),
                        ("evidence", pa.struct([("start", pa.int32()), ("end", pa.int32())])),
                        ("quotation", pa.int32()),
                    ]
                )
            ),
        ),
        ("duplicate_of", pa.string()),
        ("duplicate_similarity", pa.float32()),
        (
            "models",
            pa.list_(
                pa.struct(
                    [("stage", pa.string()), ("model_id", pa.string()), ("version", pa.string())]
                )
            ),
        ),
        ("run_id", pa.string()),
        ("schema_version", pa.string()),
        ("pipeline_version", pa.string()),
    ]
)

FAILURE_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("stage", pa.string()),
        ("kind", pa.string()),
        ("message", pa.string()),
        ("retryable", pa.bool_()),
        ("attempts", pa.int32()),
        ("url", pa.string()),
        ("feed_url", pa.string()),
        ("entry_guid", pa.string()),
        ("first_failed_at", _TIMESTAMP),
        ("next_attempt_at", _TIMESTAMP),
    ]
)

FIELD_NOTES = {
    "article_id": "first 32 hex digits of the SHA-256 of the normalised canonical URL "
    "(docs/urls.md)",
    "content_hash": "first 32 hex digits of the SHA-256 of the normalised body; null without one",
    "revision": "1, then +1 each time the same article comes back with other content",
    "url": "as announced by the feed; null when the entry has no link",
    "final_url": "after redirects",
    "canonical_url": "as the page declares it, validated",
    "feeds": "every feed entry that led here; `url` is the feed's address",
    "source": "the publisher; `country` as configured for the feed",
    "title": "headline without the site's name",
    "description": "summary without markup",
    "body": "clean text, paragraphs separated by one newline",
    "word_count": "words of the body; for scripts without spaces, characters of words",
    "published_at": "never invented: null when neither page nor feed says it",
    "first_seen_at": "when a feed first announced the article to newsbeam",
    "published_at_source": "json-ld, meta, feed, url or text",
    "language": "BCP 47, `und` when undecidable (docs/language.md)",
    "language_source": "detected, declared or script",
    "language_declared": "what page or feed claims",
    "verdict": "article, paywall, consent, listing, live, media, challenge or empty "
    "(docs/extraction.md)",
    "is_accessible_for_free": "schema.org; null when not stated",
    "entities": "null until an entity model ran; one item per entity with all its mentions",
    "quotations": "null until quotations were attributed; `about` holds entity_ids",
    "stances": "null until stance was detected; `quotation` indexes quotations",
    "duplicate_of": "article_id of the earlier near-identical text; null in this version",
    "kind": "a closed list (docs/failures.md)",
    "retryable": "whether the kind is one that a later try may mend",
    "attempts": "tries so far, in a row",
    "next_attempt_at": "of a feed: when it is asked again; null where no try follows",
}


@dataclass(frozen=True)
class Run:
    """One run: its id, its start (UTC) and the version of newsbeam that runs it."""

    run_id: str
    started_at: datetime
    pipeline_version: str


def to_record(article: Article, run: Run) -> NewsRecord:
    """The row of an article. Raises ValueError when a span does not slice to its text."""
    entry = article.entry
    home = article.final_url or entry.url or entry.feed.url
    record: NewsRecord = {
        "article_id": identity(article),
        "content_hash": content_hash(article.body),
        "revision": 1,
        "url": entry.url,
        "final_url": article.final_url,
        "canonical_url": article.canonical_url,
        "feeds": [asdict(announcement) for announcement in entry.announcements],
        "source": {
            "name": article.source_name or entry.feed.name,
            "domain": registrable_domain(home),
            "country": entry.feed.country,
        },
        "title": article.title,
        "description": article.description,
        "body": article.body,
        "word_count": count_words(article.body or ""),
        "authors": list(article.authors),
        "keywords": list(article.keywords),
        "section": article.section,
        "image_url": article.image_url,
        "published_at": article.published_at,
        "modified_at": article.modified_at,
        "fetched_at": article.fetched_at,
        "first_seen_at": entry.announced_at,
        "published_at_source": article.published_at_source,
        "language": article.language,
        "language_confidence": article.language_confidence,
        "language_source": article.language_source,
        "language_declared": article.language_declared,
        "verdict": article.verdict,
        "is_accessible_for_free": article.is_accessible_for_free,
        "rights": {
            "robots_allowed": article.robots_allowed,
            "ai_opt_out": article.ai_opt_out,
            "license": article.license,
        },
        "extraction": {
            "method": article.extraction_method,
            "version": article.extraction_version,
            "warnings": list(dict.fromkeys((*entry.warnings, *article.warnings))),
        },
        "fetch": _fetch(article),
        **enrichment(article),
        "duplicate_of": None,
        "duplicate_similarity": None,
        "models": [asdict(model) for model in article.models],
        "run_id": run.run_id,
        "schema_version": SCHEMA_VERSION,
        "pipeline_version": run.pipeline_version,
    }
    return {key: None if value == "" else value for key, value in record.items()}


def identity(article: Article) -> str:
    """The article_id: of the canonical address where the page is the article itself.

    Walls, challenges and listings share one address between many articles, so there the
    announced address counts.
    """
    if article.verdict in ("article", "paywall", "live", "media"):
        for url in (article.canonical_url, article.final_url):
            if url is not None:
                return article_id(normalize_url(url))
    return article.entry.key


def content_hash(body: str | None) -> str | None:
    """32 hex digits of the body's letters and digits: NFKC, case-folded, without spacing and
    punctuation, so that typography alone makes no revision. None when nothing is left."""
    digest, said_something = hashlib.sha256(), False
    for word in _WORD.findall(body or ""):
        folded = unicodedata.normalize("NFKC", word).casefold()
        letters = "".join(filter(str.isalnum, folded))
        digest.update(letters.encode())
        said_something = said_something or bool(letters)
    return digest.hexdigest()[:32] if said_something else None


def count_words(text: str) -> int:
    """Runs of non-space characters; each Han, Kana, Thai, Lao or Khmer letter counts as one,
    since these scripts write no spaces."""
    unspaced = sum(1 for character in text if _is_unspaced(character))
    spaced = "".join(" " if _is_unspaced(character) else character for character in text)
    return unspaced + sum(1 for word in spaced.split() if any(map(str.isalnum, word)))


def _is_unspaced(character: str) -> bool:
    return (
        "\u3041" <= character <= "\u30ff"
        or "\u3400" <= character <= "\u9fff"
        or "\u0e01" <= character <= "\u0edf"
        or "\u1780" <= character <= "\u17dd"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def _fetch(article: Article) -> dict[str, Any] | None:
    if article.fetch is None:
        return None
    return {**asdict(article.fetch), "redirects": list(article.fetch.redirects)}


def to_failure_row(failure: Failure, run: Run) -> dict[str, Any]:
    """The row of a failure."""
    return {
        "run_id": run.run_id,
        "stage": failure.stage,
        "kind": failure.kind.value,
        # It may quote whatever a library was given.
        "message": failure.message.encode("utf-8", "replace").decode(),
        "retryable": failure.retryable,
        "attempts": failure.attempts,
        "url": failure.url,
        "feed_url": failure.feed_url,
        "entry_guid": failure.entry_guid,
        "first_failed_at": failure.first_failed_at or failure.failed_at,
        "next_attempt_at": failure.next_attempt_at,
    }


@dataclass(frozen=True)
class Recorded:
    """A row on its way to the file, with its article_id and the key of the entry that it stands
    for. The row travels compressed: runners hold it in memory from stage to stage, and 10,000
    articles would be 300 MB otherwise."""

    entry_key: str
    article_id: str
    packed: bytes

    @classmethod
    def of(cls, entry_key: str, record: NewsRecord) -> "Recorded":
        packed = zstandard.compress(pickle.dumps(record, pickle.HIGHEST_PROTOCOL))
        return cls(entry_key, record["article_id"], packed)

    @property
    def record(self) -> NewsRecord:
        """The row, a new dict at every call."""
        # pickled by this very pipeline, never read from a file or the network
        record: NewsRecord = pickle.loads(zstandard.decompress(self.packed))  # noqa: S301
        return record


@dataclass
class ToRecords(beam.PTransform):
    """PCollection[Article] -> Outcome of Recorded."""

    run: Run

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, articles: beam.PCollection[Article]) -> Any:
        return run_stage(articles, "ToRecords", self.load, Recorded)

    def load(self) -> StageFunction:
        return self.record

    def record(self, article: Article) -> Iterator[Recorded]:
        """Raises what pyarrow raises on a row that no file can hold: then this article fails, and
        not the file of all."""
        record = to_record(article, self.run)
        pa.RecordBatch.from_pylist([record], schema=RECORD_SCHEMA)
        yield Recorded.of(article.entry.key, record)
