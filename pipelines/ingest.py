"""The batch pipeline: due feeds in, verified Parquet and a state snapshot out.

Feeds -> FetchFeeds -> ParseFeeds -> DropKnown -> FetchPages -> ExtractArticles
      -> DetectLanguage -> ToRecords -> DropDuplicates -> WriteRecords -> WriteState
failures of every stage -> WriteFailures; everything is counted -> WriteCounts
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems

from pipelines.progress import Tally
from pipelines.settings import Settings
from transforms.articles import ExtractArticles
from transforms.elements import (
    Article,
    Entry,
    FeedDocument,
    FeedRequest,
    FeedUnchanged,
    Page,
)
from transforms.failures import Failure, Settled
from transforms.feeds import ParseFeeds
from transforms.files import replacing
from transforms.known import Carried, DropDuplicates, DropKnown, ReadKnownKeys
from transforms.language import DetectLanguage
from transforms.pages import FetchFeeds, FetchPages
from transforms.parquet import WriteFailures, WriteRecords, WrittenFile
from transforms.records import Recorded, Run, ToRecords
from transforms.retry import RetryPolicy, schedule_retry
from transforms.schedule import Intervals
from transforms.stages import Outcome
from transforms.state import StateRow, WriteState, pending_entries, settled_keys


@dataclass(frozen=True)
class IngestSettings:
    """What one run needs: the configuration, the requests that are due, where to write.

    `state` are the rows of the snapshot that this run starts from. `progress` is a local
    folder for live counts, or None.
    """

    settings: Settings
    requests: tuple[FeedRequest, ...]
    output: str
    run: Run
    state: tuple[StateRow, ...] = ()
    progress: str | None = None

    @property
    def retry(self) -> RetryPolicy:
        fetch = self.settings.fetch
        bounds = Intervals(fetch.min_interval, fetch.max_interval)
        return RetryPolicy(fetch.retry.attempts, fetch.retry.backoff, bounds)

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
    announced = answers.elements | "Documents" >> only_documents | ParseFeeds()
    known = pipeline | ReadKnownKeys(
        settings.output,
        run.started_at,
        config.dedup.horizon,
        settled_keys(settings.state),
    )
    carried = tuple(
        Carried(entry, due_at <= run.started_at)
        for entry, due_at in pending_entries(settings.state)
    )
    entries = _tally(announced.elements, "entries", settings) | DropKnown(known, carried)
    pages = _tally(entries.elements, "new", settings) | FetchPages(policy)
    articles = _tally(pages.elements, "pages", settings) | ExtractArticles()
    enriched = _enrich(articles.elements, config)
    recorded = enriched[-1].elements | ToRecords(run)
    unique = _tally(recorded.elements, "records", settings) | DropDuplicates(known)

    stages = (answers, announced, entries, pages, articles, *enriched, recorded, unique)
    settled = [stage.settled for stage in stages] | "AllSettled" >> beam.Flatten()
    failures = (
        [stage.failures for stage in stages]
        | "AllFailures" >> beam.Flatten()
        | "ScheduleRetries" >> beam.Map(schedule_retry, settings.retry, run.run_id)
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
        settings.retry.bounds,
        config.dedup.horizon,
    )
    counted = {
        "answers": answers.elements,
        "announced": announced.elements,
        "parse_settled": announced.settled,
        "pages": pages.elements,
        "records": unique.elements,
        "failures": failures,
        "settled": settled,
    }
    counted | WriteCounts(settings.output, settings.counts_path, files)
    return Outputs(unique.elements, failures, settled, files, state)


def is_document(answer: FeedDocument | FeedUnchanged) -> bool:
    return isinstance(answer, FeedDocument)


def is_dead_letter(failure: Failure) -> bool:
    """Whether a failure belongs into the dataset: pending entries do not, yet."""
    return not failure.is_pending


def _enrich(articles: beam.PCollection[Article], settings: Settings) -> list[Outcome]:
    """The stages that add labels to an article, in order: language first, since every later
    model depends on it; then entities, quotations and stance, each on the one before."""
    languages = articles | DetectLanguage(settings.enrich.language.detector)
    return [languages]


def _tally(elements: Any, what: str, settings: IngestSettings) -> Any:
    return elements | f"Tally/{what}" >> Tally(what, settings.progress)


class WriteCounts(beam.PTransform):
    """Counts everything the summary needs and leaves it as one JSON file.

    Input: a dict of PCollections by name. The file holds {"counts": {key: number}, "files":
    [...]}; keys are "/"-separated, see the functions below.
    """

    def __init__(self, output: str, path: str, files: beam.PCollection[WrittenFile]) -> None:
        super().__init__()
        self.output = output
        self.path = path
        self.files = files

    def expand(self, inputs: Any) -> beam.PCollection[str]:
        functions = {
            "answers": count_answer,
            "announced": count_announced,
            "parse_settled": count_parse_settled,
            "pages": count_page,
            "records": count_record,
            "failures": count_failure,
            "settled": count_settled,
        }
        counted = [
            inputs[name] | f"Count/{name}" >> beam.FlatMap(function)
            for name, function in functions.items()
        ]
        counts = counted | "Flatten" >> beam.Flatten() | "Sum" >> beam.CombinePerKey(sum)
        return (
            self.files.pipeline
            | "Once" >> beam.Create([self.path])
            | "Write"
            >> beam.Map(
                self.write,
                counts=beam.pvalue.AsDict(counts),
                files=beam.pvalue.AsList(self.files),
            ).with_output_types(str)
        )

    def write(self, path: str, counts: dict[str, int], files: list[WrittenFile]) -> str:
        ordered = sorted(files, key=lambda file: file.path)
        content = {
            "counts": dict(sorted(counts.items())),
            "files": [
                {"table": f.table, "path": f.path, "rows": f.rows, "bytes": f.bytes}
                for f in ordered
            ],
        }
        with replacing(self.output, path) as stream:
            stream.write(json.dumps(content).encode())
        return path


Count = tuple[str, int]


def count_answer(answer: FeedDocument | FeedUnchanged) -> Iterator[Count]:
    if isinstance(answer, FeedUnchanged):
        yield "feeds/not_modified", 1
    else:
        yield "feeds/changed", 1
        yield "feeds/bytes", len(answer.response.body)


def count_announced(entry: Entry) -> Iterator[Count]:
    yield "entries/announced", len(entry.announcements)


def count_parse_settled(settled: Settled) -> Iterator[Count]:
    """Entries that ended in ParseFeeds were announced too."""
    yield "entries/announced", settled.entries


def count_page(page: Page) -> Iterator[Count]:
    if page.response is None:
        yield "pages/from_feed", 1
    else:
        yield "pages/fetched", 1
        yield "pages/bytes", len(page.response.body)


def count_record(recorded: Recorded) -> Iterator[Count]:
    record = recorded.record
    yield f"verdicts/{record['verdict']}", 1
    yield f"languages/{record['language'] or 'und'}", 1
    for model in record["models"]:
        yield f"models/{model['stage']}/{model['model_id']}/{model['version']}", 1


def count_failure(failure: Failure) -> Iterator[Count]:
    if not failure.entries:
        yield f"feeds/failed/{failure.kind.value}", 1
    elif failure.is_pending:
        yield f"entries/pending/{failure.kind.value}", failure.entries
    else:
        yield f"entries/failed/{failure.kind.value}", failure.entries


def count_settled(settled: Settled) -> Iterator[Count]:
    if settled.status == "carried_over":  # no end: these were announced to an earlier run
        yield "entries/announced", settled.entries
        yield "entries/carried_over", settled.entries
        return
    reason = settled.reason or ("waiting" if settled.status == "pending" else "")
    yield f"entries/{settled.status}" + (f"/{reason}" if reason else ""), settled.entries
