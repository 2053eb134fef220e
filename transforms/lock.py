"""One run at a time on one output: a lock with a lease, `state/lock.json`.

The holder renews its lease while it runs. A run that finds a lock refuses when the lease still
runs, and takes over when it has run out or when the holder was a process of this machine that
is gone (a crash, a `kill -9`). On a local disk looking and writing are one step, under the
kernel's lock on the folder; elsewhere the lock is written and read back, which leaves a moment
for two runs that start together: the later writer wins, and the other one notices before it adds
a file to the dataset (`require_lock`).

    LockHeld      somebody else's run is at work
    LockLost      this run's lock was taken over
"""

import json
import logging
import os
import posixpath
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from transforms.files import make_directory, paths_below, read_bytes

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

log = logging.getLogger(__name__)

LEASE_SECONDS = 120.0
RENEW_SECONDS = 20.0
SETTLE_SECONDS = 0.5
"""Between writing and reading back where looking and writing are not one step."""

ALONE_SECONDS = 10.0
"""How long to wait for others who look at the lock: they need milliseconds."""

NO_PROCESS = "none"


class LockHeld(Exception):  # noqa: N818 - it says what is the case
    """Another run is at work on this output."""


class LockLost(RuntimeError):  # noqa: N818
    """Another run took this one's lock over."""


@dataclass(frozen=True)
class Lock:
    """Who holds an output until when. `started` tells a process from a later one with its id."""

    run_id: str
    host: str
    pid: int
    started: str
    expires_at: str

    @property
    def has_expired(self) -> bool:
        return datetime.fromisoformat(self.expires_at) <= datetime.now(timezone.utc)

    @property
    def is_dead(self) -> bool:
        """Whether the holder was a process of this machine that is certainly no more."""
        if self.host != machine():
            return False
        started = _process_start(self.pid)
        return started == NO_PROCESS or bool(started and self.started and started != self.started)


def machine() -> str:
    """Names this boot of this machine and what its process ids mean: they are reused after a
    reboot, and containers on one machine may each have a process 1."""
    return " ".join([socket.gethostname(), _boot(), _process_ids()]).strip()


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _process_ids() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _process_start(pid: int) -> str:
    """When a process started, in the kernel's ticks; NO_PROCESS when there is none, "" when
    nobody tells."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # no such process, no /proc, or one that hides other users' processes
        if os.name != "posix":
            return ""
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return NO_PROCESS
        except OSError:
            return ""
        return ""
    state, *others = stat.rpartition(")")[2].split()
    return NO_PROCESS if state in ("Z", "X") else others[18]


def lock_path(output: str) -> str:
    return str(FileSystems.join(output, "state", "lock.json"))


def read_lock(output: str) -> Lock | None:
    """The lock of an output; None when there is none, or what is there is none. Raises OSError
    when it cannot be read: it may be somebody's."""
    path = lock_path(output)
    if not FileSystems.exists(path):
        return None
    try:
        return _parsed(read_bytes(path))
    except OSError:
        if FileSystems.exists(path):
            raise
        return None  # released just now


def _parsed(content: bytes) -> Lock | None:
    try:
        plain = json.loads(content)
        lock = Lock(**{field.name: plain[field.name] for field in fields(Lock)})
        texts = (lock.run_id, lock.host, lock.started, lock.expires_at)
        is_lock = isinstance(lock.pid, int) and all(isinstance(text, str) for text in texts)
        return lock if is_lock and datetime.fromisoformat(lock.expires_at).tzinfo else None
    except (ValueError, TypeError, KeyError):
        return None


@contextmanager
def locked(output: str, run_id: str) -> Iterator[None]:
    """Holds the output while the block runs. Raises LockHeld."""
    _take(output, run_id)
    stop = threading.Event()
    renewer = threading.Thread(
        target=_renew, args=(output, run_id, stop), name="newsbeam-lock", daemon=True
    )
    renewer.start()
    try:
        yield
    finally:
        stop.set()
        renewer.join()
        _release(output, run_id)


def require_lock(output: str, run_id: str) -> None:
    """Raises LockLost when the output's lock is somebody else's, or when a later run has had it
    and is over."""
    holder = read_lock(output)
    owner = holder.run_id if holder is not None else max([run_id, *_ended_runs(output)])
    if owner != run_id:
        raise LockLost(
            f"run {owner} has taken over {output} from run {run_id}, whose lease had run out or "
            "whose process had died; this run adds nothing more"
        )


def _ended_runs(output: str) -> list[str]:
    """Of a stream's runs there is only the state: its accounts are by the hour."""
    return [
        posixpath.basename(path).rpartition(".")[0]
        for folder, pattern in (("runs", "*.json"), ("state", "*.parquet"))
        for path in paths_below(output, folder, pattern)
    ]


def _take(output: str, run_id: str) -> None:
    make_directory(FileSystems.join(output, "state"))
    with _alone(output) as is_alone:
        holder = read_lock(output)
        if holder is not None and not (holder.has_expired or holder.is_dead):
            raise LockHeld(
                f"run {holder.run_id} is at work on {output} (process {holder.pid} on "
                f"{holder.host.split(' ')[0]}, lease until {holder.expires_at}); wait for it, or "
                f"stop it, or delete {lock_path(output)} if it is certainly gone"
            )
        if holder is not None:
            log.warning("run %s ended without releasing %s; taking over", holder.run_id, output)
        _write(output, run_id)
    if not is_alone:
        time.sleep(SETTLE_SECONDS)
        winner = read_lock(output)
        if winner is None or winner.run_id != run_id:
            raise LockHeld(f"another run has just taken {output}; try again later")


@contextmanager
def _alone(output: str) -> Iterator[bool]:
    """Whether nobody else on this file system is in such a block: False where that cannot be
    had (object stores, some network disks, Windows), or not soon (a stopped process)."""
    descriptor = None
    try:
        if "://" not in output:
            descriptor = os.open(Path(output) / "state", os.O_RDONLY)
        yield descriptor is not None and _locks(descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _locks(descriptor: int) -> bool:
    """Whether the kernel's lock on a folder could be had; closing the folder gives it back."""
    if fcntl is None:
        return False
    deadline = time.monotonic() + ALONE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        except OSError:
            return False


def _write(output: str, run_id: str) -> None:
    """Writes or renews the lock; its temporary name is this run's own."""
    expires_at = datetime.now(timezone.utc) + timedelta(seconds=LEASE_SECONDS)
    pid = os.getpid()
    lock = Lock(run_id, machine(), pid, _process_start(pid), expires_at.isoformat())
    temporary = FileSystems.join(output, "tmp", f"lock-{run_id}.json")
    with FileSystems.create(temporary, compression_type=CompressionTypes.UNCOMPRESSED) as stream:
        stream.write(json.dumps(asdict(lock)).encode())
    FileSystems.rename([temporary], [lock_path(output)])


def _renew(output: str, run_id: str, stop: threading.Event) -> None:
    while not stop.wait(RENEW_SECONDS):
        try:
            with _alone(output):
                require_lock(output, run_id)
                _write(output, run_id)
        except LockLost as error:
            log.error("%s", error)
            return
        except Exception as error:  # the next renewal may succeed; the lease is longer
            log.warning("the lease on %s could not be renewed: %s", output, error)


def _release(output: str, run_id: str) -> None:
    try:
        with _alone(output):
            holder = read_lock(output)
            if holder is not None and holder.run_id == run_id:
                FileSystems.delete([lock_path(output)])
    except Exception as error:  # what the run did stands; the lease ends by itself
        log.warning("the lock on %s could not be released: %s", output, error)
