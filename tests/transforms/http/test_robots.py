"""robots.txt: the rules, who is asked, and what its absence means."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.http.loopback import Loopback, answer, endless, redirect
from tests.transforms.http.test_politeness import ManualClock
from transforms.elements import Response
from transforms.failures import FailureKind
from transforms.http.client import FakeFetcher, HttpFetcher
from transforms.http.errors import ContentTypeRefused, FetchError
from transforms.http.policy import FetchPolicy
from transforms.http.robots import (
    CACHE_ORIGINS,
    CACHE_SECONDS,
    UNREACHABLE_SECONDS,
    Robots,
    RobotsCache,
    RobotsDecision,
    RobotsRules,
    product_token,
)

POLICY = FetchPolicy(allow_private_networks=True, timeout=2.0)
SITE = "https://news.example"
FILE = f"{SITE}/robots.txt"


def text(body: str, status: int = 200) -> Response:
    now = datetime.now(timezone.utc)
    return Response(FILE, FILE, status, (), body.encode(), now, 1)


def allowed(robots_txt: str, path: str, agent: str = "newsbeam") -> bool:
    return RobotsRules(robots_txt.encode(), agent).decide(f"{SITE}{path}").allowed


def decide(robots: Robots, *urls: str) -> list[Any]:
    async def run() -> list[Any]:
        return await asyncio.gather(*map(robots.decide, urls), return_exceptions=True)

    return asyncio.run(run())


RULES = """
User-agent: *
Disallow: /
Crawl-delay: 99

# both of us
User-agent: OtherBot
user-AGENT : NewsBeam   # that is us
Disallow: /private
Allow: /private/press
Disallow: /*?print=
Disallow: /*.pdf$
Crawl-delay: 2.5

User-agent: news
Disallow: /only-for-news
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", True),
        ("/article", True),
        ("/private/x", False),
        ("/private/press/1", True),
        ("/a?print=1", False),
        ("/a?x=1&print=1", True),
        ("/doc.pdf", False),
        ("/doc.pdf?x=1", True),
        ("/only-for-news", True),
        ("/robots.txt", True),
    ],
)
def test_the_group_of_our_token_counts_and_no_other(path: str, expected: bool) -> None:
    assert allowed(RULES, path) is expected


def test_others_get_the_group_of_everybody() -> None:
    assert not allowed(RULES, "/article", "somebody")
    assert not allowed(RULES, "/article", "newsbeamer")


def test_crawl_delay_is_bounded() -> None:
    assert RobotsRules(RULES.encode(), "newsbeam").decide(f"{SITE}/") == RobotsDecision(True, 2.5)
    assert RobotsRules(RULES.encode(), "x").decide(f"{SITE}/") == RobotsDecision(False, 60.0)


@pytest.mark.parametrize(
    "line", ["User-agent: newsbeam", "User agent newsbeam/2.0", "USERAGENT:newsbeam*"]
)
def test_sloppy_user_agent_lines_count(line: str) -> None:
    assert not allowed(f"\ufeff{line}\nDisallow: /x", "/x")


def test_non_ascii_paths_match_in_either_spelling() -> None:
    assert not allowed("User-agent: *\nDisallow: /città", "/citt%C3%A0/1")
    assert not allowed("User-agent: *\nDisallow: /citt%c3%a0", "/citt%C3%A0/1")


@given(st.binary(max_size=400), st.text(max_size=20))
def test_any_bytes_are_rules(body: bytes, path: str) -> None:
    RobotsRules(b"User-agent: *\nDisallow: " + body, "newsbeam").decide(f"{SITE}/{path}")
    RobotsRules(body, "newsbeam").decide(f"{SITE}/")


def test_hostile_rules_cost_little_time() -> None:
    agents = "".join(f"user-agent:{n}\n" for n in range(15_000))
    many = (agents + "allow:/a\n" * 27_000).encode()
    wild = ("user-agent:*\n" + "disallow:/" + "*a" * 5_000 + "b\n") * 45
    start = time.process_time()
    for body in (many, wild.encode()):
        RobotsRules(body[:512_000], "newsbeam").decide(f"{SITE}/{'a' * 8_000}")
    assert time.process_time() - start < 6.0


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("newsbeam/1.0 (+https://example.org/bot)", "newsbeam"),
        ("NewsBot", "newsbot"),
        ("my bot", "my"),
        ("", "newsbeam"),
    ],
)
def test_the_product_token(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token


def test_an_origin_is_asked_once_even_by_many_at_once() -> None:
    fake = FakeFetcher({FILE: text("User-agent: *\nDisallow: /no")})
    robots = Robots(fake, POLICY)
    decisions = decide(robots, f"{SITE}/yes", f"{SITE}/no", f"{SITE}:443/no/1", f"{SITE}/yes?no")
    assert [decision.allowed for decision in decisions] == [True, False, False, True]
    assert [call.url for call in fake.calls] == [FILE]


def test_each_scheme_and_port_has_a_robots_txt_of_its_own() -> None:
    fake = FakeFetcher({})
    decide(Robots(fake, POLICY), f"{SITE}/", "http://news.example/", f"{SITE}:8443/")
    assert {call.url for call in fake.calls} == {
        FILE,
        "http://news.example/robots.txt",
        "https://news.example:8443/robots.txt",
    }


def test_it_is_asked_again_after_a_day() -> None:
    clock = ManualClock()
    fake = FakeFetcher({FILE: text("User-agent: *\nDisallow: /")})
    robots = Robots(fake, POLICY, clock=clock)
    for wait in (0, CACHE_SECONDS - 1, 1):
        clock.time += wait
        assert decide(robots, f"{SITE}/") == [RobotsDecision(False)]
    assert len(fake.calls) == 2


def status_error(status: int, kind: FailureKind) -> FetchError:
    return FetchError(kind, f"answered {status}", status=status)


@pytest.mark.parametrize(
    "error",
    [
        status_error(404, FailureKind.NOT_FOUND),
        status_error(410, FailureKind.GONE),
        status_error(403, FailureKind.REFUSED),
        status_error(418, FailureKind.CLIENT_ERROR),
        FetchError(FailureKind.TOO_MANY_REDIRECTS, "more than 5"),
        ContentTypeRefused("image/png"),
    ],
)
def test_without_a_robots_txt_everything_is_allowed(error: Exception) -> None:
    robots = Robots(FakeFetcher({FILE: error}), POLICY)
    assert decide(robots, f"{SITE}/") == [RobotsDecision(True)]


@pytest.mark.parametrize(
    "error",
    [
        status_error(500, FailureKind.SERVER_ERROR),
        FetchError(FailureKind.TIMEOUT, "too slow"),
        FetchError(FailureKind.CONNECTION_ERROR, "refused"),
        FetchError(FailureKind.TLS_ERROR, "certificate"),
    ],
)
def test_an_unreachable_robots_txt_forbids_for_ten_minutes(error: FetchError) -> None:
    clock = ManualClock()
    fake = FakeFetcher({FILE: error})
    robots = Robots(fake, POLICY, clock=clock)
    for wait in (0, UNREACHABLE_SECONDS - 1, 1):
        clock.time += wait
        (result,) = decide(robots, f"{SITE}/")
        assert result.kind is FailureKind.ROBOTS_UNREACHABLE
        assert error.message in result.message
    assert len(fake.calls) == 2


@pytest.mark.parametrize("kind", [FailureKind.DNS_ERROR, FailureKind.FORBIDDEN_ADDRESS])
def test_what_is_wrong_with_the_host_keeps_its_kind(kind: FailureKind) -> None:
    robots = Robots(FakeFetcher({FILE: FetchError(kind, "x")}), POLICY)
    (result,) = decide(robots, f"{SITE}/")
    assert result.kind is kind


def test_a_rate_limit_is_not_leave_and_is_not_remembered() -> None:
    fake = FakeFetcher({FILE: status_error(429, FailureKind.RATE_LIMITED)})
    robots = Robots(fake, POLICY)
    for _ in range(2):
        (result,) = decide(robots, f"{SITE}/")
        assert result.kind is FailureKind.RATE_LIMITED
    assert len(fake.calls) == 2


def test_it_can_be_ignored() -> None:
    fake = FakeFetcher({FILE: text("User-agent: *\nDisallow: /")})
    robots = Robots(fake, replace(POLICY, robots="ignore"))
    assert decide(robots, f"{SITE}/") == [RobotsDecision(True)]
    assert fake.calls == []


def test_the_cache_keeps_the_most_recently_used() -> None:
    cache = RobotsCache()
    rules = RobotsRules(b"", "newsbeam")
    for number in range(CACHE_ORIGINS):
        cache.put(f"https://{number}.example", rules, 0.0)
    assert cache.get("https://0.example", 1.0) is rules
    cache.put("https://new.example", rules, 1.0)
    assert cache.get("https://0.example", 1.0) is rules
    assert cache.get("https://1.example", 1.0) is None


@pytest.fixture
def web() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


def over_http(url: str) -> bool:
    async def run() -> bool:
        async with HttpFetcher(POLICY) as fetcher:
            return (await Robots(fetcher, POLICY).decide(url)).allowed

    return asyncio.run(run())


def test_five_redirects_are_followed_even_to_other_hosts(web: Loopback) -> None:
    there = web.site({"/r": answer(b"User-agent: *\nDisallow: /")}, host="127.0.0.2")
    hops = {f"/{n}": redirect(f"/{n + 1}") for n in range(1, 4)}
    site = web.site({"/robots.txt": redirect("/1"), **hops, "/4": redirect(f"{there.url}/r")})
    assert not over_http(f"{site.url}/x")
    assert len(there.requests) == 1


def test_more_redirects_are_no_robots_txt(web: Loopback) -> None:
    hops = {f"/{n}": redirect(f"/{n + 1}") for n in range(1, 9)}
    site = web.site({"/robots.txt": redirect("/1"), **hops})
    assert over_http(f"{site.url}/x")
    assert len(site.requests) == 6


def test_only_the_first_500_kib_count(web: Loopback) -> None:
    head = b"User-agent: *\nDisallow: /secret\n"
    cut = b"Disallow: /" + b"x" * 40
    filler = b"# " + b"x" * (512_000 - len(head) - 11 - 3) + b"\n"
    site = web.site({"/robots.txt": answer(head + filler + cut, content_type="text/plain")})
    assert not over_http(f"{site.url}/secret")
    assert over_http(f"{site.url}/")  # "Disallow: /", cut from a longer line, does not count


def test_an_endless_robots_txt_ends(web: Loopback) -> None:
    site = web.site({"/robots.txt": endless})
    assert over_http(f"{site.url}/x")


@pytest.mark.parametrize(
    ("robots_txt", "opts_out"),
    [
        ("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n", True),
        ("User-agent: gptbot/1.1\nDisallow: /\n", True),
        ("User-agent: Google-Extended\nDisallow: /premium/\n", None),
        ("User-agent: *\nDisallow: /private/\nDisallow: /a\n", None),
        ("User-agent: GPTBot\nDisallow: /\nAllow: /a\n", None),
        ("", None),
    ],
)
def test_publishers_that_keep_ai_training_out(robots_txt: str, opts_out: bool | None) -> None:
    decision = RobotsRules(robots_txt.encode(), "newsbeam").decide(f"{SITE}/a")
    assert decision.ai_opt_out is opts_out
