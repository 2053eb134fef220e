"""How a feed's state follows from its last answer, and how the next request from its state."""

import hashlib
from collections.abc import Iterable, Sequence, Set
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
    after_skipped,
    due_after_answer,
    freshness,
    is_skipped,
    jittered,
    learn,
    observed_interval,
)
from transforms.state.rows import FeedState, Standing

REFRESH_SECONDS = 30 * 86400.0
"""Time between two unconditional requests of a feed that answers 304: some servers never stop."""

MAX_VALIDATOR = 1000
"""Longest ETag or Last-Modified that is remembered, in characters. Honest ones have under 200;
a request with a header of 30 kB is refused by many servers, their own sender included."""

MOVES_CONFIRMED = 3
"""Answers in a row that must name the same permanent redirect before it is remembered: a
misconfigured server must not move a feed away for good."""

MOVE_ERRORS = 3
"""After so many failures in a row of the address that a feed moved to, the configured one is
asked every other time: the move may have been undone, or the new domain may be lost."""


@dataclass(frozen=True)
class FeedAnswer:
    """What matters of a good answer: 200 with a document, or 304 (`hints` is None).

    `fresh` is None where the answer says nothing about it.
    """

    asked_at: datetime
    etag: str | None
    last_modified: str | None
    fresh: float | None
    moved_to: str | None
    content_hash: str | None
    bytes: int
    hints: FeedHints | None


@dataclass(frozen=True)
class EntrySeen:
    """One announced entry of a feed, or (`is_new`) one that the dataset did not have."""

    key: str
    published_at: datetime | None
    is_new: bool


FeedUpdate = FeedAnswer | EntrySeen | Failure


def request_for(
    feed: Feed, state: FeedState | None, now: datetime, ask_all: bool
) -> FeedRequest | None:
    """The request that is due now, or None.

    `ask_all` asks before the time has come and in skipped hours, but neither a feed that is gone
    nor one whose Retry-After still runs. Validators go only where they came from.
    """
    if state is None:
        return FeedRequest(feed, feed.url)
    waits = state.not_before is not None and state.not_before > now
    if state.gone or waits:
        return None
    due = state.next_due_at
    if not ask_all and (due > now or is_skipped(now, due, state.hints)):
        return None
    doubts_move = _doubts_move(state)
    url = feed.url if doubts_move else state.moved_to or feed.url
    request = FeedRequest(feed, url, errors=state.errors, size=state.bytes)
    if doubts_move or (state.refresh_at is not None and state.refresh_at <= now):
        return request
    return replace(request, etag=state.etag, last_modified=state.last_modified)


def _doubts_move(state: FeedState) -> bool:
    """Whether the configured address is asked although the feed has moved."""
    doubts = state.errors - MOVE_ERRORS
    return state.moved_to is not None and doubts >= 0 and doubts % 2 == 0


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
        hints=feed_hints(response.body) if is_document else None,
    )


def _exact(value: str | None) -> str | None:
    """A validator, or None where it cannot be given back as it came: bytes that could not be
    kept, control characters, which no client sends, or more than any server means by it."""
    if not value or len(value) > MAX_VALIDATOR or "\ufffd" in value or not value.isprintable():
        return None
    return value


def seen_of(entry: Entry, is_new: bool) -> EntrySeen:
    return EntrySeen(entry.key, entry.published_at, is_new)


def next_feed_state(
    url: str,
    old: FeedState | None,
    updates: Iterable[FeedUpdate],
    bounds: Intervals,
    horizon: float,
    run_id: str,
) -> FeedState | None:
    """The state after a run; `old` when the run did not ask the feed. `horizon`: how far back
    the dataset is searched, seconds."""
    listed = list(updates)
    failure = next((update for update in listed if isinstance(update, Failure)), None)
    answer = next((update for update in listed if isinstance(update, FeedAnswer)), None)
    if failure is not None:
        return _after_failure(url, old, failure, bounds)
    if answer is None:
        return old
    state = old or FeedState(url, answer.asked_at, answer.asked_at)
    seen = [update for update in listed if isinstance(update, EntrySeen)]
    state = _rhythm(state, answer, seen, bounds, f"{url} {run_id}")
    if answer.hints is not None:
        state = _document(state, answer, seen, horizon, f"{url} {run_id} refresh")
    moved_to, moving_to, moving_seen = _moved(state, answer.moved_to)
    return replace(
        state,
        last_asked_at=answer.asked_at,
        not_before=None,
        etag=answer.etag or state.etag,
        last_modified=answer.last_modified or state.last_modified,
        errors=0,
        last_error=None,
        moved_to=moved_to,
        moving_to=moving_to,
        moving_seen=moving_seen,
        answers=state.answers + 1,
        not_modified=state.not_modified + (answer.hints is None),
    )


def _after_failure(
    url: str, old: FeedState | None, failure: Failure, bounds: Intervals
) -> FeedState:
    now = failure.failed_at
    state = old or FeedState(url, now, now)
    due = failure.next_attempt_at or now + timedelta(seconds=bounds.longest)
    not_before = state.not_before
    if failure.retry_after is not None:
        not_before = now + timedelta(seconds=min(failure.retry_after, MAX_RETRY_AFTER))
    is_gone = failure.kind is FailureKind.GONE
    asked_new_address = state.moved_to is not None and not _doubts_move(state)
    reason = f"{failure.kind.value}: {failure.message}"[:500]
    return replace(
        state,
        last_asked_at=now,
        next_due_at=after_skipped(due, state.hints),
        not_before=not_before,
        errors=state.errors + 1,
        last_error=reason.encode("utf-8", "replace").decode(),
        gone=state.gone or (is_gone and not asked_new_address),
        moved_to=None if is_gone else state.moved_to,  # the configured address has the last word
        moving_to=None,
        moving_seen=0,
    )


def _rhythm(
    state: FeedState,
    answer: FeedAnswer,
    seen: Sequence[EntrySeen],
    bounds: Intervals,
    seed: str,
) -> FeedState:
    """When the feed is due again, and what that follows from."""
    now = answer.asked_at
    hints = state.hints if answer.hints is None else answer.hints
    # RFC 9111 4.3.4: a 304 updates what a stored response said, and need not repeat it
    kept = state.fresh if answer.hints is None else 0.0
    fresh = kept if answer.fresh is None else answer.fresh
    has_news = any(each.is_new for each in seen)
    since_news = (now - state.new_at).total_seconds() if state.new_at is not None else 0.0
    observed = observed_interval(
        (each.published_at for each in seen if each.published_at is not None), now, bounds
    )
    if observed is None and has_news and state.new_at is not None:
        observed = since_news
    interval = learn(state.interval, observed, 0.0 if has_news else since_news, bounds)
    return replace(
        state,
        next_due_at=due_after_answer(now, interval, fresh, hints, bounds, seed),
        fresh=fresh,
        hints=hints,
        interval=interval,
        new_at=now if has_news or state.new_at is None else state.new_at,
    )


def _document(
    state: FeedState, answer: FeedAnswer, seen: Sequence[EntrySeen], horizon: float, seed: str
) -> FeedState:
    """What a whole document says beyond its rhythm. Its validators count even where it has none:
    those of an older document are not this one's."""
    now = answer.asked_at
    wait = jittered(REFRESH_SECONDS, Intervals(0.0, 2 * REFRESH_SECONDS), seed)
    return replace(
        state,
        refresh_at=now + timedelta(seconds=wait),
        etag=answer.etag,
        last_modified=answer.last_modified,
        content_hash=answer.content_hash,
        bytes=answer.bytes,
        unchanged=state.unchanged + (answer.content_hash == state.content_hash),
        announced=state.announced + sum(not each.is_new for each in seen),
        new_entries=state.new_entries + sum(each.is_new for each in seen),
        standing=_standing(state.standing, {each.key for each in seen}, now, horizon),
    )


def _standing(
    old: Sequence[Standing], keys: Set[str], now: datetime, horizon: float
) -> tuple[Standing, ...]:
    """The entries of a document with the time since when they stand there.

    One that has left is kept for a while if it is old: feeds shrink and grow again, and the
    dataset may no longer be searched for it.
    """
    since = {each.key: each.since for each in old}
    here = [Standing(key, since.get(key, now), now) for key in keys]
    aged, forgotten = now - timedelta(seconds=horizon / 2), now - timedelta(seconds=horizon)
    left = [
        each
        for each in old
        if each.key not in keys and each.since < aged and each.seen_at > forgotten
    ]
    return tuple(sorted(here + left))


def _moved(state: FeedState, named: str | None) -> tuple[str | None, str | None, int]:
    """The address that the feed has moved to, the one that it may be moving to, and how often in
    a row that one was named, after an answer whose permanent redirects led to `named`."""
    moved_to = state.moved_to
    if _doubts_move(state) and named != moved_to:  # the configured address answers for itself
        moved_to = None
    if named is None or named == moved_to:
        return moved_to, None, 0
    count = state.moving_seen + 1 if named == state.moving_to else 1
    return (named, None, 0) if count >= MOVES_CONFIRMED else (moved_to, named, count)
