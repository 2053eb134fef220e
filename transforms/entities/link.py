"""From the names that a model found to the entities of an article.

A group of names gets its id from the first that knows it: the user's gazetteer, the shipped
catalogue, or else the key of its best name. Groups of one id are one entity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from transforms.elements import Entity, Mention, NamedSpan, Reading
from transforms.entities.best import best_form
from transforms.entities.catalogue import Catalogue, Known, choose
from transforms.entities.forms import PERSON, Form, forms, usable, vote
from transforms.entities.gazetteer import Gazetteer
from transforms.entities.inflection import lemma
from transforms.entities.keys import entity_key_id
from transforms.entities.organisations import group_others
from transforms.entities.people import group_people
from transforms.entities.salience import Headline, salience


class Text(NamedTuple):
    """What names stand in: body, title, and the language without region, None if unknown."""

    body: str
    title: str | None = None
    language: str | None = None


@dataclass
class _Named:
    """A group of names on its way to be an entity."""

    forms: list[Form]
    spans: list[NamedSpan]
    label: str
    found: tuple[Known, ...] = ()
    known: Known | None = None
    owned: Known | None = None


def link(reading: Reading, gazetteer: Gazetteer, catalogue: Catalogue) -> tuple[Entity, ...]:
    """The entities of a reading, in order of their first mention."""
    article = reading.article
    text = Text(article.body or "", article.title, base_language(article.language))
    return link_names(reading.names, text, gazetteer, catalogue)


def base_language(tag: str | None) -> str | None:
    """The primary subtag of a language; None for none and "und"."""
    language = (tag or "und").partition("-")[0].casefold()
    return None if language == "und" else language


def link_names(
    names: Sequence[NamedSpan], text: Text, gazetteer: Gazetteer, catalogue: Catalogue
) -> tuple[Entity, ...]:
    """The entities that names of a text mean, in order of their first mention."""
    body, language = text.body, text.language
    found = forms(usable(names, body), language)
    groups = _groups(found, body, language, catalogue)
    for group in groups:
        _look_up(group, language, gazetteer, catalogue)
    countries = frozenset(
        group.found[0].country
        for group in groups
        if len(group.found) == 1 and group.found[0].country
    )
    merged: dict[str, list[_Named]] = {}
    for group in groups:
        group.known = choose(group.found, countries)
        merged.setdefault(_entity_id(group, language), []).append(group)
    most = max((sum(len(g.spans) for g in same) for same in merged.values()), default=0)
    headline = Headline(text.title)
    entities = [
        _entity(entity_id, same, language, most, len(body), headline)
        for entity_id, same in merged.items()
    ]
    return tuple(sorted(entities, key=_by_first_mention))


def _groups(
    found: list[Form], body: str, language: str | None, catalogue: Catalogue
) -> list[_Named]:
    people = group_people((form for form in found if form.label == PERSON), language)
    others = group_others(
        [form for form in found if form.label != PERSON], body, language, catalogue
    )
    groups = [_Named(p.forms, sorted(p.spans, key=_start), PERSON) for p in people if p.spans]
    for group in others:
        spans = sorted((s for form in group.forms for s in form.spans), key=_start)
        groups.append(_Named(group.forms, spans, vote(spans)))
    return groups


def _start(span: Mention) -> int:
    return span.start


def _by_first_mention(entity: Entity) -> tuple[int, str]:
    return entity.mentions[0].start, entity.entity_id


def _look_up(
    group: _Named, language: str | None, gazetteer: Gazetteer, catalogue: Catalogue
) -> None:
    """Asks gazetteer and catalogue for the names of a group, the longest first."""
    for form in sorted(group.forms, key=_by_length):
        text = " ".join(form.words)
        if gazetteer and group.owned is None:
            group.owned = gazetteer.find(text, group.label, language)
        if group.label != PERSON and len(group.found) != 1:
            group.found = catalogue.find(text, group.label, language) or group.found


def _by_length(form: Form) -> tuple[int, int, int]:
    return -len(form.words), -len(form.text), form.first


def _entity_id(group: _Named, language: str | None) -> str:
    if group.owned is not None:
        return group.owned.entity_id
    if group.known is not None:
        return group.known.entity_id
    words = best_form(group.forms, language).words
    if group.label == PERSON:
        words = lemma(words, language)
    return entity_key_id(" ".join(words), group.label, language)


def _entity(
    entity_id: str,
    same: list[_Named],
    language: str | None,
    most: int,
    length: int,
    headline: Headline,
) -> Entity:
    spans = sorted((span for group in same for span in group.spans), key=_start)
    found = [form for group in same for form in group.forms]
    owned = next((group.owned for group in same if group.owned), None)
    known = next((group.known for group in same if group.known), None)
    texts = [text for form in found for text in (" ".join(form.words), form.words[-1])]
    names = texts if same[0].label == PERSON else texts[::2]
    return Entity(
        entity_id=entity_id,
        name=best_form(found, language).name,
        label=next(iter(owned.labels)) if owned else vote(spans),
        mentions=tuple(Mention(s.text, s.start, s.end, s.score) for s in spans),
        salience=salience(len(spans), most, spans[0].start, length, headline.has(names)),
        wikidata_id=(known and known.wikidata_id) or (owned and owned.wikidata_id),
        country=known and known.country,
    )
