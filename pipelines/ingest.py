"""The batch pipeline: due feeds in, verified Parquet and a state snapshot out.

Feeds -> FetchFeeds -> ParseFeeds -> DropKnown -> FetchPages -> ExtractArticles
      -> enrich (enrichment.py) -> ToRecords -> DropDuplicates -> WriteRecords -> WriteState
failures of every stage -> WriteFailures; everything is counted -> WriteCounts
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems

from pipelines.counts import WriteCounts
from pipelines.enrichment import enrich
from pipelines.progress import Tally
from pipelines.settings import Settings
from transforms.articles import ExtractArticles
from transforms.elements import (
    Entry,
    FeedDocument,
    FeedRequest,
    FeedUnchanged,
)
from transforms.failures import Failure, Settled
from transforms.feeds import ParseFeeds
from transforms.index import LookUpKnown
from transforms.known import Carried, DropDuplicates, DropKnown, Known, ReadKnownKeys
from transforms.pages import FetchFeeds, FetchPages
from transforms.parquet import WriteFailures, WriteRecords, WrittenFile
from transforms.records import Recorded, Run, ToRecords
from transforms.retry import schedule_retry
from transforms.state import StateRow, WriteState, pending_entries, settled_keys


@dataclass(frozen=True)
class IngestSettings:
    """What one run needs: the configuration, the requests that are due, where to write.

    `state` are the rows of the snapshot that this run starts from. `progress` is a local
    folder for live counts, or None. With `known_in_memory` the known keys stay in this process
    for its next run (one process, FnApiRunner).
    """

    settings: Settings
    requests: tuple[FeedRequest, ...]
    output: str
    run: Run
    state: tuple[StateRow, ...] = ()
    progress: str | None = None
    known_in_memory: bool = False

    @property
    def horizon(self) -> float:
        """How far back the dataset is searched, seconds."""
        return self.settings.dedup.horizon

    @property
    def remembered(self) -> tuple[str, ...]:
        """The keys that the state knows."""
        return settled_keys(self.state, self.run.started_at, self.horizon)

    @property
    def look_up(self) -> LookUpKnown:
        return LookUpKnown(self.output, self.horizon, self.remembered)

    @property
    def counts_path(self) -> str:
        """Where the pipeline leaves its counts for the summary."""
        return str(FileSystems.join(self.output, "tmp", f"{self.run.run_id}-counts.json"))


class Outputs(NamedTuple):
    """The PCollections that a caller may build on."""

    records: beam.PCollection[Recorded]
    failures: beam.PCollection[Failure]
    settled: beam.PCollection[Settled]
    files: beam.PCollection[WrittenFile]
    state: beam.PCollection[str]


def build(pipeline: beam.Pipeline, settings: IngestSettings) -> Outputs:
    """Wires the whole pipeline."""
    config, run = settings.settings, settings.run
    policy = config.fetch.policy()

    requests = pipeline | "Requests" >> beam.Create(list(settings.requests))
    answers = requests | FetchFeeds(policy)
    only_documents = beam.Filter(is_document).with_output_types(FeedDocument)
    asked = _tally(answers.elements, "feeds", settings)
    announced = asked | "Documents" >> only_documents | ParseFeeds()
    carried = tuple(
        Carried(entry, due_at <= run.started_at)
        for entry, due_at in pending_entries(settings.state)
    )
    known = _known(announced.elements, carried, settings)
    entries = _tally(announced.elements, "entries", settings) | DropKnown(known, carried)
    pages = _tally(entries.elements, "new", settings) | FetchPages(policy)
    articles = _tally(pages.elements, "pages", settings) | ExtractArticles()
    enriched = enrich(articles.elements, config.enrich)
    recorded = enriched[-1].elements | ToRecords(run)
    known_articles = _known_articles(recorded.elements, settings) or known
    unique = _tally(recorded.elements, "records", settings) | DropDuplicates(known_articles)

    stages = (answers, announced, entries, pages, articles, *enriched, recorded, unique)
    settled = [stage.settled for stage in stages] | "AllSettled" >> beam.Flatten()
    failures = (
        [stage.failures for stage in stages]
        | "AllFailures" >> beam.Flatten()
        | "ScheduleRetries" >> beam.Map(schedule_retry, settings.settings.retry_policy, run.run_id)
    )
    dead_letters = failures | "DeadLetters" >> beam.Filter(is_dead_letter)
    article_files = unique.elements | WriteRecords(
        settings.output,
        run,
        config.output.partition_by,
        config.output.compression,
        config.output.rows_per_file,
    )
    failure_files = _tally(dead_letters, "failures", settings) | WriteFailures(settings.output, run)
    files = (article_files, failure_files) | "AllFiles" >> beam.Flatten()
    state = {
        "answers": answers.elements,
        "failures": failures,
        "settled": settled,
        "announced": announced.elements,
        "new": entries.elements,
        "files": files,
    } | WriteState(
        settings.output,
        run.run_id,
        run.started_at,
        settings.state,
        settings.settings.retry_policy.bounds,
        settings.horizon,
    )
    counted = {
        "answers": answers.elements,
        "announced": announced.elements,
        "parse_settled": announced.settled,
        "parse_failures": announced.failures,
        "counts": pages.counts,
        "records": unique.elements,
        "failures": failures,
        "settled": settled,
    }
    courtesy = (answers.courtesy, pages.courtesy) | "AllCourtesy" >> beam.Flatten()
    counted | WriteCounts(settings.output, settings.counts_path, files, courtesy)
    return Outputs(unique.elements, failures, settled, files, state)


def _known(
    announced: beam.PCollection[Entry], carried: tuple[Carried, ...], settings: IngestSettings
) -> beam.PCollection[Known]:
    """The known keys: all, or those of these entries where the others stay in memory."""
    pipeline = announced.pipeline
    if not settings.known_in_memory:
        return pipeline | ReadKnownKeys(
            settings.output, settings.run.started_at, settings.horizon, settings.remembered
        )
    carried_keys = pipeline | "CarriedKeys" >> beam.Create([each.entry.key for each in carried])
    keys = (announced | "EntryKeys" >> beam.Map(key_of), carried_keys) | "Keys" >> beam.Flatten()
    return keys | "KnownEntries" >> settings.look_up


def _known_articles(
    recorded: beam.PCollection[Recorded], settings: IngestSettings
) -> beam.PCollection[Known] | None:
    if not settings.known_in_memory:
        return None
    ids = recorded | "ArticleIds" >> beam.Map(article_id_of)
    return ids | "KnownArticles" >> settings.look_up


def key_of(entry: Entry) -> str:
    return entry.key


def article_id_of(recorded: Recorded) -> str:
    return recorded.article_id


def is_document(answer: FeedDocument | FeedUnchanged) -> bool:
    return isinstance(answer, FeedDocument)


def is_dead_letter(failure: Failure) -> bool:
    """Whether a failure belongs into the dataset: pending entries do not, yet."""
    return not failure.is_pending


def _tally(elements: Any, what: str, settings: IngestSettings) -> Any:
    return elements | f"Tally/{what}" >> Tally(what, settings.progress)
