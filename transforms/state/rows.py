"""The rows of a snapshot: what is remembered of each feed and of entries without a record."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from transforms.elements import Announcement, Entry, Feed, FeedHints
from transforms.provenance import carries_content

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
                    ("fresh", pa.float64()),
                    (
                        "hints",
                        pa.struct(
                            [
                                ("ttl", pa.float64()),
                                ("update_period", pa.float64()),
                                ("skip_hours", pa.list_(pa.int8())),
                                ("skip_days", pa.list_(pa.int8())),
                            ]
                        ),
                    ),
                    ("interval", pa.float64()),
                    ("new_at", _TIMESTAMP),
                    ("errors", pa.int32()),
                    ("last_error", pa.string()),
                    ("moved_to", pa.string()),
                    ("moving_to", pa.string()),
                    ("moving_seen", pa.int32()),
                    ("gone", pa.bool_()),
                    ("answers", pa.int64()),
                    ("not_modified", pa.int64()),
                    ("unchanged", pa.int64()),
                    ("announced", pa.int64()),
                    ("new_entries", pa.int64()),
                    (
                        "standing",
                        pa.list_(
                            pa.struct(
                                [
                                    ("key", pa.string()),
                                    ("since", _TIMESTAMP),
                                    ("seen_at", _TIMESTAMP),
                                ]
                            )
                        ),
                    ),
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


NO_HINTS = FeedHints()


class Standing(NamedTuple):
    """An entry in a feed's last document: since when it stands there, and when that was read."""

    key: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True)
class FeedState:
    """What is known of one feed.

    `next_due_at` is when to ask again; before `not_before` (Retry-After) not even on demand.
    At `refresh_at` the request goes without validators once, since some servers answer 304
    wrongly. `fresh` (seconds) and `hints` are what the last document said of its rhythm: a 304
    does not repeat it. `interval` is the learned one, seconds, `new_at` the last time that there
    was a new entry. `moved_to` is the address that permanent redirects led to, confirmed;
    `moving_to` one that `moving_seen` answers in a row have named so far. `content_hash` and
    `bytes` are of the last document. Of all `answers`, `not_modified` were 304 and `unchanged`
    the same bytes once more, from servers that do not heed validators; `announced` and
    `new_entries` count entries over the feed's lifetime.
    `standing` are the entries of the last document: those that have stood there for longer than the
    dataset is searched would be taken for new.
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
    fresh: float = 0.0
    hints: FeedHints = NO_HINTS
    interval: float | None = None
    new_at: datetime | None = None
    errors: int = 0
    last_error: str | None = None
    moved_to: str | None = None
    moving_to: str | None = None
    moving_seen: int = 0
    gone: bool = False
    answers: int = 0
    not_modified: int = 0
    unchanged: int = 0
    announced: int = 0
    new_entries: int = 0
    standing: tuple[Standing, ...] = ()


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
    plain = dict(vars(row))
    if isinstance(row, FeedState):
        hints = {name: _listed(value) for name, value in vars(row.hints).items()}
        standing = [each._asdict() for each in row.standing]
        plain |= {"hints": hints, "standing": standing}
    return {
        "key": row_key(row),
        "feed": plain if isinstance(row, FeedState) else None,
        "entry": plain if isinstance(row, EntryState) else None,
    }


def _listed(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def from_plain(row: dict[str, Any]) -> StateRow:
    """The inverse of `to_plain`. Fields that another version wrote, or did not, do no harm."""
    plain = row["feed"]
    if not plain:
        return EntryState(**{"reason": None, **_known(EntryState, row["entry"] or {})})
    hints = _known(FeedHints, plain.get("hints") or {})
    hints |= {name: frozenset(hints.get(name, ())) for name in ("skip_hours", "skip_days")}
    standing = tuple(Standing(**each) for each in plain.get("standing") or ())
    return FeedState(
        **{**_known(FeedState, plain), "hints": FeedHints(**hints), "standing": standing}
    )


def _known(row_type: Any, plain: dict[str, Any]) -> dict[str, Any]:
    """The fields that `row_type` has and that are not null."""
    names = {field.name for field in fields(row_type)}
    return {key: value for key, value in plain.items() if key in names and value is not None}


def feed_states(rows: tuple[StateRow, ...]) -> dict[str, FeedState]:
    """The feeds of a snapshot by their configured address."""
    return {row.url: row for row in rows if isinstance(row, FeedState)}


def pending_entries(rows: tuple[StateRow, ...]) -> Iterator[tuple[Entry, datetime]]:
    """The entries that wait for another try, and when that is due."""
    for row in rows:
        if isinstance(row, EntryState) and row.status == "pending" and row.entry:
            yield entry_from_json(row.entry), row.next_attempt_at or row.last_seen_at


def settled_keys(rows: tuple[StateRow, ...], now: datetime, horizon: float) -> tuple[str, ...]:
    """The keys of entries that are to be left alone: those that ended without a record, and
    those that feeds still announce although the dataset is no longer searched for them
    (`horizon`, seconds; a day less, since partitions are days)."""
    oldest = now - timedelta(seconds=horizon - 86_400)
    settled: set[str] = set()
    pending: set[str] = set()
    for row in rows:
        if isinstance(row, FeedState):
            settled.update(each.key for each in row.standing if each.since < oldest)
        else:
            (pending if row.status == "pending" else settled).add(row.key)
    return tuple(sorted(settled - pending))


_ENTRY_TIMES = ("announced_at", "published_at", "updated_at", "first_failed_at")
_ENTRY_TUPLES = ("authors", "categories", "warnings", "history")


def entry_to_json(entry: Entry) -> str:
    """An entry as JSON. The content of a page that is fetched anyway is left out."""
    if not carries_content(entry):
        entry = replace(entry, content_html=None)
    return json.dumps(asdict(entry), default=datetime.isoformat)


def entry_from_json(text: str) -> Entry:
    """The inverse of `entry_to_json`; lenient as `from_plain`."""
    plain: dict[str, Any] = _known(Entry, json.loads(text))
    feed = _known(Feed, plain["feed"])
    plain |= {
        "feed": Feed(**{**feed, "tags": tuple(feed.get("tags", ()))}),
        "announcements": tuple(
            Announcement(**{"name": None, "guid": None, **_known(Announcement, announcement)})
            for announcement in plain["announcements"]
        ),
    }
    plain |= {name: datetime.fromisoformat(plain[name]) for name in _ENTRY_TIMES if name in plain}
    plain |= {name: tuple(plain[name]) for name in _ENTRY_TUPLES if name in plain}
    return Entry(**{"url": None, **plain})
