"""The streaming pipeline: it makes the dataset that batch runs make, whatever happens to it."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from apache_beam.testing.test_stream import TestStream as ScriptedStream
from apache_beam.transforms.window import TimestampedValue

from pipelines.summary import ENDS
from tests.pipelines.simulation import (
    START,
    Answer,
    Ask,
    Host,
    Post,
    ScriptedWeb,
    Simulation,
    hours,
    minutes,
    page,
    rss,
    simulated,
)
from tests.pipelines.streamed import stream_for
from transforms.state import feed_states, load_state, pending_entries

pytestmark = pytest.mark.slow  # the direct runner takes seconds for a simulated hour

CHANGES = {"run_id", "fetched_at", "first_seen_at", "fetch", "feeds"}
LATE = START + minutes(25)


def growing(web: ScriptedWeb) -> Host:
    """A host with a feed that has an article more every ten minutes, five in all. Some of its
    pages fail for good, fail until LATE, redirect to another one, or must not be asked."""
    host = web.host()
    others = ("gone", "late", "again", "closed/1")

    def feed(ask: Ask) -> Answer:
        count = min(5, int((ask.at - START) / minutes(10)) + 1)
        names = [*(f"story/{number}" for number in range(count)), *others]
        etag = f'"{count}"'
        if ask.headers.get("if-none-match") == etag:
            return Answer(304)
        posts = [Post(f"{host.base}/{name}", START) for name in names]
        return Answer(body=rss(posts), headers=(("ETag", etag),))

    def late(ask: Ask) -> Answer:
        return page("late") if ask.at >= LATE else Answer(503)

    host.routes |= {f"/story/{number}": lambda ask: page(ask.path) for number in range(5)}
    again = Answer(301, headers=(("Location", f"{host.base}/story/0"),))
    rules = Answer(body=b"User-agent: *\nDisallow: /closed/\n", content_type="text/plain")
    host.routes |= {
        "/feed": feed,
        "/late": late,
        "/again": lambda ask: again,
        "/robots.txt": lambda ask: rules,
    }
    return host


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Simulation, Host]]:
    with simulated(tmp_path / "streamed") as (simulation, web):
        host = growing(web)
        simulation.add(host)
        yield simulation, host


def rows(simulation: Simulation) -> list[dict[str, Any]]:
    found = [
        {key: value for key, value in row.items() if key not in CHANGES}
        for row in simulation.records()
    ]
    return sorted(found, key=lambda row: str(row["article_id"]))


def names(simulation: Simulation) -> Counter[str]:
    """How often each article of the host is in the dataset."""
    return Counter(row["url"].split("/", 3)[3] for row in simulation.records())


def dead(simulation: Simulation) -> Counter[str]:
    return Counter(row["kind"] for row in simulation.failures())


def standing(simulation: Simulation) -> set[str]:
    (feed,) = feed_states(load_state(str(simulation.output))).values()
    return {each.key for each in feed.standing}


STORIES = {f"story/{number}": 1 for number in range(5)}


def test_a_stream_makes_what_batch_runs_make(
    world: tuple[Simulation, Host], tmp_path: Path
) -> None:
    simulation, host = world
    stream_for(simulation, minutes(90), minutes(10))
    asked = {path: len(host.asked(path)) for path in ("/late", "/gone", "/closed/1", "/story/0")}
    conditions = [ask.conditions for ask in host.asked("/feed")]
    batch = Simulation(tmp_path / "batch", simulation.feeds)
    for number in range(4):
        batch.now = simulation.now = START + minutes(20 * number)
        batch.run()
    assert rows(simulation) == rows(batch)
    assert names(simulation) == {**STORIES, "late": 1}
    assert dead(simulation) == dead(batch) == {"not_found": 1}
    # three tries: at once, after 10 minutes and after 20 more; the redirect leads to story/0
    assert asked == {"/late": 3, "/gone": 1, "/closed/1": 0, "/story/0": 2}
    assert conditions[0] == {}
    assert all("if-none-match" in each for each in conditions[1:])
    # whoever comes after it goes on where it stopped
    assert standing(simulation) == standing(batch)
    assert not list(pending_entries(load_state(str(simulation.output))))
    accounts = [json.loads(path.read_bytes()) for path in sorted(simulation.output.glob("runs/*"))]
    assert len(accounts) == 2  # hours
    for account in accounts:
        entries = account["entries"]
        assert entries["announced"] + entries["in_flight_before"] == (
            sum(entries[end] for end in ENDS) + entries["in_flight"]
        )
    assert accounts[1]["entries"]["in_flight"] == 0
    assert sum(account["entries"]["written"] for account in accounts) == 6
    assert sum(account["entries"]["duplicate"] for account in accounts) == 1
    assert sum(account["entries"]["carried_over"] for account in accounts) == 2
    assert sum(account["entries"]["failed"] for account in accounts) == 1
    files = list((simulation.output / "articles").rglob("*.parquet"))
    assert len(files) <= 7


def test_a_stream_that_is_killed_again_and_again_loses_and_doubles_nothing(
    world: tuple[Simulation, Host],
) -> None:
    simulation, host = world
    for minute in (1, 7, 3, 20):
        stream_for(simulation, minutes(minute), minutes(1) if minute < 5 else minutes(5))
        assert max(names(simulation).values(), default=1) == 1
        simulation.now += minutes(1)
        snapshots = sorted((simulation.output / "state").glob("*.parquet"))
        if minute == 7:  # an engine that goes back to a checkpoint has forgotten as much
            for path in snapshots[1:]:
                path.unlink()
    stream_for(simulation, hours(1), minutes(10))
    assert names(simulation) == {**STORIES, "late": 1}
    assert dead(simulation) == {"not_found": 1}
    assert len(host.asked("/gone")) <= 3


def test_a_stream_and_runs_alternate_on_one_output(world: tuple[Simulation, Host]) -> None:
    simulation, host = world
    simulation.run()
    stream_for(simulation, minutes(20), minutes(5))
    simulation.run()
    stream_for(simulation, minutes(20), minutes(10))
    simulation.now += hours(1)
    simulation.run()
    assert names(simulation) == {**STORIES, "late": 1}
    assert dead(simulation) == {"not_found": 1}
    # the try that the first run scheduled was the stream's; its last page was not written yet
    assert len(host.asked("/late")) == 4


def test_what_is_late_or_comes_twice_is_no_loss_and_no_double(
    world: tuple[Simulation, Host],
) -> None:
    simulation, host = world
    simulation.feeds.append(replace(simulation.feeds[0], url=f"{host.base}/other"))
    host.routes["/other"] = lambda ask: Answer(body=rss([Post(f"{host.base}/story/0", START)]))

    def script(events: ScriptedStream, tick: int) -> ScriptedStream:
        if tick == 1:  # the watermark passes all that follows
            return events.advance_watermark_to(START.timestamp() + 9e6)
        return events.add_elements([TimestampedValue("again", 0)] * 3)

    stream_for(simulation, minutes(3), script=script)
    assert names(simulation) == {"story/0": 1}
    assert len(host.asked("/feed")) == len(host.asked("/other")) == 1
    assert dead(simulation) == {"not_found": 1}
