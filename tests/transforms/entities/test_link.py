"""Linking: who is who within an article, and what ids entities get."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_article
from tests.transforms.entities.marked import entities, ids, parse, reading
from transforms.elements import NamedSpan, Reading
from transforms.enrichment import enrichment
from transforms.entities.catalogue import shipped
from transforms.entities.gazetteer import Gazetteer
from transforms.entities.link import link

WITHIN = [
    line.split("\t")
    for line in (Path(__file__).parent / "within.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_there_are_texts_enough() -> None:
    assert len(WITHIN) >= 40
    assert len({language for language, _ in WITHIN}) >= 20


@pytest.mark.parametrize(("language", "text"), WITHIN)
def test_within_an_article(language: str, text: str) -> None:
    _, names, keys = parse(text)
    wanted: dict[str | None, list[int]] = {}
    for name, key in zip(names, keys, strict=True):
        wanted.setdefault(key, []).append(name.start)
    found = [[mention.start for mention in e.mentions] for e in entities(text, language)]
    assert sorted(found) == sorted(wanted.values())


def test_ids_and_fields_of_an_article() -> None:
    found = entities(
        "Il [ORG Cremlino] invita [PER Volodymyr Zelensky] a [LOC Mosca]. [PER Zelensky] tace.",
        "it",
        title="Mosca invita Zelensky",
    )
    assert [(e.entity_id, e.name, e.label, e.wikidata_id, e.country) for e in found] == [
        ("Q133274", "Cremlino", "ORG", "Q133274", None),
        ("per:vladimir-zelenski", "Volodymyr Zelensky", "PER", None, None),
        ("Q649", "Mosca", "LOC", "Q649", "RU"),
    ]
    assert [m.text for m in found[1].mentions] == ["Volodymyr Zelensky", "Zelensky"]
    assert found[1].salience > found[2].salience > found[0].salience


@pytest.mark.parametrize(
    ("text", "language", "entity_id"),
    [
        ("[LOC Georgia]", "en", "loc:georgia"),
        ("[LOC Georgia] and [LOC Tbilisi]", "en", "Q230"),
        ("[LOC Georgia] and [LOC Texas]", "en", "Q1428"),
        ("[LOC Georgia], [LOC Texas] and [LOC Tbilisi]", "en", "loc:georgia"),
        ("[LOC Georgien]", "de", "Q230"),
        ("[LOC Congo]", "fr", "loc:congo"),
        ("[LOC Congo] and [LOC Kinshasa]", "en", "Q974"),
        ("[LOC Monaco]", "fr", "Q235"),
        ("[PER Paris]", "en", "per:paris"),
        ("[ORG Russia]", "en", "org:russia"),
        ("[LOC EU]", "en", "Q458"),
        ("[ORG Unione europea]", "it", "Q458"),
        ("[MISC Brexit]", "en", "misc:brexit"),
        ("[LOC Scotland]", "en", "Q22"),
        ("[PER Владимира Путина]", "ru", "per:vladimir-putin"),
        ("[PER Анна Петрова]", "ru", "per:anna-petrova"),
    ],
)
def test_first_id(text: str, language: str, entity_id: str) -> None:
    assert ids(text, language)[0] == entity_id


def test_two_ids_of_one_thing_merge() -> None:
    assert ids("[LOC Usa], [LOC Stati Uniti], [LOC America]", "it") == ["Q30", "loc:america"]


def test_label_is_a_vote_weighted_by_score() -> None:
    body = "Kyiv Kyiv Kyiv"
    scores = ((0, 0.4, "ORG"), (5, 0.4, "ORG"), (10, 0.9, "LOC"))
    names = tuple(NamedSpan("Kyiv", start, start + 4, s, label) for start, s, label in scores)
    found = link(
        Reading(make_article(body=body, language="en"), names=names), Gazetteer(), shipped()
    )
    assert [(e.label, e.entity_id, len(e.mentions)) for e in found] == [("LOC", "Q1899", 3)]


def test_spans_that_cannot_be_are_left_out() -> None:
    names = (
        NamedSpan("Lyon", 0, 4, 0.9, "LOC"),
        NamedSpan("Lyon", 1, 5, 0.9, "LOC"),
        NamedSpan("Lyon and", 0, 8, 0.5, "LOC"),
        NamedSpan("...", 20, 23, 0.9, "PER"),
        NamedSpan("Paris", 9, 14, 0.9, "LOC"),
    )
    article = make_article(body="Lyon and Paris today...", language="en")
    found = link(Reading(article, names=names), Gazetteer(), shipped())
    assert [e.name for e in found] == ["Lyon", "Paris"]


def test_no_names_no_entities() -> None:
    assert link(Reading(make_article(body=None)), Gazetteer(), shipped()) == ()


@pytest.mark.parametrize("language", ["ru", "hu", "es", "zh", None])
def test_many_names_take_linear_time(language: str | None) -> None:
    words = [f"Петров{n} Ivan{n % 97} Bank{n % 13}"[: 8 + n % 17] for n in range(3000)]
    body, names, position = " ".join(words), [], 0
    for number, word in enumerate(words):
        label = ("PER", "ORG", "LOC")[number % 3]
        if word.strip() == word:
            names.append(NamedSpan(word, position, position + len(word), 0.5, label))
        position += len(word) + 1
    article = make_article(body=body, language=language)
    found = link(Reading(article, names=tuple(names)), Gazetteer(), shipped())
    assert sum(len(e.mentions) for e in found) == len(names)


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
            st.sampled_from(["PER", "ORG", "LOC", "X"]),
        ),
        max_size=12,
    ),
    st.sampled_from(["en", "ru", "pl", "hu", "tr", "zh", None]),
)
def test_any_unicode(parts: list[tuple[str, str]], language: str | None) -> None:
    body, names = "", []
    for text, label in parts:
        names.append(NamedSpan(text, len(body), len(body) + len(text), 0.5, label))
        body += text + " "
    article = make_article(body=body, language=language)
    found = link(Reading(article, names=tuple(names)), Gazetteer(), shipped())
    assert found == link(Reading(article, names=tuple(names)), Gazetteer(), shipped())
    starts = [m.start for e in found for m in e.mentions]
    assert len(starts) == len(set(starts)) == sum(any(map(str.isalnum, t)) for t, _ in parts)
    assert len({e.entity_id for e in found}) == len(found)
    for entity in found:
        assert entity.name
        assert 0 <= entity.salience <= 1
        assert [m.start for m in entity.mentions] == sorted(m.start for m in entity.mentions)
        for mention in entity.mentions:
            assert body[mention.start : mention.end] == mention.text


def test_record_accepts_the_entities() -> None:
    read = reading("[PER Ada Lindt] in [LOC Lyon]")
    article = read.article
    found = link(read, Gazetteer(), shipped())
    rows = enrichment(replace(article, entities=found))["entities"]
    assert [row["entity_id"] for row in rows] == ["per:ada-lindt", "Q456"]
