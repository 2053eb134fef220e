"""WriteState: what a run learnt becomes the next snapshot.

The step waits for the written files of the dataset (a side input), so that validators and
settled entries are remembered only when the articles that they cover are safe.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import apache_beam as beam

from transforms.elements import Entry, FeedDocument, FeedUnchanged
from transforms.failures import Failure, Settled
from transforms.lock import require_lock
from transforms.parquet import WrittenFile
from transforms.schedule import Intervals
from transforms.state.feeds import FeedUpdate, answer_of, next_feed_state, seen_of
from transforms.state.rows import (
    EntryState,
    FeedState,
    StateRow,
    entry_to_json,
    row_key,
)
from transforms.state.snapshot import write_snapshot

log = logging.getLogger(__name__)

Update = FeedUpdate | EntryState


def next_entry_state(
    old: EntryState | None, updates: Iterable[EntryState], now: datetime, horizon: float
) -> EntryState | None:
    """What is remembered of an entry after a run, None when it can be forgotten.

    A pending entry that this run took up is forgotten unless the run left it pending again,
    since it then has its end in the dataset. One that it did not take up stays.
    """
    listed = sorted(updates, key=lambda update: (update.status, update.reason or ""))
    ends = [update for update in listed if update.status != "known"]
    if ends:
        return ends[-1]
    if old is None:
        return None
    if old.status == "pending":
        was_due = old.next_attempt_at is None or old.next_attempt_at <= now
        return None if was_due or listed else old
    last_seen = max([old.last_seen_at, *(update.last_seen_at for update in listed)])
    expired = last_seen < now - timedelta(seconds=horizon)
    return None if expired else replace(old, last_seen_at=last_seen)


@dataclass
class WriteState(beam.PTransform):
    """A dict of PCollections -> PCollection[str], the snapshot's path.

    `answers` (FeedDocument or FeedUnchanged), `failures`, `settled`, `announced` and `new`
    (entries before and after DropKnown), `files` (WrittenFile: the snapshot waits for them).
    `horizon` in seconds.
    """

    output: str
    run_id: str
    now: datetime
    old: tuple[StateRow, ...]
    bounds: Intervals
    horizon: float

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, inputs: Any) -> Any:
        updates = (
            inputs["answers"] | "OfAnswers" >> beam.Map(of_answer),
            inputs["failures"] | "OfFailures" >> beam.FlatMap(self.of_failure),
            inputs["settled"] | "OfSettled" >> beam.FlatMap(self.of_settled),
            inputs["announced"] | "OfAnnounced" >> beam.FlatMap(of_entry, is_new=False),
            inputs["new"] | "OfNew" >> beam.FlatMap(of_entry, is_new=True),
        ) | "Updates" >> beam.Flatten()
        pipeline = inputs["answers"].pipeline
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

    def of_failure(self, failure: Failure) -> Iterator[tuple[str, Update]]:
        if failure.entries == 0 and failure.feed_url:
            yield f"feed {failure.feed_url}", replace(failure, entry=None)
        elif failure.is_pending and failure.entry is not None:
            yield _keyed(
                EntryState(
                    failure.entry.key,
                    "pending",
                    failure.kind.value,
                    self.now,
                    failure.attempts,
                    failure.next_attempt_at,
                    entry_to_json(failure.entry),
                )
            )
        elif failure.entry_key:  # a dead letter is in the dataset
            yield _keyed(EntryState(failure.entry_key, "known", None, self.now))

    def of_settled(self, settled: Settled) -> Iterator[tuple[str, Update]]:
        """Not of entries without a link that can be asked: they end in ParseFeeds at every run,
        and a feed could fill the state with 5,000 new ones at each asking."""
        if settled.reason in ("no_link", "unsupported_link"):
            return
        if settled.entry_key and settled.status in ("skipped", "duplicate", "known"):
            status: Any = settled.status
            yield _keyed(EntryState(settled.entry_key, status, settled.reason, self.now))

    def merge(self, group: tuple[str, dict[str, Iterable[Any]]]) -> Iterator[StateRow]:
        key, joined = group
        old = next(iter(joined["old"]), None)
        kind, _, name = key.partition(" ")
        if kind == "feed":
            feed = old if isinstance(old, FeedState) else None
            row: StateRow | None = next_feed_state(
                name, feed, joined["updates"], self.bounds, self.horizon, self.run_id
            )
        else:
            entry = old if isinstance(old, EntryState) else None
            row = next_entry_state(entry, joined["updates"], self.now, self.horizon)
        if row is not None:
            yield row

    def write(self, run_id: str, rows: list[StateRow], files: list[WrittenFile]) -> str:
        require_lock(self.output, run_id)
        log.debug("state of %d feeds and entries, covering %d files", len(rows), len(files))
        return write_snapshot(self.output, run_id, rows)


def of_answer(result: FeedDocument | FeedUnchanged) -> tuple[str, Update]:
    return f"feed {result.feed.url}", answer_of(result)


def of_entry(entry: Entry, is_new: bool) -> Iterator[tuple[str, Update]]:
    """One EntrySeen for each feed that announced the entry; it is new but once, however often
    its page is tried."""
    if is_new and entry.attempts:
        return
    for announcement in entry.announcements:
        yield f"feed {announcement.url}", seen_of(entry, is_new)


def _keyed(row: EntryState) -> tuple[str, Update]:
    return row_key(row), row
