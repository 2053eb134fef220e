"""The finder's samples as batches that the encoder itself reads, for training both together."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.finder import Batch, Head, collate, drawn, loss_of
from training.model import Model
from training.samples import Sample
from transforms.encoder.casing import calmed
from transforms.encoder.model import WINDOW

ROWS_A_SENTENCE = 4  # questions about one sentence, unless more have an answer


class RoleBatch(NamedTuple):
    """`ids`, `mask`: (sentences, pieces); `row`: (questions,) the sentence of each; `first`:
    (questions, words) the piece that begins each word."""

    ids: Tensor
    mask: Tensor
    row: Tensor
    first: Tensor
    questions: Batch


def role_batches(
    some: Sequence[Sample], tokenizer: Tokenizer, pieces: int, chance: random.Random
) -> Iterator[RoleBatch]:
    """One epoch after another, without end: batches of about `pieces` pieces."""
    while True:
        by_text: dict[str, list[Sample]] = {}
        for sample in drawn(some, chance):
            by_text.setdefault(sample.text, []).append(sample)
        texts = list(by_text)
        encodings = tokenizer.encode_batch([calmed(text) for text in texts])
        lengths = {t: len(e.ids) for t, e in zip(texts, encodings, strict=True)}
        ids = {t: e.ids for t, e in zip(texts, encodings, strict=True)}
        groups: list[list[str]] = [[]]
        for text in sorted(texts, key=lambda t: (lengths[t], chance.random())):
            if lengths[text] > WINDOW:
                continue
            if (len(groups[-1]) + 1) * lengths[text] > pieces and groups[-1]:
                groups.append([])
            groups[-1].append(text)
        chance.shuffle(groups)
        for group in groups:
            chosen = [(ids[text], _some(by_text[text], chance)) for text in group]
            if any(int(s.pieces[-1]) >= len(values) - 1 for values, some_ in chosen for s in some_):
                raise ValueError(
                    "the tokenizer is not that of the shipped encoder: export it first"
                )
            yield _batch(chosen)


def _some(samples: list[Sample], chance: random.Random) -> list[Sample]:
    """The questions that have an answer, and as many others as fit."""
    distinct = list({id(sample): sample for sample in samples}.values())
    full = [sample for sample in distinct if not sample.is_empty]
    empty = [sample for sample in distinct if sample.is_empty]
    chance.shuffle(empty)
    return full + empty[: max(1, ROWS_A_SENTENCE - len(full))]


def _batch(chosen: Sequence[tuple[list[int], list[Sample]]]) -> RoleBatch:
    if any(s.pieces[-1] >= len(ids) - 1 for ids, samples in chosen for s in samples):
        raise ValueError("this tokenizer is not that of the shipped encoder: export it first")
    length = max(len(ids) for ids, _ in chosen)
    ids = torch.ones(len(chosen), length, dtype=torch.long)  # 1 is <pad>
    for row, (values, _) in enumerate(chosen):
        ids[row, : len(values)] = torch.tensor(values)
    mask = torch.zeros(ids.shape, dtype=torch.bool)
    for row, (values, _) in enumerate(chosen):
        mask[row, : len(values)] = True
    rows = [(row, sample) for row, (_, samples) in enumerate(chosen) for sample in samples]
    questions = collate([sample for _, sample in rows])
    first = torch.zeros(questions.mask.shape, dtype=torch.long)
    for number, (_, sample) in enumerate(rows):
        first[number, : len(sample.pieces)] = torch.from_numpy(sample.pieces)
    return RoleBatch(ids, mask, torch.tensor([row for row, _ in rows]), first, questions)


def role_loss(model: Model, head: Head, batch: RoleBatch) -> Tensor:
    states = model.encoder(batch.ids, batch.mask)
    index = batch.first[..., None].expand(-1, -1, states.shape[-1])
    words = torch.gather(states[batch.row], 1, index)
    return loss_of(head, words.float(), batch.questions)
