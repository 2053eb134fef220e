"""One batch run: which feeds are due, on which runner, and the account of it."""

import argparse
import json
import logging
import os
import secrets
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import (
    DirectOptions,
    PipelineOptions,
    StandardOptions,
)
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from pipelines.configuration import Configuration
from pipelines.engines import (
    OptionError,
    engine_arguments,
    is_engine,
    watching,
)
from pipelines.ingest import IngestSettings, build
from pipelines.places import use_options
from pipelines.summary import Account, failed_summary, stage_metrics, summarize
from pipelines.version import __version__
from pipelines.workers import ending_with_workers
from transforms import clock
from transforms.elements import Feed, FeedRequest, HostCourtesy
from transforms.files import delete_below, read_bytes, replacing
from transforms.lock import locked
from transforms.records import Run
from transforms.state import (
    StateRow,
    feed_states,
    load_state,
    prune_snapshots,
    request_for,
)

log = logging.getLogger(__name__)

LOCAL_RUNNERS = frozenset({"", "fnapirunner", "directrunner"})
FEEDS_THAT_PAY_FOR_PROCESSES = 10
"""Worker processes cost 4 s to start, models included; an article of 500 words costs some 0.4 s
of one core, and a feed announces about 25: 10 feeds are over a minute of computing on a first run.
An estimate; what was measured is in docs/engines.md."""


@dataclass(frozen=True)
class RunResult:
    """The summary as written to `path`."""

    summary: dict[str, Any]
    path: str

    @property
    def complete(self) -> bool:
        return bool(self.summary["status"] == "complete")


def new_run() -> Run:
    """A run that starts now. Run ids sort by time: the newest state has the last one."""
    started_at = clock.utc_now()
    milliseconds = started_at.microsecond // 1000
    run_id = f"{started_at:%Y%m%dT%H%M%S}.{milliseconds:03d}Z-{secrets.token_hex(3)}"
    return Run(run_id, started_at, __version__)


def due_requests(
    feeds: Sequence[Feed], state: tuple[StateRow, ...], now: datetime, ask_all: bool
) -> tuple[FeedRequest, ...]:
    """The requests of the feeds that may be asked now, in order of configuration."""
    states = feed_states(state)
    requests = (request_for(feed, states.get(feed.url), now, ask_all) for feed in feeds)
    return tuple(request for request in requests if request is not None)


def runner_of(beam_args: Sequence[str]) -> str:
    """The --runner of the command line, "" when there is none."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--runner", default="")
    return str(parser.parse_known_args(list(beam_args))[0].runner)


def pipeline_options(beam_args: Sequence[str], feeds: int) -> PipelineOptions:
    """Beam's options for a batch run over so many feeds.

    The local runner is pinned to FnApiRunner: DirectRunner may pick another one, and may try to
    download it. It gets a process per core when the run is big enough to pay for them.
    Raises OptionError for an option that nobody knows, or an engine that is not there.
    """
    args = list(beam_args)
    runner = runner_of(args)
    local = runner.lower() in LOCAL_RUNNERS
    if local:
        _refuse_unknown(args)
        args.append("--runner=FnApiRunner")
        args += _processes(args, feeds)
    else:
        args = engine_arguments(args)
    return PipelineOptions(args)


def _processes(args: list[str], feeds: int) -> list[str]:
    """The options that spread a local run over processes, where it pays or was asked for."""
    direct = PipelineOptions(args).view_as(DirectOptions)
    if any(arg.startswith("--direct_running_mode") for arg in args):
        return []
    if any(arg.startswith("--direct_num_workers") for arg in args):
        wants_processes = direct.direct_num_workers != 1
        return ["--direct_running_mode=multi_processing"] if wants_processes else []
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if feeds < FEEDS_THAT_PAY_FOR_PROCESSES or (cores or 1) == 1:
        return []
    return ["--direct_running_mode=multi_processing", f"--direct_num_workers={cores}"]


def local_processes(options: PipelineOptions) -> FnApiRunner | None:
    """The local runner with worker processes of our own (worker_main), when `options` ask for
    processes; None otherwise."""
    direct = options.view_as(DirectOptions)
    is_local = options.view_as(StandardOptions).runner == "FnApiRunner"
    if not is_local or direct.direct_running_mode != "multi_processing":
        return None
    direct.direct_running_mode = "in_memory"  # Beam would start its own, noisy ones
    command = f"{shlex.quote(sys.executable)} -m pipelines.worker_main"
    return FnApiRunner(SubprocessSDKEnvironment.from_command_string(command))


def _refuse_unknown(args: list[str]) -> None:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for options in PipelineOptions.__subclasses__():
        try:
            options._add_argparse_args(parser)
        except argparse.ArgumentError:  # a subclass that repeats an option
            continue
    _, unknown = parser.parse_known_args(args)
    if unknown:
        raise OptionError(
            f"unknown option {unknown[0]!r}: it is neither newsbeam's nor Beam's; "
            "see newsbeam run --help"
        )


def output_root(output: str) -> str:
    """The output directory's absolute path, or its address as it is.

    Raises OptionError where Beam would take its name for a pattern: other directories match, or
    its own files do not.
    """
    root = output if "://" in output else str(Path(output).resolve())
    if set("*?[") & set(root):
        raise OptionError(f"the output directory {root!r} has one of * ? [ in its name")
    return root


def run_batch(
    configuration: Configuration,
    output: str,
    *,
    command: str = "run",
    ask_all: bool = False,
    beam_args: Sequence[str] = (),
    progress: str | None = None,
    announce: Callable[[int], None] = lambda due: None,
) -> RunResult:
    """Runs the pipeline once over the feeds that are due and writes `runs/<run_id>.json`.

    `announce` is told how many feeds are due. Raises OptionError before anything is touched
    and LockHeld when another run is at work on the output;
    an error of the run itself is written to the summary and raised again.
    """
    run = new_run()
    output = output_root(output)
    pipeline_options(beam_args, 0)  # an error of usage comes before anything is touched
    use_options(beam_args)
    with locked(output, run.run_id):
        account = run_locked(
            configuration,
            output,
            run,
            command=command,
            ask_all=ask_all,
            beam_args=beam_args,
            progress=progress,
            announce=announce,
        )
        summary = summarize(
            run_id=run.run_id,
            command=command,
            started_at=run.started_at,
            finished_at=clock.utc_now(),
            configured=len(configuration.feeds),
            account=account,
        )
        path = write_summary(output, summary)
    return RunResult(summary, path)


def run_locked(
    configuration: Configuration,
    output: str,
    run: Run,
    *,
    command: str,
    ask_all: bool = False,
    beam_args: Sequence[str] = (),
    progress: str | None = None,
    announce: Callable[[int], None] = lambda due: None,
    known_in_memory: bool = False,
) -> Account:
    """One run of who holds the lock on `output`; what it counted. An error is written to
    `runs/<run_id>.json` and raised again."""
    delete_below(output, "tmp", "*")  # what runs left that did not end well
    state = load_state(output)
    requests = due_requests(configuration.feeds, state, run.started_at, ask_all)
    announce(len(requests))
    settings = IngestSettings(
        configuration.settings, requests, output, run, state, progress, known_in_memory
    )
    options = pipeline_options(beam_args, len(requests))
    try:
        metrics, content = _execute(settings, options)
    except BaseException as error:
        reason = f"{type(error).__name__}: {error}"[-2000:]
        finished_at = clock.utc_now()
        write_summary(
            output, failed_summary(run.run_id, command, run.started_at, finished_at, reason)
        )
        raise
    delete_below(output, "tmp", f"*{run.run_id}*")
    prune_snapshots(output)
    hosts = tuple(HostCourtesy(*host) for host in content["hosts"])
    files = tuple(content["files"])
    return Account(len(requests), content["counts"], files, hosts, stage_metrics(metrics))


def _execute(settings: IngestSettings, options: PipelineOptions) -> tuple[Any, dict[str, Any]]:
    pipeline = beam.Pipeline(runner=local_processes(options), options=options)
    build(pipeline, settings)
    if is_engine(options):
        result = pipeline.run()
        with watching(result):
            result.wait_until_finish()
    else:
        with ending_with_workers():
            result = pipeline.run()
            result.wait_until_finish()
    content: dict[str, Any] = json.loads(read_bytes(settings.counts_path))
    return result.metrics(), content


def write_summary(output: str, summary: dict[str, Any]) -> str:
    """Writes or replaces `runs/<run_id>.json`; its path."""
    path = str(FileSystems.join(output, "runs", f"{summary['run_id']}.json"))
    with replacing(output, path) as stream:
        text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
        stream.write(text.encode("utf-8", "replace"))
    return path
