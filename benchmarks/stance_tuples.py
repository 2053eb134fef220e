"""How well stances are found: tuples (holder, target, sign) on our own annotated texts.

    python -m benchmarks.stance_tuples training/data/stance [--articles training/data/articles]
        [--dev] [--languages it,en] [--show]

Each sentence is an article (stance_examples.py). `--dev`: only the texts that no model was trained
on: every twelfth sentence, about every fifth article. Strict: a tuple with a proposition or entity
that the annotation does not name is wrong. Reports precision, recall, F1, sign accuracy among pairs
that were found, precision against coverage by threshold, and the expected calibration error (10
bins).
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.stance_examples import Example, Key, articles, examples
from transforms.stance.decide import AUTHOR_MARK, Calibration, Verdict, calibration, decide
from transforms.stance.stage import chosen


@dataclass
class Counts:
    """`wrong`: pairs that are not neutral, found with the opposite sign."""

    right: int = 0
    false: int = 0
    wrong: int = 0
    gold: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.right + other.right,
            self.false + other.false,
            self.wrong + other.wrong,
            self.gold + other.gold,
        )

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.false + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.gold)

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def sign(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    def __str__(self) -> str:
        missed = self.gold - self.right - self.wrong
        return (
            f"P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f} sign {self.sign:.3f} "
            f"(right {self.right}, false {self.false}, wrong sign {self.wrong}, missed {missed})"
        )


def verdicts(example: Example, fitted: Calibration) -> list[Verdict]:
    """What is decided of each proposal when nothing is too unsure to be said."""
    everything = replace(fitted, threshold=0.0, author_threshold=0.0)
    return [decide(answer, everything) for answer in example.evidence]


def found(
    example: Example, decided: Sequence[Verdict], threshold: float, author: float
) -> dict[Key, tuple[int, float]]:
    """The tuples that are said of a text, with their confidence."""
    sure = [
        (proposal, verdict)
        for proposal, answer, verdict in zip(
            example.proposals, example.evidence, decided, strict=True
        )
        if verdict.confidence >= (author if AUTHOR_MARK in answer.marks else threshold)
    ]
    key_of = {id(p): key for p, key in zip(example.proposals, example.keys, strict=True)}
    tuples: dict[Key, tuple[int, float]] = {}
    for proposal, verdict in chosen(sure):
        key = key_of[id(proposal)]
        if key is None:
            continue
        if key not in tuples or verdict.confidence > tuples[key][1]:
            tuples[key] = verdict.sign, verdict.confidence
    return tuples


def said(example: Example, fitted: Calibration) -> dict[Key, tuple[int, float]]:
    """The tuples that pass the thresholds of a calibration."""
    decided = verdicts(example, fitted)
    return found(example, decided, fitted.threshold, fitted.author_threshold)


def count(example: Example, tuples: dict[Key, tuple[int, float]]) -> Counts:
    counts = Counts(gold=len(example.gold))
    for key, (sign, _) in tuples.items():
        expected = example.gold.get(key, 0)
        counts.right += expected == sign
        counts.wrong += expected == -sign
        counts.false += expected == 0
    return counts


def expected_calibration_error(points: Sequence[tuple[float, bool]]) -> float:
    """The mean distance of confidence from the share that is right, in ten equal bins."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for sure, right in points:
        bins[min(9, int(sure * 10))].append((sure, right))
    return sum(
        abs(sum(s for s, _ in group) - sum(r for _, r in group)) for group in bins.values()
    ) / max(1, len(points))


def report(some: Sequence[Example], fitted: Calibration) -> None:
    decided = [verdicts(example, fitted) for example in some]
    total = Counts()
    for language in sorted({example.language for example in some}):
        here = Counts()
        for example in some:
            if example.language == language:
                here += count(example, said(example, fitted))
        total += here
        print(f"{language:4} {here}")
    print(f"all  {total}\nthreshold  precision  recall  F1     sign   wrong signs")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        counts = Counts()
        for example, those in zip(some, decided, strict=True):
            counts += count(example, found(example, those, threshold, fitted.author_threshold))
        print(
            f"{threshold:9}  {counts.precision:9.3f}  {counts.recall:6.3f}  {counts.f1:.3f}  "
            f"{counts.sign:.3f}  {counts.wrong}"
        )
    points = [
        (sure, example.gold.get(pair, 0) == sign)
        for example, those in zip(some, decided, strict=True)
        for pair, (sign, sure) in found(example, those, 0.0, 0.0).items()
    ]
    likely = [(sure, right) for sure, right in points if sure >= fitted.threshold]
    print(
        f"expected calibration error: {expected_calibration_error(points):.3f} of all "
        f"{len(points)} candidates, {expected_calibration_error(likely):.3f} of those said"
    )


def show(example: Example, fitted: Calibration) -> None:
    """Prints what is wrong or missed in a text."""
    gold, tuples = example.gold, said(example, fitted)
    if {pair: sign for pair, (sign, _) in tuples.items()} == gold:
        return
    print(f"{example.language} {example.number} {example.text}\n    gold {gold}")
    rows = zip(example.proposals, example.evidence, example.keys, strict=True)
    for proposal, answer, key in rows:
        start, end = proposal.expression
        verdict = decide(answer, fitted)
        right = key is not None and gold.get(key, 0) == (answer.sign or verdict.sign)
        print(
            f"    {'+' if right else '-'} {key} {answer.sign:+d} said {verdict.sign:+d} "
            f"{verdict.confidence:.2f} {example.text[start:end]!r} "
            f"{sorted(answer.marks)} {[round(p, 2) for p in answer.scores]}"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--articles", type=Path, help="annotated articles too")
    arguments.add_argument("--dev", action="store_true", help="only what no model has seen")
    arguments.add_argument("--languages", default="", help="comma-separated")
    arguments.add_argument("--show", action="store_true", help="what is wrong or missed")
    given = arguments.parse_args()
    languages = [code for code in given.languages.split(",") if code]
    fitted = calibration()
    some = list(examples(given.folder, languages))
    if given.articles:
        some += articles(given.articles, languages)
    for name, part in (("seen", False), ("unseen", True)):
        if given.dev and not part:
            continue
        here = [example for example in some if example.dev == part]
        print(f"--- {name} by the models: {len(here)} texts")
        if given.show:
            for example in here:
                show(example, fitted)
        report(here, fitted)


if __name__ == "__main__":
    main()
