"""Articles per second, overhead over a bare loop, peak memory and start-up, on loopback.

    python -m benchmarks.throughput [--pages 1000] [--memory-pages 1000,10000] [--hosts 40]

Every measurement is a process of its own against the same server process. The bare loop calls
the same functions (fetch, parse, extract, detect, to_record, write) without Beam; ratios are to
it. Prints a table, and the numbers as one JSON line at the end.
"""

import argparse
import asyncio
import json
import os
import queue
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.site_server import host

# the models have numbers of their own (docs/quality.md): here Beam and fetching are measured
WITHOUT_MODELS: Any = {"entities": {"model": "none"}}


def feeds_of(port: int, hosts: int) -> list[str]:
    return [f"http://{host(number)}:{port}/feed" for number in range(hosts)]


@contextmanager
def server(hosts: int, pages: int) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.site_server", str(hosts), str(pages)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def measured(mode: str, port: int, hosts: int, workers: int = 1) -> dict[str, float]:
    """Runs one mode in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.throughput", "--only", mode,
               "--port", str(port), "--hosts", str(hosts), "--workers", str(workers)]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    numbers: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return numbers


def peak_megabytes() -> float:
    """Of this process and, added, of its biggest ended child."""
    kilobytes = sum(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return kilobytes / 1024


def run_pipeline(port: int, hosts: int, workers: int) -> dict[str, float]:
    from pipelines.batch import run_batch
    from pipelines.configuration import Configuration
    from pipelines.settings import FetchSettings, Settings
    from transforms.elements import Feed

    fetch = FetchSettings(allow_private_networks=True, per_host_delay=0, robots="ignore")
    feeds = tuple(Feed(url) for url in feeds_of(port, hosts))
    mode = "multi_processing" if workers > 1 else "in_memory"
    args = (f"--direct_running_mode={mode}", f"--direct_num_workers={workers}")
    output = tempfile.mkdtemp(prefix="newsbeam-bench-")
    try:
        start = time.perf_counter()
        configuration = Configuration(
            "benchmark", Settings(fetch=fetch, enrich=WITHOUT_MODELS), feeds
        )
        result = run_batch(configuration, output, beam_args=args)
        seconds = time.perf_counter() - start
    finally:
        shutil.rmtree(output)
    assert result.complete, result.summary["entries"]
    return {"written": result.summary["entries"]["written"], "seconds": seconds}


def run_bare(port: int, hosts: int) -> dict[str, float]:
    """The same functions in a loop: pages arrive from the same client, one host at a time each,
    and are worked off as they come."""
    from pipelines.batch import new_run
    from transforms.articles import extract_article
    from transforms.elements import Entry, Feed, FeedDocument, Page
    from transforms.feeds import parse_feed
    from transforms.http.client import PAGE
    from transforms.http.policy import FetchPolicy
    from transforms.http.web import PoliteVisit, close_web, open_web
    from transforms.language import load_detector
    from transforms.language.stage import detect_language
    from transforms.parquet import Sink, write_rows
    from transforms.records import to_record
    from transforms.schemas import RECORD_SCHEMA

    policy = FetchPolicy(allow_private_networks=True, per_host_delay=0, robots="ignore")
    run = new_run()
    start = time.perf_counter()
    web = open_web(policy)
    arrived: queue.Queue[Page | None] = queue.Queue(maxsize=2 * policy.concurrency)

    async def host_pages(entries: list[Entry]) -> None:
        for entry in entries:
            visit = PoliteVisit(web, None, False)
            response = await web.fetcher.fetch(str(entry.url), accept=PAGE, visit=visit)
            while arrived.full():
                await asyncio.sleep(0.001)
            arrived.put_nowait(Page(entry, response))

    async def fetch_all() -> None:
        async def one_feed(url: str) -> list[Entry]:
            response = await web.fetcher.fetch(url, visit=PoliteVisit(web, None, False))
            document = FeedDocument(Feed(url), response)
            return [entry for entry in parse_feed(document) if isinstance(entry, Entry)]

        by_host = await asyncio.gather(*(one_feed(url) for url in feeds_of(port, hosts)))
        await asyncio.gather(*(host_pages(entries) for entries in by_host))

    def feeder() -> None:
        web.submit(fetch_all()).result()
        arrived.put(None)

    thread = threading.Thread(target=feeder)
    thread.start()
    detect = load_detector("langdetect")

    def rows() -> Iterator[dict[str, Any]]:
        while (page := arrived.get()) is not None:
            for article in extract_article(page):
                for with_language in detect_language(article, detect):
                    yield to_record(with_language, run)

    output = tempfile.mkdtemp(prefix="newsbeam-bench-")
    try:
        sink = Sink(output, "articles", run, RECORD_SCHEMA)
        written = sum(f.rows for f in write_rows(sink, "ingest_date=2026-01-28", 0, rows()))
        seconds = time.perf_counter() - start
    finally:
        shutil.rmtree(output)
        thread.join()
        close_web(web)
    return {"written": written, "seconds": seconds}


def help_seconds() -> float:
    """The best of ten starts of `newsbeam --help`."""
    command = [str(Path(sys.executable).with_name("newsbeam")), "--help"]
    best = float("inf")
    for _ in range(10):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        best = min(best, time.perf_counter() - start)
    return best


def report(pages: int, memory_pages: list[int], hosts: int) -> dict[str, Any]:
    numbers: dict[str, Any] = {"cores": os.cpu_count(), "help_seconds": help_seconds()}
    with server(hosts, pages) as port:
        bare = measured("bare", port, hosts)
        one = measured("pipeline", port, hosts)
        bare_again = measured("bare", port, hosts)
        two = measured("pipeline", port, hosts, workers=2)
    bare_seconds = (bare["seconds"] + bare_again["seconds"]) / 2
    numbers |= {
        "pages": pages,
        "bare_articles_per_second": pages / bare_seconds,
        "one_core_articles_per_second": pages / one["seconds"],
        "two_cores_articles_per_second": pages / two["seconds"],
        "overhead_over_bare_loop": one["seconds"] / bare_seconds - 1,
        "two_cores_to_bare_loop": bare_seconds / two["seconds"],
    }
    for count in memory_pages:
        with server(hosts, count) as port:
            numbers[f"peak_megabytes_at_{count}"] = measured("pipeline", port, hosts)["megabytes"]
    return numbers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--memory-pages", default="1000,10000")
    parser.add_argument("--hosts", type=int, default=40)
    parser.add_argument("--only", choices=["bare", "pipeline"], help="one measurement, as JSON")
    parser.add_argument("--port", type=int)
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    if args.only == "bare":
        numbers = run_bare(args.port, args.hosts)
    elif args.only == "pipeline":
        numbers = run_pipeline(args.port, args.hosts, args.workers)
    else:
        memory_pages = [int(count) for count in args.memory_pages.split(",") if count]
        numbers = report(args.pages, memory_pages, args.hosts)
        for name, value in numbers.items():
            print(f"{name:32} {value:10.3f}" if isinstance(value, float) else f"{name:32} {value}")
        print(json.dumps(numbers))
        return
    print(json.dumps(numbers | {"megabytes": peak_megabytes()}))


if __name__ == "__main__":
    main()
