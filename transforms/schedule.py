"""When a feed is asked again: pure functions of what it said and did.

Several say how long to wait; the longest wins, but none can make newsbeam wait longer than
`max_interval`, except a Retry-After, which may ask for a week:

    the learned interval        about half the time between two new entries
    Cache-Control, Expires      RFC 9111 5.2.2.1, 5.3
    ttl                         RSS 2.0, minutes
    sy:updatePeriod, ...        RSS 1.0 syndication module
    Retry-After                 RFC 9110 10.2.3

What comes out is moved to the next hour that the feed does not skip (skipHours and skipDays of
RSS 2.0, GMT), be that beyond `max_interval` or not.

After errors the wait doubles, with jitter, up to `max_interval`, and stays there: no feed is
given up for errors. 410 Gone ends a feed (RFC 9110 15.5.11).
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from transforms.elements import FeedHints, Response

MAX_RETRY_AFTER = 7 * 86400.0
"""Seconds. A server that asks for more is asked after a week."""

JITTER = 0.1
"""Share of the wait by which feeds of one run are spread, so that they do not come in step."""

LEARNING_RATE = 0.3
"""Weight of the newest observation in a learned interval that grows; it falls at once."""

IDLE_SHARE = 0.1
"""Share of the time since the last new entry that the interval has at least, so that a feed that
fell asleep is asked less and less: 38 times instead of 144 on its first day without news."""

OVERDUE_SECONDS = 86_400.0
"""A feed so long overdue is asked in a skipped hour too: the runs may never come in another."""

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,10})", re.I)
_UNCACHED = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\s*(?:,|$)", re.I)
_DIGITS = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True)
class Intervals:
    """The bounds of the configuration, in seconds."""

    shortest: float
    longest: float

    def clamp(self, seconds: float) -> float:
        return min(max(seconds, self.shortest), self.longest)


def freshness(response: Response) -> float | None:
    """Seconds for which a response says it stays fresh; None when it says nothing about it."""
    control = ", ".join(value for name, value in response.headers if name == "cache-control")
    if _UNCACHED.search(control):
        return 0.0
    match = _MAX_AGE.search(control)
    if match:
        return max(0.0, float(match[1]) - _age(response))
    stated = response.header("expires")
    if stated is None:
        return None
    expires = _http_date(stated)
    if expires is None:  # "0" and its like: expired already (RFC 9111 5.3)
        return 0.0
    date = _http_date(response.header("date")) or response.fetched_at
    return max(0.0, (expires - date).total_seconds() - _age(response))


def _age(response: Response) -> float:
    """Seconds that the response has spent in caches (RFC 9111 5.1)."""
    age = response.header("age") or ""
    return float(age) if _DIGITS.fullmatch(age) else 0.0


def _http_date(value: str | None) -> datetime | None:
    """An HTTP-date in any of its three forms (RFC 9110 5.6.7), or None."""
    if value is None or len(value) > 64:
        return None
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:  # the asctime form and "-0000" mean UTC
            moment = moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(timezone.utc)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def observed_interval(
    published: Iterable[datetime], now: datetime, bounds: Intervals
) -> float | None:
    """Seconds between news as the dates of entries tell: the mean over the ten newest of the
    past, counting the time since the newest. None with fewer than two.

    Dates closer than the shortest interval are one piece of news: who publishes ten entries at
    noon need not be asked every minute. A date at midnight sharp is a day, not a time.
    """
    past = {moment for moment in published if moment <= now and moment.time() != time()}
    news: list[datetime] = []
    for moment in sorted(past, reverse=True):
        if not news or (news[-1] - moment).total_seconds() >= bounds.shortest:
            news.append(moment)
        if len(news) == 10:
            break
    return (now - news[-1]).total_seconds() / len(news) if len(news) > 1 else None


def learn(interval: float | None, observed: float | None, idle: float, bounds: Intervals) -> float:
    """The learned interval after one more answer: half the observed time between news, so that
    an entry waits a quarter of it on average. `idle` is the time since the last new entry."""
    known = bounds.shortest if interval is None else interval
    if observed is not None:
        target = observed / 2
        grown = target if interval is None else known + LEARNING_RATE * (target - known)
        known = min(target, grown)
    return bounds.clamp(max(known, idle * IDLE_SHARE))


def error_wait(errors: int, bounds: Intervals) -> float:
    """Seconds to wait after so many failures in a row."""
    return float(min(bounds.shortest * 2.0 ** min(max(errors - 1, 0), 30), bounds.longest))


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
    """The first moment from `due` on that is in no skipped hour or day. A feed that skips
    everything is taken to skip nothing."""
    moment = due
    for _ in range(8 * 24):
        if not _skips(moment, hints):
            return moment
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return due


def is_skipped(now: datetime, due: datetime, hints: FeedHints) -> bool:
    """Whether a feed that is due must wait since it skips this hour or day."""
    overdue = (now - due).total_seconds() > OVERDUE_SECONDS
    return not overdue and after_skipped(now, hints) != now


def _skips(moment: datetime, hints: FeedHints) -> bool:
    return moment.hour in hints.skip_hours or moment.weekday() in hints.skip_days
