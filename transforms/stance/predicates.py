"""Where another verb begins: "criticised the plan and called on the board to go"."""

from functools import lru_cache

from transforms.lexicons import load
from transforms.quotations.grammar import words as listed
from transforms.stance.frames import PRONOUNS, TITLES
from transforms.stance.view import View

_SPEECH = frozenset(("report", "claim", "deny", "accuse", "praise", "announce"))
_VERBS = frozenset(("demand", "light", "receive", "urge"))
_SMALL = PRONOUNS | TITLES | {"negator", "hedge", "passive", "swap", "first", "flip"}
_CLITICS = listed(
    "se s' si sich zich się ся l' lo la le les los las li ne n' y en ha has have had hat haben"
    " heeft hebben a ont hanno han ham a-t also auch aussi anche también também ook"
)
_REACH = 4  # tokens between "and" and the verb, names not counted
_PAST = {
    "ru": (
        "ал",
        "ил",
        "ел",
        "ял",
        "ала",
        "ила",
        "ела",
        "яла",
        "али",
        "или",
        "ели",
        "ло",
        "лся",
        "лась",
        "лись",
    ),
    "uk": ("ав", "ив", "ів", "ала", "ила", "іла", "али", "или", "іли", "вся", "лася", "лися"),
    "pl": ("ał", "ił", "ył", "ała", "iła", "yła", "ali", "ili", "yli", "ało", "iło"),
    "cs": ("al", "il", "ala", "ila", "ali", "ili"),
    "es": ("ió", "aron", "ieron", "ará", "erá", "irá", "arán", "erán", "irán", "aba", "aban"),
    "pt": (
        "ou",
        "iu",
        "aram",
        "eram",
        "iram",
        "ará",
        "erá",
        "irá",
        "arão",
        "erão",
        "irão",
        "ava",
        "avam",
    ),
    "it": ("erà", "arà", "irà", "eranno", "aranno", "iranno", "avano", "evano", "arono", "irono"),
    "fr": ("eront", "aient", "èrent"),
}
_AUXILIARIES = {
    "en": listed("has have had will"),
    "de": listed("hat haben hatte hatten wird werden werde bleibt bleiben"),
    "nl": listed("heeft hebben had hadden zal zullen blijft blijven werd werden"),
    "fr": listed("a ont avait avaient va vont sera seront"),
    "it": listed("ha hanno aveva avevano va vanno resta restano rimane rimangono"),
    "es": listed("ha han había habían va van sigue siguen"),
    "pt": listed("tem têm tinha tinham vai vão continua continuam mantém"),
}  # fmt: skip
_LONG = 5  # letters of a verb that is told by its ending, at least


def goes_on(view: View, conjunction: int) -> bool:
    """Whether a verb follows "and": then it joins clauses, not phrases."""
    if not view.marks.has(conjunction, "and"):
        return False
    i, steps = conjunction + 1, 0
    while i < len(view.tokens) and steps < _REACH:
        if view.name_at[i] >= 0:
            i += 1
            continue
        if is_verb(view, i):
            return True
        small = view.marks.at[i] & _SMALL or view.form(i) in _CLITICS
        if not small or not view.tokens[i].is_word:
            return False
        i, steps = i + 1, steps + 1
    return False


def crosses(view: View, first: int, last: int) -> bool:
    """Whether another verb begins in tokens [first, last)."""
    return any(goes_on(view, i) for i in range(first, last))


def is_verb(view: View, token: int) -> bool:
    """Whether a token is known as a verb, or looks like one in the past tense."""
    if view.name_at[token] >= 0:
        return False
    if any(f.first == token and f.pos in ("verb", "define") for f in view.frames):
        return True
    form = view.form(token)
    if view.marks.at[token] & _VERBS or form in speaking(view.language):
        return True
    return has_tense(view, token)


def has_tense(view: View, token: int) -> bool:
    """Whether a word has the ending of a finite verb, or is an auxiliary."""
    form = view.form(token)
    if view.name_at[token] >= 0:
        return False
    if form in _AUXILIARIES.get(view.language, ()):
        return True
    endings = _PAST.get(view.language)
    return endings is not None and len(form) >= _LONG and form.endswith(endings)


@lru_cache(maxsize=32)
def speaking(language: str) -> frozenset[str]:
    """Verbs of speech of one word."""
    return _cues(language, _SPEECH)


@lru_cache(maxsize=32)
def claiming(language: str) -> frozenset[str]:
    """Verbs of one word that say that something is so."""
    return _cues(language, frozenset(("claim",)))


def _cues(language: str, kinds: frozenset[str]) -> frozenset[str]:
    lexicon = load(language)
    if lexicon is None:
        return frozenset()
    return frozenset(
        form[0]
        for forms in lexicon.cues.by_first.values()
        for form, kind, _ in forms
        if len(form) == 1 and kind in kinds
    )
