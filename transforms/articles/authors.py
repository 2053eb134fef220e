"""Bylines: from what pages write to a list of names.

A byline names people, an agency ("dpa", "Associated Press") or the newsroom ("Redaktion"); all
are kept as the page states them, since they say who signs. Addresses, handles and role words
are no names.
"""

import re
from collections.abc import Iterable
from typing import Any

from transforms.articles.jsonld import JsonLd, Node, each, strings, types
from transforms.articles.tags import Tags, clean_text
from transforms.articles.titles import fold, is_site_name
from transforms.articles.words import words

MAX_AUTHORS = 50
_MAX_NAME, _MAX_BYLINE = 100, 2_000

_META_NAMES = (
    "author", "article:author", "og:article:author", "parsely-author", "sailthru.author",
    "dc.creator", "dcterms.creator", "dc.creator.name", "citation_author", "byl", "byline",
)  # fmt: skip

_LEAD_IN = re.compile(
    r"\A(?:(?:written|reported|posted|words|text|story|edited)\s+)?by(?::\s*|\s+)"
    r"|\A(?:author|autor|autorin|auteur|autore|автор|text|текст|von|par|por|di|de|da|door|av)\s*:\s*",
    re.I,
)
# "Von Jane Roe" but not "von Braun": such a word leads in only with a capital of its own.
_LEAD_IN_WORD = re.compile(
    r"\A(?:Von|VON|Par|PAR|Por|POR|Door|DOOR|Av|Przez|Від|От)\s+(?=[A-ZÀ-ÞА-Я])"
    r"|\ADi\s+(?=[A-ZÀ-Þ]\w+\s+[A-ZÀ-Þ])"  # but "Di Stefano" is a surname
)
_STRONG_SEPARATOR = re.compile(r"\s*[;|•·、，\n]\s*|\s+[–—-]\s+|\s*/\s*")
_AND = re.compile(r"\s+(?:and|und|et|en|og|och|ve|та|și|és|ja|и|&|\+)\s+", re.I)
_AND_OR_SURNAME = re.compile(r"\s+(?:y|e|i)\s+", re.I)  # "Ortega y Gasset" is one surname
_COMMA = re.compile(r"\s*,\s*(?:(?:and|und|et|y|e|en|og|och)\s+)?")
_EMAIL = re.compile(r"[(<\[]?\s?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\s?[)>\]]?")
_ADDRESS = re.compile(r"https?:|www\.|@|\.html?\b", re.I)
_SHORTHAND = re.compile(r"\s*\([^()]{0,60}\)\Z")
_NAME_SUFFIX = re.compile(r"\A(?:jr|sr|ii|iii|iv|ph\.? ?d|m\.? ?d|mba|esq)\.?\Z", re.I)
_ROLES = words(
    """staff writer writers reporter reporters editor editors correspondent contributor columnist
    author admin administrator guest journalist senior chief political foreign business sports
    world news national redakteur redakteurin autor autorin journaliste rédacteur rédactrice
    giornalista redattore redattrice redactor periodista reportero verslaggever dziennikarz
    freelance freelancer producer deputy associate assistant managing in for and of the
    гость автор редактор корреспондент журналист unknown anonymous none null undefined"""
)


def read_authors(
    article: Node | None,
    json_ld: JsonLd,
    tags: Tags,
    announced: Iterable[str],
    sites: frozenset[str],
) -> tuple[str, ...]:
    """The authors of a page: of the first source that names any; a source that names only the
    site itself counts when no other says more."""
    only_site: tuple[str, ...] = ()
    for candidates in (
        _from_json_ld(article, json_ld),
        *(_split(tags.meta.get(name, ())) for name in _META_NAMES),
        _split(tags.items.get("author", ())),
        _split(announced),
        _split(tags.bylines),
    ):
        names = _distinct(candidates)
        if names and not all(is_site_name(name, sites) for name in names):
            return names
        only_site = only_site or names
    return only_site


def _from_json_ld(article: Node | None, json_ld: JsonLd) -> list[str]:
    names: list[str] = []
    for key in ("author", "creator"):
        for value in each((article or {}).get(key)):
            names += _names_of(json_ld.resolve(value))
        if names:
            break
    return names


def _names_of(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return _split(strings(value))
    stated = strings(value.get("name"))
    if "organization" in types(value):
        return [name for text in stated if (name := _name(text))]
    return _split(stated)


def _split(bylines: Iterable[str]) -> list[str]:
    return [name for byline in bylines for name in split_byline(byline)]


def split_byline(byline: str) -> list[str]:
    """The names in a byline.

    Semicolons, bars and slashes always separate; commas do, but not in "Roe, Jane" nor before a
    suffix ("Jr."); "and" in its languages does, but neither in "Jane and John Doe" nor in
    "José Ortega y Gasset".
    """
    text = clean_text(byline[:_MAX_BYLINE])
    if not text or (_ADDRESS.search(text) and " " not in text):
        return []
    text = _without_lead_in(_EMAIL.sub(" ", text).strip())
    names: list[str] = []
    for part in _STRONG_SEPARATOR.split(text):
        for piece in _split_commas(part):
            names += _split_and(piece)
    return [name for text in names if (name := _name(text))]


def _split_commas(text: str) -> list[str]:
    pieces = [piece for piece in _COMMA.split(text) if piece]
    if len(pieces) == 2 and all(" " not in piece for piece in pieces) and pieces[1].istitle():
        return [text]
    joined: list[str] = []
    for piece in pieces:
        if joined and _NAME_SUFFIX.match(piece):
            joined[-1] += f", {piece}"
        elif not joined or piece.split()[-1].lower() not in _ROLES:  # "Jane Roe, Sports Writer"
            joined.append(piece)
    return joined


def _split_and(text: str) -> list[str]:
    pieces = _AND.split(text)
    if any(piece.istitle() and " " not in piece for piece in pieces[:-1]):
        pieces = [text]  # "Jane and John Doe" share a surname
    names: list[str] = []
    for piece in pieces:
        parts = _AND_OR_SURNAME.split(piece)
        names += parts if all(" " in part for part in parts) else [piece]
    return names


def _without_lead_in(text: str) -> str:
    return _LEAD_IN_WORD.sub("", _LEAD_IN.sub("", text))


def _name(text: str) -> str | None:
    """A name fit to print, or None for an address, a number, a role."""
    cleaned = clean_text(text)
    if not cleaned:
        return None
    name = _SHORTHAND.sub("", _without_lead_in(cleaned)).strip(' ,.;:-–—*|"“”„«»')
    words = name.lower().split()
    if not words or len(name) > _MAX_NAME or _ADDRESS.search(name):
        return None
    if not any(map(str.isalpha, name)) or all(word in _ROLES for word in words):
        return None
    return name


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(fold(name) or name, name)
        if len(seen) >= MAX_AUTHORS:
            break
    return tuple(seen.values())
