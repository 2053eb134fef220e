"""What hostile bytes once broke, or were made to break, and a short search for more.

The inputs are replayed through the checks of benchmarks/fuzz.py; its findings belong into
tests/data/hostile, made as small as they still fail.
"""

import random
from pathlib import Path

import pytest

from benchmarks.fuzz import ROOT, TARGETS, BrokenPromiseError, check_texts, mutated, seeds

FIXTURES = [
    (kind, path)
    for kind in sorted(TARGETS)
    for path in sorted((ROOT / f"tests/data/hostile/{kind}s").iterdir())
]


@pytest.mark.parametrize(
    ("kind", "path"), FIXTURES, ids=lambda value: getattr(value, "name", value)
)
def test_fixtures(kind: str, path: Path) -> None:
    TARGETS[kind]()(path.read_bytes())


@pytest.mark.parametrize("kind", sorted(TARGETS))
def test_a_short_search_finds_nothing(kind: str) -> None:
    target, corpus, rng = TARGETS[kind](), seeds(kind, []), random.Random(20260128)
    for _ in range(100):
        target(mutated(rng, corpus))


@pytest.mark.parametrize("bad", ["\ud800", "", ["fine", {"deep": ("x\udfff",)}]])
def test_the_checks_notice_what_no_file_can_hold(bad: object) -> None:
    with pytest.raises(BrokenPromiseError):
        check_texts({"title": bad})
