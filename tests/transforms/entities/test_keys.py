"""Keys: which spellings meet and which do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.entities.inflection import lemma, share_stem
from transforms.entities.keys import MAX_KEY_LENGTH, entity_key_id, name_key
from transforms.entities.spellings import spellings, table

MEET = """
Зеленский Зеленський Zelensky Zelenskyy Zelenskyj Selenskyj Zelenski Zełenski Zelenskij
Путин Putin Poutine Путін
Горбачёв Горбачев Gorbachev Gorbatschow Gorbaciov Gorbačov Gorbatchev Gorbaczow Gorbachov
Лавров Lavrov Lawrow Ławrow
Шольц Scholz
Ельцин Yeltsin Jelzin Eltsine Jelcyn
Лукашенко Lukashenko Lukaschenko Łukaszenka Loukachenko Lukašenko
Кличко Klitschko Klychko Kliczko Klitchko Klyčko
Милошевић Milošević Milosevic Милошевич Milosevich
Янукович Yanukovych Janukowytsch Janukowycz Ianoukovytch Janukovyč
Медведев Medvedev Medwedew Medvediev Miedwiediew
Хрущёв Khrushchev Chruschtschow Chruszczow Khrouchtchev
Müller Mueller Muller
Шойгу Shoigu Schoigu
Кузнецов Kuznetsov Kuznetsow
Ходорковский Khodorkovsky Chodorkowski
Гончаренко Honcharenko Goncharenko
Залужный Залужний Zaluzhny Zaluzhnyi Saluschnyj Załużny
Качиньский Kaczyński Kaczynski
Μητσοτάκης Mitsotakis
习近平 習近平
"""

DO_NOT_MEET = """
Müller Miller
Rossi Russo
Ivan Ivana
Petrova Petrov
Петрова Петров
Zelenska Zelenski
Зеленская Зеленский
Sakharov Zakharov
Сахаров Захаров
Sharov Zharov
Antonov Antonova
Παπαδόπουλος Παπαδοπούλου
李伟 李薇
Wu Vu
Martin Martina
Michael Michal
Carl Karl
Schulz Scholz
Иванов Иваненко
"""


@pytest.mark.parametrize("line", MEET.strip().splitlines())
def test_spellings_of_one_name_meet(line: str) -> None:
    assert len({name_key(name, "PER") for name in line.split()}) == 1


@pytest.mark.parametrize("line", DO_NOT_MEET.strip().splitlines())
def test_two_names_do_not_meet(line: str) -> None:
    one, other = line.split()
    assert name_key(one, "PER") != name_key(other, "PER")


@pytest.mark.parametrize(
    ("text", "label", "entity_id"),
    [
        ("Dr. Anna-Maria Weber", "PER", "per:anna-maria-weber"),
        ("J.R. Moreno", "PER", "per:j-r-moreno"),
        ("Nordfer AG", "ORG", "org:nordfer"),
        ("Renault S.A.", "ORG", "org:renault"),
        ("The New York Times", "ORG", "org:new-york-times"),
        ("Deutsche Bank", "ORG", "org:deutsche-bank"),
        ("Bürgerunion", "ORG", "org:burgerunion"),
        ("Xi Jinping", "PER", "per:xi-jinping"),
        ("Brexit", "EVENT_X", "eventx:brexit"),
    ],
)
def test_keys_are_readable(text: str, label: str, entity_id: str) -> None:
    assert entity_key_id(text, label) == entity_id


def test_hungarian_order_is_for_hungarian_names() -> None:
    assert name_key("Orbán Viktor", "PER", "hu") == name_key("Viktor Orbán", "PER", "en")
    assert name_key("Donald Trump", "PER", "hu") == "donald-trump"


def test_names_without_letters_and_long_ones() -> None:
    assert name_key("!!!", "PER") != name_key("???", "PER")
    long = name_key("Abc" * 60, "ORG")
    assert len(long) <= MAX_KEY_LENGTH
    assert long != name_key("Abc" * 59, "ORG")


@given(st.text(max_size=60), st.sampled_from(["PER", "ORG", "LOC"]))
def test_any_name_has_a_key(text: str, label: str) -> None:
    key = name_key(text, label)
    assert key
    assert key.isascii()
    assert len(key) <= MAX_KEY_LENGTH
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("путина", "путин", "ru"),
        ("путиным", "путин", "ru"),
        ("tuskiem", "tusk", "pl"),
        ("polsce", "polska", "pl"),
        ("praze", "praha", "cs"),
        ("orbannak", "orban", "hu"),
        ("merkels", "merkel", "de"),
    ],
)
def test_cases_share_a_stem(one: str, other: str, language: str) -> None:
    assert share_stem(one, other, language)


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("иванов", "иваненко", "ru"),
        ("novakova", "novak", "cs"),
        ("путина", "путин", "it"),
        ("kowalska", "nowak", "pl"),
    ],
)
def test_other_words_share_none(one: str, other: str, language: str) -> None:
    assert not share_stem(one, other, language)


def test_lemma_is_for_men_whose_given_name_is_in_another_case() -> None:
    assert lemma(("Владимира", "Путина"), "ru") == ("Владимир", "Путин")
    assert lemma(("Володимира", "Зеленського"), "uk") == ("Володимир", "Зеленський")
    assert lemma(("Александра", "Иванова"), "ru") == ("Александра", "Иванова")
    assert lemma(("Анна", "Петрова"), "ru") == ("Анна", "Петрова")


def test_tables_are_sound() -> None:
    rows = table("spellings.tsv")
    assert len({row[0] for row in rows}) == len(rows) == len(spellings())
    assert all(row[0] == row[0].lower() for row in rows)
