"""Floors on pages that the project may not carry. They are lowered only on purpose."""

from pathlib import Path

import pytest

from benchmarks.extraction import Scores, extract_with_newsbeam, read_set

DATA = Path(__file__).resolve().parents[3] / "../shared/data/extraction"
FLOORS = {
    "fundus": {"f1": 0.950, "title": 0.90, "authors": 0.89, "published": 0.98},
    "scrapinghub": {"f1": 0.968},
}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the extraction sets are not here")


@pytest.fixture(scope="module", params=FLOORS)
def scored(request: pytest.FixtureRequest) -> tuple[str, Scores]:
    scores = Scores()
    for gold, content in read_set(DATA / request.param, None):
        scores.add(gold, extract_with_newsbeam(gold, content), 0.0)
    return request.param, scores


def test_quality(scored: tuple[str, Scores]) -> None:
    name, scores = scored
    row = scores.row()
    below = {key: row[key] for key, floor in FLOORS[name].items() if row[key] < floor}
    assert not below


def test_an_article_is_taken_for_nothing_else(scored: tuple[str, Scores]) -> None:
    """All pages are articles, some of them paid; none is a wall, a list or a video."""
    _, scores = scored
    assert scores.verdicts.keys() <= {"article", "paywall"}
    assert scores.verdicts["paywall"] <= 3
