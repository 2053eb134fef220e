"""The span of a proposition: the phrase or clause that somebody is for or against.

It begins behind the expression (and behind a preposition or complementiser) and ends where the
clause does. Conservative: without an article or complementiser at its beginning there is none.
"""

from transforms.stance.clauses import View
from transforms.stance.frames import Frame

Range = tuple[int, int]
SHORTEST, LONGEST = 1, 24  # tokens
_ADVERBS = 3  # tokens between the expression and its object, at most
_ROLES = frozenset(("title", "title.m", "title.f"))
_STOPS = frozenset(("by", "swap", "reason", "that", "relative"))


def proposition(view: View, frame: Frame) -> Range | None:
    """The object phrase or clause right of an expression, as a range of the body, or None."""
    first = _beginning(view, frame)
    if first is None:
        return None
    if any(f.first == first and f.pos == "verb" for f in view.frames):
        return None
    if view.marks.at[first] & _ROLES and _caseless(view):
        return None  # "судьёй Алексеем Паньшиным" is somebody
    last = _end(view, first, view.clause[first])
    return _trimmed(view, first, last)


def _beginning(view: View, frame: Frame) -> int | None:
    """Where the phrase begins: its article, or what follows the complementiser."""
    clause = view.clause[frame.first]
    i = frame.last
    if view.marks.at[i - 1] & {"to", "for", "against"} and i < len(view.tokens):
        starts = view.name_at[i] < 0 and view.tokens[i].is_word and view.clause[i] == clause
        return i if starts else None
    adverbs = 0
    prepositional = frame.roles in ("s>p", "g>p", "g>g", "s>d")
    while i < len(view.tokens):
        kinds = view.marks.at[i]
        if view.name_at[i] >= 0 or view.clause[i] < 0:
            return None
        if "that" in kinds and view.clause[i] != clause:
            return i + 1 if i + 1 < len(view.tokens) else None
        if view.clause[i] != clause or (not view.tokens[i].is_word and view.form(i) != ","):
            return None
        if "article" in kinds and not ("by" in kinds or ("of" in kinds and not prepositional)):
            return i
        if kinds & {"to", "for", "against", "of"} and prepositional:
            return i + 1 if i + 1 < len(view.tokens) and view.name_at[i + 1] < 0 else None
        if view.form(i) == ",":
            follows = view.marks.has(i + 1, "that")
            if not follows:
                return None
        elif kinds & {"to", "for", "against", "of", "by", "reason"}:
            if kinds & {"of", "against"} or _caseless(view):
                return None
            i = _after_adverbial(view, i, clause)  # "approved by a large majority the directive"
            continue
        else:
            adverbs += 1
            if adverbs > _ADVERBS and not _caseless(view):
                return None
            if adverbs >= 1 and _caseless(view) and view.marks.at[frame.last - 1] is not None:
                return i if len(view.form(i)) > 3 else None
        i += 1
    return None


def _after_adverbial(view: View, preposition: int, clause: int) -> int:
    """The next article that does not belong to the preposition, or the end of the text."""
    for i in range(preposition + 2, min(len(view.tokens), preposition + 7)):
        if view.clause[i] != clause or view.name_at[i] >= 0:
            break
        if "article" in view.marks.at[i] and not view.marks.at[i] & {"of", "to"}:
            return i
    return len(view.tokens)


def _caseless(view: View) -> bool:
    """Languages without articles: a phrase begins with any word."""
    return view.language in ("ru", "uk", "pl", "cs")


def _end(view: View, first: int, clause: int) -> int:
    last = first
    while last < len(view.tokens) and last - first < LONGEST:
        kinds = view.marks.at[last]
        if view.clause[last] != clause or view.form(last) in (",", "."):
            break
        if last > first and kinds & _STOPS and not kinds & {"of", "to"}:
            break
        if any(f.first == last and f.pos == "verb" and last > first for f in view.frames):
            break
        last += 1
    return last


def _trimmed(view: View, first: int, last: int) -> Range | None:
    small = {"to", "of", "by", "and", "article", "for", "against", "copula", "passive"}
    while last > first and (
        (view.marks.at[last - 1] & small and view.name_at[last - 1] < 0)
        or not view.tokens[last - 1].is_word
    ):
        last -= 1
    if not last - first >= SHORTEST:
        return None
    content = [i for i in range(first, last) if not view.marks.at[i] & {"article"}]
    if not content or any(len(view.form(i)) > 200 for i in content):
        return None
    start, end = view.range(first, last)
    return start, end


def subject_proposition(view: View, frame: Frame) -> Range | None:
    """The subject of a passive that is no name: from the clause's first word to the verb."""
    clause = view.clause[frame.first]
    inside = [i for i in range(frame.first) if view.clause[i] == clause]
    if not inside or any(view.name_at[i] >= 0 for i in inside[:1]):
        return None
    if "article" not in view.marks.at[inside[0]]:
        return None
    last = inside[0]
    while last < frame.first and not view.marks.at[last] & {"passive", "copula", "negator"}:
        if view.form(last) == "," or view.clause[last] != clause:
            break
        last += 1
    return _trimmed(view, inside[0], last)
