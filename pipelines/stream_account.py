"""WriteAccounts: the accounts of a stream on an engine, one `runs/<run_id>.json` an hour.

They are counted in the pipeline itself, by the functions that count a batch run, and replaced
every window. An entry takes time from stage to stage, so that a balance at some moment has two
terms more than a run's: `in_flight_before` and `in_flight`, the entries that were announced and
had not ended when the hour began, and now. For each hour

    announced + in_flight_before = written + duplicate + known + skipped + failed + pending
                                   + in_flight

and when nothing is on its way `in_flight` is 0: were it not, entries would have been lost.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec, TimerSpec
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from pipelines.batch import write_summary
from pipelines.counts import count_failure, count_record, count_settled
from pipelines.summary import ENDS, Account, entries_balance, summarize
from transforms import clock
from transforms.parquet import WrittenFile
from transforms.records import Run
from transforms.streaming.timers import on_timer, wake_at_end, window_start

HOUR = 3600.0
HOURS_KEPT = 2
"""In the engine's state; older ones lie in runs/ and change no more."""


@dataclass(frozen=True)
class Hour:
    """What was counted in an hour, and the entries on their way when it began."""

    in_flight_before: int = 0
    account: Account = field(default_factory=Account)

    @property
    def in_flight(self) -> int:
        """The entries on their way at its end, or now."""
        entries = stream_entries(self.account)
        ended = sum(entries[end] for end in ENDS)
        return int(self.in_flight_before + entries["announced"] - ended)


def stream_entries(account: Account) -> dict[str, Any]:
    """The `entries` section of an account."""
    written = sum(file["rows"] for file in account.files if file["table"] == "articles")
    return entries_balance(account.counts, written)


def add(hours: Mapping[datetime, Hour], account: Account, now: datetime) -> dict[datetime, Hour]:
    """The hours, by their start, after one more account."""
    start = window_start(now, HOUR)
    current = hours.get(start)
    if current is None:
        last = hours[max(hours)].in_flight if hours else 0
        current = Hour(last)
    changed = {**hours, start: Hour(current.in_flight_before, current.account + account)}
    return {each: changed[each] for each in sorted(changed)[-HOURS_KEPT:]}


def hour_summary(
    start: datetime, hour: Hour, run: Run, configured: int, window: float
) -> dict[str, Any]:
    """The account of an hour as it is written."""
    began = max(start, run.started_at)
    end = min(clock.utc_now(), start + timedelta(seconds=HOUR))
    stamp = f"{began:%Y%m%dT%H%M%S}.{began.microsecond // 1000:03d}Z"
    summary = summarize(
        run_id=f"{stamp}-{run.run_id.rpartition('-')[2]}",
        command="stream",
        started_at=began,
        finished_at=end,
        configured=configured,
        account=hour.account,
    )
    summary["entries"] |= {
        "in_flight_before": hour.in_flight_before,
        "in_flight": hour.in_flight,
    }
    summary["status"] = "complete" if hour.in_flight >= 0 else "failed"
    for section in ("stages", "courtesy"):  # the engine's metrics tell them
        del summary[section]
    return {**summary, "window": window, "stream": run.run_id}


class _SumFn(beam.DoFn):
    """Sums what a bundle counts."""

    def start_bundle(self) -> None:
        self.total: Counter[str] = Counter()

    def process(self, count: tuple[str, int]) -> None:
        self.total[count[0]] += count[1]

    def finish_bundle(self) -> Iterator[WindowedValue]:
        if self.total:
            counts = dict(self.total)
            account = Account(counts.get("feeds/asked", 0), counts)
            window = GlobalWindow()
            yield WindowedValue(account, window.start, (window,))


def of_file(file: WrittenFile) -> Account:
    plain = {"table": file.table, "path": file.path, "rows": file.rows, "bytes": file.bytes}
    return Account(files=(plain,))


def _with_one_key(account: Account) -> tuple[str, Account]:
    return "account", account


class _WriteFn(beam.DoFn):
    HOURS = ReadModifyWriteStateSpec("hours", PickleCoder())
    DUE = ReadModifyWriteStateSpec("due", PickleCoder())
    END = TimerSpec("end", TimeDomain.REAL_TIME)

    def __init__(self, output: str, run: Run, configured: int, window: float) -> None:
        self.output = output
        self.run = run
        self.configured = configured
        self.window = window

    def process(
        self,
        keyed: tuple[str, Account],
        hours: Any = beam.DoFn.StateParam(HOURS),
        due: Any = beam.DoFn.StateParam(DUE),
        end: Any = beam.DoFn.TimerParam(END),
    ) -> None:
        now = clock.utc_now()
        hours.write(add(hours.read() or {}, keyed[1], now))
        wake_at_end(now, self.window, due, end)

    @on_timer(END)
    def write(
        self,
        hours: Any = beam.DoFn.StateParam(HOURS),
        due: Any = beam.DoFn.StateParam(DUE),
    ) -> Iterator[str]:
        due.clear()
        for start, hour in (hours.read() or {}).items():
            summary = hour_summary(start, hour, self.run, self.configured, self.window)
            yield write_summary(self.output, summary)


@dataclass
class WriteAccounts(beam.PTransform):
    """A dict of PCollections -> PCollection[str], the paths of accounts that were written.

    `counts` (name, number), `failures`, `settled`, `written` (Recorded), `files` (WrittenFile).
    `configured` counts feeds, `window` is in seconds.
    """

    output: str
    run: Run
    configured: int
    window: float

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, inputs: Any) -> beam.PCollection[str]:
        counted = [
            inputs[name] | f"Count/{name}" >> beam.FlatMap(function).with_output_types(Any)
            for name, function in (
                ("failures", count_failure),
                ("settled", count_settled),
                ("written", count_record),
            )
        ]
        sums = (
            [*counted, inputs["counts"]]
            | "Counts" >> beam.Flatten()
            | "Sum" >> beam.ParDo(_SumFn()).with_output_types(Account)
        )
        files = inputs["files"] | "OfFiles" >> beam.Map(of_file).with_output_types(Account)
        write = beam.ParDo(_WriteFn(self.output, self.run, self.configured, self.window))
        return (
            (sums, files)
            | "Accounts" >> beam.Flatten()
            | "OneKey" >> beam.Map(_with_one_key).with_output_types(tuple[str, Any])
            | "Write" >> write.with_output_types(str)
        )
