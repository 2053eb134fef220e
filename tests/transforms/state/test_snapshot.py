import logging
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.builders import NOW, make_entry
from transforms.elements import FeedHints
from transforms.state.rows import EntryState, FeedState, Standing, StateRow, entry_to_json, row_key
from transforms.state.snapshot import load_state, prune_snapshots, snapshot_path, write_snapshot

ROWS: tuple[StateRow, ...] = (
    EntryState("k", "pending", "timeout", NOW, 2, NOW, entry_to_json(make_entry())),
    EntryState("l", "skipped", "robots", NOW),
    FeedState(
        "https://news.example/rss",
        NOW,
        NOW + timedelta(hours=1),
        etag='W/"x"',
        hints=FeedHints(ttl=60.0, skip_hours=frozenset({1, 2})),
        standing=(Standing("k", NOW, NOW),),
    ),
)
OTHER_ROWS: tuple[StateRow, ...] = (FeedState("https://other.example/rss", NOW, NOW),)


def write(output: Path, run_id: str, rows: tuple[StateRow, ...]) -> Path:
    return Path(write_snapshot(str(output), run_id, rows))


def test_there_and_back_in_the_order_of_keys(tmp_path: Path) -> None:
    path = write(tmp_path, "20260128T120000.000Z-aa", tuple(reversed(ROWS)))
    assert path == Path(snapshot_path(str(tmp_path), "20260128T120000.000Z-aa"))
    assert load_state(str(tmp_path)) == tuple(sorted(ROWS, key=row_key))
    assert not list((tmp_path / "tmp").iterdir())


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    one = write(tmp_path, "one", ROWS)
    assert one.read_bytes() == write(tmp_path, "two", tuple(reversed(ROWS))).read_bytes()


def test_no_state_and_an_empty_state(tmp_path: Path) -> None:
    assert load_state(str(tmp_path / "nowhere")) == ()
    write(tmp_path, "a", ())
    assert load_state(str(tmp_path)) == ()


def test_the_newest_counts(tmp_path: Path) -> None:
    write(tmp_path, "20260128T120000.002Z-aa", ROWS)
    write(tmp_path, "20260128T120000.001Z-ff", OTHER_ROWS)
    assert set(load_state(str(tmp_path))) == set(ROWS)


def test_a_snapshot_cut_anywhere_is_not_read_and_the_one_before_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "a", OTHER_ROWS)
    path = write(tmp_path, "b", ROWS)
    whole = path.read_bytes()
    for end in (*range(0, len(whole), 97), *range(len(whole) - 16, len(whole))):
        path.write_bytes(whole[:end])
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert load_state(str(tmp_path)) == OTHER_ROWS, f"cut at {end}"
        assert "b.parquet is not readable" in caplog.text
    path.write_bytes(whole)
    assert set(load_state(str(tmp_path))) == set(ROWS)


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"x": [1]}),
        pa.table({"key": ["feed x"], "feed": [None], "entry": [None]}),
        pa.table({"key": ["feed x"], "feed": [{"colour": "red"}], "entry": [None]}),
        pa.table({"key": ["feed x"], "feed": [7], "entry": [None]}),
    ],
)
def test_a_file_that_is_something_else_is_not_read(tmp_path: Path, table: pa.Table) -> None:
    write(tmp_path, "a", ROWS)
    pq.write_table(table, snapshot_path(str(tmp_path), "b"))
    assert set(load_state(str(tmp_path))) == set(ROWS)


def test_with_no_readable_snapshot_everything_begins_anew(tmp_path: Path) -> None:
    write(tmp_path, "a", ROWS).write_bytes(b"")
    assert load_state(str(tmp_path)) == ()


def test_snapshots_of_a_version_with_fewer_fields_are_read(tmp_path: Path) -> None:
    write(tmp_path, "a", OTHER_ROWS)
    feed = {"url": "https://news.example/rss", "last_asked_at": NOW, "next_due_at": NOW}
    table = pa.Table.from_pylist([{"key": "feed", "feed": feed, "entry": None}])
    pq.write_table(table, snapshot_path(str(tmp_path), "b"))
    assert load_state(str(tmp_path)) == (FeedState("https://news.example/rss", NOW, NOW),)


@pytest.mark.slow
def test_a_process_that_has_read_the_state_ends_as_it_should(tmp_path: Path) -> None:
    write(tmp_path, "20260128T120000.000Z-aa", ROWS)
    code = "import sys; from transforms.state.snapshot import load_state; load_state(sys.argv[1])"
    for _ in range(8):  # a thread of Arrow that outlived the interpreter aborted most of them
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for number in range(15):
        write(tmp_path, f"20260128T1200{number:02d}.000Z-aa", OTHER_ROWS)
    lock = tmp_path / "state" / "lock.json"
    lock.write_text("{}")
    prune_snapshots(str(tmp_path))
    left = sorted((tmp_path / "state").glob("*.parquet"))
    assert [path.name[13:15] for path in left] == [f"{number:02d}" for number in range(5, 15)]
    assert lock.exists()
    prune_snapshots(str(tmp_path), keep=1)
    assert len(list((tmp_path / "state").glob("*.parquet"))) == 1
