"""Inflected names: which forms may belong to one name in languages with case endings.

A form is cut at every ending of its language's declensions. Two forms may be one name when they
have a (declension, stem) in common: "Путину" and "Путиным" meet at "Путин". Nothing is generated,
so a name that nobody mentioned in another form stays as it is. The declensions are those of names
of people and places, simplified; stems have three letters at least.
"""

from functools import lru_cache

from transforms.entities.spellings import given_names
from transforms.entities.words import match_key

MIN_STEM = 3

# Declension: the endings that one stem can have, the nominative first.
_RUSSIAN = (
    ("", "а", "у", "ом", "ем", "е", "ым", "ы", "ов"),
    ("ий", "ого", "его", "ому", "ему", "им", "ом", "ем"),
    ("ый", "ого", "ому", "ым", "ом"),
    ("ой", "ого", "ому", "ым", "ом"),
    ("ая", "ой", "ую", "ою"),
    ("яя", "ей", "юю"),
    ("ое", "ого", "ому", "ым", "ом"),
    ("ие", "ия", "ию", "ием", "ии"),
    ("а", "ы", "е", "у", "ой", "ою", "и", "ей"),
    ("я", "и", "ю", "е", "ей", "ею"),
    ("ь", "я", "ю", "ем", "ем", "е", "и", "ью"),
    ("й", "я", "ю", "ем", "е", "и"),
    ("о", "а", "у", "ом", "е"),
    ("ова", "овой", "ову"),
    ("ева", "евой", "еву"),
    ("ина", "иной", "ину"),
    ("ы", "ов", "ам", "ами", "ах"),
    ("ые", "ых", "ым", "ыми"),
)
_UKRAINIAN = (
    ("", "а", "у", "ові", "ом", "ем", "єм", "і", "еві", "им"),
    ("ий", "ого", "ому", "им", "ім"),
    ("ій", "ього", "ьому", "ім"),
    ("а", "и", "і", "у", "ою", "ої", "ій"),
    ("я", "і", "ї", "ю", "ею", "єю"),
    ("ка", "ки", "ці", "ку", "кою"),
    ("га", "ги", "зі", "гу", "гою"),
    ("е", "ого", "ому", "им"),
    ("о", "а", "у", "ові", "ом", "і"),
    ("ь", "я", "ю", "еві", "ем", "і", "ю"),
    ("й", "я", "ю", "єві", "єм", "ї"),
    ("ія", "ії", "ію", "ією"),
    ("їв", "єва", "єву", "євом", "єві"),
    ("ів", "ова", "ову", "овом", "ові"),
)
_POLISH = (
    ("", "a", "owi", "em", "ie", "u", "iem", "y", "ów", "om"),
    ("ki", "kiego", "kiemu", "kim"),
    ("gi", "giego", "giemu", "gim"),
    ("y", "ego", "emu", "ym"),
    ("i", "iego", "iemu", "im"),
    ("ka", "kiej", "ką", "ki", "ce", "kę"),
    ("a", "y", "ie", "ę", "ą", "ej", "i", "o"),
    ("ia", "ii", "ię", "ią", "i"),
    ("ja", "ji", "ję", "ją"),
    ("ga", "gi", "dze", "gę", "gą"),
    ("ra", "ry", "rze", "rę", "rą"),
    ("o", "a", "u", "em", "ie"),
    ("ek", "ka", "kowi", "kiem", "ku"),
    ("ec", "ca", "cowi", "cem", "cu"),
    ("ń", "nia", "niowi", "niem", "niu"),
    ("ść", "ści", "ścią"),
    ("ś", "si", "sią"),
    ("t", "ta", "towi", "tem", "cie"),
    ("r", "ra", "rowi", "rem", "rze"),
    ("rz", "rza", "rzowi", "rzem", "rzu"),
    ("ny", "nych", "nym", "nymi"),
    ("ne", "nych", "nym", "nymi"),
)
_CZECH_SLOVAK = (
    ("", "a", "ovi", "em", "om", "u", "e", "i", "y", "ů", "ům"),
    ("ý", "ého", "ému", "ým", "ém", "om"),
    ("í", "ího", "ímu", "ím"),
    ("y", "ého", "ému", "ym", "ým"),
    ("i", "iho", "imu", "im", "ího", "ímu", "ím"),
    ("á", "é", "ou", "ej", "ú"),
    ("a", "y", "ě", "e", "u", "ou", "i", "ovi"),
    ("ka", "ky", "ce", "ku", "kou"),
    ("ko", "ka", "ku", "kem", "kom"),
    ("ie", "ii", "ií", "iou"),
    ("ia", "ie", "ii", "iu", "iou"),
    ("ek", "ka", "kovi", "kem", "kom", "ku"),
    ("ha", "hy", "ze", "hu", "hou"),
    ("ec", "ce", "covi", "cem", "ci", "ca", "com"),
    ("o", "a", "u", "em", "om", "ovi"),
)
_SOUTH_SLAVIC = (
    ("", "a", "u", "om", "em", "e"),
    ("a", "e", "i", "u", "om", "o"),
    ("ska", "ske", "skoj", "sku", "skom"),
    ("ja", "je", "ji", "ju", "jom"),
    ("o", "a", "u", "om"),
    ("", "ja", "ju", "jem"),
    ("ski", "skog", "skoga", "skom", "skome", "skim"),
    ("ec", "ca", "cu", "cem"),
)
_SERBIAN_CYRILLIC = (
    ("", "а", "у", "ом", "ем", "е"),
    ("а", "е", "и", "у", "ом", "о"),
    ("ска", "ске", "ској", "ску", "ском"),
    ("ја", "је", "ји", "ју", "јом"),
    ("о", "а", "у", "ом"),
    ("ски", "ског", "скога", "ском", "ским"),
)
_BELARUSIAN = (
    ("", "а", "у", "ам", "ом", "е", "ым"),
    ("і", "ага", "аму", "ім"),
    ("а", "ы", "е", "у", "ай", "ой"),
    ("я", "і", "ю", "яй", "ей"),
    ("ая", "ай", "ую"),
    ("ь", "і", "ю", "ем"),
)
_BALTIC = (
    ("as", "o", "ui", "ą", "u", "e"),
    ("is", "io", "iui", "į", "iu", "yje"),
    ("us", "aus", "ui", "ų", "umi"),
    ("a", "os", "ai", "ą", "oje"),
    ("ė", "ės", "ei", "ę", "ėje"),
    ("s", "a", "am", "u", "ā"),
    ("a", "as", "ai", "u", "ā", "ām"),
    ("is", "a", "im", "i", "ī"),
    ("e", "es", "ei", "i", "ē"),
    ("š", "ša", "šam", "šu"),
)
_FINNIC = (
    (
        "",
        "n",
        "a",
        "ä",
        "ta",
        "tä",
        "lle",
        "lla",
        "llä",
        "lta",
        "ltä",
        "ssa",
        "ssä",
        "sta",
        "stä",
        "on",
        "en",
        "in",
        "an",
        "än",
        "ön",
        "iin",
        "ksi",
        "na",
        "nä",
        "ia",
        "iä",
    ),
    ("", "in", "ia", "iä", "ille", "illa", "illä", "ilta", "iltä", "issa", "issä", "ista", "istä"),
    ("nen", "sen", "sta", "stä", "selle", "sella", "sellä", "seen", "sesta", "sestä"),
    ("", "le", "l", "lt", "sse", "s", "st", "ga", "t", "i", "ile", "iga", "ilt"),
)
_HUNGARIAN = (
    (
        "",
        "t",
        "ot",
        "et",
        "öt",
        "at",
        "nak",
        "nek",
        "val",
        "vel",
        "ra",
        "re",
        "ról",
        "ről",
        "hoz",
        "hez",
        "höz",
        "tól",
        "től",
        "ba",
        "be",
        "ban",
        "ben",
        "ból",
        "ből",
        "on",
        "en",
        "ön",
        "nál",
        "nél",
        "ig",
        "ért",
        "é",
        "kal",
        "kel",
        "nal",
        "nel",
        "ral",
        "rel",
        "sal",
        "sel",
        "tal",
        "tel",
        "bal",
        "bel",
        "dal",
        "del",
        "lal",
        "lel",
        "szal",
        "szel",
        "csal",
        "csel",
        "ék",
        "i",
    ),
    ("a", "át", "ának", "ával", "ára", "áról", "ához", "ától", "ába", "ában", "ából", "án", "áig"),
    ("e", "ét", "ének", "ével", "ére", "éről", "éhez", "étől", "ébe", "ében", "éből", "én", "éig"),
)
_TURKIC = (
    ("", "ın", "in", "un", "ün", "a", "e", "ya", "ye", "ı", "i", "u", "ü", "yı", "yi", "yu", "yü",
     "nın", "nin", "nun", "nün", "da", "de", "ta", "te", "dan", "den", "tan", "ten"),
)  # fmt: skip
_ROMANIAN = (("", "ul", "ului", "lui"), ("a", "ei", "ii", "iei"), ("ia", "iei"))
_GERMANIC = (("", "s", "es"),)
_GREEK = (
    ("ος", "ου", "ο", "ε"),
    ("ης", "η"),
    ("ας", "α"),
    ("α", "ας"),
    ("η", "ης"),
    ("ία", "ίας"),
    ("ός", "ού", "ό"),
    ("ις", "ι"),
)

_BY_LANGUAGE: dict[str, tuple[tuple[str, ...], ...]] = {
    "ru": _RUSSIAN,
    "uk": _UKRAINIAN,
    "be": _BELARUSIAN,
    "pl": _POLISH,
    "cs": _CZECH_SLOVAK,
    "sk": _CZECH_SLOVAK,
    "sl": _SOUTH_SLAVIC,
    "hr": _SOUTH_SLAVIC,
    "bs": _SOUTH_SLAVIC,
    "sr": (*_SOUTH_SLAVIC, *_SERBIAN_CYRILLIC),
    "lt": _BALTIC,
    "lv": _BALTIC,
    "fi": _FINNIC,
    "et": _FINNIC,
    "hu": _HUNGARIAN,
    "tr": _TURKIC,
    "az": _TURKIC,
    "ro": _ROMANIAN,
    "el": _GREEK,
    **dict.fromkeys(["de", "sv", "da", "nb", "nn", "is", "fo", "nl"], _GERMANIC),
}
INFLECTED = frozenset(_BY_LANGUAGE)
"""Languages whose names have endings that are looked at."""
# Endings as `match_key` makes them: words are compared without accents.
_DECLENSIONS = {
    language: tuple(tuple(dict.fromkeys(map(match_key, endings))) for endings in declensions)
    for language, declensions in _BY_LANGUAGE.items()
}

Stem = tuple[int, str]


@lru_cache(maxsize=32768)
def stems(word: str, language: str | None) -> tuple[Stem, ...]:
    """Every (declension, stem) that a word in `match_key` spelling may have; none for short words
    and for languages without case endings."""
    found = []
    for number, endings in enumerate(_DECLENSIONS.get(language or "", ())):
        for ending in endings:
            if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM:
                found.append((number, word[: len(word) - len(ending)]))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=32768)
def is_nominative(word: str, stem: Stem, language: str) -> bool:
    """Whether a word is the first form of the declension that it shares a stem with."""
    number, beginning = stem
    return word == beginning + _DECLENSIONS[language][number][0]


def share_stem(one: str, other: str, language: str | None) -> bool:
    """Whether two words in `match_key` spelling may be forms of one name."""
    if one == other:
        return True
    if one[:MIN_STEM] != other[:MIN_STEM]:
        return False
    return not set(stems(one, language)).isdisjoint(stems(other, language))


# Oblique endings of men's given names -> what the nominative has instead.
_GIVEN_ENDINGS = {
    **dict.fromkeys(["а", "у", "ом", "е", "ові", "a", "owi", "em", "ovi", "u", "om"], ("",)),
    **dict.fromkeys(["я", "ю", "ем", "єм", "и", "ія", "ію"], ("й", "ь", "ий", "ій")),
    **dict.fromkeys(["ego", "ja", "jem", "jowi"], ("y", "j", "i")),
}
# Oblique endings of men's surnames -> nominative; the longest that fits counts.
_SURNAME_ENDINGS = {
    "ского": "ский", "скому": "ский", "ским": "ский", "ском": "ский",
    "ського": "ський", "ському": "ський", "ським": "ський",
    "ного": "ный", "ному": "ный", "ным": "ный",
    "ова": "ов", "ову": "ов", "овым": "ов", "ове": "ов", "овим": "ов", "ові": "", "ом": "",
    "ева": "ев", "еву": "ев", "евым": "ев", "еве": "ев",
    "ина": "ин", "ину": "ин", "иным": "ин", "ине": "ин", "іна": "ін", "іну": "ін", "іним": "ін",
    "ем": "", "а": "", "у": "",
    "skiego": "ski", "skiemu": "ski", "skim": "ski", "ckiego": "cki", "ckiemu": "cki",
    "ského": "ský", "skému": "ský", "ským": "ský", "ového": "ový",
    "owi": "", "iem": "", "em": "", "ovi": "", "a": "",
}  # fmt: skip


@lru_cache(maxsize=4096)
def lemma(words: tuple[str, ...], language: str | None) -> tuple[str, ...]:
    """The nominative of a Slavic man's full name in another case, by its given name:
    "Владимира Путина" is of Владимир Путин. All other names come back as they are."""
    if language not in ("ru", "uk", "pl", "cs", "sk") or len(words) != 2:
        return words
    given = _given_nominative(words[0])
    surname = _surname_nominative(words[1])
    return (given, surname) if given and surname else words


def _given_nominative(word: str) -> str | None:
    table = given_names()
    lower = word.casefold()
    if lower in table:
        return None
    for ending, replacements in _GIVEN_ENDINGS.items():
        for replacement in replacements if lower.endswith(ending) else ():
            candidate = lower[: len(lower) - len(ending)] + replacement
            if candidate in table and table[candidate].gender == "m":
                return word[:1] + candidate[1:]
    return None


def _surname_nominative(word: str) -> str | None:
    for size in range(6, 0, -1):
        ending = word[-size:]
        if ending in _SURNAME_ENDINGS and len(word) - size >= MIN_STEM:
            return word[:-size] + _SURNAME_ENDINGS[ending]
    return None
