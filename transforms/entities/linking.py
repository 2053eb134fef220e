"""The stage that makes entities of names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, partial
from hashlib import sha256
from typing import Any

import apache_beam as beam

from transforms.elements import ModelUse, Reading
from transforms.entities.catalogue import shipped
from transforms.entities.gazetteer import Gazetteer, GazetteerRow, load
from transforms.entities.link import link
from transforms.entities.spellings import resources
from transforms.stages import run_stage


def link_entities(reading: Reading, gazetteer: Gazetteer) -> Iterator[Reading]:
    """The reading with `article.entities`: one for each person, organisation and place."""
    article = reading.article
    entities = link(reading, gazetteer, shipped())
    models = (*article.models, ModelUse("linking", "newsbeam-names", names_version()))
    yield replace(reading, article=replace(article, entities=entities, models=models))


@cache
def names_version() -> str:
    """What tells one state of the shipped names from another: twelve hex digits of their hash."""
    digest = sha256()
    for content in resources():
        digest.update(content)
    return digest.hexdigest()[:12]


def _load(rows: tuple[GazetteerRow, ...]) -> Callable[[Reading], Iterator[Reading]]:
    shipped()
    return partial(link_entities, gazetteer=Gazetteer(rows))


@dataclass
class LinkEntities(beam.PTransform):
    """Reading -> Reading with `article.entities`.

    `gazetteers` are paths of CSV files (docs/entities.md), read when the pipeline is built, so
    that workers need no access to them. Raises GazetteerError for one that cannot be used.
    """

    gazetteers: tuple[str, ...] = ()
    _rows: tuple[GazetteerRow, ...] = field(init=False, repr=False, default=())

    def __post_init__(self) -> None:
        super().__init__()
        self._rows = load(self.gazetteers).rows

    def expand(self, readings: beam.PCollection[Reading]) -> Any:
        return run_stage(readings, "LinkEntities", partial(_load, self._rows), Reading)
