"""Quotations and stances of the held-out articles: what `newsbeam annotate` makes of them.

`python -m benchmarks.statements [FOLDER]` runs every model on benchmarks/data/statements, which
nobody looked at who wrote rules or training sentences. A quotation is found when a predicted
content overlaps it by .3 (intersection over union). A stance is found when holder and target are
right (a proposition: overlap .3) and its evidence lies in the same paragraph; its sign is counted
apart. Gold quotations that lie in one another count once.
"""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.floors import gate
from benchmarks.statement_set import FOLDER, Said, Statements, Taken, load, occurrences
from pipelines.annotation import Annotator, Request

OVERLAP = 0.3
Span = tuple[int, int]


class Scored(NamedTuple):
    """Counts that add up over articles."""

    counts: Counter[str]

    def rate(self, right: str, *parts: str) -> float:
        return self.counts[right] / max(1, sum(self.counts[part] for part in (right, *parts)))

    def f1(self, kind: str) -> float:
        right, extra, missed = (self.counts[f"{kind} {w}"] for w in ("right", "extra", "missed"))
        return 2 * right / max(1, 2 * right + extra + missed)


def overlap(a: Span, b: Span) -> float:
    """Intersection over union of two ranges."""
    inside = min(a[1], b[1]) - max(a[0], b[0])
    return max(0, inside) / (max(a[1], b[1]) - min(a[0], b[0]))


def names_of(text: Statements, canonical: str) -> list[Span]:
    """Where an entity is named."""
    forms = {canonical, *text.entities[canonical][1]}
    return [span for form in forms for span in occurrences(text.body, form)]


def is_entity(text: Statements, canonical: str, party: Any, entities: dict[str, Any]) -> bool:
    """Whether a predicted party is the gold entity: one of its mentions overlaps a naming."""
    if party is None or party["entity_id"] is None:
        return False
    mentions = [(m["start"], m["end"]) for m in entities[party["entity_id"]]["mentions"]]
    return any(overlap(m, span) > 0 for m in mentions for span in names_of(text, canonical))


def paragraph(body: str, position: int) -> int:
    return body.count("\n", 0, position)


def same_stance(text: Statements, gold: Taken, found: Any, entities: dict[str, Any]) -> bool:
    """Whether holder, target and place agree, whatever the sign."""
    holder, target = found["holder"], found["target"]
    if paragraph(text.body, gold.evidence) != paragraph(text.body, found["evidence"]["start"]):
        return False
    if gold.holder is None:
        if holder["kind"] != "author":
            return False
    elif not is_entity(text, gold.holder, holder, entities):
        return False
    if gold.target is not None:
        return is_entity(text, gold.target, target, entities)
    if gold.target_span is None or target["start"] is None:
        return False
    return overlap(gold.target_span, (target["start"], target["end"])) >= OVERLAP


def outermost(quotations: tuple[Said, ...]) -> list[Said]:
    """Without those that lie within another: an indirect clause and its quoted fragment."""
    return [
        q
        for q in quotations
        if not any(o != q and o.start <= q.start and q.end <= o.end for o in quotations)
    ]


def score(text: Statements, result: dict[str, Any]) -> Counter[str]:
    """Counts of one article."""
    entities = {entity["entity_id"]: entity for entity in result["entities"]}
    counts = _quotations(text, result["quotations"], entities)
    left = list(result["stances"])
    for gold in text.stances:
        match = next((s for s in left if same_stance(text, gold, s, entities)), None)
        if match is None:
            counts["stance missed"] += 1
            continue
        left.remove(match)
        right = match["polarity"] == gold.polarity
        counts["stance right" if right else "stance wrong sign"] += 1
    counts["stance extra"] += len(left)
    return counts


def _quotations(text: Statements, found: list[Any], entities: dict[str, Any]) -> Counter[str]:
    counts: Counter[str] = Counter()
    matched: set[int] = set()
    for gold in outermost(text.quotations):
        inside = [q for q in text.quotations if gold.start <= q.start and q.end <= gold.end]
        hits = [
            i
            for i, quote in enumerate(found)
            if any(overlap((quote["start"], quote["end"]), g[1:3]) >= OVERLAP for g in inside)
        ]
        kind = "indirect" if gold.kind == "indirect" and len(inside) == 1 else "quoted"
        counts[f"{kind} right" if hits else f"{kind} missed"] += 1
        matched.update(hits)
        if hits and gold.speaker:
            right = is_entity(text, gold.speaker, found[hits[0]]["speaker"], entities)
            counts["speaker right" if right else "speaker wrong"] += 1
    for i, quote in enumerate(found):
        if i not in matched:
            counts["indirect extra" if quote["kind"] == "indirect" else "quoted extra"] += 1
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    options = parser.parse_args()
    annotator = Annotator.load("embedded", ())
    total: Counter[str] = Counter()
    languages: dict[str, Counter[str]] = {}
    for text in load(options.folder).values():
        counts = score(text, annotator.annotate(Request(text.body, text.language, ())))
        counts["stance missed"] += counts["stance wrong sign"]  # a wrong sign is no find
        counts["stance extra"] += counts["stance wrong sign"]
        total.update(counts)
        languages.setdefault(text.language, Counter()).update(counts)
    for language, counts in {**languages, "all": total}.items():
        scored = Scored(counts)
        right = scored.rate("speaker right", "speaker wrong")
        print(
            f"{language:4} quoted F1 {scored.f1('quoted'):.3f}, indirect F1 "
            f"{scored.f1('indirect'):.3f}, speaker {right:.3f}, stance F1 "
            f"{scored.f1('stance'):.3f} ({counts['stance right']} right, {counts['stance extra']} "
            f"extra, {counts['stance missed']} missed, {counts['stance wrong sign']} of wrong sign)"
        )
    scored = Scored(total)
    measured = {
        "quoted": scored.f1("quoted"),
        "indirect": scored.f1("indirect"),
        "speaker": scored.rate("speaker right", "speaker wrong"),
        "stance": scored.f1("stance"),
        "sign": scored.rate("stance right", "stance wrong sign"),
    }
    print({name: round(value, 4) for name, value in measured.items()})
    gate("statements", sorted(options.folder.glob("*.txt")), measured)


if __name__ == "__main__":
    main()
