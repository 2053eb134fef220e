"""The phrase or clause that a judgement or a passive is said of: "the plan is a mistake", "it would
be wrong to wait", "закон абсурден"."""

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import CASES, VERB_SECOND
from transforms.stance.clauses import QUOTES
from transforms.stance.frames import Frame
from transforms.stance.names import Range
from transforms.stance.phrases import (
    FUNCTION,
    LONGEST,
    PREPOSITION,
    end_of,
    is_infinitive_form,
    owns,
    trimmed,
)
from transforms.stance.polarity import WOULD
from transforms.stance.predicates import is_verb
from transforms.stance.view import View

_LONG_NOUN = 6  # letters
_NO_NOUNS = listed(
    "everything something nothing anything everyone someone nobody alles nichts etwas anderes"
    " dieses jenes niemand jemand dennoch tutto niente questo quello qualcosa nessuno ognuno"
    " aquello nadie alguien ninguno ambos aquilo alguém ninguém tout cela celui quelque chacun"
    " anders iedereen niemand allemaal yesterday tonight besides clearly actually certainly"
)
_DASHES = frozenset("—–-")
_COPULAS = frozenset(("passive", "copula"))
_LEADING = frozenset(("that", "swap", "and", "negator"))
_EXPLETIVE = listed(
    "it that this es das het dat c' ce il ça è é es está lo ello isso isto to это це"
)
_LINKS = {"fr": ("de", "d'"), "it": ("di",), "en": ("to",), "nl": ("om",), "ro": ("să",)}
_APART = 2  # tokens between a predicate and the clause that it is said of, at most
_BEFORE = 3  # tokens of a clause before its verb that name no subject, at most


def subject_proposition(view: View, frame: Frame, start: int = 0) -> Range | None:
    """The subject of a passive or of a judgement that is no name: the phrase from the clause's
    beginning (or token `start`), or from its last comma, to the verb; behind the verb where that
    comes second; the phrase itself where a judgement has no verb."""
    clause = view.clause[frame.first]
    inside = [i for i in range(start, frame.first) if view.clause[i] == clause]
    stop = next((i for i in inside if _is_copula(view, i) and not _is_determiner(view, i)), None)
    if stop is None:
        return _verbless(view, frame, inside) if frame.pos == "predicate" else None
    return _before(view, inside[0], stop) or _behind(view, frame, stop)


def judged_proposition(view: View, frame: Frame, start: int = 0) -> Range | None:
    """What a predicate is said of."""
    return subject_proposition(view, frame, start) or _extraposed(view, frame, start)


def _is_copula(view: View, i: int) -> bool:
    return view.name_at[i] < 0 and bool(view.marks.at[i] & _COPULAS or view.form(i) in WOULD)


def _is_determiner(view: View, i: int) -> bool:
    """ "Это решение": a word that is also a copula, before its noun."""
    opens = i == 0 or view.clause[i - 1] != view.clause[i] or not view.tokens[i - 1].is_word
    return view.language in CASES and opens and view.form(i) in ("это", "це", "to")


def _before(view: View, begin: int, stop: int) -> Range | None:
    clause = view.clause[stop]
    stop = _resumed(view, begin, stop)
    first = stop
    while first > begin and view.clause[first - 1] == clause and view.form(first - 1) != ",":
        first -= 1
    first = _opened(view, first, stop)
    if first >= stop or not _may_begin(view, first):
        return None
    if stop - first == 1 and _is_bare_noun(view, first, begin):
        return view.range(first, stop)
    begins = view.marks.has(first, "article") or view.language in CASES or stop - first >= 2
    if not begins or stop - first > LONGEST:
        return None
    return trimmed(view, first, stop)


def _is_bare_noun(view: View, first: int, begin: int) -> bool:
    """ "Austerity is a mistake": one long word that no list knows, at the beginning."""
    form = view.form(first)
    known = view.marks.at[first] or form in _NO_NOUNS or view.name_at[first] >= 0
    return not known and first <= begin + 1 and len(form) >= _LONG_NOUN and form.isalpha()


def _resumed(view: View, begin: int, stop: int) -> int:
    """Where the subject ends when a relative clause stands between it and its verb."""
    last = stop - 1
    if view.form(last) != "," or last - 1 <= begin:
        return stop
    inner = view.clause[last - 1]
    if inner == view.clause[stop] or inner < 0 or view.clauses[inner].opener != "relative":
        return stop
    opener = view.clauses[inner].token
    while opener > begin and not view.tokens[opener - 1].is_word:
        opener -= 1
    return opener


def _opened(view: View, first: int, stop: int) -> int:
    while first < stop and (view.form(first) in QUOTES or view.marks.at[first] & _LEADING):
        first += 1
    return first


def _may_begin(view: View, first: int) -> bool:
    if view.name_at[first] >= 0:
        return owns(view, first)
    kinds = view.marks.at[first]
    if kinds & PREPOSITION and not (view.language == "pt" and view.form(first) in ("a", "as")):
        return False
    small = {"article", "of", "by", "to", "copula"}
    if "article" in kinds:
        small |= {"relative", "that"}  # German "die", Dutch "dat" are articles here
    return not kinds & (FUNCTION - small)


def _behind(view: View, frame: Frame, stop: int) -> Range | None:
    """ "Volgens X is het plan een stap vooruit": the subject behind the verb."""
    first = stop + 1
    if view.language not in VERB_SECOND or not view.marks.has(first, "article"):
        return None
    last = min(end_of(view, first, view.clause[stop]), frame.first)
    return trimmed(view, first, last) if first < last and view.name_at[first] < 0 else None


def _verbless(view: View, frame: Frame, inside: list[int]) -> Range | None:
    """Slavic judgements without a verb, at the end of their clause: "закон абсурден", "этот закон —
    ошибка"."""
    if view.language not in CASES:
        return None
    after = frame.last
    own = view.clause[after : after + 1] == [view.clause[frame.first]]
    if own and view.tokens[after].is_word and not view.marks.at[after] & PREPOSITION:
        return None  # "вредный закон"
    opener = view.clauses[view.clause[frame.first]].token
    dash = opener - 1
    if dash > 0 and view.form(dash) in _DASHES and frame.first - opener <= _APART:
        clause = view.clause[dash - 1]
        inside = [i for i in range(dash) if view.clause[i] == clause]
    words = [i for i in inside if view.tokens[i].is_word]
    if not words or words[-1] - words[0] > LONGEST or any(is_verb(view, i) for i in words):
        return None
    commas = [i for i in inside if view.form(i) == ","]
    first = _opened(view, commas[-1] + 1 if commas else inside[0], inside[-1])
    if not _may_begin(view, first) or view.marks.any(inside, "negator"):
        return None
    return trimmed(view, first, inside[-1] + 1)


def _extraposed(view: View, frame: Frame, start: int) -> Range | None:
    """ "It would be wrong to wait", "è un errore aspettare", "es ist falsch, dass ...": the clause
    behind a predicate whose verb has no other subject."""
    clause = view.clause[frame.first]
    inside = [i for i in range(start, frame.first) if view.clause[i] == clause]
    verb = next((i for i in inside if _is_copula(view, i)), None)
    if verb is None or frame.pos != "predicate":
        return None
    first = next((i for i in inside if view.tokens[i].is_word), verb)
    subjects = [i for i in range(_opened(view, first, verb), verb) if view.tokens[i].is_word]
    if len(subjects) > _BEFORE or any(view.form(i) not in _EXPLETIVE for i in subjects):
        return None
    for i in range(frame.last, min(len(view.tokens), frame.last + _APART + 1)):
        if "that" in view.marks.at[i] and view.clause[i] != clause:
            return _clause(view, i + 1)
        if view.form(i) == "," and view.language in VERB_SECOND:
            continue
        if view.form(i) in _LINKS.get(view.language, ()) or is_infinitive_form(view, i):
            return _clause(view, i)
        if view.language == "de" and view.form(i - 1) == ",":
            found = _clause(view, i)
            return found if found and _is_german_infinitive(view, i) else None
    return None


def _clause(view: View, first: int) -> Range | None:
    if first >= len(view.tokens) or view.clause[first] < 0:
        return None
    verb = first  # the infinitive may be an expression itself
    while verb + 1 < len(view.tokens) and view.marks.at[verb] & {"to", "of"}:
        verb += 1
    last = end_of(view, min(verb + 1, len(view.tokens) - 1), view.clause[first])
    return trimmed(view, first, last)


def _is_german_infinitive(view: View, first: int) -> bool:
    last = first
    while last < len(view.tokens) and view.tokens[last].is_word:
        last += 1
    forms = [view.form(i) for i in range(first, last)]
    return "zu" in forms or any("zu" in form[2:-3] and form.endswith("n") for form in forms[-1:])
