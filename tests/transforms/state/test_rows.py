import json
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import FEED, NOW, make_entry
from transforms.elements import Announcement, Entry, Feed, FeedHints
from transforms.provenance import carries_content
from transforms.state.rows import (
    STATE_SCHEMA,
    EntryState,
    FeedState,
    Standing,
    StateRow,
    entry_from_json,
    entry_to_json,
    feed_states,
    from_plain,
    pending_entries,
    row_key,
    settled_keys,
    to_plain,
)

DAY = 86_400.0
HORIZON = 30 * DAY

moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(timezone.utc))
texts = st.text(st.characters(codec="utf-8"), max_size=30)
any_texts = st.text(max_size=30)
"""With lone surrogates too: JSON holds them, Parquet does not."""

feed_rows = st.builds(
    FeedState,
    url=texts,
    last_asked_at=moments,
    next_due_at=moments,
    not_before=st.none() | moments,
    refresh_at=st.none() | moments,
    etag=st.none() | texts,
    last_modified=st.none() | texts,
    content_hash=st.none() | texts,
    bytes=st.integers(0, 2**40),
    fresh=st.floats(0, 1e10),
    hints=st.builds(
        FeedHints,
        ttl=st.none() | st.floats(0, 1e9),
        update_period=st.none() | st.floats(0, 1e9),
        skip_hours=st.frozensets(st.integers(0, 23)),
        skip_days=st.frozensets(st.integers(0, 6)),
    ),
    interval=st.none() | st.floats(0, 1e9),
    new_at=st.none() | moments,
    errors=st.integers(0, 10_000),
    last_error=st.none() | texts,
    moved_to=st.none() | texts,
    moving_to=st.none() | texts,
    moving_seen=st.integers(0, 3),
    gone=st.booleans(),
    answers=st.integers(0, 2**40),
    not_modified=st.integers(0, 2**40),
    unchanged=st.integers(0, 2**40),
    announced=st.integers(0, 2**40),
    new_entries=st.integers(0, 2**40),
    standing=st.lists(st.builds(Standing, texts, moments, moments), max_size=4).map(tuple),
)
entry_rows = st.builds(
    EntryState,
    key=texts,
    status=st.sampled_from(["skipped", "duplicate", "pending", "known"]),
    reason=st.none() | texts,
    last_seen_at=moments,
    attempts=st.integers(0, 100),
    next_attempt_at=st.none() | moments,
    entry=st.none() | texts,
)
feeds = st.builds(
    Feed,
    url=any_texts,
    name=st.none() | any_texts,
    language=st.none() | any_texts,
    country=st.none() | any_texts,
    tags=st.lists(any_texts, max_size=3).map(tuple),
    full_content=st.booleans(),
)
words = st.lists(any_texts, max_size=3).map(tuple)
entries = st.builds(
    Entry,
    key=any_texts,
    url=st.none() | any_texts,
    feed=feeds,
    announcements=st.lists(
        st.builds(
            Announcement,
            st.none() | any_texts,
            any_texts,
            st.none() | any_texts,
            st.integers(0, 99),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    announced_at=moments,
    guid=st.none() | any_texts,
    title=st.none() | any_texts,
    summary=st.none() | any_texts,
    content_html=st.none() | st.text(min_size=1, max_size=30),
    authors=words,
    categories=words,
    published_at=st.none() | moments,
    updated_at=st.none() | moments,
    image_url=st.none() | any_texts,
    language=st.none() | any_texts,
    license=st.none() | any_texts,
    warnings=words,
    attempts=st.integers(0, 100),
    first_failed_at=st.none() | moments,
    history=words,
)


def test_the_strategies_know_every_field() -> None:
    """A new field that is not remembered must fail here."""
    for strategy, row_type in ((feed_rows, FeedState), (entry_rows, EntryState), (entries, Entry)):
        named = set(strategy.wrapped_strategy.kwargs)  # type: ignore[attr-defined]
        assert named == {field.name for field in fields(row_type)}


def through_arrow(rows: list[StateRow]) -> list[StateRow]:
    table = pa.Table.from_pylist([to_plain(row) for row in rows], schema=STATE_SCHEMA)
    return [from_plain(row) for row in table.to_pylist()]


@settings(max_examples=60)
@given(st.lists(feed_rows | entry_rows, min_size=1, max_size=4))
def test_rows_come_back_from_a_table_as_they_went_in(rows: list[StateRow]) -> None:
    assert through_arrow(rows) == rows


def test_the_schema_has_every_field() -> None:
    for name, row_type in (("feed", FeedState), ("entry", EntryState)):
        columns = {field.name for field in STATE_SCHEMA.field(name).type}
        assert columns == {field.name for field in fields(row_type)}


@settings(max_examples=100)
@given(entries)
def test_entries_come_back_from_json_as_they_went_in(entry: Entry) -> None:
    expected = entry if carries_content(entry) else replace(entry, content_html=None)
    text = entry_to_json(entry)
    assert text.isascii()
    assert entry_from_json(text) == expected


def test_the_content_of_a_page_that_is_fetched_anyway_is_left_out() -> None:
    full = replace(FEED, full_content=True)
    content = "<p>kept</p>"
    assert "kept" not in entry_to_json(make_entry(content_html=content))
    assert entry_from_json(entry_to_json(make_entry(feed=full, content_html=content))).content_html


def test_rows_of_another_version_are_understood() -> None:
    """Fields come and go; what is not there has its default."""
    feed = to_plain(FeedState(FEED.url, NOW, NOW, etag="e"))
    feed["feed"] = {
        key: value
        for key, value in feed["feed"].items()
        if key in ("url", "last_asked_at", "next_due_at", "etag")
    } | {"colour": "red"}
    assert from_plain(feed) == FeedState(FEED.url, NOW, NOW, etag="e")
    entry = to_plain(EntryState("k", "skipped", None, NOW))
    del entry["entry"]["attempts"]
    entry["entry"]["colour"] = "red"
    assert from_plain(entry) == EntryState("k", "skipped", None, NOW)


def test_entries_of_another_version_are_understood() -> None:
    plain = json.loads(entry_to_json(make_entry(title="T")))
    for name in ("history", "first_failed_at", "updated_at", "warnings", "license"):
        del plain[name]
    plain |= {"colour": "red"}
    plain["feed"] = {"url": FEED.url, "colour": "red"}
    plain["announcements"] = [{"url": FEED.url, "position": 0, "colour": "red"}]
    entry = entry_from_json(json.dumps(plain))
    assert (entry.title, entry.history, entry.feed) == ("T", (), Feed(FEED.url))
    assert entry.announcements == (Announcement(None, FEED.url, None, 0),)


@pytest.mark.parametrize("missing", ["url", "last_asked_at"])
def test_a_row_without_what_matters_is_an_error(missing: str) -> None:
    row = to_plain(FeedState(FEED.url, NOW, NOW))
    row["feed"][missing] = None
    with pytest.raises(TypeError):
        from_plain(row)


def test_feeds_and_entries_are_told_apart() -> None:
    feed, entry = FeedState("x", NOW, NOW), EntryState("x", "skipped", None, NOW)
    assert row_key(feed) != row_key(entry)
    assert feed_states((feed, entry)) == {"x": feed}


def pending(key: str = "p", **fields: Any) -> EntryState:
    fields.setdefault("entry", entry_to_json(make_entry(f"https://news.example/{key}")))
    return EntryState(key, "pending", "timeout", NOW, 1, **fields)


def test_pending_entries_and_when_they_are_due() -> None:
    due = NOW + timedelta(hours=1)
    rows = (
        pending("a", next_attempt_at=due),
        pending("b"),
        pending("c", entry=None),
        EntryState("d", "skipped", "robots", NOW),
        FeedState("x", NOW, NOW),
    )
    found = [(entry.url, at) for entry, at in pending_entries(rows)]
    assert found == [("https://news.example/a", due), ("https://news.example/b", NOW)]


def test_what_is_left_alone() -> None:
    long_ago = NOW - timedelta(days=29, seconds=1)
    lately = NOW - timedelta(days=28)
    standing = (
        Standing("old", long_ago, NOW),
        Standing("pending", long_ago, NOW),
        Standing("young", lately, NOW),
    )
    rows: tuple[StateRow, ...] = (
        FeedState("x", NOW, NOW, standing=standing),
        EntryState("skipped", "skipped", "robots", NOW),
        EntryState("duplicate", "duplicate", None, NOW),
        replace(pending("pending")),
    )
    assert settled_keys(rows, NOW, HORIZON) == ("duplicate", "old", "skipped")


def test_a_row_is_plain_data() -> None:
    state = FeedState("x", NOW, NOW, hints=FeedHints(skip_hours=frozenset({3, 1})))
    plain = to_plain(state)["feed"]
    assert plain["hints"]["skip_hours"] == [1, 3]
    assert set(plain) == set(asdict(state))
