"""The web side of one process: an event loop in a thread, with client, robots.txt and turns.

`open_web(policy)` lends the process's `Web` of that policy and `close_web` gives it back; the
last one back ends the thread and closes the connections. All DoFns of a process that share a
policy share one Web, so that a host is asked once at a time and at most `policy.concurrency`
requests are under way, however many DoFns and threads a runner makes. What is known of hosts
and their robots.txt stays in the process for good, by policy: the delay also holds between
a feed's request and the first of its pages, and between two small runs in one process.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from transforms.elements import HostCourtesy
from transforms.failures import FailureKind
from transforms.http.address import Target
from transforms.http.client import HttpFetcher
from transforms.http.errors import FetchError
from transforms.http.policy import FetchPolicy
from transforms.http.politeness import HostTable, HostTurns
from transforms.http.robots import Robots, RobotsCache, RobotsDecision

T = TypeVar("T")

_START_SECONDS = 30.0
_CLOSE_SECONDS = 10.0


class PoliteVisit:
    """Accompanies one fetch: robots.txt, the host's turn, and a place among the pages in work.

    `room` counts the places of a consumer (fetched or being fetched, but not yet consumed). A
    place is taken just before a request and kept when it brought the final answer, until
    `give_back`; a redirect gives it back before it queues at the next host, so that many pages
    that redirect to one slow host hold up nobody else.
    """

    def __init__(self, web: "Web", room: asyncio.Semaphore | None, obeys_robots: bool) -> None:
        self._web = web
        self._room = room
        self._obeys_robots = obeys_robots
        self._has_place = False
        self.robots: RobotsDecision | None = None
        """What robots.txt says of the last hop; None where it is not obeyed."""

    @asynccontextmanager
    async def hop(self, target: Target) -> AsyncIterator[None]:
        """One request. Raises FetchError when robots.txt or the host's state forbids it."""
        self.give_back()
        if self._obeys_robots:
            self.robots = await self._web.require_allowed(target)
        turns = self._web.turns
        async with turns.turn(target.host_key):
            if self._room is not None:
                await self._room.acquire()
                self._has_place = True
            async with self._web.in_flight:
                try:
                    yield
                except FetchError as error:
                    turns.failed(target.host_key, error)
                    raise
                turns.succeeded(target.host_key)

    def give_back(self) -> None:
        """Gives the place back; on the event loop only. Harmless when there is none."""
        if self._has_place and self._room is not None:
            self._has_place = False
            self._room.release()


@dataclass
class _Memory:
    """What outlives a Web."""

    hosts: HostTable = field(default_factory=HostTable)
    robots: RobotsCache = field(default_factory=RobotsCache)


class Web:
    """Fetcher, robots.txt and host turns on an event loop of their own. Made by `open_web`.

    Everything but `submit`, `call`, `alive`, `take_courtesy` and `close` belongs to the loop's
    thread.
    """

    def __init__(self, policy: FetchPolicy, memory: _Memory) -> None:
        self.policy = policy
        self._memory = memory
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="newsbeam-web", daemon=True)
        self._thread.start()
        self.submit(self._open()).result(_START_SECONDS)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Runs a coroutine on the loop; from any thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, function: Any) -> None:
        """Calls a function on the loop, soon; from any thread."""
        self._loop.call_soon_threadsafe(function)

    def take_courtesy(self) -> list[HostCourtesy]:
        """How hosts were treated since the last call; from any thread."""

        async def take() -> list[HostCourtesy]:
            return self.turns.take_courtesy()

        return self.submit(take()).result()

    def close(self) -> None:
        """Cancels what still runs, closes the connections and ends the thread."""
        self.submit(self._shut()).result(_CLOSE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSE_SECONDS)
        self._loop.close()

    async def require_allowed(self, target: Target) -> RobotsDecision:
        """Raises FetchError unless robots.txt allows `target`; heeds its crawl-delay."""
        decision = await self.robots.decide(str(target))
        self.turns.slow_down(target.host_key, decision.crawl_delay)
        if not decision.allowed:
            raise FetchError(
                FailureKind.ROBOTS_DISALLOWED,
                f"robots.txt of {target.host_key} does not allow {target.label}",
            )
        return decision

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _open(self) -> None:
        self.fetcher = await HttpFetcher(self.policy).__aenter__()
        self.in_flight = asyncio.Semaphore(self.policy.concurrency)
        self.turns = HostTurns(self.policy.per_host_delay, self._memory.hosts)
        self.robots = Robots(
            self.fetcher,
            self.policy,
            PoliteVisit(self, room=None, obeys_robots=False),
            self._memory.robots,
        )

    async def _shut(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.fetcher.__aexit__()
        await self._loop.shutdown_asyncgens()


@dataclass
class _Shelf:
    memory: _Memory = field(default_factory=_Memory)
    web: Web | None = None
    users: int = 0


_shelves: dict[FetchPolicy, _Shelf] = {}
_shelves_lock = threading.Lock()


def open_web(policy: FetchPolicy) -> Web:
    """The process's Web of a policy; give it back with `close_web`."""
    with _shelves_lock:
        shelf = _shelves.setdefault(policy, _Shelf())
        if shelf.web is None or not shelf.web.alive:
            shelf.web, shelf.users = Web(policy, shelf.memory), 0
        shelf.users += 1
        return shelf.web


def close_web(web: Web) -> None:
    """Gives a Web back."""
    with _shelves_lock:
        shelf = _shelves[web.policy]
        if shelf.web is not web:
            return
        shelf.users -= 1
        if shelf.users == 0:
            shelf.web = None
            web.close()
