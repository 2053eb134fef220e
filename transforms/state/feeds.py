"""How a feed's state follows from its last answer, and how the next request from its state."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from transforms.elements import (
    Entry,
    Feed,
    FeedDocument,
    FeedHints,
    FeedRequest,
    FeedUnchanged,
)
from transforms.failures import Failure, FailureKind
from transforms.feeds.hints import feed_hints
from transforms.schedule import (
    MAX_RETRY_AFTER,
    Intervals,
    due_after_answer,
    freshness,
    jittered,
    learn,
    observed_interval,
)
from transforms.state.rows import FeedState

REFRESH_SECONDS = 30 * 86400.0
"""Time between two unconditional requests of a feed that answers 304: some servers never stop."""

MOVES_CONFIRMED = 3
"""Answers in a row that must name the same permanent redirect before it is remembered: a
misconfigured server must not move a feed away for good."""


@dataclass(frozen=True)
class FeedAnswer:
    """What matters of a good answer: 200 with a document, or 304 (`content_hash` is None)."""

    asked_at: datetime
    etag: str | None
    last_modified: str | None
    fresh: float
    moved_to: str | None
    content_hash: str | None
    bytes: int
    hints: FeedHints


@dataclass(frozen=True)
class EntrySeen:
    """One announced entry of a feed; `is_new` when the dataset did not have it."""

    published_at: datetime | None
    is_new: bool


FeedUpdate = FeedAnswer | EntrySeen | Failure


def request_for(
    feed: Feed, state: FeedState | None, now: datetime, ask_all: bool
) -> FeedRequest | None:
    """The request that is due now, or None.

    `ask_all` asks before the time has come, but neither a feed that is gone nor one whose
    Retry-After still runs.
    """
    if state is None:
        return FeedRequest(feed, feed.url)
    waits = state.not_before is not None and state.not_before > now
    if state.gone or waits or (state.next_due_at > now and not ask_all):
        return None
    moved = state.moved_to if state.moved_seen >= MOVES_CONFIRMED else None
    request = FeedRequest(feed, moved or feed.url, errors=state.errors, size=state.bytes)
    if state.refresh_at is not None and state.refresh_at <= now:
        return request
    return replace(request, etag=state.etag, last_modified=state.last_modified)


def answer_of(result: FeedDocument | FeedUnchanged) -> FeedAnswer:
    """The answer behind a document or a 304."""
    response = result.response
    is_document = isinstance(result, FeedDocument)
    return FeedAnswer(
        asked_at=response.fetched_at,
        etag=_exact(response.header("etag")),
        last_modified=_exact(response.header("last-modified")),
        fresh=freshness(response),
        moved_to=response.moved_to,
        content_hash=hashlib.sha256(response.body).hexdigest()[:32] if is_document else None,
        bytes=len(response.body),
        hints=feed_hints(response.body) if is_document else FeedHints(),
    )


def _exact(value: str | None) -> str | None:
    """A validator, or None where its bytes could not be kept and so cannot be given back."""
    return None if value is None or "\ufffd" in value or not value else value


def seen_of(entry: Entry, is_new: bool) -> EntrySeen:
    return EntrySeen(entry.published_at, is_new)


def next_feed_state(
    url: str,
    old: FeedState | None,
    updates: Iterable[FeedUpdate],
    bounds: Intervals,
    run_id: str,
) -> FeedState | None:
    """The state after a run; `old` when the run did not ask the feed."""
    listed = list(updates)
    failure = next((update for update in listed if isinstance(update, Failure)), None)
    answer = next((update for update in listed if isinstance(update, FeedAnswer)), None)
    if failure is not None:
        return _after_failure(url, old, failure, bounds)
    if answer is None:
        return old
    seen = [update for update in listed if isinstance(update, EntrySeen)]
    return _after_answer(url, old, answer, seen, bounds, f"{url} {run_id}")


def _after_failure(
    url: str, old: FeedState | None, failure: Failure, bounds: Intervals
) -> FeedState:
    now = failure.failed_at
    state = old or FeedState(url, now, now)
    due = failure.next_attempt_at or now + timedelta(seconds=bounds.longest)
    not_before = state.not_before
    if failure.retry_after is not None:
        not_before = now + timedelta(seconds=min(failure.retry_after, MAX_RETRY_AFTER))
    return replace(
        state,
        last_asked_at=now,
        next_due_at=due,
        not_before=not_before,
        errors=state.errors + 1,
        last_error=f"{failure.kind.value}: {failure.message}"[:500],
        gone=state.gone or failure.kind is FailureKind.GONE,
        moved_to=None if state.moved_seen < MOVES_CONFIRMED else state.moved_to,
        moved_seen=0 if state.moved_seen < MOVES_CONFIRMED else state.moved_seen,
    )


def _after_answer(
    url: str,
    old: FeedState | None,
    answer: FeedAnswer,
    seen: Sequence[EntrySeen],
    bounds: Intervals,
    seed: str,
) -> FeedState:
    now = answer.asked_at
    state = old or FeedState(url, now, now)
    has_document = answer.content_hash is not None
    changed = has_document and answer.content_hash != state.content_hash
    observed = observed_interval([s.published_at for s in seen if s.published_at], now)
    interval = learn(state.interval, observed, changed, bounds)
    moved_to, moved_seen = _moved(state, answer.moved_to)
    refresh_at = state.refresh_at
    if has_document:
        wait = jittered(REFRESH_SECONDS, Intervals(0.0, 2 * REFRESH_SECONDS), seed)
        refresh_at = now + timedelta(seconds=wait)
    return FeedState(
        url=url,
        last_asked_at=now,
        next_due_at=due_after_answer(now, interval, answer.fresh, answer.hints, bounds, seed),
        refresh_at=refresh_at,
        etag=answer.etag if has_document else answer.etag or state.etag,
        last_modified=(
            answer.last_modified if has_document else answer.last_modified or state.last_modified
        ),
        content_hash=answer.content_hash or state.content_hash,
        bytes=answer.bytes if has_document else state.bytes,
        interval=interval,
        moved_to=moved_to,
        moved_seen=moved_seen,
        answers=state.answers + 1,
        not_modified=state.not_modified + (not has_document),
        announced=state.announced + sum(not s.is_new for s in seen),
        new_entries=state.new_entries + sum(s.is_new for s in seen),
    )


def _moved(state: FeedState, moved_to: str | None) -> tuple[str | None, int]:
    """The permanent redirect to remember and how often it was confirmed in a row."""
    if state.moved_seen >= MOVES_CONFIRMED:
        return (moved_to or state.moved_to), state.moved_seen
    if moved_to is None:
        return None, 0
    return moved_to, state.moved_seen + 1 if moved_to == state.moved_to else 1
