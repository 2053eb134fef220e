"""What a person sees: progress while a run works, and the account at its end.

Standard output carries results, standard error everything else. Text from the web is made
harmless before it is printed: no control character and no markup of it reaches the terminal.
"""

import json
import logging
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

COLUMNS = ("feeds", "entries", "new", "pages", "records", "failures")
LOG_EVERY_SECONDS = 10.0
WIDTH = 120

log = logging.getLogger("newsbeam")


def printable(text: object) -> str:
    """`text` without control, format and bidirectional override characters."""
    return "".join(c if c.isprintable() else " " for c in str(text))


def harmless(text: object) -> str:
    """`printable` text for rich: its markup is escaped, too."""
    return escape(printable(text))


def json_text(value: Any, indent: int | None = None) -> str:
    """`value` as JSON of readable letters; what is not printable is escaped, which changes nothing
    for who parses it. JSON itself allows C1 controls and direction overrides as they are."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=str)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


class _HarmlessFormatter(logging.Formatter):
    """Log lines whose text, and that of exceptions in them, may come from the web: no control
    character, and no line that looks like a message of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        record.message = _indented(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return "    " + _indented(super().formatException(ei))


def _indented(text: str) -> str:
    return "\n    ".join(printable(line) for line in text.splitlines())


def configure_logging(verbose: bool) -> None:
    """Plain lines on standard error; of the libraries only what needs attention."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO if verbose else logging.WARNING)
    logging.getLogger().addFilter(_no_noise)
    lines = _HarmlessFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_no_noise)
        handler.setFormatter(lines)
    for name in ("newsbeam", "pipelines", "transforms"):
        logging.getLogger(name).setLevel(logging.DEBUG if verbose else logging.INFO)
    if not verbose:
        for name in ("apache_beam", "trafilatura", "htmldate", "courlan", "charset_normalizer"):
            logging.getLogger(name).setLevel(logging.ERROR)


_NOISE = (
    "apitools not found",  # at import, unless Beam's Google Cloud extra is installed
    "Resource module is not",  # with every batch of a model, whatever the platform
    "Waiting for grpc channel to be ready",  # once a second while a job server starts
    "Error received from SDK harness",  # a worker's error once more, with the engine's traceback
)


def _no_noise(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    return not any(noise in message for noise in _NOISE)


@contextmanager
def live_progress(quiet: bool) -> Iterator[tuple[str | None, Callable[[int], None]]]:
    """Shows counts while the block runs: a live line on a terminal, a log line now and then
    elsewhere. Yields the folder for `pipelines.progress` and a function that is told how many
    feeds are due."""
    if quiet:
        yield None, lambda due: None
        return
    from pipelines import progress

    console = Console(stderr=True)
    due = [0]
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="newsbeam-") as folder:

        def counts() -> Counter[str]:
            return progress.read(folder)

        show = _show_live if console.is_terminal else _show_lines
        thread = threading.Thread(
            target=show, args=(console, counts, due, stop), name="progress", daemon=True
        )
        thread.start()
        try:
            yield folder, lambda number: due.__setitem__(0, number)
        finally:
            stop.set()
            thread.join()


def _show_live(
    console: Console, counts: Callable[[], Counter[str]], due: list[int], stop: threading.Event
) -> None:
    start = time.monotonic()
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        while not stop.wait(0.25):
            live.update(_progress_text(counts(), due[0], time.monotonic() - start))


def _show_lines(
    console: Console, counts: Callable[[], Counter[str]], due: list[int], stop: threading.Event
) -> None:
    start = time.monotonic()
    while not stop.wait(LOG_EVERY_SECONDS):
        log.info("%s", _progress_text(counts(), due[0], time.monotonic() - start).plain)


def _progress_text(counts: Counter[str], due: int, seconds: float) -> Text:
    text = Text(f"{seconds:5.0f} s  ")
    for name in COLUMNS:
        total = f"/{due}" if name == "feeds" else ""
        text.append(f"{name} ", style="dim")
        style = "red" if name == "failures" and counts[name] else "bold"
        text.append(f"{counts[name]}{total}  ", style=style)
    return text


def output_console() -> Console:
    """The console of results: as wide as the terminal, or WIDTH where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH)


def print_summary(console: Console, summary: Mapping[str, Any], path: str) -> None:
    """The account of a run in a few lines."""
    feeds, entries, pages = summary["feeds"], summary["entries"], summary["pages"]
    grid = Table.grid(padding=(0, 2))
    asked = f"{feeds['changed']} read, {feeds['not_modified']} unchanged, {feeds['failed']} failed"
    grid.add_row("feeds", f"{feeds['due']} due: {asked}")
    ends = ("written", "duplicate", "known", "skipped", "failed", "pending")
    parts = ", ".join(f"{entries[end]} {end}" for end in ends if entries[end])
    grid.add_row("entries", f"{entries['announced']} announced" + (f" = {parts}" if parts else ""))
    for end in ("skipped", "failed", "pending"):
        reasons = entries[f"{end}_by_reason"]
        if reasons:
            listed = ", ".join(f"{number} {reason}" for reason, number in reasons.items())
            grid.add_row("", f"{end}: {listed}")
    if feeds["failed_by_reason"]:
        listed = ", ".join(f"{n} {reason}" for reason, n in feeds["failed_by_reason"].items())
        grid.add_row("", f"feeds failed: {listed}")
    megabytes = pages["bytes"] / 1e6
    grid.add_row("pages", f"{pages['fetched']} fetched ({megabytes:.1f} MB)")
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in summary["verdicts"].items())
    if verdicts:
        grid.add_row("records", verdicts)
    if summary["languages"]:
        by_count = sorted(summary["languages"].items(), key=lambda pair: (-pair[1], pair[0]))
        grid.add_row("languages", ", ".join(f"{number} {code}" for code, number in by_count[:15]))
    if summary["labels"]:
        found = ", ".join(f"{number} {label}" for label, number in summary["labels"].items())
        grid.add_row("found", found)
    for file in summary["files"]:
        grid.add_row("wrote", f"{file['path']} ({file['rows']} rows)")
    grid.add_row("account", path)
    console.print(grid)


def print_records(console: Console, records: Sequence[Mapping[str, Any]]) -> None:
    """A table of records: what came out."""
    table = Table("language", "source", "title", "verdict", "words", "published")
    for record in records:
        published = record["published_at"]
        table.add_row(
            harmless(record["language"]),
            harmless(record["source"]["name"] or record["source"]["domain"]),
            harmless(record["title"] or ""),
            harmless(record["verdict"]),
            str(record["word_count"]),
            f"{published:%Y-%m-%d %H:%M}" if published else "",
        )
    console.print(table)


def print_stances(console: Console, records: Sequence[Mapping[str, Any]], most: int) -> None:
    """A table of who takes which side, the surest first, at most `most` rows."""
    stances = [(stance, record) for record in records for stance in record["stances"] or ()]
    stances.sort(key=lambda pair: (-pair[0]["confidence"], pair[1]["article_id"]))
    table = Table("language", "holder", "stance", "target", "expression", "confidence")
    for stance, record in stances[:most]:
        holder = stance["holder"]
        table.add_row(
            harmless(record["language"]),
            harmless(holder["text"] or holder["kind"]),
            {"favor": "for", "against": "against"}[stance["polarity"]],
            harmless(stance["target"]["text"]),
            harmless(stance["expression"]["text"]),
            f"{stance['confidence']:.2f}",
        )
    if stances:
        console.print(table)
