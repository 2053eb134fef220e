"""Names as words: what is cut off before names are compared.

Titles, possessives, suffixes behind an apostrophe, quotation marks and invisible characters
belong to the sentence, not to the name.
"""

import unicodedata
from functools import lru_cache

MAX_NAME_LENGTH = 200
"""Longer spans are compared by this many characters: no name is longer, hostile text is."""


def word_set(text: str) -> frozenset[str]:
    """The words of a text, for lists of words in code."""
    return frozenset(text.split())


_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ‘`´ʹ′＇\u02bb\u02bd", "'"))
_EDGES = " \t\r\n.,;:!?\"'«»„“”‹›()[]{}<>/\\|*_–—-…"
_SEPARATORS = str.maketrans(dict.fromkeys("・･＝゠·•_/\u00a0\u3000\u2009\u202f", " "))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_MARKS = dict.fromkeys(range(0x300, 0x370))
_DROPPED = str.maketrans(
    {".": None, "'": None, '"': None, "״": None, "׳": None, "-": " ", ",": " "}
)

# Languages whose case endings follow an apostrophe when the name is foreign or proper: Turkish
# always; Finnish, Estonian, Hungarian, Polish and Azeri after certain endings; the Swedish,
# Dutch and Azeri possessive looks the same.
_APOSTROPHE_SUFFIX = frozenset(["tr", "az", "uz", "fi", "et", "hu", "pl", "nl", "mt", "eu"])
_LONGEST_SUFFIX = 6
_PLAIN_POSSESSIVES = ("'s", "'S")

_TITLES = word_set(
    """
    mr mrs ms miss dr prof sir dame lord lady rev herr herrn frau fräulein monsieur madame
    mademoiselle m mme mlle me maître signor signora signore signorina sig dott dottor
    dottoressa avv ing on don donna padre suor señor señora señorita sr sra srta doña senhor
    senhora dom pan pani pana panu panem paní pána г-н г-жа господин госпожа пан пані
    president presidente präsident président minister ministre ministro kanzler kanzlerin
    bundeskanzler bundeskanzlerin chancellor senator congressman congresswoman pope papa
    papst papież
    """
)
_GENERATIONS = frozenset(["jr", "sr", "ii", "iii", "iv", "junior", "senior", "filho", "neto"])


@lru_cache(maxsize=16384)
def clean(text: str, language: str | None = None) -> str:
    """The name without invisible characters, edges, possessive and apostrophe suffix."""
    text = unicodedata.normalize("NFKC", text[:MAX_NAME_LENGTH])
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C" or c.isspace())
    text = text.translate(_APOSTROPHES).translate(_DASHES).translate(_SEPARATORS)
    text = _without_suffix(" ".join(text.split()).rstrip(_EDGES), language)
    return text.strip(_EDGES)


def _without_suffix(text: str, language: str | None) -> str:
    if text.endswith(_PLAIN_POSSESSIVES):
        return text[:-2]
    if language not in _APOSTROPHE_SUFFIX:
        return text
    head, apostrophe, suffix = text.rpartition("'")
    ends = apostrophe and len(suffix) <= _LONGEST_SUFFIX and suffix.isalpha() and suffix.islower()
    # "d'alema" is no name with a suffix: what stands before an apostrophe has two letters or more.
    return head if ends and len(head) > 1 and " " not in head[-2:] else text


@lru_cache(maxsize=16384)
def name_words(text: str, language: str | None = None) -> tuple[str, ...]:
    """The words of a name; initials that are written together ("J.R.") are two.

    Hyphenated words stay one word.
    """
    words = []
    for word in clean(text, language).split():
        parts = word.split(".") if "." in word[:-1] else [word]
        words += [part.strip(_EDGES) for part in parts]
    return tuple(word for word in words if word)


def without_titles(words: tuple[str, ...]) -> tuple[str, ...]:
    """A person's name without leading titles; a name that is all title stays."""
    start = 0
    while start < len(words) - 1 and words[start].casefold() in _TITLES:
        start += 1
    return words[start:]


def generation(words: tuple[str, ...]) -> str | None:
    """What tells father from son ("jr", "ii") at the end of a name of three words or more."""
    last = words[-1].casefold() if words else ""
    return last if len(words) > 2 and last in _GENERATIONS else None


@lru_cache(maxsize=16384)
def is_acronym(word: str) -> bool:
    """Two to ten letters or digits, capitals at least to two thirds: OMS, UEFA, GmbH not."""
    letters = [c for c in word if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return 2 <= len(word) <= 10 and capitals >= 2 and capitals * 3 >= len(letters) * 2


@lru_cache(maxsize=16384)
def match_key(text: str) -> str:
    """A name as catalogues and gazetteers compare it: in its own script, without case, accents
    of Latin, Greek and Cyrillic letters, apostrophes, dots and hyphens."""
    key = text.casefold()
    if not key.isascii():
        key = unicodedata.normalize("NFKD", key).translate(_MARKS)
        key = unicodedata.normalize("NFC", key).replace("’", "'").replace("ʼ", "'")
    return " ".join(key.translate(_DROPPED).split())
