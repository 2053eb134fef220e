"""Locks as runs leave them, for tests."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from transforms import lock as locks
from transforms.lock import (
    Lock,
    lock_path,
    machine,
    read_lock,
)

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="only /proc tells when a process started"
)


def ends_in(seconds: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).isoformat()


def own_lock(**fields: Any) -> Lock:
    """The lock that this very process would hold."""
    started = locks._process_start(os.getpid())
    return replace(Lock("other", machine(), os.getpid(), started, ends_in(86_400)), **fields)


def dead_process() -> int:
    """The id of a process that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def leave(output: Path, lock: Lock | bytes) -> None:
    path = Path(lock_path(str(output)))
    path.parent.mkdir(parents=True, exist_ok=True)
    content = lock if isinstance(lock, bytes) else json.dumps(asdict(lock)).encode()
    path.write_bytes(content)


def holder(output: Path) -> str | None:
    found = read_lock(str(output))
    return found.run_id if found else None
