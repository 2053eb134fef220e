"""What can go wrong with one request, as exceptions that never leave the fetching stage.

Exception
 +-- FetchError            kind (FailureKind), status, retry_after, elapsed
 |    +-- UnsupportedSchemeError  mailto:, javascript:, ftp: ...
 +-- ContentTypeRefused    the page is no text; not a failure
"""

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from transforms import clock
from transforms.failures import FailureKind

MAX_RETRY_AFTER = 30 * 86_400.0
"""Seconds; a longer Retry-After is read as this, so that no header stops a feed for years."""

_STATUS_KINDS = {
    401: FailureKind.REFUSED,
    403: FailureKind.REFUSED,
    404: FailureKind.NOT_FOUND,
    410: FailureKind.GONE,
    429: FailureKind.RATE_LIMITED,
    451: FailureKind.REFUSED,
}
_STATUS_HINTS = {
    FailureKind.REFUSED: "the site wants a login or turns robots away; remove the feed or ask it",
    FailureKind.NOT_FOUND: "nothing is there; check the address",
    FailureKind.GONE: "it was taken away for good; remove the address",
    FailureKind.RATE_LIMITED: "too many requests; raise fetch.per_host_delay",
    FailureKind.SERVER_ERROR: "the fault is the server's; it is tried again later",
    FailureKind.CLIENT_ERROR: "the server does not accept the request; check the address",
    FailureKind.PROTOCOL_ERROR: "not an answer to a plain GET; the server is misconfigured",
}


class FetchError(Exception):
    """A request that brought no usable response.

    `retry_after` is in seconds from now, None when the server said nothing. `elapsed`, the seconds
    spent on the wire, is filled in by the fetcher.
    """

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status
        self.retry_after = retry_after
        self.elapsed = 0.0


class UnsupportedSchemeError(FetchError):
    """An address that no HTTP client can ask."""

    def __init__(self, message: str) -> None:
        super().__init__(FailureKind.BAD_URL, message)


class ContentTypeRefused(Exception):  # noqa: N818 - it is no error
    """The body was left unread because its media type is not one that was asked for."""

    def __init__(self, mime_type: str) -> None:
        super().__init__(f"content type {mime_type} is not read")
        self.mime_type = mime_type
        self.elapsed = 0.0


def error_for_status(label: str, status: int, retry_after: str | None) -> FetchError:
    """The FetchError of a response status that is neither 2xx, 304 nor a redirect."""
    kind = _STATUS_KINDS.get(status)
    if kind is None:
        if 500 <= status < 600:
            kind = FailureKind.SERVER_ERROR
        else:  # 999 and its like are a site's own refusals
            kind = FailureKind.CLIENT_ERROR if status >= 400 else FailureKind.PROTOCOL_ERROR
    return FetchError(
        kind,
        f"{label} answered {status}: {_STATUS_HINTS[kind]}",
        status=status,
        retry_after=parse_retry_after(retry_after, clock.utc_now()),
    )


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait (RFC 9110 10.2.3: delta-seconds or an HTTP-date), within
    [0, MAX_RETRY_AFTER]; None when there is nothing to understand."""
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,18}(\.[0-9]{0,6})?", value):
        return min(float(value), MAX_RETRY_AFTER)
    if len(value) > 64:
        return None
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:  # "-0000": UTC without a claim to a zone
            moment = moment.replace(tzinfo=timezone.utc)
        seconds = (moment - now).total_seconds()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)
