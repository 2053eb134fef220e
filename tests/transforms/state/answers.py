"""What feeds answer and what becomes of their state, for tests."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.builders import FEED, NOW, make_response
from transforms.elements import FeedDocument, FeedRequest, FeedUnchanged
from transforms.failures import Failure, FailureKind, fail
from transforms.schedule import Intervals
from transforms.state.feeds import (
    EntrySeen,
    FeedUpdate,
    answer_of,
    next_feed_state,
    request_for,
)
from transforms.state.rows import FeedState

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
BOUNDS = Intervals(10 * MINUTE, DAY)
HORIZON = 30 * DAY
NEW_ADDRESS, NEWER_ADDRESS = "https://new.example/rss", "https://newer.example/rss"


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def document(
    *headers: tuple[str, str], body: bytes = b"<rss>", at: datetime = NOW, moved: str | None = None
) -> FeedUpdate:
    response = make_response(body, headers=headers, moved_to=moved)
    return answer_of(FeedDocument(FEED, replace(response, fetched_at=at)))


def unchanged(
    *headers: tuple[str, str], at: datetime = NOW, moved: str | None = None
) -> FeedUpdate:
    response = make_response(b"", status=304, headers=headers, moved_to=moved)
    return answer_of(FeedUnchanged(FEED, replace(response, fetched_at=at)))


def failure(
    kind: FailureKind = FailureKind.SERVER_ERROR,
    at: datetime = NOW,
    retry_after: float | None = None,
    due: datetime | None = None,
) -> Failure:
    failed = fail("FetchFeeds", kind, "why", FeedRequest(FEED, FEED.url), retry_after)
    return replace(failed, failed_at=at, next_attempt_at=due or at + timedelta(minutes=10))


def after(old: FeedState | None, *updates: FeedUpdate) -> FeedState:
    state = next_feed_state(FEED.url, old, updates, BOUNDS, HORIZON, "run")
    assert state is not None
    return state


def asked(state: FeedState | None, at: datetime | None = None) -> FeedRequest:
    """The request that goes out, due or not."""
    request = request_for(FEED, state, at or NOW, ask_all=True)
    assert request is not None
    return request


def news(*keys: str, published: datetime | None = None, is_new: bool = True) -> list[FeedUpdate]:
    """The entries of a document; those that are new come twice, as in the pipeline."""
    seen: list[FeedUpdate] = [EntrySeen(key, published, False) for key in keys]
    return seen + [EntrySeen(key, published, True) for key in keys if is_new]


def due_in(state: FeedState, at: datetime = NOW) -> float:
    return (state.next_due_at - at).total_seconds()


def moved(times: int, state: FeedState | None = None, to: str = NEW_ADDRESS) -> FeedState:
    for _ in range(times):
        state = after(state, document(("etag", "one"), moved=to))
    assert state is not None
    return state
