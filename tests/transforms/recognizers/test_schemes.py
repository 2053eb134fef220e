"""Label schemes read as BIO, and labels as ours."""

import numpy as np
import pytest

from tests.transforms.recognizers.models import BIO
from transforms.recognizers.schemes import Scheme
from transforms.recognizers.spans import checked, encodable, standard_label


def names(labels: str, tags: str) -> str:
    """What words with these tags are read as: `first-last label`."""
    order = labels.split()
    table = np.zeros((len(tags.split()), len(order)))
    for row, tag in zip(table, tags.split(), strict=True):
        row[order.index(tag)] = 12
    return ", ".join(f"{a}-{b} {label}" for a, b, label, _ in Scheme(order).names(table))


BIO_LABELS = "O B-PER I-PER B-ORG I-ORG"
BIOES = "B-PER I-PER E-PER S-PER B-ORG I-ORG E-ORG S-ORG O"
BILOU = "U_PER L_PER I_PER B_PER U_ORG L_ORG I_ORG B_ORG O"
IOB1 = "O B-ORG I-ORG I-PER"
IO = "ORG O PERSON"


@pytest.mark.parametrize(
    ("labels", "tags", "expected"),
    [
        (BIO_LABELS, "B-PER I-PER I-PER O B-ORG", "0-2 PER, 4-4 ORG"),
        (BIO_LABELS, "B-PER B-PER I-PER B-ORG", "0-0 PER, 1-2 PER, 3-3 ORG"),
        (BIO_LABELS, "O I-PER I-PER O", "1-2 PER"),  # an I that begins
        (IOB1, "I-PER I-PER B-ORG I-ORG I-PER", "0-1 PER, 2-3 ORG, 4-4 PER"),
        (BIOES, "B-PER I-PER E-PER O S-ORG", "0-2 PER, 4-4 ORG"),
        (BIOES, "S-PER S-PER B-PER E-PER", "0-0 PER, 1-1 PER, 2-3 PER"),
        (BIOES, "E-PER O I-ORG", "0-0 PER, 2-2 ORG"),
        (BILOU, "B_PER I_PER L_PER O U_ORG", "0-2 PER, 4-4 ORG"),
        (BILOU, "U_PER U_PER", "0-0 PER, 1-1 PER"),
        ("O B-PER M-PER E-PER S-PER", "B-PER M-PER E-PER S-PER", "0-2 PER, 3-3 PER"),
        (IOB1, "I-PER I-PER O I-ORG B-ORG I-ORG", "0-1 PER, 3-3 ORG, 4-5 ORG"),
        (IO, "PERSON PERSON O ORG", "0-1 PER, 3-3 ORG"),
        (IO, "PERSON ORG ORG PERSON", "0-0 PER, 1-2 ORG, 3-3 PER"),
        ("O B-GPE I-GPE B-LOC I-LOC", "B-GPE I-LOC B-LOC", "0-1 LOC, 2-2 LOC"),
        ("O S-BAHN PER", "S-BAHN PER", "0-0 S-BAHN, 1-1 PER"),  # not a prefix
        ("O X [PAD] B-PER I-PER", "B-PER X [PAD]", "0-0 PER"),
        ("O B-date I-date", "B-date I-date", "0-1 date"),
        ("O", "O O", ""),
    ],
)
def test_schemes(labels: str, tags: str, expected: str) -> None:
    assert names(labels, tags) == expected


def test_shares_of_one_label_add_up() -> None:
    scheme = Scheme(["O", "B-LOC", "I-LOC", "B-GPE"])
    # outside is the likeliest label, but the word is more likely a place than not
    ((first, last, label, score),) = scheme.names(np.log([[0.4, 0.15, 0.15, 0.3]]))
    assert (first, last, label) == (0, 0, "LOC")
    assert score == pytest.approx(0.6)


def test_the_best_sequence_wins_over_the_best_tag() -> None:
    scheme = Scheme(BIO)
    probabilities = np.full((2, len(BIO)), 0.01)
    probabilities[0, BIO.index("B-PER")] = 0.94
    probabilities[1, BIO.index("I-ORG")] = 0.48
    probabilities[1, BIO.index("I-PER")] = 0.46
    ((first, last, label, score),) = scheme.names(np.log(probabilities))
    assert (first, last, label) == (0, 1, "PER")
    assert score == pytest.approx((0.95 + 0.47) / 2, abs=0.02)


def test_no_words_have_no_names() -> None:
    assert Scheme(BIO).names(np.zeros((0, len(BIO)))) == []


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["B-PER", "I-PER"], "no label is O .*B-PER, I-PER; id2label must"),
        (["O", "B-PER", "I-PER", "MISC"], "with and without B- or I-: MISC among O, B-PER"),
        ([], "no label is O"),
    ],
)
def test_labels_of_no_scheme_are_refused(labels: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Scheme(labels)


@pytest.mark.parametrize(
    ("label", "ours"),
    [
        ("PERSON", "PER"),
        ("PER", "PER"),
        ("persName", "PER"),
        ("person", "PER"),
        ("ORGANIZATION", "ORG"),
        ("GPE", "LOC"),
        ("FAC", "LOC"),
        ("GPE_ORG", "ORG"),
        ("placeName", "LOC"),
        ("MISC", "MISC"),
        ("date", "date"),
        ("NORP", "NORP"),
    ],
)
def test_labels_are_ours_where_we_have_one(label: str, ours: str) -> None:
    assert standard_label(label) == ours


def test_spans_are_trimmed() -> None:
    spans = [(0, 6, "PER", 0.5), (6, 7, "LOC", 0.5), (7, 9, "ORG", 1.0000002)]
    assert checked(" Anna \nUN", spans) == ((1, 5, "PER", 0.5), (7, 9, "ORG", 1.0))
    assert checked("\u200fرنا\u200f", [(0, 5, "PER", -0.1)]) == ((1, 4, "PER", 0.0),)


@pytest.mark.parametrize("span", [(-1, 2), (2, 1), (3, 5), (0, 2)])
def test_spans_that_cannot_be_are_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="in a text of 4 code points; its tokenizer must"):
        checked("Anna", [(0, 1, "PER", 1.0), (*span, "PER", 1.0)])


def test_lone_surrogates_are_replaced_one_by_one() -> None:
    assert encodable("a\ud800\udfff😀\udc00") == "a\ufffd\ufffd😀\ufffd"
