"""From the network's tags to proposals, and to what it thinks of the proposals of structure."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from transforms.stance.decide import FOUND, Seen
from transforms.stance.learned.network import Network
from transforms.stance.learned.questions import (
    AUTHOR,
    AUTHOR_ID,
    SPEAKER,
    SUBJECT,
    Asked,
    Question,
    of_holder,
    within,
)
from transforms.stance.names import Named, Range
from transforms.stance.proposals import Proposal
from transforms.stance.speech import Voice

FINDER = Path(__file__).parents[2] / "resources" / "stance" / "finder.npz"
PROMISING = 0.2  # of a sentence, to be read at all
_LEAST = 0.15  # of the words of a target: the calibration judges
_LEAST_SHOWN = 0.1  # of the words of an expression
# of a target and the name that it is: what they share of what they cover together
_SAME, _NEARLY = 0.5, 0.8
_TAGS = {1: (1, 2), -1: (3, 4)}  # of the network's target tags, by sign: beginning, inside
_SHOWN = {1: 1, -1: 2}  # of its expression tags
_HOW = {AUTHOR: "found-author", SPEAKER: "found-speaker", SUBJECT: "found-subject"}


class Answers(NamedTuple):
    """A sentence as the finder read it: (questions, words, tags) probabilities."""

    asked: Asked
    targets: Any
    expressions: Any


class Run(NamedTuple):
    """Words [first, last) that carry tags of one sign."""

    first: int
    last: int
    sign: int
    likely: float


class Finder:
    """The learned finder, loaded."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._network = Network(arrays)

    def read(self, asked: Asked, always: bool = False) -> Answers | None:
        """The answers to a sentence's questions; None where it promises nothing, unless it is to
        be read `always`."""
        if not asked.questions or not (always or self.promises(asked)):
            return None
        return Answers(asked, *self._network(asked.states, asked.questions))

    def promises(self, asked: Asked) -> bool:
        return self._network.promise(asked.states) > PROMISING


@lru_cache(maxsize=1)
def finder() -> Finder:
    """The shipped finder. From then on numpy multiplies in one thread of the process, as ONNX
    Runtime does: for matrices as small as these, more cost twenty times what they save. Raises
    FileNotFoundError when its file is missing."""
    threadpool_limits(limits=1, user_api="blas")
    with np.load(FINDER) as arrays:
        return Finder({name: arrays[name].astype(np.float32) for name in arrays.files})


def found(answers: Answers) -> Iterator[Proposal]:
    """The stances that the finder sees in a sentence."""
    asked = answers.asked
    for row, question in enumerate(asked.questions):
        shown = [
            run
            for sign in (1, -1)
            for run in runs(answers.expressions[row, :, _SHOWN[sign]], sign, _LEAST_SHOWN)
        ]
        for target in target_runs(answers.targets[row]):
            proposal = _proposal(asked, question, target, shown)
            if proposal is not None:
                yield proposal


def target_runs(tags: Any) -> list[Run]:
    """Targets among the words of one question: what is likely enough of one sign, parted where a
    word is likelier to begin one than to go on with it."""
    return [
        run
        for sign, (begin, inside) in _TAGS.items()
        for run in runs(
            tags[:, begin] + tags[:, inside], sign, _LEAST, tags[:, begin] > tags[:, inside]
        )
    ]


def runs(likely: Any, sign: int, least: float, begins: Any | None = None) -> list[Run]:
    """Maximal runs of words that are likely enough."""
    made: list[Run] = []
    first = -1
    for word in range(len(likely) + 1):
        inside = word < len(likely) and likely[word] >= least
        if first >= 0 and (not inside or (begins is not None and begins[word])):
            made.append(Run(first, word, sign, float(likely[first:word].mean())))
            first = -1
        if inside and first < 0:
            first = word
    return made


def _proposal(asked: Asked, question: Question, run: Run, shown: list[Run]) -> Proposal | None:
    """A target with the likeliest expression of its sign that overlaps neither party."""
    target, named = _target(asked, run)
    if named is not None and named.entity_id == question.holder_id:
        return None
    if named is None and target[1] - target[0] < 2:
        return None  # "c'est": a letter
    if named is None and any(a <= target[0] and target[1] <= b for a, b, _ in _unknown(asked)):
        return None  # it stands for somebody that nobody knows
    ways = sorted(
        ((other.likely, _range(asked, other.first, other.last)) for other in shown
         if other.sign == run.sign), reverse=True
    )  # fmt: skip
    for _, expression in ways:
        voice = _innermost(asked, question, expression)
        holder = question.holder
        if question.kind == SPEAKER:
            if voice is None or voice.entity_id != question.holder_id:
                continue  # who speaks elsewhere in the sentence
            holder = voice.speaker
        if question.kind == AUTHOR and voice is not None:
            continue  # somebody else's words
        places = [place for place in (holder, target, expression) if place is not None]
        if any(_overlap(a, b) for a, b in combinations(places, 2)):
            continue
        return Proposal(run.sign, _marks(asked, question, named), voice, holder,
                        question.holder_id or None, target,
                        None if named is None else named.entity_id, expression,
                        asked.scene.number)  # fmt: skip
    return None


def _unknown(asked: Asked) -> list[tuple[int, int, bool]]:
    return asked.scene.parties.unknown


def _innermost(asked: Asked, question: Question, expression: Range) -> Voice | None:
    """The quotation that the expression is in: the shortest, of the speaker asked about if it is
    one who is not in the sentence."""
    around = [v for v in asked.scene.voices if v.start <= expression[0] and expression[1] <= v.end]
    if question.kind == SPEAKER:
        around = [v for v in around if v.entity_id == question.holder_id]
    return min(around, key=_length, default=None)


def _length(voice: Voice) -> int:
    return voice.end - voice.start


def _marks(asked: Asked, question: Question, target: Named | None) -> frozenset[str]:
    marks = {FOUND}
    if question.kind in _HOW:
        marks.add(_HOW[question.kind])
    if target is None:
        marks.add("found-phrase")
    holder = next((n for n in asked.parties if (n.start, n.end) == question.holder), None)
    named = [n for n in (holder, target) if n is not None]
    if any(n.stands for n in named):
        marks.add("found-stands")
    if not all(n.is_sure for n in named):
        marks.add("found-rival")
    return frozenset(marks)


def _target(asked: Asked, run: Run) -> tuple[Range, Named | None]:
    """The range of a target, and the name or stand-in that it is: one that ends it ("mayor Ada
    Lindt"), or nearly all of it."""
    place = _range(asked, run.first, run.last)
    for named in asked.parties:
        shared = min(place[1], named.end) - max(place[0], named.start)
        covered = max(place[1], named.end) - min(place[0], named.start)
        if shared >= (_SAME if named.end >= place[1] else _NEARLY) * covered:
            return (named.start, named.end), named
    return place, None


def _range(asked: Asked, first: int, last: int) -> Range:
    return int(asked.words[first, 0]), int(asked.words[last - 1, 1])


def _overlap(a: Range, b: Range) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def seen(answers: Answers, proposal: Proposal) -> Seen | None:
    """What the finder thinks of a proposal; None where its holder was not asked about."""
    asked = answers.asked
    row = of_holder(asked.questions, proposal.holder_id or AUTHOR_ID)
    if row is None:
        return None
    target = answers.targets[row, within(asked.words, proposal.target)]
    shown = answers.expressions[row, within(asked.words, proposal.expression)]
    if not len(target) or not len(shown):
        return None
    likely = [float(target[:, tags].sum(axis=1).mean()) for tags in _TAGS.values()]
    return Seen(*likely, *(float(shown[:, tag].max()) for tag in _SHOWN.values()))
