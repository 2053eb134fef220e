"""The weighted average of checkpoints of one model (Wortsman et al. 2022, model soups).

`python -m training.average W/out.pt W/model.pt=0.3 W/joint.pt=0.7`: a model that was tuned further
on one task, averaged with what it was before, keeps more of the other tasks.
"""

import argparse
from pathlib import Path

import torch


def weighted(text: str) -> tuple[Path, float]:
    """FILE=WEIGHT."""
    path, _, weight = text.rpartition("=")
    try:
        return Path(path), float(weight)
    except ValueError:
        raise argparse.ArgumentTypeError(f"FILE=WEIGHT expected: {text!r}") from None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("checkpoints", type=weighted, nargs="+", metavar="FILE=WEIGHT")
    given = parser.parse_args()
    parts = [(torch.load(path, weights_only=True), weight) for path, weight in given.checkpoints]
    total = sum(weight for _, weight in parts)
    first, _ = parts[0]
    model = {
        name: torch.stack([part["model"][name].float() * (w / total) for part, w in parts]).sum(0)
        for name in first["model"]
    }
    pieces = max(part["pieces"] for part, _ in parts)
    torch.save({"model": model, "layers": first["layers"], "pieces": pieces}, given.output)


if __name__ == "__main__":
    main()
