"""Attribution of quotations on annotated news: precision, recall, F1 of content, and speakers.

`python -m benchmarks.quotations FILE`: FILE holds JSON lines, gzipped, with `text` and
`attributions`, each with the spans of `source`, `cue` and `content` (PolNeAR's format). Content
counts as found when the code points of an answer and of an annotation overlap by at least .3
(intersection over union), one to one. Parts of a quotation that share one cue are one answer, as
they are one annotation. "quoted": the content holds quotation marks; "indirect": it holds none.
A speaker is right when its span overlaps the annotated source.
"""

import argparse
import gzip
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.floors import gate
from tests.builders import make_article
from transforms.elements import Reading
from transforms.entities import link_entities
from transforms.entities.gazetteer import Gazetteer
from transforms.quotations import attribute_quotations
from transforms.recognizers import Recognizer, load_recognizer
from transforms.recognizers.stage import recognize_entities

# double marks, and single ones that stand before a word
MARKS = re.compile("[\"“”„«»]|''|(?:^|(?<=[\\s(]))[‘'](?=\\w)")
OVERLAP = 0.3


class Attributed(NamedTuple):
    """Content and source as sets of code points."""

    quoted: bool
    content: frozenset[int]
    source: frozenset[int]


class Score(NamedTuple):
    gold: int
    found: int
    matched: int
    with_source: int
    right_source: int

    @property
    def f1(self) -> float:
        return 2 * self.matched / max(1, self.gold + self.found)

    @property
    def speaker(self) -> float:
        return self.right_source / max(1, self.with_source)

    def __str__(self) -> str:
        precision = self.matched / max(1, self.found)
        recall = self.matched / max(1, self.gold)
        return (
            f"precision {precision:.4f}, recall {recall:.4f}, F1 {self.f1:.4f} "
            f"({self.gold} annotated, {self.found} found); speaker {self.speaker:.4f} "
            f"of {self.with_source}"
        )


def places(spans: list[list[int]]) -> frozenset[int]:
    return frozenset(place for start, end in spans for place in range(start, end))


def annotated(row: dict[str, Any]) -> list[Attributed]:
    """The annotations of one text; whether their content is quoted is seen by its marks."""
    text = row["text"]
    return [
        Attributed(
            any(MARKS.search(text, start, end) for start, end in one["content"]),
            places(one["content"]),
            places(one["source"]),
        )
        for one in row["attributions"]
        if one["content"]
    ]


def read_text(text: str, model: Recognizer) -> Reading:
    """A text with the model's names, linked to entities."""
    article = make_article(body=text, language="en", title=None)
    return link(recognize_entities(article, model, 500))


def link(reading: Reading) -> Reading:
    return next(iter(link_entities(reading, Gazetteer())))


def answered(reading: Reading) -> list[Attributed]:
    """The quotations of a text, those of one cue together."""
    by_cue: dict[Any, list[Any]] = defaultdict(list)
    for number, quotation in enumerate(attribute_quotations(reading).article.quotations or ()):
        key = quotation.cue.start if quotation.cue else -1 - number
        by_cue[key].append(quotation)
    answers = []
    for group in by_cue.values():
        speaker = group[0].speaker
        answers.append(
            Attributed(
                any(q.kind != "indirect" for q in group),
                places([[q.start, q.end] for q in group]),
                places([[speaker.start, speaker.end]]) if speaker else frozenset(),
            )
        )
    return answers


def matches(gold: list[Attributed], found: list[Attributed]) -> Iterator[tuple[int, int]]:
    """One-to-one pairs that overlap enough, the best first."""
    pairs = []
    for i, wanted in enumerate(gold):
        for j, got in enumerate(found):
            common = len(wanted.content & got.content)
            if common and common / len(wanted.content | got.content) >= OVERLAP:
                pairs.append((-common / len(wanted.content | got.content), i, j))
    used_gold, used_found = set(), set()
    for _, i, j in sorted(pairs):
        if i not in used_gold and j not in used_found:
            used_gold.add(i)
            used_found.add(j)
            yield i, j


def score(texts: list[tuple[list[Attributed], list[Attributed]]], quoted: bool) -> Score:
    """An annotation may be matched by an answer of either kind; precision counts the answers of
    the kind asked for, by any annotation."""
    totals = [0, 0, 0, 0, 0]
    for gold, found in texts:
        pairs = dict(matches(gold, found))
        wanted = [i for i, one in enumerate(gold) if one.quoted == quoted]
        got = [j for j, one in enumerate(found) if one.quoted == quoted]
        both = [i for i in wanted if i in pairs and found[pairs[i]].quoted == quoted]
        sourced = [i for i in both if gold[i].source]
        right = [i for i in sourced if gold[i].source & found[pairs[i]].source]
        for index, count in enumerate((wanted, got, both, sourced, right)):
            totals[index] += len(count)
    return Score(*totals)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    model = load_recognizer("embedded")
    with gzip.open(options.file, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    readings = [read_text(row["text"], model) for row in rows]
    start = time.perf_counter()
    texts = [
        (annotated(row), answered(reading)) for row, reading in zip(rows, readings, strict=True)
    ]
    seconds = time.perf_counter() - start
    scores = {name: score(texts, name == "quoted") for name in ("quoted", "indirect")}
    for name, result in scores.items():
        print(f"{name:9} {result}")
    print(f"speed     {1000 * seconds / len(rows):.1f} ms a text with the scoring")
    measured = {name: result.f1 for name, result in scores.items()}
    measured |= {f"{name} speaker": result.speaker for name, result in scores.items()}
    gate("quotations", [options.file], measured)


if __name__ == "__main__":
    main()
