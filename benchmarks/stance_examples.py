"""Our annotated sentences and articles with what structure and scorer make of them.

Annotated entities stand for those of the pipeline; quotations are attributed as in the pipeline.
A proposition is the annotated one when both share OVERLAP of what they cover together. In a single
sentence, one that holds the name of an annotated target ("the plan of Y" for Y) says the same of
it, and where no proposition is annotated nothing is said of phrases.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np

from benchmarks.statement_set import Statements, load, occurrences
from training.annotated import AUTHOR, MarkedSpan, Sentence, read
from training.data import ARTICLE_DEV_EVERY, DEV_EVERY
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
from transforms.stance.decide import Evidence
from transforms.stance.evidence import weigh
from transforms.stance.learned.finder import Finder, finder
from transforms.stance.proposals import Proposal, scenes
from transforms.stance.scorer import PairScorer

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
OVERLAP = 0.3  # of two propositions: what they share of what they cover together
Pair = tuple[str, str]
Key = tuple[str, ...]  # holder, target; in an article the paragraph too


def is_dev(number: int) -> bool:
    """Whether the sentence of that number in its file is never trained on."""
    return number % DEV_EVERY == DEV_EVERY - 1


def is_dev_article(name: str) -> bool:
    """Whether the article of that name is never trained on: about every fifth, the same ones
    whichever others there are."""
    return crc32(name.encode()) % ARTICLE_DEV_EVERY == 0


class Example(NamedTuple):
    """An annotated text with what was proposed of it.

    `gold`: the stances, by what identifies them; `keys`: the same of each proposal, None where
    the annotation says nothing of it. `dev`: no model was trained on the text.
    """

    language: str
    number: int
    dev: bool
    text: str
    gold: dict[Key, int]
    proposals: list[Proposal]
    evidence: list[Evidence]
    keys: list[Key | None]


def examples(folder: Path, languages: Sequence[str] | None = None) -> Iterator[Example]:
    """All annotated sentences of a folder."""
    encoder = Encoder()
    scorer, learned = PairScorer(encoder.heads), finder()
    for path in sorted(folder.glob("*.txt")):
        if languages and path.stem not in languages:
            continue
        for number, sentence in enumerate(read(path)):
            text = sentence.text
            reading = reading_of(text, path.stem, entities_of(sentence), encoder)
            proposals, evidence = weighed(reading, scorer, learned)
            gold = {pair: sign for pair, sign in (sentence.pairs or {}).items() if sign}
            pairs = [pair_of(sentence, gold, proposal) for proposal in proposals]
            keys = [None if is_untold(sentence, pair) else pair for pair in pairs]
            yield Example(
                path.stem, number, is_dev(number), text, {**gold}, proposals, evidence, [*keys]
            )


def articles(folder: Path, languages: Sequence[str] | None = None) -> Iterator[Example]:
    """All annotated articles of a folder; a stance counts once a paragraph."""
    encoder = Encoder()
    scorer, learned = PairScorer(encoder.heads), finder()
    for number, (name, article) in enumerate(load(folder).items()):
        if languages and article.language not in languages:
            continue
        body = article.body
        reading = reading_of(body, article.language, named_in(article), encoder)
        proposals, evidence = weighed(reading, scorer, learned)
        gold: dict[Key, int] = {}
        for stance in article.stances:
            place = str(body.count("\n", 0, stance.evidence))
            target = stance.target or "{}-{}".format(*(stance.target_span or (0, 0)))
            sign = 1 if stance.polarity == "favor" else -1
            gold[stance.holder or AUTHOR, target, place] = sign
        keys = [_key(article, proposal) for proposal in proposals]
        dev = is_dev_article(name)
        yield Example(article.language, number, dev, body, gold, proposals, evidence, [*keys])


def _key(article: Statements, proposal: Proposal) -> Key:
    holder = AUTHOR if proposal.holder is None else str(proposal.holder_id)
    place = str(article.body.count("\n", 0, proposal.expression[0]))
    if proposal.target_id is not None:
        return holder, proposal.target_id, place
    start, end = proposal.target
    for stance in article.stances:
        first, last = stance.target_span or (0, 0)
        if min(end, last) - max(start, first) >= OVERLAP * (max(end, last) - min(start, first)):
            return holder, f"{first}-{last}", place
    return holder, f"{start}-{end}", place


def weighed(
    reading: Reading, scorer: PairScorer, learned: Finder
) -> tuple[list[Proposal], list[Evidence]]:
    """What is proposed of a text, and the evidence of each."""
    states = dict(enumerate(reading.states or ()))
    rows = weigh(reading, list(scenes(reading)), states, scorer, learned)
    return [proposal for proposal, _ in rows], [evidence for _, evidence in rows]


def reading_of(text: str, language: str, entities: tuple[Entity, ...], encoder: Encoder) -> Reading:
    """The text as an article whose entities are known."""
    entry = Entry("0" * 32, None, Feed("https://news.example/"), (), NOW)
    article = Article(entry, NOW, "article", body=text, language=language, entities=entities)
    places = tuple(sentences(text, language))
    encoded = encoder.encode([text[start:end] for start, end in places])
    states = tuple(
        SentenceStates(one.offsets + np.int32(start), one.states)
        for (start, _), one in zip(places, encoded, strict=True)
    )
    return attribute_quotations(Reading(article, places, (), states))


def key_of(span: MarkedSpan, number: int) -> str:
    return span.key or f"_{number}"


def entities_of(sentence: Sentence) -> tuple[Entity, ...]:
    """The names of a sentence, each an entity."""
    return tuple(
        _entity(key_of(span, number), span.label, sentence.text, [(span.start, span.end)])
        for number, span in enumerate(sentence.entities)
    )


def named_in(article: Statements) -> tuple[Entity, ...]:
    """The annotated entities with all places where one of their forms stands, but for those inside
    a longer one."""
    places: dict[tuple[int, int], str] = {}
    for name, (_, forms) in article.entities.items():
        for form in forms:
            places.update(dict.fromkeys(occurrences(article.body, form), name))
    kept: dict[str, list[tuple[int, int]]] = {}
    for place in sorted(places, key=_longest_first):
        if all(place[1] <= a or b <= place[0] for group in kept.values() for a, b in group):
            kept.setdefault(places[place], []).append(place)
    return tuple(
        _entity(name, article.entities[name][0], article.body, sorted(kept[name]))
        for name in article.entities
        if name in kept
    )


def _longest_first(place: tuple[int, int]) -> tuple[int, int]:
    return place[0] - place[1], place[0]


def _entity(key: str, label: str, text: str, places: Sequence[tuple[int, int]]) -> Entity:
    mentions = tuple(Mention(text[start:end], start, end, 1.0) for start, end in places)
    return Entity(key, mentions[0].text, label, mentions, 1.0)


def pair_of(sentence: Sentence, gold: Mapping[Pair, int], proposal: Proposal) -> Pair:
    """Holder and target of a proposal as keys of the annotation."""
    holder = AUTHOR if proposal.holder is None else str(proposal.holder_id)
    if proposal.target_id is not None:
        return holder, proposal.target_id
    start, end = proposal.target
    for span in sentence.spans:
        shared = min(end, span.end) - max(start, span.start)
        covered = max(end, span.end) - min(start, span.start)
        if span.label == "PROP" and shared >= OVERLAP * covered:
            return holder, span.key or "_"
    for span in sentence.entities:
        pair = holder, span.key or ""
        if start <= span.start and span.end <= end and gold.get(pair):
            return pair
    return holder, f"{start}-{end}"


def is_untold(sentence: Sentence, pair: Pair) -> bool:
    """Whether the annotation says nothing of a pair: its target is a phrase, and the sentence
    annotates no proposition."""
    known = {span.key for span in sentence.spans if span.key}
    told = any(span.label == "PROP" for span in sentence.spans)
    return not told and pair[1] not in known and not pair[1].startswith("_")
