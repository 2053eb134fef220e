"""`newsbeam check`: what a configuration would fetch. Nothing is fetched."""

from collections import Counter
from typing import Any

from rich.console import Console

from pipelines.configuration import Configuration
from pipelines.console import harmless
from transforms import clock
from transforms.elements import Feed
from transforms.urls import host_of


def describe(configuration: Configuration, output: str | None) -> dict[str, Any]:
    """The feeds and settings of a configuration as plain data. With a dataset, every feed also
    says whether it is due."""
    due: frozenset[str] | None = None
    if output is not None:
        from pipelines.batch import due_requests
        from pipelines.places import use_options
        from transforms.state import load_state

        use_options(())
        now = clock.utc_now()
        requests = due_requests(configuration.feeds, load_state(output), now, ask_all=False)
        due = frozenset(request.feed.url for request in requests)
    hosts = Counter(host_of(feed.url) for feed in configuration.feeds)
    settings = configuration.settings.model_dump(mode="json", exclude={"feeds"})
    return {
        "config": configuration.path,
        "feeds": [_describe_feed(feed, due) for feed in configuration.feeds],
        "hosts": len(hosts),
        "countries": _counted(feed.country for feed in configuration.feeds),
        "languages": _counted(feed.language for feed in configuration.feeds),
        "settings": settings,
    }


def _describe_feed(feed: Feed, due: frozenset[str] | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "url": feed.url,
        "name": feed.name,
        "language": feed.language,
        "country": feed.country,
        "tags": list(feed.tags),
        "full_content": feed.full_content,
    }
    return described if due is None else {**described, "due": feed.url in due}


def _counted(values: Any) -> dict[str, int]:
    counts = Counter(value or "not stated" for value in values)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def print_description(description: dict[str, Any]) -> None:
    """The description for a person."""
    console = Console(soft_wrap=True, highlight=False)
    feeds = description["feeds"]
    fetch = description["settings"]["fetch"]
    console.print(f"{harmless(description['config'])} is valid.")
    console.print(
        f"{len(feeds)} feeds on {description['hosts']} hosts would be asked, "
        f"one request at a time per host, {fetch['per_host_delay']:g} s apart, "
        f"robots.txt: {fetch['robots']}."
    )
    if any("due" in feed for feed in feeds):
        console.print(f"{sum(feed['due'] for feed in feeds)} of them are due now.")
    for what in ("countries", "languages"):
        listed = ", ".join(f"{key} {number}" for key, number in description[what].items())
        console.print(f"{what}: {harmless(listed)}")
    for feed in feeds:
        details = [feed["country"], feed["language"], *feed["tags"]]
        marks = " ".join(harmless(detail) for detail in details if detail)
        state = "" if feed.get("due", True) else "  (not due)"
        name = harmless(feed["name"] or "")
        console.print(f"  {harmless(feed['url'])}  {name}  {marks}{state}".rstrip())
