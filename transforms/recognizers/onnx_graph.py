"""An ONNX graph that classifies tokens: checked when it is loaded, then run in batches."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
_EXPORT = "`optimum-cli export onnx --task token-classification` writes one that fits"


class Row(NamedTuple):
    """Token ids and segment ids of one sequence, special tokens included."""

    ids: Any
    types: Any


class Graph:
    """A session on the CPU with as many threads as given. May be used by several threads at once.

    Raises ValueError for a file that is no graph or a graph of another kind: inputs beyond
    input_ids, attention_mask and token_type_ids, fixed shapes, or scores that do not match the
    number of labels.
    """

    def __init__(self, path: Path, labels: int, padding: int, threads: int) -> None:
        self._path, self._labels, self._padding = path, labels, padding
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        options.use_deterministic_compute = True
        options.log_severity_level = 3  # errors, which are raised as well
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # its exceptions have no common class but this
            raise self._refused(f"cannot be loaded ({_brief(error)})") from error
        self._inputs = {value.name: self._integer(value) for value in self._session.get_inputs()}
        if "input_ids" not in self._inputs:
            raise self._refused(f"has no input input_ids (inputs: {', '.join(self._inputs)})")
        self._output = self._scores_name()
        self.masks = "attention_mask" in self._inputs
        self.scores([Row(np.zeros(2, np.int64), np.zeros(2, np.int64))])  # does it run at all

    def scores(self, rows: Sequence[Row]) -> Any:
        """(rows, length of the longest, labels) as float32. Rows of different lengths need a
        graph that `masks`."""
        longest = max(len(row.ids) for row in rows)
        arrays = {name: np.zeros((len(rows), longest), kind) for name, kind in self._inputs.items()}
        arrays["input_ids"].fill(self._padding)
        for number, row in enumerate(rows):
            size = len(row.ids)
            values = {"input_ids": row.ids, "attention_mask": 1, "token_type_ids": row.types}
            for name, array in arrays.items():
                array[number, :size] = values[name]
        try:
            (scores,) = self._session.run([self._output], arrays)
        except Exception as error:  # as above
            raise self._refused(f"fails ({_brief(error)})") from error
        if scores.shape != (len(rows), longest, self._labels):
            raise self._refused(
                f"gives an array of shape {scores.shape} for {len(rows)} x {longest} tokens and "
                f"{self._labels} labels of id2label"
            )
        if np.isnan(scores).any():
            raise self._refused("gives scores that are no numbers")
        return scores.astype(np.float32)

    def _integer(self, value: Any) -> Any:
        """The type of an input; raises ValueError for one that we cannot give."""
        if value.name not in _INPUTS:
            raise self._refused(f"wants an input {value.name!r}; known: {', '.join(_INPUTS)}")
        if value.type not in _INTEGERS:
            raise self._refused(f"wants {value.name} as {value.type}; known: int64, int32")
        if len(value.shape) != 2 or any(isinstance(size, int) for size in value.shape):
            raise self._refused(
                f"wants {value.name} of shape {value.shape}; batch and length must be dynamic axes"
            )
        return _INTEGERS[value.type]

    def _scores_name(self) -> str:
        names = [str(value.name) for value in self._session.get_outputs()]
        if "logits" in names:
            return "logits"
        if len(names) == 1:
            return names[0]
        raise self._refused(f"has no output logits (outputs: {', '.join(names)})")

    def _refused(self, why: str) -> ValueError:
        return ValueError(f"{self._path} {why}; {_EXPORT}")


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
