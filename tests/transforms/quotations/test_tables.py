"""Short texts in every language with a lexicon and in some without: what is found in them."""

import pytest

from tests.transforms.quotations import germanic, news, other, romance, slavic
from tests.transforms.quotations.builders import Case, quotations, summary

CASES = [*germanic.CASES, *romance.CASES, *slavic.CASES, *other.CASES, *news.CASES]


@pytest.mark.parametrize("case", CASES, ids=[f"{c.language}-{c.body[:40]}" for c in CASES])
def test_who_says_what(case: Case) -> None:
    assert summary(quotations(case)) == case.expected


def test_every_lexicon_language_has_cases() -> None:
    from transforms.lexicons import languages

    assert set(languages()) <= {case.language for case in CASES}
