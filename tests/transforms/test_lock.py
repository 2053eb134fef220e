import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from tests.builders import NOW
from tests.transforms.lock_files import dead_process, ends_in, holder, leave, needs_proc, own_lock
from transforms import lock as locks
from transforms.lock import (
    Lock,
    LockHeld,
    LockLost,
    lock_path,
    locked,
    machine,
    read_lock,
    require_lock,
)
from transforms.parquet import Sink, write_rows
from transforms.records import Run
from transforms.schemas import FAILURE_SCHEMA

ROOT = Path(__file__).parents[2]


def test_an_output_is_held_while_the_block_runs_and_released_at_its_end(tmp_path: Path) -> None:
    with locked(str(tmp_path), "one"):
        found = read_lock(str(tmp_path))
        assert found is not None
        assert (found.run_id, found.pid, found.host) == ("one", os.getpid(), machine())
        assert not found.has_expired
        assert not found.is_dead
    assert not Path(lock_path(str(tmp_path))).exists()
    assert not list((tmp_path / "tmp").iterdir())


def test_it_is_released_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="boom"), locked(str(tmp_path), "one"):
        raise ValueError("boom")
    assert holder(tmp_path) is None


def test_a_second_run_refuses_and_says_why_and_what_to_do(tmp_path: Path) -> None:
    with locked(str(tmp_path), "one"):
        with pytest.raises(LockHeld) as caught, locked(str(tmp_path), "two"):
            raise AssertionError("two runs at once")
        assert holder(tmp_path) == "one"
    for part in ("run one is at work", str(tmp_path), str(os.getpid()), socket.gethostname(),
                 "lease until", "wait for it", "delete", "lock.json"):  # fmt: skip
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "lock",
    [
        pytest.param(own_lock(expires_at=ends_in(-1)), id="its lease is over"),
        pytest.param(own_lock(expires_at=ends_in(-1), host="elsewhere"), id="elsewhere, over"),
        pytest.param(own_lock(pid=dead_process(), started="123"), id="dead process"),
        pytest.param(own_lock(pid=dead_process(), started=""), id="dead, start unknown"),
        pytest.param(own_lock(pid=10**30), id="impossible process"),
        pytest.param(own_lock(started="1"), id="id used again", marks=needs_proc),
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"[1]", id="no object"),
        pytest.param(b'{"run_id": "x"}', id="fields missing"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(
            json.dumps({**asdict(own_lock()), "expires_at": "tomorrow"}).encode(), id="no time"
        ),
        pytest.param(
            json.dumps({**asdict(own_lock()), "expires_at": "2999-01-01T00:00:00"}).encode(),
            id="no zone",
        ),
        pytest.param(json.dumps({**asdict(own_lock()), "pid": "1"}).encode(), id="no number"),
    ],
)
def test_what_nobody_holds_any_more_is_taken_over_at_once(
    tmp_path: Path, lock: Lock | bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(tmp_path, lock)
    waits: list[float] = []
    monkeypatch.setattr("transforms.lock.time.sleep", waits.append)
    with locked(str(tmp_path), "two"):
        assert holder(tmp_path) == "two"
    assert waits == []
    assert holder(tmp_path) is None


@pytest.mark.parametrize(
    "lock",
    [
        pytest.param(own_lock(), id="alive"),
        pytest.param(own_lock(started=""), id="alive, start unknown"),
        pytest.param(own_lock(host="elsewhere", pid=dead_process()), id="another machine"),
        pytest.param(own_lock(host=f"{socket.gethostname()} before the reboot"), id="other boot"),
        pytest.param(
            own_lock(host=machine().rpartition(" ")[0] + " pid:[1]", pid=dead_process()),
            id="another container",
            marks=needs_proc,
        ),
    ],
)
def test_what_somebody_may_hold_is_left_alone(tmp_path: Path, lock: Lock) -> None:
    leave(tmp_path, lock)
    with pytest.raises(LockHeld), locked(str(tmp_path), "two"):
        raise AssertionError("two runs at once")
    assert read_lock(str(tmp_path)) == lock


def test_a_process_that_the_system_hides_counts_as_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """/proc with hidepid shows nothing of other users, and they may not be signalled."""

    def hidden(*_: object, **__: object) -> str:
        raise FileNotFoundError

    def forbidden(*_: object) -> None:
        raise PermissionError

    lock = own_lock()
    here = machine()
    monkeypatch.setattr(locks, "machine", lambda: here)
    monkeypatch.setattr(Path, "read_text", hidden)
    monkeypatch.setattr(os, "kill", forbidden)
    assert not lock.is_dead


@needs_proc
def test_a_zombie_is_dead(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    deadline = time.monotonic() + 10
    while locks._process_start(process.pid) != locks.NO_PROCESS and time.monotonic() < deadline:
        time.sleep(0.01)
    assert own_lock(pid=process.pid, started="5").is_dead
    process.wait()


def test_a_lock_that_cannot_be_read_is_not_taken_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(tmp_path, own_lock())

    def unreachable(path: str) -> bytes:
        raise OSError(5, "Input/output error", path)

    monkeypatch.setattr(locks, "read_bytes", unreachable)
    with pytest.raises(OSError, match="Input/output"), locked(str(tmp_path), "two"):
        raise AssertionError("two runs at once")


def test_the_lease_is_renewed_while_the_block_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "LEASE_SECONDS", 0.5)
    monkeypatch.setattr(locks, "RENEW_SECONDS", 0.1)
    with locked(str(tmp_path), "one"):
        first = read_lock(str(tmp_path))
        time.sleep(1.2)
        later = read_lock(str(tmp_path))
        assert first is not None
        assert later is not None
        assert first.has_expired
        assert not later.has_expired
        with pytest.raises(LockHeld), locked(str(tmp_path), "two"):
            raise AssertionError("two runs at once")


def test_a_renewal_that_fails_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(locks, "RENEW_SECONDS", 0.05)
    write = locks._write
    with locked(str(tmp_path), "one"):
        first = read_lock(str(tmp_path))
        monkeypatch.setattr(locks, "_write", lambda *_: (_ for _ in ()).throw(OSError("full")))
        time.sleep(0.2)
        monkeypatch.setattr(locks, "_write", write)
        time.sleep(0.2)
        assert read_lock(str(tmp_path)) != first
    assert "could not be renewed: full" in caplog.text


def test_a_lost_lock_is_not_taken_back_nor_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(locks, "RENEW_SECONDS", 0.05)
    other = own_lock()
    with caplog.at_level(logging.ERROR), locked(str(tmp_path), "one"):
        leave(tmp_path, other)
        time.sleep(0.3)
        assert read_lock(str(tmp_path)) == other
        with pytest.raises(LockLost, match=r"run other has taken over .* from run one"):
            require_lock(str(tmp_path), "one")
    assert read_lock(str(tmp_path)) == other
    assert "has taken over" in caplog.text


def test_a_release_that_fails_does_not_fail_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with locked(str(tmp_path), "one"):
        monkeypatch.setattr(
            locks.FileSystems, "delete", lambda _: (_ for _ in ()).throw(OSError("gone away"))
        )
    assert "could not be released: gone away" in caplog.text


def test_only_the_holder_is_required(tmp_path: Path) -> None:
    require_lock(str(tmp_path), "20260128T120000.000Z-one")
    with locked(str(tmp_path), "one"):
        require_lock(str(tmp_path), "one")
        with pytest.raises(LockLost):
            require_lock(str(tmp_path), "two")


def test_nothing_is_added_to_the_dataset_without_the_lock(tmp_path: Path) -> None:
    sink = Sink(str(tmp_path), "failures", Run("one", NOW, "0"), FAILURE_SCHEMA)
    row = {"run_id": "one", "url": "https://news.example/a"}
    leave(tmp_path, own_lock())
    with pytest.raises(LockLost):
        list(write_rows(sink, "ingest_date=2026-01-28", 0, [row]))
    assert not list(tmp_path.glob("failures/**/*.parquet"))
    leave(tmp_path, own_lock(run_id="one"))
    assert [file.rows for file in write_rows(sink, "ingest_date=2026-01-28", 0, [row])] == [1]


def command(output: Path, config: Path) -> list[str]:
    return ["run", "--config", str(config), "--output", str(output), "--quiet"]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(
        "feeds: [{url: 'http://127.0.0.1:9/nobody-is-there'}]\n"
        "fetch: {allow_private_networks: true, robots: ignore}\n",
        encoding="utf-8",
    )
    return path


def test_the_command_ends_with_1_and_the_message(tmp_path: Path, config: Path) -> None:
    output = tmp_path / "dataset"
    with locked(str(output.resolve()), "one"):
        result = CliRunner().invoke(main, command(output, config))
        assert holder(output) == "one"
    assert result.exit_code == 1
    assert "run one is at work on" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (output / "runs").exists(), "a run that refused leaves no account"


@pytest.mark.slow
def test_a_killed_run_is_taken_over_at_once(tmp_path: Path, config: Path) -> None:
    output = tmp_path / "dataset"
    code = (
        "import sys, time; from transforms.lock import locked\n"
        "with locked(sys.argv[1], 'killed'):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(output.resolve())], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    assert CliRunner().invoke(main, command(output, config)).exit_code == 1
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert holder(output) == "killed"
    assert CliRunner().invoke(main, command(output, config)).exit_code == 0
    assert holder(output) is None
