import importlib
import socket
import urllib.request
from typing import Any

import pytest

from pipelines.counts import LAG_BOUNDS
from pipelines.hours import RAN
from pipelines.metrics import MetricsError, histogram, metrics_endpoint
from pipelines.rounds import Queues, StreamStatus
from pipelines.summary import Account
from tests.builders import NOW

COUNTS = {
    "entries/announced": 5,
    "entries/known": 2,
    "entries/pending/timeout": 1,
    "feeds/changed": 3,
    "feeds/failed/timeout": 1,
    "latency/pages/0.5": 2,
    "latency/pages/inf": 1,
    "latency/pages/sum": 31_000,
    "lag/900": 1,
    "lag/sum": 600_000,
    "verdicts/article": 2,
}


def numbers(text: str) -> dict[str, float]:
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_the_endpoint_tells_the_status_of_the_moment() -> None:
    status = StreamStatus(9, 60.0)
    with metrics_endpoint("0", status) as port:
        url = f"http://127.0.0.1:{port}/metrics"

        def ask() -> dict[str, float]:
            with urllib.request.urlopen(url) as answer:
                return numbers(answer.read().decode())

        first = ask()
        assert first["newsbeam_feeds_configured"] == 9
        assert first["newsbeam_round_active"] == 1
        assert first['newsbeam_entries_total{disposition="written"}'] == 0
        stages = {"DetectStance": {"in": 4, "out": 3, "failed": 1, "seconds": 2.5}}
        status.total += Account(4, COUNTS, stages=stages)
        status.queues = Queues(2, 7, 3)
        status.rounds[RAN] += 1
        status.next_at = status.last_at = NOW
        then = ask()
    expected = {
        'newsbeam_entries_total{disposition="written"}': 2,
        'newsbeam_entries_total{disposition="known"}': 2,
        'newsbeam_entries_total{disposition="pending"}': 1,
        "newsbeam_entries_announced_total": 5,
        'newsbeam_feeds_asked_total{answer="failed"}': 1,
        "newsbeam_feeds_due": 2,
        'newsbeam_queue_entries{queue="pending"}': 7,
        'newsbeam_queue_entries{queue="pending_due"}': 3,
        'newsbeam_rounds_total{end="ran"}': 1,
        "newsbeam_round_active": 0,
        "newsbeam_last_round_timestamp_seconds": NOW.timestamp(),
        'newsbeam_stage_seconds_total{stage="DetectStance"}': 2.5,
        'newsbeam_stage_failed_total{stage="DetectStance"}': 1,
        'newsbeam_page_fetch_seconds_bucket{le="0.5"}': 2,
        'newsbeam_page_fetch_seconds_bucket{le="20"}': 2,
        'newsbeam_page_fetch_seconds_bucket{le="+Inf"}': 3,
        "newsbeam_page_fetch_seconds_count": 3,
        "newsbeam_page_fetch_seconds_sum": 31,
        'newsbeam_lag_seconds_bucket{le="300"}': 0,
        'newsbeam_lag_seconds_bucket{le="900"}': 1,
        "newsbeam_lag_seconds_sum": 600,
    }
    assert {name: then[name] for name in expected} == expected


def test_buckets_are_cumulative() -> None:
    buckets, total = histogram({"60": 1, "3600": 2, "inf": 1, "sum": 5000}, LAG_BOUNDS)
    assert dict(buckets)["1800"] == 1
    assert dict(buckets)["3600"] == 3
    assert buckets[-1] == ("+Inf", 4)
    assert total == 5


@pytest.mark.parametrize("address", ["x", "70000", "127.0.0.1:", "nowhere.invalid:1"])
def test_an_address_that_cannot_be_is_an_error(address: str) -> None:
    with pytest.raises(MetricsError, match="PORT or HOST:PORT"):
        metrics_endpoint(address, StreamStatus(1, 60.0)).__enter__()


def test_a_taken_port_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = str(taken.getsockname()[1])
        with pytest.raises(MetricsError, match=address):
            metrics_endpoint(address, StreamStatus(1, 60.0)).__enter__()


def test_without_the_extra_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(MetricsError, match=r"newsbeam\[metrics\]"):
        metrics_endpoint("0", StreamStatus(1, 60.0)).__enter__()
