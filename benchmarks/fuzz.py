"""Hostile bytes at the parsers: `parse_feed` and `extract_article`.

    python -m benchmarks.fuzz feed [--seconds 60]
    python -m benchmarks.fuzz page [--seconds 600] [--seeds FOLDER ...] [--engine atheris]

Each input is held to what docs/security.md promises: no exception, a defined end for every
entry, texts that every file format can hold, bounded time. What breaks a promise is written to
--findings with a note, and the search goes on; a crash of the interpreter or a hang leaves the
input as `running.bin` there.

Seeds are our own fixtures and the files of --seeds folders (.gz and .tar.gz unpacked). With
atheris (its own optional install) coverage guides the search, else mutations are blind. Blind
runs repeat with the same --seed.

Exit status: 0 nothing found, 1 something found.
"""

import argparse
import faulthandler
import gzip
import os
import random
import re
import resource
import shutil
import sys
import tarfile
import tempfile
import time
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = {
    "feed": ("tests/data/feeds", "tests/data/hostile/feeds"),
    "page": ("tests/data/pages", "tests/data/hostile/pages"),
}
NOW = datetime(2026, 1, 28, 12, tzinfo=timezone.utc)
MAX_SEED_BYTES = 200_000
MAX_INPUT_BYTES = 300_000
SLOW_SECONDS = 2.0
"""CPU time for an input; the inputs are small, so that more is a finding."""
HANG_SECONDS = 60

FEED_TYPES = (
    "application/rss+xml", "text/xml; charset=utf-8", "application/feed+json", "text/html",
    "application/atom+xml; charset=utf-16", "text/xml; charset=shift_jis", "",
)  # fmt: skip
PAGE_TYPES = ("text/html", "text/html; charset=gbk", "text/plain", "application/xhtml+xml", "")

TOKENS = [
    b"<", b">", b"&", b'"', b"'", b"</", b"/>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?", b"?>",
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbf\xbf", b"\xc2\x9b31m", b"\x1b[31m", b"\r\n",
    b"&#0;", b"&#xD800;", b"&#1114112;", b"&#x1b;", b"&lt;script&gt;", b"&amp;amp;", b"&x;",
    b"<!DOCTYPE a [<!ENTITY x '&x;&x;'>]>", b"<!ENTITY % p SYSTEM 'file:///etc/passwd'>%p;",
    b"<item>", b"</item>", b"<entry>", b"</channel>", b"<title>", b"<link>", b"<guid>",
    b"<content:encoded>", b"<media:group>", b"<dc:date>", b"<author>", b"xml:base='http://['",
    b" xmlns:a='", b"<link rel='alternate' href='", b"<pubDate>99999-13-45</pubDate>",
    b"javascript:alert(1)", b"http://[::1", b"//evil.example", b"\\\\evil.example\\x", b"http://a@b:c",
    b"{", b"}", b"[", b"]", b":", b",", b"null", b"NaN", b"1e999", b"-", b"\\ud800", b"\\u0000",
    b'"items":', b'"version":"https://jsonfeed.org/version/1.1"', b'"id":', b'"url":',
    b"<html>", b"<body>", b"<p>", b"</p>", b"<div>", b"<table><tr><td>", b"<br>", b"<h1>",
    b"<meta property='og:title' content='", b"<link rel=canonical href='", b"<base href='",
    b"<script type='application/ld+json'>", b"</script>", b'"@type":"NewsArticle"', b'"@graph":',
    b'"articleBody":', b'"author":', b'"datePublished":', b'"@id":', b"<svg>", b"<template>",
    b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xfe\xff", b"<meta charset=utf-16>", b"=HYPERLINK(1)",
]  # fmt: skip


class BrokenPromiseError(Exception):
    """An input was handled in a way that docs/security.md rules out."""


Target = Callable[[bytes], None]


def feed_target() -> Target:
    """`parse_feed` with what must hold of its results."""
    from transforms.elements import Entry, Feed, FeedDocument, Response
    from transforms.failures import Failure, FailureKind
    from transforms.feeds import MAX_ENTRIES, parse_feed
    from transforms.state.rows import entry_from_json, entry_to_json

    def run(data: bytes) -> None:
        choice = zlib.crc32(data)
        content_type = FEED_TYPES[choice % len(FEED_TYPES)]
        feed = Feed("https://feeds.example/x", full_content=bool(choice & 1))
        headers = (("content-type", content_type),)
        response = Response(feed.url, feed.url, 200, headers, data, NOW, 1)
        results = list(parse_feed(FeedDocument(feed, response)))
        _require(len(results) <= MAX_ENTRIES + 1, "more entries than are read")
        failures = [result for result in results if isinstance(result, Failure)]
        _require(len(failures) <= 1, "several failures of one document")
        for failure in failures:
            _require(failure.kind is not FailureKind.INTERNAL_ERROR, failure.message)
            _require(failure.entries > 0 or results == failures, "failed and read at once")
        for result in results:
            check_texts(asdict(result))
            if isinstance(result, Entry):
                _check_address(result.url, result.key)
                _require(entry_from_json(entry_to_json(result)).key == result.key, "state")

    return run


def page_target() -> Target:
    """`extract_article` and the row that is made of it."""
    import pyarrow as pa

    from transforms.articles import extract_article
    from transforms.elements import Announcement, Article, Entry, Feed, Page, Response
    from transforms.failures import Settled
    from transforms.records import Run, to_record
    from transforms.schemas import RECORD_SCHEMA

    url = "https://news.example/2026/01/28/a-page-of-this-site"
    feed = Feed("https://news.example/rss.xml", "The Example", full_content=True)
    announcement = Announcement(feed.name, feed.url, "1", 0)
    run_of = Run("20260128T120000Z-abc123", NOW, "0")

    def run(data: bytes) -> None:
        choice = zlib.crc32(data)
        content = data.decode("utf-8", "surrogateescape") if choice % 16 == 0 else None
        entry = Entry("0" * 32, url, feed, (announcement,), NOW, content_html=content)
        headers = (("content-type", PAGE_TYPES[choice % len(PAGE_TYPES)]),)
        response = Response(url, url, 200, headers, data, NOW, 1)
        results = list(extract_article(Page(entry, None if content else response)))
        _require(len(results) == 1, f"{len(results)} results of one page")
        (result,) = results
        if isinstance(result, Settled):
            return
        _require(isinstance(result, Article), f"{type(result).__name__} instead of an article")
        record = to_record(result, run_of)
        check_texts({key: value for key, value in record.items() if key != "feeds"})
        pa.Table.from_pylist([record], schema=RECORD_SCHEMA).validate(full=True)
        _check_address(record["canonical_url"], record["article_id"])
        _require("\n\n" not in (result.body or ""), "an empty paragraph")
        _require(result.body is not None or result.verdict != "article", "an article of nothing")

    return run


TARGETS = {"feed": feed_target, "page": page_target}


def check_texts(value: Any) -> None:
    """Every text can be stored, is not empty, and every moment is UTC."""
    if isinstance(value, dict):
        for item in value.values():
            check_texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            check_texts(item)
    elif isinstance(value, datetime):
        _require(value.utcoffset() == timedelta(0), f"a moment that is not UTC: {value!r}")
    elif isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise BrokenPromiseError(f"a surrogate in {value[:80]!r}") from None
        _require(value != "", "an empty text")


def _check_address(url: str | None, key: str) -> None:
    _require(len(key) == 32, f"not a key: {key!r}")
    if url is not None:
        good = url.startswith(("http://", "https://")) and url.isascii() and url.isprintable()
        _require(good and " " not in url and len(url) <= 8192, f"not an address: {url[:200]!r}")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise BrokenPromiseError(what)


@dataclass
class Session:
    """Runs inputs, keeps what they break and counts. Ends the process at the deadline."""

    target: Target
    findings: Path
    deadline: float
    executions: int = 0
    slowest: float = 0.0
    found: dict[str, Path] = field(default_factory=dict)
    scratch: Path | None = None
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.findings.mkdir(parents=True, exist_ok=True)
        self._running = self.findings / "running.bin"

    def run(self, data: bytes) -> None:
        """One input; never raises."""
        if time.monotonic() > self.deadline:
            self.finish()
        self._running.write_bytes(data)
        faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
        start = time.process_time()
        try:
            self.target(data)
        except Exception as error:  # whatever it is, it is what we look for
            self._keep(data, _signature(error), traceback.format_exc())
        seconds = time.process_time() - start
        faulthandler.cancel_dump_traceback_later()
        self.executions += 1
        self.slowest = max(self.slowest, seconds)
        if seconds > SLOW_SECONDS:
            self._keep(data, f"slow-{int(seconds)}s", f"{seconds:.2f} s of CPU time\n")

    def finish(self) -> None:
        self._running.unlink(missing_ok=True)
        seconds = time.monotonic() - self.started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{self.executions} executions in {seconds:.0f} s ({self.executions / seconds:.0f}/s), "
            f"slowest {self.slowest:.2f} s, peak memory {peak:.0f} MB, {len(self.found)} findings",
            flush=True,
        )
        for signature, path in sorted(self.found.items()):
            print(f"  {signature}  {path}", flush=True)
        if self.scratch is not None:
            shutil.rmtree(self.scratch)
        os._exit(1 if self.found else 0)  # libFuzzer would not return

    def _keep(self, data: bytes, signature: str, note: str) -> None:
        if signature in self.found:
            return
        path = self.findings / f"{signature}-{zlib.crc32(data):08x}.bin"
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(note, encoding="utf-8", errors="backslashreplace")
        self.found[signature] = path


def _signature(error: Exception) -> str:
    """The kind of an error and where in our code it came from: one finding for each."""
    if isinstance(error, BrokenPromiseError):
        return re.sub(r"\W+", "-", str(error).partition(":")[0])[:60]
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)] or frames
    return f"{type(error).__name__}-{Path(ours[-1].filename).stem}-{ours[-1].lineno}"


def seeds(kind: str, folders: Sequence[str]) -> list[bytes]:
    """The fixtures and the files of the folders, small ones only, in a fixed order."""
    paths = [ROOT / folder for folder in FIXTURES[kind]] + [Path(folder) for folder in folders]
    found = {data for path in paths for data in _files(path) if 0 < len(data) <= MAX_SEED_BYTES}
    return sorted(found)


def _files(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.name.endswith(".tar.gz"):
            with tarfile.open(path) as archive:
                for member in archive:
                    content = archive.extractfile(member) if member.isfile() else None
                    if content is not None and member.size <= MAX_SEED_BYTES:
                        yield content.read()
        elif path.suffix == ".gz":
            yield gzip.decompress(path.read_bytes())
        elif path.is_file() and not path.name.endswith(".expected.json"):
            yield path.read_bytes()


def mutated(rng: random.Random, corpus: Sequence[bytes]) -> bytes:
    """A seed after a few random changes."""
    data = bytearray(rng.choice(corpus))
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8, 20))):
        at = rng.randrange(len(data) + 1)
        size = min(rng.choice((1, 3, 10, 60, 400)), len(data) - at)
        match rng.randrange(8):
            case 0:
                del data[at : at + size]
            case 1 | 2:
                data[at:at] = rng.choice(TOKENS)
            case 3:
                data[at : at + size] = rng.choice(TOKENS)
            case 4:  # a piece moved here, from this or another seed
                other = rng.choice(corpus) if rng.random() < 0.5 else bytes(data)
                start = rng.randrange(len(other) + 1)
                data[at:at] = other[start : start + rng.choice((10, 100, 1000))]
            case 5:  # a piece many times
                data[at:at] = bytes(data[at : at + size]) * rng.choice((2, 10, 100, 1000))
            case 6:
                data[at:at] = rng.choice(TOKENS) * rng.choice((10, 100, 1000, 10_000))
            case _:
                for index in range(at, at + min(size, 4)):
                    data[index] = rng.randrange(256)
        del data[MAX_INPUT_BYTES:]
    return bytes(data)


def fuzz_blindly(session: Session, corpus: Sequence[bytes], seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    for data in corpus:
        session.run(data)
    while True:
        session.run(mutated(rng, corpus))


def fuzz_guided(session: Session, corpus: Sequence[bytes], seed: int) -> None:
    import atheris

    session.scratch = Path(tempfile.mkdtemp(prefix="newsbeam-fuzz-"))
    words, inputs = session.scratch / "words", session.scratch / "inputs"
    quoted = ("".join(f"\\x{byte:02x}" for byte in token) for token in TOKENS)
    words.write_text("".join(f'"{text}"\n' for text in quoted))
    inputs.mkdir()
    for index, data in enumerate(corpus):
        (inputs / f"{index:05d}").write_bytes(data)
    options = [
        f"-seed={seed}",
        f"-dict={words}",
        f"-max_len={MAX_INPUT_BYTES}",
        "-len_control=0",
        "-rss_limit_mb=4096",
        f"-artifact_prefix={session.findings}/",
    ]
    atheris.Setup([sys.argv[0], *options, str(inputs)], session.run)
    atheris.Fuzz()


def has_atheris() -> bool:
    try:
        import atheris  # noqa: F401
    except ImportError:
        return False
    return True


def load(kind: str, guided: bool) -> Target:
    """The target, its Python modules instrumented for coverage when that guides."""
    if not guided:
        return TARGETS[kind]()
    import atheris

    with atheris.instrument_imports(include=["transforms", "feedparser", "trafilatura"]):
        return TARGETS[kind]()


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz the parsers.")
    parser.add_argument("kind", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", nargs="*", default=[], metavar="FOLDER")
    parser.add_argument(
        "--findings", type=Path, default=Path(tempfile.gettempdir(), "newsbeam-fuzz")
    )
    parser.add_argument("--engine", choices=["auto", "atheris", "blind"], default="auto")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    guided = arguments.engine == "atheris" or (arguments.engine == "auto" and has_atheris())
    corpus = seeds(arguments.kind, arguments.seeds)
    target = load(arguments.kind, guided)
    session = Session(target, arguments.findings, time.monotonic() + arguments.seconds)
    print(f"{len(corpus)} seeds, {'guided' if guided else 'blind'}", flush=True)
    (fuzz_guided if guided else fuzz_blindly)(session, corpus, arguments.seed)


if __name__ == "__main__":
    main()
