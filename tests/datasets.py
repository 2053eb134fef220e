"""What a dataset says, for comparing one with another."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from pipelines.demo import records_of
from pipelines.sample_site import SampleSite

CHANGES_FROM_RUN_TO_RUN = {"run_id", "fetched_at", "first_seen_at", "fetch"}


def values(output: Path) -> list[dict[str, Any]]:
    """The records without what differs between runs, in a fixed order."""
    return sorted(
        (
            {
                **{k: v for k, v in row.items() if k not in CHANGES_FROM_RUN_TO_RUN},
                "redirects": (row["fetch"] or {}).get("redirects"),
            }
            for row in records_of(str(output))
        ),
        key=lambda row: row["article_id"],
    )


def assert_has_articles_of(output: Path, expected: Path) -> None:
    """The dataset holds every article of the other, with the values that it has there, and none
    twice. When an entry was read decides where it stood in its feed, and, of an article of two
    feeds, which of them came first and describes it: that may differ."""
    rows = {row["article_id"]: row for row in values(output)}
    assert len(rows) == len(values(output)), "an article is there twice"
    for row in values(expected):
        twin = rows[row["article_id"]]
        shared = max(len(row["feeds"]), len(twin["feeds"])) > 1
        for key in ("feeds", *(("source", "published_at") if shared else ())):
            del row[key], twin[key]
        assert twin == row


def failures_of(output: Path) -> list[dict[str, Any]]:
    return [
        row
        for path in (output / "failures").rglob("*.parquet")
        for row in pq.ParquetFile(path).read().to_pylist()
    ]


def write_configuration(site: SampleSite, path: Path) -> Path:
    """`demo_configuration` as a file, for a process of its own."""
    feeds = [{k: v for k, v in asdict(feed).items() if v} for feed in site.feeds]
    fetch = {"allow_private_networks": True, "per_host_delay": "20ms", "timeout": "10s"}
    for feed in feeds:
        if "tags" in feed:
            feed["tags"] = list(feed["tags"])
    path.write_text(yaml.safe_dump({"feeds": feeds, "fetch": fetch}), encoding="utf-8")
    return path
