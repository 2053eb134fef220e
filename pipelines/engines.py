"""What newsbeam adds to Beam's options on engines of their own (Flink, Spark, a job server), and
how a run there is watched. docs/engines.md tells how they are started.

    OptionError      an option that cannot be, or an engine that is not there
    EngineError      an error of a worker, told by the engine
"""

import json
import logging
import os
import re
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import grpc
from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    PipelineOptions,
    PortableOptions,
    SparkRunnerOptions,
    StandardOptions,
)

log = logging.getLogger(__name__)

PORTABLE_RUNNERS = ("flinkrunner", "sparkrunner", "portablerunner")

WORKER_COMMAND = "newsbeam-worker"
"""What a machine of the engine starts for a worker process, see worker_boot.py."""

ENVIRONMENT_CACHE_MS = 600_000
"""How long a worker process without work is kept within a job. Without it each stage of a batch
starts processes of its own, and loads the models again."""

BATCH_RETRIES = 1
"""How often a batch job is started again when a machine of the engine is lost. A cluster's own
rule is made for streams: it would repeat an error of the run itself for an hour."""

ANSWER_SECONDS = 5.0

JOB_SECONDS = 366 * 86_400
"""How long a job may be watched. Beam's --job_server_timeout, meant for requests to a job server,
also ends the watching of a job, after 5 minutes unless it is given."""

TRACEBACK = "Traceback (most recent call last)"


class OptionError(Exception):
    """A command-line option that neither newsbeam nor Beam knows, or whose value cannot be."""


class EngineError(RuntimeError):
    """What went wrong in a worker process."""


def is_engine(options: PipelineOptions) -> bool:
    """Whether a pipeline runs elsewhere than on Beam's local runner."""
    return (options.view_as(StandardOptions).runner or "") != "FnApiRunner"


def engine_arguments(args: Sequence[str]) -> list[str]:
    """`args` for Beam and what is missing in them for a batch run on their engine.

    Raises OptionError when the engine is not there: Beam would wait for minutes.
    """
    options = PipelineOptions(list(args))
    runner = (options.view_as(StandardOptions).runner or "").lower()
    if runner not in PORTABLE_RUNNERS:
        return list(args)
    portable = options.view_as(PortableOptions)
    added = []
    if portable.job_endpoint:
        _require_answer(portable.job_endpoint, "job server")
    elif runner == "portablerunner":
        raise OptionError("--runner=PortableRunner needs --job_endpoint=HOST:PORT")
    else:
        added += _job_server(runner, options)
    is_local = not portable.job_endpoint and _has_local_master(runner, options)
    if portable.environment_type is None and not is_local:
        added += ["--environment_type=PROCESS", f"--environment_config={_process()}"]
    if not portable.environment_cache_millis:
        added.append(f"--environment_cache_millis={ENVIRONMENT_CACHE_MS}")
    if not _has(args, "job_server_timeout"):
        added.append(f"--job_server_timeout={JOB_SECONDS}")
    if runner != "sparkrunner" and not _has(args, "number_of_execution_retries"):
        added.append(f"--number_of_execution_retries={BATCH_RETRIES}")
    return [*args, *added]


def _has(args: Sequence[str], name: str) -> bool:
    return any(re.match(rf"--{name}(=|$)", arg) for arg in args)


def _has_local_master(runner: str, options: PipelineOptions) -> bool:
    if runner == "sparkrunner":
        return str(options.view_as(SparkRunnerOptions).spark_master_url).startswith("local")
    return options.view_as(FlinkRunnerOptions).flink_master in ("[local]", "[auto]")


def _process() -> str:
    """The configuration of worker processes that run this very installation of newsbeam."""
    command = Path(sys.executable).parent / WORKER_COMMAND
    if not command.exists():
        raise OptionError(
            f"{command}, which the engine's machines would start, is not there; install newsbeam, "
            "or say --environment_type and --environment_config"
        )
    return json.dumps({"command": str(command)})


def _job_server(runner: str, options: PipelineOptions) -> list[str]:
    """The job server that Beam is to start for this run alone."""
    if shutil.which("java") is None:
        raise OptionError(f"--runner={runner} starts a job server, which needs java on PATH")
    if runner == "sparkrunner":
        return []
    flink = options.view_as(FlinkRunnerOptions)
    if not _has_local_master(runner, options):
        _require_answer(flink.flink_master, "Flink's job manager")
    jar = flink.flink_job_server_jar
    if jar and "://" not in jar and not Path(jar).is_file():
        raise OptionError(f"--flink_job_server_jar: no file {jar}")
    if jar:
        return []
    jars = sorted(_installation().glob("job-server-*/job-server.jar"))
    return (
        [f"--flink_job_server_jar={jars[-1]}"] if jars else []
    )  # without one Beam fetches its own


def _installation() -> Path:
    """Where deploy/flink/install.sh leaves the job server."""
    return Path(os.environ.get("NEWSBEAM_FLINK") or Path.home() / ".cache" / "newsbeam" / "flink")


def _require_answer(address: str, what: str) -> None:
    if address == "embed":  # Beam's own job server, in this process
        return
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        port = parts.port or {"https": 443}.get(parts.scheme, 80)
        socket.create_connection((parts.hostname or "", port), ANSWER_SECONDS).close()
    except (OSError, ValueError) as error:
        raise OptionError(f"no {what} answers at {address} ({error})") from error


@contextmanager
def watching(result: Any) -> Iterator[None]:
    """Around the block that waits for the job of an engine.

    The job is cancelled when the block is left by an error, by Ctrl-C or by SIGTERM: nobody would
    be there to hold the lock for it. An error of a worker is raised as EngineError, without the
    traceback that engines make part of the message.
    """
    is_main = threading.current_thread() is threading.main_thread()
    usual = signal.signal(signal.SIGTERM, _interrupt) if is_main else None
    try:
        yield
    except BaseException as error:
        try:
            result.cancel()
        except Exception as refusal:  # the job server may be what is gone
            log.warning("the job could not be cancelled, look after it: %s", refusal)
        if TRACEBACK in str(error):
            raise EngineError(str(error).strip().splitlines()[-1]) from error
        raise
    finally:
        _expect_hangups()
        if is_main:
            signal.signal(signal.SIGTERM, usual)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _expect_hangups() -> None:
    """From now on threads that lose an engine say nothing: the job is over, and worker threads of
    this process hear of it when the job server ends."""
    usual = threading.excepthook

    def notice(args: threading.ExceptHookArgs) -> None:
        if not issubclass(args.exc_type, grpc.RpcError):
            usual(args)

    threading.excepthook = notice
    logging.getLogger("apache_beam.runners.worker.data_plane").setLevel(logging.CRITICAL)
