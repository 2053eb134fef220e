from pathlib import Path
from typing import Any

import apache_beam as beam
import pyarrow.parquet as pq
import pytest
from apache_beam.testing.test_pipeline import TestPipeline as BeamPipeline
from apache_beam.testing.util import assert_that, equal_to

from tests.builders import NOW, RUN, make_article, make_entry
from transforms.failures import FailureKind, fail
from transforms.files import replacing
from transforms.parquet import Sink, WriteFailures, WriteRecords, verify, write_rows
from transforms.records import Recorded, to_record
from transforms.schemas import RECORD_SCHEMA


def record(number: int, **fields: Any) -> dict[str, Any]:
    return to_record(make_article(make_entry(f"https://news.example/{number}"), **fields), RUN)


def sink(output: Path, **fields: Any) -> Sink:
    return Sink(str(output), "articles", RUN, RECORD_SCHEMA, **fields)


def test_rows_are_split_into_files_and_nothing_is_lost(tmp_path: Path) -> None:
    rows = [record(number) for number in range(25)]
    target = sink(tmp_path, rows_per_file=10)
    files = list(write_rows(target, "ingest_date=2026-01-28", 0, rows))
    assert [file.rows for file in files] == [10, 10, 5]
    assert files[1].path == f"articles/ingest_date=2026-01-28/part-{RUN.run_id}-00001.parquet"
    read = pq.ParquetDataset(tmp_path / "articles").read().to_pylist()
    assert {row["article_id"] for row in read} == {row["article_id"] for row in rows}
    assert all(file.bytes == (tmp_path / file.path).stat().st_size for file in files)


def test_no_rows_make_no_file(tmp_path: Path) -> None:
    assert list(write_rows(sink(tmp_path), "ingest_date=2026-01-28", 0, [])) == []
    assert not (tmp_path / "articles").exists()


def test_a_retried_bundle_writes_the_same_file_again(tmp_path: Path) -> None:
    for _ in range(2):
        files = list(write_rows(sink(tmp_path), "ingest_date=2026-01-28", 0, [record(1)]))
    assert len(list(tmp_path.rglob("*.parquet"))) == len(files) == 1


def test_values_of_partitions_cannot_leave_the_directory(tmp_path: Path) -> None:
    partition = sink(tmp_path, partition_by=("ingest_date", "lang")).partition_of(
        {"language": "../../etc"}
    )
    assert partition == "ingest_date=2026-01-28/lang=..%2F..%2Fetc"


def test_a_missing_or_short_file_fails_the_run(tmp_path: Path) -> None:
    target = sink(tmp_path)
    (written,) = write_rows(target, "ingest_date=2026-01-28", 0, [record(1)])
    with pytest.raises(RuntimeError, match="holds 1 rows instead of 2"):
        verify(target, written.path, 2)
    (tmp_path / written.path).unlink()
    with pytest.raises(RuntimeError, match="not readable just after it was written"):
        verify(target, written.path, 1)


def test_a_broken_write_leaves_nothing_that_a_reader_sees(tmp_path: Path) -> None:
    target = tmp_path / "articles" / "a.parquet"

    def write() -> None:
        with replacing(str(tmp_path), str(target)) as stream:
            stream.write(b"half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write()
    assert not (tmp_path / "articles").exists()


def test_write_records_and_failures(tmp_path: Path) -> None:
    rows = [
        Recorded.of(str(number), record(number, language="it" if number % 2 else None))
        for number in range(4)
    ]
    failure = fail("FetchPages", FailureKind.GONE, "410", make_entry())
    with BeamPipeline("FnApiRunner") as pipeline:
        files = (
            pipeline
            | "Rows" >> beam.Create(rows)
            | WriteRecords(str(tmp_path), RUN, ("ingest_date", "lang"), "zstd")
        )
        assert_that(files | beam.Map(lambda f: f.rows), equal_to([2, 2]), "articles")
        failed = pipeline | "Failed" >> beam.Create([failure]) | WriteFailures(str(tmp_path), RUN)
        assert_that(failed | "R" >> beam.Map(lambda f: f.table), equal_to(["failures"]), "f")
    partitions = {path.parent.name for path in (tmp_path / "articles").rglob("*.parquet")}
    assert partitions == {"lang=it", "lang=und"}
    (failed_file,) = (tmp_path / "failures").rglob("*.parquet")
    assert pq.ParquetFile(failed_file).read().to_pylist()[0]["kind"] == "gone"
    article_file = next((tmp_path / "articles").rglob("*.parquet"))
    column = pq.ParquetFile(article_file).metadata.row_group(0).column(0)
    assert column.compression == "ZSTD"
    assert pq.ParquetFile(article_file).schema_arrow.equals(RECORD_SCHEMA)
    assert pq.ParquetFile(article_file).read().to_pylist()[0]["fetched_at"] == NOW
