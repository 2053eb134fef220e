"""The same dataset from Flink as from the local runner."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.batch import run_batch
from pipelines.demo import demo_configuration
from pipelines.sample_site import SampleSite
from tests.datasets import failures_of, values, write_configuration
from tests.engines.flink import Engine, engine, install, needs_flink, newsbeam


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with SampleSite() as running:
        yield running


@pytest.fixture(scope="module")
def config(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_configuration(site, tmp_path_factory.mktemp("config") / "config.yaml")


@pytest.fixture(scope="module")
def local(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("local")
    assert run_batch(demo_configuration(site), str(output)).complete
    return output


def same(output: Path, local: Path) -> None:
    assert values(output) == values(local)
    key = ("stage", "kind", "message", "url", "feed_url", "entry_guid")
    assert sorted(str([row[k] for k in key]) for row in failures_of(output)) == sorted(
        str([row[k] for k in key]) for row in failures_of(local)
    )


@pytest.mark.slow
@needs_flink
def test_flink_in_one_process_writes_what_the_local_runner_writes(
    config: Path, local: Path, tmp_path: Path
) -> None:
    jar = install()
    options = ["--runner=FlinkRunner", f"--flink_job_server_jar={jar}"]
    output = tmp_path / "data"
    done = newsbeam("run", "-c", config, "-o", output, "--json", *options)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, "a run without trouble says nothing of the kind"
    same(output, local)
    ours = json.loads(done.stdout)
    (path,) = (local / "runs").glob("*.json")
    theirs = json.loads(path.read_text(encoding="utf-8"))
    for section in ("status", "feeds", "entries", "verdicts", "languages", "labels", "models"):
        assert ours[section] == theirs[section], section
    assert {name: (n["in"], n["out"], n["failed"]) for name, n in ours["stages"].items()} == {
        name: (n["in"], n["out"], n["failed"]) for name, n in theirs["stages"].items()
    }
    again = newsbeam("run", "-c", config, "-o", output, "--json")
    assert json.loads(again.stdout)["entries"]["written"] == 0, "the next run may be a local one"


def elements_read(flink: Engine) -> "Counter[str]":
    """How many elements the steps of the one job have read, by task manager."""
    (job,) = flink.rest("/jobs")["jobs"]
    read: Counter[str] = Counter()
    for vertex in flink.rest(f"/jobs/{job['id']}")["vertices"]:
        steps = flink.rest(f"/jobs/{job['id']}/vertices/{vertex['id']}/taskmanagers")
        for step in steps["taskmanagers"]:
            read[step["taskmanager-id"]] += step["metrics"]["read-records"]
    return read


@pytest.mark.engines
@needs_flink
def test_two_task_managers_write_what_the_local_runner_writes(
    config: Path, local: Path, tmp_path: Path
) -> None:
    install("cluster")
    # Slots for the whole job on either of them, so that it is the settings that make it use both.
    with engine(tmp_path / "flink", "cluster", "2", SLOTS="2") as flink:
        output = tmp_path / "data"
        args = ("run", "-c", config, "-o", output, "--quiet", "--parallelism=2")
        done = newsbeam(*args, *flink.options)
        assert done.returncode == 0, done.stderr
        same(output, local)
        read = elements_read(flink)
        assert min(read["tm-1"], read["tm-2"]) > 0, f"both had work: {read}"
