"""The stage LinkEntities, and the accuracy on the pairs."""

import re
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from benchmarks.linking import measure, read
from tests.transforms.entities.marked import reading
from transforms.elements import Reading
from transforms.entities import LinkEntities
from transforms.entities.gazetteer import GazetteerError
from transforms.entities.linking import names_version

PAIRS = Path(__file__).parents[3] / "training" / "data" / "linking" / "pairs.tsv"


def _ids(read: Reading) -> list[str]:
    return [entity.entity_id for entity in read.article.entities or ()]


def test_stage(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("id,label,name,aliases,language\nkb:1,PER,Ada Lindt,,\n", encoding="utf-8")
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        readings = pipeline | beam.Create([reading("[PER Ada Lindt] in [LOC Lyon]")])
        outcome = readings | LinkEntities(gazetteers=(str(names),))
        assert_that(outcome.elements | beam.Map(_ids), equal_to([["kb:1", "Q456"]]))
        assert_that(outcome.failures, equal_to([]), label="failures")


def test_a_wrong_gazetteer_stops_the_pipeline_before_it_starts(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match="cannot be read"):
        LinkEntities(gazetteers=(str(tmp_path / "none.csv"),))


def test_version_is_a_hash() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", names_version())


def test_accuracy_on_the_pairs() -> None:
    pairs = read(PAIRS)
    result = measure(pairs)
    assert len(pairs) == 200
    assert result.same == result.different == 100
    # Measured: 94 and 100. Two entities made one are worse than one made two.
    assert result.right_same >= 93, result.wrong
    assert result.right_different >= 99, result.wrong
