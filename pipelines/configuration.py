"""Reads a configuration file; every error names file, line, key, what was found and what is
allowed.

    ConfigurationError      all problems of a file at once, as `problems`
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pipelines import places
from pipelines.settings import FeedItem, Settings
from transforms.elements import Feed

Location = tuple[str | int, ...]

MAX_NODES = 1_000_000
"""Most values of a configuration file, aliases unfolded: some 100,000 feeds."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a configuration file. `line` is 1-based, 0 when unknown."""

    file: str
    line: int
    key: str
    found: str
    allowed: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        key = f" {self.key}:" if self.key else ""
        return f"{where}:{key} found {self.found}; allowed: {self.allowed}"


class ConfigurationError(Exception):
    """A configuration that cannot be used; `problems` says why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Configuration:
    """Settings and the feeds they name, files included, each address once."""

    path: str
    settings: Settings
    feeds: tuple[Feed, ...]


def load_configuration(path: str, including: tuple[str, ...] = ()) -> Configuration:
    """Reads, checks and completes a configuration. Raises ConfigurationError.

    `including` holds the files that led here, so that a cycle is an error and not a hang.
    """
    if path in including:
        raise ConfigurationError(
            [Problem(including[-1], 0, "feeds", f"{path}, which includes it", "no cycles")]
        )
    settings, lines = _read_settings(path)
    settings = _with_resolved_paths(settings, path, lines)
    if not settings.feeds:
        raise ConfigurationError(
            [Problem(path, 0, "feeds", "no feed", "a list with at least one url or file")]
        )
    feeds: dict[str, Feed] = {}
    problems: list[Problem] = []
    for index, item in enumerate(settings.feeds):
        line = _line_of(lines, ("feeds", index))
        try:
            for feed in _feeds_of(item, (*including, path), line, index):
                feeds.setdefault(feed.url, feed)
        except ConfigurationError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigurationError(problems)
    return Configuration(path, settings, tuple(feeds.values()))


def _with_resolved_paths(settings: Settings, path: str, lines: dict[Location, int]) -> Settings:
    """The settings with every file that enrichment names relative to the configuration file;
    a model or a gazetteer that cannot be used is an error now, not in the middle of a run."""
    enrich = settings.enrich
    kind, _, model = enrich.entities.model.partition(":")
    if kind == "onnx":
        model = f"onnx:{places.beside(path, model)}"
        enrich = enrich.model_copy(
            update={"entities": enrich.entities.model_copy(update={"model": model})}
        )
    if kind in ("spacy", "onnx"):
        # loaded once here: what is missing must be said before the first request
        from transforms.recognizers import RecognizerMissingError, load_recognizer

        try:
            load_recognizer(enrich.entities.model)
        except (RecognizerMissingError, ValueError) as error:
            line = _line_of(lines, ("enrich", "entities", "model"))
            allowed = "embedded, an installed spacy:NAME, an onnx:DIR that is there, or none"
            raise ConfigurationError(
                [Problem(path, line, "enrich.entities.model", str(error), allowed)]
            ) from error
    if enrich.gazetteers:
        from transforms.entities.gazetteer import GazetteerError, load

        names = tuple(places.beside(path, name) for name in enrich.gazetteers)
        try:
            load(names)
        except GazetteerError as error:
            line = _line_of(lines, ("enrich", "gazetteers"))
            raise ConfigurationError(
                [Problem(path, line, "enrich.gazetteers", str(error), "CSV files of names")]
            ) from error
        enrich = enrich.model_copy(update={"gazetteers": names})
    return settings.model_copy(update={"enrich": enrich})


def _feeds_of(item: FeedItem, including: tuple[str, ...], line: int, index: int) -> Iterator[Feed]:
    path = including[-1]
    if (item.url is None) == (item.file is None):
        found = "neither url nor file" if item.url is None else "both url and file"
        raise ConfigurationError(
            [Problem(path, line, f"feeds[{index}]", found, "exactly one of url, file")]
        )
    if item.url is not None:
        yield Feed(item.url, item.name, item.language, item.country, item.tags, item.full_content)
        return
    names = _files(path, str(item.file))
    if not names:
        raise ConfigurationError(
            [Problem(path, line, f"feeds[{index}].file", f"no file for {item.file!r}",
                     "an OPML or YAML file, or a glob, relative to the configuration file")]
        )  # fmt: skip
    for name in names:
        for feed in _read_feed_list(name, including):
            yield replace(
                feed,
                language=feed.language or item.language,
                country=feed.country or item.country,
                tags=tuple(dict.fromkeys((*feed.tags, *item.tags))),
                full_content=feed.full_content or item.full_content,
            )


def _files(path: str, pattern: str) -> list[str]:
    """The files that `file:` names, with the address or path by which the configuration was
    named."""
    if places.is_remote(path) or places.is_remote(pattern):
        return places.matching(places.beside(path, pattern))
    return places.matching(str(Path(path).parent / pattern))


def _read_feed_list(name: str, including: tuple[str, ...]) -> Sequence[Feed]:
    if name.lower().endswith((".yaml", ".yml", ".json")):
        return load_configuration(name, including).feeds
    from pipelines.feed_lists import parse_opml

    try:
        return parse_opml(places.read(name))
    except (ValueError, OSError) as error:
        raise ConfigurationError(
            [Problem(name, 0, "", str(error), "an OPML 1.0 or 2.0 file")]
        ) from error


def _read_settings(path: str) -> tuple[Settings, dict[Location, int]]:
    document, lines = _read_yaml(path)
    try:
        return Settings.model_validate_json(json.dumps(document, default=str)), lines
    except ValidationError as error:
        raise ConfigurationError(
            [_problem(path, details, lines) for details in error.errors()]
        ) from error


def _read_yaml(path: str) -> tuple[Any, dict[Location, int]]:
    """The document as plain data and the line of every key."""
    try:
        text = places.read(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "bytes that are not UTF-8"
        raise ConfigurationError(
            [Problem(path, 0, "", reason or str(error), "a readable YAML file in UTF-8")]
        ) from error
    lines: dict[Location, int] = {}
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        _refuse_bomb(node, path)
        document = yaml.safe_load(text) if node is not None else {}
        if node is not None:
            _index_lines(node, (), path, lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ConfigurationError(
            [Problem(path, line, "", str(error.problem), "YAML 1.1")]
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigurationError([Problem(path, 0, "", str(error)[:200], "YAML 1.1")]) from error
    if not isinstance(document, dict):
        raise ConfigurationError(
            [Problem(path, 1, "", f"a {type(document).__name__}", "a mapping with feeds:")]
        )
    return document, lines


def _refuse_bomb(node: yaml.Node | None, path: str) -> None:
    """Raises ConfigurationError where aliases (`*name`) unfold to more than MAX_NODES values: a
    dozen lines can stand for billions, or for one that contains itself."""
    if node is not None and _unfolded(node, {}) > MAX_NODES:
        raise ConfigurationError(
            [Problem(path, 0, "", f"aliases that unfold to over {MAX_NODES} values", "fewer")]
        )


def _unfolded(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node stands for; each node is counted once and then known."""
    if id(node) not in known:
        known[id(node)] = MAX_NODES + 1  # what it has if it contains itself
        children: list[yaml.Node] = []
        if isinstance(node, yaml.SequenceNode):
            children = node.value
        elif isinstance(node, yaml.MappingNode):
            children = [part for pair in node.value for part in pair]
        known[id(node)] = 1 + sum(_unfolded(child, known) for child in children)
    return known[id(node)]


def _index_lines(node: yaml.Node, at: Location, path: str, lines: dict[Location, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*at, str(key.value))
            if here in lines:
                raise ConfigurationError(
                    [Problem(path, key.start_mark.line + 1, _dotted(here),
                             f"the key a second time (first in line {lines[here]})", "once")]
                )  # fmt: skip
            lines[here] = key.start_mark.line + 1
            _index_lines(value, here, path, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            element = (*at, index)
            lines[element] = value.start_mark.line + 1
            _index_lines(value, element, path, lines)


def _line_of(lines: dict[Location, int], location: Location) -> int:
    while location and location not in lines:
        location = location[:-1]
    return lines.get(location, 0)


def _dotted(location: Location) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _problem(path: str, details: ErrorDetails, lines: dict[Location, int]) -> Problem:
    location = details["loc"]
    if details["type"] == "extra_forbidden":
        parent = _model_at(location[:-1])
        allowed = ", ".join(parent.model_fields) if parent else "no such key"
        return Problem(path, _line_of(lines, location), _dotted(location),
                       "an unknown key", allowed)  # fmt: skip
    found = json.dumps(details["input"], ensure_ascii=False, default=str)[:120]
    allowed = details["msg"].removeprefix("Value error, ")
    return Problem(path, _line_of(lines, location), _dotted(location), found, allowed)


def _model_at(location: Location) -> Any:
    """The settings model at a location such as ("fetch", "retry"), or None."""
    model: Any = Settings
    for part in location:
        if isinstance(part, int):
            continue
        if part == "feeds":
            model = FeedItem
            continue
        field = getattr(model, "model_fields", {}).get(part)
        model = field.annotation if field else None
    return model if hasattr(model, "model_fields") else None
