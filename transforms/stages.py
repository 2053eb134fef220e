"""How a pure function becomes a stage: one ParDo that routes results and keeps the books.

A stage function takes one element and yields results: good elements, `Failure`s, `Settled`s.
`RunStage` sends each kind to its own output and counts in, out, failed and seconds per stage
as Beam metrics. An exception is a Failure of that element alone, never the end of the run.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.metrics import Metrics

from transforms.failures import Failure, FailureKind, Settled, fail

log = logging.getLogger(__name__)

ELEMENTS, FAILURES, SETTLED = "elements", "failures", "settled"
METRICS_NAMESPACE = "newsbeam"

StageFunction = Callable[[Any], Iterable[Any]]


class Outcome(NamedTuple):
    """The three outputs of a stage."""

    elements: beam.PCollection[Any]
    failures: beam.PCollection[Failure]
    settled: beam.PCollection[Settled]


def outcome(outputs: Any, yields: Any = Any) -> Outcome:
    """The Outcome of a ParDo declared `.with_outputs(FAILURES, SETTLED, main=ELEMENTS)`.

    `yields` is the type of the good elements: a stage wired to the wrong input then fails when
    the pipeline is built.
    """
    made = Outcome(outputs[ELEMENTS], outputs[FAILURES], outputs[SETTLED])
    for pcollection, element_type in zip(made, (yields, Failure, Settled), strict=True):
        pcollection.element_type = element_type
    return made


class StageCounters:
    """A stage's Beam metrics. Made in `DoFn.setup`, used by one thread."""

    def __init__(self, stage: str) -> None:
        self._in = Metrics.counter(METRICS_NAMESPACE, f"{stage}/in")
        self._out = Metrics.counter(METRICS_NAMESPACE, f"{stage}/out")
        self._failed = Metrics.counter(METRICS_NAMESPACE, f"{stage}/failed")
        self._microseconds = Metrics.counter(METRICS_NAMESPACE, f"{stage}/us")

    def received(self, count: int = 1) -> None:
        self._in.inc(count)

    def spent(self, seconds: float) -> None:
        self._microseconds.inc(int(seconds * 1e6))

    def route(self, result: Any) -> Any:
        """Tags a result for its output and counts it."""
        if isinstance(result, Failure):
            self._failed.inc()
            return beam.pvalue.TaggedOutput(FAILURES, result)
        if isinstance(result, Settled):
            return beam.pvalue.TaggedOutput(SETTLED, result)
        self._out.inc()
        return result


class _StageFn(beam.DoFn):
    def __init__(self, stage: str, load: Callable[[], StageFunction]) -> None:
        self.stage = stage
        self.load = load

    def setup(self) -> None:
        self.function = self.load()
        self.counters = StageCounters(self.stage)

    def process(self, element: Any) -> Iterator[Any]:
        self.counters.received()
        start = time.perf_counter()
        results: list[Any] = []
        try:
            results.extend(self.function(element))
        except Exception as error:  # any page may break any library; the run goes on
            log.exception("stage %s failed on one element", self.stage)
            message = f"{type(error).__name__}: {error}"[:500]
            results = [fail(self.stage, FailureKind.INTERNAL_ERROR, message, element)]
        self.counters.spent(time.perf_counter() - start)
        for result in results:
            yield self.counters.route(result)


def run_stage(
    elements: beam.PCollection[Any],
    stage: str,
    load: Callable[[], StageFunction],
    yields: Any = Any,
) -> Outcome:
    """Applies a stage function to every element; `yields` is the type of its good results.

    `load` runs once per DoFn instance (in `setup`) and returns the function; heavy things load
    there. It must pickle: a module-level function or a bound method of a picklable object.
    """
    pardo = beam.ParDo(_StageFn(stage, load)).with_outputs(FAILURES, SETTLED, main=ELEMENTS)
    return outcome(elements | stage >> pardo, yields)
