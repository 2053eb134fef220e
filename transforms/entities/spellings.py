"""The tables of names that are spelled in several ways: given names and single well-known ones."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

_FOLDER = files("transforms") / "resources" / "names"


class Given(NamedTuple):
    """A given name: the form its key has, "m" or "f", and whether only Slavic names have it."""

    key: str
    gender: str
    slavic: bool


def table(name: str) -> list[list[str]]:
    """The rows of a table among the resources, without comments."""
    lines = (_FOLDER / name).read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@cache
def spellings() -> dict[str, str]:
    """Lower-case word or name -> the spelling that stands for it in keys."""
    return {source.casefold(): target for source, target in table("spellings.tsv")}


@cache
def given_names() -> dict[str, Given]:
    """Lower-case spelling of a Slavic given name -> that name."""
    return {
        spelling: Given(key, gender, use == "slavic")
        for key, gender, use, forms in table("given.tsv")
        if use != "hungarian"
        for spelling in forms.split()
    }


@cache
def hungarian_given_names() -> frozenset[str]:
    """Lower-case given names that stand last in a Hungarian name."""
    return frozenset(
        spelling
        for _, _, use, forms in table("given.tsv")
        if use == "hungarian"
        for spelling in forms.split()
    )


def resources() -> list[bytes]:
    """The contents of all tables, in the order of their names."""
    tables = sorted(file.name for file in _FOLDER.iterdir() if file.name.endswith(".tsv"))
    return [(_FOLDER / name).read_bytes() for name in tables]
