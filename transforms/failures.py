"""Failures and settled entries as values.

A stage's result is a good element, a `Failure` (a dead letter, or a try that comes again) or a
`Settled` (entries that need no more work: known, duplicate, skipped), so that no page can end
a run and every entry is counted once. `stages.RunStage` routes them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal, NamedTuple

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


class FailureNote(NamedTuple):
    """What a kind means, and what the operator of newsbeam can do about it (Markdown)."""

    meaning: str
    remedy: str


FAILURE_NOTES = {
    FailureKind.BAD_URL: FailureNote(
        "the address cannot be asked: malformed, or not http(s)",
        "the feed's own address: correct it in the configuration; an entry's: tell the publisher",
    ),
    FailureKind.FORBIDDEN_ADDRESS: FailureNote(
        "the host is, or resolves to, a private, loopback, link-local, multicast, reserved or "
        "cloud-metadata address, or the port is not in `fetch.allowed_ports`",
        "leave it, unless it is your own intranet (`fetch.allow_private_networks`) or a publisher "
        "on another port (`fetch.allowed_ports`)",
    ),
    FailureKind.DNS_ERROR: FailureNote(
        "the host's name did not resolve",
        "many hosts at once: your resolver; one for days: the publisher has moved, look for its "
        "new feed",
    ),
    FailureKind.CONNECTION_ERROR: FailureNote(
        "the connection was refused, reset or closed",
        "many hosts at once: your network or firewall; one that answers a browser: it may block "
        "you, see operations.md",
    ),
    FailureKind.TLS_ERROR: FailureNote(
        "the certificate or the TLS handshake failed",
        "many hosts at once: the machine's clock or CA certificates; one: its certificate, tell "
        "the publisher",
    ),
    FailureKind.TIMEOUT: FailureNote(
        "the whole request took longer than `fetch.timeout`",
        "raise `fetch.timeout` where a host is slow every time; many hosts at once: lower "
        "`fetch.concurrency`",
    ),
    FailureKind.TOO_LARGE: FailureNote(
        "the body is larger than `fetch.max_bytes` after decompression, or its headers are too "
        "large",
        "raise `fetch.max_bytes` if such pages are wanted",
    ),
    FailureKind.TOO_MANY_REDIRECTS: FailureNote(
        "more than `fetch.max_redirects`, or a loop",
        "mostly a wall that wants cookies, which are never kept; a feed: configure the address "
        "that a browser ends at",
    ),
    FailureKind.PROTOCOL_ERROR: FailureNote(
        "the answer is not HTTP, or was cut off",
        "look at the message; every time: the address is not a web server's, or a proxy is broken",
    ),
    FailureKind.BAD_CONTENT_ENCODING: FailureNote(
        "the compressed body is damaged or of an unknown encoding",
        "nothing; every time: tell the publisher",
    ),
    FailureKind.ROBOTS_UNREACHABLE: FailureNote(
        "robots.txt did not answer, so nothing may be asked for now (RFC 9309)",
        "nothing; for days: the host is down, or blocks you, see operations.md",
    ),
    FailureKind.ROBOTS_DISALLOWED: FailureNote(
        "robots.txt forbids the feed",
        "ask the publisher for permission or for another feed, or remove the feed",
    ),
    FailureKind.NOT_FOUND: FailureNote(
        "status 404",
        "an entry: nothing, it was withdrawn; a feed: `newsbeam feeds discover` on the site's "
        "front page",
    ),
    FailureKind.GONE: FailureNote(
        "status 410",
        "an entry: nothing; a feed is never asked again: remove it, or look for its successor",
    ),
    FailureKind.REFUSED: FailureNote(
        "status 401, 403 or 451",
        "the publisher does not want the request, or wants a subscription: see operations.md",
    ),
    FailureKind.RATE_LIMITED: FailureNote(
        "status 429, or the host asked to wait longer than a run lasts",
        "nothing at first, the wait is obeyed; again and again: raise `fetch.min_interval` and "
        "`fetch.per_host_delay`",
    ),
    FailureKind.CLIENT_ERROR: FailureNote(
        "another 4xx status",
        "look at the message; a feed: correct its address",
    ),
    FailureKind.SERVER_ERROR: FailureNote(
        "a 5xx status",
        "nothing; for days: tell the publisher",
    ),
    FailureKind.NOT_A_FEED: FailureNote(
        "the feed's address answered with something else",
        "open the address; mostly a page or a challenge: `newsbeam feeds discover` on the site's "
        "front page",
    ),
    FailureKind.MALFORMED_FEED: FailureNote(
        "a feed so broken that no entry could be read",
        "tell the publisher; report it to newsbeam where other readers can read it",
    ),
    FailureKind.EXTRACTION_ERROR: FailureNote(
        "the page could not be parsed within its limits",
        "save the page and try `newsbeam extract`; report it where it is an ordinary article",
    ),
    FailureKind.INTERNAL_ERROR: FailureNote(
        "a defect of newsbeam or a library; the message names it",
        "report it with the message and the address",
    ),
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
    errors = element.errors if isinstance(element, (FeedRequest, FeedDocument)) else 0
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
