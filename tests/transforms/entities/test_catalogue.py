"""The shipped catalogue."""

import re
import time

import pytest

from transforms.entities.catalogue import choose, shipped
from transforms.entities.spellings import table
from transforms.entities.words import word_set

LANGUAGES = word_set(
    """
    en de fr es it pt nl sv da nb fi et lv lt pl cs sk sl hr sr bg ro hu el tr ru uk be ar he fa
    hi th vi id zh ja ko ca
    """
)


def found(name: str, label: str, language: str | None) -> list[str]:
    return [known.entity_id for known in shipped().find(name, label, language)]


def test_loads_quickly() -> None:
    start = time.perf_counter()
    shipped.__wrapped__()
    assert time.perf_counter() - start < 1.0  # measured: 0.06 s


@pytest.mark.parametrize("name", ["territories.tsv", "organisations.tsv"])
def test_rows_are_sound(name: str) -> None:
    rows = table(name)
    ids = [row[0] or row[1] for row in rows]
    assert len(ids) == len(set(ids))
    for qid, key, labels, _, country, english, names in rows:
        assert re.fullmatch(r"(Q[1-9]\d*)?", qid)
        assert re.fullmatch(r"[a-z0-9-]+", key)
        assert set(labels.split()) <= {"ORG", "LOC"}
        assert re.fullmatch(r"([A-Z]{2})?", country)
        assert english
        assert names


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_country_has_a_name_in_every_main_language(language: str) -> None:
    for row in table("territories.tsv"):
        if row[3] == "country" and row[4] not in ("CQ", "GG", "SH", "FR", "IO", "ES", "XK"):
            languages = set(re.findall(r"=([^|]*)", row[6]))
            named = {code for group in languages for code in group.split(",")}
            assert language in named or "*" in named, row[5]


@pytest.mark.parametrize(
    ("name", "label", "language", "entity_id"),
    [
        ("Stati Uniti", "LOC", "it", "Q30"),
        ("U.S.", "LOC", "en", "Q30"),
        ("Украины", "LOC", "ru", "Q212"),
        ("Україні", "LOC", "uk", "Q212"),
        ("Києва", "LOC", "uk", "Q1899"),
        ("Polsce", "LOC", "pl", "Q36"),
        ("Białorusi", "LOC", "pl", "Q184"),
        ("Deutschlands", "LOC", "de", "Q183"),
        ("Oroszországban", "LOC", "hu", "Q159"),
        ("l'Ucraina", "LOC", "it", "Q212"),
        ("the Netherlands", "LOC", "en", "Q55"),
        ("Türkiye'nin", "LOC", "tr", "Q43"),
        ("Соединённых Штатов", "LOC", "ru", "Q30"),
        ("Washington", "LOC", "en", "Q61"),
        ("Mexico", "LOC", "fr", "Q1489"),
        ("Mexico", "LOC", "en", "Q96"),
        ("Oms", "ORG", "it", "Q7817"),
        ("Европейской комиссии", "ORG", "ru", "Q8880"),
    ],
)
def test_finds(name: str, label: str, language: str, entity_id: str) -> None:
    assert found(name, label, language) == [entity_id]


@pytest.mark.parametrize(
    ("name", "label", "language"),
    [
        ("Paris", "PER", "fr"),
        ("Russia", "ORG", "en"),
        ("Европейский комитет", "ORG", "ru"),
        ("Niinistö", "LOC", "fi"),
        ("", "LOC", "en"),
        ("French", "LOC", "en"),
        ("China Town", "LOC", "en"),
    ],
)
def test_does_not_find(name: str, label: str, language: str) -> None:
    assert found(name, label, language) == []


def test_names_of_several_entities_need_their_countries() -> None:
    both = shipped().find("Georgia", "LOC", "en")
    assert {known.country for known in both} == {"US", "GE"}
    assert choose(both, frozenset()) is None
    assert choose(both, frozenset(["US", "GE"])) is None
    assert choose(both, frozenset(["GE", "FR"])).entity_id == "Q230"  # type: ignore[union-attr]
