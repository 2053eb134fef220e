"""What the next run needs and the dataset cannot tell, as immutable snapshots.

    state/<run_id>.parquet       one row a feed or entry; the newest readable one counts

A feed's row says when it was asked and when it is due. An entry's row remembers entries that
ended without a row in the dataset (skipped, or the same article under another address), so
that they are not fetched again at every run; it goes when no feed has announced the entry for
the horizon of deduplication. A snapshot is written only after the files of its run are
verified: after a crash the run before it counts and its feeds are due again.
"""

import io
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from transforms.elements import FeedDocument
from transforms.failures import Failure, Settled
from transforms.files import paths_below, read_bytes, replacing
from transforms.parquet import WrittenFile

log = logging.getLogger(__name__)

SNAPSHOTS_KEPT = 10

_TIMESTAMP = pa.timestamp("us", tz="UTC")
STATE_SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        (
            "feed",
            pa.struct(
                [
                    ("url", pa.string()),
                    ("last_asked_at", _TIMESTAMP),
                    ("next_due_at", _TIMESTAMP),
                    ("errors", pa.int32()),
                    ("last_error", pa.string()),
                ]
            ),
        ),
        (
            "entry",
            pa.struct(
                [
                    ("key", pa.string()),
                    ("status", pa.string()),
                    ("reason", pa.string()),
                    ("last_seen_at", _TIMESTAMP),
                ]
            ),
        ),
    ]
)


@dataclass(frozen=True)
class FeedState:
    """When a feed was asked last, when it is due, and how many tries in a row failed."""

    url: str
    last_asked_at: datetime
    next_due_at: datetime
    errors: int = 0
    last_error: str | None = None


@dataclass(frozen=True)
class EntryState:
    """An entry that ended without a row in the dataset. `status` is "skipped" or "duplicate";
    "known" only refreshes `last_seen_at` of an entry that is remembered already."""

    key: str
    status: str
    reason: str | None
    last_seen_at: datetime


StateRow = FeedState | EntryState


def snapshot_path(output: str, run_id: str) -> str:
    return str(FileSystems.join(output, "state", f"{run_id}.parquet"))


def load_state(output: str) -> tuple[StateRow, ...]:
    """The rows of the newest readable snapshot; empty when there is none. A snapshot that
    cannot be read is reported in the log and the one before it is used."""
    for path in reversed(paths_below(output, "state", "*.parquet")):
        try:
            return tuple(read_snapshot(read_bytes(path)))
        except (pa.ArrowException, OSError, KeyError, TypeError) as error:
            log.warning("snapshot %s is not readable (%s); the one before it is used", path, error)
    return ()


def read_snapshot(content: bytes) -> Iterator[StateRow]:
    """The rows of a snapshot file. Raises pyarrow.ArrowException when it is damaged."""
    for row in pq.read_table(io.BytesIO(content), schema=STATE_SCHEMA).to_pylist():
        yield FeedState(**row["feed"]) if row["feed"] else EntryState(**row["entry"])


def merge_rows(
    old: StateRow | None, updates: Iterable[StateRow], now: datetime, horizon: float
) -> StateRow | None:
    """What a snapshot says next of one feed or entry, or None when it can be forgotten."""
    merged = old
    for update in sorted(updates, key=_update_order):
        if isinstance(update, FeedState):
            errors = merged.errors if isinstance(merged, FeedState) and update.errors else 0
            merged = replace(update, errors=errors + update.errors)
        elif update.status != "known":
            merged = update
        elif isinstance(merged, EntryState):
            merged = replace(merged, last_seen_at=update.last_seen_at)
    expired = now - timedelta(seconds=horizon)
    if isinstance(merged, EntryState) and merged.last_seen_at < expired:
        return None
    return merged


def _update_order(update: StateRow) -> tuple[str, str]:
    if isinstance(update, FeedState):
        return update.last_asked_at.isoformat(), update.last_error or ""
    return update.status, update.reason or ""


def row_key(row: StateRow) -> str:
    return f"feed {row.url}" if isinstance(row, FeedState) else f"entry {row.key}"


def prune_snapshots(output: str, keep: int = SNAPSHOTS_KEPT) -> None:
    """Deletes all but the newest snapshots."""
    old = paths_below(output, "state", "*.parquet")[:-keep]
    if old:
        FileSystems.delete(old)


@dataclass
class WriteState(beam.PTransform):
    """(feed documents, failures, settled entries) -> PCollection[str], the snapshot's path.

    `files` are the written files of the dataset: the snapshot waits for all of them.
    `min_interval` and `horizon` in seconds.
    """

    output: str
    run_id: str
    now: datetime
    old: tuple[StateRow, ...]
    min_interval: float
    horizon: float

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, inputs: Any) -> beam.PCollection[str]:
        updates = (
            inputs["documents"] | "OfDocuments" >> beam.Map(self.of_document),
            inputs["failures"] | "OfFailures" >> beam.FlatMap(self.of_failure),
            inputs["settled"] | "OfSettled" >> beam.FlatMap(self.of_settled),
        ) | "Updates" >> beam.Flatten()
        pipeline = inputs["documents"].pipeline
        old = pipeline | "OldRows" >> beam.Create([(row_key(row), row) for row in self.old])
        merged = (
            {"old": old, "updates": updates}
            | "Join" >> beam.CoGroupByKey()
            | "Merge" >> beam.FlatMap(self.merge)
        )
        return (
            pipeline
            | "Snapshot" >> beam.Create([self.run_id])
            | "Write"
            >> beam.Map(
                self.write,
                rows=beam.pvalue.AsList(merged),
                files=beam.pvalue.AsList(inputs["files"]),
            ).with_output_types(str)
        )

    def of_document(self, document: FeedDocument) -> tuple[str, StateRow]:
        return self._feed(document.feed.url, document.response.fetched_at, 0, None)

    def of_failure(self, failure: Failure) -> Iterator[tuple[str, StateRow]]:
        if failure.entries == 0 and failure.feed_url:
            yield self._feed(failure.feed_url, failure.failed_at, 1, failure.kind.value)

    def _feed(
        self, url: str, asked_at: datetime, errors: int, error: str | None
    ) -> tuple[str, StateRow]:
        due = asked_at + timedelta(seconds=self.min_interval)
        row = FeedState(url, asked_at, due, errors, error)
        return row_key(row), row

    def of_settled(self, settled: Settled) -> Iterator[tuple[str, StateRow]]:
        if settled.entry_key:
            row = EntryState(settled.entry_key, settled.status, settled.reason, self.now)
            yield row_key(row), row

    def merge(self, group: tuple[str, dict[str, Iterable[StateRow]]]) -> Iterator[StateRow]:
        _, joined = group
        old = next(iter(joined["old"]), None)
        row = merge_rows(old, joined["updates"], self.now, self.horizon)
        if row is not None:
            yield row

    def write(self, run_id: str, rows: list[StateRow], files: list[WrittenFile]) -> str:
        path = snapshot_path(self.output, run_id)
        plain = [
            {
                "key": row_key(row),
                "feed": asdict(row) if isinstance(row, FeedState) else None,
                "entry": asdict(row) if isinstance(row, EntryState) else None,
            }
            for row in sorted(rows, key=row_key)
        ]
        with replacing(self.output, path) as stream:
            pq.write_table(pa.Table.from_pylist(plain, schema=STATE_SCHEMA), stream)
        log.info("state of %d feeds and entries, covering %d files", len(rows), len(files))
        return path
