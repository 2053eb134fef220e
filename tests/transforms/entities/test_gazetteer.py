"""Gazetteers: what they do and what is wrong with them."""

from pathlib import Path

import pytest

from tests.transforms.entities.marked import entities, ids
from transforms.entities.gazetteer import (
    Gazetteer,
    GazetteerConflictError,
    GazetteerError,
    GazetteerFileError,
    GazetteerRowError,
    load,
)

HEADER = "id,label,name,aliases,language\n"
EXAMPLE = Path(__file__).parents[3] / "config" / "gazetteer.example.csv"


def gazetteer(folder: Path, rows: str) -> Gazetteer:
    path = folder / "names.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    return load([path])


def test_the_example_loads() -> None:
    assert len(load([EXAMPLE]).rows) == 6
    assert not load([])
    documentation = EXAMPLE.parents[1] / "docs" / "entities.md"
    assert EXAMPLE.read_text(encoding="utf-8") in documentation.read_text(encoding="utf-8")


def test_wins_over_everything_that_ships(tmp_path: Path) -> None:
    own = gazetteer(tmp_path, "eu:1,ORG,Unione europea,Ue|UE,\nkb:9,LOC,Lyon,,\n")
    (union, city) = entities("[ORG Ue] e [LOC Lyon], [ORG Unione europea]", "it", gazetteer=own)
    assert (union.entity_id, union.wikidata_id, len(union.mentions)) == ("eu:1", "Q458", 2)
    assert (city.entity_id, city.wikidata_id, city.country) == ("kb:9", "Q456", "FR")


def test_an_id_of_wikidata_is_one(tmp_path: Path) -> None:
    own = gazetteer(tmp_path, "Q42,PER,Douglas Adams,,\n")
    (entity,) = entities("[PER Douglas Adams]", gazetteer=own)
    assert entity.wikidata_id == "Q42"


def test_people_are_found_in_every_spelling_of_the_key(tmp_path: Path) -> None:
    own = gazetteer(tmp_path, "vz,PER,Volodymyr Zelensky,,\n")
    for name, language in (("Владимир Зеленский", "ru"), ("Wolodymyr Selenskyj", "de")):
        assert ids(f"[PER {name}]", language, own) == ["vz"]
    assert ids("[PER Zelensky]", "en", own) == ["per:zelenski"]


def test_inflected_names_are_found(tmp_path: Path) -> None:
    own = gazetteer(tmp_path, "kb:1,ORG,Нордфер,,\n")
    assert ids("[ORG Нордфера]", "ru", own) == ["kb:1"]


def test_label_and_language_count(tmp_path: Path) -> None:
    own = gazetteer(tmp_path, "kb:1,PER,Ada Lindt,Lindt,de\nkb:2,ORG,Porto,,it\n")
    assert ids("[PER Lindt]", "de", own) == ["kb:1"]
    assert ids("[PER Lindt]", "en", own) == ["per:lindt"]
    assert ids("[PER Lindt]", None, own) == ["kb:1"]
    assert ids("[ORG Lindt]", "de", own) == ["org:lindt"]
    (port,) = entities("[LOC Porto]", "it", gazetteer=own)
    assert (port.entity_id, port.label) == ("kb:2", "ORG")


def test_a_full_name_brings_its_surname(tmp_path: Path) -> None:
    own = gazetteer(tmp_path, "kb:1,PER,Ada Lindt,,\n")
    (entity,) = entities("[PER Ada Lindt] came. [PER Lindt] left.", gazetteer=own)
    assert (entity.entity_id, len(entity.mentions)) == ("kb:1", 2)


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        (",PER,Ada,,", "no id"),
        ("a b,PER,Ada,,", "no blanks"),
        ("=1+1,PER,Ada,,", "formula"),
        ("@x,PER,Ada,,", "formula"),
        ("a\x07,PER,Ada,,", "control characters"),
        ("a,person,Ada,,", "label"),
        ("a,PER,,,", "no letters"),
        ("a,PER,=Ada,,", "formula"),
        ("a,PER,Ada,A\x00da,", "control characters"),
        ('a,PER,"A\nda",,', "line breaks"),
        ("a,PER," + "x" * 201 + ",,", "longer than"),
        ("a,PER,Ada," + "|".join(map(str, range(201))) + ",", "201 aliases"),
        ("a,PER,Ada,,English", "language"),
        ("a,PER,Lindt, Ada,,", "6 cells"),
    ],
)
def test_cells_that_cannot_be_used(tmp_path: Path, row: str, cause: str) -> None:
    with pytest.raises(GazetteerRowError) as caught:
        gazetteer(tmp_path, "ok,PER,Somebody Else,,\n" + row + "\n")
    assert f"{tmp_path / 'names.csv'}:" in str(caught.value)
    assert cause in str(caught.value)


@pytest.mark.parametrize(
    "rows",
    [
        "a,PER,Ada,,\na,ORG,Ada,,\n",
        "a,PER,Ada,,\na,PER,Lindt,,\n",
        "a,PER,Ada,,\nb,PER,ADA,,\n",
        "a,PER,Ada,,it\nb,PER,Bea,Ada,\n",
    ],
)
def test_conflicts(tmp_path: Path, rows: str) -> None:
    with pytest.raises(GazetteerConflictError, match=r"names\.csv:3: .*names\.csv:2"):
        gazetteer(tmp_path, rows)


def test_what_is_no_conflict(tmp_path: Path) -> None:
    rows = "a,PER,Ada,,it\na,PER,Ada,,de\nb,PER,Ada,,fr\nc,LOC,Ada,,\n"
    assert len(gazetteer(tmp_path, rows).rows) == 4


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    wrong = {
        "columns.csv": b"id;label;name;aliases;language\n",
        "bytes.csv": HEADER.encode() + b"a,PER,Ad\xe9,,\n",
        "quotes.csv": HEADER.encode() + b'a,PER,"Ada,,\n',
        "empty.csv": b"",
        "large.csv": HEADER.encode() + b"#" * 20_000_001,
    }
    for name, content in wrong.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(GazetteerFileError, match=name):
            load([tmp_path / name])
    with pytest.raises(GazetteerFileError, match="cannot be read"):
        load([tmp_path / "none.csv"])


def test_all_problems_are_told(tmp_path: Path) -> None:
    rows = "".join(f",PER,Name {n},,\n" for n in range(30))
    with pytest.raises(GazetteerError) as caught:
        gazetteer(tmp_path, rows)
    assert len(caught.value.problems) == 30
    assert "20 more" in str(caught.value)
    assert isinstance(caught.value, ValueError)
