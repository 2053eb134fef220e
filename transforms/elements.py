"""The typed elements that flow from stage to stage.

    Feed -> FeedDocument -> Entry -> Page -> Article -> record (a dict, see records.py)

Every stage also emits `Failure`s (dead letters) and `Settled` (entries that need no more work).
All elements are immutable; a stage makes a new one with `dataclasses.replace`. Missing is None,
never "". Datetimes are aware and UTC. Offsets are half-open, in Unicode code points of the
article's `body`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Verdict = Literal["article", "paywall", "consent", "listing", "live", "media", "challenge", "empty"]
DateSource = Literal["json-ld", "meta", "feed", "url", "text"]
LanguageSource = Literal["detected", "declared", "script"]


@dataclass(frozen=True)
class Feed:
    """A feed as configured. `language` is a BCP 47 hint, `country` ISO 3166-1 alpha-2."""

    url: str
    name: str | None = None
    language: str | None = None
    country: str | None = None
    tags: tuple[str, ...] = ()
    full_content: bool = False


@dataclass(frozen=True)
class Response:
    """What one HTTP exchange, redirects included, brought back.

    `headers` are those of the last hop, names in lower case, in order of arrival. `body` is
    decompressed. `redirects` lists every address passed through, `url` first, without
    `final_url`; it is empty when nothing redirected. `moved_to` is the address reached by
    permanent redirects alone (301, 308), from the first hop on; None when there was none.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    elapsed_ms: int
    redirects: tuple[str, ...] = ()
    moved_to: str | None = None

    def header(self, name: str) -> str | None:
        """The first value of a header (any case), stripped, or None."""
        wanted = name.lower()
        for key, value in self.headers:
            if key == wanted:
                return value.strip()
        return None


@dataclass(frozen=True)
class FeedRequest:
    """A feed that is to be asked now.

    `url` is where to ask: the feed's address, or the one it moved to for good. `etag` and
    `last_modified` go back byte for byte; without them the request is unconditional. `errors`
    counts the failures in a row before it, `size` is that of the last document, in bytes.
    """

    feed: Feed
    url: str
    etag: str | None = None
    last_modified: str | None = None
    errors: int = 0
    size: int = 0


@dataclass(frozen=True)
class FeedDocument:
    """A feed's bytes, just fetched. `errors` as in its request: bytes that are no feed are one
    more failure in a row."""

    feed: Feed
    response: Response
    errors: int = 0


@dataclass(frozen=True)
class FeedUnchanged:
    """A feed that answered 304 to its validators, which saved `bytes_saved`."""

    feed: Feed
    response: Response
    bytes_saved: int = 0


@dataclass(frozen=True)
class FeedHints:
    """What a feed document says about when to ask again. Seconds; hours 0 to 23 and days 0
    (Monday) to 6 in GMT."""

    ttl: float | None = None
    update_period: float | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True)
class HostCourtesy:
    """How one host was treated: requests, robots.txt and redirects included, and the shortest
    time between the end of one and the start of the next, in seconds (None: one request)."""

    host: str
    requests: int
    shortest_gap: float | None


@dataclass(frozen=True)
class Announcement:
    """One feed entry that led to an article: the feed's name and address, the entry's guid and
    0-based position in the feed."""

    name: str | None
    url: str
    guid: str | None
    position: int


@dataclass(frozen=True)
class Entry:
    """What a feed says of one article.

    `key` identifies the entry (`urls.entry_key`): 32 hex digits of the normalised `url`, or of
    feed and guid where there is no link. `url` is absolute, as announced. Text fields are
    plain text; `content_html` is the full content as the feed carries it, unsanitised.
    `announcements` names every feed entry merged into this one, at least one. `warnings` are
    short snake_case words such as "future_date". `attempts`, `first_failed_at` and `history`
    tell of earlier runs that could not fetch the page.
    """

    key: str
    url: str | None
    feed: Feed
    announcements: tuple[Announcement, ...]
    announced_at: datetime
    guid: str | None = None
    title: str | None = None
    summary: str | None = None
    content_html: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    image_url: str | None = None
    language: str | None = None
    license: str | None = None
    warnings: tuple[str, ...] = ()
    attempts: int = 0
    first_failed_at: datetime | None = None
    history: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """The fetched bytes behind an entry. `response` is None when the feed carried the content
    (`full_content`). `robots_allowed` is None when robots.txt was not asked;
    `robots_ai_opt_out` is True where it keeps AI training out."""

    entry: Entry
    response: Response | None
    robots_allowed: bool | None = None
    robots_ai_opt_out: bool | None = None


@dataclass(frozen=True)
class Span:
    """`text == body[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Mention(Span):
    """A span that names an entity; `score` in [0, 1]."""

    score: float


@dataclass(frozen=True)
class NamedSpan(Mention):
    """A mention before it belongs to an entity; `label` is PER, ORG or LOC, or what another
    model says."""

    label: str


@dataclass(frozen=True)
class SentenceStates:
    """What the encoder made of one sentence: `offsets` (pieces, 2) int32, half-open ranges of
    `body`; `states` (pieces, hidden) float32. The first piece is the sentence as a whole, with
    an empty range."""

    offsets: Any
    states: Any


@dataclass(frozen=True)
class Reading:
    """An article while models read it: its sentences (half-open ranges of `body`), the names in
    them, and the encoder's states of each sentence for the stages that follow; `states` is None
    where another model found the names. Sentences beyond the limit are not in `sentences`."""

    article: "Article"
    sentences: tuple[tuple[int, int], ...] = ()
    names: tuple[NamedSpan, ...] = ()
    states: tuple[SentenceStates, ...] | None = None


@dataclass(frozen=True)
class Entity:
    """One person, organisation or place of an article with all its mentions."""

    entity_id: str
    name: str
    label: str
    mentions: tuple[Mention, ...]
    salience: float
    wikidata_id: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class Party:
    """Holder, target or speaker: a span and, when it is linked, its entity.

    `kind` is "entity", "author" (no span) or "proposition".
    """

    kind: Literal["entity", "author", "proposition"]
    text: str | None = None
    start: int | None = None
    end: int | None = None
    entity_id: str | None = None


@dataclass(frozen=True)
class Quotation(Span):
    """Attributed speech: the content span, the cue that introduces it and who speaks."""

    kind: Literal["direct", "indirect", "mixed"]
    confidence: float
    cue: Span | None = None
    speaker: Party | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stance:
    """Who (`holder`) takes which side (`polarity`) toward whom or what (`target`).

    `score` in [-1, 1], `confidence` in [0, 1]; `evidence` is a half-open range of the body that
    contains `expression`; `quotation` indexes the article's quotations.
    """

    holder: Party
    target: Party
    polarity: Literal["favor", "against"]
    score: float
    confidence: float
    expression: Span
    evidence: tuple[int, int]
    quotation: int | None = None


@dataclass(frozen=True)
class ModelUse:
    """Which model filled which field."""

    stage: str
    model_id: str
    version: str


@dataclass(frozen=True)
class FetchInfo:
    """How a page came; the record's `fetch` field."""

    status: int
    content_type: str | None
    bytes: int
    elapsed_ms: int
    redirects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Article:
    """An extracted article. Fields are those of the record (product documentation:
    docs/records.md); `entities`, `quotations` and `stances` are None until a model ran."""

    entry: Entry
    fetched_at: datetime
    verdict: Verdict
    final_url: str | None = None
    canonical_url: str | None = None
    source_name: str | None = None
    title: str | None = None
    description: str | None = None
    body: str | None = None
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    section: str | None = None
    image_url: str | None = None
    published_at: datetime | None = None
    published_at_source: DateSource | None = None
    modified_at: datetime | None = None
    language: str | None = None
    language_confidence: float | None = None
    language_source: LanguageSource | None = None
    language_declared: str | None = None
    is_accessible_for_free: bool | None = None
    robots_allowed: bool | None = None
    ai_opt_out: bool | None = None
    license: str | None = None
    extraction_method: str = "trafilatura"
    extraction_version: str | None = None
    warnings: tuple[str, ...] = ()
    fetch: FetchInfo | None = None
    entities: tuple[Entity, ...] | None = None
    quotations: tuple[Quotation, ...] | None = None
    stances: tuple[Stance, ...] | None = None
    models: tuple[ModelUse, ...] = field(default=())
