from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from apache_beam.testing.test_pipeline import TestPipeline as BeamPipeline
from apache_beam.testing.util import assert_that, equal_to

from tests.builders import FEED, NOW, RUN, make_article, make_entry
from transforms.elements import Entry, Feed
from transforms.failures import FailureKind, Settled, fail
from transforms.known import (
    ARTICLE,
    DEAD,
    DEAD_ELSEWHERE,
    REMEMBERED,
    DropDuplicates,
    DropKnown,
    Known,
    ReadKnownKeys,
    is_known,
    merge_entries,
    read_keys,
    recent_files,
)
from transforms.provenance import carries_content
from transforms.records import Recorded, to_failure_row, to_record
from transforms.schemas import FAILURE_SCHEMA, RECORD_SCHEMA

OTHER_FEED = Feed("https://news.example/atom.xml", "The Example, again")
STRANGER = Feed("https://aaa.example/rss.xml", "Not the publisher")
MONTH = 30 * 86400.0


def write(output: Path, table: str, day: str, rows: list[dict[str, Any]]) -> Path:
    path = output / table / f"ingest_date={day}" / "part-x-00000.parquet"
    path.parent.mkdir(parents=True)
    schema = RECORD_SCHEMA if table == "articles" else FAILURE_SCHEMA
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    return path


def test_only_partitions_inside_the_horizon_are_read(tmp_path: Path) -> None:
    for day in ("2025-12-28", "2025-12-29", "2026-01-28", "not-a-date"):
        write(tmp_path, "articles", day, [])
    found = recent_files(str(tmp_path), "articles", NOW, MONTH)
    assert [Path(path).parent.name for path in found] == [
        "ingest_date=2025-12-29",
        "ingest_date=2026-01-28",
    ]


def test_sub_partitions_are_read_too(tmp_path: Path) -> None:
    write(tmp_path, "articles", "2026-01-28/lang=it", [])
    assert len(recent_files(str(tmp_path), "articles", NOW, MONTH)) == 1


def test_no_dataset_is_an_empty_one(tmp_path: Path) -> None:
    assert recent_files(str(tmp_path / "nowhere"), "articles", NOW, MONTH) == []


def test_an_article_is_known_by_each_of_its_addresses(tmp_path: Path) -> None:
    article = make_article(
        make_entry("https://s.example/1"),
        final_url="https://news.example/one?page=1",
        canonical_url="https://news.example/one",
    )
    path = write(tmp_path, "articles", "2026-01-28", [to_record(article, RUN)])
    keys = {key for key, _ in read_keys(str(path))}
    for url in ("https://s.example/1", "https://news.example/one"):
        assert make_entry(url).key in keys
    assert make_entry("https://news.example/two").key not in keys


def test_an_article_without_a_link_is_known_by_feed_and_guid(tmp_path: Path) -> None:
    entry = make_entry(None, guid="urn:1")
    path = write(tmp_path, "articles", "2026-01-28", [to_record(make_article(entry), RUN)])
    assert (entry.key, ARTICLE) in set(read_keys(str(path)))


def test_a_walls_address_makes_nothing_known(tmp_path: Path) -> None:
    wall = make_article(verdict="consent", final_url="https://consent.example/collect", body=None)
    path = write(tmp_path, "articles", "2026-01-28", [to_record(wall, RUN)])
    keys = {key for key, _ in read_keys(str(path))}
    assert make_entry("https://consent.example/collect").key not in keys
    assert wall.entry.key in keys


@pytest.mark.parametrize("kind", [FailureKind.NOT_FOUND, FailureKind.TIMEOUT])
def test_dead_letters_are_known(tmp_path: Path, kind: FailureKind) -> None:
    entry = make_entry(guid="g")
    rows = [to_failure_row(fail("FetchPages", kind, "why", entry), RUN)]
    path = write(tmp_path, "failures", "2026-01-28", rows)
    assert list(read_keys(str(path))) == [(entry.key, DEAD)]


def test_dead_letters_of_other_domains_are_told_apart(tmp_path: Path) -> None:
    entry = make_entry(feed=STRANGER)
    rows = [to_failure_row(fail("FetchPages", FailureKind.NOT_FOUND, "why", entry), RUN)]
    path = write(tmp_path, "failures", "2026-01-28", rows)
    assert list(read_keys(str(path))) == [(entry.key, DEAD_ELSEWHERE)]


def test_a_failed_feed_makes_no_entry_known(tmp_path: Path) -> None:
    rows = [to_failure_row(fail("FetchFeeds", FailureKind.NOT_FOUND, "why", FEED), RUN)]
    path = write(tmp_path, "failures", "2026-01-28", rows)
    assert list(read_keys(str(path))) == []


def test_a_damaged_file_of_the_dataset_stops_the_run_with_its_name(tmp_path: Path) -> None:
    path = write(tmp_path, "articles", "2026-01-28", [to_record(make_article(), RUN)])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(RuntimeError, match=r"part-x-00000\.parquet.*repair the file"):
        list(read_keys(str(path)))


def test_merging_prefers_full_content_and_names_every_feed() -> None:
    full = Feed("https://full.news.example/z.xml", "Z", full_content=True)
    one = make_entry(title=None, summary="short", position=3)
    two = make_entry(feed=full, title="Whole", content_html="<p>All of it.</p>", position=1)
    merged = merge_entries([one, two])
    assert merged.content_html == "<p>All of it.</p>"
    assert merged.summary == "short"
    assert [(a.url, a.position) for a in merged.announcements] == [
        (full.url, 1),
        (FEED.url, 3),
    ]
    assert merged == merge_entries([two, one])


def test_the_articles_own_feed_speaks_before_others() -> None:
    lie = make_entry(feed=STRANGER, title="Minister resigns (not)", authors=("Nobody",))
    truth = make_entry(title="Minister opens bridge")
    merged = merge_entries([lie, truth])
    assert merged.feed == FEED
    assert merged.title == "Minister opens bridge"
    assert merged.authors == ("Nobody",)  # gaps are filled; the page has the last word
    assert [announcement.url for announcement in merged.announcements] == [STRANGER.url, FEED.url]


def test_content_from_elsewhere_does_not_stand_for_a_page() -> None:
    forged = replace(STRANGER, full_content=True)
    entries = [make_entry(), make_entry(feed=forged, content_html="<p>forged</p>")]
    merged = merge_entries(entries)
    assert not carries_content(merged)
    assert not carries_content(entries[1])
    assert carries_content(make_entry(feed=replace(FEED, full_content=True), content_html="<p>"))
    assert carries_content(make_entry(None, feed=forged, content_html="<p>"))


def run_drop_known(known: list[Known], entries: list[Entry], check: Callable[[Any], None]) -> None:
    with BeamPipeline("FnApiRunner") as pipeline:
        keys = pipeline | "Known" >> beam.Create(known)
        check(pipeline | "Entries" >> beam.Create(entries) | DropKnown(keys))


def test_drop_known_keeps_each_new_address_once() -> None:
    entries = [
        make_entry("https://news.example/a?utm_source=feed"),
        make_entry("https://news.example/a", feed=OTHER_FEED),
        make_entry("https://news.example/b"),
        make_entry("https://news.example/c"),
        make_entry("https://news.example/c", feed=OTHER_FEED),
    ]

    def check(result: Any) -> None:
        new = result.elements | beam.Map(lambda e: (e.url, len(e.announcements)))
        assert_that(
            new,
            equal_to([("https://news.example/a", 2), ("https://news.example/b", 1)]),
            "new",
        )
        ends = result.settled | "Ends" >> beam.Map(lambda s: (s.status, s.entries))
        assert_that(ends, equal_to([("known", 2)]), "ends")

    run_drop_known([(make_entry("https://news.example/c").key, ARTICLE)], entries, check)


@pytest.mark.parametrize(
    ("reasons", "feeds", "is_new"),
    [
        ([DEAD_ELSEWHERE], [FEED], True),
        ([DEAD_ELSEWHERE], [STRANGER, FEED], True),
        ([DEAD_ELSEWHERE], [STRANGER], False),
        ([DEAD_ELSEWHERE, DEAD], [FEED], False),
        ([DEAD_ELSEWHERE, ARTICLE], [FEED], False),
        ([DEAD], [FEED, STRANGER], False),
        ([REMEMBERED], [FEED], False),
    ],
)
def test_a_strangers_dead_letter_hides_nothing_from_the_articles_own_feeds(
    reasons: list[str], feeds: list[Feed], is_new: bool
) -> None:
    entry = merge_entries([make_entry(feed=feed) for feed in feeds])
    assert is_known(entry, set(reasons)) is not is_new
    assert not is_known(entry, set())


def test_known_keys_come_from_dataset_and_state(tmp_path: Path) -> None:
    record = to_record(make_article(), RUN)
    write(tmp_path, "articles", "2026-01-28", [record])
    with BeamPipeline("FnApiRunner") as pipeline:
        keys = pipeline | ReadKnownKeys(str(tmp_path), NOW, MONTH, ("remembered",))
        expected = [("remembered", REMEMBERED), (record["article_id"], ARTICLE)]
        assert_that(keys | beam.Distinct(), equal_to(expected))


def recorded(url: str, canonical: str | None, feed: Feed = FEED) -> Recorded:
    entry = make_entry(url, feed=feed)
    return Recorded.of(entry.key, to_record(make_article(entry, canonical_url=canonical), RUN))


def test_drop_duplicates_merges_addresses_of_one_article() -> None:
    canonical = "https://news.example/story"
    direct = recorded(canonical, canonical)
    print_view = recorded("https://news.example/print/story", canonical, OTHER_FEED)
    print_view = Recorded.of(print_view.entry_key, {**print_view.record, "final_url": canonical})
    old = recorded("https://news.example/print/old", "https://news.example/old")
    with BeamPipeline("FnApiRunner") as pipeline:
        keys = pipeline | "Known" >> beam.Create(
            [
                (make_entry("https://news.example/old").key, ARTICLE),
                (make_entry(canonical).key, DEAD),  # an address that was dead at another time
            ]
        )
        rows = pipeline | "Rows" >> beam.Create([print_view, old, direct])
        result = rows | DropDuplicates(keys)
        unique = result.elements | beam.Map(
            lambda r: (r.record["url"], [feed["url"] for feed in r.record["feeds"]])
        )
        assert_that(unique, equal_to([(canonical, [OTHER_FEED.url, FEED.url])]), "unique")
        assert_that(
            result.settled,
            equal_to(
                [
                    Settled("duplicate", 1, None, print_view.entry_key, print_view.record["url"]),
                    Settled("duplicate", 1, None, old.entry_key, old.record["url"]),
                ]
            ),
            "settled",
        )
