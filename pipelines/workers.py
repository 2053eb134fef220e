"""The worker processes of Beam's local runner: a run ends when one of them dies.

Beam itself notices when a worker dies at its work. For one that dies before it has reported (no
memory, a broken installation) it waits for ever, and the run would keep its lock as long.

    WorkerDied      a worker process has died, and Beam goes on waiting for it
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

GRACE_SECONDS = 5.0
"""For Beam to notice by itself."""

BEAM_THREAD = "run_worker"
"""The thread that waits for a worker process; it raises when the process fails."""


class WorkerDied(RuntimeError):  # noqa: N818 - it says what is the case
    """A worker process of the run has died."""


@contextmanager
def ending_with_workers() -> Iterator[None]:
    """Raises WorkerDied in the block when a worker process dies and the block does not end.

    Only in the main thread of a POSIX system, where a signal can wake whatever Beam waits in.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(
        signal, "pthread_kill"
    ):
        yield
        return
    is_over = threading.Event()
    usual = threading.excepthook

    def notice(args: threading.ExceptHookArgs) -> None:
        usual(args)
        if args.thread is not None and args.thread.name == BEAM_THREAD:
            threading.Thread(target=_interrupt_unless, args=(is_over,), daemon=True).start()

    handler = signal.signal(signal.SIGUSR1, _raise)
    threading.excepthook = notice
    try:
        yield
    finally:
        is_over.set()
        threading.excepthook = usual
        signal.signal(signal.SIGUSR1, handler)


def _interrupt_unless(is_over: threading.Event) -> None:
    main = threading.main_thread().ident
    if not is_over.wait(GRACE_SECONDS) and main is not None:
        signal.pthread_kill(main, signal.SIGUSR1)


def _raise(number: int, frame: FrameType | None) -> None:
    raise WorkerDied(
        "a worker process has died before it did anything; is there enough memory for "
        "--direct_num_workers processes?"
    )
