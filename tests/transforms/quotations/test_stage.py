"""What holds for every text: offsets, order, nothing over itself; speakers; the PTransform."""

import time
from dataclasses import replace
from itertools import pairwise

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import make_article
from tests.transforms.quotations import germanic, romance, slavic
from tests.transforms.quotations.builders import Case, quotations, reading
from transforms.elements import Quotation, Reading
from transforms.lexicons import languages
from transforms.quotations import AttributeQuotations, attribute_quotations
from transforms.sentences import sentences

MARKS = "\"'“”„«»‹›‘’‚「」—–-,.:;!?\n "
_WORDS = (
    'said that Anna Kessler he the minister told according to film , . : “ ” " « » „ — \n '
    "ha detto che secondo sagte dass laut dit selon сказал что по словам powiedział że dedi göre "
    "a of by was and but She 's n't (Berlin) AB: CD:"
)
WORDS = _WORDS.split(" ")
LANGUAGES = [*languages(), "ja", "und"]


def check(body: str, found: tuple[Quotation, ...]) -> None:
    """Every span slices to its text; contents are apart; none overlaps its cue or speaker."""
    before = 0
    for quotation in found:
        assert quotation.text
        assert 0 <= quotation.confidence <= 1
        assert before <= quotation.start < quotation.end
        before = quotation.end
        spans = [(quotation.start, quotation.end, quotation.text)]
        if quotation.cue is not None:
            spans.append((quotation.cue.start, quotation.cue.end, quotation.cue.text))
        speaker = quotation.speaker
        if speaker is not None:
            assert speaker.start is not None
            assert speaker.end is not None
            spans.append((speaker.start, speaker.end, speaker.text or ""))
        for start, end, text in spans:
            assert body[start:end] == text != ""
        ordered = sorted(spans)
        assert all(a[1] <= b[0] for a, b in pairwise(ordered))


def attribute(body: str, language: str) -> tuple[Quotation, ...]:
    return quotations(Case(language, body, [], "Anna Kessler", "", "Berlin"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(st.sampled_from(MARKS + "aB"), max_size=60) | st.text(max_size=60),
    st.sampled_from(LANGUAGES),
)
def test_any_text(body: str, language: str) -> None:
    check(body, attribute(body, language))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(WORDS), max_size=40), st.sampled_from(LANGUAGES), st.booleans())
def test_any_words(words: list[str], language: str, blanks: bool) -> None:
    body = (" " if blanks else "").join(words)
    check(body, attribute(body, language))


@pytest.mark.parametrize(
    "case", [*germanic.CASES, *romance.CASES, *slavic.CASES], ids=range(len(
        [*germanic.CASES, *romance.CASES, *slavic.CASES]))
)  # fmt: skip
def test_texts_of_the_tables(case: Case) -> None:
    check(case.body, quotations(case))
    doubled = case._replace(body=f"{case.body}\n{case.body}")
    check(doubled.body, quotations(doubled))


def test_no_body_has_no_quotations() -> None:
    empty = attribute_quotations(Reading(make_article(body=None)))
    assert empty.article.quotations == ()
    assert attribute_quotations(Reading(make_article(body="  \n"))).article.quotations == ()


def test_the_same_twice() -> None:
    one = reading(germanic.CASES[1])
    assert attribute_quotations(one) == attribute_quotations(one)


def test_names_serve_where_nothing_is_linked() -> None:
    case = Case("en", "“We are ready,” said Anna Kessler.", [], "Anna Kessler")
    linked = reading(case)
    unlinked = replace(linked, article=replace(linked.article, entities=None))
    found = attribute_quotations(unlinked).article.quotations
    assert found is not None
    assert found[0].speaker is not None
    assert found[0].speaker.entity_id is None


def test_sentences_beyond_the_limit_are_left_out() -> None:
    body = "“One day we will win,” said Anna Kessler.\n“Two days more,” said Anna Kessler."
    case = Case("en", body, [], "Anna Kessler")
    first = tuple(sentences(body, "en"))[:1]
    found = attribute_quotations(replace(reading(case), sentences=first)).article.quotations
    assert found is not None
    assert [q.text for q in found] == ["One day we will win,"]


HOSTILE = [
    '"' * 200_000,
    "“”" * 100_000,
    "“a " * 70_000,
    "„a « b " * 30_000,
    "'a " * 70_000,
    "“\n" * 100_000,
    '"Aa b c d" said he, ' * 10_000,
    '"Aa said. "bb ' * 14_000,
    "he said that " * 15_000,
    "— a, said he — " * 13_000,
    "AB CD: x y z\n" * 15_000,
    "the minister Anna Kessler, " * 7_000,
]


@pytest.mark.slow
@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_linear_time(body: str) -> None:
    """Four times the text takes about four times as long, not sixteen."""
    whole = reading(Case("en", body, [], "Anna Kessler"))
    part = reading(Case("en", body[: len(body) // 4], [], "Anna Kessler"))
    attribute_quotations(part)

    def seconds(of: Reading) -> float:
        start = time.process_time()
        attribute_quotations(of)
        return time.process_time() - start

    assert seconds(whole) < 10 * seconds(part) + 0.5


def test_the_stage() -> None:
    case = Case("en", "“We are ready,” said Anna Kessler.", [], "Anna Kessler")
    with beam.Pipeline("FnApiRunner") as pipeline:
        outcome = pipeline | beam.Create([reading(case)]) | AttributeQuotations()
        texts = outcome.elements | beam.Map(_texts)
        assert_that(texts, equal_to([["We are ready,"]]))


def _texts(one: Reading) -> list[str]:
    return [q.text for q in one.article.quotations or ()]
