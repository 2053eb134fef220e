"""Labelled questions for the finder of stances, from our own sentences and articles.

A sentence of an article brings forth one sample for each party that may hold a stance
(transforms/stance/learned/questions.py), most of them with nothing to find.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.stance_examples import entities_of, is_dev, is_dev_article, named_in, reading_of
from benchmarks.statement_set import load
from training.annotated import AUTHOR as AUTHOR_KEY
from training.annotated import read
from transforms.elements import Reading
from transforms.encoder.model import Encoder
from transforms.stance.learned.questions import (
    AUTHOR_ID,
    Asked,
    Question,
    asked,
    within,
)
from transforms.stance.names import Range
from transforms.stance.proposals import scenes

UNTOLD = 0.15  # weight of words outside of names where nobody annotated propositions


class Taken(NamedTuple):
    """An annotated stance. `holder` is AUTHOR_ID for the author; `target_id` None: the proposition
    `target`; `expression` None: not annotated; `at` is a place in its sentence."""

    holder: str
    target_id: str | None
    target: Range
    sign: int
    expression: Range | None
    at: int


class Text(NamedTuple):
    """`told`: propositions are annotated too; `dev`: not to be trained on; `whole`: an article,
    in which expressions are annotated."""

    name: str
    dev: bool
    told: bool
    whole: bool
    reading: Reading
    stances: list[Taken]


@dataclass
class Sample:
    """One question with its answer. `text`: the sentence; `pieces`: (words,) the piece that begins
    each word, <s> counted; `states` (words, hidden) float16, shared by a sentence's samples;
    `targets`, `expressions`: (words,) indices of the network's tags; `weights`: (words,) of each
    word's target tag; `shows`: whether the expressions are annotated; `promise`: (words,) 1 in any
    expression of the sentence; `promises`: whether all of its expressions are annotated; `whole`:
    from an article."""

    text: str
    pieces: Any
    states: Any
    question: Question
    targets: Any
    expressions: Any
    weights: Any
    shows: bool
    promise: Any
    promises: bool
    whole: bool

    @property
    def is_empty(self) -> bool:
        return not self.targets.any()


def sentence_texts(folder: Path, encoder: Encoder) -> Iterator[Text]:
    """The annotated sentences of a folder."""
    for path in sorted(folder.glob("*.txt")):
        for number, sentence in enumerate(read(path)):
            places = {span.key: span for span in sentence.spans if span.key}
            stances = []
            for (holder, key), sign in (sentence.pairs or {}).items():
                span = places[key]
                target_id = None if span.label == "PROP" else key
                holder_id = AUTHOR_ID if holder == AUTHOR_KEY else holder
                if sign:
                    place = span.start, span.end
                    stances.append(Taken(holder_id, target_id, place, sign, None, span.start))
            reading = reading_of(sentence.text, path.stem, entities_of(sentence), encoder)
            told = any(span.label == "PROP" for span in sentence.spans)
            yield Text(f"{path.stem}:{number}", is_dev(number), told, False, reading, stances)


def article_texts(folder: Path, encoder: Encoder) -> Iterator[Text]:
    """The annotated articles of a folder."""
    for name, article in load(folder).items():
        stances = [
            Taken(
                stance.holder or AUTHOR_ID,
                stance.target,
                stance.target_span or (0, 0),
                1 if stance.polarity == "favor" else -1,
                stance.expression,
                stance.expression[0],
            )
            for stance in article.stances
        ]
        reading = reading_of(article.body, article.language, named_in(article), encoder)
        yield Text(name, is_dev_article(name), True, True, reading, stances)


def samples(text: Text) -> Iterator[Sample]:
    """The questions about each sentence of a text, answered."""
    body = text.reading.article.body or ""
    for scene in scenes(text.reading):
        start, end = scene.place
        sentence = asked(body, scene, (text.reading.states or ())[scene.number])
        here = [stance for stance in text.stances if start <= stance.at < end]
        shared = _Sentence.of(body, sentence, here)
        for question in sentence.questions:
            own = [stance for stance in here if stance.holder == question.holder_id]
            yield _answered(text, sentence, shared, question, own)


class _Sentence(NamedTuple):
    """What the samples of a sentence share."""

    text: str
    states: Any
    promise: Any
    promises: bool

    @classmethod
    def of(cls, body: str, sentence: Asked, stances: list[Taken]) -> "_Sentence":
        start, end = sentence.scene.place
        promise = np.zeros(len(sentence.words), np.int64)
        for stance in stances:
            if stance.expression is not None:
                promise[within(sentence.words, stance.expression)] = 1
        known = all(stance.expression is not None for stance in stances)
        return cls(body[start:end], sentence.states.astype(np.float16), promise, known)


def _answered(
    text: Text, sentence: Asked, shared: _Sentence, question: Question, own: list[Taken]
) -> Sample:
    count = len(sentence.words)
    targets, expressions = np.zeros(count, np.int64), np.zeros(count, np.int64)
    weights = np.ones(count, np.float32)
    if not text.told:
        weights[question.parties == 0] = UNTOLD
    for stance in own:
        for place in _places(sentence, stance):
            words = within(sentence.words, place)
            targets[words] = 2 if stance.sign > 0 else 4
            targets[words[:1]] -= 1
            weights[words] = 1.0
        if stance.expression is not None:
            expressions[within(sentence.words, stance.expression)] = 1 if stance.sign > 0 else 2
    shows = all(stance.expression is not None for stance in own)
    return Sample(shared.text, sentence.pieces, shared.states, question, targets, expressions,
                  weights, shows, shared.promise, shared.promises, text.whole)  # fmt: skip


def _places(sentence: Asked, stance: Taken) -> list[Range]:
    """Where the target is in the sentence; nowhere, if it is an entity that nothing names."""
    if stance.target_id is None:
        return [stance.target]
    return [(n.start, n.end) for n in sentence.parties if n.entity_id == stance.target_id]
