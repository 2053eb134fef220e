import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions

from pipelines import engines
from pipelines.engines import EngineError, OptionError, engine_arguments, watching


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with java, newsbeam-worker and no job server of ours."""
    for name in ("java", engines.WORKER_COMMAND, "python"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("NEWSBEAM_FLINK", str(tmp_path / "flink"))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    return tmp_path


@pytest.fixture
def answering() -> Iterator[str]:
    """The address of something that takes connections."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"localhost:{server.getsockname()[1]}"


def test_a_cluster_starts_processes_of_this_installation(
    answering: str, installation: Path
) -> None:
    args = ["--runner=PortableRunner", f"--job_endpoint={answering}"]
    options = PipelineOptions(engine_arguments(args)).view_as(PortableOptions)
    assert options.environment_type == "PROCESS"
    command = json.loads(options.environment_config)["command"]
    assert command == str(installation / "newsbeam-worker")
    assert int(options.environment_cache_millis) == engines.ENVIRONMENT_CACHE_MS


def test_what_the_command_line_says_of_workers_counts(answering: str) -> None:
    args = [
        "--runner=FlinkRunner",
        f"--flink_master={answering}",
        "--environment_type=EXTERNAL",
        "--environment_config=localhost:50000",
        "--environment_cache_millis=5",
        "--job_server_timeout=5",
        "--number_of_execution_retries=3",
    ]
    assert engine_arguments(args) == args


def test_flink_in_one_process_uses_the_installed_job_server(installation: Path) -> None:
    assert "--flink_job_server_jar" not in str(engine_arguments(["--runner=FlinkRunner"]))
    jar = installation / "flink" / "job-server-9.9" / "job-server.jar"
    jar.parent.mkdir(parents=True)
    jar.touch()
    args = engine_arguments(["--runner=FlinkRunner"])
    assert f"--flink_job_server_jar={jar}" in args
    assert "--environment_type" not in str(args), "Beam lets this very process do the work"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--runner=PortableRunner"], "needs --job_endpoint"),
        (["--runner=PortableRunner", "--job_endpoint=localhost:1"], "no job server answers"),
        (["--runner=PortableRunner", "--job_endpoint=nonsense:port"], "no job server answers"),
        (["--runner=FlinkRunner", "--flink_master=localhost:1"], "no Flink's job manager"),
        (["--runner=FlinkRunner", "--flink_job_server_jar=gone.jar"], "no file gone.jar"),
    ],
)
def test_an_engine_that_is_not_there_is_an_error_at_once(args: list[str], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        engine_arguments(args)


def test_without_java_or_the_worker_program_there_is_no_engine(
    installation: Path, answering: str
) -> None:
    (installation / "newsbeam-worker").unlink()
    with pytest.raises(OptionError, match="newsbeam-worker"):
        engine_arguments(["--runner=PortableRunner", f"--job_endpoint={answering}"])
    (installation / "java").unlink()
    with pytest.raises(OptionError, match="needs java"):
        engine_arguments(["--runner=FlinkRunner"])


class Job:
    def __init__(self) -> None:
        self.cancelled = 0

    def cancel(self) -> None:
        self.cancelled += 1


@pytest.fixture
def usual_hook() -> Iterator[None]:
    usual = threading.excepthook
    yield
    threading.excepthook = usual


@pytest.mark.usefixtures("usual_hook")
def test_a_job_is_cancelled_when_nobody_waits_any_more() -> None:
    job = Job()
    before = signal.getsignal(signal.SIGTERM)

    def wait() -> None:
        with watching(job):
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()

    with pytest.raises(KeyboardInterrupt):
        wait()
    assert job.cancelled == 1
    assert signal.getsignal(signal.SIGTERM) == before
    with watching(job):
        pass
    assert job.cancelled == 1


@pytest.mark.usefixtures("usual_hook")
def test_the_error_of_a_worker_is_its_last_line() -> None:
    text = (
        "java.lang.RuntimeException: Traceback (most recent call last):\n  File x\nOSError: full\n"
    )
    with pytest.raises(EngineError) as caught, watching(Job()):
        raise RuntimeError(text)
    assert str(caught.value) == "OSError: full"


@pytest.mark.usefixtures("usual_hook")
def test_other_threads_may_lose_the_engine_after_the_job() -> None:
    heard: list[type[BaseException]] = []
    threading.excepthook = lambda args: heard.append(args.exc_type)
    with watching(Job()):
        pass

    def fail(error: BaseException) -> None:
        raise error

    for error in (grpc.RpcError(), ValueError()):
        thread = threading.Thread(target=fail, args=(error,))
        thread.start()
        thread.join()
    assert heard == [ValueError]
