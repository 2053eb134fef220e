"""Models that find names: the one that ships, any spaCy pipeline, any local ONNX export.

load_recognizer("embedded" | "spacy:NAME" | "onnx:DIR") -> Recognizer
"""

from transforms.recognizers.base import (
    Recognition,
    Recognizer,
    RecognizerMissingError,
    check_recognizer,
    load_recognizer,
)
from transforms.recognizers.stage import ForgetStates, RecognizeEntities, recognize_entities

__all__ = [
    "ForgetStates",
    "Recognition",
    "RecognizeEntities",
    "Recognizer",
    "RecognizerMissingError",
    "check_recognizer",
    "load_recognizer",
    "recognize_entities",
]
