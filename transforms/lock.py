"""One run at a time on one output: a lock with a lease, `state/lock.json`.

The holder renews its lease while it runs. A run that finds a lock refuses when the lease still
runs, and takes over when it has run out or when the holder was a process of this machine that
is gone (a crash, a `kill -9`). On a local disk the file is created exclusively; elsewhere it is
written and read back, which leaves a moment for two runs that start together: the later writer
wins, and the other one notices before it adds a file to the dataset (`require_lock`).

    LockHeld      somebody else's run is at work
    LockLost      this run's lock was taken over
"""

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from apache_beam.io.filesystems import FileSystems

from transforms.files import make_directory, read_bytes, replacing

log = logging.getLogger(__name__)

LEASE_SECONDS = 120.0
RENEW_SECONDS = 20.0
SETTLE_SECONDS = 0.5
"""Between writing and reading back where files cannot be created exclusively."""


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
        """Whether the holder was a process of this machine that is no more."""
        return self.host == machine() and _process_start(self.pid) != self.started


def machine() -> str:
    """Names this boot of this machine, so that no process id outlives a reboot."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        boot = ""
    return f"{socket.gethostname()} {boot}".strip()


def _process_start(pid: int) -> str:
    """When a process started, in the kernel's ticks; "" when there is none or nobody tells."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return "none"
        except OSError:
            return ""
        return ""
    fields = stat.rpartition(")")[2].split()
    is_zombie = fields[0] == "Z"
    return "none" if is_zombie else fields[19]


def lock_path(output: str) -> str:
    return str(FileSystems.join(output, "state", "lock.json"))


def read_lock(output: str) -> Lock | None:
    """The lock of an output; None when there is none, or what is there cannot be read."""
    path = lock_path(output)
    try:
        return Lock(**json.loads(read_bytes(path))) if FileSystems.exists(path) else None
    except (OSError, ValueError, TypeError):
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
    """Raises LockLost when the output's lock is somebody else's."""
    holder = read_lock(output)
    if holder is not None and holder.run_id != run_id:
        raise LockLost(
            f"run {holder.run_id} has taken over {output} from run {run_id}, whose lease had run "
            "out; this run adds nothing more"
        )


def _take(output: str, run_id: str) -> None:
    make_directory(FileSystems.join(output, "state"))
    if _create(output, run_id):
        return
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
    time.sleep(SETTLE_SECONDS)
    winner = read_lock(output)
    if winner is None or winner.run_id != run_id:
        raise LockHeld(f"another run has just taken {output}; try again later")


def _create(output: str, run_id: str) -> bool:
    """Creates the lock where there is none; False when there is one, or it cannot be told."""
    path = lock_path(output)
    if "://" in path:
        if FileSystems.exists(path):
            return False
        _write(output, run_id)
        time.sleep(SETTLE_SECONDS)
        winner = read_lock(output)
        return winner is not None and winner.run_id == run_id
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(_content(run_id))
    return True


def _write(output: str, run_id: str) -> None:
    with replacing(output, lock_path(output)) as stream:
        stream.write(_content(run_id))


def _content(run_id: str) -> bytes:
    expires_at = datetime.now(timezone.utc) + timedelta(seconds=LEASE_SECONDS)
    pid = os.getpid()
    lock = Lock(run_id, machine(), pid, _process_start(pid), expires_at.isoformat())
    return json.dumps(asdict(lock)).encode()


def _renew(output: str, run_id: str, stop: threading.Event) -> None:
    while not stop.wait(RENEW_SECONDS):
        try:
            require_lock(output, run_id)
            _write(output, run_id)
        except LockLost as error:
            log.error("%s", error)
            return
        except Exception as error:  # the next renewal may succeed; the lease is longer
            log.warning("the lease on %s could not be renewed: %s", output, error)


def _release(output: str, run_id: str) -> None:
    holder = read_lock(output)
    if holder is not None and holder.run_id == run_id:
        FileSystems.delete([lock_path(output)])
