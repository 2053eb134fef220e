"""The proposals of structure and finder, each with what scorer and finder say of it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from transforms.elements import Reading, SentenceStates
from transforms.stance.decide import FOUND, Evidence
from transforms.stance.frames import Words, words
from transforms.stance.learned.finder import Answers, Finder, found, seen
from transforms.stance.learned.questions import asked
from transforms.stance.names import Range
from transforms.stance.polarity import polarity
from transforms.stance.proposals import MOST_PAIRS, Proposal, Scene, structured, view_of
from transforms.stance.scorer import ANYONE, AUTHOR, Pair, PairScorer
from transforms.stance.view import View

Weighed = tuple[Proposal, Evidence]
PAIRS_AT_ONCE = 256  # scored together: 2.4 MB of features


def weigh(
    reading: Reading,
    scenes: Sequence[Scene],
    states: Mapping[int, SentenceStates],
    scorer: PairScorer,
    finder: Finder | None,
) -> list[Weighed]:
    """All proposals of an article with their evidence, sentence by sentence. A scene without
    `states` is left out; without a `finder` structure alone proposes."""
    known = words(reading.article.language)
    if known is None:
        return []
    body = reading.article.body or ""
    weighed: list[Weighed] = []
    waiting: list[_Proposed] = []
    for scene in scenes:
        if scene.number in states:
            waiting.append(_proposed(body, scene, known, states[scene.number], finder))
            if sum(len(one.pairs) for one in waiting) > PAIRS_AT_ONCE:
                weighed += _scored(waiting, scorer)
                waiting.clear()
    return [*weighed, *_scored(waiting, scorer)]


class _Proposed(NamedTuple):
    """A sentence's proposals before they are scored. `pairs`: two for each (_pair)."""

    states: SentenceStates
    proposals: list[Proposal]
    pairs: list[Pair]
    answers: Answers | None


def _proposed(
    body: str, scene: Scene, known: Words, states: SentenceStates, finder: Finder | None
) -> _Proposed:
    view = view_of(body, scene, known) if scene.has_parties else None
    # what an author says of things alone is the finder's
    proposals = [] if view is None else list(structured(view, scene))
    answers: Answers | None = None
    if finder is not None:
        answers = finder.read(asked(body, scene, states), always=bool(proposals))
    if answers is not None:
        own = list(islice(found(answers), MOST_PAIRS))
        if own:
            view = view or view_of(body, scene, known)
            proposals += with_lexicon(view, own)
    pairs = [pair for proposal in proposals for pair in _pair(proposal, scene.place)]
    return _Proposed(states, proposals, pairs, answers)


def _scored(proposed: Sequence[_Proposed], scorer: PairScorer) -> Iterator[Weighed]:
    all_scores = scorer.of_sentences([(one.states, one.pairs) for one in proposed])
    for (_, proposals, _, answers), scores in zip(proposed, all_scores, strict=True):
        for row, proposal in enumerate(proposals):
            against, neutral, favor = map(float, scores[2 * row])
            back = map(float, scores[2 * row + 1])
            yield (
                proposal,
                Evidence(
                    proposal.sign,
                    proposal.marks,
                    (against, neutral, favor),
                    (next(back), next(back), next(back)),
                    None if answers is None else seen(answers, proposal),
                ),
            )


def with_lexicon(view: View, proposals: Sequence[Proposal]) -> Iterator[Proposal]:
    """The finder's proposals, marked where the lexicon knows a word of their expression and agrees
    on its sign, or does not."""
    signs = [(view.range(f.first, f.last), polarity(view, f)[0]) for f in view.frames]
    for proposal in proposals:
        start, end = proposal.expression
        here = {sign for (a, b), sign in signs if sign and a < end and start < b}
        marks = {
            f"{FOUND}-agrees" if sign == proposal.sign else f"{FOUND}-differs" for sign in here
        }
        yield proposal._replace(marks=proposal.marks | marks)


def _pair(proposal: Proposal, sentence: Range) -> tuple[Pair, Pair]:
    """The question, and the one with the parties changed (the same where that cannot be)."""
    holder = proposal.holder
    if holder is None:
        pair = Pair(AUTHOR, proposal.target)
        return pair, pair
    if not (sentence[0] <= holder[0] and holder[1] <= sentence[1]):
        pair = Pair(ANYONE, proposal.target)
        return pair, pair
    return Pair(holder, proposal.target), Pair(proposal.target, holder)
