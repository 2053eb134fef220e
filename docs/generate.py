"""Writes what is made from the code: config/schema.json, docs/records.md, docs/failures.md.

python docs/generate.py            writes the files
python docs/generate.py --check    exits 1 when one of them is not up to date
"""

import json
import sys
from pathlib import Path

import pyarrow as pa

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipelines.settings import json_schema  # noqa: E402
from transforms.failures import FAILURE_NOTES, RETRYABLE, SKIP_NOTES  # noqa: E402
from transforms.schemas import FAILURE_SCHEMA, FIELD_NOTES, RECORD_SCHEMA, SCHEMA_VERSION  # noqa: E402


def generated() -> dict[str, str]:
    """The content of every generated file by its path."""
    return {
        "config/schema.json": json.dumps(json_schema(), indent=2) + "\n",
        "docs/records.md": records_page(),
        "docs/failures.md": failures_page(),
    }


def records_page() -> str:
    return f"""# The record

Schema version {SCHEMA_VERSION}. Generated from `transforms/schemas.py` by `make generate`.

Timestamps are UTC microseconds. Offsets are half-open, in Unicode code points of `body`;
`body[start:end]` is exactly the stated text. Missing is null, never "". The directory of a
partition adds its key: `ingest_date`, the UTC date on which the run started.

## articles

{_table(RECORD_SCHEMA)}

## failures

{_table(FAILURE_SCHEMA)}
"""


def failures_page() -> str:
    kinds = "\n".join(
        f"| `{kind.value}` | {'yes' if kind in RETRYABLE else 'no'} "
        f"| {note.meaning} | {note.remedy} |"
        for kind, note in FAILURE_NOTES.items()
    )
    reasons = "\n".join(f"| `{reason}` | {note} |" for reason, note in SKIP_NOTES.items())
    return f"""# What can go wrong with a feed or a page

Generated from `transforms/failures.py` by `make generate`.

A failure never ends a run. An entry whose failure another try may mend is pending: later runs try
it again after a growing wait, `fetch.retry.attempts` times in all. One that failed for good is a
dead letter: a row of `failures/`, and known from then on, so that it is not asked again. A feed
is asked again after a growing wait whatever its failure was, 410 alone excepted; each time is a
row of `failures/`. See [operations.md](operations.md).

| kind | tried again | what it means | what to do |
|---|---|---|---|
{kinds}

An entry may also be skipped, which is no failure:

| reason | what it means |
|---|---|
{reasons}
"""


def _table(schema: pa.Schema) -> str:
    rows = "\n".join(
        f"| `{field.name}` | {type_name(field.type)} | {FIELD_NOTES.get(field.name, '')} |"
        for field in schema
    )
    return f"| field | type | meaning |\n|---|---|---|\n{rows}"


def type_name(data_type: pa.DataType) -> str:
    """An Arrow type in a few words, such as list<struct<name string, url string>>."""
    if pa.types.is_timestamp(data_type):
        return "timestamp"
    if pa.types.is_list(data_type):
        return f"list<{type_name(data_type.value_type)}>"
    if pa.types.is_struct(data_type):
        fields = ", ".join(f"{field.name} {type_name(field.type)}" for field in data_type)
        return f"struct<{fields}>"
    return str(data_type)


def main() -> int:
    stale = [
        name
        for name, content in generated().items()
        if not (ROOT / name).exists() or (ROOT / name).read_text(encoding="utf-8") != content
    ]
    if "--check" in sys.argv:
        print(f"not up to date: {', '.join(stale)}; run make generate" if stale else "up to date")
        return 1 if stale else 0
    for name in stale:
        (ROOT / name).write_text(generated()[name], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
