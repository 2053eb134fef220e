"""Doubtful names in the light of the text."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transforms.recognizers.doubt import SURE, resolved
from transforms.recognizers.spans import Name


def named(text: str, *names: tuple[str, str, float]) -> tuple[Name, ...]:
    return tuple(
        (text.index(name), text.index(name) + len(name), label, score)
        for name, label, score in names
    )


def words(texts: list[str], names: list[tuple[Name, ...]]) -> list[list[tuple[str, str]]]:
    return [
        [(text[a:b], label) for a, b, label, _ in found]
        for text, found in zip(texts, resolved(texts, names), strict=True)
    ]


def test_a_doubtful_name_stays_only_where_the_text_is_sure_of_it_elsewhere() -> None:
    texts = ["Ada Lindt parla.", "Oggi Lindt tace.", "Mallisto è bello."]
    names = [
        named(texts[0], ("Ada Lindt", "PER", 0.9)),
        named(texts[1], ("Lindt", "ORG", 0.3)),
        named(texts[2], ("Mallisto", "PER", 0.5)),
    ]
    assert words(texts, names) == [[("Ada Lindt", "PER")], [("Lindt", "PER")], []]


def test_a_surname_that_was_passed_over_is_taken_up_inside_a_sentence() -> None:
    texts = ["Ada Lindt parla.", "Tra Lindt e Po.", "Lindt tace, dice lindt."]
    names = [named(texts[0], ("Ada Lindt", "PER", 0.9)), (), ()]
    assert words(texts, names) == [[("Ada Lindt", "PER")], [("Lindt", "PER")], []]


def test_pronouns_and_cut_off_prepositions_are_no_names() -> None:
    texts = ["She left.", "Gli Albergatori dell’isola."]
    names = [
        named(texts[0], ("She", "PER", 0.9)),
        named(texts[1], ("Albergatori dell", "ORG", 0.9)),
    ]
    assert words(texts, names) == [[], [("Albergatori", "ORG")]]


def test_a_word_that_the_text_also_writes_small_is_no_name_at_the_beginning_of_a_sentence() -> None:
    texts = [
        "«Rybacy» mówią.",
        "Widział ich ktoś, rybacy milczą.",
        "Rossi parla ai rossi.",
        "Ada Rossi.",
    ]
    names = [
        named(texts[0], ("Rybacy", "ORG", 0.9)),
        (),
        named(texts[2], ("Rossi", "PER", 0.9)),
        named(texts[3], ("Ada Rossi", "PER", 0.9)),
    ]
    assert words(texts, names) == [[], [], [("Rossi", "PER")], [("Ada Rossi", "PER")]]


def test_short_surnames_and_parts_of_other_names_are_left_alone() -> None:
    texts = ["Mario Po e Ada Lindt.", "Il fiume Po e la Lindt Casa."]
    names = [
        named(texts[0], ("Mario Po", "PER", 0.9), ("Ada Lindt", "PER", 0.9)),
        named(texts[1], ("Lindt Casa", "ORG", 0.9)),
    ]
    assert words(texts, names)[1] == [("Lindt Casa", "ORG")]


@given(st.lists(st.text(alphabet="aB -é", max_size=30), max_size=5), st.data())
def test_names_are_in_order_and_do_not_overlap(texts: list[str], data: st.DataObject) -> None:
    names = []
    for text in texts:
        found: list[Name] = []
        for start in range(0, len(text) - 3, 8):
            score = data.draw(st.sampled_from([0.2, SURE, 0.9]))
            found.append((start, start + 3, data.draw(st.sampled_from(["PER", "ORG"])), score))
        names.append(tuple(found))
    for found in resolved(texts, names):
        assert all(a[1] <= b[0] for a, b in pairwise(found))
