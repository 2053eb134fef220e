"""The pair head: what it says of a pair does not depend on what it is asked beside."""

import numpy as np
import pytest

from transforms.elements import SentenceStates
from transforms.encoder.model import load_heads
from transforms.stance.scorer import ANYONE, AUTHOR, Pair, PairScorer

PAIRS = [
    Pair((0, 4), (10, 14)),
    Pair((10, 14), (0, 4)),
    Pair(AUTHOR, (5, 9)),
    Pair(ANYONE, (5, 9)),
    Pair((0, 4), (10, 14)),
]


@pytest.fixture(scope="module")
def scorer() -> PairScorer:
    return PairScorer(load_heads())


def sentence(seed: int) -> SentenceStates:
    """Five words of four letters, with a blank between."""
    offsets = np.array([(0, 0), *((5 * i, 5 * i + 4) for i in range(5))], np.int32)
    states = np.random.default_rng(seed).normal(size=(len(offsets), 384)).astype(np.float32)
    return SentenceStates(offsets, states)


def test_pairs_of_several_sentences_are_scored_as_each_alone(scorer: PairScorer) -> None:
    asked = [(sentence(1), PAIRS), (sentence(2), []), (sentence(3), PAIRS[::-1])]
    together = scorer.of_sentences(asked)
    assert [scores.shape for scores in together] == [(5, 3), (0, 3), (5, 3)]
    for (states, pairs), scores in zip(asked, together, strict=True):
        for pair, found in zip(pairs, scores, strict=True):
            assert np.allclose(found, scorer.probabilities(states, [pair])[0], atol=1e-5)
            assert found.sum() == pytest.approx(1, abs=1e-5)
    assert not np.allclose(together[0], together[2][::-1], atol=1e-3)


def test_equal_pairs_have_equal_answers_and_others_do_not(scorer: PairScorer) -> None:
    scores = scorer.probabilities(sentence(1), PAIRS)
    assert (scores[0] == scores[4]).all()
    assert len({tuple(row) for row in scores.tolist()}) == 4


def test_without_pairs_nothing_is_scored(scorer: PairScorer) -> None:
    assert scorer.probabilities(sentence(1), []).shape == (0, 3)
    assert scorer.of_sentences([]) == []
