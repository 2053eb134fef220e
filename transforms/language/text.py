"""The part of an article that language detection looks at, and the script it is written in."""

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

MAX_CHARACTERS = 2_000
"""Characters that are read of an article: function words tell languages apart long before."""

_MAX_TITLE = 300
_WINDOWS = 4
# Bounded repetitions: hostile text must not make a search quadratic.
_NOT_PROSE = re.compile(
    r"(?:https?|ftp)://\S{1,2000}|www\.\S{1,2000}"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}"
    r"|[@#]\w{1,100}"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:com|org|net|info|html?)\b"
)
# A cut word; scripts without spaces between words are left as they are.
_CUT_HEAD, _CUT_TAIL = re.compile(r"^\S{1,30}\s"), re.compile(r"\s\S{1,30}$")
# One Han or Hangul character is as much text as two or three letters.
_WEIGHT = {"CJK": 2.0, "KANA": 2.0, "HANGUL": 2.0}
# Brand and personal names are in Latin letters in every script, never the other way round.
_LATIN_BESIDE_OTHERS = 0.5
_NAMES = {
    "HIRAGANA": "KANA",
    "KATAKANA": "KANA",
    "KATAKANA-HIRAGANA": "KANA",
    "IDEOGRAPHIC": "CJK",
    "BOPOMOFO": "CJK",
}


@dataclass(frozen=True)
class Sample:
    """What is left of a text: the words of its main script.

    `script` is the first word of the Unicode names of its letters ("LATIN", "CJK", with "KANA"
    for hiragana and katakana), None without letters. `share` in [0, 1] is the weight of that
    script among all letters. `letters` counts its distinct letters, `size` all of them.
    """

    script: str | None
    share: float
    size: int
    letters: Counter[str]
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.words)


@lru_cache(maxsize=20_000)
def script_of(character: str) -> str | None:
    """The script of a letter, by its Unicode name; None for everything else."""
    if not character.isalpha():
        return None
    first = unicodedata.name(character, "").partition(" ")[0]
    return _NAMES.get(first, first) or None


def _is_kept(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"


def windows(text: str, size: int) -> str:
    """At most `size` characters of a text, from windows spread evenly from start to end.

    The first paragraph alone is often a caption, an agency line or a translated quotation.
    Words cut at the edge of a window are dropped.
    """
    if len(text) <= size:
        return text
    width = size // _WINDOWS
    step = (len(text) - width) / (_WINDOWS - 1)
    parts = []
    for index in range(_WINDOWS):
        start = round(index * step)
        part = text[start : start + width]
        if start and not text[start - 1].isspace():
            part = _CUT_HEAD.sub("", part)
        if start + width < len(text) and not text[start + width].isspace():
            part = _CUT_TAIL.sub("", part)
        parts.append(part)
    return " ".join(parts)


def sample(title: str | None, body: str | None) -> Sample:
    """The letters and words of an article that speak of its language.

    Addresses, e-mails, handles, hashtags, digits, punctuation and emoji are dropped, then the
    words of every script but the main one. Text in capitals is lowered: the profiles of
    n-gram detectors know capitals only as initials.
    """
    head = (title or "")[:_MAX_TITLE]
    raw = f"{head}\n{windows(body or '', MAX_CHARACTERS - len(head))}"
    # NFKC: mathematical and full-width letters are letters; it may grow a text 18-fold.
    raw = unicodedata.normalize("NFKC", raw)[: MAX_CHARACTERS + 1]
    clean = _NOT_PROSE.sub(" ", raw)
    keep = {ord(c): c if _is_kept(c) else " " for c in set(clean)}
    for joiner in "\u00ad\u200d":
        keep[ord(joiner)] = ""
    clean = clean.translate(keep)

    letters = Counter(clean)
    weights: dict[str, float] = defaultdict(float)
    for letter, count in letters.items():
        script = script_of(letter)
        if script:
            weights[script] += count * _WEIGHT.get(script, 1.0)
    if not weights:
        return Sample(None, 0.0, 0, Counter(), ())
    if len(weights) > 1:
        weights["LATIN"] *= _LATIN_BESIDE_OTHERS
    merged = dict(weights)
    merged["CJK"] = merged.get("CJK", 0.0) + merged.pop("KANA", 0.0)  # Japanese mixes them
    main = max(merged, key=lambda script: (merged[script], script))
    family = ("CJK", "KANA") if main == "CJK" else (main,)
    own = Counter({c: n for c, n in letters.items() if script_of(c) in family})
    share = sum(weights[script] for script in family) / sum(weights.values())
    if len(weights) > 1:
        strangers = {ord(c): " " for c in letters if script_of(c) not in (None, *family)}
        clean = clean.translate(strangers)
    if main == "LATIN" and sum(map(str.isupper, clean)) > 0.6 * sum(own.values()):
        clean = clean.lower()
    return Sample(main, share, sum(own.values()), own, tuple(clean.split()))
