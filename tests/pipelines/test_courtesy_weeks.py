"""How a feed is treated over seven weeks, as the servers' logbooks show it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.pipelines.routes import any_page, feed, redirect, validated, weekly_posts
from tests.pipelines.simulation import (
    START,
    Answer,
    Ask,
    Host,
    Post,
    Route,
    Simulation,
    days,
    rss,
    simulated,
)
from transforms.state import feed_states, load_state
from transforms.state.feeds import MOVE_ERRORS, MOVES_CONFIRMED, REFRESH_SECONDS

LIE_ENDS = ("/liar0", "/liar1")
MOVED_BACK = START + days(12)


@dataclass
class SevenWeeks:
    simulation: Simulation
    hosts: dict[str, Host]


@pytest.fixture(scope="module")
def seven_weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SevenWeeks]:
    """A run a day for two weeks, then every third day."""
    with simulated(tmp_path_factory.mktemp("weeks") / "dataset") as (simulation, web):
        names = ("static", "weekly", "liar", "old", "new", "temporary", "dying", "heir")
        hosts = {name: web.host() for name in names}
        base = {name: host.base for name, host in hosts.items()}
        static = [Post(f"{base['static']}/s{n}", START - days(n)) for n in range(3)]
        hosts["static"].routes["/feed"] = validated(feed(static))
        hosts["weekly"].routes["/feed"] = validated(feed(weekly_posts(base["weekly"])))
        hosts["liar"].routes["/feed"] = liar(base["liar"])
        for status in (301, 308):
            hosts["old"].routes[f"/{status}"] = redirect(status, f"{base['new']}/{status}")
            hosts["new"].routes[f"/{status}"] = validated(feed([]))
        for status in (302, 307):
            target = f"{base['new']}/{status}"
            hosts["temporary"].routes[f"/{status}"] = redirect(status, target)
            hosts["new"].routes[f"/{status}"] = validated(feed([]))
        heir = f"{base['heir']}/feed"
        hosts["dying"].routes["/feed"] = lambda ask: (
            Answer(301, headers=(("Location", heir),))
            if ask.at < MOVED_BACK
            else validated(feed([Post(f"{base['dying']}/back")]))(ask)
        )
        hosts["dying"].routes["/back"] = any_page("back")
        hosts["heir"].routes["/feed"] = lambda ask: (
            validated(feed([]))(ask) if ask.at < START + days(6) else Answer(502)
        )
        for name in ("static", "weekly", "liar", "dying"):
            simulation.add(hosts[name])
        for status in (301, 308):
            simulation.add(hosts["old"], f"/{status}")
        for status in (302, 307):
            simulation.add(hosts["temporary"], f"/{status}")
        for number in range(-40, 10):
            hosts["weekly"].routes[f"/w{number}"] = any_page("weekly")
            hosts["static"].routes[f"/s{number}"] = any_page("static")
            hosts["liar"].routes[f"/liar{number}"] = any_page("liar")
        simulation.run_for(days(14), every=days(1))
        simulation.run_for(days(35), every=days(3))
        yield SevenWeeks(simulation, hosts)


def liar(base: str) -> Route:
    """Has a second entry from the third day on but answers 304 to every condition."""

    def route(ask: Ask) -> Answer:
        if ask.conditions:
            return Answer(304)
        count = 1 if ask.at < START + days(2) else 2
        posts = [Post(base + path) for path in LIE_ENDS[:count]]
        return Answer(body=rss(posts), headers=(("ETag", '"for ever"'),))

    return route


@pytest.mark.slow
class TestSevenWeeks:
    def test_a_feed_is_read_whole_once_and_again_after_a_month(
        self, seven_weeks: SevenWeeks
    ) -> None:
        asked = seven_weeks.hosts["static"].asked("/feed")
        whole = [ask.at for ask in asked if not ask.conditions]
        assert len(asked) > 20
        assert len(whole) == 2
        wait = (whole[1] - whole[0]).total_seconds()
        assert REFRESH_SECONDS <= wait <= REFRESH_SECONDS * 1.1 + 3 * 86_400

    def test_a_server_that_answers_304_for_ever_is_found_out(self, seven_weeks: SevenWeeks) -> None:
        host = seven_weeks.hosts["liar"]
        urls = [row["url"] for row in seven_weeks.simulation.records()]
        assert [urls.count(host.base + path) for path in LIE_ENDS] == [1, 1]
        assert len([ask for ask in host.asked("/feed") if not ask.conditions]) == 2

    def test_nothing_is_written_or_asked_twice_however_long_it_stands(
        self, seven_weeks: SevenWeeks
    ) -> None:
        """Beyond the 30 days for which the dataset is searched."""
        urls = [row["url"] for row in seven_weeks.simulation.records()]
        assert len(urls) == len(set(urls))
        for name, count in (("static", 3), ("weekly", 10 + 7)):
            host = seven_weeks.hosts[name]
            pages = [ask.path for ask in host.log if ask.path not in ("/feed", "/robots.txt")]
            assert len(pages) == len(set(pages)) == count

    @pytest.mark.parametrize("status", [301, 308])
    def test_a_permanent_move_is_remembered_once_it_is_confirmed(
        self, seven_weeks: SevenWeeks, status: int
    ) -> None:
        path = f"/{status}"
        assert len(seven_weeks.hosts["old"].asked(path)) == MOVES_CONFIRMED
        assert len(seven_weeks.hosts["new"].asked(path)) > 20
        whole = [ask for ask in seven_weeks.hosts["new"].asked(path) if not ask.conditions]
        assert len(whole) == 2, "the validators move along"

    @pytest.mark.parametrize("status", [302, 307])
    def test_a_temporary_move_is_never_remembered(
        self, seven_weeks: SevenWeeks, status: int
    ) -> None:
        path = f"/{status}"
        asked = len(seven_weeks.hosts["temporary"].asked(path))
        assert asked == len(seven_weeks.hosts["new"].asked(path)) > 20

    def test_a_new_address_that_dies_gives_way_to_the_old_one(
        self, seven_weeks: SevenWeeks
    ) -> None:
        dying, heir = seven_weeks.hosts["dying"], seven_weeks.hosts["heir"]
        alone = [ask.at for ask in dying.asked("/feed") if ask.at not in heir.times("/feed")]
        assert alone
        assert MOVED_BACK <= alone[0] <= MOVED_BACK + days(2)
        assert max(heir.times("/feed")) < alone[0]
        doubts = [at for at in dying.times("/feed") if START + days(6) <= at < MOVED_BACK]
        first_error = min(at for at in heir.times("/feed") if at >= START + days(6))
        assert doubts[0] >= first_error + days(MOVE_ERRORS - 1)
        urls = [row["url"] for row in seven_weeks.simulation.records()]
        assert urls.count(f"{dying.base}/back") == 1
        state = feed_states(load_state(str(seven_weeks.simulation.output)))
        assert state[f"{dying.base}/feed"].moved_to is None
