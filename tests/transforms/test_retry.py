from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import FEED, NOW, make_entry, make_response
from transforms import clock
from transforms.elements import FeedDocument, FeedRequest
from transforms.failures import RETRYABLE, Failure, FailureKind, fail
from transforms.retry import RetryPolicy, schedule_retry
from transforms.schedule import JITTER, MAX_RETRY_AFTER, Intervals

MINUTE, DAY = 60.0, 86_400.0
POLICY = RetryPolicy(5, 10 * MINUTE, Intervals(10 * MINUTE, DAY))
FINAL = sorted(set(FailureKind) - RETRYABLE)


@pytest.fixture(autouse=True)
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)


def page_failure(
    kind: FailureKind = FailureKind.SERVER_ERROR,
    attempts_before: int = 0,
    retry_after: float | None = None,
) -> Failure:
    entry = make_entry(attempts=attempts_before)
    return fail("FetchPages", kind, "what happened", entry, retry_after)


def wait(failure: Failure) -> float:
    assert failure.next_attempt_at is not None
    return (failure.next_attempt_at - failure.failed_at).total_seconds()


def tries(policy: RetryPolicy, kinds: list[FailureKind]) -> list[Failure]:
    """One entry that fails again and again, each time an hour after it was due."""
    failures: list[Failure] = []
    entry, now = make_entry(), NOW
    for number, kind in enumerate(kinds):
        failure = replace(fail("FetchPages", kind, f"why {number}", entry), failed_at=now)
        if number == 0:
            failure = replace(failure, first_failed_at=now)
        failures.append(schedule_retry(failure, policy, f"run {number}"))
        if not failures[-1].is_pending:
            break
        assert failures[-1].entry is not None
        entry = failures[-1].entry
        now += timedelta(days=2)
    return failures


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_a_page_is_tried_as_often_as_configured(attempts: int) -> None:
    policy = replace(POLICY, attempts=attempts)
    failures = tries(policy, [FailureKind.SERVER_ERROR] * 9)
    assert [failure.is_pending for failure in failures] == [True] * (attempts - 1) + [False]
    assert [failure.attempts for failure in failures] == list(range(1, attempts + 1))


def test_a_dead_letter_tells_the_whole_history() -> None:
    kinds = [FailureKind.TIMEOUT, FailureKind.SERVER_ERROR, FailureKind.NOT_FOUND]
    last = tries(POLICY, kinds)[-1]
    assert last.next_attempt_at is None
    assert last.first_failed_at == NOW
    assert last.message == (
        "why 2 (tries: 2026-01-28T12:00:00Z timeout; 2026-01-30T12:00:00Z server_error; "
        "2026-02-01T12:00:00Z not_found)"
    )


def test_a_dead_letter_of_a_first_try_has_no_history() -> None:
    assert schedule_retry(page_failure(FailureKind.NOT_FOUND), POLICY, "run").message == (
        "what happened"
    )


def test_what_is_kept_of_a_try() -> None:
    entry = schedule_retry(page_failure(), POLICY, "run").entry
    assert entry is not None
    assert (entry.attempts, entry.first_failed_at) == (1, NOW)
    assert entry.history == ("2026-01-28T12:00:00Z server_error",)


def test_the_wait_doubles_from_the_back_off_on() -> None:
    policy = replace(POLICY, attempts=20)
    waits = [
        wait(schedule_retry(page_failure(attempts_before=n), policy, "run")) for n in range(12)
    ]
    for number, seconds in enumerate(waits):
        base = min(10 * MINUTE * 2**number, DAY)
        assert base <= seconds <= min(base * (1 + JITTER), DAY)


def test_a_back_off_longer_than_the_longest_interval_is_kept() -> None:
    policy = replace(POLICY, backoff=3 * DAY)
    for before in range(4):
        assert wait(schedule_retry(page_failure(attempts_before=before), policy, "r")) == 3 * DAY


def test_without_back_off_the_next_run_tries_again() -> None:
    assert wait(schedule_retry(page_failure(), replace(POLICY, backoff=0.0), "run")) == 0


@pytest.mark.parametrize(("asked", "waited"), [(3 * DAY, 3 * DAY), (30 * DAY, MAX_RETRY_AFTER)])
def test_retry_after_of_a_page(asked: float, waited: float) -> None:
    failure = page_failure(FailureKind.RATE_LIMITED, retry_after=asked)
    assert wait(schedule_retry(failure, POLICY, "run")) == waited


@pytest.mark.parametrize("kind", FINAL)
def test_what_no_other_try_can_mend_is_a_dead_letter_at_once(kind: FailureKind) -> None:
    assert not schedule_retry(page_failure(kind), POLICY, "run").is_pending


@pytest.mark.parametrize("kind", sorted(RETRYABLE))
def test_what_another_try_may_mend_is_pending(kind: FailureKind) -> None:
    assert schedule_retry(page_failure(kind), POLICY, "run").is_pending


def test_entries_that_nobody_kept_are_dead_letters() -> None:
    surplus = replace(page_failure(), entry=None, entry_key=None, entries=300)
    assert schedule_retry(surplus, POLICY, "run") == surplus


def feed_failure(kind: FailureKind, errors: int, retry_after: float | None = None) -> Failure:
    request = FeedRequest(FEED, FEED.url, errors=errors)
    return fail("FetchFeeds", kind, "what happened", request, retry_after)


@pytest.mark.parametrize("kind", sorted(set(FailureKind) - {FailureKind.GONE}))
@pytest.mark.parametrize("errors", [0, 3, 1000])
def test_a_feed_is_never_given_up(kind: FailureKind, errors: int) -> None:
    failure = schedule_retry(feed_failure(kind, errors), POLICY, "run")
    base = min(10 * MINUTE * 2 ** min(errors, 20), DAY)
    assert base <= wait(failure) <= min(base * (1 + JITTER), DAY)
    assert not failure.is_pending


def test_a_feed_that_is_gone_is_not_asked_again() -> None:
    failure = schedule_retry(feed_failure(FailureKind.GONE, 0), POLICY, "run")
    assert failure.next_attempt_at is None


def test_retry_after_of_a_feed() -> None:
    failure = feed_failure(FailureKind.RATE_LIMITED, 0, 2 * DAY)
    assert wait(schedule_retry(failure, POLICY, "run")) == 2 * DAY


def test_bytes_that_are_no_feed_are_one_more_failure_in_a_row() -> None:
    document = FeedDocument(FEED, make_response(b"<html>"), errors=4)
    failure = fail("ParseFeeds", FailureKind.NOT_A_FEED, "found HTML", document)
    assert wait(schedule_retry(failure, POLICY, "run")) >= 10 * MINUTE * 2**4


@given(
    st.sampled_from(FailureKind),
    st.integers(0, 12),
    st.integers(1, 10),
    st.floats(0, 1e6),
    st.none() | st.floats(0, 1e8),
)
def test_every_entry_failure_is_pending_or_a_dead_letter(
    kind: FailureKind, before: int, attempts: int, backoff: float, retry_after: float | None
) -> None:
    policy = RetryPolicy(attempts, backoff, Intervals(600.0, DAY))
    before_it = fail("FetchPages", kind, "why", make_entry(attempts=before), retry_after)
    failure = schedule_retry(before_it, policy, "run")
    assert failure.is_pending == (kind in RETRYABLE and before + 1 < attempts)
    if failure.is_pending:
        due: datetime | None = failure.next_attempt_at
        assert due is not None
        assert due >= failure.failed_at + timedelta(seconds=min(retry_after or 0, MAX_RETRY_AFTER))
        assert failure.entry is not None
        assert failure.entry.attempts == failure.attempts
