from datetime import timedelta
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing.test_pipeline import TestPipeline as BeamPipeline
from apache_beam.testing.util import assert_that, equal_to

from tests.builders import NOW, RUN, make_article, make_entry
from transforms import clock, index
from transforms.failures import FailureKind, fail
from transforms.index import KnownIndex, LookUpKnown
from transforms.known import ARTICLE, DEAD, DEAD_ELSEWHERE, REMEMBERED
from transforms.parquet import Sink, write_rows
from transforms.records import Run, to_failure_row, to_record
from transforms.schemas import FAILURE_SCHEMA, RECORD_SCHEMA
from transforms.urls import entry_key

HORIZON = 30 * 86_400.0


def add_article(output: Path, url: str, run: Run = RUN) -> str:
    """Writes a file of one article; its entry key."""
    row = to_record(make_article(make_entry(url)), run)
    list(write_rows(Sink(str(output), "articles", run, RECORD_SCHEMA), "ingest_date=" +
                    run.started_at.date().isoformat(), 0, [row]))  # fmt: skip
    return entry_key(url, "", None)


def test_every_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    original = index.read_keys
    monkeypatch.setattr(index, "read_keys", lambda path: read.append(path) or original(path))
    known = KnownIndex(str(tmp_path), HORIZON)
    known.refresh(NOW)
    first = add_article(tmp_path, "https://news.example/1")
    known.refresh(NOW)
    assert known.reasons(first) == {ARTICLE}
    later = Run("20260129T120000Z-abc123", NOW + timedelta(days=1), "0")
    second = add_article(tmp_path, "https://news.example/2", later)
    assert known.reasons(second) == set()
    known.refresh(later.started_at)
    assert known.reasons(second) == {ARTICLE}
    assert len(read) == len(set(read)) == 2


def test_days_beyond_the_horizon_and_files_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    known = KnownIndex(str(tmp_path), HORIZON)
    first = add_article(tmp_path, "https://news.example/1")
    other = Run("20260128T130000Z-abc123", NOW, "0")
    second = add_article(tmp_path, "https://news.example/2", other)
    known.refresh(NOW)
    next((tmp_path / "articles").rglob(f"*{RUN.run_id}*")).unlink()
    known.refresh(NOW)
    assert (known.reasons(first), known.reasons(second)) == (set(), {ARTICLE})
    known.refresh(NOW + timedelta(days=31))
    assert len(known) == 0


def test_look_up_gives_the_reasons_that_a_join_would_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    article = add_article(tmp_path, "https://news.example/1")
    entries = [make_entry("https://news.example/dead"), make_entry("https://elsewhere.example/x")]
    failures = [fail("FetchPages", FailureKind.NOT_FOUND, "404", entry) for entry in entries]
    sink = Sink(str(tmp_path), "failures", RUN, FAILURE_SCHEMA)
    rows = [to_failure_row(failure, RUN) for failure in failures]
    list(write_rows(sink, "ingest_date=2026-01-28", 0, rows))
    keys = [article, *(entry.key for entry in entries), "f" * 32, "unknown"]
    with BeamPipeline("FnApiRunner") as pipeline:
        known = (
            pipeline | beam.Create(keys) | LookUpKnown(str(tmp_path), HORIZON, ("f" * 32, article))
        )
        expected = [
            (article, ARTICLE),
            (article, REMEMBERED),
            (entries[0].key, DEAD),
            (entries[1].key, DEAD_ELSEWHERE),
            ("f" * 32, REMEMBERED),
        ]
        assert_that(known, equal_to(expected))
