"""What kind of page this is, deduced from the page alone; docs/extraction.md states the rules.

The rules run in the order of `judge`; the first that holds decides. Each asks for evidence in
what a reader sees, because ordinary article pages carry consent banners, captcha scripts and
paywall code that is not in use.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from transforms.articles import markers
from transforms.articles.body import amount
from transforms.articles.jsonld import (
    ARTICLE_TYPES,
    LIST_TYPES,
    LIVE_TYPES,
    MEDIA_TYPES,
    JsonLd,
    Node,
    each,
    types,
)
from transforms.articles.published import date_in_url
from transforms.articles.tags import Tags, limited_text
from transforms.elements import Verdict

# In letters (`body.amount`).
SHORT_BODY = 250
"""Below this a body is a caption or a note, not a text."""
TEASER = 2_500
"""Up to this a body may be the free beginning of a paid article."""
WALL = 4_000
"""No wall talks longer than this; a page with more text is no wall."""

_MAX_VISIBLE = 200_000
_LAST_LINES = 3
_MAX_WALLS = 50
_UNSEEN = frozenset(["script", "style", "noscript", "template", "svg", "head", "title"])


@dataclass
class Evidence:
    """What the rules look at. `source` is the HTML, `announced_url` the feed's address."""

    root: Any
    source: str
    url: str | None
    announced_url: str | None
    tags: Tags
    json_ld: JsonLd
    article: Node | None
    body: str | None
    free: bool | None

    @cached_property
    def visible(self) -> "Visible":
        return _read_visible(self.root)

    @cached_property
    def body_amount(self) -> int:
        return amount(self.body)

    @cached_property
    def states_article(self) -> bool:
        """Whether the page calls itself an article."""
        if self.article is not None and types(self.article) & ARTICLE_TYPES:
            return True
        kind = (self.tags.first("og:type") or "").lower()
        return kind in ("article", "news", "newsarticle", "blog.post")


@dataclass(frozen=True)
class Visible:
    """What a reader sees: lower-case `text` (folded, capped), its amount, that of links among it,
    and how many links there are."""

    text: str
    amount: int
    linked: int
    links: int


def judge(evidence: Evidence) -> Verdict:
    """The verdict on a page."""
    if _is_challenge(evidence):
        return "challenge"
    if _is_consent(evidence):
        return "consent"
    if _is_live(evidence):
        return "live"
    if _is_listing(evidence):
        return "listing"
    if _is_media(evidence):
        return "media"
    if _is_paywall(evidence):
        return "paywall"
    return "article" if evidence.body else "empty"


def _is_challenge(evidence: Evidence) -> bool:
    """A page with little text that asks whether the reader is human, or has the source of one
    that does."""
    if evidence.body_amount > WALL // 2 or evidence.article is not None:
        return False
    if evidence.visible.amount > WALL // 2:
        return False
    if markers.CHALLENGES.search(evidence.visible.text):
        return True
    by_source = bool(markers.CHALLENGE_SOURCE.search(evidence.source[:_MAX_VISIBLE]))
    by_title = bool(markers.CHALLENGE_TITLES.search((evidence.tags.title or "").lower()))
    return (
        (by_source or by_title)
        and evidence.body_amount <= SHORT_BODY * 2
        and (by_source or not evidence.states_article)
    )


def _is_consent(evidence: Evidence) -> bool:
    """A page whose text is a request for consent: most of the paragraphs that were taken for the
    body make it, or the page moved to an address for consent and says little else."""
    if evidence.body_amount > WALL:
        return False
    if evidence.body:
        paragraphs = evidence.body.lower().split("\n")
        asking = [text for text in paragraphs if markers.CONSENTS.search(text)]
        share = amount("".join(asking)) / max(1, evidence.body_amount)
        if share > (0.6 if evidence.states_article else 0.4):
            return bool(markers.CONSENT_ACTIONS.search(evidence.visible.text))
    moved = evidence.url != evidence.announced_url and _is_consent_address(evidence.url)
    if evidence.states_article or not (moved or evidence.body_amount <= SHORT_BODY):
        return False
    text = evidence.visible.text
    hits = len(set(markers.CONSENTS.findall(text)))
    enough = 1 if moved else 2
    small = evidence.visible.amount <= WALL
    return hits >= enough and small and bool(markers.CONSENT_ACTIONS.search(text))


def _is_consent_address(url: str | None) -> bool:
    parts = urlsplit(url or "")
    label = (parts.hostname or "").partition(".")[0]
    return label in markers.CONSENT_HOSTS or bool(markers.CONSENT_PATH.search(parts.path.lower()))


def _is_live(evidence: Evidence) -> bool:
    """A LiveBlogPosting, or a live address together with many times of day in the markup."""
    if evidence.article is not None and types(evidence.article) & LIVE_TYPES:
        return True
    if evidence.article is not None and len(each(evidence.article.get("liveBlogUpdate"))) > 1:
        return True
    path = urlsplit(evidence.url or "").path
    if not markers.LIVE_ADDRESS.search(path):
        return False
    named = evidence.root.xpath("count(//*[contains(@class, 'live') or contains(@id, 'live')])")
    times = evidence.root.xpath("count(//time)")
    return bool(times >= 5 and named >= 2)


def _is_listing(evidence: Evidence) -> bool:
    """The home page, a section, a tag, search results: nothing says it is one article, and links
    make much of what it says. An address that names an article asks for more evidence."""
    if evidence.article is not None and types(evidence.article) & (ARTICLE_TYPES | MEDIA_TYPES):
        return False
    stated = bool(evidence.json_ld.with_type(LIST_TYPES))
    home = _is_home(evidence.url)
    if evidence.states_article and not (stated or home):
        return False
    visible = evidence.visible
    if visible.links < 10:
        return False
    share = visible.linked / max(1, visible.amount)
    running = _running_text(evidence.body)
    if home:
        return visible.links >= 20 and running < max(TEASER, visible.linked)
    if _names_article(evidence.url):
        return stated and share > 0.5 and running < SHORT_BODY * 4
    kind = (evidence.tags.first("og:type") or "").lower()
    several = len(evidence.json_ld.with_type(ARTICLE_TYPES)) > 1
    if stated or several or kind == "website":
        return share > 0.35 and running < max(TEASER // 2, visible.linked)
    return share > 0.6 and running < SHORT_BODY * 4


def _names_article(url: str | None) -> bool:
    """Whether an address ends like that of one article: in four words or more, or a number."""
    last = urlsplit(url or "").path.rstrip("/").rpartition("/")[2]
    words = [word for word in re.split(r"[-_+.]|%20", last) if word]
    return len(words) >= 4 or bool(re.search(r"[0-9]{5}", last)) or bool(date_in_url(url))


def _is_home(url: str | None) -> bool:
    parts = urlsplit(url or "")
    path = parts.path.strip("/").lower()
    return not parts.query and (not path or path.partition(".")[0] in ("index", "home"))


def _running_text(body: str | None) -> int:
    """The amount of text in paragraphs long enough to be more than a teaser's line."""
    sizes = (amount(line) for line in (body or "").split("\n"))
    return sum(size for size in sizes if size > 160)


def _is_media(evidence: Evidence) -> bool:
    """A video, audio or gallery page with hardly any text."""
    kind = (evidence.tags.first("og:type") or "").lower()
    main = evidence.article is not None and bool(types(evidence.article) & MEDIA_TYPES)
    if main or kind.startswith(("video", "music")):
        return evidence.body_amount <= SHORT_BODY * 3
    if evidence.body_amount > SHORT_BODY:
        return False
    return bool(
        evidence.json_ld.with_type(MEDIA_TYPES)
        or evidence.tags.first("og:video", "og:video:url", "og:video:secure_url")
        or evidence.root.find(".//video") is not None
        or evidence.root.find(".//audio") is not None
    )


def _is_paywall(evidence: Evidence) -> bool:
    """Stated not to be free, or a short body where the page asks for a subscription."""
    if evidence.free is not None:
        return not evidence.free and evidence.body_amount <= TEASER
    tier = (evidence.tags.first("article:content_tier") or "").lower()
    if tier in markers.LOCKED_TIERS:
        return evidence.body_amount <= TEASER
    if evidence.body_amount > TEASER // 2:
        return False
    last = "\n".join((evidence.body or "").lower().split("\n")[-_LAST_LINES:])
    if evidence.body and markers.PAYWALLS.search(last):
        return True
    if not markers.PAYWALLS.search(evidence.visible.text):
        return False
    # Headers say "Already a subscriber?" and free pages carry empty walls: only both in one count.
    named = (element for element in evidence.root.iter() if _is_named_paywall(element))
    texts = (limited_text(element, WALL) for element in islice(named, _MAX_WALLS))
    return any(text and markers.PAYWALLS.search(text.lower()) for text in texts)


def _is_named_paywall(element: Any) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(markers.PAYWALL_NAMES.search(names))


def _read_visible(root: Any) -> Visible:
    body = root.find("body")
    pieces: list[str] = []
    total = linked = links = 0
    for text in (root if body is None else body).xpath(".//text()"):
        parent = text.getparent()
        tag = (
            parent.getparent().tag
            if text.is_tail and parent.getparent() is not None
            else parent.tag
        )
        if tag in _UNSEEN:
            continue
        words = " ".join(text.split())
        if not words:
            continue
        size = amount(words)
        total += size
        if total <= _MAX_VISIBLE:
            pieces.append(words)
    for link in root.iter("a"):
        links += 1
        linked += sum(amount(" ".join(text.split())) for text in link.itertext())
    return Visible(" ".join(pieces).lower(), total, linked, links)
