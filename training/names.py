"""The shipped names of territories and organisations: transforms/resources/names/*.tsv.

    python -m training.names OUT

Sources: rigour (MIT) for the territories and their Wikidata ids, CLDR (Unicode licence, through
Babel) for their names and those of the cities that time zones are named after, and our own lists
in training/data/linking. Each row: id (Wikidata), key (for entities without Wikidata id), labels,
kind, ISO 3166-1 country, English name, all names as `name=languages`, joined by "|".
Needs training/requirements.txt; run it again for a new CLDR and review the diff.
"""

import argparse
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale
from rigour.territories import get_territories

from transforms.entities.keys import name_key
from transforms.entities.words import word_set

LISTS = Path(__file__).parent / "data" / "linking"

_LANGUAGES = """
    en de fr es it pt nl sv da nb nn fi et lv lt pl cs sk sl hr bs sr mk bg ro hu el tr ru uk be ka
    hy az kk uz ar he fa ur hi bn ta th vi id ms zh ja ko ca gl eu ga is sq mt sw af cy
    """
# Locales of CLDR -> language of articles. Both scripts of Serbian and Chinese are one language.
LOCALES = {
    **{code: code for code in sorted(word_set(_LANGUAGES))},
    "sr_Latn": "sr",
    "zh_Hant": "zh",
}
CONTINENTS = {"150": "Q46", "142": "Q48", "002": "Q15", "003": "Q49", "005": "Q18"}
# Subdivisions that are left out: their names are better left to cities, their ids are disputed,
# or the name means more than the subdivision.
_NO_SUBDIVISION = re.compile(
    r"ae-|us-dc|br-df|x-|su|cs|yu|pk-|iq-|de-hb|ua-(?:cri|dpr|lpr)"
    r"|ch-(?:be|ge|zh|lu|fr|sg|so|sh|zg|gl|bs|bl|ne|ur|ju|sz)"
)
_AMBIGUOUS = frozenset(
    ["Victoria", "Punjab", "Amazonas", "Acre", "Santa Catarina", "Washington", "New York",
     "New York City", "Nueva York", "Нью-Йорк", "São Paulo", "Sao Paulo", "Rio de Janeiro",
     "New Yorker", "Uashington", "Уошингтон"]
)  # fmt: skip
# Names of subdivisions that are abbreviations, inhabitants or carry the country with them.
_NO_NAME = re.compile(r"[,(./]|^.{1,3}$|^[A-Z]{2,4}$|^\S+(?:er|ino|ense|an|ano|eiro|ish|man)$")
# Where the bare name is the capital's, only the full name is the subdivision's.
_FULL_NAME = re.compile(
    r"(?:[Оо]бласт|[Кк]ра[йю]|[Оо]круг|[Рр]еспублика|Oblast|Krai|Okrug|Republic)"
)
_ALTERNATIVES_IN_BRACKETS = frozenset(["MM", "FK"])
# rigour has the Kingdom, with its islands.
_OTHER_IDS = {"nl": "Q55", "dk": "Q35"}
# Reserved codes that are none of ISO 3166-1's countries -> the country.
_ISO_COUNTRY = {"ic": "ES", "ac": "SH", "ta": "SH", "cp": "FR", "dg": "IO", "cq": "GG"}
_NOT_LINKED = frozenset(["ip", "zz"])
# A city with names in fewer languages than this is written as in English in all others.
FEW_LANGUAGES = 25


class Row(NamedTuple):
    """One entity with its names: name -> languages, "*" for any."""

    qid: str
    labels: str
    kind: str
    country: str
    english: str
    names: dict[str, set[str]]


def _add(names: dict[str, set[str]], language: str, name: str) -> None:
    name = " ".join(name.replace("|", " ").replace("=", " ").replace("\u200f", "").split())
    if name:
        names.setdefault(name, set()).add(language)


def _alternatives(code: str, name: str) -> Iterator[str]:
    """The names in a CLDR name: "Myanmar (Burma)" is two, "RAE de Macao (China)" one."""
    outer, bracket, inner = name.partition(" (")
    yield outer
    if bracket and code in _ALTERNATIVES_IN_BRACKETS:
        yield inner.rstrip(")")
    if " & " in outer:
        yield outer.replace(" & ", " and ")


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for item in filter(None, text.split(";")):
        language, _, name = item.partition("=")
        yield language, name


def _list(name: str) -> list[list[str]]:
    lines = (LISTS / name).read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


class Cldr:
    """Names of territories and of the cities of time zones, by locale."""

    def __init__(self) -> None:
        self._locales = {code: Locale.parse(code) for code in LOCALES}

    def territory(self, code: str) -> Iterator[tuple[str, str]]:
        """(language, name) of an ISO 3166-1 or UN M.49 code."""
        for locale, data in self._locales.items():
            name = data.territories.get(code)
            for alternative in _alternatives(code, name) if name and name != code else ():
                yield LOCALES[locale], alternative

    def city(self, zone: str) -> Iterator[tuple[str, str]]:
        """(language, name) of the city that a time zone is named after; locales that spell it
        as English does are not in CLDR."""
        for locale, data in self._locales.items():
            details: Any = data.time_zones.get(zone)
            name = details.get("city") if details is not None else None
            if name:
                yield LOCALES[locale], name


def territories(cldr: Cldr) -> Iterator[Row]:
    """Countries, continents and subdivisions."""
    aliases: dict[str, list[tuple[str, str]]] = {}
    for code, language, name in _list("aliases.tsv"):
        aliases.setdefault(code.casefold(), []).append((language, name))
    for code, qid in CONTINENTS.items():
        yield _territory(qid, "continent", "", dict.fromkeys(cldr.territory(code)))
    for territory in get_territories():
        code = territory.code
        if territory.is_historical or code in _NOT_LINKED or _NO_SUBDIVISION.match(code):
            continue
        if len(code) == 2 and code not in ("eu", "un"):
            found = dict.fromkeys(cldr.territory(code.upper()))
            found |= dict.fromkeys(_country_names(territory))
            country = _ISO_COUNTRY.get(code, code.upper())
        elif "-" in code:
            found = dict.fromkeys(_subdivision_names(territory))
            country = code[:2].upper()
        else:
            continue
        found |= dict.fromkeys(aliases.pop(code, ()))
        kind = "region" if "-" in code else "country"
        yield _territory(_OTHER_IDS.get(code, territory.qid), kind, country, found)._replace(
            english=territory.full_name if "(" in territory.name else territory.name
        )
    for code, found in aliases.items():
        if code == "gb-eng":
            yield _territory("Q21", "region", "GB", dict.fromkeys(found))
        else:
            raise SystemExit(f"aliases.tsv: no territory {code}")


def _territory(qid: str, kind: str, country: str, found: dict[tuple[str, str], None]) -> Row:
    names: dict[str, set[str]] = {}
    for language, name in found:
        _add(names, language, name)
    english = next((n for n, languages in names.items() if languages & {"en", "*"}), "")
    return Row(qid, "LOC", kind, country, english, names)


def _country_names(territory: Any) -> Iterator[tuple[str, str]]:
    """The names of rigour that are surely of the country: its own ones. The others hold
    inhabitants and adjectives."""
    yield "en", territory.name.removesuffix(" SAR")
    yield "en", territory.full_name.partition(" (")[0]


def _subdivision_names(territory: Any) -> Iterator[tuple[str, str]]:
    own = territory.name.partition(" (")[0]
    if own not in _AMBIGUOUS:
        yield "en", own
    if territory.code.startswith("gb-"):
        return
    full = territory.code[:3] in ("ru-", "ua-") and territory.code not in ("ua-30", "ru-mow")
    for name in (*_names(territory.code, "names_strong"), *_names(territory.code, "names_weak")):
        if (
            name[:1].isupper()
            and not name.isupper()
            and name not in _AMBIGUOUS
            and not _NO_NAME.search(name)
            and (not full or _FULL_NAME.search(name))
        ):
            yield "*", name


def _names(code: str, field: str) -> list[str]:
    return _raw().get(code, {}).get(field, [])


_RAW: dict[str, Any] = {}


def _raw() -> dict[str, Any]:
    """rigour keeps the names to itself; its data file has them."""
    if not _RAW:
        from rigour._core import territories_jsonl
        from rigour.data import iter_jsonl_text

        _RAW.update({row["code"]: row for row in iter_jsonl_text(territories_jsonl())})
    return _RAW


def cities(cldr: Cldr) -> Iterator[Row]:
    """Capitals and world cities of our list."""
    for qid, country, zone, english, more in _list("cities.tsv"):
        names: dict[str, set[str]] = {}
        _add(names, "en", english)
        found = list(cldr.city(zone)) if zone != "-" else []
        named = {language for language, _ in (*found, *_pairs(more))}
        for language, name in (*found, *_pairs(more)):
            _add(names, language, name)
        if len(named) < FEW_LANGUAGES:
            _add(names, "*", english)
        for language in set(LOCALES.values()) - named if len(named) >= FEW_LANGUAGES else ():
            _add(names, language, english)
        yield Row(qid, "LOC", "city", country, english, names)


def organisations(cldr: Cldr) -> Iterator[Row]:
    """World organisations of our list; CLDR adds names of the United Nations and the Union."""
    more = {"Q1065": "UN", "Q458": "EU"}
    for qid, labels, english, listed in _list("organisations.tsv"):
        names: dict[str, set[str]] = {}
        _add(names, "*", english)
        for language, name in (*_pairs(listed), *cldr.territory(more.get(qid, ""))):
            _add(names, language, name)
        yield Row("" if qid == "-" else qid, labels, "organisation", "", english, names)


def merged(rows: Iterator[Row]) -> list[Row]:
    """One row an id: a city that is a territory too keeps the territory's row with all names."""
    found: dict[str, Row] = {}
    for row in rows:
        known = found.setdefault(row.qid or row.english, row)
        if known is not row:
            for name, languages in row.names.items():
                known.names.setdefault(name, set()).update(languages)
    return list(found.values())


def write(rows: list[Row], path: Path) -> None:
    """Writes rows, sorted, one a line."""
    lines = []
    rows = [row for row in rows if row.names]
    for row in rows:
        names = "|".join(
            f"{name}={','.join(sorted(languages))}" if languages != {"*"} else name
            for name, languages in sorted(row.names.items())
        )
        key = name_key(row.english, row.labels[:3])
        lines.append(
            "\t".join([row.qid, key, row.labels, row.kind, row.country, row.english, names])
        )
    lines.sort()
    header = "# id\tkey\tlabels\tkind\tcountry\tenglish\tnames; made by training/names.py"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    print(path, len(rows), "entities", sum(len(row.names) for row in rows), "names")


def main() -> None:
    """Writes territories.tsv and organisations.tsv into a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    cldr = Cldr()
    write(merged(chain(territories(cldr), cities(cldr))), out / "territories.tsv")
    write(merged(organisations(cldr)), out / "organisations.tsv")


if __name__ == "__main__":
    main()
