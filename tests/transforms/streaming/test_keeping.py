from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

from tests.builders import NOW
from transforms.state import EntryState, FeedState
from transforms.streaming.keeping import ENDS_REMEMBERED, Held, apply_updates, snapshot_name
from transforms.streaming.updates import Ended, FeedKept, Update

HORIZON = 30 * 86_400.0
URL = "https://news.example/feed"
OLD = FeedState(URL, NOW - timedelta(hours=1), NOW, etag="old")
NEW = FeedState(URL, NOW, NOW, etag="new")
ROWS: dict[str, Any] = {f"feed {URL}": OLD}


def pending(key: str, attempts: int = 1) -> EntryState:
    return EntryState(key, "pending", "timeout", NOW, attempts, NOW, "{}")


def skipped(key: str) -> EntryState:
    return EntryState(key, "skipped", "robots", NOW)


def kept_after(
    *rounds: list[Update], rows: dict[str, Any] | None = None, held: Held | None = None
) -> tuple[dict[str, Any], Held]:
    made, waiting = ROWS if rows is None else rows, held or Held()
    for updates in rounds:
        made, waiting = apply_updates(made, waiting, updates, NOW, HORIZON)
    return made, waiting


def test_a_row_is_kept_only_when_its_entries_have_ended() -> None:
    answer = FeedKept(NEW, frozenset("abc"))
    rows, held = kept_after([answer, Ended(frozenset("a"))], [pending("b")])
    assert rows[f"feed {URL}"] == OLD
    assert held.feeds[URL] == (NEW, frozenset("c"))
    rows, held = kept_after([skipped("c")], rows=rows, held=held)
    assert rows == {f"feed {URL}": NEW, "entry b": pending("b"), "entry c": skipped("c")}
    assert not held.feeds


def test_the_order_of_updates_and_rounds_does_not_matter() -> None:
    updates: list[Update] = [
        FeedKept(NEW, frozenset("ab")),
        Ended(frozenset("a")),
        skipped("b"),
        FeedKept(replace(NEW, etag="newer", last_asked_at=NOW + timedelta(minutes=1))),
    ]
    together = kept_after(updates)[0]
    assert together[f"feed {URL}"].etag == "newer"
    for order in permutations(updates):
        assert kept_after(list(order))[0] == together
        assert kept_after(list(order[:2]), list(order[2:]))[0]["entry b"] == skipped("b")
    late_row = kept_after(updates[1:3], updates[:1], updates[3:])
    assert late_row[0] == together


def test_to_make_updates_twice_does_no_harm() -> None:
    updates: list[Update] = [FeedKept(NEW, frozenset("ab")), pending("a"), Ended(frozenset("b"))]
    assert kept_after(updates, updates)[0] == kept_after(updates)[0]


def test_an_entry_that_waited_and_ended_is_forgotten_and_one_settled_stays() -> None:
    rows, _ = kept_after([pending("a"), pending("b", 2), skipped("c")], [pending("b", 3)])
    assert rows["entry b"].attempts == 3
    rows, _ = kept_after([Ended(frozenset("abc"))], rows=rows)
    assert rows == {f"feed {URL}": OLD, "entry c": skipped("c")}


def test_a_newer_answer_waits_for_the_entries_of_those_before() -> None:
    newer = replace(NEW, etag="newer", last_asked_at=NOW + timedelta(minutes=1))
    rows, held = kept_after([FeedKept(NEW, frozenset("a"))], [FeedKept(newer)])
    assert rows == ROWS
    assert kept_after([Ended(frozenset("a"))], rows=rows, held=held)[0] == {f"feed {URL}": newer}


def test_what_is_old_is_forgotten() -> None:
    ancient = replace(skipped("a"), last_seen_at=NOW - timedelta(days=31))
    waits = replace(pending("b"), last_seen_at=NOW - timedelta(days=31))
    rows, held = apply_updates({}, Held(), [ancient, waits, Ended(frozenset("c"))], NOW, HORIZON)
    assert rows == {"entry b": waits}
    later = NOW + timedelta(seconds=ENDS_REMEMBERED + 1)
    assert apply_updates(rows, held, [], later, HORIZON)[1] == Held()


def test_names_of_snapshots_sort_after_the_newest() -> None:
    name = snapshot_name(NOW, None)
    assert name.startswith("20260128T120000.000Z-")
    assert snapshot_name(NOW + timedelta(seconds=1), name) > name
    assert snapshot_name(NOW - timedelta(days=1), name) > name  # a clock that was set back
