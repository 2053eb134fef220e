"""How close fetching comes to the time that politeness alone costs.

    python -m benchmarks.fetching [CASE...]

Serves hosts on loopback from a second process (benchmarks/slow_hosts.py) and prints one JSON
object per case, all of them by default:

polite        1,000 pages on 200 hosts, 50 to 500 ms each, 1 s between requests, by FetchPages
              alone. `bound_s` is the slowest host's robots.txt and pages with their latencies
              and delays: no polite crawler can be faster. `ratio` is wall time by bound.
hanging_host  the same and one host whose pages never come. `others_s` is the time from the first
              request until the last of the other hosts was done, `others_ratio` that by their
              bound, `others_later_s` how much later than in `polite` the median one and the
              worst one were done.
whole_run     the 200 hosts as 200 feeds with five news pages each, by a whole run: parsing,
              extraction, language, Parquet, state. The feed counts in the bound. From the start
              it takes `first_request_s` until the first request and `fetched_s` until the last
              answer; `cpu_s` is what all processes of the run computed, `peak_mb` the memory of
              the main process and of its biggest worker.
throughput    5,000 pages of 50 kB on 100 hosts without latency and delay: what one process does,
              and how much memory it takes for it.
"""

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from functools import cache
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.options.pipeline_options import PipelineOptions

from benchmarks.slow_hosts import HANGS, Host, Site, Times, serving
from transforms.elements import Announcement, Entry, Feed, Page
from transforms.http.policy import FetchPolicy
from transforms.pages import FetchPages

POLITE = FetchPolicy(per_host_delay=1.0, timeout=20.0, allow_private_networks=True)
HOSTS = 200
WITHOUT_MODELS: Any = {"entities": {"model": "none"}}
PAGES_PER_HOST = 5

Numbers = dict[str, Any]


def hosts_of(count: int, page_bytes: int | None) -> list[Host]:
    """Hosts with latencies of 50 to 500 ms, the same ones at every call."""
    chance = random.Random(20260128)  # noqa: S311 - latencies, no secret

    def latency() -> float:
        return chance.uniform(0.05, 0.5)

    return [
        Host(
            address=f"127.0.{1 + number // 250}.{1 + number % 250}",
            robots=latency(),
            pages=tuple(latency() for _ in range(PAGES_PER_HOST)),
            feed=latency(),
            page_bytes=page_bytes,
            first_page=number * PAGES_PER_HOST,
        )
        for number in range(count)
    ]


def bound_of(hosts: list[Host], policy: FetchPolicy, with_feed: bool = False) -> float:
    return max(host.bound(policy.per_host_delay, with_feed) for host in hosts)


def entry(url: str) -> Entry:
    feed = Feed("http://127.0.0.1/feed")
    now = datetime.now(timezone.utc)
    return Entry(url, url, feed, (Announcement(None, feed.url, None, 0),), now)


def count_bytes(page: Page) -> None:
    Metrics.counter("benchmark", "bytes").inc(len(page.response.body) if page.response else 0)


def fetch_pages(site: Site, policy: FetchPolicy) -> Numbers:
    """Asks every page of a site by FetchPages."""
    entries = [
        entry(site.url(host, number + 1))
        for host in site.hosts
        for number in range(len(host.pages))
    ]
    before = peak_megabytes(resource.RUSAGE_SELF)
    start = time.perf_counter()
    with beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([])) as pipeline:
        (pipeline | beam.Create(entries) | FetchPages(policy)).elements | beam.Map(count_bytes)
    wall = time.perf_counter() - start
    grown = peak_megabytes(resource.RUSAGE_SELF) - before
    counters = {
        counter.key.metric.name: counter.committed
        for counter in pipeline.result.metrics().query()["counters"]
    }
    return {
        "hosts": len(site.hosts),
        "entries": len(entries),
        "pages": counters["FetchPages/out"],
        "wall_s": wall,
        "pages_per_s": counters["FetchPages/out"] / wall,
        "body_mb": counters["bytes"] / 1e6,
        "rss_growth_mb": grown,
    }


def run_pipeline(site: Site) -> Numbers:
    """A whole batch run over a site's feeds."""
    from pipelines.batch import run_batch
    from pipelines.configuration import Configuration
    from pipelines.settings import FetchSettings, Settings

    fetch = FetchSettings(
        allow_private_networks=True, per_host_delay=POLITE.per_host_delay, timeout=POLITE.timeout
    )
    feeds = tuple(Feed(site.url(host, "feed")) for host in site.hosts)
    output = tempfile.mkdtemp(prefix="newsbeam-bench-")
    cpu, start = cpu_seconds(), time.perf_counter()
    try:
        result = run_batch(
            Configuration("benchmark", Settings(fetch=fetch, enrich=WITHOUT_MODELS), feeds), output
        )
    finally:
        shutil.rmtree(output)
    wall = time.perf_counter() - start
    return {
        "hosts": len(site.hosts),
        "entries": result.summary["entries"]["announced"],
        "written": result.summary["entries"]["written"],
        "wall_s": wall,
        "cpu_s": cpu_seconds() - cpu,
        "cores": os.cpu_count(),
        "peak_mb": [peak_megabytes(resource.RUSAGE_SELF), peak_megabytes(resource.RUSAGE_CHILDREN)],
        "shortest_gap_s": result.summary["courtesy"]["shortest_gap"],
    }


def cpu_seconds() -> float:
    """What this process and its ended children computed."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak_megabytes(who: int) -> float:
    """Of this process, or of its biggest ended child."""
    return resource.getrusage(who).ru_maxrss / 1024


@cache
def measure_polite() -> tuple[Numbers, Times]:
    hosts = hosts_of(HOSTS, 50_000)
    with serving(hosts) as site:
        numbers = fetch_pages(site, POLITE)
        times = site.end()
    bound = bound_of(hosts, POLITE)
    return {**numbers, "bound_s": bound, "ratio": numbers["wall_s"] / bound}, times


def polite() -> Numbers:
    return measure_polite()[0]


def hanging_host() -> Numbers:
    _, without = measure_polite()
    hosts = hosts_of(HOSTS, 50_000)
    hanging = Host("127.0.9.1", 0.1, (HANGS,) * PAGES_PER_HOST, page_bytes=0)
    policy = replace(POLITE, timeout=4.0)
    with serving([*hosts, hanging]) as site:
        numbers = fetch_pages(site, policy)
        times = site.end()
    later = [times.took(host) - without.took(host) for host in hosts]
    last, bound = max(map(times.took, hosts)), bound_of(hosts, policy)
    return {
        **numbers,
        "others_s": last,
        "bound_s": bound,
        "others_ratio": last / bound,
        "others_later_s": [statistics.median(later), max(later)],
    }


def whole_run() -> Numbers:
    hosts = hosts_of(HOSTS, None)
    with serving(hosts) as site:
        start = time.monotonic()
        numbers = run_pipeline(site)
        times = site.end()
    bound = bound_of(hosts, POLITE, with_feed=True)
    return {
        **numbers,
        "first_request_s": times.first_request - start,
        "fetched_s": max(times.answered.values()) - start,
        "bound_s": bound,
        "ratio": numbers["wall_s"] / bound,
    }


def throughput() -> Numbers:
    hosts = [Host(f"127.0.8.{n}", 0.0, (0.0,) * 50, page_bytes=50_000) for n in range(1, 101)]
    with serving(hosts) as site:
        return fetch_pages(site, replace(POLITE, per_host_delay=0.0))


def warm_up() -> None:
    """Beam imports a lot at its first pipeline."""
    with serving([Host("127.0.7.1", 0.0, (0.0,), page_bytes=0)]) as site:
        fetch_pages(site, replace(POLITE, per_host_delay=0.0))


CASES: dict[str, Callable[[], Numbers]] = {
    "polite": polite,
    "hanging_host": hanging_host,
    "whole_run": whole_run,
    "throughput": throughput,
}


def rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return round(value, 3) if isinstance(value, float) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    chosen = parser.parse_args().cases or list(CASES)
    if unknown := set(chosen) - set(CASES):
        parser.error(f"unknown case {unknown.pop()!r}; there are {', '.join(CASES)}")
    warm_up()
    for name in chosen:
        numbers = {key: rounded(value) for key, value in CASES[name]().items()}
        print(json.dumps({"case": name, **numbers}), flush=True)


if __name__ == "__main__":
    main()
