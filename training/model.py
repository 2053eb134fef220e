"""The network: e5's first layers, a tag head on each word's first piece, a pair head on spans."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder import dequantize

TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
POLARITIES = ("against", "neutral", "favor")


class Layer(nn.Module):
    """One post-norm Transformer layer (Devlin et al. 2019), query, key and value in one matrix."""

    def __init__(self, hidden: int, heads: int, feed_forward: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.out = nn.Linear(hidden, hidden)
        self.norm1 = nn.LayerNorm(hidden, epsilon)
        self.up = nn.Linear(hidden, feed_forward)
        self.down = nn.Linear(feed_forward, hidden)
        self.norm2 = nn.LayerNorm(hidden, epsilon)

    def forward(self, states: Tensor, bias: Tensor, dropout: float) -> Tensor:
        batch, length, hidden = states.shape
        qkv = self.qkv(states).view(batch, length, 3, self.heads, hidden // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-1, -2) / math.sqrt(hidden // self.heads) + bias
        mixed = functional.softmax(scores, dim=-1) @ value
        attended = self.out(mixed.transpose(1, 2).reshape(batch, length, hidden))
        states = self.norm1(states + functional.dropout(attended, dropout, self.training))
        fed = self.down(functional.gelu(self.up(states)))
        return self.norm2(states + functional.dropout(fed, dropout, self.training))


class Encoder(nn.Module):
    """Token ids, or rows of the word table, to hidden states. The word table is frozen, so that
    its 4-bit form stays exact."""

    def __init__(
        self, hidden: int, layers: int, heads: int, feed_forward: int, positions: int, eps: float
    ) -> None:
        super().__init__()
        self.position = nn.Parameter(torch.zeros(positions, hidden))
        self.norm = nn.LayerNorm(hidden, eps)
        self.layers = nn.ModuleList(Layer(hidden, heads, feed_forward, eps) for _ in range(layers))
        self.dropout = 0.0
        self.words: Tensor | None = None

    @classmethod
    def of(cls, arrays: dict[str, Any], layers: int, heads: int, epsilon: float) -> "Encoder":
        """The encoder with the first `layers` layers of dequantised arrays (encoder.py)."""
        width = arrays["l0.q.b"].shape[0]
        positions = arrays["emb.pos"].reshape(-1, width)
        encoder = cls(width, layers, heads, arrays["l0.fi.b"].shape[0], len(positions), epsilon)
        encoder.words = torch.from_numpy(dequantize(arrays["emb.word"], width))
        with torch.no_grad():
            # the one token type is part of every position
            encoder.position.copy_(torch.from_numpy(positions + arrays["emb.type"][:width]))
            _set(encoder.norm, arrays["emb.ln.w"], arrays["emb.ln.b"])
            for number, layer in enumerate(encoder.layers):
                part = {
                    key[len(f"l{number}.") :]: value
                    for key, value in arrays.items()
                    if key.startswith(f"l{number}.")
                }
                qkv = [np.concatenate([part[f"{name}.{kind}"] for name in "qkv"]) for kind in "wb"]
                _set(layer.qkv, *qkv)
                _set(layer.out, part["ao.w"], part["ao.b"])
                _set(layer.norm1, part["aln.w"], part["aln.b"])
                _set(layer.up, part["fi.w"], part["fi.b"])
                _set(layer.down, part["fo.w"], part["fo.b"])
                _set(layer.norm2, part["oln.w"], part["oln.b"])
        return encoder

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        if self.words is None:
            raise RuntimeError("the encoder has no word table: make it with Encoder.of")
        return self.encode(functional.embedding(ids, self.words), mask)

    def encode(self, words: Tensor, mask: Tensor) -> Tensor:
        """`words`: (batch, length, hidden) rows of the table; `mask`: True where there is text."""
        states = self.norm(words + self.position[: words.shape[1]])
        states = functional.dropout(states, self.dropout, self.training)
        bias = (~mask)[:, None, None, :] * torch.tensor(-10000.0, dtype=states.dtype)
        for layer in self.layers:
            states = layer(states, bias, self.dropout)
        return states


def _set(module: nn.Module, weight: Any, bias: Any) -> None:
    module.weight.copy_(torch.from_numpy(weight))  # type: ignore[operator, union-attr]
    module.bias.copy_(torch.from_numpy(bias))  # type: ignore[operator, union-attr]


class PairHead(nn.Module):
    """(holder, target) -> against, neutral, favor, from span means of the hidden states.

    Input of the hidden layer: holder; target; their product; the first token; the sentence mean;
    the mean between the two spans. A holder without a span has a learned vector.
    """

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.spanless = nn.Parameter(torch.randn(2, hidden) * 0.02)
        self.hidden = nn.Linear(6 * hidden, hidden)
        self.scores = nn.Linear(hidden, len(POLARITIES))

    def forward(self, states: Tensor, pools: Tensor, rows: Tensor, spanless: Tensor) -> Tensor:
        """`pools`: (pairs, 4, length) weights of holder, target, sentence, between; `rows`: the
        row of each pair in `states`; `spanless`: AUTHOR or ANYONE, or -1 for a holder span."""
        states = states[rows]
        pooled = torch.bmm(pools.to(states.dtype), states)
        holder = torch.where(
            (spanless >= 0)[:, None],
            self.spanless[spanless.clamp(min=0)].to(states.dtype),
            pooled[:, 0],
        )
        target = pooled[:, 1]
        features = torch.cat(
            [holder, target, holder * target, states[:, 0], pooled[:, 2], pooled[:, 3]], dim=-1
        )
        features = functional.dropout(features, 0.1, self.training)
        return self.scores(torch.tanh(self.hidden(features)))


class Model(nn.Module):
    """Encoder with both heads."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        hidden = encoder.position.shape[1]
        self.encoder = encoder
        self.tags = nn.Linear(hidden, len(TAGS))
        self.pairs = PairHead(hidden)


def fresh_model(work: Path, layers: int) -> Model:
    """The model before fine-tuning, with the pruned word table."""
    arrays = dict(np.load(work / "encoder.npz"))
    arrays["emb.word"] = np.load(work / "vocab" / "words.npy")
    encoder = Encoder.of(arrays, layers, int(arrays["heads"]), float(arrays["epsilon"]))
    encoder.dropout = 0.1
    return Model(encoder)
