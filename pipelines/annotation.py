"""`newsbeam annotate`: what the models say of texts, one JSON line a text."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from transforms.elements import Announcement, Article, Entry, Feed, Reading, SentenceStates
from transforms.encoder.model import Encoder
from transforms.enrichment import enrichment
from transforms.entities import link_entities
from transforms.entities.gazetteer import Gazetteer
from transforms.entities.gazetteer import load as load_gazetteers
from transforms.language import Detector, load_detector
from transforms.language.stage import detect_language
from transforms.quotations import attribute_quotations
from transforms.recognizers import Recognizer, load_recognizer, recognize_entities
from transforms.recognizers.embedded import EmbeddedRecognizer
from transforms.recognizers.stage import MAX_SENTENCES
from transforms.sentences import sentences
from transforms.stance.learned.finder import Finder, finder
from transforms.stance.scorer import ANYONE, Pair, PairScorer
from transforms.stance.stage import detect_stance

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
CONTEXT = 400  # code points of text that a pair is judged in: what the scorer was trained on


class LineError(ValueError):
    """A line that cannot be annotated; the message says what is wrong with it."""


@dataclass(frozen=True)
class Request:
    """One line: the text, its language if known, the pairs to score."""

    text: str
    language: str | None
    pairs: tuple[Pair, ...]


@dataclass
class Annotator:
    """The models, loaded once."""

    recognizer: Recognizer
    gazetteer: Gazetteer
    detector: Detector
    scorer: PairScorer
    encoder: Encoder
    finder: Finder

    @classmethod
    def load(cls, model: str, gazetteers: Sequence[str]) -> "Annotator":
        """Raises ValueError, RecognizerMissingError or GazetteerError."""
        recognizer = load_recognizer(model)
        encoder = recognizer.encoder if isinstance(recognizer, EmbeddedRecognizer) else Encoder()
        return cls(
            recognizer,
            load_gazetteers(gazetteers),
            load_detector("langdetect"),
            PairScorer(encoder.heads),
            encoder,
            finder(),
        )

    def annotate(self, request: Request) -> dict[str, Any]:
        """Language, entities, quotations and stances as in the record, and what was asked of
        `pairs`."""
        article = self._article(request)
        reading = recognize_entities(article, self.recognizer, MAX_SENTENCES)
        (linked,) = link_entities(reading, self.gazetteer)
        reading = attribute_quotations(linked)
        labelled = detect_stance(reading, self.scorer, self.encoder, finder=self.finder)
        result = {
            "language": labelled.language,
            "language_confidence": labelled.language_confidence,
            **enrichment(labelled),
        }
        if request.pairs:
            result["pairs"] = list(self._scored(request, reading))
        return result

    def _article(self, request: Request) -> Article:
        entry = Entry("", None, Feed(""), (Announcement(None, "", None, 0),), EPOCH)
        article = Article(entry, EPOCH, "article", body=request.text)
        if request.language:
            return replace(article, language=request.language)
        (detected,) = detect_language(article, self.detector)
        return detected

    def _scored(self, request: Request, reading: Reading) -> Iterator[dict[str, Any]]:
        ranges = sentences(request.text, reading.article.language)
        for pair in request.pairs:
            start, end = context_of(pair, ranges, len(request.text))
            encoded = self.encoder.encode([request.text[start:end]])[0]
            states = SentenceStates(encoded.offsets + start, encoded.states)
            scores = self.scorer.probabilities(states, [pair])[0]
            names = self.encoder.meta["polarities"]
            yield {
                "holder": None if isinstance(pair.holder, int) else list(pair.holder),
                "target": list(pair.target),
                "polarity": names[int(scores.argmax())],
                "scores": {n: round(float(s), 4) for n, s in zip(names, scores, strict=True)},
            }


def context_of(pair: Pair, ranges: Sequence[tuple[int, int]], length: int) -> tuple[int, int]:
    """The sentences that hold a pair, and as many around them as CONTEXT allows: those before
    and those after in turn."""
    spans = [pair.target] if isinstance(pair.holder, int) else [pair.holder, pair.target]
    start, end = min(s for s, _ in spans), max(e for _, e in spans)
    inside = [i for i, (s, e) in enumerate(ranges) if e > start and s < end]
    if not inside:
        return 0, length
    first, last = inside[0], inside[-1]
    grown = True
    while grown:
        grown = False
        for step in (1, -1):
            a, b = (first, last + 1) if step > 0 else (first - 1, last)
            if a >= 0 and b < len(ranges) and ranges[b][1] - ranges[a][0] <= CONTEXT:
                first, last, grown = a, b, True
    return min(start, ranges[first][0]), max(end, ranges[last][1])


def annotate_lines(lines: Iterable[bytes], annotator: Annotator) -> Iterator[dict[str, Any]]:
    """One result a line, in order; a line that cannot be read has `error` instead. Blank lines
    give nothing."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield annotator.annotate(parse_request(line))
            except LineError as error:
                yield {"line": number, "error": str(error)}


def parse_request(line: bytes) -> Request:
    """Reads one JSON line. Raises LineError."""
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise LineError(f"not a JSON object in UTF-8: {error}") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise LineError('an object with "text", a string, is needed')
    text: str = row["text"]
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise LineError("text has a lone surrogate (\\ud800 to \\udfff), which is no character")
    language = row.get("language")
    if language is not None and not isinstance(language, str):
        raise LineError(f"language is {language!r}; a BCP 47 tag or null is needed")
    pairs = [] if row.get("pairs") is None else row["pairs"]
    if not isinstance(pairs, list):
        raise LineError('pairs is no list of {"holder": [start, end] or null, "target": ...}')
    return Request(text, language, tuple(_pair(pair, len(text)) for pair in pairs))


def _pair(value: Any, length: int) -> Pair:
    if not isinstance(value, dict) or "target" not in value:
        raise LineError(f'{value!r} is no pair; it needs "target" and may have "holder"')
    holder = value.get("holder")
    return Pair(
        ANYONE if holder is None else _span(holder, length, "holder"),
        _span(value["target"], length, "target"),
    )


def _span(value: Any, length: int, name: str) -> tuple[int, int]:
    if (
        not isinstance(value, list)
        or [type(v) for v in value] != [int, int]
        or not 0 <= value[0] < value[1] <= length
    ):
        raise LineError(
            f"{name} is {value!r}; [start, end] with 0 <= start < end <= {length} is needed "
            "(code points of text, half-open)"
        )
    return value[0], value[1]
