"""Accuracy of linking names across articles: do two names get one id?

    python -m benchmarks.linking training/data/linking/pairs.tsv [--floor F]

Each line: name A, label, name B, label, "same" or "different", language A, language B, comment.
Every name is linked as if it stood alone in an article of its language, which is the hardest
case: nothing else in the text helps. A wrong "same" mixes two entities up, a wrong "different"
only splits one, so both are counted. Exit status 1 below the floor.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import NamedTuple

from transforms.elements import NamedSpan
from transforms.entities.catalogue import shipped
from transforms.entities.gazetteer import Gazetteer
from transforms.entities.link import Text, link_names


class Pair(NamedTuple):
    """Two names, and whether they are one entity."""

    name_a: str
    label_a: str
    name_b: str
    label_b: str
    same: bool
    language_a: str
    language_b: str
    comment: str


class Result(NamedTuple):
    """How many pairs are right, of the same and of the different ones; the wrong ones."""

    right_same: int
    same: int
    right_different: int
    different: int
    wrong: tuple[Pair, ...]

    @property
    def accuracy(self) -> float:
        return (self.right_same + self.right_different) / (self.same + self.different)


def read(path: Path) -> list[Pair]:
    """The pairs of a file. Raises ValueError for a line that is none."""
    pairs = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != len(Pair._fields) or cells[4] not in ("same", "different"):
            raise ValueError(f"{path}:{number}: no pair: {line!r}")
        name_a, label_a, name_b, label_b, verdict, language_a, language_b, comment = cells
        same = verdict == "same"
        pairs.append(Pair(name_a, label_a, name_b, label_b, same, language_a, language_b, comment))
    return pairs


def entity_id(name: str, label: str, language: str) -> str:
    """The id of a name that stands alone."""
    span = NamedSpan(name, 0, len(name), 1.0, label)
    (entity,) = link_names([span], Text(name, None, language), Gazetteer(), shipped())
    return entity.entity_id


def measure(pairs: list[Pair]) -> Result:
    """Links both names of every pair and compares the ids."""
    counts = {(same, right): 0 for same in (True, False) for right in (True, False)}
    wrong = []
    for pair in pairs:
        one = entity_id(pair.name_a, pair.label_a, pair.language_a)
        other = entity_id(pair.name_b, pair.label_b, pair.language_b)
        right = (one == other) == pair.same
        counts[pair.same, right] += 1
        if not right:
            wrong.append(pair)
    same = counts[True, True] + counts[True, False]
    different = counts[False, True] + counts[False, False]
    return Result(counts[True, True], same, counts[False, True], different, tuple(wrong))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--floor", type=float, default=0.0, help="lowest accuracy accepted")
    arguments = parser.parse_args()
    pairs = read(arguments.pairs)
    shipped()
    start = time.perf_counter()
    result = measure(pairs)
    seconds = time.perf_counter() - start
    for pair in result.wrong:
        one = entity_id(pair.name_a, pair.label_a, pair.language_a)
        other = entity_id(pair.name_b, pair.label_b, pair.language_b)
        verdict = "same" if pair.same else "different"
        print(f"wrong: {pair.name_a} ({one}) and {pair.name_b} ({other}) are {verdict}")
    print(f"same       {result.right_same} of {result.same}")
    print(f"different  {result.right_different} of {result.different}")
    print(f"accuracy   {result.accuracy:.3f} ({len(pairs)} pairs, {seconds:.2f} s)")
    sys.exit(result.accuracy < arguments.floor)


if __name__ == "__main__":
    main()
