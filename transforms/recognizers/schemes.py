"""Label schemes of token classifiers, all read as BIO: IOB1, BIO, BIOES, BILOU, BMES, plain IO.

B, S (single) and U (unit) begin a name; I, M (middle), E (end) and L (last) go on with it.
IOB1 and IO begin names with I. The labels do not say so, and models in wide use have I-PER but
no B-PER, or a B-PER that stands only between two persons. So where no name goes before, a name
begins with the probability of B and I together; right after another name only B begins one, as
in BIO, unless the label has no B.
"""

import re
from collections.abc import Container, Sequence
from typing import Any

import numpy as np

from transforms.encoder.viterbi import FORBIDDEN, chunks, transitions
from transforms.recognizers.spans import standard_label

_BEGIN = "BSU"
_PREFIXED = re.compile(r"([BILMESU])[-_](.+)")
_OUTSIDE = frozenset(["O", "[PAD]", "PAD", "<PAD>", "<pad>", "X", "[CLS]", "[SEP]"])
_FLOOR = 1e-30  # a probability of 0 has no logarithm


class Scheme:
    """The labels of one model. `labels` are in the order of its scores.

    Raises ValueError for labels that fit no scheme.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        if "O" not in labels:
            raise ValueError(
                f"no label is O (outside of names): {_listed(labels)}; id2label must hold the "
                "labels that the model was trained with"
            )
        parts = _parts(labels)
        self.types = sorted({label for _, label in parts if label})
        self._tags = ["O"]
        self._matrix = np.zeros((len(labels), 1 + 3 * len(self.types)))
        for column, label in enumerate(self.types):
            # B where no name goes before; B right after a name; I
            self._tags += [f"B-{label}", f"B-{label}", f"I-{label}"]
            for row, (begins, name) in enumerate(parts):
                if name == label:
                    self._matrix[row, 1 + 3 * column : 4 + 3 * column] = 1, begins, not begins
        for row, (_, name) in enumerate(parts):
            self._matrix[row, 0] = not name
        begun = {label for begins, label in parts if begins}
        self._allowed = _allowed(self._tags, begun)

    def names(self, scores: Any) -> list[tuple[int, int, str, float]]:
        """First word, last word (inclusive), label and score of each name. `scores`: (words,
        labels) as the model gives them; the score is the mean probability of the label."""
        if not len(scores) or not self.types:
            return []
        exponents = np.exp(scores - scores.max(axis=1, keepdims=True), dtype=np.float64)
        shares = exponents / exponents.sum(axis=1, keepdims=True) @ self._matrix
        found = chunks(np.log(np.maximum(shares, _FLOOR)), self._tags, self._allowed)
        return [
            (
                first,
                last,
                label,
                float(shares[first : last + 1, self._tags.index("B-" + label)].mean()),
            )
            for first, last, label, _ in found
        ]


def _parts(labels: Sequence[str]) -> list[tuple[bool, str]]:
    """(begins, label) of each label, ours where we have one; "" for those outside of names."""
    inside = [label for label in labels if label not in _OUTSIDE]
    matches = {label: _PREFIXED.fullmatch(label) for label in inside}
    if any(matches.values()) and not all(matches.values()):
        if any(match and match[1] in "BI" for match in matches.values()):
            plain = [label for label, match in matches.items() if not match]
            raise ValueError(
                f"labels with and without B- or I-: {_listed(plain)} among {_listed(labels)}; "
                "id2label must hold one scheme"
            )
        matches = {}
    parts = []
    for label in labels:
        match = matches.get(label)
        if label in _OUTSIDE:
            parts.append((False, ""))
        elif match:
            parts.append((match[1] in _BEGIN, standard_label(match[2])))
        else:
            parts.append((False, standard_label(label)))
    return parts


def _allowed(tags: Sequence[str], begun: Container[str]) -> tuple[Any, Any]:
    """As viterbi.transitions, with each of a label's two Bs only where it belongs; `begun` are
    the labels that have a B of their own."""
    start, step = transitions(tags)
    named = np.arange(len(tags)) > 0
    for first in range(1, len(tags), 3):
        same = np.zeros(len(tags), bool)
        same[first : first + 3] = True
        step[named if tags[first][2:] in begun else same, first] = FORBIDDEN
        step[~named, first + 1] = start[first + 1] = FORBIDDEN
    return start, step


def _listed(labels: Sequence[str]) -> str:
    shown = ", ".join(labels[:12])
    return shown + (", ..." if len(labels) > 12 else "")
