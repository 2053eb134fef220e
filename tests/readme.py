"""The README's commands as things to run: `python tests/readme.py run demo`.

A command is a fenced block of the README that opens with ```sh NAME. Only the standard library
is used here, since this runs before anything is installed.
"""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def blocks() -> dict[str, str]:
    """The named shell blocks of the README."""
    found = re.findall(r"^```sh (\S+)\n(.*?)^```", README.read_text(encoding="utf-8"), re.M | re.S)
    return dict(found)


def run(name: str) -> int:
    """Runs a block as a newcomer would paste it; the exit status of the first failing line."""
    script = "set -euxo pipefail\n" + blocks()[name]
    return subprocess.run(["bash", "-c", script], cwd=README.parent, check=False).returncode


if __name__ == "__main__":
    if sys.argv[1] == "list":
        print("\n".join(blocks()))
    else:
        sys.exit(run(sys.argv[2]))
