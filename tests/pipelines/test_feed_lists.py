"""pipelines.feed_lists: OPML in and out, the YAML block.

The expected feeds of tests/data/opml/*.opml stand beside them; NEWSBEAM_UPDATE_GOLDEN=1 rewrites
them.
"""

import dataclasses
import json
import os
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feed_lists import MAX_BYTES, feeds_yaml, parse_opml, to_opml
from transforms.elements import Feed

OPML = Path(__file__).resolve().parents[1] / "data" / "opml"

FEEDS = [
    Feed("https://harbour-post.example/rss.xml", "Harbour Post", "en-GB", "GB", ("world", "top")),
    Feed("https://ilfaro.example/feed?a=1&b=2", 'Il "Faro" & <figli>', "it"),
    Feed("https://nord.example/rss", "Nordlyset", "nb", "NO", (), True),
    Feed("https://nameless.example/atom"),
]


@pytest.mark.parametrize("path", sorted(OPML.glob("*.opml")), ids=lambda path: path.stem)
def test_golden_lists(path: Path) -> None:
    found = [dataclasses.asdict(feed) for feed in parse_opml(path.read_bytes())]
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    expected = path.with_suffix(".expected.json")
    if os.environ.get("NEWSBEAM_UPDATE_GOLDEN"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no <opml> element"),
        (b"just text", "no <opml> element"),
        (b'{"feeds": []}', "no <opml> element"),
        (b"\x00\x01\xff", "no <opml> element"),
        (b"<outline xmlUrl='https://a.example/'/>", "no <opml> element"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "an HTML page"),
        (b"<rss version='2.0'><channel/></rss>", "an RSS feed"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "an Atom feed"),
        (b"<opml/>" + b" " * MAX_BYTES, "larger than 20 MB"),
    ],
)
def test_what_is_not_opml_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_opml(data)


def test_an_empty_list_is_a_list() -> None:
    assert parse_opml(b"<opml version='2.0'><head/><body/></opml>") == []


def test_left_out_feeds_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    parse_opml((OPML / "nested.opml").read_bytes())
    assert "javascript:alert(1)" in caplog.text


def test_hostile_lists_take_no_time() -> None:
    outline = '<outline text="a" xmlUrl="https://a.example/">'
    hostile = [
        f"<opml><body>{outline * 50_000}",
        f"<opml><body>{'<outline text=' + chr(34) + 'a' * 100_000}",
        "<opml>" + "<!DOCTYPE a [" * 50_000,
        "<opml><body>" + "&" * 500_000,
        "<opml><body>" + "&a" * 300_000,
        '<opml><outline xmlUrl="' + "&" * 300_000,
        "<opml>" + "<!ENTITY a '" * 50_000,
    ]
    start = time.process_time()
    for text in hostile:
        parse_opml(text.encode())
    assert time.process_time() - start < 3


@given(st.binary(max_size=200))
def test_any_bytes_give_feeds_or_value_error(data: bytes) -> None:
    for document in (data, b"<opml>" + data, b'<opml><outline xmlUrl="' + data + b'"/></opml>'):
        try:
            feeds = parse_opml(document)
        except ValueError:
            continue
        assert all(feed.url.startswith(("http://", "https://")) for feed in feeds)


def test_opml_round_trip() -> None:
    assert parse_opml(to_opml(FEEDS, "Mine")) == FEEDS


def test_opml_is_readable_by_others() -> None:
    text = to_opml(FEEDS, "Mine & yours").decode()
    assert text.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<opml ")
    assert '<opml xmlns:newsbeam="https://newsbeam.example/ns/opml" version="2.0">' in text
    assert "<title>Mine &amp; yours</title>" in text
    assert 'type="rss" text="Harbour Post" title="Harbour Post"' in text
    assert 'category="world,top"' in text


_words = st.text(max_size=12).map(lambda text: " ".join(text.split()))
_words = _words.filter(lambda text: text.isprintable() and "," not in text)
_tags = st.lists(
    _words.map(lambda text: text.lstrip("/ ")).filter(bool), max_size=3, unique=True
).map(tuple)
_feeds = st.lists(
    st.builds(
        Feed,
        url=st.integers(0, 10**6).map("https://n.example/{}".format),
        name=st.one_of(st.none(), _words.filter(bool)),
        language=st.sampled_from([None, "it", "pt-BR", "zh-Hant-TW"]),
        country=st.sampled_from([None, "IT", "NO"]),
        tags=_tags,
        full_content=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda feed: feed.url,
)


@given(_feeds)
def test_round_trips_of_any_feeds(feeds: list[Feed]) -> None:
    assert parse_opml(to_opml(feeds, "any")) == feeds
    assert _feeds_of_yaml(feeds_yaml(feeds)) == feeds


def _feeds_of_yaml(text: str) -> list[Feed]:
    return [
        Feed(**{**fields, "tags": tuple(fields.get("tags", ()))})
        for fields in yaml.safe_load(text)["feeds"]
    ]


def test_yaml_block() -> None:
    assert (
        feeds_yaml(FEEDS)
        == """\
feeds:
  - url: https://harbour-post.example/rss.xml
    name: Harbour Post
    language: en-GB
    country: GB
    tags: [world, top]
  - url: https://ilfaro.example/feed?a=1&b=2
    name: Il "Faro" & <figli>
    language: it
  - url: https://nord.example/rss
    name: Nordlyset
    language: nb
    country: 'NO'
    full_content: true
  - url: https://nameless.example/atom
"""
    )
    assert feeds_yaml([]) == "feeds: []\n"
