"""Which entity a title or a pronoun stands for, where that is safe; None elsewhere."""

from bisect import bisect_left
from dataclasses import dataclass

from transforms.quotations.candidates import Candidate
from transforms.quotations.found import Found
from transforms.quotations.grammar import (
    AND,
    ARTICLES,
    INDEFINITE,
    NO_WORDS,
    NOBODY,
    PRO_DROP,
    SLAVIC,
)
from transforms.quotations.references.genders import verb_gender
from transforms.quotations.references.resolve import References
from transforms.quotations.speakers import Speakers
from transforms.quotations.text import Text, Unit

# languages without subjects in which a noun that is one has an article
_ARTICLED = frozenset(("it", "es", "pt", "ca", "gl"))


@dataclass(frozen=True)
class Said:
    """The speaker of an earlier quotation: where the words stand, and the paragraph."""

    speaker: Candidate
    entity_id: str | None
    paragraph: int


@dataclass(frozen=True)
class Speaker:
    """Who says a quotation: the words that say so, the entity, and how well that is `known`
    (confidence.py)."""

    words: Candidate | None
    entity_id: str | None
    known: str


NOBODY_KNOWN = Speaker(None, None, "unknown")


class Resolver:
    """What a text tells of its people: their titles, their gender, who is mentioned where."""

    def __init__(self, text: Text, speakers: Speakers, references: References) -> None:
        self.text = text
        self.speakers = speakers
        self.references = references
        self._said: Said | None = None
        self._unnamed = -1  # where somebody last spoke who is nobody that was named
        self.persons = [c for c in speakers.all if c.label == "PER" and text.inside[c.first] < 0]
        self._starts = [person.first for person in self.persons]
        ever = {person.entity_id for person in self.persons}
        self._ids = ever - {None}
        self._only = next(iter(ever)) if len(ever) == 1 else None

    def speaker(self, found: Found) -> Speaker:
        """The speaker of a quotation; to be asked for each in order."""
        paragraph = self.text.units[found.unit].paragraph
        who = self._named(found, paragraph) or self._earlier(found, paragraph)
        words = who.words
        if words is None or (words.start < found.end and found.start < words.end):
            return NOBODY_KNOWN
        if who.entity_id or words.kind == "entity":
            self._said = Said(words, who.entity_id, paragraph)
        elif words.kind != "pronoun":
            self._said, self._unnamed = None, words.first
        return who

    def _named(self, found: Found, paragraph: int) -> Speaker | None:
        if found.speaker is None:
            return None
        before = self.text.units[max(0, found.unit - 1)].first
        entity_id = self.resolve(found.speaker, self._said, before, paragraph)
        return Speaker(found.speaker, entity_id, "linked" if entity_id else "words")

    def _earlier(self, found: Found, paragraph: int) -> Speaker:
        """Who the subject that a verb leaves out must be, or the pronoun in "jej zdaniem"."""
        own = self.speakers.possessor(*found.cue) if found.cue else None
        if own is not None and own.gender in ("m", "f"):
            before = self.text.units[max(0, found.unit - 1)].first
            entity_id = self._pronoun(own, self._said, before, paragraph)
            named = [p for p in self.persons if p.entity_id == entity_id and p.first < own.first]
            if entity_id and named:
                return Speaker(named[-1], entity_id, "earlier")
        if found.cue is None or self._has_unknown_subject(found.cue[0]):
            return NOBODY_KNOWN
        said = self._said
        if said is not None and self.still_speaks(said, found.cue[0], paragraph):
            return Speaker(said.speaker, said.entity_id, "earlier")
        if self.text.language in PRO_DROP:
            subject = self.subject_before(self.text.units, found.unit, found.cue[0])
            if subject is not None:
                return Speaker(subject, subject.entity_id, "earlier")
            left_out = self._left_out(found.cue[0])
            if left_out is not None:
                return Speaker(left_out, left_out.entity_id, "earlier")
        return NOBODY_KNOWN

    def _left_out(self, cue: int) -> Candidate | None:
        gender = verb_gender(self.text.form(cue), self.text.language)
        past = self.references.left_out(self.text.tokens[cue].start, gender)
        if past is None:
            return None
        tokens = self.text.tokens
        start, end = tokens[past.token].start, tokens[past.last - 1].end
        return Candidate(past.token, past.last, start, end, "entity", None, past.party)

    def _has_unknown_subject(self, cue: int) -> bool:
        """Whether a word stands before a verb in its clause that may be its subject."""
        text = self.text
        for place in range(cue - 1, max(-1, cue - 8), -1):
            if not text.is_word(place) or text.inside[place] >= 0:
                return False
            form = text.form(place)
            if form in AND.get(text.language, NO_WORDS) and text.language in PRO_DROP:
                return False  # the subject of the clause before
            governed = (text.language in SLAVIC or text.language in _ARTICLED) and (
                place - 1 in text.prepositions or place - 2 in text.prepositions
            )
            if text.language in _ARTICLED and not self._has_article(place):
                continue
            if len(form) > 4 and form not in NOBODY and place not in text.passive and not governed:
                return True
        return False

    def _has_article(self, place: int) -> bool:
        """Whether an article stands before a word, or before the one before it."""
        text = self.text
        return any(
            text.form(i) in ARTICLES or text.form(i) in INDEFINITE for i in (place - 1, place - 2)
        )

    def resolve(
        self, candidate: Candidate, said: Said | None, unit_first: int, paragraph: int
    ) -> str | None:
        """The entity_id of a speaker. `said` is who spoke last; `unit_first` the first token of
        the sentence before the speaker's."""
        found = self.references.at(candidate.first)
        if candidate.kind == "entity":
            return found.entity_id if found is not None else candidate.entity_id
        known = found.entity_id if found is not None else self.references.named(candidate.first)
        if candidate.kind == "pronoun" and candidate.gender in ("m", "f"):
            return self._pronoun(candidate, said, unit_first, paragraph) or known
        return known

    def _pronoun(
        self, candidate: Candidate, said: Said | None, unit_first: int, paragraph: int
    ) -> str | None:
        gender = candidate.gender or ""
        if said is not None and self.still_speaks(said, candidate.first, paragraph, gender):
            return said.entity_id
        if said is not None and self._goes_on(said, unit_first, gender):
            return said.entity_id
        last = bisect_left(self._starts, candidate.first) - 1
        if last < 0 or self._starts[last] < self._unnamed < candidate.first:
            return None  # she is the minister who spoke, not whoever was named before
        near = self.mentioned(unit_first, candidate.first)
        if len(near) == 1 and self._fits(next(iter(near)), gender):
            return next(iter(near))
        if not near and self._only is not None and self.persons[0].first < candidate.first:
            return self._only if self._fits(self._only, gender) else None
        return None

    def _goes_on(self, said: Said, unit_first: int, gender: str) -> bool:
        """Whether the speaker of the sentence before is known to be of a pronoun's gender,
        whoever else was named in what was said."""
        facts = self.references.facts
        known = facts.gender(said.entity_id or "") if facts is not None else set()
        return said.speaker.first >= unit_first and gender in known

    def still_speaks(self, said: Said, place: int, paragraph: int, gender: str = "") -> bool:
        """Whether nobody else was named since somebody spoke, at most one paragraph ago."""
        if said.entity_id not in self._ids or paragraph - said.paragraph > 1:
            return False
        others = self.mentioned(said.speaker.last, place) - {said.entity_id}
        return not others and self._fits(said.entity_id, gender)

    def subject_before(self, units: list[Unit], number: int, cue: int) -> Candidate | None:
        """The one person named in the sentence before and up to a verb without a subject."""
        if number == 0 or units[number].paragraph - units[number - 1].paragraph > 1:
            return None
        begin = bisect_left(self._starts, units[number - 1].first)
        end = bisect_left(self._starts, cue)
        near = self.persons[begin:end][:50]
        if self.text.language in SLAVIC and len({p.entity_id for p in near}) > 1:
            near = [person for person in near if self._may_be_subject(person, cue)]
        return near[-1] if near and len({p.entity_id for p in near}) == 1 else None

    def _may_be_subject(self, person: Candidate, cue: int) -> bool:
        """Whether a Slavic name is no oblique case by its endings, stands after no preposition,
        and agrees with a verb."""
        # here, as transforms.stance imports this module
        from transforms.stance.agreement import case_of, gender_of, verb_gender

        words = self.text.body[person.start : person.end].split()
        language = self.text.language
        if case_of(words, "PER", language) is False or self.speakers.penalty(person):
            return False
        own, verb = gender_of(words, "PER", language), verb_gender(self.text.form(cue), language)
        return own is None or verb not in ("m", "f") or own == verb

    def mentioned(self, first: int, last: int) -> set[str | None]:
        """The people named outside marks in tokens [first, last); at most the last 50."""
        begin, end = bisect_left(self._starts, first), bisect_left(self._starts, last)
        return {person.entity_id for person in self.persons[max(begin, end - 50) : end]}

    def _fits(self, entity_id: str | None, gender: str) -> bool:
        facts = self.references.facts
        known = facts.gender(entity_id or "") if facts is not None else set()
        return entity_id is not None and (not gender or not known or gender in known)
