"""The verb, noun or preposition that attributes a quoted span, and the speaker it has."""

from dataclasses import dataclass

from transforms.lexicons import Match
from transforms.quotations.candidates import Candidate
from transforms.quotations.grammar import AND, NO_WORDS, PRO_DROP
from transforms.quotations.speakers import Speakers
from transforms.quotations.text import DASHES, ENDS, Gap, Text

_LAST_WORDS = 3  # before a verb that follows a quote without a name
_LONG_SUBJECT = 28
_WITH_OBJECTS = ("accuse", "praise")  # kinds of verbs after which an object stands
_VERB_FIRST = frozenset(("de", "nl"))  # a verb right after a comma stands before its subject
_OWNER_REACH = 6  # tokens between a noun of speech and whose it is


@dataclass(frozen=True)
class Cue:
    """Tokens [first, last) and who speaks by them; `speaker` is None where the subject is left
    out."""

    first: int
    last: int
    speaker: Candidate | None
    kind: str = "report"


def after_quote(text: Text, speakers: Speakers, gap: Gap, pause: bool) -> Cue | None:
    """`…, X said`, `…, said X`: the cue that follows a quoted span. `pause`: the quoted text
    ends with a mark of punctuation."""
    first = gap.first
    while first < gap.last and not text.is_word(first):
        if text.form(first) not in ",.)»" and text.form(first) not in DASHES:
            return None
        pause = True
        first += 1
    if first >= gap.last:
        return None
    if first in text.according:
        match = text.according[first]
        speaker = speakers.near(match.last, gap.last)
        return Cue(match.first, match.last, speaker) if speaker else None
    signed = _signature(text, speakers, gap, first)
    if signed is not None:
        return signed
    for place in range(first, min(gap.last, first + _LONG_SUBJECT)):
        if place in text.that_at and place > first and text.form(place - 1) != ",":
            return None
        cue = text.cue_at.get(place)
        if cue is not None and cue.last <= gap.last:
            found = _following(text, speakers, gap, first, cue, pause)
            if found is not None or place > first + _LAST_WORDS:
                return found
    return None


def _signature(text: Text, speakers: Speakers, gap: Gap, first: int) -> Cue | None:
    """`“…” — Anna Kessler`: a dash and a name, and nothing else."""
    if first == gap.first or text.form(first - 1) not in DASHES:
        return None
    names = speakers.between(first, min(gap.last, first + 6))
    if not names or names[0].kind != "entity" or names[0].first > first + 3:
        return None
    last = names[0].last
    if any(place in text.cue_at for place in range(first, last)):
        return None
    if last < gap.last and text.form(last) not in ",.(":
        return None
    return Cue(first - 1, first, names[0])


def closes(text: Text, cue: Cue, last: int, words: int = 4) -> bool:
    """Whether a cue and its speaker govern nothing that follows: no reported clause. `words`:
    how many may follow without a preposition (said again last week)."""
    end = max(cue.last, cue.speaker.last if cue.speaker else 0)
    if end in text.that_at:
        return False
    limit = min(last, end + 10)
    if end >= last or not text.is_word(end) or end in text.prepositions:
        return True
    for place in range(end, limit):
        if place in text.that_at:
            return False
        if not text.is_word(place):
            return place - end <= words
    return limit == last and last - end <= words


def _following(
    text: Text, speakers: Speakers, gap: Gap, first: int, cue: Match, pause: bool
) -> Cue | None:
    if text.form(first) in AND.get(text.language, NO_WORDS) and cue.first > first:
        return None
    by = _agent(text, cue)
    if by is not None:
        speaker = speakers.near(by, gap.last)
    elif cue.first == first:
        speaker = speakers.after(cue.last, gap.last)
    else:
        speaker = speakers.before(first, cue.first) or speakers.after(cue.last, gap.last)
    if speaker is not None:
        near = cue.first == first or (speaker.kind == "pronoun" and speaker.last == cue.first)
        return Cue(cue.first, cue.last, speaker) if pause or near else None
    if any(place in text.passive for place in range(first, cue.first)):
        return None
    few = cue.first - first <= _LAST_WORDS
    if few and text.language in PRO_DROP and (pause or cue.first == first):
        return Cue(cue.first, cue.last, None)
    return None


def _agent(text: Text, cue: Match) -> int | None:
    """Where the agent of a passive verb begins: `was accused by X`; None for an active one."""
    passive = cue.first in text.participles or any(
        place in text.passive for place in range(cue.first - 4, cue.first)
    )
    return text.by_at.get(cue.last) if passive else None


def before_quote(text: Text, speakers: Speakers, gap: Gap) -> Cue | None:
    """The last cue before a quoted span that has a speaker, or stands where it needs none."""
    place = gap.last - 1
    if text.form(place) in ENDS and gap.last > gap.first:
        return None
    limit = max(gap.first, gap.last - _LONG_SUBJECT)
    while place >= limit:
        if text.form(place) in ";" and place < gap.last - 1:
            return None
        cue = text.cue_at.get(place)
        if cue is not None and cue.last <= gap.last:
            found = subject_of(text, speakers, cue, gap)
            if found is not None:
                return found
        place -= 1
    return None


def subject_of(text: Text, speakers: Speakers, cue: Match, gap: Gap) -> Cue | None:
    """A verb with its speaker: by whom, before it, after it, or left out."""
    by = _agent(text, cue)
    if by is not None:
        speaker = speakers.near(by, gap.last)
        if speaker is not None:
            return Cue(cue.first, cue.last, speaker, cue.kind)
    speaker = speakers.before(gap.first, cue.first)
    if text.language in _VERB_FIRST and text.form(cue.first - 1) == ",":
        # "Den Plan lehne er ab, sagte X": the subject follows
        after = speakers.after(cue.last, gap.last)
        if after is not None and after.kind != "phrase":
            return Cue(cue.first, cue.last, after, cue.kind)
    if speaker is None or (speaker.kind != "entity" and speakers.penalty(speaker) > 0):
        behind = None
        next_word = speakers.between(cue.last, cue.last + 1)
        is_subject = bool(next_word) and next_word[0].kind == "pronoun"
        if cue.kind not in _WITH_OBJECTS or text.language not in PRO_DROP or is_subject:
            behind = speakers.after(cue.last, gap.last)
        speaker = behind if behind is not None and behind.kind != "phrase" else speaker
    if speaker is not None:
        return Cue(cue.first, cue.last, speaker, cue.kind)
    return Cue(cue.first, cue.last, None, cue.kind) if text.language in PRO_DROP else None


def noun_cue(text: Text, speakers: Speakers, gap: Gap) -> Cue | None:
    """`X's claim that`, `le parole di X:`: the last noun of speech with who it belongs to."""
    for place in range(gap.last - 1, max(gap.first, gap.last - _LONG_SUBJECT) - 1, -1):
        noun = text.nouns.get(place)
        if noun is not None and noun.last <= gap.last and place not in text.according:
            owner = owner_of(text, speakers, noun, gap)
            if owner is not None:
                return Cue(noun.first, noun.last, owner)
    return None


def owner_of(text: Text, speakers: Speakers, noun: Match, gap: Gap) -> Candidate | None:
    """Whose words a noun names: `of X`, `by X` or a genitive after it, `X's` before it."""
    end = noun.last
    while end < min(gap.last, noun.last + _OWNER_REACH) and end not in text.that_at:
        end += 1
    before = speakers.between(max(gap.first, noun.first - _OWNER_REACH), noun.first)
    if before and text.form(before[-1].last) == "'s":
        return before[-1]
    after = speakers.between(noun.last, end)
    if after:
        return speakers.named(after[0], end)
    return before[-1] if before else None


def colon_cue(text: Text, speakers: Speakers, gap: Gap) -> Cue | None:
    """What a colon at the end of a gap introduces: a verb, a noun, `according to`, a name."""
    found = before_quote(text, speakers, gap)
    if found is not None and found.speaker is not None:
        return found
    noun = noun_cue(text, speakers, gap)
    if noun is not None:
        return noun
    for place in range(gap.first, gap.last):
        if place in text.according:
            match = text.according[place]
            return Cue(match.first, match.last, speakers.near(match.last, gap.last))
    if found is not None:
        return found
    names = speakers.between(max(gap.first, gap.last - 12), gap.last - 1)
    if names:
        free = [c for c in names if speakers.penalty(c) == 0]
        return Cue(gap.last - 1, gap.last, speakers.named((free or names)[0], gap.last))
    return None
