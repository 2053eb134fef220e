"""The span of a proposition: the phrase or clause that somebody is for or against.

It begins behind the expression (and behind a preposition, a complementiser, quotation marks, a
predicate) and ends where the clause does, or a long phrase goes on with what is only added. In
German and Dutch it may stand before the verb, in front of the sentence with the subject behind.
"""

from collections.abc import Callable

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import CASES, GERMANIC, VERB_SECOND
from transforms.stance.clauses import QUOTES
from transforms.stance.frames import TITLES, Frame
from transforms.stance.names import Range
from transforms.stance.phrases import (
    FUNCTION,
    INFINITIVES,
    PREPOSITION,
    end_of,
    is_heavy,
    is_infinitive_form,
    owns,
    trimmed,
)
from transforms.stance.titles import ROMANCE
from transforms.stance.view import View

_ADVERBS = 3  # tokens between the expression and its object, at most
_NOUN = 5  # letters of a noun without an article, at least
_NO_NOUNS = listed(
    "además antes entonces después menos ayer siempre también ahora ainda depois ontem também"
    " sempre agora anche invece subito ancora quindi inoltre sempre aussi encore alors jamais"
    " plutôt ensuite desde quando cuando siquiera atrás lejos apenas nunca quizás jamás"
    " aquando mesmo outra otra altri lunedì martedì mercoledì giovedì venerdì sabato domenica"
    " lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes"
    " sábado domingo"
)
_POSSESSIVES = listed(
    "son sa ses leur leurs mon ma mes notre nos su sus mi mis suo sua suoi sue loro seu seus suas"
    " sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer zijn haar hun his her its their"
)
_INTO = {"it": ("a", "ad", "di"), "fr": ("de", "d'", "à"), "es": ("a", "de"), "pt": ("a", "de")}
_PARTICLES = frozenset(["uit", "in", "af", "toe", "op", "aan", "aus", "ein", "ab", "zu", "an"])
_OBJECTS = frozenset(["her", "ihr", "sie", "haar", "hun"])  # possessives that are objects too
_PAST = ("ly", "mente", "ment")  # adverbs


def proposition(view: View, frame: Frame) -> Range | None:
    """The object phrase or clause of an expression, as a range of the body, or None."""
    found = _right(view, frame)
    if found is None and view.language in VERB_SECOND:
        found = _left(view, frame)
    return found


def _right(view: View, frame: Frame) -> Range | None:
    first = _beginning(view, frame)
    if first is None:
        return None
    if any(f.first == first and f.pos == "verb" for f in view.frames):
        return None
    clause = view.clauses[view.clause[first]]
    reported = clause.opener == "that" and first == clause.token + 1
    if view.marks.at[first] & TITLES and view.language in CASES and not reported:
        return None  # "судьёй Алексеем Паньшиным" is somebody
    last = end_of(view, first, view.clause[first])
    if frame.first < first <= frame.tail:
        last = min(last, frame.tail)
    return trimmed(view, first, last, reported)


def _beginning(view: View, frame: Frame) -> int | None:
    """Where the phrase begins: its article, or what follows the complementiser."""
    clause = view.clause[frame.first]
    i = frame.last
    if i < len(view.tokens) and "that" in view.marks.at[i - 1] and view.clause[i] != clause:
        return i  # "wil dat de subsidie blijft": the expression ends in "that"
    own = PREPOSITION | {"of", "by"} if frame.roles == "s>p" else PREPOSITION
    if view.marks.at[i - 1] & own and i < len(view.tokens):
        return _after_preposition(view, i, clause)
    if frame.roles == "s>p" and view.language in ROMANCE and view.marks.has(i, "by"):
        return _after_preposition(view, i + 1, clause)  # "ha preso le distanze dal metodo"
    tail = view.marks.at[frame.tail] if frame.tail >= frame.last else frozenset()
    follows = view.marks.has(frame.tail + 1, "article")
    wanted = PREPOSITION if view.language == "en" or follows else frozenset(("for", "against"))
    if frame.roles == "s>p" and tail & wanted:
        return _after_preposition(view, frame.tail + 1, clause)
    predicates = {t for f in view.frames if f.pos == "predicate" for t in range(f.first, f.last)}
    adverbs = 0
    prepositional = frame.roles in ("s>p", "g>p", "g>g", "s>d")
    while i < len(view.tokens):
        kinds = view.marks.at[i]
        if view.form(i) in QUOTES or (i in predicates and frame.roles == "s>o"):
            i += 1
            continue
        if view.clause[i] < 0:
            return None
        if view.name_at[i] >= 0:
            return i if owns(view, i) and not prepositional else None
        if "that" in kinds and view.clause[i] != clause:
            return i + 1 if i + 1 < len(view.tokens) else None
        if view.clause[i] != clause or (not view.tokens[i].is_word and view.form(i) != ","):
            return None
        if _is_infinitive(view, i, frame):
            return i
        if (
            i == frame.last
            and view.language == "en"
            and view.form(i) == "to"
            and view.marks.turns(frame)
        ):
            return None  # "refused to publish the survey"
        if frame.pos == "noun" and not kinds & (PREPOSITION | {"of"}):
            if _carries(view, i) and i == frame.last:
                i += 1
                continue  # "sprak haar steun uit voor het plan"
            return None
        if _is_possessor(view, frame, i):
            return None  # "die Kritik der Verbände", "vom Vorwurf der Untreue"
        if view.form(i) in _OBJECTS and view.marks.has(i + 1, "to"):
            return None  # "beschuldigde haar van ...", "widersprach ihr in ..."
        of = "of" in kinds and view.form(i) not in _POSSESSIVES
        fused = of and (not prepositional or view.language in ROMANCE)
        if "article" in kinds and not ("by" in kinds or fused):
            return i
        if kinds & (PREPOSITION | {"of"}) and prepositional:
            return _after_preposition(view, i + 1, clause)
        if view.form(i) == ",":
            follows = view.marks.has(i + 1, "that")
            if not follows:
                return None
        elif view.language == "es" and frame.roles == "s>o" and view.form(i) in ("a", "al"):
            # whom: "criticó a los sindicatos", "atacó al Gobierno"
            if view.clause[i + 1 : i + 2] == [clause] and view.name_at[i + 1] < 0:
                return i + 1
            return None
        elif kinds & {"to", "for", "against", "of", "by", "reason"}:
            if kinds & {"of", "against"} or view.language in CASES:
                return None
            i = _after_adverbial(view, i, clause)  # "approved by a large majority the directive"
            continue
        else:
            if _is_bare_object(view, frame, i):
                return i
            adverbs += 1
            if adverbs > _ADVERBS and view.language not in CASES:
                return None
            if view.language in CASES and not kinds & {"adverb", "time"}:
                return i if is_heavy(view, i) else None
        i += 1
    return None


def _is_possessor(view: View, frame: Frame, i: int) -> bool:
    """German and Dutch: the genitive behind a noun whose target has a preposition of its own."""
    is_noun = view.language in VERB_SECOND and frame.pos == "noun" and frame.roles == "g>p"
    return is_noun and "of" in view.marks.at[i]


def _carries(view: View, i: int) -> bool:
    """Whether the rest of a verb that carries a noun stands at its end, with a preposition next."""
    rest = view.form(i) in _PARTICLES or "light" in view.marks.at[i]
    return (
        view.language in VERB_SECOND
        and rest
        and bool(view.marks.at[i + 1 :][:1])
        and bool(view.marks.at[i + 1] & PREPOSITION)
    )


def _after_preposition(view: View, i: int, clause: int) -> int | None:
    if view.language in ROMANCE and i < len(view.tokens) and view.name_at[i] < 0:
        if "and" in view.marks.at[i]:
            return None  # "voted against and announced"
        fused = view.marks.at[i] & (PREPOSITION | {"of"}) and "article" not in view.marks.at[i]
        i += bool(fused)  # "a sostegno" + "del piano"
    elif view.marks.has(i, "of") and view.marks.has(i - 1, "for"):
        i += "article" not in view.marks.at[i]  # "a favor de"
    while i < len(view.tokens) and (view.form(i) in QUOTES or view.form(i) in ("que", "che")):
        if "that" in view.marks.at[i] and view.clause[i] != clause:
            return i + 1 if view.marks.has(i - 1, "of") and i + 1 < len(view.tokens) else None
        i += 1
    if i >= len(view.tokens) or view.clause[i] != clause or not view.tokens[i].is_word:
        return None
    if view.name_at[i] >= 0:
        return i if owns(view, i) else None
    return i


def _is_infinitive(view: View, i: int, frame: Frame) -> bool:
    """ "to raise taxes", "di aumentare le tasse" right behind the expression."""
    if i - frame.last > 1 or frame.pos == "noun" or view.marks.turns(frame):
        return False  # who refuses to speak is against nothing
    form, following = view.form(i), view.form(i + 1)
    endings = INFINITIVES.get(view.language)
    if endings is None:
        return False
    if form in _INTO.get(view.language, ()):
        return following.endswith(endings) and len(following) > 3 and view.name_at[i + 1] < 0
    frames = any(f.first == i for f in view.frames)
    return is_infinitive_form(view, i) and len(form) > 4 and not frames and not view.marks.at[i]


def _is_bare_plural(view: View, frame: Frame, i: int) -> bool:
    """ "pidió sanciones más duras"; behind a demand any noun: "chiede chiarezza sul piano"."""
    form = view.form(i)
    if view.language not in ROMANCE or len(form) < _NOUN or form in _NO_NOUNS:
        return False
    if view.marks.any(range(frame.first, frame.last), "demand"):
        return True
    return view.language in ("es", "pt") and form.endswith("s")


def _is_bare_object(view: View, frame: Frame, i: int) -> bool:
    """Objects without an article: "opposes higher taxes", "befürwortet mehr Geld"."""
    if frame.roles != "s>o" or frame.pos == "noun":
        return False
    form = view.form(i)
    if view.language not in GERMANIC and not _is_bare_plural(view, frame, i):
        return False
    if view.marks.at[i] & FUNCTION or form.endswith(_PAST) or len(form) < 3:
        return False
    after = i + 1
    words = view.tokens[i].is_word and after < len(view.tokens) and view.clause[after] >= 0
    return words and view.tokens[after].is_word and i == frame.last


def _after_adverbial(view: View, preposition: int, clause: int) -> int:
    """The next article that does not belong to the preposition, or the end of the text."""
    for i in range(preposition + 2, min(len(view.tokens), preposition + 7)):
        if view.clause[i] != clause or view.name_at[i] >= 0:
            break
        if "article" in view.marks.at[i] and not view.marks.at[i] & {"of", "to"}:
            return i
    return len(view.tokens)


def _left(view: View, frame: Frame) -> Range | None:
    """German and Dutch: "hat den Plan abgelehnt", "den Plan lehnt X ab"."""
    clause = view.clause[frame.first]
    inside = [i for i in range(frame.first) if view.clause[i] == clause]
    if view.clauses[clause].opener == "relative":
        inside = inside[1:]
    prepositional = frame.roles in ("s>p", "g>p")
    wanted: Callable[[int], bool]
    if prepositional:
        wanted = _Kinds(view, PREPOSITION, frozenset(("article",)))
    else:
        wanted = _Kinds(view, frozenset(("article",)), frozenset(("of", "by")))
    named = [i for i in inside if view.name_at[i] >= 0]
    nearest = named[-1] if named else -1
    for first in inside:
        if not wanted(first) or view.name_at[first] >= 0:
            continue
        after = first + 1
        if not prepositional and view.marks.has(first - 1, "to"):
            continue
        begin = after if prepositional else first
        last = end_of(view, begin, clause)
        last = min(last, frame.first)
        verb = [i for i in range(begin, last) if view.marks.at[i] & {"passive", "hedge", "light"}]
        if verb:
            last = verb[0]
        if begin <= nearest < last and nearest == begin + 1:
            continue
        span = trimmed(view, begin, last)
        if span is not None:
            return span
    return None


class _Kinds:
    """Whether a token is of some kinds and of none of others."""

    def __init__(self, view: View, some: frozenset[str], none: frozenset[str]) -> None:
        self._marks, self._some, self._none = view.marks, some, none

    def __call__(self, token: int) -> bool:
        kinds = self._marks.at[token]
        return bool(kinds & self._some) and not kinds & self._none
