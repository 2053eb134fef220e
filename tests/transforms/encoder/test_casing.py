"""Headlines in capitals, made readable without moving a character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.encoder.casing import calmed, is_shouted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ANNA KESSLER'S BANK FAILS", "Anna Kessler's Bank Fails"),
        ("L’ONU A GINEVRA: ACCORDO", "L’Onu A Ginevra: Accordo"),
        ("МЭР ОТКРЫЛ МОСТ", "Мэр Открыл Мост"),
        ("ΑΘΗΝΑ ΚΑΙ ΠΑΤΡΑ", "Αθηνα Και Πατρα"),
        ("İSTANBUL VE ANKARA", "İstanbul Ve Ankara"),
        ("DİYARBAKIR VE İZMİR", "Dİyarbakir Ve İzmİr"),
        ("G20 IN ROME, 2026 BUDGET", "G20 In Rome, 2026 Budget"),
    ],
)
def test_capitals_are_calmed(text: str, expected: str) -> None:
    assert is_shouted(text)
    assert calmed(text) == expected


@pytest.mark.parametrize(
    "text", ["USA", "NATO e UE", "Anna Kessler of ACME", "", "123", "谷川市長 NHK", "قال"]
)
def test_other_texts_stay(text: str) -> None:
    assert calmed(text) == text


CAPITALS = st.text("ABÇİIŁÑŒẞΣЖДžŁ'’ .-\u0301İŉǰΐ😀\u200dﬁﬃ") | st.text().map(str.upper) | st.text()


@given(CAPITALS)
def test_no_character_moves(text: str) -> None:
    calm = calmed(text)
    assert len(calm) == len(text)
    assert [c.isspace() for c in calm] == [c.isspace() for c in text]
    assert calm.casefold() == text.casefold() or is_shouted(text)
    assert calmed(calm) == calm
