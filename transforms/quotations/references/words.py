"""The nouns and pronouns of a language that stand for a party named before."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from transforms.lexicons import FOLDER, Forms, Lexicon, Token, fold, load, read_forms, tokenize

REFERENCES = Path(__file__).parents[2] / "resources" / "references"
PERSON, GROUP = "person", "group"
COMPOUNDING = frozenset(("de", "nl"))
_SHORTEST_HEAD, _SHORTEST_MODIFIER = 4, 3  # letters of the parts of a compound
_LONGEST = 30  # letters of a word that may be a compound
PRONOUNS = ("object", "clitic", "dative")


_NO_DETERMINERS: dict[str, frozenset[str]] = {
    kind: frozenset() for kind in ("singular", "plural", "other")
}


class Noun(NamedTuple):
    """A noun that a party may be called by. `kind` person or group; `sort` the class of synonyms,
    "" where there is none; `key` tells lemmas apart; `base` is the first form of its line;
    `is_compound`: a word of a class with something before it, narrower than the class."""

    kind: str
    sort: str
    key: str
    base: str
    gender: str | None
    is_compound: bool


@dataclass
class Vocabulary:
    """The words of one language. `nouns` by their forms as tokens joined with blanks; `verbs`,
    `datives`, `personal` and `others` as in `_verbs`."""

    language: str
    pronouns: Forms
    nouns: dict[str, Noun] = field(default_factory=dict)
    own: Forms = field(default_factory=lambda: Forms(""))
    determiners: dict[str, frozenset[str]] = field(default_factory=lambda: dict(_NO_DETERMINERS))
    verbs: frozenset[str] = frozenset()
    datives: frozenset[str] = frozenset()
    personal: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    compounds: dict[str, Noun | None] = field(default_factory=dict)

    def pronoun(self, form: str) -> str | None:
        """The gender of an object pronoun: m, f, n or p; None of another word."""
        kinds = [
            kind for tokens, kind, _ in self.pronouns.by_first.get(form, ()) if len(tokens) == 1
        ]
        genders = {kind.partition(".")[2] for kind in kinds if kind.startswith("object")}
        return next(iter(genders)) if len(genders) == 1 else None

    def noun(self, tokens: list[Token]) -> Noun | None:
        """The noun that tokens are."""
        form = " ".join(token.form for token in tokens)
        found = self.nouns.get(form)
        return found or (self.compound(form) if len(tokens) == 1 else None)

    def compound(self, form: str) -> Noun | None:
        """The noun that a compound ends in: Verkehrsministerin, staalbedrijf."""
        if self.language not in COMPOUNDING or not form.isalpha() or len(form) > _LONGEST:
            return None
        if form not in self.compounds:
            if len(self.compounds) > 10_000:
                self.compounds.clear()
            self.compounds[form] = self._split(form)
        return self.compounds[form]

    def _split(self, form: str) -> Noun | None:
        for start in range(_SHORTEST_MODIFIER, len(form) - _SHORTEST_HEAD + 1):
            noun = self.nouns.get(form[start:])
            if noun is not None and (noun.sort or noun.kind == PERSON):
                key, base = f"{form[:start]}-{noun.key}", form[:start] + noun.base
                return noun._replace(key=key, base=base, is_compound=True)
        return None


@lru_cache(maxsize=64)
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language; no pronouns where no file gives them, nothing where the
    language has no lexicon."""
    lexicon = load(language)
    if lexicon is None:
        return Vocabulary(language, Forms(language), own=Forms(language))
    forms = read_forms(REFERENCES / f"{language}.txt", language)
    known = Vocabulary(language, Forms(language), own=Forms(language))
    listed = _listed(language)
    for kind, _, names in listed:
        if kind.startswith((PERSON, GROUP)):
            _add_nouns(known, kind, names)
    _add_titles(known, lexicon)
    for entries in forms.by_first.values():
        for tokens, kind, lemma in entries:
            form = " ".join(tokens)
            if kind.startswith((PERSON, GROUP)):
                known.own.add(kind, form, lemma)
            elif kind.partition(".")[0] in PRONOUNS:
                known.pronouns.add(kind, form, lemma)
    known.own.sort()
    known.pronouns.sort()
    for name in ("singular", "plural", "other"):
        of_kind = [names for kind, _, names in listed if kind == name]
        known.determiners[name] = frozenset(fold(form, language) for n in of_kind for form in n)
    known.verbs, known.datives, known.personal, known.others = _verbs(lexicon)
    return known


def _listed(language: str, path: Path | None = None) -> list[tuple[str, int, list[str]]]:
    """The lines of a file: kind, number and forms."""
    path = path or REFERENCES / f"{language}.txt"
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        kind, tab, rest = line.strip().partition("\t")
        if tab and not kind.startswith("#"):
            found.append((kind.strip(), number, [form.strip() for form in rest.split("|")]))
    return found


def _key(form: str, language: str) -> str:
    return " ".join(token.form for token in tokenize(form, language))


def _add_nouns(known: Vocabulary, kind: str, names: list[str]) -> None:
    name, _, gender = kind.partition(".")
    party, _, sort = name.partition(" ")
    for form in names:
        key = _key(form, known.language)
        known.nouns.setdefault(key, Noun(party, sort, f"{sort}:{form}", key, gender or None, False))


def _add_titles(known: Vocabulary, lexicon: Lexicon) -> None:
    """The titles and organisations of cues.txt; a line takes the class of any of its forms."""
    path = FOLDER / lexicon.language / "cues.txt"
    for kind, number, names in _listed(lexicon.language, path):
        title, _, gender = kind.partition(".")
        if title not in ("title", "org"):
            continue
        party = PERSON if title == "title" else GROUP
        keys = [_key(form, lexicon.language) for form in names]
        classed = [known.nouns[key] for key in keys if key in known.nouns]
        classed = [noun for noun in classed if noun.kind == party]
        sort = classed[0].sort if classed else ""
        shown = gender or (classed[0].gender if classed else None)
        noun = Noun(party, sort, f"{title}:{number}", keys[0], shown or None, False)
        compound = known.compound(keys[0]) if not classed else None
        if compound is not None and compound.kind == party:
            noun = noun._replace(sort=compound.sort, is_compound=True)
        for key in keys:
            before = known.nouns.get(key)
            if before is None or before.key.startswith(f"{before.sort}:"):
                known.nouns[key] = noun._replace(gender=noun.gender or (before and before.gender))
    known.compounds.clear()


def _verbs(lexicon: Lexicon) -> tuple[frozenset[str], ...]:
    """The first tokens of verbs of stance and speech, auxiliaries and copulas; those of verbs
    with a dative; of verbs that are said of people more than of things; of nouns."""
    verbs: set[str] = set()
    datives: set[str] = set()
    personal: set[str] = set()
    nouns: set[str] = set()
    for forms in (lexicon.stance, lexicon.cues):
        for first, entries in forms.by_first.items():
            for tokens, kind, _ in entries:
                finite = len(tokens) == 1 or len(first) >= _SHORTEST_HEAD
                if finite and (kind.startswith(("verb", "define", "passive")) or kind in _SPEECH):
                    verbs.add(first)
                if len(tokens) == 1 and (kind.startswith("noun ") or kind == "noun"):
                    nouns.add(first)
                if kind in ("accuse", "praise"):
                    personal.add(first)
                if kind.startswith("verb") and kind.endswith("s>d"):
                    datives.add(first)
        verbs.update(forms.separable)
    return frozenset(verbs), frozenset(datives), frozenset(personal), frozenset(nouns)


_SPEECH = frozenset(("report", "claim", "deny", "accuse", "praise", "announce"))
