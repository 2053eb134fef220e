import json
import os
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.generate import type_name
from tests.builders import NOW, RUN, make_article, make_entry
from transforms.elements import Entity, FetchInfo, Mention, ModelUse, Party, Quotation, Span, Stance
from transforms.failures import FailureKind, fail
from transforms.records import content_hash, count_words, identity, to_failure_row, to_record
from transforms.schemas import FAILURE_SCHEMA, FIELD_NOTES, RECORD_SCHEMA

SNAPSHOT = Path(__file__).parents[1] / "data" / "schemas.json"
BODY = "Anna Mora praised Borg City Council.\n“We support it 👍🏽”, she said."


def snapshot() -> dict[str, dict[str, str]]:
    return {
        name: {field.name: type_name(field.type) for field in schema}
        for name, schema in (("articles", RECORD_SCHEMA), ("failures", FAILURE_SCHEMA))
    }


def test_schemas_are_as_published() -> None:
    if os.environ.get("NEWSBEAM_UPDATE_GOLDEN"):
        SNAPSHOT.write_text(json.dumps(snapshot(), indent=2) + "\n", encoding="utf-8")
    assert snapshot() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert list(snapshot()["articles"]) == list(
        json.loads(SNAPSHOT.read_text(encoding="utf-8"))["articles"]
    )


def test_timestamps_are_utc_microseconds() -> None:
    for field in (*RECORD_SCHEMA, *FAILURE_SCHEMA):
        if pa.types.is_timestamp(field.type):
            assert field.type == pa.timestamp("us", tz="UTC")


def test_notes_name_real_fields() -> None:
    assert set(FIELD_NOTES) <= {*RECORD_SCHEMA.names, *FAILURE_SCHEMA.names}


def span(text: str) -> tuple[str, int, int]:
    start = BODY.index(text)
    return text, start, start + len(text)


def full_article() -> object:
    anna, council = "Anna Mora", "Borg City Council"
    quote = "We support it 👍🏽"
    return make_article(
        body=BODY,
        fetch=FetchInfo(200, "text/html", 1000, 40, ("https://news.example/short",)),
        authors=("Jo Roe",),
        models=(ModelUse("language", "langdetect", "1.0.9"),),
        entities=(
            Entity("nb:anna-mora", anna, "PER", (Mention(*span(anna), 0.9),), 0.8),
            Entity("nb:borg-city-council", council, "ORG", (Mention(*span(council), 0.8),), 0.2),
        ),
        quotations=(
            Quotation(
                *span(quote), "direct", 0.9, Span(*span("said")),
                Party("entity", *span("she"), "nb:anna-mora"), ("nb:borg-city-council",),
            ),
        ),
        stances=(
            Stance(
                Party("entity", *span(anna), "nb:anna-mora"),
                Party("entity", *span(council), "nb:borg-city-council"),
                "favor", 0.9, 0.8, Span(*span("praised")), (0, 36), None,
            ),
        ),
    )  # fmt: skip


def test_a_full_record_fits_the_schema_and_its_spans_slice_to_their_text() -> None:
    record = to_record(full_article(), RUN)
    assert list(record) == RECORD_SCHEMA.names
    row = pa.Table.from_pylist([record], schema=RECORD_SCHEMA).to_pylist()[0]
    mention = row["entities"][1]["mentions"][0]
    assert row["body"][mention["start"] : mention["end"]] == "Borg City Council"
    assert row["quotations"][0]["speaker"]["entity_id"] == "nb:anna-mora"
    assert row["quotations"][0]["text"] == "We support it 👍🏽"
    assert row["stances"][0]["evidence"] == {"start": 0, "end": 36}
    assert row["stances"][0]["holder"]["kind"] == "entity"
    assert row["fetch"]["redirects"] == ["https://news.example/short"]


def test_columns_of_models_that_did_not_run_are_null() -> None:
    record = to_record(make_article(), RUN)
    assert record["entities"] is record["quotations"] is record["stances"] is None


def test_a_wrong_span_is_refused() -> None:
    wrong = Entity("x", "Anna", "PER", (Mention("Anna", 1, 5, 0.9),), 0.1)
    with pytest.raises(ValueError, match="code points of body"):
        to_record(make_article(body=BODY, entities=(wrong,)), RUN)


def test_missing_is_null() -> None:
    record = to_record(make_article(title="", body=None, section=""), RUN)
    assert record["title"] is record["body"] is record["section"] is None
    assert record["content_hash"] is None
    assert record["word_count"] == 0


def test_identity_is_the_canonical_address_of_a_page_that_is_the_article() -> None:
    entry = make_entry("https://news.example/a?utm_source=x")
    plain = make_article(entry)
    declared = make_article(entry, canonical_url="https://news.example/b")
    assert identity(plain) == entry.key
    assert identity(declared) == make_entry("https://news.example/b").key


def test_walls_keep_the_identity_of_what_was_announced() -> None:
    entry = make_entry("https://news.example/a")
    wall = make_article(entry, verdict="consent", final_url="https://consent.example/collect")
    assert identity(wall) == entry.key


@given(st.text())
def test_content_hash_ignores_spacing_and_punctuation(text: str) -> None:
    assert content_hash(text) == content_hash(f" {text} .\n")


def test_content_hash_of_characters_that_unfold_takes_little_memory() -> None:
    """U+FDFA is 18 characters in NFKC: a megabyte of them once took 1.5 GB."""
    tracemalloc.start()
    hashed = content_hash("\ufdfa" * 200_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert hashed == content_hash(" ".join(["\ufdfa" * 100] * 2_000))
    assert peak < 10_000_000


def test_content_hash_tells_texts_apart() -> None:
    assert content_hash("one two") != content_hash("one three")
    assert content_hash("…!") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("One, two – three.", 3),
        ("Ґанок і п'ять", 3),
        ("東京で会議", 5),
        ("мир 和平", 3),
    ],
)
def test_count_words(text: str, words: int) -> None:
    assert count_words(text) == words


def test_failure_row_fits_its_schema() -> None:
    failure = fail("FetchPages", FailureKind.NOT_FOUND, "404", make_entry(guid="g"))
    row = to_failure_row(failure, RUN)
    table = pa.Table.from_pylist([row], schema=FAILURE_SCHEMA)
    assert table.to_pylist()[0]["entry_guid"] == "g"
    assert row["retryable"] is False
    assert row["first_failed_at"] > NOW
