"""A stream's numbers for Prometheus: `--metrics-port`, with the extra `metrics`.

    MetricsError        prometheus-client is missing, or the port cannot be had

Counters start at 0 with the process, as Prometheus expects. docs/operations.md lists them.
"""

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pipelines.counts import LAG_BOUNDS
from pipelines.hours import ROUNDS
from pipelines.rounds import StreamStatus
from pipelines.summary import ENDS, below, entries_balance
from transforms.latency import LATENCY_BOUNDS

LOCAL = "127.0.0.1"


class MetricsError(Exception):
    """The endpoint cannot be had; the message says what to do."""


@contextmanager
def metrics_endpoint(address: str, status: StreamStatus) -> Iterator[int]:
    """Serves the status at http://ADDRESS/metrics while the block runs; yields the port.

    `address` is PORT, on loopback, or HOST:PORT. Raises MetricsError.
    """
    host, _, port = address.rpartition(":")
    try:
        client = importlib.import_module("prometheus_client")
    except ImportError as error:
        raise MetricsError(
            '--metrics-port needs prometheus-client: pip install "newsbeam[metrics]"'
        ) from error
    registry = client.CollectorRegistry()
    registry.register(Collector(status))
    try:
        server, thread = client.start_http_server(int(port), host.strip("[]") or LOCAL, registry)
    except (OSError, OverflowError, ValueError) as error:
        raise MetricsError(
            f"--metrics-port {address}: {error}; a free port is needed, as PORT or HOST:PORT"
        ) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Collector:
    """What prometheus_client asks for at every scrape."""

    def __init__(self, status: StreamStatus) -> None:
        self._status = status
        core = importlib.import_module("prometheus_client.core")
        self._gauge: Callable[..., Any] = core.GaugeMetricFamily
        self._counter: Callable[..., Any] = core.CounterMetricFamily
        self._histogram: Callable[..., Any] = core.HistogramMetricFamily

    def describe(self) -> list[Any]:
        """Nothing: what there is depends on what happened."""
        return []

    def collect(self) -> Iterator[Any]:
        yield from self._now()
        yield from self._since_start()
        counts = self._status.total.counts
        for name, prefix, bounds, text in (
            ("newsbeam_feed_fetch_seconds", "latency/feeds/", LATENCY_BOUNDS, "Answers of feeds"),
            ("newsbeam_page_fetch_seconds", "latency/pages/", LATENCY_BOUNDS, "Answers of pages"),
            ("newsbeam_lag_seconds", "lag/", LAG_BOUNDS, "From published to written"),
        ):
            buckets, total = histogram(below(counts, prefix), bounds)
            yield self._histogram(name, text, buckets=buckets, sum_value=total)

    def _now(self) -> Iterator[Any]:
        status, queues = self._status, self._status.queues
        last = status.last_at.timestamp() if status.last_at else 0.0
        for name, value, text in (
            ("newsbeam_feeds_configured", status.configured, "Feeds of the configuration"),
            ("newsbeam_feeds_due", queues.feeds_due, "Feeds due when a round began or ended"),
            ("newsbeam_round_active", status.next_at is None, "Whether a round is at work"),
            ("newsbeam_last_round_timestamp_seconds", last, "When the last round ended"),
        ):
            yield self._gauge(name, text, value=float(value))
        waiting = self._gauge(
            "newsbeam_queue_entries", "Entries that wait for another try", labels=["queue"]
        )
        waiting.add_metric(["pending"], queues.pending)
        waiting.add_metric(["pending_due"], queues.pending_due)
        yield waiting

    def _since_start(self) -> Iterator[Any]:
        status, total = self._status, self._status.total
        counts = total.counts
        entries = entries_balance(counts, sum(below(counts, "verdicts/").values()))
        failed = sum(below(counts, "feeds/failed/").values())
        answers = {name: counts.get(f"feeds/{name}", 0) for name in ("changed", "not_modified")}
        yield self._labelled(
            "newsbeam_rounds", "Rounds by how they ended", "end",
            {end: status.rounds[end] for end in ROUNDS},
        )  # fmt: skip
        yield self._counter("newsbeam_rounds_seconds", "Time in rounds", value=status.seconds)
        yield self._labelled(
            "newsbeam_feeds_asked", "Feeds by their answer", "answer", {**answers, "failed": failed}
        )
        yield self._counter(
            "newsbeam_entries_announced", "Entries announced or taken up again",
            value=entries["announced"],
        )  # fmt: skip
        yield self._labelled(
            "newsbeam_entries", "Entries by how they ended", "disposition",
            {end: entries[end] for end in ENDS},
        )  # fmt: skip
        received = counts.get("feeds/bytes", 0) + counts.get("pages/bytes", 0)
        yield self._counter("newsbeam_received_bytes", "Bodies, decompressed", value=received)
        yield self._labelled(
            "newsbeam_stage_seconds", "Time in a stage, summed over its workers", "stage",
            {stage: numbers["seconds"] for stage, numbers in total.stages.items()},
        )  # fmt: skip
        for what in ("in", "out", "failed"):
            yield self._labelled(
                f"newsbeam_stage_{what}", f"Elements of a stage: {what}", "stage",
                {stage: numbers[what] for stage, numbers in total.stages.items()},
            )  # fmt: skip

    def _labelled(self, name: str, text: str, label: str, values: Mapping[str, float]) -> Any:
        family = self._counter(name, text, labels=[label])
        for value, number in sorted(values.items()):
            family.add_metric([value], number)
        return family


def histogram(
    counts: Mapping[str, int], bounds: Sequence[float]
) -> tuple[list[tuple[str, int]], float]:
    """The cumulative buckets that Prometheus wants, and the sum in seconds, of the counts of
    `latency.observed`."""
    buckets, total = [], 0
    for bound in (*(f"{bound:g}" for bound in bounds), "inf"):
        total += counts.get(bound, 0)
        buckets.append(("+Inf" if bound == "inf" else bound, total))
    return buckets, counts.get("sum", 0) / 1000
