"""The command against a hostile web: everything at once, and every entry has its defined end."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.summary import adds_up
from tests.hostile.hostile_web import ESCAPES, FORMULA, Scenario, article, build, item, rss
from tests.transforms.http.loopback import Loopback
from transforms.failures import FAILURE_NOTES

MOST_SECONDS = 60
MOST_MEGABYTES = 900

# Writes down which files a run opens for writing, makes and moves, where it connects, what it runs.
WATCHED = """
import os, sys
log = open(os.environ["WATCH_LOG"], "a", buffering=1)
def watch(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if isinstance(path, (str, bytes)) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            log.write(f"write {os.path.abspath(os.fsdecode(path))}\\n")
    elif event in ("os.mkdir", "os.rename", "os.link", "os.symlink"):
        for path in arguments[:2]:
            if isinstance(path, str):
                log.write(f"write {os.path.abspath(path)}\\n")
    elif event == "socket.connect":
        log.write(f"connect {arguments[1]!r}\\n")
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        log.write(f"run {arguments!r}\\n")
sys.addaudithook(watch)
from pipelines.cli import main
try:
    main()
finally:
    status = open("/proc/self/status").read()
    log.write("peak " + status.partition("VmHWM:")[2].split()[0] + "\\n")
"""


@dataclass
class Ran:
    """A finished command: exit status, output, account, and what it cost and touched."""

    status: int
    stdout: str
    stderr: str
    seconds: float
    megabytes: float
    log: list[str]


def run(folder: Path, feeds: list[dict[str, Any]], *options: str) -> Ran:
    config = folder / "config.json"
    settings = {
        "feeds": feeds,
        "fetch": {
            "allow_private_networks": True, "per_host_delay": 0, "timeout": 3,
            "max_bytes": "4MB", "concurrency": 100,
        },
        "output": {"partition_by": ["ingest_date", "lang"]},
    }  # fmt: skip
    config.write_text(json.dumps(settings), encoding="utf-8")
    (folder / "tmp").mkdir(exist_ok=True)
    log = folder / "watch.log"
    log.unlink(missing_ok=True)
    environment = {
        **os.environ, "WATCH_LOG": str(log), "TMPDIR": str(folder / "tmp"), "HOME": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    command = [sys.executable, "-c", WATCHED, "run", "--config", str(config), "--output",
               str(folder / "dataset"), "--now", "--direct_num_workers=1", *options]  # fmt: skip
    start = time.monotonic()
    with (folder / "out").open("w+b") as out, (folder / "err").open("w+b") as err:
        process = subprocess.Popen(
            command, stdout=out, stderr=err, cwd=Path(__file__).parents[2], env=environment
        )
        process.wait()
    # not what the system tells of children: that counts the memory of whoever started them
    *lines, peak = log.read_text(encoding="utf-8").splitlines()
    return Ran(
        process.returncode,
        (folder / "out").read_text(encoding="utf-8"),
        (folder / "err").read_text(encoding="utf-8"),
        time.monotonic() - start,
        int(peak.removeprefix("peak ")) / 1024,
        lines,
    )


def account_of(folder: Path) -> dict[str, Any]:
    newest = max((folder / "dataset" / "runs").glob("*.json"))
    account: dict[str, Any] = json.loads(newest.read_text(encoding="utf-8"))
    return account


def rows_of(folder: Path, table: str) -> list[dict[str, Any]]:
    return [
        row
        for path in sorted((folder / "dataset" / table).rglob("*.parquet"))
        for row in pq.ParquetFile(path).read().to_pylist()
    ]


@pytest.fixture(scope="module")
def scenario() -> Iterator[Scenario]:
    with Loopback() as web:
        yield build(web)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def ran(scenario: Scenario, folder: Path) -> Ran:
    return run(folder, scenario.feeds)


pytestmark = pytest.mark.slow


def test_the_run_is_complete_in_bounded_time_and_memory(ran: Ran, folder: Path) -> None:
    account = account_of(folder)
    assert ran.status == 0, ran.stderr
    assert account["status"] == "complete"
    assert adds_up(account["entries"])
    assert ran.seconds < MOST_SECONDS
    assert ran.megabytes < MOST_MEGABYTES


def test_every_feed_fails_as_it_should_or_not_at_all(
    ran: Ran, scenario: Scenario, folder: Path
) -> None:
    failed = {
        row["feed_url"]: row["kind"] for row in rows_of(folder, "failures") if is_of_feed(row)
    }
    assert failed == scenario.feed_failures
    feeds = account_of(folder)["feeds"]
    assert feeds["failed"] == len(scenario.feed_failures)
    assert feeds["changed"] + feeds["failed"] >= len(scenario.feeds)


def is_of_feed(row: dict[str, Any]) -> bool:
    """Not the entries beyond the limit, which are a failure of a feed that was read."""
    return row["url"] == row["feed_url"] and "were not read" not in row["message"]


def test_every_entry_has_its_defined_end(ran: Ran, scenario: Scenario, folder: Path) -> None:
    entries = account_of(folder)["entries"]
    ends = Counter({end: entries[end] for end in ("written", "duplicate", "known")})
    for end in ("skipped", "failed", "pending"):
        ends.update({f"{end}/{why}": n for why, n in entries[f"{end}_by_reason"].items()})
    assert +ends == scenario.ends
    rows = [row for row in rows_of(folder, "failures") if not is_of_feed(row)]
    dead = {row["url"]: row["kind"] for row in rows if row["stage"] == "FetchPages"}
    assert dead == scenario.dead
    assert {row["kind"] for row in rows} <= {kind.value for kind in FAILURE_NOTES}


def test_nothing_was_written_or_run_outside_the_directory(ran: Ran, folder: Path) -> None:
    allowed = (str(folder / "dataset"), str(folder / "tmp"), os.devnull)
    written = [line.removeprefix("write ") for line in ran.log if line.startswith("write ")]
    assert [path for path in written if not path.startswith(allowed)] == []
    assert [line for line in ran.log if line.startswith("run ")] == []
    for path in (folder / "dataset").rglob("*"):
        assert path.resolve().is_relative_to(folder / "dataset")


def test_nobody_was_asked_but_the_web_of_the_test(
    ran: Ran, scenario: Scenario, folder: Path
) -> None:
    connected = [line[8:] for line in ran.log if line.startswith("connect ")]
    assert connected
    assert [line for line in connected if "'127.0.0." not in line and "'::1'" not in line] == []
    assert scenario.sites["canary"].requests == []


def test_the_dataset_is_readable_everywhere(ran: Ran, folder: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="a reader of the dataset")
    for table in ("articles", "failures"):
        files = f"{folder}/dataset/{table}/**/*.parquet"
        (count,) = duckdb.execute(f"SELECT count(*) FROM read_parquet('{files}')").fetchone()  # noqa: S608
        assert count == len(rows_of(folder, table))
        pq.read_table(folder / "dataset" / table).validate(full=True)
    state = sorted((folder / "dataset" / "state").glob("*.parquet"))
    assert sum(path.stat().st_size for path in state) < 200_000


def test_texts_are_clean_and_formulas_stay_text(ran: Ran, folder: Path) -> None:
    rows = rows_of(folder, "articles")
    controls = {chr(code) for code in [*range(32), *range(127, 160)]}
    for row in rows:
        for name in ("title", "description", "section", "language"):
            assert not controls & set(row[name] or ""), (name, row["url"])
        assert not (controls - {"\n"}) & set(row["body"] or "")
        assert not controls & set("".join([*row["authors"], *row["keywords"]]))
        assert all(not controls & set(feed["guid"] or "") for feed in row["feeds"])
    assert any((row["title"] or "").startswith(FORMULA) for row in rows)


def test_the_terminal_sees_no_control_character(ran: Ran) -> None:
    assert ran.stdout
    for text in (ran.stdout, ran.stderr):
        assert all(char.isprintable() or char == "\n" for char in text)
        assert not set(ESCAPES) & {"\x1b", "\x9b", "\u202e"} & set(text)


def test_no_feed_speaks_for_another_publisher(ran: Ran, scenario: Scenario, folder: Path) -> None:
    victim, forger = scenario.sites["victim"].url, scenario.sites["forger"].url
    rows = {row["url"]: row for row in rows_of(folder, "articles")}
    for name in ("first", "second"):
        row = rows[f"{victim}/{name}"]
        assert row["title"] == f"True {name}"
        assert "forged" not in row["body"]
        assert row["fetch"]["status"] == 200
    assert {feed["url"] for feed in rows[f"{victim}/first"]["feeds"]} == {
        f"{victim}/feed",
        f"{forger}/feed",
    }
    assert f"{forger}/go" not in rows
    copy = rows[f"{forger}/copy"]
    assert copy["canonical_url"] is None
    assert copy["source"]["domain"] != rows[f"{victim}/first"]["source"]["domain"]
    own = rows[f"{forger}/own"]
    assert "forged" in own["body"]
    assert own["fetch"] is None


def test_guessed_addresses_and_odd_validators_do_no_lasting_harm(
    ran: Ran, scenario: Scenario, folder: Path
) -> None:
    """A second run: the guessed article has appeared, and the feed with an ETag that cannot be
    sent back is asked again without it."""
    victim = scenario.sites["victim"]
    routes = dict(victim.routes)
    routes["/later"] = article("True later")
    routes["/feed"] = rss(item(f"{victim.url}/later", "True later"), title="The Victim")
    victim.routes = routes
    odd = next(site for site in scenario.sites.values() if b"\x1b[31m" in _feed_route(site))
    asked = len(odd.requests)
    wanted = (f"{victim.url}/feed", f"{scenario.sites['forger'].url}/feed", f"{odd.url}/feed")
    again = run(folder, [feed for feed in scenario.feeds if feed["url"] in wanted])
    account = account_of(folder)
    assert again.status == 0, again.stderr
    assert account["feeds"]["failed"] == 0
    assert account["entries"]["written"] == 1
    assert "if-none-match" not in odd.requests[asked].headers
    assert "if-modified-since" not in odd.requests[asked].headers
    (row,) = (row for row in rows_of(folder, "articles") if row["url"] == f"{victim.url}/later")
    assert row["title"] == "True later"


def _feed_route(site: Any) -> bytes:
    route = site.routes.get("/feed")
    return route if isinstance(route, bytes) else b""
