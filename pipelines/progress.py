"""Live counts of a run on one machine.

`Tally` is a pass-through step that counts elements. Every worker process keeps its counts in a
small file of its own in a folder that the command line makes and polls. A worker on another machine
has no such folder: its counts are not seen, and nothing else changes.
"""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apache_beam as beam

FLUSH_SECONDS = 0.25

_lock = threading.Lock()
_counts: dict[str, Counter[str]] = {}
_flushed: dict[str, float] = {}


def count(folder: str, what: str, number: int = 1) -> None:
    """Adds to this process's counts; the file follows within FLUSH_SECONDS of the next call."""
    with _lock:
        _counts.setdefault(folder, Counter())[what] += number
        if time.monotonic() - _flushed.get(folder, 0.0) >= FLUSH_SECONDS:
            _flush(folder)


def flush(folder: str) -> None:
    """Writes this process's counts now."""
    with _lock:
        _flush(folder)


def _flush(folder: str) -> None:
    target = Path(folder) / f"{os.getpid()}.json"
    temporary = target.with_suffix(".tmp")
    try:
        temporary.write_text(json.dumps(_counts.get(folder, {})))
        temporary.replace(target)
    except OSError:  # the run may be over and its folder gone; counts are only for the eye
        return
    _flushed[folder] = time.monotonic()


def read(folder: str) -> Counter[str]:
    """The counts of all processes together."""
    total: Counter[str] = Counter()
    for path in Path(folder).glob("*.json"):
        try:
            total.update(json.loads(path.read_text()))
        except (OSError, ValueError):  # being replaced just now
            continue
    return total


class _TallyFn(beam.DoFn):
    def __init__(self, what: str, folder: str) -> None:
        self.what = what
        self.folder = folder

    def process(self, element: Any) -> Iterator[Any]:
        count(self.folder, self.what)
        yield element

    def finish_bundle(self) -> None:
        flush(self.folder)


@dataclass
class Tally(beam.PTransform):
    """PCollection -> the same PCollection, counted as `what`; without a folder, nothing."""

    what: str
    folder: str | None

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, elements: beam.PCollection[Any]) -> beam.PCollection[Any]:
        if self.folder is None:
            return elements
        return elements | beam.ParDo(_TallyFn(self.what, self.folder))
