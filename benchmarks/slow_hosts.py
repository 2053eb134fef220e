"""Many hosts on loopback that answer late, in a process of their own (Linux: each 127.x.y.z).

    with serving(hosts) as site:
        ...ask site.url(host, 3)...
        times = site.end()

/robots.txt is empty, /feed announces the host's pages, /1, /2, ... are the pages. Every answer
takes its own latency.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.site_server import feed, page

HANGS = 3600.0


@dataclass
class Times:
    """What a site noted, in seconds of time.monotonic(), which all processes of a machine share:
    the first request of all, and when each host's last answer so far was complete."""

    first_request: float = 0.0
    answered: dict[str, float] = field(default_factory=dict)

    def took(self, host: "Host") -> float:
        """Seconds from the first request of all until this host was done."""
        return self.answered[host.address] - self.first_request


@dataclass(frozen=True)
class Host:
    """`latencies` in seconds: of robots.txt, of each page, and of the feed. Pages have
    `page_bytes`, or are news pages of about 60 kB with the numbers from `first_page` on."""

    address: str
    robots: float
    pages: tuple[float, ...]
    feed: float = 0.0
    page_bytes: int | None = None
    first_page: int = 0

    def bound(self, delay: float, with_feed: bool) -> float:
        """Seconds in which nobody who asks one at a time, `delay` apart, can be faster."""
        latencies = [self.robots, *self.pages] + [self.feed] * with_feed
        return sum(latencies) + delay * (len(latencies) - 1)


@dataclass
class Site:
    """The hosts as they are served."""

    hosts: list[Host]
    ports: dict[str, int]
    pipe: Connection = field(repr=False)

    def url(self, host: Host, path: object) -> str:
        return f"http://{host.address}:{self.ports[host.address]}/{path}"

    def end(self) -> Times:
        """Ends the site; returns what it noted."""
        self.pipe.send("end")
        times: Times = self.pipe.recv()
        return times


@contextmanager
def serving(hosts: list[Host]) -> Iterator[Site]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_run, args=(hosts, theirs), daemon=True)
    server.start()
    try:
        yield Site(hosts, ours.recv(), ours)
    finally:
        server.terminate()
        server.join()


def _run(hosts: list[Host], pipe: Connection) -> None:
    asyncio.run(_serve(hosts, pipe))


async def _serve(hosts: list[Host], pipe: Connection) -> None:
    times = Times()
    ports: dict[str, int] = {}
    for host in hosts:
        server = await asyncio.start_server(_site(host, times), host.address, 0)
        ports[host.address] = server.sockets[0].getsockname()[1]
    pipe.send(ports)
    await asyncio.to_thread(pipe.recv)
    pipe.send(times)


def _site(host: Host, times: Times) -> Callable[..., Coroutine[Any, Any, None]]:
    count = len(host.pages)
    if host.page_bytes is None:
        pages = [page(host.first_page + number).encode() for number in range(count)]
    else:
        pages = [b"<p>" + b"x" * host.page_bytes + b"</p>"] * count

    def answer(path: str, base: str) -> tuple[float, bytes]:
        if path == "/robots.txt":
            return host.robots, b""
        if path == "/feed":
            return host.feed, feed(1, count + 1, base).replace("/p/", "/").encode()
        number = int(path[1:]) - 1
        return host.pages[number], pages[number]

    async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name, port = writer.get_extra_info("sockname")
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                times.first_request = times.first_request or time.monotonic()
                path = head.split(b" ", 2)[1].decode("ascii")
                latency, body = answer(path, f"http://{name}:{port}")
                await asyncio.sleep(latency)
                kind = b"application/rss+xml" if path == "/feed" else b"text/html"
                head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                writer.write(head % (kind, len(body)) + body)
                await writer.drain()
                times.answered[host.address] = time.monotonic()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    return exchange
