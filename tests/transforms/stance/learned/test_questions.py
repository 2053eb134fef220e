"""Who is asked about, and what a question shows of the sentence."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.stance.learned.asking import all_asked
from transforms.stance.learned.questions import (
    AUTHOR,
    AUTHOR_ID,
    FARTHEST,
    HOLDER,
    NAMED,
    NO_PARTY,
    NOWHERE,
    ORGANISATION,
    OTHERS_WORDS,
    OUTSIDE,
    OWN_WORDS,
    PERSON,
    SPEAKER,
    of_holder,
)


def test_every_party_and_the_author_are_asked_about() -> None:
    (sentence,) = all_asked("[PER:a Ada Lindt] criticised [ORG:b Nordfer] on Monday.")
    kinds = [(question.holder_id, question.kind) for question in sentence.questions]
    assert kinds == [("a", NAMED), ("b", NAMED), (AUTHOR_ID, AUTHOR)]
    ada, nordfer, author = sentence.questions
    assert (ada.holder, ada.words) == ((0, 9), (0, 2))
    assert ada.parties.tolist() == [HOLDER, HOLDER, 0, ORGANISATION, 0, 0, 0]
    assert nordfer.parties.tolist() == [PERSON, PERSON, 0, HOLDER, 0, 0, 0]
    assert author.parties.tolist() == [PERSON, PERSON, 0, ORGANISATION, 0, 0, 0]
    assert author.holder is None
    assert of_holder(sentence.questions, "b") == 1
    assert of_holder(sentence.questions, "c") is None


def test_distance_is_counted_in_words_from_the_holder() -> None:
    (sentence,) = all_asked("Then [PER:a Ada Lindt] left [LOC Oslo].")
    distances = sentence.questions[0].distances - FARTHEST
    assert distances.tolist() == [-1, 0, 0, 1, 2, 3]
    assert set(sentence.questions[-1].distances) == {NOWHERE}


def test_far_words_are_as_far_as_can_be() -> None:
    (sentence,) = all_asked("[PER:a Ada] " + "very " * 40 + "late.")
    assert sentence.questions[0].distances.max() == 2 * FARTHEST


def test_own_words_are_told_from_those_of_others() -> None:
    (sentence,) = all_asked('"[ORG:b Nordfer] is a disgrace," said [PER:a Ada Lindt].')
    by_id = {question.holder_id: question for question in sentence.questions}
    inside = by_id["a"].quoted != OUTSIDE
    assert set(by_id["a"].quoted[inside]) == {OWN_WORDS}
    assert set(by_id["b"].quoted[inside]) == {OTHERS_WORDS}
    words = sentence.words[inside]
    assert (words[0, 0], words[-1, 1]) == (1, 23)


def test_who_speaks_from_another_sentence_is_asked_about() -> None:
    line = '"The plan is fine," said [PER:a Ada Lindt]. "[ORG:b Nordfer] deserves better."'
    second = all_asked(line)[-1]
    speaker = next(question for question in second.questions if question.holder_id == "a")
    assert (speaker.kind, speaker.words, speaker.holder) == (SPEAKER, (0, 0), (25, 34))
    assert set(speaker.distances) == {NOWHERE}


@given(st.lists(st.sampled_from(["[PER:a Ada]", "[ORG:b Nordfer]", "praised", ".", "he", "«x»"])))
def test_a_question_fits_its_sentence(words: list[str]) -> None:
    seen: set[str] = set()
    parts = []
    for word in words:  # an entity is named once in a line
        parts.append(word if word not in seen or not word.startswith("[") else "it")
        seen.add(word)
    for sentence in all_asked(" ".join(parts)):
        count = len(sentence.words)
        assert len(sentence.states) == len(sentence.pieces) == count
        assert (np.diff(sentence.words, axis=1) > 0).all()
        for question in sentence.questions:
            assert len(question.parties) == len(question.quoted) == len(question.distances) == count
            assert question.parties.min(initial=NO_PARTY) >= NO_PARTY
            assert (question.kind == NAMED) == (question.words[1] > question.words[0])
