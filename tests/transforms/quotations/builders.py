"""Readings made by hand: a body, and where its people, organisations and places are named."""

import re
from typing import NamedTuple

from tests.builders import make_article
from transforms.elements import Entity, Mention, Quotation, Reading
from transforms.quotations import attribute_quotations
from transforms.sentences import sentences

Expected = tuple[str, str, str | None, str | None]  # kind, content, cue, speaker


class Case(NamedTuple):
    """Names are separated by commas; a person is named by the whole name or its last word, by
    more surfaces after slashes (Анна Петрова/Петровой)."""

    language: str
    body: str
    expected: list[Expected]
    people: str = ""
    orgs: str = ""
    places: str = ""


def entity_id(name: str, label: str) -> str:
    return f"{label.lower()}:{name.lower().replace(' ', '-')}"


def entities(body: str, case: Case) -> tuple[Entity, ...]:
    made = []
    for names, label in ((case.people, "PER"), (case.orgs, "ORG"), (case.places, "LOC")):
        for group in filter(None, (part.strip() for part in names.split(","))):
            surfaces = [part.strip() for part in group.split("/")]
            if label == "PER":
                surfaces.append(surfaces[0].split()[-1])
            forms = "|".join(re.escape(s) for s in sorted(set(surfaces), key=len, reverse=True))
            mentions = tuple(
                Mention(found.group(), found.start(), found.end(), 0.9)
                for found in re.finditer(
                    rf"(?<!\w)(?:{forms})(?!\w)" if body.isascii() else forms, body
                )
            )
            if mentions:
                name = surfaces[0]
                made.append(Entity(entity_id(name, label), name, label, mentions, 0.5))
    return tuple(made)


def reading(case: Case) -> Reading:
    article = make_article(body=case.body, language=case.language)
    ranges = tuple(sentences(case.body, case.language))
    article = type(article)(**{**vars(article), "entities": entities(case.body, case)})
    return Reading(article, ranges)


def quotations(case: Case) -> tuple[Quotation, ...]:
    found = attribute_quotations(reading(case)).article.quotations
    assert found is not None
    return found


def summary(found: tuple[Quotation, ...]) -> list[Expected]:
    return [
        (q.kind, q.text, q.cue.text if q.cue else None, q.speaker.text if q.speaker else None)
        for q in found
    ]
