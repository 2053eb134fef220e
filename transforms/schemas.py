"""The Arrow schemas of the written rows, `articles` and `failures`.

Timestamps are UTC microseconds. Offsets are half-open, in Unicode code points of `body`.
Missing is null, never "". `SCHEMA_VERSION` grows when fields are added; none is ever removed
or changes its type. docs/records.md is generated from the schemas and `FIELD_NOTES`.
"""

import pyarrow as pa

SCHEMA_VERSION = "1.0"

_TIMESTAMP = pa.timestamp("us", tz="UTC")
_STRINGS = pa.list_(pa.string())
_SPAN = [("text", pa.string()), ("start", pa.int32()), ("end", pa.int32())]
_LINKED_SPAN = [*_SPAN, ("entity_id", pa.string())]
_PARTY = pa.struct([("kind", pa.string()), *_LINKED_SPAN])

RECORD_SCHEMA = pa.schema(
    [
        ("article_id", pa.string()),
        ("content_hash", pa.string()),
        ("revision", pa.int32()),
        ("url", pa.string()),
        ("final_url", pa.string()),
        ("canonical_url", pa.string()),
        (
            "feeds",
            pa.list_(
                pa.struct(
                    [
                        ("name", pa.string()),
                        ("url", pa.string()),
                        ("guid", pa.string()),
                        ("position", pa.int32()),
                    ]
                )
            ),
        ),
        (
            "source",
            pa.struct([("name", pa.string()), ("domain", pa.string()), ("country", pa.string())]),
        ),
        ("title", pa.string()),
        ("description", pa.string()),
        ("body", pa.string()),
        ("word_count", pa.int32()),
        ("authors", _STRINGS),
        ("keywords", _STRINGS),
        ("section", pa.string()),
        ("image_url", pa.string()),
        ("published_at", _TIMESTAMP),
        ("modified_at", _TIMESTAMP),
        ("fetched_at", _TIMESTAMP),
        ("first_seen_at", _TIMESTAMP),
        ("published_at_source", pa.string()),
        ("language", pa.string()),
        ("language_confidence", pa.float32()),
        ("language_source", pa.string()),
        ("language_declared", pa.string()),
        ("verdict", pa.string()),
        ("is_accessible_for_free", pa.bool_()),
        (
            "rights",
            pa.struct(
                [
                    ("robots_allowed", pa.bool_()),
                    ("ai_opt_out", pa.bool_()),
                    ("license", pa.string()),
                ]
            ),
        ),
        (
            "extraction",
            pa.struct([("method", pa.string()), ("version", pa.string()), ("warnings", _STRINGS)]),
        ),
        (
            "fetch",
            pa.struct(
                [
                    ("status", pa.int32()),
                    ("content_type", pa.string()),
                    ("bytes", pa.int64()),
                    ("elapsed_ms", pa.int32()),
                    ("redirects", _STRINGS),
                ]
            ),
        ),
        (
            "entities",
            pa.list_(
                pa.struct(
                    [
                        ("entity_id", pa.string()),
                        ("name", pa.string()),
                        ("label", pa.string()),
                        ("wikidata_id", pa.string()),
                        ("country", pa.string()),
                        ("salience", pa.float32()),
                        ("mentions", pa.list_(pa.struct([*_SPAN, ("score", pa.float32())]))),
                    ]
                )
            ),
        ),
        (
            "quotations",
            pa.list_(
                pa.struct(
                    [
                        ("kind", pa.string()),
                        *_SPAN,
                        ("cue", pa.struct(_SPAN)),
                        ("speaker", pa.struct(_LINKED_SPAN)),
                        ("about", _STRINGS),
                        ("confidence", pa.float32()),
                    ]
                )
            ),
        ),
        (
            "stances",
            pa.list_(
                pa.struct(
                    [
                        ("holder", _PARTY),
                        ("target", _PARTY),
                        ("polarity", pa.string()),
                        ("score", pa.float32()),
                        ("confidence", pa.float32()),
                        ("expression", pa.struct(_SPAN)),
                        ("evidence", pa.struct([("start", pa.int32()), ("end", pa.int32())])),
                        ("quotation", pa.int32()),
                    ]
                )
            ),
        ),
        ("duplicate_of", pa.string()),
        ("duplicate_similarity", pa.float32()),
        (
            "models",
            pa.list_(
                pa.struct(
                    [("stage", pa.string()), ("model_id", pa.string()), ("version", pa.string())]
                )
            ),
        ),
        ("run_id", pa.string()),
        ("schema_version", pa.string()),
        ("pipeline_version", pa.string()),
    ]
)

FAILURE_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("stage", pa.string()),
        ("kind", pa.string()),
        ("message", pa.string()),
        ("retryable", pa.bool_()),
        ("attempts", pa.int32()),
        ("url", pa.string()),
        ("feed_url", pa.string()),
        ("entry_guid", pa.string()),
        ("first_failed_at", _TIMESTAMP),
        ("next_attempt_at", _TIMESTAMP),
    ]
)

FIELD_NOTES = {
    "article_id": "first 32 hex digits of the SHA-256 of the normalised canonical URL "
    "(docs/urls.md)",
    "content_hash": "first 32 hex digits of the SHA-256 of the normalised body; null without one",
    "revision": "1, then +1 each time the same article comes back with other content",
    "url": "as announced by the feed; null when the entry has no link",
    "final_url": "after redirects",
    "canonical_url": "as the page declares it, validated",
    "feeds": "every feed entry that led here; `url` is the feed's address",
    "source": "the publisher; `country` as configured for the feed",
    "title": "headline without the site's name",
    "description": "summary without markup",
    "body": "clean text, paragraphs separated by one newline",
    "word_count": "words of the body; for scripts without spaces, characters of words",
    "published_at": "never invented: null when neither page nor feed says it",
    "first_seen_at": "when a feed first announced the article to newsbeam",
    "published_at_source": "json-ld, meta, feed, url or text",
    "language": "BCP 47, `und` when undecidable (docs/language.md)",
    "language_source": "detected, declared or script",
    "language_declared": "what page or feed claims",
    "verdict": "article, paywall, consent, listing, live, media, challenge or empty "
    "(docs/extraction.md)",
    "is_accessible_for_free": "schema.org; null when not stated",
    "entities": "null until an entity model ran; one item per entity with all its mentions",
    "quotations": "null until quotations were attributed; `about` holds entity_ids",
    "stances": "null until stance was detected; `quotation` indexes quotations",
    "duplicate_of": "article_id of the earlier near-identical text; null in this version",
    "kind": "a closed list (docs/failures.md)",
    "retryable": "whether the kind is one that a later try may mend",
    "attempts": "tries so far, in a row",
    "next_attempt_at": "of a feed: when it is asked again; null where no try follows",
}
