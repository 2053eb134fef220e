"""The written rows: how elements become rows of `articles` and `failures` (schemas.py)."""

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
from transforms.schemas import RECORD_SCHEMA, SCHEMA_VERSION
from transforms.stages import StageFunction, run_stage
from transforms.urls import article_id, normalize_url, registrable_domain

# Word by word, since one character may unfold to 18 (NFKC of U+FDFA), and a body has a million.
_WORD = re.compile(r"\S{1,1000}")

NewsRecord = dict[str, Any]
"""A row of `articles`: the keys of RECORD_SCHEMA with plain Python values."""


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
