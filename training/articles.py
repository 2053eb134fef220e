"""Our annotated articles as training examples: a sentence each, with its names and with who of them
takes which side toward whom or what."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.stance_examples import is_dev_article, named_in
from benchmarks.statement_set import Statements, Taken, load
from training.data import ARTICLES, Example, Question, Span
from transforms.elements import Entity
from transforms.encoder.holders import AUTHOR
from transforms.sentences import sentences

Range = tuple[int, int]


def article_examples(folder: Path, dev: bool) -> Iterator[Example]:
    """The sentences of the articles of a folder: those to train on, or the ones set apart."""
    for name, article in load(folder).items():
        if is_dev_article(name) != dev:
            continue
        entities = named_in(article)
        for place in sentences(article.body, article.language):
            yield _example(article, entities, place)


def _example(article: Statements, entities: Sequence[Entity], place: Range) -> Example:
    start, end = place
    named = [
        (m.start - start, m.end - start, entity)
        for entity in entities
        for m in entity.mentions
        if start <= m.start and m.end <= end
    ]
    text = article.body[start:end]
    spans: tuple[Span, ...] | None
    spans = tuple((a, b, entity.label) for a, b, entity in sorted(named, key=lambda n: n[0]))
    first: dict[str, Range] = {}
    for a, b, entity in sorted(named, key=lambda n: n[0]):
        first.setdefault(entity.entity_id, (a, b))
    if any(text[a].islower() for a, _, _ in spans):
        spans = None  # a common noun stands for a name: what is a name here is in doubt
    here = [stance for stance in article.stances if start <= stance.expression[0] < end]
    questions = tuple(_questions(here, first, start, end))
    return Example(text, spans, article.language, ARTICLES, questions)


def _questions(
    stances: Sequence[Taken], names: dict[str, Range], start: int, end: int
) -> Iterator[Question]:
    """Who of the sentence's names, or the author, thinks what of each name and proposition."""
    signs: dict[tuple[str | None, str | Range], int] = {}
    targets: dict[str | Range, Range] = dict(names.items())
    for stance in stances:
        key: str | Range
        if stance.target is not None:
            key = stance.target
        else:
            first, last = stance.target_span or (0, 0)
            if not (start <= first and last <= end):
                continue
            key = first - start, last - start
            targets[key] = key
        signs[stance.holder, key] = 1 if stance.polarity == "favor" else -1
    holders: list[tuple[str | None, Range | int]] = [(None, AUTHOR), *names.items()]
    for holder, where in holders:
        for key, target in targets.items():
            apart = isinstance(where, int) or where[1] <= target[0] or target[1] <= where[0]
            if holder != key and apart:
                yield Question(where, target, signs.get((holder, key), 0))
