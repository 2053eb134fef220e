"""The client against servers that misbehave, and its fake."""

import asyncio
import gzip
import ssl
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import aiohttp
import brotli
import pytest

from tests.transforms.http.asking import POLICY, failure, fetch
from tests.transforms.http.loopback import (
    Loopback,
    Request,
    answer,
    drip,
    endless,
    hang,
    redirect,
)
from transforms.elements import Response
from transforms.failures import FailureKind
from transforms.http.client import (
    ANYTHING,
    FEED,
    PAGE,
    AcceptRule,
    FakeFetcher,
    HttpFetcher,
)
from transforms.http.errors import ContentTypeRefused, FetchError
from transforms.http.policy import FetchPolicy
from transforms.http.translation import translate


@pytest.fixture
def web() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


def test_a_plain_answer(web: Loopback) -> None:
    site = web.site({"/a?b=c": answer(b"<p>news</p>", etag='W/"x"')}, latency=0.05)
    response = fetch(f"{site.url}/a?b=c#top")
    assert response.url == response.final_url == f"{site.url}/a?b=c"
    assert (response.status, response.body, response.redirects) == (200, b"<p>news</p>", ())
    assert response.header("ETag") == 'W/"x"'
    assert [name for name, _ in response.headers] == ["content-type", "content-length", "etag"]
    assert 50 <= response.elapsed_ms < 2000
    assert abs(response.fetched_at - datetime.now(timezone.utc)) < timedelta(seconds=5)


def test_the_request_says_who_asks_and_nothing_more(web: Loopback) -> None:
    site = web.site({"/": answer(set_cookie="id=1; Path=/"), "/2": redirect("/")})
    fetch(f"{site.url}/", f"{site.url}/2", accept=FEED, headers={"If-None-Match": '"x"'})
    for request in site.requests:
        host = request.headers.pop("host")
        assert f"http://{host}" == site.url
        assert request.headers == {
            "user-agent": POLICY.user_agent,
            "accept": FEED.header,
            "accept-encoding": "gzip, deflate, br, zstd",
            "if-none-match": '"x"',
        }


def test_one_connection_serves_the_pages_of_a_host(web: Loopback) -> None:
    site = web.site({"/1": answer(b"1"), "/2": answer(b"2")})
    assert fetch(f"{site.url}/1", f"{site.url}/2").body == b"2"
    assert site.connections == 1


def test_a_304_passes(web: Loopback) -> None:
    site = web.site({"/": answer(status=304, content_length="", etag='"x"')})
    response = fetch(f"{site.url}/")
    assert (response.status, response.body, response.header("etag")) == (304, b"", '"x"')


def test_loopback_is_refused_without_leave_and_nothing_is_sent(web: Loopback) -> None:
    site = web.site({"/": answer()})
    port = int(site.url.rpartition(":")[2])
    for host in ("127.0.0.1", "localhost"):
        error = failure(f"http://{host}:{port}/", FetchPolicy(allowed_ports=(port,), timeout=5.0))
        assert error.kind is FailureKind.FORBIDDEN_ADDRESS
    assert site.connections == 0


def test_the_connection_goes_to_the_address_that_was_checked(web: Loopback) -> None:
    """A name that DNS moves inside after the check (rebinding) is not asked twice."""
    site = web.site({"/": answer(b"inside")}, host="127.0.0.5")
    port = int(site.url.rpartition(":")[2])
    asked: list[str] = []

    class Moving(aiohttp.abc.AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[Any]:
            asked.append(host)
            address = "127.0.0.5" if len(asked) == 1 else "127.0.0.1"
            return [
                {"hostname": host, "host": address, "port": port, "family": 2, "proto": 6,
                 "flags": 0}
            ]  # fmt: skip

        async def close(self) -> None: ...

    async def run() -> Response:
        async with HttpFetcher(POLICY, Moving()) as fetcher:
            return await fetcher.fetch(f"http://news.example:{port}/")

    assert asyncio.run(run()).body == b"inside"
    assert asked == ["news.example"]


@pytest.mark.parametrize("route", [hang, drip])
def test_one_deadline_holds_for_all_of_a_request(web: Loopback, route: Any) -> None:
    site = web.site({"/": redirect("/next"), "/next": route}, latency=0.2)
    start = time.monotonic()
    error = failure(f"{site.url}/", replace(POLICY, timeout=0.5))
    assert error.kind is FailureKind.TIMEOUT
    assert 0.45 < time.monotonic() - start < 1.5
    assert 0.45 < error.elapsed < 1.0


BOMB = answer(brotli.compress(bytes(30_000_000), quality=5), content_encoding="br")
TWO_STAGE_BOMB = answer(
    gzip.compress(gzip.compress(bytes(30_000_000))), content_encoding="gzip, gzip"
)


@pytest.mark.parametrize("route", [endless, BOMB, TWO_STAGE_BOMB], ids=["endless", "br", "gzip"])
def test_what_is_too_large_is_cut_off_early(web: Loopback, route: Any) -> None:
    site = web.site({"/": route})
    assert failure(f"{site.url}/").kind is FailureKind.TOO_LARGE


def test_a_bomb_costs_no_more_memory_than_the_cap(web: Loopback) -> None:
    site = web.site({"/": BOMB})
    tracemalloc.start()
    try:
        failure(f"{site.url}/", replace(POLICY, max_bytes=2_000_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


def test_a_declared_length_above_the_cap_is_not_read(web: Loopback) -> None:
    site = web.site({"/": answer(b"x", content_length="100001")})
    start = time.monotonic()
    assert failure(f"{site.url}/").kind is FailureKind.TOO_LARGE
    assert time.monotonic() - start < POLICY.timeout


def test_a_body_of_just_the_cap_passes(web: Loopback) -> None:
    site = web.site({"/": answer(b"x" * 100_000)})
    assert len(fetch(f"{site.url}/").body) == 100_000


def test_a_body_may_be_cut_instead(web: Loopback) -> None:
    site = web.site({"/": answer(b"0123456789"), "/endless": endless})
    rule = AcceptRule(max_bytes=4, truncate=True)
    assert fetch(f"{site.url}/", accept=rule).body == b"0123"
    assert fetch(f"{site.url}/endless", accept=rule).body == b"xxxx"


def test_a_compressed_body_is_decompressed(web: Loopback) -> None:
    text = b"the news of the day " * 100
    site = web.site({"/": answer(gzip.compress(text), content_encoding="gzip")})
    assert fetch(f"{site.url}/").body == text


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (b"not compressed", "gzip"),
        (gzip.compress(b"cut" * 99)[:-9], "gzip"),
        (b"x", "rot13"),
        (b"x", "gzip, gzip, gzip"),
    ],
)
def test_a_body_that_is_not_what_its_encoding_says(web: Loopback, body: bytes, coding: str) -> None:
    site = web.site({"/": answer(body, content_encoding=coding)})
    assert failure(f"{site.url}/").kind is FailureKind.BAD_CONTENT_ENCODING


def raw(data: bytes) -> Any:
    """A route that sends just these bytes and closes."""

    async def send(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return send


PROTOCOL_ERRORS = {
    "shorter than its length": answer(b"short", content_length="500"),
    "no number for a length": answer(b"x", content_length="many"),
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "cut chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    "bad chunk size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "no HTTP": b"SSH-2.0-OpenSSH_9.0\r\n\r\n",
    "many headers": answer(headers={f"X-{n}": "x" for n in range(20_000)}),
    "a status without meaning": answer(status=101, upgrade="x", connection="upgrade"),
}


@pytest.mark.parametrize("case", PROTOCOL_ERRORS)
def test_what_is_not_http_is_a_protocol_error(web: Loopback, case: str) -> None:
    site = web.site({"/": raw(PROTOCOL_ERRORS[case])})
    assert failure(f"{site.url}/").kind is FailureKind.PROTOCOL_ERROR


LARGE_HEADS = {
    "a huge header": answer(x_flood="x" * 200_000),
    "a huge status line": b"HTTP/1.1 200 " + b"O" * 200_000 + b"\r\n\r\n",
    "a huge head": answer(headers={f"X-{n}": "x" * 30_000 for n in range(100)}),
}


@pytest.mark.parametrize("case", LARGE_HEADS)
def test_a_head_of_megabytes_is_too_large(web: Loopback, case: str) -> None:
    site = web.site({"/": raw(LARGE_HEADS[case])})
    assert failure(f"{site.url}/").kind is FailureKind.TOO_LARGE


def test_a_flood_of_interim_answers_ends(web: Loopback) -> None:
    async def flood(request: Request, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.001)

    site = web.site({"/": flood})
    error = failure(f"{site.url}/", replace(POLICY, timeout=0.5))
    assert error.kind in (FailureKind.TIMEOUT, FailureKind.PROTOCOL_ERROR)


def test_a_closed_port_and_a_silent_close_are_connection_errors(web: Loopback) -> None:
    site = web.site({"/": raw(b"")})
    assert failure(f"{site.url}/").kind is FailureKind.CONNECTION_ERROR
    assert failure("http://127.0.0.1:1/").kind is FailureKind.CONNECTION_ERROR


def test_a_name_that_does_not_resolve_is_a_dns_error() -> None:
    assert failure("http://nothing.invalid/").kind is FailureKind.DNS_ERROR


def test_plain_text_instead_of_tls_is_a_tls_error(web: Loopback) -> None:
    site = web.site({}, greeting=b"220 mail.example ESMTP\r\n")
    assert failure(site.url.replace("http", "https")).kind is FailureKind.TLS_ERROR


def test_a_certificate_that_nobody_vouches_for_is_a_tls_error(
    web: Loopback, tmp_path: Path
) -> None:
    site = web.site({"/": answer()}, tls=self_signed(tmp_path))
    error = failure(f"{site.url}/")
    assert error.kind is FailureKind.TLS_ERROR
    assert site.requests == []


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server context with a fresh certificate of its own for localhost."""
    x509 = pytest.importorskip("cryptography.x509", reason="makes the certificate")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "server.pem"
    file.write_bytes(private + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml", "text/plain", "",
     "application/octet-stream", "text/html,text/html", "text/html charset=utf-8"],
)  # fmt: skip
def test_text_is_read_and_so_is_what_says_nothing(web: Loopback, content_type: str) -> None:
    site = web.site({"/": answer(b"text", content_type=content_type)})
    assert fetch(f"{site.url}/", accept=PAGE).body == b"text"


@pytest.mark.parametrize("content_type", ["video/mp4", "APPLICATION/PDF; x=y", "image/png"])
def test_other_types_are_refused_before_the_body(web: Loopback, content_type: str) -> None:
    async def big(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(content_type=content_type, content_length="90000"))
        await hang(request, writer)

    site = web.site({"/": big})
    with pytest.raises(ContentTypeRefused) as caught:
        fetch(f"{site.url}/", accept=PAGE)
    assert caught.value.mime_type == content_type.partition(";")[0].lower()
    assert 0 < caught.value.elapsed < 1.0


def test_a_refused_status_counts_more_than_the_content_type(web: Loopback) -> None:
    site = web.site({"/": answer(b"{}", 429, content_type="application/json", retry_after="7")})
    error = failure(f"{site.url}/", accept=PAGE)
    assert (error.kind, error.status, error.retry_after) == (FailureKind.RATE_LIMITED, 429, 7)


def test_header_bytes_outside_utf8_leave_no_surrogates(web: Loopback) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Name: caf\xe9\r\n\r\n"
    site = web.site({"/": raw(head)})
    value = fetch(f"{site.url}/").header("x-name")
    assert value is not None
    assert value.encode() == "caf\ufffd".encode()


def test_an_unknown_exception_is_an_internal_error() -> None:
    error = translate(KeyError("x"), "https://example.org/")
    assert error.kind is FailureKind.INTERNAL_ERROR
    assert "KeyError" in error.message


def test_a_client_that_was_not_opened_says_so() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        asyncio.run(HttpFetcher(POLICY).fetch("http://127.0.0.1:1/"))


def test_the_fake_answers_and_keeps_a_logbook() -> None:
    page = Response(
        "https://a.example/", "https://a.example/", 200, (), b"x", datetime.now(timezone.utc), 1
    )
    gone = FetchError(FailureKind.GONE, "gone")
    fake = FakeFetcher({"https://a.example/": page, "https://b.example/": gone})

    async def run() -> list[Any]:
        urls = ["https://a.example/", "https://b.example/", "https://c.example/"]
        calls = [fake.fetch(url, headers={"X": "y"}) for url in urls]
        return await asyncio.gather(*calls, return_exceptions=True)

    first, second, third = asyncio.run(run())
    assert first is page
    assert second is gone
    assert third.kind is FailureKind.NOT_FOUND
    assert [call.url[8] for call in fake.calls] == ["a", "b", "c"]
    assert fake.calls[0].headers == {"X": "y"}
    assert fake.calls[0].accept is ANYTHING
