"""The rows of a snapshot: what is remembered of each feed and of entries without a record."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa

from transforms.elements import Announcement, Entry, Feed

_TIMESTAMP = pa.timestamp("us", tz="UTC")

STATE_SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        (
            "feed",
            pa.struct(
                [
                    ("url", pa.string()),
                    ("last_asked_at", _TIMESTAMP),
                    ("next_due_at", _TIMESTAMP),
                    ("not_before", _TIMESTAMP),
                    ("refresh_at", _TIMESTAMP),
                    ("etag", pa.string()),
                    ("last_modified", pa.string()),
                    ("content_hash", pa.string()),
                    ("bytes", pa.int64()),
                    ("interval", pa.float64()),
                    ("errors", pa.int32()),
                    ("last_error", pa.string()),
                    ("moved_to", pa.string()),
                    ("moved_seen", pa.int32()),
                    ("gone", pa.bool_()),
                    ("answers", pa.int64()),
                    ("not_modified", pa.int64()),
                    ("announced", pa.int64()),
                    ("new_entries", pa.int64()),
                ]
            ),
        ),
        (
            "entry",
            pa.struct(
                [
                    ("key", pa.string()),
                    ("status", pa.string()),
                    ("reason", pa.string()),
                    ("last_seen_at", _TIMESTAMP),
                    ("attempts", pa.int32()),
                    ("next_attempt_at", _TIMESTAMP),
                    ("entry", pa.string()),
                ]
            ),
        ),
    ]
)


@dataclass(frozen=True)
class FeedState:
    """What is known of one feed.

    `next_due_at` is when to ask again; before `not_before` (Retry-After) not even on demand.
    At `refresh_at` the request goes without validators once, since some servers answer 304
    wrongly. `interval` is the learned one, seconds. `moved_to` is used once `moved_seen` answers
    in a row have confirmed it. `bytes` is the size of the last document; `announced` and
    `new_entries` count entries over the feed's lifetime.
    """

    url: str
    last_asked_at: datetime
    next_due_at: datetime
    not_before: datetime | None = None
    refresh_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    content_hash: str | None = None
    bytes: int = 0
    interval: float | None = None
    errors: int = 0
    last_error: str | None = None
    moved_to: str | None = None
    moved_seen: int = 0
    gone: bool = False
    answers: int = 0
    not_modified: int = 0
    announced: int = 0
    new_entries: int = 0


@dataclass(frozen=True)
class EntryState:
    """An entry without a row in the dataset.

    "skipped" and "duplicate" are left alone while a feed announces them. "pending" holds the
    `entry` (JSON) for another try at `next_attempt_at`. "known" is only an update: it refreshes
    `last_seen_at` of what is remembered.
    """

    key: str
    status: Literal["skipped", "duplicate", "pending", "known"]
    reason: str | None
    last_seen_at: datetime
    attempts: int = 0
    next_attempt_at: datetime | None = None
    entry: str | None = None


StateRow = FeedState | EntryState


def row_key(row: StateRow) -> str:
    """What a row is joined by."""
    return f"feed {row.url}" if isinstance(row, FeedState) else f"entry {row.key}"


def to_plain(row: StateRow) -> dict[str, Any]:
    """A row as STATE_SCHEMA wants it."""
    return {
        "key": row_key(row),
        "feed": asdict(row) if isinstance(row, FeedState) else None,
        "entry": asdict(row) if isinstance(row, EntryState) else None,
    }


def from_plain(row: dict[str, Any]) -> StateRow:
    """The inverse of `to_plain`."""
    return FeedState(**row["feed"]) if row["feed"] else EntryState(**row["entry"])


def feed_states(rows: tuple[StateRow, ...]) -> dict[str, FeedState]:
    """The feeds of a snapshot by their configured address."""
    return {row.url: row for row in rows if isinstance(row, FeedState)}


def pending_entries(rows: tuple[StateRow, ...]) -> Iterator[tuple[Entry, datetime]]:
    """The entries that wait for another try, and when that is due."""
    for row in rows:
        if isinstance(row, EntryState) and row.status == "pending" and row.entry:
            yield entry_from_json(row.entry), row.next_attempt_at or row.last_seen_at


def settled_keys(rows: tuple[StateRow, ...]) -> tuple[str, ...]:
    """The keys of entries that are to be left alone."""
    return tuple(row.key for row in rows if isinstance(row, EntryState) and row.status != "pending")


_ENTRY_TIMES = ("announced_at", "published_at", "updated_at", "first_failed_at")
_ENTRY_TUPLES = ("authors", "categories", "warnings", "history")


def entry_to_json(entry: Entry) -> str:
    """An entry as JSON. The content of a page that is fetched anyway is left out."""
    if not entry.feed.full_content:
        entry = replace(entry, content_html=None)
    return json.dumps(asdict(entry), default=datetime.isoformat)


def entry_from_json(text: str) -> Entry:
    """The inverse of `entry_to_json`."""
    plain: dict[str, Any] = json.loads(text)
    feed = plain.pop("feed")
    announcements = plain.pop("announcements")
    plain |= {name: _moment(plain[name]) for name in _ENTRY_TIMES}
    plain |= {name: tuple(plain[name]) for name in _ENTRY_TUPLES}
    return Entry(
        feed=Feed(**{**feed, "tags": tuple(feed["tags"])}),
        announcements=tuple(Announcement(**announcement) for announcement in announcements),
        **plain,
    )


def _moment(text: str | None) -> Any:
    return datetime.fromisoformat(text) if text else None
