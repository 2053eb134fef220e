"""When a feed is asked again: pure functions of what it said and did.

Several say how long to wait; the longest wins, but none can make newsbeam wait longer than
`max_interval`, except a Retry-After, which may ask for a week:

    the learned interval        about half the time between two new entries
    Cache-Control, Expires      RFC 9111 5.2.2.1, 5.3
    ttl                         RSS 2.0, minutes
    sy:updatePeriod, ...        RSS 1.0 syndication module
    skipHours, skipDays         RSS 2.0, GMT: moved to the next hour that is not skipped
    Retry-After                 RFC 9110 10.2.3

After errors the wait doubles, with jitter, up to `max_interval`, and stays there: no feed is
given up for errors. 410 Gone ends a feed (RFC 9110 15.5.11).
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from transforms.elements import FeedHints, Response

MAX_RETRY_AFTER = 7 * 86400.0
"""Seconds. A server that asks for more is asked after a week."""

JITTER = 0.1
"""Share of the wait by which feeds of one run are spread, so that they never come in step."""

LEARNING_RATE = 0.3
"""Weight of the newest observation in the learned interval."""

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,10})", re.I)
_UNCACHED = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\b", re.I)


@dataclass(frozen=True)
class Intervals:
    """The bounds of the configuration, in seconds."""

    shortest: float
    longest: float

    def clamp(self, seconds: float) -> float:
        return min(max(seconds, self.shortest), self.longest)


def freshness(response: Response) -> float:
    """Seconds for which a response says it stays fresh; 0 when it does not say so."""
    control = response.header("cache-control") or ""
    if _UNCACHED.search(control):
        return 0.0
    match = _MAX_AGE.search(control)
    if match:
        age = response.header("age") or "0"
        return max(0.0, float(match[1]) - (float(age) if age.isdecimal() else 0.0))
    expires, date = _http_date(response.header("expires")), _http_date(response.header("date"))
    if expires is None:
        return 0.0
    return max(0.0, (expires - (date or response.fetched_at)).total_seconds())


def _http_date(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value) if value else None
    except (ValueError, OverflowError):
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def observed_interval(published: Sequence[datetime], now: datetime) -> float | None:
    """Seconds between entries as their dates tell: the mean over the ten newest of the past,
    counting the time since the newest. None with fewer than two dates."""
    newest = sorted({moment for moment in published if moment <= now}, reverse=True)[:10]
    if len(newest) < 2:
        return None
    return (now - newest[-1]).total_seconds() / len(newest)


def learn(
    interval: float | None, observed: float | None, changed: bool, bounds: Intervals
) -> float:
    """The learned interval after one more answer. Half the observed time between entries, so
    that an entry waits a quarter of it on average; without a change it grows."""
    if not changed or observed is None:
        known = bounds.shortest if interval is None else interval
        return bounds.clamp(known if changed else known * 1.5)
    target = observed / 2
    if interval is None:
        return bounds.clamp(target)
    return bounds.clamp(interval + LEARNING_RATE * (target - interval))


def error_wait(errors: int, bounds: Intervals) -> float:
    """Seconds to wait after so many failures in a row."""
    return float(min(bounds.shortest * 2.0 ** min(errors - 1, 30), bounds.longest))


def due_after_answer(
    now: datetime, interval: float, fresh: float, hints: FeedHints, bounds: Intervals, seed: str
) -> datetime:
    """When to ask again after a good answer. `fresh` in seconds; `seed` names feed and run."""
    waits = (interval, fresh, hints.ttl or 0.0, hints.update_period or 0.0)
    wait = min(max(waits), bounds.longest)
    due = now + timedelta(seconds=jittered(wait, bounds, seed))
    return after_skipped(due, hints)


def due_after_error(
    now: datetime, errors: int, retry_after: float | None, bounds: Intervals, seed: str
) -> datetime:
    """When to ask again after a failure; never before a Retry-After is over."""
    wait = jittered(error_wait(errors, bounds), bounds, seed)
    return now + timedelta(seconds=max(wait, min(retry_after or 0.0, MAX_RETRY_AFTER)))


def jittered(wait: float, bounds: Intervals, seed: str) -> float:
    """`wait` lengthened by up to JITTER, the same for the same seed; not beyond the bounds
    unless it was already."""
    share = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") / 2**32
    return max(wait, min(wait * (1 + JITTER * share), bounds.longest))


def after_skipped(due: datetime, hints: FeedHints) -> datetime:
    """The first moment from `due` on that is in no skipped hour or day (GMT). A feed that skips
    everything is taken to skip nothing."""
    moment = due
    for _ in range(8 * 24):
        if moment.hour not in hints.skip_hours and moment.weekday() not in hints.skip_days:
            return moment
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return due
