"""WriteCounts: everything that the summary of a run needs, counted in the pipeline itself and left
as one JSON file, so that the numbers are exact on every runner, whatever was retried."""

import json
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any

import apache_beam as beam

from transforms import clock
from transforms.elements import Entry, FeedDocument, FeedUnchanged, HostCourtesy
from transforms.failures import Failure, Settled
from transforms.files import replacing
from transforms.http.politeness import merge_courtesy
from transforms.latency import latency, observed
from transforms.parquet import WrittenFile
from transforms.records import Recorded

Count = tuple[str, int]

LAG_BOUNDS = (60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 86_400, 7 * 86_400)
"""Seconds from when an article says it was published to when its record was counted."""


class WriteCounts(beam.PTransform):
    """A dict of PCollections by name -> PCollection[str], the path of the file.

    The file holds {"counts": {key: number}, "files": [...], "hosts": [[host, requests, shortest
    gap], ...]}; keys are "/"-separated, see the functions below.
    """

    def __init__(
        self,
        output: str,
        path: str,
        files: beam.PCollection[WrittenFile],
        courtesy: beam.PCollection[HostCourtesy],
    ) -> None:
        super().__init__()
        self.output = output
        self.path = path
        self.files = files
        self.courtesy = courtesy

    def expand(self, inputs: Any) -> beam.PCollection[str]:
        functions = {
            "answers": count_answer,
            "announced": count_announced,
            "parse_settled": count_parse_end,
            "parse_failures": count_parse_end,
            "records": count_record,
            "failures": count_failure,
            "settled": count_settled,
        }
        counted = [
            inputs[name] | f"Count/{name}" >> beam.FlatMap(function)
            for name, function in functions.items()
        ]
        counted.append(inputs["counts"])
        hosts = (
            self.courtesy
            | "KeyByHost" >> beam.Map(_by_host)
            | "GroupByHost" >> beam.GroupByKey()
            | "PerHost" >> beam.Map(_of_host)
        )
        counts = counted | "Flatten" >> beam.Flatten() | "Sum" >> beam.CombinePerKey(sum)
        return (
            self.files.pipeline
            | "Once" >> beam.Create([self.path])
            | "Write"
            >> beam.Map(
                self.write,
                counts=beam.pvalue.AsDict(counts),
                files=beam.pvalue.AsList(self.files),
                hosts=beam.pvalue.AsList(hosts),
            ).with_output_types(str)
        )

    def write(
        self,
        path: str,
        counts: dict[str, int],
        files: list[WrittenFile],
        hosts: list[HostCourtesy],
    ) -> str:
        ordered = sorted(files, key=lambda file: file.path)
        content = {
            "counts": dict(sorted(counts.items())),
            "files": [
                {"table": f.table, "path": f.path, "rows": f.rows, "bytes": f.bytes}
                for f in ordered
            ],
            "hosts": sorted([h.host, h.requests, h.shortest_gap] for h in hosts),
        }
        with replacing(self.output, path) as stream:
            stream.write(json.dumps(content).encode())
        return path


def count_answer(answer: FeedDocument | FeedUnchanged) -> Iterator[Count]:
    yield from latency("feeds", answer.response.elapsed_ms)
    if isinstance(answer, FeedUnchanged):
        yield "feeds/not_modified", 1
        yield "feeds/bytes_saved", answer.bytes_saved
    else:
        yield "feeds/changed", 1
        yield "feeds/bytes", len(answer.response.body)


def count_announced(entry: Entry) -> Iterator[Count]:
    yield "entries/announced", len(entry.announcements)


def count_parse_end(end: Settled | Failure) -> Iterator[Count]:
    """Entries that ended in ParseFeeds were announced too; a document that was no feed changed
    nothing."""
    if end.entries:
        yield "entries/announced", end.entries
    else:
        yield "feeds/changed", -1


def count_record(recorded: Recorded) -> Iterator[Count]:
    record = recorded.record
    if record["published_at"] is not None:
        lag = (clock.utc_now() - record["published_at"]).total_seconds()
        yield from observed("lag", max(0.0, lag), LAG_BOUNDS)
    yield f"verdicts/{record['verdict']}", 1
    yield f"languages/{record['language'] or 'und'}", 1
    for model in record["models"]:
        yield f"models/{model['stage']}/{model['model_id']}/{model['version']}", 1
    for label in ("entities", "quotations", "stances"):
        yield f"labels/{label}", len(record[label] or ())


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


def _by_host(courtesy: HostCourtesy) -> tuple[str, HostCourtesy]:
    return courtesy.host, courtesy


def _of_host(group: tuple[str, Iterable[HostCourtesy]]) -> HostCourtesy:
    return reduce(merge_courtesy, group[1])
