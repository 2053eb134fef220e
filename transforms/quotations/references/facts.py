"""What a text tells of its people and organisations: what they are called, their gender."""

from collections.abc import Iterable

from transforms.elements import Entity
from transforms.quotations.candidates import Candidate
from transforms.quotations.grammar import AND, INDEFINITE, NO_WORDS, SLAVIC, words
from transforms.quotations.references.genders import gender_of_name, verb_gender
from transforms.quotations.references.words import GROUP, PERSON, Noun, Vocabulary
from transforms.quotations.speakers import Speakers
from transforms.quotations.text import Text

_AFTER = 8  # tokens from a title to the name behind it
_BEFORE = 4  # tokens from a name and comma to the title behind them
_CLOSES = frozenset((",", ".", ")", ";", ":", "–", "—", "-", ""))
_MARKS = frozenset("«»“”„\"'‹›")
_FEMALE = frozenset(("la", "una", "une", "un'", "die", "eine", "a", "uma", "mrs", "ms", "frau"))
_MALE = frozenset(("il", "lo", "le", "el", "o", "un", "der", "ein", "um", "mr", "herr", "den"))
PLANT, COMPANY = "plant", "company"  # a works may be called a company, no company a works
Party = str  # an entity_id


class Facts:
    """`bearers`: by what a noun is (its key) the parties called so, with the complement that they
    were called so with (minister *of Labour*); `sorts`: the same by class of nouns."""

    def __init__(
        self, text: Text, speakers: Speakers, known: Vocabulary, entities: Iterable[Entity]
    ) -> None:
        self.text = text
        self.speakers = speakers
        self.known = known
        self._indefinite = INDEFINITE - (set() if text.language == "en" else {"a", "an"})
        self._and = AND.get(text.language, NO_WORDS)
        self.labels = {entity.entity_id: entity.label for entity in entities}
        self.bearers: dict[str, dict[Party, str | None]] = {}
        self.sorts: dict[str, dict[Party, Noun]] = {}
        self.genders: dict[Party, set[str]] = {}
        self.told: set[Party] = set()  # those of whom something is known
        self.named: dict[int, Candidate] = {}  # first token of a noun: the name beside it
        for entity in entities:
            self._by_name(entity)
        for candidate in speakers.all:
            if candidate.noun is not None and not self.is_verb(candidate):
                name = self._naming(candidate, candidate.noun)
                if name is not None:
                    self.named[candidate.first] = name
                    self._learn(candidate, candidate.noun, name)

    def gender(self, party: Party) -> set[str]:
        """The genders that the text shows; empty where it shows none."""
        return self.genders.get(party, set())

    def _by_name(self, entity: Entity) -> None:
        """A person's name may tell the gender, an organisation's what it is."""
        language = self.text.language
        if entity.label == "PER":
            gender = gender_of_name(entity.name, language)
            if gender:
                self.genders[entity.entity_id] = {gender}
            return
        if entity.label != "ORG":
            return
        for word in self._heads(entity.name.casefold().split()):
            noun = self.known.nouns.get(word) or self.known.compound(word)
            if noun is not None and noun.kind == GROUP and noun.sort:
                self.told.add(entity.entity_id)
                self.sorts.setdefault(noun.sort, {}).setdefault(entity.entity_id, noun)
                self.bearers.setdefault(noun.key, {}).setdefault(entity.entity_id, None)
                if noun.gender:
                    self.genders.setdefault(entity.entity_id, set()).add(noun.gender)
                return

    def _heads(self, words: list[str]) -> list[str]:
        """The words of a name that may say what it is: the first, the last in English, and either
        in languages with compounds."""
        if self.text.language == "en":
            places = [i - 1 for i, word in enumerate(words) if word in ("of", "for") and i]
            return [words[i] for i in (*places[:1], -1)]
        if self.text.language in ("de", "nl"):
            return [words[0], words[-1]]
        return words[:1]

    def _learn(self, candidate: Candidate, noun: Noun, name: Candidate) -> None:
        party = name.entity_id
        if party is None:
            return
        self.told.add(party)
        if noun.kind == GROUP:
            self.labels[party] = "ORG"
        complement = self.complement(candidate)
        bearers = self.bearers.setdefault(noun.key, {})
        bearers[party] = bearers.get(party) or complement
        for sort in (noun.sort, COMPANY) if noun.sort == PLANT else (noun.sort,):
            if sort:
                self.sorts.setdefault(sort, {}).setdefault(party, noun)
        gender = noun.gender or self._article_gender(candidate)
        if gender in ("m", "f", "n"):
            known = self.genders.get(party, set())
            if noun.kind == PERSON and noun.gender is None and known:
                return
            by_men = noun.gender == "m" and ("f" in known or self.text.language in SLAVIC)
            if noun.kind == PERSON and by_men:
                return  # many languages call women by the masculine: le ministre, министр
            self.genders[party] = {gender} if noun.kind == PERSON else known | {gender}

    def _article_gender(self, candidate: Candidate) -> str | None:
        before = self.text.form(candidate.first - 1)
        if self.text.language not in ("it", "fr", "es", "pt", "de"):
            return None
        if before in _FEMALE and not (self.text.language == "de" and before == "a"):
            return "f"
        return "m" if before in _MALE else None

    def complement(self, candidate: Candidate) -> str | None:
        """What a noun is of: "Labour" of the minister of Labour."""
        text = self.text
        place = candidate.last
        if place not in text.prepositions and text.form(place + 1) != "la":
            if text.language in ("ru", "uk", "pl", "cs") and text.is_word(place):
                form = text.form(place)
                plain = form not in self.known.verbs and place not in text.that_at
                plain = plain and verb_gender(form, text.language) is None
                if plain and not self.speakers.starting(place):
                    return text.form(place)[:5]
            return None
        if text.form(place) not in _OF:
            return None
        for step in range(1, 4):
            form = text.form(place + step)
            if not text.is_word(place + step):
                return None
            if form not in _SMALL and place + step not in text.prepositions:
                return form[:6]
        return None

    def _naming(self, candidate: Candidate, noun: Noun) -> Candidate | None:
        label = "PER" if noun.kind == PERSON else "ORG"
        name = self._name_after(candidate, label) or self._name_before(candidate, label)
        return None if name is None or self.text.is_lower(name.first) else name

    def _name_after(self, candidate: Candidate, label: str) -> Candidate | None:
        """The mayor Anna Kessler; the mayor of Leeds, Anna Kessler."""
        text = self.text
        place, comma = candidate.last, False
        while place < candidate.last + _AFTER and place < len(text.tokens):
            name = self._entity_at(place)
            if name is not None and (name.label == label or self._is_group(candidate, name)):
                return name if self._may_name(candidate, name, comma) else None
            if name is not None:
                place = name.last
                continue
            form = text.form(place)
            if form == ",":
                if comma or label == "ORG":
                    return None
                comma = True
            elif form in _MARKS:
                if label == "ORG" and place != candidate.last:
                    return None
            elif (
                not text.is_word(place)
                or self._acts(place)
                or place in text.swap
                or (label == "ORG" and place > candidate.last)
                or (comma and not text.is_lower(place) and not self.speakers.starting(place))
            ):
                return None
            if "\n" in text.body[text.tokens[place - 1].end : text.tokens[place].start]:
                return None
            place += 1
        return None

    def _is_group(self, candidate: Candidate, name: Candidate) -> bool:
        """Whether a place's name beside a noun is that of a company: l'aciérie Valmétal."""
        noun = candidate.noun
        return (
            noun is not None
            and noun.sort in (COMPANY, PLANT, "union", "party", "club", "association")
            and name.label == "LOC"
            and name.first == candidate.last
        )

    def _may_name(self, candidate: Candidate, name: Candidate, comma: bool) -> bool:
        text = self.text
        before = name.first - 1
        if name.first == candidate.last:
            return "\n" not in text.body[candidate.end : name.start]
        if before in text.prepositions or text.form(before) == "'s":
            return False
        if comma:
            closes = text.form(name.last) in _CLOSES
            return text.form(before) == "," and candidate.last <= before and closes
        if name.label == "ORG":
            return text.form(before) in _MARKS
        # a complement stands between: deputy of the council Anna Kessler, министр труда Иванов
        between = range(candidate.last, name.first)
        if text.language in ("ru", "uk", "pl", "cs"):
            return len(between) <= 6 and not any(text.form(i) in self._and for i in between)
        first = candidate.last
        return (
            first in text.prepositions
            and text.form(before) not in _SMALL
            and not text.is_lower(before)
        )

    def _name_before(self, candidate: Candidate, label: str) -> Candidate | None:
        """Anna Kessler, the mayor of Leeds, ..."""
        text = self.text
        place = candidate.first - 1
        while place > candidate.first - 1 - _BEFORE and text.is_word(place):
            form = text.form(place)
            if self._acts(place) or place in text.prepositions or form in self._and:
                return None
            place -= 1
        if text.form(place) != "," or place < 1:
            return None
        name = self._entity_at(place - 1, last=True)
        if name is None or name.label != label:
            return None
        for after in range(candidate.last, min(candidate.last + 14, len(text.tokens))):
            form = text.form(after)
            if form in _CLOSES and not (form == "-" and text.is_word(after + 1)):
                return name
            if self._acts(after) and self._entity_at(after) is None:
                return None
        return name if candidate.last + 14 >= len(text.tokens) else None

    def _entity_at(self, place: int, last: bool = False) -> Candidate | None:
        """The name that begins at a token, or that ends there."""
        if not last:
            return next((c for c in self.speakers.starting(place) if c.kind == "entity"), None)
        for candidate in self.speakers.between(max(0, place - 5), place + 1):
            if candidate.kind == "entity" and candidate.last == place + 1:
                return candidate
        return None

    def _acts(self, place: int) -> bool:
        """Whether a token is a verb by its form."""
        text = self.text
        if text.form(place) not in self.known.verbs or place in text.prepositions:
            return False
        return text.is_lower(place)

    def is_verb(self, candidate: Candidate) -> bool:
        """Whether a noun's form is a verb here: accused her."""
        form = self.text.form(candidate.first)
        return form in self.known.verbs and not self._has_determiner(candidate.first - 1)

    def _has_determiner(self, place: int) -> bool:
        form = self.text.form(place)
        return form in self.known.determiners["singular"] or form in self._indefinite

    def is_definite(self, candidate: Candidate) -> bool:
        """Whether a noun stands for one party that the reader knows: the mayor, this mayor; not a
        mayor, another mayor, the mayors."""
        text, known = self.text, self.known.determiners
        place = candidate.first - 1
        for _ in range(3):
            form = text.form(place)
            if form in known["singular"] or form == "'s" or form in _OWN:
                return True
            if form in known["other"] or form in self._indefinite or form in known["plural"]:
                return False
            if not text.is_word(place) or self._acts(place):
                break
            if place in text.prepositions or self._entity_at(place, last=True) is not None:
                break
            place -= 1
        head = text.form(candidate.first)
        return not known["singular"] or text.language in _BARE or head in known["singular"]


_BARE = frozenset(("pl", "ru", "uk", "cs", "ro", "tr"))  # no article before a noun
_OF = words(
    "of for 's di del dello della dei degli delle dell' de du des d' da do dos das von vom der "
    "van für"
)
_SMALL = words("the il lo la i gli le l' les el los las de der die das dem den het do da dos a o")
_OWN = words("its their her his su sua seu suo son sa sein seine ihr ihre zijn haar")
