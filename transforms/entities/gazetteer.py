"""Gazetteers of the user: CSV files with names that win over everything that ships.

    id,label,name,aliases,language
    kb:4711,PER,Ada Lindt,Lindt|A. Lindt,
    Q1234,ORG,Nordfer,Nordfer SpA|Nordfer Group,it

A wrong file stops a run before it starts; the error lists what is wrong, with file, line, cause
and fix:

    GazetteerError (ValueError)
     +- GazetteerFileError       missing, too large, not UTF-8, other columns
     +- GazetteerRowError        a cell that cannot be used
     +- GazetteerConflictError   one id or one name for two entities
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import IO

from transforms.entities.catalogue import ANY, Candidate, Catalogue, Known
from transforms.entities.keys import name_key
from transforms.entities.words import MAX_NAME_LENGTH, match_key, name_words

COLUMNS = ("id", "label", "name", "aliases", "language")
MAX_BYTES = 20_000_000
MAX_ROWS = 200_000
MAX_ALIASES = 200
MAX_ID_LENGTH = 128
ALIAS_SEPARATOR = "|"
_SHOWN_PROBLEMS = 10

_LABEL = re.compile(r"[A-Z][A-Z_]{1,31}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_QID = re.compile(r"Q[1-9][0-9]*")
_ID = re.compile(r"\S+")
_FORMULA = ("=", "+", "-", "@")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


class GazetteerError(ValueError):
    """A gazetteer cannot be used; `problems` are all that were found."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = len(problems) - _SHOWN_PROBLEMS
        shown = [*problems[:_SHOWN_PROBLEMS], *([f"... and {more} more"] if more > 0 else [])]
        super().__init__("\n".join(shown))
        self.problems = tuple(problems)


class GazetteerFileError(GazetteerError):
    """The file as a whole is the problem."""


class GazetteerRowError(GazetteerError):
    """Cells are the problem."""


class GazetteerConflictError(GazetteerError):
    """Rows contradict each other."""


@dataclass(frozen=True)
class GazetteerRow:
    """One row; `language` is None where the row holds for articles in every language."""

    entity_id: str
    label: str
    name: str
    aliases: tuple[str, ...]
    language: str | None
    place: str
    """File and line, for messages."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


class Gazetteer:
    """Names of the user -> entities."""

    def __init__(self, rows: Iterable[GazetteerRow] = ()) -> None:
        self.rows = tuple(rows)
        names: dict[str, list[Candidate]] = {}
        self._people: dict[str, Candidate] = {}
        for row in self.rows:
            qid = row.entity_id if _QID.fullmatch(row.entity_id) else None
            known = Known(row.entity_id, qid, frozenset([row.label]), "gazetteer", None)
            candidate = Candidate(known, row.language or ANY)
            for name in row.names:
                names.setdefault(match_key(name), []).append(candidate)
                if row.label == "PER" and len(name_words(name)) > 1:
                    self._people.setdefault(name_key(name, "PER"), candidate)
        self._catalogue = Catalogue({k: tuple(v) for k, v in names.items()}, strict=True)

    def __bool__(self) -> bool:
        return bool(self.rows)

    def find(self, text: str, label: str, language: str | None) -> Known | None:
        """The entity of a name. People of two names and more are found in every spelling that
        has the same key; places and organisations are often taken for each other, so both
        labels count for them."""
        if not self.rows:
            return None
        for tried in (label, *_CONFUSED.get(label, ())):
            found = self._catalogue.find(text, tried, language)
            if len(found) == 1:
                return found[0]
        if label != "PER" or len(name_words(text, language)) < 2:
            return None
        candidate = self._people.get(name_key(text, "PER", language))
        fits = candidate and (candidate.languages in (ANY, language) or not language)
        return candidate.known if candidate and fits else None


_CONFUSED = {"ORG": ("LOC",), "LOC": ("ORG",)}


def load(paths: Iterable[str | Path]) -> Gazetteer:
    """Reads and checks gazetteers. Raises a GazetteerError with all problems of the first kind:
    files, then cells, then conflicts."""
    file_problems: list[str] = []
    row_problems: list[str] = []
    rows: list[GazetteerRow] = []
    for path in paths:
        try:
            for item in _rows(str(path)):
                if isinstance(item, GazetteerRow):
                    rows.append(item)
                else:
                    row_problems.append(item)
        except GazetteerFileError as error:
            file_problems += error.problems
    if file_problems:
        raise GazetteerFileError(file_problems)
    if row_problems:
        raise GazetteerRowError(row_problems)
    conflicts = list(_conflicts(rows))
    if conflicts:
        raise GazetteerConflictError(conflicts)
    return Gazetteer(rows)


def _text(path: str) -> str:
    try:
        with _opened(path) as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or error
        raise GazetteerFileError(
            [f"{path}: cannot be read ({reason}); check path and permissions"]
        ) from error
    if len(data) > MAX_BYTES:
        raise GazetteerFileError(
            [f"{path}: larger than {MAX_BYTES:,} bytes; split it by language or topic"]
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise GazetteerFileError(
            [f"{path}:{line}: byte {data[error.start]:#04x} is not UTF-8; save the file as UTF-8"]
        ) from error


def _opened(path: str) -> IO[bytes]:
    if "://" not in path:
        return Path(path).open("rb")
    from apache_beam.io.filesystems import FileSystems  # slow to import, and rarely needed

    file: IO[bytes] = FileSystems.open(path)
    return file


def _rows(path: str) -> Iterator[GazetteerRow | str]:
    """The rows of a file, and a message in place of each that is wrong."""
    text = _text(path)
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        header = tuple(cell.strip() for cell in next(reader, []))
        if header != COLUMNS:
            raise GazetteerFileError(
                [
                    f"{path}:1: the columns are {','.join(header) or 'missing'!r}; "
                    f"the first line must be {','.join(COLUMNS)}"
                ]
            )
        for number, cells in enumerate(reader, 1):
            if number > MAX_ROWS:
                raise GazetteerFileError([f"{path}: more than {MAX_ROWS:,} rows; split it"])
            if any(cells):
                yield _row([cell.strip() for cell in cells], f"{path}:{reader.line_num}")
    except csv.Error as error:
        raise GazetteerFileError(
            [f"{path}:{reader.line_num}: no valid CSV ({error}); check quotation marks"]
        ) from error


def _row(cells: list[str], place: str) -> GazetteerRow | str:
    if len(cells) != len(COLUMNS):
        return (
            f"{place}: {len(cells)} cells instead of {len(COLUMNS)}; put names with commas in "
            f'"quotation marks" and separate aliases by {ALIAS_SEPARATOR}'
        )
    entity_id, label, name, listed, language = cells
    aliases = tuple(dict.fromkeys(filter(None, map(str.strip, listed.split(ALIAS_SEPARATOR)))))
    problem = (
        _id_problem(entity_id)
        or _label_problem(label)
        or next(filter(None, (_name_problem(cell) for cell in (name, *aliases))), None)
        or _count_problem(aliases)
        or _language_problem(language)
    )
    if problem:
        return f"{place}: {problem}"
    return GazetteerRow(entity_id, label, name, aliases, language or None, place)


def _id_problem(entity_id: str) -> str | None:
    if not entity_id:
        return "no id; every row needs one, such as kb:17 or Q42"
    if len(entity_id) > MAX_ID_LENGTH or not _ID.fullmatch(entity_id):
        return f"id {entity_id[:40]!r}: at most {MAX_ID_LENGTH} characters, no blanks"
    if _CONTROL.search(entity_id):
        return f"id {entity_id[:40]!r} has control characters; remove them"
    if entity_id.startswith(_FORMULA):
        return (
            f"id {entity_id[:40]!r} begins with {entity_id[0]!r}: spreadsheets would run it as a "
            "formula; begin with a letter or digit"
        )
    return None


def _label_problem(label: str) -> str | None:
    if _LABEL.fullmatch(label):
        return None
    return f"label {label[:40]!r}; it must be PER, ORG, LOC or another label in capitals"


def _name_problem(name: str) -> str | None:
    if not name or not match_key(name):
        return f"name {name[:40]!r} has no letters; every row needs a name"
    if len(name) > MAX_NAME_LENGTH:
        return f"name {name[:40]!r}...: longer than {MAX_NAME_LENGTH} characters"
    if _CONTROL.search(name) or "\n" in name or "\r" in name or "\t" in name:
        return f"name {name[:40]!r} has control characters or line breaks; remove them"
    if name.startswith("="):
        return f"name {name[:40]!r} is a formula; write the name itself"
    return None


def _count_problem(aliases: tuple[str, ...]) -> str | None:
    if len(aliases) > MAX_ALIASES:
        return f"{len(aliases)} aliases; at most {MAX_ALIASES} a row, use a second row"
    return None


def _language_problem(language: str) -> str | None:
    if not language or _LANGUAGE.fullmatch(language):
        return None
    return f"language {language[:40]!r}; a primary subtag such as it, or nothing for all languages"


def _conflicts(rows: Sequence[GazetteerRow]) -> Iterator[str]:
    """Ids with two labels or two rows of one language; names of two ids of one label."""
    labels: dict[str, GazetteerRow] = {}
    seen: dict[tuple[str, str | None], GazetteerRow] = {}
    names: dict[tuple[str, str], list[GazetteerRow]] = {}
    for row in rows:
        first = labels.setdefault(row.entity_id, row)
        if first.label != row.label:
            yield (
                f"{row.place}: id {row.entity_id!r} is {row.label} here and {first.label} in "
                f"{first.place}; one entity has one label"
            )
        other = seen.setdefault((row.entity_id, row.language), row)
        if other is not row:
            yield (
                f"{row.place}: id {row.entity_id!r} is already in {other.place}; put all names "
                "of one language into one row"
            )
        for key in {match_key(name): None for name in row.names}:
            for known in names.setdefault((key, row.label), []):
                if known.entity_id != row.entity_id and _overlap(known, row):
                    yield (
                        f"{row.place}: the name {key!r} of {row.entity_id!r} is also that of "
                        f"{known.entity_id!r} in {known.place}; a name belongs to one entity of "
                        "a label"
                    )
                    break
            else:
                names[(key, row.label)].append(row)


def _overlap(one: GazetteerRow, other: GazetteerRow) -> bool:
    return one.language is None or other.language is None or one.language == other.language
