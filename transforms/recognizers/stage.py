"""The stage that reads an article sentence by sentence and finds the names in it."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import apache_beam as beam
import numpy as np
from apache_beam.ml.inference.base import ModelHandler, RunInference

from transforms.elements import Article, ModelUse, NamedSpan, Reading, SentenceStates
from transforms.failures import Failure, FailureKind, fail
from transforms.recognizers.base import (
    EMBEDDED,
    Recognizer,
    check_recognizer,
    load_recognizer,
)
from transforms.sentences import sentences
from transforms.stages import (
    ELEMENTS,
    FAILURES,
    SETTLED,
    StageCounters,
    outcome,
    run_stage,
)

log = logging.getLogger(__name__)

STAGE = "RecognizeEntities"
MAX_SENTENCES = 500
MAX_LENGTH = 100_000  # code points read of a body: a hostile page costs seconds, not minutes
BATCH = 16  # articles handed to the model at once
TRUNCATED = "entities_truncated"


def recognize_entities(article: Article, model: Recognizer, limit: int) -> Reading:
    """The article with its sentences and the names in them. Only the first `limit` sentences
    and MAX_LENGTH code points are read; a longer article says so in its warnings."""
    body = article.body or ""
    every = sentences(body, article.language)
    ranges = [(start, end) for start, end in every[:limit] if end <= MAX_LENGTH]
    if len(ranges) < len(every):
        article = replace(article, warnings=(*article.warnings, TRUNCATED))
    texts = [body[start:end] for start, end in ranges]
    found = model.recognize(texts, article.language) if texts else []
    names = tuple(
        NamedSpan(body[start + a : start + b], start + a, start + b, round(float(score), 4), label)
        for (start, _), recognition in zip(ranges, found, strict=True)
        for a, b, label, score in recognition.names
    )
    states = tuple(
        _shifted(recognition.states, start)
        for (start, _), recognition in zip(ranges, found, strict=True)
        if recognition.states is not None
    )
    use = ModelUse("entities", model.model_id, model.version)
    article = replace(article, models=(*article.models, use))
    has_states = len(states) == len(ranges)
    return Reading(article, tuple(ranges), names, states if has_states else None)


def _shifted(states: SentenceStates, start: int) -> SentenceStates:
    return SentenceStates(states.offsets + np.int32(start), states.states)


class EntitiesHandler(ModelHandler[Article, Any, Recognizer]):
    """RunInference's view of a recogniser: loaded once in a process, articles in batches."""

    def __init__(self, model: str, limit: int, threads: int) -> None:
        super().__init__(min_batch_size=1, max_batch_size=BATCH)
        self.model, self.limit, self.threads = model, limit, threads

    def load_model(self) -> Recognizer:
        return load_recognizer(self.model, self.threads)

    def share_model_across_processes(self) -> bool:
        return False

    def run_inference(
        self,
        batch: Sequence[Article],
        model: Recognizer,
        inference_args: Mapping[str, Any] | None = None,
    ) -> Iterable[Reading | Failure]:
        """One Reading or Failure an article: a text that breaks the model fails alone."""
        counters = StageCounters(STAGE)
        for article in batch:
            counters.received()
            start = time.perf_counter()
            try:
                result: Reading | Failure = recognize_entities(article, model, self.limit)
            except Exception as error:  # any text may break any model; the run goes on
                log.exception("stage %s failed on one element", STAGE)
                message = f"{type(error).__name__}: {error}"[:500]
                result = fail(STAGE, FailureKind.INTERNAL_ERROR, message, article)
            counters.spent(time.perf_counter() - start)
            yield result


class _RouteFn(beam.DoFn):
    def setup(self) -> None:
        self.counters = StageCounters(STAGE)

    def process(self, result: Any) -> Iterator[Any]:
        yield self.counters.route(result)


@dataclass
class RecognizeEntities(beam.PTransform):
    """Article -> Reading.

    `model`: "embedded", "spacy:NAME" or "onnx:DIR"; `max_sentences` bounds what is read of an
    article; `threads` the model's threads in each process. Raises ValueError for a model name
    that cannot be.
    """

    model: str = EMBEDDED
    max_sentences: int = MAX_SENTENCES
    threads: int = 1

    def __post_init__(self) -> None:
        super().__init__()
        check_recognizer(self.model)

    def expand(self, articles: beam.PCollection[Article]) -> Any:
        handler = EntitiesHandler(self.model, self.max_sentences, self.threads)
        answers = articles | "Read" >> RunInference(handler)
        routed = answers | STAGE >> beam.ParDo(_RouteFn()).with_outputs(
            FAILURES, SETTLED, main=ELEMENTS
        )
        return outcome(routed, Reading)


def forget_states(reading: Reading) -> Iterator[Article]:
    """The article alone, where no stage needs what the encoder made of it."""
    yield reading.article


def _load_forget() -> Any:
    return forget_states


@dataclass
class ForgetStates(beam.PTransform):
    """Reading -> Article, when no stage of stance follows."""

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, readings: beam.PCollection[Reading]) -> Any:
        return run_stage(readings, "ForgetStates", _load_forget, Article)
