"""Snapshots on any Beam FileSystem: `state/<run_id>.parquet`, the newest readable one counts."""

import io
import logging
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from transforms.files import paths_below, read_bytes, replacing
from transforms.state.rows import STATE_SCHEMA, StateRow, from_plain, row_key, to_plain

log = logging.getLogger(__name__)

SNAPSHOTS_KEPT = 10


def snapshot_path(output: str, run_id: str) -> str:
    return str(FileSystems.join(output, "state", f"{run_id}.parquet"))


def snapshot_paths(output: str) -> list[str]:
    """The snapshots of an output, the oldest first."""
    return paths_below(output, "state", "*.parquet")


def load_state(output: str) -> tuple[StateRow, ...]:
    """The rows of the newest readable snapshot; empty when there is none. A snapshot that
    cannot be read is reported in the log and the one before it is used."""
    for path in reversed(snapshot_paths(output)):
        try:
            return tuple(read_snapshot(read_bytes(path)))
        except (pa.ArrowException, OSError, LookupError, TypeError, ValueError) as error:
            log.warning("snapshot %s is not readable (%s); the one before it is used", path, error)
    return ()


def read_snapshot(content: bytes) -> Iterator[StateRow]:
    """The rows of a snapshot file. Raises pyarrow.ArrowException, LookupError, TypeError or
    ValueError when it is damaged or something else."""
    # not read_table: threads of its dataset let go of the stream when they like, and abort a
    # process that ends before
    with pq.ParquetFile(io.BytesIO(content)) as file:
        table = file.read()
    for name in ("feed", "entry"):
        column = table.schema.field(name).type
        if not (pa.types.is_struct(column) or pa.types.is_null(column)):
            raise ValueError(f"its column {name} is {column}")
    for row in table.to_pylist():
        yield from_plain(row)


def write_snapshot(output: str, run_id: str, rows: Iterable[StateRow]) -> str:
    """Writes a snapshot, in the order of its keys; returns its path."""
    path = snapshot_path(output, run_id)
    plain = [to_plain(row) for row in sorted(rows, key=row_key)]
    with replacing(output, path) as stream:
        pq.write_table(pa.Table.from_pylist(plain, schema=STATE_SCHEMA), stream)
    return path


def prune_snapshots(output: str, keep: int = SNAPSHOTS_KEPT) -> None:
    """Deletes all but the newest snapshots."""
    old = snapshot_paths(output)[:-keep]
    if old:
        FileSystems.delete(old)
