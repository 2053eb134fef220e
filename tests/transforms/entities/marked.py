"""Texts with marked names, for the tests of entities: `[PER:a Ada Lindt] spoke.`"""

import re

from tests.builders import make_article
from transforms.elements import Entity, NamedSpan, Reading
from transforms.entities.catalogue import shipped
from transforms.entities.gazetteer import Gazetteer
from transforms.entities.link import link

_MARK = re.compile(r"\[([A-Z]+)(?::(\w+))? ([^\]]+)\]")


def parse(text: str, score: float = 0.9) -> tuple[str, tuple[NamedSpan, ...], list[str | None]]:
    """The body, its names, and the key of each name."""
    body, position, names, keys = "", 0, [], []
    for match in _MARK.finditer(text):
        body += text[position : match.start()]
        name = match[3]
        names.append(NamedSpan(name, len(body), len(body) + len(name), score, match[1]))
        keys.append(match[2])
        body += name
        position = match.end()
    return body + text[position:], tuple(names), keys


def reading(text: str, language: str | None = "en", title: str | None = None) -> Reading:
    """A reading of a marked text."""
    body, names, _ = parse(text)
    return Reading(make_article(body=body, language=language, title=title), names=names)


def entities(
    text: str,
    language: str | None = "en",
    title: str | None = None,
    gazetteer: Gazetteer | None = None,
) -> tuple[Entity, ...]:
    """The entities of a marked text."""
    return link(reading(text, language, title), gazetteer or Gazetteer(), shipped())


def ids(text: str, language: str | None = "en", gazetteer: Gazetteer | None = None) -> list[str]:
    """The ids of the entities of a marked text."""
    return [entity.entity_id for entity in entities(text, language, gazetteer=gazetteer)]
