"""transforms.state.feeds: feeds that move to another address, and those that are gone."""

from dataclasses import replace

import pytest

from tests.builders import FEED
from tests.transforms.state.answers import (
    BOUNDS,
    NEW_ADDRESS,
    NEWER_ADDRESS,
    after,
    asked,
    document,
    due_in,
    failure,
    moved,
    unchanged,
)
from transforms.elements import FeedRequest
from transforms.failures import FailureKind
from transforms.state.feeds import (
    MOVE_ERRORS,
    MOVES_CONFIRMED,
    FeedUpdate,
)
from transforms.state.rows import FeedState


def test_a_permanent_redirect_is_remembered_once_it_is_confirmed() -> None:
    for times in range(1, MOVES_CONFIRMED):
        assert asked(moved(times)).url == FEED.url
    request = asked(moved(MOVES_CONFIRMED))
    assert (request.url, request.etag) == (NEW_ADDRESS, "one")
    assert request.feed == FEED


def test_a_304_confirms_a_redirect_too() -> None:
    state = moved(1)
    for _ in range(MOVES_CONFIRMED - 1):
        state = after(state, unchanged(moved=NEW_ADDRESS))
    assert state.moved_to == NEW_ADDRESS


@pytest.mark.parametrize(
    "between",
    [document(), unchanged(), failure(), document(moved=NEWER_ADDRESS)],
    ids=["answer", "304", "failure", "other address"],
)
def test_confirmations_must_come_in_a_row(between: FeedUpdate) -> None:
    state = after(moved(MOVES_CONFIRMED - 1), between)
    state = moved(MOVES_CONFIRMED - 1, state)
    assert asked(state).url == FEED.url
    assert asked(moved(1, state)).url == NEW_ADDRESS


def test_the_new_address_stays_and_may_move_on() -> None:
    state = moved(MOVES_CONFIRMED)
    state = after(state, document())
    assert asked(state).url == NEW_ADDRESS
    for _ in range(MOVES_CONFIRMED):
        assert asked(state).url == NEW_ADDRESS
        state = after(state, document(moved=NEWER_ADDRESS))
    assert asked(state).url == NEWER_ADDRESS


def failing(state: FeedState, times: int) -> list[FeedRequest]:
    requests = []
    for _ in range(times):
        requests.append(asked(state))
        state = after(state, failure())
    return requests


def test_a_new_address_that_keeps_failing_gives_the_old_one_its_turns() -> None:
    state = replace(moved(MOVES_CONFIRMED), etag="of the new address")
    requests = failing(state, MOVE_ERRORS + 4)
    old_turn = [request.url == FEED.url for request in requests]
    assert old_turn == [False] * MOVE_ERRORS + [True, False, True, False]
    for request in requests:
        assert (request.etag is None) == (request.url == FEED.url), "validators stay at home"


def doubting() -> FeedState:
    state = moved(MOVES_CONFIRMED)
    for _ in range(MOVE_ERRORS):
        state = after(state, failure())
    assert asked(state).url == FEED.url
    return state


def test_a_move_is_forgotten_when_the_old_address_answers_for_itself() -> None:
    state = after(doubting(), document())
    assert (state.moved_to, asked(state).url) == (None, FEED.url)


def test_a_move_is_forgotten_when_the_old_address_leads_elsewhere() -> None:
    state = after(doubting(), document(moved=NEWER_ADDRESS))
    assert (state.moved_to, state.moving_to, state.moving_seen) == (None, NEWER_ADDRESS, 1)


def test_a_move_that_the_old_address_confirms_stays() -> None:
    assert asked(after(doubting(), document(moved=NEW_ADDRESS))).url == NEW_ADDRESS


def test_an_outage_of_the_new_address_is_no_reason_to_forget_it() -> None:
    state = after(doubting(), failure())
    assert asked(state).url == NEW_ADDRESS
    assert asked(after(state, document())).url == NEW_ADDRESS


def test_gone_from_the_new_address_is_not_yet_the_end() -> None:
    gone = replace(failure(FailureKind.GONE), next_attempt_at=None)
    state = after(moved(MOVES_CONFIRMED), gone)
    assert not state.gone
    assert due_in(state) == BOUNDS.longest
    request = asked(state)
    assert (request.url, request.etag) == (FEED.url, "one")
    assert after(state, gone).gone


def test_gone_from_the_old_address_is_the_end() -> None:
    assert after(doubting(), failure(FailureKind.GONE)).gone
