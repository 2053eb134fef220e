"""Language detection: which language an article is in, how sure that is, and why."""

from transforms.language.decide import LanguageDecision, decide_language
from transforms.language.detectors import Detector, DetectorMissingError, load_detector
from transforms.language.stage import DetectLanguage

__all__ = [
    "DetectLanguage",
    "Detector",
    "DetectorMissingError",
    "LanguageDecision",
    "decide_language",
    "load_detector",
]
