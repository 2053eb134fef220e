"""Polarity of given pairs: macro-F1 over against, neutral, favor, on annotated questions.

`python -m benchmarks.stance FOLDER`: FOLDER holds `*-dev.jsonl.gz`, a question a line: text,
holder span or null (whoever it may be), target span, polarity. What `newsbeam annotate` answers
for `pairs` is what is measured here.
"""

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.floors import gate
from transforms.elements import SentenceStates
from transforms.encoder.model import Encoder
from transforms.stance.scorer import ANYONE, Pair, PairScorer

CLASSES = (-1, 0, 1)


def questions(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Texts with all questions on them."""
    texts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            texts[row["text"]].append(row)
    yield from texts.items()


def macro_f1(gold: Any, found: Any) -> tuple[float, list[float]]:
    """The mean and the F1 of each class."""
    each = []
    for value in CLASSES:
        right = int(((gold == value) & (found == value)).sum())
        total = int((gold == value).sum() + (found == value).sum())
        each.append(2 * right / max(1, total))
    return float(np.mean(each)), each


def calibration_error(gold: Any, probabilities: Any, bins: int = 10) -> float:
    """Expected calibration error of the likeliest class (Guo et al. 2017)."""
    confidence = probabilities.max(axis=1)
    right = np.array(CLASSES)[probabilities.argmax(axis=1)] == gold
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(right[which == b].mean() - confidence[which == b].mean()) * (which == b).mean()
        for b in range(bins)
        if (which == b).any()
    ]
    return float(sum(gaps))


def answers(path: Path, encoder: Encoder, scorer: PairScorer) -> tuple[Any, Any]:
    """(polarities, probabilities) of every question of a file."""
    gold: list[int] = []
    probabilities = []
    for text, rows in questions(path):
        encoded = encoder.encode([text])[0]
        pairs = [
            Pair(tuple(row["holder"]) if row["holder"] else ANYONE, tuple(row["target"]))
            for row in rows
        ]
        states = SentenceStates(encoded.offsets, encoded.states)
        probabilities.append(scorer.probabilities(states, pairs))
        gold += [row["polarity"] for row in rows]
    return np.array(gold), np.concatenate(probabilities)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    encoder = Encoder()
    scorer = PairScorer(encoder.heads)
    paths = sorted(options.folder.glob("*-dev.jsonl.gz"))
    measured = {}
    for path in paths:
        name = path.name.removesuffix(".jsonl.gz")
        start = time.perf_counter()
        gold, probabilities = answers(path, encoder, scorer)
        found = np.array(CLASSES)[probabilities.argmax(axis=1)]
        mean, each = macro_f1(gold, found)
        measured[name] = mean
        print(
            f"{name:18} macro-F1 {mean:.4f} (against, neutral, favor: "
            f"{', '.join(f'{f1:.3f}' for f1 in each)}), calibration error "
            f"{calibration_error(gold, probabilities):.3f}, {len(gold)} questions, "
            f"{time.perf_counter() - start:.0f} s"
        )
    gate("stance", paths, measured)


if __name__ == "__main__":
    main()
