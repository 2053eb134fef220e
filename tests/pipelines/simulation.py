"""Weeks on the web in seconds: scripted hosts on loopback, a clock that tests turn, and runs of the
whole pipeline in between, each as if in a process of its own.

    with simulated(output) as (simulation, web):
        host = web.host()
        host.routes["/feed"] = lambda ask: Answer(body=rss([]))
        simulation.add(host)
        simulation.run_for(days(3), every=minutes(30))
        host.asked("/feed")              # what reached the server, in order
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, cast
from xml.sax.saxutils import escape

import pyarrow.parquet as pq
import pytest

from pipelines.batch import due_requests, run_batch
from pipelines.configuration import Configuration
from pipelines.settings import FetchSettings, RetrySettings, Settings
from pipelines.summary import adds_up
from transforms import clock
from transforms.elements import Feed
from transforms.http import web as polite_web
from transforms.state import load_state, pending_entries

START = datetime(2026, 3, 2, tzinfo=timezone.utc)
"""A Monday, midnight."""

# one process: the clock of the simulation is this one's
BEAM_ARGS = ("--no_pipeline_type_check", "--direct_num_workers=1")
"""test_ingest.py checks the types; here it would be a third of the time."""

MIN_INTERVAL, MAX_INTERVAL = 600.0, 86_400.0
ATTEMPTS, BACKOFF = 5, 600.0


@dataclass(frozen=True)
class Ask:
    """One request as the server saw it: names in lower case, values byte for byte."""

    path: str
    headers: dict[str, str]
    at: datetime

    @property
    def conditions(self) -> dict[str, str]:
        wanted = ("if-none-match", "if-modified-since")
        return {name: value for name, value in self.headers.items() if name in wanted}


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/rss+xml"


Route = Callable[[Ask], Answer]
MISSING = Answer(404, b"nothing here", content_type="text/plain")


@dataclass
class Host:
    """A host with routes that a test scripts, and the logbook of what it was asked."""

    base: str
    routes: dict[str, Route] = field(default_factory=dict)
    log: list[Ask] = field(default_factory=list)

    def asked(self, path: str) -> list[Ask]:
        return [ask for ask in self.log if ask.path == path]

    def times(self, path: str) -> list[datetime]:
        return [ask.at for ask in self.asked(path)]

    def gaps(self, path: str) -> list[float]:
        return gaps(self.times(path))


def gaps(times: Iterable[datetime]) -> list[float]:
    """Seconds between one and the next."""
    return [(after - before).total_seconds() for before, after in pairwise(times)]


class ScriptedWeb:
    """Hosts on loopback, each on a port of its own, on simulated time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._servers: list[_Server] = []

    def __enter__(self) -> "ScriptedWeb":
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def host(self) -> Host:
        server = _Server(("127.0.0.1", 0), _Handler)
        server.host = Host(f"http://127.0.0.1:{server.server_address[1]}")
        server.now = self._now
        self._servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server.host


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    host: Host
    now: Callable[[], datetime]

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"  # a connection a request: nothing outlives a run

    def do_GET(self) -> None:
        server = cast(_Server, self.server)
        headers = {name.lower(): value for name, value in self.headers.items()}
        ask = Ask(self.path, headers, server.now())
        server.host.log.append(ask)
        route = server.host.routes.get(self.path)
        answer = route(ask) if route else MISSING
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.status != 304:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing; the logbook does."""


@dataclass
class Simulation:
    """The pipeline over `feeds`, on a clock that stands still while a run is at work."""

    output: Path
    feeds: list[Feed] = field(default_factory=list)
    now: datetime = START
    user_agent: str = "newsbeam/1.0 (+https://example.org/bot; ops@example.org)"
    summaries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, host: Host, path: str = "/feed", **fields: Any) -> Feed:
        feed = Feed(host.base + path, **fields)
        self.feeds.append(feed)
        return feed

    @property
    def configuration(self) -> Configuration:
        fetch = FetchSettings(
            user_agent=self.user_agent,
            allow_private_networks=True,
            per_host_delay=0.0,
            timeout=10.0,
            min_interval=MIN_INTERVAL,
            max_interval=MAX_INTERVAL,
            retry=RetrySettings(attempts=ATTEMPTS, backoff=BACKOFF),
        )
        # many runs about fetching alone
        settings = Settings(fetch=fetch, enrich={"entities": {"model": "none"}})
        return Configuration("simulated", settings, tuple(self.feeds))

    def run(self, ask_all: bool = False) -> dict[str, Any]:
        """One run, now. What a process remembers of hosts is forgotten before it."""
        polite_web._shelves.clear()
        result = run_batch(
            self.configuration, str(self.output), ask_all=ask_all, beam_args=BEAM_ARGS
        )
        assert result.complete, result.summary
        assert adds_up(result.summary["entries"])
        self.summaries.append(result.summary)
        return result.summary

    def run_for(self, duration: timedelta, every: timedelta) -> None:
        """Runs every so often, as cron would. A run that has nothing to do is left out: it would
        only cost time (test_a_run_with_nothing_to_do_does_nothing)."""
        end = self.now + duration
        while self.now < end:
            if self.is_anything_due():
                self.run()
            self.now += every

    def is_anything_due(self) -> bool:
        state = load_state(str(self.output))
        return bool(due_requests(self.feeds, state, self.now, ask_all=False)) or any(
            due_at <= self.now for _, due_at in pending_entries(state)
        )

    def records(self) -> list[dict[str, Any]]:
        return self._rows("articles")

    def failures(self) -> list[dict[str, Any]]:
        return self._rows("failures")

    def _rows(self, table: str) -> list[dict[str, Any]]:
        return [
            row
            for path in sorted((self.output / table).rglob("*.parquet"))
            for row in pq.ParquetFile(path).read().to_pylist()
        ]

    def total(self, end: str) -> int:
        """The sum of one end of entries over all runs."""
        return sum(summary["entries"][end] for summary in self.summaries)


@contextmanager
def simulated(output: Path) -> Iterator[tuple[Simulation, ScriptedWeb]]:
    """A simulation and the web that it asks, on one clock."""
    made = Simulation(output)
    with pytest.MonkeyPatch.context() as patch, ScriptedWeb(lambda: made.now) as web:
        patch.setattr(clock, "utc_now", lambda: made.now)
        yield made, web


@dataclass(frozen=True)
class Post:
    """An entry of a scripted feed. `published` None: the entry has no date."""

    url: str
    published: datetime | None = None


def rss(posts: Iterable[Post], channel: str = "") -> bytes:
    """An RSS 2.0 document; `channel` is markup before the entries."""
    items = "".join(
        f"<item><title>On {escape(post.url)}</title><link>{escape(post.url)}</link>"
        + (f"<pubDate>{http_date(post.published)}</pubDate>" if post.published else "")
        + "</item>"
        for post in posts
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>A feed</title>{channel}{items}</channel></rss>"
    ).encode()


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


PARAGRAPH = (
    "The council of {name} voted on Tuesday evening to repair the old harbour bridge, which has "
    "been closed to lorries since the spring floods, and asked the builders to start in autumn. "
)


def page(name: str) -> Answer:
    """A small article."""
    text = "".join(f"<p>{PARAGRAPH.format(name=name)}</p>" for _ in range(3))
    body = f"<html lang=en><title>News of {name}</title><article><h1>News of {name}</h1>{text}"
    return Answer(body=body.encode(), content_type="text/html; charset=utf-8")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def days(number: float) -> timedelta:
    return timedelta(days=number)
