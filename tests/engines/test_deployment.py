"""What deploy/ says about engines can be read, and names what there is."""

import re
import shlex
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
import yaml
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability import common_urns
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.stager import Stager

from pipelines.batch import new_run, pipeline_options
from pipelines.cli import main
from pipelines.ingest import IngestSettings, build
from pipelines.settings import Settings
from tests.builders import FEED
from transforms.elements import FeedRequest

ROOT = Path(__file__).resolve().parents[2]
FLINK = ROOT / "deploy" / "flink"
UNITS = sorted((FLINK / "systemd").glob("*.service"))
DOCKERFILE = ROOT / "deploy" / "container" / "Dockerfile"

PORTABLE = frozenset(
    [
        common_urns.primitives.IMPULSE.urn,
        common_urns.primitives.PAR_DO.urn,
        common_urns.primitives.FLATTEN.urn,
        common_urns.primitives.GROUP_BY_KEY.urn,
    ]
)
"""What every engine has."""


def accept(command: list[str]) -> None:
    """Fails unless newsbeam's command line takes a command with its options."""
    name, options = command[0], {word.split("=")[0] for word in command[1:]}
    ours = {option for parameter in main.commands[name].params for option in parameter.opts}
    theirs = {"--runner", "--job_endpoint", "--environment_type", "--environment_config"}
    assert {option for option in options if option.startswith("--")} <= ours | theirs | {
        "--parallelism"
    }
    assert {"--config", "--output"} <= options


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_run_what_there_is(unit: Path) -> None:
    found = re.search(r"^ExecStart=((?:.*\\\n)*.*)$", unit.read_text(encoding="utf-8"), re.M)
    assert found is not None
    program, *arguments = shlex.split(found[1].replace("\\\n", " "))
    if program.endswith("/newsbeam"):
        accept(arguments)
    else:
        script = FLINK / Path(program).name
        assert re.search(rf"^  {arguments[0]}\)", script.read_text(encoding="utf-8"), re.M)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    (tmp_path / "flink.env").write_text((FLINK / "systemd" / "flink.env").read_text())
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/etc/newsbeam/flink.env", "flink.env")
        installed = re.sub(r"/opt/newsbeam/(bin/newsbeam|flink/run\.sh)", "/bin/true", text)
        installed = installed.replace("EnvironmentFile=", f"EnvironmentFile={tmp_path}/")
        (tmp_path / unit.name).write_text(installed, encoding="utf-8")
    names = [str(tmp_path / unit.name.replace("@.", "@1.")) for unit in UNITS]
    for unit in UNITS:
        if "@" in unit.name:
            (tmp_path / unit.name).rename(tmp_path / unit.name.replace("@.", "@1."))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in done.stderr.splitlines() if "newsbeam" in line] == []


def documents() -> list[dict[str, Any]]:
    return [
        document
        for path in sorted((FLINK / "kubernetes").glob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]


def containers(tree: Any) -> list[dict[str, Any]]:
    """Every container of a Kubernetes document."""
    if isinstance(tree, dict):
        own = [each for each in tree.get("containers", []) if isinstance(each, dict)]
        return own + [one for value in tree.values() for one in containers(value)]
    return [one for each in tree for one in containers(each)] if isinstance(tree, list) else []


def test_kubernetes_runs_what_there_is() -> None:
    every = [one for document in documents() for one in containers(document)]
    submitting = [one for one in every if one.get("command", [""])[0] == "newsbeam"]
    assert sorted(one["command"][1] for one in submitting) == ["run", "stream"]
    for one in submitting:
        accept([one["command"][1], *one["args"]])
    images = {str(one["image"]) for one in every if "image" in one}
    targets = re.findall(r"--target \S+\s+-t (\S+)", DOCKERFILE.read_text(encoding="utf-8"))
    assert images <= set(targets)
    (pool,) = (one for one in every if one["name"] == "worker-pool")
    __import__(pool["command"][2])
    assert "newsbeam-worker" in str(pool["args"])


def test_the_recipe_copies_what_there_is() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    sources = [
        name
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.M)
        for name in line.split()[:-1]
    ]
    assert sources
    for name in sources:
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("runner", ["DataflowRunner", "SparkRunner"])
def test_the_graph_of_a_batch_has_only_what_every_engine_has(
    runner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: name)
    args = [f"--runner={runner}", "--project=news", "--temp_location=gs://news/tmp"]
    pipeline = beam.Pipeline(options=pipeline_options(args, 100), runner=FnApiRunner())
    requests = (FeedRequest(FEED, FEED.url),)
    build(pipeline, IngestSettings(Settings(), requests, str(tmp_path), new_run()))
    graph = pipeline.to_runner_api()
    leaves = [
        each
        for each in graph.components.transforms.values()
        if not each.subtransforms and set(each.outputs.values()) - set(each.inputs.values())
    ]
    assert len(leaves) > 50
    assert {each.spec.urn for each in leaves if each.spec.urn} <= PORTABLE
    for each in leaves:
        if each.spec.urn == common_urns.primitives.PAR_DO.urn:
            payload = beam_runner_api_pb2.ParDoPayload.FromString(each.spec.payload)
            assert not payload.state_specs
            assert not payload.timer_family_specs


@pytest.mark.slow
def test_the_package_that_is_staged_has_its_models(tmp_path: Path) -> None:
    options = PipelineOptions([f"--setup_file={ROOT / 'setup.py'}"])
    Stager.create_job_resources(options, str(tmp_path))
    (staged,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(staged) as package:
        names = {name.partition("/")[2] for name in package.getnames()}
    resources = ROOT / "transforms" / "resources"
    ours = {str(p.relative_to(ROOT)) for p in resources.rglob("*") if p.is_file()}
    assert {name for name in ours if "__pycache__" not in name} <= names
    assert "pipelines/worker_boot.py" in names
