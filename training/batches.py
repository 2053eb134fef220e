"""Examples to tensors: pieces, one tag a word, and the pools of the pair head."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from training.augment import augment
from training.data import Example, Question
from training.model import TAGS
from transforms.encoder.pieces import word_starts

IGNORED = -100
TAG_IDS = {tag: index for index, tag in enumerate(TAGS)}


@dataclass
class Batch:
    """`tags` is IGNORED except on the first piece of each word. `pools`, `rows`, `spanless` as
    in PairHead; `polarities` 0 against, 1 neutral, 2 favor."""

    ids: Tensor
    mask: Tensor
    tags: Tensor
    pools: Tensor
    rows: Tensor
    spanless: Tensor
    polarities: Tensor


def tag_pieces(text: str, encoding: Encoding, spans: tuple[tuple[int, int, str], ...]) -> list[int]:
    """A tag for the first piece of each word: that of the span that holds most of the piece."""
    starts = word_starts(text, encoding.offsets)
    tags, previous = [], None
    for (start, end), begins in zip(encoding.offsets, starts, strict=True):
        while start < end and text[start].isspace():
            start += 1
        if not begins or start >= end:
            tags.append(IGNORED)
            continue
        span = next(
            (s for s in spans if 2 * (min(end, s[1]) - max(start, s[0])) > end - start), None
        )
        if span is None:
            tags.append(0)
        else:
            tags.append(TAG_IDS[f"{'I' if span is previous else 'B'}-{span[2]}"])
        previous = span
    return tags


def pool(offsets: list[tuple[int, int]], span: tuple[int, int]) -> list[float]:
    """Equal weights for the pieces that overlap the span; they add up to 1, or are all 0."""
    inside = [start < span[1] and end > span[0] and end > start for start, end in offsets]
    count = sum(inside)
    return [1.0 / count if is_in else 0.0 for is_in in inside] if count else [0.0] * len(inside)


def pools(offsets: list[tuple[int, int]], length: int, question: Question) -> list[list[float]]:
    """The four rows of PairHead: holder, target, sentence, between."""
    target = question.target
    holder = None if isinstance(question.holder, int) else question.holder
    first, second = sorted((holder or target, target))
    rows = [
        pool(offsets, holder) if holder else [0.0] * len(offsets),
        pool(offsets, target),
        pool(offsets, (0, length)),
        pool(offsets, (first[1], second[0])),
    ]
    return rows


def batches(
    examples: list[Example], tokenizer: Tokenizer, pieces: int, chance: random.Random
) -> Iterator[Batch]:
    """Batches of about `pieces` pieces, padding included; texts of like length together."""
    texts = [augment(example.text, chance) for example in examples]
    encodings = tokenizer.encode_batch(texts)
    order = sorted(range(len(texts)), key=lambda i: (len(encodings[i].ids), chance.random()))
    groups: list[list[int]] = [[]]
    for index in order:
        if (len(groups[-1]) + 1) * len(encodings[index].ids) > pieces and groups[-1]:
            groups.append([])
        groups[-1].append(index)
    chance.shuffle(groups)
    for group in groups:
        chosen = [(examples[i], texts[i], encodings[i]) for i in group]
        yield batch(chosen)


def batch(chosen: list[tuple[Example, str, Encoding]]) -> Batch:
    """Tensors of some examples, padded to the longest."""
    length = max(len(encoding.ids) for _, _, encoding in chosen)
    ids = torch.ones(len(chosen), length, dtype=torch.long)  # 1 is <pad>
    mask = torch.zeros(len(chosen), length, dtype=torch.bool)
    tags = torch.full((len(chosen), length), IGNORED)
    all_pools, rows, spanless, polarities = [], [], [], []
    for row, (example, text, encoding) in enumerate(chosen):
        count = len(encoding.ids)
        ids[row, :count] = torch.tensor(encoding.ids)
        mask[row, :count] = True
        if example.spans is not None:
            tags[row, :count] = torch.tensor(tag_pieces(text, encoding, example.spans))
        for question in example.questions:
            made = pools(encoding.offsets, len(text), question)
            all_pools.append([weights + [0.0] * (length - count) for weights in made])
            rows.append(row)
            spanless.append(question.holder if isinstance(question.holder, int) else -1)
            polarities.append(question.polarity + 1)
    return Batch(
        ids,
        mask,
        tags,
        torch.tensor(all_pools).view(-1, 4, length),
        torch.tensor(rows, dtype=torch.long),
        torch.tensor(spanless, dtype=torch.long),
        torch.tensor(polarities, dtype=torch.long),
    )
