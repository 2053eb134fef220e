"""The key of a name: what names in different spellings and scripts have in common.

The key depends on the name and its label alone, except for the Hungarian order of names, which
needs the language: one string has one key wherever it is found. It is readable ASCII, not a name:
"vladimir" stands for Volodymyr, Wladimir and Уладзімір alike. docs/entities.md has the rules.
"""

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256

from anyascii import anyascii

from transforms.entities import slavic
from transforms.entities.spellings import given_names, hungarian_given_names, spellings
from transforms.entities.words import clean, name_words, without_titles, word_set

MAX_KEY_LENGTH = 80

_CYRILLIC_LETTERS = "абвгґдеёжзийклмнопрстуфхцчшщыэюяєіїўђјљњћџќѓѕ"
_LATIN_LETTERS = """
    a b v g g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch i e yu ya e i i v
    dj j l n ch dz k g dz
    """
_CYRILLIC = {
    **dict(zip(_CYRILLIC_LETTERS, _LATIN_LETTERS.split(), strict=True)),
    **dict.fromkeys("ъь", ""),
}
_GREEK_PAIRS = (
    ("ου", "u"),
    ("μπ", "b"),
    ("ντ", "d"),
    ("γκ", "g"),
    ("γγ", "ng"),
    ("γχ", "nch"),
    ("τσ", "ts"),
    ("τζ", "tz"),
    ("ευ", "ev"),
    ("αυ", "av"),
    ("χ", "ch"),
    ("φ", "f"),
    ("υ", "y"),
)
_CARONS = str.maketrans({"č": "ch", "š": "sh", "ž": "zh", "ř": "rz"})
_UMLAUTS = (
    (re.compile(r"(?<=[bdfhjklmnprstvwz])ue(?=[bcdfhkmnprstz][a-z]|l[hlt])"), "u"),
    (re.compile(r"(?<=[bdfghjklmnprstvwz])oe(?=[bcdfghkmnprstz][a-z]|l[lt])"), "o"),
)
_GERMAN = (
    ("tsch", "ch"),
    ("sch", "sh"),
    ("tz", "ts"),
)
_FINAL_Z = re.compile(r"(?<=[lnr])z(?=$|[bcdfghklmnpqrstvwx])")
_LEGAL_FORMS = word_set(
    """
    ag gmbh kg kgaa se spa srl sa sas sarl sl sau nv bv ab asa as oyj oy plc ltd limited inc
    incorporated corp corporation llc llp co company zrt nyrt kft as sro doo dd ad ooo oao
    pao ao zao too tov pat prat gk kk pty
    """
)
_ARTICLES = word_set(
    """
    the la le les il lo gli el los las der die das den det de het
    """
)
_NOT_KEY = re.compile(r"[^a-z0-9]+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")
_SYLLABLE = re.compile(r"[A-Z][a-z]*")
_COMPOUND_SURNAMES = word_set(
    """
    欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 皇甫 尉迟 公孙 公孫 慕容
    """
)


def entity_key_id(text: str, label: str, language: str | None = None) -> str:
    """The id of an entity that only its name tells: "per:vladimir-zelenski"."""
    prefix = _NOT_KEY.sub("", label.casefold())[:12] or "ent"
    return f"{prefix}:{name_key(text, label, language)}"


@lru_cache(maxsize=16384)
def name_key(text: str, label: str, language: str | None = None) -> str:
    """The key of a name in [a-z0-9-]; names that leave nothing get a hash of themselves."""
    if label == "PER":
        tokens = person_tokens(western_order(without_titles(name_words(text, language)), language))
    else:
        tokens = [plain(word) for word in clean(text, language).split()]
        if label == "ORG":
            tokens = without_legal_form(tokens)
        if len(tokens) > 1 and tokens[0] in _ARTICLES:
            tokens = tokens[1:]
    key = _NOT_KEY.sub("-", " ".join(tokens)).strip("-")
    if not key or len(key) > MAX_KEY_LENGTH:
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        key = f"{key[: MAX_KEY_LENGTH - 13].strip('-')}-{digest}".lstrip("-")
    return key


def person_tokens(words: tuple[str, ...]) -> list[str]:
    """A person's name, word for word, in the spelling of keys."""
    known = spellings()
    lower = [word.casefold() for word in words]
    if len(words) == 1 and lower[0] not in known and _HAN.fullmatch(words[0]):
        return _han_name(words[0])
    spelled = [known.get(word, word) for word in lower]
    plain_words = [_latin(word) for word in spelled]
    given = given_names()
    names = [
        given.get(word) or given.get(latin)
        for word, latin in zip(spelled, plain_words, strict=True)
    ]
    if not (
        any(name is not None and name.slavic for name in names)
        or any(slavic.is_slavic(word) for word in plain_words[-1:])
    ):
        return [_german(word) for word in plain_words]
    tokens = []
    for position, (word, latin, name) in enumerate(zip(spelled, plain_words, names, strict=True)):
        last = position == len(words) - 1
        if name is not None and (len(words) == 1 or not last):
            tokens.append(name.key)
            continue
        if not last:
            tokens.append(_german(latin))
            continue
        if slavic.keeps_carons(word, latin):
            latin = _latin(word.translate(_CARONS))
        tokens.append("-".join(slavic.fold(part) for part in latin.split("-")))
    return tokens


@lru_cache(maxsize=16384)
def plain(word: str) -> str:
    """A word of an organisation's or place's name in lower-case ASCII, without dots."""
    return _umlauts(_latin(word.casefold()).replace(".", ""))


def _german(word: str) -> str:
    """Schulz, Шульц and Müller, Mueller meet; Müller and Miller do not."""
    for old, new in _GERMAN:
        word = word.replace(old, new)
    return _umlauts(_FINAL_Z.sub("ts", word))


def _umlauts(word: str) -> str:
    for pattern, new in _UMLAUTS:
        word = pattern.sub(new, word)
    return word


def _latin(word: str) -> str:
    """Lower-case ASCII of a lower-case word of any script; hyphens stay."""
    if word.isascii():
        return word
    if "\u0370" <= max(word) < "\u0400" and any("\u0370" <= c < "\u0400" for c in word):
        word = unicodedata.normalize("NFC", _without_marks(word))
        for old, new in _GREEK_PAIRS:
            word = word.replace(old, new)
    elif any("\u0400" <= c < "\u0530" for c in word):
        word = "".join(_CYRILLIC.get(c, c) for c in unicodedata.normalize("NFC", word))
    return anyascii(word).casefold().replace("'", "")


def _without_marks(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _han_name(name: str) -> list[str]:
    """Surname and given name of a name in Han characters, by their Chinese reading.

    Given names of one syllable are too many alike: their character stays in the key.
    """
    surname = 2 if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else 1
    parts = [name[:surname], name[surname:]]
    read = ["".join(_SYLLABLE.findall(anyascii(part))).casefold() for part in parts if part]
    if len(parts[1]) == 1:
        read.append(f"{ord(parts[1]):x}")
    return read


def western_order(words: tuple[str, ...], language: str | None) -> tuple[str, ...]:
    """A Hungarian name with the given name first; other names as they are."""
    given = hungarian_given_names()
    hungarian = (
        language == "hu"
        and len(words) == 2
        and words[1].casefold() in given
        and words[0].casefold() not in given
    )
    return words[::-1] if hungarian else words


def without_legal_form(tokens: list[str]) -> list[str]:
    """A company's name in key spelling without AG, Ltd and the like at its end."""
    while len(tokens) > 1 and tokens[-1] in _LEGAL_FORMS:
        tokens = tokens[:-1]
    return tokens
