"""The speaker that belongs to a cue.

The same rules of word order serve all languages: the speaker stands before the verb of speech,
or after it; not after a preposition, not before a possessive; a name beside its title (minister
Anna Kessler) is the speaker, a name that the title governs (spokesman of Anna Kessler) is not.
"""

from bisect import bisect_left

from transforms.quotations.candidates import Candidate
from transforms.quotations.grammar import (
    AND,
    ARTICLES,
    DATIVES,
    GERUNDS,
    INDEFINITE,
    NO_WORDS,
    NOBODY,
    POSSESSIVE,
    RELATIVE,
    SLAVIC,
    SUBJECT_RELATIVE,
    WITH_SUBJECTS,
)
from transforms.quotations.references.words import vocabulary
from transforms.quotations.text import Text

REACH = 25  # tokens between a speaker and the verb
SHARED_REACH = 60  # for a participle, or after "and"
AFTER_REACH = 14
PHRASE = 7  # words of a speaker that no list knows


class Speakers:
    """The candidates of a text in order, found by place."""

    def __init__(self, text: Text, candidates: list[Candidate]) -> None:
        self.text = text
        self.all = candidates
        self._firsts = [candidate.first for candidate in candidates]

    def between(self, first: int, last: int) -> list[Candidate]:
        """The candidates within tokens [first, last)."""
        begin = bisect_left(self._firsts, first)
        end = bisect_left(self._firsts, last)
        return [c for c in self.all[begin:end] if c.last <= last]

    def possessor(self, first: int, last: int) -> Candidate | None:
        """The pronoun within an attribution of tokens [first, last): `jej zdaniem`."""
        for place in range(first, last):
            gender = POSSESSIVE.get(self.text.form(place))
            if gender is not None:
                token = self.text.tokens[place]
                return Candidate(place, place + 1, token.start, token.end, "pronoun", gender=gender)
        return None

    def starting(self, first: int) -> list[Candidate]:
        """The candidates that begin at a token."""
        return self.all[bisect_left(self._firsts, first) : bisect_left(self._firsts, first + 1)]

    def before(self, first: int, cue: int) -> Candidate | None:
        """The subject before the verb that begins at token `cue`, not before token `first`."""
        if self._shares_subject(cue):
            shared = self.between(max(first, cue - SHARED_REACH), cue)
            free = [c for c in shared if self.penalty(c) == 0]
            if free:
                return free[0]
        first = max(first, cue - REACH)
        candidates = self.between(first, cue)
        if self.text.form(cue - 1) in SUBJECT_RELATIVE and self.text.form(cue - 2) in (",", "»"):
            named = [c for c in candidates if cue - 3 <= c.last <= cue - 2 and c.kind == "entity"]
            if named:
                return named[-1]
        apposition = self._apposition(candidates, first, cue)
        if apposition is not None:
            return apposition
        best, cost = None, 3
        for candidate in reversed(candidates):
            penalty = self.penalty(candidate)
            if penalty < cost:
                best, cost = candidate, penalty
        if best is not None and self.text.language in SLAVIC:
            best = self._head(best, candidates)
        if best is None or cost > 0:
            phrase = self._phrase_before(first, cue)
            if phrase is not None:
                return self._inverted(cue) or phrase
        return best

    def _inverted(self, cue: int) -> Candidate | None:
        """The pronoun behind a verb that an object stands before: `Die Kritik nannte er …`."""
        if self.text.language not in ("de", "nl"):
            return None
        return next((c for c in self.starting(cue + 1) if c.kind == "pronoun"), None)

    def _head(self, best: Candidate, candidates: list[Candidate]) -> Candidate:
        """The title before its genitive: адвокат Громова, глава ведомства."""
        if best.kind in ("org", "title") or self.is_oblique(best):
            return next((c for c in candidates if c.kind == "title" and c.last == best.first), best)
        return best

    def _shares_subject(self, cue: int) -> bool:
        """Whether a verb has the subject of the clause before it: `…, saying`, `… and said`."""
        text = self.text
        endings = GERUNDS.get(text.language)
        if endings and text.form(cue).endswith(endings) and len(text.form(cue)) > 4:
            return True
        before = text.form(cue - 1)
        return before in AND.get(text.language, NO_WORDS) or (
            text.form(cue - 2) in AND.get(text.language, NO_WORDS) and before in NOBODY
        )

    def after(self, cue: int, last: int) -> Candidate | None:
        """The subject after the verb that ends before token `cue`: `said the minister`."""
        text = self.text
        stop = cue
        limit = min(last, cue + AFTER_REACH)
        while (
            stop < limit
            and (text.is_word(stop) or text.form(stop) in "-.(")
            and not (text.form(stop) == "." and stop + 1 >= last)
        ):
            if (stop in text.cue_at and stop > cue) or stop in text.that_at:
                break
            stop += 1
        named = [c for c in self.between(cue, stop) if not self._is_addressee(c)]
        candidates = [c for c in named if self.penalty(c) == 0]
        if not candidates:
            candidates = [c for c in named if self._after_phrase(c, cue)]
        for candidate in candidates:
            if candidate.kind == "pronoun" and candidate.first <= cue + 2:
                return candidate
        unknown = self._unknown_noun(cue, candidates)
        if unknown is not None:
            return unknown
        for candidate in candidates:
            if candidate.label == "PER" and not self.is_oblique(candidate):
                return candidate
        if candidates:
            return self.named(candidates[0], last)
        return self._phrase_after(cue, stop)

    def _unknown_noun(self, cue: int, candidates: list[Candidate]) -> Candidate | None:
        """An article and a noun that no list knows: `benadrukte de bewindsman tegenover ANP`."""
        text = self.text
        first = candidates[0].first if candidates else cue + 3
        form = text.form(cue)
        if (
            form not in ARTICLES
            or form in INDEFINITE
            or cue in text.prepositions
            or first < cue + 3
        ):
            return None
        noun = cue + 1
        if not text.is_word(noun) or text.inside[noun] >= 0 or noun in text.prepositions:
            return None
        if noun + 1 < first and text.is_word(noun + 1) and noun + 1 not in text.prepositions:
            return None  # more than a noun: perhaps an object
        return self._phrase(cue, noun + 1)

    def _is_addressee(self, candidate: Candidate) -> bool:
        """A Slavic plural in the dative: `řekl novinářům`."""
        endings = DATIVES.get(self.text.language, ())
        form = self.text.form(candidate.last - 1)
        return candidate.kind in ("title", "org") and form.endswith(endings)

    def _after_phrase(self, candidate: Candidate, cue: int) -> bool:
        """A person after a phrase with a preposition, not in it: `powiedział w środę poseł Jan
        Nowak`."""
        if candidate.label != "PER":
            return False
        first = candidate.first
        for title in self.between(max(cue, first - 4), first):
            first = title.first if title.kind == "title" and title.last == first else first
        return (
            first > cue
            and first - 1 not in self.text.prepositions
            and (first - 2 in self.text.prepositions or first - 3 in self.text.prepositions)
            and self.text.form(first - 1) not in ARTICLES
        )

    def near(self, first: int, last: int) -> Candidate | None:
        """After a preposition that attributes: the next candidate, a name beside its title."""
        text = self.text
        pronoun = vocabulary(text.language).pronoun(text.form(first))
        if pronoun is not None and not self.starting(first):
            token = text.tokens[first]
            return Candidate(first, first + 1, token.start, token.end, "pronoun", gender=pronoun)
        stop = first
        while stop < min(last, first + AFTER_REACH) and (
            text.is_word(stop) or text.form(stop) in "-("
        ):
            stop += 1
        candidates = self.between(first, stop)
        for candidate in candidates:
            if candidate.label == "PER" and not self._governed(candidate, first):
                return candidate
        if candidates:
            head = candidates[0]
            if self.penalty(head) == 1 and head.first > first + 2:
                return self._phrase(first, min(head.last, first + PHRASE))
            return self.named(head, last)
        return self._phrase(first, min(stop, first + PHRASE)) if stop > first else None

    def penalty(self, candidate: Candidate) -> int:
        """0 for what may be a subject, 1 after a preposition, 2 before a possessive."""
        text = self.text
        if text.form(candidate.last) == "'s" and text.language == "en":
            return 2
        return 1 if self._governed(candidate, 0) else 0

    def _governed(self, candidate: Candidate, first: int) -> bool:
        text = self.text
        for place in range(candidate.first - 1, max(first, candidate.first - 4) - 1, -1):
            if place in text.prepositions:
                return text.form(place) != "'s"
            if not text.is_word(place) or place in text.cue_at or text.inside[place] >= 0:
                return False
            passed = self.between(place, place + 1)
            if any(c.kind in ("entity", "pronoun") for c in passed):
                return False
            if candidate.label == "PER" and any(c.kind == "org" for c in passed):
                return False  # the preposition governs that (portavoce del ministero Anna Rossi)
            if self._is_object(candidate, place) and not passed:
                return False
        return False

    def _is_object(self, candidate: Candidate, place: int) -> bool:
        """Whether an unknown name before a person's is what the preposition before governs:
        `minister van Financiën Jan Vos`."""
        text = self.text
        return (
            candidate.label == "PER"
            and text.language != "de"
            and place == candidate.first - 1
            and not text.is_lower(place)
            and len(text.form(place)) > 3
            and place - 1 in text.prepositions
        )

    def _apposition(self, candidates: list[Candidate], first: int, cue: int) -> Candidate | None:
        """The name at the head of `Anna Kessler, the minister of Work, said`."""
        text = self.text
        place = cue - 1
        while (
            place > first
            and text.is_word(place)
            and cue - place < 4
            and not any(c.first <= place < c.last for c in candidates)
        ):
            place -= 1
        if place <= first or text.form(place) not in (",", ")"):
            return None
        for candidate in candidates:
            follows = text.form(candidate.last)
            opens = "," if text.form(place) == "," else "("
            if (
                candidate.kind in ("entity", "title")
                and follows == opens
                and candidate.last <= place
                and self.penalty(candidate) == 0
            ):
                return self.named(candidate, place)
        return None

    def named(self, head: Candidate, last: int) -> Candidate:
        """The person named beside a title: `the minister Anna Kessler`, `the minister, Anna
        Kessler`; the title itself where none is."""
        if head.kind not in ("title", "org") and head.label not in ("ORG", "LOC"):
            return head
        text = self.text
        for candidate in self.between(head.last, head.last + 6):
            if head.kind == "org" and candidate.label == "ORG" and candidate.first == head.last:
                return candidate  # le syndicat CGT
        for candidate in self.between(head.last, min(last, head.last + 8)):
            if candidate.label != "PER" or self._governed(candidate, head.last):
                continue
            between = [text.form(place) for place in range(head.last, candidate.first)]
            words = [form for form in between if form not in ",-."]
            if len(between) - len(words) > 1 or self.is_oblique(candidate):
                return head
            if any(place in text.cue_at for place in range(head.last, candidate.first)):
                return head
            return candidate
        return head

    def is_oblique(self, candidate: Candidate) -> bool:
        """Whether a Slavic name is in another case than the entity's own name."""
        if self.text.language not in SLAVIC or not candidate.name:
            return False
        surface = self.text.form(candidate.last - 1)
        words = candidate.name.casefold().replace("ё", "е").split()
        if surface in words:
            return False
        return any(surface.startswith(w[: max(3, len(w) - 3)]) for w in words[-1:])

    def _phrase_before(self, first: int, cue: int) -> Candidate | None:
        text = self.text
        if text.language not in WITH_SUBJECTS:
            return None
        place = cue
        while (
            place > max(first, cue - PHRASE)
            and text.is_word(place - 1)
            and not ((place - 1 in text.cue_at and place < cue) or place - 1 in text.that_at)
        ):
            place -= 1
        while place < cue and place in text.swap:
            place += 1
        if all(text.form(i) in NOBODY or i in text.passive for i in range(place, cue)):
            return None
        if place in text.prepositions or text.form(place) in RELATIVE:
            return None
        return self._phrase(place, cue)

    def _phrase_after(self, cue: int, stop: int) -> Candidate | None:
        text = self.text
        if text.language not in WITH_SUBJECTS or stop - cue < 2:
            return None
        last = cue
        while last < min(stop, cue + 4) and last not in text.prepositions:
            last += 1
        return self._phrase(cue, last) if last - cue >= 2 else None

    def _phrase(self, first: int, last: int) -> Candidate | None:
        if first >= last:
            return None
        tokens = self.text.tokens
        return Candidate(first, last, tokens[first].start, tokens[last - 1].end, "phrase")
