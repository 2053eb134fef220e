from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from transforms.elements import FeedHints
from transforms.schedule import (
    IDLE_SHARE,
    JITTER,
    MAX_RETRY_AFTER,
    Intervals,
    after_skipped,
    due_after_answer,
    due_after_error,
    error_wait,
    is_skipped,
    jittered,
    learn,
    observed_interval,
)

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
BOUNDS = Intervals(10 * MINUTE, DAY)
ALL_HOURS, ALL_DAYS = frozenset(range(24)), frozenset(range(7))

moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(timezone.utc))
seeds = st.text(max_size=20)
waits = st.floats(0, 1e7)
all_hints = st.builds(
    FeedHints,
    ttl=st.none() | waits,
    update_period=st.none() | waits,
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
all_bounds = st.builds(
    lambda shortest, more: Intervals(shortest, shortest + more),
    st.floats(0, 1e5),
    st.floats(0, 1e6),
)


def every(gap: float, count: int, now: datetime = NOW) -> list[datetime]:
    """Dates of `count` entries, the newest half a gap old; none at midnight sharp."""
    first = now - timedelta(seconds=gap / 2, microseconds=7)
    return [first - timedelta(seconds=gap * number) for number in range(count)]


@pytest.mark.parametrize("gap", [20 * MINUTE, HOUR, 7 * DAY])
@pytest.mark.parametrize("count", [2, 10, 50])
def test_dates_tell_the_time_between_entries(gap: float, count: int) -> None:
    assert observed_interval(every(gap, count), NOW, BOUNDS) == pytest.approx(gap, rel=0.26)


def test_too_few_dates_tell_nothing() -> None:
    assert observed_interval([], NOW, BOUNDS) is None
    assert observed_interval(every(HOUR, 1), NOW, BOUNDS) is None
    future = [NOW + timedelta(hours=hour) for hour in range(1, 9)]
    assert observed_interval(future, NOW, BOUNDS) is None


def test_entries_published_together_are_one_piece_of_news() -> None:
    batches = [
        day - timedelta(seconds=second) for day in every(DAY, 4) for second in range(0, 100, 10)
    ]
    assert observed_interval(batches, NOW, BOUNDS) == pytest.approx(DAY, rel=0.15)


def test_a_stream_is_as_frequent_as_may_be_asked() -> None:
    assert observed_interval(every(MINUTE, 200), NOW, BOUNDS) == pytest.approx(
        BOUNDS.shortest, rel=0.1
    )


def test_dates_without_a_time_tell_nothing() -> None:
    midnights = [datetime(2026, 1, day, tzinfo=timezone.utc) for day in range(1, 28)]
    assert observed_interval(midnights, NOW, BOUNDS) is None


def test_a_feed_that_fell_silent_is_seen_as_slow() -> None:
    long_ago = every(HOUR, 20, NOW - timedelta(days=100))
    observed = observed_interval(long_ago, NOW, BOUNDS)
    assert observed is not None
    assert observed > 5 * DAY


@given(
    st.none() | st.floats(0, 1e6),
    st.none() | st.floats(0, 1e9),
    st.floats(0, 1e9),
    all_bounds,
)
def test_the_learned_interval_keeps_its_bounds(
    interval: float | None, observed: float | None, idle: float, bounds: Intervals
) -> None:
    assert bounds.shortest <= learn(interval, observed, idle, bounds) <= bounds.longest


def test_the_interval_falls_at_once_and_rises_slowly() -> None:
    assert learn(None, 2 * HOUR, 0, BOUNDS) == HOUR
    assert learn(12 * HOUR, 2 * HOUR, 0, BOUNDS) == HOUR
    assert HOUR < learn(HOUR, 24 * HOUR, 0, BOUNDS) < 6 * HOUR
    assert learn(HOUR, None, 0, BOUNDS) == HOUR
    assert learn(HOUR, None, 20 * HOUR, BOUNDS) == 20 * HOUR * IDLE_SHARE


def simulate(
    publish: Callable[[datetime], list[datetime]], span: float, dated: bool = True
) -> list[float]:
    """The learned intervals of a feed that is asked when due over `span` seconds. `publish`
    tells the dates of the entries that its document holds at a time."""
    now, interval, new_at, newest = NOW, None, NOW, None
    intervals = []
    while (now - NOW).total_seconds() < span:
        document = publish(now)
        has_news = bool(document) and document[0] != newest
        newest = document[0] if document else None
        idle = (now - new_at).total_seconds()
        observed = observed_interval(document, now, BOUNDS) if has_news and dated else None
        if observed is None and has_news and intervals:
            observed = idle
        interval = learn(interval, observed, 0 if has_news else idle, BOUNDS)
        new_at = now if has_news else new_at
        intervals.append(interval)
        now += timedelta(seconds=interval)
    return intervals


def steady(gap: float, window: int = 20) -> Callable[[datetime], list[datetime]]:
    """A feed with an entry every `gap` seconds since long ago; the newest first."""
    start = NOW - timedelta(days=400)

    def document(now: datetime) -> list[datetime]:
        last = int((now - start).total_seconds() // gap)
        return [start + timedelta(seconds=gap * (last - i), microseconds=7) for i in range(window)]

    return document


@pytest.mark.parametrize("gap", [30 * MINUTE, HOUR, 6 * HOUR, DAY])
@pytest.mark.parametrize("dated", [True, False])
def test_the_interval_converges_to_half_the_publishing_rate(gap: float, dated: bool) -> None:
    tail = simulate(steady(gap), 60 * gap, dated)[-20:]
    assert sum(tail) / len(tail) == pytest.approx(gap / 2, rel=0.2)


@pytest.mark.parametrize(
    ("gap", "limit"),
    [(MINUTE, BOUNDS.shortest), (7 * DAY, BOUNDS.longest), (90 * DAY, BOUNDS.longest)],
)
def test_the_interval_of_very_fast_and_very_slow_feeds_is_at_its_bounds(
    gap: float, limit: float
) -> None:
    assert simulate(steady(gap), 10 * DAY)[-1] == limit


@pytest.mark.parametrize("dated", [True, False])
def test_a_night_without_news_is_forgotten_by_noon(dated: bool) -> None:
    """An entry every 20 minutes from 6 to 22 o'clock."""

    def document(now: datetime) -> list[datetime]:
        slot = now.replace(minute=now.minute // 20 * 20, second=0, microsecond=7)
        found: list[datetime] = []
        while len(found) < 30:
            if 6 <= slot.hour < 22 and slot <= now:
                found.append(slot)
            slot -= timedelta(minutes=20)
        return found

    intervals = simulate(document, 6 * DAY, dated)
    at = [NOW]
    for interval in intervals:
        at.append(at[-1] + timedelta(seconds=interval))
    night = sum(moment.hour >= 22 or moment.hour < 6 for moment in at) / 6
    afternoon = [i for moment, i in zip(at, intervals, strict=False) if 12 <= moment.hour < 22]
    assert night < 27, "8 hours are 48 times 10 minutes"
    assert max(afternoon) <= 20 * MINUTE


def test_a_feed_that_wakes_up_is_followed_at_its_next_answer() -> None:
    woken = NOW + timedelta(days=30)
    slow, fast = steady(7 * DAY), steady(20 * MINUTE)

    def document(now: datetime) -> list[datetime]:
        entries = slow(now) + [moment for moment in fast(now) if moment > woken]
        return sorted(entries, reverse=True)[:20]

    intervals = simulate(document, 33 * DAY)
    assert intervals[10] == BOUNDS.longest
    assert intervals[-1] == BOUNDS.shortest


@given(st.integers(0, 30), all_bounds)
def test_errors_double_the_wait_up_to_the_longest_and_never_beyond(
    errors: int, bounds: Intervals
) -> None:
    wait = error_wait(errors, bounds)
    assert bounds.shortest <= wait <= bounds.longest
    if wait < bounds.longest and errors:
        assert wait == bounds.shortest * 2 ** (errors - 1)
    assert error_wait(errors + 1, bounds) >= wait


def test_errors_double_from_the_shortest() -> None:
    waits = [error_wait(errors, BOUNDS) / MINUTE for errors in range(1, 12)]
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]


@given(waits, all_bounds, seeds)
def test_jitter_lengthens_by_a_tenth_at_most_and_is_the_same_for_the_same_seed(
    wait: float, bounds: Intervals, seed: str
) -> None:
    longer = jittered(wait, bounds, seed)
    assert wait <= longer <= wait * (1 + JITTER) + 1e-6
    assert longer <= max(wait, bounds.longest)
    assert longer == jittered(wait, bounds, seed)


def test_jitter_spreads() -> None:
    waits = {jittered(HOUR, BOUNDS, f"feed {number} run") for number in range(100)}
    assert len(waits) == 100
    assert max(waits) - min(waits) > 0.8 * JITTER * HOUR


@given(moments, st.floats(0, 1e6), st.floats(0, 1e8), all_hints, all_bounds, seeds)
def test_the_next_request_is_within_the_bounds_and_in_no_skipped_hour(
    now: datetime,
    interval: float,
    stays_fresh: float,
    hints: FeedHints,
    bounds: Intervals,
    seed: str,
) -> None:
    interval = bounds.clamp(interval)
    due = due_after_answer(now, interval, stays_fresh, hints, bounds, seed)
    wait = (due - now).total_seconds()
    assert wait >= interval - 1e-6
    for asked in (stays_fresh, hints.ttl or 0.0, hints.update_period or 0.0):
        assert wait >= min(asked, bounds.longest) - 1e-6
    skips_all = hints.skip_hours >= ALL_HOURS or hints.skip_days >= ALL_DAYS
    if skips_all:
        assert wait <= bounds.longest + 1e-6
    else:
        assert due.hour not in hints.skip_hours
        assert due.weekday() not in hints.skip_days
        assert wait <= bounds.longest + 7 * DAY + 1e-6
    if not hints.skip_hours and not hints.skip_days:
        assert wait <= bounds.longest + 1e-6


@pytest.mark.parametrize(
    ("hints", "stays_fresh", "wait"),
    [
        (FeedHints(), 0.0, 10 * MINUTE),
        (FeedHints(), HOUR, HOUR),
        (FeedHints(ttl=2 * HOUR), HOUR, 2 * HOUR),
        (FeedHints(update_period=3 * HOUR), HOUR, 3 * HOUR),
        (FeedHints(ttl=30 * DAY), 0.0, DAY),
        (FeedHints(), 365 * DAY, DAY),
        (FeedHints(ttl=MINUTE), 0.0, 10 * MINUTE),
    ],
)
def test_the_longest_wish_wins_up_to_the_longest_interval(
    hints: FeedHints, stays_fresh: float, wait: float
) -> None:
    due = due_after_answer(NOW, BOUNDS.shortest, stays_fresh, hints, BOUNDS, "seed")
    assert wait <= (due - NOW).total_seconds() <= min(wait * (1 + JITTER), DAY)


@pytest.mark.parametrize(
    ("due", "hints", "moved_to"),
    [
        ("2026-01-28T12:30", FeedHints(skip_hours=frozenset({12, 13})), "2026-01-28T14:00"),
        ("2026-01-28T23:30", FeedHints(skip_hours=frozenset({23, 0})), "2026-01-29T01:00"),
        ("2026-01-28T14:00", FeedHints(skip_hours=frozenset({12, 13})), "2026-01-28T14:00"),
        ("2026-01-30T23:30", FeedHints(skip_days=frozenset({5, 6})), "2026-01-30T23:30"),
        ("2026-01-31T08:30", FeedHints(skip_days=frozenset({5, 6})), "2026-02-02T00:00"),
        (
            "2026-01-31T08:30",
            FeedHints(skip_days=frozenset({5, 6}), skip_hours=frozenset({0, 1})),
            "2026-02-02T02:00",
        ),
        ("2026-01-28T12:30", FeedHints(skip_hours=ALL_HOURS), "2026-01-28T12:30"),
        ("2026-01-28T12:30", FeedHints(skip_days=ALL_DAYS), "2026-01-28T12:30"),
        (
            "2026-01-28T12:30",
            FeedHints(skip_hours=ALL_HOURS - {11}, skip_days=ALL_DAYS - {2}),
            "2026-02-04T11:00",
        ),
    ],
)
def test_skipped_hours_and_days(due: str, hints: FeedHints, moved_to: str) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)

    assert after_skipped(at(due), hints) == at(moved_to)


def test_a_late_run_waits_for_a_skipped_hour_but_not_for_ever() -> None:
    hints = FeedHints(skip_hours=frozenset({12}))
    assert is_skipped(NOW, NOW - timedelta(hours=1), hints)
    assert not is_skipped(NOW + timedelta(hours=1), NOW, hints)
    assert not is_skipped(NOW, NOW - timedelta(hours=25), hints), "runs come at noon only"
    assert not is_skipped(NOW, NOW, FeedHints(skip_hours=ALL_HOURS))


@given(moments, st.integers(1, 100), st.none() | st.floats(0, 1e9), all_bounds, seeds)
def test_no_request_before_retry_after_and_none_later_than_a_week_for_it(
    now: datetime, errors: int, retry_after: float | None, bounds: Intervals, seed: str
) -> None:
    wait = (due_after_error(now, errors, retry_after, bounds, seed) - now).total_seconds()
    assert wait >= error_wait(errors, bounds) - 1e-6
    assert wait >= min(retry_after or 0.0, MAX_RETRY_AFTER) - 1e-6
    assert wait <= max(bounds.longest, MAX_RETRY_AFTER) + 1e-6
