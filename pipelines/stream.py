"""`newsbeam stream`: which way a stream runs, and what is around it."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from pipelines.batch import runner_of
from pipelines.configuration import Configuration
from pipelines.engines import OptionError
from pipelines.metrics import metrics_endpoint
from pipelines.rounds import Rounds, Stop, StreamStatus
from pipelines.stream_engine import run_engine
from pipelines.stream_view import stream_view


def run_stream(
    configuration: Configuration,
    output: str,
    window: float,
    beam_args: Sequence[str],
    metrics: str | None,
    quiet: bool,
) -> str:
    """Streams until SIGTERM or SIGINT: on the engine that `beam_args` name, or in this process.
    `window` in seconds; `metrics` is where to serve them. Returns a word on what was done.

    Raises OptionError and MetricsError before anything is touched, LockHeld, and what the stream
    could not go on after.
    """
    if not runner_of(beam_args):
        status = run_rounds(
            configuration, output, window, beam_args=beam_args, metrics=metrics, quiet=quiet
        )
        return f"stopped after {sum(status.rounds.values())} rounds"
    if metrics is not None:
        raise OptionError("--metrics-port is for streams without --runner: engines have their own")
    run_engine(configuration, output, window, beam_args)
    return "stopped"


def run_rounds(
    configuration: Configuration,
    output: str,
    window: float,
    *,
    beam_args: Sequence[str] = (),
    metrics: str | None = None,
    quiet: bool = False,
) -> StreamStatus:
    """Streams in this process until SIGTERM or SIGINT; what it did. `window` in seconds.

    Raises OptionError and MetricsError before anything is touched, and what a round raised that
    the stream could not go on after.
    """
    with ExitStack() as stack:
        folder = None if quiet else stack.enter_context(_folder())
        rounds = Rounds(configuration, output, window, beam_args, folder)
        stop = stack.enter_context(Stop())
        if metrics is not None:
            stack.enter_context(metrics_endpoint(metrics, rounds.status))
        view = stack.enter_context(stream_view(rounds.status, folder))
        rounds.run(stop, view.changed)
    return rounds.status


@contextmanager
def _folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="newsbeam-", ignore_cleanup_errors=True) as folder:
        yield folder
