"""Roles by structure alone: sentences/<language>.txt, with a scorer that agrees with all of it."""

from pathlib import Path

import pytest

from tests.transforms.stance.readings import reading_of
from training.annotated import Sentence, read
from transforms.stance.decide import LOOSE
from transforms.stance.proposals import propose

FOLDER = Path(__file__).parent / "sentences"
CASES = [
    pytest.param(path.stem, sentence, id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.txt"))
    for number, sentence in enumerate(read(path))
]


def said(sentence: Sentence, language: str) -> dict[tuple[str, str], int]:
    """The signed pairs that structure finds, propositions by their annotated key."""
    pairs: dict[tuple[str, str], int] = {}
    for proposal in propose(reading_of(sentence, language)):
        if not proposal.sign or LOOSE in proposal.marks:
            continue
        target = proposal.target_id
        for span in sentence.spans:
            if target is None and (span.start, span.end) == proposal.target:
                target = span.key
        text = sentence.text[slice(*proposal.target)]
        pairs[str(proposal.holder_id), target or f"<{text}>"] = proposal.sign
    return pairs


@pytest.mark.parametrize(("language", "sentence"), CASES)
def test_who_is_for_or_against_whom(language: str, sentence: Sentence) -> None:
    expected = {pair: sign for pair, sign in (sentence.pairs or {}).items() if sign}
    assert said(sentence, language) == expected


def test_there_are_enough_sentences() -> None:
    assert len(CASES) >= 150
    assert len({case.values[0] for case in CASES}) == 13
