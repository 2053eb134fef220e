"""Texts that break files, and feeds and pages that are too much of something."""

import json
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.builders import FEED, NOW, RUN, make_article, make_entry, make_response
from tests.hostile.hostile_web import FORMULA
from transforms.articles import extract_article
from transforms.elements import Article, Entry, FeedDocument, Page
from transforms.failures import Failure, FailureKind, Settled, fail
from transforms.feeds import MAX_ENTRIES, parse_feed
from transforms.records import ToRecords, to_failure_row, to_record
from transforms.schemas import FAILURE_SCHEMA, RECORD_SCHEMA
from transforms.stages import _StageFn

DATA = Path(__file__).parents[1] / "data/hostile"


def parse(body: str | bytes, content_type: str = "application/xml") -> list[Any]:
    data = body.encode() if isinstance(body, str) else body
    response = make_response(data, FEED.url, headers=(("content-type", content_type),))
    return list(parse_feed(FeedDocument(FEED, response)))


def rss(items: str) -> str:
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>"


def test_texts_from_the_web_survive_the_files(tmp_path: Path) -> None:
    entries = parse((DATA / "feeds/half-pairs.json").read_bytes(), "application/feed+json")
    entry = next(entry for entry in entries if isinstance(entry, Entry))
    html = (DATA / "pages/half-pairs.html").read_bytes()
    (article,) = extract_article(Page(entry, make_response(html)))
    assert isinstance(article, Article)
    record = to_record(article, RUN)
    pq.write_table(pa.Table.from_pylist([record], schema=RECORD_SCHEMA), tmp_path / "x.parquet")
    (row,) = pq.read_table(tmp_path / "x.parquet").to_pylist()
    assert row == record
    assert json.loads(json.dumps(row, default=str, ensure_ascii=False).encode())["title"]
    assert row["title"] == "a[31mb tide"
    assert row["feeds"][0]["guid"] == "ab"
    assert row["authors"] == ["Anna Bell"]


@pytest.mark.parametrize("name", ["title", "body", "section", "source_name", "license"])
def test_a_row_that_no_file_can_hold_fails_alone(name: str) -> None:
    """Nothing should get so far; if it does, one article is lost and not a run."""
    stage = _StageFn("ToRecords", ToRecords(RUN).load)
    stage.setup()
    (result,) = stage.process(make_article(**{name: "half \ud800"}))
    assert isinstance(result.value, Failure)
    assert result.value.kind is FailureKind.INTERNAL_ERROR
    row = to_failure_row(result.value, RUN)
    assert pa.Table.from_pylist([row], schema=FAILURE_SCHEMA).num_rows == 1


def test_messages_that_quote_anything_can_be_written() -> None:
    failure = fail("ParseFeeds", FailureKind.INTERNAL_ERROR, "ValueError: \ud800\0", make_entry())
    row = to_failure_row(failure, RUN)
    assert pa.Table.from_pylist([row], schema=FAILURE_SCHEMA).num_rows == 1


INNER = [
    "item",
    "entry",
    "title",
    "link",
    "guid",
    "body",
    "summary",
    "description",
    "content",
    "rss",
]


@pytest.mark.parametrize("name", INNER)
@pytest.mark.parametrize("around", ["title", "description"])
def test_markup_in_a_text_is_no_part_of_the_feed(around: str, name: str) -> None:
    inner = f"<{name} href='https://evil.example/'>in<link>https://evil.example/1</link></{name}>"
    text = f"<{around}>before {inner} after</{around}>"
    first = f"<item>{text}<link>https://a.example/1</link><guid>g</guid></item>"
    second = "<item><title>Second</title><link>https://a.example/2</link></item>"
    entries = parse(rss(first + second))
    assert [entry.url for entry in entries] == ["https://a.example/1", "https://a.example/2"]
    assert (entries[0].guid, entries[1].title) == ("g", "Second")


def test_entries_hidden_in_a_title_are_not_read() -> None:
    items = "<item><link>https://a.example/1</link></item>" * (MAX_ENTRIES + 1_000)
    text = rss(f"<item><title>{items}</title><link>https://a.example/2</link></item>")
    assert len(parse(text)) == 1


def test_a_formula_is_a_title_like_any_other() -> None:
    item = f"<item><title>{FORMULA.replace('&', '&amp;')}</title><link>https://a.example/1</link></item>"
    (entry,) = parse(rss(item))
    assert entry.title == FORMULA


def test_no_entity_reaches_a_text() -> None:
    (entry,) = parse((DATA / "feeds/external-entities.xml").read_bytes())
    assert entry.title == "Before &file; &c; after"
    assert entry.url == "https://quay.example/1?ha=1"


JSON_FEED = '{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", {}}}]}}'
LINK = "<link>https://a.example/1</link>"
LARGE = {
    "JSON nested in an entry": JSON_FEED.format('"x": ' + "[" * 100_000 + "]" * 100_000),
    "JSON with a long number": JSON_FEED.format('"url": ' + "9" * 3_000_000),
    "long guids": rss(f"<item>{LINK}<guid>{'g' * 1_000_000}</guid></item>" * 5),
    "long addresses": rss(f"<item><link>https://a.example/{'u' * 1_000_000}</link></item>" * 5),
    "many authors": rss(f"<item>{LINK}{'<author>Anna Bell</author>' * 10_000}</item>"),
    "many entries": rss("".join(f"<item><guid>{n}</guid></item>" for n in range(100_000))),
    "dates": rss(f"<item>{LINK}<pubDate>99999-13-45</pubDate></item>" * 1_000),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_feeds_cost_little_and_their_texts_are_bounded(name: str) -> None:
    start = time.process_time()
    results = parse(LARGE[name], "application/json" if name.startswith("JSON") else "text/xml")
    assert time.process_time() - start < 5
    assert 1 <= len(results) <= MAX_ENTRIES + 1
    assert all(isinstance(result, (Entry, Settled, Failure)) for result in results)
    assert all(len(repr(result)) < 20_000 for result in results)


@pytest.mark.slow
@pytest.mark.parametrize("body", [b"<p>" + b"word " * 10_000_000, b"<p>" + b"\xff" * 50_000_000])
@pytest.mark.parametrize("content_type", ["text/html", "text/plain"])
def test_a_line_of_50_megabytes(body: bytes, content_type: str) -> None:
    """`fetch.max_bytes` may be raised; the caps behind it hold."""
    start = time.process_time()
    headers = (("content-type", content_type),)
    (article,) = extract_article(Page(make_entry(), make_response(body, headers=headers)))
    assert isinstance(article, Article)
    assert len(article.body or "") <= 1_000_000
    assert time.process_time() - start < 15


@pytest.mark.slow
@pytest.mark.parametrize("filling", ["x", "<", "&", "<item>"])
def test_a_feed_of_50_megabytes(filling: str) -> None:
    start = time.process_time()
    item = f"<item>{LINK}<description>{filling * (20_000_000 // len(filling))}</description></item>"
    results = parse(rss(item))
    assert 1 <= len(results) <= MAX_ENTRIES + 1
    assert time.process_time() - start < 20
    assert all(result.announced_at == NOW for result in results if isinstance(result, Entry))
