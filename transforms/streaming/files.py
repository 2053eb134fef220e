"""WriteWindows: the rows of a window of time to a file, once.

A shard's rows are held in the engine's state until their window ends, or until they are as many
as a file may hold, and then written. The name of a file is a function of its window, shard and
content, so that writing it again, after a restart, writes the same file. And a row whose article
the dataset has already is left out, so that what the engine does over again after a crash (from
its last checkpoint, or from nothing) adds nothing twice, whatever the page says the second time.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import (
    BagStateSpec,
    ReadModifyWriteStateSpec,
    TimerSpec,
)

from transforms import clock
from transforms.failures import Failure, Settled
from transforms.index import known_index
from transforms.known import ARTICLE, failure_keys, merge_records
from transforms.parquet import Sink, WrittenFile, write_file
from transforms.records import Recorded, to_failure_row
from transforms.stages import ELEMENTS, SETTLED
from transforms.streaming.timers import at, on_timer, window_start
from transforms.streaming.updates import KEPT, Ended, of_settled

MAX_BYTES = 64_000_000
"""Of compressed rows that a shard holds before it writes, its window over or not."""

WRITTEN = "written"
"""The output that holds the Recorded that were written, once each."""

Row = Recorded | Failure


def content_name(start: datetime, shard: int, rows: Iterable[dict[str, Any]]) -> str:
    """What names a file: window, shard and content."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True, default=str).encode("utf-8", "replace"))
    return f"{start:%Y%m%dT%H%M%SZ}-{shard:03d}-{digest.hexdigest()[:16]}"


def unique(
    recorded: Iterable[Recorded], is_in_dataset: Callable[[str], bool]
) -> tuple[list[Recorded], list[Settled], list[str]]:
    """Each article once, without those of the dataset; what became of the others; and the keys of
    the entries of all of them."""
    groups: dict[str, list[Recorded]] = {}
    for each in recorded:
        groups.setdefault(each.article_id, []).append(each)
    kept: list[Recorded] = []
    settled: list[Settled] = []
    keys: list[str] = []
    for identity, group in sorted(groups.items()):
        keys += [each.entry_key for each in group]
        first = merge_records(group)
        known = is_in_dataset(identity)
        if not known:
            kept.append(first)
        for each in group:
            row = each.record
            is_first = each.entry_key == first.entry_key and not known
            count = len(row["feeds"]) - is_first
            if not is_first:
                settled.append(Settled("duplicate", count, None, each.entry_key, row["url"]))
            elif count:
                settled.append(Settled("duplicate", count))
    return kept, settled, keys


@dataclass(frozen=True)
class Windows:
    """Where rows are written and how: windows of `seconds`, `shards` files each at most unless
    size demands more. `horizon` in seconds."""

    articles: Sink
    failures: Sink
    seconds: float
    horizon: float
    shards: int = 1

    def shard_of(self, row: Row) -> str:
        is_article = isinstance(row, Recorded)
        identity = row.article_id if isinstance(row, Recorded) else row.entry_key or row.url or ""
        table = "articles" if is_article else "failures"
        return f"{table}/{zlib.crc32(identity.encode('utf-8', 'replace')) % self.shards}"


class _WriteFn(beam.DoFn):
    ROWS = BagStateSpec("rows", PickleCoder())
    FILL = ReadModifyWriteStateSpec("fill", PickleCoder())  # start of the window, rows, bytes
    END = TimerSpec("end", TimeDomain.REAL_TIME)

    def __init__(self, windows: Windows) -> None:
        self.windows = windows

    def setup(self) -> None:
        sink = self.windows.articles
        self.index = known_index(sink.output, self.windows.horizon)
        self.index.refresh(clock.utc_now())

    def process(
        self,
        keyed: tuple[str, Row],
        rows: Any = beam.DoFn.StateParam(ROWS),
        fill: Any = beam.DoFn.StateParam(FILL),
        end: Any = beam.DoFn.TimerParam(END),
    ) -> Iterator[Any]:
        shard, row = keyed
        seconds = self.windows.seconds
        start, count, size = fill.read() or (window_start(clock.utc_now(), seconds), 0, 0)
        rows.add(row)
        count, size = count + 1, size + (len(row.packed) if isinstance(row, Recorded) else 1000)
        fill.write((start, count, size))
        if count >= self.windows.articles.rows_per_file or size >= MAX_BYTES:
            yield from self._write(shard, start, list(rows.read()))
            rows.clear()
            fill.clear()
        elif count == 1:
            end.set(at(start + timedelta(seconds=seconds)))

    @on_timer(END)
    def ended(
        self,
        shard: Any = beam.DoFn.KeyParam,
        rows: Any = beam.DoFn.StateParam(ROWS),
        fill: Any = beam.DoFn.StateParam(FILL),
        end: Any = beam.DoFn.TimerParam(END),
    ) -> Iterator[Any]:
        held = fill.read()
        if held is None:  # written before its end, since it was full
            return
        start = held[0]
        due = start + timedelta(seconds=self.windows.seconds)
        if due > clock.utc_now():  # the timer of rows that went before
            end.set(at(due))
            return
        yield from self._write(shard, start, list(rows.read()))
        rows.clear()
        fill.clear()

    def _write(self, shard: str, start: datetime, rows: list[Row]) -> Iterator[Any]:
        """Writes and says so; raises where it cannot, and then the engine tries again."""
        table, _, number = shard.partition("/")
        now = clock.utc_now()
        self.index.refresh(now, days=2)
        if table == "articles":
            found, settled, keys = unique(
                (each for each in rows if isinstance(each, Recorded)),
                lambda identity: ARTICLE in self.index.reasons(identity),
            )
            plain = [each.record for each in found]
            yield from (beam.pvalue.TaggedOutput(WRITTEN, each) for each in found)
            for each in settled:
                yield beam.pvalue.TaggedOutput(SETTLED, each)
                row = of_settled(each, now)
                if row is not None:
                    yield beam.pvalue.TaggedOutput(KEPT, row)
        else:
            failed = [each for each in rows if isinstance(each, Failure)]
            keys = [each.entry_key for each in failed if each.entry_key]
            plain = [to_failure_row(each, self.windows.failures.run) for each in failed]
            plain = [row for row in plain if not self._has_dead_letter(row)]
        yield from self._files(table, start, int(number), plain)
        if keys:
            yield beam.pvalue.TaggedOutput(KEPT, Ended(frozenset(keys)))

    def _has_dead_letter(self, row: dict[str, Any]) -> bool:
        return any(self.index.reasons(key) for key in failure_keys(row))

    def _files(
        self, table: str, start: datetime, shard: int, rows: list[dict[str, Any]]
    ) -> Iterator[WrittenFile]:
        windows = self.windows
        sink = windows.articles if table == "articles" else windows.failures
        sink = replace(sink, run=replace(sink.run, started_at=start))  # the partition's date
        parts: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            parts.setdefault(sink.partition_of(row), []).append(row)
        for partition, content in sorted(parts.items()):
            for first in range(0, len(content), sink.rows_per_file):
                part = content[first : first + sink.rows_per_file]
                yield write_file(sink, partition, content_name(start, shard, part), part)


@dataclass
class WriteWindows(beam.PTransform):
    """PCollection[Recorded or Failure] -> WrittenFile; outputs SETTLED (duplicates), KEPT,
    WRITTEN."""

    windows: Windows

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, rows: beam.PCollection[Row]) -> Any:
        keyed = rows | "Shard" >> beam.Map(self.keyed).with_output_types(tuple[str, Any])
        write = beam.ParDo(_WriteFn(self.windows))
        return keyed | "Write" >> write.with_outputs(SETTLED, KEPT, WRITTEN, main=ELEMENTS)

    def keyed(self, row: Row) -> tuple[str, Row]:
        return self.windows.shard_of(row), row
