"""Rules that the golden pages do not show, and above all what must not be a wall."""

import pytest

from tests.transforms.articles.pages import SENTENCES, URL, extract, html, json_ld

ARTICLE_HEAD = '<meta property="og:type" content="article"><title>A long bridge</title>'
LINKS = "".join(f'<li><a href="/{i}">A link to story number {i}</a></li>' for i in range(60))
BANNER = (
    "<div id=cmp><p>We value your privacy. We and our partners store and/or access information"
    " on a device.</p><button>Accept all</button></div>"
)
CAPTCHA = (
    '<form><div class="g-recaptcha"></div><script src="https://captcha-delivery.com/c.js"></script>'
)
PAYWALL_CODE = '<div class="paywall hidden"></div><p class=promo>Already a subscriber? Log in</p>'


def story(paragraphs: int = 3) -> str:
    text = "".join(f"<p>{number}. {SENTENCES}</p>" for number in range(paragraphs))
    return f"<article><h1>A long bridge</h1>{text}</article>"


@pytest.mark.parametrize(
    "around",
    [BANNER, CAPTCHA + "</form>", PAYWALL_CODE, f"<nav><ul>{LINKS}</ul></nav>", "<video></video>"],
)
@pytest.mark.parametrize("head", [ARTICLE_HEAD, "", '<meta property="og:type" content="website">'])
def test_an_article_with_this_around_it_is_an_article(around: str, head: str) -> None:
    assert extract(html(head, around + story())).verdict == "article"
    assert extract(html(head, story() + around)).verdict == "article"


def test_short_news_is_an_article_even_between_many_links() -> None:
    body = f"<ul>{LINKS}</ul>{story(1)}"
    assert extract(html('<meta property="og:type" content="website">', body)).verdict == "article"


def test_an_article_about_cookies_is_an_article() -> None:
    text = "The court ruled that “we value your privacy” is no consent, and that a cookie banner "
    text += "must offer a way to refuse. Judge Ida Kvist said that users accept what they can read."
    body = f"<article><h1>Court on cookies</h1>{f'<p>{text}</p>' * 2}{f'<p>{SENTENCES}</p>' * 3}"
    assert extract(html(ARTICLE_HEAD, body)).verdict == "article"


@pytest.mark.parametrize(
    ("language", "text", "button"),
    [
        ("en", "We value your privacy. We and our partners use cookies.", "Accept all"),
        ("de", "Wir und unsere Partner verwenden Daten. Ihre Zustimmung ist nötig.", "Zustimmen"),
        ("fr", "Nous respectons votre vie privée. Nos partenaires lisent aussi.", "Tout accepter"),
        ("it", "La tua privacy conta. I nostri partner usano dati.", "Accetta"),
        ("es", "Tu privacidad nos importa. Nuestros socios usan datos.", "Aceptar"),
        ("pt", "A sua privacidade importa. Os nossos parceiros usam dados.", "Aceitar"),
        ("nl", "Wij geven om uw privacy. Onze partners gebruiken gegevens.", "Accepteren"),
        ("pl", "Szanujemy twoją prywatność. Nasi partnerzy też.", "Akceptuję"),
    ],
)
def test_consent_pages(language: str, text: str, button: str) -> None:
    body = f"<div><h2>{text}</h2><p>{text}</p><button>{button}</button></div>"
    article = extract(html("", body, f"lang={language}"))
    assert article.verdict == "consent"
    assert article.body is None


def test_consent_text_in_place_of_an_announced_article() -> None:
    ld = json_ld(f'{{"@type": "NewsArticle", "headline": "A long bridge", "url": "{URL}"}}')
    body = "<h1>A long bridge</h1>" + (
        "<p>We and our partners store and/or access information on a device, such as cookies, and"
        " process personal data to show personalised ads and to measure them.</p>" * 3
    )
    assert extract(html(ld, body + "<button>Accept all</button>")).verdict == "consent"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Attention Required!", "<p>You have been blocked</p>"),
        ("x", "<p>Please enable cookies. Verify you are human by completing the action.</p>"),
        ("x", "<p>Our systems have detected unusual traffic from your network.</p>"),
        ("x", "<p>Bitte bestätigen Sie, dass Sie ein Mensch sind.</p>"),
        ("x", "<p>Подтвердите, что вы не робот</p>"),
        ("x", "<script>var dd={'host':'geo.captcha-delivery.com'}</script><p>Loading</p>"),
    ],
)
def test_challenges(title: str, body: str) -> None:
    article = extract(html(f"<title>{title}</title>", body))
    assert article.verdict == "challenge"
    assert article.body is None


def test_removed_article_that_leads_home_is_a_listing() -> None:
    body = f"<h1>News</h1><ul>{LINKS}</ul>"
    home = "https://news.example.org/"
    assert extract(html("", body), final_url=home).verdict == "listing"


def test_live_by_address_and_times() -> None:
    posts = "".join(
        f"<div class=live-post><time datetime='2026-01-28T1{i}:00Z'>1{i}:00</time>"
        f"<p>{SENTENCES}</p></div>"
        for i in range(6)
    )
    url = "https://news.example.org/2026/01/28/storm-live-blog"
    assert extract(html(ARTICLE_HEAD, posts), url=url).verdict == "live"
    assert extract(html(ARTICLE_HEAD, posts)).verdict == "article"


def test_media() -> None:
    ld = json_ld('{"@type": "ImageGallery", "name": "The harbour in pictures"}')
    assert (
        extract(html(ld, "<h1>The harbour in pictures</h1><p>12 pictures</p>")).verdict == "media"
    )
    assert extract(html(ld, story())).verdict == "article"
    assert extract(html("", "<h1>Watch</h1><video src=x></video>")).verdict == "media"


def test_paywall() -> None:
    def verdict(head: str, paragraphs: int, more: str = "") -> str:
        return extract(html(ARTICLE_HEAD + head, story(paragraphs) + more)).verdict

    stated = json_ld('{"@type": "NewsArticle", "isAccessibleForFree": false}')
    assert verdict(stated, 2) == "paywall"
    assert verdict(stated, 20) == "article"  # metered: the whole text is there
    assert verdict('<meta property="article:content_tier" content="locked">', 2) == "paywall"
    assert verdict('<meta property="article:content_tier" content="free">', 2) == "article"
    wall = "<div class='paywall'>Subscribe to continue reading</div>"
    assert verdict("", 2, wall) == "paywall"
    assert verdict("", 2, "<div class='paywall'></div>") == "article"
    assert verdict("", 2, "<footer><p>Subscribe to continue reading</p></footer>") == "article"
    free = json_ld('{"@type": "NewsArticle", "isAccessibleForFree": true}')
    assert verdict(free, 2, wall) == "article"


@pytest.mark.parametrize("content", ["", " \n", "<html></html>", "<html><body><div id=app></div>"])
def test_empty(content: str) -> None:
    article = extract(content)
    assert article.verdict == "empty"
    assert article.body is None
