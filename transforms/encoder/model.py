"""The shipped encoder at run time: onnxruntime, tokenizers and numpy.

Files (training/export.py writes them): encoder.onnx in int8, the word table in 4 bit, which is
expanded row by row as pieces occur, the tokenizer, and the pair head of the stance stage.
"""

import json
import lzma
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from transforms.encoder.casing import calmed
from transforms.encoder.pieces import whole_words, word_starts
from transforms.encoder.viterbi import chunks, transitions

EMBEDDED = Path(__file__).parent.parent / "resources" / "encoder"
BATCH_PIECES = 512  # in one call, padding included: larger batches were measured to be slower
SPREAD = 1.3  # lengths in one call
WINDOW = 254  # pieces of text in one call, without <s> and </s>
OVERLAP = 64  # pieces that two windows of a long sentence share


class Word(NamedTuple):
    """A word as a half-open range of its sentence, and the piece that begins it."""

    start: int
    end: int
    piece: int


@dataclass(frozen=True)
class EncodedSentence:
    """`offsets` (pieces, 2) and `states` (pieces, hidden) as in SentenceStates, relative to the
    sentence; `chunks` are spans (start, end, label, score) of the sentence."""

    offsets: Any
    states: Any
    names: tuple[tuple[int, int, str, float], ...]


class Encoder:
    """The model, loaded. Not for use by several threads at once.

    Raises FileNotFoundError when `folder` lacks a file of the model.
    """

    def __init__(self, folder: Path = EMBEDDED, threads: int = 1) -> None:
        self.meta: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        packed = lzma.decompress((folder / "tokenizer.json.xz").read_bytes())
        self._tokenizer: Any = Tokenizer.from_str(packed.decode("utf-8"))
        self._words = np.load(folder / "words.npy", mmap_mode="r")
        self.heads = load_heads(folder)
        self._positions = self.heads.pop("positions")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        # the graph is as it should be: fusing more of it makes it slower (training/export.py)
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _allowed(self) -> tuple[Any, Any]:
        return transitions(self.meta["tags"])

    def encode(self, sentences: Sequence[str]) -> list[EncodedSentence]:
        """Every sentence in order. Long ones run in windows that overlap; each piece takes its
        answer from the window in which it stands farthest from an edge.

        int8 activations are scaled by their batch, so that a sentence's scores depend, in their
        last digits, on the sentences beside it: give the sentences of one text, all of them.
        """
        texts = [calmed(sentence) for sentence in sentences]
        encodings = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        pieces = [np.array(encoding.ids, np.int64) for encoding in encodings]
        answers = self._run([window for ids in pieces for window in windows(len(ids))], pieces)
        encoded = []
        for text, encoding in zip(sentences, encodings, strict=True):
            offsets = np.array([(0, 0), *encoding.offsets], np.int32)
            states, tags = _merged(len(encoding.ids), answers)
            encoded.append(EncodedSentence(offsets, states, self._names(text, encoding, tags)))
        return encoded

    def _run(self, parts: list[tuple[int, int]], pieces: list[Any]) -> Any:
        """An iterator over the answers of all windows, in order; computed by length."""
        owners = [ids for ids in pieces for _ in windows(len(ids))]
        answers: list[Any] = [None] * len(parts)
        for group in batches([end - start for start, end in parts]):
            ids = [owners[i][parts[i][0] : parts[i][1]] for i in group]
            states, tags = self._call(ids)
            for row, i in enumerate(group):
                size = len(ids[row]) + 1  # </s> is of no use to anybody
                answers[i] = states[row, :size], tags[row, 1:size]
        return iter(answers)

    def _call(self, ids: list[Any]) -> Any:
        longest = max(len(row) for row in ids) + 2
        padded = np.ones((len(ids), longest), np.int64)  # 1 is <pad>
        for row, values in enumerate(ids):
            padded[row, 0], padded[row, len(values) + 1] = 0, 2  # <s>, </s>
            padded[row, 1 : len(values) + 1] = values
        words = expanded(self._words, padded) + self._positions[:longest]
        lengths = np.array([len(row) + 2 for row in ids], np.int32)
        return self._session.run(["states", "tags"], {"words": words, "lengths": lengths})

    def _names(self, text: str, encoding: Any, tags: Any) -> tuple[Any, ...]:
        words = words_of(text, encoding.offsets)
        scores = tags[[word.piece for word in words]]
        names: list[tuple[int, int, str, float]] = []
        for chunk in chunks(scores, self.meta["tags"], self._allowed):
            start, end = whole_words(text, words[chunk.first].start, words[chunk.last].end)
            if names and start < names[-1][1]:
                continue  # grown into the word before, which has its name
            names.append((start, end, chunk.label, chunk.score))
        return tuple(names)


def load_heads(folder: Path = EMBEDDED) -> dict[str, Any]:
    """The arrays of heads.npz, float32: what the scorer of stances needs of the model."""
    with np.load(folder / "heads.npz") as heads:
        return {name: heads[name].astype(np.float32) for name in heads.files}


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices by length, shortest first, in groups of at most BATCH_PIECES with padding. The
    longest of a group is at most SPREAD times as long as the shortest: padding costs as much
    as text."""
    groups: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        length = lengths[index] + 2
        if (
            not groups
            or (len(groups[-1]) + 1) * length > BATCH_PIECES
            or length > SPREAD * (lengths[groups[-1][0]] + 2)
        ):
            groups.append([])
        groups[-1].append(index)
    return groups


def windows(count: int) -> list[tuple[int, int]]:
    """Half-open ranges of at most WINDOW that cover `count` pieces, neighbours overlapping."""
    starts = range(0, max(1, count - OVERLAP), WINDOW - OVERLAP)
    return [(start, min(count, start + WINDOW)) for start in starts]


def _merged(count: int, answers: Any) -> tuple[Any, Any]:
    """States (with <s> first) and tag scores of a sentence from those of its windows."""
    parts = [(window, next(answers)) for window in windows(count)]
    if len(parts) == 1:
        states_and_tags: tuple[Any, Any] = parts[0][1]
        return states_and_tags
    states, tags = [parts[0][1][0][:1]], []
    taken = 0
    for number, ((start, end), (part_states, part_tags)) in enumerate(parts):
        last = number == len(parts) - 1
        until = end if last else end - OVERLAP // 2
        states.append(part_states[1 + taken - start : 1 + until - start])
        tags.append(part_tags[taken - start : until - start])
        taken = until
    return np.concatenate(states), np.concatenate(tags)


def words_of(text: str, offsets: Sequence[tuple[int, int]]) -> list[Word]:
    """The words that the pieces make up, in order."""
    words: list[Word] = []
    for piece, (begins, (start, end)) in enumerate(
        zip(word_starts(text, offsets), offsets, strict=True)
    ):
        while start < end and text[start].isspace():
            start += 1
        if begins or (end > start and not words):
            words.append(Word(start, end, piece))
        elif words and end > start:
            words[-1] = words[-1]._replace(end=max(end, words[-1].end))
    return words


def expanded(table: Any, ids: Any) -> Any:
    """Rows of the 4-bit table (Q4_0: training/encoder.py) as float32, shape (*ids, hidden)."""
    rows = table[ids.ravel()].reshape(ids.size, -1, 18)
    scales = rows[..., :2].copy().view(np.float16).astype(np.float32)
    nibbles = rows[..., 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32)
    weights -= 8
    weights *= scales
    return weights.reshape(*ids.shape, -1)
