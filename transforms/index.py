"""KnownIndex: the known keys of a dataset in the memory of a process.

For who looks again and again, as a stream does: files of the dataset never change, so that each
is read once; and the few new keys are looked up in the many known ones, where a join would move
all of them (a million known keys: 10 s a join, 1 us a look-up).

Keys are grouped by the day of their partition, so that days that leave the horizon can go.
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import apache_beam as beam

from transforms import clock
from transforms.known import (
    ARTICLE,
    DEAD,
    DEAD_ELSEWHERE,
    REMEMBERED,
    Known,
    partition_date,
    read_keys,
    recent_files,
)

_BITS = {ARTICLE: 1, DEAD: 2, DEAD_ELSEWHERE: 4}


@dataclass
class _Day:
    """The keys of one day's partitions, each with the bits of its reasons, and their files."""

    files: set[str] = field(default_factory=set)
    keys: dict[bytes, int] = field(default_factory=dict)

    def read(self, path: str) -> None:
        for key, reason in read_keys(path):
            packed = _packed(key)
            self.keys[packed] = self.keys.get(packed, 0) | _BITS[reason]
        self.files.add(path)


def _packed(key: str) -> bytes:
    try:
        return bytes.fromhex(key)
    except ValueError:  # a row that somebody else wrote
        return key.encode("utf-8", "replace")


class KnownIndex:
    """The keys of `articles` and `failures` inside the horizon (seconds). `refresh` first."""

    def __init__(self, output: str, horizon: float) -> None:
        self.output = output
        self.horizon = horizon
        self._days: dict[date, _Day] = {}
        self._lock = threading.Lock()

    def refresh(self, now: datetime, days: int | None = None) -> None:
        """Reads the files that are new; forgets what left the horizon or the directory. With
        `days` it looks at the partitions of the newest days only. Raises RuntimeError as
        `read_keys` does."""
        found: dict[date, set[str]] = {}
        horizon = self.horizon if days is None else (days - 1) * 86_400.0
        for table in ("articles", "failures"):
            for path in recent_files(self.output, table, now, horizon):
                day = partition_date(path)
                if day is not None:
                    found.setdefault(day, set()).add(path)
        with self._lock:
            others = {} if days is None else self._days
            self._days = {**others, **{day: self._days.get(day, _Day()) for day in found}}
            for day, files in found.items():
                if self._days[day].files - files:  # somebody took files away
                    self._days[day] = _Day()
                for path in sorted(files - self._days[day].files):
                    self._days[day].read(path)

    def reasons(self, key: str) -> set[str]:
        """Why a key is known; empty when it is not."""
        packed, bits = _packed(key), 0
        for day in tuple(self._days.values()):
            bits |= day.keys.get(packed, 0)
        return {reason for reason, bit in _BITS.items() if bits & bit}

    def __len__(self) -> int:
        return sum(len(day.keys) for day in self._days.values())


_indexes: dict[tuple[str, float], KnownIndex] = {}
_indexes_lock = threading.Lock()


def known_index(output: str, horizon: float) -> KnownIndex:
    """The process's index of a dataset."""
    with _indexes_lock:
        return _indexes.setdefault((output, horizon), KnownIndex(output, horizon))


class _LookUpFn(beam.DoFn):
    def __init__(self, output: str, horizon: float, remembered: Iterable[str]) -> None:
        self.output = output
        self.horizon = horizon
        self.remembered = frozenset(remembered)

    def setup(self) -> None:
        self.index = known_index(self.output, self.horizon)
        self.index.refresh(clock.utc_now())

    def process(self, key: str) -> Iterator[Known]:
        for reason in sorted(self.index.reasons(key)):
            yield key, reason
        if key in self.remembered:
            yield key, REMEMBERED


@dataclass
class LookUpKnown(beam.PTransform):
    """PCollection[str], keys -> PCollection[Known]: those of them that the dataset knows, or the
    state (`remembered`). The counterpart of ReadKnownKeys for a process that runs again and
    again."""

    output: str
    horizon: float
    remembered: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, keys: beam.PCollection[str]) -> beam.PCollection[Known]:
        look_up = beam.ParDo(_LookUpFn(self.output, self.horizon, self.remembered))
        return keys | "LookUp" >> look_up.with_output_types(Known)
