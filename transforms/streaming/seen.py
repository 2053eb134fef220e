"""DropSeen: which of the announced entries are new.

What is known is, as in a batch run, what the dataset has (KnownIndex) and what the state leaves
alone. On top of it, the engine's state holds the entries on their way: by a bucket of 4096, the
keys with the time when they were let through; each is forgotten after the horizon.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec

from transforms import clock
from transforms.elements import Entry
from transforms.failures import Settled
from transforms.index import known_index
from transforms.jobs import COUNTS
from transforms.known import is_known
from transforms.stages import ELEMENTS, SETTLED, StageCounters
from transforms.state import load_state, pending_entries, settled_keys
from transforms.streaming.updates import KEPT, Ended

STAGE = "DropKnown"
BUCKET_LETTERS = 3


@dataclass(frozen=True)
class Waiting:
    """An entry and when its page may be asked. `is_carried`: an earlier stream or run left it
    pending; `is_again`: this one did."""

    entry: Entry
    due_at: datetime
    is_carried: bool = False
    is_again: bool = False


def carried(output: str) -> Iterator[Waiting]:
    """The pending entries of the newest snapshot."""
    for entry, due_at in pending_entries(load_state(output)):
        yield Waiting(entry, due_at, is_carried=True)


def waiting(entry: Entry) -> Waiting:
    """A new entry: its page may be asked now."""
    return Waiting(entry, entry.announced_at)


def bucket_of(each: Waiting) -> tuple[str, Waiting]:
    return each.entry.key[:BUCKET_LETTERS], each


def without_old(seen: dict[str, datetime], now: datetime, horizon: float) -> dict[str, datetime]:
    """The keys that were let through inside the horizon (seconds)."""
    oldest = now - timedelta(seconds=horizon)
    return {key: moment for key, moment in seen.items() if moment >= oldest}


class _SeenFn(beam.DoFn):
    SEEN = ReadModifyWriteStateSpec("seen", PickleCoder())

    def __init__(self, output: str, horizon: float) -> None:
        self.output = output
        self.horizon = horizon

    def setup(self) -> None:
        now = clock.utc_now()
        self.counters = StageCounters(STAGE)
        self.index = known_index(self.output, self.horizon)
        self.index.refresh(now)
        self.remembered = frozenset(settled_keys(load_state(self.output), now, self.horizon))

    def process(
        self, keyed: tuple[str, Waiting], state: Any = beam.DoFn.StateParam(SEEN)
    ) -> Iterator[Any]:
        each, now = keyed[1], clock.utc_now()
        entry, count = each.entry, len(each.entry.announcements)
        self.counters.received()
        if each.is_carried:
            yield beam.pvalue.TaggedOutput(COUNTS, ("entries/announced", count))
            yield beam.pvalue.TaggedOutput(COUNTS, ("entries/carried_over", count))
        seen: dict[str, datetime] = state.read() or {}
        reasons = self.index.reasons(entry.key)
        is_settled = entry.key in self.remembered or is_known(entry, reasons)
        if entry.key in seen or is_settled:
            yield self.counters.route(Settled("known", count, None, entry.key, entry.url))
            if is_settled:  # one on its way will say so itself when it ends
                yield beam.pvalue.TaggedOutput(KEPT, Ended(frozenset([entry.key])))
            return
        state.write(without_old({**seen, entry.key: now}, now, self.horizon))
        yield self.counters.route(each)


@dataclass
class DropSeen(beam.PTransform):
    """PCollection[Waiting] -> Waiting, each key once; outputs SETTLED, KEPT, COUNTS. `horizon`
    in seconds."""

    output: str
    horizon: float

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, entries: beam.PCollection[Waiting]) -> Any:
        keyed = entries | "Bucket" >> beam.Map(bucket_of).with_output_types(tuple[str, Any])
        drop = beam.ParDo(_SeenFn(self.output, self.horizon))
        return keyed | "Decide" >> drop.with_outputs(SETTLED, KEPT, COUNTS, main=ELEMENTS)
