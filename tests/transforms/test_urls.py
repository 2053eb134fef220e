"""transforms.urls: examples of each rule of docs/urls.md."""

import contextlib
import hashlib
import re
import time
from pathlib import Path

import pytest

from transforms.tracking import CHANNEL_NAMES, TRACKING_PREFIXES
from transforms.urls import (
    MAX_URL_LENGTH,
    absolute_http_url,
    article_id,
    entry_key,
    host_of,
    normalize_url,
    registrable_domain,
)

ARTICLE = "https://example.org/a"

SAME = {
    "scheme case": ["HTTPS://example.org/a"],
    "http": ["http://example.org/a", "http://example.org:80/a", "http://example.org:443/a"],
    "whitespace": [" https://example.org/a\n", "https://exam\tple.org/\r\na", "\ufeff" + ARTICLE],
    "backslashes": ["https:\\\\example.org\\a", "https:///example.org/a"],
    "user": ["https://user:password@example.org/a", "https://a@b@example.org/a"],
    "host": ["https://EXAMPLE.org/a", "https://example.org./a", "https://ｅｘａｍｐｌｅ.org/a"],
    "port": ["https://example.org:443/a", "https://example.org:/a", "https://example.org:0443/a"],
    "editions": [
        "https://www.example.org/a",
        "https://m.example.org/a",
        "https://mobile.example.org/a",
        "https://amp.example.org/a",
        "https://www.m.example.org/a",
    ],
    "dot segments": ["https://example.org/b/../a", "https://example.org/./%2e%2E/a"],
    "slashes": ["https://example.org//a", "https://example.org/a/", "https://example.org/a//"],
    "index": ["https://example.org/a/index.html", "https://example.org/a/Index.php"],
    "escapes": ["https://example.org/%61"],
    "fragment": ["https://example.org/a#top", "https://example.org/a#", "https://example.org/a#!"],
    "session": ["https://example.org/a;jsessionid=1F2?jsessionid=3", ARTICLE + "?PHPSESSID=x"],
    "empty query": ["https://example.org/a?", "https://example.org/a?&&"],
    "tracking": [
        ARTICLE + "?utm_source=rss&UTM_MEDIUM=feed",
        ARTICLE + "?utm%5Fsource=rss",
        ARTICLE + "?CMP=share_btn&ICID=x&xtor=RSS-1&at_medium=RSS&ns_mchannel=rss&wt.mc_id=1",
        ARTICLE + "?ref=rss&from=twitter&source=newsletter",
        ARTICLE + "?fbclid=x&amp;gclid=y",
    ],
    "amp": [
        "https://example.org/a/amp",
        "https://example.org/a/amp/",
        "https://example.org/amp/a",
        "https://example.org/a.amp",
        ARTICLE + "?amp",
        ARTICLE + "?amp=1",
        ARTICLE + "?outputType=amp",
        ARTICLE + "?amp_js_v=0.1&usqp=mq331",
        "https://example-org.cdn.ampproject.org/c/s/example.org/a",
        "https://www-example-org.cdn.ampproject.org/v/s/www.example.org/a/amp?amp_gsa=1",
        "https://cdn.ampproject.org/c/example.org/a",
        "https://www.google.com/amp/s/www.example.org/amp/a",
        "https://www.google.co.uk/amp/example.org/a",
        "https://example-org.cdn.ampproject.org/c/s/www.google.com/amp/s/example.org/a",
    ],
}

NORMAL = {
    "http://example.org": "https://example.org/",
    "https://example.org/index.html": "https://example.org/",
    "https://example.org/amp": "https://example.org/",
    "https://example.org?id=1": "https://example.org/?id=1",
    "https://example.org:8443/a": "https://example.org:8443/a",
    "https://BÜCHER.example/": "https://xn--bcher-kva.example/",
    "https://straße.example/": "https://xn--strae-oqa.example/",
    "https://☃.example/": "https://xn--n3h.example/",
    "https://news。example/": "https://news.example/",
    "http://[2001:DB8:0:0::1]:80/": "https://[2001:db8::1]/",
    "https://[::ffff:192.0.2.1]/": "https://[::ffff:c000:201]/",
    "https://www.com/a": "https://www.com/a",
    "https://m.example/a": "https://m.example/a",
    "https://under_score.example.org/": "https://under_score.example.org/",
    "https://example.org/città": "https://example.org/citt%C3%A0",
    "https://example.org/citt%c3%a0": "https://example.org/citt%C3%A0",
    "https://example.org/%7Euser/%2F%e9": "https://example.org/~user/%2F%E9",
    "https://example.org/100%/%zz": "https://example.org/100%25/%25zz",
    "https://example.org/a b|c": "https://example.org/a%20b%7Cc",
    "https://example.org/\ud800": "https://example.org/%EF%BF%BD",
    "https://example.org/a?b=2&a=1&b=1": "https://example.org/a?a=1&b=2&b=1",
    "https://example.org/a?b=&a": "https://example.org/a?a&b=",
    "https://example.org/a?x=1&amp;amp;id=5": "https://example.org/a?id=5&x=1",
    "https://example.org/a#!/story/5": "https://example.org/a#!/story/5",
    "https://example.org/a.amp.html": "https://example.org/a.html",
    "https://example.org/.amp": "https://example.org/.amp",
    "https://example.org/index.php/a": "https://example.org/index.php/a",
    "https://cdn.ampproject.org/c/s/nothing": "https://cdn.ampproject.org/c/s/nothing",
    "https://cdn.ampproject.org/c/s/a..b/c": "https://cdn.ampproject.org/c/s/a..b/c",
    # Hosts that anyone can register do not speak for others' articles.
    "https://google.evl.io/amp/s/example.org/a": "https://google.evl.io/s/example.org/a",
    "https://google.com.evl.io/amp/s/example.org/a": "https://google.com.evl.io/s/example.org/a",
    "https://google.com.se/amp/s/example.org/a": "https://google.com.se/s/example.org/a",
}

DIFFERENT = [
    "https://example.org/",
    "https://example.org/A",
    "https://example.org/a.html",
    "https://example.org/a%2Fb",
    "https://example.org/a/b",
    "https://example.org:8443/a",
    "https://news.example.org/a",
    "https://www2.example.org/a",
    "https://example.org/a?id=1",
    "https://example.org/a?id=2",
    "https://example.org/a?p=1",
    "https://example.org/a?page=1",
    "https://example.org/a?article=1",
    "https://example.org/a?story=1",
    "https://example.org/a?cid=1",
    "https://example.org/a?ref=PR-2026-17",
    "https://example.org/a?from=2026-01-28",
    "https://example.org/a?amp=50",
    "https://example.org/a?outputType=xml",
    "https://example.org/a?feed=rss2",
    "https://example.org/a?q=a+b",
    "https://example.org/a#!b",
    "https://example.org/ampere",
    "https://example.org/a/amp/b",
]

REFUSED = [
    "",
    " ",
    "a",
    "/a",
    "//example.org/a",
    "example.org/a",
    "ftp://example.org/",
    "mailto:a@example.org",
    "javascript:alert(1)",
    "data:text/html,x",
    "https:",
    "https://",
    "https:///",
    "https:example.org",
    "https://:80/",
    "https://user@/",
    "https://a..b/",
    "https://.example.org/",
    "https://exam ple.org/",
    "https://exam%70le.org/",
    "https://exa\u2100mple.org/",  # U+2100 decomposes to "a/c"
    "https://example.org:65536/",
    "https://example.org:a/",
    "https://example.org:٣/",
    "https://[::1/",
    "https://[::1]a/",
    "https://[fe80::1%25eth0]/",
    "https://" + "a" * 64 + ".example/",
    "https://" + "a." * 127 + "example/",
    "https://" + "ü" * 600 + ".example/",
    "https://example.org/" + "a" * MAX_URL_LENGTH,
]


@pytest.mark.parametrize("url", [pytest.param(u, id=f"{k} {u}") for k in SAME for u in SAME[k]])
def test_spellings_of_one_article(url: str) -> None:
    assert normalize_url(url) == ARTICLE


@pytest.mark.parametrize(("url", "expected"), NORMAL.items())
def test_normal_form(url: str, expected: str) -> None:
    assert normalize_url(url) == expected
    assert normalize_url(expected) == expected


def test_different_articles_stay_apart() -> None:
    normal = {normalize_url(url) for url in DIFFERENT}
    assert len(normal) == len(DIFFERENT)
    assert ARTICLE not in normal


@pytest.mark.parametrize("url", REFUSED)
def test_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"http\(s\) URL|host|port|IPv6|longer than"):
        normalize_url(url)
    assert absolute_http_url(None, url) is None
    assert registrable_domain(url) is None


def test_refused_when_encoding_makes_it_too_long() -> None:
    url = "https://example.org/" + "é" * (MAX_URL_LENGTH // 2)
    with pytest.raises(ValueError, match="longer than"):
        normalize_url(url)
    assert absolute_http_url(None, url) is None


def test_article_id() -> None:
    assert article_id(ARTICLE) == hashlib.sha256(ARTICLE.encode()).hexdigest()[:32]


def test_entry_key() -> None:
    feed = "https://example.org/feed"
    assert entry_key("http://www.example.org/a/?utm_source=x", feed, "g") == article_id(ARTICLE)
    assert entry_key(None, feed, "g") == entry_key(None, "http://www.example.org/feed/", "g")
    keys = [
        entry_key(None, feed, "g"),
        entry_key(None, feed, "h"),
        entry_key(None, "https://example.org/other", "g"),
        entry_key("mailto:a@example.org", feed, None),
        entry_key("mailto:b@example.org", feed, None),
        entry_key(None, "not a url", None),
        entry_key(feed, feed, None),
    ]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://WWW.Example.org:80/a", "www.example.org"),
        ("https://example.org:80/", "example.org:80"),
        ("http://example.org:443/", "example.org:443"),
        ("https://bücher.example:8443/", "xn--bcher-kva.example:8443"),
        ("http://[::1]:8080/", "[::1]:8080"),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.example.co.uk", "example.co.uk"),
        ("example.com.br", "example.com.br"),
        ("co.uk", None),
        ("a.b.someone.blogspot.com", "someone.blogspot.com"),
        ("a.b.公司.cn", "b.xn--55qx5d.cn"),
        ("a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn"),
        ("a.city.kawasaki.jp", "city.kawasaki.jp"),
        ("a.b.c.kawasaki.jp", "b.c.kawasaki.jp"),
        ("a.b.unknown-tld", "b.unknown-tld"),
        ("xn--99999999.example.org", "example.org"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "[::1]"),
    ],
)
def test_registrable_domain(host: str, domain: str | None) -> None:
    assert registrable_domain(f"https://{host}:8443/a") == domain


@pytest.mark.parametrize(
    ("base", "link", "expected"),
    [
        ("https://example.org/a/b", "../c d", "https://example.org/c%20d"),
        ("https://example.org/a/b", "c", "https://example.org/a/c"),
        ("https://example.org/a?b", "?c", "https://example.org/a?c"),
        ("https://example.org/a", "//other.example/é", "https://other.example/%C3%A9"),
        ("https://example.org/a", "\\b", "https://example.org/b"),
        (
            None,
            "http://www.Example.org:80/A?utm_source=x#y",
            "http://www.example.org/A?utm_source=x#y",
        ),
        (None, " https://u:p@example.org:8443/%e9?q=[1] ", "https://example.org:8443/%e9?q=[1]"),
        ("https://example.org/", "mailto:a@example.org", None),
        ("https://example.org/", "javascript:alert(1)", None),
        ("https://example.org/", "", None),
        ("https://example.org/", "//[", None),
        ("https://[", "a", None),
        ("a", "b", None),
        (None, "/a", None),
    ],
)
def test_absolute_http_url(base: str | None, link: str, expected: str | None) -> None:
    assert absolute_http_url(base, link) == expected


def test_the_documentation_names_every_family_of_tracking_parameters() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "urls.md").read_text(encoding="utf-8")
    assert [prefix for prefix in TRACKING_PREFIXES if f"`{prefix}*`" not in text] == []
    assert [name for name in CHANNEL_NAMES if f"`{name}`" not in text] == []


# What must hold of any address and of any text.


def test_fast_also_on_hostile_input() -> None:
    hostile = [
        "https://example.org" + unit * (8000 // len(unit))
        for unit in ["/", "/..", "/amp", "/index.html", ";jsessionid=", "%", "?", "&", "/.", "@"]
    ]
    hostile.append("https://" + "@" * 8000)
    hostile.append("https://example.org/?" + "&".join(f"{n:x}" for n in range(1500)))
    hostile.append("https://example.org/?" + "amp;" * 2000)
    hostile.append("https://cdn.ampproject.org" + "/c/s/cdn.ampproject.org" * 300 + "/c/s/a.b/c")
    start = time.process_time()
    for url in hostile:
        with contextlib.suppress(ValueError):
            normalize_url(url)
    assert time.process_time() - start < 2
