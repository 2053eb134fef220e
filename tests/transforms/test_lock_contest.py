"""transforms.lock: several runs that ask for one output at the same moment."""

import json
import multiprocessing
from dataclasses import asdict
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from tests.transforms.lock_files import ends_in, holder, leave, own_lock
from transforms import lock as locks
from transforms.lock import (
    LockHeld,
    locked,
)

ROUNDS = 40
CONTENDERS = 3


def contend(
    name: str, output: str, barrier: Barrier, rounds: int, leftover: str, wins: str
) -> None:
    """One of several processes that ask for the same lock at the same moment."""
    for number in range(rounds):
        run_id = f"{name}-{number}"
        barrier.wait(60)
        try:
            locks._take(output, run_id)
            with Path(wins).open("a", encoding="utf-8") as file:
                file.write(f"{number}\n")
        except LockHeld:
            pass
        barrier.wait(60)
        locks._release(output, run_id)
        barrier.wait(60)
        if leftover and name == "0":
            leave(Path(output), leftover.encode())


def contest(output: Path, rounds: int, leftover: str) -> list[int]:
    """How many won each round."""
    # a file and not a Manager, whose proxies Beam replaces in a way that cannot be pickled
    wins = output.with_name(f"{output.name}-wins")
    wins.touch()
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(CONTENDERS)
    arguments = (str(output), barrier, rounds, leftover, str(wins))
    contenders = [
        context.Process(target=contend, args=(str(number), *arguments))
        for number in range(CONTENDERS)
    ]
    for process in contenders:
        process.start()
    for process in contenders:
        process.join(120)
    assert [process.exitcode for process in contenders] == [0] * CONTENDERS
    won = [int(number) for number in wins.read_text(encoding="utf-8").split()]
    return [won.count(number) for number in range(rounds)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "leftover",
    [
        pytest.param("", id="no lock"),
        pytest.param(json.dumps(asdict(own_lock(expires_at=ends_in(-1)))), id="lease over"),
        pytest.param("{", id="damaged"),
    ],
)
def test_of_several_that_ask_at_once_exactly_one_wins(tmp_path: Path, leftover: str) -> None:
    assert contest(tmp_path, ROUNDS, leftover) == [1] * ROUNDS


def test_where_files_cannot_be_locked_the_later_writer_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "fcntl", None)
    monkeypatch.setattr(locks, "SETTLE_SECONDS", 0.05)
    with locked(str(tmp_path), "one"):
        assert holder(tmp_path) == "one"
    write = locks._write

    def overtaken(output: str, run_id: str) -> None:
        write(output, run_id)
        write(output, "two")

    monkeypatch.setattr(locks, "_write", overtaken)
    with pytest.raises(LockHeld, match="another run has just taken"), locked(str(tmp_path), "one"):
        raise AssertionError("two runs at once")
    assert holder(tmp_path) == "two"


def test_somebody_who_stopped_while_looking_blocks_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if locks.fcntl is None:
        pytest.skip("no such lock here")
    monkeypatch.setattr(locks, "ALONE_SECONDS", 0.2)
    monkeypatch.setattr(locks, "SETTLE_SECONDS", 0.05)
    (tmp_path / "state").mkdir()
    with locks._alone(str(tmp_path)) as is_alone:
        assert is_alone
        with locked(str(tmp_path), "one"):
            assert holder(tmp_path) == "one"
