"""Golden pairs: a document and what parse_feed makes of it. NEWSBEAM_UPDATE_GOLDEN=1 rewrites."""

import dataclasses
import json
import os
import time
from datetime import datetime, timezone
from operator import attrgetter
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.elements import Entry, Feed, FeedDocument, Response
from transforms.failures import Failure, FailureKind, Settled
from transforms.feeds import MAX_ENTRIES, ParseFeeds, parse_feed

DATA = Path(__file__).resolve().parents[1] / "data" / "feeds"
FETCHED = datetime(2026, 1, 28, 12, 0, tzinfo=timezone.utc)
ADDRESS = "https://feeds.example/some/feed.xml"

_CLOCK = {"failed_at", "first_failed_at"}

CONTENT_TYPES = {
    "json11.json": "application/feed+json",
    "bom-wrong-header-es.xml": "application/rss+xml; charset=windows-1252",
    "windows-1251-ru.xml": "text/xml",
    "html-page.html": "text/html; charset=utf-8",
}
FEEDS = {
    "full-content.xml": Feed(ADDRESS, full_content=True),
    "atom03-fr.xml": Feed(ADDRESS, name="Configured name", language="fr", country="FR"),
}


def document(
    body: bytes, content_type: str | None = None, feed: Feed | None = None, status: int = 200
) -> FeedDocument:
    headers = (("content-type", content_type),) if content_type else ()
    response = Response(ADDRESS, ADDRESS, status, headers, body, FETCHED, 12)
    return FeedDocument(feed or Feed(ADDRESS), response)


def parse(
    body: bytes | str, content_type: str | None = None, feed: Feed | None = None
) -> list[Entry | Failure | Settled]:
    data = body.encode() if isinstance(body, str) else body
    return list(parse_feed(document(data, content_type, feed)))


def entries(body: bytes | str) -> list[Entry]:
    results = parse(body)
    assert all(isinstance(result, Entry) for result in results), results
    return [result for result in results if isinstance(result, Entry)]


def rss(items: str) -> str:
    head = "<title>T</title><link>https://t.example/</link>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'


def as_json(value: Any) -> Any:
    """Elements as objects without the fields that have their default value or hold the clock's
    answer, so that a new field with a default changes no golden file."""
    if dataclasses.is_dataclass(value):
        fields = {"is": type(value).__name__}
        for field in dataclasses.fields(value):
            inner = getattr(value, field.name)
            if field.name not in _CLOCK and inner != field.default:
                fields[field.name] = as_json(inner)
        return fields
    if isinstance(value, tuple):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(DATA.iterdir()) if not path.name.endswith(".expected.json")],
    ids=lambda path: path.name,
)
def test_golden(path: Path) -> None:
    results = parse(path.read_bytes(), CONTENT_TYPES.get(path.name), FEEDS.get(path.name))
    found = [as_json(result) for result in results]
    expected = path.with_name(f"{path.name}.expected.json")
    if os.environ.get("NEWSBEAM_UPDATE_GOLDEN"):
        text = json.dumps(found, indent=1, ensure_ascii=False)
        expected.write_text(text + "\n", encoding="utf-8")
    assert found == json.loads(expected.read_text(encoding="utf-8"))


def test_every_golden_file_has_its_document() -> None:
    for path in DATA.glob("*.expected.json"):
        assert path.with_name(path.name.removesuffix(".expected.json")).exists()


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (b"", None, "an empty document"),
        (b" \r\n ", None, "an empty document"),
        (b"<!doctype html><title>x</title>", "text/html", "an HTML page"),
        (b"<html><body><p>x<br></p>", None, "an HTML page"),
        (b"<div>fragment</div>", None, "an HTML page"),
        (b"Service unavailable", "text/plain", "a text"),
        (b"%PDF-1.7 ...", None, "a PDF file"),
        (b"\x1f\x8b\x08\x00", None, "gzip data"),
        (b'<opml version="2.0"><body/></opml>', None, "a feed list (OPML)"),
        (b'<urlset xmlns="http://www.sitemaps.example"/>', None, "a sitemap"),
        (b"<inventory><item/></inventory>", None, "the root <inventory>"),
        (b'{"error": "no such feed"}', "application/json", "JSON that is no JSON Feed"),
        (b"[1, 2]", "application/json", "JSON that is no JSON Feed"),
        (b'{"items": {}}', None, "JSON that is no JSON Feed"),
        (b"{not json", None, "looks like JSON"),
    ],
)
def test_not_a_feed(body: bytes, content_type: str | None, message: str) -> None:
    (failure,) = parse(body, content_type)
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.NOT_A_FEED
    assert message in failure.message
    assert (failure.stage, failure.url, failure.entries) == ("ParseFeeds", ADDRESS, 0)


@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0"?><rss version="2.0"><channel><title>cut',
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</wrong></feed>',
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id"',
    ],
)
def test_malformed_feed(body: str) -> None:
    (failure,) = parse(body)
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.MALFORMED_FEED


def test_statuses_other_than_success() -> None:
    body = rss("<item><link>https://t.example/1</link></item>").encode()
    assert list(parse_feed(document(body, status=304))) == []
    for status, kind in ((404, FailureKind.CLIENT_ERROR), (503, FailureKind.SERVER_ERROR)):
        (failure,) = parse_feed(document(body, status=status))
        assert isinstance(failure, Failure)
        assert failure.kind is kind


def test_entries_beyond_the_limit_are_counted() -> None:
    item = "<item><title>x</title><link>https://t.example/1</link></item>"
    results = parse(rss(item * (MAX_ENTRIES + 7)))
    assert len(results) == MAX_ENTRIES + 1
    assert isinstance(results[-1], Failure)
    assert results[-1].kind is FailureKind.TOO_LARGE
    assert results[-1].entries == 7
    feed = {"version": "https://jsonfeed.org/version/1.1"}
    items = [{"id": str(number), "url": "https://t.example/"} for number in range(MAX_ENTRIES + 3)]
    results = parse(json.dumps(feed | {"items": items}))
    assert isinstance(results[-1], Failure)
    assert results[-1].entries == 3


def test_long_fields_are_cut() -> None:
    (entry,) = entries(
        rss(
            "<item><link>https://t.example/1</link>"
            f"<title>{'word ' * 1_000_000}</title><description>{'text ' * 100_000}</description>"
            f"<author>{'a@a.' * 100_000}</author>" + "<category>c</category>" * 5_000 + "</item>"
        )
    )
    assert entry.title is not None
    assert entry.summary is not None
    assert (len(entry.title), len(entry.summary)) == (999, 9_999)
    assert entry.categories == ("c",)


def test_a_link_longer_than_any_server_takes_is_unsupported() -> None:
    (settled,) = parse(rss(f"<item><link>https://t.example/{'a/' * 500_000}</link></item>"))
    assert isinstance(settled, Settled)
    assert settled.reason == "unsupported_link"


HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><item><title>t</title>'
LINK = "<link>https://t.example/1</link>"
END = "</item></channel></rss>"
LAUGHS = "".join(f'<!ENTITY l{n + 1} "' + f"&l{n};" * 10 + '">' for n in range(11))
HOSTILE = {
    "deep": HEAD + LINK + "<x>" * 100_000 + "</x>" * 100_000 + END,
    "deep in a description": HEAD + LINK + "<description>" + "<b>" * 100_000,
    "deep escaped": f"{HEAD}{LINK}<description>{'&lt;b&gt;' * 100_000}</description>{END}",
    "one line": f"{HEAD}{LINK}<description>{'x' * 5_000_000}</description>{END}",
    "less-than": HEAD + LINK + "<description>" + "<" * 500_000,
    "ampersands": HEAD + LINK + "<description>" + "&" * 500_000,
    "open comments": HEAD + LINK + "<!--" * 200_000,
    "open CDATA": HEAD + LINK + "<![CDATA[" * 100_000,
    "open tags": HEAD + LINK + '<a b="' * 150_000,
    "one long tag": HEAD + LINK + "<a " + "x" * 1_000_000 + ">",
    "end tags": HEAD + LINK + "</b>" * 200_000,
    "attributes": HEAD + LINK + "<x" + "".join(f' a{n}="1"' for n in range(50_000)) + "/>" + END,
    "namespaces": HEAD + LINK + "".join(f'<x xmlns:a{n}="u{n}"/>' for n in range(20_000)) + END,
    "mail addresses": f"{HEAD}{LINK}<author>{'a.' * 500_000}</author>{END}",
    "categories": HEAD + LINK + "".join(f"<category>{n}</category>" for n in range(30_000)) + END,
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>{HEAD}{LINK}'
    f"<description>&l11;</description>{END}",
    "quadratic blowup": '<!DOCTYPE x [<!ENTITY a "' + "x" * 90 + f'">]>{HEAD}{LINK}'
    f"<description>{'&a;' * 300_000}</description>{END}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_cost_little(name: str) -> None:
    start = time.process_time()
    (entry,) = entries(HOSTILE[name])
    assert time.process_time() - start < 5
    assert (entry.title, entry.url) == ("t", "https://t.example/1")
    assert len(entry.summary or "") <= 10_000


def test_hostile_json_costs_little() -> None:
    start = time.process_time()
    for body in ("[" * 1_000_000, '{"a":' * 500_000):
        (failure,) = parse(body)
        assert isinstance(failure, Failure)
    digits = "1" * 2_000_000
    item = f'{{"id": {digits}, "url": "https://t.example/1"}}'
    (entry,) = entries(f'{{"version": "https://jsonfeed.org/version/1", "items": [{item}]}}')
    assert entry.guid is not None
    assert len(entry.guid) == 2_000
    assert time.process_time() - start < 5


DOCUMENTS = [path.read_bytes() for path in sorted(DATA.iterdir()) if "expected" not in path.name]
SCRAPS = rb"""
< > & " ' </ <![CDATA[ ]]> <!-- <item> </item> <links>x</links> <p:q:r> rdf:resource="x" a="
http://[ xmlns:a="} xml:base="http://[" &#x0; <!DOCTYPE { } null javascript: %  \ 1e999
"""
CUTS = st.tuples(
    st.floats(0, 1), st.integers(0, 60), st.sampled_from([b"", b"\xff", b"\0", *SCRAPS.split()])
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(DOCUMENTS), st.lists(CUTS, max_size=8), st.booleans())
def test_mutilated_feeds_raise_nothing(
    body: bytes, cuts: list[tuple[float, int, bytes]], full_content: bool
) -> None:
    for where, length, scrap in cuts:
        start = int(where * len(body))
        body = body[:start] + scrap + body[start + length :]
    for result in parse(body, feed=Feed(ADDRESS, full_content=full_content)):
        if isinstance(result, Entry):
            assert result.url is None or result.url.startswith(("http://", "https://"))
            for text in (result.title, result.summary, result.content_html, result.guid):
                assert text is None or text.encode("utf-8")


def test_external_entities_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret", encoding="utf-8")
    for kind in ("", "% "):
        doctype = f'<!DOCTYPE rss [<!ENTITY {kind}x SYSTEM "{secret.as_uri()}"> {kind.strip()}x;]>'
        body = rss(f"<item><title>[&x;]</title>{LINK}</item>")
        (entry,) = entries(doctype + body)
        assert entry.title == "[&x;]"


def test_the_title_of_the_feed_fills_its_name() -> None:
    body = rss(f"<item>{LINK}</item>")
    (entry,) = entries(body)
    assert (entry.feed.name, entry.announcements[0].name) == ("T", "T")
    (named,) = parse(body, feed=Feed(ADDRESS, name="Mine"))
    assert isinstance(named, Entry)
    assert (named.feed.name, named.announcements[0].name) == ("Mine", "Mine")
    assert named.announced_at == FETCHED


def test_entries_without_guid_and_link_have_keys_of_their_own() -> None:
    body = rss(
        "<item><description>one</description></item><item><description>two</description></item>"
    )
    one, two = parse(body, feed=Feed(ADDRESS, full_content=True))
    assert isinstance(one, Entry)
    assert isinstance(two, Entry)
    assert one.key != two.key
    assert [len(one.key), len(two.key)] == [32, 32]


def test_the_transform_routes_each_result() -> None:
    good = rss(f"<item>{LINK}</item><item><title>no link</title></item>")
    documents = [document(good.encode()), document(b"<html></html>")]
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        outcome = pipeline | beam.Create(documents) | ParseFeeds()
        urls = outcome.elements | "urls" >> beam.Map(attrgetter("url"))
        kinds = outcome.failures | "kinds" >> beam.Map(attrgetter("kind"))
        reasons = outcome.settled | "reasons" >> beam.Map(attrgetter("reason"))
        assert_that(urls, equal_to(["https://t.example/1"]), label="entries")
        assert_that(kinds, equal_to([FailureKind.NOT_A_FEED]), label="failures")
        assert_that(reasons, equal_to(["no_link"]), label="settled")
