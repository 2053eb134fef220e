"""Entries over several runs: what DropKnown decides, what becomes of failures, what is remembered;
and that the balance of every run adds up."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.testing.test_pipeline import TestPipeline as BeamPipeline
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.counts import count_announced, count_failure, count_settled
from pipelines.summary import adds_up, entries_balance
from tests.builders import FEED, NOW, make_entry
from transforms.elements import Announcement, Entry, Feed
from transforms.failures import Failure, FailureKind, Settled, fail
from transforms.known import ARTICLE, DEAD, REMEMBERED, Carried, DropKnown, _DropKnownFn
from transforms.retry import RetryPolicy, schedule_retry
from transforms.schedule import Intervals
from transforms.state.rows import EntryState, StateRow, pending_entries, settled_keys
from transforms.state.write import WriteState, next_entry_state

OTHER = Feed("https://news.example/atom.xml")
URL = "https://news.example/a"
HORIZON = 30 * 86_400.0
BOUNDS = Intervals(600.0, 86_400.0)
POLICY = RetryPolicy(3, 600.0, BOUNDS)


def entry(feed: Feed = FEED, **fields: Any) -> Entry:
    return make_entry(URL, feed=feed, **fields)


TRIED = entry(attempts=2, first_failed_at=NOW, history=("then timeout",), position=5)
WAITS, DUE = Carried(TRIED, False), Carried(TRIED, True)


def decided(
    announced: list[Entry], carried: list[Carried], known: set[str] | None = None
) -> tuple[list[Entry], list[tuple[str, int]]]:
    results = list(_DropKnownFn("DropKnown").decide(announced, carried, known or set()))
    ends = [(each.status, each.entries) for each in results if isinstance(each, Settled)]
    return [each for each in results if isinstance(each, Entry)], ends


def test_a_waiting_entry_that_nobody_announces_is_no_matter_of_this_run() -> None:
    assert decided([], [WAITS]) == ([], [])
    assert decided([], [WAITS], {ARTICLE}) == ([], [])


def test_an_announcement_of_a_waiting_entry_is_pending() -> None:
    assert decided([entry()], [WAITS]) == ([], [("pending", 1)])
    assert decided([entry(), entry(OTHER)], [WAITS]) == ([], [("pending", 2)])


def test_a_waiting_entry_that_became_known_meanwhile_is_known() -> None:
    assert decided([entry()], [WAITS], {ARTICLE}) == ([], [("known", 1)])


def test_a_due_entry_alone_is_carried_over() -> None:
    (taken,), ends = decided([], [DUE])
    assert ends == [("carried_over", 1)]
    assert taken == TRIED


def test_a_due_entry_that_is_announced_again_is_one_entry_with_its_tries() -> None:
    (taken,), ends = decided([entry(position=0, title="New title")], [DUE])
    assert ends == []
    assert (taken.attempts, taken.first_failed_at, taken.history) == (2, NOW, TRIED.history)
    assert taken.title == "New title"
    assert taken.announcements == (Announcement(FEED.name, FEED.url, None, 0),)


def test_a_due_entry_that_another_feed_announces_counts_once_as_carried_over() -> None:
    (taken,), ends = decided([entry(OTHER)], [DUE])
    assert ends == [("carried_over", 1)]
    assert {each.url for each in taken.announcements} == {FEED.url, OTHER.url}
    assert taken.attempts == 2


@pytest.mark.parametrize("known", [{ARTICLE}, {DEAD}, {REMEMBERED}])
def test_a_due_entry_that_is_known_has_its_end(known: set[str]) -> None:
    assert decided([], [DUE], known) == ([], [("carried_over", 1), ("known", 1)])
    assert decided([entry()], [DUE], known) == ([], [("known", 1)])


def test_in_a_pipeline() -> None:
    waits = Carried(make_entry("https://news.example/waits"), False)
    with BeamPipeline("FnApiRunner") as pipeline:
        known = pipeline | "Known" >> beam.Create([("x", ARTICLE)])
        entries = pipeline | beam.Create([entry(), waits.entry])
        result = entries | DropKnown(known, (DUE, waits))
        new = result.elements | beam.Map(lambda each: (each.url, each.attempts))
        assert_that(new, equal_to([(URL, 2)]), "new")
        ends = result.settled | beam.Map(lambda each: (each.status, each.entries))
        assert_that(ends, equal_to([("pending", 1)]), "ends")


Outcome = FailureKind | str
WRITTEN = "written"
PAGES = tuple(f"https://news.example/{number}" for number in range(4))
FEEDS = (FEED, OTHER)


@dataclass(frozen=True)
class Step:
    """One run: who announces what, and what comes of each page that is asked for."""

    hours: float
    announced: tuple[tuple[int, int], ...]
    outcomes: tuple[Outcome, ...]


steps = st.builds(
    Step,
    st.floats(0, 60),
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3)), max_size=8).map(tuple),
    st.tuples(
        *[
            st.sampled_from(
                [WRITTEN, "robots", FailureKind.TIMEOUT, FailureKind.TIMEOUT, FailureKind.NOT_FOUND]
            )
        ]
        * 4
    ),
)


@dataclass
class Runs:
    """Runs over the real functions, without a pipeline and without a web."""

    now: datetime = NOW
    rows: tuple[StateRow, ...] = ()
    dataset: dict[str, str] = field(default_factory=dict)
    written: Counter[str] = field(default_factory=Counter)
    tries: Counter[str] = field(default_factory=Counter)
    dead: dict[str, Failure] = field(default_factory=dict)

    def run(self, step: Step) -> dict[str, Any]:
        """The balance of one run."""
        counts: Counter[str] = Counter()
        updates: list[tuple[str, Any]] = []
        writes = 0
        write_state = WriteState("out", "run", self.now, self.rows, BOUNDS, HORIZON)
        for end in self.ends(step, counts):
            if isinstance(end, Failure):
                end = schedule_retry(replace(end, failed_at=self.now), POLICY, "run")
                counts.update(dict(count_failure(end)))
                updates += write_state.of_failure(end)
                if not end.is_pending:
                    self.dead[str(end.url)] = end
                    self.dataset[str(end.entry_key)] = DEAD
            elif isinstance(end, Settled):
                counts.update(dict(count_settled(end)))
                updates += write_state.of_settled(end)
            else:
                writes += 1
                surplus = len(end.announcements) - 1
                counts.update(dict(count_settled(Settled("duplicate", surplus))))
                self.written[str(end.url)] += 1
                self.dataset[end.key] = ARTICLE
        self.remember(updates)
        return entries_balance(counts, writes)

    def ends(self, step: Step, counts: Counter[str]) -> Iterator[Entry | Failure | Settled]:
        announced: dict[str, list[Entry]] = {}
        for position, (feed, page) in enumerate(dict.fromkeys(step.announced)):
            made = make_entry(PAGES[page], feed=FEEDS[feed], position=position)
            counts.update(dict(count_announced(made)))
            announced.setdefault(made.key, []).append(made)
        carried: dict[str, list[Carried]] = {}
        for waiting, due_at in pending_entries(self.rows):
            carried.setdefault(waiting.key, []).append(Carried(waiting, due_at <= self.now))
        remembered = settled_keys(self.rows, self.now, HORIZON)
        for key in sorted(announced.keys() | carried.keys()):
            known = {self.dataset[key]} if key in self.dataset else set()
            known |= {REMEMBERED} if key in remembered else set()
            results = _DropKnownFn("x").decide(announced.get(key, []), carried.get(key, []), known)
            for result in results:
                yield result if isinstance(result, Settled) else self.fetched(result, step)

    def fetched(self, taken: Entry, step: Step) -> Entry | Failure | Settled:
        url = str(taken.url)
        self.tries[url] += 1
        outcome = step.outcomes[PAGES.index(url)]
        if isinstance(outcome, FailureKind):
            return fail("FetchPages", outcome, "why", taken)
        if outcome == WRITTEN:
            return taken
        return Settled("skipped", len(taken.announcements), "robots", taken.key, taken.url)

    def remember(self, updates: list[tuple[str, Any]]) -> None:
        grouped: dict[str, list[EntryState]] = {}
        old = {f"entry {row.key}": row for row in self.rows if isinstance(row, EntryState)}
        for key, update in updates:
            grouped.setdefault(key, []).append(update)
        rows = (
            next_entry_state(old.get(key), grouped.get(key, []), self.now, HORIZON)
            for key in sorted(old.keys() | grouped.keys())
        )
        self.rows = tuple(row for row in rows if row is not None)


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, max_size=12))
def test_whatever_happens_the_balance_adds_up_and_every_page_has_one_end(plan: list[Step]) -> None:
    runs = Runs()
    for step in plan:
        balance = runs.run(step)
        assert adds_up(balance), balance
        waiting = {str(each.url): each for each, _ in pending_entries(runs.rows)}
        left_alone = {row.key for row in runs.rows if isinstance(row, EntryState)}
        for url in runs.tries:
            key = make_entry(url).key
            ends = (url in runs.written, url in runs.dead, url in waiting)
            assert sum(ends) + (not any(ends) and key in left_alone) == 1, (url, ends)
            assert runs.written[url] <= 1
            if url in waiting:
                assert 1 <= waiting[url].attempts < POLICY.attempts
                assert waiting[url].attempts == runs.tries[url]
            if url in runs.dead:
                assert runs.dead[url].attempts == runs.tries[url] <= POLICY.attempts
        runs.now += timedelta(hours=step.hours)


def test_all_kinds_of_ends_occur() -> None:
    """The property above is worth something only if its runs get everywhere."""
    late = tuple((feed, page) for feed in (0, 1) for page in range(4))
    timeouts = (FailureKind.TIMEOUT,) * 4
    runs = Runs()
    seen: Counter[str] = Counter()
    plan = (
        Step(0.01, ((0, 0), (1, 0), (0, 1)), timeouts),
        Step(2, late, (WRITTEN, FailureKind.TIMEOUT, "robots", FailureKind.NOT_FOUND)),
        Step(40, ((0, 1),), (WRITTEN, FailureKind.TIMEOUT, WRITTEN, WRITTEN)),
        Step(40, (), timeouts),
        Step(1, late, (WRITTEN,) * 4),
    )
    for step in plan:
        seen.update({key: n for key, n in runs.run(step).items() if isinstance(n, int)})
        runs.now += timedelta(hours=step.hours)
    assert {key for key, number in seen.items() if number} == {
        "announced", "carried_over", "written", "duplicate", "known", "skipped", "failed", "pending"
    }  # fmt: skip
    assert runs.dead[PAGES[1]].attempts == 3
