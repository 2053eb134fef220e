"""The quality gate: floors of every measure, with the checksum of the set they were taken on.

A floor drops only on purpose, in the commit that says why.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

FILE = Path(__file__).parent / "floors.json"


def checksum(paths: Iterable[Path]) -> str:
    """One sha256 over the files' contents, in order of their names."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def gate(benchmark: str, sets: Iterable[Path], measured: Mapping[str, float]) -> None:
    """Ends the program when a measure lies under its floor. On another set than the floors'
    it only says so: those numbers cannot be compared."""
    floors = json.loads(FILE.read_text(encoding="utf-8")).get(benchmark)
    if not floors:
        print(f"no floors for {benchmark} in {FILE.name}")
        return
    if checksum(sets) != floors["checksum"]:
        print(f"not the sets of {FILE.name}: no floor applies")
        return
    under = [
        f"{name} {measured[name]:.4f} < {floor}"
        for name, floor in floors["floors"].items()
        if measured[name] < floor
    ]
    if under:
        raise SystemExit(f"under the floor of {benchmark}: {'; '.join(under)}")
    print(f"{len(floors['floors'])} floors of {benchmark} hold")
