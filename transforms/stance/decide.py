"""From candidates to stances: structure and scorer agree, or nothing is said.

The confidence is the probability that a tuple is right, by a logistic model over how the
structure was read and how sure the scorer is (training/calibrate.py fits it).
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

CALIBRATION = Path(__file__).parent.parent / "resources" / "stance" / "calibration.json"
OPEN, LOOSE = "open", "loose"
AUTHOR_MARK = "author"
FOUND = "found"
"""The mark of what the finder proposes; "found-phrase", "found-author" and the like say how."""

_VETO, _VETO_PLAIN = 0.8, 0.95  # of the opposite sign; of a reading that is plain
_PLAIN = 1.8  # of the structure's logit
_VETO_PHRASE = 0.985  # of a plain reading whose target is a phrase
_UNSURE = frozenset(("loose", "open", "verbless", "judged", "heir", "inverted", "flipped"))
_OPEN, _OPEN_ALONE = 0.5, 0.85  # of the scorer, at least, where structure does not know the sign
_LOOSE = 0.3  # of the scorer, at least, where structure does not know the roles
_WIDEST = 2.5  # of a margin either way: the scorer is not as sure as it says
_LEAST_SEEN = 0.02  # of the finder: it is not as sure as it says
_FLOOR = 1e-4  # of a probability, before its logarithm


@dataclass(frozen=True)
class Calibration:
    """`marks`: weights of how the structure was read, with "bias"; `mix`: weights of "bias",
    "structure", "margin", "reverse", of readings without a sign ("open", "open_margin"), of those
    without certain roles ("loose", ...), of what the finder thinks ("seen", "opposite", "shown",
    "unasked"), and of what it alone proposes ("found", "found-phrase", ...). Below `threshold`
    nothing is said; `author_threshold` holds for what structure takes for the author's own
    voice."""

    marks: Mapping[str, float] = field(default_factory=dict)
    mix: Mapping[str, float] = field(default_factory=dict)
    threshold: float = 0.5
    author_threshold: float = 0.9


class Seen(NamedTuple):
    """What the finder thinks of a candidate: probabilities that its target is one of its holder's,
    for and against, and that its expression shows the one and the other."""

    favor: float
    against: float
    shows_favor: float
    shows_against: float


class Evidence(NamedTuple):
    """One candidate as the calibration sees it. `scores`: the scorer's probabilities of
    against, neutral and favor; `reverse`: those of the pair with holder and target changed (the
    same as `scores` where there is none); `seen`: the finder's, None where it was not asked."""

    sign: int
    marks: frozenset[str]
    scores: tuple[float, float, float]
    reverse: tuple[float, float, float]
    seen: Seen | None = None


class Verdict(NamedTuple):
    """`sign` 0: abstain."""

    sign: int
    confidence: float
    score: float


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """The shipped calibration. Raises FileNotFoundError when it is missing."""
    return Calibration(**json.loads(CALIBRATION.read_text(encoding="utf-8")))


def features(evidence: Evidence, sign: int) -> dict[str, float]:
    """What the mix weighs, the logit of the structure left out."""
    margin = _margin(evidence.scores, sign)
    reverse = _margin(evidence.reverse, sign)
    is_open, is_loose = OPEN in evidence.marks, LOOSE in evidence.marks
    return {
        "bias": 1.0,
        "margin": margin,
        "reverse": reverse,
        "open": float(is_open),
        "open_margin": margin if is_open else 0.0,
        "loose": float(is_loose),
        "loose_margin": margin if is_loose else 0.0,
        "loose_reverse": reverse if is_loose else 0.0,
        **_seen(evidence, sign),
    }


def _seen(evidence: Evidence, sign: int) -> dict[str, float]:
    """What the finder adds. Its own candidates have weights of their own: no structure speaks for
    them."""
    own = float(FOUND in evidence.marks)
    if evidence.seen is None:
        return {"unasked": 1.0}
    favor, against, shows_favor, shows_against = map(_logit, evidence.seen)
    likely, opposite = (favor, against) if sign > 0 else (against, favor)
    shown = shows_favor if sign > 0 else shows_against
    values = {"seen": likely, "opposite": opposite, "shown": shown}
    return {
        **values,
        "found": own,
        **{f"found_{name}": own * value for name, value in values.items()},
        **{mark: 1.0 for mark in evidence.marks if mark.startswith(f"{FOUND}-")},
    }


def _logit(probability: float) -> float:
    bounded = max(_LEAST_SEEN, min(1 - _LEAST_SEEN, probability))
    return math.log(bounded) - math.log(1 - bounded)


def _margin(scores: Sequence[float], sign: int) -> float:
    wanted = scores[2] if sign > 0 else scores[0]
    others = max(scores[1], scores[0] if sign > 0 else scores[2])
    margin = math.log(max(wanted, _FLOOR)) - math.log(max(others, _FLOOR))
    return max(-_WIDEST, min(_WIDEST, margin))


def structure_logit(marks: Iterable[str], weights: Mapping[str, float]) -> float:
    return weights.get("bias", 0.0) + sum(weights.get(mark, 0.0) for mark in sorted(marks))


def structure_of(evidence: Evidence, weights: Mapping[str, float]) -> float:
    """The structure's logit, 0 where structure did not propose."""
    return 0.0 if FOUND in evidence.marks else structure_logit(evidence.marks, weights)


def sign_of(evidence: Evidence) -> int:
    """The structure's sign, or where it has none the scorer's."""
    if evidence.sign:
        return evidence.sign
    against, _, favor = evidence.scores
    return 1 if favor >= against else -1


def confidence(evidence: Evidence, fitted: Calibration) -> float:
    """The probability that the tuple is right."""
    sign = sign_of(evidence)
    values = features(evidence, sign)
    values["structure"] = structure_of(evidence, fitted.marks)
    logit = sum(fitted.mix.get(name, 0.0) * value for name, value in sorted(values.items()))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def _is_open_enough(evidence: Evidence, sign: int) -> bool:
    """Whether the scorer is sure of a sign that no expression of the quotation contradicts; surer
    where none says so."""
    with_it, contrary = ("open-plus", "open-minus") if sign > 0 else ("open-minus", "open-plus")
    if evidence.marks & {contrary, "open-unreal"}:
        return False
    bar = _OPEN if with_it in evidence.marks else _OPEN_ALONE
    return evidence.scores[2 if sign > 0 else 0] > bar


def _directed(evidence: Evidence, sign: int) -> bool:
    """Whether the scorer finds the sign likely, and likelier than with the parties changed."""
    place = 2 if sign > 0 else 0
    forward, back = evidence.scores, evidence.reverse
    return forward[place] > _LOOSE and (forward[place] >= back[place] or back == forward)


def _veto(evidence: Evidence, plain: bool) -> float:
    """How likely the opposite sign must be for nothing to be said. The scorer tells apart names
    better than phrases, whose own words ("the ban", "rising prices") have a sign as well."""
    if not plain:
        return _VETO
    named = "proposition" not in evidence.marks or "whole" in evidence.marks
    return _VETO_PLAIN if named or evidence.marks & _UNSURE else _VETO_PHRASE


def decide(evidence: Evidence, fitted: Calibration) -> Verdict:
    """The stance that structure and scorer agree on. They do not where the scorer finds the
    opposite sign likelier than the structure's."""
    sign = sign_of(evidence)
    against, _, favor = evidence.scores
    plain = structure_of(evidence, fitted.marks) > _PLAIN and OPEN not in evidence.marks
    if sign * (favor - against) < 0 and max(favor, against) > _veto(evidence, plain):
        return Verdict(0, 0.0, 0.0)
    if OPEN in evidence.marks and not _is_open_enough(evidence, sign):
        return Verdict(0, 0.0, 0.0)
    if LOOSE in evidence.marks and not _directed(evidence, sign):
        return Verdict(0, 0.0, 0.0)
    sure = confidence(evidence, fitted)
    limit = fitted.author_threshold if AUTHOR_MARK in evidence.marks else fitted.threshold
    if sure < limit:
        return Verdict(0, sure, 0.0)
    score = (sign * sure + favor - against) / 2
    score = sign * max(0.01, min(1.0, sign * score))
    return Verdict(sign, round(sure, 4), round(score, 4))
