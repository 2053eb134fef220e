"""The object of an expression: direct, owned, apposed, or after a preposition."""

from transforms.stance.agreement import CASES, VERB_SECOND
from transforms.stance.frames import TITLES, Frame
from transforms.stance.groups import Found, Group, clause_groups, is_bare
from transforms.stance.names import Name
from transforms.stance.predicates import crosses
from transforms.stance.view import View

_GENITIVE = frozenset(("of", "gen"))
_PREPOSITIONS = frozenset(("to", "for", "against"))


def objects(view: View, frame: Frame, reach: int = 12) -> Found | None:
    """The direct object right of an expression: the first names, bare or after the mark of an
    object; or the owner of the thing that is the object ("X's plan", "il piano di X")."""
    _, right = clause_groups(view, frame)
    doubts: set[str] = set()
    for group in right:
        head = group[0]
        tokens = [i for i in range(frame.last, head.opens) if view.name_at[i] < 0]
        if len(tokens) > reach:
            return None
        if any(f.pos == "verb" and frame.last <= f.first < head.opens for f in view.frames):
            return None
        if crosses(view, frame.last, head.first):
            return None
        if is_bare(view, head):
            if any(view.form(i) == "," for i in tokens):
                return _apposed(view, frame, group, tokens)
            if _owns(view, group[-1]):
                doubts.add("owner")
            elif _has_noun(view, frame.last, head):
                doubts.add("np")
            return Found(group, frozenset(doubts))
        if head.governor & _GENITIVE and not any(view.form(i) == "," for i in tokens):
            return Found(group, frozenset(doubts | {"owner"}))
        return None
    return None


def _apposed(view: View, frame: Frame, group: Group, tokens: list[int]) -> Found | None:
    """ "... thanked her coach, X": a name that says who the object is."""
    comma = group[0].first - 1
    articles = [i for i in tokens if "article" in view.marks.at[i]]
    commas = [i for i in tokens if view.form(i) == ","]
    while comma > frame.last and view.marks.at[comma] & (TITLES | {"article"}):
        comma -= 1
    if commas != [comma] or len(articles) > 1 or not frame.last <= articles_start(articles, frame):
        return None
    after = view.form(group[-1].last)
    verbs = any(
        f.first >= group[-1].last
        and view.clause[f.first] == view.clause[frame.first]
        and f.pos == "verb"
        for f in view.frames
    )
    return (
        Found(group, frozenset(("apposed",))) if after in (",", ".", "", '"') or not verbs else None
    )


def articles_start(articles: list[int], frame: Frame) -> int:
    """The first article, or -1: an object without one is not told from other words."""
    return articles[0] if articles and articles[0] - frame.last <= 1 else -1


def _has_noun(view: View, first: int, head: Name) -> bool:
    """Whether another noun phrase stands between the verb and a bare name."""
    articles = [i for i in range(first, head.opens) if "article" in view.marks.at[i]]
    prepositions = [
        i
        for i in range(first, head.opens)
        if view.marks.at[i] & {"to", "of", "by"} and "article" not in view.marks.at[i]
    ]
    return len(articles) > 1 or bool(prepositions)


def _owns(view: View, name: Name) -> bool:
    """X's plan: the name is followed by a possessive."""
    return view.form(name.last) in ("'s", "'") or name.case == "genitive"


def governed(view: View, frame: Frame, kinds: frozenset[str], reach: int = 12) -> Found | None:
    """The first names right of an expression (in its clause) that a preposition governs."""
    places = [i for i in (frame.tail, frame.tail + 1) if 0 <= i < len(view.tokens)]
    own = any(view.marks.at[i] & _PREPOSITIONS for i in places)
    if (
        frame.last < frame.tail and not own
    ):  # "ging mit X ins Gericht", "hat sich hinter X gestellt"
        inner = governed(view, frame._replace(tail=-1), kinds, frame.tail - frame.last)
        if inner and inner.names[-1].last <= frame.tail and _is_near(view, frame, inner):
            return inner
    _, right = clause_groups(view, frame)
    begin = max(frame.last, frame.tail)
    for group in right:
        head = group[0]
        if head.first < begin:
            continue
        if head.opens - begin > reach:
            return None
        if any(view.form(i) == "," for i in range(begin, head.opens)):
            return None
        if any(f.pos == "verb" and begin < f.first < head.opens for f in view.frames):
            return None
        if head.governor and begin == frame.last and _is_own(frame, head):
            owns = "gen" in head.governor and head.at >= frame.last
            return Found(group, frozenset(("owner",)) if owns else frozenset())
        owned = "of" in head.governor and view.language in VERB_SECOND
        owned = owned and _has_phrase(view, begin, head.at)
        if head.governor & kinds and head.at >= frame.first and not owned:
            if _has_phrase(view, begin, head.at) or _is_second(view, frame, head):
                return None
            return Found(group)
        if head.governor & {"of"} and head.at > frame.last:
            if _is_governed_np(view, frame, head, kinds | _own(view, frame)):
                return Found(group, frozenset(("owner",)))
            continue
        if _owns(view, group[-1]) and _is_governed_np(view, frame, head, kinds):
            return Found(group, frozenset(("owner",)))
    return None


def _is_near(view: View, frame: Frame, found: Found) -> bool:
    """Whether the other part of the expression follows the names, adverbs between them at most, or
    the expression's own preposition stands before them."""
    head = found.names[0]
    between = range(found.names[-1].last, frame.tail)
    own = head.at == frame.last - 1 or head.at == frame.tail
    return own or not any(view.marks.at[i] & {"article", "to"} for i in between)


def _has_phrase(view: View, first: int, last: int) -> bool:
    """Whether another noun phrase stands before the preposition: then that is the target."""
    if view.language in CASES:
        words = [i for i in range(first, last) if view.tokens[i].is_word]
        return len(words) > 1
    return any("article" in view.marks.at[i] for i in range(first, last))


def _is_own(frame: Frame, head: Name) -> bool:
    """ "Took the side of X": the expression's own preposition, its last word or the next."""
    follows = frame.pos == "verb" and frame.roles == "s>p"
    return head.at == frame.last - 1 or (follows and head.at == frame.last)


def _is_second(view: View, frame: Frame, head: Name) -> bool:
    """ "voted against new arms for X": the expression has its preposition already."""
    own = view.marks.at[frame.last - 1] & {"to", "for", "against"}
    words = [i for i in range(frame.last, head.at) if view.tokens[i].is_word]
    return bool(own) and frame.tail < 0 and bool(words)


def _own(view: View, frame: Frame) -> frozenset[str]:
    """Kinds of the expression's own preposition: "se desmarcó de", "prende le distanze da"."""
    if frame.roles != "s>p" or frame.pos not in ("verb", "adj"):
        return frozenset()
    near = range(frame.last - 1, min(frame.last + 1, len(view.tokens)))
    kinds = frozenset(("of", "by"))
    return kinds if any(view.marks.at[i] & kinds for i in near) else frozenset()


def _is_governed_np(view: View, frame: Frame, head: Name, kinds: frozenset[str]) -> bool:
    """ "... against the plan of X": the thing that X owns is what the preposition governs."""
    stop = head.at if head.at >= 0 else head.first
    start = max(frame.first, frame.last - 1)
    places = [i for i in range(start, stop) if view.marks.at[i] & kinds]
    return bool(places) and stop - places[0] <= 7
