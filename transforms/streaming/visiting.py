"""VisitPages: a host's pages are asked one by one; those that fail for now wait for another try."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import (
    BagStateSpec,
    ReadModifyWriteStateSpec,
    TimerSpec,
)

from transforms import clock
from transforms.failures import Failure, Settled
from transforms.http.policy import FetchPolicy
from transforms.jobs import COUNTS, PageJob, Result, with_host
from transforms.retry import RetryPolicy, schedule_retry
from transforms.stages import ELEMENTS, FAILURES, SETTLED, StageCounters
from transforms.streaming.desk import POLL_SECONDS, close_desk, open_desk
from transforms.streaming.seen import Waiting
from transforms.streaming.timers import at, on_timer, soon
from transforms.streaming.updates import KEPT, of_failure, of_settled

AHEAD = 4
"""Pages of one host that are handed in at a time; the host is asked for one at a time anyway."""


def in_order(queue: Iterable[Waiting]) -> list[Waiting]:
    """The order of asking: the longest due first, then that of a batch run."""
    job = PageJob()
    return sorted(queue, key=lambda each: (each.due_at, job.order(each.entry)))


def host_of_page(each: Waiting, policy: FetchPolicy) -> tuple[str, Waiting]:
    host, _ = with_host(each.entry, PageJob(), policy)
    return host, each


class _VisitFn(beam.DoFn):
    INBOX = BagStateSpec("inbox", PickleCoder())
    QUEUE = ReadModifyWriteStateSpec("queue", PickleCoder())
    LOOK = TimerSpec("look", TimeDomain.REAL_TIME)

    def __init__(self, visit: "VisitPages") -> None:
        self.visit = visit

    def setup(self) -> None:
        self.counters = StageCounters(PageJob.stage)
        self.job = PageJob()
        self.desk = open_desk(self.job, self.visit.policy)

    def teardown(self) -> None:
        close_desk(self.desk)

    def process(
        self,
        keyed: tuple[str, Waiting],
        inbox: Any = beam.DoFn.StateParam(INBOX),
        look: Any = beam.DoFn.TimerParam(LOOK),
    ) -> Iterator[Any]:
        each = keyed[1]
        self.counters.received()
        result = self.job.without_request(each.entry)
        if result is not None:
            yield from self._outputs(result)
            return
        inbox.add(each)
        look.set(soon(0.0))

    @on_timer(LOOK)
    def serve(
        self,
        inbox: Any = beam.DoFn.StateParam(INBOX),
        queue: Any = beam.DoFn.StateParam(QUEUE),
        look: Any = beam.DoFn.TimerParam(LOOK),
    ) -> Iterator[Any]:
        before: list[Waiting] = queue.read() or []
        arrived = list(inbox.read())
        inbox.clear()
        left: list[Waiting] = []
        under_way, now = 0, clock.utc_now()
        for each in in_order([*before, *arrived]):
            if each.due_at > now or under_way >= AHEAD:
                left.append(each)
                continue
            answer = self.desk.answer(self._ticket(each), each.entry, self.visit.patience)
            if answer is None:
                under_way += 1
                left.append(each)
                continue
            self.counters.spent(answer.seconds)
            if each.is_again:  # it ended once, as pending
                count = len(each.entry.announcements)
                yield beam.pvalue.TaggedOutput(COUNTS, ("entries/announced", count))
                yield beam.pvalue.TaggedOutput(COUNTS, ("entries/carried_over", count))
            yield from self._outputs(self._scheduled(answer.result, left))
        if left or before or arrived:
            queue.write(left)
        if left:
            is_busy = any(each.due_at <= now for each in left)
            look.set(soon(POLL_SECONDS) if is_busy else at(min(each.due_at for each in left)))

    def _ticket(self, each: Waiting) -> str:
        return f"{self.visit.run_id} {each.entry.key} {each.entry.attempts}"

    def _scheduled(self, result: Result, left: list[Waiting]) -> Result:
        """The result; a failure with its next try, for which it goes to those that are `left`."""
        if isinstance(result, Failure):
            result = schedule_retry(result, self.visit.retry, self.visit.run_id)
            if result.is_pending and result.entry is not None:
                due_at = result.next_attempt_at or result.failed_at
                left.append(Waiting(result.entry, due_at, is_again=True))
        return result

    def _outputs(self, result: Result) -> Iterator[Any]:
        yield self.counters.route(result)
        now: datetime = clock.utc_now()
        row = of_failure(result, now) if isinstance(result, Failure) else None
        if isinstance(result, Settled):
            row = of_settled(result, now)
        if row is not None:
            yield beam.pvalue.TaggedOutput(KEPT, row)
        for count in self.job.count(result).items():
            yield beam.pvalue.TaggedOutput(COUNTS, count)


@dataclass
class VisitPages(beam.PTransform):
    """PCollection[Waiting] -> Page; outputs FAILURES, SETTLED, KEPT, COUNTS. Failures have their
    `next_attempt_at`: those that are pending are taken up again here, by a timer. `patience` as
    in AskFeeds."""

    run_id: str
    policy: FetchPolicy
    retry: RetryPolicy
    patience: float = 0.0

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, entries: beam.PCollection[Waiting]) -> Any:
        by_host = beam.Map(host_of_page, self.policy).with_output_types(tuple[str, Any])
        visit = beam.ParDo(_VisitFn(self))
        return (
            entries
            | "Hosts" >> by_host
            | "Visit" >> visit.with_outputs(FAILURES, SETTLED, KEPT, COUNTS, main=ELEMENTS)
        )
