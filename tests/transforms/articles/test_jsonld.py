import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.articles import jsonld
from transforms.articles.jsonld import ARTICLE_TYPES, links, read_json_ld, string, types

ARTICLE = '{"@type": "NewsArticle", "headline": "A"}'


@pytest.mark.parametrize(
    "script",
    [
        ARTICLE,
        f"[{ARTICLE}]",
        f'{{"@graph": [{ARTICLE}]}}',
        f'{{"@type": "WebPage", "mainEntity": {ARTICLE}}}',
        f"<!-- {ARTICLE} -->",
        f"<![CDATA[{ARTICLE}]]>",
        f"//<![CDATA[\n{ARTICLE}\n//]]>",
        f"/* <![CDATA[ */ {ARTICLE} /* ]]> */",
        f"{ARTICLE};",
        f"\ufeff{ARTICLE}",
        f'{ARTICLE}{{"@type": "Person"}}',
        '{"@type": "NewsArticle", "headline": "A",}',
        '{"@type": ["NewsArticle",], /* x */ "headline": "A", // y\n}',
        '{"@type": "NewsArticle", "headline": "A", "x": "it\\\'s"}',
        '{"@type": "NewsArticle", "headline": "A", "x": "a\nb\tc\x01"}',
        '{"@type": "http://schema.org/NewsArticle", "headline": "A"}',
        '{"@type": "schema:NewsArticle", "headline": {"@value": "A", "@language": "en"}}',
        ARTICLE.replace('"', "&quot;"),
        '{"@type": "NewsArticle", "headline": "A", "x": NaN}',
    ],
)
def test_json_that_is_nearly_json(script: str) -> None:
    read = read_json_ld([script])
    assert not read.broken
    node = read.with_type(ARTICLE_TYPES)[0]
    assert string(node["headline"]) == "A"


def test_a_comma_in_a_string_stays() -> None:
    read = read_json_ld(['{"@type": "NewsArticle", "headline": "one,]  // two", "x": 1,}'])
    assert read.nodes[0]["headline"] == "one,]  // two"


def test_beyond_repair_the_plain_fields_are_salvaged() -> None:
    script = (
        '{"@type": "NewsArticle", "headline": "A "quoted" word", "datePublished": "2026-01-01"}'
    )
    read = read_json_ld([script])
    assert read.broken
    assert read.nodes[0]["datePublished"] == "2026-01-01"


def test_teasers_and_updates_are_not_the_page() -> None:
    read = read_json_ld(
        [
            f'{{"@type": "ItemList", "itemListElement": [{{"item": {ARTICLE}}}]}}',
            f'{{"@type": "LiveBlogPosting", "headline": "B", "liveBlogUpdate": [{ARTICLE}]}}',
        ]
    )
    assert [node["headline"] for node in read.with_type(ARTICLE_TYPES)] == ["B"]


def test_references_are_resolved() -> None:
    read = read_json_ld(['{"@graph": [{"@id": "#j", "name": "Jane"}]}'])
    assert read.resolve({"@id": "#j"})["name"] == "Jane"
    assert read.resolve({"@id": "#k"}) == {"@id": "#k"}
    assert read.resolve("x") == "x"


def test_links_and_types_of_any_value() -> None:
    assert links([{"url": "a"}, "b", {"contentUrl": ["c"]}, 3, None]) == ["a", "b", "c"]
    assert types({"@type": [1, "X", None]}) == {"x"}
    assert types({}) == frozenset()


@pytest.mark.parametrize(
    "script",
    [
        "[" * 400_000,
        '{"a":' * 150_000,
        '"' + '\\"' * 400_000,
        "/*" * 400_000,
        "{" + ", " * 400_000,
        '{"@type": "NewsArticle", "headline": "' + "x" * 900_000,
        "[" + ",".join([ARTICLE] * 22_000) + "]",
        '{"n": ' + "9" * 900_000 + "}",
        "<!--" * 200_000,
        " " * 900_000 + ";",
    ],
)
def test_hostile_scripts_cost_little(script: str) -> None:
    start = time.process_time()
    read_json_ld([script])
    assert time.process_time() - start < 2


def test_an_oversize_script_is_passed_over() -> None:
    script = f'[{ARTICLE}, "{"x" * jsonld.MAX_SCRIPT_CHARACTERS}"]'
    read = read_json_ld([script])
    assert read.broken
    assert read.nodes == ()


@given(st.lists(st.text(alphabet='{}[]",:\\/*<!->@type aé\n', max_size=60), max_size=3))
def test_never_raises(scripts: list[str]) -> None:
    read_json_ld(scripts)
