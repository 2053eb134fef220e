"""DropKnown: which announced entries are new.

What is known is read from the dataset itself: the id columns of the partitions inside the
horizon. Rows of `articles` make an entry known by its announced, final and canonical address;
dead letters make it known as well, so that a dead link is asked once and not at every run. That
of a feed of another domain does not count against the article's own feeds: whoever guesses
addresses that are to come must not hide them.

A known key travels with the reason why it is known: ARTICLE, DEAD (a dead letter), DEAD_ELSEWHERE
(one of a feed of another domain) or REMEMBERED (by the state).

Entries of one run with one normalised address become one entry whose `announcements` names
every feed. Pending entries of earlier runs join in when their time has come; until then an
announcement of the same entry changes nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from transforms.elements import Announcement, Entry
from transforms.failures import Settled
from transforms.files import paths_below
from transforms.provenance import carries_content, is_own
from transforms.records import Recorded
from transforms.stages import ELEMENTS, FAILURES, SETTLED, Outcome, StageCounters, outcome
from transforms.urls import article_id, entry_key, normalize_url

Known = tuple[str, str]
"""A known key and the reason; a plain tuple, since Beam pickles any other type one by one."""

ARTICLE_ID_COLUMNS = ["article_id", "url", "final_url", "canonical_url", "feeds", "verdict"]
FAILURE_ID_COLUMNS = ["url", "feed_url", "entry_guid", "next_attempt_at"]
ARTICLE, DEAD, DEAD_ELSEWHERE, REMEMBERED = "article", "dead", "dead elsewhere", "remembered"
OWN_PAGE_VERDICTS = ("article", "paywall", "live", "media")


def recent_files(output: str, table: str, now: datetime, horizon: float) -> list[str]:
    """The Parquet files of a table in the partitions inside the horizon (seconds before now)."""
    oldest = (now - timedelta(seconds=horizon)).date()
    return [
        path
        for path in paths_below(output, table, "ingest_date=*", "**.parquet")
        if (day := partition_date(path)) is not None and day >= oldest
    ]


def partition_date(path: str) -> date | None:
    """The day of the partition that a file lies in."""
    match = re.search(r"ingest_date=(\d{4}-\d{2}-\d{2})", path)
    try:
        return date.fromisoformat(match.group(1)) if match else None
    except ValueError:
        return None


def article_keys(row: dict[str, Any]) -> set[str]:
    """The keys by which a row of `articles` is known: article_id and entry keys."""
    keys = {row["article_id"]} if row["article_id"] else set()
    if row["url"] is None:
        keys |= {entry_key(None, feed["url"], feed["guid"]) for feed in row["feeds"] or ()}
    urls = [row["url"]]
    if row["verdict"] in OWN_PAGE_VERDICTS:  # a wall's address is not the article's
        urls += [row["final_url"], row["canonical_url"]]
    return keys | {article_id(normalize_url(url)) for url in urls if url}


def failure_keys(row: dict[str, Any]) -> set[str]:
    """The keys by which a row of `failures` is known: dead letters are, feeds are not."""
    about_feed = row["url"] == row["feed_url"] and row["entry_guid"] is None
    if row["next_attempt_at"] is not None or about_feed or not row["feed_url"]:
        return set()
    return {entry_key(row["url"], row["feed_url"], row["entry_guid"])}


def keys_with_reason(row: dict[str, Any]) -> Iterator[Known]:
    """The keys of a row of either table, each with the reason why it is known."""
    if "article_id" in row:
        yield from ((key, ARTICLE) for key in article_keys(row))
    else:
        reason = DEAD if is_own(row["feed_url"] or "", row["url"]) else DEAD_ELSEWHERE
        yield from ((key, reason) for key in failure_keys(row))


def read_keys(path: str) -> Iterator[Known]:
    """Every known key of one Parquet file of `articles` or `failures`, a batch at a time.

    Raises RuntimeError when the file cannot be read: to go on would write articles twice.
    """
    try:
        yield from _read_keys(path)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise RuntimeError(
            f"cannot read the ids of {path}: {error}; repair the file or move it out of the dataset"
        ) from error


def _read_keys(path: str) -> Iterator[Known]:
    columns = FAILURE_ID_COLUMNS if "/failures/" in path else ARTICLE_ID_COLUMNS
    with (
        FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as stream,
        pq.ParquetFile(stream) as file,
    ):
        for batch in file.iter_batches(batch_size=4096, columns=columns):
            for row in batch.to_pylist():
                yield from keys_with_reason(row)


@dataclass
class ReadKnownKeys(beam.PTransform):
    """PBegin -> PCollection[Known]: the keys of everything in the dataset inside the horizon.

    The files are listed when the pipeline is built, so that a run sees the dataset as it was
    at its start, whatever is retried. `remembered` are keys that the state adds.
    """

    output: str
    now: datetime
    horizon: float
    remembered: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, pipeline: beam.Pipeline) -> beam.PCollection[Known]:
        files = [
            path
            for table in ("articles", "failures")
            for path in recent_files(self.output, table, self.now, self.horizon)
        ]
        in_dataset = (
            pipeline
            | "ListFiles" >> beam.Create(files)
            | "SpreadFiles" >> beam.Reshuffle()
            | "ReadKeys" >> beam.FlatMap(read_keys).with_output_types(Known)
        )
        remembered = [(key, REMEMBERED) for key in self.remembered]
        in_state = pipeline | "Remembered" >> beam.Create(remembered).with_output_types(Known)
        return (in_dataset, in_state) | "AllKeys" >> beam.Flatten()


def merge_entries(announced: Sequence[Entry], carried: Sequence[Entry] = ()) -> Entry:
    """One entry of several with the same key.

    Full content goes first, then feeds of the article's own domain, whose word counts more than
    that of others, then feed and position; gaps are filled from the others,
    `announcements` and `warnings` are those of all. `carried` are pending entries of earlier
    runs: they add their tries, and the announcements that are not made again.
    """
    entries = [*announced, *carried]
    ordered = sorted(
        entries,
        key=lambda entry: (
            not carries_content(entry),
            not is_own(entry.feed.url, entry.url),
            entry.feed.url,
            entry.announcements[0].position,
            -entry.attempts,
        ),
    )
    first = ordered[0]
    filled: dict[str, Any] = {
        name: next((value for entry in ordered if (value := getattr(entry, name))), default)
        for name, default in (
            ("title", None), ("summary", None), ("authors", ()), ("categories", ()),
            ("published_at", None), ("updated_at", None), ("image_url", None),
            ("language", None), ("license", None), ("first_failed_at", None), ("history", ()),
        )
    }  # fmt: skip
    return replace(
        first,
        **filled,
        announced_at=min(entry.announced_at for entry in ordered),
        announcements=_all_announcements(announced, carried),
        warnings=tuple(dict.fromkeys(word for entry in ordered for word in entry.warnings)),
        attempts=max(entry.attempts for entry in ordered),
    )


def _all_announcements(
    announced: Sequence[Entry], carried: Sequence[Entry]
) -> tuple[Announcement, ...]:
    """Those of now, and of earlier runs those that no feed repeats."""
    made = [announcement for entry in announced for announcement in entry.announcements]
    repeated = {(announcement.url, announcement.guid) for announcement in made}
    made += {
        announcement: None
        for entry in carried
        for announcement in entry.announcements
        if (announcement.url, announcement.guid) not in repeated
    }
    return tuple(sorted(made, key=lambda announcement: (announcement.url, announcement.position)))


def merge_records(recorded: Sequence[Recorded]) -> Recorded:
    """One record of several with the same article_id: the one that needed no redirect, then by
    address; `feeds` names all."""
    if len(recorded) == 1:
        return recorded[0]
    rows = [(each.entry_key, each.record) for each in recorded]
    rows.sort(key=lambda pair: (pair[1]["url"] != pair[1]["final_url"], pair[1]["url"] or ""))
    entry_key, first = rows[0]
    feeds = sorted(
        (feed for _, row in rows for feed in row["feeds"]),
        key=lambda feed: (feed["url"], feed["position"]),
    )
    first_seen_at = min(row["first_seen_at"] for _, row in rows)
    return Recorded.of(entry_key, {**first, "feeds": feeds, "first_seen_at": first_seen_at})


@dataclass(frozen=True)
class Carried:
    """A pending entry of an earlier run, and whether its time has come."""

    entry: Entry
    is_due: bool


class _JoinFn(beam.DoFn):
    """One group of a CoGroupByKey of new elements and known keys."""

    def __init__(self, stage: str) -> None:
        self.stage = stage

    def setup(self) -> None:
        self.counters = StageCounters(self.stage)


def is_known(entry: Entry, reasons: set[str]) -> bool:
    """Whether an entry with a known key is to be left alone."""
    if reasons != {DEAD_ELSEWHERE}:
        return bool(reasons)
    return not any(is_own(each.url, entry.url) for each in entry.announcements)


class _DropKnownFn(_JoinFn):
    def process(self, group: tuple[str, dict[str, Iterable[Any]]]) -> Iterator[Any]:
        _, joined = group
        announced, carried = list(joined["new"]), list(joined["carried"])
        if not announced and not carried:
            return
        self.counters.received(len(announced) + len(carried))
        for result in self.decide(announced, carried, set(joined["known"])):
            yield self.counters.route(result)

    def decide(
        self, announced: list[Entry], carried: list[Carried], known: set[str]
    ) -> Iterator[Entry | Settled]:
        due = [each.entry for each in carried if each.is_due]
        if not announced and not due:
            return
        entry = merge_entries(announced, due)
        count = len(entry.announcements)
        taken_up = count - sum(len(each.announcements) for each in announced)
        if taken_up:
            yield Settled("carried_over", taken_up)
        if is_known(entry, known):
            yield Settled("known", count, None, entry.key, entry.url)
        elif carried and not due:
            yield Settled("pending", count, None, entry.key, entry.url)
        else:
            yield entry


class _DropDuplicatesFn(_JoinFn):
    def process(self, group: tuple[str, dict[str, Iterable[Any]]]) -> Iterator[Any]:
        _, joined = group
        recorded = list(joined["new"])
        if not recorded:
            return
        self.counters.received(len(recorded))
        # Only an article makes a record a duplicate: that an address once was dead does not.
        known = ARTICLE in joined["known"]
        merged = merge_records(recorded)
        for each in recorded:
            row = each.record
            count, url = len(row["feeds"]), row["url"]
            if known or each.entry_key != merged.entry_key:
                duplicate = Settled("duplicate", count, None, each.entry_key, url)
                yield self.counters.route(duplicate)
            elif count > 1:
                yield self.counters.route(Settled("duplicate", count - 1))
        if not known:
            yield self.counters.route(merged)


def _join(
    new: dict[str, Any], known: beam.PCollection[Known], join: beam.DoFn, yields: type
) -> Outcome:
    pardo = beam.ParDo(join).with_outputs(FAILURES, SETTLED, main=ELEMENTS)
    joined = {**new, "known": known} | "Join" >> beam.CoGroupByKey()
    return outcome(joined | "Decide" >> pardo, yields)


def _by_key(entry: Entry) -> tuple[str, Entry]:
    return entry.key, entry


def _by_carried_key(carried: Carried) -> tuple[str, Carried]:
    return carried.entry.key, carried


def _by_article_id(recorded: Recorded) -> tuple[str, Recorded]:
    return recorded.article_id, recorded


@dataclass
class DropKnown(beam.PTransform):
    """PCollection[Entry] -> Outcome of Entry: each new address once; known ones are Settled.

    `carried` are the pending entries of earlier runs.
    """

    known: beam.PCollection[Known]
    carried: tuple[Carried, ...] = ()

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, entries: beam.PCollection[Entry]) -> Any:
        carried = entries.pipeline | "Carried" >> beam.Create(self.carried)
        new = {
            "new": entries | "KeyEntries" >> beam.Map(_by_key),
            "carried": carried | "KeyCarried" >> beam.Map(_by_carried_key),
        }
        return _join(new, self.known, _DropKnownFn("DropKnown"), Entry)


@dataclass
class DropDuplicates(beam.PTransform):
    """PCollection[Recorded] -> Outcome of Recorded: each article_id once, none that the dataset
    has. Different addresses may turn out to be one article only after the page said so."""

    known: beam.PCollection[Known]

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, recorded: beam.PCollection[Recorded]) -> Any:
        new = {"new": recorded | "KeyRecords" >> beam.Map(_by_article_id)}
        return _join(new, self.known, _DropDuplicatesFn("DropDuplicates"), Recorded)
