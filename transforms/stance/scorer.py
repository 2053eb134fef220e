"""The learned half of stance: (holder, target) of one sentence -> against, neutral, favor.

The pair head was trained with the encoder (training/model.py: PairHead); it is small enough for
numpy. One pass of the encoder serves every pair of a sentence.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from transforms.elements import SentenceStates
from transforms.encoder.holders import ANYONE, AUTHOR
from transforms.stance.names import Range

__all__ = ["ANYONE", "AUTHOR", "Pair", "PairScorer", "mean_state"]


class Pair(NamedTuple):
    """A question: does the holder, a range of the body or AUTHOR or ANYONE, favor the target?"""

    holder: Range | int
    target: Range


class PairScorer:
    """`heads`: the arrays of the model's heads.npz."""

    def __init__(self, heads: Mapping[str, Any]) -> None:
        self._spanless = heads["spanless"]
        self._hidden = heads["hidden.weight"].T, heads["hidden.bias"]
        self._scores = heads["scores.weight"].T, heads["scores.bias"]

    def probabilities(self, sentence: SentenceStates, pairs: Sequence[Pair]) -> Any:
        """(pairs, 3): the probabilities of against, neutral and favor."""
        if not pairs:
            return np.zeros((0, 3), np.float32)
        unlike = {pair: row for row, pair in enumerate(dict.fromkeys(pairs))}
        hidden = np.tanh(self.features(sentence, list(unlike)) @ self._hidden[0] + self._hidden[1])
        scores = hidden @ self._scores[0] + self._scores[1]
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities = powers / powers.sum(axis=1, keepdims=True)
        return probabilities[[unlike[pair] for pair in pairs]]

    def features(self, sentence: SentenceStates, pairs: Sequence[Pair]) -> Any:
        """(pairs, 6 * hidden): what the head reads of each question, one at least."""
        means = _Means(sentence)
        return np.stack([self._features(means, pair) for pair in pairs])

    def _features(self, means: "_Means", pair: Pair) -> Any:
        target = means[pair.target]
        if isinstance(pair.holder, int):
            holder, span = self._spanless[pair.holder], pair.target
        else:
            holder, span = means[pair.holder], pair.holder
        first, second = sorted((span, pair.target))
        between = means[first[1], second[0]]
        product = holder * target
        return np.concatenate([holder, target, product, means.first, means[means.whole], between])


class _Means(dict[Range, Any]):
    """The mean states of ranges of a sentence, each worked out once."""

    def __init__(self, sentence: SentenceStates) -> None:
        super().__init__()
        self._offsets, self._states = sentence.offsets, sentence.states
        self.first = sentence.states[0]
        self.whole = int(self._offsets[:, 0].min()), int(self._offsets[:, 1].max())

    def __missing__(self, span: Range) -> Any:
        self[span] = mean_state(self._offsets, self._states, span)
        return self[span]


def mean_state(offsets: Any, states: Any, span: Range) -> Any:
    """The mean state of the pieces that overlap a range of the body; zeros where none does."""
    starts, ends = offsets[:, 0], offsets[:, 1]
    inside = (starts < span[1]) & (ends > span[0]) & (ends > starts)
    if not inside.any():
        return np.zeros(states.shape[1], states.dtype)
    return states[inside].mean(axis=0)
