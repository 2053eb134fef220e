"""Flink engines for tests, started with deploy/flink's own scripts."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "deploy" / "flink"
COMMAND = (sys.executable, "-c", "from pipelines.cli import main; main(prog_name='newsbeam')")
PORTS = ("JOB_PORT", "ARTIFACT_PORT", "EXPANSION_PORT", "REST_PORT", "RPC_PORT", "BLOB_PORT")


def missing() -> str:
    """Why there can be no Flink on this machine; "" when there can."""
    if shutil.which("mvn") is None:
        return "Maven is not installed"
    if shutil.which("java") is None:
        return "Java is not installed"
    done = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', done.stderr)
    return "" if found and int(found[1]) >= 17 else "Java 17 or newer is not installed"


needs_flink = pytest.mark.skipif(bool(missing()), reason=missing() or "Flink can be run")


def install(what: str = "job-server") -> Path:
    """The job server's jar, fetched where it is not there yet."""
    done = subprocess.run(
        [SCRIPTS / "install.sh", what], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.split()[-1])


def newsbeam(*args: str | Path, **more: Any) -> "subprocess.CompletedProcess[str]":
    """newsbeam's command line in a process of its own."""
    return subprocess.run(
        [*COMMAND, *map(str, args)], cwd=ROOT, capture_output=True, text=True, check=False, **more
    )


@dataclass(frozen=True)
class Engine:
    """A running engine. `folder` has its pid files and logs, `environment` its ports."""

    folder: Path
    environment: dict[str, str]

    @property
    def options(self) -> list[str]:
        """newsbeam's options for it; workers run this very source tree."""
        worker = self.folder / "newsbeam-worker"
        process = json.dumps({"command": str(worker)})
        return [
            "--runner=PortableRunner",
            f"--job_endpoint=localhost:{self.environment['JOB_PORT']}",
            "--environment_type=PROCESS",
            f"--environment_config={process}",
        ]

    def rest(self, path: str) -> Any:
        """What the job manager answers."""
        url = f"http://127.0.0.1:{self.environment['REST_PORT']}{path}"
        with urllib.request.urlopen(url, timeout=20) as answer:
            return json.load(answer)

    def post(self, path: str, content: Any) -> Any:
        """What the job manager answers to a command."""
        url = f"http://127.0.0.1:{self.environment['REST_PORT']}{path}"
        request = urllib.request.Request(
            url, json.dumps(content).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return json.load(answer)

    def pid(self, name: str) -> int:
        return int((self.folder / f"{name}.pid").read_text().split()[0])

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def script(
    name: str, *args: str, environment: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [SCRIPTS / name, *args],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def engine(folder: Path, *mode: str, **settings: str) -> Iterator[Engine]:
    """`start.sh MODE...` on free ports, `stop.sh` at the end; `settings` as in common.sh."""
    ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    environment = {**ports, "NEWSBEAM_FLINK_RUN": str(folder), **settings}
    folder.mkdir(parents=True, exist_ok=True)
    worker = folder / "newsbeam-worker"
    worker.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m pipelines.worker_boot "$@"\n'
    )
    worker.chmod(0o755)
    started = script("start.sh", *mode, environment=environment)
    assert started.returncode == 0, started.stderr
    try:
        yield Engine(folder, environment)
    finally:
        stopped = script("stop.sh", environment=environment)
        assert stopped.returncode == 0, stopped.stderr
