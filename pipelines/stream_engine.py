"""`newsbeam stream --runner X`: the streaming pipeline on an engine that streams.

    EngineFailed      the engine's job has ended by itself

This process submits the job, holds the lock on the output while the job runs, and cancels it
when SIGTERM or SIGINT comes. What is on its way then is asked again by the next stream or run.
"""

import logging
import threading
from collections.abc import Sequence
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import DebugOptions, PipelineOptions, StandardOptions
from apache_beam.transforms.periodicsequence import PeriodicImpulse
from apache_beam.utils.timestamp import Timestamp

from pipelines.batch import new_run, output_root, runner_of
from pipelines.configuration import Configuration
from pipelines.engines import JOB_SECONDS, OptionError, engine_arguments
from pipelines.rounds import Stop
from pipelines.streaming import StreamSettings, build_stream
from transforms.files import delete_below
from transforms.lock import locked
from transforms.records import Run

log = logging.getLogger(__name__)

ENGINES = {
    name.lower(): name
    for name in ("PrismRunner", "FlinkRunner", "PortableRunner", "DataflowRunner")
}
"""The runners that stream, by their names in lower case."""

CANCEL_SECONDS = 30.0

PRISM_WITHOUT_SPLITS = "prism_disable_sdf_split"
"""Prism 2.77 splits a bundle that makes no progress for a while, a stateful one too, and then lets
two bundles have the state of one key (splitBundle in its elementmanager.go): on a machine that was
overloaded twentyfold six of 629 entries were lost on their way."""

CHECKPOINT_MS = 60_000
"""Between two checkpoints: what came after the last one is asked again when a machine is lost."""

FINISH_BUNDLES = "--finish_bundle_before_checkpointing"
"""Without it what a bundle puts out at a checkpoint waits until its step is given something again
(flushBuffer in DoFnOperator.java). The step that starts the ticks is given one element in all: when
the first checkpoint fell into that bundle, the stream ran and did nothing, for ever."""


class EngineFailed(RuntimeError):  # noqa: N818 - it says what is the case
    """The job of a stream has ended although nobody stopped it."""


def engine_options(beam_args: Sequence[str]) -> PipelineOptions:
    """Beam's options for a stream. Raises OptionError for a runner that does not stream."""
    runner = runner_of(beam_args)
    engine = ENGINES.get(runner.lower())
    if engine is None:
        raise OptionError(
            f"--runner {runner} cannot stream here; leave --runner out (batch rounds in this "
            f"process), or use one of {', '.join(ENGINES.values())} (docs/engines.md)"
        )
    options = PipelineOptions(engine_arguments([*beam_args, *_defaults(beam_args, engine)]))
    standard = options.view_as(StandardOptions)
    standard.streaming = True
    standard.runner = engine
    if engine == "PrismRunner":
        options.view_as(DebugOptions).add_experiment(PRISM_WITHOUT_SPLITS)
    return options


def _defaults(beam_args: Sequence[str], engine: str) -> list[str]:
    """What a stream needs that is not said: to be watched for as long as it runs, checkpoints to
    go back to when a machine is lost, none of which holds anything up, and Flink's own rule of how
    often."""
    defaults = []
    if engine != "DataflowRunner":
        defaults.append(f"--job_server_timeout={JOB_SECONDS}")
    if engine in ("FlinkRunner", "PortableRunner"):
        interval = f"--checkpointing_interval={CHECKPOINT_MS}"
        defaults += [interval, FINISH_BUNDLES, "--number_of_execution_retries=-1"]
    said = {arg.partition("=")[0] for arg in beam_args}
    return [arg for arg in defaults if arg.partition("=")[0] not in said]


def run_engine(
    configuration: Configuration, output: str, window: float, beam_args: Sequence[str]
) -> None:
    """Streams on an engine until SIGTERM or SIGINT. `window` in seconds.

    Raises OptionError before anything is touched, LockHeld, and EngineFailed.
    """
    options = engine_options(beam_args)
    output = output_root(output)
    run = new_run()
    with Stop() as stop, locked(output, run.run_id):
        delete_below(output, "tmp", "*")  # what streams and runs left that were killed
        pipeline = stream_pipeline(configuration, output, window, run, options)
        result = pipeline.run()
        log.info("stream %s runs on %s", run.run_id, options.view_as(StandardOptions).runner)
        job = _Job(result)
        while not stop.asked and not job.is_over:
            stop.wait(1.0)
        if stop.asked:
            job.cancel()
        else:
            raise EngineFailed(f"the engine's job has ended: {job.error or 'it is done'}")


def stream_pipeline(
    configuration: Configuration, output: str, window: float, run: Run, options: PipelineOptions
) -> beam.Pipeline:
    """The pipeline of a stream, ready to run: a tick every window, from now on."""
    pipeline = beam.Pipeline(options=options)
    ticks = pipeline | "Ticks" >> PeriodicImpulse(
        start_timestamp=Timestamp.now(), fire_interval=window
    )
    settings = StreamSettings(configuration.settings, configuration.feeds, output, run, window)
    build_stream(pipeline, ticks, settings)
    return pipeline


class _Job:
    """A job that runs, watched by a thread, since waiting for it heeds no signals."""

    def __init__(self, result: Any) -> None:
        self.error: BaseException | None = None
        self._result = result
        self._thread = threading.Thread(target=self._watch, name="job", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def cancel(self) -> None:
        self._result.cancel()
        self._thread.join(CANCEL_SECONDS)

    def _watch(self) -> None:
        try:
            self._result.wait_until_finish()
        except BaseException as error:  # said by who waits
            self.error = error
