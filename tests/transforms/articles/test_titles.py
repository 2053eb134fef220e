import pytest

from tests.transforms.articles.pages import extract, html, json_ld
from transforms.articles.titles import choose_heading, shorten, site_names, strip_site

SITES = site_names(["The Lantern Post", "Talbote", "Лист"], "lanternpost.example")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Bridge closed | The Lantern Post", "Bridge closed"),
        ("Bridge closed - The Lantern Post", "Bridge closed"),
        ("Bridge closed – lanternpost.example", "Bridge closed"),
        ("Bridge closed | Talbote Online", "Bridge closed"),
        ("The Lantern Post | Bridge closed", "Bridge closed"),
        ("Мост закрыт — Лист", "Мост закрыт"),
        ("Bridge closed - and nobody knows why", "Bridge closed - and nobody knows why"),
        ("Interview: “I left the Talbote”", "Interview: “I left the Talbote”"),
        ("Bridge closed | Politics | The Lantern Post", "Bridge closed | Politics"),
        ("Non-stop: half-time at Port Elda", "Non-stop: half-time at Port Elda"),
        ("The Lantern Post", "The Lantern Post"),
        ("The Lantern Post | Talbote", "The Lantern Post"),
    ],
)
def test_only_names_of_the_site_are_cut(title: str, expected: str) -> None:
    assert strip_site(title, SITES) == expected


def test_unknown_suffix_stays() -> None:
    assert strip_site("Bridge closed | Courier", SITES) == "Bridge closed | Courier"


def test_a_title_gives_way_to_the_one_it_begins_with_or_shortens() -> None:
    assert shorten("Bridge closed | Sport", ["Bridge closed"]) == "Bridge closed"
    assert shorten("Bridge closed today", ["Bridge closed"]) == "Bridge closed today"
    whole = "The bridge of Port Elda will be closed until the end of June"
    assert shorten("The bridge of Port Elda will be clo...", [whole]) == whole


def test_the_heading_that_another_title_confirms_is_the_headline() -> None:
    assert choose_heading(["Logo", "Bridge closed"], ["Bridge closed - Logo"]) == "Logo"
    assert choose_heading(["Menu", "Bridge closed"], ["Bridge closed | X"]) == "Bridge closed"
    assert choose_heading(["One", "Two"], [None]) is None
    assert choose_heading(["One"], []) == "One"


def test_logo_in_a_heading_is_not_the_title() -> None:
    head = "<title>Bridge closed - Talbote</title><meta property=og:site_name content=Talbote>"
    body = "<h1>Talbote</h1><h2>Bridge closed</h2>"
    assert extract(html(head, body)).title == "Bridge closed"


def test_precedence() -> None:
    ld = json_ld('{"@type": "NewsArticle", "headline": "By &amp;quot;JSON&amp;quot; <b>-LD</b>"}')
    social = '<meta property="og:title" content="By Open Graph">'
    title = "<title>By title</title>"
    body = "<h1>By heading</h1>"
    assert extract(html(ld + social + title, body)).title == 'By "JSON" -LD'
    assert extract(html(social + title, body)).title == "By Open Graph"
    assert extract(html(title, body)).title == "By heading"
    assert extract(html(title, "<p>x</p>")).title == "By title"
    assert extract(html("", "<p>x</p>"), title="By feed").title == "By feed"
    assert extract(html("", "<p>x</p>")).title is None


def test_an_address_is_no_title() -> None:
    head = '<meta property="og:title" content="https://news.example.org/x">'
    assert extract(html(head, "<h1>Bridge closed</h1>")).title == "Bridge closed"
