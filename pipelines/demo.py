"""`newsbeam demo`: the real pipeline over the sample site on loopback."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipelines.configuration import Configuration
from pipelines.sample_site import SampleSite
from pipelines.settings import FetchSettings, Settings

FIRST_PORT = 18410
"""Fixed, so that a second demo finds the articles of the first one known."""


@contextmanager
def sample_site() -> Iterator[SampleSite]:
    """The sample site while the block runs, on the usual ports or, when they are taken, on
    any."""
    site = SampleSite(first_port=FIRST_PORT)
    try:
        site.__enter__()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        site = SampleSite()
        site.__enter__()
    try:
        yield site
    finally:
        site.close()


def demo_configuration(site: SampleSite) -> Configuration:
    """The site's feeds; loopback is allowed and needs no second between requests."""
    fetch = FetchSettings(allow_private_networks=True, per_host_delay=0.02, timeout=10.0)
    return Configuration("the sample site", Settings(fetch=fetch), site.feeds)


def records_of(output: str) -> list[dict[str, Any]]:
    """Every record of a dataset on a local disk, by language and title."""
    rows = [
        row
        for path in sorted((Path(output) / "articles").rglob("*.parquet"))
        for row in pq.ParquetFile(path).read().to_pylist()
    ]
    return sorted(rows, key=lambda row: (row["language"] or "", row["title"] or ""))


def query_to_try(articles: Path) -> str:
    """A DuckDB query over a dataset."""
    files = str(articles / "*" / "*.parquet").replace("'", "''")
    return (  # text to show, not to run
        "  SELECT s.holder.text AS holder, s.polarity, s.target.text AS target, title\n"  # noqa: S608
        f"  FROM read_parquet('{files}', hive_partitioning = true), UNNEST(stances) AS t(s)\n"
        "  ORDER BY s.confidence DESC LIMIT 20;"
    )


def show_dataset(output: str) -> None:
    """Prints the records of a dataset, its surest stances, and a query to try."""
    from pipelines.console import output_console, print_records, print_stances

    console = output_console()
    records = records_of(output)
    print_records(console, records)
    print_stances(console, records, most=10)
    where = Path(output).resolve() / "articles"
    console.print(f"The dataset lies in {where}. A query to try:", soft_wrap=True, highlight=False)
    console.print(query_to_try(where), soft_wrap=True, highlight=False, markup=False)
