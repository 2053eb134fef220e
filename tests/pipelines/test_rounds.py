"""`newsbeam stream` without a runner, on the clock of a simulation and as a process."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines import rounds
from pipelines.batch import OptionError, new_run
from pipelines.hours import FAILED, IDLE, RAN, REFUSED, Hours
from pipelines.rounds import FAILURES_IN_A_ROW, Queues, Rounds, Stop, in_one_process
from pipelines.summary import Account, adds_up
from tests.datasets import assert_has_articles_of
from tests.pipelines.changing_site import (
    ATTEMPTS,
    FULL,
    LANGUAGES,
    ChangingSite,
    write_configuration,
)
from tests.pipelines.simulation import (
    Answer,
    Host,
    Post,
    Simulation,
    minutes,
    page,
    rss,
    simulated,
)
from transforms.lock import locked

ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Simulation, Host]]:
    """A host whose feed has an entry more at every asking."""
    with simulated(tmp_path / "dataset") as (simulation, web):
        host = web.host()
        host.routes |= {f"/{number}": lambda ask: page(f"Town{ask.path}") for number in range(9)}
        posts = [Post(f"{host.base}/0")]

        def feed(ask: Any) -> Answer:
            posts.append(Post(f"{host.base}/{len(posts)}"))
            return Answer(body=rss(posts))

        host.routes["/feed"] = feed
        simulation.add(host)
        yield simulation, host


def stream(simulation: Simulation) -> tuple[Rounds, Hours]:
    made = Rounds(
        simulation.configuration, str(simulation.output), 60.0, ("--no_pipeline_type_check",)
    )
    return made, Hours(made.output, 1, 60.0)


def accounts(output: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted((output / "runs").glob("*.json"))]


def test_rounds_and_runs_alternate_on_one_output(world: tuple[Simulation, Host]) -> None:
    simulation, host = world
    made, account = stream(simulation)
    assert made.round(account) == RAN
    assert made.status.queues == Queues()
    asked = len(host.log)
    simulation.now += minutes(1)
    assert made.round(account) == IDLE
    assert len(host.log) == asked
    simulation.now += minutes(29)
    simulation.run()
    simulation.now += minutes(30)
    assert made.round(account) == RAN
    account.close()
    rows = simulation.records()
    urls = Counter(row["url"] for row in rows)
    assert len(urls) == 4
    assert set(urls.values()) == {1}
    first, run, second = accounts(simulation.output)
    assert (first["rounds"]["ran"], first["rounds"]["idle"]) == (1, 1)
    assert (second["rounds"]["ran"], second["rounds"]["idle"]) == (1, 0)
    ids = {*first["rounds"]["runs"], run["run_id"], *second["rounds"]["runs"]}
    assert {row["run_id"] for row in rows} == ids
    assert [each["entries"]["written"] for each in (first, run, second)] == [2, 1, 1]
    assert all(adds_up(each["entries"]) for each in (first, run, second))
    assert made.status.total.counts["feeds/changed"] == 2


def test_a_round_gives_way_to_a_run_that_holds_the_lock(world: tuple[Simulation, Host]) -> None:
    simulation, host = world
    made, account = stream(simulation)
    with locked(str(simulation.output), "20260101T000000.000Z-abcdef"):
        assert made.round(account) == REFUSED
    assert host.log == []


def test_there_is_one_account_an_hour_and_it_adds_up(tmp_path: Path) -> None:
    counts = {"entries/announced": 3, "entries/known": 2, "entries/pending/timeout": 1}
    with simulated(tmp_path) as (simulation, _):
        account = Hours(str(tmp_path), 4, 60.0)
        for _ in range(3):
            account.add(RAN, new_run(), Account(2, counts))
            simulation.now += minutes(20)
        account.add(RAN, new_run(), Account(1, counts))
        account.close()
    first, second = accounts(tmp_path)
    assert first["status"] == "complete"
    assert (first["command"], first["window"]) == ("stream", 60.0)
    assert (first["feeds"]["configured"], first["feeds"]["due"]) == (4, 6)
    assert first["entries"]["announced"] == 9
    assert adds_up(first["entries"])
    assert len(first["rounds"]["runs"]) == first["rounds"]["ran"] == 3
    assert second["rounds"]["ran"] == 1


def test_an_idle_hour_has_an_account_too(tmp_path: Path) -> None:
    with simulated(tmp_path) as (simulation, _):
        account = Hours(str(tmp_path), 0, 60.0)
        account.add(IDLE)
        account.turn()
        assert not (tmp_path / "runs").exists()
        simulation.now += minutes(60)
        account.turn()
        account.close()
    (only,) = accounts(tmp_path)
    assert only["rounds"] == {"ran": 0, "idle": 1, "refused": 0, "failed": 0, "runs": []}


class StopAfter(Stop):
    """Waits for nothing and stops after so many waits."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.left = waits

    def wait(self, seconds: float) -> None:
        self.left -= 1
        self.asked = self.left <= 0


def failing(ends: list[str | Exception]) -> Callable[[Hours], str]:
    def round_(account: Hours) -> str:
        end = ends.pop(0)
        if isinstance(end, Exception):
            raise end
        account.add(end)
        return end

    return round_


def test_a_stream_survives_failed_rounds_but_not_too_many_in_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with simulated(tmp_path) as (simulation, _):
        made, _ = stream(simulation)
        full = OSError("the disk is full")
        ends: list[str | Exception] = [IDLE, full, IDLE, *[full] * FAILURES_IN_A_ROW, IDLE]
        monkeypatch.setattr(made, "round", failing(ends))
        with pytest.raises(OSError, match="full"):
            made.run(StopAfter(99))
    assert ends == [IDLE]
    (account,) = accounts(tmp_path)
    assert account["rounds"]["failed"] == 1 + FAILURES_IN_A_ROW
    assert made.status.rounds == {IDLE: 2, FAILED: FAILURES_IN_A_ROW}


def test_a_stream_that_fails_at_once_ends_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with simulated(tmp_path) as (simulation, _):
        made, _ = stream(simulation)
        monkeypatch.setattr(made, "round", failing([RuntimeError("no"), IDLE]))
        with pytest.raises(RuntimeError, match="no"):
            made.run(StopAfter(99))


def test_rounds_start_a_window_apart_and_never_overlap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Waits(StopAfter):
        def wait(self, seconds: float) -> None:
            super().wait(seconds)
            waited.append(seconds)

    waited: list[float] = []
    moments = iter([0.0, 5.0, 5.0, 60.0, 160.0, 160.0, 170.0, 170.0, 170.0])
    monkeypatch.setattr(rounds.time, "monotonic", lambda: next(moments))
    with simulated(tmp_path) as (simulation, _):
        made, _ = stream(simulation)
        monkeypatch.setattr(made, "round", failing([IDLE] * 3))
        made.run(Waits(3))
    assert waited == [55.0, -40.0, 60.0]


def test_stop_heeds_signals_and_a_second_one_interrupts() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Stop() as stop:
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()
        start = time.monotonic()
        stop.wait(10.0)
        assert stop.asked
        assert time.monotonic() - start < 2.0
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_round_is_one_process_unless_told_otherwise() -> None:
    assert in_one_process(()) == ("--direct_running_mode=in_memory",)
    assert in_one_process(("--direct_num_workers=2",)) == ("--direct_num_workers=2",)


def test_an_unknown_option_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    with simulated(tmp_path / "dataset") as (simulation, _), pytest.raises(OptionError):
        Rounds(simulation.configuration, str(simulation.output), 60.0, ("--no-such-option",))
    assert not (tmp_path / "dataset").exists()


def newsbeam(*args: str) -> subprocess.Popen[bytes]:
    code = "from pipelines.cli import main; main()"
    return subprocess.Popen([sys.executable, "-c", code, *args], cwd=ROOT)


def quick(config: Path, attempts: int = ATTEMPTS) -> None:
    """Feeds may be asked every second, and pages tried again as soon."""
    plain = json.loads(config.read_text())
    plain["fetch"] |= {"min_interval": "1s", "max_interval": "1s"}
    plain["fetch"]["retry"] = {"attempts": attempts, "backoff": "1s"}
    config.write_text(json.dumps(plain))


def wait_for(what: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


@pytest.mark.slow
def test_a_stream_that_is_stopped_and_killed_makes_the_dataset_that_runs_make(
    tmp_path: Path,
) -> None:
    with ChangingSite() as site:
        config = write_configuration(site, tmp_path / "config.yaml")
        quick(config)
        output = tmp_path / "streamed"
        args = ("stream", "-c", str(config), "-o", str(output), "--window", "1s", "-q")
        for step in range(3):
            site.advance(step)
            site.forget()
            process = newsbeam(*args)
            if step == 1:  # kill it in the middle of its work, and start again
                wait_for(lambda: len(site.log) > 8)
                process.kill()
                process.wait()
                process = newsbeam(*args)
            # asked again: the round that wrote what is new is over
            wait_for(lambda: min(site.hits(name, "/feed") for name in (*LANGUAGES, FULL)) >= 2)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        compared = tmp_path / "compared"
        assert newsbeam("run", "-c", str(config), "-o", str(compared), "-q").wait() == 0
    assert_has_articles_of(output, compared)
    for account in accounts(output):
        assert account["status"] == "complete"
        assert adds_up(account["entries"])
    assert not (output / "state" / "lock.json").exists()
