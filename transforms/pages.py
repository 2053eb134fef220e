"""FetchFeeds (feed -> feed document) and FetchPages (entry -> page).

    elements -> (host, element) -> GroupByKey -> fetch -> elements, failures, settled

The group-by gives each host to one worker, which asks it for one page at a time
(http/politeness.py). Within a worker hundreds of hosts are served side by side on an event loop
(http/web.py); the DoFn only hands groups in and results out. What needs no request takes the same
way: a bypass would need a Flatten, and runners keep what flows into one, which here would be
all pages of a run, instead of passing each page on to the next stage.
"""

import logging
import queue
from asyncio import Semaphore, Task, ensure_future
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from transforms import clock
from transforms.elements import (
    Entry,
    FeedRequest,
    HostCourtesy,
    Page,
)
from transforms.failures import Failure, FailureKind, Settled, fail
from transforms.http.address import check_url
from transforms.http.errors import ContentTypeRefused, FetchError
from transforms.http.policy import FetchPolicy
from transforms.http.web import PoliteVisit, Web, close_web, open_web
from transforms.jobs import COUNTS, COURTESY, FeedJob, Job, PageJob, Result, with_host
from transforms.stages import ELEMENTS, FAILURES, SETTLED, StageCounters, outcome

log = logging.getLogger(__name__)

ROOM_PER_REQUEST = 2
"""Pages fetched but not yet taken by the next stage, the ones under way included, per request in
flight: enough to keep the network busy, and a bound on memory."""

GROUPS_PER_REQUEST = 16
"""Hosts served side by side per request in flight. Most wait for their delay; only a task and
the group's entries are kept for each."""


async def fetch_one(job: Job, element: Any, web: Web, visit: PoliteVisit) -> tuple[Result, float]:
    """The result of one element and the seconds that it took on the wire. Never raises an
    Exception."""
    result = job.without_request(element)
    if result is not None:
        return result, 0.0
    try:
        headers = job.headers(element)
        response = await web.fetcher.fetch(
            job.url(element) or "", headers=headers, accept=job.accept, visit=visit
        )
    except (FetchError, ContentTypeRefused) as error:
        return job.refused(element, error), error.elapsed
    except Exception as error:  # one page must not end the run, whatever it does
        log.exception("stage %s failed on one element", job.stage)
        message = f"{type(error).__name__}: {error}"[:500]
        return fail(job.stage, FailureKind.INTERNAL_ERROR, message, element), 0.0
    seconds = response.elapsed_ms / 1000
    if response.status == 304 and not headers:
        message = f"the server answered {response.status} to an unconditional request"
        return fail(job.stage, FailureKind.PROTOCOL_ERROR, message, element), seconds
    return job.fetched(element, response, visit.robots), seconds


class _Done(NamedTuple):
    result: Result
    seconds: float
    visit: PoliteVisit


class _GroupDone(NamedTuple):
    missing: int


class _Crew:
    """Serves the host groups of one bundle and hands the results over.

    Groups run on the web's loop; `results` and `serve` belong to the DoFn's thread. The queue needs
    no bound of its own: a page enters it only with a place of `room`, which is given back when
    the DoFn's thread comes back from passing the page on.
    """

    def __init__(self, job: Job, web: Web) -> None:
        self._job = job
        self._web = web
        self._room = Semaphore(ROOM_PER_REQUEST * web.policy.concurrency)
        self._max_groups = GROUPS_PER_REQUEST * web.policy.concurrency
        self._groups = 0
        self._tasks: set[Task[None]] = set()
        self._queue: queue.SimpleQueue[_Done | _GroupDone] = queue.SimpleQueue()

    def serve(self, elements: list[Any]) -> None:
        self._groups += 1
        self._web.call(lambda: self._start(elements))

    def results(self, wait_for_all: bool) -> Iterator[_Done]:
        """What is done so far; blocks while there are too many groups, or until all are done."""
        while True:
            must_wait = self._groups >= (1 if wait_for_all else self._max_groups)
            if not must_wait and self._queue.empty():
                return
            done = self._next()
            if isinstance(done, _GroupDone):
                self._groups -= 1
                if done.missing:
                    raise RuntimeError(f"fetching stopped with {done.missing} elements to go")
                continue
            yield done
            self._web.call(done.visit.give_back)

    def abandon(self) -> None:
        """Stops what a failed bundle left behind."""
        if self._groups:
            self._web.call(self._cancel)

    def _next(self) -> _Done | _GroupDone:
        while True:
            try:
                return self._queue.get(timeout=5.0)
            except queue.Empty:
                if not self._web.alive:
                    raise RuntimeError("the fetching thread has died") from None

    def _start(self, elements: list[Any]) -> None:
        task = ensure_future(self._serve_group(elements))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _serve_group(self, elements: list[Any]) -> None:
        missing = len(elements)
        obeys = self._web.policy.robots == "obey"
        note_earlier_requests(self._job, elements, self._web)
        try:
            for element in elements:
                visit = PoliteVisit(self._web, self._room, obeys)
                result, seconds = await fetch_one(self._job, element, self._web, visit)
                if isinstance(result, (Failure, Settled)):
                    visit.give_back()
                self._queue.put(_Done(result, seconds, visit))
                missing -= 1
        finally:
            self._queue.put(_GroupDone(missing))


def note_earlier_requests(job: Job, elements: Iterable[Any], web: Web) -> None:
    """The feeds' requests may have been made by another worker process; the delay between a feed
    and its pages holds all the same. On the web's loop only."""
    for url, moment in set(filter(None, map(job.asked_before, elements))):
        try:
            host = check_url(url, web.policy).host_key
        except FetchError:
            continue
        seconds_ago = (clock.utc_now() - moment).total_seconds()
        web.turns.note_request(host, max(0.0, seconds_ago))


class _FetchFn(beam.DoFn):
    def __init__(self, job: Job, policy: FetchPolicy) -> None:
        self.job = job
        self.policy = policy
        self.crew: _Crew | None = None

    def setup(self) -> None:
        self.counters = StageCounters(self.job.stage)
        self.web = open_web(self.policy)

    def start_bundle(self) -> None:
        self._abandon()
        self.crew = _Crew(self.job, self.web)
        self.counts: Counter[str] = Counter()

    def process(self, group: tuple[str, Iterable[Any]]) -> Iterator[Any]:
        elements = sorted(group[1], key=self.job.order)
        self.counters.received(len(elements))
        yield from self._routed(elements)

    def finish_bundle(self) -> Iterator[Any]:
        for routed in self._routed(None):
            if isinstance(routed, beam.pvalue.TaggedOutput):
                yield beam.pvalue.TaggedOutput(routed.tag, _in_global_window(routed.value))
            else:
                yield _in_global_window(routed)
        for courtesy in self.web.take_courtesy():
            yield beam.pvalue.TaggedOutput(COURTESY, _in_global_window(courtesy))
        for count in self.counts.items():
            yield beam.pvalue.TaggedOutput(COUNTS, _in_global_window(count))

    def teardown(self) -> None:
        self._abandon()
        close_web(self.web)

    def _routed(self, elements: list[Any] | None) -> Iterator[Any]:
        """Hands in a group, or ends the bundle; yields what is done."""
        if self.crew is None:
            raise RuntimeError("a bundle's elements came before its start")
        if elements is not None:
            self.crew.serve(elements)
        for done in self.crew.results(wait_for_all=elements is None):
            self.counters.spent(done.seconds)
            self.counts.update(self.job.count(done.result))
            yield self.counters.route(done.result)

    def _abandon(self) -> None:
        if self.crew is not None:
            self.crew.abandon()
            self.crew = None


def _in_global_window(value: Any) -> WindowedValue:
    window = GlobalWindow()
    return WindowedValue(value, window.max_timestamp(), (window,))


class FetchOutcome(NamedTuple):
    """An Outcome, how the hosts were treated, and numbers for the account, by name."""

    elements: beam.PCollection[Any]
    failures: beam.PCollection[Failure]
    settled: beam.PCollection[Settled]
    courtesy: beam.PCollection[HostCourtesy]
    counts: beam.PCollection[tuple[str, int]]


def _fetch(
    elements: beam.PCollection[Any], job: Job, policy: FetchPolicy, yields: Any
) -> FetchOutcome:
    fetch = beam.ParDo(_FetchFn(job, policy))
    outputs = (
        elements
        | "KeyByHost" >> beam.Map(with_host, job, policy)
        | "GroupByHost" >> beam.GroupByKey()
        | "Fetch" >> fetch.with_outputs(FAILURES, SETTLED, COURTESY, COUNTS, main=ELEMENTS)
    )
    return FetchOutcome(*outcome(outputs, yields), outputs[COURTESY], outputs[COUNTS])


@dataclass
class FetchFeeds(beam.PTransform):
    """PCollection[FeedRequest] -> FetchOutcome of FeedDocument (2xx) and FeedUnchanged (304)."""

    policy: FetchPolicy = field(default_factory=FetchPolicy)

    def expand(self, requests: beam.PCollection[FeedRequest]) -> Any:
        return _fetch(requests, FeedJob(), self.policy, Any)


@dataclass
class FetchPages(beam.PTransform):
    """PCollection[Entry] -> FetchOutcome of Page."""

    policy: FetchPolicy = field(default_factory=FetchPolicy)

    def expand(self, entries: beam.PCollection[Entry]) -> Any:
        return _fetch(entries, PageJob(), self.policy, Page)
