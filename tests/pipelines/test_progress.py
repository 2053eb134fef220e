from collections import Counter
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing.test_pipeline import TestPipeline as BeamPipeline
from apache_beam.testing.util import assert_that, equal_to

from pipelines import progress
from pipelines.progress import Tally


def test_elements_pass_and_are_counted(tmp_path: Path) -> None:
    with BeamPipeline("FnApiRunner") as pipeline:
        numbers = pipeline | beam.Create(range(50)) | Tally("numbers", str(tmp_path))
        assert_that(numbers, equal_to(list(range(50))))
    assert progress.read(str(tmp_path)) == Counter({"numbers": 50})


def test_without_a_folder_there_is_no_step() -> None:
    with BeamPipeline("FnApiRunner") as pipeline:
        numbers = pipeline | beam.Create([1])
        assert numbers | Tally("numbers", None) is numbers


def test_files_of_several_processes_add_up_and_odd_ones_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text('{"pages": 2}')
    (tmp_path / "2.json").write_text('{"pages": 3, "records": 1}')
    (tmp_path / "3.json").write_text('{"pages": ')
    assert progress.read(str(tmp_path)) == Counter({"pages": 5, "records": 1})


def test_a_folder_that_is_gone_is_no_error(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    progress.count(str(gone), "pages")
    progress.flush(str(gone))
    assert not gone.exists()


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    progress._counts.clear()
    progress._flushed.clear()
