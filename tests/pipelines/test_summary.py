from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipelines.summary import Account, adds_up, entries_balance, summarize
from tests.builders import NOW
from transforms.elements import HostCourtesy

COUNTS = {
    "entries/announced": 12,
    "entries/duplicate": 2,
    "entries/known": 3,
    "entries/skipped/robots": 1,
    "entries/skipped/content_type": 1,
    "entries/failed/not_found": 2,
    "feeds/changed": 4,
    "feeds/failed/timeout": 1,
    "models/language/langdetect/1.0.9": 3,
    "pages/fetched": 5,
    "verdicts/article": 3,
}
FILES = (
    {"table": "articles", "path": "articles/a.parquet", "rows": 3, "bytes": 10},
    {"table": "failures", "path": "failures/a.parquet", "rows": 3, "bytes": 10},
)
HOSTS = (HostCourtesy("a.example", 3, 1.25), HostCourtesy("b.example", 1, None))


def summary(counts: dict[str, int]) -> dict[str, Any]:
    return summarize(
        run_id="r",
        command="run",
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=2),
        configured=9,
        account=Account(5, counts, FILES, HOSTS),
    )


def test_the_balance_of_a_complete_run() -> None:
    made = summary(COUNTS)
    assert made["status"] == "complete"
    assert made["entries"]["written"] == 3
    assert made["entries"]["skipped_by_reason"] == {"content_type": 1, "robots": 1}
    assert made["entries"]["failed_by_reason"] == {"not_found": 2}
    assert made["feeds"] == {
        "configured": 9,
        "due": 5,
        "asked": 5,
        "not_modified": 0,
        "changed": 4,
        "failed": 1,
        "failed_by_reason": {"timeout": 1},
    }
    assert made["models"] == [{"stage": "language", "model_id": "langdetect", "version": "1.0.9"}]
    assert made["started_at"] == "2026-01-28T12:00:00.000000Z"


def test_the_courtesy_of_a_run() -> None:
    courtesy = summary({**COUNTS, "feeds/not_modified": 12, "feeds/bytes_saved": 99})["courtesy"]
    assert courtesy["requests"] == 4
    assert courtesy["not_modified_share"] == 0.75
    assert courtesy["bytes_saved"] == 99
    assert courtesy["shortest_gap_per_host"] == {"a.example": 1.25}


def test_a_lost_entry_fails_the_run() -> None:
    assert summary({**COUNTS, "entries/announced": 13})["status"] == "failed"
    assert summary({**COUNTS, "entries/known": 4})["status"] == "failed"


def test_accounts_of_runs_add_up_to_one_that_balances() -> None:
    stages = {"FetchPages": {"in": 2, "seconds": 0.5}}
    one = Account(5, COUNTS, FILES, HOSTS, stages)
    other = Account(2, {"entries/announced": 1, "entries/known": 1}, (), HOSTS[:1], stages)
    both = one + other + Account()
    assert both.due == 7
    assert both.counts["entries/known"] == 4
    assert both.hosts == (HostCourtesy("a.example", 6, 1.25), HOSTS[1])
    assert both.stages == {"FetchPages": {"in": 4, "seconds": 1.0}}
    assert adds_up(entries_balance(both.counts, 3))
    assert Account() + one == one


@given(st.lists(st.integers(0, 1000), min_size=6, max_size=6))
def test_the_balance_adds_up_only_when_every_entry_ends_once(numbers: list[int]) -> None:
    written, duplicate, known, robots, failed, extra = numbers
    counts = {
        "entries/announced": written + duplicate + known + robots + failed + extra,
        "entries/duplicate": duplicate,
        "entries/known": known,
        "entries/skipped/robots": robots,
        "entries/failed/gone": failed,
    }
    assert adds_up(entries_balance(counts, written)) is (extra == 0)
