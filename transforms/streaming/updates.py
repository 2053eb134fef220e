"""What the stages of a stream tell KeepState."""

from dataclasses import dataclass
from datetime import datetime

from transforms.failures import Failure, Settled
from transforms.state import EntryState, FeedState
from transforms.state.rows import entry_to_json

KEPT = "kept"
"""The output of a stage that holds Updates."""


@dataclass(frozen=True)
class FeedKept:
    """A feed's row after an answer, and the keys of the entries that were new in it. The row is
    kept only when each of these is in the dataset, or kept itself."""

    row: FeedState
    covers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ended:
    """Entries that are in the dataset now, or need no more work."""

    keys: frozenset[str]


Update = FeedKept | EntryState | Ended


def of_failure(failure: Failure, now: datetime) -> EntryState | None:
    """The row of an entry that waits for another try."""
    if not failure.is_pending or failure.entry is None:
        return None
    return EntryState(
        failure.entry.key,
        "pending",
        failure.kind.value,
        now,
        failure.attempts,
        failure.next_attempt_at,
        entry_to_json(failure.entry),
    )


def of_settled(settled: Settled, now: datetime) -> EntryState | None:
    """The row of an entry that ended without a record."""
    if settled.entry_key is None or settled.status not in ("skipped", "duplicate"):
        return None
    status = settled.status
    return EntryState(settled.entry_key, status, settled.reason, now)
