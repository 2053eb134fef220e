"""The stage that fills an article's stances."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import apache_beam as beam
import numpy as np

from transforms.elements import Article, ModelUse, Party, Reading, SentenceStates, Span, Stance
from transforms.encoder.model import Encoder, load_heads
from transforms.recognizers.spans import encodable
from transforms.stages import run_stage
from transforms.stance.decide import Calibration, Verdict, calibration, decide
from transforms.stance.evidence import weigh
from transforms.stance.learned.finder import Finder, finder
from transforms.stance.names import Range
from transforms.stance.proposals import Proposal, scenes
from transforms.stance.scorer import PairScorer

STAGE = "DetectStance"
MODEL_ID, VERSION = "newsbeam-stance", "2"


def detect_stance(
    reading: Reading,
    scorer: PairScorer,
    encoder: Encoder | None = None,
    fitted: Calibration | None = None,
    finder: Finder | None = None,
) -> Article:
    """The article with its stances, by place; empty where nothing is sure enough.

    `encoder` encodes the sentences where the reading brings no states; without both nothing can
    be scored, and nothing is said. `fitted` is the shipped calibration, which expects a
    `finder`: without one structure alone proposes, and its confidence is off.
    """
    article = reading.article
    use = ModelUse("stance", MODEL_ID, VERSION)
    seen = list(scenes(reading))
    states = sentence_states(reading, [scene.number for scene in seen], encoder)
    fitted = fitted or calibration()
    verdicts = [
        (proposal, decide(answer, fitted))
        for proposal, answer in weigh(reading, seen, states, scorer, finder)
    ]
    stances = tuple(_stance(reading, p, v) for p, v in chosen(verdicts))
    return replace(article, stances=stances, models=(*article.models, use))


def sentence_states(
    reading: Reading, numbers: Sequence[int], encoder: Encoder | None
) -> dict[int, SentenceStates]:
    """The states of some sentences: the reading's own, or made here."""
    if reading.states is not None:
        return {number: reading.states[number] for number in numbers}
    if encoder is None or not numbers:
        return {}
    body = reading.article.body or ""
    places = [reading.sentences[number] for number in numbers]
    encoded = encoder.encode([encodable(body[start:end]) for start, end in places])
    return {
        number: SentenceStates(one.offsets + np.int32(start), one.states)
        for number, (start, _), one in zip(numbers, places, encoded, strict=True)
    }


def chosen(verdicts: Sequence[tuple[Proposal, Verdict]]) -> list[tuple[Proposal, Verdict]]:
    """One stance for a holder, target and sentence: the surest. Where both signs are sure
    enough none is."""
    best: dict[tuple[Any, ...], tuple[Proposal, Verdict]] = {}
    signs: dict[tuple[Any, ...], set[int]] = {}
    for proposal, verdict in verdicts:
        if not verdict.sign:
            continue
        key = (proposal.sentence, proposal.holder_id, proposal.target_id or proposal.target)
        signs.setdefault(key, set()).add(verdict.sign)
        if key not in best or verdict.confidence > best[key][1].confidence:
            best[key] = proposal, verdict
    kept = [entry for key, entry in best.items() if len(signs[key]) == 1]
    kept = [e for e in kept if not any(_contradicts(e, other) for other in kept)]
    return sorted(_without_shorter(kept), key=_place)


def _contradicts(entry: tuple[Proposal, Verdict], other: tuple[Proposal, Verdict]) -> bool:
    """Whether one holder is said to be for a phrase and against one that overlaps it."""
    mine, theirs = entry[0], other[0]
    if mine.target_id or theirs.target_id or not _together(mine, theirs):
        return False
    overlap = mine.target[0] < theirs.target[1] and theirs.target[0] < mine.target[1]
    return overlap and entry[1].sign != other[1].sign


def _together(mine: Proposal, theirs: Proposal) -> bool:
    return mine.sentence == theirs.sentence and mine.holder_id == theirs.holder_id


def _without_shorter(kept: list[tuple[Proposal, Verdict]]) -> list[tuple[Proposal, Verdict]]:
    """Of targets that touch, said by one holder of one sentence with one sign, the surest: a phrase
    and the name in it, or a piece of a phrase beside the rest."""
    chosen_: list[tuple[Proposal, Verdict]] = []
    for entry in sorted(kept, key=_surest_first):
        if not any(_says_again(entry, other) for other in chosen_):
            chosen_.append(entry)
    return chosen_


def _surest_first(entry: tuple[Proposal, Verdict]) -> tuple[float, Range]:
    return -entry[1].confidence, entry[0].target


def _says_again(entry: tuple[Proposal, Verdict], other: tuple[Proposal, Verdict]) -> bool:
    mine, theirs = entry[0], other[0]
    if entry[1].sign != other[1].sign or not _together(mine, theirs):
        return False
    if mine.target_id and theirs.target_id:
        return False
    return mine.target[0] <= theirs.target[1] + 1 and theirs.target[0] <= mine.target[1] + 1


def _place(entry: tuple[Proposal, Verdict]) -> tuple[int, Range, Range, Range]:
    proposal = entry[0]
    return proposal.sentence, proposal.expression, proposal.holder or (0, 0), proposal.target


def _stance(reading: Reading, proposal: Proposal, verdict: Verdict) -> Stance:
    body = reading.article.body or ""
    if proposal.holder is None:
        holder = Party("author")
    else:
        start, end = proposal.holder
        holder = Party("entity", body[start:end], start, end, proposal.holder_id)
    start, end = proposal.target
    kind = "entity" if proposal.target_id is not None else "proposition"
    target = Party(kind, body[start:end], start, end, proposal.target_id)  # type: ignore[arg-type]
    first, last = proposal.expression
    return Stance(
        holder,
        target,
        "favor" if verdict.sign > 0 else "against",
        verdict.score,
        verdict.confidence,
        Span(body[first:last], first, last),
        reading.sentences[proposal.sentence],
        proposal.voice.number if proposal.voice else None,
    )


@cache
def _own_encoder() -> Encoder:
    """For readings without states, where another recogniser found the names."""
    return Encoder()


def _load() -> Callable[[Reading], Iterator[Article]]:
    return partial(_detect, scorer=PairScorer(load_heads()), fitted=calibration(), learned=finder())


def _detect(
    reading: Reading, scorer: PairScorer, fitted: Calibration, learned: Finder
) -> Iterator[Article]:
    encoder = _own_encoder() if reading.states is None and reading.sentences else None
    yield detect_stance(reading, scorer, encoder, fitted, learned)


@dataclass
class DetectStance(beam.PTransform):
    """Reading (entities linked, quotations attributed) -> Article with `stances`. Scorer
    and finder load once in a process."""

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, readings: beam.PCollection[Reading]) -> Any:
        return run_stage(readings, STAGE, _load, Article)
