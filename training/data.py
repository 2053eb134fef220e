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

# One epoch's share of the sets in a language's file: where each ends, and its weight. The tweets of
# xLiMe come with words missing, in another order: there is no text to learn from.
WHOLE = ((None, 1.0),)
LESS = ((None, 0.65),)
PARTS: dict[str, tuple[tuple[int | None, float], ...]] = {
    "it": ((399, 5.0), (None, 0.0)),  # Europarl, xLiMe
    "es": ((399, 5.0), (None, 0.0)),
    "de": ((5581, 1.3), (5980, 4.0), (None, 0.0)),  # GermEval, Europarl, xLiMe
    "en": ((1693, 1.3), (3805, 0.5), (4805, 1.3), (None, 4.0)),  # Wikigold, tweets, EWT, Europarl
    **dict.fromkeys(("ja", "zh", "nn", "lv"), LESS),
}
STANCE_WEIGHTS = {"NewsMTSC": 1.5}  # the texts of one set, relative to the others
WITHOUT_ENTITIES = 0.35  # at most, of a language's sentences
OWN_REPEATS = 3
# little or nothing public of edited text
OWN_ALONE = dict.fromkeys(("ar", "bg", "cs", "el", "es", "fr", "it", "nl", "pl", "uk"), 5)
OWN_STANCES = 2  # more repeats of our own sentences that tell who takes which side
OTHER_NAMES = 0.15  # of the sentences have their names replaced by others of the language
AUTHOR_NEUTRAL = 0.25  # of the questions "what does the author think", mostly: nothing
ARTICLES = "own-articles"  # the source of sentences from our articles
DEV_EVERY = 12  # every twelfth sentence of our own is never trained on
ARTICLE_DEV_EVERY = 5  # every fifth article
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
    """One epoch of `ner/train`: sets weighted, sentences without entities thinned."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        language = path.name.split(".")[0]
        lines = list(_lines(path))
        begin = 0
        for end, weight in PARTS.get(language, WHOLE):
            examples = [_public(line, language, chance) for line in lines[begin:end]]
            yield from weighted(thinned_out(examples, chance), weight, chance)
            begin = end or len(lines)


def thinned_out(examples: list[Example], chance: random.Random) -> list[Example]:
    """The examples, at most WITHOUT_ENTITIES of them without entities."""
    chance.shuffle(examples)
    named = [e for e in examples if e.spans]
    empty = [e for e in examples if not e.spans]
    return named + empty[: int(len(named) * WITHOUT_ENTITIES / (1 - WITHOUT_ENTITIES))]


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


def repeats_of(example: Example) -> int:
    """How often an epoch has a text of our own."""
    if example.source == ARTICLES:
        return 1
    repeats = OWN_ALONE.get(example.language, OWN_REPEATS)
    return repeats + OWN_STANCES * bool(example.questions)


def thinned(example: Example, chance: random.Random) -> Example:
    """The example with only AUTHOR_NEUTRAL of its neutral questions about the author."""
    questions = tuple(
        question
        for question in example.questions
        if question.holder != AUTHOR or question.polarity or chance.random() < AUTHOR_NEUTRAL
    )
    return replace(example, questions=questions)


Names = dict[tuple[str, str], list[str]]


def names_of(examples: list[Example]) -> Names:
    """The names that occur, by language and label, as often as they do."""
    names: Names = defaultdict(list)
    for example in examples:
        for start, end, label in example.spans or ():
            names[example.language, label].append(example.text[start:end])
    return names


def renamed(example: Example, names: Names, chance: random.Random) -> Example:
    """The example with another name of the same language and label in place of each; as it is
    when questions point into it."""
    if not example.spans or example.questions:
        return example
    text, spans, at = "", [], 0
    for start, end, label in sorted(example.spans):
        text += example.text[at:start]
        name = chance.choice(names[example.language, label])
        spans.append((len(text), len(text) + len(name), label))
        text, at = text + name, end
    return replace(example, text=text + example.text[at:], spans=tuple(spans))


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


def epoch(data: Path, ours: list[Example], stance_share: float, seed: int) -> list[Example]:
    """One epoch: entities of all languages, our own texts, and public stance questions as
    `stance_share` of the texts."""
    chance = random.Random(seed)
    examples = list(public_entities(data / "ner" / "train", chance))
    for example in ours:
        examples += [thinned(example, chance)] * repeats_of(example)
    stances = list(public_stances(sorted((data / "stance").glob("*-train.jsonl.gz"))))
    stances = [
        example
        for source in sorted({e.source for e in stances})
        for example in weighted(
            [e for e in stances if e.source == source], STANCE_WEIGHTS.get(source, 1.0), chance
        )
    ]
    names = names_of(examples)
    examples = [renamed(e, names, chance) if chance.random() < OTHER_NAMES else e for e in examples]
    wanted = int(len(examples) * stance_share / (1 - stance_share))
    examples += weighted(stances, wanted / len(stances), chance)
    chance.shuffle(examples)
    return [cut(example) for example in examples]
