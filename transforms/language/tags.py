"""What feeds and pages declare, as BCP 47 primary language subtags."""

import re
from collections.abc import Iterable

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8}){0,5}")


def codes(text: str) -> frozenset[str]:
    """The language codes in a text, set apart by spaces."""
    return frozenset(text.split())


_ISO_639_1 = codes(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht "
    "hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky "
    "la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn nr nv ny oc "
    "oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za "
    "zh zu"
)

# Languages with news of their own that have no two-letter code.
_ISO_639_3 = codes(
    "arz ast ary azb bho brx ceb chr ckb doi dsb fur gsw haw hil hsb hyw ilo kab kok lez lmo "
    "mai min mni myv nap nds nqo nso pap pnb rue sah sat scn sco shn smn sms szl tet tpi tyv "
    "udm vec war wuu yue zgh"
)

_ALIASES = {
    # Deprecated or bibliographic codes, and members that the macrolanguage stands for.
    **{"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "fil": "tl", "tgl": "tl"},
    **{"cmn": "zh", "arb": "ar", "pes": "fa", "prs": "fa", "zsm": "ms", "nob": "nb", "nno": "nn"},
    **{"ekk": "et", "lvs": "lv", "als": "sq", "khk": "mn", "uzn": "uz", "azj": "az", "pbu": "ps"},
    **{"swh": "sw", "npi": "ne", "kmr": "ku", "plt": "mg", "ydd": "yi", "ory": "or"},
    # ISO 639-2 codes of languages that have a two-letter one.
    **{"ara": "ar", "ben": "bn", "bul": "bg", "cat": "ca", "ces": "cs", "chi": "zh", "cze": "cs"},
    **{"dan": "da", "deu": "de", "dut": "nl", "ell": "el", "eng": "en", "est": "et", "fas": "fa"},
    **{"fin": "fi", "fra": "fr", "fre": "fr", "ger": "de", "gle": "ga", "glg": "gl", "gre": "el"},
    **{"heb": "he", "hin": "hi", "hrv": "hr", "hun": "hu", "hye": "hy", "ind": "id", "isl": "is"},
    **{"ita": "it", "jpn": "ja", "kat": "ka", "kaz": "kk", "kor": "ko", "lav": "lv", "lit": "lt"},
    **{"mkd": "mk", "msa": "ms", "nld": "nl", "nor": "no", "per": "fa", "pol": "pl", "por": "pt"},
    **{"ron": "ro", "rum": "ro", "rus": "ru", "slk": "sk", "slo": "sk", "slv": "sl", "spa": "es"},
    **{"sqi": "sq", "srp": "sr", "swa": "sw", "swe": "sv", "tam": "ta", "tel": "te", "tha": "th"},
    **{"tur": "tr", "ukr": "uk", "urd": "ur", "vie": "vi", "zho": "zh", "bos": "bs", "eus": "eu"},
    # Country codes that feeds give for a language, and that are none.
    **{"cn": "zh", "jp": "ja", "cz": "cs", "dk": "da", "gr": "el", "ua": "uk", "vn": "vi"},
}

# A tag that stands for several written languages, each with a name of its own.
_MEMBERS = {"no": ("nb", "nn"), "sh": ("hr", "bs", "sr"), "ku": ("ku", "ckb")}

# Scripts of languages that are not written in Latin letters, or not only. Where a script has one
# major language, that one comes first.
_SCRIPTS = {
    "CYRILLIC": "ab av az ba be bg ce cu cv kk kv ky lez mk mn myv os ru rue sah sr tg tk tt tyv "
    "udm ug uk uz",
    "ARABIC": "ar ary arz az azb ckb fa kk ks ky ku ms pa pnb ps sd ug ur uz",
    "DEVANAGARI": "bho brx doi hi kok ks mai mr ne pi sa sat sd",
    "HEBREW": "he yi",
    "BENGALI": "as bn mni",
    "ETHIOPIC": "am ti",
    "CJK": "ja wuu yue zh",
    "HANGUL": "ko",
    "GREEK": "el",
    "ARMENIAN": "hy hyw",
    "GEORGIAN": "ka",
    "THAI": "th",
    "LAO": "lo",
    "KHMER": "km",
    "MYANMAR": "my shn",
    "TIBETAN": "bo dz",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "ORIYA": "or",
    "THAANA": "dv",
    "CHEROKEE": "chr",
    "CANADIAN": "iu cr oj",
    "TIFINAGH": "zgh kab",
    "NKO": "nqo",
    "MEETEI": "mni",
    "OL": "sat",
    "MONGOLIAN": "mn",
    "YI": "ii",
}
_WRITTEN_IN = {script: tuple(codes.split()) for script, codes in _SCRIPTS.items()}
_NOT_ONLY_LATIN = frozenset(code for codes in _WRITTEN_IN.values() for code in codes)
_ALSO_LATIN = codes("az kab kk ku ms sr tk uz")


def primary_language(tag: str | None) -> str | None:
    """The primary language subtag of a declared tag, in its current form.

    `it_IT`, `IT` and `ita` are "it", `iw` is "he", `cn` (a country) is "zh". None for what is
    no language: "", "und", "mul", "x-default", "english", unknown codes.
    """
    match = _TAG.fullmatch((tag or "").strip()[:100])
    if not match:
        return None
    code = match[1].lower()
    code = _ALIASES.get(code, code)
    return code if code in _ISO_639_1 | _ISO_639_3 or code in _MEMBERS else None


def hints(declared: Iterable[str | None]) -> tuple[str, ...]:
    """The distinct languages that are declared, first things first; a tag that stands for
    several languages ("no") gives each ("nb", "nn")."""
    found: dict[str, None] = {}
    for tag in declared:
        code = primary_language(tag)
        if code:
            found.update(dict.fromkeys(_MEMBERS.get(code, (code,))))
    return tuple(found)


def is_written_in(language: str, script: str) -> bool:
    """Whether a language is commonly written in a script (first word of its Unicode names)."""
    if script == "LATIN":
        return language not in _NOT_ONLY_LATIN or language in _ALSO_LATIN
    return language in _WRITTEN_IN.get(script, ())


def sole_language(script: str) -> str | None:
    """The language that nearly all text in a script is in; None for unknown scripts."""
    return next(iter(_WRITTEN_IN.get(script, ())), None)
