"""Which names of people mean one person.

Full names come first: the same key, another case, more or fewer middle names. Then a name of one
word joins the one person whose surname it is. Two people of one surname stay two; the bare
surname goes to the only one of them named in full before it, and to neither afterwards. The rules
are in docs/entities.md.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from transforms.elements import NamedSpan
from transforms.entities.forms import PERSON, Form
from transforms.entities.inflection import (
    INFLECTED,
    MIN_STEM,
    Stem,
    is_nominative,
    share_stem,
    stems,
)
from transforms.entities.keys import name_key
from transforms.entities.words import generation, match_key

# Languages that put the family name first, at least for their own people.
_FAMILY_FIRST = frozenset(["hu", "zh", "ja", "ko", "vi"])
# Languages whose people have two surnames and are known by the first.
_TWO_SURNAMES = frozenset(["es", "pt", "ca", "gl", "eu"])
UNSPACED = 0x2E80
"""Scripts from here on put no blanks between the words of a name."""
_NAMES_OF_ONE_WORD = re.compile(r"[\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]{3,}")
_CROWD = 32
"""So many names are compared with each other where a hash does not tell; more are left alone."""


K = TypeVar("K")


@dataclass
class Person:
    """One person: the forms of its name, and the spans that are its own."""

    forms: list[Form] = field(default_factory=list)
    spans: list[NamedSpan] = field(default_factory=list)

    def add(self, form: Form) -> None:
        """Takes a form with all its spans."""
        self.forms.append(form)
        self.spans += form.spans


def group_people(all_forms: Iterable[Form], language: str | None) -> list[Person]:
    """The people that PER forms mean, in order of their first full mention."""
    full: list[Form] = []
    bare: list[Form] = []
    for form in all_forms:
        (full if is_full(form) else bare).append(form)
    people = _full_names(full, language)
    index = _Index(people, language)
    left: list[tuple[Form, list[NamedSpan]]] = []
    for form in bare:
        left += _assign(form, index)
    return [*people, *_nameless(left, language)]


def is_full(form: Form) -> bool:
    """Whether a name has more than a surname: two words without particles, or three characters
    of Han or hangul."""
    return len(form.core) > 1 or bool(_NAMES_OF_ONE_WORD.fullmatch(form.core[0]))


def _full_names(full: list[Form], language: str | None) -> list[Person]:
    people: list[Person] = []
    by_key: dict[str, Person] = {}
    by_beginnings: dict[tuple[str, ...], list[tuple[Form, Person]]] = {}
    for form in full:
        key = name_key(" ".join(form.words), PERSON, language)
        beginnings = tuple(word[:MIN_STEM] for word in form.keys)
        person = by_key.get(key)
        if person is None and language in INFLECTED:
            near = by_beginnings.get(beginnings, ())[:_CROWD]
            person = next((p for other, p in near if _other_case(form, other, language)), None)
        if person is None:
            person = Person()
            people.append(person)
        by_key.setdefault(key, person)
        by_beginnings.setdefault(beginnings, []).append((form, person))
        person.add(form)
    return _joined(_joined(people, language, _is_longer), language, _spells_initial)


def _other_case(one: Form, other: Form, language: str | None) -> bool:
    """Whether two names are one in two cases. "Ivana Horvat" is not: were she Ivan, in the
    genitive, the surname would be in it too."""
    for a, b in zip(one.keys, other.keys, strict=True):
        if not share_stem(a, b, language):
            return False
    first = sorted([one.keys[0], other.keys[0]], key=len)
    woman = first[1][len(first[0]) :] in ("a", "а", "я") and first[1].startswith(first[0])
    return not (woman and one.keys[1:] == other.keys[1:] and _declines(one.keys[-1]))


def _declines(word: str) -> bool:
    return word[-1] not in "aeiouyаеёиоуыэюяіїє"


def _joined(
    people: list[Person],
    language: str | None,
    is_longer: Callable[[Form, Form, str | None], bool],
) -> list[Person]:
    """Joins each person to the one whose name is a longer form of its own, if it is one alone."""
    index: dict[tuple[str, str], list[Person]] = {}
    for person in people:
        for key in {k for form in person.forms for k in _shorter_keys(form, language)}:
            index.setdefault(key, []).append(person)
    joined: dict[int, Person] = {}
    for person in people:
        form = person.forms[0]
        candidates = {
            id(other): other
            for other in index.get(_own_key(form), ())[:_CROWD]
            if other is not person and any(is_longer(f, form, language) for f in other.forms[:4])
        }
        if len(candidates) == 1:
            joined[id(person)] = next(iter(candidates.values()))
    kept = []
    for person in people:
        target = person
        for _ in range(_CROWD):
            if id(target) not in joined:
                break
            target = joined[id(target)]
        if target is person:
            kept.append(person)
        else:
            for form in person.forms:
                target.add(form)
    return kept


def _own_key(form: Form) -> tuple[str, str]:
    return form.keys[0][:1], form.keys[-1]


def _shorter_keys(form: Form, language: str | None) -> Iterator[tuple[str, str]]:
    """(initial, last word) of the names that may be short for a name."""
    words = form.keys[:8]
    last = words[-2] if generation(form.words) else words[-1]
    yield words[0][:1], last
    if len(words) > 2:
        yield words[1][:1], last
        if language in _TWO_SURNAMES:
            yield words[0][:1], words[-2]
            yield words[0][:1], words[1]


def _is_longer(longer: Form, shorter: Form, language: str | None) -> bool:
    """Whether `longer` is `shorter` with middle names or a second surname."""
    if generation(longer.words) != generation(shorter.words):
        return False
    long, short = longer.keys, shorter.keys
    if len(short) < 2 or len(long) < len(short):
        return False
    if len(long) == len(short) or len(short[0]) == 1:
        return False
    middle = len(short) == 2 and long[0] == short[0] and long[-1] == short[-1]
    suffix = long[-len(short) :] == short
    prefix = language in _TWO_SURNAMES and long[: len(short)] == short
    return middle or suffix or prefix


def _spells_initial(longer: Form, shorter: Form, language: str | None) -> bool:
    """Whether `shorter` is an initial and the surname of `longer`."""
    long, short = longer.keys, shorter.keys
    return (
        len(short) == 2
        and len(short[0]) == 1 < len(long[0])
        and long[0].startswith(short[0])
        and long[-1] == short[-1]
    )


class _Index:
    """People by the words that may stand alone for them."""

    def __init__(self, people: list[Person], language: str | None) -> None:
        self._language = language
        self._surnames: dict[str, list[Person]] = {}
        self._stems: dict[Stem, list[Person]] = {}
        self._given: dict[str, list[Person]] = {}
        for person in people:
            for form in person.forms:
                self._add(person, form)

    def _add(self, person: Person, form: Form) -> None:
        keys = form.keys[:-1] if generation(form.words) else form.keys
        family = [keys[-1]]
        if self._language in _FAMILY_FIRST:
            family.append(keys[0])
        if len(keys) == 1:
            family += [keys[0][:1], keys[0][:2]]
        elif self._language in _TWO_SURNAMES and len(keys) > 2:
            family.append(keys[-2])
        for word in family:
            _put(self._surnames, word, person)
            for stem in stems(word, self._language):
                _put(self._stems, stem, person)
        if len(keys) > 1:
            _put(self._given, keys[0], person)

    def bearers(self, form: Form) -> list[Person]:
        """The people that a bare name may mean."""
        word = form.core[-1]
        found = list(self._surnames.get(word, ()))
        exact = bool(found)
        for stem in stems(word, self._language):
            # A name that stands as such is another's only where it can be a case of that one:
            # "Петрова" may be Петров in the genitive, "Петров" is no case of Петрова.
            if not (exact and is_nominative(word, stem, str(self._language))):
                found += self._stems.get(stem, ())
        if not found and len(form.keys) == 1:
            found = self._given.get(word, [])
        return list({id(person): person for person in found}.values())


def _put(index: dict[K, list[Person]], key: K, person: Person) -> None:
    people = index.setdefault(key, [])
    if not people or people[-1] is not person:
        people.append(person)


def _assign(form: Form, index: _Index) -> Iterator[tuple[Form, list[NamedSpan]]]:
    """Gives the spans of a bare name to people; yields what is left."""
    bearers = index.bearers(form)
    if len(bearers) == 1:
        bearers[0].add(form)
        return
    if not bearers:
        yield form, form.spans
        return
    introduced = sorted(
        ((min(f.first for f in p.forms if is_full(f)), n) for n, p in enumerate(bearers))
    )
    second = introduced[1][0]
    left = []
    for span in form.spans:
        if introduced[0][0] < span.start < second:
            bearers[introduced[0][1]].spans.append(span)
        else:
            left.append(span)
    if left:
        yield form, left


def _nameless(left: list[tuple[Form, list[NamedSpan]]], language: str | None) -> Iterator[Person]:
    """People that have a single word: forms that may be cases of one word are one."""
    by_stem: dict[Stem | str, Person] = {}
    for form, spans in left:
        word = form.core[-1]
        keys: list[Stem | str] = [match_key(word), name_key(word, PERSON), *stems(word, language)]
        person = next((by_stem[key] for key in keys if key in by_stem), None)
        if person is None:
            person = Person()
        for key in keys:
            by_stem.setdefault(key, person)
        person.forms.append(form)
        person.spans += spans
    yield from {id(person): person for person in by_stem.values()}.values()
