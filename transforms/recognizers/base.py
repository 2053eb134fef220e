"""What a recogniser is, and how one is chosen by name."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from transforms.elements import SentenceStates

EMBEDDED = "embedded"


class RecognizerMissingError(RuntimeError):
    """An optional backend or its model is not installed; the message says what to install."""


@dataclass(frozen=True)
class Recognition:
    """The names of one sentence: (start, end, label, score), half-open code points of the
    sentence, in order, none overlapping. `states` where the encoder is ours."""

    names: tuple[tuple[int, int, str, float], ...]
    states: SentenceStates | None = None


class Recognizer(Protocol):
    """A loaded model. `recognize` answers for the sentences of ONE text (`language`: BCP 47)
    and depends on nothing else, so that results do not depend on batching."""

    @property
    def model_id(self) -> str: ...

    @property
    def version(self) -> str: ...

    def recognize(self, sentences: Sequence[str], language: str | None) -> list[Recognition]: ...


def check_recognizer(name: str) -> None:
    """Raises ValueError when `name` is no recogniser that could exist: before a run starts."""
    kind, _, model = name.partition(":")
    if name == EMBEDDED or (kind in ("spacy", "onnx") and model):
        return
    raise ValueError(
        f"{name!r} is no model of entities; allowed: embedded, spacy:NAME (an installed spaCy "
        "pipeline), onnx:DIR (a folder with model.onnx, tokenizer.json and config.json)"
    )


_loaded: dict[tuple[str, int], Recognizer] = {}
_loading = threading.Lock()


def load_recognizer(name: str, threads: int = 1) -> Recognizer:
    """The model of a name, the same one for the whole process as long as no other one is asked
    for: a stream loads it once for all its rounds. Raises ValueError for a name that
    `check_recognizer` refuses and RecognizerMissingError for what is not installed."""
    check_recognizer(name)
    with _loading:
        if (name, threads) not in _loaded:
            _loaded.clear()
            _loaded[name, threads] = _load(name, threads)
        return _loaded[name, threads]


def _load(name: str, threads: int) -> Recognizer:
    kind, _, model = name.partition(":")
    # imported here: each backend brings libraries that the others do without
    if kind == "spacy":
        from transforms.recognizers.spacy_pipeline import SpacyRecognizer

        return SpacyRecognizer(model)
    if kind == "onnx":
        from transforms.recognizers.onnx_export import OnnxRecognizer

        return OnnxRecognizer(Path(model), threads)
    from transforms.recognizers.embedded import EmbeddedRecognizer

    return EmbeddedRecognizer(threads=threads)
