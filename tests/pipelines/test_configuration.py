import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pipelines.configuration import ConfigurationError, Problem, load_configuration
from pipelines.settings import Settings, json_schema

ROOT = Path(__file__).parents[2]


def write(folder: Path, text: str, name: str = "c.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def problems(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(write(folder, text))
    return list(caught.value.problems)


def keys(document: Any, at: str = "") -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield f"{at}.{key}"
            yield from keys(value, f"{at}.{key}")


def test_the_default_file_names_every_key_with_its_default() -> None:
    written = yaml.safe_load((ROOT / "config" / "default.yaml").read_text(encoding="utf-8"))
    defaults = Settings().model_dump(mode="json")
    del written["feeds"], defaults["feeds"]
    assert set(keys(written)) == set(keys(defaults))
    assert Settings.model_validate_json(json.dumps(written)) == Settings()


def test_the_default_file_is_valid_and_brings_the_curated_feeds() -> None:
    configuration = load_configuration(str(ROOT / "config" / "default.yaml"))
    assert len(configuration.feeds) >= 120
    assert len({feed.country for feed in configuration.feeds}) >= 40
    assert len({feed.language for feed in configuration.feeds}) >= 20


def test_the_published_schema_is_that_of_the_code_and_accepts_the_default_file() -> None:
    published = json.loads((ROOT / "config" / "schema.json").read_text(encoding="utf-8"))
    assert published == json_schema()
    validator = jsonschema.Draft202012Validator(published)
    for name in ("default.yaml", "feeds.yaml"):
        document = yaml.safe_load((ROOT / "config" / name).read_text(encoding="utf-8"))
        assert list(validator.iter_errors(document)) == []
    assert list(validator.iter_errors({"fetch": {"timeout": "soon"}}))


def test_a_whole_configuration(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    write(
        tmp_path / "lists",
        "feeds:\n  - {url: 'https://b.example/rss', language: pt-BR}\n",
        "more.yaml",
    )
    (tmp_path / "lists" / "old.opml").write_text(
        '<opml version="2.0"><body><outline text="C" xmlUrl="https://c.example/rss"/>'
        "</body></opml>",
        encoding="utf-8",
    )
    configuration = load_configuration(
        write(
            tmp_path,
            "feeds:\n"
            "  - {url: 'https://a.example/rss', name: A, country: IT, full_content: true}\n"
            "  - {file: 'lists/*', country: BR, tags: [world]}\n"
            "fetch: {timeout: 1500ms, min_interval: 2h, max_bytes: 1MiB}\n",
        )
    )
    assert [feed.url for feed in configuration.feeds] == [
        "https://a.example/rss",
        "https://b.example/rss",
        "https://c.example/rss",
    ]
    assert configuration.feeds[0].full_content is True
    assert configuration.feeds[1].language == "pt-BR"
    assert configuration.feeds[2].country == "BR"
    assert configuration.feeds[2].tags == ("world",)
    fetch = configuration.settings.fetch
    assert (fetch.timeout, fetch.min_interval, fetch.max_bytes) == (1.5, 7200.0, 2**20)


def test_the_same_address_twice_is_one_feed(tmp_path: Path) -> None:
    text = (
        "feeds:\n  - url: https://a.example/rss\n    name: First\n  - url: https://a.example/rss\n"
    )
    (feed,) = load_configuration(write(tmp_path, text)).feeds
    assert feed.name == "First"


@pytest.mark.parametrize(
    ("text", "line", "key", "found", "allowed"),
    [
        ("feeds:\n - {url: ftp://x}\n", 2, "feeds[0].url", "ftp://x", "http"),
        ("feeds:\n - {urll: x}\n", 2, "feeds[0].urll", "unknown key", "full_content"),
        ("feeds: [{url: 'http://a.b'}]\nfetsh: 1\n", 2, "fetsh", "unknown key", "output"),
        ("fetch:\n  timeout: soon\n", 2, "fetch.timeout", "soon", "30s"),
        ("fetch:\n  timeout: -1\n", 2, "fetch.timeout", "-1", "greater"),
        ("fetch:\n  max_bytes: true\n", 2, "fetch.max_bytes", "true", "8MB"),
        ("fetch: {retry: {tries: 3}}\n", 1, "fetch.retry.tries", "unknown key", "attempts"),
        ("fetch: {robots: maybe}\n", 1, "fetch.robots", "maybe", "'obey' or 'ignore'"),
        ("output: {partition_by: [lang]}\n", 1, "output.partition_by", "lang", "ingest_date"),
        ("enrich: {gazetteers: [a.csv]}\n", 1, "enrich.gazetteers", "a.csv", "CSV"),
        (
            "enrich: {entities: {model: 'onnx:nowhere'}}\n",
            1,
            "enrich.entities.model",
            "no folder",
            "onnx:DIR",
        ),
        ("enrich: {entities: {model: bert}}\n", 1, "enrich.entities.model", "bert", "spacy:NAME"),
        ("feeds: []\n", 0, "feeds", "no feed", "at least one"),
        ("", 0, "feeds", "no feed", "at least one"),
        ("- a\n", 1, "", "a list", "mapping"),
        ("a: [\n", 2, "", "", "YAML"),
        ("feeds: []\nfeeds: []\n", 2, "feeds", "second time (first in line 1)", "once"),
        ("feeds: [{file: none/*.opml}]\n", 1, "feeds[0].file", "none/*.opml", "OPML"),
        ("feeds: [{url: 'http://a.b', file: x}]\n", 1, "feeds[0]", "both", "exactly one"),
        ("feeds: [{name: x}]\n", 1, "feeds[0]", "neither", "exactly one"),
        ("feeds: [{file: c.yaml}]\n", 0, "feeds", "includes it", "cycles"),
        ("feeds: [{url: 'http://a.b', country: Italy}]\n", 1, "feeds[0].country", "Italy", "A-Z"),
    ],
)  # fmt: skip
def test_errors_name_line_key_found_and_allowed(
    tmp_path: Path, text: str, line: int, key: str, found: str, allowed: str
) -> None:
    problem = problems(tmp_path, text)[0]
    assert (problem.line, problem.key) == (line, key)
    assert found in problem.found
    assert allowed in problem.allowed
    assert problem.file in str(problem)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, "fetch: {timeout: soon, robots: maybe}\noutput: {x: 1}\n")
    assert {problem.key for problem in found} == {"fetch.timeout", "fetch.robots", "output.x"}


def test_a_missing_file_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        load_configuration(str(tmp_path / "none.yaml"))
    (tmp_path / "bad.yaml").write_bytes(b"feeds: \xff\xfe")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        load_configuration(str(tmp_path / "bad.yaml"))
