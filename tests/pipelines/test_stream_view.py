import logging
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines import progress
from pipelines.hours import FAILED, IDLE, RAN
from pipelines.rounds import Queues, StreamStatus
from pipelines.stream_view import clock_text, status_text, stream_view
from tests.builders import NOW


def status() -> StreamStatus:
    made = StreamStatus(9, 60.0, started_at=NOW)
    made.rounds.update({RAN: 3, IDLE: 4})
    made.queues = Queues(feeds_due=2, pending=5)
    return made


def test_the_line_says_what_goes_on() -> None:
    made, now = status(), NOW + timedelta(hours=1, seconds=5)
    counts = Counter({"feeds": 12, "records": 30})
    working = status_text(made, counts, now).plain
    assert working.startswith("1:00:05  round 8  working, 2 feeds due  waiting 5  feeds 12")
    assert "records 30" in working
    made.next_at = now + timedelta(seconds=12.4)
    made.rounds[FAILED] += 1
    assert status_text(made, counts, now).plain.startswith(
        "1:00:05  round 8  failed 1  next in 12 s"
    )


def test_hours_do_not_wrap() -> None:
    assert clock_text(100 * 3600 + 59) == "100:00:59"


def test_without_a_terminal_a_round_that_did_something_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = status()
    (tmp_path / "1.json").write_text('{"records": 7}')
    assert progress.read(str(tmp_path)) == {"records": 7}
    with caplog.at_level(logging.INFO, "newsbeam"), stream_view(made, str(tmp_path)) as view:
        view.changed()
        made.rounds[IDLE] += 1
        view.changed()
        assert caplog.messages == []
        made.rounds[RAN] += 1
        view.changed()
        view.changed()
    (line,) = caplog.messages
    assert "records 7" in line


def test_quiet_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    made = status()
    with caplog.at_level(logging.INFO, "newsbeam"), stream_view(made, None) as view:
        made.rounds[RAN] += 1
        view.changed()
    assert caplog.messages == []
