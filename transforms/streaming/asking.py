"""AskFeeds: a host's feeds are asked when they are due, and their answers read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec, TimerSpec

from transforms import clock
from transforms.elements import Entry, Feed, FeedDocument, FeedRequest, FeedUnchanged
from transforms.failures import Failure, FailureKind, Settled, fail
from transforms.feeds.parse import STAGE as PARSE_STAGE
from transforms.feeds.parse import parse_feed
from transforms.http.policy import FetchPolicy
from transforms.jobs import COUNTS, FeedJob, Result, with_host
from transforms.known import merge_entries
from transforms.latency import latency
from transforms.retry import RetryPolicy, schedule_retry
from transforms.stages import ELEMENTS, FAILURES, SETTLED, StageCounters
from transforms.state import FeedState, feed_states, load_state, request_for
from transforms.state.feeds import FeedUpdate, answer_of, next_feed_state, seen_of
from transforms.streaming.desk import POLL_SECONDS, close_desk, open_desk
from transforms.streaming.timers import on_timer, soon
from transforms.streaming.updates import KEPT, FeedKept


@dataclass(frozen=True)
class FeedTurn:
    """What came of one asking: the feed's row, the entries that are new in its document, and the
    rest. `counts` are for the account, keys as in a run's."""

    kept: FeedKept | None = None
    entries: tuple[Entry, ...] = ()
    failures: tuple[Failure, ...] = ()
    settled: tuple[Settled, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


def read_answer(
    request: FeedRequest,
    old: FeedState | None,
    result: Result,
    retry: RetryPolicy,
    horizon: float,
    run_id: str,
) -> FeedTurn:
    """The turn of a feed. New is what was not in its document before; whether the dataset has it
    is for DropSeen to say. `horizon` in seconds."""
    found = list(_parsed(result))
    announced = [each for each in found if isinstance(each, Entry)]
    settled = tuple(each for each in found if isinstance(each, Settled))
    seed = f"{run_id} {result_time(result):%Y%m%dT%H%M%S}"
    failures = tuple(
        schedule_retry(each, retry, seed) for each in found if isinstance(each, Failure)
    )
    standing = {each.key for each in old.standing} if old else set()
    groups: dict[str, list[Entry]] = {}
    for entry in announced:
        if entry.key not in standing:
            groups.setdefault(entry.key, []).append(entry)
    entries = tuple(merge_entries(group) for group in groups.values())
    updates: list[FeedUpdate] = [seen_of(entry, is_new=False) for entry in announced]
    updates += [seen_of(entry, is_new=True) for entry in entries]
    updates += [replace(each, entry=None) for each in failures if not each.entries]
    if isinstance(result, (FeedDocument, FeedUnchanged)):
        updates.append(answer_of(result))
    url = request.feed.url
    row = next_feed_state(url, old, updates, retry.bounds, horizon, seed)
    kept = FeedKept(row, frozenset(groups)) if row is not None else None
    is_new = sum(len(entry.announcements) for entry in entries)
    counts = _counts(result, len(announced), len(announced) - is_new, (*settled, *failures))
    return FeedTurn(kept, entries, failures, settled, counts)


def result_time(result: Any) -> datetime:
    moment: datetime = (
        result.failed_at if isinstance(result, Failure) else result.response.fetched_at
    )
    return moment


def _parsed(result: Result) -> Iterator[Entry | Failure | Settled]:
    if isinstance(result, Failure):
        yield result
    elif isinstance(result, FeedDocument):
        try:
            yield from list(parse_feed(result))
        except Exception as error:  # any feed may break any library; the stream goes on
            message = f"{type(error).__name__}: {error}"[:500]
            yield fail(PARSE_STAGE, FailureKind.INTERNAL_ERROR, message, result)


def _counts(
    result: Result, announced: int, standing: int, ends: Iterable[Settled | Failure]
) -> dict[str, int]:
    counts = {"feeds/asked": 1}
    if isinstance(result, FeedUnchanged):
        counts |= {"feeds/not_modified": 1, "feeds/bytes_saved": result.bytes_saved}
    elif isinstance(result, FeedDocument) and all(end.entries for end in ends):
        counts |= {"feeds/changed": 1}
    if isinstance(result, (FeedDocument, FeedUnchanged)):
        counts |= {"feeds/bytes": len(result.response.body)}
        counts |= dict(latency("feeds", result.response.elapsed_ms))
    counts["entries/announced"] = announced + sum(end.entries for end in ends)
    counts["entries/known"] = standing
    return {key: number for key, number in counts.items() if number}


def by_host(feeds: Iterable[Feed], policy: FetchPolicy) -> dict[str, tuple[Feed, ...]]:
    """The feeds of each host, under the key that FetchFeeds gives them."""
    hosts: dict[str, tuple[Feed, ...]] = {}
    for feed in feeds:
        host, _ = with_host(FeedRequest(feed, feed.url), FeedJob(), policy)
        hosts[host] = (*hosts.get(host, ()), feed)
    return hosts


class _TickFn(beam.DoFn):
    def __init__(self, hosts: dict[str, tuple[Feed, ...]]) -> None:
        self.hosts = hosts

    def process(self, tick: Any) -> Iterator[tuple[str, tuple[Feed, ...]]]:
        yield from self.hosts.items()


class _AskFn(beam.DoFn):
    FEEDS = ReadModifyWriteStateSpec("feeds", PickleCoder())
    ASKED = ReadModifyWriteStateSpec("asked", PickleCoder())
    POLL = TimerSpec("poll", TimeDomain.REAL_TIME)

    def __init__(self, ask: "AskFeeds") -> None:
        self.ask = ask

    def setup(self) -> None:
        self.counters = StageCounters(FeedJob.stage)
        self.desk = open_desk(FeedJob(), self.ask.policy)
        self.before = feed_states(load_state(self.ask.output))

    def teardown(self) -> None:
        close_desk(self.desk)

    def process(
        self,
        host: tuple[str, tuple[Feed, ...]],
        feeds: Any = beam.DoFn.StateParam(FEEDS),
        asked: Any = beam.DoFn.StateParam(ASKED),
        poll: Any = beam.DoFn.TimerParam(POLL),
    ) -> Iterator[Any]:
        rows: dict[str, FeedState] = feeds.read() or {}
        under_way: dict[str, FeedRequest] = asked.read() or {}
        now = clock.utc_now()
        due = []
        for feed in host[1]:
            if feed.url not in under_way:
                row = rows.get(feed.url) or self.before.get(feed.url)
                request = request_for(feed, row, now, ask_all=False)
                due += [request] if request else []
        if due:
            self.counters.received(len(due))
            under_way |= {request.feed.url: request for request in due}
            yield from self._collect(rows, under_way, feeds, asked, poll)

    @on_timer(POLL)
    def look(
        self,
        feeds: Any = beam.DoFn.StateParam(FEEDS),
        asked: Any = beam.DoFn.StateParam(ASKED),
        poll: Any = beam.DoFn.TimerParam(POLL),
    ) -> Iterator[Any]:
        yield from self._collect(feeds.read() or {}, asked.read() or {}, feeds, asked, poll)

    def _collect(
        self,
        rows: dict[str, FeedState],
        under_way: dict[str, FeedRequest],
        feeds: Any,
        asked: Any,
        poll: Any,
    ) -> Iterator[Any]:
        ask = self.ask
        for url, request in list(under_way.items()):
            answer = self.desk.answer(f"{ask.run_id} {url}", request, ask.patience)
            if answer is None:
                continue
            del under_way[url]
            self.counters.spent(answer.seconds)
            old = rows.get(url) or self.before.get(url)
            turn = read_answer(request, old, answer.result, ask.retry, ask.horizon, ask.run_id)
            if turn.kept is not None:
                rows[url] = turn.kept.row
            yield from self._outputs(turn)
        feeds.write(rows)
        asked.write(under_way)
        if under_way:
            poll.set(soon(POLL_SECONDS))

    def _outputs(self, turn: FeedTurn) -> Iterator[Any]:
        for result in (*turn.entries, *turn.failures, *turn.settled):
            yield self.counters.route(result)
        if turn.kept is not None:
            yield beam.pvalue.TaggedOutput(KEPT, turn.kept)
        for count in turn.counts.items():
            yield beam.pvalue.TaggedOutput(COUNTS, count)


@dataclass
class AskFeeds(beam.PTransform):
    """Ticks (anything) -> Entry, and outputs FAILURES, SETTLED, KEPT (Update), COUNTS.

    At every tick the feeds that are due are asked, each host's by one worker. What is known of a
    feed when the stream starts is read from the dataset's newest snapshot. `patience` is how many
    seconds to wait for an answer before a timer does; `horizon` in seconds.
    """

    feeds: tuple[Feed, ...]
    output: str
    run_id: str
    policy: FetchPolicy
    retry: RetryPolicy
    horizon: float
    patience: float = 0.0

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, ticks: beam.PCollection[Any]) -> Any:
        tick = beam.ParDo(_TickFn(by_host(self.feeds, self.policy)))
        keyed = ticks | "Hosts" >> tick.with_output_types(tuple[str, Any])
        ask = beam.ParDo(_AskFn(self))
        return keyed | "Ask" >> ask.with_outputs(FAILURES, SETTLED, KEPT, COUNTS, main=ELEMENTS)
