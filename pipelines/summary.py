"""The account of a run: `runs/<run_id>.json`, and the balance that must add up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from transforms.elements import HostCourtesy
from transforms.http.politeness import merge_courtesy

ENDS = ("written", "duplicate", "known", "skipped", "failed", "pending")

HOSTS_LISTED = 20

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Account:
    """What a run counted; `due` are feeds, the rest is as in `summarize`. The accounts of several
    runs add up to the account of all of them."""

    due: int = 0
    counts: Counts = field(default_factory=dict)
    files: tuple[dict[str, Any], ...] = ()
    hosts: tuple[HostCourtesy, ...] = ()
    stages: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __add__(self, other: "Account") -> "Account":
        stages = {
            name: _added(self.stages.get(name, {}), other.stages.get(name, {}))
            for name in (*self.stages, *other.stages)
        }
        return Account(
            self.due + other.due,
            _added(self.counts, other.counts),
            self.files + other.files,
            tuple(_merged_hosts((*self.hosts, *other.hosts))),
            stages,
        )


def _added(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    total: Counter[str] = Counter(one)
    total.update(other)
    return {key: round(number, 3) for key, number in total.items()}


def _merged_hosts(hosts: Sequence[HostCourtesy]) -> list[HostCourtesy]:
    merged: dict[str, HostCourtesy] = {}
    for each in hosts:
        before = merged.get(each.host)
        merged[each.host] = each if before is None else merge_courtesy(before, each)
    return list(merged.values())


def entries_balance(counts: Counts, written: int) -> dict[str, Any]:
    """The `entries` section: announced, and how every one of them ended. `carried_over` of the
    announced were announced to an earlier run, which left them pending."""
    skipped = below(counts, "entries/skipped/")
    failed = below(counts, "entries/failed/")
    pending = below(counts, "entries/pending/")
    return {
        "announced": counts.get("entries/announced", 0),
        "carried_over": counts.get("entries/carried_over", 0),
        "written": written,
        "duplicate": counts.get("entries/duplicate", 0),
        "known": counts.get("entries/known", 0),
        "skipped": sum(skipped.values()),
        "failed": sum(failed.values()),
        "pending": sum(pending.values()),
        "skipped_by_reason": skipped,
        "failed_by_reason": failed,
        "pending_by_reason": pending,
    }


def adds_up(entries: Mapping[str, Any]) -> bool:
    """Whether every announced entry ended exactly once."""
    return bool(entries["announced"] == sum(entries[end] for end in ENDS))


def below(counts: Counts, prefix: str) -> dict[str, int]:
    """The counts whose keys start with `prefix`, without it."""
    return {
        key.removeprefix(prefix): number
        for key, number in sorted(counts.items())
        if key.startswith(prefix)
    }


def summarize(
    *,
    run_id: str,
    command: str,
    started_at: datetime,
    finished_at: datetime,
    configured: int,
    account: Account,
) -> dict[str, Any]:
    """The whole summary of a run that ended. `configured` counts feeds; keys of the account's
    `counts` are "/"-separated (counts.py), its `files` have table, path, rows and bytes."""
    counts, files = account.counts, account.files
    written = sum(file["rows"] for file in files if file["table"] == "articles")
    entries = entries_balance(counts, written)
    feeds_failed = below(counts, "feeds/failed/")
    models = [key.split("/", 2) for key in below(counts, "models/")]
    return {
        "run_id": run_id,
        "command": command,
        "started_at": _stamp(started_at),
        "finished_at": _stamp(finished_at),
        "status": "complete" if adds_up(entries) else "failed",
        "feeds": {
            "configured": configured,
            "due": account.due,
            "asked": account.due,
            "not_modified": counts.get("feeds/not_modified", 0),
            "changed": counts.get("feeds/changed", 0),
            "failed": sum(feeds_failed.values()),
            "failed_by_reason": feeds_failed,
        },
        "entries": entries,
        "pages": {
            "fetched": counts.get("pages/fetched", 0),
            "from_feed": counts.get("pages/from_feed", 0),
            "failed": entries["failed"] + sum(entries["pending_by_reason"].values()),
            "bytes": counts.get("pages/bytes", 0),
        },
        "verdicts": below(counts, "verdicts/"),
        "languages": below(counts, "languages/"),
        "labels": below(counts, "labels/"),
        "stages": {name: dict(numbers) for name, numbers in sorted(account.stages.items())},
        "courtesy": courtesy_section(counts, account.hosts),
        "models": [
            {"stage": stage, "model_id": model, "version": version}
            for stage, model, version in models
        ],
        "files": [{key: file[key] for key in ("path", "rows", "bytes")} for file in files],
    }


def courtesy_section(counts: Counts, hosts: Sequence[HostCourtesy]) -> dict[str, Any]:
    """How the web was treated. Gaps are seconds from the end of a request to the start of the
    next one to the same host; the HOSTS_LISTED shortest are listed."""
    not_modified = counts.get("feeds/not_modified", 0)
    answers = not_modified + counts.get("feeds/changed", 0)
    gaps = sorted((each.shortest_gap, each.host) for each in hosts if each.shortest_gap is not None)
    return {
        "hosts": len(hosts),
        "requests": sum(each.requests for each in hosts),
        "not_modified": not_modified,
        "not_modified_share": round(not_modified / answers, 4) if answers else None,
        "bytes_received": counts.get("feeds/bytes", 0) + counts.get("pages/bytes", 0),
        "bytes_saved": counts.get("feeds/bytes_saved", 0),
        "shortest_gap": round(gaps[0][0], 3) if gaps else None,
        "shortest_gap_per_host": {host: round(gap, 3) for gap, host in gaps[:HOSTS_LISTED]},
    }


def failed_summary(
    run_id: str, command: str, started_at: datetime, finished_at: datetime, error: str
) -> dict[str, Any]:
    """The summary of a run that broke off."""
    return {
        "run_id": run_id,
        "command": command,
        "started_at": _stamp(started_at),
        "finished_at": _stamp(finished_at),
        "status": "failed",
        "error": error,
    }


def stage_metrics(metrics: Any) -> dict[str, dict[str, float]]:
    """in, out, failed and seconds of each stage from the Beam metrics of a finished run."""
    from transforms.stages import METRICS_NAMESPACE

    stages: dict[str, dict[str, float]] = {}
    for counter in metrics.query()["counters"]:
        name = counter.key.metric
        if name.namespace != METRICS_NAMESPACE:
            continue
        stage, _, what = name.name.rpartition("/")
        numbers = stages.setdefault(stage, {"in": 0, "out": 0, "failed": 0, "seconds": 0.0})
        if what == "us":
            numbers["seconds"] = round(numbers["seconds"] + counter.result / 1e6, 3)
        else:
            numbers[what] += counter.result
    return stages


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
