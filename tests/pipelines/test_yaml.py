"""config/providers.yaml and config/example.beam.yaml: newsbeam's transforms in Beam YAML."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import apache_beam as beam
import pyarrow.parquet as pq
import pytest
import yaml
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.typehints.schemas import named_fields_from_element_type

from pipelines.batch import run_batch
from pipelines.demo import demo_configuration, records_of
from pipelines.sample_site import SampleSite
from pipelines.yaml_transforms import (
    ARTICLES,
    RECORDS,
    EnrichNews,
    ReadFeeds,
    ReadNews,
    row_type,
    to_row,
)
from tests.datasets import write_configuration
from transforms.schemas import RECORD_SCHEMA

ROOT = Path(__file__).resolve().parents[2]
PROVIDERS = ROOT / "config" / "providers.yaml"
EXAMPLE = ROOT / "config" / "example.beam.yaml"


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with SampleSite() as running:
        yield running


@pytest.fixture(scope="module")
def dataset(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("dataset")
    run_batch(demo_configuration(site), str(output))
    return output


def test_the_providers_name_what_there_is() -> None:
    (provider,) = yaml.safe_load(PROVIDERS.read_text(encoding="utf-8"))
    for name, path in provider["transforms"].items():
        module, _, attribute = path.rpartition(".")
        assert issubclass(getattr(sys.modules[module], attribute), beam.PTransform), name


def test_a_record_becomes_a_row_of_beam() -> None:
    moment = datetime(2026, 1, 28, 9, 30, tzinfo=timezone.utc)
    record = {
        "title": "Ponte chiuso",
        "published_at": moment,
        "source": {"name": None, "domain": "giornale.example", "country": "IT"},
        "entities": [{"name": "Ida Sala", "mentions": [{"text": "Sala", "start": 3, "end": 7}]}],
    }
    row = to_row(record, RECORDS)
    assert row.published_at == "2026-01-28T09:30:00+00:00"
    assert row.source.country == "IT"
    assert row.entities[0].mentions[0].end == 7
    assert row.stances is None
    assert [name for name, _ in row_type(RECORDS)._fields] == RECORD_SCHEMA.names
    assert not hasattr(to_row(record, ARTICLES), "entities")


@pytest.mark.parametrize("given", [{}, {"config": "c.yaml", "feeds": ["https://a.example/"]}])
def test_feeds_come_from_one_place(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="exactly one of config and feeds"):
        ReadFeeds(**given)


def test_a_text_that_is_not_there_is_an_error_when_the_pipeline_is_built() -> None:
    pipeline = beam.Pipeline(runner=FnApiRunner())
    rows = pipeline | beam.Create([1]) | beam.Select(number=lambda number: int(number))
    with pytest.raises(ValueError, match="no field 'body'; there are number"):
        rows | EnrichNews()


class _Broken:
    def annotate(self, request: Any) -> Any:
        raise RuntimeError(f"cannot read {request.text}")


def test_a_row_that_breaks_a_model_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.yaml_transforms.Annotator.load", lambda *_: _Broken())
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        rows = pipeline | beam.Create(["text"]) | beam.Select(body=lambda text: str(text))
        results = rows | EnrichNews(error_handling={"output": "broken"})
        told = results["broken"] | beam.Map(lambda row: (row.body, row.message))
        assert_that(told, equal_to([("text", "RuntimeError: cannot read text")]), label="broken")
        assert_that(results["rows"], equal_to([]), label="rows")


@pytest.mark.slow
def test_a_dataset_is_read_as_it_was_written(dataset: Path) -> None:
    expected = [
        (
            row["article_id"],
            row["published_at"] and row["published_at"].isoformat(),
            len(row["stances"] or ()),
        )
        for row in records_of(str(dataset))
    ]
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        rows = pipeline | ReadNews(str(dataset))
        assert len(named_fields_from_element_type(rows.element_type)) == len(RECORD_SCHEMA)
        told = rows | beam.Map(
            lambda row: (row.article_id, row.published_at, len(row.stances or ()))
        )
        assert_that(told, equal_to(expected))
    assert not list(ReadNews(str(dataset), since="2999-01-01").files())


@pytest.mark.slow
def test_the_example_finds_the_stances_of_a_country(
    site: SampleSite, dataset: Path, tmp_path: Path
) -> None:
    config = write_configuration(site, tmp_path / "config.yaml")
    plain = yaml.safe_load(config.read_text(encoding="utf-8"))
    for feed in plain["feeds"]:
        feed["country"] = "IT" if "rss.xml" in feed["url"] else "GB"
    config.write_text(yaml.safe_dump(plain), encoding="utf-8")
    variables = {"config": str(config), "country": "IT", "output": str(tmp_path / "out")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "apache_beam.yaml.main"),
            f"--yaml_pipeline_file={EXAMPLE}",
            f"--jinja_variables={json.dumps(variables)}",
            "--runner=FnApiRunner",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = [
        (row["url"], row["holder"], row["polarity"], row["target"])
        for path in (tmp_path / "out").glob("stances*")
        for row in pq.read_table(path).to_pylist()
    ]
    lanterna = site.feeds[2].url.removesuffix("rss.xml")
    expected = [
        (row["url"], s["holder"]["text"], s["polarity"], s["target"]["text"] or "")
        for row in records_of(str(dataset))
        for s in row["stances"] or ()
        if row["url"]
        and row["url"].startswith(lanterna)
        and row["verdict"] == "article"
        and s["holder"]["text"] is not None
        and s["confidence"] >= 0.5
    ]
    assert found
    assert sorted(found) == sorted(expected)
    (path,) = (tmp_path / "out").glob("failures*")
    assert json.loads(path.read_text()) == {
        "stage": "FetchPages",
        "kind": "not_found",
        "failures": 1,
    }
