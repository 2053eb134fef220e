import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.articles.pages import extract, html, json_ld
from transforms.articles.languages import normalize_language


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"), ("EN-us", "en-US"), ("en_GB", "en-GB"), ("de-DE.UTF-8", "de-DE"),
        ("zh-hans-cn", "zh-Hans-CN"), ("sr-latn", "sr-Latn"), ("es-419", "es-419"),
        ("eng", "en"), ("iw", "he"), ("in-ID", "id-ID"), ("fil", "fil"), ("de, en", "de"),
        ("de-DE-1996", "de-DE"), (" it ", "it"),
        ("english", None), ("x-default", None), ("und", None), ("xx", None), ("", None),
        (None, None), ("{{lang}}", None), ("en" * 1000, None),
    ],
)  # fmt: skip
def test_tags(text: str | None, tag: str | None) -> None:
    assert normalize_language(text) == tag


@given(st.text(max_size=30))
def test_what_comes_out_goes_in(text: str) -> None:
    tag = normalize_language(text)
    assert tag is None or normalize_language(tag) == tag


def test_precedence() -> None:
    locale = '<meta property="og:locale" content="fr_FR">'
    meta = '<meta http-equiv="Content-Language" content="it">'
    ld = json_ld('{"@type": "NewsArticle", "inLanguage": "pt-br"}')
    assert extract(html(meta + locale + ld, attributes="lang=de-at")).language_declared == "de-AT"
    assert extract(html(meta + locale + ld, attributes="lang=xx")).language_declared == "it"
    header = (("content-language", "nl"),)
    assert extract(html(locale + ld), headers=header).language_declared == "nl"
    assert extract(html(locale + ld)).language_declared == "fr-FR"
    assert extract(html(ld)).language_declared == "pt-BR"
    assert extract(html(), language="es").language_declared == "es"
    assert extract(html()).language_declared == "en"  # the feed's
