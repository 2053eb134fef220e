"""The best sequence that BIO allows: compared with trying all of them."""

from itertools import product
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.encoder.viterbi import best_tags, chunks, transitions

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
ALLOWED = transitions(TAGS)

FLOATS = st.floats(-20, 20, width=32)


def tables(words: int) -> st.SearchStrategy[Any]:
    row = st.lists(FLOATS, min_size=len(TAGS), max_size=len(TAGS))
    return st.lists(row, max_size=words).map(lambda rows: np.array(rows).reshape(-1, len(TAGS)))


def legal(path: list[str]) -> bool:
    """Whether every I-X follows B-X or I-X."""
    before = "O"
    for tag in path:
        if tag[0] == "I" and before not in (f"B{tag[1:]}", tag):
            return False
        before = tag
    return True


LEGAL = {
    count: [
        path for path in product(range(len(TAGS)), repeat=count) if legal([TAGS[i] for i in path])
    ]
    for count in range(5)
}


@given(tables(4))
def test_the_best_path_is_that_of_brute_force(scores: Any) -> None:
    path = best_tags(scores, *ALLOWED)
    assert tuple(path) in LEGAL[len(scores)]
    totals = [sum(scores[i, tag] for i, tag in enumerate(tags)) for tags in LEGAL[len(scores)]]
    assert np.isclose(sum(scores[np.arange(len(scores)), path]), max(totals), atol=1e-4)


@given(tables(40))
def test_no_path_is_illegal(scores: Any) -> None:
    assert legal([TAGS[i] for i in best_tags(scores, *ALLOWED)])


@settings(deadline=None)
@given(tables(20))
def test_chunks_are_the_names_of_the_best_path(scores: Any) -> None:
    found = chunks(scores, TAGS, ALLOWED)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True)) if len(scores) else scores
    logs = np.log(shares / shares.sum(axis=1, keepdims=True)) if len(scores) else scores
    tags = ["O"] * len(scores)
    for chunk in found:
        assert 0.0 < chunk.score <= 1.0 + 1e-6
        for word in range(chunk.first, chunk.last + 1):
            assert tags[word] == "O"
            tags[word] = f"{'B' if word == chunk.first else 'I'}-{chunk.label}"
    best = best_tags(logs, *ALLOWED)
    total = sum(logs[i, TAGS.index(tag)] for i, tag in enumerate(tags))
    assert np.isclose(total, sum(logs[np.arange(len(logs)), best]), atol=1e-4)


def test_names_that_touch() -> None:
    order = ["B-PER", "I-PER", "B-PER", "B-LOC", "I-LOC", "O"]
    scores = np.array([[9.0 * (tag == best) for tag in TAGS] for best in order])
    found = [(first, last, label) for first, last, label, _ in chunks(scores, TAGS, ALLOWED)]
    assert found == [(0, 1, "PER"), (2, 2, "PER"), (3, 4, "LOC")]


def test_a_name_that_begins_with_i_begins_with_b() -> None:
    scores = np.array([[0.0, 1, 5, 0, 0], [0.0, 0, 5, 0, 0]])
    assert [chunk[:3] for chunk in chunks(scores, TAGS, ALLOWED)] == [(0, 1, "PER")]


def test_no_words() -> None:
    assert chunks(np.zeros((0, len(TAGS))), TAGS, ALLOWED) == []
    assert len(best_tags(np.zeros((0, len(TAGS))), *ALLOWED)) == 0
