"""Golden pages: tests/data/pages/x.html and the article that is expected of it.

NEWSBEAM_UPDATE_GOLDEN=1 rewrites the expectations; review the difference.
"""

import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.transforms.articles.pages import extract
from transforms.elements import Article

PAGES = Path(__file__).resolve().parents[2] / "data" / "pages"
BASE = "https://news.example.org/2026/01/28/"
# Where the page came to lie, when that matters.
FINAL_URLS = {
    "consent_en": "https://consent.example.net/collect?continue=1",
    "listing_home": "https://news.example.org/",
    "listing_section": "https://news.example.org/politics/",
}
FEED_FIELDS = {
    "article_fa": {"published_at": datetime.fromisoformat("2026-01-19T08:00:00+00:00")},
    "article_zh": {"title": "青石镇决定保留百年茶市"},
}
_LEFT_OUT = (
    *("entry", "fetch", "fetched_at", "final_url", "robots_allowed", "extraction_version"),
    *("language", "language_confidence", "language_source"),
    *("entities", "quotations", "stances", "models"),
)


def _names() -> list[str]:
    return sorted(path.stem for path in PAGES.glob("*.html"))


def _plain(article: Article) -> dict[str, Any]:
    fields = {name: value for name, value in asdict(article).items() if name not in _LEFT_OUT}
    fields["body"] = (article.body or "").split("\n") if article.body else None
    return json.loads(json.dumps(fields, default=_text))


def _text(value: Any) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


@pytest.mark.parametrize("name", _names())
def test_page(name: str) -> None:
    content = (PAGES / f"{name}.html").read_bytes()
    article = extract(
        content, url=BASE + name, final_url=FINAL_URLS.get(name), **FEED_FIELDS.get(name, {})
    )
    expected = PAGES / f"{name}.expected.json"
    found = _plain(article)
    if os.environ.get("NEWSBEAM_UPDATE_GOLDEN") == "1":
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
    assert found == json.loads(expected.read_text("utf-8"))


@pytest.mark.parametrize("name", _names())
def test_verdict_is_the_name(name: str) -> None:
    """The first word of a golden page's name is its verdict, so that no update can hide one."""
    content = (PAGES / f"{name}.html").read_bytes()
    article = extract(content, url=BASE + name, final_url=FINAL_URLS.get(name))
    kind = name.partition("_")[0]
    assert article.verdict == {"structure": "article", "pieces": "article"}.get(kind, kind)
    if kind in ("consent", "challenge"):
        assert article.body is None
