"""A big news site on loopback for benchmarks: pages are made of the sample site's sentences.

    python -m benchmarks.site_server HOSTS PAGES      prints its port, serves until it is ended

Host number i is 127.0.0.(i + 2); each has one feed at /feed and its share of the pages at /p/N.
Pages weigh about 60 kB, most of it navigation and scripts, as news pages do.
"""

import asyncio
import html
import random
import re
import sys
from functools import lru_cache
from importlib import resources

from aiohttp import web

SENTENCE = re.compile(r"(?<=[.!?»”])\s+(?=[A-ZÀ-Ý«“])")


@lru_cache(maxsize=1)
def sentences() -> list[list[str]]:
    """The sentences of the sample site's articles, one list per article in Latin script."""
    found = []
    content = resources.files("pipelines.sample_site") / "content"
    for folder in ("courier", "lanterna", "meridian", "grenzland"):
        for page in sorted((content / folder).iterdir(), key=lambda path: path.name):
            text = " ".join(re.findall(r"<p>(.*?)</p>", page.read_text(encoding="utf-8")))
            parts = [part for part in SENTENCE.split(re.sub(r"<[^>]+>", "", text)) if part]
            if len(parts) >= 8:
                found.append(parts)
    return found


def host(number: int) -> str:
    return f"127.0.0.{number + 2}"


def page(number: int) -> str:
    """The HTML of article `number`: deterministic, and different from every other one."""
    chooser = random.Random(number)  # noqa: S311 (made-up text, no secret)
    pool = sentences()[number % len(sentences())]
    title = html.escape(f"{pool[0][:60]} ({number})")
    paragraphs = "".join(
        f"<p>{' '.join(chooser.sample(pool, 4))} ({number}.{index})</p>" for index in range(7)
    )
    links = "".join(
        f'<li><a href="/p/{chooser.randrange(10**6)}">{chooser.choice(pool)[:50]}</a></li>'
        for _ in range(150)
    )
    script = "var t=[" + ",".join(str(chooser.random()) for _ in range(1500)) + "];"
    return (
        f'<!doctype html><html lang="und"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:title" content="{title}"><script>{script}</script></head><body>'
        f"<nav><ul>{links}</ul></nav><main><article><h1>{title}</h1>{paragraphs}</article></main>"
        f"<aside><ul>{links[: len(links) // 3]}</ul></aside><footer>about us</footer></body></html>"
    )


def feed(first: int, last: int, base: str) -> str:
    items = "".join(
        f"<item><title>Article {n}</title><link>{base}/p/{n}</link><guid>{n}</guid></item>"
        for n in range(first, last)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Big</title>'
        f"<link>{base}/</link>{items}</channel></rss>"
    )


async def serve(hosts: int, pages: int) -> None:
    share = -(-pages // hosts)

    async def answer_feed(request: web.Request) -> web.Response:
        number = int(request.host.split(":")[0].rsplit(".", 1)[1]) - 2
        first = number * share
        text = feed(first, min(first + share, pages), f"http://{request.host}")
        return web.Response(text=text, content_type="application/rss+xml")

    async def answer_page(request: web.Request) -> web.Response:
        return web.Response(text=page(int(request.match_info["n"])), content_type="text/html")

    app = web.Application()
    app.router.add_get("/feed", answer_feed)
    app.router.add_get("/p/{n}", answer_page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "0.0.0.0", 0)  # noqa: S104 (all of 127/8; a benchmark)
    await site.start()
    server = runner.addresses[0]
    print(server[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
