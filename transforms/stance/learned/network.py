"""The finder's network at run time, in numpy: it reads the encoder's states of a sentence's words
with the eyes of one holder, and tags the words of targets and of expressions.

One holder's question is one row: states, the holder's state (or a learned one), and learned
vectors for party, quotation and distance go through transformer layers (pre-norm: Xiong et al.
2020) into two softmaxes. training/finder.py: Head is the same in torch, and trains it.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from transforms.stance.learned.questions import NAMED, Question

TARGET_TAGS = ("O", "B-favor", "I-favor", "B-against", "I-against")
EXPRESSION_TAGS = ("O", "favor", "against")
HEADS = 4
MOST_WEIGHTS = 4_000_000  # of attention at once: 16 MB
_EPSILON = 1e-5


class Network:
    """`arrays`: those of the finder's file (float32)."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._arrays = arrays
        self._layers = len({name.split(".")[1] for name in arrays if name.startswith("layers.")})

    def promise(self, states: Any) -> float:
        """How likely the sentence holds an expression of stance, by its likeliest word."""
        scores = states @ self._arrays["gate.weight"][0] + self._arrays["gate.bias"]
        return float(1 / (1 + np.exp(-scores.max()))) if len(states) else 0.0

    def __call__(self, states: Any, questions: Sequence[Question]) -> tuple[Any, Any]:
        """(questions, words, 5) and (questions, words, 3): probabilities of TARGET_TAGS and of
        EXPRESSION_TAGS. At least one question and one word."""
        rows = max(1, MOST_WEIGHTS // (len(states) ** 2 * HEADS))
        parts = [
            self._tags(states, questions[at : at + rows]) for at in range(0, len(questions), rows)
        ]
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))  # type: ignore[return-value]

    def _tags(self, states: Any, questions: Sequence[Question]) -> tuple[Any, Any]:
        x = self._input(states, questions)
        for layer in range(self._layers):
            x = self._layer(x, f"layers.{layer}.")
        x = self._norm(x, "out")
        return _softmax(self._linear(x, "targets")), _softmax(self._linear(x, "expressions"))

    def _input(self, states: Any, questions: Sequence[Question]) -> Any:
        arrays = self._arrays
        common, product = self._linear(states, "word"), self._linear(states, "product")
        rows = []
        for question in questions:
            row = common + arrays["party"][question.parties] + arrays["quoted"][question.quoted]
            row = row + arrays["distance"][question.distances]
            if question.kind == NAMED:
                holder = states[question.words[0] : question.words[1]].mean(axis=0)
                row = row + self._linear(holder, "holder")
                row = row + product * self._linear(holder, "factor")
            else:
                row = row + arrays["absent"][question.kind]
            rows.append(row)
        return self._norm(np.stack(rows), "input")

    def _layer(self, x: Any, name: str) -> Any:
        rows, words, width = x.shape
        qkv = self._linear(self._norm(x, f"{name}norm1"), f"{name}qkv")
        qkv = qkv.reshape(rows, words, 3, HEADS, width // HEADS).transpose(2, 0, 3, 1, 4)
        query, key, value = qkv
        weights = _softmax(query @ key.transpose(0, 1, 3, 2) / math.sqrt(width / HEADS))
        heard = (weights @ value).transpose(0, 2, 1, 3).reshape(rows, words, width)
        x = x + self._linear(heard, f"{name}mix")
        up = self._linear(self._norm(x, f"{name}norm2"), f"{name}up")
        return x + self._linear(np.maximum(up, 0), f"{name}down")

    def _linear(self, x: Any, name: str) -> Any:
        made = x @ self._arrays[f"{name}.weight"].T
        bias = self._arrays.get(f"{name}.bias")
        return made if bias is None else made + bias

    def _norm(self, x: Any, name: str) -> Any:
        x = x - x.mean(axis=-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + _EPSILON)
        return x * self._arrays[f"{name}.weight"] + self._arrays[f"{name}.bias"]


def _softmax(scores: Any) -> Any:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
