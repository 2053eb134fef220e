"""Sentences of news in many languages, and of texts that mean harm."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.sentences import LONGEST, sentences

CASES = [
    # language, sentences separated by |
    ("it", "L'on. Bianchi è arrivato a Lugano.| Poi è ripartito."),
    ("it", "La S.p.A. di Rossi perde il 2.5 per cento.| Male!"),
    ("it", "«Non firmo», ha detto il sig. Rossi.| «Mai.»"),
    ("en", "Mr. Kessler left at 5 p.m. on Monday.| Nobody saw him."),
    ("en", 'Dr. J. R. Smith spoke.| "We will not pay!" she said.'),
    ("en", "Is it over?| No!| Not yet..."),
    ("de", "Der 1. FC Lowdale gewann am 3. Oktober.| Danach feierte die Stadt."),
    ("de", "Das Gesetz gilt z. B. für Banken.| Dr. Weber widersprach."),
    ("de", "„Wir zahlen nicht.“| Das sagte Kessler."),
    ("fr", "M. Dupont a démissionné.| Mme Leroy le remplace."),
    ("fr", "« C'est fini ! » a-t-il dit.| Puis il est parti."),
    ("es", "El Sr. García llegó tarde.| ¿Por qué?| Nadie lo sabe."),
    ("es-MX", "¡No pagaremos!| Así habló la Sra. Ruiz."),
    ("pt", "O Dr. Silva falou ontem.| O partido não respondeu."),
    ("nl", "De heer dhr. De Vries sprak.| Mevr. Jansen zweeg."),
    ("nl", "Zij wees het plan van de hand.| De raad nam het voor hem op.| “Goed”, zei hij."),
    ("en", "He said no.| Then he went on.| No. 10 kept silent."),
    ("pl", "To było w 2025 r. w Łodzi.| Ul. Długa jest zamknięta."),
    ("cs", "Dne 3. října vláda padla.| Ing. Novák odešel."),
    ("ru", "В 2025 г. мэр ушёл.| «Нет», — сказал А. С. Петров.| Все молчали."),
    ("uk", "Вул. Садова закрита.| Мер поїхав."),
    ("el", "Ο δήμαρχος παραιτήθηκε.| Ποιος τον διαδέχεται;| Κανείς δεν ξέρει."),
    ("tr", "Belediye başkanı istifa etti.| Dr. Kaya konuştu."),
    ("fi", "Pormestari erosi 3. toukokuuta.| Kukaan ei vastannut."),
    ("hu", "A polgármester 2025. május 3. napján lemondott.| Senki sem szólt."),
    ("ar", "استقال العمدة.| لم يعلق أحد.| هل انتهى الأمر؟| لا!"),
    ("hi", "मेयर ने इस्तीफा दिया।| कोई नहीं बोला।"),
    ("ja", "市長は辞任した。|後任は未定だ。"),
    ("zh-Hant", "市長辭職了。|接任者未定！|真的嗎？"),
    (None, "The mayor left.| Nobody followed."),
    ("und", "The mayor left.| Nobody followed."),
    ("xx-none", "The mayor left.| Nobody followed."),
]


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_sentences_of_news(language: str | None, marked: str) -> None:
    text = marked.replace("|", "")
    expected = [sentence.strip() for sentence in marked.split("|")]
    assert [text[start:end] for start, end in sentences(text, language)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\r\n\t", []),
        ("Title without a stop\nThe text.", ["Title without a stop", "The text."]),
        ("One.\r\nTwo.\r\n", ["One.", "Two."]),
        ("😀 One. 👩‍👩‍👧 Two.", ["😀 One.", "👩‍👩‍👧 Two."]),
        (
            "E\u0301lodie spoke. A\u0301lvaro did not.",
            ["E\u0301lodie spoke.", "A\u0301lvaro did not."],
        ),
        ("\u00a0One. \u2003Two.\u3000", ["One.", "Two."]),
    ],
)
def test_lines_blanks_and_code_points(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text, "en")] == expected


def test_what_has_no_end_is_cut_at_a_blank() -> None:
    text = "word " * 2000
    found = sentences(text, "en")
    assert max(end - start for start, end in found) <= LONGEST
    assert all(text[start:end].split()[0] == "word" for start, end in found)
    assert [end - start for start, end in sentences("x" * 5000, "en")] == [LONGEST, LONGEST, 1000]


MARKS = [
    ". ",
    "! ",
    "? ",
    "。",
    "।",
    "؟",
    "…",
    "\n",
    "\r\n",
    '"',
    "«",
    "»",
    "“",
    "„",
    "(",
    ") ",
    "'",
]
WORDS = [
    "Mr. ",
    "A. ",
    "1. ",
    "z. B. ",
    "word ",
    "Word ",
    "слово ",
    "市長",
    "عمدة ",
    "😀",
    "e\u0301",
]
ODDS = ["\u00a0", "\u200d", "\u2028", "http://a.b/c ", "a@b.c", "\x00", "1.5 ", "x" * 900]
PIECES = st.sampled_from([*MARKS, *WORDS, *ODDS])
TEXTS = st.text(max_size=60) | st.lists(PIECES, max_size=40).map("".join)
LANGUAGES = st.sampled_from(
    [None, "", "en", "it", "de-AT", "ja", "zh", "ar", "hi", "th", "und", "q-q"]
)


@settings(max_examples=400, deadline=None)
@given(TEXTS, LANGUAGES)
def test_every_text_is_covered_in_order(text: str, language: str | None) -> None:
    found = sentences(text, language)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert all(end - start <= LONGEST for start, end in found)
    assert all(text[start:end] == text[start:end].strip() for start, end in found)
    assert all("\n" not in text[start:end] for start, end in found)
    covered = {i for start, end in found for i in range(start, end)}
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)


HOSTILE = [". ", "! ", ".", "…", "a. ", "A.", "Mr. ", "1. ", '"', '" ', "(", ") ", "。", ".\n", "x"]
HOSTILE += ["word ", " ", "http://a.b ", "a@b.c ", '?" ', "“a.” ", "e\u0301", "😀", "\u200d", "[ "]
# sentencex looks for the other half of each of these until the end of what it gets
HALVES = ["«", "“ ", "' ", "‘ ", "„ "]


def seconds(text: str) -> float:
    start = time.process_time()
    sentences(text, "en")
    return time.process_time() - start


@pytest.mark.parametrize("unit", HOSTILE + HALVES)
def test_repetition_costs_linear_time(unit: str) -> None:
    assert seconds(unit * (200_000 // len(unit))) < 8  # 0.05 to 1 where it was measured
