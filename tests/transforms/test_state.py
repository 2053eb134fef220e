import logging
from datetime import timedelta
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing.test_pipeline import TestPipeline as BeamPipeline

from tests.builders import FEED, NOW, make_entry, make_response
from transforms.elements import Feed, FeedDocument
from transforms.failures import FailureKind, Settled, fail
from transforms.state import (
    EntryState,
    FeedState,
    StateRow,
    WriteState,
    load_state,
    merge_rows,
    prune_snapshots,
    snapshot_path,
)

HOUR = timedelta(hours=1)
DAY = 86400.0
BROKEN_FEED = Feed("https://down.example/rss")


def write_state(
    output: Path, run_id: str, old: tuple[StateRow, ...], settled: list[Settled]
) -> None:
    failures = [
        fail("FetchFeeds", FailureKind.TIMEOUT, "slow", BROKEN_FEED),
        fail("FetchPages", FailureKind.TIMEOUT, "slow", make_entry("https://news.example/slow")),
    ]
    with BeamPipeline("FnApiRunner") as pipeline:
        inputs = {
            "documents": pipeline
            | "D" >> beam.Create([FeedDocument(FEED, make_response(b"", FEED.url))]),
            "failures": pipeline | "F" >> beam.Create(failures),
            "settled": pipeline | "S" >> beam.Create(settled),
            "files": pipeline | "W" >> beam.Create([]),
        }
        inputs | WriteState(str(output), run_id, NOW, old, 600.0, DAY)


def test_a_snapshot_holds_feeds_and_settled_entries(tmp_path: Path) -> None:
    settled = [
        Settled("skipped", 1, "content_type", "k1"),
        Settled("duplicate", 1, None, "k2"),
        Settled("duplicate", 3),
        Settled("known", 1, None, "written-before"),
    ]
    write_state(tmp_path, "r1", (), settled)
    rows = {
        row.url if isinstance(row, FeedState) else row.key: row for row in load_state(str(tmp_path))
    }
    assert set(rows) == {FEED.url, BROKEN_FEED.url, "k1", "k2"}
    assert rows["k1"] == EntryState("k1", "skipped", "content_type", NOW)
    assert rows[FEED.url] == FeedState(FEED.url, NOW, NOW + timedelta(minutes=10), 0, None)
    assert rows[BROKEN_FEED.url].last_error == "timeout"


def test_errors_are_counted_over_runs(tmp_path: Path) -> None:
    write_state(tmp_path, "r1", (), [])
    write_state(tmp_path, "r2", load_state(str(tmp_path)), [])
    feeds = {row.url: row for row in load_state(str(tmp_path)) if isinstance(row, FeedState)}
    assert feeds[BROKEN_FEED.url].errors == 2
    assert feeds[FEED.url].errors == 0


def test_entries_are_forgotten_when_no_feed_announces_them_any_more() -> None:
    row = EntryState("k", "skipped", "robots", NOW)
    later = NOW + 25 * HOUR
    assert merge_rows(row, [], later, DAY) is None
    seen = EntryState("k", "known", None, later - HOUR)
    assert merge_rows(row, [seen], later, DAY) == EntryState("k", "skipped", "robots", later - HOUR)


def test_a_known_entry_that_the_dataset_has_is_not_remembered() -> None:
    assert merge_rows(None, [EntryState("k", "known", None, NOW)], NOW, DAY) is None


def test_no_state_is_empty(tmp_path: Path) -> None:
    assert load_state(str(tmp_path / "nowhere")) == ()


def test_a_damaged_snapshot_is_reported_and_the_one_before_counts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_state(tmp_path, "r1", (), [Settled("skipped", 1, "robots", "k1")])
    good = load_state(str(tmp_path))
    whole = Path(snapshot_path(str(tmp_path), "r1")).read_bytes()
    for cut in (0, 4, len(whole) // 2, len(whole) - 1):
        Path(snapshot_path(str(tmp_path), "r2")).write_bytes(whole[:cut])
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert load_state(str(tmp_path)) == good
        assert "r2.parquet is not readable" in caplog.text


def test_old_snapshots_are_pruned(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    for number in range(13):
        (tmp_path / "state" / f"r{number:02}.parquet").write_bytes(b"")
    prune_snapshots(str(tmp_path), keep=10)
    left = sorted(path.name for path in (tmp_path / "state").iterdir())
    assert len(left) == 10
    assert left[0] == "r03.parquet"
