"""Runs of newsbeam that are killed (SIGKILL) on purpose.

A `Launcher` keeps a process in which everything is imported already and forks a fresh process
for each run, which saves a second and a half a run. The run itself is the product's command line,
unchanged but for two things: its clock may be set ahead, and some of its functions say where they
are. Each such place is a point, such as "FetchPages:in" (an element reaches the stage) or
"rename:articles:before" (a finished file is about to appear in the dataset). A run can list the
points that it passes and can be made to kill itself at the n-th passage of one.

    python -m tests.pipelines.faults      the process that forks; one JSON request a line
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Request:
    """One run. `kill_at` names a point, `nth` its passage; `kill_after` is in seconds from the
    fork. `points` is a file that gets a line for each point passed, `log` one for stderr.
    `ahead` sets the clock, in seconds. A run that takes longer than `patience` seconds hangs and
    is ended by SIGABRT."""

    args: tuple[str, ...]
    log: str
    points: str = ""
    kill_at: str = ""
    nth: int = 1
    kill_after: float | None = None
    ahead: float = 0.0
    patience: float = 60.0


@dataclass(frozen=True)
class Ended:
    """How a run ended. `status` is the exit status, or minus the signal's number."""

    status: int
    seconds: float

    @property
    def was_killed(self) -> bool:
        return self.status == -signal.SIGKILL


class Launcher:
    """Forks runs, one at a time, while the `with` block lasts."""

    def __enter__(self) -> "Launcher":
        self._process = subprocess.Popen(
            # the one thread besides the main one is that of Arrow's allocator; no run needs it
            [sys.executable, "-W", "ignore:This process", "-m", "tests.pipelines.faults"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()  # it ends with its input

    def run(self, request: Request) -> Ended:
        """Runs newsbeam and waits for its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(request)) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that forks has died"
        return Ended(**json.loads(answer))


class ParallelRun:
    """A run with two worker processes, started from scratch, ended with all its processes when
    the `with` block ends."""

    def __init__(self, args: tuple[str, ...], log: Path) -> None:
        options = ("--direct_running_mode=multi_processing", "--direct_num_workers=2")
        code = "from pipelines.cli import main; main()"
        self._command = [sys.executable, "-c", code, *args, *options]
        self._log = log
        self._seen: set[int] = set()

    def __enter__(self) -> "ParallelRun":
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(self._command, cwd=ROOT, stdout=log, stderr=log)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.workers()
        self.process.kill()
        self.process.wait()
        self.signal_workers(signal.SIGKILL)

    def workers(self) -> set[int]:
        """The worker processes seen up to now that still run."""
        self._seen.update(filter(_is_worker, _descendants(self.process.pid)))
        self._seen = set(filter(_is_worker, self._seen))
        return self._seen

    def wait_for(self, what: Callable[[], Any], seconds: float = 60.0) -> None:
        """Waits until `what` is true. An end of the run before it is an error in the test."""
        deadline = time.monotonic() + seconds
        while not what():
            assert self.process.poll() is None, self._log.read_text()[-3000:]
            assert time.monotonic() < deadline, "it never came"
            time.sleep(0.001)

    def signal_workers(self, number: signal.Signals, count: int | None = None) -> None:
        """Sends a signal to some of the workers, or to all."""
        for pid in sorted(self.workers())[:count]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def wait_for_workers(self, seconds: float = 30.0) -> None:
        """Waits until no worker is left."""
        deadline = time.monotonic() + seconds
        while self.workers():
            assert time.monotonic() < deadline, "a worker lives on"
            time.sleep(0.05)


def _descendants(pid: int) -> Iterator[int]:
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, children.read_text().split()):
                yield child
                yield from _descendants(child)


def _is_worker(pid: int) -> bool:
    """Whether a process is a worker of Beam's, and not the shell that started it."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return arguments[1:2] == [b"-m"] and arguments[2].endswith(b"worker_main")


def serve() -> None:
    """Answers requests from standard input until it ends."""
    import pipelines.batch
    import pipelines.cli
    import pipelines.console  # noqa: F401
    from transforms.language.detectors import load_detector

    load_detector("langdetect")
    for line in sys.stdin:
        request = Request(**json.loads(line))
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            _become_run(request)
        status = _wait(child, started, request)
        answer = asdict(Ended(status, time.monotonic() - started))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _wait(child: int, started: float, request: Request) -> int:
    """The child's status. It is reaped here alone, so that its id cannot be anyone else's when it
    is killed."""
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        age = time.monotonic() - started
        if request.kill_after is not None and age >= request.kill_after:
            os.kill(child, signal.SIGKILL)
        elif age >= request.patience:
            os.kill(child, signal.SIGABRT)
        time.sleep(0.002)


def _become_run(request: Request) -> None:
    """Runs the command line in this process and ends it."""
    import faulthandler

    from pipelines.cli import main

    status = 1
    try:
        log = os.open(request.log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        faulthandler.enable(all_threads=True)
        if request.ahead:
            _set_clock(request.ahead)
        _watch_everything(_Points(request))
        main(list(request.args))
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def _set_clock(ahead: float) -> None:
    from transforms import clock

    distance = timedelta(seconds=ahead)
    clock.utc_now = lambda: datetime.now(timezone.utc) + distance


class _Points:
    """Hears of every point passed, and kills the process at the one asked for."""

    def __init__(self, request: Request) -> None:
        self._kill_at = request.kill_at
        self._nth = request.nth
        self._passed: Counter[str] = Counter()
        self._file = os.open(
            request.points or os.devnull, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644
        )

    def passed(self, point: str) -> None:
        self._passed[point] += 1
        os.write(self._file, f"{point}\n".encode())
        if point == self._kill_at and self._passed[point] == self._nth:
            os.kill(os.getpid(), signal.SIGKILL)


def _watch_everything(points: _Points) -> None:
    import pyarrow.parquet as pq
    from apache_beam.io.filesystems import FileSystems

    import pipelines.batch as batch
    from transforms import lock, parquet
    from transforms.stages import StageCounters
    from transforms.state import write

    _watch(points, lock, "_take", lambda *_: "take lock")
    _watch(points, lock, "_write", lambda *_: "write lock")
    _watch(points, lock, "_release", lambda *_: "release lock")
    _watch(points, batch, "load_state", lambda *_: "load state")
    _watch(points, batch, "_execute", lambda *_: "execute")
    _watch(points, batch, "delete_below", lambda _, what, *__: f"delete {what}")
    _watch(points, batch, "prune_snapshots", lambda *_: "prune snapshots")
    _watch(points, parquet, "_write_file", lambda sink, *_: f"fill {sink.table}")
    _watch(points, parquet, "verify", lambda sink, *_: f"verify {sink.table}")
    _watch(points, write, "write_snapshot", lambda *_: "write snapshot")
    _watch(points, FileSystems, "create", lambda path, *_: f"create {_area(path)}")
    _watch(points, FileSystems, "rename", lambda _, to, *__: f"rename {_area(to[0])}")
    _watch(points, pq.ParquetWriter, "write_table", lambda *_: "row group")
    _watch_stages(points, StageCounters)


def _watch(points: _Points, owner: Any, name: str, label: Callable[..., str]) -> None:
    """Makes a function or method pass a point before and after each call."""
    original = getattr(owner, name)

    def watched(*args: Any, **kwargs: Any) -> Any:
        place = label(*args)
        points.passed(f"{place}:before")
        result = original(*args, **kwargs)
        points.passed(f"{place}:after")
        return result

    is_static = isinstance(owner, type) and isinstance(owner.__dict__[name], staticmethod)
    setattr(owner, name, staticmethod(watched) if is_static else watched)


def _watch_stages(points: _Points, counters: Any) -> None:
    """Makes every element of every stage pass a point on its way in and one on its way out."""
    received, route = counters.received, counters.route

    def stage(self: Any) -> str:
        return str(self._in.metric_name.name).partition("/")[0]

    def watched_received(self: Any, count: int = 1) -> None:
        points.passed(f"{stage(self)}:in")
        received(self, count)

    def watched_route(self: Any, result: Any) -> Any:
        points.passed(f"{stage(self)}:out")
        return route(self, result)

    counters.received, counters.route = watched_received, watched_route


def _area(path: str) -> str:
    """The kind of file behind a final or a temporary path."""
    parts = path.replace("!", "/").split("/")
    if parts[-1].endswith("-counts.json"):
        return "counts"
    if parts[-1].startswith("lock"):
        return "lock"
    return next(area for area in ("articles", "failures", "state", "runs") if area in parts)


if __name__ == "__main__":
    serve()
