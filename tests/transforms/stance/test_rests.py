"""What stands beside an expression where no rule delimits the phrase."""

import pytest

from transforms.stance.clauses import View, view
from transforms.stance.frames import words
from transforms.stance.rests import rests


def seen(text: str, language: str) -> View:
    known = words(language)
    assert known is not None
    return view(text, (0, len(text)), [], known)


def beside(text: str, expression: str, language: str = "en") -> dict[str, str]:
    sentence = seen(text, language)
    place = text.index(expression)
    frame = next(f for f in sentence.frames if sentence.range(f.first, f.last)[0] == place)
    return {side: text[slice(*place)] for place, side in rests(sentence, frame)}


@pytest.mark.parametrize(
    ("text", "expression", "expected"),
    [
        (
            "On Monday the union criticised the closure of the station, which is near.",
            "criticised",
            {"behind": "closure of the station", "before": "Monday the union"},
        ),
        ("It was criticised by everybody.", "criticised", {}),
        ("Criticised.", "Criticised", {}),
    ],
)
def test_a_rest_ends_with_its_clause(text: str, expression: str, expected: dict[str, str]) -> None:
    assert beside(text, expression) == expected


def test_a_rest_is_not_longer_than_a_phrase_may_be() -> None:
    text = "They criticised " + "very " * 40 + "much."
    found = beside(text, "criticised")
    assert len(found["behind"].split()) == 14
