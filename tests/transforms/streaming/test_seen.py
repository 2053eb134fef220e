from datetime import timedelta
from pathlib import Path

from tests.builders import NOW, make_entry
from transforms.state import EntryState
from transforms.state.rows import entry_to_json
from transforms.state.snapshot import write_snapshot
from transforms.streaming.seen import Waiting, bucket_of, carried, waiting, without_old
from transforms.streaming.visiting import in_order


def test_keys_are_forgotten_after_the_horizon() -> None:
    seen = {"a": NOW, "b": NOW - timedelta(seconds=11)}
    assert without_old(seen, NOW, 10.0) == {"a": NOW}


def test_an_entry_is_always_in_the_same_bucket() -> None:
    each = waiting(make_entry())
    assert bucket_of(each) == (each.entry.key[:3], each)


def test_pending_entries_of_the_newest_snapshot_are_carried_over(tmp_path: Path) -> None:
    entry, due_at = make_entry("https://news.example/late", attempts=2), NOW + timedelta(hours=1)
    text = entry_to_json(entry)
    rows = [
        EntryState(entry.key, "pending", "timeout", NOW, 2, due_at, text),
        EntryState("f" * 32, "skipped", "robots", NOW),
    ]
    write_snapshot(str(tmp_path), "20260128T120000.000Z-abc123", rows)
    assert list(carried(str(tmp_path))) == [Waiting(entry, due_at, is_carried=True)]


def test_a_host_is_asked_in_the_order_of_due_times_then_of_announcement() -> None:
    entries = [make_entry(f"https://news.example/{n}", position=n) for n in range(3)]
    queue = [
        Waiting(entries[2], NOW),
        Waiting(entries[0], NOW + timedelta(seconds=1)),
        Waiting(entries[1], NOW),
    ]
    assert [each.entry for each in in_order(queue)] == [entries[1], entries[2], entries[0]]
