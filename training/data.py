"""Training examples from the public sets and from our own sentences.

An example is a text with entity spans (or None: unknown) and questions of stance. Offsets are
code points, half-open.
"""

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from training.annotated import AUTHOR as AUTHOR_KEY
from training.annotated import read
from transforms.encoder.holders import ANYONE, AUTHOR

# One epoch's share of a language, relative to its size (measured: facts of the first probe).
LANGUAGE_WEIGHTS = {"it": 1.5, "es": 1.5, "en": 1.3, "de": 1.3}
LANGUAGE_WEIGHTS |= {"ja": 0.65, "zh": 0.65, "nn": 0.65, "lv": 0.65}
STANCE_WEIGHTS = {"NewsMTSC": 1.5}  # the texts of one set, relative to the others
WITHOUT_ENTITIES = 0.35  # at most, of a language's sentences
OWN_REPEATS = 3
OWN_ALONE = dict.fromkeys(("ar", "bg", "cs", "el", "fr", "nl", "pl", "uk"), 5)  # no public set here
AUTHOR_NEUTRAL = 0.25  # of the questions "what does the author think", mostly: nothing
DEV_EVERY = 12  # every twelfth sentence of our own is never trained on
LONGEST = 400  # code points: longer texts are cut between words

Span = tuple[int, int, str]


@dataclass(frozen=True)
class Question:
    """Does the holder (a span, AUTHOR or ANYONE) favor (1) or oppose (-1) the target?"""

    holder: tuple[int, int] | int
    target: tuple[int, int]
    polarity: int


@dataclass(frozen=True)
class Example:
    """`spans` None: entities not annotated. `language` and `source` as the set says."""

    text: str
    spans: tuple[Span, ...] | None
    language: str
    source: str
    questions: tuple[Question, ...] = field(default=())


def tagged(tokens: list[str], tags: list[str], attach: bool) -> tuple[str, tuple[Span, ...]]:
    """Tokens with BIO tags as text with spans. `attach`: punctuation stands as people write it,
    otherwise between blanks."""
    text, spans, start, label = "", [], -1, ""
    opened = False
    end = 0
    for token, tag in zip(tokens, tags, strict=True):
        continues = tag.startswith("I-") and start >= 0 and tag[2:] == label
        if start >= 0 and not continues:
            spans.append((start, end, label))
            start = -1
        glue = not text or (attach and _attached(text, token, opened))
        if attach and token in ('"', "“", "”", "„", "«", "»"):
            opened = not opened
        text += token if glue else f" {token}"
        end = len(text)
        if tag != "O" and not continues:
            start, label = end - len(token), tag[2:]
    if start >= 0:
        spans.append((start, end, label))
    return text, tuple(spans)


def _attached(text: str, token: str, opened: bool) -> bool:
    if token in {",", ".", ";", ":", "!", "?", ")", "]", "%", "…", "'s", "’s", "n't", "»", "”"}:
        return True
    if token == '"' and opened:
        return True
    if text[-1] in "([«„“" or (text[-1] == '"' and opened):
        return True
    return text[-1] in "'’" and len(text) > 1 and text[-2].isalpha()  # l' Italia


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def public_entities(folder: Path, chance: random.Random) -> Iterator[Example]:
    """One epoch of `ner/train`: languages weighted, sentences without entities thinned."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        language = path.name.split(".")[0]
        examples = [_public(line, language, chance) for line in _lines(path)]
        chance.shuffle(examples)
        named = [e for e in examples if e.spans]
        empty = [e for e in examples if not e.spans]
        empty = empty[: int(len(named) * WITHOUT_ENTITIES / (1 - WITHOUT_ENTITIES))]
        yield from weighted(named + empty, LANGUAGE_WEIGHTS.get(language, 1.0), chance)


def _public(line: dict[str, Any], language: str, chance: random.Random) -> Example:
    if "text" in line:
        return Example(line["text"], tuple(tuple(s) for s in line["spans"]), language, "public")
    text, spans = tagged(line["tokens"], line["tags"], attach=chance.random() < 0.6)
    return Example(text, spans, language, "public")


def weighted(examples: list[Example], weight: float, chance: random.Random) -> list[Example]:
    """`weight` times as many examples: whole copies and a random rest."""
    whole, rest = divmod(weight, 1)
    return examples * int(whole) + chance.sample(examples, int(len(examples) * rest))


def public_stances(paths: list[Path]) -> Iterator[Example]:
    """The questions of `stance/*-train`, those on one text together."""
    for path in paths:
        texts: dict[tuple[str, str, str], list[Question]] = defaultdict(list)
        for line in _lines(path):
            holder = tuple(line["holder"]) if line["holder"] else ANYONE
            question = Question(holder, tuple(line["target"]), line["polarity"])
            texts[line["text"], line["language"], line["source"]].append(question)
        for (text, language, source), questions in texts.items():
            yield Example(text, None, language, source, tuple(questions))


def own(folder: Path, dev: bool) -> Iterator[Example]:
    """Our own sentences of `ner/` and `stance/`: those to train on, or the ones set apart."""
    for path in sorted(folder.glob("*/*.txt")):
        if path.parent.name not in ("ner", "stance"):
            continue
        for number, sentence in enumerate(read(path)):
            if (number % DEV_EVERY == DEV_EVERY - 1) != dev:
                continue
            spans = tuple((s.start, s.end, s.label) for s in sentence.entities)
            where = {s.key: (s.start, s.end) for s in sentence.spans}
            questions = tuple(
                Question(AUTHOR if h == AUTHOR_KEY else where[h], where[t], polarity)
                for (h, t), polarity in (sentence.pairs or {}).items()
            )
            yield Example(sentence.text, spans, path.stem, f"own-{path.parent.name}", questions)


def thinned(example: Example, chance: random.Random) -> Example:
    """The example with only AUTHOR_NEUTRAL of its neutral questions about the author."""
    questions = tuple(
        question
        for question in example.questions
        if question.holder != AUTHOR or question.polarity or chance.random() < AUTHOR_NEUTRAL
    )
    return replace(example, questions=questions)


def cut(example: Example) -> Example:
    """The example, or its first LONGEST code points (up to a blank) with what lies in them."""
    if len(example.text) <= LONGEST:
        return example
    end = example.text.rfind(" ", 0, LONGEST)
    end = end if end > 0 else LONGEST
    spans = None if example.spans is None else tuple(s for s in example.spans if s[1] <= end)
    questions = tuple(
        q
        for q in example.questions
        if q.target[1] <= end and (isinstance(q.holder, int) or q.holder[1] <= end)
    )
    return replace(example, text=example.text[:end], spans=spans, questions=questions)


def epoch(data: Path, own_folder: Path | None, stance_share: float, seed: int) -> list[Example]:
    """One epoch: entities of all languages, our own sentences, and public stance questions as
    `stance_share` of the texts."""
    chance = random.Random(seed)
    examples = list(public_entities(data / "ner" / "train", chance))
    if own_folder:
        for example in own(own_folder, dev=False):
            example = thinned(example, chance)
            examples += [example] * OWN_ALONE.get(example.language, OWN_REPEATS)
    stances = list(public_stances(sorted((data / "stance").glob("*-train.jsonl.gz"))))
    stances = [
        example
        for source in sorted({e.source for e in stances})
        for example in weighted(
            [e for e in stances if e.source == source], STANCE_WEIGHTS.get(source, 1.0), chance
        )
    ]
    wanted = int(len(examples) * stance_share / (1 - stance_share))
    examples += weighted(stances, wanted / len(stances), chance)
    chance.shuffle(examples)
    return [cut(example) for example in examples]
