import pytest

from tests.transforms.articles.pages import URL, extract, html, json_ld
from transforms.articles.tags import clean_text


def article_node(fields: str) -> str:
    return json_ld(f'{{"@type": "NewsArticle", {fields}}}')


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        (URL, URL),
        ("/2026/01/28/other-form-of-the-story", "https://news.example.org/2026/01/28/other-form-of-the-story"),
        ("https://m.example.org/2026/01/28/story-of-a-long-bridge", "https://m.example.org/2026/01/28/story-of-a-long-bridge"),
        ("https://other.example/2026/01/28/story-of-a-long-bridge", None),
        ("https://news.example.org/", None),
        ("https://news.example.org", None),
        ("https://news.example.org/2026/01/", None),
        ("https://news.example.org/404", None),
        ("https://news.example.org/login", None),
        ("javascript:alert(1)", None),
        ("mailto:x@example.org", None),
        ("http://[::1", None),
        ("", None),
    ],
)  # fmt: skip
def test_canonical_url_is_checked(canonical: str, expected: str | None) -> None:
    article = extract(html(f'<link rel="canonical" href="{canonical}">'))
    assert article.canonical_url == expected


def test_canonical_url_of_another_view_and_of_the_home_page() -> None:
    head = f'<link rel="canonical" href="{URL}">'
    assert extract(html(head), url=URL + "/amp").canonical_url == URL
    home = "https://news.example.org/"
    assert extract(html(f'<link rel="canonical" href="{home}">'), url=home).canonical_url == home


def test_the_next_source_is_asked_when_one_is_not_believed() -> None:
    head = f'<link rel=canonical href="/"><meta property=og:url content="{URL}">'
    assert extract(html(head)).canonical_url == URL


def test_the_node_of_this_page_wins_over_related_ones() -> None:
    nodes = ", ".join(
        f'{{"@type": "NewsArticle", "headline": "{name}", "url": "{url}"}}'
        for name, url in (("Other", "https://news.example.org/other"), ("This", URL))
    )
    assert extract(html(json_ld(f"[{nodes}]"))).title == "This"


def test_of_teasers_that_match_nothing_none_is_taken() -> None:
    nodes = ", ".join(f'{{"@type": "NewsArticle", "headline": "Teaser {i}"}}' for i in range(4))
    head = f"{json_ld(f'[{nodes}]')}<title>Section</title>"
    assert extract(html(head, "<h1>Section</h1>")).title == "Section"


def test_keywords() -> None:
    def keywords(head: str, **fields: object) -> tuple[str, ...]:
        return extract(html(head), **fields).keywords

    assert keywords(article_node('"keywords": "a, b ,A,, tag:c"')) == ("a", "b", "c")
    assert keywords(article_node('"keywords": ["a", "b;c", 3, {"name": "d"}]')) == (
        *("a", "b", "c", "d"),
    )
    assert keywords("<meta name=keywords content='x; y'>") == ("x", "y")
    tags = "<meta property=article:tag content=x><meta property=article:tag content=y>"
    assert keywords(tags) == ("x", "y")
    assert keywords("", categories=("World",)) == ("World",)


def test_description_section_image_source() -> None:
    node = article_node(
        '"description": "<p>Two &lt;b&gt;bold&lt;/b&gt;</p><p>lines</p>",'
        '"articleSection": ["Local"],'
        '"image": [{"@type": "ImageObject", "url": "/i.jpg"}],'
        '"publisher": {"@type": "Organization", "name": "Lantern &amp; Post"}'
    )
    article = extract(html(node))
    assert article.description == "Two bold lines"
    assert article.section == "Local"
    assert article.image_url == "https://news.example.org/i.jpg"
    assert article.source_name == "Lantern & Post"
    article = extract(html(), summary="From the feed", image_url="https://img.example.org/f.png")
    assert article.description == "From the feed"
    assert article.image_url == "https://img.example.org/f.png"
    data = '<meta property="og:image" content="data:image/png;base64,AAAA">'
    assert extract(html(data)).image_url is None


@pytest.mark.parametrize(
    ("stated", "free"),
    [
        ("true", True), ("false", False), ('"False"', False), ('"http://schema.org/True"', True),
        ('["false"]', False), ("null", None), ('"maybe"', None), ("{}", None),
    ],
)  # fmt: skip
def test_accessible_for_free(stated: str, free: bool | None) -> None:
    node = article_node(f'"isAccessibleForFree": {stated}')
    assert extract(html(node)).is_accessible_for_free is free


def test_a_part_that_is_not_free() -> None:
    part = '{"@type": "WebPageElement", "isAccessibleForFree": "False"}'
    node = article_node(f'"isAccessibleForFree": true, "hasPart": [{part}]')
    assert extract(html(node)).is_accessible_for_free is False


@pytest.mark.parametrize(
    ("head", "headers", "opted_out"),
    [
        ("", (), None),
        ("<meta name=robots content='index, follow'>", (), None),
        ("<meta name=robots content='noai'>", (), True),
        ("<meta name=robots content='max-snippet:-1, NoImageAI'>", (), True),
        ("<meta name=robots content='noaisle'>", (), None),
        ("<meta name=tdm-reservation content=1>", (), True),
        ("<meta name=tdm-reservation content=0>", (), False),
        ("<meta name=tdm-reservation content=0>", (("x-robots-tag", "noai"),), True),
        ("", (("tdm-reservation", "1"),), True),
        ("", (("tdm-reservation", "0"),), False),
        ("", (("x-robots-tag", "noindex"), ("x-robots-tag", "bot: noai, noindex")), True),
    ],
)
def test_ai_opt_out(
    head: str, headers: tuple[tuple[str, str], ...], opted_out: bool | None
) -> None:
    assert extract(html(head), headers=headers).ai_opt_out is opted_out


def test_license() -> None:
    assert extract(html(article_node('"license": "https://l.example/by"'))).license == (
        "https://l.example/by"
    )
    assert extract(html("<link rel=license href=https://l.example/cc>")).license == (
        "https://l.example/cc"
    )
    anchor = "<p>x</p><a rel=license href=https://l.example/a>a</a>"
    assert extract(html("", anchor)).license == "https://l.example/a"
    assert extract(html(), license="CC0").license == "CC0"
    assert extract(html()).license is None


def test_clean_text() -> None:
    assert clean_text("a<br>b &amp;amp; <i>c</i>\u00a0\ufeff d\u2028e") == "a b & c d e"
    assert clean_text("3 < 4 and 5 > 4") == "3 < 4 and 5 > 4"
    assert clean_text(" \n\u00ad ") is None
    assert clean_text("<" * 100_000) is not None
