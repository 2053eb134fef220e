"""Speech reported without marks: the clause that a verb of speech governs."""

from collections.abc import Iterator

from transforms.lexicons import Match
from transforms.quotations.clauses import (
    bare_clause,
    clause_end,
    clause_start,
    has_verb,
    opener_after,
    trim,
)
from transforms.quotations.cues import Cue, after_quote, closes, subject_of
from transforms.quotations.found import Found, Kind, Rule
from transforms.quotations.grammar import (
    ARTICLES,
    ASKING,
    DENYING,
    FINITE,
    NOT,
    TIMES,
    WHETHER,
)
from transforms.quotations.speakers import Speakers
from transforms.quotations.text import Gap, Text, Unit

_HEADLINE_NAME = 8  # tokens before the colon
_TRAILING = ("report", "claim", "announce", "deny")  # kinds of verbs after what they report
_LONGEST_PHRASE = 6  # tokens of a title before a name
_SHORTEST = 3  # words of a reported clause
_SHORTEST_OPENED = 2  # after a complementiser
_POSTPOSED = frozenset(("göre", "zufolge", "bakılırsa"))  # Ayşe Demir'e göre
# nominal clauses of Turkish that the verb of speech governs (artacağını söyledi)
_NOMINAL = ("ğını", "ğini", "ğunu", "ğünü", "masını", "mesini", "diye", "ğına", "ğine")


def indirect(text: Text, speakers: Speakers, used: frozenset[int]) -> Iterator[Found]:
    """The reported clauses of a text that hold no quoted span, and those that do but that
    nothing attributed yet; the caller drops what overlaps. `used`: first tokens of cues that
    have their content."""
    if text.lexicon is None:
        return
    for number, unit in enumerate(text.units):
        yield from _unit(text, speakers, number, unit, used)


def _unit(
    text: Text, speakers: Speakers, number: int, unit: Unit, used: frozenset[int]
) -> Iterator[Found]:
    headline = _headline(text, speakers, number, unit)
    if headline is not None:
        yield headline
        return
    until = unit.first
    whole = Gap(unit.first, unit.last)
    for place in range(unit.first, unit.last):
        if place < until or text.inside[place] >= 0 or place in used:
            continue
        found = None
        if place in text.according:
            found = _according(text, speakers, number, unit, text.according[place])
        if found is None and place in text.cue_at:
            cue = text.cue_at[place]
            found = _governed(text, speakers, number, unit, cue, Gap(until, unit.last))
            if found is None:
                found = _trailing(text, speakers, number, unit, cue, until)
            if found is None:
                found = _verb_last(text, speakers, number, unit, cue)
        if found is None and place in text.nouns:
            found = _noun(text, speakers, number, unit, text.nouns[place], whole)
        if found is not None:
            yield found
            until = max(place + 1, text.index(found.end))


def _headline(text: Text, speakers: Speakers, number: int, unit: Unit) -> Found | None:
    """`Anna Rossi: the plan has “failed”`: a line that a name and a colon open."""
    limit = min(unit.last, unit.first + _HEADLINE_NAME)
    colon = next((p for p in range(unit.first, limit) if text.form(p) == ":"), None)
    if colon is None or text.body[text.tokens[colon].end : text.tokens[colon].end + 1] != " ":
        return None
    named = speakers.between(unit.first, colon)
    is_name = named and named[-1].kind == "entity" and named[-1].label in ("PER", "ORG")
    if not is_name or named[-1].last != colon or text.inside[unit.first] >= 0:
        return None
    if any(p in text.cue_at or p in text.prepositions for p in range(unit.first, colon)):
        return None
    cue = Cue(colon, colon + 1, named[-1])
    return _found(text, number, colon + 1, unit.last, cue, "headline")


def _found(text: Text, number: int, first: int, last: int, cue: Cue, rule: Rule) -> Found | None:
    first, last = trim(text, first, last)
    if rule == "trailing":
        first = min(last, text.that_at.get(first, first))  # `Ob das reicht, sei offen, sagte X`
    words = sum(text.is_word(place) for place in range(first, last))
    if words < (_SHORTEST_OPENED if rule in ("that", "according") else _SHORTEST):
        return None
    start, end = text.tokens[first].start, text.tokens[last - 1].end
    inside = {text.inside[place] for place in range(first, last)} - {-1}
    if inside:
        start = min(start, min(text.quoted[quote].start for quote in inside))
        end = max(end, max(text.quoted[quote].end for quote in inside))
    kind: Kind = "mixed" if inside else "indirect"
    span = (cue.first, cue.last)
    return Found(kind, start, end, span, cue.speaker, rule, number)


def _governed(
    text: Text, speakers: Speakers, number: int, unit: Unit, verb: Match, gap: Gap
) -> Found | None:
    """`X said that …`, `X said he …`, `X sagte, er …`."""
    if verb.kind in ("report", "announce") and text.form(verb.first - 1) in NOT:
        return None  # "не сказал, поддержит ли": nothing is said
    opener = opener_after(text, verb.last, unit.last)
    if opener is not None and not _reports(text, speakers, verb, opener):
        return None
    rule: Rule = "that"
    if opener is not None:
        first = text.that_at[opener]
    else:
        rule = "zero"
        begin = bare_clause(text, speakers, verb, unit)
        if begin is None:
            return None
        first = begin
    cue = subject_of(text, speakers, verb, Gap(gap.first, opener or first))
    if cue is not None and cue.speaker is None:
        cue = subject_of(text, speakers, verb, Gap(unit.first, opener or first))
    if cue is None or (rule == "zero" and cue.speaker is None):
        return None
    return _found(text, number, first, clause_end(text, speakers, first, unit), cue, rule)


def _reports(text: Text, speakers: Speakers, verb: Match, opener: int) -> bool:
    """Whether a complementiser opens what is said, in Romance languages: not what is asked for
    ("pidió que dimita"), not a relative clause ("ha criticato la legge che …"), not a question
    that stays open ("non ha detto se …")."""
    asking = ASKING.get(text.language)
    if asking is None:
        return True
    if verb.kind == "announce" and text.form(verb.last - 1).startswith(asking):
        return text.form(opener) in WHETHER
    if text.form(opener) in WHETHER:
        return not any(text.form(i) in DENYING for i in range(max(0, verb.first - 4), verb.last))
    for place in range(verb.last, opener):
        article = text.form(place) in ARTICLES and text.form(place) not in ("a", "à")
        if not article or place in text.prepositions or place - 1 in text.prepositions:
            continue
        if text.form(place + 1) not in TIMES and not speakers.between(place, opener):
            return False
    return True


def _is_phrase(text: Text, speakers: Speakers, first: int, last: int) -> bool:
    """Romance: whether words before a comma are a title and no clause ("Il direttore dello
    stabilimento, X, ha risposto")."""
    if text.language not in ASKING or last - first > _LONGEST_PHRASE:
        return False
    heads = speakers.between(first, min(last, first + 3))
    if not any(c.kind == "title" and c.first <= first + 1 for c in heads):
        return False
    return not any(
        place in text.cue_at or place in text.passive or text.form(place) in FINITE
        for place in range(first, last)
    )


def _trailing(
    text: Text, speakers: Speakers, number: int, unit: Unit, verb: Match, until: int
) -> Found | None:
    """`…, X said.`: what stands before the comma."""
    place = verb.first - 1
    if text.language == "tr":
        return None
    while place > max(until, verb.first - 24) and text.inside[place] < 0:
        if text.form(place) in (",", "—", "–"):
            cue = after_quote(text, speakers, Gap(place, unit.last), True)
            if cue is not None and cue.first == verb.first and _is_finished(text, cue, unit):
                first = clause_start(text, until, place)
                if verb.kind not in _TRAILING or not has_verb(text, first, place):
                    return None
                governs = text.is_word(cue.last) and verb.kind not in ("report", "claim")
                if text.language == "en" and governs:
                    return None  # "…, X urged Y"
                if text.language in ASKING and verb.kind == "announce" and not _follows(cue):
                    return None
                if _is_phrase(text, speakers, first, place):
                    return None
                return _found(text, number, first, place, cue, "trailing")
        place -= 1
    return None


def _follows(cue: Cue) -> bool:
    """Whether the speaker stands behind the verb: "…, a promis X", not "X, Y, appelle à …"."""
    return cue.speaker is not None and cue.speaker.first >= cue.last


def _is_finished(text: Text, cue: Cue, unit: Unit) -> bool:
    """Whether after the cue and its speaker nothing is said any more."""
    speaker = cue.speaker
    if speaker is None and text.is_word(cue.last):
        return False
    if text.language != "en" and speaker is not None and speaker.kind == "phrase":
        return False
    return closes(text, cue, unit.last, 2)


def _according(
    text: Text, speakers: Speakers, number: int, unit: Unit, match: Match
) -> Found | None:
    """`According to X, …` and `…, according to X`."""
    if text.form(match.last - 1) in _POSTPOSED:
        return _postposed(text, speakers, number, unit, match)
    own = speakers.possessor(match.first, match.last)
    if own is not None:
        return _by_pronoun(text, speakers, number, unit, match)
    speaker = speakers.near(match.last, unit.last)
    if speaker is None and text.form(match.last) == ",":  # по его словам,
        cue = Cue(match.first, match.last, None)
        last = clause_end(text, speakers, match.last + 1, unit)
        return _found(text, number, match.last + 1, last, cue, "according")
    if speaker is None or speaker.last in text.cue_at:
        return None
    cue = Cue(match.first, match.last, speaker)
    if match.first > unit.first + 1:
        first = clause_start(text, unit.first, match.first)
        governs = any(place in text.that_at for place in range(first, match.first))
        if not governs and any(place in text.cue_at for place in range(first, match.first)):
            return None  # `Об этом сообщает X со ссылкой на Y`
        if any(text.is_word(place) for place in range(first, match.first)):
            return _found(text, number, first, match.first, cue, "according")
    begin = speaker.last
    while begin < min(unit.last, speaker.last + 14) and text.form(begin) != ",":
        begin += 1
    if text.form(begin) != ",":
        begin = speaker.last - 1
    last = clause_end(text, speakers, begin + 1, unit)
    return _found(text, number, begin + 1, last, cue, "according")


def _by_pronoun(
    text: Text, speakers: Speakers, number: int, unit: Unit, match: Match
) -> Found | None:
    """`Jej zdaniem …`, `По его словам, …`, `…, по его словам.`"""
    cue = Cue(match.first, match.last, None)
    if match.first > unit.first + 1:
        begin = clause_start(text, unit.first, match.first)
        if any(place in text.cue_at for place in range(begin, match.first)):
            return None
        if any(text.is_word(place) for place in range(begin, match.first)):
            return _found(text, number, begin, match.first, cue, "according")
    last = clause_end(text, speakers, match.last + 1, unit)
    return _found(text, number, match.last, last, cue, "according")


def _postposed(
    text: Text, speakers: Speakers, number: int, unit: Unit, match: Match
) -> Found | None:
    """`Ayşe Demir'e göre …`: the speaker stands before."""
    named = speakers.between(max(unit.first, match.first - 8), match.first)
    if not named and match.first - unit.first > 4:
        return None
    speaker = named[-1] if named else speakers.near(unit.first, match.first)
    if speaker is None:
        return None
    first = match.last
    last = clause_end(text, speakers, first, unit)
    return _found(text, number, first, last, Cue(match.first, match.last, speaker), "according")


def _verb_last(
    text: Text, speakers: Speakers, number: int, unit: Unit, verb: Match
) -> Found | None:
    """`Ayşe Demir, … artacağını söyledi`: subject, reported clause, verb."""
    before = verb.first - 1
    if text.language != "tr" or before <= unit.first:
        return None
    if not text.form(before).endswith(_NOMINAL):
        return None
    named = speakers.between(unit.first, verb.first)
    if not named or named[0].first > unit.first + 6:
        return None
    persons = [c for c in named if c.label == "PER" and c.first <= unit.first + 6]
    subject = persons[0] if persons else named[0]
    first = subject.last
    if text.form(first) != "," and text.form(first)[:1] == "'":
        return None  # in another case: not the subject
    cue = Cue(verb.first, verb.last, subject)
    return _found(text, number, first, verb.first, cue, "that")


def _noun(
    text: Text, speakers: Speakers, number: int, unit: Unit, noun: Match, gap: Gap
) -> Found | None:
    """`X's claim that …`."""
    opener = noun.last if text.form(noun.last) != "," else noun.last + 1
    if opener not in text.that_at:
        return None
    owners = speakers.between(max(gap.first, noun.first - 6), noun.first)
    if not owners:
        return None
    cue = Cue(noun.first, noun.last, owners[-1])
    first = text.that_at[opener]
    return _found(text, number, first, clause_end(text, speakers, first, unit), cue, "that")
