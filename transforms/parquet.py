"""WriteRecords and WriteFailures: rows to hive-partitioned Parquet files.

A file is made by one worker from one group of a GroupByKey, under a name that is a function
of run, partition and shard alone: a retried bundle writes the same file again, and no worker
count changes what is in the dataset. Every file is read back (footer and row count) before it
is reported, so that what depends on the report happens after the data is there.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import quote

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from transforms.failures import Failure
from transforms.files import replacing
from transforms.lock import require_lock
from transforms.records import Recorded, Run, to_failure_row
from transforms.schemas import FAILURE_SCHEMA, RECORD_SCHEMA

ROW_GROUP_ROWS = 1000
"""Rows buffered at a time: about 10 MB of articles."""


@dataclass(frozen=True)
class WrittenFile:
    """A file of the dataset, verified. `path` is relative to the output directory."""

    table: str
    path: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class Sink:
    """How and where a table is written."""

    output: str
    table: str
    run: Run
    schema: pa.Schema
    partition_by: tuple[str, ...] = ("ingest_date",)
    compression: str = "zstd"
    rows_per_file: int = 100_000
    shards: int = 1

    def partition_of(self, row: dict[str, Any]) -> str:
        """The hive path of a row, such as "ingest_date=2026-01-28/lang=it"."""
        values = {
            "ingest_date": self.run.started_at.date().isoformat(),
            "lang": str(row.get("language") or "und"),
        }
        return "/".join(f"{key}={quote(values[key], safe='')}" for key in self.partition_by)

    def shard_of(self, row: dict[str, Any]) -> int:
        identity = row.get("article_id") or row.get("url") or ""
        return zlib.crc32(identity.encode()) % self.shards

    def path_of(self, partition: str, number: int) -> str:
        return f"{self.table}/{partition}/part-{self.run.run_id}-{number:05d}.parquet"


def write_rows(
    sink: Sink, partition: str, shard: int, rows: Iterable[dict[str, Any]]
) -> Iterator[WrittenFile]:
    """Writes the rows of one partition and shard, `rows_per_file` to a file at most."""
    source = iter(rows)
    number = shard
    first = next(source, None)
    while first is not None:
        name = sink.path_of(partition, number)
        with replacing(sink.output, FileSystems.join(sink.output, *name.split("/"))) as stream:
            rows_written, first = _write_file(sink, stream, first, source)
            require_lock(sink.output, sink.run.run_id)
        yield verify(sink, name, rows_written)
        number += sink.shards


def write_file(
    sink: Sink, partition: str, name: str, rows: Sequence[dict[str, Any]]
) -> WrittenFile:
    """Writes rows, at least one, to one file: `name` is the part of its name that is its own."""
    path = f"{sink.table}/{partition}/part-{name}.parquet"
    first, *others = rows
    source = iter(others)
    with replacing(sink.output, FileSystems.join(sink.output, *path.split("/"))) as stream:
        written, _ = _write_file(replace(sink, rows_per_file=len(rows)), stream, first, source)
        require_lock(sink.output, sink.run.run_id)
    return verify(sink, path, written)


def _write_file(
    sink: Sink, stream: Any, first: dict[str, Any], source: Iterator[dict[str, Any]]
) -> tuple[int, dict[str, Any] | None]:
    """Fills one file; returns its rows and the first row of the next file, or None."""
    written = 0
    upcoming: dict[str, Any] | None = first
    with pq.ParquetWriter(stream, sink.schema, compression=sink.compression) as writer:
        while upcoming is not None and written < sink.rows_per_file:
            group: list[dict[str, Any]] = []
            room = min(ROW_GROUP_ROWS, sink.rows_per_file - written)
            while upcoming is not None and len(group) < room:
                group.append(upcoming)
                upcoming = next(source, None)
            writer.write_table(pa.Table.from_pylist(group, schema=sink.schema))
            written += len(group)
    return written, upcoming


def verify(sink: Sink, name: str, rows: int) -> WrittenFile:
    """Reads a file's footer back. Raises RuntimeError when it is missing or not as written."""
    path = FileSystems.join(sink.output, *name.split("/"))
    try:
        with (
            FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as stream,
            pq.ParquetFile(stream) as file,
        ):
            found = file.metadata.num_rows
        size = FileSystems.match([path])[0].metadata_list[0].size_in_bytes
    except (OSError, IndexError, pa.ArrowException) as error:
        raise RuntimeError(
            f"{path} is not readable just after it was written ({error}); "
            "check the disk or the bucket, then run again"
        ) from error
    if found != rows:
        raise RuntimeError(f"{path} holds {found} rows instead of {rows}; run again")
    return WrittenFile(sink.table, name, rows, size)


RowOf = Callable[[Any], dict[str, Any]]


class _WriteFn(beam.DoFn):
    def __init__(self, sink: Sink, row_of: RowOf) -> None:
        self.sink = sink
        self.row_of = row_of

    def process(self, group: tuple[tuple[str, int], Iterable[Any]]) -> Iterator[WrittenFile]:
        (partition, shard), elements = group
        yield from write_rows(self.sink, partition, shard, map(self.row_of, elements))


@dataclass
class WriteRows(beam.PTransform):
    """PCollection -> PCollection[WrittenFile]; `row_of` makes the row of an element.

    Elements are grouped as they are and become rows one by one while a file is written: a runner
    may hold a whole group in memory, and rows are many times bigger.
    """

    sink: Sink
    row_of: RowOf

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, elements: beam.PCollection[Any]) -> beam.PCollection[WrittenFile]:
        write = beam.ParDo(_WriteFn(self.sink, self.row_of)).with_output_types(WrittenFile)
        return (
            elements
            | "KeyByFile" >> beam.Map(self.keyed)
            | "GroupByFile" >> beam.GroupByKey()
            | "WriteFiles" >> write
        )

    def keyed(self, element: Any) -> tuple[tuple[str, int], Any]:
        row = self.row_of(element)
        return (self.sink.partition_of(row), self.sink.shard_of(row)), element


@dataclass
class WriteRecords(beam.PTransform):
    """PCollection[Recorded] -> PCollection[WrittenFile] of the `articles` table."""

    output: str
    run: Run
    partition_by: tuple[str, ...] = ("ingest_date",)
    compression: str = "zstd"
    rows_per_file: int = 100_000

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, recorded: beam.PCollection[Recorded]) -> beam.PCollection[WrittenFile]:
        sink = Sink(
            self.output,
            "articles",
            self.run,
            RECORD_SCHEMA,
            self.partition_by,
            self.compression,
            self.rows_per_file,
        )
        return recorded | WriteRows(sink, _row_of)


@dataclass
class WriteFailures(beam.PTransform):
    """PCollection[Failure] -> PCollection[WrittenFile] of the `failures` table."""

    output: str
    run: Run

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, failures: beam.PCollection[Failure]) -> beam.PCollection[WrittenFile]:
        sink = Sink(self.output, "failures", self.run, FAILURE_SCHEMA)
        return failures | WriteRows(sink, partial(to_failure_row, run=self.run))


def _row_of(recorded: Recorded) -> dict[str, Any]:
    return recorded.record
