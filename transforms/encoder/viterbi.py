"""From tag scores of words to named spans: the best sequence of tags that BIO allows."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

FORBIDDEN = -1e9


class Chunk(NamedTuple):
    """Words `first` to `last` (inclusive) carry `label`; `score` is the mean probability of
    their tags."""

    first: int
    last: int
    label: str
    score: float


def transitions(tags: Sequence[str]) -> tuple[Any, Any]:
    """(start, step): 0 where BIO allows a tag at the start, or after another (row: from),
    FORBIDDEN elsewhere. I-X needs B-X or I-X before it (Ramshaw and Marcus 1995)."""
    start = np.array([FORBIDDEN if tag[0] == "I" else 0.0 for tag in tags], np.float32)
    step = np.zeros((len(tags), len(tags)), np.float32)
    for i, before in enumerate(tags):
        for j, tag in enumerate(tags):
            if tag[0] == "I" and before[1:] != tag[1:]:
                step[i, j] = FORBIDDEN
    return start, step


def best_tags(scores: Any, start: Any, step: Any) -> Any:
    """The tag index of each word; `scores` (words, tags) are log probabilities."""
    count = len(scores)
    if not count:
        return np.zeros(0, np.int64)
    back = np.zeros(scores.shape, np.int64)
    best = scores[0] + start
    for word in range(1, count):
        options = best[:, None] + step
        back[word] = options.argmax(axis=0)
        best = options[back[word], np.arange(len(start))] + scores[word]
    path = np.empty(count, np.int64)
    path[-1] = best.argmax()
    for word in range(count - 1, 0, -1):
        path[word - 1] = back[word, path[word]]
    return path


def chunks(scores: Any, tags: Sequence[str], allowed: tuple[Any, Any]) -> list[Chunk]:
    """The named chunks of one sentence. `scores`: (words, tags) unnormalised; `allowed` from
    `transitions`."""
    shifted = scores - scores.max(axis=1, keepdims=True) if len(scores) else scores
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)) if len(scores) else scores
    if not len(logs) or not logs.argmax(axis=1).any():
        return []  # O everywhere is always allowed, and the commonest answer
    path = best_tags(logs, *allowed)
    found: list[Chunk] = []
    first = -1
    for word, tag in enumerate([*path, 0]):
        name = tags[tag]
        if first >= 0 and name[0] != "I":
            steps = np.arange(first, word)
            score = float(np.exp(logs[steps, path[first:word]]).mean())
            found.append(Chunk(first, word - 1, tags[path[first]][2:], score))
            first = -1
        if name[0] == "B":
            first = word
    return found
