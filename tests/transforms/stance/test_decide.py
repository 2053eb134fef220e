"""How structure and scorer become a confidence, and when nothing is said."""

import pytest

from transforms.stance.decide import (
    FOUND,
    Calibration,
    Evidence,
    Seen,
    Verdict,
    calibration,
    confidence,
    decide,
    features,
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
    assert decide(evidence(-1, (0.01, 0.01, 0.98), "active"), FITTED) == Verdict(0, 0.0, 0.0)


def test_a_doubtful_scorer_does_not_silence_a_plain_structure() -> None:
    plain, slightly = evidence(-1, (0.3, 0.1, 0.6), "active"), (0.3, 0.1, 0.6)
    assert decide(plain, FITTED).sign == -1
    assert decide(evidence(-1, slightly, "active", "np"), FITTED).sign == 0


def test_a_loose_reading_needs_the_scorers_sign_and_direction() -> None:
    forward, back = (0.6, 0.3, 0.1), (0.7, 0.2, 0.1)
    marks = frozenset(("active", "loose"))
    assert decide(Evidence(-1, marks, forward, (0.1, 0.8, 0.1)), FITTED).sign == -1
    assert decide(Evidence(-1, marks, forward, back), FITTED).sign == 0
    assert decide(Evidence(-1, marks, (0.3, 0.6, 0.1), (0.1, 0.8, 0.1)), FITTED).sign == 0


def test_an_open_reading_does_not_contradict_its_only_expression() -> None:
    assert decide(evidence(0, OPPOSED, "active", "open", "open-plus"), FITTED).sign == 1
    assert decide(evidence(0, OPPOSED, "active", "open"), FITTED).sign == 0
    assert decide(evidence(0, OPPOSED, "active", "open", "open-minus"), FITTED).sign == 0


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


def test_the_finder_speaks_for_a_sign_and_against_the_other() -> None:
    fitted = Calibration({}, {"seen": 1.0, "opposite": -1.0}, 0.5, 0.9)
    marks = frozenset((FOUND,))
    likely = Evidence(1, marks, UNSURE, UNSURE, Seen(0.9, 0.1, 0.9, 0.1))
    assert decide(likely, fitted).sign == 1
    assert decide(likely._replace(sign=-1), fitted).sign == 0
    assert features(likely, 1)["shown"] > 0 > features(likely, -1)["shown"]


def test_structure_says_nothing_of_what_it_did_not_propose() -> None:
    seen = Seen(0.5, 0.5, 0.5, 0.5)
    found = Evidence(1, frozenset((FOUND, "active")), UNSURE, UNSURE, seen)
    weights = Calibration({"bias": 9.0, "active": 9.0}, {"structure": 1.0}, 0.6, 0.9)
    assert confidence(found, weights) == pytest.approx(0.5)


def test_the_shipped_mix_weighs_every_feature() -> None:
    how = ("phrase", "author", "speaker", "subject", "stands", "rival", "agrees", "differs")
    marks = frozenset((FOUND, *(f"{FOUND}-{name}" for name in how)))
    names = {"structure"}
    for seen in (None, Seen(0.5, 0.5, 0.5, 0.5)):
        for some in (marks, frozenset(("loose",)), frozenset(("open",))):
            names |= features(Evidence(1, some, SURE, SURE, seen), 1).keys()
    assert names == calibration().mix.keys()
