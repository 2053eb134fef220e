from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.failures import FailureKind
from transforms.http.errors import MAX_RETRY_AFTER, error_for_status, parse_retry_after

NOW = datetime(2026, 1, 28, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (300, "protocol_error"),
        (400, "client_error"),
        (401, "refused"),
        (403, "refused"),
        (404, "not_found"),
        (410, "gone"),
        (418, "client_error"),
        (429, "rate_limited"),
        (451, "refused"),
        (500, "server_error"),
        (503, "server_error"),
        (599, "server_error"),
        (999, "client_error"),
    ],
)
def test_each_status_has_a_kind(status: int, kind: str) -> None:
    error = error_for_status("https://example.org/x", status, None)
    assert error.kind is FailureKind(kind)
    assert error.status == status
    assert f"https://example.org/x answered {status}: " in error.message


def test_both_forms_of_retry_after() -> None:
    assert parse_retry_after(" 120 ", NOW) == 120
    assert parse_retry_after("Wed, 28 Jan 2026 12:05:00 GMT", NOW) == 300
    assert parse_retry_after("Wed, 28 Jan 2026 12:05:00 -0000", NOW) == 300


def test_a_retry_after_in_the_past_is_now_and_a_far_one_is_bounded() -> None:
    assert parse_retry_after("Wed, 28 Jan 2015 12:05:00 GMT", NOW) == 0
    assert parse_retry_after("999999999999", NOW) == MAX_RETRY_AFTER
    assert parse_retry_after("Wed, 28 Jan 9999 12:05:00 GMT", NOW) == MAX_RETRY_AFTER


@pytest.mark.parametrize(
    "value",
    [None, "", "soon", "-5", "1e9", "١٢", "Wed, 99 Foo 2026", "9" * 400, "x" * 400, "nan"],
)
def test_nonsense_is_no_retry_after(value: str | None) -> None:
    assert parse_retry_after(value, NOW) is None


@given(st.text(max_size=80))
def test_any_text_is_seconds_or_none(text: str) -> None:
    seconds = parse_retry_after(text, NOW)
    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER


@given(st.integers(0, 86_400 * 29))
def test_a_date_counts_from_now(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert parse_retry_after(date, NOW) == seconds
