"""transforms.language: declared tags; profiles of languages in the script they are written in."""

import pytest

from transforms.language.profiles import SCRIPTS
from transforms.language.tags import hints, is_written_in, primary_language


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("it", "it"),
        ("it_IT", "it"),
        (" EN-us ", "en"),
        ("zh-Hant-TW", "zh"),
        ("ita", "it"),
        ("iw", "he"),
        ("in", "id"),
        ("nob", "nb"),
        ("fil-PH", "tl"),
        ("cn", "zh"),
        ("jp", "ja"),
        ("gsw", "gsw"),
        ("", None),
        (None, None),
        ("und", None),
        ("mul", None),
        ("zxx", None),
        ("x-default", None),
        ("english", None),
        ("qq", None),
        ("it;en", None),
        ("../it", None),
        ("it" * 1000, None),
    ],
)
def test_declared_tags(tag: str | None, language: str | None) -> None:
    assert primary_language(tag) == language


def test_a_tag_for_several_written_languages_hints_at_each() -> None:
    assert hints(["no", "nb-NO", None, "en"]) == ("nb", "nn", "en")
    assert hints(["sh"]) == ("hr", "bs", "sr")


def test_every_profile_is_of_a_language_written_in_its_script() -> None:
    for name, script in SCRIPTS.items():
        for language, profile in script.profiles.items():
            assert primary_language(language) == language
            assert is_written_in(language, name)
            assert len(profile.words) >= 10
            assert all(word == word.lower() for word in profile.words)
