"""Which channels of the encoder's layers are far larger than the others, and what int8 does then.

One scale serves a whole tensor of activations in int8, and a channel at 70 where nearly all are
under 2 leaves them a few steps each. So the export keeps such channels of the feed-forward layers
in float (LLM.int8(): Dettmers et al. 2022), and divides what the layers read by a number for each
channel, by which the weights are multiplied (SmoothQuant: Xiao et al. 2023).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional

from training.annotated import read
from training.model import Model
from transforms.encoder.casing import calmed
from transforms.encoder.model import Encoder

IN_FLOAT = 4  # channels of each feed-forward layer: the first matters, a multiple is faster
STRENGTH = 0.7  # of the smoothing: 0 leaves all to the weights, 1 to the activations
EVERY = 10  # of our own sentences, one in so many is measured
_BATCH = 32


class Largest(NamedTuple):
    """The largest absolute value of each channel in one layer: `read` (hidden,) by the
    feed-forward layer, `active` (feed_forward,) inside of it."""

    read: Any
    active: Any


def own_texts(folder: Path) -> list[str]:
    """Some of our own sentences with names, of all languages."""
    files = sorted((folder / "ner").glob("*.txt"))
    return [s.text for path in files for s in list(read(path))[::EVERY]]


def measure(model: Model, tokenizer: Tokenizer, texts: Sequence[str]) -> list[Largest]:
    """What the layers of an encoder reach on some texts."""
    layers = model.encoder.layers
    found = [Largest(np.zeros(1), np.zeros(1)) for _ in layers]
    mask = torch.zeros(0)

    def keep(number: int, values: Any) -> None:
        up = layers[number].up
        active = functional.gelu(up(values))
        found[number] = Largest(*(
            np.maximum(old, new[mask].abs().amax(0).numpy())
            for old, new in zip(found[number], (values, active), strict=True)
        ))  # fmt: skip

    hooks = [
        layer.norm1.register_forward_hook(lambda _, __, made, number=number: keep(number, made))
        for number, layer in enumerate(layers)
    ]
    model.eval()
    tokenizer.enable_padding(pad_id=1)
    with torch.no_grad():
        for at in range(0, len(texts), _BATCH):
            encodings = tokenizer.encode_batch(list(texts[at : at + _BATCH]))
            ids = torch.tensor([encoding.ids for encoding in encodings])
            mask = torch.tensor([encoding.attention_mask for encoding in encodings]).bool()
            model.encoder(ids, mask)
    for hook in hooks:
        hook.remove()
    return found


def in_float(largest: Largest) -> tuple[Any, Any]:
    """The channels of a feed-forward layer that stay in float, and the others, both in order."""
    order = np.argsort(-largest.active, kind="stable")
    return np.sort(order[:IN_FLOAT]), np.sort(order[IN_FLOAT:])


def smoothing(largest: Any, weights: Any) -> Any:
    """(inputs,) float32: by what to divide each input of a matrix (inputs, outputs), and to
    multiply its weights."""
    reach = np.maximum(largest, 1e-3) ** STRENGTH
    shares = reach / np.maximum(np.abs(weights).max(axis=1), 1e-3) ** (1 - STRENGTH)
    return (shares / np.exp(np.log(shares).mean())).astype(np.float32)


def error(model: Model, tokenizer: Tokenizer, exported: Encoder, texts: Sequence[str]) -> float:
    """The difference between exported and float states, relative to these: root mean square."""
    wrong = whole = 0.0
    model.eval()
    tokenizer.no_padding()
    for text, found in zip(texts, exported.encode(texts), strict=True):
        ids = torch.tensor([tokenizer.encode(calmed(text)).ids])
        with torch.no_grad():
            states = model.encoder(ids, torch.ones_like(ids).bool())[0, : len(found.states)].numpy()
        wrong += float(((found.states - states) ** 2).sum())
        whole += float((states**2).sum())
    return (wrong / whole) ** 0.5
