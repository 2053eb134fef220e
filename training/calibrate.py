"""Fits how sure a stance is: transforms/resources/stance/calibration.json.

    python -m training.calibrate training/data/stance training/data/articles

Two logistic regressions with a ridge. The first weighs how the structure was read (its marks),
from all our sentences and articles: it does not look at the models. The second mixes that logit
with the scorer's margin and what the finder thinks, from the texts that neither was trained on.
What is printed, and the thresholds, come from ten-fold cross-validation of both over those texts
(the folds of the first leave the same texts out), so that no tuple is judged by weights that saw
it.

Run again after each training of the encoder or change of the rules.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.stance_examples import Example, Key, articles, examples
from benchmarks.stance_tuples import (
    Counts,
    count,
    expected_calibration_error,
    found,
    verdicts,
)
from transforms.stance.decide import (
    AUTHOR_MARK,
    CALIBRATION,
    FOUND,
    OPEN,
    Calibration,
    Evidence,
    Verdict,
    features,
    sign_of,
    structure_of,
)

FOLDS = 10
RIDGE_MARKS, RIDGE_MIX = 2.0, 0.5
MIX = (
    *("bias", "structure", "margin", "reverse", "open", "open_margin"),
    *("loose", "loose_margin", "loose_reverse"),
    *("seen", "opposite", "shown", "unasked"),
    *("found", "found_seen", "found_opposite", "found_shown"),
    *("found-phrase", "found-author", "found-speaker", "found-subject"),
    *("found-stands", "found-rival", "found-agrees", "found-differs"),
)
LOWEST = 40  # percent: of what a lower one would add less than one in three is right
LEAST_PRECISION = 0.65  # of what is said, in cross-validation: no stance is better than a wrong one
WRONG_PER_MISSED = 10  # at least so many missed stances for each wrong sign
AUTHOR_THRESHOLD = 0.9
STEPS = 40


def logistic(rows: Any, labels: Any, ridge: float, free: int = 1) -> Any:
    """Weights of a logistic regression by Newton's method; the first `free` columns are not
    drawn to zero."""
    weights = np.zeros(rows.shape[1])
    penalty = np.full(rows.shape[1], ridge)
    penalty[:free] = 1e-3
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (likely - labels) + penalty * weights
        curve = (rows * (likely * (1 - likely))[:, None]).T @ rows + np.diag(penalty)
        weights = weights - np.linalg.solve(curve, slope)
    return weights


def fit(everything: Sequence[Example], unseen: Sequence[Example]) -> Calibration:
    """Both regressions; thresholds are the defaults."""
    marks = _fit_marks(everything)
    rows, labels = [], []
    for example in unseen:
        for key, answer in told(example):
            sign = sign_of(answer)
            values = features(answer, sign)
            values["structure"] = structure_of(answer, marks)
            rows.append([values.get(name, 0.0) for name in MIX])
            labels.append(example.gold.get(key, 0) == sign)
    mix = logistic(np.array(rows, float), np.array(labels, float), RIDGE_MIX)
    rounded = {name: round(float(weight), 4) for name, weight in zip(MIX, mix, strict=True)}
    return Calibration(marks, rounded, 0.5, AUTHOR_THRESHOLD)


def told(example: Example) -> list[tuple[Key, Evidence]]:
    """The evidence of the proposals of which the annotation tells whether they are right."""
    rows = zip(example.keys, example.evidence, strict=True)
    return [(key, answer) for key, answer in rows if key is not None]


def _fit_marks(some: Sequence[Example]) -> dict[str, float]:
    """Weights of the marks of signed candidates: is the tuple right?"""
    sets, labels = [], []
    for example in some:
        for key, answer in told(example):
            if FOUND in answer.marks:
                continue
            if OPEN in answer.marks or not answer.sign:
                expected = example.gold.get(key, 0) != 0
            else:
                expected = example.gold.get(key, 0) == answer.sign
            sets.append(answer.marks)
            labels.append(expected)
    names = ["bias", *sorted(set().union(*sets))]
    place = {name: i for i, name in enumerate(names)}
    rows = np.zeros((len(sets), len(names)))
    rows[:, 0] = 1
    for row, marks in enumerate(sets):
        for mark in marks:
            rows[row, place[mark]] = 1
    weights = logistic(rows, np.array(labels, float), RIDGE_MARKS)
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


class Judged(NamedTuple):
    """An unseen text with what a calibration that was fitted without it decides."""

    example: Example
    decided: list[Verdict]


def cross_validated(some: Sequence[Example]) -> list[Judged]:
    unseen = [example for example in some if example.dev]
    judged = []
    for fold in range(FOLDS):
        held = unseen[fold::FOLDS]
        left_out = {id(example) for example in held}
        rest = [e for e in some if id(e) not in left_out]
        fitted = fit(rest, [e for e in rest if e.dev])
        judged += [Judged(example, verdicts(example, fitted)) for example in held]
    return judged


def total(judged: Sequence[Judged], threshold: float) -> Counts:
    counts = Counts()
    for example, decided in judged:
        counts += count(example, found(example, decided, threshold, AUTHOR_THRESHOLD))
    return counts


def best_threshold(judged: Sequence[Judged]) -> float:
    """Of the thresholds that are precise enough and turn few signs the one with the best F1."""
    fine: list[tuple[float, float]] = []
    for step in range(LOWEST, 91, 2):
        threshold = step / 100
        counts = total(judged, threshold)
        missed = counts.gold - counts.right - counts.wrong
        if counts.precision < LEAST_PRECISION or counts.wrong * WRONG_PER_MISSED > missed:
            continue
        fine.append((counts.f1, threshold))
    return max(fine, default=(0.0, 0.9))[1]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("articles", type=Path)
    arguments.add_argument("--output", type=Path, default=CALIBRATION)
    given = arguments.parse_args()
    some = [*examples(given.folder), *articles(given.articles)]
    unseen = [example for example in some if example.dev]
    judged = cross_validated(some)
    threshold = best_threshold(judged)
    for at in sorted({0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, threshold}):
        print(f"threshold {at:.2f}: {total(judged, at)}")
    points = [
        (sure, example.gold.get(pair, 0) == sign)
        for example, decided in judged
        for pair, (sign, sure) in found(example, decided, 0.0, 0.0).items()
    ]
    print(
        f"expected calibration error (cross-validated, {len(points)} candidates): "
        f"{expected_calibration_error(points):.3f}; threshold {threshold}"
    )
    fitted = replace(fit(some, unseen), threshold=threshold)
    print("mix", fitted.mix)
    text = json.dumps(asdict(fitted), indent=1, sort_keys=True, ensure_ascii=False)
    given.output.write_text(text + "\n", encoding="utf-8")
    print(f"{AUTHOR_MARK} threshold {fitted.author_threshold}; written to {given.output}")


if __name__ == "__main__":
    main()
