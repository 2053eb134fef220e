"""Beam's timers, typed, and the moments for which they are set."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from apache_beam.transforms import userstate
from apache_beam.utils.timestamp import Timestamp

from transforms import clock

F = TypeVar("F", bound=Callable[..., Any])


def on_timer(spec: userstate.TimerSpec) -> Callable[[F], F]:
    """Beam's decorator of a DoFn's method that a timer calls."""
    decorate: Callable[[F], F] = userstate.on_timer(spec)
    return decorate


def at(moment: datetime) -> Timestamp:
    """What a timer is set to that fires at a moment; Beam takes no other UTC than Python's."""
    return Timestamp.from_utc_datetime(moment.astimezone(timezone.utc))


def soon(seconds: float) -> Timestamp:
    """So many seconds from now."""
    return at(clock.utc_now() + timedelta(seconds=seconds))


def window_start(now: datetime, seconds: float) -> datetime:
    """The start of the window that a moment lies in; windows count from 1970."""
    stamp = now.timestamp()
    return datetime.fromtimestamp(stamp - stamp % seconds, timezone.utc)


def wake_at_end(now: datetime, seconds: float, due: Any, timer: Any) -> None:
    """Sets a timer to the end of the window, unless the state `due` says that it is set."""
    if due.read() is None:
        moment = window_start(now, seconds) + timedelta(seconds=seconds)
        due.write(moment)
        timer.set(at(moment))
