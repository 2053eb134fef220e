"""Where a reported clause begins and ends."""

from transforms.lexicons import Match
from transforms.quotations.grammar import AND, GERUNDS, NO_WORDS, words
from transforms.quotations.speakers import Speakers
from transforms.quotations.text import DASHES, ENDS, Text, Unit

STOPS = frozenset(";:") | ENDS
LONGEST = 600  # tokens of a clause
_ADDRESSEE = 7  # tokens between a verb and its complementiser
_COMMA_CLAUSES = frozenset(("de", "nl"))  # `sagte, er habe`
_ZERO = frozenset(("en",))  # `said he had`
_NO_COMMA = frozenset(("en", "it", "fr", "es", "pt", "ro"))  # before a complementiser
# a clause without "that" begins with a name, a pronoun or one of these, and has one of those
_DETERMINERS = words(
    "the a an this that these those there his her their its our my your i we you all no some any "
    "most many more few"
)
_FINITE = words(
    "is are was were will would has have had can could may might must should do does did 's 'd "
    "'ll 're 've 'm ca wo n't stood stands went goes came comes made makes took takes got gets "
    "lost won left felt knew seemed seems meant means kept keeps needs wants deserves remains shows"
)
_VERB_REACH = 14  # tokens from the beginning of such a clause to its verb
_LOOK_AHEAD = 14  # tokens after a comma in which a verb of speech ends the clause


def clause_end(text: Text, speakers: Speakers, first: int, unit: Unit) -> int:
    """The token after the clause that begins with token `first`: at the end of the sentence, a
    semicolon, a contrast (", but"), or a comma before another verb of speech."""
    joins = AND.get(text.language, NO_WORDS)
    place = first
    limit = min(unit.last, first + LONGEST)
    while place < limit:
        if text.inside[place] >= 0:
            place += 1
            continue
        form = text.form(place)
        if form in ";。" or (form in ENDS and is_end(text, place, unit)):
            break
        if form == "," and place > first and _breaks(text, speakers, place, unit):
            break
        if form in joins and place > first and _speaks_again(text, speakers, place + 1, unit):
            break
        if form in "—–" and place > first and _attributes(text, speakers, place + 1, unit):
            break
        place += 1
    return place


def is_end(text: Text, place: int, unit: Unit) -> bool:
    """A full stop at the end of the unit, or before a capital: no abbreviation."""
    if place + 1 >= unit.last:
        return True
    after = text.tokens[place + 1]
    spaced = after.start > text.tokens[place].end
    return spaced and text.form(place) in "!?…。" and not text.is_lower(place + 1)


def _breaks(text: Text, speakers: Speakers, comma: int, unit: Unit) -> bool:
    if comma + 1 in text.swap or _is_aside(text, comma + 1):
        return True
    return _attributes(text, speakers, comma + 1, unit)


def _is_aside(text: Text, first: int) -> bool:
    """Whether a comma is followed by a participle or by "which": the reporter's own words."""
    endings = GERUNDS.get(text.language, ())
    return any(
        text.is_word(place) and len(text.form(place)) > 4 and text.form(place).endswith(endings)
        for place in ((first, first + 1) if endings else ())
    )


def _speaks_again(text: Text, speakers: Speakers, first: int, unit: Unit) -> bool:
    """After "and": the same speaker's next verb of speech, or another speaker's."""
    if first in text.cue_at:
        cue = text.cue_at[first]
        return cue.last < unit.last and (
            text.inside[cue.last] >= 0
            or not text.is_word(cue.last)
            or cue.last in text.that_at
            or bool(speakers.between(cue.last, min(unit.last, cue.last + 4)))
        )
    second = first + 1 in text.cue_at and text.inside[first + 1] < 0
    return second and bool(speakers.between(first, first + 1))


def _attributes(text: Text, speakers: Speakers, first: int, unit: Unit) -> bool:
    """Whether `X said` or `said X` begins at a token and ends the clause."""
    if first in text.according:
        return True
    for place in range(first, min(unit.last, first + _LOOK_AHEAD)):
        if not text.is_word(place) or text.inside[place] >= 0 or place in text.that_at:
            return False
        if place in text.cue_at:
            cue = text.cue_at[place]
            after = text.form(cue.last)
            closes = cue.last >= unit.last or not text.is_word(cue.last)
            if place == first:
                return bool(speakers.between(cue.last, min(unit.last, cue.last + 5)))
            return closes and after != ":" and bool(speakers.between(first, place))
    return False


def has_verb(text: Text, first: int, last: int) -> bool:
    """Whether words may be a clause and not an adverbial (on Thursday); known for English only."""
    if text.language not in _ZERO:
        return True
    return any(
        text.form(place) in _FINITE or text.form(place).endswith("ed")
        for place in range(first, last)
    )


def clause_start(text: Text, first: int, place: int) -> int:
    """The first token of the clause that holds token `place`, not before token `first`."""
    start = place
    first = max(first, place - LONGEST)
    while start > first:
        form = text.form(start - 1)
        if text.inside[start - 1] < 0 and (form in ";:" or (form in DASHES and form != "-")):
            break
        start -= 1
    while start < place and not text.is_word(start) and text.inside[start] < 0:
        start += 1
    return start


def trim(text: Text, first: int, last: int) -> tuple[int, int]:
    """A range of tokens without the punctuation around it; brackets and marks stay."""
    while first < last and text.inside[first] < 0 and text.form(first) in ",;:.—–-…)":
        first += 1
    while last > first and text.inside[last - 1] < 0 and text.form(last - 1) in ",;:.!?—–-…。，":
        last -= 1
    return first, last


def opener_after(text: Text, first: int, last: int) -> int | None:
    """The complementiser after a verb, past whom it was said to."""
    commas = 0
    for place in range(first, min(last, first + _ADDRESSEE)):
        if place in text.that_at:
            # where a comma opens no clause, one alone parts a relative clause off
            return place if commas % 2 == 0 or text.language not in _NO_COMMA else None
        commas += text.form(place) == ","
        if text.inside[place] >= 0:
            continue
        if place in text.cue_at:
            return None
        if not text.is_word(place) and text.form(place) not in ",-":
            return None
    return None


def bare_clause(text: Text, speakers: Speakers, verb: Match, unit: Unit) -> int | None:
    """The first token of a clause that no complementiser opens."""
    place = verb.last
    if place >= unit.last or verb.kind not in ("report", "claim", "announce"):
        return None
    if text.language in _COMMA_CLAUSES:
        limit = min(unit.last, place + 6)
        while place < limit and text.is_word(place):
            place += 1
        is_clause = place < limit and text.form(place) == "," and place + 1 not in text.swap
        return place + 1 if is_clause and text.is_word(place + 1) else None
    if text.language not in _ZERO or verb.kind == "announce":
        return None
    if place in text.prepositions or not text.is_word(place) or text.inside[place] >= 0:
        return None
    named = speakers.between(place, min(unit.last, place + 6))
    if named and named[0].kind == "pronoun" and named[0].first == place:
        return place
    if not named and text.form(place) not in _DETERMINERS:
        return None
    reach = range(place + 1, min(unit.last, place + _VERB_REACH))
    return place if any(_is_finite(text.form(p)) for p in reach) else None


def _is_finite(form: str) -> bool:
    return form in _FINITE or (len(form) > 4 and form.endswith("ed"))
