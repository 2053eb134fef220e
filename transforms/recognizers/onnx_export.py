"""Any local export of a token classifier: model.onnx, tokenizer.json and config.json.

Nothing of the folder is executed: the graph runs in onnxruntime without custom operators, the
other two files are data.
"""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tokenizers import Tokenizer

from transforms.encoder.model import Word, batches, words_of
from transforms.encoder.pieces import in_word, is_unspaced
from transforms.recognizers.base import Recognition, RecognizerMissingError
from transforms.recognizers.onnx_graph import Graph, Row
from transforms.recognizers.schemes import Scheme
from transforms.recognizers.spans import checked, encodable

WINDOW = 256  # tokens in one call, special ones included; less where the model takes less
OVERLAP = 64  # at most a quarter of a window
_THAI = 0x0E00  # scripts from here on that is_unspaced knows have no blanks between words
_DATA_FILES = ("tokenizer.json", "config.json")
_NEEDED = "model.onnx (or onnx/model.onnx), tokenizer.json and config.json"
_EXPORT = "optimum-cli export onnx --task token-classification --model NAME"


class _Sentence(NamedTuple):
    """A sentence's tokens: `encoding` with the special ones, `first` to `last` (exclusive)
    without; `windows` are ranges of those without."""

    text: str
    encoding: Any
    first: int
    last: int
    windows: list[tuple[int, int]]

    def row(self, window: tuple[int, int]) -> Row:
        """A window between the special tokens that begin and end the sentence."""
        start, end = self.first + window[0], self.first + window[1]
        return Row(
            *(
                np.array(
                    [*values[: self.first], *values[start:end], *values[self.last :]], np.int64
                )
                for values in (self.encoding.ids, self.encoding.type_ids)
            )
        )


class OnnxRecognizer:
    """The labels are the model's own; PERSON, GPE and the like become PER, ORG and LOC.

    Text is given as it is, also in capitals. Raises RecognizerMissingError where the folder
    lacks a file and ValueError where one of them does not fit.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._folder = folder
        self._graph_file = _graph_file(folder)
        config = _config(_file(folder, "config.json"))
        labels = _labels(folder / "config.json", config)
        try:
            self._scheme = Scheme(labels)
        except ValueError as error:
            raise ValueError(f"{folder / 'config.json'}: {error}") from None
        self._tokenizer = _tokenizer(_file(folder, "tokenizer.json"))
        self._room = _room(folder, config, self._tokenizer)
        padding = config.get("pad_token_id")
        padding = padding if isinstance(padding, int) and padding >= 0 else 0
        self._graph = Graph(self._graph_file, len(labels), padding, threads)

    @property
    def model_id(self) -> str:
        return f"onnx:{self._folder.resolve().name}"

    @cached_property
    def version(self) -> str:
        """Exports carry no version: the first 12 hex digits of the files' SHA-256."""
        digest = hashlib.sha256()
        weights = self._graph_file.parent.glob(self._graph_file.name + "*")  # and external data
        for path in (*sorted(weights), *map(self._folder.joinpath, _DATA_FILES)):
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        return digest.hexdigest()[:12]

    def recognize(self, sentences: Sequence[str], language: str | None) -> list[Recognition]:
        """The names of each sentence. Long ones run in windows that overlap; each token takes its
        scores from the window in which it stands farther from an edge."""
        prepared = [self._prepared(sentence) for sentence in sentences]
        rows = [sentence.row(window) for sentence in prepared for window in sentence.windows]
        answers = iter(self._run(rows))
        recognitions = []
        for sentence in prepared:
            parts = [
                next(answers)[sentence.first : sentence.first + end - start]
                for start, end in sentence.windows
            ]
            names = self._names(sentence, merged(sentence.windows, parts)) if parts else ()
            recognitions.append(Recognition(names))
        return recognitions

    def _prepared(self, sentence: str) -> _Sentence:
        text = encodable(sentence)
        encoding = self._tokenizer.encode(text)
        plain = [i for i, special in enumerate(encoding.special_tokens_mask) if not special]
        if not plain:
            return _Sentence(text, encoding, 0, 0, [])
        first, last = plain[0], plain[-1] + 1
        return _Sentence(text, encoding, first, last, windows(last - first, self._room))

    def _run(self, rows: list[Row]) -> list[Any]:
        """The scores of each row, in order; computed by length."""
        lengths = [len(row.ids) for row in rows]
        groups = batches(lengths) if self._graph.masks else [[i] for i in range(len(rows))]
        answers: list[Any] = [None] * len(rows)
        for group in groups:
            scores = self._graph.scores([rows[i] for i in group])
            for number, i in enumerate(group):
                answers[i] = scores[number, : lengths[i]]
        return answers

    def _names(self, sentence: _Sentence, scores: Any) -> tuple[tuple[int, int, str, float], ...]:
        text, first, last = sentence.text, sentence.first, sentence.last
        offsets = widened(text, sentence.encoding.offsets[first:last])
        words = distinct(text, words_of(text, offsets))
        found = self._scheme.names(scores[[word.piece for word in words]])
        return checked(
            text, ((words[a].start, words[b].end, label, score) for a, b, label, score in found)
        )


def windows(count: int, size: int) -> list[tuple[int, int]]:
    """Half-open ranges of at most `size` that cover `count` tokens, neighbours overlapping."""
    overlap = _overlap(size)
    starts = range(0, max(1, count - overlap), size - overlap)
    return [(start, min(count, start + size)) for start in starts]


def merged(ranges: Sequence[tuple[int, int]], parts: Sequence[Any]) -> Any:
    """The scores of all tokens from those of the windows, which meet in the middle of overlaps."""
    middles = [(end + start) // 2 for (_, end), (start, _) in pairwise(ranges)]
    cuts = [0, *middles, ranges[-1][1]]
    return np.concatenate(
        [
            part[cut - start : until - start]
            for (start, _), part, cut, until in zip(ranges, parts, cuts, cuts[1:], strict=False)
        ]
    )


def widened(text: str, offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges with the invisible characters before them that the tokenizer dropped (BERT's
    drop marks of direction): behind one, a word would not seem to begin."""
    found = []
    last = 0
    for start, end in offsets:
        while last < start < end and unicodedata.category(text[start - 1]) == "Cf":
            start -= 1
        found.append((start, end))
        last = max(last, end)
    return found


def distinct(text: str, words: Sequence[Word]) -> list[Word]:
    """The words, those joined that share a character (bytes of one emoji, letters of a ligature,
    a blank that the tokenizer put before the text) or that only our encoder reads piece by piece.
    """
    kept: list[Word] = []
    for word in words:
        if kept and (word.start < kept[-1].end or _goes_on(text, kept[-1].end, word.start)):
            kept[-1] = kept[-1]._replace(end=max(kept[-1].end, word.end))
        else:
            kept.append(word)
    return kept


def _goes_on(text: str, end: int, start: int) -> bool:
    """Whether a word goes on where two pieces meet: Arabic and Hebrew have blanks between words,
    and other models tag a word by its first piece."""
    return end == start and all(
        in_word(c) and not (is_unspaced(c) and ord(c) >= _THAI) for c in text[start - 1 : start + 1]
    )


def _overlap(size: int) -> int:
    return min(OVERLAP, size // 4)


def _graph_file(folder: Path) -> Path:
    for name in ("model.onnx", "onnx/model.onnx"):
        if (folder / name).is_file():
            return folder / name
    return _file(folder, "model.onnx")


def _file(folder: Path, name: str) -> Path:
    path = folder / name
    if path.is_file():
        return path
    what = f"has no {name}" if folder.is_dir() else "is no folder"
    raise RecognizerMissingError(
        f"{folder} {what}; onnx:DIR needs {_NEEDED}: `{_EXPORT} {folder}` writes them"
    )


def _config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path} is no JSON ({error}); copy it from the model again") from error
    if not isinstance(config, dict):
        raise ValueError(f"{path} holds no object; copy it from the model again")
    return config


def _labels(path: Path, config: dict[str, Any]) -> list[str]:
    """The labels in the order of the scores."""
    names = config.get("id2label")
    if not isinstance(names, dict) or set(names) != {str(i) for i in range(len(names))}:
        raise ValueError(
            f"{path}: id2label is {str(names)[:80]}; it must give a label for each number from 0 "
            'on, as in {"0": "O", "1": "B-PER", "2": "I-PER"}'
        )
    return [str(names[str(i)]) for i in range(len(names))]


def _tokenizer(path: Path) -> Any:
    try:
        tokenizer: Any = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises nothing narrower
        raise ValueError(
            f"{path} is no tokenizer ({str(error)[:200]}); save it again with "
            "AutoTokenizer.from_pretrained(NAME).save_pretrained(DIR)"
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True  # "[SEP]" in an article is text
    return tokenizer


def _room(folder: Path, config: dict[str, Any], tokenizer: Any) -> int:
    """Tokens of text in one window."""
    limit = config.get("max_position_embeddings")
    size = WINDOW
    if isinstance(limit, int) and limit > 0:
        size = min(size, limit - 2)  # RoBERTa and its kin count from the padding token on
    room = size - int(tokenizer.num_special_tokens_to_add(False))
    if room < 1:
        raise ValueError(
            f"{folder / 'config.json'}: max_position_embeddings is {limit}, which leaves no room "
            "for text; copy the file from the model again"
        )
    return room
