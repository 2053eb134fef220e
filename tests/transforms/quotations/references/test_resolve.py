"""What pronouns, clitics, titles and nouns stand for, and where nothing is said."""

import time

import pytest

from tests.transforms.quotations.builders import Case, reading
from transforms.quotations.candidates import candidates
from transforms.quotations.references.genders import gender_of_name, verb_gender
from transforms.quotations.references.resolve import References
from transforms.quotations.speakers import Speakers
from transforms.quotations.units import read

PEOPLE = "Anna Kessler/Kessler, Tom Hale/Hale, Nat Berg, Kit Lowe"
GROUPS = "Nordfer, Harbour Voice, Union Rail"
ANNA, TOM, NORDFER = "per:anna-kessler", "per:tom-hale", "org:nordfer"


def referents(language: str, body: str) -> list[tuple[str, str]]:
    one = reading(Case(language, body, [], PEOPLE, GROUPS, "Berlin"))
    text = read(one)
    found = References(text, Speakers(text, candidates(text, one)), one).between(0, len(body))
    return [(body[r.start : r.end], r.entity_id) for r in found]


@pytest.mark.parametrize(
    ("language", "body", "expected"),
    [
        # pronouns by gender and nearness
        ("en", "Anna Kessler met Tom Hale. Berg praised her.", [("her", ANNA)]),
        ("en", "Anna Kessler met Tom Hale. Berg praised him.", [("him", TOM)]),
        ("en", "Nat Berg met Kit Lowe. Hale praised him.", []),
        ("en", "Anna Kessler left. Hale praised her decision.", []),
        ("en", "Tom Hale spoke. “He lied,” said Nat Berg.", [("He", TOM)]),
        ("de", "Tom Hale sprach. Anna Kessler kritisierte ihn.", [("ihn", TOM)]),
        ("de", "Anna Kessler sprach. Sie kritisierten den Plan.", []),
        ("nl", "Tom Hale sprak. Anna Kessler bekritiseerde hem.", [("hem", TOM)]),
        ("nl", "Anna Kessler sprak. Hale bekritiseerde haar besluit.", []),
        ("ru", "Tom Hale ушёл. Anna Kessler его раскритиковала.", [("его", TOM)]),
        ("ru", "Tom Hale ушёл. Anna Kessler раскритиковала его решение.", []),
        ("pl", "Tom Hale wyszedł. Anna Kessler skrytykowała go ostro.", [("go", TOM)]),
        # clitics
        ("it", "Anna Kessler ha parlato. Tom Hale l'ha accusata.", [("l'", ANNA)]),
        ("it", "Anna Kessler ha parlato. Tom Hale l'ha accusato.", []),
        ("it", "Nat Berg ha parlato. Tom Hale l'ha definita inutile.", []),
        ("it", "Nat Berg tace. Tale proposta è di Nordfer, che l'aveva definita utile.", []),
        ("it", "Tom Hale ha parlato. Anna Kessler lo ha criticato.", [("lo", TOM)]),
        ("it", "Tom Hale ha presentato il piano. Anna Kessler lo ha respinto.", []),
        ("fr", "Tom Hale est parti. Anna Kessler l'a accusé.", [("l'", TOM)]),
        ("fr", "Anna Kessler est partie. Tom Hale attaque la critique.", []),
        ("es", "Anna Kessler habló. Tom Hale la acusó de mentir.", [("la", ANNA)]),
        ("pt", "Anna Kessler falou. Tom Hale a acusou de mentir.", [("a", ANNA)]),
        # titles: whoever the text called so
        ("en", "Anna Kessler, the mayor, left. Hale backs the mayor.", [("mayor", ANNA)]),
        ("en", "Anna Kessler, the mayor, left. Hale backs a mayor.", []),
        ("en", "Anna Kessler, the mayor, left. Hale backs the mayors.", []),
        ("en", "Anna Kessler, the mayor, left. Hale backs the former mayor.", []),
        ("en", "Mayor Anna Kessler and mayor Tom Hale met. Berg backs the mayor.", []),
        ("en", "After meeting Tom Hale, the mayor criticised Nordfer.", []),
        ("it", "Anna Kessler, sindaca di Berlino, parla. Hale critica la sindaca.",
         [("sindaca", ANNA)]),
        ("de", "Ministerin Anna Kessler ging. Hale lobt die Ministerin.", [("Ministerin", ANNA)]),
        ("en", "Labour minister Tom Hale left. Kessler backs the minister of Health.",
         [("minister", TOM)]),
        ("es", "El ministro de Trabajo, Tom Hale, viajó. El ministro de Salud calla.", []),
        # nouns of organisations
        ("en", "The steelmaker Nordfer is late. Hale attacked the company.",
         [("company", NORDFER)]),
        ("it", "L'acciaieria Nordfer tace. Hale ha criticato l'azienda.", [("azienda", NORDFER)]),
        ("pl", "Spółka Nordfer milczy. Hale skrytykował firmę.", [("firmę", NORDFER)]),
        ("de", "Der Stahlkonzern Nordfer schweigt. Hale kritisiert das Unternehmen.",
         [("Unternehmen", NORDFER)]),
        ("en", "The company Nordfer and the firm Union Rail met. Hale backs the company.",
         [("company", NORDFER)]),
        ("en", "The union Harbour Voice spoke. Hale backs the company.", []),
        ("en", "Hale met Nordfer. A company was sold. The government is glad.", []),
    ],
)  # fmt: skip
def test_what_is_meant(language: str, body: str, expected: list[tuple[str, str]]) -> None:
    assert referents(language, body) == expected


@pytest.mark.parametrize(
    ("name", "language", "gender"),
    [
        ("Anna Kessler", "en", "f"),
        ("Tom Hale", "de", "m"),
        ("Luca Neri", "it", "m"),
        ("Kessler", "en", None),
        ("Kim Berg", "en", None),
        ("Ольга Круглова", "ru", "f"),
        ("Виктор Савельев", "ru", "m"),
        ("Олега Ващенко", "ru", None),
        ("Roberta Limanowskiego", "pl", "m"),
        ("Ewa Sowińska", "pl", "f"),
        ("", "en", None),
    ],
)
def test_the_gender_of_a_name(name: str, language: str, gender: str | None) -> None:
    assert gender_of_name(name, language) == gender


def test_the_gender_of_a_verb() -> None:
    assert [verb_gender(form, "ru") for form in ("сказала", "сказал", "заявили")] == ["f", "m", "p"]
    assert verb_gender("said", "en") is None


@pytest.mark.parametrize(
    "text", ["the mayor Tom Hale ", "he said. ", "The company Nordfer, a firm. "]
)
def test_time_grows_with_the_length_of_the_text(text: str) -> None:
    def seconds(times: int) -> float:
        one = reading(Case("en", text * times, [], PEOPLE, GROUPS))
        read_text = read(one)
        speakers = Speakers(read_text, candidates(read_text, one))
        best = float("inf")
        for _ in range(2):
            start = time.perf_counter()
            References(read_text, speakers, one)
            best = min(best, time.perf_counter() - start)
        return best

    seconds(10)
    short, long = seconds(150), seconds(600)
    assert long < 9 * short + 0.5
