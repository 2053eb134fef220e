"""The accounts of a stream: one `runs/<run_id>.json` an hour instead of one a round.

An hour is one of the clock, UTC. Its account is the sum of its rounds' accounts, so that its
balance adds up as theirs do: an entry that one round left pending and a later one took up counts
in both, as `pending` and as `carried_over`. It is replaced after every round that did something;
a stream that is killed loses at most the account of the round that it was killed in. Beside the
sections of a run it has `window` (seconds) and `rounds`.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from pipelines.batch import new_run, write_summary
from pipelines.summary import Account, summarize
from transforms import clock
from transforms.records import Run

RAN, IDLE, REFUSED, FAILED = "ran", "idle", "refused", "failed"
ROUNDS = (RAN, IDLE, REFUSED, FAILED)
"""How rounds end: something was due; nothing was; another run held the lock; it broke off (such
a one has a `runs/<run_id>.json` of its own)."""


class Hours:
    """Adds up rounds and writes the account of each hour below `output`."""

    def __init__(self, output: str, configured: int, window: float) -> None:
        self._output = output
        self._configured = configured
        self._window = window
        self._begin()

    def add(self, end: str, run: Run | None = None, account: Account | None = None) -> None:
        """Notes a round that ended now; `run` and `account` where it ran."""
        self.turn()
        self._rounds[end] += 1
        if run is not None and account is not None:
            self._runs.append(run.run_id)
            self._account += account
            self.write()

    def turn(self) -> None:
        """Ends the hour's account if the hour is over."""
        if _hour(clock.utc_now()) != _hour(self._run.started_at):
            self.close()
            self._begin()

    def close(self) -> None:
        """Writes the account, unless there was no round."""
        if self._rounds:
            self.write()

    def write(self) -> None:
        write_summary(self._output, self.summary())

    def summary(self) -> dict[str, Any]:
        """The account up to now."""
        made = summarize(
            run_id=self._run.run_id,
            command="stream",
            started_at=self._run.started_at,
            finished_at=clock.utc_now(),
            configured=self._configured,
            account=self._account,
        )
        rounds = {end: self._rounds[end] for end in ROUNDS}
        return {**made, "window": self._window, "rounds": {**rounds, "runs": list(self._runs)}}

    def _begin(self) -> None:
        self._run = new_run()
        self._account = Account()
        self._rounds: Counter[str] = Counter()
        self._runs: list[str] = []


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
