"""`newsbeam stream` without a runner: batch runs over what is due, one after the other.

All rounds are in one process, which keeps what is costly to make: models, the known keys of the
dataset, what robots.txt said. A round takes the lock of the output as a run does and gives it
back, so that `newsbeam run` may come in between, and a stream may be ended and started at any
moment. A round in which nothing is due starts no pipeline and touches nothing.
"""

import logging
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import FrameType, TracebackType
from typing import Any

from apache_beam.options.pipeline_options import DirectOptions

from pipelines.batch import (
    due_requests,
    new_run,
    output_root,
    pipeline_options,
    run_locked,
)
from pipelines.configuration import Configuration
from pipelines.hours import FAILED, IDLE, RAN, REFUSED, Hours
from pipelines.summary import Account
from transforms import clock
from transforms.elements import Feed
from transforms.lock import LockHeld, locked
from transforms.state import EntryState, StateRow, load_state
from transforms.state.snapshot import snapshot_paths

log = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 5
"""After so many the stream ends with an error, for somebody to look at; one that fails in its
first round ends at once."""

STEP_SECONDS = 0.2
"""How soon a signal is heeded while the stream waits."""


class Stop:
    """Whether SIGTERM or SIGINT has come, while the `with` block lasts (in the main thread). A
    second one interrupts as usual: KeyboardInterrupt."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> "Stop":
        numbers = (signal.SIGTERM, signal.SIGINT)
        self._before = {number: signal.signal(number, self._note) for number in numbers}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def wait(self, seconds: float) -> None:
        """Waits, but not longer than until a signal comes."""
        end = time.monotonic() + seconds
        while not self.asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, STEP_SECONDS))


@dataclass(frozen=True)
class Queues:
    """What waits: feeds that are due, pending entries, and those of them whose time has come."""

    feeds_due: int = 0
    pending: int = 0
    pending_due: int = 0

    @property
    def has_work(self) -> bool:
        return bool(self.feeds_due or self.pending_due)


def queues_of(feeds: Sequence[Feed], state: tuple[StateRow, ...], now: datetime) -> Queues:
    """What waits, as the state tells it."""
    waiting = [
        row.next_attempt_at or row.last_seen_at
        for row in state
        if isinstance(row, EntryState) and row.status == "pending"
    ]
    due = len(due_requests(feeds, state, now, ask_all=False))
    return Queues(due, len(waiting), sum(moment <= now for moment in waiting))


class StateReader:
    """The newest state, read again only when there is a newer one."""

    def __init__(self, output: str) -> None:
        self._output = output
        self._paths: list[str] | None = None
        self._rows: tuple[StateRow, ...] = ()

    def rows(self) -> tuple[StateRow, ...]:
        paths = snapshot_paths(self._output)
        if paths != self._paths:
            self._rows, self._paths = load_state(self._output), paths
        return self._rows


@dataclass
class StreamStatus:
    """Where a stream is, for who watches it. Written by the stream's thread alone; `total` is the
    sum of all rounds, `next_at` None while a round is at work."""

    configured: int
    window: float
    started_at: datetime = field(default_factory=clock.utc_now)
    total: Account = field(default_factory=Account)
    rounds: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    queues: Queues = field(default_factory=Queues)
    last_at: datetime | None = None
    next_at: datetime | None = None


class Rounds:
    """A stream over `output`. Raises OptionError before anything is touched."""

    def __init__(
        self,
        configuration: Configuration,
        output: str,
        window: float,
        beam_args: Sequence[str] = (),
        progress: str | None = None,
    ) -> None:
        self.configuration = configuration
        self.output = output_root(output)
        self.window = window
        self.beam_args = in_one_process(beam_args)
        self.progress = progress
        self.status = StreamStatus(len(configuration.feeds), window)
        options = pipeline_options(self.beam_args, 0)
        self._in_memory = options.view_as(DirectOptions).direct_running_mode == "in_memory"
        self._state = StateReader(self.output)

    def run(self, stop: Stop, watch: Callable[[], Any] = lambda: None) -> None:
        """Rounds, `window` seconds from start to start, until a signal comes. `watch` is called
        when the status has changed. Raises what the last round raised if it was the first one,
        or too many failed in a row."""
        hours = Hours(self.output, self.status.configured, self.window)
        failed = 0
        try:
            while not stop.asked:
                start = time.monotonic()
                self.status.next_at = None
                watch()
                try:
                    end = self.round(hours)
                    failed = 0
                except Exception as error:
                    failed += 1
                    hours.add(FAILED)
                    if failed >= FAILURES_IN_A_ROW or not self.status.rounds:
                        raise
                    log.error("a round failed and is tried again: %s", error)
                    end = FAILED
                self._ended(end, time.monotonic() - start)
                watch()
                stop.wait(start + self.window - time.monotonic())
                hours.turn()
        finally:
            hours.close()

    def round(self, hours: Hours) -> str:
        """One round; how it ended (hours.ROUNDS)."""
        self.status.queues = queues_of(
            self.configuration.feeds, self._state.rows(), clock.utc_now()
        )
        if not self.status.queues.has_work:
            hours.add(IDLE)
            return IDLE
        run = new_run()
        try:
            with locked(self.output, run.run_id):
                account = run_locked(
                    self.configuration,
                    self.output,
                    run,
                    command="stream",
                    beam_args=self.beam_args,
                    progress=self.progress,
                    known_in_memory=self._in_memory,
                )
                hours.add(RAN, run, account)
        except LockHeld as error:
            log.info("this round is left out: %s", error)
            hours.add(REFUSED)
            return REFUSED
        # without files and hosts, which would add up without end
        self.status.total += Account(account.due, account.counts, stages=account.stages)
        self.status.queues = queues_of(
            self.configuration.feeds, self._state.rows(), clock.utc_now()
        )
        return RAN

    def _ended(self, end: str, seconds: float) -> None:
        status, now = self.status, clock.utc_now()
        status.rounds[end] += 1
        status.seconds += seconds
        status.last_at = now
        status.next_at = now + timedelta(seconds=max(0.0, self.window - seconds))


def in_one_process(beam_args: Sequence[str]) -> tuple[str, ...]:
    """The options for a round: one process, where everything is loaded already, unless the
    command line says otherwise."""
    chosen = ("--direct_running_mode", "--direct_num_workers")
    if any(arg.startswith(chosen) for arg in beam_args):
        return tuple(beam_args)
    return (*beam_args, "--direct_running_mode=in_memory")
