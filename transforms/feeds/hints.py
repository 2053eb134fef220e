"""What a feed says about its own rhythm: RSS 2.0 ttl, skipHours, skipDays and the syndication
module of RSS 1.0 (sy:updatePeriod, sy:updateFrequency).

Read with regular expressions from the head of the document, before the first entry: these are
five numbers and words, wanted even where the XML is broken, and a second parse of every feed
would cost more than all the rest of its scheduling.
"""

import re

from transforms.elements import FeedHints

MAX_HEAD_BYTES = 65_536

_FIRST_ENTRY = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.I)
_TTL = re.compile(r"<ttl\s*>\s*(\d{1,7})\s*</ttl", re.I)
_PERIOD = re.compile(r"<\w{1,20}:updatePeriod\s*>\s*(\w{4,10})\s*</", re.I)
_FREQUENCY = re.compile(r"<\w{1,20}:updateFrequency\s*>\s*(\d{1,5})\s*</", re.I)
_HOUR = re.compile(r"<hour\s*>\s*(\d{1,2})\s*</hour", re.I)
_DAY = re.compile(r"<day\s*>\s*(\w{6,9})\s*</day", re.I)

_PERIODS = {
    "hourly": 3600.0,
    "daily": 86_400.0,
    "weekly": 7 * 86_400.0,
    "monthly": 30 * 86_400.0,
    "yearly": 365 * 86_400.0,
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def feed_hints(document: bytes) -> FeedHints:
    """The hints of a feed document; JSON feeds and feeds in UTF-16 have none."""
    head = document[:MAX_HEAD_BYTES]
    first_entry = _FIRST_ENTRY.search(head)
    text = (head[: first_entry.start()] if first_entry else head).decode("ascii", "replace")
    ttl = _TTL.search(text)
    return FeedHints(
        ttl=float(ttl[1]) * 60 if ttl else None,
        update_period=_update_period(text),
        skip_hours=frozenset(int(hour) % 24 for hour in _HOUR.findall(text) if int(hour) <= 24),
        skip_days=frozenset(
            _DAYS.index(day.lower()) for day in _DAY.findall(text) if day.lower() in _DAYS
        ),
    )


def _update_period(text: str) -> float | None:
    period, frequency = _PERIOD.search(text), _FREQUENCY.search(text)
    seconds = _PERIODS.get(period[1].lower()) if period else None
    if seconds is None:
        return None
    return seconds / max(int(frequency[1]) if frequency else 1, 1)
