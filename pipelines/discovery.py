"""`newsbeam feeds discover`: asks a page, politely, for the feeds that it announces; where it
announces none, tries the usual addresses of its site."""

from typing import Any

from pipelines.announced_feeds import DiscoveredFeed, candidate_paths, discover_feeds
from pipelines.settings import Settings
from transforms.elements import Response
from transforms.http.errors import FetchError
from transforms.http.web import PoliteVisit, Web, close_web, open_web

MAX_PROBES = 10


class DiscoveryError(Exception):
    """The page could not be asked; the message says why."""


def discover(url: str, settings: Settings | None) -> list[dict[str, Any]]:
    """The feeds found at `url`: url, title and type of each. Raises DiscoveryError."""
    web = open_web((settings or Settings()).fetch.policy())
    try:
        found = web.submit(_discover(url, web)).result()
    except FetchError as error:
        raise DiscoveryError(error.message) from error
    finally:
        close_web(web)
    return [{"url": feed.url, "title": feed.title, "type": feed.type} for feed in found]


async def _discover(url: str, web: Web) -> list[DiscoveredFeed]:
    page = await _get(url, web)
    found = _feeds_in(page)
    for candidate in [] if found else candidate_paths(page.final_url)[:MAX_PROBES]:
        try:
            probed = _feeds_in(await _get(candidate, web))
        except FetchError:
            continue
        itself = [feed for feed in probed if feed.url == candidate]
        if itself:
            return itself
    return found


async def _get(url: str, web: Web) -> Response:
    obeys_robots = web.policy.robots == "obey"
    return await web.fetcher.fetch(url, visit=PoliteVisit(web, None, obeys_robots))


def _feeds_in(page: Response) -> list[DiscoveredFeed]:
    links = [value for name, value in page.headers if name == "link"]
    content_type = (page.header("content-type") or "").partition(";")[0].strip().lower()
    return discover_feeds(
        page.body, page.final_url, link_headers=links, content_type=content_type or None
    )
