"""Failures and settled entries as values.

A stage's result is a good element, a `Failure` (a dead letter, or a try that comes again) or a
`Settled` (entries that need no more work: known, duplicate, skipped), so that no page can end
a run and every entry is counted once. `stages.RunStage` routes them.
"""

from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import Literal

from transforms.elements import Article, Entry, Feed, FeedDocument, Page


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


@dataclass(frozen=True)
class Failure:
    """A feed or an entry that a stage could not handle.

    `entries` counts the feed entries behind it: 0 when a whole feed failed, since then no
    entry was announced.
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

    @property
    def retryable(self) -> bool:
        return self.kind in RETRYABLE


@dataclass(frozen=True)
class Settled:
    """Entries that end here for a stated reason; `entries` counts feed entries."""

    status: Literal["known", "duplicate", "skipped"]
    entries: int
    reason: SkipReason | None = None
    entry_key: str | None = None
    url: str | None = None


def fail(
    stage: str,
    kind: FailureKind,
    message: str,
    element: Feed | FeedDocument | Entry | Page | Article,
) -> Failure:
    """The Failure of `element` in `stage`."""
    failed_at = datetime.now(timezone.utc)
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
        )
    feed = element.feed if isinstance(element, FeedDocument) else element
    return Failure(stage, kind, message, feed.url, feed.url, failed_at)
