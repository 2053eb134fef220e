from typing import Any

import pytest
from apache_beam.options.pipeline_options import (
    DebugOptions,
    PipelineOptions,
    PortableOptions,
    StandardOptions,
)

from pipelines.engines import JOB_SECONDS, OptionError
from pipelines.stream_engine import CHECKPOINT_MS, PRISM_WITHOUT_SPLITS, engine_options


@pytest.mark.parametrize(
    "runner",
    ["FnApiRunner", "DirectRunner", "BundleBasedDirectRunner", "DaskRunner", "SparkRunner", "x"],
)
def test_a_runner_that_cannot_stream_is_refused_and_others_are_named(runner: str) -> None:
    with pytest.raises(OptionError) as refused:
        engine_options([f"--runner={runner}"])
    assert f"--runner {runner} cannot stream" in str(refused.value)
    assert "PrismRunner" in str(refused.value)


def test_a_job_on_prism_streams_and_is_watched_as_long_as_it_runs() -> None:
    options = engine_options(["--runner", "prismrunner", "--prism_location=/opt/prism"])
    assert options.view_as(StandardOptions).streaming
    assert options.view_as(StandardOptions).runner == "PrismRunner"
    assert options.view_as(PortableOptions).job_server_timeout == JOB_SECONDS
    assert options.get_all_options()["prism_location"] == "/opt/prism"
    assert PRISM_WITHOUT_SPLITS in options.view_as(DebugOptions).experiments


def unknown(options: PipelineOptions, name: str) -> Any:
    """An option that Beam in Python may not know, and then hands on: a number or a switch."""
    value = options.get_all_options(retain_unknown_options=True)[name]
    return value if isinstance(value, bool) else int(value)


def test_a_job_on_flink_has_checkpoints() -> None:
    args = ["--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"]
    options = engine_options(args)
    assert unknown(options, "checkpointing_interval") == CHECKPOINT_MS
    assert unknown(options, "number_of_execution_retries") == -1
    assert unknown(options, "finish_bundle_before_checkpointing") is True
    said = engine_options([*args, "--checkpointing_interval=5000", "--job_server_timeout=9"])
    assert unknown(said, "checkpointing_interval") == 5000
    assert said.view_as(PortableOptions).job_server_timeout == 9
