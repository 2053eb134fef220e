"""How structure and scorer become a confidence, and when nothing is said."""

import pytest

from transforms.stance.decide import (
    Calibration,
    Evidence,
    Verdict,
    calibration,
    confidence,
    decide,
    sign_of,
)

FITTED = Calibration(
    {"bias": 1.0, "active": 1.0, "np": -3.0}, {"structure": 1.0, "margin": 0.5}, 0.5, 0.9
)
SURE, UNSURE, OPPOSED = (0.9, 0.05, 0.05), (0.3, 0.6, 0.1), (0.1, 0.1, 0.8)


def evidence(sign: int, scores: tuple[float, float, float], *marks: str) -> Evidence:
    return Evidence(sign, frozenset(marks), scores, scores)


def test_agreement_is_said() -> None:
    verdict = decide(evidence(-1, SURE, "active"), FITTED)
    assert verdict.sign == -1
    assert verdict.confidence > 0.9
    assert -1 <= verdict.score < -0.8


def test_the_opposite_silences_whatever_the_structure() -> None:
    assert decide(evidence(-1, OPPOSED, "active"), FITTED) == Verdict(0, 0.0, 0.0)


def test_a_doubtful_structure_needs_a_sure_scorer() -> None:
    assert decide(evidence(-1, UNSURE, "active", "np"), FITTED).sign == 0
    assert decide(evidence(-1, SURE, "active", "np"), FITTED).sign == -1


def test_a_surer_scorer_gives_more_confidence() -> None:
    low = confidence(evidence(-1, UNSURE, "active"), FITTED)
    high = confidence(evidence(-1, SURE, "active"), FITTED)
    assert 0 < low < high < 1


@pytest.mark.parametrize(("scores", "sign"), [(SURE, -1), (OPPOSED, 1)])
def test_an_unsigned_reading_takes_the_scorers_sign(
    scores: tuple[float, float, float], sign: int
) -> None:
    assert sign_of(evidence(0, scores, "open")) == sign


def test_the_author_needs_more() -> None:
    verdict = decide(evidence(-1, UNSURE, "author"), FITTED)
    assert verdict.sign == 0
    assert verdict.confidence < FITTED.author_threshold


def test_the_shipped_calibration_is_whole() -> None:
    fitted = calibration()
    assert {"bias", "active", "passive", "noun"} <= set(fitted.marks)
    assert {"bias", "structure", "margin"} <= set(fitted.mix)
    assert 0.2 <= fitted.threshold <= fitted.author_threshold
