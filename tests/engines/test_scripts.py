"""deploy/flink's scripts fail loudly and end only what they started."""

import os
import socket
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.engines.flink import PORTS, SCRIPTS, free_ports, script


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An installation with nothing behind its names, on free ports."""
    jar = tmp_path / "home" / "job-server-2.70.0" / "job-server.jar"
    jar.parent.mkdir(parents=True)
    jar.touch()
    ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    return {**ports, "NEWSBEAM_FLINK": str(tmp_path / "home"), "PATIENCE": "5"}


def test_a_taken_port_is_an_error_before_anything_starts(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = script("start.sh", "embedded", environment={**environment, "ARTIFACT_PORT": port})
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert not list((tmp_path / "home" / "run").glob("*.pid"))


def test_what_is_not_installed_is_named(environment: dict[str, str]) -> None:
    done = script("start.sh", "cluster", environment=environment)
    assert done.returncode == 1
    assert "install.sh cluster" in done.stderr
    done = script("start.sh", "swarm", environment=environment)
    assert "usage" in done.stderr


@pytest.mark.slow
def test_a_server_that_ends_is_an_error_and_leaves_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = script("start.sh", "embedded", environment=environment)  # an empty jar
    assert done.returncode == 1
    assert "jobserver has ended" in done.stderr
    assert not list((tmp_path / "home" / "run").glob("*.pid"))


def test_stopping_ends_processes_of_the_pid_files_alone(
    environment: dict[str, str], tmp_path: Path
) -> None:
    run = tmp_path / "home" / "run"
    run.mkdir()
    with subprocess.Popen(["sleep", "60"]) as ours, subprocess.Popen(["sleep", "60"]) as other:
        ticks = Path(f"/proc/{ours.pid}/stat").read_text().rpartition(")")[2].split()[19]
        (run / "jobserver.pid").write_text(f"{ours.pid} {ticks}\n")
        (run / "taskmanager-1.pid").write_text(f"{other.pid} 1\n")  # an id that was used again
        (run / "jobserver.log").touch()
        running = script("start.sh", "embedded", environment=environment)
        assert "jobserver runs already" in running.stderr
        done = script("stop.sh", environment=environment)
        assert done.returncode == 0, done.stderr
        assert ours.wait(timeout=5) == -15
        assert other.poll() is None
        other.kill()
    assert [path.name for path in run.iterdir()] == ["jobserver.log"]


def test_scripts_and_settings_can_be_read() -> None:
    for path in sorted(SCRIPTS.glob("*.sh")):
        subprocess.run(["bash", "-n", path], check=True)
        assert path.name == "common.sh" or os.access(path, os.X_OK), path
    settings = yaml.safe_load((SCRIPTS / "conf" / "config.yaml").read_text(encoding="utf-8"))
    memory = settings["taskmanager"]["memory"]
    run = (SCRIPTS / "run.sh").read_text(encoding="utf-8")
    megabytes = {name: int(size[:-1]) for part, sizes in memory.items() if isinstance(sizes, str)
                 for name, size in [(part, sizes)]}  # fmt: skip
    heap = megabytes["task.heap.size"] + megabytes["framework.heap.size"]
    direct = (
        megabytes["task.off-heap.size"]
        + megabytes["framework.off-heap.size"]
        + megabytes["network.max"]
    )
    assert f"HEAP_TASK_MANAGER={heap}m" in run
    assert f"OFF_HEAP_TASK_MANAGER={direct}m" in run
