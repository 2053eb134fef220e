"""One request at a time per host, with a pause between; a host in trouble is left alone.

A host is `host:port`. Its delay counts from the end of a request to the start of the next, and
robots.txt counts as a request. Two kinds of trouble pause a host: a Retry-After (429, 503), and
`STRIKES` failures in a row that the host, not the page, is to blame for. While the pause is
short its requests wait; while it is longer than `MAX_WAIT` they fail at once, without a request,
with the kind of the trouble, which is one that is tried again in a later run.

`HostTable` is plain data and outlives event loops; `HostTurns` is the queue of one loop.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from transforms.elements import HostCourtesy
from transforms.failures import FailureKind
from transforms.http.errors import FetchError

MAX_WAIT = 60.0
"""Seconds that a request waits for a paused host before it gives up."""

MAX_CRAWL_DELAY = 60.0
"""Seconds; a longer crawl-delay is read as this. Some sites say a day, meaning nothing by it."""

STRIKES = 3
STRIKE_PAUSE = 600.0
"""After so many failures in a row a host is left alone for so many seconds: a hanging host with
1,000 entries would otherwise keep a run busy for 1,000 time-outs."""

_BLAMED = frozenset(
    {
        FailureKind.TIMEOUT,
        FailureKind.CONNECTION_ERROR,
        FailureKind.DNS_ERROR,
        FailureKind.TLS_ERROR,
        FailureKind.RATE_LIMITED,
    }
)
_PAUSE_STATUSES = frozenset([429, 503])
_MAX_HOSTS = 50_000


class Clock(Protocol):
    """Monotonic seconds, and a sleep on them."""

    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class HostRecord:
    """What is known of a host. Times are of the Clock."""

    crawl_delay: float = 0.0
    ended_at: float = -math.inf
    paused_until: float = 0.0
    trouble: FailureKind = FailureKind.RATE_LIMITED
    strikes: int = 0


@dataclass
class HostTable:
    """All hosts that a process has met under one policy."""

    records: dict[str, HostRecord] = field(default_factory=dict)

    def record(self, host: str, now: float) -> HostRecord:
        found = self.records.get(host)
        if found is None:
            if len(self.records) >= _MAX_HOSTS:
                self._forget_idle(now)
            found = self.records[host] = HostRecord()
        return found

    def _forget_idle(self, now: float) -> None:
        busy = {
            host: record
            for host, record in self.records.items()
            if max(record.ended_at, record.paused_until) > now - MAX_CRAWL_DELAY
        }
        self.records = busy


def merge_courtesy(one: HostCourtesy, other: HostCourtesy) -> HostCourtesy:
    """Both accounts of one host as one."""
    gaps = [gap for gap in (one.shortest_gap, other.shortest_gap) if gap is not None]
    return HostCourtesy(one.host, one.requests + other.requests, min(gaps, default=None))


class HostTurns:
    """Hands out turns at hosts, first come, first served."""

    def __init__(
        self, per_host_delay: float, table: HostTable | None = None, clock: Clock | None = None
    ) -> None:
        self._delay = per_host_delay
        self._table = HostTable() if table is None else table
        self._clock = clock or SystemClock()
        self._queues: dict[str, _Queue] = {}
        self._courtesy: dict[str, HostCourtesy] = {}

    def take_courtesy(self) -> list[HostCourtesy]:
        """How hosts were treated since the last call."""
        taken = list(self._courtesy.values())
        self._courtesy = {}
        return taken

    def note_request(self, host: str, seconds_ago: float) -> None:
        """Notes a request that another process made, so that the delay holds across them."""
        record, now = self._record(host)
        record.ended_at = max(record.ended_at, now - seconds_ago)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Holds the host for one request. Raises FetchError when the host is paused for longer
        than MAX_WAIT."""
        queue = self._queues.setdefault(host, _Queue())
        queue.users += 1
        try:
            async with queue.lock:
                await self._wait(host)
                self._count(host)
                try:
                    yield
                finally:
                    record, now = self._record(host)
                    record.ended_at = now
        finally:
            queue.users -= 1
            if not queue.users:
                del self._queues[host]

    def slow_down(self, host: str, crawl_delay: float | None) -> None:
        """Notes the crawl-delay of a host's robots.txt (seconds, None: none)."""
        self._record(host)[0].crawl_delay = min(crawl_delay or 0.0, MAX_CRAWL_DELAY)

    def succeeded(self, host: str) -> None:
        self._record(host)[0].strikes = 0

    def failed(self, host: str, error: FetchError) -> None:
        """Notes a failed request: pauses the host when it asks for it or keeps failing."""
        record, now = self._record(host)
        if error.kind not in _BLAMED:
            record.strikes = 0  # the host answers
        else:
            record.strikes += 1
        if error.retry_after is not None and error.status in _PAUSE_STATUSES:
            self._pause(record, now + error.retry_after, FailureKind.RATE_LIMITED)
        if record.strikes >= STRIKES:
            record.strikes = 0
            self._pause(record, now + STRIKE_PAUSE, error.kind)

    def _pause(self, record: HostRecord, until: float, trouble: FailureKind) -> None:
        if until > record.paused_until:
            record.paused_until = until
            record.trouble = trouble

    def _count(self, host: str) -> None:
        record, now = self._record(host)
        gap = now - record.ended_at if math.isfinite(record.ended_at) else None
        before = self._courtesy.get(host, HostCourtesy(host, 0, None))
        self._courtesy[host] = merge_courtesy(before, HostCourtesy(host, 1, gap))

    async def _wait(self, host: str) -> None:
        while True:
            record, now = self._record(host)
            pause = record.paused_until - now
            if pause > MAX_WAIT:
                raise FetchError(
                    record.trouble,
                    f"{host} {_REASONS[record.trouble]}; not asked",
                    retry_after=pause if record.trouble is FailureKind.RATE_LIMITED else None,
                )
            free_at = record.ended_at + max(self._delay, record.crawl_delay)
            wait = max(free_at, record.paused_until) - now
            if wait <= 0:
                return
            await self._clock.sleep(wait)

    def _record(self, host: str) -> tuple[HostRecord, float]:
        now = self._clock.now()
        return self._table.record(host, now), now


class _Queue:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = 0


_FAILED_REASON = f"failed {STRIKES} times in a row and is left alone for a while"
_REASONS = dict.fromkeys(_BLAMED, _FAILED_REASON) | {
    FailureKind.RATE_LIMITED: "asked for fewer requests (429, Retry-After) and is left alone"
}
