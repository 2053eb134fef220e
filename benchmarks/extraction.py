"""Quality and speed of the extraction, beside trafilatura as it comes.

    python -m benchmarks.extraction FOLDER [--json FILE] [--limit N] [--worst N]

FOLDER holds one folder per set, each with `gold.jsonl` (id, url, body and, where known, title,
authors, published) and `pages/<id>.html.gz`. All variants run over the same pages, page by page
in turn, so that a slow moment of the machine strikes all alike; times are CPU time.

f1, precision, recall    of the body: multisets of 4-token shingles, mean over pages. A token is a
                         run of letters and digits in lower case; each Han or Kana character is one.
title                    share of pages whose title is the gold one, white space folded
authors                  F1 of the sets of names, mean over pages; both empty is 1
published                share of pages with the same calendar day, in UTC or as the page writes it
verdicts                 how often each was given; nearly all pages are articles
"""

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import trafilatura

from transforms.articles import extract_article
from transforms.elements import Announcement, Article, Entry, Feed, Page, Response

NOW = datetime(2026, 6, 30, tzinfo=timezone.utc)
"""Taken as the time of the fetch; later than all pages of the sets."""

SHINGLE = 4
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")

Gold = dict[str, Any]
Extract = Callable[[Gold, bytes], Article | str]

VARIANTS: dict[str, dict[str, bool]] = {
    "trafilatura balanced": {},
    "trafilatura precision": {"favor_precision": True},
    "trafilatura recall": {"favor_recall": True},
    "trafilatura fast": {"fast": True},
    "trafilatura fast precision": {"fast": True, "favor_precision": True},
    "trafilatura with metadata": {"with_metadata": True},
}


@dataclass
class Scores:
    """Sums over the pages of one set."""

    pages: int = 0
    with_fields: int = 0
    sums: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    f1_of_pages: dict[str, float] = field(default_factory=dict)

    def add(self, gold: Gold, found: Article | str, seconds: float) -> None:
        self.pages += 1
        self.seconds += seconds
        body = found.body if isinstance(found, Article) else found
        precision, recall, f1 = body_scores(gold["body"], body or "")
        self.sums.update({"precision": precision, "recall": recall, "f1": f1})
        self.f1_of_pages[gold["id"]] = f1
        if isinstance(found, Article):
            self.verdicts[found.verdict] += 1
            if "title" in gold:
                self.with_fields += 1
                self.sums.update(field_scores(gold, found))

    def row(self) -> dict[str, Any]:
        row: dict[str, Any] = {"pages": self.pages, "ms_per_page": self.seconds * 1000 / self.pages}
        for name in ("f1", "precision", "recall"):
            row[name] = self.sums[name] / self.pages
        for name in ("title", "authors", "published"):
            row[name] = self.sums[name] / self.with_fields if self.with_fields else None
        row["verdicts"] = dict(self.verdicts)
        return row


def shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text.lower())
    starts = range(max(1, len(tokens) - SHINGLE + 1))
    return Counter(tuple(tokens[i : i + SHINGLE]) for i in starts) if tokens else Counter()


def body_scores(gold: str, found: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of the shingles of a body."""
    wanted, given = shingles(gold), shingles(found)
    common = (wanted & given).total()
    if not common:
        return (1.0, 1.0, 1.0) if not wanted and not given else (0.0, 0.0, 0.0)
    precision, recall = common / given.total(), common / wanted.total()
    return precision, recall, 2 * precision * recall / (precision + recall)


def field_scores(gold: Gold, found: Article) -> dict[str, float]:
    wanted, given = set(gold.get("authors") or ()), set(found.authors)
    common = 2 * len(wanted & given)
    both = len(wanted) + len(given)
    return {
        "title": float(" ".join((gold["title"] or "").split()) == (found.title or "")),
        "authors": common / both if both else 1.0,
        "published": float(same_day(gold.get("published"), found.published_at)),
    }


def same_day(gold: str | None, found: datetime | None) -> bool:
    if not gold or found is None:
        return not gold and found is None
    stated = datetime.fromisoformat(gold)
    days = {stated.date()}
    if stated.tzinfo:
        days.add(stated.astimezone(timezone.utc).date())
    return found.date() in days


def extract_with_newsbeam(gold: Gold, content: bytes) -> Article | str:
    url = gold.get("url") or "https://www.example.org/story"
    feed = Feed("https://www.example.org/rss.xml")
    entry = Entry("0" * 32, url, feed, (Announcement(None, feed.url, None, 0),), NOW)
    headers = (("content-type", "text/html"),)
    page = Page(entry, Response(url, url, 200, headers, content, NOW, 0))
    (result,) = extract_article(page)
    return result if isinstance(result, Article) else ""


def trafilatura_with(settings: dict[str, bool]) -> Extract:
    bare_extraction: Callable[..., Any] = trafilatura.bare_extraction

    def extract(gold: Gold, content: bytes) -> str:
        found = bare_extraction(content, include_comments=False, **settings)
        return found.text or "" if found is not None else ""

    return extract


def read_set(folder: Path, limit: int | None) -> Iterator[tuple[Gold, bytes]]:
    with (folder / "gold.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if limit is not None and number >= limit:
                return
            gold = json.loads(line)
            yield gold, gzip.decompress((folder / "pages" / f"{gold['id']}.html.gz").read_bytes())


def run(folder: Path, limit: int | None) -> dict[str, Scores]:
    """The scores of all variants on one set."""
    extractors: dict[str, Extract] = {"newsbeam": extract_with_newsbeam}
    extractors |= {name: trafilatura_with(settings) for name, settings in VARIANTS.items()}
    scores = {name: Scores() for name in extractors}
    for gold, content in read_set(folder, limit):
        for name, extract in extractors.items():
            start = time.process_time()
            found = extract(gold, content)
            scores[name].add(gold, found, time.process_time() - start)
    return scores


def table(rows: dict[str, dict[str, Any]]) -> str:
    columns = ("ms_per_page", "f1", "precision", "recall", "title", "authors", "published")
    lines = [f"{'':28}" + "".join(f"{column:>12}" for column in columns)]
    for name, row in rows.items():
        lines.append(f"{name:28}" + "".join(f"{cell(row[column]):>12}" for column in columns))
    return "\n".join(lines)


def cell(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if value <= 1 else f"{value:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("--limit", type=int, help="only the first N pages of each set")
    parser.add_argument("--worst", type=int, default=0, help="name the N worst pages of each set")
    arguments = parser.parse_args()
    results: dict[str, dict[str, dict[str, Any]]] = {}
    for folder in sorted(path.parent for path in arguments.folder.glob("*/gold.jsonl")):
        scores = run(folder, arguments.limit)
        results[folder.name] = {name: found.row() for name, found in scores.items()}
        pages = scores["newsbeam"].pages
        print(f"{folder.name}: {pages} pages, verdicts {dict(scores['newsbeam'].verdicts)}")
        print(table(results[folder.name]), end="\n\n")
        ranked = sorted(scores["newsbeam"].f1_of_pages.items(), key=lambda item: item[1])
        for name, f1 in ranked[: arguments.worst]:
            print(f"  {f1:.3f} {name}")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
