import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.testing.test_pipeline import TestPipeline as BeamPipeline
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import FEED, NOW, make_entry, make_response
from transforms.elements import Entry, Feed, FeedDocument, FeedRequest, FeedUnchanged
from transforms.failures import Failure, FailureKind, Settled, fail
from transforms.lock import Lock, LockLost, lock_path
from transforms.parquet import WrittenFile
from transforms.retry import RetryPolicy, schedule_retry
from transforms.schedule import Intervals
from transforms.state.rows import (
    EntryState,
    FeedState,
    StateRow,
    entry_from_json,
    entry_to_json,
    feed_states,
)
from transforms.state.snapshot import load_state
from transforms.state.write import WriteState, next_entry_state

DAY = 86_400.0
HORIZON = 30 * DAY
BOUNDS = Intervals(600.0, DAY)
OTHER = Feed("https://other.example/rss")


def state(status: Any, reason: str | None = None, **fields: Any) -> EntryState:
    return EntryState("k", status, reason, fields.pop("seen", NOW), **fields)


def following(old: EntryState | None, *updates: EntryState) -> EntryState | None:
    return next_entry_state(old, updates, NOW, HORIZON)


SOON, PAST = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
PENDING_LATER = state("pending", "timeout", attempts=1, next_attempt_at=SOON, seen=PAST)
PENDING_DUE = replace(PENDING_LATER, next_attempt_at=NOW)
FAILED_AGAIN = state("pending", "timeout", attempts=2, next_attempt_at=SOON)
KNOWN, SKIPPED, DUPLICATE = state("known"), state("skipped", "robots"), state("duplicate")
LONG_AGO = NOW - timedelta(seconds=HORIZON + 1)


@pytest.mark.parametrize(
    ("old", "updates", "expected"),
    [
        pytest.param(None, [], None, id="never heard of"),
        pytest.param(None, [KNOWN], None, id="in the dataset anyway"),
        pytest.param(None, [SKIPPED], SKIPPED, id="skipped"),
        pytest.param(None, [DUPLICATE], DUPLICATE, id="duplicate"),
        pytest.param(None, [FAILED_AGAIN], FAILED_AGAIN, id="failed"),
        pytest.param(PENDING_LATER, [], PENDING_LATER, id="not due, not announced"),
        pytest.param(PENDING_LATER, [KNOWN], None, id="not due, in the dataset"),
        pytest.param(PENDING_DUE, [], None, id="due and written"),
        pytest.param(PENDING_DUE, [FAILED_AGAIN], FAILED_AGAIN, id="due and failed again"),
        pytest.param(PENDING_DUE, [KNOWN], None, id="due and a dead letter"),
        pytest.param(PENDING_DUE, [SKIPPED], SKIPPED, id="due and skipped"),
        pytest.param(PENDING_DUE, [DUPLICATE], DUPLICATE, id="due and a duplicate"),
        pytest.param(replace(PENDING_DUE, next_attempt_at=None), [], None, id="due at once"),
        pytest.param(SKIPPED, [], SKIPPED, id="skipped, not announced"),
        pytest.param(replace(SKIPPED, last_seen_at=PAST), [KNOWN], SKIPPED, id="seen again"),
        pytest.param(replace(SKIPPED, last_seen_at=LONG_AGO), [], None, id="out of sight"),
        pytest.param(replace(SKIPPED, last_seen_at=LONG_AGO), [KNOWN], SKIPPED, id="back in time"),
        pytest.param(SKIPPED, [replace(SKIPPED, reason="no_link")], state("skipped", "no_link"),
                     id="skipped otherwise"),
        pytest.param(DUPLICATE, [FAILED_AGAIN], FAILED_AGAIN, id="tried after all"),
    ],
)  # fmt: skip
def test_what_is_remembered_of_an_entry(
    old: EntryState | None, updates: list[EntryState], expected: EntryState | None
) -> None:
    assert following(old, *updates) == expected


rows = st.sampled_from([PENDING_LATER, PENDING_DUE, SKIPPED, DUPLICATE])


@given(
    st.none() | rows,
    st.permutations([KNOWN, SKIPPED, DUPLICATE, FAILED_AGAIN]),
    st.integers(0, 4),
)
def test_the_order_of_updates_does_not_matter(
    old: EntryState | None, updates: list[EntryState], count: int
) -> None:
    chosen = updates[:count]
    assert following(old, *chosen) == following(old, *reversed(chosen))


def run_write_state(
    output: Path,
    old: Iterable[StateRow] = (),
    answers: Iterable[FeedDocument | FeedUnchanged] = (),
    failures: Iterable[Failure] = (),
    settled: Iterable[Settled] = (),
    announced: Iterable[Entry] = (),
    new: Iterable[Entry] = (),
) -> tuple[StateRow, ...]:
    inputs: dict[str, Iterable[Any]] = {
        "answers": answers,
        "failures": failures,
        "settled": settled,
        "announced": announced,
        "new": new,
        "files": [WrittenFile("articles", "articles/x.parquet", 1, 1)],
    }
    with BeamPipeline("FnApiRunner") as pipeline:
        made = {name: pipeline | name >> beam.Create(list(some)) for name, some in inputs.items()}
        made | WriteState(str(output), "run", NOW, tuple(old), BOUNDS, HORIZON)
    return load_state(str(output))


def scheduled(failure: Failure, attempts: int = 5) -> Failure:
    policy = RetryPolicy(attempts, 600.0, BOUNDS)
    return schedule_retry(replace(failure, failed_at=NOW), policy, "run")


def test_a_run_becomes_the_next_snapshot(tmp_path: Path) -> None:
    headers = (("etag", '"1"'),)
    document = FeedDocument(FEED, replace(make_response(b"<rss>", headers=headers)))
    written, failed = make_entry("https://news.example/w"), make_entry("https://news.example/f")
    dead, known = make_entry("https://news.example/d"), make_entry("https://news.example/k")
    timeout = fail("FetchPages", FailureKind.TIMEOUT, "slow", failed)
    missing = fail("FetchPages", FailureKind.NOT_FOUND, "404", dead)
    found = run_write_state(
        tmp_path,
        old=[
            FeedState(OTHER.url, PAST, SOON, etag="kept"),
            FeedState("https://idle.example", PAST, SOON),
        ],
        answers=[document],
        failures=[
            scheduled(timeout),
            scheduled(missing),
            scheduled(fail("FetchFeeds", FailureKind.TIMEOUT, "x", FeedRequest(OTHER, OTHER.url))),
        ],
        settled=[
            Settled("known", 1, None, known.key),
            Settled("skipped", 1, "robots", "robots' key"),
            Settled("skipped", 1, "no_link"),
            Settled("skipped", 1, "unsupported_link", "the key of a guid"),
            Settled("duplicate", 1, None, "duplicate's key"),
            Settled("duplicate", 1),
            Settled("pending", 1, None, "waiting's key"),
            Settled("carried_over", 3),
        ],
        announced=[written, failed, dead, known],
        new=[written, failed, dead, replace(failed, attempts=3)],
    )
    feeds = feed_states(found)
    assert set(feeds) == {FEED.url, OTHER.url, "https://idle.example"}
    assert feeds[FEED.url].etag == '"1"'
    assert (feeds[FEED.url].announced, feeds[FEED.url].new_entries) == (4, 3)
    assert len(feeds[FEED.url].standing) == 4
    assert (feeds[OTHER.url].errors, feeds[OTHER.url].etag) == (1, "kept")
    assert feeds["https://idle.example"].last_asked_at == PAST
    entries = {row.key: row for row in found if isinstance(row, EntryState)}
    assert {key: row.status for key, row in entries.items()} == {
        failed.key: "pending",
        "robots' key": "skipped",
        "duplicate's key": "duplicate",
    }
    pending = entries[failed.key]
    assert pending.entry is not None
    assert entry_from_json(pending.entry).attempts == pending.attempts == 1


def test_a_pending_entry_that_the_run_brought_to_an_end_is_forgotten(tmp_path: Path) -> None:
    entries = [make_entry(f"https://news.example/{name}") for name in ("due", "dead", "waits")]
    old = [
        EntryState(entry.key, "pending", "timeout", PAST, 1, at, entry_to_json(entry))
        for entry, at in zip(entries, (PAST, PAST, SOON), strict=True)
    ]
    last = fail("FetchPages", FailureKind.NOT_FOUND, "404", replace(entries[1], attempts=1))
    found = run_write_state(tmp_path, old, failures=[scheduled(last)], new=entries[:2])
    assert [row.key for row in found if isinstance(row, EntryState)] == [entries[2].key]


def test_a_run_that_lost_its_lock_leaves_no_state(tmp_path: Path) -> None:
    path = Path(lock_path(str(tmp_path)))
    path.parent.mkdir()
    stranger = Lock("another run", "elsewhere", 1, "", (NOW + timedelta(days=9999)).isoformat())
    path.write_text(json.dumps(asdict(stranger)))
    with pytest.raises(Exception, match="another run has taken over") as caught:
        run_write_state(tmp_path)
    assert LockLost.__name__ in repr(caught.value) or isinstance(caught.value, LockLost)
    assert load_state(str(tmp_path)) == ()
