"""A stream on a cluster: what a lost machine and a stop with a savepoint cost is nothing."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.datasets import assert_has_articles_of, values
from tests.engines.flink import COMMAND, ROOT, Engine, engine, install, needs_flink, newsbeam
from tests.engines.growing_site import GrowingSite

PATIENCE = 1200.0


@contextmanager
def stream(
    config: Path, output: Path, log: Path, *options: str
) -> Iterator["subprocess.Popen[bytes]"]:
    args = ["stream", "-c", str(config), "-o", str(output), "--window", "10s", *options]
    with log.open("ab") as stderr:
        process = subprocess.Popen([*COMMAND, *args], cwd=ROOT, stderr=stderr)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(120)


def wait(
    what: str, is_done: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path
) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_done():
        assert process.poll() is None, f"{what}: the stream ended\n{log.read_text()[-3000:]}"
        assert time.monotonic() < deadline, f"{what}: not in time\n{log.read_text()[-3000:]}"
        time.sleep(1.0)


def running_job(flink: Engine) -> str:
    (job,) = (job for job in flink.rest("/jobs")["jobs"] if job["status"] == "RUNNING")
    return str(job["id"])


def checkpoints(flink: Engine, job: str) -> int:
    return int(flink.rest(f"/jobs/{job}/checkpoints")["counts"]["completed"])


def busy_task_manager(flink: Engine, job: str) -> str:
    """The name of a task manager that works for a job, as its pid file has it."""
    vertex = flink.rest(f"/jobs/{job}")["vertices"][0]["id"]
    (first, *_) = flink.rest(f"/jobs/{job}/vertices/{vertex}/taskmanagers")["taskmanagers"]
    return str(first["taskmanager-id"]).replace("tm-", "taskmanager-")


@pytest.mark.engines
@needs_flink
def test_a_lost_machine_and_a_savepoint_lose_and_double_nothing(
    tmp_path: Path,
) -> None:
    install("cluster")
    output, log = tmp_path / "data", tmp_path / "stream.log"

    def written() -> int:
        return len(values(output)) if (output / "articles").exists() else 0

    with GrowingSite() as site, engine(tmp_path / "flink", "cluster", "2") as flink:
        config = site.write_configuration(tmp_path / "config.yaml")
        options = (*flink.options, "--parallelism=1", "--checkpointing_interval=5000")
        site.published = 10
        with stream(config, output, log, *options) as process:
            wait("the first ten", lambda: written() == 10, process, log)
            job = running_job(flink)
            before = checkpoints(flink, job)
            wait("a checkpoint", lambda: checkpoints(flink, job) > before, process, log)
            site.published = 20
            lost = busy_task_manager(flink, job)
            os.kill(flink.pid(lost), signal.SIGKILL)
            site.published = 25
            wait("the job on the other machine", lambda: written() == 25, process, log)
            stopped = flink.post(
                f"/jobs/{running_job(flink)}/savepoints",
                {"cancel-job": True, "target-directory": f"file://{tmp_path}/savepoints"},
            )
            assert stopped["request-id"]
            process.wait(PATIENCE)
        (savepoint,) = (tmp_path / "savepoints").iterdir()
        site.published = 35
        resumed = (*options, f"--savepoint_path=file://{savepoint}")
        with stream(config, output, log, *resumed) as process:
            wait("what came while it was stopped", lambda: written() == 35, process, log)
            time.sleep(20)  # two windows in which nothing may come twice
            process.terminate()
            assert process.wait(PATIENCE) == 0, log.read_text()[-3000:]
        batch = newsbeam("run", "-c", config, "-o", tmp_path / "batch", "--quiet")
        assert batch.returncode == 0, batch.stderr
    assert written() == 35
    assert_has_articles_of(output, tmp_path / "batch")
