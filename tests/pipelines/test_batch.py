from datetime import datetime, timedelta

import pytest
from apache_beam.options.pipeline_options import DirectOptions, StandardOptions

from pipelines import batch
from pipelines.batch import due_requests, new_run, output_root, pipeline_options
from pipelines.engines import OptionError
from tests.builders import FEED, NOW
from transforms.elements import Feed
from transforms.state import EntryState, FeedState

OTHER = Feed("https://other.example/rss")
STATE = (
    FeedState(FEED.url, NOW, NOW + timedelta(minutes=10)),
    EntryState("k", "skipped", "robots", NOW),
)


def due(feeds: tuple[Feed, ...], now: datetime, ask_all: bool = False) -> list[Feed]:
    return [request.feed for request in due_requests(feeds, STATE, now, ask_all)]


def test_feeds_are_due_when_their_time_has_come() -> None:
    feeds = (FEED, OTHER)
    assert due(feeds, NOW + timedelta(minutes=9)) == [OTHER]
    assert due(feeds, NOW + timedelta(minutes=10)) == list(feeds)
    assert due(feeds, NOW, ask_all=True) == list(feeds)


def test_run_ids_differ_and_sort_by_time() -> None:
    first, second = new_run(), new_run()
    assert first.run_id != second.run_id
    assert first.run_id[:16] <= second.run_id[:16]


@pytest.mark.parametrize("args", [[], ["--runner=DirectRunner"], ["--runner", "FnApiRunner"]])
def test_the_local_runner_is_pinned(args: list[str]) -> None:
    assert pipeline_options(args, 1).view_as(StandardOptions).runner == "FnApiRunner"


def test_other_runners_are_left_alone() -> None:
    options = pipeline_options(["--runner=DataflowRunner", "--project=news"], 100)
    assert options.view_as(StandardOptions).runner == "DataflowRunner"
    assert options.view_as(DirectOptions).direct_running_mode == "in_memory"


def test_big_runs_use_all_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch.os, "sched_getaffinity", lambda pid: {0, 1, 2, 3})
    big = pipeline_options([], batch.FEEDS_THAT_PAY_FOR_PROCESSES).view_as(DirectOptions)
    assert (big.direct_running_mode, big.direct_num_workers) == ("multi_processing", 4)
    small = pipeline_options([], batch.FEEDS_THAT_PAY_FOR_PROCESSES - 1).view_as(DirectOptions)
    assert small.direct_running_mode == "in_memory"


@pytest.mark.parametrize(
    ("args", "mode", "workers"),
    [
        (["--direct_num_workers=2"], "multi_processing", 2),
        (["--direct_num_workers", "1"], "in_memory", 1),
        (["--direct_running_mode=in_memory"], "in_memory", 1),
    ],
)
def test_what_the_command_line_says_of_processes_counts(
    args: list[str], mode: str, workers: int
) -> None:
    direct = pipeline_options(args, 100).view_as(DirectOptions)
    assert (direct.direct_running_mode, direct.direct_num_workers) == (mode, workers)


def test_an_option_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(OptionError, match="--direct_num_wrokers"):
        pipeline_options(["--direct_num_wrokers=2"], 1)


@pytest.mark.parametrize("name", ["news*", "what?", "news[1]", "gs://bucket/news[1]"])
def test_an_output_whose_name_is_a_pattern_is_an_error(name: str) -> None:
    with pytest.raises(OptionError, match="in its name"):
        output_root(name)
