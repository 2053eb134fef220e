"""How well stances are found: tuples (holder, target, sign) on our own annotated sentences.

    python -m benchmarks.stance_tuples training/data/stance [--dev] [--languages it,en] [--all]

Each sentence is an article; its annotated entities stand for those of the pipeline, quotations
are attributed as in the pipeline. `--dev`: only the sentences that the scorer was not trained on
(every twelfth). A proposition counts as found when it and the annotated one share OVERLAP of what
they cover together; one that holds the name of an annotated target ("the plan of Y" for Y) says
the same of it; a phrase in a sentence that annotates no proposition is left out, since nothing
tells whether it is right. Strict otherwise: a tuple with a proposition or entity that the
annotation does not name is wrong. Reports precision, recall, F1, sign accuracy among pairs that
were found, precision against coverage by threshold, and the expected calibration error (10 bins).
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import numpy as np

from training.annotated import AUTHOR, MarkedSpan, Sentence, read
from training.data import DEV_EVERY
from transforms.elements import (
    Article,
    Entity,
    Entry,
    Feed,
    Mention,
    Reading,
    SentenceStates,
)
from transforms.encoder.model import Encoder
from transforms.quotations import attribute_quotations
from transforms.sentences import sentences
from transforms.stance.decide import Calibration, Evidence, calibration, decide
from transforms.stance.scorer import PairScorer
from transforms.stance.stage import (
    Proposal,
    chosen,
    evidence_of,
    propose,
)

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
OVERLAP = 0.3  # of two propositions: what they share of what they cover together
Key = tuple[str, str]


class Example(NamedTuple):
    """An annotated sentence with what was proposed of it; `dev`: the scorer has not seen it."""

    language: str
    number: int
    dev: bool
    sentence: Sentence
    reading: Reading
    proposals: list[Proposal]
    evidence: list[Evidence]


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


def key_of(span: MarkedSpan, number: int) -> str:
    return span.key or f"_{number}"


def reading_of(sentence: Sentence, language: str, encoder: Encoder) -> Reading:
    """The sentence as an article whose entities are known."""
    text = sentence.text
    entities = tuple(
        Entity(
            key_of(span, number),
            text[span.start : span.end],
            span.label,
            (Mention(text[span.start : span.end], span.start, span.end, 1.0),),
            1.0,
        )
        for number, span in enumerate(sentence.entities)
    )
    entry = Entry("0" * 32, None, Feed("https://news.example/"), (), NOW)
    article = Article(entry, NOW, "article", body=text, language=language, entities=entities)
    places = tuple(sentences(text, language))
    encoded = encoder.encode([text[start:end] for start, end in places])
    states = tuple(
        SentenceStates(one.offsets + np.int32(start), one.states)
        for (start, _), one in zip(places, encoded, strict=True)
    )
    return attribute_quotations(Reading(article, places, (), states))


def examples(folder: Path, languages: Sequence[str] | None = None) -> Iterator[Example]:
    """All annotated sentences with proposals and evidence."""
    encoder = Encoder()
    scorer = PairScorer(encoder.heads)
    for path in sorted(folder.glob("*.txt")):
        if languages and path.stem not in languages:
            continue
        for number, sentence in enumerate(read(path)):
            reading = reading_of(sentence, path.stem, encoder)
            proposals = list(propose(reading))
            states = dict(enumerate(reading.states or ()))
            answers = evidence_of(reading, proposals, states, scorer)
            dev = number % DEV_EVERY == DEV_EVERY - 1
            yield Example(path.stem, number, dev, sentence, reading, proposals, answers)


def pair_of(example: Example, proposal: Proposal) -> Key:
    """Holder and target of a proposal as keys of the annotation."""
    holder = AUTHOR if proposal.holder is None else str(proposal.holder_id)
    if proposal.target_id is not None:
        return holder, proposal.target_id
    start, end = proposal.target
    for span in example.sentence.spans:
        shared = min(end, span.end) - max(start, span.start)
        covered = max(end, span.end) - min(start, span.start)
        if span.label == "PROP" and shared >= OVERLAP * covered:
            return holder, span.key or "_"
    for span in example.sentence.entities:
        pair = holder, span.key or ""
        if start <= span.start and span.end <= end and truth(example).get(pair):
            return pair
    return holder, f"{start}-{end}"


def is_untold(example: Example, pair: Key) -> bool:
    """Whether the annotation says nothing of a pair: its target is a phrase, and the sentence
    annotates no proposition."""
    known = {span.key for span in example.sentence.spans if span.key}
    told = any(span.label == "PROP" for span in example.sentence.spans)
    return not told and pair[1] not in known and not pair[1].startswith("_")


def truth(example: Example) -> dict[Key, int]:
    """The pairs that are not neutral."""
    return {pair: sign for pair, sign in (example.sentence.pairs or {}).items() if sign}


def found(example: Example, fitted: Calibration) -> dict[Key, tuple[int, float]]:
    """The tuples that are said of a sentence, with their confidence."""
    verdicts = [
        (proposal, decide(answer, fitted))
        for proposal, answer in zip(example.proposals, example.evidence, strict=True)
    ]
    tuples: dict[Key, tuple[int, float]] = {}
    for proposal, verdict in chosen(verdicts):
        pair = pair_of(example, proposal)
        if is_untold(example, pair):
            continue
        if pair not in tuples or verdict.confidence > tuples[pair][1]:
            tuples[pair] = verdict.sign, verdict.confidence
    return tuples


def count(example: Example, tuples: dict[Key, tuple[int, float]]) -> Counts:
    gold = truth(example)
    counts = Counts(gold=len(gold))
    for pair, (sign, _) in tuples.items():
        expected = gold.get(pair, 0)
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
    total = Counts()
    for language in sorted({example.language for example in some}):
        here = Counts()
        for example in some:
            if example.language == language:
                here += count(example, found(example, fitted))
        total += here
        print(f"{language:4} {here}")
    print(f"all  {total}\nthreshold  precision  recall  F1     sign   wrong signs")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        at = replace(fitted, threshold=threshold)
        counts = Counts()
        for example in some:
            counts += count(example, found(example, at))
        print(
            f"{threshold:9}  {counts.precision:9.3f}  {counts.recall:6.3f}  {counts.f1:.3f}  "
            f"{counts.sign:.3f}  {counts.wrong}"
        )
    everything = replace(fitted, threshold=0.0, author_threshold=0.0)
    points = [
        (sure, truth(example).get(pair, 0) == sign)
        for example in some
        for pair, (sign, sure) in found(example, everything).items()
    ]
    said = [(sure, right) for sure, right in points if sure >= fitted.threshold]
    print(
        f"expected calibration error: {expected_calibration_error(points):.3f} of all "
        f"{len(points)} candidates, {expected_calibration_error(said):.3f} of those said"
    )


def show(example: Example, fitted: Calibration) -> None:
    """Prints what is wrong or missed in a sentence."""
    gold, tuples = truth(example), found(example, fitted)
    if {pair: sign for pair, (sign, _) in tuples.items()} == gold:
        return
    print(f"{example.language} {example.number} {example.sentence.text}\n    gold {gold}")
    for proposal, answer in zip(example.proposals, example.evidence, strict=True):
        pair = pair_of(example, proposal)
        start, end = proposal.expression
        verdict = decide(answer, fitted)
        right = gold.get(pair, 0) == (answer.sign or verdict.sign)
        print(
            f"    {'+' if right else '-'} {pair} {answer.sign:+d} said {verdict.sign:+d} "
            f"{verdict.confidence:.2f} {example.sentence.text[start:end]!r} "
            f"{sorted(answer.marks)} {[round(p, 2) for p in answer.scores]}"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--dev", action="store_true", help="only what the scorer has not seen")
    arguments.add_argument("--languages", default="", help="comma-separated")
    arguments.add_argument("--show", action="store_true", help="what is wrong or missed")
    given = arguments.parse_args()
    languages = [code for code in given.languages.split(",") if code]
    fitted = calibration()
    some = list(examples(given.folder, languages))
    for name, part in (("seen", False), ("unseen", True)):
        if given.dev and not part:
            continue
        here = [example for example in some if example.dev == part]
        print(f"--- {name} by the scorer: {len(here)} sentences")
        if given.show:
            for example in here:
                show(example, fitted)
        report(here, fitted)


if __name__ == "__main__":
    main()
