"""The sample site serves what it says, and its books agree with its feeds."""

import gzip
import http.client
import json
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import feedparser
import pytest
from lxml import html

from pipelines.sample_site import ExpectedRecord
from tests.news_site import NewsSite

LANGUAGES = {"en", "it", "fr", "es", "pt", "de", "nl", "pl", "tr", "ru", "uk", "ar", "ja", "zh"}


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@pytest.fixture(scope="module")
def site() -> Iterator[NewsSite]:
    with NewsSite() as site:
        yield site


@pytest.fixture
def own_site() -> Iterator[NewsSite]:
    with NewsSite() as site:
        yield site


def ask(url: str, method: str = "GET", **headers: str) -> Answer:
    """One request, redirects not followed; `if_none_match=...` becomes If-None-Match."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, headers=names)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def entry_links(body: bytes) -> list[str | None]:
    if body.lstrip().startswith(b"{"):
        return [item["url"] for item in json.loads(body)["items"]]
    return [entry.get("link") for entry in feedparser.parse(body).entries]


def pages(site: NewsSite) -> Iterator[tuple[ExpectedRecord, Answer, str]]:
    for record in site.expected().records.values():
        answer = ask(record.url)
        # The wrong charset of one header is on purpose: there the meta element is right.
        charset = answer.headers.get_content_charset()
        text = answer.body.decode("utf-8" if charset == "iso-8859-1" else charset or "utf-8")
        yield record, answer, text


def test_every_publisher_has_a_port_of_its_own(site: NewsSite) -> None:
    assert len(set(site.ports)) == len(site.bases) == 5


def test_every_format_of_feed_is_well_formed(site: NewsSite) -> None:
    versions = set()
    for feed in site.feeds:
        body = ask(feed.url).body
        if body.lstrip().startswith(b"{"):
            versions.add(json.loads(body)["version"].rsplit("/", 2)[1])
        else:
            parsed = feedparser.parse(body)
            assert not parsed.bozo, feed.url
            versions.add(parsed.version)
        assert b"${" not in body
    assert versions == {"rss20", "rss10", "atom10", "version"}


def test_full_content_stands_in_the_feed(site: NewsSite) -> None:
    (feed,) = [feed for feed in site.feeds if feed.full_content]
    parsed = feedparser.parse(ask(feed.url).body)
    assert all(len(entry.content[0].value) > 400 for entry in parsed.entries)


def test_the_books_agree_with_the_feeds(site: NewsSite) -> None:
    """Walks the feeds as simply as can be and counts where each entry ends."""
    outcome: Counter[str] = Counter()
    written: set[str] = set()
    for feed in site.feeds:
        for link in entry_links(ask(feed.url).body):
            outcome[_fate(site, feed.url, link, written)] += 1
    expected = site.expected()
    assert outcome.pop("written") == expected.written == len(expected.records)
    assert outcome.pop("duplicate") == expected.duplicate
    assert outcome == Counter({**expected.skipped, **expected.failed})
    total = expected.written + expected.duplicate
    total += sum(expected.skipped.values()) + sum(expected.failed.values())
    assert total == expected.announced
    assert written == {record.url for record in expected.records.values()}


def _fate(site: NewsSite, feed_url: str, link: str | None, written: set[str]) -> str:
    if not link:
        return "no_link"
    url = urllib.parse.urljoin(feed_url, link).partition("?")[0]
    if not url.startswith("http"):
        return "unsupported_link"
    if "/members/" in url:
        return "robots"
    answer = ask(url)
    if answer.status == 301:
        url = answer.headers["Location"]
        answer = ask(url)
    if answer.status == 404:
        return "not_found"
    if answer.headers.get_content_type() != "text/html":
        return "content_type"
    canonical = html.fromstring(answer.body).xpath("//link[@rel='canonical']/@href")
    url = canonical[0] if canonical else url
    if url in written:
        return "duplicate"
    written.add(url)
    return "written"


def test_languages_and_length_of_the_articles(site: NewsSite) -> None:
    languages = set()
    for record, _, text in pages(site):
        tree = html.document_fromstring(text)
        assert tree.get("lang", "").split("-")[0] == record.language
        if record.verdict != "article":
            continue
        languages.add(record.language)
        words = " ".join(p.text_content() for p in tree.xpath("//p"))
        assert len(words) > (350 if record.language in ("ja", "zh") else 1_100), record.path
    assert languages == LANGUAGES


def test_articles_are_whole_pages(site: NewsSite) -> None:
    for record, answer, text in pages(site):
        assert answer.status == 200
        tree = html.document_fromstring(text)
        assert tree.xpath("string(//title)").strip(), record.path
        assert "${" not in text
        for script in tree.xpath("//script[@type='application/ld+json']/text()"):
            json.loads(script)
        if record.opening is None:
            continue
        visible = " ".join(tree.text_content().split())
        assert record.title is not None
        assert record.title in visible
        assert record.opening in visible
        assert record.closing is None or record.closing in visible
        assert tree.xpath("//link[@rel='canonical']/@href") == [record.url]
        assert len(tree.xpath("//h1")) == 1
        # What must not enter the body is on the page, or the check of it would mean nothing.
        found = [phrase for phrase in record.unwanted if phrase in visible]
        assert len(found) >= 3, record.path
        assert record.unwanted


def test_quotation_marks_of_the_languages(site: NewsSite) -> None:
    marks = {"en": "“”", "tr": "“”", "pt": "“”", "zh": "“”", "de": "„“", "pl": "„”", "ja": "「」"}
    marks |= dict.fromkeys(("it", "fr", "es", "ru", "uk", "ar"), "«»") | {"nl": "‘’"}
    for record, _, text in pages(site):
        if record.verdict == "article":
            for mark in marks[record.language]:
                assert text.count(mark) >= 2, record.path
            assert '"' not in html.document_fromstring(text).xpath("string(//h1)")


@pytest.mark.parametrize(
    ("publisher", "path", "to"),
    [
        ("courier", "/s/4711", "/2026/01/15/seagrass-carbon"),
        ("meridian", "/b/771", "/fr/20260119-accord-peche"),
    ],
)
def test_redirects(site: NewsSite, publisher: str, path: str, to: str) -> None:
    answer = ask(site.bases[publisher] + path)
    assert answer.status == 301
    assert answer.headers["Location"] == site.bases[publisher] + to
    assert ask(answer.headers["Location"]).status == 200


def test_not_found_and_pdf(site: NewsSite) -> None:
    assert ask(site.bases["lanterna"] + "/meteo/2026/01/23/fine-settimana").status == 404
    pdf = ask(site.bases["grenzland"] + "/files/haushalt-2026.pdf")
    assert (pdf.status, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert pdf.body.startswith(b"%PDF-")


def test_charsets(site: NewsSite) -> None:
    wrong = ask(site.bases["courier"] + "/2026/01/17/averley-film-festival")
    assert wrong.headers["Content-Type"] == "text/html; charset=iso-8859-1"
    assert "Zoë Fontaine-Lévêque" in wrong.body.decode("utf-8")
    cyrillic = ask(site.bases["vestnik"] + "/ru/2026/01/23/lamskoe-ozero")
    assert cyrillic.headers["Content-Type"] == "text/html; charset=windows-1251"
    assert "Прокуратура" in cyrillic.body.decode("windows-1251")


def test_robots(site: NewsSite) -> None:
    assert b"Disallow: /members/" in ask(site.bases["courier"] + "/robots.txt").body
    assert b"GPTBot" in ask(site.bases["lanterna"] + "/robots.txt").body
    assert ask(site.bases["grenzland"] + "/robots.txt").status == 404


def test_rights_in_the_page(site: NewsSite) -> None:
    (record,) = [
        record
        for record in site.expected().records.values()
        if record.ai_opt_out and record.publisher == "courier"
    ]
    tree = html.fromstring(ask(record.url).body)
    assert tree.xpath("//meta[@name='robots']/@content") == ["noai, noimageai"]
    assert tree.xpath("//meta[@name='tdm-reservation']/@content") == ["1"]


def test_feeds_answer_304_to_their_validators(site: NewsSite) -> None:
    for feed in site.feeds:
        first = ask(feed.url)
        etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
        again = ask(feed.url, if_none_match=etag)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
        assert ask(feed.url, if_modified_since=modified).status == 304
        assert ask(feed.url, if_modified_since="Tue, 27 Jan 2026 06:00:00 GMT").status == 200
        assert ask(feed.url, if_modified_since="yesterday").status == 200
        assert ask(feed.url, if_none_match='"x"', if_modified_since=modified).status == 200


def test_a_changed_feed_answers_200_to_its_old_etag(own_site: NewsSite) -> None:
    url = own_site.bases["courier"] + "/feed"
    etag = ask(url).headers["ETag"]
    own_site.edit("courier", "/feed", "nine-hour", "ten-hour")
    assert ask(url, if_none_match=etag).status == 200


def test_gzip_only_when_accepted(site: NewsSite) -> None:
    url = site.feeds[0].url
    plain, packed = ask(url), ask(url, accept_encoding="gzip, deflate")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


def test_head_has_the_headers_alone(site: NewsSite) -> None:
    answer = ask(site.feeds[0].url, "HEAD")
    assert answer.body == b""
    assert int(answer.headers["Content-Length"]) > 1_000


def test_connections_are_kept_alive(site: NewsSite) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.ports[0], timeout=5)
    connection.request("GET", "/feed")
    connection.getresponse().read()
    used = connection.sock
    connection.request("GET", "/robots.txt")
    assert connection.getresponse().read()
    assert connection.sock is used
    connection.close()


def test_the_site_changes_and_remembers(own_site: NewsSite) -> None:
    url = own_site.publish("courier", "/extra?page=2", "<p>Ciao</p>", headers=(("X-Test", "1"),))
    answer = ask(url, user_agent="tester/1.0")
    assert (answer.status, answer.headers["X-Test"], answer.body) == (200, "1", b"<p>Ciao</p>")
    own_site.alter("courier", "/extra?page=2", status=503, delay=0.1)
    started = time.monotonic()
    assert ask(url).status == 503
    assert time.monotonic() - started >= 0.1
    own_site.withdraw("courier", "/extra?page=2")
    assert ask(url).status == 404
    assert [request.status for request in own_site.requests("courier")] == [200, 503, 404]
    first = own_site.log[0]
    assert first.headers["user-agent"] == "tester/1.0"
    assert first.started <= first.finished
    own_site.forget()
    assert own_site.hits("courier", "/extra?page=2") == 0


def test_closing_does_not_wait_for_a_slow_page() -> None:
    with NewsSite() as site:
        url = site.publish("courier", "/slow", "late", delay=60.0)
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=5)
        connection.request("GET", parts.path)
        started = time.monotonic()
    assert time.monotonic() - started < 5
    connection.close()


def test_a_taken_port_is_an_error_and_leaves_nothing_open(site: NewsSite) -> None:
    with pytest.raises(OSError, match="in use"), NewsSite(first_port=site.ports[0]):
        pass
