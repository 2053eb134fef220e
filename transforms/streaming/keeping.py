"""KeepState: what a stream learnt becomes a snapshot, a window at a time.

The rule is that of a batch run: what a feed's row says (validators, the entries of its last
document) is kept only when the entries that it covers are in the dataset, or kept themselves as
pending or settled. So a row waits here until the last of its entries has ended. A stream that is
killed leaves the last snapshot in charge, whose older validators fetch the same entries again.

The snapshot itself is not in the engine's state: it is read from the dataset when the stream
starts, or goes on in another process, and the updates since are made to it. They say how things
are and not what changed, so that to make them twice does no harm.
"""

import logging
import re
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import (
    BagStateSpec,
    ReadModifyWriteStateSpec,
    TimerSpec,
)

from transforms import clock
from transforms.lock import require_lock
from transforms.state import EntryState, FeedState, StateRow, load_state, prune_snapshots
from transforms.state.rows import row_key
from transforms.state.snapshot import snapshot_paths, write_snapshot
from transforms.streaming.timers import on_timer, wake_at_end
from transforms.streaming.updates import Ended, FeedKept, Update

log = logging.getLogger(__name__)

ENDS_REMEMBERED = 3600.0
"""Seconds: an entry's end may come before the row that waits for it, by another way."""

Rows = dict[str, StateRow]


@dataclass(frozen=True)
class Held:
    """What waits. `feeds`: by address, the row of the newest answer and the entries that it and
    the answers before it still wait for. `ended`: entries that ended lately, and when."""

    feeds: Mapping[str, tuple[FeedState, frozenset[str]]] = field(default_factory=dict)
    ended: Mapping[str, datetime] = field(default_factory=dict)


def apply_updates(
    rows: Mapping[str, StateRow],
    held: Held,
    updates: Iterable[Update],
    now: datetime,
    horizon: float,
) -> tuple[Rows, Held]:
    """The rows of the next snapshot, by `row_key`, and what still waits. The order of the updates
    does not matter. `horizon`: how long settled entries are remembered, seconds."""
    listed = list(updates)
    entries = [each for each in listed if isinstance(each, EntryState)]
    gone = frozenset().union(*(each.keys for each in listed if isinstance(each, Ended)))
    ended = {
        **held.ended,
        **dict.fromkeys(gone, now),
        **{each.key: now for each in entries},
    }
    kept: Rows = dict(rows)
    for each in sorted(entries, key=lambda each: (each.status != "pending", each.attempts)):
        kept[row_key(each)] = each
    feeds = dict(held.feeds)
    for answer in sorted(
        (each for each in listed if isinstance(each, FeedKept)),
        key=lambda each: each.row.last_asked_at,
    ):
        _, before = feeds.get(answer.row.url, (None, frozenset()))
        feeds[answer.row.url] = (answer.row, before | answer.covers)
    waiting: dict[str, tuple[FeedState, frozenset[str]]] = {}
    for url, (feed, covers) in feeds.items():
        left = covers - ended.keys()
        if left:
            waiting[url] = (feed, left)
        else:
            kept[row_key(feed)] = feed
    for key in gone:
        row = kept.get(f"entry {key}")
        if isinstance(row, EntryState) and row.status == "pending":
            del kept[row_key(row)]
    oldest = now - timedelta(seconds=horizon)
    kept = {key: row for key, row in kept.items() if not _is_old(row, oldest)}
    since = now - timedelta(seconds=ENDS_REMEMBERED)
    return kept, Held(waiting, {key: moment for key, moment in ended.items() if moment >= since})


def _is_old(row: StateRow, oldest: datetime) -> bool:
    return isinstance(row, EntryState) and row.status != "pending" and row.last_seen_at < oldest


def snapshot_name(now: datetime, newest: str | None) -> str:
    """A name as that of a run, which sorts after that of the newest snapshot."""
    name = f"{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03d}Z-{secrets.token_hex(3)}"
    return name if newest is None or name > newest else f"{newest}+"


class _Snapshots:
    """The rows of the newest snapshot in the memory of a process, read again when somebody else
    has written one."""

    def __init__(self, output: str) -> None:
        self.output = output
        self._paths: list[str] | None = None
        self._rows: Rows = {}

    def rows(self) -> Rows:
        paths = snapshot_paths(self.output)
        if paths != self._paths:
            self._rows = {row_key(row): row for row in load_state(self.output)}
        return self._rows

    def write(self, rows: Rows, now: datetime) -> str:
        names = [re.sub(r"^.*/|\.parquet$", "", path) for path in snapshot_paths(self.output)]
        path = write_snapshot(
            self.output, snapshot_name(now, max(names, default=None)), rows.values()
        )
        prune_snapshots(self.output)
        self._paths, self._rows = snapshot_paths(self.output), rows
        return path


_snapshots: dict[str, _Snapshots] = {}
_snapshots_lock = threading.Lock()


class _KeepFn(beam.DoFn):
    INBOX = BagStateSpec("inbox", PickleCoder())
    HELD = ReadModifyWriteStateSpec("held", PickleCoder())
    DUE = ReadModifyWriteStateSpec("due", PickleCoder())
    END = TimerSpec("end", TimeDomain.REAL_TIME)

    def __init__(self, output: str, run_id: str, window: float, horizon: float) -> None:
        self.output = output
        self.run_id = run_id
        self.window = window
        self.horizon = horizon

    def setup(self) -> None:
        with _snapshots_lock:
            self.snapshots = _snapshots.setdefault(self.output, _Snapshots(self.output))

    def process(
        self,
        keyed: tuple[str, Update],
        inbox: Any = beam.DoFn.StateParam(INBOX),
        due: Any = beam.DoFn.StateParam(DUE),
        end: Any = beam.DoFn.TimerParam(END),
    ) -> None:
        inbox.add(keyed[1])
        wake_at_end(clock.utc_now(), self.window, due, end)

    @on_timer(END)
    def keep(
        self,
        inbox: Any = beam.DoFn.StateParam(INBOX),
        held: Any = beam.DoFn.StateParam(HELD),
        due: Any = beam.DoFn.StateParam(DUE),
    ) -> Iterator[str]:
        updates = list(inbox.read())
        now = clock.utc_now()
        before = self.snapshots.rows()
        rows, waiting = apply_updates(before, held.read() or Held(), updates, now, self.horizon)
        if rows != before:
            require_lock(self.output, self.run_id)
            yield self.snapshots.write(rows, now)
        held.write(waiting)
        inbox.clear()
        due.clear()


@dataclass
class KeepState(beam.PTransform):
    """PCollection[Update] -> PCollection[str], the paths of the snapshots. `window` and `horizon`
    in seconds."""

    output: str
    run_id: str
    window: float
    horizon: float

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, updates: beam.PCollection[Update]) -> beam.PCollection[str]:
        keep = beam.ParDo(_KeepFn(self.output, self.run_id, self.window, self.horizon))
        return (
            updates
            | "OneKey" >> beam.Map(_with_one_key).with_output_types(tuple[str, Any])
            | "Keep" >> keep.with_output_types(str)
        )


def _with_one_key(update: Update) -> tuple[str, Update]:
    return "state", update
