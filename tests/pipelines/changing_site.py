"""A small news site that changes from step to step, for tests that run over it again and again.

with ChangingSite() as site:
    for step in range(STEPS):
        site.advance(step)
        ...
"""

import html
import json
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

from tests.news_site import NewsSite
from transforms.elements import Feed

STEPS = 6
ATTEMPTS = 3
"""Of a page before it is a dead letter; a step is one of them."""

FAILING_FEED_STEP = 2
START = datetime(2025, 5, 1, tzinfo=timezone.utc)
TOWNS = ("Melvane", "Quorrin", "Tesselby", "Harnwick", "Ostrelle", "Valmora", "Dunmarrow")
LANGUAGES = {"courier": "en", "lanterna": "it", "meridian": "fr"}
FULL = "grenzland"
"""The publisher whose feed carries the articles."""

PARAGRAPHS = {
    "en": (
        "The council of {town} voted on Tuesday evening to spend {n} thousand crowns on the old "
        "harbour bridge, which has been closed to lorries since the spring floods of last year.",
        "Residents had asked for the repair in a petition with {n} signatures. The mayor said the "
        "work would start in the autumn and would take eleven months at the most.",
        "Shopkeepers in the lower town remain sceptical, since an earlier plan was given up when "
        "the price of steel rose, but most of them welcomed the decision of the council.",
    ),
    "it": (
        "Il consiglio comunale di {town} ha approvato martedì sera una spesa di {n} mila corone "
        "per il vecchio ponte del porto, chiuso ai camion dopo le piene della scorsa primavera.",
        "Gli abitanti avevano chiesto i lavori con una petizione firmata da {n} persone. Secondo "
        "la sindaca il cantiere aprirà in autunno e durerà al massimo undici mesi.",
        "I commercianti della città bassa restano prudenti, perché un progetto precedente era "
        "stato abbandonato quando il prezzo dell'acciaio era salito, ma la decisione piace.",
    ),
    "fr": (
        "Le conseil municipal de {town} a voté mardi soir une dépense de {n} mille couronnes pour "
        "le vieux pont du port, fermé aux camions depuis les crues du printemps dernier.",
        "Les habitants avaient demandé ces travaux dans une pétition qui a réuni {n} signatures. "
        "La maire a annoncé que le chantier commencerait en automne et durerait onze mois.",
        "Les commerçants de la ville basse restent prudents, car un premier projet avait été "
        "abandonné à cause du prix de l'acier, mais la plupart saluent cette décision.",
    ),
}


class ChangingSite(NewsSite):
    """Four feeds that grow with every step. At each step there are new pages, one page in two
    feeds, one behind a redirect, one that is missing and one that works only at the next step;
    at some steps a feed fails, moves or stays as it is. One page never works, and the first step
    has entries of every kind that leads to no page."""

    def __enter__(self) -> "ChangingSite":
        super().__enter__()
        self.resources.clear()
        self.feeds = tuple(
            Feed(f"{self.bases[name]}/feed", name, full_content=name == FULL)
            for name in (*LANGUAGES, FULL)
        )
        self._items: dict[str, list[str]] = {name: [] for name in (*LANGUAGES, FULL)}
        self._number = 0
        self._mended_next: list[tuple[str, str]] = []
        self.publish("courier", "/robots.txt", "User-agent: *\nDisallow: /closed/\n")
        return self

    def advance(self, step: int) -> None:
        """Changes the site from the step before to `step`; the first step is 0."""
        for publisher, path in self._mended_next:
            self.alter(publisher, path, status=200)
        for publisher in LANGUAGES:
            for _ in range(2):
                self._announce(publisher, self._page(publisher))
        if step != FAILING_FEED_STEP:  # both feeds must announce it at the same step
            shared = self._page("lanterna")
            self._announce("lanterna", shared)
            self._announce("meridian", shared)
        self._announce("courier", self._redirect("courier", self._page("courier")))
        self._announce("courier", f"{self.bases['courier']}/missing/{step}")
        late = self._page("meridian", status=503)
        self._announce("meridian", late)
        self._mended_next = [("meridian", late.removeprefix(self.bases["meridian"]))]
        self._announce(FULL, f"{self.bases[FULL]}/full/{step}", self._text("en"))
        if step == 0:
            self._announce_odd_entries()
        self._serve_feeds(step)

    def _announce_odd_entries(self) -> None:
        self._announce("courier", self._page("courier", status=503))  # it never works
        self._announce("courier", f"{self.bases['courier']}/closed/1")
        self._announce("courier", None)
        self._announce("lanterna", "mailto:desk@lanterna.example")
        self._announce("lanterna", "http://[bad/address")
        self.publish("lanterna", "/table.pdf", b"%PDF-1.4", content_type="application/pdf")
        self._announce("lanterna", f"{self.bases['lanterna']}/table.pdf")

    def _serve_feeds(self, step: int) -> None:
        for publisher, items in self._items.items():
            if (publisher, step) == ("courier", 3):
                continue  # as it was; what is new is announced one step later
            self.publish(
                publisher,
                "/feed",
                _rss(publisher, items),
                content_type="application/rss+xml",
                last_modified=f"Thu, 01 May 2025 {step:02d}:00:00 GMT",
                status=503 if (publisher, step) == ("meridian", FAILING_FEED_STEP) else 200,
            )
        if step >= 4:
            self.resources["lanterna", "/moved"] = self.resources["lanterna", "/feed"]
            self._moved("lanterna", "/feed", f"{self.bases['lanterna']}/moved")

    def _page(self, publisher: str, status: int = 200) -> str:
        language = LANGUAGES[publisher]
        text = self._text(language)
        title = f"{TOWNS[self._number % len(TOWNS)]} {self._number}"
        page = (
            f'<!DOCTYPE html><html lang="{language}"><head><title>{title}</title></head>'
            f"<body><article><h1>{title}</h1>{text}</article></body></html>"
        )
        return self.publish(publisher, f"/story/{self._number}", page, status=status)

    def _text(self, language: str) -> str:
        self._number += 1
        town = TOWNS[self._number % len(TOWNS)]
        paragraphs = (
            paragraph.format(town=town, n=self._number + 100) for paragraph in PARAGRAPHS[language]
        )
        return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)

    def _redirect(self, publisher: str, target: str) -> str:
        self._number += 1
        return self._moved(publisher, f"/go/{self._number}", target)

    def _moved(self, publisher: str, path: str, target: str) -> str:
        return self.publish(publisher, path, "", status=301, headers=(("Location", target),))

    def _announce(self, publisher: str, link: str | None, content: str = "") -> None:
        number = sum(map(len, self._items.values()))
        moment = format_datetime(START + timedelta(minutes=number))
        self._items[publisher].insert(
            0,
            f'<item><guid isPermaLink="false">g{number}</guid><title>Entry {number}</title>'
            + (f"<link>{html.escape(link)}</link>" if link else "")
            + f"<pubDate>{moment}</pubDate>"
            + (f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else "")
            + "</item>",
        )


def _rss(publisher: str, items: list[str]) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{publisher}</title>{''.join(items)}</channel></rss>"
    )


def write_configuration(site: ChangingSite, path: Path, rows_per_file: int = 1000) -> Path:
    """The site's feeds, with a Parquet file per language, as YAML 1.2 (which contains JSON)."""
    feeds = [
        {key: value for key, value in asdict(feed).items() if value not in (None, ())}
        for feed in site.feeds
    ]
    content = {
        "feeds": feeds,
        "fetch": {
            "allow_private_networks": True,
            "per_host_delay": "0s",
            "min_interval": "10m",
            "max_interval": "30m",
            "retry": {"attempts": ATTEMPTS, "backoff": "10m"},
        },
        # hundreds of processes are killed: none has to load a model for that
        "enrich": {"entities": {"model": "none"}},
        "output": {"partition_by": ["ingest_date", "lang"], "rows_per_file": rows_per_file},
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
