"""Which party a pronoun, a title or a noun stands for: one pass over an article's sentences.

Whatever is named, or stands for a party, is remembered by sentence; a pronoun stands for the
party that fits in gender and is nearest, where no other is as near; a noun for the one that the
text called so. Where two compete nothing is said.
"""

from bisect import bisect_left
from typing import NamedTuple

from transforms.elements import Reading
from transforms.quotations.candidates import Candidate
from transforms.quotations.grammar import PRO_DROP, SLAVIC
from transforms.quotations.references.facts import Facts
from transforms.quotations.references.history import NOBODY, History, Past
from transforms.quotations.references.nouns import Nouns
from transforms.quotations.references.pronouns import (
    CLITIC,
    DATIVE,
    OBJECT,
    SUBJECT,
    Pronoun,
    Things,
    pronouns,
)
from transforms.quotations.references.words import GROUP, vocabulary
from transforms.quotations.speakers import Speakers
from transforms.quotations.text import Text

_INSTITUTIONS = frozenset(("ministry", "commission", "council", "agency"))  # often names
_SUBJECT, _OTHER, _QUOTED = 2.0, 0.5, 1.0  # how much a mention stands out


class Referent(NamedTuple):
    """Tokens [first, last), code points [start, end) that stand for an entity. `how`: pronoun or
    noun; `role`: subject, object, clitic, dative, or "" for a noun; `is_sure`: nobody else could
    be meant."""

    first: int
    last: int
    start: int
    end: int
    entity_id: str
    how: str
    role: str
    is_sure: bool


class References:
    """The referents of an article."""

    def __init__(self, text: Text, speakers: Speakers, reading: Reading) -> None:
        self.text = text
        self.speakers = speakers
        self.found: dict[int, Referent] = {}
        self._firsts: list[int] = []
        self.marks: list[Pronoun] = []
        if text.lexicon is None or not reading.article.entities:
            self.facts: Facts | None = None
            return
        known = self._known = vocabulary(text.lexicon.language)
        self.facts = Facts(text, speakers, known, reading.article.entities)
        self._left_out: dict[tuple[int, str | None], Past] = {}
        self._speakers_of = sorted(
            (text.index(q.start), text.index(q.end), q.speaker.entity_id or "")
            for q in reading.article.quotations or ()
            if q.speaker is not None
        )
        ranges = reading.sentences or [
            (text.tokens[u.first].start, text.tokens[u.last - 1].end) for u in text.units
        ]
        self._sentences = [(text.index(start), text.index(end)) for start, end in ranges]
        self._begins = [first for first, _ in self._sentences]
        paragraphs = _paragraphs(text.body, [start for start, _ in ranges])
        self._history = History(self.facts, paragraphs, _aliases(reading), text.language)
        self._nouns = Nouns(self.facts, speakers, self._history)
        marks = self.marks = sorted(pronouns(text, speakers, known), key=_first)
        clitics = frozenset(mark.first for mark in marks)
        self._things = Things(text, speakers, known, clitics)
        at = 0
        for number, (first, last) in enumerate(self._sentences):
            begin = at
            while at < len(marks) and marks[at].first < last:
                at += 1
            self._sentence(number, first, last, [m for m in marks[begin:at] if m.first >= first])
        self._firsts = sorted(self.found)

    def between(self, start: int, end: int) -> list[Referent]:
        """The referents in a range of the body."""
        first, last = self.text.index(start), self.text.index(end)
        begin, stop = bisect_left(self._firsts, first), bisect_left(self._firsts, last)
        return [self.found[place] for place in self._firsts[begin:stop]]

    def at(self, first: int) -> Referent | None:
        """What begins at a token."""
        return self.found.get(first)

    def named(self, first: int) -> str | None:
        """The party whose name stands beside the title or noun at a token."""
        name = self.facts.named.get(first) if self.facts is not None else None
        return name.entity_id if name is not None else None

    def is_named(self, first: int) -> bool:
        """Whether a name stands beside the title or noun at a token."""
        return self.facts is not None and first in self.facts.named

    def _sentence(self, number: int, first: int, last: int, marks: list[Pronoun]) -> None:
        events: list[Candidate | Pronoun] = list(marks)
        taken = {mark.first for mark in marks}
        for candidate in self.speakers.between(first, last):
            if candidate.first not in taken and candidate.kind != "pronoun":
                events.append(candidate)
        if self.text.language in PRO_DROP and number:
            for gender, past in self._history.left_out(number, first):
                self._left_out[number, gender] = past
        outer = [e for e in events if self.text.inside[e.first] < 0]
        inner = [e for e in events if self.text.inside[e.first] >= 0]
        for event in sorted(outer, key=_first):
            self._event(number, event, frozenset())
        subject = self._history.subjects.get(number)
        subjects = [mark for mark in marks if mark.role == SUBJECT]
        if subject is None and self.text.language in PRO_DROP and number and not subjects:
            self._carry(number, first, last)
        for event in sorted(inner, key=_first):
            speaker = self._speaker(event.first)
            said_by = {speaker} if speaker else set()
            said_by |= {subject} if subject and outer else set()
            self._event(number, event, frozenset(said_by), quoted=True)

    def _carry(self, number: int, first: int, last: int) -> None:
        """A sentence without a subject goes on about the one of the sentence before."""
        history = self._history
        before = history.subjects.get(number - 1)
        if not before or history.paragraphs[number] - history.paragraphs[number - 1] > 1:
            return
        for candidate in self.speakers.between(first, last):
            if self.text.inside[candidate.first] < 0 and self.speakers.penalty(candidate) == 0:
                return
        past = [p for p in history.tail(number, 1) if p.party == before]
        if past:
            history.note(past[-1]._replace(sentence=number, weight=_SUBJECT), True)

    def _speaker(self, place: int) -> str:
        """The speaker of the quotation around a token."""
        number = bisect_left(self._speakers_of, (place + 1,)) - 1
        if number >= 0:
            start, end, entity_id = self._speakers_of[number]
            if start <= place < end:
                return entity_id
        return ""

    def _event(
        self,
        number: int,
        event: Candidate | Pronoun,
        excluded: frozenset[str],
        quoted: bool = False,
    ) -> None:
        if isinstance(event, Pronoun):
            self._pronoun(number, event, excluded, quoted)
        elif event.kind == "entity":
            if event.entity_id and not self._is_noun(number, event, quoted):
                self._remember(number, event, event.entity_id, quoted)
        elif event.noun is not None and event.kind in ("title", "org"):
            facts = self.facts
            if self.is_named(event.first) or facts is None or facts.is_verb(event):
                return
            chosen = self._nouns.resolve(number, event, event.noun)
            if chosen is not None:
                party, sure = chosen
                self._add(event.first, event.last, party, "noun", "", sure)
                self._remember(number, event, party, quoted)
            elif not self._nouns.is_plural(event):
                self._remember(number, event, NOBODY, quoted)

    def _is_noun(self, number: int, event: Candidate, quoted: bool) -> bool:
        """A noun that was taken for a name ("the Federation", „Radny”) and stands for another."""
        if event.label != "ORG" or event.last - event.first > 1 or self.facts is None:
            return False
        noun = self._known.nouns.get(self.text.form(event.first))
        if noun is None or noun.sort in _INSTITUTIONS or (noun.kind == GROUP and not noun.sort):
            return False
        chosen = self._nouns.resolve(number, event, noun)
        if chosen is None or chosen[0] == event.entity_id:
            return False
        self._add(event.first, event.last, chosen[0], "noun", "", chosen[1])
        self._remember(number, event, chosen[0], quoted)
        return True

    def _add(self, first: int, last: int, party: str, how: str, role: str, sure: bool) -> None:
        tokens = self.text.tokens
        start, end = tokens[first].start, tokens[last - 1].end
        self.found[first] = Referent(first, last, start, end, party, how, role, sure)

    def _remember(self, number: int, event: Candidate, party: str, quoted: bool) -> None:
        free = self.speakers.penalty(event) == 0 and not self._is_oblique(event)
        self._note(number, event, party, free, quoted)

    def _note(
        self, number: int, event: Candidate | Pronoun, party: str, free: bool, quoted: bool
    ) -> None:
        subject = free and not quoted and number not in self._history.subjects
        weight = (_SUBJECT if free else _OTHER) - (_QUOTED if quoted else 0.0)
        thing = isinstance(event, Candidate) and event.kind == "org"
        gender = event.noun.gender if isinstance(event, Candidate) and event.noun else event.gender
        if thing and not party and gender is None:
            return
        past = Past(number, event.first, event.last, party, weight, gender, thing)
        self._history.note(past, subject)

    def _is_oblique(self, event: Candidate) -> bool:
        """Whether a name or noun is no subject by its form or article."""
        text = self.text
        if text.language == "de":
            return text.form(event.first - 1) in ("den", "dem", "einen", "einem", "des")
        if text.language not in SLAVIC:
            return False
        if event.kind == "entity" or event.noun is None:
            return self.speakers.is_oblique(event) or self._is_genitive(event)
        form = " ".join(token.form for token in text.tokens[event.first : event.last])
        return form != event.noun.base

    def _is_genitive(self, event: Candidate) -> bool:
        """Whether a Slavic name follows what it belongs to (Trener Orkana ...), or is a person's
        in an oblique case by its endings."""
        if event.label != "PER":
            near = self.speakers.between(max(0, event.first - 3), event.first)
            return any(c.noun is not None and c.last == event.first for c in near)
        # here, as transforms.stance imports this module
        from transforms.stance.agreement import case_of

        words = self.text.body[event.start : event.end].split()
        return case_of(words, "PER", self.text.language) is False

    def _pronoun(self, number: int, mark: Pronoun, excluded: frozenset[str], quoted: bool) -> None:
        barred = excluded | self._same_clause(number, mark, quoted)
        begin = self._sentences[max(0, number - 1)][0]
        if mark.role in (OBJECT, CLITIC) and self._things.may_be_meant(mark, begin):
            return
        chosen = self._history.choose(number, mark.first, mark.gender, barred)
        if chosen is not None and not self._is_odd(mark, chosen[0]):
            party, sure = chosen
            self._add(mark.first, mark.last, party, "pronoun", mark.role, sure)
            self._note(number, mark, party, mark.role == SUBJECT, quoted)

    def _is_odd(self, mark: Pronoun, party: str) -> bool:
        """Whether an object is feminine and nothing tells that the party is: it may be a thing
        ("che l'avevano definita inaccettabile")."""
        known = self.facts.gender(party) if self.facts is not None else ()
        return mark.role in (OBJECT, CLITIC) and mark.gender == "f" and not known

    def _same_clause(self, number: int, mark: Pronoun, quoted: bool) -> frozenset[str]:
        """Who cannot be meant: the subject of the pronoun's own verb, and who is named beside."""
        barred = set()
        first, last = self._sentences[number]
        low = mark.first
        while low > first and low > mark.first - 20 and not self._parts(low - 1, mark.first):
            low -= 1
        high = mark.last
        while high < last and high < mark.last + 12 and not self._parts(high, mark.first):
            high += 1
        for candidate in self.speakers.between(low, high):
            if mark.role == SUBJECT and self._has_verb(candidate.last, mark.first):
                continue  # the chairman said he ...
            if candidate.entity_id and not self._is_possessor(candidate):
                barred.add(candidate.entity_id)
            elif candidate.first in self.found and candidate.first != mark.first:
                barred.add(self.found[candidate.first].entity_id)
        for place in range(low, high):
            other = self.found.get(place)
            if mark.role == SUBJECT and self._has_verb(place, mark.first):
                continue
            if other is not None and place != mark.first:
                barred.add(other.entity_id)
        if mark.role in (OBJECT, CLITIC, DATIVE) and not quoted:
            barred |= self._subject_of(number, mark)
        return frozenset(barred) - {NOBODY}

    def _has_verb(self, first: int, last: int) -> bool:
        """Whether a verb stands in tokens [first, last)."""
        text = self.text
        return any(
            i in text.cue_at or text.form(i) in self._known.verbs for i in range(first, last)
        )

    def _is_possessor(self, candidate: Candidate) -> bool:
        return self.text.form(candidate.last) == "'s" or (
            self.text.form(candidate.first - 1) in ("of", "di", "de", "von", "van", "d'")
        )

    def _subject_of(self, number: int, mark: Pronoun) -> set[str]:
        """The subject of a verb with an object pronoun: the last in the sentence before it, or
        the one that the sentence leaves out."""
        history = self._history
        before = [
            past
            for past in history.tail(number, 0)
            if past.token < mark.first and past.weight >= _SUBJECT and past.party
        ]
        if before:
            return {before[-1].party}
        if self.text.language in PRO_DROP and number:
            left_out = self._history.subjects.get(number - 1)
            fits = left_out and history.paragraphs[number] == history.paragraphs[number - 1]
            return {left_out} if fits and left_out else set()
        return set()

    def _parts(self, place: int, pronoun: int) -> bool:
        """Whether a token parts clauses."""
        text = self.text
        if text.inside[place] != text.inside[pronoun]:
            return True
        if not text.is_word(place):
            return text.form(place) not in "'’-"
        return place in text.that_at or place in text.swap

    def left_out(self, start: int, gender: str | None = None) -> Past | None:
        """Where the party was last mentioned that the subject of the sentence around a place of
        the body is, if its verb has none; `gender` is what the verb shows."""
        if self.facts is None:
            return None
        number = bisect_left(self._begins, self.text.index(start) + 1) - 1
        return self._left_out.get((number, gender))


def _first(event: Candidate | Pronoun) -> int:
    return event.first


def _paragraphs(body: str, starts: list[int]) -> list[int]:
    found, paragraph, at = [], 0, 0
    for start in starts:
        paragraph += body.count("\n", at, start)
        at = max(at, start)
        found.append(paragraph)
    return found


def _aliases(reading: Reading) -> dict[str, str]:
    """Entities whose name lies in another's of the same label: Medivera, the Medivera group."""
    found: dict[str, str] = {}
    groups = [e for e in reading.article.entities or () if e.label == "ORG"][:60]
    words = [set(entity.name.casefold().split()) for entity in groups]
    for one, own in zip(groups, words, strict=True):
        for other, theirs in zip(groups, words, strict=True):
            if own < theirs:
                found[one.entity_id] = other.entity_id
    return found
