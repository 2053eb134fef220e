"""The different names of an article, each with all places where it stands.

One string means one thing in an article: where the model gave it several labels, they vote with
their scores. Only a surname that is also a place ("Washington") may be both, when a full name of
a person ends with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from transforms.elements import NamedSpan
from transforms.entities.words import clean, match_key, name_words, without_titles, word_set

PERSON = "PER"
SURE = 0.95  # a mean score: labels under it give way to the rest of the article
_PARTICLES = word_set(
    """
    von van vom zu zur zum der den de del della dello dei degli di da do dos das du des la
    le lo el al as ar ibn bin ben bint abu abd ter ten te af av y e san santa saint st mac o
    d l фон ван де дер аль эль ибн бин
    """
)


@dataclass
class Form:
    """A name as it is written; `words` without title, possessive and suffix, `keys` the same
    for comparing, `core` those without leading particles ("von der Leyen": one word)."""

    text: str
    words: tuple[str, ...]
    keys: tuple[str, ...]
    core: tuple[str, ...]
    spans: list[NamedSpan] = field(default_factory=list)
    label: str = ""

    @property
    def name(self) -> str:
        """The name as it stands in the text, from the first to the last of its words."""
        start = self.text.find(self.words[0])
        end = self.text.rfind(self.words[-1]) + len(self.words[-1])
        return self.text[start:end] if 0 <= start < end else " ".join(self.words)

    @property
    def first(self) -> int:
        """Where the name stands first."""
        return self.spans[0].start

    @property
    def weight(self) -> float:
        """The scores of all its mentions."""
        return sum(span.score for span in self.spans)


def vote(spans: Iterable[NamedSpan]) -> str:
    """The label with the highest sum of scores; the earliest where two are level."""
    scores: dict[str, float] = {}
    for span in spans:
        scores[span.label] = scores.get(span.label, 0.0) + max(span.score, 1e-6)
    return max(scores, key=scores.__getitem__)


def usable(names: Sequence[NamedSpan], body: str) -> list[NamedSpan]:
    """Names in order of their place, without those that slice to something else, that have no
    letter or digit, or that overlap a name of higher score."""
    kept: list[NamedSpan] = []
    for span in sorted(names, key=_by_place):
        if body[span.start : span.end] != span.text or not any(map(str.isalnum, span.text)):
            continue
        if kept and span.start < kept[-1].end:
            if span.score > kept[-1].score:
                kept[-1] = span
            continue
        kept.append(span)
    return kept


def _by_place(span: NamedSpan) -> tuple[int, int, str]:
    return span.start, -span.end, span.label


def forms(names: Sequence[NamedSpan], language: str | None) -> list[Form]:
    """The forms of `usable` names, each with one label, in order of their first place."""
    found: dict[tuple[str, bool], Form] = {}
    for span in names:
        person = span.label == PERSON
        key = match_key(clean(span.text, language)) or span.text
        form = found.get((key, person))
        if form is None:
            form = found[key, person] = _form(span, person, language)
        form.spans.append(span)
    surnames = _surnames(found)
    _return_surnames(found, surnames, language)
    for key, person in list(found):
        other = found.get((key, not person))
        if not person or other is None:
            continue
        mine = found[key, person]
        if len(mine.words) == 1 and mine.keys[-1] in surnames:
            continue
        winner, loser = sorted((mine, other), key=_by_weight)
        winner.spans = sorted([*winner.spans, *loser.spans], key=_by_place)
        del found[key, (winner is other) == person]
    for form in found.values():
        form.label = vote(form.spans)
    return sorted(found.values(), key=_by_first)


def _surnames(found: dict[tuple[str, bool], Form]) -> dict[str, int]:
    """The surnames of people named in full, and where each is introduced."""
    first: dict[str, int] = {}
    for (_, person), form in found.items():
        if person and form.core[1:]:
            first[form.keys[-1]] = min(form.first, first.get(form.keys[-1], form.first))
    return first


def _return_surnames(
    found: dict[tuple[str, bool], Form], surnames: dict[str, int], language: str | None
) -> None:
    """Gives people their surnames back where the model, not sure of itself, took one that comes
    after the full name for an organisation or a place."""
    for (key, person), form in list(found.items()):
        introduced = surnames.get(form.keys[-1])
        unsure = form.weight < SURE * len(form.spans)
        if person or len(form.words) > 1 or introduced is None or not unsure:
            continue
        if form.first > introduced and (key, True) not in found:
            spans = [replace(span, label=PERSON) for span in form.spans]
            del found[key, person]
            made = found[key, True] = _form(spans[0], True, language)
            made.spans.extend(spans)


def _by_weight(form: Form) -> tuple[float, int]:
    return -form.weight, form.first


def _by_first(form: Form) -> int:
    return form.first


def _form(span: NamedSpan, person: bool, language: str | None) -> Form:
    if person:
        words = without_titles(name_words(span.text, language))
    else:
        words = tuple(clean(span.text, language).split())
    words = words or (span.text,)
    pairs = [(word, match_key(word)) for word in words]
    kept = [pair for pair in pairs if pair[1]] or [(span.text, span.text)]
    keys = tuple(key for _, key in kept)
    start = 0
    while start < len(keys) - 1 and keys[start] in _PARTICLES:
        start += 1
    return Form(span.text, tuple(word for word, _ in kept), keys, keys[start:])
