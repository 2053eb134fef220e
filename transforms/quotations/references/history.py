"""What an article mentioned sentence by sentence, and which of it a pronoun can mean."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from transforms.quotations.references.facts import Facts

NOBODY = ""  # somebody without a name
_REACH = 3  # sentences back
_MOST = 40  # mentions looked at
_FAR = (0.5, 0.0, -1.0, -2.0)  # by the distance in sentences
_APART = 0.5  # what the paragraph before costs
_MARGIN = 1.5  # between the best and the next
_THING = 2.0  # what an organisation costs where pronouns are of people as well
_UNNAMED = 1.0  # what somebody without a name costs
_FITS = 1.0  # a gender that is known to be the pronoun's
GENDERS = (None, "m", "f", "n")
Choice = tuple[str, bool]  # an entity_id, and whether nobody else could be meant


class Past(NamedTuple):
    """A party as it was mentioned in tokens [token, last), and how much it stood out there;
    `is_thing`: an organisation without a name."""

    sentence: int
    token: int
    last: int
    party: str
    weight: float
    gender: str | None
    is_thing: bool = False


class History:
    """The mentions in order. `paragraphs` are those of the sentences; `alias` maps parties to
    others of the same name."""

    def __init__(
        self, facts: Facts, paragraphs: Sequence[int], alias: dict[str, str], language: str
    ) -> None:
        self.facts = facts
        self.paragraphs = paragraphs
        self.alias = alias
        self.language = language
        self.subjects: dict[int, str] = {}  # by sentence
        self._all: list[Past] = []
        self._last: dict[str, int] = {}

    def note(self, past: Past, is_subject: bool) -> None:
        """One more mention."""
        self._all.append(past)
        if is_subject:
            self.subjects[past.sentence] = past.party
        if past.party:
            self._last[past.party] = past.sentence

    def when(self, party: str) -> int:
        """The last sentence that mentions a party, -1 where none did yet."""
        return self._last.get(party, -1)

    def tail(self, number: int, reach: int = _REACH) -> Iterator[Past]:
        """What was mentioned in the last sentences, in order."""
        begin = len(self._all)
        while (
            begin > 0
            and len(self._all) - begin < _MOST
            and self._all[begin - 1].sentence >= number - reach
        ):
            begin -= 1
        return iter(self._all[begin:])

    def choose(
        self, number: int, place: int, gender: str | None, barred: frozenset[str]
    ) -> Choice | None:
        """The party that a pronoun at a token stands for: the one that fits best, where none
        comes near it."""
        facts = self.facts
        scores: dict[str, float] = {}
        for past in self.tail(number):
            party = past.party
            if past.sentence == number and past.token >= place:
                continue
            apart = self.paragraphs[number] - self.paragraphs[past.sentence]
            if apart > 1 or party in barred or not self._fits(past, gender):
                continue
            if not party and number - past.sentence > 1:
                continue
            score = past.weight + _FAR[number - past.sentence] - (_APART if apart else 0.0)
            if not party:
                score -= _UNNAMED + (_THING if past.is_thing else 0.0)
            elif facts.labels.get(party) == "ORG" and self.language != "en":
                score -= _THING
            elif gender and gender in facts.gender(party):
                score += _FITS
            key = self.alias.get(party, party)
            scores[key] = max(scores.get(key, -9.0), score)
        if not scores:
            return None
        ranked = sorted(scores.items(), key=_by_score)
        best, score = ranked[0]
        if not best or self._is_unclear(best, gender):
            return None
        if len(ranked) > 1 and score - ranked[1][1] < _MARGIN:
            return None
        return best, len(ranked) == 1

    def _fits(self, past: Past, gender: str | None) -> bool:
        facts = self.facts
        if not past.party:
            return past.gender is None or gender is None or past.gender == gender
        label = facts.labels.get(past.party)
        known = facts.gender(past.party)
        if label == "PER":
            return gender != "n" and (gender is None or not known or gender in known)
        if label != "ORG":
            return False
        if self.language == "en":
            return gender == "n"
        return gender is None or not known or gender in known

    def _is_unclear(self, party: str, gender: str | None) -> bool:
        """An organisation whose grammatical gender is not known may be another's rival only."""
        facts = self.facts
        unknown = gender in ("m", "f") and not facts.gender(party)
        return unknown and facts.labels.get(party) == "ORG"

    def left_out(self, number: int, first: int) -> Iterator[tuple[str | None, Past]]:
        """By the gender that a verb shows, where its subject was last mentioned if the sentence
        that begins at token `first` has none."""
        for gender in GENDERS:
            chosen = self.choose(number, first, gender, frozenset())
            if chosen is None:
                continue
            keys = (chosen[0], self.alias.get(chosen[0], ""))
            past = [p for p in self.tail(number) if p.party and p.party in keys]
            if past:
                yield gender, past[-1]


def _by_score(entry: tuple[str, float]) -> tuple[float, str]:
    return -entry[1], entry[0]
