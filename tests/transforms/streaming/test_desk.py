import time
from collections.abc import Iterator

import pytest

from tests.builders import make_entry
from tests.news_site import NewsSite, news_site  # noqa: F401
from transforms.elements import Page
from transforms.failures import Failure, FailureKind
from transforms.http.policy import FetchPolicy
from transforms.jobs import PageJob
from transforms.streaming.desk import Desk, close_desk, open_desk

POLICY = FetchPolicy(allow_private_networks=True, per_host_delay=0.0, timeout=5.0)


@pytest.fixture
def desk() -> Iterator[Desk]:
    opened = open_desk(PageJob(), POLICY)
    yield opened
    close_desk(opened)


def test_a_request_is_made_once_and_its_answer_given_once(
    desk: Desk,
    news_site: NewsSite,  # noqa: F811
) -> None:
    entry = make_entry(news_site.publish("courier", "/slow", "<p>text</p>", delay=0.1))
    assert desk.answer("1", entry) is None
    assert desk.answer("1", entry) is None
    answer = desk.answer("1", entry, patience=5.0)
    assert answer is not None
    assert isinstance(answer.result, Page)
    assert news_site.hits("courier", "/slow") == 1
    assert len(desk) == 0
    again = desk.answer("1", entry, patience=5.0)  # a ticket that nobody knows any more
    assert again is not None
    assert news_site.hits("courier", "/slow") == 2


def test_what_fails_is_an_answer_too(desk: Desk, news_site: NewsSite) -> None:  # noqa: F811
    answer = desk.answer("1", make_entry(news_site.bases["courier"] + "/none"), patience=5.0)
    assert answer is not None
    assert isinstance(answer.result, Failure)
    assert answer.result.kind is FailureKind.NOT_FOUND


def test_a_desk_is_shared_as_long_as_somebody_has_it(news_site: NewsSite) -> None:  # noqa: F811
    first, second = open_desk(PageJob(), POLICY), open_desk(PageJob(), POLICY)
    assert first is second
    close_desk(first)
    entry = make_entry(news_site.publish("courier", "/page", "<p>text</p>"))
    assert second.answer("1", entry, patience=5.0) is not None
    close_desk(second)
    assert not second.web.alive
    third = open_desk(PageJob(), POLICY)
    assert third is not second
    close_desk(third)


def test_answers_that_nobody_takes_hold_up_requests_but_no_other_host(
    news_site: NewsSite,  # noqa: F811
) -> None:
    small = FetchPolicy(allow_private_networks=True, per_host_delay=0.0, timeout=5.0, concurrency=1)
    opened = open_desk(PageJob(), small)
    entries = [
        make_entry(news_site.publish("courier", f"/many/{n}", "<p>text</p>")) for n in range(6)
    ]
    for entry in entries:
        opened.answer(entry.key, entry)
    time.sleep(0.3)
    fetched = len([ask for ask in news_site.log if "/many/" in ask.path])
    assert fetched < len(entries)
    taken = [opened.answer(entry.key, entry, patience=5.0) for entry in entries]
    assert all(taken)
    close_desk(opened)
