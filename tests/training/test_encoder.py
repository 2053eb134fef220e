"""The 4-bit format, and which pieces of a vocabulary stay."""

import struct
from pathlib import Path

import numpy as np
import pytest

from training.encoder import dequantize, unpack
from training.vocabulary import kept_pieces, pruned
from transforms.encoder.model import expanded


def packed_row(values: list[int], scale: float) -> bytes:
    """One Q4_0 block of 32 weights in [-8, 7] * scale."""
    nibbles = [value + 8 for value in values]
    return np.float16(scale).tobytes() + bytes(nibbles[i] | nibbles[i + 16] << 4 for i in range(16))


def test_blocks_become_weights_in_training_and_at_run_time() -> None:
    rows = [[(i * k) % 16 - 8 for i in range(32)] for k in (1, 3)]
    table = np.frombuffer(b"".join(packed_row(row, 0.5) for row in rows), np.uint8).reshape(2, 18)
    expected = np.array(rows, np.float32) * 0.5
    assert (dequantize(table, 32) == expected).all()
    assert (expanded(table, np.array([[1, 0]])) == expected[[1, 0]]).all()


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"GGUF" + struct.pack("<20i", *range(20)))
    with pytest.raises(ValueError, match="E5S1"):
        unpack(path)


def test_pieces_stay_by_script() -> None:
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁the", "▁мир", "αλ", ",", "2026", "ᄀ", "ক", "কি"]
    vocabulary = [[piece, -1.0] for piece in pieces]
    kept = kept_pieces(vocabulary)
    assert [pieces[i] for i in kept] == pieces[:-1]  # single characters of any script stay


def test_frequent_pieces_of_other_scripts_stay_in_order() -> None:
    vocabulary = [["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0]]
    vocabulary += [[f"กข{chr(0x0E01 + i % 40)}{chr(0x0E01 + i // 40)}", -1.0] for i in range(1200)]
    assert kept_pieces(vocabulary) == list(range(4 + 800))


def test_the_tokenizer_is_renumbered() -> None:
    tokenizer = {
        "added_tokens": [{"id": 0, "content": "<s>"}, {"id": 3, "content": "<mask>"}],
        "model": {"type": "Unigram", "vocab": [["<s>", 0.0], ["a", -1.23456], ["b", -2.0]]},
    }
    made = pruned(tokenizer, [0, 2])
    assert made["model"]["vocab"] == [["<s>", 0.0], ["b", -2.0]]
    assert made["added_tokens"] == [{"id": 0, "content": "<s>"}]
