"""The words of a text that the lexicon knows: verbs and nouns of speech and what they need."""

from transforms.lexicons import Lexicon, Match
from transforms.quotations.grammar import words
from transforms.quotations.text import VERBS, Text

# before a noun that is spelled like a verb of speech (the answers, Trump's claim, una denuncia)
_BEFORE_NOUNS = {
    "en": "the a an his her their my our its this these those 's no any some of in by for",
    "de": "der die das den dem des ein eine einen einem einer eines kein keine im am zum zur vom",
    "nl": "de het een zijn haar hun dit dat deze die",
    "it": "il un uno una i gli del dello della dei degli delle dell' nel nella nell' sul sulla dal"
    " dalla al alla suo sua suoi sue ogni questa questo",
    "es": "el un una los las del al su sus esta este esa ese",
    "fr": "un une des du au aux son sa ses leur leurs ce cette cet ces",
    "pt": "um uma os do da dos das no na nos nas ao seu sua seus suas esta este essa esse",
    "ro": "un o unei unui",
    "tr": "bir bu şu",
}
_NOUN_WORDS = {language: frozenset(words.split()) for language, words in _BEFORE_NOUNS.items()}
_BEFORE_GERUNDS = frozenset(("the", "a", "an", "'s", "his", "her", "their"))
# words before a bare verb that do not make it a noun
_BEFORE_BASES = words(
    "they will would could should might must does never also then still even often always ever "
    "then just both which that them both again repeatedly either neither cannot media police "
    "public press team board staff other many some most others"
)
_INVERTED = frozenset(("il", "elle", "ils", "elles", "on", "t"))
# endings of participles that are spelled like no finite verb, and what must stand before them
_PARTICIPLES: dict[str, tuple[str, str]] = {
    "it": (
        "ato ata ati ate uto uta uti ute",
        "ha hanno aveva avevano avrà avranno abbia abbiano"
        " avrebbe avrebbero avesse aver avere avendo ebbe è sono era erano viene vengono veniva"
        " venne fu sarà sia stato stata stati state essere essersi",
    ),
    "fr": (
        "é ée és ées",
        "a ont avait avaient aura auront aurait auraient ait ayant avoir eu est"
        " sont était étaient fut sera été être",
    ),
    "es": (
        "ado ido",
        "ha han había habían habrá habría haya hayan haber habiendo hubo es fue son"
        " fueron era sido",
    ),
    "pt": (
        "ado ido",
        "tem têm tinha tinham terá teria ter tendo havia haviam é foi são foram era sido",
    ),
}
AUXILIARIES = {
    language: (tuple(endings.split()), frozenset(auxiliaries.split()))
    for language, (endings, auxiliaries) in _PARTICIPLES.items()
}


def look_up(text: Text, lexicon: Lexicon) -> None:
    """Fills the text's places of cues and of the words that stand around them."""
    _cues(text, lexicon)
    _function_words(text, lexicon)


def _cues(text: Text, lexicon: Lexicon) -> None:
    that_last = 0
    for match in lexicon.cues.match(text.tokens):
        if match.kind in VERBS:
            if text.language == "en" and _is_base(lexicon, text, match):
                text.bases.add(match.first)
            _verb(text, match)
        elif match.kind == "noun":
            text.nouns[match.first] = match
        elif match.kind == "according":
            text.according[match.first] = match
        elif match.kind == "scare":
            text.scare.add(match.last)
        elif match.kind == "that" and match.first >= that_last:
            text.that_at[match.first] = that_last = match.last


def _is_base(lexicon: Lexicon, text: Text, match: Match) -> bool:
    """Whether an English form is the bare one, which nouns share (bid, report, claim)."""
    plural = f"{text.form(match.first)}s"
    entries = lexicon.cues.by_first.get(plural, ())
    return any(len(form) == 1 and lemma == match.lemma for form, _, lemma in entries)


def _is_compound(text: Text, place: int) -> bool:
    """Whether a bare form ends a compound noun (a takeover bid): an ordinary word before it."""
    before = text.form(place - 1)
    return (
        text.is_word(place - 1)
        and text.is_lower(place - 1)
        and len(before) > 3
        and before not in _BEFORE_BASES
        and not before.endswith(("s", "ly", "people", "men"))
    )


def _verb(text: Text, match: Match) -> None:
    last = match.last
    while text.form(last - 1) in _INVERTED and text.form(last - 2) == "-":
        last -= 2  # dit-elle: the pronoun is the speaker
    if match.first < last < match.last:
        match = match._replace(last=last, end=text.tokens[last - 1].end)
    before = text.form(match.first - 1)
    gerund = text.language == "en" and text.form(match.first).endswith("ing")
    nouns = _BEFORE_GERUNDS if gerund else _NOUN_WORDS.get(text.language, frozenset())
    is_noun = match.last - match.first == 1 and before in nouns
    if is_noun or (match.first in text.bases and _is_compound(text, match.first)):
        text.nouns.setdefault(match.first, match)
    elif _is_bare_participle(text, match):
        text.participles[match.first] = match
    else:
        known = text.cue_at.get(match.first)
        if known is None or match.last > known.last:
            text.cue_at[match.first] = match


def _function_words(text: Text, lexicon: Lexicon) -> None:
    for match in lexicon.stance.match(text.tokens, ("to", "of", "by", "swap", "passive")):
        if match.kind == "swap":
            text.swap.add(match.first)
        elif match.kind == "passive":
            text.passive.update(range(match.first, match.last))
        elif text.language != "pt" or text.form(match.first) != "a":  # also the article
            text.prepositions.add(match.last - 1)
            if match.kind == "by":
                text.by_at[match.first] = match.last
    for place, match in text.participles.items():
        if match.last in text.by_at:  # Rossi, accusato da Bianchi di «mentire»
            text.cue_at.setdefault(place, match)


def _is_bare_participle(text: Text, match: Match) -> bool:
    """A participle without an auxiliary before it: no verb of a sentence."""
    known = AUXILIARIES.get(text.language)
    if known is None or match.last - match.first > 1:
        return False
    endings, auxiliaries = known
    return text.form(match.first).endswith(endings) and not any(
        text.form(place) in auxiliaries for place in range(match.first - 6, match.first)
    )
