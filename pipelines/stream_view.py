"""What a person sees of a stream: a line that lives on a terminal, a log line a round elsewhere."""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.live import Live
from rich.text import Text

from pipelines import progress
from pipelines.console import COLUMNS
from pipelines.hours import FAILED, RAN, REFUSED
from pipelines.rounds import StreamStatus
from transforms import clock

log = logging.getLogger("newsbeam")


@contextmanager
def stream_view(status: StreamStatus, folder: str | None) -> Iterator["StreamView"]:
    """Shows a stream while the block runs; `folder` holds the counts of `pipelines.progress`,
    None: nothing is shown."""
    view = StreamView(status, folder)
    console = Console(stderr=True)
    if folder is None or not console.is_terminal:
        yield view
        return
    over = threading.Event()
    thread = threading.Thread(target=view.live, args=(console, over), name="view", daemon=True)
    thread.start()
    view.is_live = True
    try:
        yield view
    finally:
        over.set()
        thread.join()


class StreamView:
    """`changed` is told of every round's start and end."""

    def __init__(self, status: StreamStatus, folder: str | None) -> None:
        self.is_live = False
        self._status = status
        self._folder = folder
        self._rounds = Counter(status.rounds)

    def changed(self) -> None:
        """Logs a round that did something, where no line lives."""
        status, before = self._status, self._rounds
        self._rounds = Counter(status.rounds)
        new = status.rounds - before
        if self._folder is not None and not self.is_live and (new[RAN] or new[REFUSED]):
            log.info("%s", self.text().plain)

    def live(self, console: Console, over: threading.Event) -> None:
        with Live(console=console, refresh_per_second=4, transient=True) as line:
            while not over.wait(0.25):
                line.update(self.text())

    def text(self) -> Text:
        counts = progress.read(self._folder) if self._folder else Counter[str]()
        return status_text(self._status, counts, clock.utc_now())


def status_text(status: StreamStatus, counts: Counter[str], now: datetime) -> Text:
    """The line: how long, how many rounds, what is going on, and counts since the start."""
    text = Text(f"{clock_text((now - status.started_at).total_seconds())}  ")
    text.append("round ", style="dim")
    text.append(f"{sum(status.rounds.values()) + (status.next_at is None)}  ", style="bold")
    if status.rounds[FAILED]:
        text.append(f"failed {status.rounds[FAILED]}  ", style="red")
    if status.next_at is None:
        text.append(f"working, {status.queues.feeds_due} feeds due  ")
    else:
        seconds = max(0.0, (status.next_at - now).total_seconds())
        text.append(f"next in {seconds:.0f} s  ")
    text.append("waiting ", style="dim")
    text.append(f"{status.queues.pending}  ", style="bold")
    for name in COLUMNS:
        text.append(f"{name} ", style="dim")
        style = "red" if name == "failures" and counts[name] else "bold"
        text.append(f"{counts[name]}  ", style=style)
    return text


def clock_text(seconds: float) -> str:
    """Hours, minutes and seconds: "1:02:03"."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
