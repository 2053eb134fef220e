"""The stage around a recogniser, with a tiny ONNX export."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from tests.builders import make_article, make_entry
from tests.transforms.recognizers.models import save
from transforms.elements import Article, ModelUse, NamedSpan, Reading
from transforms.failures import Failure, FailureKind
from transforms.recognizers import RecognizeEntities, RecognizerMissingError
from transforms.recognizers import stage as stage_module
from transforms.recognizers.onnx_export import OnnxRecognizer
from transforms.recognizers.stage import EntitiesHandler, recognize_entities

BODY = "🎉 Anna Rossi spoke in Lugano.\r\nThe mayor did not. «E\u0301lodie» joined ACME."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("onnx") / "tiny")


@pytest.fixture(scope="module")
def model(folder: Path) -> OnnxRecognizer:
    return OnnxRecognizer(folder)


def article(name: str = "a", body: str | None = BODY, **fields: Any) -> Article:
    entry = make_entry(f"https://news.example/{name}")
    return make_article(entry, body=body, language="en", **fields)


def test_names_stand_in_the_body(model: OnnxRecognizer) -> None:
    reading = recognize_entities(article(), model, 10)
    assert [(name.text, name.label) for name in reading.names] == [
        ("Anna Rossi", "PER"),
        ("Lugano", "LOC"),
        ("E\u0301lodie", "PER"),
        ("ACME", "ORG"),
    ]
    for name in reading.names:
        assert BODY[name.start : name.end] == name.text
        assert 0.99 < name.score <= 1.0
        assert name.score == round(name.score, 4)
    assert len(reading.sentences) == 3
    assert reading.states is None  # the encoder is not ours
    assert reading.article.warnings == ()


def test_the_model_is_recorded_after_those_before(model: OnnxRecognizer) -> None:
    earlier = ModelUse("language", "langdetect", "1")
    reading = recognize_entities(article(models=(earlier,)), model, 10)
    used = ModelUse("entities", "onnx:tiny", model.version)
    assert reading.article == replace(article(), models=(earlier, used))


@pytest.mark.parametrize("body", [None, "", " \n "])
def test_no_text_has_no_names(model: OnnxRecognizer, body: str | None) -> None:
    reading = recognize_entities(article(body=body), model, 10)
    assert (reading.sentences, reading.names) == ((), ())
    assert [use.stage for use in reading.article.models] == ["entities"]


@pytest.mark.parametrize(("limit", "warnings"), [(1, True), (2, True), (3, False), (4, False)])
def test_a_long_article_says_that_it_was_not_read_to_its_end(
    model: OnnxRecognizer, limit: int, warnings: bool
) -> None:
    reading = recognize_entities(article(warnings=("paywall",)), model, limit)
    assert reading.article.warnings == ("paywall", *["entities_truncated"] * warnings)
    assert len(reading.sentences) == min(3, limit)
    assert reading.article.body == BODY


def test_names_do_not_depend_on_the_articles_beside(model: OnnxRecognizer) -> None:
    articles = [article(str(i), "Anna Rossi left ACME. " * i) for i in range(9)]
    handler = EntitiesHandler("onnx:unused", 500, 1)
    together = list(handler.run_inference(articles, model))
    alone = [recognize_entities(one, model, 500) for one in articles]
    assert together == alone
    assert list(handler.run_inference(articles[::-1], model)) == alone[::-1]


def _fails_on_bad(one: Article, model: Any, limit: int) -> Reading:
    if one.entry.url == "https://news.example/bad":
        raise MemoryError("no model likes it")
    return recognize_entities(one, model, limit)


def check_readings(readings: list[Reading]) -> None:
    found = {reading.article.entry.url: reading for reading in readings}
    assert sorted(str(url)[-1] for url in found) == ["a", "c", "l", "n"]
    good = found["https://news.example/a"]
    assert good.names[0] == NamedSpan("Anna Rossi", 2, 12, good.names[0].score, "PER")
    assert len(good.names) == 4
    assert [use.model_id for use in good.article.models] == ["onnx:tiny"]
    assert found["https://news.example/n"].names == ()
    long = found["https://news.example/l"]
    assert long.article.warnings == ("entities_truncated",)
    assert len(long.sentences) == 5


def check_failures(failures: list[Failure]) -> None:
    (failure,) = failures
    assert (failure.stage, failure.kind) == ("RecognizeEntities", FailureKind.INTERNAL_ERROR)
    assert failure.message == "MemoryError: no model likes it"
    assert failure.url == "https://news.example/bad"


def test_the_stage_routes_and_one_bad_text_fails_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stage_module, "recognize_entities", _fails_on_bad)
    caplog.set_level(logging.CRITICAL)
    long = article("l", "The mayor spoke. " * 6)
    articles = [article(), article("bad"), article("c"), article("n", None), long]
    with beam.Pipeline("FnApiRunner") as pipeline:
        stage = RecognizeEntities(f"onnx:{folder}", max_sentences=5)
        outcome = pipeline | beam.Create(articles) | stage
        assert_that(outcome.elements, check_readings, label="elements")
        assert_that(outcome.failures, check_failures, label="failures")
        assert_that(outcome.settled, equal_to([]), label="settled")
    counters = {
        metric.key.metric.name: metric.committed
        for metric in pipeline.result.metrics().query()["counters"]
        if metric.key.metric.namespace == "newsbeam"
    }
    assert counters["RecognizeEntities/in"] == 5
    assert counters["RecognizeEntities/out"] == 4
    assert counters["RecognizeEntities/failed"] == 1


def test_a_missing_model_ends_the_run_with_its_name(tmp_path: Path) -> None:
    def run() -> None:
        with beam.Pipeline("FnApiRunner") as pipeline:
            articles = pipeline | beam.Create([article()])
            _ = articles | RecognizeEntities(f"onnx:{tmp_path / 'nowhere'}")

    with pytest.raises((RecognizerMissingError, RuntimeError), match="nowhere is no folder"):
        run()


@pytest.mark.parametrize("name", ["", "spacy", "spacy:", "onnx:", "hub:bert", "Embedded"])
def test_a_name_of_no_model_is_refused_at_construction(name: str) -> None:
    with pytest.raises(ValueError, match="is no model of entities; allowed: embedded, spacy:NAME"):
        RecognizeEntities(name)
