"""How feeds and pages are treated over days and weeks, as the servers' logbooks show it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.routes import (
    COOKIE,
    World,
    always,
    any_page,
    fast_posts,
    feed,
    in_turn,
    validated,
    weekly_posts,
    with_headers,
)
from tests.pipelines.simulation import (
    ATTEMPTS,
    MAX_INTERVAL,
    MIN_INTERVAL,
    MISSING,
    START,
    Answer,
    Ask,
    Host,
    Post,
    Route,
    Simulation,
    days,
    gaps,
    hours,
    http_date,
    minutes,
    page,
    rss,
    simulated,
)
from transforms.state import load_state

ODD_VALIDATORS = {
    "weak": ('W/"a1"', "Mon, 02 Mar 2026 00:00:00 GMT"),
    "spaces": ('"a b, c"', "Mon Mar  2 00:00:00 2026"),
    "bare": ("a1-no-quotes", "2026-03-02T00:00:00Z"),
    "half": ('"a1', "MON, 02 MAR 2026 00:00:00 GMT"),
    "empty": ('""', "0"),
    "backslash": ('"a\\"1"', "Mon, 02 Mar 2026 01:00:00 +0100"),
    "two": ('"a1", "b2"', "lundi 2 mars 2026"),
    "only etag": ('"A1"', None),
    "only date": (None, "Monday, 02-Mar-26 00:00:00 GMT"),
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with simulated(tmp_path / "dataset") as made:
        yield made


def test_validators_go_back_byte_for_byte(world: World) -> None:
    simulation, scripted_web = world
    host = scripted_web.host()
    for name, validators in ODD_VALIDATORS.items():
        headers = zip(("ETag", "Last-Modified"), validators, strict=True)
        sent = tuple((header, value) for header, value in headers if value)
        path = f"/{name.replace(' ', '-')}"
        host.routes[path] = with_headers(feed([]), *sent, COOKIE)
        simulation.add(host, path)
    for _ in range(2):
        simulation.run()
        simulation.now += days(1)
    for name, (etag, last_modified) in ODD_VALIDATORS.items():
        first, second = host.asked(f"/{name.replace(' ', '-')}")
        assert first.conditions == {}
        expected = {"if-none-match": etag, "if-modified-since": last_modified}
        assert second.conditions == {key: value for key, value in expected.items() if value}
    for ask in host.log:
        assert not {"cookie", "referer", "cache-control", "pragma"} & ask.headers.keys()
        assert "?" not in ask.path
        assert "gzip" in ask.headers["accept-encoding"]
        assert ask.headers["user-agent"] == simulation.user_agent


def test_retry_after_holds_even_on_demand(world: World) -> None:
    simulation, web = world
    until = http_date(START + hours(2))
    hosts = []
    for status in (429, 503):
        for retry_after in ("7200", until):
            busy = Answer(status, headers=(("Retry-After", retry_after),))
            host = web.host()
            host.routes["/feed"] = in_turn(always(busy), feed([]))
            simulation.add(host)
            hosts.append(host)
    simulation.run()
    simulation.now = START + hours(2) - timedelta(seconds=1)
    assert simulation.run(ask_all=True)["feeds"]["due"] == 0
    simulation.now = START + hours(2)
    assert simulation.run(ask_all=True)["feeds"]["changed"] == 4
    for host in hosts:
        assert host.times("/feed") == [START, START + hours(2)]


def test_a_run_with_nothing_to_do_does_nothing(world: World) -> None:
    simulation, scripted_web = world
    host = scripted_web.host()
    host.routes |= {"/feed": feed([Post(host.base + "/a")]), "/a": always(page("Melvane"))}
    simulation.add(host)
    simulation.run()
    asked, state = len(host.log), load_state(str(simulation.output))
    simulation.now += minutes(9)
    assert not simulation.is_anything_due()
    summary = simulation.run()
    assert (summary["entries"]["announced"], summary["files"]) == (0, [])
    assert len(host.log) == asked
    assert load_state(str(simulation.output)) == state


BROKEN_FOR = hours(20)
SKIPPED_HOURS = range(2, 6)
FEEDS = (
    *("fast", "weekly", "plain", "cached", "expires", "ttl", "hours", "weekday", "period"),
    *("broken", "missing", "gone", "html", "pages", "links", "shy"),
)
FLAKY_TRIES = 4
RETRY_AFTER = 7200
QUICK_PART = hours(3)
PARTS = ((QUICK_PART, minutes(10)), (hours(9), hours(1)), (hours(28), hours(2)))
"""How long runs come how often."""


@dataclass
class TwoDays:
    """Forty hours of runs."""

    simulation: Simulation
    hosts: dict[str, Host]
    on_demand: dict[str, Any]
    asked_on_demand: dict[str, int]

    def gaps(self, name: str) -> list[float]:
        return self.hosts[name].gaps("/feed")

    def asked(self, name: str, path: str = "/feed") -> list[Ask]:
        return self.hosts[name].asked(path)


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoDays]:
    with simulated(tmp_path_factory.mktemp("courtesy") / "dataset") as (simulation, web):
        hosts = {name: web.host() for name in FEEDS}
        for host in hosts.values():
            simulation.add(host)
        hosts["crowded"] = web.host()
        script(hosts)
        simulation.run()
        simulation.now += minutes(5)
        before = {name: len(host.asked("/feed")) for name, host in hosts.items()}
        on_demand = simulation.run(ask_all=True)
        asked = {name: len(host.asked("/feed")) - before[name] for name, host in hosts.items()}
        simulation.now += minutes(5)
        for duration, every in PARTS:
            simulation.run_for(duration, every)
        yield TwoDays(simulation, hosts, on_demand, asked)


def script(hosts: dict[str, Host]) -> None:
    base = {name: host.base for name, host in hosts.items()}
    old: list[Post] = []
    feeds: dict[str, Route] = {
        "fast": validated(feed(fast_posts(base["fast"]))),
        "weekly": validated(feed(weekly_posts(base["weekly"]))),
        "plain": feed(old),
        "cached": with_headers(feed(old), ("Cache-Control", "public, max-age=7200")),
        "expires": lambda ask: Answer(
            body=rss(old), headers=(("Expires", http_date(ask.at + hours(3))),)
        ),
        "ttl": validated(feed(old, "<ttl>240</ttl>")),
        "hours": validated(
            feed(
                old,
                "<skipHours>"
                + "".join(f"<hour>{h}</hour>" for h in SKIPPED_HOURS)
                + "</skipHours>",
            )
        ),
        "weekday": validated(feed(old, "<skipDays><day>Tuesday</day></skipDays>")),
        "period": validated(
            feed(
                old,
                "<sy:updatePeriod>daily</sy:updatePeriod>"
                "<sy:updateFrequency>6</sy:updateFrequency>",
            )
        ),
        "broken": lambda ask: Answer(500) if ask.at < START + BROKEN_FOR else feed(old)(ask),
        "missing": always(MISSING),
        "gone": in_turn(feed(old), always(Answer(410))),
        "html": always(page("Melvane")),
        "pages": validated(
            feed([Post(f"{base['pages']}/{name}") for name in ("good", "flaky", "dead", "lost")])
        ),
        "links": validated(feed([Post(f"{base['crowded']}/{name}") for name in "abc"])),
        "shy": feed(old),
    }
    for name, route in feeds.items():
        hosts[name].routes["/feed"] = route
    for number in range(-40, 160):
        hosts["fast"].routes[f"/n{number}"] = any_page("fast")
        hosts["weekly"].routes[f"/w{number}"] = any_page("weekly")
    busy = always(Answer(503))
    hosts["pages"].routes |= {
        "/good": any_page("good"),
        "/flaky": in_turn(*[busy] * (FLAKY_TRIES - 1), any_page("flaky")),
        "/dead": busy,
    }
    wait = Answer(503, headers=(("Retry-After", str(RETRY_AFTER)),))
    hosts["shy"].routes["/robots.txt"] = in_turn(always(wait), always(MISSING))
    for path in ("/a", "/b", "/c"):
        hosts["crowded"].routes[path] = lambda ask: (
            wait if ask.at < START + timedelta(seconds=RETRY_AFTER) else page(ask.path)
        )


@pytest.mark.slow
class TestTwoDays:
    def test_on_demand_all_feeds_are_asked_once(self, two_days: TwoDays) -> None:
        asked = two_days.asked_on_demand
        assert {name for name, times in asked.items() if times != 1} == {"shy", "crowded"}
        assert (asked["shy"], asked["crowded"]) == (0, 0)
        assert two_days.on_demand["feeds"]["due"] == len(asked) - 2

    def test_no_feed_is_asked_before_its_shortest_interval(self, two_days: TwoDays) -> None:
        for name in two_days.hosts:
            assert min(two_days.gaps(name)[1:], default=MIN_INTERVAL) >= MIN_INTERVAL, name

    def test_only_the_first_request_has_no_condition(self, two_days: TwoDays) -> None:
        for name in ("fast", "weekly", "ttl", "hours", "weekday", "period", "pages"):
            first, *others = two_days.asked(name)
            assert first.conditions == {}
            assert others
            assert all(ask.conditions for ask in others), name
        assert not any(ask.conditions for ask in two_days.asked("plain"))

    def test_a_fast_feed_is_followed(self, two_days: TwoDays) -> None:
        times = [at for at in two_days.hosts["fast"].times("/feed") if at > START + hours(1)]
        in_time = [at for at in times if at < START + QUICK_PART]
        assert set(gaps(in_time)) <= {600.0, 1200.0}

    def test_every_entry_of_a_fast_feed_is_written_once(self, two_days: TwoDays) -> None:
        base = two_days.hosts["fast"].base
        urls = [row["url"] for row in two_days.simulation.records() if row["url"].startswith(base)]
        assert len(urls) == len(set(urls)) > 120

    def test_a_weekly_feed_is_asked_daily(self, two_days: TwoDays) -> None:
        (gap,) = two_days.gaps("weekly")[1:]
        assert MAX_INTERVAL <= gap <= MAX_INTERVAL + 7200

    def test_a_quiet_feed_is_asked_less_and_less(self, two_days: TwoDays) -> None:
        gaps = two_days.gaps("plain")[1:]
        assert gaps[0] <= 1200
        assert gaps[-1] >= 3 * 3600

    @pytest.mark.parametrize(
        ("name", "seconds"),
        [("cached", 7200), ("expires", 10_800), ("ttl", 14_400), ("period", 14_400)],
    )
    def test_what_a_feed_says_of_its_rhythm_is_honoured(
        self, two_days: TwoDays, name: str, seconds: float
    ) -> None:
        gaps = two_days.gaps(name)[1:]
        assert len(gaps) >= 3
        assert min(gaps) >= seconds
        assert gaps[0] <= seconds * 1.1 + 7200

    def test_skipped_hours_and_days_are_honoured(self, two_days: TwoDays) -> None:
        times = two_days.hosts["hours"].times("/feed")
        assert len(times) > 10
        assert not [at for at in times if at.hour in SKIPPED_HOURS]
        times = two_days.hosts["weekday"].times("/feed")
        assert len(times) > 5
        assert {at.strftime("%A") for at in times} == {"Monday"}

    def test_errors_are_followed_by_doubling_waits_and_recovery_ends_them(
        self, two_days: TwoDays
    ) -> None:
        times = two_days.hosts["broken"].times("/feed")[1:]
        end = START + BROKEN_FOR
        failing = [at for at in times if at < end]
        for errors, gap in enumerate(gaps(failing), start=2):  # the second one was on demand
            base = MIN_INTERVAL * 2 ** (errors - 1)
            assert base <= gap <= base * 1.1 + 7200
            if failing[errors - 1] < START + QUICK_PART:
                assert gap <= base * 1.1 + 600
        assert len(failing) <= 8
        well = [at for at in times if at >= end]
        assert (well[1] - well[0]) <= hours(2)

    def test_a_missing_feed_is_asked_ever_more_rarely_but_not_given_up(
        self, two_days: TwoDays
    ) -> None:
        for name in ("missing", "html"):
            gaps = two_days.gaps(name)[1:]
            assert gaps == sorted(gaps), name
            assert 6 <= len(gaps) <= 8, name
            assert max(gaps) <= MAX_INTERVAL + 7200, name

    def test_what_is_gone_is_not_asked_again(self, two_days: TwoDays) -> None:
        assert len(two_days.asked("gone")) == 2
        rows = [row for row in two_days.simulation.failures() if row["kind"] == "gone"]
        assert [row["next_attempt_at"] for row in rows] == [None]

    def test_a_page_that_works_at_last_is_written_once(self, two_days: TwoDays) -> None:
        records = [row for row in two_days.simulation.records() if row["url"].endswith("/flaky")]
        assert len(records) == 1
        asked = two_days.hosts["pages"].times("/flaky")
        assert len(asked) == FLAKY_TRIES
        gaps = two_days.hosts["pages"].gaps("/flaky")
        assert all(gap >= 600 * 2**number for number, gap in enumerate(gaps))
        state = load_state(str(two_days.simulation.output))
        assert not [row for row in state if getattr(row, "status", "") == "pending"]

    def test_a_page_that_never_works_is_a_dead_letter_with_its_history(
        self, two_days: TwoDays
    ) -> None:
        asked = two_days.hosts["pages"].times("/dead")
        assert len(asked) == ATTEMPTS
        (row,) = [row for row in two_days.simulation.failures() if row["url"].endswith("/dead")]
        assert (row["attempts"], row["kind"], row["next_attempt_at"]) == (
            ATTEMPTS, "server_error", None
        )  # fmt: skip
        assert row["first_failed_at"] == START
        for at in asked:
            assert f"{at:%Y-%m-%dT%H:%M:%SZ} server_error" in row["message"]
        assert len(two_days.hosts["pages"].asked("/lost")) == 1

    def test_a_host_that_asks_to_wait_is_left_alone_by_all_that_lies_there(
        self, two_days: TwoDays
    ) -> None:
        crowded = two_days.hosts["crowded"]
        asked = sorted(ask.at for ask in crowded.log if ask.path != "/robots.txt")
        assert asked[0] == START
        over = START + timedelta(seconds=RETRY_AFTER)
        assert [at >= over for at in asked] == [False, True, True, True]
        urls = [row["url"] for row in two_days.simulation.records()]
        assert [urls.count(crowded.base + path) for path in ("/a", "/b", "/c")] == [1, 1, 1]

    def test_a_robots_txt_that_asks_to_wait_is_left_alone(self, two_days: TwoDays) -> None:
        over = START + timedelta(seconds=RETRY_AFTER)
        shy = two_days.hosts["shy"]
        assert shy.times("/robots.txt")[0] == START
        assert min(shy.times("/robots.txt")[1:]) >= over
        assert min(shy.times("/feed")) >= over

    def test_the_balance_of_all_runs(self, two_days: TwoDays) -> None:
        total = two_days.simulation.total
        assert total("failed") == 2
        waits = (FLAKY_TRIES - 1) + (ATTEMPTS - 1) + len("abc")
        assert total("pending") == total("carried_over") == waits
        assert total("written") == len(two_days.simulation.records())

    def test_every_request_is_a_guests(self, two_days: TwoDays) -> None:
        for host in two_days.hosts.values():
            for ask in host.log:
                assert ask.headers["user-agent"] == two_days.simulation.user_agent
                assert not {"cookie", "referer"} & ask.headers.keys()
                assert "?" not in ask.path
