import pytest

from tests.transforms.articles.pages import extract, html, json_ld
from transforms.articles.authors import split_byline


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Jane Roe", ["Jane Roe"]),
        ("By Jane Roe and John Doe", ["Jane Roe", "John Doe"]),
        ("BY JANE ROE", ["JANE ROE"]),
        ("Von Lena Groß, Jürgen Öztürk und dpa", ["Lena Groß", "Jürgen Öztürk", "dpa"]),
        ("Par Élodie Martin et Hugo Lenoir", ["Élodie Martin", "Hugo Lenoir"]),
        ("di: Anna Rossi", ["Anna Rossi"]),
        ("Автор: Ольга Синицына и Пётр Ковалёв", ["Ольга Синицына", "Пётр Ковалёв"]),
        ("李明、王晓燕", ["李明", "王晓燕"]),
        ("Jane Roe; John Doe | Max Other", ["Jane Roe", "John Doe", "Max Other"]),
        ("Jane Roe, Sports Writer", ["Jane Roe"]),
        ("JANE ROE, AP Auto Writer", ["JANE ROE"]),
        ("Jane Roe (jr)", ["Jane Roe"]),
        ("Roe, Jane", ["Roe, Jane"]),
        ("Martin Roe, Jr.", ["Martin Roe, Jr"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Jane and John Doe", ["Jane and John Doe"]),
        ("Von Braun", ["Braun"]),
        ("von Braun", ["von Braun"]),
        ("Jane Roe jane.roe@example.org", ["Jane Roe"]),
        ("Redaktion Talbote", ["Redaktion Talbote"]),
        ("dpa", ["dpa"]),
        ("https://news.example.org/authors/jane", []),
        ("@janeroe", []),
        ("jane@example.org", []),
        ("Staff Writer", []),
        ("admin", []),
        ("105092", []),
        ("", []),
        ("x" * 5_000, []),
    ],
)
def test_bylines(byline: str, names: list[str]) -> None:
    assert split_byline(byline) == names


def test_json_ld_in_its_forms() -> None:
    def authors(value: str) -> tuple[str, ...]:
        return extract(html(json_ld(f'{{"@type": "NewsArticle", "author": {value}}}'))).authors

    assert authors('"Jane Roe"') == ("Jane Roe",)
    assert authors('{"@type": "Person", "name": "Jane Roe"}') == ("Jane Roe",)
    assert authors('[{"name": "Jane Roe"}, {"name": "jane roe"}, "John Doe"]') == (
        "Jane Roe",
        "John Doe",
    )
    assert authors('{"@type": "Person", "name": ["Jane Roe", "John Doe"]}') == (
        "Jane Roe",
        "John Doe",
    )
    assert authors('{"@type": "Organization", "name": "Marks and Sons Press"}') == (
        "Marks and Sons Press",
    )
    assert authors('{"@type": "Person", "url": "https://example.org/jane"}') == ()
    assert authors("[[[]]]") == ()


def test_a_person_is_preferred_to_the_site() -> None:
    ld = json_ld('{"@type": "NewsArticle", "author": {"name": "Talbote"}}')
    site = '<meta property="og:site_name" content="Talbote">'
    person = '<meta name="author" content="Jane Roe">'
    assert extract(html(ld + site + person)).authors == ("Jane Roe",)
    assert extract(html(ld + site)).authors == ("Talbote",)


def test_the_feed_and_the_byline_link_are_the_last_resorts() -> None:
    body = '<h1>x</h1><div><span><a href="/author/jane-roe">Jane Roe</a></span></div><p>y</p>'
    other = '<div class=teaser><span><a href="/author/max">Max Other</a></span></div>'
    assert extract(html("", body + other)).authors == ("Jane Roe",)
    assert extract(html("", body + other), authors=("John Doe",)).authors == ("John Doe",)
