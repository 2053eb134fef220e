"""What the web says is printed and logged, never acted upon."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from rich.console import Console

from pipelines.cli import main
from pipelines.console import configure_logging, json_text, print_records, printable
from tests.hostile.hostile_web import ESCAPES, FORMULA, article, redirect, rss
from tests.transforms.http.loopback import Loopback, Site

NASTY = f"{FORMULA} {ESCAPES} [red]markup[/red] \r\nfake line \x85\u2028\u2066"
CONTROLS = {chr(code) for code in [*range(32), *range(127, 160), 0x202E, 0x2066, 0x2028]} - {"\n"}


@pytest.fixture
def site() -> Iterator[Site]:
    with Loopback() as web:
        yield web.site({})


def discover(url: str, *options: str, config: str) -> tuple[int, str, str]:
    arguments = ["feeds", "discover", url, "--config", config, *options]
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def config(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("config") / "config.yaml"
    path.write_text(
        "feeds: [{url: 'https://a.example/'}]\n"
        "fetch: {allow_private_networks: true, per_host_delay: 0, robots: ignore}\n"
    )
    return str(path)


def test_discovered_feeds_are_harmless_and_whole(site: Site, config: str) -> None:
    title = f"[bold]News \u202e{FORMULA.replace(chr(34), '')} \x9b31m"
    link = f'<link rel="alternate" type="application/rss+xml" href="/rss?a[]=1" title="{title}">'
    site.routes = {"/": article(head=link, content_type="text/html; charset=utf-8")}
    code, out, _ = discover(f"{site.url}/", config=config)
    assert code == 0
    assert not (CONTROLS - {"\t"}) & set(out)
    assert "/rss?a[]=1\t" in out
    assert "[bold]News" in out
    code, out, _ = discover(f"{site.url}/", "--json", config=config)
    assert not CONTROLS & set(out)
    assert json.loads(out)[0]["title"] == title


def test_errors_are_harmless(site: Site, config: str) -> None:
    site.routes = {"/": redirect("http://\x1b[2J\u202e.invalid:0/")}
    code, _, err = discover(f"{site.url}/", config=config)
    assert code == 1
    assert err.startswith("Error: ")
    assert not CONTROLS & set(err)


def test_extract_prints_json_without_controls(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("pages") / "page.html"
    path.write_bytes(article(f"Bridge {ESCAPES} opens").partition(b"\r\n\r\n")[2])
    result = CliRunner().invoke(main, ["extract", str(path)])
    assert result.exit_code == 0
    assert not CONTROLS & set(result.stdout)
    assert json.loads(result.stdout)["title"].startswith("Bridge")


def test_json_text_says_the_same_in_printable_characters() -> None:
    value = {NASTY: [NASTY, "\U000e0001 città 日本 \u200c"], "n": None}
    text = json_text(value, indent=2)
    assert not CONTROLS & set(text)
    assert "città 日本" in text
    assert json.loads(text) == value


def test_a_table_of_records_is_harmless() -> None:
    record = {
        "language": "en", "source": {"name": NASTY, "domain": None}, "title": NASTY,
        "verdict": "article", "word_count": 1, "published_at": None,
    }  # fmt: skip
    stream = io.StringIO()
    print_records(Console(file=stream, width=300, force_terminal=True, color_system=None), [record])
    assert not CONTROLS & set(stream.getvalue())
    assert "[red]markup[/red]" in stream.getvalue()


def test_log_lines_are_harmless_and_cannot_be_forged(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "filters", [])
    levels = {
        name: logging.getLogger(name).level for name in ("", "newsbeam", "pipelines", "transforms")
    }
    try:
        configure_logging(False)
        try:
            raise ValueError(NASTY)
        except ValueError:
            logging.getLogger("transforms.stages").exception("stage failed on %s", NASTY)
        logging.getLogger("lxml").error("%s", "x\n2026-01-28 12:00:00,000 ERROR newsbeam: forged")
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    text = stream.getvalue()
    assert "ValueError" in text
    assert not CONTROLS & set(text)
    starts = [line for line in text.splitlines() if not line.startswith("    ")]
    assert len(starts) == 2


def test_printable_text_keeps_its_letters() -> None:
    assert printable("Żółw 日本 [x]") == "Żółw 日本 [x]"
    assert printable("a\x1b[0m\nb\x9b\u202ec") == "a [0m b  c"


def test_formulas_stay_text(site: Site, config: str) -> None:
    """A cell that a spreadsheet would run is a string like any other (docs/security.md)."""
    site.routes = {"/": rss(title=FORMULA.replace("&", "&amp;"))}
    _, out, _ = discover(f"{site.url}/", "--json", config=config)
    assert json.loads(out)[0]["title"] == FORMULA
