import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dates import MAX_LENGTH, parse_date, read_date

NOW = datetime(2026, 1, 28, 12, 0, tzinfo=timezone.utc)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wed, 28 Jan 2026 10:00:00 +0100", "2026-01-28T09:00:00"),
        ("Wendesday, 28 Jan 2026 10:00 EST", "2026-01-28T15:00:00"),
        ("Mon,28 Jan 2026 10:00:00 GMT", "2026-01-28T10:00:00"),
        ("28 Jan 26 10:00 PDT", "2026-01-28T17:00:00"),
        ("Fri, 28 Jan 94 10:00:00 Z", "1994-01-28T10:00:00"),
        ("Wed Jan 28 10:00:00 CET 2026", "2026-01-28T09:00:00"),
        ("Jan 28, 2026, 10:00 pm PST", "2026-01-29T06:00:00"),
        ("Wed, 28-Jan-2026 10:00:00 GMT", "2026-01-28T10:00:00"),
        ("Wed, 28 Jan 2026 10:00:00 GMT+0200", "2026-01-28T08:00:00"),
        ("Wed, 28 Jan 2026 10:00:00 -0500 (EST)", "2026-01-28T15:00:00"),
        ("Wed Jan 28 2026 10:00:00 GMT+0100 (Central European Time)", "2026-01-28T09:00:00"),
        ("Wed, 28 Jan 2026 24:00:00 GMT", "2026-01-29T00:00:00"),
        ("Wed, 28 Jan 2026 10:00:60 GMT", "2026-01-28T10:00:59"),
        ("28 января 2026 10:00 МСК", "2026-01-28T07:00:00"),
        ("mer, 28 gen 2026 10:00:00 +0100", "2026-01-28T09:00:00"),
        ("mar 27 gen 2026 10:00:00 +0100", "2026-01-27T09:00:00"),
        ("terça-feira, 27 de janeiro de 2026 10:00 -0300", "2026-01-27T13:00:00"),
        ("2026-01-28T10:00:00Z", "2026-01-28T10:00:00"),
        ("2026-01-28t10:00z", "2026-01-28T10:00:00"),
        ("2026-01-28T10:00:00.123456789+05:30", "2026-01-28T04:30:00.123456"),
        ("2026-01-28 10:00:00 +0000 UTC", "2026-01-28T10:00:00"),
        ("2026-01-28T10:00:00+01:00[Europe/Rome]", "2026-01-28T09:00:00"),
        ("20260128T100000Z", "2026-01-28T10:00:00"),
        ("２０２６-01-28T10:00:00Z", "2026-01-28T10:00:00"),
        ("2026年1月28日 19:00 JST", "2026-01-28T10:00:00"),
        ("28.01.2026 10:00 +0100", "2026-01-28T09:00:00"),
        ("\n 2026-01-28T10:00:00Z\t", "2026-01-28T10:00:00"),
    ],
)
def test_dates_with_a_zone(text: str, expected: str) -> None:
    reading = read_date(text, now=NOW)
    assert (reading.moment, reading.warnings) == (utc(expected), ())


@pytest.mark.parametrize(
    ("text", "expected", "warning"),
    [
        ("2026-01-28 10:00", "2026-01-28T10:00:00", "date_without_zone"),
        ("Wed Jan 28 10:00:00 2026", "2026-01-28T10:00:00", "date_without_zone"),
        ("01/28/2026 10:00 PM", "2026-01-28T22:00:00", "date_without_zone"),
        ("Wed, 28 Jan 2026 10:00:00 XYZ", "2026-01-28T10:00:00", "unknown_zone"),
        ("Wed, 28 Jan 2026 10:00:00 +9900", "2026-01-28T10:00:00", "unknown_zone"),
        ("2026-01-28T10:00:00 Mars/Olympus", "2026-01-28T10:00:00", "unknown_zone"),
        ("2026-01-28", "2026-01-28T00:00:00", "date_without_time"),
        ("28 de enero de 2026", "2026-01-28T00:00:00", "date_without_time"),
        ("2026년 1월 28일", "2026-01-28T00:00:00", "date_without_time"),
        ("28/01/2026", "2026-01-28T00:00:00", "date_without_time"),
        ("2026-01-29T12:00:01Z", "2026-01-29T12:00:01", "future_date"),
    ],
)
def test_dates_that_leave_something_open(text: str, expected: str, warning: str) -> None:
    reading = read_date(text, now=NOW)
    assert (reading.moment, reading.warnings) == (utc(expected), (warning,))


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", " ", "garbage", "Monday", "10:00", "2026", "2026-01", "28 Jan", "28 Jan 10:00"),
        *("03/04/2026", "2026-13-01", "2026-02-30", "Wed, 31 Feb 2026 10:00:00 GMT", "2026-028"),
        *("Wed, 28 Jan 2026 25:00:00 GMT", "0000-00-00T00:00:00Z", "1 Jan 1970 00:00:00 GMT"),
        *("2028-01-30T00:00:00Z", "28 Foo 2026", "28 Jan 2026 10:00 some words", "1769594400"),
        *("9999-12-31T23:59:59-14:00", "28 Jan 026", "Jan 2026", "2026-01-28T10:00:00+01:00 oops"),
        "Wed, 28 Jan 2026 10:00:00 GMT" + " " * MAX_LENGTH,
    ],
)
def test_what_is_no_date(text: str | None) -> None:
    assert read_date(text, now=NOW).moment is None


def test_another_default_zone() -> None:
    rome = timezone(timedelta(hours=1))
    assert parse_date("2026-01-28 10:00", now=NOW, default_tz=rome) == utc("2026-01-28T09:00:00")
    assert parse_date("2026-01-28 10:00 GMT", now=NOW, default_tz=rome) == utc(
        "2026-01-28T10:00:00"
    )


MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 2),
    max_value=datetime(2026, 1, 27),
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


@given(MOMENTS)
def test_iso_round_trip(moment: datetime) -> None:
    reading = read_date(moment.isoformat(), now=NOW)
    assert reading.moment == moment
    assert reading.warnings == ()


@given(MOMENTS)
def test_rfc_2822_round_trip(moment: datetime) -> None:
    assert parse_date(format_datetime(moment), now=NOW) == moment.replace(microsecond=0)


PIECES = """
2026 26 1 28 31 99 0000 Jan mar, Wed, 10:00 :00 T Z + -05:00 EST / - . 年 pm [x] (a b) ١
"""
SCRAPS = st.lists(st.sampled_from(PIECES.split()), max_size=8)


@given(st.one_of(st.text(max_size=60), SCRAPS.map(" ".join), SCRAPS.map("".join)))
def test_never_naive_never_an_exception(text: str) -> None:
    moment = parse_date(text, now=NOW)
    if moment is not None:
        assert moment.tzinfo is timezone.utc
        assert 1990 <= moment.year <= 2028


@pytest.mark.parametrize("piece", ["1", "1:", "a", " ", "-", "(", "1 ", "Jan ", "ﷺ", "+1"])
def test_long_texts_cost_little(piece: str) -> None:
    start = time.process_time()
    for length in (MAX_LENGTH, 1_000_000):
        read_date((piece * length)[:length], now=NOW)
    assert time.process_time() - start < 0.5
