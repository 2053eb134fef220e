"""newsbeam in Beam YAML: what config/providers.yaml names.

    ReadFeeds     feeds -> rows of articles, fetched and extracted, in one go and without a state
    EnrichNews    rows with a text -> the same rows with entities, quotations and stances
    ReadNews      a dataset of `newsbeam run` -> its rows

Rows have the fields of docs/records.md. Moments are text in ISO 8601, such as
"2026-01-28T09:30:00+00:00": they sort as they are, and Beam's own sinks take them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems
from apache_beam.typehints.arrow_type_compatibility import beam_schema_from_arrow_schema
from apache_beam.typehints.row_type import RowTypeConstraint
from apache_beam.typehints.schemas import named_fields_from_element_type, named_fields_from_schema

from pipelines.annotation import Annotator, Request
from pipelines.batch import new_run
from pipelines.configuration import load_configuration
from pipelines.settings import EnrichSettings, EntitySettings, Settings
from transforms.articles import ExtractArticles
from transforms.elements import Feed, FeedRequest
from transforms.feeds import ParseFeeds
from transforms.files import paths_below
from transforms.known import DropDuplicates, DropKnown, Known
from transforms.language import DetectLanguage
from transforms.pages import FetchFeeds, FetchPages
from transforms.records import Recorded, ToRecords, to_failure_row
from transforms.schemas import FAILURE_SCHEMA, RECORD_SCHEMA

LABELS = ("entities", "quotations", "stances")
ERRORS = "errors"


def with_text_moments(schema: pa.Schema) -> pa.Schema:
    """A schema whose timestamps are text."""
    return pa.schema(
        pa.field(field.name, pa.string()) if pa.types.is_timestamp(field.type) else field
        for field in schema
    )


RECORDS = with_text_moments(RECORD_SCHEMA)
FAILURES = with_text_moments(FAILURE_SCHEMA)
ARTICLES = pa.schema(field for field in RECORDS if field.name not in LABELS)


def row_type(schema: pa.Schema) -> RowTypeConstraint:
    """Beam's type of the rows of a schema."""
    return RowTypeConstraint.from_fields(
        list(named_fields_from_schema(beam_schema_from_arrow_schema(schema)))
    )


def to_row(plain: Mapping[str, Any], schema: pa.Schema) -> beam.Row:
    """The Beam row of a plain record; fields that the schema has not are left out."""
    return beam.Row(**{f.name: _to_beam(plain.get(f.name), f.type) for f in schema})


def _to_beam(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    if pa.types.is_struct(kind):
        return beam.Row(**{f.name: _to_beam(value.get(f.name), f.type) for f in kind})
    if pa.types.is_list(kind):
        return [_to_beam(each, kind.value_type) for each in value]
    return value


def _recorded_row(recorded: Recorded) -> beam.Row:
    return to_row(recorded.record, ARTICLES)


def _failure_row(failure: Any, run: Any) -> beam.Row:
    return to_row(to_failure_row(failure, run), FAILURES)


class ReadFeeds(beam.PTransform):
    """PBegin -> rows of articles, each once.

    `config` is a configuration file, whose feeds and whose sections fetch and
    enrich.language are used; `feeds` are addresses instead. With `error_handling: {output: NAME}`
    what failed is there under NAME, with the fields of `failures`.
    """

    def __init__(
        self,
        config: str | None = None,
        feeds: Sequence[str] = (),
        error_handling: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        if (config is None) == (not feeds):
            raise ValueError("ReadFeeds needs exactly one of config and feeds")
        self.errors = (error_handling or {}).get("output")
        self.settings, self.feeds = Settings(), tuple(Feed(url) for url in feeds)
        if config is not None:
            configuration = load_configuration(config)
            self.settings, self.feeds = configuration.settings, configuration.feeds

    def expand(self, pipeline: Any) -> Any:
        policy, run = self.settings.fetch.policy(), new_run()
        requests = [FeedRequest(feed, feed.url) for feed in self.feeds]
        nothing = pipeline.pipeline | "Nothing" >> beam.Create([]).with_output_types(Known)
        documents = pipeline.pipeline | "Feeds" >> beam.Create(requests) | FetchFeeds(policy)
        announced = documents.elements | ParseFeeds()
        entries = announced.elements | DropKnown(nothing)
        pages = entries.elements | FetchPages(policy)
        articles = pages.elements | ExtractArticles()
        languages = articles.elements | DetectLanguage(self.settings.enrich.language.detector)
        recorded = languages.elements | ToRecords(run)
        unique = recorded.elements | DropDuplicates(nothing)
        rows = unique.elements | "Rows" >> beam.Map(_recorded_row).with_output_types(
            row_type(ARTICLES)
        )
        if self.errors is None:
            return rows
        stages = (documents, announced, entries, pages, articles, languages, recorded, unique)
        failures = (
            [stage.failures for stage in stages]
            | "AllFailures" >> beam.Flatten()
            | "FailureRows" >> beam.Map(_failure_row, run).with_output_types(row_type(FAILURES))
        )
        return {"rows": rows, self.errors: failures}


class _AnnotateFn(beam.DoFn):
    def __init__(self, text: str, language: str, settings: EnrichSettings) -> None:
        self.text, self.language, self.settings = text, language, settings

    def setup(self) -> None:
        self.annotator = Annotator.load(self.settings.entities.model, self.settings.gazetteers)
        self.schema = pa.schema(RECORDS.field(name) for name in LABELS)

    def process(self, row: Any) -> Iterator[Any]:
        plain = row._asdict() if hasattr(row, "_asdict") else row.as_dict()
        try:
            request = Request(plain[self.text] or "", plain.get(self.language), ())
            labels = to_row(self.annotator.annotate(request), self.schema).as_dict()
            yield beam.Row(**{**plain, **labels})
        except Exception as error:  # any text may break any model; the pipeline goes on
            message = f"{type(error).__name__}: {error}"[:500]
            yield beam.pvalue.TaggedOutput(ERRORS, beam.Row(**{**plain, "message": message}))


class EnrichNews(beam.PTransform):
    """Rows -> rows with `entities`, `quotations` and `stances`, as in a record.

    `text` and `language` name the fields that are read (the language may be null: then it is
    detected); `model` and `gazetteers` are those of the configuration's section enrich. A row that
    breaks a model is left out; with `error_handling: {output: NAME}` it is there, with the
    `message`.
    """

    def __init__(
        self,
        text: str = "body",
        language: str = "language",
        model: str = "embedded",
        gazetteers: Sequence[str] = (),
        error_handling: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.text, self.language = text, language
        self.settings = EnrichSettings(
            entities=EntitySettings(model=model), gazetteers=tuple(gazetteers)
        )
        self.errors = (error_handling or {}).get("output")

    def expand(self, rows: Any) -> Any:
        fields = dict(named_fields_from_element_type(rows.element_type))
        if self.text not in fields:
            raise ValueError(f"EnrichNews: no field {self.text!r}; there are {', '.join(fields)}")
        labelled = dict(named_fields_from_schema(beam_schema_from_arrow_schema(RECORDS)))
        annotate = _AnnotateFn(self.text, self.language, self.settings)
        results = rows | "Annotate" >> beam.ParDo(annotate).with_outputs(ERRORS, main="rows")
        good, bad = results["rows"], results[ERRORS]
        good.element_type = RowTypeConstraint.from_fields(
            list({**fields, **{name: labelled[name] for name in LABELS}}.items())
        )
        bad.element_type = RowTypeConstraint.from_fields(list({**fields, "message": str}.items()))
        return good if self.errors is None else {"rows": good, self.errors: bad}


class ReadNews(beam.PTransform):
    """PBegin -> the rows of the articles that a dataset of `newsbeam run` holds.

    `path` is the dataset's directory, `since` the first day of ingestion, such as 2026-01-28.
    """

    def __init__(self, path: str, since: str | None = None) -> None:
        super().__init__()
        self.path, self.since = path, since and datetime.fromisoformat(since).date().isoformat()

    def expand(self, pipeline: Any) -> Any:
        return (
            pipeline.pipeline
            | "Files" >> beam.Create(list(self.files()))
            | "Spread" >> beam.Reshuffle()
            | "Read" >> beam.FlatMap(read_rows).with_output_types(row_type(RECORDS))
        )

    def files(self) -> Iterator[str]:
        for path in paths_below(self.path, "articles", "ingest_date=*", "**.parquet"):
            day = path.partition("ingest_date=")[2][:10]
            if self.since is None or day >= self.since:
                yield path


def read_rows(path: str) -> Iterator[beam.Row]:
    """The rows of a file of `articles`."""
    with (
        FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as stream,
        pq.ParquetFile(stream) as file,
    ):
        for batch in file.iter_batches(batch_size=1000):
            for record in batch.to_pylist():
                yield to_row(record, RECORDS)
