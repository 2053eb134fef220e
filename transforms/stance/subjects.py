"""Who a pronoun, a title, a noun or a missing subject stands for
(transforms/quotations/references)."""

from bisect import bisect_left
from typing import NamedTuple

from transforms.elements import Reading
from transforms.quotations.candidates import candidates
from transforms.quotations.references.resolve import References, Referent
from transforms.quotations.references.words import PERSON, vocabulary
from transforms.quotations.speakers import Speakers
from transforms.quotations.units import read
from transforms.stance.agreement import CASES, verb_gender
from transforms.stance.frames import Frame
from transforms.stance.names import CLITIC, Name, Named, Range
from transforms.stance.view import View

_LEFT_OUT = frozenset(("it", "es", "pt", "ro", "pl", "cs", "ru", "uk"))
_CLITICS = frozenset(("it", "fr", "es", "pt", "ro"))  # languages with pronouns before the verb
_MOST_UNKNOWN = 1  # words before a verb without a subject that may be adverbs
_EMPTY = frozenset(
    ("to", "of", "by", "and", "swap", "negator", "passive", "copula", "light", "longer", "reason",
     "demand", "hedge", "first", "for", CLITIC)
)  # fmt: skip
Heirs = dict[str | None, Named]  # by the gender that a verb shows


class StandIns(NamedTuple):
    """What in a sentence stands for entities, and what does for nobody that is known: `named`
    beside the names, `clitics` before their verbs (an entity "" where it is unknown), `unknown`
    pronouns (True) and nouns."""

    named: list[Named]
    clitics: list[Named]
    unknown: list[tuple[int, int, bool]]


class Subjects:
    """The parties of an article as its sentences go on about them."""

    def __init__(self, reading: Reading) -> None:
        self._text = read(reading)
        self._speakers = Speakers(self._text, candidates(self._text, reading))
        self._references = References(self._text, self._speakers, reading)
        self._labels = {e.entity_id: e.label for e in reading.article.entities or ()}
        self._language = self._text.language
        self._marks = [mark.first for mark in self._references.marks]

    def stand_ins(self, start: int, end: int) -> StandIns:
        """The pronouns, titles and nouns in a range of the body that stand for a party."""
        text = self._text
        found = StandIns([], [], [])
        for referent in self._references.between(start, end):
            if referent.how == "noun":
                found.named.append(self._noun(referent))
        first, last = text.index(start), text.index(end)
        begin, stop = bisect_left(self._marks, first), bisect_left(self._marks, last)
        for mark in self._references.marks[begin:stop]:
            place = text.tokens[mark.first].start, text.tokens[mark.last - 1].end
            known = self._references.at(mark.first)
            named = Named(*place, "", "", "pronoun", mark.role, mark.gender)
            if known is not None:
                label = self._labels.get(known.entity_id, "PER")
                named = named._replace(entity_id=known.entity_id, label=label)
                named = named._replace(case=mark.role == "subject", is_sure=known.is_sure)
            if mark.role in ("clitic", "dative") and self._language in _CLITICS:
                found.clitics.append(named)
            elif known is not None:
                found.named.append(named)
            elif mark.role != "subject":
                found.unknown.append((*place, True))
        for candidate in self._speakers.between(first, last):
            unknown = candidate.noun is not None and self._references.at(candidate.first) is None
            if unknown and not self._references.is_named(candidate.first):
                found.unknown.append((candidate.start, candidate.end, False))
        return found

    def _noun(self, referent: Referent) -> Named:
        """A title or noun, in the Slavic languages with its case: the first form of its line is
        the nominative, which is that of a thing's accusative as well."""
        text = self._text
        label = self._labels.get(referent.entity_id, "PER")
        forms = text.tokens[referent.first : referent.last]
        noun = vocabulary(self._language).noun(forms)
        case: bool | None = None
        if noun is not None and self._language in CASES:
            form = " ".join(token.form for token in forms)
            same = form == noun.base and (noun.kind == PERSON or noun.gender == "f")
            case = True if same else None if form == noun.base else False
        gender = noun.gender if noun is not None else None
        place = referent.start, referent.end
        return Named(*place, referent.entity_id, label, "noun", "", gender, case, referent.is_sure)

    def heirs(self, start: int, before: Range | None) -> Heirs:
        """Whom a sentence without a subject goes on about, named in a sentence before it that
        ends not long before `start`."""
        body = self._text.body
        if self._language not in _LEFT_OUT or before is None:
            return {}
        if body.count("\n", before[1], start) > 2:
            return {}
        found: Heirs = {}
        for gender in (None, "m", "f", "n"):
            past = self._references.left_out(start, gender)
            if past is not None:
                tokens = self._text.tokens
                place = tokens[past.token].start, tokens[past.last - 1].end
                label = self._labels.get(past.party, "PER")
                if place[1] <= start:
                    found[gender] = Named(*place, past.party, label)
        return found


def without_subject(view: View, heirs: Heirs) -> Name | None:
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
    if any(n.named.label == "PER" and n.case is not False and not n.named.stands for n in after):
        return None  # "ha criticato Mario Rossi": whom, or who?
    verb = verb_gender(view.form(frame.first), view.language)
    heir = heirs.get(verb) if verb in ("m", "f", "n") else heirs.get(None)
    if heir is None or verb == "p":
        return None
    return Name(0, 0, heir, frozenset(), -1, True if view.language in CASES else None)


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
