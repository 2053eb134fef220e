"""DetectStance: what it writes, on a runner and for any text."""

import time
from typing import Any

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import make_article
from tests.transforms.stance.readings import reading_of
from training.annotated import parse
from transforms.elements import (
    Article,
    Entity,
    Mention,
    ModelUse,
    Party,
    Quotation,
    Reading,
    SentenceStates,
    Stance,
)
from transforms.enrichment import enrichment
from transforms.quotations import attribute_quotations
from transforms.sentences import sentences
from transforms.stance import DetectStance, detect_stance
from transforms.stance.decide import Calibration
from transforms.stance.scorer import PairScorer
from transforms.stance.stage import sentence_states

AGREES = Calibration({"bias": 3.0}, {"structure": 1.0}, 0.5, 0.9)


class StubScorer(PairScorer):
    """Says the same of every pair."""

    def __init__(self, against: float = 0.34, neutral: float = 0.32, favor: float = 0.34) -> None:
        self._answer = np.array([against, neutral, favor], np.float32)

    def of_sentences(self, asked: Any) -> Any:
        return [np.tile(self._answer, (len(pairs), 1)) for _, pairs in asked]


def with_states(reading: Reading) -> Reading:
    states = tuple(
        SentenceStates(np.zeros((1, 2), np.int32), np.zeros((1, 4), np.float32))
        for _ in reading.sentences
    )
    return Reading(reading.article, reading.sentences, reading.names, states)


def stances(line: str, language: str, scorer: PairScorer | None = None) -> tuple[Stance, ...]:
    reading = with_states(reading_of(parse(line), language))
    found = detect_stance(reading, scorer or StubScorer(), None, AGREES).stances
    assert found is not None
    return found


def test_a_stance_says_who_what_where_and_how_sure() -> None:
    (stance,) = stances("[PER:a Ada Lindt] criticised [ORG:b Nordfer] on Monday.", "en")
    assert stance.holder == Party("entity", "Ada Lindt", 0, 9, "a")
    assert stance.target == Party("entity", "Nordfer", 21, 28, "b")
    assert (stance.polarity, stance.expression.text) == ("against", "criticised")
    assert stance.evidence == (0, 39)
    assert -1 <= stance.score < 0 < stance.confidence <= 1
    assert stance.quotation is None


def test_a_scorer_that_is_sure_of_the_opposite_silences() -> None:
    line = "[PER:a Ada Lindt] criticised [ORG:b Nordfer]."
    assert stances(line, "en", StubScorer(0.01, 0.01, 0.98)) == ()


def test_the_first_person_in_a_quotation_is_its_speaker() -> None:
    (stance,) = stances(
        '"I fully support [PER:b Tom Hale]," said [PER:a Ada Lindt] in [LOC Oslo].', "en"
    )
    assert (stance.holder.entity_id, stance.target.entity_id) == ("a", "b")
    assert (stance.polarity, stance.quotation) == ("favor", 0)


def test_a_judgement_in_a_quotation_is_its_speakers() -> None:
    (stance,) = stances("«[PER:b Ugo Sala] è una vergogna», ha detto [PER:a Ada Lindi].", "it")
    assert (stance.holder.entity_id, stance.target.entity_id) == ("a", "b")
    assert (stance.polarity, stance.quotation) == ("against", 0)


def test_a_proposition_is_a_span_without_an_entity() -> None:
    (stance,) = stances("[ORG:a Nordfer] voterà contro la riforma delle pensioni.", "it")
    assert stance.target.kind == "proposition"
    assert stance.target.text == "la riforma delle pensioni"
    assert stance.target.entity_id is None


def test_a_pronoun_holds_for_the_only_person_before() -> None:
    (stance,) = stances("[PER:a Ada Lindt] left. She criticised [ORG:b Nordfer].", "en")
    assert (stance.holder.text, stance.holder.entity_id) == ("She", "a")
    assert (stance.target.entity_id, stance.evidence) == ("b", (16, 39))


def test_a_pronoun_that_may_be_two_people_is_not_guessed() -> None:
    line = "[PER:a Ada Lindt] met [PER:c Ina Falk]. She criticised [ORG:b Nordfer]."
    assert stances(line, "en") == ()


def test_a_title_holds_for_the_person_who_bears_it() -> None:
    line = "The minister [PER:a Ada Lindt] left on Monday. The minister rejected the plan."
    (stance,) = stances(line, "en")
    assert (stance.holder.text, stance.holder.entity_id) == ("minister", "a")
    assert stance.target.text == "the plan"


@pytest.mark.parametrize(
    ("language", "line", "target"),
    [
        (
            "it",
            "[PER:a Ada Lindi] è partita. Ha criticato la riforma fiscale.",
            "la riforma fiscale",
        ),
        ("es", "[PER:a Ana López] viajó. Criticó la reforma fiscal.", "la reforma fiscal"),
        (
            "pl",
            "[PER:a Jan Kowalski] wyjechał. Skrytykował reformę podatkową.",
            "reformę podatkową",
        ),
    ],
)
def test_a_subject_left_out_is_the_person_of_the_sentence_before(
    language: str, line: str, target: str
) -> None:
    (stance,) = stances(line, language)
    assert (stance.holder.entity_id, stance.target.text) == ("a", target)
    assert stance.holder.end is not None
    assert stance.holder.end < stance.evidence[0]


@pytest.mark.parametrize(
    "line",
    [
        "[PER:a Ada Lindi] ha visto [PER:c Ugo Sala]. Ha criticato la riforma fiscale.",
        "[PER:a Ada Lindi] è partita. Ha criticato [PER:c Ugo Sala].",
        "[PER:a Ada Lindi] è partita. Il consiglio ha criticato la riforma fiscale.",
    ],
)
def test_a_subject_left_out_is_not_guessed(line: str) -> None:
    assert stances(line, "it") == ()


@pytest.mark.parametrize(
    ("language", "line", "target"),
    [
        ("en", "[PER:b Tom Hale] left. [PER:a Ada Lindt] criticised him sharply.", "him"),
        ("de", "[PER:b Tom Hale] ging. [PER:a Ada Lindt] kritisierte ihn.", "ihn"),
        ("nl", "[PER:b Tom Hale] ging. [PER:a Ada Lindt] bekritiseerde hem fel.", "hem"),
        ("it", "[PER:b Ugo Sala] è partito. [PER:a Ada Lindi] lo ha criticato.", "lo"),
        ("it", "[PER:b Eva Sala] è partita. [PER:a Ada Lindi] l'ha criticata.", "l'"),
        ("fr", "[PER:b Luc Sala] est parti. [PER:a Ada Lindi] l'a critiqué.", "l'"),
        ("es", "[PER:b Luis Sala] viajó. [PER:a Ada Lindi] lo criticó.", "lo"),
        ("pt", "[PER:b Luís Sala] viajou. [PER:a Ada Lindi] o criticou.", "o"),
        ("pl", "[PER:b Jan Kowalski] wyjechał. [PER:a Ada Lind] skrytykowała go.", "go"),
        ("ru", "[PER:b Олег Седов] уехал. [PER:a Ада Линд] раскритиковала его.", "его"),
        (
            "en",
            "[PER:b Tom Hale], the mayor, left. [PER:a Ada Lindt] criticised the mayor.",
            "mayor",
        ),
        (
            "en",
            "The steelmaker [ORG:b Nordfer] closed. [PER:a Ada Lindt] criticised the company.",
            "company",
        ),
        (
            "it",
            "L'acciaieria [ORG:b Nordfer] tace. [PER:a Ada Lindi] ha criticato l'azienda.",
            "azienda",
        ),
    ],
)
def test_a_target_may_be_named_in_the_sentence_before(
    language: str, line: str, target: str
) -> None:
    (stance,) = stances(line, language)
    assert (stance.holder.entity_id, stance.target.entity_id) == ("a", "b")
    assert (stance.target.text, stance.polarity) == (target, "against")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "[PER:b Tom Hale] met [PER:c Ian Falk]. [PER:a Ada Lindt] criticised him."),
        ("en", "[PER:b Ina Falk] left. [PER:a Ada Lindt] criticised him."),
        ("en", "[ORG:b Nordfer] closed. [PER:a Ada Lindt] criticised the government."),
        ("it", "[PER:b Ugo Sala] ha scritto il piano. [PER:a Ada Lindi] lo ha respinto."),
        ("it", "[PER:b Ugo Sala] è partito. [PER:a Ada Lindi] l'ha criticata."),
        ("es", "[PER:b Eva Sala] viajó. [PER:a Ada Lindi] lo criticó."),
    ],
)
def test_a_target_that_may_be_another_is_not_guessed(language: str, line: str) -> None:
    assert stances(line, language) == ()


def test_who_acts_in_reported_words_holds_not_the_speaker() -> None:
    line = (
        "[PER:u Ivo Neri] ha precisato che la [LOC:r Russia] “non ha mai rifiutato e non"
        " rifiuterà questo tipo di contatto”."
    )
    (stance,) = stances(line, "it")
    assert (stance.holder.entity_id, stance.polarity) == ("r", "favor")
    assert stance.target.text == "questo tipo di contatto"


def test_a_judgement_of_a_plan_in_a_quotation_is_its_speakers() -> None:
    (stance,) = stances('"The plan is a disgrace," said [PER:a Ada Lindt].', "en")
    assert (stance.holder.entity_id, stance.target.text) == ("a", "The plan")
    assert (stance.polarity, stance.quotation) == ("against", 0)


@pytest.mark.parametrize("language", [None, "und", "xx", "ja"])
def test_a_language_without_a_lexicon_has_no_stances(language: str | None) -> None:
    article = make_article(body="Ada Lindt criticised Nordfer.", language=language, entities=())
    found = detect_stance(Reading(article, ((0, 29),), (), ()), StubScorer(), None, AGREES)
    assert found.stances == ()
    assert found.models[-1] == ModelUse("stance", "newsbeam-stance", "2")


def test_without_states_and_encoder_nothing_is_said() -> None:
    reading = reading_of(parse("[PER:a Ada Lindt] criticised [ORG:b Nordfer]."), "en")
    assert sentence_states(reading, [], None) == {}
    assert detect_stance(reading, StubScorer(), None, AGREES).stances == ()


WORDS = [
    "Ada Lindt",
    "Nordfer",
    "Oslo",
    "criticised",
    "has",
    "not",
    "never",
    "refused",
    "support",
    "for",
    "of",
    "'s",
    "who",
    "and",
    ",",
    ".",
    ":",
    "“",
    "”",
    '"',
    "said",
    "that",
    "was",
    "by",
    "against",
    "called",
    "a disgrace",
    "each other",
    "demanded",
    "the resignation",
    "I",
    "\n",
    "voted against",
    "the plan",
    "?",
    "—",
    "ß",
    "\u0130",
    "\U0001f600",
    "e\u0301",
    "(",
    ")",
    "ha criticato",
    "il sostegno",
    "di",
    "a",
    "kritisierte",
    "раскритиковал",
]
LEFT_OUT = {"it", "es", "pt", "ro", "pl", "cs", "ru", "uk"}  # languages that leave subjects out
NAMES = {"Ada Lindt": "PER", "Nordfer": "ORG", "Oslo": "LOC"}


def reading_of_words(words: list[str], language: str) -> Reading:
    body, mentions = "", {name: [] for name in NAMES}  # type: dict[str, Any]
    for word in words:
        if word in NAMES:
            mentions[word].append(Mention(word, len(body), len(body) + len(word), 1.0))
        body += word + " "
    entities = tuple(
        Entity(name, name, NAMES[name], tuple(found), 1.0)
        for name, found in mentions.items()
        if found
    )
    article = make_article(body=body, language=language, entities=entities)
    reading = Reading(article, tuple(sentences(body, language)))
    return with_states(attribute_quotations(reading))


def check(article: Article) -> None:
    """The invariants of the record."""
    enrichment(article)  # raises where a span does not slice to its text
    body = article.body or ""
    for stance in article.stances or ():
        start, end = stance.evidence
        expression, holder, target = stance.expression, stance.holder, stance.target
        assert 0 <= start < end <= len(body)
        assert start <= expression.start < expression.end <= end
        assert target.start is not None
        assert target.end is not None
        assert start <= target.start < target.end <= end
        places = [(expression.start, expression.end), (target.start, target.end)]
        if holder.kind == "entity":
            assert holder.start is not None
            assert holder.end is not None
            assert holder.entity_id != target.entity_id
            places.append((holder.start, holder.end))
            in_evidence = start <= holder.start and holder.end <= end
            left_out = article.language in LEFT_OUT and is_named_before(article, holder, start)
            assert in_evidence or left_out or speaks(article, stance)
        places.sort()
        assert all(places[i][1] <= places[i + 1][0] for i in range(len(places) - 1))
        assert (stance.score > 0) == (stance.polarity == "favor")
        assert -1 <= stance.score <= 1
        assert 0 <= stance.confidence <= 1


def is_named_before(article: Article, holder: Party, start: int) -> bool:
    """Whether a holder stands before the evidence, where the text names it: the subject of a
    sentence before, where the verb has none."""
    named = (
        m for e in article.entities or () if e.entity_id == holder.entity_id for m in e.mentions
    )
    places = {(mention.start, mention.end) for mention in named if mention.end <= start}
    return (holder.start, holder.end) in places


def speaks(article: Article, stance: Stance) -> bool:
    quotations: tuple[Quotation, ...] = article.quotations or ()
    speaker = None if stance.quotation is None else quotations[stance.quotation].speaker
    return speaker is not None and speaker.entity_id == stance.holder.entity_id


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(WORDS), max_size=40), st.sampled_from(["en", "it", "de", "ru"]))
def test_whatever_is_said_is_in_the_text(words: list[str], language: str) -> None:
    check(detect_stance(reading_of_words(words, language), StubScorer(), None, AGREES))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_the_same_text_has_the_same_stances(words: list[str]) -> None:
    reading = reading_of_words(words, "en")
    first = detect_stance(reading, StubScorer(), None, AGREES)
    assert first == detect_stance(reading, StubScorer(), None, AGREES)


HOSTILE = [
    "Ada Lindt criticised Nordfer and ",
    "Ada Lindt , who criticised Nordfer , ",
    "“ I support Ada Lindt ” said Nordfer . ",
    "criticised ",
    "not never refused support for ",
    "Nordfer 's ",
    "that that , who ",
]


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_time_grows_with_the_length_of_the_text(text: str) -> None:
    def seconds(times: int) -> float:
        parts = (text * times).replace("Ada Lindt", "Ada_Lindt").split(" ")
        words = [part.replace("_", " ") for part in parts if part]
        reading = reading_of_words(words, "en")
        best = float("inf")
        for _ in range(2):
            start = time.perf_counter()
            detect_stance(reading, StubScorer(), None, AGREES)
            best = min(best, time.perf_counter() - start)
        return best

    seconds(20)
    short, long = seconds(400), seconds(1600)
    assert long < 9 * short + 0.5


def check_outcome(articles: list[Article]) -> None:
    (article,) = articles
    assert article.models[-1] == ModelUse("stance", "newsbeam-stance", "2")
    assert isinstance(article.stances, tuple)
    check(article)


def test_the_stage_runs() -> None:
    reading = reading_of(parse("[PER:a Ada Lindt] criticised [ORG:b Nordfer] on Monday."), "en")
    with beam.Pipeline("FnApiRunner") as pipeline:
        outcome = pipeline | beam.Create([reading]) | DetectStance()
        assert_that(outcome.elements, check_outcome, label="elements")
        assert_that(outcome.failures, equal_to([]), label="failures")
        assert_that(outcome.settled, equal_to([]), label="settled")
