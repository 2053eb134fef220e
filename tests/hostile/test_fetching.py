"""Servers that try to lead a request elsewhere, or to break the next one."""

import asyncio
import math
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import FEED, NOW, make_response
from tests.hostile.hostile_web import drip_headers, raw
from tests.transforms.http.asking import POLICY, failure, fetch
from tests.transforms.http.loopback import Loopback, answer, redirect
from transforms.elements import FeedDocument
from transforms.failures import FailureKind
from transforms.http import address
from transforms.http.address import GuardedResolver
from transforms.http.client import HttpFetcher
from transforms.http.errors import FetchError
from transforms.http.policy import FetchPolicy
from transforms.http.robots import RobotsRules
from transforms.state.feeds import MAX_VALIDATOR, answer_of

INSIDE, OUTSIDE = "127.0.0.1", "127.0.0.5"


def test_a_name_that_moves_inside_between_two_requests_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding through the real client: 127.0.0.5 plays a public address."""
    judge = address.check_address

    def check(found: Any, policy: FetchPolicy) -> None:
        if str(found) != OUTSIDE:
            judge(found, policy)

    monkeypatch.setattr(address, "check_address", check)
    answers = [OUTSIDE, INSIDE]

    def lookup(host: str, port: int, family: int) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    with Loopback() as web:
        outside = web.site({"/": answer(b"public")}, host=OUTSIDE)
        port = int(outside.url.rpartition(":")[2])
        inside = web.site({"/": answer(b"secret")}, host=INSIDE, port=port)
        policy = FetchPolicy(allowed_ports=(port,), timeout=5)

        async def ask() -> bytes:
            async with HttpFetcher(policy, GuardedResolver(policy, lookup)) as fetcher:
                return (await fetcher.fetch(f"http://news.example:{port}/")).body

        assert asyncio.run(ask()) == b"public"
        with pytest.raises(FetchError) as caught:
            asyncio.run(ask())
        assert caught.value.kind is FailureKind.FORBIDDEN_ADDRESS
        assert inside.connections == 0


LOCATIONS = {
    b"//evil.invalid/x": FailureKind.DNS_ERROR,
    b"\\\\evil.invalid\\x": FailureKind.DNS_ERROR,
    b"/\\evil.invalid/x": FailureKind.DNS_ERROR,
    b"http://127.0.0.1:80@evil.invalid/": FailureKind.DNS_ERROR,
    b"http://evil.invalid\t/x": FailureKind.DNS_ERROR,
    "http://ｅvil.invalid/".encode(): FailureKind.DNS_ERROR,
    b"http://evil.invalid /x": FailureKind.BAD_URL,
    b"javascript:alert(1)": FailureKind.BAD_URL,
    b"data:text/html,x": FailureKind.BAD_URL,
    b"http://127.0.0.1:0/": FailureKind.BAD_URL,
    b"/" + b"x" * 30_000: FailureKind.BAD_URL,
    b"http://2852039166/": FailureKind.FORBIDDEN_ADDRESS,
    b"http://[64:ff9b::a9fe:a9fe]/": FailureKind.FORBIDDEN_ADDRESS,
    b"/x\rX-Injected: 1": FailureKind.PROTOCOL_ERROR,
    b"/a\0b": FailureKind.PROTOCOL_ERROR,
    b"#only-a-fragment": FailureKind.TOO_MANY_REDIRECTS,
    "/café\u202e".encode(): FailureKind.NOT_FOUND,
    b"/%0d%0aX-Injected:%201": FailureKind.NOT_FOUND,
    b"/\xff\xfe": FailureKind.NOT_FOUND,
}


@pytest.mark.parametrize("location", LOCATIONS, ids=ascii)
def test_odd_locations(location: bytes) -> None:
    head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
    with Loopback() as web:
        site = web.site({"/": raw(head + location + b"\r\n\r\n")})
        error = failure(f"{site.url}/")
        assert error.kind is LOCATIONS[location]
        assert error.message.isprintable()
        assert not any("x-injected" in request.headers for request in site.requests)


def test_headers_that_drip_meet_the_deadline() -> None:
    with Loopback() as web:
        site = web.site({"/": drip_headers})
        assert failure(f"{site.url}/", timeout_policy(0.5)).kind is FailureKind.TIMEOUT


def timeout_policy(seconds: float) -> FetchPolicy:
    return FetchPolicy(timeout=seconds, allow_private_networks=True)


VALIDATORS = {
    '"a-1"': True,
    'W/"2026"': True,
    '"é"': True,
    "x" * MAX_VALIDATOR: True,
    "x" * (MAX_VALIDATOR + 1): False,
    '"\x1b[31m"': False,
    '"a\tb"': False,
    '"\x7f"': False,
    '"\u202e"': False,
    '"\ufffd"': False,
    "": False,
}


@pytest.mark.parametrize("value", VALIDATORS, ids=ascii)
def test_a_validator_that_could_not_be_sent_back_is_dropped(value: str) -> None:
    response = make_response(b"<rss/>", headers=(("etag", value), ("last-modified", value)))
    remembered = answer_of(FeedDocument(FEED, response))
    kept = value if VALIDATORS[value] else None
    assert (remembered.etag, remembered.last_modified) == (kept, kept)
    if kept:
        with Loopback() as web:
            site = web.site({"/": answer(b"x")})
            fetch(f"{site.url}/", headers={"If-None-Match": kept})
            assert len(site.requests) == 1


_WORDS = [
    *("Wed,", "28", "Jan", "2026", "12:00:00", "GMT", "+0000", "99", "9999999999999999", "AM"),
    *'()<>,;:."-+٣²', "max-age=", "NaN", "1e999",
]  # fmt: skip
_VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.lists(st.sampled_from(_WORDS), max_size=9).map(" ".join),
)


@given(_VALUES, _VALUES)
def test_no_header_of_a_feed_can_end_a_run(value: str, other: str) -> None:
    headers = (
        ("expires", value),
        ("date", other),
        ("cache-control", f"max-age={value}"),
        ("age", value),
        ("etag", value),
        ("last-modified", other),
    )
    remembered = answer_of(FeedDocument(FEED, make_response(b"", headers=headers)))
    assert math.isfinite(remembered.fresh)
    assert remembered.asked_at == NOW


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        ("nan", None),
        ("-5", None),
        ("1e999", None),
        ("1e9", 60.0),
        ("99999999999", 60.0),
        ("2", 2.0),
        ("x", None),
    ],
)
def test_crawl_delays(delay: str, seconds: float | None) -> None:
    rules = RobotsRules(f"User-agent: *\nCrawl-delay: {delay}\n".encode(), "newsbeam")
    assert rules.decide("https://news.example/").crawl_delay == seconds


def test_redirects_between_hosts_end() -> None:
    """A loop over two hosts whose addresses never repeat."""
    with Loopback() as web:
        there = web.site({}, host="127.0.0.2")
        here = web.site({f"/{n}": redirect(f"{there.url}/{n}") for n in range(50)})
        there.routes = {f"/{n}": redirect(f"{here.url}/{n + 1}") for n in range(50)}
        assert failure(f"{here.url}/0").kind is FailureKind.TOO_MANY_REDIRECTS
        assert len(here.requests) + len(there.requests) == POLICY.max_redirects + 1
