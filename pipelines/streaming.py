"""The streaming pipeline: the functions of the batch pipeline over an unbounded source.

ticks -> AskFeeds -> DropSeen -> VisitPages -> ExtractArticles -> enrich -> ToRecords
      -> WriteWindows; all of them -> KeepState, WriteAccounts    (transforms/streaming)
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import apache_beam as beam

from pipelines.enrichment import enrich
from pipelines.ingest import is_dead_letter
from pipelines.settings import Settings
from pipelines.stream_account import WriteAccounts
from transforms import clock
from transforms.articles import ExtractArticles
from transforms.elements import Feed
from transforms.failures import Failure, Settled
from transforms.jobs import COUNTS
from transforms.parquet import Sink, WrittenFile
from transforms.records import Run, ToRecords
from transforms.retry import schedule_retry
from transforms.schemas import FAILURE_SCHEMA, RECORD_SCHEMA
from transforms.stages import ELEMENTS, FAILURES, SETTLED
from transforms.state import EntryState
from transforms.streaming import AskFeeds, DropSeen, KeepState, VisitPages, WriteWindows
from transforms.streaming.files import WRITTEN, Windows
from transforms.streaming.seen import carried, waiting
from transforms.streaming.updates import KEPT, of_failure


@dataclass(frozen=True)
class StreamSettings:
    """What a stream needs: the configuration, its feeds, where to write, the window in seconds.
    `patience` as in AskFeeds."""

    settings: Settings
    feeds: tuple[Feed, ...]
    output: str
    run: Run
    window: float = 60.0
    patience: float = 0.0

    @property
    def horizon(self) -> float:
        return self.settings.dedup.horizon

    @property
    def windows(self) -> Windows:
        written = self.settings.output
        articles = Sink(
            self.output,
            "articles",
            self.run,
            RECORD_SCHEMA,
            written.partition_by,
            written.compression,
            written.rows_per_file,
        )
        failures = replace(
            articles, table="failures", schema=FAILURE_SCHEMA, partition_by=("ingest_date",)
        )
        return Windows(articles, failures, self.window, self.horizon)


class StreamOutputs(NamedTuple):
    """The PCollections that a caller may build on."""

    files: beam.PCollection[WrittenFile]
    failures: beam.PCollection[Failure]
    settled: beam.PCollection[Settled]
    snapshots: beam.PCollection[str]
    accounts: beam.PCollection[str]


def build_stream(
    pipeline: beam.Pipeline, ticks: beam.PCollection[Any], settings: StreamSettings
) -> StreamOutputs:
    """Wires the whole pipeline; at every tick the feeds that are due are asked."""
    config, run, policy = settings.settings, settings.run, settings.settings.fetch.policy()
    asked = ticks | AskFeeds(
        settings.feeds,
        settings.output,
        run.run_id,
        policy,
        settings.settings.retry_policy,
        settings.horizon,
        settings.patience,
    )
    before = (
        pipeline
        | "Output" >> beam.Create([settings.output])
        | "Carried" >> beam.FlatMap(carried).with_output_types(Any)
    )
    announced = asked[ELEMENTS] | "Waiting" >> beam.Map(waiting).with_output_types(Any)
    entries = (announced, before) | "Entries" >> beam.Flatten()
    new = entries | DropSeen(settings.output, settings.horizon)
    pages = new[ELEMENTS] | VisitPages(
        run.run_id, policy, settings.settings.retry_policy, settings.patience
    )
    articles = pages[ELEMENTS] | ExtractArticles()
    enriched = enrich(articles.elements, config.enrich)
    recorded = enriched[-1].elements | ToRecords(run)

    stages = (articles, *enriched, recorded)
    later = (
        [stage.failures for stage in stages]
        | "LaterFailures" >> beam.Flatten()
        | "ScheduleRetries" >> beam.Map(schedule_retry, settings.settings.retry_policy, run.run_id)
    )
    failures = (asked[FAILURES], pages[FAILURES], later) | "AllFailures" >> beam.Flatten()
    dead_letters = failures | "DeadLetters" >> beam.Filter(is_dead_letter)
    rows = (recorded.elements, dead_letters) | "Rows" >> beam.Flatten()
    files = rows | WriteWindows(settings.windows)
    updates = (
        asked[KEPT], new[KEPT], pages[KEPT], files[KEPT],
        later | "PendingLater" >> beam.FlatMap(pending_rows),
    ) | "Updates" >> beam.Flatten()  # fmt: skip
    snapshots = updates | KeepState(settings.output, run.run_id, settings.window, settings.horizon)
    settled = (
        asked[SETTLED], new[SETTLED], pages[SETTLED], files[SETTLED],
        *(stage.settled for stage in stages),
    ) | "AllSettled" >> beam.Flatten()  # fmt: skip
    counts = (asked[COUNTS], new[COUNTS], pages[COUNTS]) | "AllCounts" >> beam.Flatten()
    counted = {
        "counts": counts,
        "failures": failures,
        "settled": settled,
        "written": files[WRITTEN],
        "files": files[ELEMENTS],
    }
    accounts = counted | WriteAccounts(settings.output, run, len(settings.feeds), settings.window)
    return StreamOutputs(files[ELEMENTS], failures, settled, snapshots, accounts)


def pending_rows(failure: Failure) -> Iterator[EntryState]:
    """The row of an entry that a stage after the fetching left pending."""
    row = of_failure(failure, clock.utc_now())
    if row is not None:
        yield row
