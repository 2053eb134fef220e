"""How close FetchPages comes to the time that politeness alone costs.

    python -m benchmarks.fetching

Serves pages on loopback from a second process (each 127.0.0.x is a host; Linux) and prints one
JSON object per case:

polite        200 pages on 40 hosts, 50 to 500 ms each, 0.2 s between requests. `bound_s` is the
              slowest host's robots.txt and pages with their latencies and delays: no polite
              crawler can be faster. `ratio` is wall time by bound.
hanging_host  the same and one host that never answers; the bound grows to the time-out.
throughput    5,000 pages of 50 kB on 100 hosts without latency and delay: what one process does,
              and how much memory it takes for it.
"""

import asyncio
import json
import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from multiprocessing.connection import Connection
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.options.pipeline_options import PipelineOptions

from transforms.elements import Announcement, Entry, Feed, Page
from transforms.http.policy import FetchPolicy
from transforms.pages import FetchPages

HANGS = 3600.0


@dataclass(frozen=True)
class Host:
    """`latencies` in seconds, of robots.txt and then of each page."""

    address: str
    latencies: tuple[float, ...]
    page_bytes: int

    def bound(self, delay: float) -> float:
        return sum(self.latencies) + delay * (len(self.latencies) - 1)


async def serve(hosts: list[Host], ports: Connection) -> None:
    servers = [await asyncio.start_server(site(host), host.address, 0) for host in hosts]
    ports.send([server.sockets[0].getsockname()[1] for server in servers])
    await asyncio.Event().wait()


def site(host: Host) -> Callable[[Any, Any], Coroutine[Any, Any, None]]:
    page = b"<p>" + b"x" * host.page_bytes + b"</p>"

    async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1]
                number = 0 if path == b"/robots.txt" else int(path[1:])
                await asyncio.sleep(host.latencies[number])
                body = page if number else b""
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
                    % len(body)
                )
                writer.write(body)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    return exchange


def run_server(hosts: list[Host], ports: Connection) -> None:
    asyncio.run(serve(hosts, ports))


def count_bytes(page: Page) -> None:
    Metrics.counter("benchmark", "bytes").inc(len(page.response.body) if page.response else 0)


def measure(case: str, hosts: list[Host], policy: FetchPolicy) -> dict[str, object]:
    """Runs one case with a server of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=run_server, args=(hosts, theirs), daemon=True)
    server.start()
    try:
        entries = [
            entry(f"http://{host.address}:{port}/{number}")
            for host, port in zip(hosts, ours.recv(), strict=True)
            for number in range(1, len(host.latencies))
        ]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        with beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([])) as pipeline:
            pages = (pipeline | beam.Create(entries) | FetchPages(policy)).elements
            pages | beam.Map(count_bytes)
        wall = time.perf_counter() - start
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    finally:
        server.terminate()
        server.join()
    counters = {
        counter.key.metric.name: counter.committed
        for counter in pipeline.result.metrics().query()["counters"]
    }
    pages_out, body_bytes = counters["FetchPages/out"], counters["bytes"]
    bound = max(min(host.bound(policy.per_host_delay), policy.timeout) for host in hosts)
    return {
        "case": case,
        "entries": len(entries),
        "pages": pages_out,
        "hosts": len(hosts),
        "wall_s": round(wall, 2),
        "bound_s": round(bound, 2),
        "ratio": round(wall / bound, 3) if bound else None,
        "pages_per_s": round(pages_out / wall, 1),
        "body_mb": round(body_bytes / 1e6, 1),
        "rss_growth_mb": round(grown / 1024, 1),
    }


def entry(url: str) -> Entry:
    feed = Feed("http://127.0.0.1/feed")
    now = datetime.now(timezone.utc)
    return Entry(url, url, feed, (Announcement(None, feed.url, None, 0),), now)


def main() -> None:
    chance = random.Random(20260128)  # noqa: S311 - latencies, no secret
    polite = FetchPolicy(per_host_delay=0.2, timeout=20.0, allow_private_networks=True)
    hosts = [
        Host(f"127.0.1.{number}", tuple(chance.uniform(0.05, 0.5) for _ in range(6)), 50_000)
        for number in range(1, 41)
    ]
    hanging = Host("127.0.2.1", (HANGS,) * 6, 0)
    quick = [Host(f"127.0.3.{number}", (0.0,) * 51, 50_000) for number in range(1, 101)]
    cases = [
        ("polite", hosts, polite),
        ("hanging_host", [*hosts, hanging], replace(polite, timeout=5.0)),
        ("throughput", quick, replace(polite, per_host_delay=0.0)),
    ]
    measure("warm-up", [Host("127.0.4.1", (0.0, 0.0), 0)], cases[-1][2])  # Beam imports a lot
    for case, served, policy in cases:
        json.dump(measure(case, served, policy), sys.stdout)
        print(flush=True)


if __name__ == "__main__":
    main()
