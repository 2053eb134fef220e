from dataclasses import replace
from datetime import timedelta

from tests.builders import FEED, NOW, make_response
from tests.pipelines.simulation import Post, rss
from transforms.elements import Feed, FeedDocument, FeedRequest, FeedUnchanged
from transforms.failures import FailureKind, fail
from transforms.http.policy import FetchPolicy
from transforms.retry import RetryPolicy
from transforms.schedule import Intervals
from transforms.streaming.asking import FeedTurn, by_host, read_answer

RETRY = RetryPolicy(5, 600.0, Intervals(600.0, 86_400.0))
REQUEST = FeedRequest(FEED, FEED.url)


def document(*names: str) -> FeedDocument:
    body = rss([Post(f"https://news.example/{name}") for name in names])
    headers = (("etag", '"1"'), ("content-type", "application/rss+xml"))
    return FeedDocument(FEED, make_response(body, FEED.url, headers=headers))


def turn(result: object, before: FeedTurn | None = None) -> FeedTurn:
    old = before.kept.row if before is not None and before.kept is not None else None
    return read_answer(REQUEST, old, result, RETRY, 30 * 86_400.0, "run")  # type: ignore[arg-type]


def test_only_what_was_not_there_before_is_new() -> None:
    first = turn(document("a", "b", "a"))
    assert [entry.url for entry in first.entries] == [
        "https://news.example/a",
        "https://news.example/b",
    ]
    assert len(first.entries[0].announcements) == 2
    assert first.kept is not None
    assert first.kept.row.etag == '"1"'
    assert first.kept.covers == {entry.key for entry in first.entries}
    second = turn(document("c", "a"), first)
    assert [entry.url for entry in second.entries] == ["https://news.example/c"]
    assert second.counts["entries/announced"] == 2
    assert second.counts["entries/known"] == 1


def test_an_unchanged_feed_covers_nothing_and_keeps_what_stood_in_it() -> None:
    first = turn(document("a"))
    unchanged = FeedUnchanged(FEED, make_response(b"", FEED.url, status=304), 99)
    second = turn(unchanged, first)
    assert first.kept is not None
    assert second.kept is not None
    assert second.kept.covers == frozenset()
    assert second.kept.row.standing == first.kept.row.standing
    assert (second.counts["feeds/not_modified"], second.counts["feeds/bytes_saved"]) == (1, 99)


def test_a_failure_makes_the_feed_wait_and_ends_no_entry() -> None:
    failure = replace(
        fail("FetchFeeds", FailureKind.TIMEOUT, "slow", REQUEST), failed_at=NOW, entries=0
    )
    made = turn(failure, turn(document("a")))
    (scheduled,) = made.failures
    assert scheduled.next_attempt_at is not None
    assert scheduled.next_attempt_at >= NOW + timedelta(seconds=600)
    assert made.kept is not None
    assert (made.kept.row.errors, made.kept.row.etag) == (1, '"1"')
    assert "entries/announced" not in made.counts


def test_what_is_no_feed_is_a_failure_of_the_feed() -> None:
    page = FeedDocument(FEED, make_response(b"<html><body>no</body></html>", FEED.url))
    made = turn(page)
    assert [each.kind for each in made.failures] == [FailureKind.NOT_A_FEED]
    assert "feeds/changed" not in made.counts
    assert made.kept is not None
    assert made.kept.row.errors == 1


def test_feeds_of_one_host_are_together() -> None:
    feeds = [Feed(f"https://{host}/{path}") for host in ("a.example", "b.example") for path in "xy"]
    odd = Feed("http://10.0.0.1/feed")
    hosts = by_host([*feeds, odd], FetchPolicy())
    assert sorted(map(len, hosts.values())) == [1, 2, 2]
    assert sorted(feed.url for group in hosts.values() for feed in group) == sorted(
        feed.url for feed in (*feeds, odd)
    )
