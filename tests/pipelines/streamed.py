"""The streaming pipeline on Beam's direct runner, on the clock of a simulation.

TestStream turns the clock; whatever the pipeline does at a moment is done before the next one.
Fetching waits for its answers (`patience`), so that nothing depends on how fast a machine is.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.direct import direct_runner
from apache_beam.runners.direct.clock import TestClock as DirectClock
from apache_beam.testing.test_stream import TestStream as ScriptedStream
from apache_beam.utils.timestamp import Timestamp

from pipelines.batch import new_run
from pipelines.streaming import StreamOutputs, StreamSettings, build_stream
from tests.pipelines.simulation import Simulation
from transforms import index
from transforms.http import web as polite_web
from transforms.lock import locked
from transforms.streaming import keeping

WINDOW = 60.0
PATIENCE = 20.0


def stream_for(
    simulation: Simulation,
    duration: timedelta,
    every: timedelta = timedelta(seconds=WINDOW),
    *,
    script: Callable[[ScriptedStream, int], ScriptedStream] | None = None,
    observe: Callable[[StreamOutputs], Any] | None = None,
) -> None:
    """A stream from now on, as if in a process of its own, with a tick every so often. It ends as
    one that is killed does: no timer fires any more. `script` may add events before each tick."""
    polite_web._shelves.clear()
    index._indexes.clear()
    keeping._snapshots.clear()
    run = new_run()
    events = ScriptedStream()
    ticks = int(duration / every)
    for tick in range(ticks):
        if script is not None:
            events = script(events, tick)
        events = events.add_elements([tick]).advance_processing_time(int(every.total_seconds()))
    configuration = simulation.configuration
    settings = StreamSettings(
        configuration.settings, configuration.feeds, str(simulation.output), run, WINDOW, PATIENCE
    )
    options = PipelineOptions(["--streaming", "--no_pipeline_type_check"])
    with (
        pytest.MonkeyPatch.context() as patch,
        locked(settings.output, run.run_id),
        beam.Pipeline("BundleBasedDirectRunner", options=options) as pipeline,
    ):
        patch.setattr(direct_runner, "TestClock", lambda: _Clock(simulation))
        outputs = build_stream(pipeline, pipeline | events, settings)
        if observe is not None:
            observe(outputs)


class _Clock(DirectClock):
    """The runner's clock, which is the simulation's too."""

    __test__ = False

    def __init__(self, simulation: Simulation) -> None:
        super().__init__(Timestamp.from_utc_datetime(simulation.now))
        self._simulation = simulation

    def advance_time(self, advance_by: Any) -> None:
        super().advance_time(advance_by)
        self._simulation.now = datetime.fromtimestamp(self.time(), timezone.utc)
