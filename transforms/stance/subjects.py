"""Who a pronoun, a title or a missing subject stands for: resolved as speakers are
(transforms/quotations/resolution.py), or the one person of the sentence before."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.elements import Reading
from transforms.quotations.candidates import Candidate, candidates
from transforms.quotations.grammar import words as listed
from transforms.quotations.resolution import Resolver, Said
from transforms.quotations.speakers import Speakers
from transforms.quotations.units import read
from transforms.stance.agreement import CASES, gender_of, verb_gender
from transforms.stance.clauses import STANDS_FOR, Name, Named, View
from transforms.stance.frames import Frame

HEIR = "heir"  # the subject is that of the sentence before
_LEFT_OUT = frozenset(("it", "es", "pt", "ro", "pl", "cs", "ru", "uk"))
_AMBIGUOUS = listed("sie ze questi quegli essa esse loro elle elles ils")
_MOST_UNKNOWN = 1  # words before a verb without a subject that may be adverbs
_EMPTY = frozenset(
    ("to", "of", "by", "and", "swap", "negator", "passive", "copula", "light", "longer", "reason",
     "demand", "hedge", "first", "for")
)  # fmt: skip
Range = tuple[int, int]


@dataclass(frozen=True)
class Heir:
    """Whom a sentence without a subject goes on about, named before it."""

    start: int
    end: int
    entity_id: str
    label: str
    words: tuple[str, ...]


class Subjects:
    """The people of an article as its sentences go on about them."""

    def __init__(self, reading: Reading) -> None:
        self._body = reading.article.body or ""
        self._text = read(reading)
        self._speakers = Speakers(self._text, candidates(self._text, reading))
        self._resolver = Resolver(self._text, self._speakers)
        self._units = [unit.first for unit in self._text.units]
        self._said = sorted(self._voices(reading))
        self._labels = {e.entity_id: e.label for e in reading.article.entities or ()}
        self._language = self._text.language

    def _voices(self, reading: Reading) -> list[tuple[int, str]]:
        found = []
        for quotation in reading.article.quotations or ():
            speaker = quotation.speaker
            if speaker is not None and speaker.start is not None and speaker.entity_id:
                found.append((speaker.start, speaker.entity_id))
        return found

    def stand_ins(self, start: int, end: int) -> list[Named]:
        """The pronouns and titles in a range of the body that stand for somebody."""
        text = self._text
        first, last = text.index(start), text.index(end)
        found = []
        for candidate in self._speakers.between(first, last):
            if candidate.kind not in ("pronoun", "title") or text.inside[candidate.first] >= 0:
                continue
            if candidate.kind == "pronoun" and text.form(candidate.first) in _AMBIGUOUS:
                continue
            if candidate.kind == "title" and self._is_named(candidate):
                continue
            unit = max(0, bisect_left(self._units, candidate.first + 1) - 1)
            before = self._units[max(0, unit - 1)] if self._units else 0
            paragraph = text.units[unit].paragraph if text.units else 0
            said = self._last(candidate.first)
            entity_id = self._resolver.resolve(candidate, said, before, paragraph)
            if entity_id and self._labels.get(entity_id) == "PER":
                found.append(Named(candidate.start, candidate.end, entity_id, STANDS_FOR))
        return found

    def _is_named(self, title: Candidate) -> bool:
        """Whether a name stands beside a title."""
        near = self._speakers.between(max(0, title.first - 3), title.last + 5)
        return any(candidate.kind == "entity" for candidate in near)

    def _last(self, place: int) -> Said | None:
        """The speaker of the last quotation that is told before a token."""
        text = self._text
        at = text.tokens[place].start if place < len(text.tokens) else len(self._body)
        number = bisect_left(self._said, (at, "")) - 1
        if number < 0:
            return None
        start, entity_id = self._said[number]
        token = text.index(start)
        speaker = next((c for c in self._speakers.between(token, token + 8)), None)
        unit = max(0, bisect_left(self._units, token + 1) - 1)
        if speaker is None:
            return None
        return Said(speaker, entity_id, text.units[unit].paragraph)

    def heir(self, named: Sequence[Named], start: int, sentence: Range) -> Heir | None:
        """Of the names of the sentence before, whose paragraph ends not long before `start`, the
        only person, or the only organisation where there is no person."""
        if self._language not in _LEFT_OUT or self._body.count("\n", sentence[1], start) > 2:
            return None
        for label in ("PER", "ORG"):
            group = [n for n in named if n.label == label]
            if group:
                if len({n.entity_id for n in group}) > 1:
                    return None
                one = group[0]
                words = tuple(self._body[one.start : one.end].split())
                return Heir(one.start, one.end, one.entity_id, one.label, words)
        return None


def without_subject(view: View, heir: Heir) -> Name | None:
    """The heir as the subject of a sentence that begins with a verb of stance; None where the
    sentence may have a subject of its own."""
    frame = next((f for f in view.frames if f.pos in ("verb", "define", "noun")), None)
    if frame is None or frame.pos == "noun" or not _is_open(view, frame):
        return None
    clause = view.clause[frame.first]
    names = [n for n in view.names if view.clause[n.first] == clause]
    if any(n.last <= frame.first and not n.governor for n in names):
        return None
    after = [n for n in names if n.first >= frame.last and not n.governor]
    if any(n.named.label == "PER" and n.case is not False for n in after):
        return None  # "ha criticato Mario Rossi": whom, or who?
    own = gender_of(heir.words, heir.label, view.language)
    verb = verb_gender(view.form(frame.first), view.language)
    if verb in ("m", "f", "n", "p") and own is not None and verb != own:
        return None
    named = Named(heir.start, heir.end, heir.entity_id, heir.label)
    return Name(0, 0, named, frozenset(), -1, True if view.language in CASES else None)


def _is_open(view: View, frame: Frame) -> bool:
    """Whether nothing before the verb in its sentence can be its subject."""
    if view.clause[frame.first] != 0 or frame.first > 8:
        return False
    unknown = 0
    for i in range(frame.first):
        kinds = view.marks.at[i]
        if view.form(i) in ',"“«' or view.name_at[i] >= 0:
            continue
        if "article" in kinds and not kinds & {"to", "of", "by"}:
            before = view.marks.at[i - 1] if i else frozenset()
            if not before & {"to", "of", "by", "for"}:
                return False
        governed = i > 0 and view.marks.at[i - 1] & {"to", "of", "by", "article"}
        if kinds & {"pronoun.m", "pronoun.f", "pronoun.n", "pronoun.p", "title", "title.m"}:
            return False
        if not kinds & _EMPTY and "article" not in kinds and not governed:
            unknown += 1
    return unknown <= _MOST_UNKNOWN
