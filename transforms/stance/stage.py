"""The stage that fills an article's stances."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np

from transforms.elements import Article, ModelUse, Party, Reading, SentenceStates, Span, Stance
from transforms.encoder.model import Encoder, load_heads
from transforms.stages import run_stage
from transforms.stance.appositions import with_appositions
from transforms.stance.author import judged_by_author
from transforms.stance.candidates import Candidate
from transforms.stance.decide import (
    AUTHOR_MARK,
    Calibration,
    Evidence,
    Verdict,
    calibration,
    decide,
)
from transforms.stance.frames import Words, words
from transforms.stance.loose import loose
from transforms.stance.names import Name, Named, Range
from transforms.stance.refers import is_about_clitic, is_unknown, referring
from transforms.stance.scorer import ANYONE, AUTHOR, Pair, PairScorer
from transforms.stance.sentence import view
from transforms.stance.speech import Voice, spoken
from transforms.stance.structure import candidates
from transforms.stance.subjects import Heirs, StandIns, Subjects, without_subject
from transforms.stance.titles import ROMANCE
from transforms.stance.view import View

STAGE = "DetectStance"
MODEL_ID, VERSION = "newsbeam-stance", "1"
MOST_PAIRS = 64  # candidates of one sentence: lists of names say little, and cost
Pairs = Any


class Proposal(NamedTuple):
    """A candidate in its article: parties as ranges of the body."""

    candidate: Candidate
    voice: Voice | None
    holder: Range | None
    holder_id: str | None
    target: Range
    target_id: str | None
    expression: Range
    sentence: int


def propose(reading: Reading) -> Iterator[Proposal]:
    """All that structure finds in an article, before the scorer is asked."""
    article = reading.article
    known = words(article.language)
    body = article.body
    if known is None or not body or not article.entities:
        return
    named = sorted(
        Named(mention.start, mention.end, entity.entity_id, entity.label)
        for entity in article.entities
        for mention in entity.mentions
    )
    voices = _voices(article)
    subjects = Subjects(reading)
    at = 0
    before: Range | None = None  # the last sentence with names
    for number, (start, end) in enumerate(reading.sentences):
        while at < len(named) and named[at].start < start:
            at += 1
        last = at
        while last < len(named) and named[last].start < end:
            last += 1
        inside = [mention for mention in named[at:last] if mention.end <= end]
        at = last
        stand_ins = subjects.stand_ins(start, end)
        inside = _beside(inside, stand_ins.named)
        heirs = subjects.heirs(start, before)
        heard = [v for v in voices if v.start < end and start < v.end]
        if inside or heirs or heard or stand_ins.clitics:
            stand_ins = stand_ins._replace(named=inside)
            yield from _sentence(body, (start, end), number, stand_ins, heard, known, heirs)
        if inside:
            before = start, end


def _beside(named: list[Named], stand_ins: list[Named]) -> list[Named]:
    """The names with those stand-ins that overlap none; a noun that was taken for a name is the
    stand-in."""
    places = {(s.start, s.end) for s in stand_ins}
    named = [n for n in named if (n.start, n.end) not in places]
    free = [s for s in stand_ins if not any(s.start < n.end and n.start < s.end for n in named)]
    return sorted(named + free, key=_start)


def _start(named: Named) -> Range:
    return named.start, named.end


def _voices(article: Article) -> list[Voice]:
    found = []
    for number, quotation in enumerate(article.quotations or ()):
        speaker = quotation.speaker
        if speaker is None or speaker.entity_id is None:
            continue
        if speaker.start is None or speaker.end is None:
            continue
        place = (speaker.start, speaker.end)
        found.append(
            Voice(quotation.start, quotation.end, number, speaker.entity_id, place, quotation.kind)
        )
    return found


def _sentence(
    body: str,
    sentence: Range,
    number: int,
    parties: StandIns,
    voices: Sequence[Voice],
    known: Words,
    heirs: Heirs,
) -> Iterator[Proposal]:
    reported = [voice.start for voice in voices if voice.kind != "direct"]
    seen = view(body, sentence, parties.named, known, parties.clitics, reported)
    if seen.language in ROMANCE:
        seen.names[:] = with_appositions(seen)
    subject = without_subject(seen, heirs) if heirs and not _is_quoted(seen, voices) else None
    if subject is not None:
        seen.names.insert(0, subject)
        seen.name_at[:] = [place + 1 if place >= 0 else -1 for place in seen.name_at]
    count = 0
    certain = list(candidates(seen))
    found: list[tuple[Voice | None, Candidate]] = [(None, c) for c in certain]
    found.extend(spoken(seen, voices))
    found += [(None, c) for c in judged_by_author(seen, voices)]
    spoken_of = {c.frame.first for voice, c in found if voice or AUTHOR_MARK in c.marks}
    found += [(None, c) for c in loose(seen, certain, spoken_of)]
    for voice, candidate in found:
        if is_unknown(seen, candidate, parties.unknown) or is_about_clitic(seen, candidate):
            continue
        proposal = _placed(seen, candidate, voice or _around(seen, candidate, voices), number)
        if proposal is not None and count < MOST_PAIRS:
            count += 1
            yield proposal


def _is_quoted(seen: View, voices: Sequence[Voice]) -> bool:
    return any(voice.start <= seen.start for voice in voices)


def _around(seen: View, candidate: Candidate, voices: Sequence[Voice]) -> Voice | None:
    """The quotation whose words hold the expression."""
    if candidate.frame.first < 0:
        return None
    start, end = seen.range(candidate.frame.first, candidate.frame.last)
    return next((v for v in voices if v.start <= start and end <= v.end), None)


def _placed(seen: View, found: Candidate, voice: Voice | None, number: int) -> Proposal | None:
    """The candidate with its ranges; None where they overlap or are one entity."""
    candidate = referring(found)
    if candidate is None:
        return None
    frame = candidate.frame
    name = candidate.target if isinstance(candidate.target, Name) else None
    target = (name.named.start, name.named.end) if name else candidate.target[:2]
    target_id = name.named.entity_id if name else None
    holder: Range | None = None
    holder_id: str | None = None
    if candidate.holder is not None:
        holder = candidate.holder.named.start, candidate.holder.named.end
        holder_id = candidate.holder.named.entity_id
    elif AUTHOR_MARK not in candidate.marks:
        if voice is None:
            return None
        holder, holder_id = voice.speaker, voice.entity_id
    expression = _expression(seen, frame, voice, target)
    if expression is None or (holder_id is not None and holder_id == target_id):
        return None
    places = sorted(place for place in (holder, target, expression) if place)
    if any(places[i][1] > places[i + 1][0] for i in range(len(places) - 1)):
        return None
    return Proposal(candidate, voice, holder, holder_id, target, target_id, expression, number)


def _expression(seen: View, frame: Any, voice: Voice | None, target: Range) -> Range | None:
    """The span that shows the stance; without a frame the speaker's words beside the target."""
    if frame.first >= 0:
        place: Range = seen.range(frame.first, frame.last)
        return place
    if voice is None:
        return None
    start, end = max(voice.start, seen.start), min(voice.end, seen.end)
    before, after = (start, target[0]), (target[1], end)
    longest = max(before, after, key=_length)
    inside = [
        t
        for t in seen.tokens
        if longest[0] <= seen.start + t.start and seen.start + t.end <= longest[1]
    ]
    while inside and not inside[0].is_word:
        inside = inside[1:]
    while inside and not inside[-1].is_word:
        inside = inside[:-1]
    if not inside:
        return None
    return seen.start + inside[0].start, seen.start + inside[-1].end


def _length(place: Range) -> int:
    return place[1] - place[0]


def evidence_of(
    reading: Reading,
    proposals: Sequence[Proposal],
    states: Mapping[int, SentenceStates],
    scorer: PairScorer,
) -> list[Evidence]:
    """The scorer's answers beside the structure's, proposal by proposal."""
    by_sentence: dict[int, list[int]] = {}
    for place, proposal in enumerate(proposals):
        by_sentence.setdefault(proposal.sentence, []).append(place)
    answers: list[Evidence | None] = [None] * len(proposals)
    for number, places in by_sentence.items():
        sentence = reading.sentences[number]
        pairs = []
        for place in places:
            holder, back = _pair(proposals[place], sentence)
            pairs += [holder, back]
        scores = scorer.probabilities(states[number], pairs)
        for row, place in enumerate(places):
            candidate = proposals[place].candidate
            forward = tuple(float(p) for p in scores[2 * row])
            backward = tuple(float(p) for p in scores[2 * row + 1])
            answers[place] = Evidence(candidate.sign, candidate.marks, forward, backward)  # type: ignore[arg-type]
    return [answer for answer in answers if answer is not None]


def _pair(proposal: Proposal, sentence: Range) -> tuple[Pair, Pair]:
    """The question, and the one with the parties changed (the same where that cannot be)."""
    holder = proposal.holder
    if AUTHOR_MARK in proposal.candidate.marks:
        pair = Pair(AUTHOR, proposal.target)
        return pair, pair
    if holder is None or not (sentence[0] <= holder[0] and holder[1] <= sentence[1]):
        pair = Pair(ANYONE, proposal.target)
        return pair, pair
    return Pair(holder, proposal.target), Pair(proposal.target, holder)


def detect_stance(
    reading: Reading,
    scorer: PairScorer,
    encoder: Encoder | None = None,
    fitted: Calibration | None = None,
) -> Article:
    """The article with its stances, by place; empty where nothing is sure enough.

    `encoder` encodes the sentences that need it where the reading brings no states; without
    both nothing can be scored, and nothing is said. `fitted` is the shipped calibration.
    """
    article = reading.article
    use = ModelUse("stance", MODEL_ID, VERSION)
    proposals = list(propose(reading))
    states = sentence_states(reading, proposals, encoder)
    proposals = [p for p in proposals if p.sentence in states]
    answers = evidence_of(reading, proposals, states, scorer)
    fitted = fitted or calibration()
    verdicts = [(p, decide(answer, fitted)) for p, answer in zip(proposals, answers, strict=True)]
    stances = tuple(_stance(reading, p, v) for p, v in chosen(verdicts))
    return replace(article, stances=stances, models=(*article.models, use))


def sentence_states(
    reading: Reading, proposals: Sequence[Proposal], encoder: Encoder | None
) -> dict[int, SentenceStates]:
    """The states of the sentences with proposals: the reading's own, or made here."""
    numbers = sorted({proposal.sentence for proposal in proposals})
    if reading.states is not None:
        return {number: reading.states[number] for number in numbers}
    if encoder is None or not numbers:
        return {}
    body = reading.article.body or ""
    places = [reading.sentences[number] for number in numbers]
    encoded = encoder.encode([body[start:end] for start, end in places])
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
    return sorted(_without_shorter(kept), key=_place)


def _without_shorter(kept: list[tuple[Proposal, Verdict]]) -> list[tuple[Proposal, Verdict]]:
    """Of phrases that overlap, said by one holder of one sentence with one sign, the surest."""
    chosen_: list[tuple[Proposal, Verdict]] = []
    for entry in sorted(kept, key=_surest_first):
        if not any(_says_again(entry, other) for other in chosen_):
            chosen_.append(entry)
    return chosen_


def _surest_first(entry: tuple[Proposal, Verdict]) -> tuple[float, Range]:
    return -entry[1].confidence, entry[0].target


def _says_again(entry: tuple[Proposal, Verdict], other: tuple[Proposal, Verdict]) -> bool:
    (mine, verdict), (theirs, before) = entry, other
    same = mine.sentence == theirs.sentence and mine.holder_id == theirs.holder_id
    if not same or verdict.sign != before.sign or mine.target_id or theirs.target_id:
        return False
    return mine.target[0] < theirs.target[1] and theirs.target[0] < mine.target[1]


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
    return partial(_detect, scorer=PairScorer(load_heads()), fitted=calibration())


def _detect(reading: Reading, scorer: PairScorer, fitted: Calibration) -> Iterator[Article]:
    encoder = _own_encoder() if reading.states is None and reading.sentences else None
    yield detect_stance(reading, scorer, encoder, fitted)


@dataclass
class DetectStance(beam.PTransform):
    """Reading (entities linked, quotations attributed) -> Article with `stances`. The scorer
    loads once in a process."""

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, readings: beam.PCollection[Reading]) -> Any:
        return run_stage(readings, STAGE, _load, Article)
