from datetime import timedelta

from pipelines.stream_account import HOURS_KEPT, Hour, add, hour_summary
from pipelines.summary import ENDS, Account
from tests.builders import NOW, RUN

ANNOUNCED = Account(2, {"entries/announced": 5, "entries/known": 1, "feeds/asked": 2})
WRITTEN = Account(
    files=({"table": "articles", "path": "articles/a.parquet", "rows": 4, "bytes": 9},)
)


def test_entries_on_their_way_go_from_one_hour_to_the_next() -> None:
    hours = add({}, ANNOUNCED, NOW)
    later = NOW + timedelta(hours=1)
    hours = add(hours, WRITTEN, later)
    first, second = (hours[start] for start in sorted(hours))
    assert (first.in_flight_before, first.in_flight) == (0, 4)
    assert (second.in_flight_before, second.in_flight) == (4, 0)
    for number in range(2, 9):
        hours = add(hours, Account(), NOW + timedelta(hours=number))
    assert len(hours) == HOURS_KEPT
    assert hours[max(hours)].in_flight_before == 0


def test_the_account_of_an_hour_adds_up_with_what_is_on_its_way() -> None:
    summary = hour_summary(NOW, Hour(3, ANNOUNCED), RUN, 7, 60.0)
    entries = summary["entries"]
    assert entries["announced"] + entries["in_flight_before"] == (
        sum(entries[end] for end in ENDS) + entries["in_flight"]
    )
    assert (summary["status"], summary["window"], summary["stream"]) == (
        "complete", 60.0, RUN.run_id,
    )  # fmt: skip
    assert summary["run_id"] == "20260128T120000.000Z-abc123"
    assert (summary["feeds"]["configured"], summary["feeds"]["asked"]) == (7, 2)


def test_more_ends_than_entries_are_a_failed_account() -> None:
    assert hour_summary(NOW, Hour(0, WRITTEN), RUN, 7, 60.0)["status"] == "failed"
