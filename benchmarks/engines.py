"""What an article costs, and what engines make of two cores.

    python -m benchmarks.engines cost [--articles 60]     processor time of each stage, and sizes
    python -m benchmarks.engines speed [--articles 200]   the same run on one and two cores, on the
                                                          local runner and on Flink

Processor time, not the clock, is what counts here: it is the same on a machine with other work.
Flink is started with deploy/flink's scripts.
"""

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from benchmarks.site_server import host, page
from benchmarks.throughput import server

HOSTS = 10
WARM_UP = 14  # articles: two of each language
ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "deploy" / "flink"
NOW = datetime(2026, 1, 28, tzinfo=timezone.utc)


def cost(articles: int) -> dict[str, Any]:
    """Milliseconds of processor time by stage and sizes, a mean over articles."""
    from pipelines.annotation import Annotator
    from transforms.articles.extract import extract_article
    from transforms.elements import Announcement, Article, Entry, Feed, Page, Response
    from transforms.entities import link_entities
    from transforms.language.stage import detect_language
    from transforms.quotations import attribute_quotations
    from transforms.recognizers import recognize_entities
    from transforms.records import Recorded, Run, to_record
    from transforms.schemas import RECORD_SCHEMA
    from transforms.stance.stage import detect_stance

    models = Annotator.load("embedded", ())
    run = Run("benchmark", NOW, "0")
    spent: Counter[str] = Counter()
    records = []

    def timed(stage: str, function: Callable[..., Any], *args: Any) -> Any:
        start = time.process_time()
        result = function(*args)
        spent[stage] += time.process_time() - start
        return result

    def only(results: Iterator[Any]) -> Any:
        (result,) = results
        return result

    words = packed = 0
    for number in range(-WARM_UP, articles):  # lexicons are loaded once in a process
        if number == 0:
            spent.clear()
        url = f"https://news.example.org/p/{number}"
        announcement = Announcement(None, "https://news.example.org/feed", str(number), 0)
        entry = Entry(f"{number:032x}", url, Feed("https://news.example.org/feed"), (announcement,),
                      NOW)  # fmt: skip
        headers = (("content-type", "text/html; charset=utf-8"),)
        response = Response(url, url, 200, headers, page(number + WARM_UP).encode(), NOW, 12)
        article: Article = timed(
            "ExtractArticles", lambda p: only(extract_article(p)), Page(entry, response, True)
        )
        article = timed(
            "DetectLanguage", lambda a: only(detect_language(a, models.detector)), article
        )
        reading = timed("RecognizeEntities", recognize_entities, article, models.recognizer, 500)
        reading = timed("LinkEntities", lambda r: only(link_entities(r, models.gazetteer)), reading)
        reading = timed("AttributeQuotations", attribute_quotations, reading)
        article = timed("DetectStance", partial(detect_stance, finder=models.finder), reading,
                        models.scorer, models.encoder)  # fmt: skip
        recorded = timed(
            "ToRecords", lambda a: Recorded.of(a.entry.key, to_record(a, run)), article
        )
        if number >= 0:
            records.append(recorded.record)
            packed += len(recorded.packed)
            words += recorded.record["word_count"]
    written = io.BytesIO()
    start = time.process_time()
    pq.write_table(pa.Table.from_pylist(records, schema=RECORD_SCHEMA), written, compression="zstd")
    spent["WriteRecords"] = time.process_time() - start
    return {
        "words": words / articles,
        "ms": {stage: 1000 * seconds / articles for stage, seconds in spent.items()},
        "packed_bytes": packed / articles,
        "parquet_bytes": len(written.getbuffer()) / articles,
    }


def print_cost(numbers: dict[str, Any]) -> None:
    total = sum(numbers["ms"].values())
    print(f"an article of {numbers['words']:.0f} words: {total:.0f} ms of one core")
    for stage, ms in numbers["ms"].items():
        print(f"  {stage:<20} {ms:8.1f} ms  {100 * ms / total:5.1f} %")
    print(f"  {numbers['packed_bytes']:.0f} bytes between steps, "
          f"{numbers['parquet_bytes']:.0f} bytes in the dataset")  # fmt: skip


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tree_seconds(roots: list[int]) -> float:
    """Processor seconds of running processes and of all below them, dead ones included."""
    ticks = 0
    parents: dict[int, int] = {}
    times: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(stat.parent.name)
        parents[pid] = int(fields[1])
        times[pid] = sum(map(int, fields[11:15]))  # own and waited-for children's
    for pid, spent in times.items():
        above: int | None = pid
        while above is not None and above not in roots:
            above = parents.get(above)
        ticks += spent if above in roots else 0
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def cluster(folder: Path, mode: str, machines: int) -> Iterator[list[int]]:
    """An engine of deploy/flink; the ids of its processes."""
    environment = {**os.environ, "NEWSBEAM_FLINK_RUN": str(folder)}
    subprocess.run([SCRIPTS / "install.sh", "cluster"], check=True, stdout=subprocess.DEVNULL)
    start = [SCRIPTS / "start.sh", mode, *([str(machines)] if mode == "cluster" else [])]
    subprocess.run(start, check=True, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield [int(path.read_text().split()[0]) for path in folder.glob("*.pid")]
    finally:
        subprocess.run([SCRIPTS / "stop.sh"], check=True, env=environment)


def flink_options(folder: Path) -> list[str]:
    """newsbeam's options for such an engine, whose workers run this source tree, installed or
    not; they start from a script in `folder`."""
    worker = folder / "newsbeam-worker"
    module = f'exec {sys.executable} -m pipelines.worker_boot "$@"'
    worker.write_text(f"#!/bin/sh\nPYTHONPATH={ROOT} {module}\n", encoding="utf-8")
    worker.chmod(0o755)
    process = f"--environment_config={json.dumps({'command': str(worker)})}"
    return ["--runner=PortableRunner", "--job_endpoint=localhost:8099",
            "--environment_type=PROCESS", process]  # fmt: skip


def one_run(config: Path, options: list[str], engine: list[int]) -> tuple[float, float]:
    """Seconds by the clock and of processors, of `newsbeam run` and the engine's processes."""
    with tempfile.TemporaryDirectory() as output:
        start, before = time.monotonic(), children_seconds() + tree_seconds(engine)
        command = [sys.executable, "-c", "from pipelines.cli import main; main()", "run",
                   "-c", str(config), "-o", output, "-q", *options]  # fmt: skip
        subprocess.run(command, check=True)
        seconds = time.monotonic() - start
        return seconds, children_seconds() + tree_seconds(engine) - before


def speed(articles: int) -> None:
    with tempfile.TemporaryDirectory() as folder, server(HOSTS, articles) as port:
        config = Path(folder) / "config.yaml"
        feeds = [{"url": f"http://{host(number)}:{port}/feed"} for number in range(HOSTS)]
        fetch = {"allow_private_networks": True, "per_host_delay": 0, "allowed_ports": [port]}
        config.write_text(yaml.safe_dump({"feeds": feeds, "fetch": fetch}), encoding="utf-8")
        remote = flink_options(Path(folder))
        print(f"{articles} articles            clock      processors")

        def show(name: str, options: list[str], engine: list[int]) -> None:
            clock, processors = one_run(config, options, engine)
            print(f"{name:<22} {clock:6.1f} s  {processors:8.1f} s", flush=True)

        show("local, one process", ["--direct_running_mode=in_memory"], [])
        show("local, two processes", ["--direct_num_workers=2"], [])
        with cluster(Path(folder) / "one", "embedded", 0) as engine:
            show("Flink, embedded, 1", [*remote, "--parallelism=1"], engine)
        with cluster(Path(folder) / "two", "cluster", 2) as engine:
            show("Flink, one worker", [*remote, "--parallelism=1"], engine)
            show("Flink, two workers", [*remote, "--parallelism=2"], engine)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("cost", "speed"))
    parser.add_argument("--articles", type=int, default=0)
    options = parser.parse_args()
    if options.what == "cost":
        print_cost(cost(options.articles or 60))
    else:
        speed(options.articles or 200)


if __name__ == "__main__":
    main()
