"""What differs between fetching feeds and pages: addresses, order, what becomes of an answer."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any
from zlib import crc32

from transforms.elements import (
    Entry,
    FeedDocument,
    FeedRequest,
    FeedUnchanged,
    Page,
    Response,
)
from transforms.failures import Failure, FailureKind, Settled, fail
from transforms.http.address import check_url
from transforms.http.client import FEED, PAGE, AcceptRule
from transforms.http.errors import ContentTypeRefused, FetchError, UnsupportedSchemeError
from transforms.http.policy import FetchPolicy
from transforms.http.robots import RobotsDecision
from transforms.latency import latency
from transforms.provenance import carries_content

COURTESY, COUNTS = "courtesy", "counts"  # outputs beside those of every stage
Result = FeedDocument | FeedUnchanged | Page | Failure | Settled


class Job(ABC):
    """What differs between feeds and pages. Stateless, so that it pickles."""

    stage: str
    accept: AcceptRule

    @abstractmethod
    def url(self, element: Any) -> str | None: ...

    def headers(self, element: Any) -> dict[str, str]:
        """What the request says beyond the usual."""
        return {}

    @abstractmethod
    def order(self, element: Any) -> Any:
        """The sort key of the elements of one host."""

    def asked_before(self, element: Any) -> tuple[str, datetime] | None:
        """An earlier request of this run that may have been another process's: address, end."""
        return None

    def count(self, result: Result) -> dict[str, int]:
        """What the account of the run wants to know of a result. Counted here, since a second
        consumer of the pages would make runners keep them all."""
        return {}

    @abstractmethod
    def without_request(self, element: Any) -> Result | None:
        """The result of an element that needs no request, else None."""

    @abstractmethod
    def fetched(
        self, element: Any, response: Response, robots: RobotsDecision | None
    ) -> Result: ...

    @abstractmethod
    def refused(self, element: Any, error: FetchError | ContentTypeRefused) -> Result: ...


class FeedJob(Job):
    """Any content type is read; what the bytes are is for ParseFeeds to say. A 304 is an answer
    where the request had a condition."""

    stage = "FetchFeeds"
    accept = FEED

    def url(self, request: FeedRequest) -> str | None:
        return request.url

    def headers(self, request: FeedRequest) -> dict[str, str]:
        """The validators, byte for byte as the server sent them (RFC 9110 13.1)."""
        validators = {
            "If-None-Match": request.etag,
            "If-Modified-Since": request.last_modified,
        }
        return {name: value for name, value in validators.items() if value}

    def order(self, request: FeedRequest) -> Any:
        return request.url

    def without_request(self, request: FeedRequest) -> Result | None:
        return None

    def fetched(
        self, request: FeedRequest, response: Response, robots: RobotsDecision | None
    ) -> Result:
        if response.status == 304:
            return FeedUnchanged(request.feed, response, request.size)
        return FeedDocument(request.feed, response, request.errors)

    def refused(self, request: FeedRequest, error: FetchError | ContentTypeRefused) -> Result:
        if isinstance(error, FetchError):
            return fail(self.stage, error.kind, str(error), request, error.retry_after)
        return fail(self.stage, FailureKind.NOT_A_FEED, str(error), request)


class PageJob(Job):
    """Entries without a fetchable link, or whose feed carries the content (`provenance`), need no
    request."""

    stage = "FetchPages"
    accept = PAGE

    def url(self, entry: Entry) -> str | None:
        return entry.url

    def order(self, entry: Entry) -> Any:
        return [(first.url, first.position) for first in entry.announcements[:1]], entry.key

    def asked_before(self, entry: Entry) -> tuple[str, datetime] | None:
        return entry.feed.url, entry.announced_at

    def count(self, result: Result) -> dict[str, int]:
        if not isinstance(result, Page):
            return {}
        if result.response is None:
            return {"pages/from_feed": 1}
        response = result.response
        counts = {"pages/fetched": 1, "pages/bytes": len(response.body)}
        return {**counts, **dict(latency("pages", response.elapsed_ms))}

    def without_request(self, entry: Entry) -> Result | None:
        if carries_content(entry):
            return Page(entry, None)
        return None if entry.url else self._skipped(entry, "no_link")

    def fetched(self, entry: Entry, response: Response, robots: RobotsDecision | None) -> Result:
        if robots is None:
            return Page(entry, response)
        return Page(entry, response, robots.allowed, robots.ai_opt_out)

    def refused(self, entry: Entry, error: FetchError | ContentTypeRefused) -> Result:
        if isinstance(error, ContentTypeRefused):
            return self._skipped(entry, "content_type")
        if isinstance(error, UnsupportedSchemeError):
            return self._skipped(entry, "unsupported_link")
        if error.kind is FailureKind.ROBOTS_DISALLOWED:
            return self._skipped(entry, "robots")
        return fail(self.stage, error.kind, error.message, entry, error.retry_after)

    def _skipped(self, entry: Entry, reason: Any) -> Settled:
        return Settled("skipped", len(entry.announcements), reason, entry.key, entry.url)


def with_host(element: Any, job: Job, policy: FetchPolicy) -> tuple[str, Any]:
    """The element with its `host:port`, or, where no host will be asked, with one of 256 keys, so
    that these spread over the workers too."""
    url = job.url(element) or ""
    try:
        if job.without_request(element) is None:
            return check_url(url, policy).host_key, element
    except FetchError:
        pass  # the fetcher will say so
    return f"none/{crc32(url.encode('utf-8', 'surrogatepass')) % 256}", element
