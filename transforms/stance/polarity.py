"""The sign that an expression has in its place: negation, verbs that turn it round, and what
makes it unreal."""

import re

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import CASES, VERB_LAST, VERB_SECOND
from transforms.stance.frames import PRONOUNS, Frame
from transforms.stance.predicates import claiming, speaking
from transforms.stance.titles import ROMANCE
from transforms.stance.view import View

FLIPPED, DOUBLE = "flipped", "double"
_NEAR = 6  # tokens from a negator or a turning verb to what it governs, names not counted
_RIGHT = 8  # the same to the right, where negation follows the verb
# the negated forms of a verb: nothing follows for the sign from what somebody does not do
_TURKISH_NEGATION = re.compile(r"m[ae](?:d[iı]|m[iı]ș|yece|yaca|ye[nr]|ya[nr]|z)|m[ıiuü]yor")
_NEVER = listed(
    "never mai nie niemals jamais nunca jamás jamais nooit nigdy nikdy никогда ніколи niciodată"
    " asla hiçbir"
)
_LACKING = listed("without ohne zonder sans senza sin sem bez без fără")
_RULE_OUT = (
    *("rule", "ruling", "esclu", "descart", "exclu", "ausge", "aussch", "schlie", "schloss"),
    *("uitsl", "uitge", "sluit", "wyklucz", "vylou", "исключ", "виключ"),
)
_WITHOUT = listed("without senza sans sin sem ohne zonder bez без fără")
_TIMES = listed("time volta fois vez mal keer raz раз раза dată")
WOULD = listed(
    "would 'd sarebbe sarebbero serait seraient sería serían seria seriam wäre wären würde würden"
    " zou zouden ar fi byłoby byłby byłaby by бы би"
)
_INFINITIVES = {
    "ru": ("ть", "ти", "чь", "ться", "тись", "чься"),
    "uk": ("ти", "ть", "тися", "тись"),
    "pl": ("ć", "c"),
    "cs": ("t", "ti", "ct"),
}
_BARE_CLAUSES = frozenset(("en", "de"))  # "said he would", "sagte, er werde"
_CONDITIONAL = {
    "it": ("rebbe", "rebbero"),
    "fr": ("rait", "raient"),
    "es": ("ría", "rían"),
    "pt": ("ria", "riam"),
    "pl": ("łby", "łaby", "liby", "łoby", "łyby"),
    "tr": ("ebilir", "abilir", "ebilirler", "abilirler"),
}


def polarity(view: View, frame: Frame) -> tuple[int, frozenset[str]]:
    """The sign with what turned it, or 0 where nothing is said: denied, unreal, asked."""
    if is_unreal(view, frame) or _is_claim(view, frame):
        return 0, frozenset()
    negated = is_negated(view, frame)
    flipped = is_flipped(view, frame)
    if not negated and not flipped:
        return frame.sign, frozenset()
    if frame.sign < 0:
        if negated and not flipped and _never_refused(view, frame):
            return 1, frozenset((DOUBLE,))
        if negated and flipped:
            return frame.sign, frozenset((DOUBLE,))  # "never stopped criticising"
        return 0, frozenset()  # not criticising is not praising
    if negated and flipped:
        if _is_left_open(view, frame):
            return 0, frozenset()
        return frame.sign, frozenset((DOUBLE,))
    if negated:
        return 0, frozenset()  # not supporting may be opposing or neither
    return -frame.sign, frozenset((FLIPPED,))


def _is_claim(view: View, frame: Frame) -> bool:
    """ "Ha sostenuto che": a verb of support that with a clause is one of speech."""
    return (
        frame.pos == "verb"
        and frame.sign > 0
        and view.marks.has(frame.last, "that")
        and view.form(frame.last - 1) in claiming(view.language)
    )


def _is_left_open(view: View, frame: Frame) -> bool:
    """ "Has not ruled out supporting" is no support."""
    clause = view.clause[frame.first]
    return any(
        view.form(i).startswith(_RULE_OUT) for i in view.marks.flips if view.clause[i] == clause
    )


def _never_refused(view: View, frame: Frame) -> bool:
    """ "Has never refused", "non ha mai rifiutato": a verb that turns what it governs, with
    "never"."""
    never = [i for i, token in enumerate(view.tokens) if token.form in _NEVER]
    return view.marks.turns(frame) and frame.pos == "verb" and _near(view, frame, never)


def is_unreal(view: View, frame: Frame) -> bool:
    """Possible, conditional, hearsay or a question."""
    clause = view.clause[frame.first]
    left = [i for i in range(frame.first) if view.clause[i] == clause]
    right = range(frame.last, min(len(view.tokens), frame.last + 2))
    near = left[-12:]
    announced = frame.pos == "verb" and is_self_told(view, frame)
    if frame.pos == "predicate" or announced:  # "would be a mistake" is a judgement
        near = [i for i in near if view.form(i) not in WOULD]
        right = range(0)
    if view.marks.any(near, "hedge") or view.marks.any(list(right), "hedge"):
        return True
    if view.language == "tr" and _TURKISH_NEGATION.search(view.form(frame.last - 1)):
        return True
    endings = _CONDITIONAL.get(view.language)
    if (
        endings
        and not announced
        and any(
            view.form(i).endswith(endings) and view.name_at[i] < 0
            for i in (*near[-3:], *range(frame.first, frame.last))
        )
    ):
        return True
    return _is_denied(view, clause) or _is_question(view, frame)


def is_self_told(view: View, frame: Frame) -> bool:
    """ "X said he would vote against it": what somebody says of their own plans, the verb of speech
    right before the complementiser or the pronoun. "Would" only; other hedges hedge."""
    clause = view.clauses[view.clause[frame.first]]
    first = clause.token if clause.opener == "that" else frame.first
    if clause.opener != "that":
        here = range(max(0, frame.first - 4), frame.first)
        pronouns = [i for i in here if view.marks.at[i] & PRONOUNS]
        if view.language not in _BARE_CLAUSES or not pronouns:
            return False
        first = pronouns[0]
    elif not any(view.marks.at[i] & PRONOUNS for i in range(first + 1, frame.first)):
        return False
    before = range(max(0, first - 3), first)
    return any(view.form(i) in speaking(view.language) for i in before)


def _is_denied(view: View, clause: int) -> bool:
    """ "It is not true that ...", "X denied that ...": what stands before the complementiser."""
    opener = view.clauses[clause]
    if opener.opener != "that":
        return False
    before = [i for i in range(max(0, opener.token - 7), opener.token) if view.clause[i] >= 0]
    if not before:
        return False
    last = view.clause[before[-1]]
    before = [i for i in before if view.clause[i] == last]
    first_time = any(view.form(i) in _TIMES for i in before)  # "it is not the first time that"
    negated = view.marks.any(before, "negator") and not first_time
    denied = any(i in before for i in view.marks.flips)
    return negated or denied


def _is_question(view: View, frame: Frame) -> bool:
    for i in range(frame.last, len(view.tokens)):
        form = view.form(i)
        if form == "?":
            return True
        if form in "!;»”.":
            return False
    return False


def is_negated(view: View, frame: Frame) -> bool:
    return _near(view, frame, _negators(view, frame))


def is_flipped(view: View, frame: Frame) -> bool:
    inside = range(frame.first, frame.last)
    flips = [i for i in view.marks.flips if i not in inside and i != frame.tail]
    if view.language in CASES:
        flips = [i for i in flips if _turns(view, i, frame)]
    if view.marks.has(frame.first, "demand"):
        flips = [i for i in flips if "leave" not in view.marks.at[i]]
    flips = [i for i in flips if not 0 <= frame.tail < i < frame.first]
    if frame.pos == "predicate":  # "it would be wrong to abandon the plan"
        flips = [i for i in flips if i < frame.first]
    flips = [i for i in flips if _governs(view, i, frame)]
    longer = [i for i, kinds in enumerate(view.marks.at) if "longer" in kinds]
    return _near(view, frame, flips) != _near(view, frame, longer)


def _turns(view: View, flip: int, frame: Frame) -> bool:
    """Slavic: a verb is turned by the verb whose infinitive it is, or by its own infinitive
    ("proposed to dismiss X"); a judgement by what stands right before it."""
    endings = _INFINITIVES[view.language]
    if frame.pos == "verb":
        if any(view.form(i).endswith(endings) for i in range(frame.first, frame.last)):
            return True
        return 0 <= flip - frame.last <= 1 and view.form(flip).endswith(endings)
    return frame.pos != "predicate" or 0 < frame.first - flip <= 2


def _governs(view: View, flip: int, frame: Frame) -> bool:
    """Whether a turning verb governs the expression: no name and, before a verb, no article
    stands between them ("overturned a ruling in favour of")."""
    between = range(min(flip, frame.last), max(flip, frame.first))
    if frame.pos == "verb" and view.marks.any(between, "and"):
        return False  # "has never refused and will not refuse"
    if flip > frame.first:
        if view.language in VERB_SECOND and frame.pos == "verb" and _is_noun(view, flip):
            return False  # "sprach sich für ein Verbot aus", "warnte vor dem Verlust"
        if frame.pos == "verb" and view.language in ROMANCE:
            return False  # "chiede lo stop alle gare"
        return not view.marks.any(list(between), "reason")
    if any(view.name_at[i] >= 0 for i in between):
        return frame.pos == "noun" and view.language in VERB_SECOND
    return frame.pos == "noun" or not view.marks.any(list(between), "article")


def _is_noun(view: View, token: int) -> bool:
    """Whether an article or a preposition stands before a word, or an adjective between them."""
    before = range(max(0, token - 2), token)
    return any(
        view.marks.at[i] & {"article", "to", "of"} and not view.marks.at[i] & {"pronoun.n"}
        for i in before
    )


def _negators(view: View, frame: Frame) -> list[int]:
    inside = range(frame.first, frame.last)
    return [
        i
        for i, kinds in enumerate(view.marks.at)
        if "negator" in kinds and "longer" not in kinds and i not in inside and i != frame.tail
    ]


def _near(view: View, frame: Frame, places: list[int]) -> bool:
    clause = view.clause[frame.first]
    for i in places:
        if view.clause[i] != clause:
            continue
        between = range(i + 1, frame.first) if i < frame.first else range(frame.last, i)
        words = [j for j in between if view.name_at[j] < 0]
        if view.form(i) in _LACKING and i < frame.first and view.marks.any(words, "and"):
            continue  # "called it a raid without a plan and demanded ..."
        if any(view.form(j) in ",;:" for j in words) and i > frame.first:
            continue
        if i < frame.first and len(words) <= _NEAR:
            return True
        after = view.language in VERB_SECOND or view.language in VERB_LAST
        if i >= frame.last and len(words) <= (_RIGHT if after else 1):
            return view.form(i) not in _WITHOUT
    return False
