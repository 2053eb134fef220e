"""Requests under way in this process: handed in under a ticket, asked for later.

A stateful DoFn must not wait for the web, since it would hold up its whole bundle and the
engine's checkpoint; it hands a request in, sets a timer, and looks again when that fires. If it
then runs in another process, which does not know the ticket, it hands the request in once more.
"""

import threading
from asyncio import Semaphore
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import Any, NamedTuple

from transforms.http.policy import FetchPolicy
from transforms.http.web import PoliteVisit, Web, close_web, open_web
from transforms.jobs import Job, Result
from transforms.pages import ROOM_PER_REQUEST, fetch_one, note_earlier_requests

POLL_SECONDS = 0.5
"""Between two looks at what is under way."""


class Answer(NamedTuple):
    """A result and the seconds that it took on the wire."""

    result: Result
    seconds: float


@dataclass(frozen=True)
class _Ticket:
    future: "Future[Answer]"
    visit: PoliteVisit


class Desk:
    """The requests of one job. From any thread."""

    def __init__(self, job: Job, web: Web) -> None:
        self.web = web
        self._job = job
        self._room = Semaphore(ROOM_PER_REQUEST * web.policy.concurrency)
        self._tickets: dict[str, _Ticket] = {}
        self._lock = threading.Lock()

    def answer(self, ticket: str, element: Any, patience: float = 0.0) -> Answer | None:
        """The answer of a ticket, once; None as long as there is none. An unknown ticket is
        handed in. Waits up to `patience` seconds."""
        with self._lock:
            known = self._tickets.get(ticket)
            if known is None or known.future.cancelled():
                known = self._tickets[ticket] = self._hand_in(element)
        try:
            answer = known.future.result(patience) if patience else self._done(known)
        except NotYet:
            return None
        if answer is not None:
            with self._lock:
                self._tickets.pop(ticket, None)
            self.web.call(known.visit.give_back)
        return answer

    def __len__(self) -> int:
        return len(self._tickets)

    def _done(self, ticket: _Ticket) -> Answer | None:
        return ticket.future.result() if ticket.future.done() else None

    def _hand_in(self, element: Any) -> _Ticket:
        visit = PoliteVisit(self.web, self._room, self.web.policy.robots == "obey")
        return _Ticket(self.web.submit(self._fetch(element, visit)), visit)

    async def _fetch(self, element: Any, visit: PoliteVisit) -> Answer:
        note_earlier_requests(self._job, [element], self.web)
        return Answer(*await fetch_one(self._job, element, self.web, visit))


_desks: dict[tuple[str, FetchPolicy], Desk] = {}
_desks_lock = threading.Lock()


def open_desk(job: Job, policy: FetchPolicy) -> Desk:
    """The process's desk of a job; give it back with `close_desk`."""
    web = open_web(policy)
    with _desks_lock:
        desk = _desks.get((job.stage, policy))
        if desk is None or desk.web is not web:
            desk = _desks[job.stage, policy] = Desk(job, web)
        return desk


def close_desk(desk: Desk) -> None:
    close_web(desk.web)
