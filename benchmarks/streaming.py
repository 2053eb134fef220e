"""Memory of `newsbeam stream` over time, on a site that never stops publishing, and whether what
it writes is what a batch run writes.

    python -m benchmarks.streaming [--minutes 10] [--output DIR] [--flink N] [--engine OPTION...]

Ten hosts of 127/8 publish an article a second between them; each is asked every ten seconds, and
the window is ten seconds. Every 30 s one line tells the memory (resident, MB) of each process of
the stream, and how many articles were published and written. Models are left out: they take the
same memory from the first article on. At the end every article must have been written once, with
the text that a batch run over all of them finds. `--flink N` starts a cluster of N task managers
with deploy/flink's scripts and runs there.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pyarrow.parquet as pq

from benchmarks.engines import cluster, flink_options
from benchmarks.site_server import page

HOSTS = 10
STANDING = 25
WINDOW = 10
LINES_EVERY = 30.0


class Site:
    """Hosts 127.0.1.1 to 127.0.1.10 on one port; article n is on host n % HOSTS."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.end: float | None = None
        self.standing: int | None = STANDING
        self.server = ThreadingHTTPServer(("0.0.0.0", 0), _Handler)  # noqa: S104 (all of 127/8)
        self.server.site = self  # type: ignore[attr-defined]
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def published(self) -> int:
        """How many articles there are."""
        return int((self.end or time.monotonic()) - self.start)

    def feed(self, host: int) -> str:
        numbers = [n for n in range(self.published) if n % HOSTS == host]
        numbers = numbers[-self.standing :] if self.standing else numbers
        items = "".join(
            f"<item><guid>{n}</guid><title>Story {n}</title>"
            f"<link>{self.base(host)}/p/{n}</link></item>"
            for n in reversed(numbers)
        )
        return f'<rss version="2.0"><channel><title>Host {host}</title>{items}</channel></rss>'

    def base(self, host: int) -> str:
        return f"http://127.0.1.{host + 1}:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site = cast(Site, self.server.site)  # type: ignore[attr-defined]
        host = int(self.headers["Host"].partition(":")[0].rpartition(".")[2]) - 1
        kind, _, number = self.path.strip("/").partition("/")
        texts = {"feed": site.feed, "p": lambda _: page(int(number))}
        text = texts[kind](host) if kind in texts else None
        body = (text or "").encode()
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", "text/html" if kind == "p" else "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def configuration(site: Site, path: Path) -> Path:
    content = {
        "feeds": [{"url": f"{site.base(host)}/feed"} for host in range(HOSTS)],
        "fetch": {
            "allow_private_networks": True,
            "allowed_ports": [site.port],
            "per_host_delay": "50ms",
            "min_interval": "10s",
            "max_interval": "10s",
            "timeout": "2m",  # a busy machine is no host in trouble
        },
        "enrich": {"entities": {"model": "none"}},
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def processes(root: int) -> Iterator[tuple[str, float]]:
    """Name and resident memory (MB) of a process and all below it."""
    try:
        status = Path(f"/proc/{root}/status").read_text(encoding="utf-8")
        threads = Path(f"/proc/{root}/task").glob("*/children")
        children = " ".join(path.read_text(encoding="utf-8") for path in threads)
    except OSError:  # gone
        return
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    if "VmRSS" in fields:
        yield fields["Name"], int(fields["VmRSS"].split()[0]) / 1000
    for child in children.split():
        yield from processes(int(child))


def written(output: Path) -> Counter[tuple[str, str]]:
    """How often each article is in the dataset: its address and the hash of its text."""
    rows: Counter[tuple[str, str]] = Counter()
    for file in output.glob("articles/*/*.parquet"):
        table = pq.ParquetFile(file).read(["url", "content_hash"]).to_pydict()
        rows.update(zip(table["url"], table["content_hash"], strict=True))
    return rows


def line(site: Site, output: Path, process: subprocess.Popen[bytes]) -> str:
    memory = ", ".join(f"{name} {size:.0f} MB" for name, size in processes(process.pid))
    seconds = time.monotonic() - site.start
    return f"{seconds:5.0f} s  {site.published} published, {len(written(output))} written; {memory}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--output", help="Keep the dataset here (default: a temporary folder).")
    parser.add_argument("--flink", type=int, default=0, metavar="N", help="task managers to start")
    parser.add_argument("--engine", nargs=argparse.REMAINDER, default=[], help="Beam's options")
    options = parser.parse_args()
    with ExitStack() as stack:
        if options.flink:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            stack.enter_context(cluster(folder / "flink", "cluster", options.flink))
            options.engine += [*flink_options(folder), f"--parallelism={options.flink}",
                               f"--checkpointing_interval={WINDOW * 1000}"]  # fmt: skip
        measure(options)


def measure(options: argparse.Namespace) -> None:
    """The stream from its start to its end, and what became of it."""
    site = Site()
    with tempfile.TemporaryDirectory() as folder:
        output = Path(options.output or folder) / "data"
        config = configuration(site, Path(folder) / "config.yaml")
        newsbeam = [sys.executable, "-c", "from pipelines.cli import main; main()"]
        command = [
            *newsbeam, "stream", "-c", str(config), "-o", str(output),
            "--window", f"{WINDOW}s", "-q", *options.engine,
        ]  # fmt: skip
        process = subprocess.Popen(command)
        try:
            while site.published < options.minutes * 60:
                time.sleep(LINES_EVERY)
                print(line(site, output, process), flush=True)
            site.end = time.monotonic()
            while len(written(output)) < site.published and process.poll() is None:
                time.sleep(1.0)
            print(line(site, output, process), flush=True)
        finally:
            process.terminate()
            process.wait()
        counts = written(output)
        assert len(counts) == site.published, "articles are missing"
        assert set(counts.values()) == {1}, "articles are there twice"
        site.standing = None  # a batch run asks once, and sees all
        batch = Path(folder) / "batch"
        subprocess.run([*newsbeam, "run", "-c", str(config), "-o", str(batch), "-q"], check=True)
        assert written(batch) == counts, "a batch run finds something else"
        files = len(list(output.glob("articles/*/*.parquet")))
        print(f"each once, as in a batch run, in {files} files; exit status {process.returncode}")


if __name__ == "__main__":
    main()
