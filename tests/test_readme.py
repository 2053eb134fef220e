"""The README says what is true: its commands run, its links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readme import README, blocks

ROOT = README.parent


def test_the_two_commands_and_the_examples_are_there() -> None:
    assert {"demo", "tests", "usage"} <= set(blocks())


def test_links_lead_to_files() -> None:
    for page in (README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_generated_files_are_up_to_date() -> None:
    check = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, check.stdout + check.stderr


@pytest.mark.slow
def test_the_examples_run(tmp_path: Path) -> None:
    bin_folder = Path(sys.executable).parent
    script = blocks()["usage"].replace(". .venv/bin/activate\n", f"PATH={bin_folder}:$PATH\n")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "feeds on" in done.stdout
