"""The whole pipeline against the sample site on loopback."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.batch import RunResult, run_batch
from pipelines.demo import demo_configuration, records_of
from pipelines.sample_site import SampleSite
from pipelines.summary import adds_up
from tests.datasets import failures_of, values
from tests.news_site import NewsSite
from transforms.schemas import RECORD_SCHEMA


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with SampleSite() as running:
        yield running


@pytest.fixture(scope="module")
def first_run(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunResult, Path]:
    output = tmp_path_factory.mktemp("dataset")
    return run_batch(demo_configuration(site), str(output)), output


def by_path(output: Path) -> dict[str, dict[str, Any]]:
    return {"/" + row["url"].split("/", 3)[3]: row for row in records_of(str(output)) if row["url"]}


def test_every_announced_entry_ends_as_it_should(
    site: SampleSite, first_run: tuple[RunResult, Path]
) -> None:
    entries = first_run[0].summary["entries"]
    expected = site.expected()
    assert first_run[0].complete
    assert adds_up(entries)
    assert entries["announced"] == expected.announced
    assert entries["written"] == expected.written
    assert entries["duplicate"] == expected.duplicate
    assert entries["skipped_by_reason"] == dict(expected.skipped)
    assert entries["failed_by_reason"] == dict(expected.failed)


def test_records_are_as_a_reader_would_expect(
    site: SampleSite, first_run: tuple[RunResult, Path]
) -> None:
    records = {row["final_url"] or row["url"]: row for row in records_of(str(first_run[1]))}
    assert len(records) == site.expected().written
    for expected in site.expected().records.values():
        row = records[expected.url]
        where = expected.path
        assert row["language"] == expected.language, where
        assert row["verdict"] == expected.verdict, where
        if expected.title is not None:
            assert row["title"] == expected.title, where
        body = " ".join((row["body"] or "").split())
        if expected.opening is not None:
            standfirst = " ".join((row["description"] or "").split())
            without = body.removeprefix(standfirst).lstrip()  # a standfirst may open the body
            assert body.startswith(expected.opening) or without.startswith(expected.opening), where
        if expected.closing is not None:
            assert body.endswith(expected.closing), where
        if expected.verdict == "consent":
            assert row["body"] is None, where
        for text in expected.unwanted:
            assert text not in body, where
        if expected.published_at is not None:
            assert row["published_at"] == expected.published_at, where
        if expected.authors:
            assert tuple(row["authors"]) == expected.authors, where
        assert bool(row["rights"]["ai_opt_out"]) is expected.ai_opt_out, where


def test_files_have_the_published_schema_and_the_account_names_them(
    first_run: tuple[RunResult, Path],
) -> None:
    result, output = first_run
    files = {str(p.relative_to(output)) for p in output.rglob("*.parquet")}
    state = {name for name in files if name.startswith("state/")}
    assert {file["path"] for file in result.summary["files"]} == files - state
    assert len(state) == 1
    for path in (output / "articles").rglob("*.parquet"):
        assert pq.ParquetFile(path).schema_arrow.equals(RECORD_SCHEMA)
    assert json.loads(Path(result.path).read_text(encoding="utf-8")) == result.summary
    assert not list(output.glob("tmp/*"))


def test_an_article_of_two_feeds_is_one_record_that_names_both(
    first_run: tuple[RunResult, Path],
) -> None:
    shared = [row for row in records_of(str(first_run[1])) if len(row["feeds"]) > 1]
    assert any(len({feed["url"] for feed in row["feeds"]}) > 1 for row in shared)


def test_failures_say_what_and_why(first_run: tuple[RunResult, Path]) -> None:
    rows = failures_of(first_run[1])
    missing = next(row for row in rows if row["kind"] == "not_found")
    assert missing["stage"] == "FetchPages"
    assert missing["retryable"] is False
    assert missing["feed_url"]
    assert "404" in missing["message"]


def test_stages_are_accounted_for(first_run: tuple[RunResult, Path]) -> None:
    stages = first_run[0].summary["stages"]
    assert stages["ExtractArticles"]["in"] == stages["FetchPages"]["out"]
    assert stages["ExtractArticles"]["seconds"] > 0
    assert stages["FetchPages"]["failed"] == first_run[0].summary["entries"]["failed"]


def written_files(output: Path) -> list[Path]:
    return sorted(path for path in output.rglob("*.parquet") if "state" not in path.parts)


def test_a_second_run_over_unchanged_feeds_asks_no_page_and_writes_nothing(
    site: SampleSite, first_run: tuple[RunResult, Path]
) -> None:
    _, output = first_run
    before = written_files(output)
    again = run_batch(demo_configuration(site), str(output), ask_all=True)
    assert again.complete
    assert again.summary["feeds"]["not_modified"] == len(site.feeds)
    assert again.summary["entries"]["announced"] == 0
    assert again.summary["pages"]["fetched"] == 0
    assert written_files(output) == before


def test_without_state_the_dataset_itself_says_what_is_known(
    site: SampleSite, first_run: tuple[RunResult, Path], tmp_path: Path
) -> None:
    output = tmp_path / "copy"
    shutil.copytree(first_run[1], output)
    shutil.rmtree(output / "state")
    before = written_files(output)
    again = run_batch(demo_configuration(site), str(output))
    entries, expected = again.summary["entries"], site.expected()
    assert again.complete
    assert entries["announced"] == expected.announced
    assert (entries["written"], entries["failed"], entries["pending"]) == (0, 0, 0)
    assert entries["skipped_by_reason"] == dict(expected.skipped)
    assert written_files(output) == before


def test_feeds_that_are_not_due_are_not_asked(
    site: SampleSite, first_run: tuple[RunResult, Path]
) -> None:
    result = run_batch(demo_configuration(site), str(first_run[1]))
    assert result.complete
    assert result.summary["feeds"]["due"] == 0
    assert result.summary["entries"]["announced"] == 0


@pytest.mark.slow
def test_values_do_not_depend_on_the_number_of_workers(
    site: SampleSite, first_run: tuple[RunResult, Path], tmp_path: Path
) -> None:
    args = ("--direct_running_mode=multi_processing", "--direct_num_workers=2")
    result = run_batch(demo_configuration(site), str(tmp_path), beam_args=args)
    assert result.complete
    assert values(tmp_path) == values(first_run[1])


def run_command(config: Path, output: Path) -> subprocess.Popen[bytes]:
    code = "from pipelines.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, "run", "--config", str(config), "--output", str(output),
         "--quiet"],
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def write_config(site: SampleSite, path: Path) -> Path:
    """The site's feeds as a configuration file (YAML 1.2 contains JSON)."""
    feeds = [
        {key: value for key, value in asdict(feed).items() if value not in (None, ())}
        for feed in site.feeds
    ]
    fetch = {"allow_private_networks": True, "per_host_delay": "50ms"}
    path.write_text(json.dumps({"feeds": feeds, "fetch": fetch}), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_killed_run_loses_nothing_and_the_next_one_completes_it(tmp_path: Path) -> None:
    with NewsSite() as site:
        undisturbed = tmp_path / "undisturbed"
        config = write_config(site, tmp_path / "config.yaml")
        assert run_command(config, undisturbed).wait() == 0
        output = tmp_path / "dataset"
        for requests in (1, 6, 14, 22, 30):
            site.forget()
            process = run_command(config, output)
            while len(site.log) < requests and process.poll() is None:
                time.sleep(0.005)
            assert process.poll() is None, "the run ended before it could be killed"
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert run_command(config, output).wait() == 0
    assert values(output) == values(undisturbed)
    (account,) = (
        json.loads(path.read_text(encoding="utf-8")) for path in (output / "runs").glob("*.json")
    )
    assert adds_up(account["entries"])
