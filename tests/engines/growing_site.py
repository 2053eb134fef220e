"""A news site that publishes when it is told to."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import cast

import yaml

from benchmarks.site_server import page


class GrowingSite:
    """One feed on 127.0.0.1 with `published` articles, the oldest first: what an article's place
    in the feed is does not change."""

    def __enter__(self) -> "GrowingSite":
        self.published = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.site = self  # type: ignore[attr-defined]
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def feed(self) -> str:
        items = "".join(
            f"<item><guid>{n}</guid><title>Story {n}</title><link>{self.base}/p/{n}</link></item>"
            for n in range(self.published)
        )
        return f'<rss version="2.0"><channel><title>Growing</title>{items}</channel></rss>'

    def write_configuration(self, path: Path) -> Path:
        """Asked every five seconds; without models, which are the same on every engine."""
        content = {
            "feeds": [{"url": f"{self.base}/feed", "country": "IT"}],
            "fetch": {
                "allow_private_networks": True,
                "per_host_delay": "50ms",
                "min_interval": "5s",
                "max_interval": "5s",
            },
            "enrich": {"entities": {"model": "none"}},
        }
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return path


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site = cast(GrowingSite, self.server.site)  # type: ignore[attr-defined]
        kind, _, number = self.path.strip("/").partition("/")
        text = {"feed": site.feed, "p": lambda: page(int(number))}.get(kind, lambda: "")()
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", "text/html" if kind == "p" else "application/rss+xml")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
