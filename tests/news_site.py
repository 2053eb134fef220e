"""The sample news site for tests: with a logbook, and open to change while it is up.

with NewsSite() as site:
    site.publish("courier", "/extra", "<p>...</p>", delay=0.2)
    site.alter("courier", "/feed", status=503, headers=(("Retry-After", "60"),))
    ...
    assert site.hits("courier", "/feed") == 1
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.sample_site import Request, Resource, SampleSite


class NewsSite(SampleSite):
    """A SampleSite that remembers what was asked (`log`, in order of the answers)."""

    def __init__(self, *, first_port: int = 0) -> None:
        self.log: list[Request] = []
        super().__init__(first_port=first_port, observe=self.log.append)

    def publish(self, publisher: str, path: str, body: str | bytes, **fields: Any) -> str:
        """Adds or replaces a page, a feed or a robots.txt; returns its address. `fields` are
        those of Resource. A path may have a query."""
        data = body.encode() if isinstance(body, str) else body
        self.resources[publisher, path] = Resource(data, **fields)
        return self.bases[publisher] + path

    def alter(self, publisher: str, path: str, **changes: Any) -> None:
        """Changes fields of what is there, for example status, delay, headers or body."""
        resource = self.resources[publisher, path]
        self.resources[publisher, path] = dataclasses.replace(resource, **changes)

    def edit(self, publisher: str, path: str, old: str, new: str) -> None:
        """Replaces a text in a UTF-8 body; an absent one is an error in the test."""
        body = self.resources[publisher, path].body.decode()
        assert old in body, f"{path} does not hold {old!r}"
        self.alter(publisher, path, body=body.replace(old, new).encode())

    def withdraw(self, publisher: str, path: str) -> None:
        """Makes a path answer 404."""
        del self.resources[publisher, path]

    def requests(self, publisher: str | None = None, path: str | None = None) -> list[Request]:
        """The logged requests of a publisher, of a path (with its query), or all."""
        return [
            request
            for request in tuple(self.log)
            if publisher in (None, request.publisher) and path in (None, request.path)
        ]

    def hits(self, publisher: str, path: str) -> int:
        """How often a path was asked."""
        return len(self.requests(publisher, path))

    def forget(self) -> None:
        """Empties the logbook, between two runs."""
        self.log.clear()


@pytest.fixture
def news_site() -> Iterator[NewsSite]:
    """A fresh site for one test."""
    with NewsSite() as site:
        yield site
