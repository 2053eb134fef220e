"""Trains the finder of stances on the shipped encoder's states.

    python -m training.finder training/data

Samples (samples.py) are cut from all texts that are not set apart (DEV); the network reads the
states of the encoder as it ships, in int8, and leaves the encoder as it is. Writes
transforms/resources/stance/finder.npz; run training.calibrate afterwards. With
`--threads 2` and 4,290 articles an epoch takes 80 seconds.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.samples import Sample, article_texts, samples, sentence_texts
from transforms.encoder.model import Encoder
from transforms.stance.learned.finder import FINDER
from transforms.stance.learned.network import EXPRESSION_TAGS, HEADS, TARGET_TAGS
from transforms.stance.learned.questions import (
    AUTHOR,
    NAMED,
    NOWHERE,
    OTHERS_WORDS,
    STAND_IN,
    SUBJECT,
)

WIDTH, LAYERS, DROPOUT = 128, 2, 0.15
RATE, WARM_UP = 1.5e-3, 100
EPOCHS = 6
BATCH_WORDS = 2500
WEIGHT_OF_TARGETS = 1.3  # against the words outside
SHARE_OF_EXPRESSIONS, SHARE_OF_GATE = 0.5, 0.2
EMPTY_AUTHOR = 0.4  # of the questions about the author that have nothing to find
REPEATS = 2  # of what comes from articles


class Batch(NamedTuple):
    """Rows of padded words. `holder`: (rows, words) weights of the holder's words."""

    mask: Tensor
    holder: Tensor
    kind: Tensor
    parties: Tensor
    quoted: Tensor
    distances: Tensor
    targets: Tensor
    expressions: Tensor
    weights: Tensor
    shows: Tensor
    promise: Tensor
    promises: Tensor


class Layer(nn.Module):
    """Self-attention and a feed-forward layer, each after a normalisation."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.mix = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        rows, words, width = x.shape
        qkv = self.qkv(self.norm1(x)).view(rows, words, 3, HEADS, width // HEADS)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        heard = functional.scaled_dot_product_attention(
            query, key, value, mask[:, None, None], DROPOUT if self.training else 0.0
        )
        heard = self.mix(heard.transpose(1, 2).reshape(rows, words, width))
        x = x + functional.dropout(heard, DROPOUT, self.training)
        down = self.down(functional.relu(self.up(self.norm2(x))))
        return x + functional.dropout(down, DROPOUT, self.training)


class Head(nn.Module):
    """The network of transforms/stance/learned/network.py, with the same names."""

    def __init__(self, hidden: int, width: int = WIDTH, layers: int = LAYERS) -> None:
        super().__init__()
        self.word, self.holder = nn.Linear(hidden, width), nn.Linear(hidden, width)
        self.product, self.factor = nn.Linear(hidden, width), nn.Linear(hidden, width)
        self.absent = nn.Parameter(torch.randn(SUBJECT + 1, width) * 0.1)
        self.party = nn.Parameter(torch.randn(STAND_IN + 1, width) * 0.1)
        self.quoted = nn.Parameter(torch.randn(OTHERS_WORDS + 1, width) * 0.1)
        self.distance = nn.Parameter(torch.randn(NOWHERE + 1, width) * 0.1)
        self.input = nn.LayerNorm(width)
        self.layers = nn.ModuleList(Layer(width) for _ in range(layers))
        self.out = nn.LayerNorm(width)
        self.targets = nn.Linear(width, len(TARGET_TAGS))
        self.expressions = nn.Linear(width, len(EXPRESSION_TAGS))
        self.gate = nn.Linear(hidden, 1)

    def forward(self, states: Tensor, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of target tags, expression tags, and of the gate, word by word. `states`: (rows,
        words, hidden)."""
        states = functional.dropout(states, DROPOUT, self.training)
        pooled = torch.einsum("rw,rwh->rh", batch.holder, states)
        named = (batch.kind == NAMED)[:, None]
        absent = self.absent[batch.kind.clamp(min=0)]
        x = self.word(states) + torch.where(named, self.holder(pooled), absent)[:, None]
        product = self.product(states) * self.factor(pooled)[:, None]
        x = x + torch.where(named[:, None], product, 0.0)
        x = x + self.party[batch.parties] + self.quoted[batch.quoted]
        x = self.input(x + self.distance[batch.distances])
        for layer in self.layers:
            x = layer(x, batch.mask)
        x = self.out(x)
        return self.targets(x), self.expressions(x), self.gate(states)[..., 0]


def collate(some: Sequence[Sample]) -> Batch:
    rows, words = len(some), max(len(sample.targets) for sample in some)
    holder, weights = torch.zeros(rows, words), torch.zeros(rows, words)
    mask = torch.zeros(rows, words, dtype=torch.bool)
    numbers = torch.zeros(6, rows, words, dtype=torch.long)
    for row, sample in enumerate(some):
        question, count = sample.question, len(sample.targets)
        mask[row, :count] = True
        weights[row, :count] = torch.from_numpy(sample.weights)
        if question.kind == NAMED:
            first, last = question.words
            holder[row, first:last] = 1 / (last - first)
        values = (question.parties, question.quoted, question.distances, sample.targets,
                  sample.expressions, sample.promise)  # fmt: skip
        for number, value in enumerate(values):
            numbers[number, row, :count] = torch.from_numpy(value)
    kind = torch.tensor([sample.question.kind for sample in some])
    shows = torch.tensor([[float(sample.shows)] for sample in some]) * mask
    promises = torch.tensor([[float(sample.promises)] for sample in some]) * mask
    parties, quoted, distances, targets, expressions, promise = numbers
    return Batch(mask, holder, kind, parties, quoted, distances, targets, expressions, weights,
                 shows, promise, promises)  # fmt: skip


def states_of(some: Sequence[Sample]) -> Tensor:
    """The states that the samples bring along, padded."""
    words = max(len(sample.targets) for sample in some)
    states = torch.zeros(len(some), words, some[0].states.shape[1])
    for row, sample in enumerate(some):
        states[row, : len(sample.targets)] = torch.from_numpy(sample.states.astype(np.float32))
    return states


def batches(some: Sequence[Sample], chance: random.Random) -> Iterator[list[Sample]]:
    """Samples of like length together, in random order."""
    ordered = sorted(some, key=lambda sample: len(sample.targets) + 4 * chance.random())
    groups: list[list[Sample]] = [[]]
    for sample in ordered:
        if (len(groups[-1]) + 1) * len(sample.targets) > BATCH_WORDS and groups[-1]:
            groups.append([])
        groups[-1].append(sample)
    chance.shuffle(groups)
    yield from groups


def loss_of(head: Head, states: Tensor, batch: Batch) -> Tensor:
    """`states`: (rows, words, hidden) of the batch's words."""
    targets, expressions, gate = head(states, batch)
    classes = torch.full((len(TARGET_TAGS),), WEIGHT_OF_TARGETS)
    classes[0] = 1.0
    right = functional.cross_entropy(
        targets.transpose(1, 2), batch.targets, weight=classes, reduction="none"
    )
    shown = functional.cross_entropy(
        expressions.transpose(1, 2), batch.expressions, reduction="none"
    )
    promised = functional.binary_cross_entropy_with_logits(
        gate, batch.promise.float(), reduction="none"
    )
    return (
        _mean(right, batch.weights)
        + SHARE_OF_EXPRESSIONS * _mean(shown, batch.shows)
        + SHARE_OF_GATE * _mean(promised, batch.promises)
    )


def _mean(losses: Tensor, weights: Tensor) -> Tensor:
    return (losses * weights).sum() / weights.sum().clamp(min=1)


def drawn(some: Sequence[Sample], chance: random.Random) -> list[Sample]:
    """An epoch: articles more often, few of the author's questions that have no answer."""
    kept: list[Sample] = []
    for sample in some:
        if sample.question.kind == AUTHOR and sample.is_empty and chance.random() > EMPTY_AUTHOR:
            continue
        kept += [sample] * (REPEATS if sample.whole else 1)
    return kept


def trained(
    some: Sequence[Sample],
    epochs: int = EPOCHS,
    layers: int = LAYERS,
    width: int = WIDTH,
    seed: int = 1,
) -> Head:
    torch.manual_seed(seed)
    chance = random.Random(seed)
    head = Head(some[0].states.shape[1], width, layers)
    optimizer = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=0.02)
    step = 0
    for epoch in range(epochs):
        made = list(batches(drawn(some, chance), chance))
        losses = []
        for number, group in enumerate(made):
            share = 1 - (epoch + number / len(made)) / epochs
            for part in optimizer.param_groups:
                part["lr"] = RATE * share * min(1.0, step / WARM_UP)
            loss = loss_of(head, states_of(group), collate(group))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            optimizer.step()
            losses.append(float(loss.detach()))
            step += 1
        print(f"epoch {epoch + 1} of {epochs}: loss {np.mean(losses):.4f}", flush=True)
    return head.eval()


def save(head: Head, path: Path) -> None:
    arrays = {name: value.numpy().astype(np.float16) for name, value in head.state_dict().items()}
    np.savez_compressed(path, **arrays)


def own_samples(folder: Path) -> list[Sample]:
    """The samples of all texts of training/data that may be trained on."""
    encoder = Encoder()
    sources = (
        sentence_texts(folder / "stance", encoder),
        article_texts(folder / "articles", encoder),
    )
    return [s for texts in sources for text in texts if not text.dev for s in samples(text)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="training/data")
    parser.add_argument("--output", type=Path, default=FINDER)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    some = own_samples(given.data)
    print(f"{len(some)} questions, {sum(not sample.is_empty for sample in some)} with an answer")
    save(trained(some, given.epochs, given.layers, given.width), given.output)


if __name__ == "__main__":
    main()
