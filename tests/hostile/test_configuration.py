"""Configuration is trusted, but a file that somebody sent must not hang the command."""

import time
from pathlib import Path

import pytest

from pipelines.configuration import ConfigurationError, load_configuration
from pipelines.feed_lists import feeds_yaml, parse_opml

FEEDS = "feeds: [{url: 'https://a.example/'}]\n"


def nested(first: str, rest: str, depth: int = 12) -> str:
    lines = [first, *(rest.format(n, n - 1) for n in range(1, depth))]
    return "\n".join(lines) + "\n" + FEEDS


BOMBS = {
    "lists": nested("a0: &a0 [x, x]", "a{0}: &a{0} [" + ", ".join(["*a{1}"] * 9) + "]", 14),
    "mappings": nested("a0: &a0 {x: 1}", "a{0}: &a{0} {{b: *a{1}, c: *a{1}, d: *a{1}}}", 30),
    "merges": nested("a0: &a0 {x: 1}", "a{0}: &a{0} {{<<: [*a{1}, *a{1}, *a{1}], y: *a{1}}}", 30),
    "a list that contains itself": "feeds: &a [*a]\n",
    "a feed that contains itself": "feeds:\n  - &b {url: *b}\n",
    "deep lists": "a: " + "[" * 50_000 + "\n",
    "deep mappings": "a: " + "{a: " * 50_000 + "\n",
    "an object": "feeds: !!python/object/apply:os.getcwd []\n",
    "a half pair": 'feeds: [{url: "https://a.example/\\ud800"}]\n',
    "a long scalar": f"feeds: [{{url: 'https://a.example/', country: {'x' * 500_000}}}]\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_errors(tmp_path: Path, name: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(BOMBS[name], encoding="utf-8")
    start = time.process_time()
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(str(path))
    assert time.process_time() - start < 5
    assert "config.yaml" in str(caught.value)
    assert len(str(caught.value)) < 100_000


def test_honest_aliases_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "feeds:\n"
        "  - {url: 'https://a.example/', tags: &tags [world, sea]}\n"
        "  - {url: 'https://b.example/', tags: *tags}\n"
    )
    assert [feed.tags for feed in load_configuration(str(path)).feeds] == [("world", "sea")] * 2


def test_names_in_a_feed_list_cannot_make_yaml_of_their_own(tmp_path: Path) -> None:
    names = [
        "x\n- url: https://evil.example/",
        "*a",
        "!!python/none",
        "=1+1",
        "'",
        "../../etc",
        "{}",
    ]
    outlines = "".join(
        f"<outline text={quoted(name)} xmlUrl='https://a.example/{n}'/>"
        for n, name in enumerate(names)
    )
    found = parse_opml(f"<opml><body>{outlines}</body></opml>".encode())
    path = tmp_path / "feeds.yaml"
    path.write_text(feeds_yaml(found), encoding="utf-8")
    feeds = load_configuration(str(path)).feeds
    assert [feed.url for feed in feeds] == [f"https://a.example/{n}" for n in range(len(names))]
    assert [feed.name for feed in feeds] == [" ".join(name.split()) for name in names]


def quoted(text: str) -> str:
    return '"' + text.replace("&", "&amp;").replace('"', "&quot;").replace("\n", "&#10;") + '"'
