"""Genders: of people by their names, given ones that are listed or endings; of Slavic verbs."""

from functools import lru_cache

from transforms.lexicons import fold
from transforms.quotations.references.words import REFERENCES

_WOMEN_SURELY = ("ская", "цкая", "ська", "цька", "скую", "цкую")
_CYRILLIC_WOMEN = ("ова", "ева", "ина", "ына", "єва", "іна", "їна", *_WOMEN_SURELY)
_LATIN_WOMEN = ("ová", "ska", "cka", "dzka", "ova", "eva", "skaya")
_CYRILLIC_MEN = ("ов", "ев", "ин", "ын", "єв", "ін", "їн", "ский", "цкий", "ський", "цький")
_MEN_OBLIQUE = ("ого", "его", "ему", "ому", "ego", "emu", "owi", "ého", "ému")
_CASES = frozenset(("ru", "uk", "pl", "cs"))
_VOWELS = "аеєиіїоуыэюяьaeiou"


@lru_cache(maxsize=1)
def _given() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in (REFERENCES / "given.txt").read_text(encoding="utf-8").splitlines():
        gender, tab, names = line.partition("\t")
        if tab and gender in ("m", "f"):
            for name in names.split("|"):
                found[fold(name.strip(), "")] = gender
    return found


@lru_cache(maxsize=4096)
def gender_of_name(name: str, language: str) -> str | None:
    """m or f of a person's name as it is in the nominative; None where it does not tell."""
    words = name.split()
    if not words:
        return None
    first, last = fold(words[0], ""), fold(words[-1], "")
    if len(words) > 1:
        if language in _CASES and first[-1:] in "aа" and _given().get(first[:-1]) == "m":
            return _of_surname(last)  # Roberta, Олега: a genitive, or a woman
        known = _given().get(first) or _given().get(first.partition("-")[0])
        if known:
            return known
    if any("а" <= letter <= "я" for letter in last):
        if last.endswith(_CYRILLIC_WOMEN):
            return "f"
        if last.endswith(_CYRILLIC_MEN):
            return "m"
        if len(words) > 1:
            return "f" if first[-1:] in "ая" else None if first[-1:] in _VOWELS else "m"
        return None
    if last.endswith(_LATIN_WOMEN) and language in ("pl", "cs", "ru", "uk", "en", "de"):
        return "f"
    if len(words) > 1 and len(first) > 2:
        if first.endswith("a"):
            return "f"
        if first.endswith("o"):
            return "m"
    return None


def _of_surname(last: str) -> str | None:
    """By the surname alone, in any case."""
    if last.endswith(_MEN_OBLIQUE):
        return "m"
    return "f" if last.endswith((*_WOMEN_SURELY, "ová", "ska", "cka", "dzka")) else None


def verb_gender(form: str, language: str) -> str | None:
    """m, f, n or p of a verb in the past tense; None when it shows none."""
    if form.endswith(("ся", "сь")) and language in ("ru", "uk"):
        form = form[:-2]
    endings: tuple[tuple[str, str], ...]
    if language == "ru":
        endings = (("ла", "f"), ("ло", "n"), ("ли", "p"), ("л", "m"))
    elif language == "uk":
        endings = (("ла", "f"), ("ло", "n"), ("ли", "p"), ("в", "m"))
    elif language == "pl":
        endings = (("ła", "f"), ("ło", "n"), ("li", "p"), ("ły", "p"), ("ł", "m"))
    elif language == "cs":
        endings = (("la", "f"), ("lo", "n"), ("li", "p"), ("ly", "p"), ("l", "m"))
    else:
        return None
    for ending, gender in endings:
        if form.endswith(ending):
            return gender
    return None
