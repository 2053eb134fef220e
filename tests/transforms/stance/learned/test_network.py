"""The network in numpy: shapes, probabilities, and what it may not depend on."""

import numpy as np
import pytest

from tests.transforms.stance.learned.asking import HIDDEN, WIDTH, all_asked, arrays
from transforms.stance.learned.network import EXPRESSION_TAGS, TARGET_TAGS, Network


def test_every_word_has_probabilities_in_every_question() -> None:
    (sentence,) = all_asked("[PER:a Ada Lindt] criticised [ORG:b Nordfer] on Monday.")
    targets, expressions = Network(arrays())(sentence.states, sentence.questions)
    assert targets.shape == (3, 7, len(TARGET_TAGS))
    assert expressions.shape == (3, 7, len(EXPRESSION_TAGS))
    assert targets.dtype == expressions.dtype == np.float32
    assert np.allclose(targets.sum(axis=-1), 1)
    assert np.allclose(expressions.sum(axis=-1), 1)


def test_one_question_does_not_hear_another() -> None:
    (sentence,) = all_asked("[PER:a Ada Lindt] criticised [ORG:b Nordfer] on Monday.")
    network = Network(arrays())
    together, _ = network(sentence.states, sentence.questions)
    for row, question in enumerate(sentence.questions):
        alone, _ = network(sentence.states, [question])
        assert np.allclose(alone[0], together[row], atol=1e-5)


def test_few_questions_at_a_time_are_answered_like_many(monkeypatch: pytest.MonkeyPatch) -> None:
    (sentence,) = all_asked("[PER:a Ada Lindt] criticised [ORG:b Nordfer] on Monday.")
    network = Network(arrays())
    together = network(sentence.states, sentence.questions)
    monkeypatch.setattr("transforms.stance.learned.network.MOST_WEIGHTS", 1)
    for one, other in zip(network(sentence.states, sentence.questions), together, strict=True):
        assert np.allclose(one, other, atol=1e-5)


def test_the_holder_matters() -> None:
    (sentence,) = all_asked("[PER:a Ada Lindt] criticised [ORG:b Nordfer] on Monday.")
    targets, _ = Network(arrays())(sentence.states, sentence.questions)
    assert not np.allclose(targets[0], targets[1])


def test_the_gate_is_a_probability() -> None:
    (sentence,) = all_asked("[PER:a Ada Lindt] criticised [ORG:b Nordfer] on Monday.")
    network = Network(arrays())
    assert 0 < network.promise(sentence.states) < 1
    assert network.promise(sentence.states[:0]) == 0.0


def test_torch_reads_as_numpy_does() -> None:
    torch = pytest.importorskip("torch", reason="the training requirements are not installed")
    from training.finder import Head, collate
    from training.samples import Sample

    (sentence,) = all_asked("[PER:a Ada Lindt] criticised [ORG:b Nordfer] on Monday.")
    weights = arrays()
    head = Head(HIDDEN, WIDTH, 2).eval()
    head.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    none = np.zeros(len(sentence.words), np.int64)
    rows = [
        Sample("", none, sentence.states, question, none, none, none + 1.0, True, none, True, True)
        for question in sentence.questions
    ]
    states = torch.from_numpy(np.stack([row.states for row in rows]))
    targets, expressions, gate = head(states, collate(rows))
    expected, shown = Network(weights)(sentence.states, sentence.questions)
    assert np.allclose(torch.softmax(targets, -1).detach().numpy(), expected, atol=1e-4)
    assert np.allclose(torch.softmax(expressions, -1).detach().numpy(), shown, atol=1e-4)
    promise = float(torch.sigmoid(gate[0].max()).detach())
    assert promise == pytest.approx(Network(weights).promise(sentence.states), abs=1e-5)
