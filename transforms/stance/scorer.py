"""The learned half of stance: (holder, target) of one sentence -> against, neutral, favor.

The pair head was trained with the encoder (training/model.py: PairHead); it is small enough for
numpy. One pass of the encoder serves every pair of a sentence.
"""

from collections.abc import Iterator, Mapping, Sequence
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
        return self.of_sentences([(sentence, pairs)])[0]

    def of_sentences(self, asked: Sequence[tuple[SentenceStates, Sequence[Pair]]]) -> list[Any]:
        """The probabilities of several sentences' pairs. The weights, larger than a processor's
        nearest cache, are read once for all."""
        unlike = [list(dict.fromkeys(pairs)) for _, pairs in asked]
        rows = [
            features
            for (sentence, _), pairs in zip(asked, unlike, strict=True)
            for features in self._of_sentence(sentence, pairs)
        ]
        if not rows:
            return [np.zeros((0, 3), np.float32) for _ in asked]
        hidden = np.tanh(np.stack(rows) @ self._hidden[0] + self._hidden[1])
        scores = hidden @ self._scores[0] + self._scores[1]
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities = powers / powers.sum(axis=1, keepdims=True)
        found, at = [], 0
        for (_, pairs), distinct in zip(asked, unlike, strict=True):
            place = {pair: at + row for row, pair in enumerate(distinct)}
            found.append(probabilities[np.array([place[pair] for pair in pairs], np.intp)])
            at += len(distinct)
        return found

    def _of_sentence(self, sentence: SentenceStates, pairs: Sequence[Pair]) -> Iterator[Any]:
        if pairs:
            means = _Means(sentence)
            yield from (self._features(means, pair) for pair in pairs)

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
