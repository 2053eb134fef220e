"""Routes of scripted servers that tests of courtesy share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tests.pipelines.simulation import (
    START,
    Answer,
    Ask,
    Post,
    Route,
    ScriptedWeb,
    Simulation,
    days,
    hours,
    minutes,
    page,
    rss,
)

World = tuple[Simulation, ScriptedWeb]
COOKIE = ("Set-Cookie", "session=1; Path=/")


def always(answer: Answer) -> Route:
    return lambda ask: answer


def feed(posts: Callable[[datetime], list[Post]] | list[Post], channel: str = "") -> Route:
    """A feed without validators."""

    def route(ask: Ask) -> Answer:
        return Answer(body=rss(posts(ask.at) if callable(posts) else posts, channel))

    return route


def with_headers(route: Route, *headers: tuple[str, str]) -> Route:
    return lambda ask: replace(route(ask), headers=headers)


def validated(route: Route) -> Route:
    """Answers 304 while the body is the one whose ETag came back."""

    def answer(ask: Ask) -> Answer:
        made = route(ask)
        etag = f'"{hash(made.body) & 0xFFFFFFFF:x}"'
        headers = (*made.headers, ("ETag", etag))
        if ask.headers.get("if-none-match") == etag:
            return Answer(304, headers=headers)
        return replace(made, headers=headers)

    return answer


def redirect(status: int, location: str) -> Route:
    return always(Answer(status, headers=(("Location", location),)))


def in_turn(*routes: Route) -> Route:
    """One route after the other; the last one stays."""
    left = list(routes)
    return lambda ask: (left.pop(0) if len(left) > 1 else left[0])(ask)


def fast_posts(base: str) -> Callable[[datetime], list[Post]]:
    """An entry every 20 minutes, at 7 minutes past and so on; the newest ten stay."""

    def posts(now: datetime) -> list[Post]:
        newest = int((now - START - minutes(7)) / minutes(20))
        numbers = range(newest, newest - 10, -1)
        return [Post(f"{base}/n{n}", START + minutes(7 + 20 * n)) for n in numbers]

    return posts


def weekly_posts(base: str) -> Callable[[datetime], list[Post]]:
    """An entry every Wednesday at noon; the newest ten stay."""

    def posts(now: datetime) -> list[Post]:
        newest = (now - START - hours(60)) // days(7)
        numbers = range(newest, newest - 10, -1)
        return [Post(f"{base}/w{n}", START + hours(60) + days(7 * n)) for n in numbers]

    return posts


def any_page(prefix: str) -> Route:
    return lambda ask: page(f"{prefix} {ask.path}")
