"""Which names of organisations and places mean one entity.

An acronym belongs to the name before its brackets when its letters stand in that name in this
order, or when it is the initials of one organisation of the article. A shortened name belongs to
the one longer name that begins with it and came before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from transforms.elements import NamedSpan
from transforms.entities.catalogue import Catalogue
from transforms.entities.forms import Form
from transforms.entities.inflection import INFLECTED, MIN_STEM, share_stem, stems
from transforms.entities.keys import name_key
from transforms.entities.words import is_acronym, match_key, word_set

ORGANISATION = "ORG"
MIN_INITIALS = 3
_MAX_GAP = 4
_MAX_WORDS = 12
_MAX_SINGLE_ACRONYM = 10
_CROWD = 32
_OPENING, _CLOSING = frozenset("(（[«„“\"'‘"), frozenset(")）],;»”“\"'’ ")
_SMALL_WORDS = word_set(
    """
    of the and for on in to a di del della dello dei degli delle per e la le il lo i de des
    du et pour les en y el los las von der die das und für zur zum am do da dos das na w z i
    dla o и по в на с для та і з у a och för og van voor het
    """
)


@dataclass
class Group:
    """One organisation or place."""

    forms: list[Form] = field(default_factory=list)


class _Joined:
    """Union-find over form numbers."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def join(self, one: int, other: int) -> None:
        a, b = self.root(one), self.root(other)
        self._parent[max(a, b)] = min(a, b)


def group_others(
    forms: Sequence[Form], body: str, language: str | None, catalogue: Catalogue
) -> list[Group]:
    """The entities that forms other than PER mean, in order of their first mention."""
    joined = _Joined(len(forms))
    known = [_known(form, language, catalogue) for form in forms]
    for one, other in (
        *_same_key(forms),
        *_cases(forms, language),
        *_bracketed(forms, body),
        *_initials(forms),
        *_shortened(forms, known),
    ):
        # Names that the catalogue knows as two entities are two.
        if not (known[one] and known[other] and known[one] != known[other]):
            joined.join(one, other)
    groups: dict[int, Group] = {}
    for number, form in enumerate(forms):
        groups.setdefault(joined.root(number), Group()).forms.append(form)
    return list(groups.values())


def _known(form: Form, language: str | None, catalogue: Catalogue) -> frozenset[str]:
    found = catalogue.exact(" ".join(form.words), form.label, language)
    return frozenset(known.entity_id for known in found)


Pairs = Iterable[tuple[int, int]]


def _same_key(forms: Sequence[Form]) -> Pairs:
    first: dict[tuple[str, str], int] = {}
    for number, form in enumerate(forms):
        key = (form.label, name_key(" ".join(form.words), form.label))
        if first.setdefault(key, number) != number:
            yield first[key], number


def _cases(forms: Sequence[Form], language: str | None) -> Pairs:
    """Forms of one label whose words may all be cases of the same words."""
    if language not in INFLECTED:
        return
    single: dict[tuple[str, object], int] = {}
    several: dict[tuple[str, ...], list[int]] = {}
    for number, form in enumerate(forms):
        if len(form.keys) == 1:
            for stem in stems(form.keys[0], language):
                first = single.setdefault((form.label, stem), number)
                if first != number:
                    yield first, number
            continue
        shared = (form.label, *(word[:MIN_STEM] for word in form.keys))
        near = several.setdefault(shared, [])
        for other in near[:_CROWD]:
            if all(
                share_stem(a, b, language)
                for a, b in zip(forms[other].keys, form.keys, strict=True)
            ):
                yield other, number
                break
        near.append(number)


def _bracketed(forms: Sequence[Form], body: str) -> Pairs:
    """ "Organizzazione mondiale della sanità (OMS)", or the other way round."""
    places: list[tuple[NamedSpan, int]] = sorted(
        ((span, number) for number, form in enumerate(forms) for span in form.spans), key=_place
    )
    for (left, one), (right, other) in pairwise(places):
        gap = body[left.end : right.start]
        if len(gap) > _MAX_GAP or not set(gap.strip()) or not set(gap.strip()) <= _OPENING:
            continue
        if body[right.end : right.end + 1] not in _CLOSING:
            continue
        if abbreviates(forms[other], forms[one]) or abbreviates(forms[one], forms[other]):
            yield one, other


def _place(item: tuple[NamedSpan, int]) -> int:
    return item[0].start


def abbreviates(short: Form, long: Form) -> bool:
    """Whether a word of at most ten letters has the letters of a longer name in their order,
    beginning with that of one of its words."""
    if len(short.words) != 1 or not 2 <= len(short.words[0]) <= _MAX_SINGLE_ACRONYM:
        return False
    letters = "".join(filter(str.isalnum, short.keys[0]))
    if len(letters) < 2 or sum(map(len, long.keys)) < 2 * len(letters):
        return False
    words = long.keys[:_MAX_WORDS]
    return any(
        word[0] == letters[0] and _in_order(letters, "".join(words[position:]))
        for position, word in enumerate(words)
    )


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(any(letter == other for other in rest) for letter in letters)


def _initials(forms: Sequence[Form]) -> Pairs:
    """Acronyms of three letters and more that are the initials of one organisation alone."""
    long: dict[str, set[int]] = {}
    for number, form in enumerate(forms):
        if form.label == ORGANISATION and 2 < len(form.keys) <= _MAX_WORDS:
            content = [word for word in form.keys if word not in _SMALL_WORDS]
            for words in (content, form.keys):
                initials = "".join(word[0] for word in words)
                if len(initials) >= MIN_INITIALS:
                    long.setdefault(initials, set()).add(number)
    for number, form in enumerate(forms):
        if len(form.words) == 1 and form.label == ORGANISATION and is_acronym(form.words[0]):
            owners = long.get(form.keys[0], set())
            if len(owners) == 1:
                yield next(iter(owners)), number


def _shortened(forms: Sequence[Form], known: Sequence[frozenset[str]]) -> Pairs:
    """ "Rietberg" after "Rietberg Maschinenbau"; never a name that is known by itself."""
    longer: dict[tuple[str, ...], set[int]] = {}
    for number, form in enumerate(forms):
        if form.label == ORGANISATION:
            for size in range(1, min(len(form.keys), _MAX_WORDS)):
                if form.keys[size - 1] not in _SMALL_WORDS:
                    longer.setdefault(form.keys[:size], set()).add(number)
    for number, form in enumerate(forms):
        owners = longer.get(form.keys, set()) if form.label == ORGANISATION else set()
        if len(owners) == 1 and not known[number]:
            owner = next(iter(owners))
            if forms[owner].first < form.first and match_key(form.text):
                yield owner, number
