"""A web of misbehaving servers on loopback: raw sockets, so that every byte can be wrong.

    with Loopback() as web:
        site = web.site({"/": answer(b"hello")})          # http://127.0.0.1:PORT
        other = web.site({"/": drip}, host="127.0.0.2")   # another host

A route is the bytes to send, or `async def route(request, writer)`, after which the connection
is closed. A path without a route is a 404, robots.txt included. Each 127.0.0.x is a host of its
own on Linux.
"""

import asyncio
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    started: float
    ended: float = 0.0


Route = bytes | Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Site:
    routes: Mapping[str, Route]
    latency: float = 0.0
    greeting: bytes = b""
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(self.greeting)
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:  # the end of the test; streams would log it
            pass
        finally:
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines if line)
        request = Request(first.split(" ")[1], headers, time.monotonic())
        self.requests.append(request)
        route = self.routes.get(request.path, answer(b"nothing here", 404))
        await asyncio.sleep(self.latency)
        try:
            if callable(route):
                await route(request, writer)
                return False
            writer.write(route)
            await writer.drain()
            return b"Content-Length" in route.partition(b"\r\n\r\n")[0]
        finally:
            request.ended = time.monotonic()


class Loopback:
    def __enter__(self) -> "Loopback":
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def site(
        self,
        routes: Mapping[str, Route],
        host: str = "127.0.0.1",
        latency: float = 0.0,
        tls: ssl.SSLContext | None = None,
        greeting: bytes = b"",
        port: int = 0,
    ) -> Site:
        site = Site(routes, latency, greeting)
        opened = asyncio.run_coroutine_threadsafe(self._open(site, host, tls, port), self._loop)
        port = opened.result(5)
        site.url = f"{'https' if tls else 'http'}://{host}:{port}"
        return site

    async def _open(self, site: Site, host: str, tls: ssl.SSLContext | None, port: int) -> int:
        server = await asyncio.start_server(site.serve, host, port, ssl=tls)
        self._servers.append(server)
        port = server.sockets[0].getsockname()[1]
        return port

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # transports close in callbacks after this


def answer(
    body: bytes = b"", status: int = 200, headers: Mapping[str, str] | None = None, **more: str
) -> bytes:
    """A well-formed response; `content_type="text/html"` and the like by keyword."""
    fields = {"Content-Type": "text/html", "Content-Length": str(len(body))}
    fields |= headers or {}
    fields |= {name.replace("_", "-").title(): value for name, value in more.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    return answer(status=status, location=location)


async def hang(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def drip(request: Request, writer: asyncio.StreamWriter) -> None:
    """A byte now and then, for ever: no read time-out ever fires."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()
