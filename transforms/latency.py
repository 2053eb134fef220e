"""Histograms that add up: how long requests took, as counts by name.

"latency/pages/0.5" counts the observations of at most 0.5 and more than the bound before it,
"latency/pages/inf" those beyond the last one, "latency/pages/sum" is their sum in milliseconds.
"""

from collections.abc import Iterator, Sequence

LATENCY_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
"""Seconds."""


def observed(name: str, seconds: float, bounds: Sequence[float]) -> Iterator[tuple[str, int]]:
    """The counts of one observation."""
    bound = next((f"{bound:g}" for bound in bounds if seconds <= bound), "inf")
    yield f"{name}/{bound}", 1
    yield f"{name}/sum", round(seconds * 1000)


def latency(what: str, milliseconds: int) -> Iterator[tuple[str, int]]:
    """The counts of one request that was answered."""
    yield from observed(f"latency/{what}", milliseconds / 1000, LATENCY_BOUNDS)
