from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import apache_beam as beam
from apache_beam.testing import test_pipeline
from apache_beam.testing.util import assert_that, equal_to

from tests.transforms.articles.pages import NOW, SENTENCES, URL, entry, extract, html, page
from transforms.articles import ExtractArticles, extract_article
from transforms.articles.body import TRAFILATURA_VERSION
from transforms.elements import Article, FetchInfo, Page


def test_what_is_known_of_the_fetch_goes_along() -> None:
    article = extract(html(), final_url=URL + "?x=1", warnings=("from_feed",))
    assert article.fetched_at == NOW
    assert article.final_url == URL + "?x=1"
    assert article.robots_allowed is True
    assert article.extraction_version == TRAFILATURA_VERSION
    assert article.fetch == FetchInfo(200, "text/html; charset=utf-8", len(html()), 12)
    assert "from_feed" in article.warnings
    assert article.entry.url == URL


def test_full_content_of_a_feed() -> None:
    content = (
        f"<p>{SENTENCES}</p><ul><li>One</li><li>Two</li></ul><script>no()</script>"
        "<p>A long bridge\0</p>"
    )
    announced = entry(content_html=content, title="Bridge", authors=("Jane Roe",))
    (article,) = extract_article(Page(announced, None))
    assert isinstance(article, Article)
    assert article.body == f"{SENTENCES.strip()}\nOne\nTwo\nA long bridge"
    assert article.extraction_method == "feed"
    assert article.title == "Bridge"
    assert article.authors == ("Jane Roe",)
    assert article.fetched_at == announced.announced_at
    assert article.fetch is None
    assert article.verdict == "article"


def test_full_content_that_is_missing() -> None:
    (article,) = extract_article(Page(entry(), None))
    assert isinstance(article, Article)
    assert article.body is None
    assert article.verdict == "empty"


def test_plain_text() -> None:
    article = extract("One\n\nTwo", content_type="text/plain", title="T")
    assert (article.body, article.extraction_method) == ("One\nTwo", "text")


def test_charset_of_the_header() -> None:
    body = html("", f"<article><h1>Größe</h1>{'<p>' + SENTENCES + 'Größe</p>'}</article>")
    article = extract(body.encode("latin-1"), content_type="text/html; charset=iso-8859-1")
    assert article.body is not None
    assert "Größe" in article.body


def test_same_input_same_output() -> None:
    fetched = page(html())
    assert list(extract_article(fetched)) == list(extract_article(fetched))


def test_many_threads() -> None:
    """trafilatura crashes the process when two threads are inside; the lock is what is tested."""
    pages = [page(html("", f"<article>{f'<p>{SENTENCES}</p>' * n}</article>")) for n in range(1, 9)]
    expected = [list(extract_article(fetched)) for fetched in pages]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda fetched: list(extract_article(fetched)), pages * 6))
    assert found == expected * 6


def test_stage_routes_its_results() -> None:
    good = page(html())
    pdf = page(b"%PDF-1.7", content_type="application/pdf")
    broken = replace(good, response=replace(good.response, body=None))
    with test_pipeline.TestPipeline(runner="FnApiRunner") as pipeline:
        outcome = pipeline | beam.Create([good, pdf, broken]) | ExtractArticles()
        verdicts = outcome.elements | "Verdicts" >> beam.Map(_verdict)
        assert_that(verdicts, equal_to(["article"]), "one article")
        reasons = outcome.settled | "Reasons" >> beam.Map(_reason)
        assert_that(reasons, equal_to(["content_type"]), "one settled")
        kinds = outcome.failures | "Kinds" >> beam.Map(_kind)
        assert_that(kinds, equal_to(["internal_error"]), "one failure")


def _verdict(article: Article) -> str:
    return article.verdict


def _reason(settled: object) -> str:
    return str(settled.reason)  # type: ignore[attr-defined]


def _kind(failure: object) -> str:
    return str(failure.kind.value)  # type: ignore[attr-defined]
