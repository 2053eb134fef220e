"""Which of an entity's names stands for it."""

from collections.abc import Sequence

from transforms.entities.forms import Form
from transforms.entities.inflection import is_nominative, stems
from transforms.entities.people import UNSPACED
from transforms.entities.words import word_set

_OBLIQUE = tuple(
    sorted(word_set("ого его ому ему ым им ом ем ой ою ею ego emu owi em ą ę ého ému ou"))
)
_COMPARED = 16
_SHORTEST_CAPITALS = 5


def best_form(found: Sequence[Form], language: str | None) -> Form:
    """Most words, not in capitals, in the nominative as far as the forms tell, shortest, most
    frequent, earliest."""
    most = max(len(form.words) for form in found)
    full = [form for form in found if len(form.words) == most]
    if len(full) == 1:
        return full[0]
    compared = full[:_COMPARED]
    ranks = [(_rank(form, compared, language), form.first, n) for n, form in enumerate(full)]
    return full[min(ranks)[-1]]


def _rank(form: Form, others: Sequence[Form], language: str | None) -> tuple[int, ...]:
    text = " ".join(form.words)
    capitals = text.isupper() and len(text) >= _SHORTEST_CAPITALS
    oblique = sum(_is_case_of(form, other, language) for other in others if other is not form)
    ending = form.words[-1].casefold().endswith(_OBLIQUE)
    # Where names are not words, the longer one is the full one.
    length = -len(text) if ord(text[0]) >= UNSPACED else len(text)
    return capitals, oblique, ending, length, -len(form.spans)


def _is_case_of(form: Form, other: Form, language: str | None) -> bool:
    """Whether the last word of `form` is a case whose nominative is that of `other`."""
    word, nominative = form.keys[-1], other.keys[-1]
    if word == nominative or not language:
        return False
    shared = set(stems(word, language)).intersection(stems(nominative, language))
    return any(
        is_nominative(nominative, stem, language) and not is_nominative(word, stem, language)
        for stem in shared
    )
