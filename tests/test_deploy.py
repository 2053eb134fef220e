"""deploy/ and docs/operations.md: what they tell an operator to run does run."""

import ast
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner

from pipelines.batch import run_batch
from pipelines.cli import main
from pipelines.demo import demo_configuration
from pipelines.sample_site import SampleSite
from transforms.failures import FAILURE_NOTES, FailureKind

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CRONTAB = DEPLOY / "cron" / "newsbeam.crontab"
SERVICE = DEPLOY / "systemd" / "newsbeam.service"
STREAM = DEPLOY / "systemd" / "newsbeam-stream.service"
TIMER = DEPLOY / "systemd" / "newsbeam.timer"
UNITS = (SERVICE, TIMER, STREAM)
DAG = DEPLOY / "airflow" / "newsbeam_dag.py"


def blocks(language: str) -> dict[str, str]:
    """The named fenced blocks of operations.md in one language."""
    return dict(re.findall(rf"^```{language} (\S+)\n(.*?)^```", OPERATIONS, re.M | re.S))


def accept(command: list[str]) -> None:
    """Fails unless newsbeam's command line knows the command and all its options."""
    assert command[0].endswith("/newsbeam")
    name, options = command[1], [word for word in command[2:] if word.startswith("--")]
    known = {option for parameter in main.commands[name].params for option in parameter.opts}
    assert set(options) <= known
    assert "--config" in options


def cron_jobs() -> list[list[str]]:
    lines = CRONTAB.read_text(encoding="utf-8").splitlines()
    jobs = [line for line in lines if line and not line.startswith("#") and "MAILTO=" not in line]
    for job in jobs:
        assert re.match(r"((\*|\d+)(/\d+)?\s+){5}\S", job), f"not a crontab line: {job}"
        assert "%" not in job, "cron turns % into a new line"
    return [shlex.split(job)[5:] for job in jobs]


def test_the_crontab_runs_newsbeam() -> None:
    first, *others = cron_jobs()
    accept(first)
    assert "--quiet" in first
    assert {job[0] for job in others} == {"find"}


@pytest.mark.parametrize(
    ("service", "stops"), [(SERVICE, "TimeoutStartSec="), (STREAM, "TimeoutStopSec=")]
)
def test_the_services_run_newsbeam(service: Path, stops: str) -> None:
    text = service.read_text(encoding="utf-8")
    found = re.search(r"^ExecStart=(.+)$", text, re.M)
    assert found is not None
    accept(shlex.split(found[1]))
    for setting in (
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "MemoryMax=",
        stops,
    ):
        assert re.search(f"^{setting}", text, re.M), setting


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        installed = text.replace("/opt/newsbeam/bin/newsbeam", "/bin/true")
        (tmp_path / unit.name).write_text(installed, encoding="utf-8")
    units = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "newsbeam" in line]
    assert (done.returncode, complaints) == (0, [])


def test_the_dag_has_two_tasks_and_one_run_at_a_time() -> None:
    tree = ast.parse(DAG.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [call.func.id for call in calls if isinstance(call.func, ast.Name)]
    assert names.count("DAG") == 1
    assert names.count("BashOperator") == 2
    given = {
        word.arg: word.value.value
        for call in calls
        for word in call.keywords
        if isinstance(word.value, ast.Constant) and getattr(call.func, "id", "") == "DAG"
    }
    assert given["max_active_runs"] == 1
    assert given["catchup"] is False


LOADED = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("newsbeam_dag", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
tasks = [
    [task.task_id, task.bash_command, task.retries, sorted(task.downstream_task_ids)]
    for task in (module.check, module.run)
]
print(json.dumps({"tasks": tasks, "max_active_runs": module.run.dag.max_active_runs}))
"""


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("airflow") is None, reason="Airflow is not installed here"
)
def test_airflow_loads_the_dag(tmp_path: Path) -> None:
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED, str(DAG)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    loaded = json.loads(done.stdout.splitlines()[-1])
    (check, check_command, check_retries, after_check), (run, run_command, retries, _) = loaded[
        "tasks"
    ]
    assert (check, check_retries, after_check) == ("check", 0, ["run"])
    assert (run, retries) == ("run", 2)
    accept(shlex.split(check_command))
    accept(shlex.split(run_command.removeprefix("exec ")))
    assert loaded["max_active_runs"] == 1


def test_every_failure_kind_says_what_to_do() -> None:
    assert set(FAILURE_NOTES) == set(FailureKind)
    assert all(note.meaning and note.remedy for note in FAILURE_NOTES.values())


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with SampleSite() as running:
        yield running


@pytest.fixture(scope="module")
def dataset(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the `data` and `config.yaml` of which operations.md speaks."""
    folder = tmp_path_factory.mktemp("operations")
    configuration = demo_configuration(site)
    run_batch(configuration, str(folder / "data"))
    plain = {
        "feeds": [{"url": feed.url} for feed in configuration.feeds],
        "fetch": {"allow_private_networks": True, "per_host_delay": "20ms"},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(plain), encoding="utf-8")
    return folder


@pytest.fixture
def copy(dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(dataset, tmp_path / "copy"))


def query(name: str, folder: Path) -> list[tuple[object, ...]]:
    """The rows of a query of operations.md, asked in a folder."""
    sql = blocks("sql")[name].replace("'data/", f"'{folder}/data/")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows: list[tuple[object, ...]] = connection.execute(sql).fetchall()
    return rows


def shell(name: str, folder: Path, **replaced: str) -> None:
    """Runs a block of operations.md in a folder; fails where one of its lines does."""
    script = blocks("sh")[name]
    for old, new in replaced.items():
        assert old in script
        script = script.replace(old, new)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_failures_can_be_asked_for(dataset: Path) -> None:
    assert [(row[0], row[1]) for row in query("failures", dataset)] == [("not_found", 1)]


def test_feeds_in_trouble_and_waiting_entries_can_be_asked_for(dataset: Path) -> None:
    assert query("feeds", dataset) == []
    assert query("pending", dataset) == []


def test_a_healthy_dataset_raises_no_alert(dataset: Path) -> None:
    assert query("alerts", dataset) == []


def account(folder: Path, name: str, **changes: object) -> None:
    (path,) = (folder / "data" / "runs").glob("2*.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    content |= {"run_id": name, **changes}
    (path.parent / f"{name}.json").write_text(json.dumps(content, indent=2), encoding="utf-8")


def test_trouble_raises_alerts(copy: Path) -> None:
    (genuine,) = (copy / "data" / "runs").glob("2*.json")
    entries = json.loads(genuine.read_text(encoding="utf-8"))["entries"]
    account(copy, "broken", status="failed", error="the disk is full")
    account(copy, "offline", feeds={"asked": 20, "failed": 19})
    account(copy, "waiting", entries={**entries, "announced": 300, "pending": 250})
    account(copy, "defect", entries={**entries, "failed_by_reason": {"internal_error": 2}})
    assert {(row[0], row[1]) for row in query("alerts", copy)} == {
        ("run failed", "broken: the disk is full"),
        ("a third of the feeds failed", "offline"),
        ("half of what was announced is pending", "waiting"),
        ("a defect", "defect: 2"),
    }


def test_silence_raises_alerts(copy: Path) -> None:
    (genuine,) = (copy / "data" / "runs").glob("2*.json")
    entries = json.loads(genuine.read_text(encoding="utf-8"))["entries"]
    account(copy, "empty", entries={**entries, "written": 0})
    genuine.unlink()
    assert [row[0] for row in query("alerts", copy)] == ["nothing written for a day"]
    account_of = copy / "data" / "runs" / "empty.json"
    content = json.loads(account_of.read_text(encoding="utf-8"))
    account_of.write_text(json.dumps({**content, "finished_at": "2026-01-28T12:00:00.000000Z"}))
    assert "no complete run for two hours" in [row[0] for row in query("alerts", copy)]


def test_housekeeping_deletes_what_is_old_alone(copy: Path) -> None:
    old, young = (copy / "data" / "runs" / name for name in ("old.json", "young.json"))
    for path in (old, young):
        path.write_text("{}")
    year_2020 = 1_577_836_800
    os.utime(old, (year_2020, year_2020))
    partition = copy / "data" / "articles" / "ingest_date=2020-01-01"
    partition.mkdir()
    os.utime(partition, (year_2020, year_2020))
    shell("housekeeping", copy)
    assert young.exists()
    assert not old.exists()
    assert not partition.exists()
    assert list((copy / "data" / "articles").rglob("*.parquet"))


@pytest.mark.slow
def test_a_dataset_moves(copy: Path) -> None:
    shell("move", copy)
    result = CliRunner().invoke(
        main, ["run", "-c", str(copy / "config.yaml"), "-o", str(copy / "moved"), "--json"]
    )
    assert result.exit_code == 0
    assert json.loads(result.stdout)["feeds"]["due"] == 0


@pytest.mark.slow
def test_a_page_can_be_fetched_again(copy: Path, site: SampleSite) -> None:
    before = articles(copy / "data")
    ours = site.bases["courier"]
    wrong = next(
        row
        for row in before.values()
        if str(row["url"]).startswith(ours) and row["verdict"] == "article"
    )
    shell("again", copy, **{"https://example.org/story": str(wrong["url"])})
    subprocess.run([sys.executable, "-c", blocks("python")["drop"]], cwd=copy, check=True)
    assert set(articles(copy / "data")) == set(before) - {wrong["article_id"]}
    shell("replace", copy)
    after = articles(copy / "data")
    assert set(after) == set(before)
    assert after[wrong["article_id"]]["run_id"] != wrong["run_id"]
    assert after[wrong["article_id"]]["body"] == wrong["body"]


def articles(output: Path) -> dict[str, dict[str, object]]:
    return {
        row["article_id"]: row
        for path in sorted((output / "articles").rglob("*.parquet"))
        for row in pq.ParquetFile(path).read().to_pylist()
    }
