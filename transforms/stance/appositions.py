"""Names in apposition with a title, in Romance languages.

The head of "the minister of Health, Odile Ravenel" is the title, and the name has its role: the
preposition before the title governs the name, and the phrase begins there. What the title is of
has no role of its own.
"""

from transforms.quotations.grammar import words as listed
from transforms.stance.names import ATTRIBUTE, Name
from transforms.stance.titles import title_before
from transforms.stance.view import View

_PREPOSITIONS = frozenset(("by", "of", "to", "for", "against", "reason", "object"))
_PLAIN = listed(
    "a as suo sua suoi sue loro su sus seu seus suas son sa ses leur leurs nostro nostra nostri"
    " nostre cuyo cuya cuyos cuyas cujo cuja cujos cujas nuestro nuestra nuestros nuestras nosso"
    " nossa nossos nossas notre nos"
)  # possessives, which are articles here, and Portuguese "a", which may be one
_BEFORE = 3  # tokens before the title that may be its article: "il nuovo primo ministro"


def with_appositions(view: View) -> list[Name]:
    """The names, those in apposition with the role of the title."""
    names = list(view.names)
    for place, name in enumerate(names):
        if name.named.label != "PER":
            continue
        title = title_before(view.tokens, view.marks, view.name_at, name.first, name.last)
        if title < 0 or _has_verb(view, title, name.first):
            continue
        inside = [n for n in range(place) if names[n].first > title]
        if any(names[n].named.label == "PER" for n in inside):
            continue
        begin, at = _opening(view, title)
        kinds = view.marks.at[at] & _PREPOSITIONS if at >= 0 else frozenset()
        names[place] = name._replace(governor=kinds, at=at, begin=begin)
        for other in inside:
            names[other] = names[other]._replace(governor=ATTRIBUTE)
    return names


def _has_verb(view: View, first: int, last: int) -> bool:
    return any(f.pos in ("verb", "define") and first <= f.first < last for f in view.frames)


def _opening(view: View, title: int) -> tuple[int, int]:
    """Where the phrase of the title begins, and the preposition that governs it or -1."""
    for token in range(title - 1, max(-1, title - 1 - _BEFORE), -1):
        kinds = view.marks.at[token]
        if view.clause[token] != view.clause[title] or view.name_at[token] >= 0:
            break
        if "article" in kinds and not _is_fused(view, token):
            before = token - 1
            same = before >= 0 and view.clause[before] == view.clause[title]
            governs = same and view.name_at[before] < 0 and _governs(view, before)
            return (before, before) if governs else (token, -1)
        if kinds & _PREPOSITIONS:
            return token, token
        if not view.tokens[token].is_word or kinds & {"and", "copula", "passive"}:
            break
    return title, -1


def _is_fused(view: View, token: int) -> bool:
    """Whether an article holds a preposition: "del", "au"; Portuguese "a" may be either."""
    return bool(view.marks.at[token] & _PREPOSITIONS) and view.form(token) not in _PLAIN


def _governs(view: View, token: int) -> bool:
    kinds = view.marks.at[token]
    return bool(kinds & _PREPOSITIONS) and "article" not in kinds
