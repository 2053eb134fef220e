"""What each quoted span is: speech with its cue, a part of a reported clause, or neither."""

from dataclasses import replace

from transforms.quotations.candidates import Candidate
from transforms.quotations.clauses import (
    bare_clause,
    clause_end,
    clause_start,
    opener_after,
    trim,
)
from transforms.quotations.cueless import continued, direct, marks_alone, nearby, share, words_in
from transforms.quotations.cues import (
    Cue,
    after_quote,
    before_quote,
    closes,
    colon_cue,
    noun_cue,
    subject_of,
)
from transforms.quotations.found import Found, Rule
from transforms.quotations.grammar import AND, AS, NO_WORDS, SLAVIC, VERB_LAST
from transforms.quotations.kinds import DEFINING, is_title_or_scare, shape_of
from transforms.quotations.speakers import Speakers
from transforms.quotations.text import DASHES, ENDS, Gap, Text, Unit

_FEW = 6  # words that somebody is praised or blamed for
_OUTER_REACH = 40  # tokens between two verbs of speech, one inside the other's clause


class Attribution:
    """Goes through the units of a text in order and attributes their quoted spans."""

    def __init__(self, text: Text, speakers: Speakers) -> None:
        self.text = text
        self.speakers = speakers
        self.shapes = [shape_of(text, quoted) for quoted in text.quoted]
        self.found: dict[int, Found] = {}  # by quoted span
        self.pending: list[tuple[int, int]] = []  # (unit, quote): speech without a cue yet

    def run(self) -> list[Found]:
        """All attributions of quoted spans; a mixed one that covers several is there once."""
        for number, unit in enumerate(self.text.units):
            for position, quote in enumerate(unit.quotes):
                if quote not in self.found:
                    self._quote(number, unit, position, quote)
        for number, quote in self.pending:
            self._without_cue(number, quote)
        unique: dict[tuple[int, int], Found] = {}
        for quote in sorted(self.found):
            found = self.found[quote]
            unique.setdefault((found.start, found.end), found)
        return list(unique.values())

    def _quote(self, number: int, unit: Unit, position: int, quote: int) -> None:
        text, shape = self.text, self.shapes[quote]
        before, after = unit.gaps[position], unit.gaps[position + 1]
        if text.lexicon is None:
            self.pending.append((number, quote))
            return
        if is_title_or_scare(text, quote, before, shape) or self._is_name(quote):
            return
        found = (
            self._by_splitting(number, position, before, quote)
            or self._by_colon(number, before, quote)
            or self._by_following(number, unit, position, quote)
            or self._by_preceding(number, unit, position, quote)
            or self._by_trailing(number, before, after)
            or self._by_according(number, unit)
        )
        if found is not None:
            self.found[quote] = found
        elif shape.is_sentence or (not words_in(text, before) and not words_in(text, after)):
            self.pending.append((number, quote))

    def _is_name(self, quote: int) -> bool:
        """Whether the marks enclose a name and nothing else."""
        quoted = self.text.quoted[quote]
        place = quoted.inner_start, quoted.inner_end
        first, last = self.text.index(place[0]), self.text.index(place[1])
        return any(
            c.kind == "entity" and (c.start, c.end) == place
            for c in self.speakers.between(first, last)
        )

    def _mixed(self, number: int, first: int, last: int, cue: Cue, rule: Rule) -> Found | None:
        """A reported clause, tokens [first, last), and all the quoted spans that it covers."""
        text = self.text
        first, last = trim(text, first, last)
        if first >= last:
            return None
        start, end = text.tokens[first].start, text.tokens[last - 1].end
        covered = sorted({text.inside[place] for place in (first, last - 1)} - {-1})
        for quote in covered:  # never half of a quoted span
            start = min(start, text.quoted[quote].start)
            end = max(end, text.quoted[quote].end)
        if len(covered) == 1 and text.quoted[covered[0]][:2] == (start, end):
            start, end = text.quoted[covered[0]][2:4]
        found = Found("mixed", start, end, (cue.first, cue.last), cue.speaker, rule, number)
        for quote in {text.inside[place] for place in range(first, last)} - {-1}:
            self.found.setdefault(quote, found)
        return found

    def _by_splitting(self, number: int, position: int, gap: Gap, quote: int) -> Found | None:
        """`“…,” said X, “…”` and `“…,” said X. “…”`: the cue of the quotation before."""
        text, before = self.text, self.found.get(quote - 1)
        if position == 0 or before is None or before.kind != "direct" or before.cue is None:
            return None
        if not gap.first <= before.cue[0] < gap.last:
            return None
        last = text.form(gap.last - 1)
        joins = gap.last - 1 in text.swap or last in AND.get(text.language, NO_WORDS)
        goes_on = last in DASHES or last in (",", ":") or joins
        if goes_on or (last in ENDS and self.shapes[quote].is_sentence):
            later = any(p in text.cue_at for p in range(before.cue[1], gap.last))
            return None if later else share(text, number, quote, before, "split")
        return None

    def _by_colon(self, number: int, gap: Gap, quote: int) -> Found | None:
        text = self.text
        if gap.first >= gap.last or text.form(gap.last - 1) not in (":", "："):
            return None
        if self.shapes[quote].words < 2 and not self.shapes[quote].ends:
            return None
        cue = colon_cue(text, self.speakers, gap)
        return direct(text, number, quote, cue, "colon") if cue else None

    def _by_following(self, number: int, unit: Unit, position: int, quote: int) -> Found | None:
        text, shape = self.text, self.shapes[quote]
        before, after = unit.gaps[position], unit.gaps[position + 1]
        strong = self._is_introduced(before)
        cue = None if strong else after_quote(text, self.speakers, after, shape.ends)
        if cue is None:
            return None
        opened = clause_start(text, before.first, before.last) if position == 0 else before.last
        if position == 0 and text.language in VERB_LAST and cue.speaker is None:
            subject = self._first_subject(before)
            if text.body[text.quoted[quote].inner_start].islower() and not shape.ends:
                last = text.index(text.quoted[quote].end)
                cue = replace(cue, speaker=subject)
                return self._mixed(number, before.last, last, cue, "mixed_before")
            return direct(text, number, quote, replace(cue, speaker=subject), "after")
        if cue.speaker is None and not shape.ends and words_in(text, before) > 1:
            return None
        if position == 0 and words_in(text, Gap(opened, before.last)) > 1:
            governed = before_quote(text, self.speakers, before)
            if not closes(text, cue, after.last) or (governed and not shape.ends):
                return None
            last = text.index(text.quoted[quote].end)
            return self._mixed(number, opened, last, cue, "mixed_after")
        if position > 0 and words_in(text, before) > 2 and not self._closes_attribution(before):
            return None
        return direct(text, number, quote, cue, "after")

    def _first_subject(self, gap: Gap) -> Candidate | None:
        """Who stands first in a gap: the subject where the verb comes last."""
        named = self.speakers.between(gap.first, min(gap.last, gap.first + 20))
        persons = [candidate for candidate in named if candidate.label == "PER"]
        return next(iter(persons or named), None)

    def _is_introduced(self, gap: Gap) -> bool:
        """Whether a gap ends with a verb of speech and at most a comma: `X said, “…`."""
        text = self.text
        last = gap.last - 1 if text.form(gap.last - 1) == "," else gap.last
        return any(
            place in text.cue_at and text.cue_at[place].last == last
            for place in range(max(gap.first, last - 3), last)
        )

    def _closes_attribution(self, gap: Gap) -> bool:
        form = self.text.form(gap.last - 1)
        return form == "," or form in DASHES

    def _by_preceding(self, number: int, unit: Unit, position: int, quote: int) -> Found | None:
        text, shape, gap = self.text, self.shapes[quote], unit.gaps[position]
        if text.language in VERB_LAST:
            return None
        cue = before_quote(text, self.speakers, gap)
        if cue is not None:
            cue = self._passive(cue, unit.gaps[position + 1])
        previous = self.found.get(quote - 1)
        if cue is not None and previous is not None and previous.cue == (cue.first, cue.last):
            return None
        if cue is None:
            cue = noun_cue(text, self.speakers, gap)
            return self._reported(number, unit, cue, quote, noun=True) if cue else None
        opener = next((p for p in range(cue.last, gap.last) if p in text.that_at), None)
        between = words_in(text, Gap(cue.last, gap.last))
        ends_with_comma = text.form(gap.last - 1) in (",", "，")
        close = between <= 1 or (ends_with_comma and between <= 10) or (shape.ends and between <= 6)
        if opener is None and close and shape.is_sentence:
            return direct(text, number, quote, cue, "before")
        if opener is None and between == 0 and shape.words > 3 and ends_with_comma:
            return direct(text, number, quote, cue, "before")
        return self._reported(number, unit, self._outer(unit, gap, cue), quote)

    def _passive(self, cue: Cue, after: Gap) -> Cue:
        """`was called “mad” by X`: who stands after the quoted words speaks."""
        text = self.text
        by = text.by_at.get(after.first)
        if by is None or not any(p in text.passive for p in range(cue.first - 3, cue.first)):
            return cue
        return replace(cue, speaker=self.speakers.near(by, after.last))

    def _outer(self, unit: Unit, gap: Gap, inner: Cue) -> Cue:
        """The first verb before `inner` whose reported clause takes that in: `X says that Y
        called it “…”` is what X says."""
        text = self.text
        for place in range(max(gap.first, inner.first - _OUTER_REACH), inner.first):
            verb = text.cue_at.get(place)
            if verb is None or verb.last > inner.first:
                continue
            opener = opener_after(text, verb.last, inner.first + 1)
            first = opener if opener is not None else bare_clause(text, self.speakers, verb, unit)
            if first is None or first > inner.first:
                continue
            if clause_end(text, self.speakers, first, unit) < gap.last:
                continue
            cue = subject_of(text, self.speakers, verb, Gap(gap.first, first))
            if cue is not None and cue.speaker is not None:
                return cue
        return inner

    def _reported(
        self, number: int, unit: Unit, cue: Cue, quote: int, noun: bool = False
    ) -> Found | None:
        """The clause after a cue, its complementiser left out."""
        text = self.text
        begin = text.index(text.quoted[quote].start)
        opener = next((p for p in range(cue.last, begin) if p in text.that_at), None)
        later = text.index(text.quoted[quote].end)
        if opener is None and later in text.that_at and not noun:
            return None  # told “X” that
        if noun and opener is None and begin - cue.last > 4:
            return None
        first = text.that_at[opener] if opener is not None else cue.last
        defines = cue.kind in DEFINING
        if opener is not None and text.form(opener) in AS and first == begin:
            opener, first = None, cue.last
        marker = begin - first == 1 and text.form(first) in AS
        short = self.shapes[quote].words <= 4 and (begin == first or marker)
        governed = text.language in SLAVIC and cue.kind in ("accuse", "praise")
        governed = governed and begin - 1 in text.prepositions  # хвалит X за «смелость»
        short = short or (governed and self.shapes[quote].words <= _FEW)
        if opener is None and short and (defines or marker):
            # a predicate («ha definito "inaffidabili" i dati»): the marked words alone
            last = text.index(text.quoted[quote].end)
            return self._mixed(number, begin, last, cue, "mixed_before")
        if opener is None and cue.speaker is not None and cue.speaker.first >= cue.last:
            first = max(first, cue.speaker.last)
        if noun and (later in text.passive or later in text.cue_at):
            last = later  # X's claim that “…” was dismissed
        else:
            last = clause_end(text, self.speakers, later - 1, unit)
        return self._mixed(number, first, last, cue, "mixed_before")

    def _by_trailing(self, number: int, before: Gap, after: Gap) -> Found | None:
        """`The “rigged” system has failed, X said.`"""
        text = self.text
        for place in range(after.first, after.last):
            if text.form(place) != "," and text.form(place) not in "—–":
                continue
            cue = after_quote(text, self.speakers, Gap(place, after.last), True)
            if cue is not None and closes(text, cue, after.last):
                first = clause_start(text, before.first, before.last)
                return self._mixed(number, first, place, cue, "mixed_after")
        return None

    def _by_according(self, number: int, unit: Unit) -> Found | None:
        """`According to X, the system is “rigged”.`"""
        text = self.text
        first = unit.first
        match = text.according.get(first)
        if match is None or match.last >= unit.last:
            return None
        own = self.speakers.possessor(match.first, match.last)
        if own is not None:  # `Jej zdaniem plan jest „zły”`
            last = clause_end(text, self.speakers, match.last + 1, unit)
            told = Cue(match.first, match.last, None)
            return self._mixed(number, match.last, last, told, "according")
        speaker = self.speakers.near(match.last, unit.gaps[0].last)
        if speaker is None:
            return None
        begin = speaker.last
        while begin < unit.gaps[0].last and text.form(begin) != ",":
            begin += 1
        if begin >= unit.gaps[0].last:
            begin = speaker.last - 1
        last = clause_end(text, self.speakers, begin + 1, unit)
        cue = Cue(match.first, match.last, speaker)
        return self._mixed(number, begin + 1, last, cue, "according")

    def _without_cue(self, number: int, quote: int) -> None:
        text, shape = self.text, self.shapes[quote]
        if text.lexicon is not None:
            found = continued(text, self.speakers, self.found, number, quote, shape) or nearby(
                text, self.speakers, number, quote, shape
            )
        else:
            found = marks_alone(text, self.speakers, number, quote) if shape.is_speech else None
        if found is not None:
            self.found[quote] = found
