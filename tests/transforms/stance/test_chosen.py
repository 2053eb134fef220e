"""Which of several tuples about one holder and sentence are kept."""

import pytest

from transforms.stance.decide import Verdict
from transforms.stance.proposals import Proposal
from transforms.stance.stage import chosen

BODY = "Ada Lindt thanked the mediators of the Upper Dorn Forum and the mayor."
PLAIN: frozenset[str] = frozenset()


def proposed(
    target: str, target_id: str | None, sure: float, sign: int = 1
) -> tuple[Proposal, Verdict]:
    start = BODY.index(target)
    place = start, start + len(target)
    proposal = Proposal(sign, PLAIN, None, (0, 9), "ada", place, target_id, (10, 17), 0)
    return proposal, Verdict(sign, sure, sign * sure)


WHOLE = "the mediators of the Upper Dorn Forum"
FORUM = "Upper Dorn Forum"


@pytest.mark.parametrize(
    ("tuples", "kept"),
    [
        ([(WHOLE, None, 0.8), (FORUM, "forum", 0.6)], [WHOLE]),
        ([(WHOLE, None, 0.5), (FORUM, "forum", 0.6)], [FORUM]),
        ([("the mediators of the", None, 0.5), (FORUM, "forum", 0.6)], [FORUM]),
        ([("the mediators", None, 0.5), (FORUM, "forum", 0.6)], ["the mediators", FORUM]),
        ([(FORUM, "forum", 0.6), ("the mayor", None, 0.5)], [FORUM, "the mayor"]),
        ([(WHOLE, None, 0.5), ("the mediators", None, 0.6)], ["the mediators"]),
    ],
)
def test_of_targets_that_touch_the_surest_is_kept(
    tuples: list[tuple[str, str | None, float]], kept: list[str]
) -> None:
    found = chosen([proposed(*one) for one in tuples])
    assert [BODY[slice(*proposal.target)] for proposal, _ in found] == kept


def test_where_both_signs_are_said_of_phrases_that_overlap_neither_is() -> None:
    assert chosen([proposed(WHOLE, None, 0.8), proposed("the mediators", None, 0.7, -1)]) == []


def test_a_phrase_and_the_name_in_it_may_be_seen_otherwise() -> None:
    both = [proposed(WHOLE, None, 0.8), proposed(FORUM, "forum", 0.7, -1)]
    assert len(chosen(both)) == 2
