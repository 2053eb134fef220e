import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from transforms.feeds.repair import repair
from transforms.feeds.texts import clean, distinct, language_tag, names, plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Fish &amp; chips", "Fish & chips"),
        ("AT&amp;amp;T", "AT&T"),
        ("Two&nbsp;words &#8211; &#150; &copy;", "Two words – – ©"),
        ("5 < 6 > 3 and a <3 b", "5 < 6 > 3 and a <3 b"),
        ("List<String> is <b>bold</b>", "List<String> is bold"),
        ("<p>One</p><p>Two<br>three</p>", "One Two three"),
        ("an<b>other</b> word", "another word"),
        ("<style>p{}</style><script>x()</script>seen<!-- not --> too", "seen too"),
        ("&lt;p&gt;Escaped &lt;b&gt;twice&lt;/b&gt;&lt;/p&gt;", "Escaped twice"),
        ("The &lt;p&gt; element", "The <p> element"),
        ("<b>" * 400 + "deep", "deep"),
        ("red \x1b[31mtext\x1b[0m \x1b]0;title\x07end", "red text end"),
        ("\u202eevil\u2066 \ufefftitle\x00\x9c", "evil titleœ"),
        ("می\u200cآید", "می\u200cآید"),
        (" \t\r\n\u3000 ", None),
        ("<p></p>", None),
        ("", None),
        (None, None),
    ],
)
def test_plain(markup: str | None, text: str | None) -> None:
    assert plain(markup, True, 100) == text


def test_plain_text_keeps_its_angle_brackets() -> None:
    assert plain("Why <em> beats <i>", False, 100) == "Why <em> beats <i>"
    assert plain("Tom &amp; Jerry", False, 100) == "Tom & Jerry"


def test_limits() -> None:
    assert clean("word " * 100, 12) == "word word wo"
    assert plain("&lt;" * 100, True, 3) == "<<<"


def test_names() -> None:
    authors = [
        "news@example.org (Anna Rossi)",
        "Luca Bianchi <l@example.org>",
        "Anna Rossi, Luca Bianchi",
        "Rossi, Anna",
        "By Jo Smith and Ann Lee",
        "desk@example.org",
        "Department of Trade and Industry",
        "Agency One; Agency Two",
        "Zoë O’Neil & José de la Cruz",
        "<b>Bold Name</b>",
        "",
        None,
    ]
    assert names(authors, 100, 50) == (
        *("Anna Rossi", "Luca Bianchi", "Rossi, Anna", "Jo Smith", "Ann Lee"),
        *("Department of Trade and Industry", "Agency One", "Agency Two", "Zoë O’Neil"),
        *("José de la Cruz", "Bold Name"),
    )
    assert names(["Ann Lee", "Bo Dahl"], 100, 1) == ("Ann Lee",)


def test_distinct() -> None:
    words = ["Rivers", "rivers", " Q&amp;A ", None, "https://kinds.example/post"]
    assert distinct(words, 50, 9) == ("Rivers", "Q&A")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en_us", "en-US"),
        ("IT", "it"),
        ("zh_hans_cn", "zh-Hans-CN"),
        ("sr-Latn", "sr-Latn"),
        ("es-419", "es-419"),
        ("de-DE-1996", "de-DE-1996"),
        ("eng", "en"),
        ("iw", "he"),
        ("pt-br ", "pt-BR"),
        ("en-", "en"),
        ("en-us-u", "en-US"),
        ("fr-FR@euro", "fr"),
        *((tag, None) for tag in ("english", "x-default", "und", "C", "", None, "it, en", "1")),
    ],
)
def test_language_tag(tag: str | None, expected: str | None) -> None:
    assert language_tag(tag) == expected


@pytest.mark.parametrize(
    "piece", ["<b>", "<a b='", "<!--", "&", "<", "&lt;", "<x", "a@", "a.", "\x1b]"]
)
def test_texts_cost_little(piece: str) -> None:
    start = time.process_time()
    text = piece * 100_000
    plain(text, True, 100)
    plain(text, False, 100)
    names([text], 100, 10)
    assert time.process_time() - start < 3


@given(st.text())
def test_plain_is_clean_or_none(text: str) -> None:
    for is_html in (True, False):
        result = plain(text, is_html, 50)
        assert result is None or (result == " ".join(result.split()) and 0 < len(result) <= 50)
        (result or "").encode("utf-8")


SCRAPS = """
<item> </item> <b> </b> <br> <m:n> </m:n> & &amp; &nbsp; &#0; &#xD800; < > ]]> <![CDATA[x]]>
<![CDATA[ <!-- --> <?p?> <!d> " text é </rss> <a<b
"""
PIECES = st.sampled_from(
    [*SCRAPS.split(), "<a x=1 y='&' x=2>", "<a b='<'>", "<é xml:lang='x' p:q='r'/>", "<a b='"]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_repaired_markup_is_well_formed(markup: str) -> None:
    repaired = repair(f"<rss>{markup}")
    etree.fromstring(repaired.text.encode(), etree.XMLParser(resolve_entities=False))


def test_repair_leaves_good_markup_alone() -> None:
    good = "<item><title>a &amp; b</title><link>https://x.example/?a=1&amp;b=2</link></item>"
    repaired = repair(f"<rss>{good}</rss>")
    assert not repaired.damaged
    assert good in repaired.text
