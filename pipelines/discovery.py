"""`newsbeam feeds discover`: asks a page, politely, for the feeds that it announces; where it
announces none, tries the usual addresses of its site."""

import asyncio
from typing import Any

from pipelines.feed_lists import DiscoveredFeed, candidate_paths, discover_feeds
from pipelines.settings import Settings
from transforms.elements import Response
from transforms.http.client import AcceptRule, Fetcher
from transforms.http.errors import ContentTypeRefused, FetchError
from transforms.http.policy import FetchPolicy
from transforms.http.web import Web

MAX_PROBES = 10


class DiscoveryError(Exception):
    """The page could not be asked; the message says why."""


def discover(url: str, settings: Settings | None) -> list[dict[str, Any]]:
    """The feeds found at `url`: url, title and type of each. Raises DiscoveryError."""
    policy = (settings or Settings()).fetch.policy()
    return [
        {"url": feed.url, "title": feed.title, "type": feed.type}
        for feed in asyncio.run(_discover(url, policy))
    ]


async def _discover(url: str, policy: FetchPolicy) -> list[DiscoveredFeed]:
    async with Web(policy) as web:
        try:
            page = await web.get(url, accept=AcceptRule())
        except FetchError as error:
            raise DiscoveryError(str(error)) from error
        found = _feeds_in(page)
        for candidate in [] if found else candidate_paths(page.final_url)[:MAX_PROBES]:
            try:
                probed = _feeds_in(await web.get(candidate, accept=AcceptRule()))
            except (FetchError, ContentTypeRefused):
                continue
            itself = [feed for feed in probed if feed.url == candidate]
            if itself:
                return itself
        return found


def _feeds_in(page: Response) -> list[DiscoveredFeed]:
    links = [value for name, value in page.headers if name == "link"]
    content_type = (page.header("content-type") or "").partition(";")[0].strip().lower()
    return discover_feeds(
        page.body, page.final_url, link_headers=links, content_type=content_type or None
    )
