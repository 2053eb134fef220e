"""What the finder is asked of a sentence: one question for each party that may hold a stance.

The same code makes the questions that it is trained on (training/finder.py).
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from transforms.elements import SentenceStates
from transforms.encoder.model import words_of
from transforms.stance.names import Named, Range
from transforms.stance.proposals import Scene

AUTHOR_ID = ""
NAMED, AUTHOR, SPEAKER, SUBJECT = -1, 0, 1, 2
"""How a holder is in the sentence: by a name or a word that stands for it; as the text's own voice;
as who speaks; as the subject that is left out."""

NO_PARTY, HOLDER, PERSON, ORGANISATION, PLACE, STAND_IN = range(6)
"""What a word belongs to, as the question sees it."""

OUTSIDE, OWN_WORDS, OTHERS_WORDS = range(3)
"""Whether a word is quoted, and from whom."""

MOST_QUESTIONS = 16  # about one sentence: lists of names say little, and cost
FARTHEST = 17  # words between a word and the holder that are told apart
NOWHERE = 2 * FARTHEST + 1
_LABELS = {"PER": PERSON, "ORG": ORGANISATION, "LOC": PLACE}


class Question(NamedTuple):
    """`holder`: a range of the body, mostly outside of the sentence for SPEAKER and SUBJECT, None
    for the author; `words`: the half-open range of the sentence's words that name it, or (0, 0);
    `parties`, `quoted`: (words,) int64, as the constants of this module say."""

    holder_id: str
    kind: int
    holder: Range | None
    words: Range
    parties: Any
    quoted: Any

    @property
    def distances(self) -> Any:
        """(words,) int64: words from the holder, 0 to NOWHERE - 1 from left to right."""
        places = np.arange(len(self.parties))
        if self.kind != NAMED:
            return np.full(len(places), NOWHERE)
        first, last = self.words
        away = np.minimum(places - first, 0) + np.maximum(places - last + 1, 0)
        return np.clip(away, -FARTHEST, FARTHEST) + FARTHEST


class Asked(NamedTuple):
    """A sentence with its questions. `words`: (words, 2) ranges of the body; `pieces`: (words,)
    the first piece of each, <s> counted; `states`: (words, hidden), the states of these pieces;
    `parties`: names and what stands for them."""

    scene: Scene
    words: Any
    pieces: Any
    states: Any
    parties: list[Named]
    questions: list[Question]


def asked(body: str, scene: Scene, states: SentenceStates) -> Asked:
    """The questions about one sentence."""
    start, end = scene.place
    pieces = [(int(a) - start, int(b) - start) for a, b in states.offsets[1:]]
    words = words_of(body[start:end], pieces)
    places = np.array([(w.start + start, w.end + start) for w in words], np.int64).reshape(-1, 2)
    first = np.array([word.piece + 1 for word in words], np.int64)
    found = Asked(scene, places, first, states.states[first], _parties(scene), [])
    if len(words):
        found.questions.extend(_questions(found))
    return found


def _parties(scene: Scene) -> list[Named]:
    """Names and their stand-ins, pronouns before verbs among them."""
    named = list(scene.parties.named)
    for clitic in scene.parties.clitics:
        free = all(clitic.end <= n.start or n.end <= clitic.start for n in named)
        if clitic.entity_id and free:
            named.append(clitic)
    return sorted(named, key=_place)


def _place(named: Named) -> Range:
    return named.start, named.end


def _questions(sentence: Asked) -> Iterator[Question]:
    """In the order of the text, MOST_QUESTIONS at most; the author is always asked about."""
    yield from islice(_of_parties(sentence), MOST_QUESTIONS - 1)
    yield _question(sentence, AUTHOR_ID, AUTHOR, None)


def _of_parties(sentence: Asked) -> Iterator[Question]:
    scene = sentence.scene
    known: set[str] = set()
    for named in sentence.parties:
        if named.entity_id in known:
            continue
        inside = within(sentence.words, _place(named))
        if len(inside):
            known.add(named.entity_id)
            words = int(inside[0]), int(inside[-1]) + 1
            yield _question(sentence, named.entity_id, NAMED, _place(named), words)
    for voice in scene.voices:
        if voice.entity_id not in known:
            known.add(voice.entity_id)
            yield _question(sentence, voice.entity_id, SPEAKER, voice.speaker)
    if any(voice.start <= scene.place[0] for voice in scene.voices):
        return  # in words that are quoted, no subject of the text's is left out
    for heir in scene.heirs.values():
        if heir.entity_id not in known:
            known.add(heir.entity_id)
            yield _question(sentence, heir.entity_id, SUBJECT, _place(heir))


def _question(
    sentence: Asked, holder_id: str, kind: int, holder: Range | None, words: Range = (0, 0)
) -> Question:
    parties = np.zeros(len(sentence.words), np.int64)
    for named in sentence.parties:
        other = STAND_IN if named.stands else _LABELS.get(named.label, PERSON)
        own = bool(holder_id) and named.entity_id == holder_id
        parties[within(sentence.words, _place(named))] = HOLDER if own else other
    quoted = np.zeros(len(sentence.words), np.int64)
    for voice in sentence.scene.voices:
        own = bool(holder_id) and voice.entity_id == holder_id
        words_of_it = within(sentence.words, (voice.start, voice.end))
        quoted[words_of_it] = OWN_WORDS if own else OTHERS_WORDS
    return Question(holder_id, kind, holder, words, parties, quoted)


def within(words: Any, place: Range) -> Any:
    """Indices of the words, which are in order, that overlap a range of the body."""
    first = np.searchsorted(words[:, 1], place[0], side="right")
    return np.arange(first, max(first, np.searchsorted(words[:, 0], place[1], side="left")))


def of_holder(questions: Sequence[Question], holder_id: str) -> int | None:
    """The place of the question about an entity."""
    ids = [question.holder_id for question in questions]
    return ids.index(holder_id) if holder_id in ids else None
