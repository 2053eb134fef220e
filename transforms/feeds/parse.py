"""ParseFeeds: a feed's bytes -> its entries."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import apache_beam as beam

from transforms.charset import charset_of, decode_xml
from transforms.elements import Entry, FeedDocument
from transforms.failures import Failure, FailureKind, Settled, fail
from transforms.feeds.entries import MAX_NAME, Origin, to_entry
from transforms.feeds.json_feed import read_json_feed
from transforms.feeds.raw import MAX_ENTRIES, MalformedFeedError, NotAFeedError, RawFeed
from transforms.feeds.texts import plain
from transforms.feeds.xml_feed import read_xml_feed
from transforms.stages import run_stage

STAGE = "ParseFeeds"

_BINARIES = (
    (b"%PDF", "a PDF file"),
    (b"\x1f\x8b", "gzip data"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
)


def parse_feed(document: FeedDocument) -> Iterator[Entry | Failure | Settled]:
    """The entries of a feed in document order; never raises on what a server sent.

    Yields an Entry for each entry with a usable link (or, in a `full_content` feed, content), a
    Settled for each without, and one Failure instead of all that where there is no feed
    (NOT_A_FEED) or nothing of it can be read (MALFORMED_FEED). A feed without entries yields
    nothing. A broken feed yields what could be read, with the warning "malformed_feed". Entries
    beyond raw.MAX_ENTRIES are one Failure TOO_LARGE that counts them.

    The same guid or link may come twice: sorting that out is for those who see all feeds.
    """
    response = document.response
    if response.status == 304:
        return
    if not 200 <= response.status <= 299:
        server = response.status >= 500
        kind = FailureKind.SERVER_ERROR if server else FailureKind.CLIENT_ERROR
        yield fail(STAGE, kind, f"HTTP status {response.status} instead of a feed", document)
        return
    try:
        raw, warnings = _read(document)
    except NotAFeedError as error:
        yield fail(STAGE, FailureKind.NOT_A_FEED, f"found {error} instead of a feed", document)
        return
    except MalformedFeedError as error:
        yield fail(STAGE, FailureKind.MALFORMED_FEED, str(error), document)
        return
    title = plain(raw.title.value, raw.title.is_html, MAX_NAME) if raw.title else None
    feed = replace(document.feed, name=document.feed.name or title)
    origin = Origin(feed, raw, response.fetched_at, warnings)
    for position, entry in enumerate(raw.entries):
        yield to_entry(entry, position, origin)
    if raw.surplus:
        message = f"{raw.surplus} entries after the first {MAX_ENTRIES} were not read"
        failure = fail(STAGE, FailureKind.TOO_LARGE, message, document)
        yield replace(failure, entries=raw.surplus)


def _read(document: FeedDocument) -> tuple[RawFeed, tuple[str, ...]]:
    response = document.response
    for magic, name in _BINARIES:
        if response.body.startswith(magic):
            raise NotAFeedError(name)
    content_type = response.header("content-type")
    decoded = decode_xml(response.body, charset_of(content_type))
    start = decoded.text[:1000].lstrip()
    json_type = "json" in (content_type or "").partition(";")[0].lower()
    if start.startswith(("{", "[")) or (json_type and not start.startswith("<")):
        raw = read_json_feed(decoded.text, response.final_url)
    else:
        raw = read_xml_feed(decoded.text, response.final_url)
    malformed = ("malformed_feed",) if raw.damaged else ()
    return raw, decoded.warnings + malformed


class ParseFeeds(beam.PTransform):
    """PCollection[FeedDocument] -> Outcome of Entry; entries without a link are settled."""

    def expand(self, documents: beam.PCollection[FeedDocument]) -> Any:
        return run_stage(documents, STAGE, _load, Entry)


def _load() -> Callable[[FeedDocument], Iterator[Entry | Failure | Settled]]:
    return parse_feed
