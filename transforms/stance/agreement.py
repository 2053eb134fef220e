"""Which of two names is the subject: cases of names, articles and endings of verbs.

Endings are guesses (docs/stance.md): a name is NOMINATIVE, OBLIQUE, or may be either (None).
"""

import re
from collections.abc import Sequence

from transforms.quotations.references.genders import verb_gender as verb_gender

NOMINATIVE, OBLIQUE = True, False
CYRILLIC = frozenset(("ru", "uk"))
CASES = frozenset(("ru", "uk", "pl", "cs"))
GERMANIC = frozenset(("en", "de", "nl"))
VERB_SECOND = frozenset(("de", "nl"))
VERB_LAST = frozenset(("tr",))
OBJECT_MARKED = frozenset(("es", "pt", "ro"))

_CYRILLIC_OBLIQUE = [
    "ого",
    "его",
    "ему",
    "ому",
    "ым",
    "им",
    "ом",
    "ем",
    "ём",
    "ой",
    "ей",
    "ою",
    "ею",
    "у",
    "ю",
    "ах",
    "ях",
    "ами",
    "ями",
    "ове",
    "еві",
    "ові",
    "ії",
    "ию",
    "иею",
    "ією",
    "ии",
]
_FIRST_NAMES = ("ам", "им", "ем", "ём", "ом", "em", "om", "im")
_NOMINATIVE_NAMES = frozenset(  # that end as oblique cases of others do
    [
        "сергей",
        "андрей",
        "алексей",
        "матвей",
        "тимофей",
        "елисей",
        "моисей",
        "гордей",
        "фаддей",
        "анджей",
        "мацей",
        "бартоломей",
        "andrzej",
        "maciej",
        "bartłomiej",
        "błażej",
        "aleksiej",
        "siergiej",
        "andriej",
        "ondrej",
    ]
)
_ADJECTIVAL = ("iej", "nej", "wej", "tej", "łej", "rej")  # Kowalskiej, Zielonej
_VOWELS = "аяоеуюиіэы"
_CYRILLIC_KEEP = ("ий", "ый", "ой")
_POLISH_OBLIQUE = [
    "ego",
    "emu",
    "iego",
    "iemu",
    "owi",
    "em",
    "iem",
    "ą",
    "ę",
    "ej",
    "iej",
    "ów",
    "om",
    "ami",
    "ach",
]
_CZECH_OBLIQUE = ["ovi", "em", "ou", "ého", "ému", "ým", "ů", "ům", "ami", "ách", "ě"]
_FEMININE_OBLIQUE: dict[str, str | tuple[str, ...]] = {
    "pl": ("ny", "ty", "dy", "ry", "wy", "ły", "ki", "gi"),
    "ru": "ы",
    "uk": "и",
}
_ACTIVE_PARTICIPLES = {
    "ru": re.compile(r"(?:щ|вш)(?:ий|его|ему|им|ем|ая|ей|ую|ее|ие|их|ими)(?:ся)?$"),
    "uk": re.compile(r"ч(?:ий|ого|ому|им|а|ої|ій|у|ою|е|і|их|ими)$"),
    "pl": re.compile(r"ąc(?:y|a|e|ego|emu|ym|ą|ej|ych|ymi)$"),
    "cs": re.compile(r"[ií]cí(?:ho|mu|m|ch|mi)?$"),
}
_TURKISH = {
    "accusative": "ı i u ü yı yi yu yü nı ni nu nü",
    "dative": "a e ya ye na ne",
    "ablative": "dan den tan ten ndan nden",
    "genitive": "ın in un ün nın nin nun nün",
    "locative": "da de ta te nda nde",
    "with": "la le yla yle",
}
_TURKISH_CASE = {form: case for case, forms in _TURKISH.items() for form in forms.split()}
_ARTICLES = {"den": "accusative", "einen": "accusative", "dem": "dative", "einem": "dative"}
_ARTICLES |= {"des": "genitive", "eines": "genitive"}


_SUBJECT_RELATIVES = frozenset(
    [
        "который",
        "которая",
        "которое",
        "которые",
        "який",
        "яка",
        "яке",
        "які",
        "który",
        "która",
        "które",
        "którzy",
        "který",
        "která",
        "které",
        "kteří",
        "jenž",
        "jež",
        "qui",
    ]
)


def is_subject_relative(form: str) -> bool:
    """Whether a relative pronoun is the subject of its clause by its form."""
    return form in _SUBJECT_RELATIVES


def article_case(article: str) -> str | None:
    """The case that a German article shows; None when it may be several."""
    return _ARTICLES.get(article)


def suffix_case(suffix: str) -> str | None:
    """The case of a Turkish name by the suffix behind its apostrophe ("'ni")."""
    return _TURKISH_CASE.get(suffix.lstrip("'"))


def case_of(words: Sequence[str], label: str, language: str) -> bool | None:
    """NOMINATIVE, OBLIQUE or None for a name in words, by its endings."""
    letters = [word.casefold() for word in words if word[:1].isalpha()]
    if not letters or language not in CASES:
        return None
    if label == "PER":
        if letters[0] in _NOMINATIVE_NAMES:
            return NOMINATIVE  # Андрей Шевченко, Andrzej Duda
        if letters[0].endswith(_FIRST_NAMES) and letters[-1].endswith("ой"):
            return OBLIQUE  # Яцеком Вроной
        guesses = {_ending(word, language) for word in letters}
        if len(letters) > 1 and letters[0].endswith(_FIRST_NAMES):  # Адам, Максим, Adam
            guesses = {_ending(word, language) for word in letters[1:]}
        if len(letters) > 1 and letters[0].endswith(_FEMININE_OBLIQUE.get(language, "\0")):
            return OBLIQUE  # Leny, Лейлы
        if OBLIQUE in guesses:  # "Ларс Гольмстрем" is nominative, "Ларсом Гольмстремом" is not
            return None if NOMINATIVE in guesses else OBLIQUE
        return NOMINATIVE if NOMINATIVE in guesses else None
    if language == "pl" and label == "LOC" and letters[0].endswith("ów"):
        return None  # Kraków
    if language == "pl" and letters[0].endswith("u") and len(letters[0]) > 4:
        return OBLIQUE
    guess = _ending(letters[0], language)
    if guess is NOMINATIVE and words[0].isupper():
        return None  # acronyms have no endings
    return guess


def _ending(word: str, language: str) -> bool | None:
    if len(word) < 3:
        return None
    if language in CYRILLIC:
        return _cyrillic(word)
    if language == "pl":
        if word.endswith("ej") and not word.endswith(_ADJECTIVAL):
            return None  # Madej
        if word.endswith(tuple(_POLISH_OBLIQUE)):
            return OBLIQUE
        return NOMINATIVE if word[-1] not in "aeyuio" or word.endswith(("ski", "cki")) else None
    if word.endswith(("ová", "ský", "cký", "á")):
        return NOMINATIVE
    if word.endswith(tuple(_CZECH_OBLIQUE)):
        return OBLIQUE
    return NOMINATIVE if word[-1] not in "aeyuioěíáé" else None


def _cyrillic(word: str) -> bool | None:
    if word.endswith(_CYRILLIC_KEEP) and not word.endswith("ской"):
        return NOMINATIVE
    if word.endswith(tuple(_CYRILLIC_OBLIQUE)):
        return OBLIQUE
    last = word[-1]
    if last in "аяыиіїеєоь" or last in "эё":
        return None
    return NOMINATIVE


def is_attributive(form: str, language: str) -> bool:
    """Whether a verb's form is a participle of the present or past active ("критикующих",
    "protestującymi"), which without a comma is an adjective."""
    pattern = _ACTIVE_PARTICIPLES.get(language)
    return bool(pattern and pattern.search(form))


def is_dative(word: str) -> bool:
    """Whether a Slavic name's form is more likely dative than genitive."""
    return word.endswith(("ому", "ему", "у", "ю", "ові", "еві", "emu", "owi", "ovi", "ému"))


def may_be_genitive(word: str, language: str) -> bool:
    """Whether a name's form can be a genitive that looks like a nominative ("Центробанка")."""
    return word[-1:] in ("аяыиіьу" if language in CYRILLIC else "ayiue")


def gender_of(words: Sequence[str], label: str, language: str) -> str | None:
    """m or f by the ending of a person's name in the nominative; None otherwise."""
    if label != "PER" or language not in CASES or not words:
        return None
    last = words[-1].casefold()
    first = words[0].casefold()
    if language in CYRILLIC:
        if last.endswith(("ова", "ева", "ёва", "ина", "ына", "єва", "ская", "цкая", "ська")):
            return "f"
        if len(words) < 2:
            return "m" if last[-1:] not in _VOWELS else None
        if first[-1:] in "ая" and last[-1:] in "аяоеиі":
            return "f"
        return "m" if last[-1:] not in _VOWELS and first[-1:] not in _VOWELS else None
    if language == "cs" and last.endswith("á"):
        return "f"
    if last.endswith(("ska", "cka")):
        return "f"
    if first[-1:] == "a" and len(words) > 1:
        return "f"
    return "m" if first[-1:] not in "aeiou" else None
