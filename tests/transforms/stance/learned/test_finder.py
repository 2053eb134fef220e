"""From tags to proposals: targets, expressions, and what is left out."""

from typing import Any

import numpy as np
import pytest

from tests.transforms.stance.learned.asking import all_asked
from transforms.stance.decide import FOUND
from transforms.stance.learned.finder import Answers, found, runs, seen, target_runs
from transforms.stance.learned.questions import Asked
from transforms.stance.proposals import Proposal

LINE = "[PER:a Ada Lindt] sharply criticised the plan of [ORG:b Nordfer] on Monday."
#        0   1           2       3          4   5    6        7       8  9      10


def answers(sentence: Asked, row: int, targets: dict[int, str], shown: dict[int, str]) -> Answers:
    """Answers in which one question has these tags, each with probability .9."""
    size = len(sentence.questions), len(sentence.words)
    tags = np.full((*size, 5), 0.025)
    tags[..., 0] = 0.9
    expressions = np.full((*size, 3), 0.05)
    expressions[..., 0] = 0.9
    names = {"B+": 1, "I+": 2, "B-": 3, "I-": 4}
    for word, tag in targets.items():
        tags[row, word] = 0.025
        tags[row, word, names[tag]] = 0.9
    for word, tag in shown.items():
        expressions[row, word] = 0.05
        expressions[row, word, "0+-".index(tag)] = 0.9
    return Answers(sentence, tags, expressions)


def text(proposal: Proposal, place: tuple[int, int] | None) -> str:
    body = "Ada Lindt sharply criticised the plan of Nordfer on Monday."
    return "" if place is None else body[slice(*place)]


def test_a_phrase_is_a_proposition() -> None:
    (sentence,) = all_asked(LINE)
    told = answers(sentence, 0, {4: "B-", 5: "I-", 6: "I-", 7: "I-"}, {2: "-", 3: "-"})
    (proposal,) = found(told)
    assert (proposal.sign, proposal.holder_id, proposal.target_id) == (-1, "a", None)
    assert text(proposal, proposal.target) == "the plan of Nordfer"
    assert text(proposal, proposal.expression) == "sharply criticised"
    assert text(proposal, proposal.holder) == "Ada Lindt"
    assert proposal.marks == {FOUND, "found-phrase"}


def test_a_name_is_its_entity() -> None:
    (sentence,) = all_asked(LINE)
    (proposal,) = found(answers(sentence, 0, {7: "B-"}, {3: "-"}))
    assert (proposal.target_id, text(proposal, proposal.target)) == ("b", "Nordfer")


@pytest.mark.parametrize(
    ("targets", "shown"),
    [
        ({7: "B-"}, {}),  # nothing shows it
        ({7: "B-"}, {3: "+"}),  # what shows has another sign
        ({7: "B-"}, {7: "-"}),  # what shows is the target
        ({0: "B-", 1: "I-"}, {3: "-"}),  # of oneself
        ({}, {3: "-"}),
    ],
)
def test_what_is_no_stance(targets: dict[int, str], shown: dict[int, str]) -> None:
    (sentence,) = all_asked(LINE)
    assert list(found(answers(sentence, 0, targets, shown))) == []


def test_the_authors_stance_has_no_holder() -> None:
    (sentence,) = all_asked(LINE)
    (proposal,) = found(answers(sentence, 2, {7: "B-"}, {3: "-"}))
    assert (proposal.holder, proposal.holder_id) == (None, None)
    assert "found-author" in proposal.marks


def test_a_speaker_elsewhere_says_nothing_outside_the_quotation() -> None:
    line = '"The plan is fine," said [PER:a Ada Lindt]. "[ORG:b Nordfer] deserves better."'
    second = all_asked(line)[-1]
    row = [question.holder_id for question in second.questions].index("a")
    told = answers(second, row, {1: "B+"}, {2: "+"})
    assert len(list(found(told))) == 1
    (voice,) = second.scene.voices
    shorter = second.scene._replace(voices=[voice._replace(end=int(second.words[2, 0]))])
    assert list(found(told._replace(asked=second._replace(scene=shorter)))) == []


def test_two_targets_side_by_side_are_two() -> None:
    tags = np.zeros((4, 5))
    tags[:, 0] = [0.9, 0.1, 0.1, 0.9]
    tags[1:3, 1] = 0.9
    assert [(run.first, run.last, run.sign) for run in target_runs(tags)] == [(1, 2, 1), (2, 3, 1)]


def test_runs_are_maximal_and_know_how_likely_they_are() -> None:
    likely: Any = np.array([0.5, 0.7, 0.1, 0.4])
    assert [(r.first, r.last, round(r.likely, 3)) for r in runs(likely, 1, 0.3)] == [
        (0, 2, 0.6),
        (3, 4, 0.4),
    ]
    assert runs(likely[:0], 1, 0.3) == []


def test_what_the_finder_thinks_of_a_proposal() -> None:
    (sentence,) = all_asked(LINE)
    told = answers(sentence, 0, {7: "B-"}, {3: "-"})
    (proposal,) = found(told)
    view = seen(told, proposal)
    assert view is not None
    assert view.against == pytest.approx(0.925)
    assert view.favor == pytest.approx(0.05)
    assert view.shows_against == pytest.approx(0.9)
    assert view.shows_favor == pytest.approx(0.05)
    assert seen(told, proposal._replace(holder_id="nobody")) is None
