"""Runs that are killed lose nothing and double nothing, wherever they are killed.

A site changes from step to step. At every step one dataset is made by a run that nobody disturbs
and others by runs that are killed (SIGKILL) again and again until one may finish; then all must be
equal. After every kill the dataset must be whole: no half-written file, nothing twice.
"""

import json
import random
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.summary import adds_up
from tests.builders import RUN, make_article
from tests.pipelines.changing_site import STEPS, ChangingSite, write_configuration
from tests.pipelines.faults import Ended, Launcher, ParallelRun, Request
from tests.pipelines.test_ingest import failures_of, values
from transforms.lock import LockLost, locked
from transforms.parquet import Sink, write_rows
from transforms.records import to_record
from transforms.schemas import RECORD_SCHEMA
from transforms.state import EntryState, load_state
from transforms.state.rows import entry_from_json

STEP_SECONDS = 3 * 3600.0
"""From step to step, by the runs' clock: longer than any wait for a feed or another try."""

POINTS_A_STEP = 15

RUN_ID = re.compile(r"[\d.]+T[\d.]+Z-\w+")


@dataclass
class Dataset:
    """An output directory and the runs that write to it."""

    output: Path
    config: Path
    launcher: Launcher
    ahead: float = 0.0
    killed_at: Counter[str] = field(default_factory=Counter)

    @property
    def kills(self) -> int:
        return self.killed_at.total()

    @property
    def args(self) -> tuple[str, ...]:
        """The command line of a run that asks all feeds."""
        return ("run", "--config", str(self.config), "--output", str(self.output), "--now", "-q")

    @property
    def log(self) -> Path:
        return self.output.with_suffix(".log")

    def run(self, **faults: Any) -> Ended:
        """One run. It must be killed as `faults` say, or be a success."""
        log = self.log
        log.unlink(missing_ok=True)
        ended = self.launcher.run(Request(self.args, str(log), ahead=self.ahead, **faults))
        if ended.was_killed:
            self.killed_at[faults.get("kill_at") or "random"] += 1
        else:
            assert ended.status == 0, f"{faults}: {ended}\n{log.read_text()[-4000:]}"
        self.check()
        return ended

    def check(self) -> None:
        """What must hold at any moment when no run is active."""
        for table in ("articles", "failures", "state"):
            for path in (self.output / table).rglob("*"):
                assert path.is_dir() or path.suffix in (".parquet", ".json"), path
                if path.suffix == ".parquet":
                    pq.ParquetFile(path).read()
        assert not repeated(row["article_id"] for row in values(self.output))
        assert not repeated(letter[:3] for letter in dead_letters(self.output))
        runs = {
            name for path in self.output.glob("tmp/[!l]*") for name in RUN_ID.findall(path.name)
        }
        assert len(runs) <= 1, f"files of {len(runs)} runs in tmp/"

    def check_finished(self) -> None:
        """What must hold after a run that ended well."""
        assert not list(self.output.glob("tmp/*"))
        assert not (self.output / "state" / "lock.json").exists()
        for account in self.accounts():
            assert account["status"] == "complete"
            assert adds_up(account["entries"])

    def accounts(self) -> Iterator[dict[str, Any]]:
        for path in sorted((self.output / "runs").glob("*.json")):
            yield json.loads(path.read_text(encoding="utf-8"))


def repeated(things: Iterable[Any]) -> list[Any]:
    return [thing for thing, times in Counter(things).items() if times > 1]


def dead_letters(output: Path) -> list[tuple[Any, ...]]:
    """The entries that were given up, without what differs between runs."""
    return sorted(
        (row["url"], row["feed_url"], row["entry_guid"], row["kind"], row["stage"], row["attempts"])
        for row in failures_of(output)
        if row["url"] != row["feed_url"]
    )


def remembered(output: Path) -> dict[str, tuple[Any, ...]]:
    """What the next run knows of entries without a record."""
    return {
        row.key: (
            row.status,
            row.reason,
            row.attempts,
            entry_from_json(row.entry).url if row.entry else None,
        )
        for row in load_state(str(output))
        if isinstance(row, EntryState)
    }


def without_positions(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where in its feed an entry stood depends on when the feed was read."""
    return [
        {**row, "feeds": sorted((feed["url"], feed["guid"]) for feed in row["feeds"])}
        for row in rows
    ]


def assert_equal(dataset: Dataset, undisturbed: Dataset) -> None:
    dataset.check_finished()
    assert values(dataset.output) == values(undisturbed.output)
    assert dead_letters(dataset.output) == dead_letters(undisturbed.output)
    assert remembered(dataset.output) == remembered(undisturbed.output)


def points_passed(path: Path) -> list[str]:
    """The points of a run in the order of their first passage."""
    return list(dict.fromkeys(path.read_text(encoding="utf-8").split("\n")[:-1]))


@pytest.fixture
def site() -> Iterator[ChangingSite]:
    with ChangingSite() as running:
        yield running


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    with Launcher() as running:
        yield running


def test_a_run_killed_at_its_critical_moments_is_completed_by_the_next(
    site: ChangingSite, launcher: Launcher, tmp_path: Path
) -> None:
    config = write_configuration(site, tmp_path / "config.yaml")
    site.advance(0)
    undisturbed = Dataset(tmp_path / "undisturbed", config, launcher)
    undisturbed.run()
    dataset = Dataset(tmp_path / "dataset", config, launcher)
    for point in ("FetchPages:out", "rename articles:after", "rename state:before"):
        assert dataset.run(kill_at=point).was_killed
    dataset.run()
    assert_equal(dataset, undisturbed)


def test_a_run_whose_lock_was_taken_over_adds_nothing_even_when_the_other_run_is_over(
    tmp_path: Path,
) -> None:
    output = str(tmp_path)
    sink = Sink(output, "articles", RUN, RECORD_SCHEMA)
    with locked(output, f"{RUN.run_id}-later"):
        (tmp_path / "runs").mkdir()
        (tmp_path / "runs" / f"{RUN.run_id}-later.json").write_text("{}")
    with pytest.raises(LockLost, match=f"run {RUN.run_id}-later has taken over"):
        list(write_rows(sink, "ingest_date=2026-01-28", 0, [to_record(make_article(), RUN)]))
    assert not (tmp_path / "articles").exists()


@pytest.mark.slow
def test_kills_at_every_boundary_and_at_random_moments_leave_no_trace(
    site: ChangingSite, launcher: Launcher, tmp_path: Path
) -> None:
    config = write_configuration(site, tmp_path / "config.yaml")
    with Launcher() as second:
        undisturbed = Dataset(tmp_path / "undisturbed", config, launcher)
        at_points = Dataset(tmp_path / "points", config, launcher)
        at_random = Dataset(tmp_path / "random", config, second)
        at_the_end = Dataset(tmp_path / "end", config, second)
        all_points: set[str] = set()
        for step in range(STEPS):
            site.advance(step)
            points = tmp_path / f"points-{step}"
            seconds = undisturbed.run(points=str(points)).seconds
            undisturbed.check_finished()
            passed = points_passed(points)
            all_points.update(passed)
            with ThreadPoolExecutor(2) as pool:
                jobs = (
                    pool.submit(kill_at_points, at_points, passed, is_last=step == STEPS - 1),
                    pool.submit(kill_at_random, at_random, at_the_end, seconds, seed=step),
                )
            for job in jobs:
                job.result()
            assert_equal(at_points, undisturbed)
            assert_equal(at_random, undisturbed)
            for dataset in (undisturbed, at_points, at_random, at_the_end):
                dataset.ahead += STEP_SECONDS
        at_the_end.run()
    at_the_end.check_finished()
    assert without_positions(values(at_the_end.output)) == without_positions(
        values(undisturbed.output)
    )
    assert all_points == set(at_points.killed_at)
    assert at_points.kills + at_random.kills + at_the_end.kills >= 100


def kill_at_points(dataset: Dataset, passed: list[str], is_last: bool) -> None:
    """Kills a run at each of the points where none was killed so far, then lets one finish. Early
    points come first: what a run has added, later runs of the same step do not add again."""
    new = [point for point in passed if point not in dataset.killed_at]
    for point in new if is_last else new[:POINTS_A_STEP]:
        dataset.run(kill_at=point)
    dataset.run()


def kill_at_random(finishing: Dataset, unfinished: Dataset, seconds: float, seed: int) -> None:
    """Kills runs over two datasets at random moments; one over the first dataset may finish."""
    moments = random.Random(seed)
    for dataset in (finishing, finishing, finishing, finishing, unfinished, unfinished):
        dataset.run(kill_after=moments.uniform(0.05, seconds))
    for dataset in (finishing, unfinished):
        dataset.run(kill_after=moments.uniform(0.6, 1.0) * seconds)
    finishing.run()


def files_of(dataset: Dataset) -> list[Path]:
    return list((dataset.output / "articles").rglob("*.parquet"))


@pytest.mark.slow
def test_what_a_killed_run_leaves_of_its_workers_adds_nothing(
    site: ChangingSite, launcher: Launcher, tmp_path: Path
) -> None:
    """The workers are stopped while they write, so that they outlive the next run."""
    site.advance(0)
    site.advance(1)
    config = write_configuration(site, tmp_path / "config.yaml", rows_per_file=1)
    undisturbed = Dataset(tmp_path / "undisturbed", config, launcher)
    undisturbed.run()
    dataset = Dataset(tmp_path / "dataset", config, launcher)
    with ParallelRun(dataset.args, tmp_path / "parallel.log") as parallel:
        parallel.wait_for(lambda: files_of(dataset))
        parallel.signal_workers(signal.SIGSTOP)
        parallel.process.kill()
        parallel.process.wait()
        assert len(files_of(dataset)) < len(files_of(undisturbed)), "it had written everything"
        dataset.run()
        assert_equal(dataset, undisturbed)
        before = files_of(dataset)
        parallel.signal_workers(signal.SIGCONT)
        parallel.wait_for_workers()
    assert files_of(dataset) == before


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["worker", "run"])
def test_a_parallel_run_whose_processes_are_killed_is_completed_by_the_next(
    victim: str, site: ChangingSite, launcher: Launcher, tmp_path: Path
) -> None:
    config = write_configuration(site, tmp_path / "config.yaml", rows_per_file=1)
    undisturbed = Dataset(tmp_path / "undisturbed", config, launcher)
    dataset = Dataset(tmp_path / "dataset", config, launcher)
    moments: tuple[Callable[[ParallelRun, int], Any], ...] = (
        # workers that have not reported yet; without a run these would wait for a minute
        lambda run, files: run.workers() if victim == "worker" else site.log,
        lambda run, files: len(site.log) > 10,
        lambda run, files: len(files_of(dataset)) > files,
    )
    for step, has_come in enumerate(moments):
        site.advance(step)
        undisturbed.run()
        site.forget()
        files = len(files_of(dataset))
        with ParallelRun(dataset.args, tmp_path / "parallel.log") as parallel:
            parallel.wait_for(partial(has_come, parallel, files))
            if victim == "worker":
                parallel.signal_workers(signal.SIGKILL, count=1)
            else:
                parallel.process.kill()
            parallel.process.wait(timeout=60)  # it may fail, but not hang
            dataset.check()
            dataset.run()
            parallel.wait_for_workers()
        dataset.check()
        assert values(dataset.output) == values(undisturbed.output)
        assert dead_letters(dataset.output) == dead_letters(undisturbed.output)
        assert remembered(dataset.output) == remembered(undisturbed.output)
