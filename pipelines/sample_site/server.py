"""The sample site on loopback: one HTTP/1.1 server per publisher, each on a port of its own."""

import gzip
import hashlib
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TypeVar, cast

from pipelines.sample_site.content import Expected, Resource, load, publishers
from transforms.elements import Feed

_Site = TypeVar("_Site", bound="SampleSite")
_NOT_FOUND = Resource(
    b"<!DOCTYPE html><html><head><title>404 Not Found</title></head>"
    b"<body><h1>Page not found</h1></body></html>",
    status=404,
)


@dataclass(frozen=True)
class Request:
    """One request and its answer. `path` has its query; header names are in lower case;
    `started` and `finished` are time.monotonic() seconds."""

    publisher: str
    method: str
    path: str
    headers: Mapping[str, str]
    status: int
    started: float
    finished: float


class SampleSite:
    """Serves the sample site on 127.0.0.1 while the `with` block runs.

    `first_port` fixes the ports (that one and the next ones), so that addresses stay the same
    from run to run; 0 takes free ones. `observe` hears of every request, in the thread that
    answers it. `resources` may be changed while the site is up.

        with SampleSite() as site:
            run(site.feeds)
    """

    def __init__(
        self, *, first_port: int = 0, observe: Callable[[Request], None] | None = None
    ) -> None:
        self.observe = observe
        self.stopping = threading.Event()
        self._first_port = first_port
        self._servers: list[_Server] = []

    def __enter__(self: _Site) -> _Site:
        try:
            for number, publisher in enumerate(publishers()):
                port = self._first_port + number if self._first_port else 0
                self._servers.append(_Server(self, publisher, port))
        except OSError:
            self.close()
            raise
        self.bases = {server.publisher: server.base for server in self._servers}
        content = load(self.bases)
        self.resources: dict[tuple[str, str], Resource] = content.resources
        self.feeds: tuple[Feed, ...] = content.feeds
        self._expected = content.expected
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            server.is_running = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def expected(self) -> Expected:
        """What a first run over all feeds must end with."""
        return self._expected

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports in use, in the order of the publishers."""
        return tuple(server.server_port for server in self._servers)

    def close(self) -> None:
        """Stops the servers and drops their open connections."""
        self.stopping.set()
        for server in self._servers:
            server.stop()


def respond(
    resource: Resource, headers: Mapping[str, str]
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body that a resource answers to a request with `headers` (names in
    lower case): compressed where the client accepts gzip, 304 where its validators still hold
    (RFC 9110, 13.2.2: If-None-Match goes before If-Modified-Since)."""
    body = resource.body
    answer = list(resource.headers)
    if resource.content_type and resource.status != 301:
        answer.append(("Content-Type", resource.content_type))
    if resource.last_modified is not None:
        # Weak, since the compressed and the plain answer share it.
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
        answer += [("ETag", etag), ("Last-Modified", resource.last_modified)]
        if resource.status == 200 and _unchanged(etag, resource.last_modified, headers):
            return 304, answer, b""
    if body and "gzip" in headers.get("accept-encoding", ""):
        body = gzip.compress(body, mtime=0)
        answer.append(("Content-Encoding", "gzip"))
    answer += [("Vary", "Accept-Encoding"), ("Content-Length", str(len(body)))]
    return resource.status, answer, body


def _unchanged(etag: str, last_modified: str, headers: Mapping[str, str]) -> bool:
    if "if-none-match" in headers:
        return etag in [tag.strip() for tag in headers["if-none-match"].split(",")]
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
        return parsedate_to_datetime(last_modified) <= since
    except (ValueError, TypeError):  # no date, or one without a time zone
        return False


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    block_on_close = False

    def __init__(self, site: SampleSite, publisher: str, port: int) -> None:
        self.site = site
        self.publisher = publisher
        self.is_running = False
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)
        self.base = f"http://127.0.0.1:{self.server_port}"

    def server_bind(self) -> None:
        """Binds without the reverse DNS look-up of http.server."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def close_request(self, request: socket.socket) -> None:  # type: ignore[override]
        self._open.discard(request)
        super().close_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing where the client hung up, as a time-out test does."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def stop(self) -> None:
        if self.is_running:
            self.shutdown()
        self.server_close()
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # it closed by itself meanwhile
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "SampleSite", ""
    timeout = 30  # an idle connection ends
    wbufsize = -1  # head and body in one packet
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, with_body: bool) -> None:
        server = cast(_Server, self.server)
        site = server.site
        started = time.monotonic()
        path = self.path.partition("?")[0]
        resources = site.resources
        resource = resources.get((server.publisher, self.path)) or resources.get(
            (server.publisher, path), _NOT_FOUND
        )
        site.stopping.wait(resource.delay)
        request_headers = {name.lower(): value for name, value in self.headers.items()}
        status, headers, body = respond(resource, request_headers)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)
        if site.observe is not None:
            finished = time.monotonic()
            request = Request(
                server.publisher,
                self.command,
                self.path,
                request_headers,
                status,
                started,
                finished,
            )
            site.observe(request)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing; `observe` hears of the requests."""
