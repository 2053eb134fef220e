"""FetchFeeds and FetchPages as pipelines against servers on loopback."""

import functools
import pickle
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.metrics import MetricsFilter
from apache_beam.options.pipeline_options import PipelineOptions

from tests.transforms.http.loopback import Loopback, Site, answer, hang, redirect
from transforms.elements import Announcement, Entry, Feed, FeedDocument, FeedRequest, Page
from transforms.failures import Failure, FailureKind, Settled
from transforms.http import web as web_module
from transforms.http.client import HttpFetcher
from transforms.http.policy import FetchPolicy
from transforms.pages import ROOM_PER_REQUEST, FetchFeeds, FetchPages

POLICY = FetchPolicy(per_host_delay=0.0, timeout=5.0, concurrency=8, allow_private_networks=True)
HTML = answer(b"<p>news</p>")
FEED = Feed("https://news.example/feed")

collected: dict[str, list[Any]] = defaultdict(list)
"""What the pipelines of this module brought; the in-memory runner shares the process."""


@pytest.fixture
def web() -> Iterator[Loopback]:
    collected.clear()
    web_module._shelves.clear()  # no host is remembered from another test
    with Loopback() as loopback:
        yield loopback
    assert not [thread for thread in threading.enumerate() if thread.name == "newsbeam-web"]


def entry(url: str | None, position: int = 0, feed: Feed = FEED, **more: Any) -> Entry:
    announcement = Announcement(feed.name, feed.url, None, position)
    now = datetime(2026, 1, 28, tzinfo=timezone.utc)
    return Entry(f"{position:032x}", url, feed, (announcement,), now, **more)


def collect(element: Any, name: str) -> None:
    collected[name].append(element)


def run(stage: beam.PTransform, elements: list[Any]) -> Any:
    """Runs a stage; its outputs are in `collected` afterwards. Returns the pipeline's result."""
    with beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([])) as pipeline:
        outcome = pipeline | beam.Create(elements) | stage
        for name, part in outcome._asdict().items():
            part | f"Collect {name}" >> beam.Map(functools.partial(collect, name=name))
    return pipeline.result


def request(url: str, **fields: Any) -> FeedRequest:
    return FeedRequest(Feed(url), url, **fields)


def counters(result: Any) -> dict[str, int]:
    query = result.metrics().query(MetricsFilter().with_namespace("newsbeam"))
    sums: dict[str, int] = defaultdict(int)
    for counter in query["counters"]:  # one a step: the stage is two ParDos
        sums[counter.key.metric.name] += counter.committed
    return dict(sums)


def total() -> int:
    return sum(map(len, collected.values()))


def test_each_entry_ends_in_one_output(web: Loopback) -> None:
    robots = answer(b"User-agent: *\nDisallow: /no", content_type="text/plain")
    site = web.site(
        {
            "/robots.txt": robots,
            "/1": HTML,
            "/old": redirect("/1"),
            "/to-no": redirect("/no"),
            "/no": HTML,
            "/film": answer(b"\0", content_type="video/mp4"),
            "/gone": answer(b"", 410),
            "/304": answer(b"", 304, content_length=""),
        }
    )
    carrying = replace(FEED, full_content=True)
    entries = [
        entry(f"{site.url}/1", 0),
        entry(f"{site.url}/old", 1),
        entry(f"{site.url}/to-no", 2),
        entry(f"{site.url}/no", 3),
        entry(f"{site.url}/film", 4),
        entry(f"{site.url}/gone", 5),
        entry(f"{site.url}/304", 6),
        entry("mailto:desk@news.example", 7),
        entry(None, 8),
        entry("http://169.254.169.254/", 9),
        entry("http://a..b/", 10),
        entry(None, 11, carrying, content_html="<p>all of it</p>"),
        entry(f"{site.url}/2", 12, carrying),
    ]
    result = run(FetchPages(POLICY), entries)

    pages: dict[str, Page] = {page.entry.key[-1]: page for page in collected["elements"]}
    assert set(pages) == {"0", "1", "b"}
    assert pages["0"].entry == entries[0]
    assert pages["0"].robots_allowed is True
    assert pages["0"].response is not None
    assert pages["0"].response.body == b"<p>news</p>"
    assert pages["1"].response is not None
    assert pages["1"].response.redirects == (f"{site.url}/old",)
    assert (pages["b"].response, pages["b"].robots_allowed) == (None, None)

    settled: list[Settled] = collected["settled"]
    assert all((one.status, one.entries) == ("skipped", 1) for one in settled)
    assert {one.entry_key[-1]: one.reason for one in settled if one.entry_key} == {
        "2": "robots",
        "3": "robots",
        "4": "content_type",
        "7": "unsupported_link",
        "8": "no_link",
    }
    failures: list[Failure] = collected["failures"]
    assert {one.entry_key[-1]: one.kind.value for one in failures if one.entry_key} == {
        "5": "gone",
        "6": "protocol_error",
        "9": "forbidden_address",
        "a": "bad_url",
        "c": "not_found",
    }
    assert all((one.stage, one.entries) == ("FetchPages", 1) for one in failures)
    assert "/no" not in site.paths()

    counted = counters(result)
    assert 0 < counted.pop("FetchPages/us") < 5e6
    assert counted == {"FetchPages/in": 13, "FetchPages/out": 3, "FetchPages/failed": 5}


def test_feeds_become_documents(web: Loopback) -> None:
    robots = answer(b"User-agent: *\nDisallow: /no")
    site = web.site({"/robots.txt": robots, "/rss": answer(b"<rss/>"), "/no": HTML})
    requests = [request(f"{site.url}/{name}") for name in ("rss", "no", "missing")]
    requests.append(request("feed://news.example/"))
    result = run(FetchFeeds(POLICY), requests)
    (document,) = collected["elements"]
    assert isinstance(document, FeedDocument)
    assert document.feed == requests[0].feed
    assert document.response.body == b"<rss/>"
    assert {(one.feed_url, one.kind.value, one.entries) for one in collected["failures"]} == {
        (requests[1].url, "robots_disallowed", 0),
        (requests[2].url, "not_found", 0),
        (requests[3].url, "bad_url", 0),
    }
    assert collected["settled"] == []
    assert counters(result)["FetchFeeds/in"] == 4


def test_robots_txt_can_be_ignored(web: Loopback) -> None:
    site = web.site({"/robots.txt": answer(b"User-agent: *\nDisallow: /"), "/1": HTML})
    run(FetchPages(replace(POLICY, robots="ignore")), [entry(f"{site.url}/1")])
    assert collected["elements"][0].robots_allowed is None
    assert site.paths() == ["/1"]


def gaps(site: Site) -> list[float]:
    """Seconds from the end of each request to the start of the next; negative if they overlap."""
    pairs = zip(site.requests, site.requests[1:], strict=False)
    return [following.started - request.ended for request, following in pairs]


def test_a_host_is_asked_one_by_one_in_the_order_of_announcement(web: Loopback) -> None:
    policy = replace(POLICY, per_host_delay=0.15)
    site = web.site({f"/{n}": HTML for n in range(5)}, latency=0.02)
    entries = [entry(f"{site.url}/{n}", n) for n in (3, 1, 4, 0, 2)]
    run(FetchPages(policy), entries)
    assert site.paths() == ["/robots.txt", "/0", "/1", "/2", "/3", "/4"]
    assert all(0.13 < gap < 0.5 for gap in gaps(site))


def test_the_delay_holds_between_a_feed_and_its_pages_and_for_redirects(web: Loopback) -> None:
    policy = replace(POLICY, per_host_delay=0.15)
    site = web.site({"/rss": answer(b"<rss/>"), "/1": HTML})
    others = [web.site({"/": redirect(f"{site.url}/1")}, host=f"127.0.0.{n}") for n in range(2, 5)]
    run(FetchFeeds(policy), [request(f"{site.url}/rss")])
    run(FetchPages(policy), [entry(f"{other.url}/", n) for n, other in enumerate(others)])
    assert site.paths() == ["/robots.txt", "/rss", "/1", "/1", "/1"]
    assert all(gap > 0.13 for gap in gaps(site))


def test_crawl_delay_wins_when_it_is_longer(web: Loopback) -> None:
    robots = answer(b"User-agent: *\nCrawl-delay: 0.2")
    site = web.site({"/robots.txt": robots, "/1": HTML, "/2": HTML})
    run(FetchPages(POLICY), [entry(f"{site.url}/{n}", n) for n in (1, 2)])
    assert all(gap > 0.18 for gap in gaps(site))


def test_many_hosts_are_asked_at_once_but_no_more_than_allowed(web: Loopback) -> None:
    policy = replace(POLICY, concurrency=4, robots="ignore")
    sites = [web.site({"/": HTML}, host=f"127.0.0.{n}", latency=0.1) for n in range(1, 13)]
    run(FetchPages(policy), [entry(f"{site.url}/", n) for n, site in enumerate(sites)])
    assert len(collected["elements"]) == 12
    times = [request for site in sites for request in site.requests]
    running = [
        sum(other.started <= request.started < other.ended for other in times) for request in times
    ]
    assert max(running) == 4


def test_a_hanging_host_delays_nobody_else_and_costs_one_time_out(web: Loopback) -> None:
    timeout = 3.0
    policy = replace(POLICY, timeout=timeout, concurrency=2)
    hanging = web.site({"/robots.txt": hang})
    fine = web.site({f"/{n}": HTML for n in range(20)}, host="127.0.0.2", latency=0.01)
    entries = [entry(f"{hanging.url}/{n}", n) for n in range(20)]
    entries += [entry(f"{fine.url}/{n}", 100 + n) for n in range(20)]
    run(FetchPages(policy), entries)
    given_up = hanging.requests[0].started + timeout
    assert max(request.ended for request in fine.requests) < given_up
    assert len(collected["elements"]) == 20
    assert {one.kind for one in collected["failures"]} == {FailureKind.ROBOTS_UNREACHABLE}
    assert len(collected["failures"]) == 20
    assert hanging.paths() == ["/robots.txt"]


def test_a_host_that_hangs_later_is_left_alone_after_three_time_outs(web: Loopback) -> None:
    policy = replace(POLICY, timeout=0.2)
    site = web.site({f"/{n}": hang for n in range(30)})
    run(FetchPages(policy), [entry(f"{site.url}/{n}", n) for n in range(30)])
    assert len(site.requests) == 4
    assert [one.kind for one in collected["failures"]] == [FailureKind.TIMEOUT] * 30


def test_a_long_retry_after_spares_the_host_the_rest(web: Loopback) -> None:
    site = web.site({"/0": HTML, "/1": answer(b"", 429, retry_after="600"), "/2": HTML})
    run(FetchPages(POLICY), [entry(f"{site.url}/{n}", n) for n in range(3)])
    assert site.paths() == ["/robots.txt", "/0", "/1"]
    assert len(collected["elements"]) == 1
    assert [one.kind for one in collected["failures"]] == [FailureKind.RATE_LIMITED] * 2


def test_a_short_retry_after_is_waited_for(web: Loopback) -> None:
    site = web.site({"/0": answer(b"", 503, retry_after="0.4"), "/1": HTML})
    run(FetchPages(POLICY), [entry(f"{site.url}/{n}", n) for n in range(2)])
    assert len(collected["elements"]) == 1
    assert gaps(site)[-1] > 0.38


def test_an_unexpected_exception_is_a_failure_of_that_entry_alone(
    web: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = web.site({"/1": HTML, "/2": HTML})
    fetch = HttpFetcher.fetch

    async def broken(self: HttpFetcher, url: str, **options: Any) -> Any:
        if url.endswith("/1"):
            raise ZeroDivisionError("a bug")
        return await fetch(self, url, **options)

    monkeypatch.setattr(HttpFetcher, "fetch", broken)
    run(FetchPages(POLICY), [entry(f"{site.url}/{n}", n) for n in (1, 2)])
    (failure,) = collected["failures"]
    assert failure.kind is FailureKind.INTERNAL_ERROR
    assert failure.message == "ZeroDivisionError: a bug"
    assert len(collected["elements"]) == 1


served: list[str] = []
backlog: list[int] = []


def consume_slowly(page: Page) -> None:
    time.sleep(0.01)
    collected["taken"].append(page)
    backlog.append(len(served) - len(collected["taken"]))


def test_pages_wait_on_the_servers_while_the_next_stage_is_slow(web: Loopback) -> None:
    """One host with many entries and many hosts with one: either way memory stays flat."""
    served.clear()
    backlog.clear()

    async def count(request: Any, writer: Any) -> None:
        served.append(request.path)
        writer.write(HTML)

    policy = replace(POLICY, concurrency=3, robots="ignore")
    sites = [
        web.site({f"/{n}": count for n in range(60)}, host=f"127.0.0.{last}")
        for last in range(1, 21)
    ]
    urls = [f"{sites[0].url}/{n}" for n in range(60)] + [f"{site.url}/0" for site in sites[1:]]
    with beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([])) as pipeline:
        entries = pipeline | beam.Create([entry(url, n) for n, url in enumerate(urls)])
        pages = (entries | FetchPages(policy)).elements
        pages | beam.Map(consume_slowly)
    assert len(collected["taken"]) == len(urls)
    assert 0 < max(backlog) <= ROOM_PER_REQUEST * policy.concurrency


def test_results_come_while_others_are_still_fetched(web: Loopback) -> None:
    """A slow host does not hold back what is done."""
    slow = web.site({"/": HTML}, latency=0.5)
    fast = web.site({"/": HTML}, host="127.0.0.2")
    policy = replace(POLICY, robots="ignore")
    with beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([])) as pipeline:
        entries = pipeline | beam.Create([entry(f"{slow.url}/", 0), entry(f"{fast.url}/", 1)])
        (entries | FetchPages(policy)).elements | beam.Map(note_time)
    (first, first_at), (second, second_at) = collected["times"]
    assert (first, second) == (f"{fast.url}/", f"{slow.url}/")
    assert second_at - first_at > 0.35


def note_time(page: Page) -> None:
    collected["times"].append((page.entry.url, time.monotonic()))


def explode(page: Page) -> None:
    raise ValueError("downstream")


def test_a_failing_pipeline_leaves_no_thread_behind(web: Loopback) -> None:
    site = web.site({f"/{n}": HTML for n in range(9)} | {"/5": hang})
    pipeline = beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([]))
    entries = pipeline | beam.Create([entry(f"{site.url}/{n}", n) for n in range(9)])
    (entries | FetchPages(POLICY)).elements | beam.Map(explode)
    with pytest.raises(Exception, match="downstream"):
        pipeline.run()


def test_more_hosts_than_are_served_at_once(web: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.pages.GROUPS_PER_REQUEST", 1)
    policy = replace(POLICY, concurrency=2)
    sites = [web.site({"/": HTML}, host=f"127.0.0.{n}") for n in range(1, 10)]
    run(FetchPages(policy), [entry(f"{site.url}/", n) for n, site in enumerate(sites)])
    assert len(collected["elements"]) == 9


def test_no_entries_no_pages(web: Loopback) -> None:
    run(FetchPages(POLICY), [])
    assert total() == 0


def test_the_transforms_pickle() -> None:
    for stage in (FetchFeeds(POLICY), FetchPages(POLICY)):
        assert pickle.loads(pickle.dumps(stage)).policy == POLICY  # noqa: S301
    assert FetchPages().policy == FetchPolicy()


def digest(page: Page) -> str:
    response = page.response
    return f"{page.entry.key} {response.body if response else None!r} {page.robots_allowed}"


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["in_memory", "multi_processing"])
def test_the_values_do_not_depend_on_the_workers(web: Loopback, tmp_path: Any, mode: str) -> None:
    sites = [
        web.site({f"/{n}": answer(b"page %d" % n) for n in range(5)}, host=f"127.0.0.{last}")
        for last in range(1, 7)
    ]
    policy = replace(POLICY, per_host_delay=0.1)
    entries = [
        entry(f"{site.url}/{n}", 10 * number + n)
        for number, site in enumerate(sites)
        for n in range(6)
    ]
    options = PipelineOptions([], direct_running_mode=mode, direct_num_workers=2)
    with beam.Pipeline(runner="FnApiRunner", options=options) as pipeline:
        outcome = pipeline | beam.Create(entries) | FetchPages(policy)
        texts = {"pages": outcome.elements | beam.Map(digest)}
        texts["failures"] = outcome.failures | beam.Map(kind_of)
        for name, part in texts.items():
            part | f"Write {name}" >> beam.io.WriteToText(str(tmp_path / name))
    assert lines(tmp_path, "pages") == sorted(
        f"{10 * number + n:032x} {b'page %d' % n!r} True" for number in range(6) for n in range(5)
    )
    assert lines(tmp_path, "failures") == ["not_found"] * 6
    for site in sites:
        assert site.paths().count("/robots.txt") == 1
        assert all(gap > 0.08 for gap in gaps(site))


def kind_of(failure: Failure) -> str:
    return failure.kind.value


def lines(folder: Any, name: str) -> list[str]:
    files = folder.glob(f"{name}-*")
    return sorted(line for file in files for line in file.read_text().splitlines())
