"""The party that a title or noun stands for: the one that the text called so."""

from transforms.quotations.candidates import Candidate
from transforms.quotations.references.facts import Facts
from transforms.quotations.references.history import Choice, History
from transforms.quotations.references.words import PERSON, Noun
from transforms.quotations.speakers import Speakers

_RIVAL = 3  # sentences: of two that are called so the one named this much later
_NEAR = 2  # sentences
_MOST = 20  # parties called the same: of more none is meant
_ANY = "any"  # nouns that say nothing but the gender: the politician
_LOOSE = frozenset(("company", "party", "union", "club", "bank", "association", "paper"))
_PLURALS = {
    "ru": ("ов", "ев", "ам", "ям", "ами", "ями", "ах", "ях"),
    "uk": ("ів", "їв", "ам", "ям", "ами", "ями", "ах", "ях"),
    "pl": ("ów", "om", "ami", "ach", "owie"),
    "cs": ("ů", "ům", "ech", "ích"),
}
_PLURAL_S = frozenset(("en", "es", "fr", "pt", "nl"))


class Nouns:
    """Resolves the titles and nouns of an article in order."""

    def __init__(self, facts: Facts, speakers: Speakers, history: History) -> None:
        self.facts = facts
        self.speakers = speakers
        self.history = history

    def is_plural(self, candidate: Candidate) -> bool:
        """By the ending, in languages where it tells."""
        text = self.facts.text
        form = text.form(candidate.last - 1)
        if text.language in _PLURAL_S:
            return form.endswith("s")
        if form.endswith(_PLURALS.get(text.language, ("\0",))):
            return True
        noun = candidate.noun
        masculine = noun is not None and noun.base[-1:] not in "аяoaеєіeioęąyо"
        return masculine and noun is not None and form in (f"{noun.base}ы", f"{noun.base}и")

    def resolve(self, number: int, event: Candidate, noun: Noun) -> Choice | None:
        """Whom a noun in a sentence stands for."""
        facts = self.facts
        if self.is_plural(event) or not facts.is_definite(event):
            return None
        if noun.sort == _ANY:
            return self.history.choose(number, event.first, noun.gender, self._beside(event))
        bearers = facts.bearers.get(noun.key, {})
        known = self._fitting(bearers, noun)
        if not known and noun.sort and not noun.is_compound:
            bearers = {}
            known = self._fitting(facts.sorts.get(noun.sort, {}), noun)
        complement = facts.complement(event)
        if complement:
            known = [p for p in known if (bearers.get(p) or complement)[:4] == complement[:4]]
        if known:
            return self._latest(known)
        return None if complement else self._unnamed(number, event, noun)

    def _fitting(self, parties: dict[str, Noun] | dict[str, str | None], noun: Noun) -> list[str]:
        """The parties of the right label and gender that were mentioned before."""
        facts = self.facts
        if len(parties) > _MOST:
            return []
        label = "PER" if noun.kind == PERSON else "ORG"
        known = [p for p in parties if facts.labels.get(p) == label and self.history.when(p) >= 0]
        if noun.kind == PERSON and noun.gender == "f":
            known = [p for p in known if "m" not in facts.gender(p)]
        return known

    def _beside(self, event: Candidate) -> frozenset[str]:
        near = self.speakers.between(max(0, event.first - 8), event.last + 6)
        return frozenset(c.entity_id for c in near if c.entity_id)

    def _latest(self, known: list[str]) -> Choice | None:
        """The only one, or the one named last where the others are far."""
        when, alias = self.history.when, self.history.alias
        parties = {alias.get(party, party): party for party in sorted(known, key=when)}
        ranked = sorted(parties.values(), key=when, reverse=True)
        if len(ranked) == 1:
            return ranked[0], True
        return (ranked[0], False) if when(ranked[0]) - when(ranked[1]) >= _RIVAL else None

    def _unnamed(self, number: int, event: Candidate, noun: Noun) -> Choice | None:
        """The only organisation of the last sentences that nothing is known of."""
        facts = self.facts
        if noun.kind == PERSON or noun.sort not in _LOOSE or noun.is_compound:
            return None
        rivals = facts.sorts.get(noun.sort, {})
        if any(self.history.when(party) >= 0 for party in rivals):
            return None
        near = {
            past.party
            for past in self.history.tail(number, _NEAR)
            if facts.labels.get(past.party) == "ORG" and past.token < event.first
        }
        free = near - facts.told
        return (next(iter(free)), False) if len(free) == 1 == len(near) else None
