"""Turns at hosts on a clock that only sleeping moves."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from transforms.failures import FailureKind
from transforms.http import politeness
from transforms.http.errors import FetchError
from transforms.http.politeness import STRIKE_PAUSE, STRIKES, HostTable, HostTurns

HOST = "news.example:443"


class ManualClock:
    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        await asyncio.sleep(0)


class Bench:
    """One HostTurns, its clock, and the time at which each request started."""

    def __init__(self, delay: float = 2.0) -> None:
        self.clock = ManualClock()
        self.table = HostTable()
        self.turns = HostTurns(delay, self.table, self.clock)
        self.starts: list[float] = []
        self.running = 0

    async def ask(self, host: str = HOST, takes: float = 0.5) -> None:
        async with self.turns.turn(host):
            self.running += 1
            assert self.running == 1
            self.starts.append(self.clock.time - 1000)
            await self.clock.sleep(takes)
            self.running -= 1

    def run(self, *work: Coroutine[Any, Any, Any]) -> None:
        async def together() -> None:
            await asyncio.gather(*work)

        asyncio.run(together())


def error(kind: FailureKind, status: int | None = None, retry: float | None = None) -> FetchError:
    return FetchError(kind, "trouble", status=status, retry_after=retry)


def test_the_delay_counts_from_the_end_of_a_request_to_the_next_start() -> None:
    bench = Bench(delay=2.0)
    bench.run(bench.ask(takes=0.5), bench.ask(takes=3.0), bench.ask())
    assert bench.starts == [0, 2.5, 7.5]


def test_a_host_that_was_idle_long_enough_is_asked_at_once() -> None:
    bench = Bench(delay=2.0)
    bench.run(bench.ask())
    bench.clock.time += 1.5
    bench.run(bench.ask())
    bench.clock.time += 100
    bench.run(bench.ask())
    assert bench.starts == [0, 2.5, 103.0]


def test_hosts_do_not_wait_for_each_other() -> None:
    bench = Bench(delay=2.0)

    async def nested() -> None:
        async with bench.turns.turn(HOST):
            await bench.ask("other.example:443", takes=0)
            await bench.ask("news.example:80", takes=0)

    bench.run(nested())
    assert bench.starts == [0, 0]


def test_a_turn_ends_however_the_request_ends() -> None:
    bench = Bench(delay=2.0)

    async def failing() -> None:
        async with bench.turns.turn(HOST):
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        bench.run(failing())
    bench.run(bench.ask())
    assert bench.starts == [2.0]


@pytest.mark.parametrize(
    ("crawl_delay", "second"), [(5.0, 5.5), (0.1, 2.5), (None, 2.5), (86_400.0, 60.5)]
)
def test_the_longer_of_delay_and_crawl_delay_holds_up_to_a_minute(
    crawl_delay: float | None, second: float
) -> None:
    bench = Bench(delay=2.0)
    bench.run(bench.ask())  # robots.txt itself
    bench.turns.slow_down(HOST, crawl_delay)
    bench.run(bench.ask())
    assert bench.starts == [0, second]


def test_a_short_retry_after_is_waited_for() -> None:
    bench = Bench()
    bench.turns.failed(HOST, error(FailureKind.SERVER_ERROR, 503, 30.0))
    bench.run(bench.ask("other.example:443"))
    bench.run(bench.ask())
    assert bench.starts == [0, 30.0]


def test_a_long_retry_after_fails_without_a_request_until_it_is_nearly_over() -> None:
    bench = Bench()
    bench.turns.failed(HOST, error(FailureKind.RATE_LIMITED, 429, 3600.0))
    with pytest.raises(FetchError, match="asked for fewer requests") as caught:
        bench.run(bench.ask())
    assert caught.value.kind is FailureKind.RATE_LIMITED
    assert bench.starts == []
    bench.clock.time += 3590
    bench.run(bench.ask())
    assert bench.starts == [3600.0]


def test_a_retry_after_on_other_answers_pauses_nothing() -> None:
    bench = Bench()
    bench.turns.failed(HOST, error(FailureKind.NOT_FOUND, 404, 3600.0))
    bench.run(bench.ask())
    assert bench.starts == [0]


def test_a_host_that_keeps_failing_is_left_alone_for_a_while() -> None:
    bench = Bench()
    for _ in range(STRIKES):
        bench.turns.failed(HOST, error(FailureKind.TIMEOUT))
    with pytest.raises(FetchError, match="3 times in a row") as caught:
        bench.run(bench.ask())
    assert caught.value.kind is FailureKind.TIMEOUT
    bench.clock.time += STRIKE_PAUSE
    bench.run(bench.ask())
    assert bench.starts == [STRIKE_PAUSE]


@pytest.mark.parametrize("answers", [True, False])
def test_an_answer_between_failures_clears_them(answers: bool) -> None:
    bench = Bench()
    for _ in range(STRIKES * 2):
        bench.turns.failed(HOST, error(FailureKind.TIMEOUT))
        if answers:
            bench.turns.succeeded(HOST)
        else:  # a 404 is an answer too
            bench.turns.failed(HOST, error(FailureKind.NOT_FOUND, 404))
    bench.run(bench.ask())
    assert bench.starts == [0]


def test_what_is_known_outlives_an_event_loop() -> None:
    bench = Bench(delay=2.0)
    bench.run(bench.ask())
    bench.turns = HostTurns(2.0, bench.table, bench.clock)
    bench.run(bench.ask())
    assert bench.starts == [0, 2.5]


def test_the_table_forgets_idle_hosts_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(politeness, "_MAX_HOSTS", 100)
    table = HostTable()
    for number in range(100):
        table.record(f"{number}.example:80", 1000.0).ended_at = 1000.0
    table.record("paused.example:80", 1000.0).paused_until = 9000.0
    table.record("fresh.example:80", 2000.0)
    assert set(table.records) == {"paused.example:80", "fresh.example:80"}
