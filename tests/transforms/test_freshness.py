"""transforms.schedule: how long headers and dates say that a feed stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_response
from transforms.schedule import (
    freshness,
)

HOUR = 3600.0


def fresh(*headers: tuple[str, str]) -> float | None:
    return freshness(make_response(b"", headers=headers))


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("max-age=600", 600.0),
        ("public, max-age=600", 600.0),
        ("MAX-AGE = 600", 600.0),
        ('max-age="600"', 600.0),
        ("max-age=600, must-revalidate", 600.0),
        ("max-age=0", 0.0),
        ("no-cache", 0.0),
        ("no-store, max-age=600", 0.0),
        ("max-age=600, no-cache", 0.0),
        ('no-cache="set-cookie", max-age=600', 600.0),
        ("s-maxage=9999, max-age=600", 600.0),
        ("s-maxage=600", None),
        ("x-max-age=600", None),
        ("max-age=-5", None),
        ("max-age=soon", None),
        ("public", None),
        ("", None),
    ],
)
def test_cache_control(control: str, seconds: float | None) -> None:
    assert fresh(("cache-control", control)) == seconds


def test_several_cache_control_headers_are_one() -> None:
    assert fresh(("cache-control", "public"), ("cache-control", "max-age=600")) == 600.0
    assert fresh(("cache-control", "max-age=600"), ("cache-control", "no-store")) == 0.0


@pytest.mark.parametrize(
    ("age", "seconds"), [("200", 400.0), ("700", 0.0), ("-1", 600.0), ("x", 600.0), ("²", 600.0)]
)
def test_age_has_been_spent_in_caches(age: str, seconds: float) -> None:
    assert fresh(("cache-control", "max-age=600"), ("age", age)) == seconds


@pytest.mark.parametrize(
    "date",
    [
        "Wed, 28 Jan 2026 13:00:00 GMT",
        "Wed, 28 Jan 2026 13:00:00 UTC",
        "Wed, 28 Jan 2026 14:00:00 +0100",
        "Wednesday, 28-Jan-26 13:00:00 GMT",  # RFC 850
        "Wed Jan 28 13:00:00 2026",  # asctime
        "Wed, 28 Jan 2026 13:00:00 -0000",
    ],
)
def test_expires_in_every_form_of_an_http_date(date: str) -> None:
    assert fresh(("expires", date)) == HOUR
    assert fresh(("expires", date), ("date", "Wed, 28 Jan 2026 12:30:00 GMT")) == HOUR / 2


@pytest.mark.parametrize("expires", ["0", "-1", "never", "", "Wed, 28 Jan 2026 11:00:00 GMT"])
def test_an_expires_that_is_past_or_no_date_means_expired(expires: str) -> None:
    assert fresh(("expires", expires)) == 0.0


def test_max_age_goes_before_expires_and_silence_is_not_zero() -> None:
    later = ("expires", "Wed, 28 Jan 2026 15:00:00 GMT")
    assert fresh(("cache-control", "max-age=60"), later) == 60.0
    assert fresh(("cache-control", "no-cache"), later) == 0.0
    assert fresh(("cache-control", "public"), later) == 3 * HOUR
    assert fresh() is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["cache-control", "expires", "age", "date"]),
            st.text(max_size=80)
            | st.from_regex(
                r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d\d?:\d\d?:\d\d? .{0,8}"
            ),
        ),
        max_size=6,
    )
)
def test_no_header_breaks_freshness(headers: list[tuple[str, str]]) -> None:
    seconds = fresh(*headers)
    assert seconds is None or seconds >= 0
