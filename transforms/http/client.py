"""One HTTP GET with everything that can go wrong held in bounds.

`Fetcher` is the interface, `HttpFetcher` does it on aiohttp, `FakeFetcher` answers from a dict.

A request has one deadline (`policy.timeout`) for DNS, connection, redirects and body together,
so a server that drips a byte a second gains nothing; the time spent waiting for a host's turn
does not count. Redirects are followed here rather than by aiohttp, since each hop is judged anew
by the address guard, robots.txt and politeness. Nothing is sent but the headers named here: no
cookies, no referrer, nothing from netrc or proxy variables.
"""

import asyncio
import re
from collections.abc import Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver

from transforms import clock
from transforms.elements import Response
from transforms.failures import FailureKind
from transforms.http.address import GuardedResolver, Target, check_url
from transforms.http.decoding import ACCEPT_ENCODING, BodyDecoder, DecodingError
from transforms.http.errors import ContentTypeRefused, FetchError, error_for_status
from transforms.http.policy import FetchPolicy
from transforms.http.translation import translate

T = TypeVar("T")

MAX_HEADER_BYTES = 32_768
"""Longest single response header; content security policies of news sites pass 8 KiB."""

MAX_ALL_HEADER_BYTES = 131_072
"""Longest response head. They stay in memory with the page, and a hundred of the longest would
be 3 MB for each."""

_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_PERMANENT = frozenset([301, 308])
_CHUNK = 65_536
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_UNDECLARED = frozenset(["", "application/octet-stream", "binary/octet-stream"])


@dataclass(frozen=True)
class AcceptRule:
    """What kind of answer is wanted.

    `header` is sent as Accept. A 2xx answer with a media type outside `content_types` (None: any)
    is refused before its body is read; no type and application/octet-stream pass. `max_bytes` and
    `max_redirects` lower the policy's caps. With `truncate` a longer body is cut at the cap
    instead of refused.
    """

    header: str = "*/*"
    content_types: frozenset[str] | None = None
    max_bytes: int | None = None
    max_redirects: int | None = None
    truncate: bool = False


ANYTHING = AcceptRule()
PAGE = AcceptRule(
    "text/html,application/xhtml+xml;q=0.9,text/plain;q=0.5,*/*;q=0.1",
    frozenset(["text/html", "application/xhtml+xml", "text/plain"]),
)
FEED = AcceptRule(
    "application/atom+xml,application/rss+xml,application/feed+json,application/rdf+xml;q=0.9,"
    "application/xml;q=0.8,text/xml;q=0.8,application/json;q=0.7,*/*;q=0.1"
)


class Visit(Protocol):
    """Who accompanies one fetch: enters before each hop (and may wait or raise FetchError), leaves
    after it. See `web.PoliteVisit`."""

    def hop(self, target: Target) -> AbstractAsyncContextManager[None]: ...


class FreeVisit:
    """No robots.txt, no delay: for tests and loopback."""

    def hop(self, target: Target) -> AbstractAsyncContextManager[None]:
        return nullcontext()


FREE = FreeVisit()


class Fetcher(Protocol):
    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
        accept: AcceptRule = ANYTHING,
        visit: Visit = FREE,
    ) -> Response:
        """The 2xx or 304 Response of a GET. `headers` (If-None-Match, ...) go to every hop.

        Raises FetchError, or ContentTypeRefused; nothing else.
        """


@dataclass(frozen=True)
class _Redirect:
    status: int
    location: str


class _Budget:
    """The time that a request may still spend on the wire."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.spent = 0.0

    async def run(self, work: Coroutine[Any, Any, T], label: str) -> T:
        clock = asyncio.get_running_loop().time
        start = clock()
        try:
            return await asyncio.wait_for(work, max(self.seconds - self.spent, 0.001))
        except asyncio.TimeoutError as error:
            raise FetchError(
                FailureKind.TIMEOUT,
                f"{label}: no complete answer within {self.seconds:g} s; the server hangs or is "
                "slow; raise fetch.timeout if it is only slow",
            ) from error
        finally:
            self.spent += clock() - start


class HttpFetcher:
    """The Fetcher of one event loop: `async with HttpFetcher(policy) as fetcher`.

    Connections are kept alive a little longer than the politeness delay, so that the pages of
    one host share one; longer would only hoard sockets of hosts that are done.
    """

    def __init__(self, policy: FetchPolicy, resolver: AbstractResolver | None = None) -> None:
        self._policy = policy
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "HttpFetcher":
        policy = self._policy
        connector = aiohttp.TCPConnector(
            resolver=self._resolver or GuardedResolver(policy),
            limit=policy.concurrency,
            limit_per_host=2,  # the turn allows one; a second while the first is closing
            keepalive_timeout=min(15.0, 2 * policy.per_host_delay + 1),
            ttl_dns_cache=60,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": policy.user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            auto_decompress=False,
            trust_env=False,
            max_field_size=MAX_HEADER_BYTES,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0.05)  # TLS connections close in callbacks after this
            self._session = None

    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
        accept: AcceptRule = ANYTHING,
        visit: Visit = FREE,
    ) -> Response:
        """See Fetcher.fetch."""
        budget = _Budget(self._policy.timeout)
        try:
            return await self._follow(url, headers, accept, visit, budget)
        except (FetchError, ContentTypeRefused) as error:
            error.elapsed = budget.spent
            raise

    async def _follow(
        self,
        url: str,
        headers: Mapping[str, str],
        accept: AcceptRule,
        visit: Visit,
        budget: _Budget,
    ) -> Response:
        target = check_url(url, self._policy)
        passed: list[str] = []
        moved_to: str | None = None
        is_permanent = True
        while True:
            async with visit.hop(target):
                answer = await budget.run(self._ask(target, headers, accept), target.label)
            if not isinstance(answer, _Redirect):
                break
            passed.append(str(target))
            target = self._next(target, answer, passed, accept)
            is_permanent = is_permanent and answer.status in _PERMANENT
            moved_to = str(target) if is_permanent else moved_to
        return Response(
            url=passed[0] if passed else str(target),
            final_url=str(target),
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            fetched_at=clock.utc_now(),
            elapsed_ms=round(budget.spent * 1000),
            redirects=tuple(passed),
            moved_to=moved_to,
        )

    def _next(
        self, target: Target, redirect: _Redirect, passed: list[str], accept: AcceptRule
    ) -> Target:
        limit = self._policy.max_redirects
        limit = limit if accept.max_redirects is None else min(limit, accept.max_redirects)
        if len(passed) > limit:
            raise FetchError(
                FailureKind.TOO_MANY_REDIRECTS,
                f"{target.label} redirects once more after {limit} redirects; the last address "
                "may be the one to use",
                status=redirect.status,
            )
        try:
            following = check_url(redirect.location, self._policy, base=target)
        except FetchError as error:
            raise FetchError(
                error.kind,
                f"{target.label} redirects to an address that is not asked: {error.message}",
                status=redirect.status,
            ) from error
        if str(following) in passed:
            raise FetchError(
                FailureKind.TOO_MANY_REDIRECTS,
                f"{following.label} redirects in a circle; sites do so to clients that keep no "
                "cookies",
                status=redirect.status,
            )
        return following

    async def _ask(
        self, target: Target, headers: Mapping[str, str], accept: AcceptRule
    ) -> "_Answer | _Redirect":
        if self._session is None:
            raise RuntimeError("HttpFetcher is used outside `async with`")
        try:
            async with self._session.get(
                target.url, headers={"Accept": accept.header, **headers}, allow_redirects=False
            ) as response:
                return await self._read(response, target, accept)
        except (FetchError, ContentTypeRefused):
            raise
        except Exception as error:
            raise translate(error, target.label) from error

    async def _read(
        self, response: aiohttp.ClientResponse, target: Target, accept: AcceptRule
    ) -> "_Answer | _Redirect":
        status = response.status
        headers = tuple((name.lower(), _text(value)) for name, value in response.headers.items())
        if sum(len(name) + len(value) for name, value in headers) > MAX_ALL_HEADER_BYTES:
            raise FetchError(
                FailureKind.TOO_LARGE,
                f"{target.label} sends over {MAX_ALL_HEADER_BYTES} bytes of headers",
                status=status,
            )
        if status in _REDIRECTS and (location := response.headers.get("Location")):
            return _Redirect(status, _text(location))
        if status == 304:
            return _Answer(status, headers, b"")
        if not 200 <= status < 300:
            raise error_for_status(target.label, status, response.headers.get("Retry-After"))
        _check_content_type(response.headers.get("Content-Type"), accept)
        return _Answer(status, headers, await self._body(response, target, accept))

    async def _body(
        self, response: aiohttp.ClientResponse, target: Target, accept: AcceptRule
    ) -> bytes:
        cap = self._policy.max_bytes
        cap = cap if accept.max_bytes is None else min(cap, accept.max_bytes)
        too_large = FetchError(
            FailureKind.TOO_LARGE,
            f"{target.label} is larger than {cap} bytes; raise fetch.max_bytes if it has to be",
            status=response.status,
        )
        if not accept.truncate and (response.content_length or 0) > cap:
            raise too_large
        body = bytearray()
        received = 0
        try:
            decoder = BodyDecoder(response.headers.get("Content-Encoding"))
            async for chunk in response.content.iter_chunked(_CHUNK):
                received += len(chunk)
                for piece in decoder.feed(chunk):
                    body += piece
                    if len(body) > cap:
                        break
                if len(body) > cap or received > cap:
                    if accept.truncate:
                        return bytes(body[:cap])
                    raise too_large
            decoder.finish()
        except DecodingError as error:
            raise FetchError(
                FailureKind.BAD_CONTENT_ENCODING,
                f"{target.label}: {error}; the server compresses wrongly or the answer was cut",
                status=response.status,
            ) from error
        return bytes(body)


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def _check_content_type(header: str | None, accept: AcceptRule) -> None:
    if accept.content_types is None:
        return
    # "text/html; charset=x", but also "text/html,text/html" and "text/html charset=x"
    mime_type = re.split(r"[;,\s]", (header or "").strip(), maxsplit=1)[0].lower()
    if mime_type not in _UNDECLARED and mime_type not in accept.content_types:
        raise ContentTypeRefused(mime_type[:80])


def _text(value: str) -> str:
    """A header value without the lone surrogates that aiohttp makes of bytes outside UTF-8;
    nothing could store them."""
    if value.isascii():
        return value
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@dataclass(frozen=True)
class FakeCall:
    """One line of FakeFetcher's logbook."""

    url: str
    headers: Mapping[str, str]
    accept: AcceptRule


@dataclass
class FakeFetcher:
    """A Fetcher that answers from `answers`: a Response, an exception to raise, or 404 for an
    address it does not know. `calls` is its logbook."""

    answers: Mapping[str, Response | Exception]
    calls: list[FakeCall] = field(default_factory=list)

    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
        accept: AcceptRule = ANYTHING,
        visit: Visit = FREE,
    ) -> Response:
        target = check_url(url, FetchPolicy(allow_private_networks=True))
        async with visit.hop(target):
            self.calls.append(FakeCall(url, dict(headers), accept))
            answer = self.answers.get(url)
            if isinstance(answer, Exception):
                raise answer
            if answer is None:
                raise error_for_status(target.label, 404, None)
            return answer
