"""Sentences with inline annotation: the format of our own training and test data.

One sentence (or headline, or short paragraph) a line; `#` starts a comment line.

    [PER:a Ada Lindt] ha attaccato [ORG:b Nordfer], difesa dal sindaco.<TAB>a>b:-

- `[LABEL text]` marks a span, `[LABEL:x text]` a span that the pairs can name. Labels: PER, ORG,
  LOC; PROP for a proposition (what somebody may be for or against, not an entity). Spans nest
  only inside PROP. A literal `[` or `]` does not occur.
- After a TAB come the pairs, `holder>target:polarity`, parted by blanks: `+` favor, `-` against,
  `0` neutral. The holder `@` is the author. In a line with a TAB every ordered pair of named
  spans that is not listed is neutral; a line without one says nothing about stance.

`python -m training.annotated FILE...` checks files and counts what is in them.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

LABELS = ("PER", "ORG", "LOC", "PROP")
AUTHOR = "@"
POLARITIES = {"+": 1, "-": -1, "0": 0}
_OPEN = re.compile(r"\[([A-Z]+)(?::(\w+))? ")
_PAIR = re.compile(r"(\w+|@)>(\w+):([+\-0])$")


@dataclass(frozen=True)
class MarkedSpan:
    """`text[start:end]` of the sentence, code points, half-open."""

    start: int
    end: int
    label: str
    key: str | None


@dataclass(frozen=True)
class Sentence:
    """`pairs` maps (holder key, target key) to -1, 0 or 1; None where stance was not annotated."""

    text: str
    spans: tuple[MarkedSpan, ...]
    pairs: dict[tuple[str, str], int] | None

    @property
    def entities(self) -> list[MarkedSpan]:
        return [span for span in self.spans if span.label != "PROP"]


def parse(line: str) -> Sentence:
    """Reads one annotated line. Raises ValueError that says what is wrong with it."""
    marked, tab, pairs = line.partition("\t")
    text, spans = _unmark(marked)
    return Sentence(text, spans, _pairs(pairs, spans) if tab else None)


def _unmark(marked: str) -> tuple[str, tuple[MarkedSpan, ...]]:
    parts: list[str] = []
    spans: list[MarkedSpan] = []
    stack: list[tuple[int, str, str | None]] = []
    length = position = 0
    while position < len(marked):
        if marked[position] == "[":
            opening = _OPEN.match(marked, position)
            if not opening or opening[1] not in LABELS:
                raise ValueError(f"[LABEL text] expected at {marked[position : position + 20]!r}")
            if stack and stack[-1][1] != "PROP":
                raise ValueError(f"a span inside a {stack[-1][1]} span: only PROP may hold others")
            stack.append((length, opening[1], opening[2]))
            position = opening.end()
        elif marked[position] == "]":
            if not stack:
                raise ValueError("] without [")
            start, label, key = stack.pop()
            text = "".join(parts)[start:]
            if not text or text != text.strip():
                raise ValueError(f"the span {text!r} is empty or has blanks at its edges")
            spans.append(MarkedSpan(start, length, label, key))
            position += 1
        else:
            parts.append(marked[position])
            length += 1
            position += 1
    if stack:
        raise ValueError("[ without ]")
    keys = [span.key for span in spans if span.key]
    if len(keys) != len(set(keys)):
        raise ValueError("two spans have the same key")
    return "".join(parts), tuple(sorted(spans, key=lambda span: (span.start, -span.end)))


def _pairs(words: str, spans: tuple[MarkedSpan, ...]) -> dict[tuple[str, str], int]:
    labels = {span.key: span.label for span in spans if span.key}
    holders = [AUTHOR, *(key for key, label in labels.items() if label != "PROP")]
    pairs = {(h, t): 0 for h, t in product(holders, labels) if h != t}
    for word in words.split():
        pair = _PAIR.match(word)
        if not pair:
            raise ValueError(f"a>b:+ expected, not {word!r}")
        if (pair[1], pair[2]) not in pairs:
            raise ValueError(f"{word!r} names a span that is not there, or one that cannot hold")
        pairs[pair[1], pair[2]] = POLARITIES[pair[3]]
    return pairs


def read(path: Path) -> Iterator[Sentence]:
    """The sentences of a file. Raises ValueError with file and line number."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                yield parse(line)
            except ValueError as error:
                raise ValueError(f"{path}:{number}: {error}: {line[:80]!r}") from None


def report(path: Path) -> list[str]:
    """What a file holds, and every line that cannot be read or stands there twice."""
    problems: list[str] = []
    labels: Counter[str] = Counter()
    signs: Counter[str] = Counter()
    seen: set[str] = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            sentence = parse(line)
        except ValueError as error:
            problems.append(f"{path}:{number}: {error}: {line[:80]!r}")
            continue
        if sentence.text in seen:
            problems.append(f"{path}:{number}: stands there twice: {line[:80]!r}")
        seen.add(sentence.text)
        labels.update(span.label for span in sentence.spans)
        signs.update(f"{value:+d}" for value in (sentence.pairs or {}).values())
    problems.append(f"{path}: {len(seen)} sentences, {dict(labels)}, pairs {dict(signs)}")
    return problems


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print("\n".join(report(Path(name))))
