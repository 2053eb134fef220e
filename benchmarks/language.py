"""Accuracy and speed of language detection, beside langdetect as it comes.

    python -m benchmarks.language SENTENCES.jsonl.gz [--detector NAME]... [--step N]

Each line of the file is {"language": BCP 47, "text": ...}. Bare langdetect cannot say nb or zh:
its "no" counts as nb, its zh-cn and zh-tw as zh.
"""

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import langdetect

from transforms.language import Detector, decide_language, load_detector
from transforms.language.detectors import DETECTORS

SHORT = 60
SENTENCES_OF_A_DOCUMENT = 20

Labelled = list[tuple[str, str]]


@dataclass
class Result:
    """Counts of one method over one set of texts."""

    seconds: float = 0.0
    texts: int = 0
    right: int = 0
    undecided: int = 0
    followed: int = 0
    known: int = 0
    known_right: int = 0
    # Confidence in tenths -> [texts, right, sum of confidence].
    calibration: dict[int, list[float]] = field(default_factory=dict)


def bare(text: str) -> tuple[str, float]:
    """langdetect.detect, with its labels as BCP 47."""
    try:
        best = langdetect.detect_langs(text)[0]
    except langdetect.LangDetectException:
        return "und", 0.0
    return {"no": "nb"}.get(best.lang, best.lang.partition("-")[0]), best.prob


def measure(
    texts: Labelled,
    decide: Callable[[str, str], tuple[str, float]],
    known: frozenset[str],
    hint: str | None = None,
) -> Result:
    """Runs `decide(text, gold)` over texts; `hint` is the one given for all, to count its use."""
    result = Result(texts=len(texts))
    start = time.perf_counter()
    answers = [decide(text, gold) for gold, text in texts]
    result.seconds = time.perf_counter() - start
    for (gold, _), (language, confidence) in zip(texts, answers, strict=True):
        result.right += language == gold
        result.undecided += language == "und"
        result.followed += language == hint != gold
        result.known += gold in known
        result.known_right += gold in known and language == gold
        if language != "und":
            bucket = result.calibration.setdefault(min(9, int(confidence * 10)), [0, 0, 0.0])
            bucket[0] += 1
            bucket[1] += language == gold
            bucket[2] += confidence
    return result


def ours(
    detector: Detector, hint: Callable[[str], str | None]
) -> Callable[[str, str], tuple[str, float]]:
    """The rule with one detector and one way to declare a language."""

    def decide(text: str, gold: str) -> tuple[str, float]:
        decision = decide_language(None, text, [hint(gold)], detector)
        return decision.language, decision.confidence

    return decide


def read(path: Path, step: int) -> Labelled:
    """(language, text) of every `step`-th line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["language"], row["text"]) for row in rows[::step]]


def documents(sentences: Labelled) -> Labelled:
    """Sentences of one language joined to texts as long as an article."""
    by_language: dict[str, list[str]] = {}
    for language, text in sentences:
        by_language.setdefault(language, []).append(text)
    size = SENTENCES_OF_A_DOCUMENT
    return [
        (language, " ".join(texts[at : at + size]))
        for language, texts in by_language.items()
        for at in range(0, len(texts), size)
    ]


def row(name: str, result: Result, base: Result) -> str:
    speed = result.texts / result.seconds
    wrong = result.texts - result.right - result.undecided
    return (
        f"{name:34} {result.right / result.texts:7.4f} "
        f"{result.known_right / max(1, result.known):7.4f} "
        f"{wrong / result.texts:7.4f} {result.undecided / result.texts:7.4f} "
        f"{result.followed / result.texts:8.4f} {speed:8.0f} {base.seconds / result.seconds:6.2f}"
    )


def report(name: str, texts: Labelled, detectors: Iterable[str]) -> None:
    known = frozenset(load_detector("langdetect").languages) - {"nn"}
    base = measure(texts, lambda text, gold: bare(text), known)
    print(f"\n{name}: {len(texts)} texts in {len({gold for gold, _ in texts})} languages")
    print(f"{'':34} {'all':>7} {'known':>7} {'wrong':>7} {'und':>7} {'followed':>8} {'texts/s':>8}")
    print(row("langdetect as it comes", base, base))
    for detector_name in detectors:
        detector = load_detector(detector_name)
        print(
            row(
                f"{detector_name}, no hint",
                plain := measure(texts, ours(detector, lambda gold: None), known),
                base,
            )
        )
        right = measure(texts, ours(detector, lambda gold: gold), known)
        print(row(f"{detector_name}, right hint", right, base))
        wrong = measure(texts, ours(detector, lambda gold: "en"), known, "en")
        print(row(f'{detector_name}, "en" for all', wrong, base))
        print(
            "  confidence -> accuracy, no hint: "
            + " ".join(
                f"{total / count:.2f}->{right_ones / count:.2f}({count:.0f})"
                for _, (count, right_ones, total) in sorted(plain.calibration.items())
            )
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sentences", type=Path, help="gzipped JSON lines: language, text")
    parser.add_argument("--detector", action="append", choices=sorted(DETECTORS))
    parser.add_argument("--step", type=int, default=1, help="every n-th sentence only")
    options = parser.parse_args()
    sentences = read(options.sentences, options.step)
    languages = Counter(language for language, _ in sentences)
    print(f"{len(sentences)} sentences, {len(languages)} languages")
    detectors = options.detector or ["langdetect"]
    report("whole sentences", sentences, detectors)
    report(f"first {SHORT} characters", [(g, t[:SHORT]) for g, t in sentences], detectors)
    report(f"{SENTENCES_OF_A_DOCUMENT} sentences", documents(sentences), detectors)


if __name__ == "__main__":
    langdetect.DetectorFactory.seed = 0
    main()
