"""The recogniser that ships: names and states from one pass of the encoder."""

from collections.abc import Sequence
from pathlib import Path

from transforms.elements import SentenceStates
from transforms.encoder.model import EMBEDDED, Encoder
from transforms.recognizers.base import Recognition
from transforms.recognizers.doubt import resolved
from transforms.recognizers.spans import checked, encodable, without_apostrophe, without_tail


class EmbeddedRecognizer:
    """See docs/entities.md for the model and its scores; labels are PER, ORG and LOC."""

    def __init__(self, folder: Path = EMBEDDED, threads: int = 1) -> None:
        self.encoder = Encoder(folder, threads)

    @property
    def model_id(self) -> str:
        return str(self.encoder.meta["name"])

    @property
    def version(self) -> str:
        return str(self.encoder.meta["version"])

    def recognize(self, sentences: Sequence[str], language: str | None) -> list[Recognition]:
        texts = [encodable(sentence) for sentence in sentences]
        encoded = self.encoder.encode(texts)
        names = [
            checked(text, without_apostrophe(text, without_tail(text, one.names)))
            for text, one in zip(texts, encoded, strict=True)
        ]
        return [
            Recognition(found, SentenceStates(one.offsets, one.states))
            for found, one in zip(resolved(texts, names), encoded, strict=True)
        ]
