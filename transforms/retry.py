"""What becomes of a failure: another try in a later run, or a dead letter.

An entry whose failure is of a retryable kind is pending until `attempts` tries have failed; the
wait doubles from `backoff` on. A feed is never given up for errors: it is asked again after a
growing wait, except when it is gone (410).
"""

from dataclasses import dataclass, replace

from transforms.failures import Failure, FailureKind
from transforms.schedule import Intervals, due_after_error


@dataclass(frozen=True)
class RetryPolicy:
    """`attempts` of a page before it is a dead letter, `backoff` before the second one, in
    seconds. `bounds` are those between two requests of a feed."""

    attempts: int
    backoff: float
    bounds: Intervals


def schedule_retry(failure: Failure, policy: RetryPolicy, run_id: str) -> Failure:
    """The failure with its `next_attempt_at`; with its history in the message when it is an
    entry's last one."""
    seed = f"{failure.url} {run_id}"
    if failure.entries == 0:
        if failure.kind is FailureKind.GONE:
            return failure
        due = due_after_error(
            failure.failed_at, failure.attempts, failure.retry_after, policy.bounds, seed
        )
        return replace(failure, next_attempt_at=due)
    tried = f"{failure.failed_at:%Y-%m-%dT%H:%M:%SZ} {failure.kind.value}"
    history = (*(failure.entry.history if failure.entry else ()), tried)
    if not failure.retryable or failure.attempts >= policy.attempts or failure.entry is None:
        return _dead_letter(failure, history)
    bounds = Intervals(policy.backoff, max(policy.bounds.longest, policy.backoff))
    due = due_after_error(failure.failed_at, failure.attempts, failure.retry_after, bounds, seed)
    entry = replace(
        failure.entry,
        attempts=failure.attempts,
        first_failed_at=failure.first_failed_at,
        history=history,
    )
    return replace(failure, next_attempt_at=due, entry=entry)


def _dead_letter(failure: Failure, history: tuple[str, ...]) -> Failure:
    if len(history) == 1:
        return failure
    message = f"{failure.message} (tries: {'; '.join(history)})"
    return replace(failure, message=message)
