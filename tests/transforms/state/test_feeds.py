from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import FEED, NOW, make_entry
from tests.transforms.state.answers import (
    BOUNDS,
    DAY,
    HORIZON,
    HOUR,
    NEW_ADDRESS,
    NEWER_ADDRESS,
    after,
    asked,
    document,
    due_in,
    failure,
    later,
    news,
    unchanged,
)
from transforms.elements import FeedHints, FeedRequest
from transforms.failures import Failure, FailureKind
from transforms.schedule import JITTER
from transforms.state.feeds import (
    MAX_VALIDATOR,
    REFRESH_SECONDS,
    EntrySeen,
    next_feed_state,
    request_for,
    seen_of,
)
from transforms.state.rows import FeedState, Standing, settled_keys


def test_a_feed_never_asked_is_due_without_conditions() -> None:
    assert request_for(FEED, None, NOW, ask_all=False) == FeedRequest(FEED, FEED.url)


ODD_VALIDATORS = [
    'W/"weak"',
    '"with spaces, and, commas"',
    "no-quotes",
    '"half',
    '""',
    "W/no-quotes",
    "-1",
    '"a" "b"',
    "“ünïcode”",
    "Wed Jan 28 06:00:00 2026",
    "2026-01-28T06:00:00Z",
    "wed, 28 jan 2026 06:00:00 gmt",
    "Mercoledì, 28 Gen 2026",
    "0",
]


@pytest.mark.parametrize("value", ODD_VALIDATORS)
def test_validators_go_back_byte_for_byte(value: str) -> None:
    request = asked(after(None, document(("etag", value), ("last-modified", value))))
    assert (request.etag, request.last_modified) == (value, value)


@given(st.text(st.characters(codec="utf-8"), min_size=1).map(str.strip))
def test_any_validator_goes_back_as_it_is_or_not_at_all(value: str) -> None:
    request = asked(after(None, document(("etag", value))))
    is_sendable = value.isprintable() and "\ufffd" not in value
    assert request.etag == (value if value and is_sendable else None)


@pytest.mark.parametrize("value", ['"caf\ufffd"', '"tab\t"', '"\x7f"', "x" * (MAX_VALIDATOR + 1)])
def test_a_validator_that_cannot_go_back_as_it_came_is_not_sent(value: str) -> None:
    state = after(None, document(("etag", value), ("last-modified", "ok")))
    assert (state.etag, state.last_modified) == (None, "ok")


def test_validators_are_those_of_the_last_document() -> None:
    state = after(None, document(("etag", "one"), ("last-modified", "then")))
    assert (after(state, document(("etag", "two"))).etag) == "two"
    assert after(state, document(("etag", "two"))).last_modified is None
    assert after(state, document()).etag is None


def test_a_304_keeps_validators_and_may_renew_them() -> None:
    state = after(None, document(("etag", "one"), ("last-modified", "then")))
    kept = after(state, unchanged())
    assert (kept.etag, kept.last_modified) == ("one", "then")
    renewed = after(state, unchanged(("etag", "two")))
    assert (renewed.etag, renewed.last_modified) == ("two", "then")
    assert (renewed.answers, renewed.not_modified) == (2, 1)


def test_a_failure_keeps_validators() -> None:
    state = after(after(None, document(("etag", "one"))), failure())
    assert asked(state).etag == "one"


def test_a_document_that_is_no_feed_changes_no_validator() -> None:
    """FetchFeeds has an answer, ParseFeeds a failure."""
    state = after(None, document(("etag", "one")))
    state = after(state, document(("etag", "error page")), failure(FailureKind.NOT_A_FEED))
    assert (state.etag, state.errors) == ("one", 1)


def test_a_run_that_did_not_ask_changes_nothing() -> None:
    state = after(None, document())
    assert next_feed_state(FEED.url, state, [], BOUNDS, HORIZON, "run") is state
    assert next_feed_state(FEED.url, state, news("k"), BOUNDS, HORIZON, "run") is state
    assert next_feed_state(FEED.url, None, [], BOUNDS, HORIZON, "run") is None


def test_once_in_a_while_the_request_has_no_condition() -> None:
    state = after(None, document(("etag", "one")))
    assert state.refresh_at is not None
    wait = (state.refresh_at - NOW).total_seconds()
    assert REFRESH_SECONDS <= wait <= REFRESH_SECONDS * (1 + JITTER)
    state = after(state, unchanged(at=later(20 * DAY)))
    assert asked(state, state.refresh_at - timedelta(seconds=1)).etag == "one"
    assert asked(state, state.refresh_at).etag is None
    refreshed = after(state, document(("etag", "two"), at=state.refresh_at))
    assert asked(refreshed, state.refresh_at + timedelta(days=1)).etag == "two"


def test_a_refresh_that_failed_is_made_up_for() -> None:
    state = after(None, document(("etag", "one")))
    at = later(40 * DAY)
    state = after(state, failure(at=at))
    assert asked(state, at + timedelta(hours=1)).etag is None


RHYTHM = b"<rss><channel><ttl>120</ttl><skipHours><hour>14</hour></skipHours><item>"


def test_what_a_document_says_of_its_rhythm_holds_for_its_304s() -> None:
    state = after(None, document(body=RHYTHM))
    assert state.next_due_at == datetime(2026, 1, 28, 15, tzinfo=timezone.utc)
    at = later(5 * HOUR)
    state = after(state, unchanged(at=at))
    assert 2 * HOUR <= due_in(state, at) <= 2 * HOUR * (1 + JITTER)
    assert after(state, document(at=at)).hints == FeedHints(), "until a document says otherwise"


def test_the_freshness_of_a_document_holds_for_304s_that_do_not_repeat_it() -> None:
    state = after(None, document(("cache-control", "max-age=7200")))
    assert due_in(state) >= 2 * HOUR
    assert due_in(after(state, unchanged())) >= 2 * HOUR
    assert due_in(after(state, unchanged(("cache-control", "max-age=3600")))) < 2 * HOUR
    assert due_in(after(state, unchanged(("cache-control", "no-cache")))) < HOUR
    assert due_in(after(state, document())) < HOUR


def test_the_dates_of_entries_set_the_interval() -> None:
    dates = [NOW - timedelta(hours=hours, minutes=30) for hours in range(0, 40, 4)]
    seen = [EntrySeen(str(date), date, True) for date in dates]
    state = after(None, document(), *seen)
    assert state.interval == pytest.approx(2 * HOUR, rel=0.15)


def test_without_dates_the_time_between_news_sets_the_interval() -> None:
    state = after(None, document(), *news("a"))
    assert state.interval == BOUNDS.shortest
    state = after(state, document(at=later(8 * HOUR)), *news("b"))
    assert state.interval is not None
    assert BOUNDS.shortest < state.interval <= 4 * HOUR


def test_a_document_that_changes_without_news_does_not_raise_the_pace() -> None:
    """Many documents carry the time at which they were made."""
    state = after(None, document(), *news("a"))
    for hour in range(1, 40):
        at = later(hour * HOUR)
        body = b"<rss>" + str(hour).encode()
        state = after(state, document(body=body, at=at), *news("a", is_new=False))
    assert state.interval == pytest.approx(39 * HOUR * 0.1)
    assert state.new_at == NOW


def test_documents_that_only_repeat_themselves_are_counted() -> None:
    state = after(None, document(body=b"<rss>one"))
    assert state.unchanged == 0
    same = after(after(state, unchanged()), document(body=b"<rss>one"))
    assert (same.unchanged, same.content_hash) == (1, state.content_hash)
    other = after(same, document(body=b"<rss>two"))
    assert other.unchanged == 1
    assert other.content_hash != state.content_hash


def test_entries_are_counted_over_a_lifetime() -> None:
    state = after(None, document(), *news("a", "b"))
    state = after(state, document(), *news("a", "b", is_new=False), *news("c"))
    assert (state.announced, state.new_entries) == (5, 3)


def test_errors_are_counted_and_an_answer_ends_them() -> None:
    state = after(after(None, failure()), failure(FailureKind.TIMEOUT))
    assert (state.errors, state.last_error) == (2, "timeout: why")
    assert asked(state).errors == 2
    state = after(state, unchanged())
    assert (state.errors, state.last_error, state.not_before) == (0, None, None)


def test_a_message_that_no_file_can_hold_is_mended() -> None:
    state = after(None, replace(failure(), message="\udcff" * 600))
    assert state.last_error is not None
    assert len(state.last_error) == 500
    state.last_error.encode()


def test_a_failure_is_due_when_it_says_but_in_no_skipped_hour() -> None:
    state = after(None, failure(due=later(HOUR)))
    assert state.next_due_at == later(HOUR)
    hints = FeedHints(skip_hours=frozenset({13, 14}))
    state = after(replace(state, hints=hints), failure(due=later(HOUR)))
    assert state.next_due_at == later(3 * HOUR)


@pytest.mark.parametrize("ask_all", [False, True])
def test_retry_after_holds_even_on_demand(ask_all: bool) -> None:
    state = after(None, failure(FailureKind.RATE_LIMITED, retry_after=HOUR, due=later(HOUR)))
    assert request_for(FEED, state, later(HOUR - 1), ask_all) is None
    assert request_for(FEED, state, later(HOUR), ask_all) is not None


def test_retry_after_is_a_week_at_most() -> None:
    state = after(None, failure(FailureKind.RATE_LIMITED, retry_after=90 * DAY))
    assert state.not_before == later(7 * DAY)


def test_gone_is_for_good() -> None:
    state = after(after(None, document()), replace(failure(FailureKind.GONE), next_attempt_at=None))
    assert state.gone
    assert request_for(FEED, state, later(1000 * DAY), ask_all=True) is None


def test_on_demand_also_in_skipped_hours() -> None:
    state = replace(after(None, document()), hints=FeedHints(skip_hours=frozenset({12})))
    state = replace(state, next_due_at=later(-HOUR))
    assert request_for(FEED, state, NOW, ask_all=False) is None
    assert request_for(FEED, state, later(HOUR), ask_all=False) is not None
    assert request_for(FEED, state, NOW, ask_all=True) is not None


def test_entries_that_stand_for_long_are_left_alone() -> None:
    state = after(None, document(), *news("a", "b"))
    state = after(state, document(at=later(20 * DAY)), *news("b", "c"))
    state = after(state, document(at=later(31 * DAY)), *news("b", "c", is_new=False))
    for age, keys in ((0, ()), (28, ()), (30, ("b",)), (50, ("b", "c"))):
        assert settled_keys((state,), later(age * DAY), HORIZON) == keys


def test_old_entries_may_be_missing_for_a_while() -> None:
    """An empty document, or one cut short, does not make its old entries new again."""
    state = after(None, document(), *news("old"))
    state = after(state, document(at=later(20 * DAY)), *news("old", "young", is_new=False))
    state = after(state, document(at=later(21 * DAY)))
    old = Standing("old", NOW, later(20 * DAY))
    assert state.standing == (old,)
    back = after(state, document(at=later(22 * DAY)), *news("old", is_new=False))
    assert back.standing == (Standing("old", NOW, later(22 * DAY)),)
    assert after(state, document(at=later(51 * DAY))).standing == ()


def test_what_the_pipeline_hands_over() -> None:
    entry = make_entry(published_at=NOW)
    assert seen_of(entry, True) == EntrySeen(entry.key, NOW, True)


updates = st.one_of(
    st.builds(lambda: document(("etag", "e"))),
    st.builds(lambda: unchanged()),
    st.sampled_from([NEW_ADDRESS, NEWER_ADDRESS]).map(lambda to: document(moved=to)),
    st.sampled_from(sorted(set(FailureKind) - {FailureKind.GONE})).map(failure),
    st.floats(0, 1e8).map(lambda wait: failure(FailureKind.RATE_LIMITED, retry_after=wait)),
)


@given(st.lists(st.tuples(updates, st.floats(0, 60 * DAY)), max_size=30), st.booleans())
def test_whatever_happens_a_feed_is_asked_again(
    steps: Iterable[tuple[Any, float]], ask_all: bool
) -> None:
    state: FeedState | None = None
    now = NOW
    for update, pause in steps:
        moment = "failed_at" if isinstance(update, Failure) else "asked_at"
        update = replace(update, **{moment: now})
        if isinstance(update, Failure):
            update = replace(update, next_attempt_at=now + timedelta(minutes=10))
        state = after(state, update)
        assert state.last_asked_at == now
        request = request_for(FEED, state, state.last_asked_at + timedelta(days=7), ask_all)
        assert request is not None
        assert request.url in (FEED.url, NEW_ADDRESS, NEWER_ADDRESS)
        if not isinstance(update, Failure):
            wait = (state.next_due_at - now).total_seconds()
            assert BOUNDS.shortest <= wait <= BOUNDS.longest
            assert state.errors == 0
        now += timedelta(seconds=pause)
