"""`newsbeam stream` on Prism, as a process, beside batch runs over the same changing site."""

import importlib.metadata
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.datasets import assert_has_articles_of, failures_of, values
from tests.pipelines.changing_site import ChangingSite, write_configuration
from tests.pipelines.faults import _descendants
from tests.pipelines.test_rounds import newsbeam, quick, wait_for

pytestmark = pytest.mark.slow
STEPS = 3
PATIENCE = 300.0
MODULE = "github.com/apache/beam/sdks/v2/go/cmd/prism"


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Prism of Beam's own version: NEWSBEAM_PRISM, one on the path, or one that Go makes."""
    found = os.environ.get("NEWSBEAM_PRISM") or shutil.which("prism")
    if found:
        return found
    go = shutil.which("go")
    if go is None:
        pytest.skip("neither prism (NEWSBEAM_PRISM or on PATH) nor Go is installed")
    version = importlib.metadata.version("apache-beam")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "newsbeam"
    folder = cache / f"prism-{version}"
    binary = folder / "prism"
    if not binary.exists():
        environment = {**os.environ, "GOBIN": str(folder)}
        command = [go, "install", f"{MODULE}@v{version}"]
        made = subprocess.run(command, env=environment, capture_output=True, text=True)
        if made.returncode:
            pytest.skip(f"Go could not make prism: {made.stderr.strip()[-300:]}")
    return str(binary)


def articles(output: Path) -> list[str]:
    return [row["article_id"] for row in values(output)] if output.exists() else []


def dead_letters(output: Path) -> set[tuple[str, str]]:
    return {(row["kind"], row["url"]) for row in failures_of(output)}


def test_a_stream_on_prism_makes_the_dataset_that_batch_runs_make(
    prism: str, tmp_path: Path
) -> None:
    streamed, compared = tmp_path / "streamed", tmp_path / "compared"
    with ChangingSite() as site:
        config = write_configuration(site, tmp_path / "config.yaml")
        quick(config, attempts=99)  # until the site mends a page, at its next step
        stream = ("stream", "-c", str(config), "-o", str(streamed), "--window", "2s", "-q",
                  "--runner=PrismRunner", f"--prism_location={prism}")  # fmt: skip
        process = None
        for step in range(STEPS):
            site.advance(step)
            if step != 1:  # it goes on in step 1, and is killed at its end
                process = newsbeam(*stream)
            run = newsbeam("run", "-c", str(config), "-o", str(compared), "--now", "-q")
            assert run.wait(PATIENCE) == 0
            wait_for(lambda: set(articles(compared)) <= set(articles(streamed)), PATIENCE)
            assert process is not None
            assert process.poll() is None, "the stream has ended"
            if step == 1:
                for each in (*_descendants(process.pid), process.pid):  # Prism too
                    os.kill(each, signal.SIGKILL)
                process.wait()
        wait_for(lambda: dead_letters(compared) <= dead_letters(streamed), PATIENCE)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert_has_articles_of(streamed, compared)
    accounts = [json.loads(path.read_bytes()) for path in (streamed / "runs").glob("*.json")]
    assert {account["command"] for account in accounts} == {"stream"}
    assert all(account["entries"]["in_flight"] >= 0 for account in accounts)
    assert not (streamed / "state" / "lock.json").exists()
