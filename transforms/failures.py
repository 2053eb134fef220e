"""Failures and settled entries as values.

A stage's result is a good element, a `Failure` (a dead letter, or a try that comes again) or a
`Settled` (entries that need no more work: known, duplicate, skipped), so that no page can end
a run and every entry is counted once. `stages.RunStage` routes them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal

from transforms import clock
from transforms.elements import Article, Entry, Feed, FeedDocument, FeedRequest, Page


class FailureKind(str, Enum):
    """The closed list of what can go wrong with a feed or a page (docs/failures.md)."""

    BAD_URL = "bad_url"
    FORBIDDEN_ADDRESS = "forbidden_address"
    DNS_ERROR = "dns_error"
    CONNECTION_ERROR = "connection_error"
    TLS_ERROR = "tls_error"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    PROTOCOL_ERROR = "protocol_error"
    BAD_CONTENT_ENCODING = "bad_content_encoding"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    ROBOTS_DISALLOWED = "robots_disallowed"
    NOT_FOUND = "not_found"
    GONE = "gone"
    REFUSED = "refused"
    RATE_LIMITED = "rate_limited"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    NOT_A_FEED = "not_a_feed"
    MALFORMED_FEED = "malformed_feed"
    EXTRACTION_ERROR = "extraction_error"
    INTERNAL_ERROR = "internal_error"


FAILURE_NOTES = {
    FailureKind.BAD_URL: "the address cannot be asked: malformed, or not http(s)",
    FailureKind.FORBIDDEN_ADDRESS: "the host is, or resolves to, a private, loopback, link-local, "
    "multicast, reserved or cloud-metadata address, or the port is not in `fetch.allowed_ports`",
    FailureKind.DNS_ERROR: "the host's name did not resolve",
    FailureKind.CONNECTION_ERROR: "the connection was refused, reset or closed",
    FailureKind.TLS_ERROR: "the certificate or the TLS handshake failed",
    FailureKind.TIMEOUT: "the whole request took longer than `fetch.timeout`",
    FailureKind.TOO_LARGE: "the body is larger than `fetch.max_bytes` after decompression, or its "
    "headers are too large",
    FailureKind.TOO_MANY_REDIRECTS: "more than `fetch.max_redirects`, or a loop",
    FailureKind.PROTOCOL_ERROR: "the answer is not HTTP, or was cut off",
    FailureKind.BAD_CONTENT_ENCODING: "the compressed body is damaged or of an unknown encoding",
    FailureKind.ROBOTS_UNREACHABLE: "robots.txt did not answer, so nothing may be asked for now "
    "(RFC 9309)",
    FailureKind.ROBOTS_DISALLOWED: "robots.txt forbids the feed",
    FailureKind.NOT_FOUND: "status 404",
    FailureKind.GONE: "status 410",
    FailureKind.REFUSED: "status 401, 403 or 451",
    FailureKind.RATE_LIMITED: "status 429, or the host asked to wait longer than a run lasts",
    FailureKind.CLIENT_ERROR: "another 4xx status",
    FailureKind.SERVER_ERROR: "a 5xx status",
    FailureKind.NOT_A_FEED: "the feed's address answered with something else",
    FailureKind.MALFORMED_FEED: "a feed so broken that no entry could be read",
    FailureKind.EXTRACTION_ERROR: "the page could not be parsed within its limits",
    FailureKind.INTERNAL_ERROR: "a defect of newsbeam or a library; the message names it",
}

RETRYABLE = frozenset(
    {
        FailureKind.DNS_ERROR,
        FailureKind.CONNECTION_ERROR,
        FailureKind.TLS_ERROR,
        FailureKind.TIMEOUT,
        FailureKind.PROTOCOL_ERROR,
        FailureKind.BAD_CONTENT_ENCODING,
        FailureKind.ROBOTS_UNREACHABLE,
        FailureKind.RATE_LIMITED,
        FailureKind.SERVER_ERROR,
        FailureKind.INTERNAL_ERROR,
    }
)
"""Kinds that another try at a later time may mend; the others are final."""

SkipReason = Literal["no_link", "unsupported_link", "robots", "content_type"]

SKIP_NOTES: dict[SkipReason, str] = {
    "no_link": "the entry has no link and its feed is not `full_content`",
    "unsupported_link": "the link is not http(s), such as mailto:",
    "robots": "robots.txt forbids the page",
    "content_type": "the page is neither HTML nor XHTML nor plain text",
}


@dataclass(frozen=True)
class Failure:
    """A feed or an entry that a stage could not handle.

    `entries` counts the feed entries behind it: 0 when a whole feed failed, since then no
    entry was announced. `entry` is what a later run needs to try again. `attempts` counts the
    tries so far, this one included; `next_attempt_at` is None when there will be none, so that
    the failure is a dead letter. `retry_after` in seconds, as the server asked.
    """

    stage: str
    kind: FailureKind
    message: str
    url: str | None
    feed_url: str | None
    failed_at: datetime
    entry_key: str | None = None
    entry_guid: str | None = None
    entries: int = 0
    attempts: int = 1
    first_failed_at: datetime | None = None
    next_attempt_at: datetime | None = None
    retry_after: float | None = None
    entry: Entry | None = None

    @property
    def retryable(self) -> bool:
        return self.kind in RETRYABLE

    @property
    def is_pending(self) -> bool:
        """Whether this is an entry that a later run tries again."""
        return self.entries > 0 and self.next_attempt_at is not None


@dataclass(frozen=True)
class Settled:
    """Entries that end here for a stated reason; `entries` counts feed entries.

    "pending" waits for a later run. "carried_over" is no end: it counts entries of earlier runs
    that this run takes up again.
    """

    status: Literal["known", "duplicate", "skipped", "pending", "carried_over"]
    entries: int
    reason: SkipReason | None = None
    entry_key: str | None = None
    url: str | None = None


def fail(
    stage: str,
    kind: FailureKind,
    message: str,
    element: Feed | FeedRequest | FeedDocument | Entry | Page | Article,
    retry_after: float | None = None,
) -> Failure:
    """The Failure of `element` in `stage`."""
    failed_at = clock.utc_now()
    if isinstance(element, (Page, Article)):
        element = element.entry
    if isinstance(element, Entry):
        return Failure(
            stage,
            kind,
            message,
            element.url,
            element.feed.url,
            failed_at,
            element.key,
            element.guid,
            len(element.announcements),
            element.attempts + 1,
            element.first_failed_at or failed_at,
            retry_after=retry_after,
            entry=element,
        )
    feed = element if isinstance(element, Feed) else element.feed
    errors = element.errors if isinstance(element, FeedRequest) else 0
    return Failure(
        stage,
        kind,
        message,
        feed.url,
        feed.url,
        failed_at,
        attempts=errors + 1,
        first_failed_at=failed_at,
        retry_after=retry_after,
    )
