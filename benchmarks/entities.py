"""Span F1 of a recogniser on annotated sets, its speed, load time and memory.

`python -m benchmarks.entities FOLDER [--model embedded]`: FOLDER holds JSON lines, gzipped,
with `tokens` and `tags` (BIO) or `text` and `spans`; or our own sentences (*.txt), of which the
ones never trained on are read. A span counts when both ends and the label are right (CoNLL).
Tokens are joined by blanks.
"""

import argparse
import gzip
import json
import resource
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.floors import gate
from training.annotated import read
from training.data import DEV_EVERY
from transforms.recognizers import Recognizer, load_recognizer

SMALL = {"uner_sv"}  # ten entities: says nothing
Spans = set[tuple[int, int, str]]


class Text(NamedTuple):
    text: str
    spans: Spans
    words: int


def texts(path: Path) -> Iterator[Text]:
    if path.suffix == ".txt":
        yield from own(path)
        return
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if "text" in row:
                spans = {(a, b, label) for a, b, label in row["spans"]}
                yield Text(row["text"], spans, len(row["text"]) // 2)
            else:
                yield joined(row["tokens"], row["tags"])


def own(path: Path) -> Iterator[Text]:
    for number, sentence in enumerate(read(path)):
        if number % DEV_EVERY == DEV_EVERY - 1:
            spans = {(s.start, s.end, s.label) for s in sentence.entities}
            yield Text(sentence.text, spans, len(sentence.text.split()))


def joined(tokens: list[str], tags: list[str]) -> Text:
    """Tokens with blanks between them; an I- tag without its B- goes on or begins a span."""
    spans: list[list[Any]] = []
    at, before = 0, "O"
    for token, tag in zip(tokens, tags, strict=True):
        if tag[0] == "B" or (tag[0] == "I" and before[1:] != tag[1:]):
            spans.append([at, at + len(token), tag[2:]])
        elif tag[0] == "I":
            spans[-1][1] = at + len(token)
        at += len(token) + 1
        before = tag
    return Text(" ".join(tokens), {(a, b, label) for a, b, label in spans}, len(tokens))


class Counts(NamedTuple):
    right: int
    wrong: int
    missed: int

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def score(gold: list[Spans], found: list[Spans]) -> dict[str, Counts]:
    """Counts by label, and under "all"."""
    tallies: dict[str, Counter[str]] = {}
    for wanted, got in zip(gold, found, strict=True):
        for kind, spans in (
            ("right", wanted & got),
            ("wrong", got - wanted),
            ("missed", wanted - got),
        ):
            for _, _, label in spans:
                for name in ("all", label):
                    tallies.setdefault(name, Counter())[kind] += 1
    return {name: Counts(t["right"], t["wrong"], t["missed"]) for name, t in tallies.items()}


def upper(text: str) -> str:
    """Capitals throughout, code point by code point, so that offsets stay."""
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in text)


def find(model: Recognizer, sentences: list[str], language: str) -> list[Spans]:
    return [
        {(a, b, label) for a, b, label, _ in model.recognize([text], language)[0].names}
        for text in sentences
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="embedded")
    options = parser.parse_args()
    started = time.perf_counter()
    model = load_recognizer(options.model)
    loaded = time.perf_counter() - started
    paths = sorted([*options.folder.glob("*.jsonl.gz"), *options.folder.glob("*.txt")])
    if not paths:
        raise SystemExit(f"no *.jsonl.gz and no *.txt in {options.folder}")
    rows, upper_rows, words, seconds = {}, {}, 0, 0.0
    for path in paths:
        name = path.name.split(".")[0]
        language = name.split("_")[-1]
        chosen = list(texts(path))
        gold = [text.spans for text in chosen]
        start = time.perf_counter()
        found = find(model, [text.text for text in chosen], language)
        seconds += time.perf_counter() - start
        words += sum(text.words for text in chosen)
        rows[name] = score(gold, found)
        capitals = find(model, [upper(text.text) for text in chosen], language)
        upper_rows[name] = score(gold, capitals)["all"].f1
        f1 = {label: round(counts.f1, 3) for label, counts in sorted(rows[name].items())}
        print(f"{name:10} {f1}  capitals {upper_rows[name]:.3f}")
    counted = [name for name in rows if name not in SMALL]
    measured = {
        label: sum(rows[n][label].f1 for n in counted if label in rows[n]) / len(counted)
        for label in ("all", "PER", "ORG", "LOC")
    }
    capitals = sum(upper_rows[n] for n in counted) / len(counted)
    print(f"mean F1    {', '.join(f'{k} {v:.4f}' for k, v in measured.items())}")
    print(f"capitals   {capitals:.4f} ({measured['all'] - capitals:.4f} less)")
    print(f"speed      {words / seconds:.0f} words/s, one sentence at a time")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"load       {loaded:.2f} s, peak {peak:.0f} MB resident")
    gate(f"entities-{options.folder.name}", paths, measured | {"capitals": capitals})


if __name__ == "__main__":
    main()
