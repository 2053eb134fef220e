import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.console import harmless
from pipelines.version import __version__

PAGE = """<!doctype html><html lang="en"><head><title>Council opens new bridge | The Ford</title>
<link rel="alternate" type="application/rss+xml" title="All news" href="/rss.xml">
<meta property="article:published_time" content="2026-01-20T08:00:00Z"></head><body><article>
<h1>Council opens new bridge</h1>
<p>The council of Ford opened its new bridge on Tuesday after four years of work and two of
delay, and several thousand people walked across it in the rain before the first bus did.</p>
<p>“We promised a bridge and here it is,” said the mayor, Orla Fenn, who thanked the builders and
asked drivers to be patient while the old crossing is taken down over the coming months.</p>
<p>Shopkeepers on the northern bank welcomed the opening. They had complained for years that the
detour through the valley kept their customers away, above all at the weekend.</p>
</article></body></html>"""


def invoke(*args: str, stdin: bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(args), input=stdin)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "config.yaml"
    path.write_text(
        "feeds:\n  - {url: 'https://a.example/rss', name: 'A [red]x', country: IT, language: it}\n"
        "  - {url: 'https://b.example/atom', tags: [world]}\n",
        encoding="utf-8",
    )
    return str(path)


@pytest.fixture
def page_server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {"/": PAGE.encode()}
            body = known.get(self.path, b"")
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_help_lists_the_commands_without_importing_beam() -> None:
    code = (
        "import sys; from pipelines.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('apache_beam', 'pydantic', 'trafilatura') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for command in ("run", "stream", "demo", "check", "extract", "feeds"):
        assert f"  {command} " in run.stdout
    assert run.stdout.rstrip().endswith("[]")


def test_version() -> None:
    assert invoke("--version")[1] == f"newsbeam, version {__version__}\n"


def test_check_says_what_would_be_fetched(config: str) -> None:
    code, out, _ = invoke("check", "--config", config)
    assert code == 0
    assert "2 feeds on 2 hosts" in out
    assert "https://a.example/rss" in out
    assert "A [red]x" in out


def test_check_as_json(config: str, tmp_path: Path) -> None:
    code, out, _ = invoke("check", "--config", config, "--json", "--output", str(tmp_path))
    description = json.loads(out)
    assert code == 0
    assert description["countries"] == {"IT": 1, "not stated": 1}
    assert description["feeds"][1] == {
        "url": "https://b.example/atom",
        "name": None,
        "language": None,
        "country": None,
        "tags": ["world"],
        "full_content": False,
        "due": True,
    }
    assert description["settings"]["fetch"]["timeout"] == 20.0


@pytest.mark.parametrize("command", ["check", "run"])
def test_errors_of_configuration_exit_2_and_name_file_line_and_key(
    command: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("feeds:\n  - {url: 'https://a.example'}\nfetch:\n  timeot: 3s\n")
    args = ["--output", str(tmp_path / "out")] if command == "run" else []
    code, _, err = invoke(command, "--config", str(path), *args)
    assert code == 2
    assert f"{path}:4: fetch.timeot: found an unknown key; allowed: user_agent" in err
    assert not (tmp_path / "out").exists()


def test_an_unknown_option_of_run_exits_2(config: str, tmp_path: Path) -> None:
    code, _, err = invoke("run", "-c", config, "-o", str(tmp_path / "out"), "--direct_workers=2")
    assert code == 2
    assert "--direct_workers" in err
    assert not (tmp_path / "out").exists()


def test_extract_prints_one_line_a_page_in_order(tmp_path: Path) -> None:
    good, empty = tmp_path / "good.html", tmp_path / "empty.html"
    good.write_text(PAGE, encoding="utf-8")
    empty.write_bytes(b"")
    url = "https://ford.example/2026/bridge"
    code, out, _ = invoke("extract", str(good), str(empty), "--url", url)
    first, second = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert first["file"] == str(good)
    assert first["title"] == "Council opens new bridge"
    assert first["body"].startswith("The council of Ford opened its new bridge")
    assert first["published_at"] == "2026-01-20T08:00:00+00:00"
    assert (first["verdict"], first["language"]) == ("article", "en")
    assert second["file"] == str(empty)
    assert second["verdict"] == "empty"
    assert second["body"] is None


def test_extract_of_a_missing_file_exits_2(tmp_path: Path) -> None:
    code, _, err = invoke("extract", str(tmp_path / "none.html"))
    assert code == 2
    assert "none.html: No such file" in err


def test_feeds_travel_through_opml(config: str, tmp_path: Path) -> None:
    opml = tmp_path / "list.opml"
    assert invoke("feeds", "export", "--config", config, str(opml))[0] == 0
    code, out, err = invoke("feeds", "import", str(opml))
    assert code == 0
    assert "2 feeds" in err
    back = tmp_path / "back.yaml"
    back.write_text(out, encoding="utf-8")
    described = json.loads(invoke("check", "--config", str(back), "--json")[1])
    urls = [feed["url"] for feed in described["feeds"]]
    assert urls == ["https://a.example/rss", "https://b.example/atom"]


def test_import_of_what_is_no_opml_exits_2() -> None:
    code, _, err = invoke("feeds", "import", "-", stdin=b"<html></html>")
    assert code == 2
    assert "OPML" in err


def test_discover_finds_what_a_page_announces(page_server: str, tmp_path: Path) -> None:
    config = tmp_path / "local.yaml"
    config.write_text(
        "feeds: [{url: 'http://a.example'}]\n"
        "fetch: {allow_private_networks: true, per_host_delay: 0s}\n"
    )
    code, out, _ = invoke("feeds", "discover", page_server, "--config", str(config), "--json")
    assert code == 0
    (feed,) = json.loads(out)
    assert feed["url"] == f"{page_server}rss.xml"
    assert feed["title"] == "All news"


def test_discover_refuses_private_addresses(page_server: str) -> None:
    code, _, err = invoke("feeds", "discover", page_server)
    assert code == 1
    assert "127.0.0.1" in err


def test_what_the_web_says_cannot_act_on_the_terminal() -> None:
    assert harmless("\x1b]0;x\x07 [bold]hi\u202e\n") == " ]0;x  \\[bold]hi  "


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--window=soon", "found 'soon'; allowed: a duration of at least 1s"),
        ("--window=10ms", "at least 1s"),
        ("--metrics-port=http", "PORT or HOST:PORT"),
        ("--no-such-option", "unknown option '--no-such-option'"),
    ],
)
def test_a_stream_refuses_what_cannot_be(
    option: str, message: str, config: str, tmp_path: Path
) -> None:
    status, _, errors = invoke("stream", "-c", config, "-o", str(tmp_path / "data"), option, "-q")
    assert status == 2
    assert message in errors
    assert not (tmp_path / "data").exists()
