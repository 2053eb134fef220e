"""Phrases: the words they are made of, where one ends, and what of it names a thing."""

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import CASES, VERB_SECOND
from transforms.stance.clauses import QUOTES
from transforms.stance.frames import PRONOUNS, TITLES
from transforms.stance.names import Range
from transforms.stance.predicates import goes_on, has_tense
from transforms.stance.titles import ROMANCE
from transforms.stance.view import View

SHORTEST, LONGEST = 1, 14  # tokens
_CLAUSE = 24  # tokens of a clause, at most
_STOPS = frozenset(("by", "swap", "reason", "that", "relative", "when"))
_SMALL = frozenset(("to", "of", "by", "and", "article", "for", "against", "copula", "passive"))
_AT_THE_END = _SMALL | {"time"}  # rejected the plan on Tuesday
PREPOSITION = frozenset(("to", "for", "against"))
FUNCTION = (
    _SMALL
    | PRONOUNS
    | {"that", "relative", "swap", "when", "reason", "negator", "hedge"}
    | {"first", "mutual", "light", "longer"}
)
DETERMINERS = listed(
    "эту эта это эти этот этой этого этих те тех ту та тот его ее их всю все цю ця це ці цей цього"
    " цієї цих той ті тих його її їх всі усі всю ten ta to tę tą te ci tej tym tego tych jej jego"
    " ich całą ten tu ty toho těch jeho její jejich celý"
)
SHORTEST_VERB = 3  # letters of an infinitive
INFINITIVES: dict[str, tuple[str, ...]] = {
    "it": ("are", "ere", "ire", "arre", "orre", "urre"),
    "es": ("ar", "er", "ir"),
    "pt": ("ar", "er", "ir", "or"),
    "fr": ("er", "ir", "re", "oir"),
    "pl": ("ć", "ować", "źć", "ść"),
    "cs": ("at", "it", "ovat", "ést", "nout", "ět"),
    "ru": ("ать", "ить", "еть", "ять", "ти", "уть", "сть", "ться"),
    "uk": ("ати", "ити", "іти", "яти", "ути", "сти", "тися"),
}
AS = listed("als as como comme come jako jak как як ca drept")
_FUSED = listed(  # prepositions with an article in them
    "ao à aos às do da dos das no na nos nas pelo pela pelos pelas al del allo alla ai agli alle"
    " all' dello della dei degli delle dell' sul sullo sulla sui sugli sulle au aux du zum zur vom"
    " beim am im"
)


def is_heavy(view: View, i: int) -> bool:
    """Slavic: whether a phrase may begin with a word: a long one, a number, or a determiner with
    a noun behind it ("эту критику", "tę ustawę")."""
    form = view.form(i)
    if form in DETERMINERS:
        after = i + 1
        return len(view.form(after)) > 3 and view.name_at[after : after + 1] == [-1]
    return len(form) > 3 or form.isdigit()


def owns(view: View, i: int) -> bool:
    """X's plan: a name with a possessive, and a phrase behind it."""
    name = view.names[view.name_at[i]]
    if view.form(name.last) in ("'s", "'"):
        after = name.last + 1
    elif view.language in ("de", "nl") and view.form(name.last - 1).endswith("s"):
        after = name.last
    else:
        return False
    if after >= len(view.tokens) or view.clause[after] != view.clause[i]:
        return False
    return view.tokens[after].is_word and not view.marks.at[after] & FUNCTION


def is_infinitive_form(view: View, i: int) -> bool:
    """Whether a word that is no name has the ending of an infinitive."""
    endings = INFINITIVES.get(view.language)
    form = view.form(i)
    return (
        endings is not None
        and 0 <= i < len(view.tokens)
        and view.name_at[i] < 0
        and len(form) > SHORTEST_VERB
        and form.endswith(endings)
    )


def end_of(view: View, first: int, clause: int) -> int:
    last = first
    opener = view.clauses[clause].opener if clause >= 0 else "hard"
    longest = _CLAUSE if opener == "that" else LONGEST
    # German and Dutch articles are relative pronouns as well, which open clauses behind a comma
    stops = _STOPS - {"relative"} if view.language in VERB_SECOND else _STOPS
    while last < len(view.tokens) and last - first < longest:
        kinds = view.marks.at[last]
        form = view.form(last)
        if view.clause[last] != clause or form in (",", ".") or form in "()":
            break
        if form in QUOTES and last - first > 1:
            break
        if last > first and kinds & stops and not kinds & {"of", "to"}:
            break
        if last > first and opener != "that" and _ends_phrase(view, last):
            break
        finite = _is_verb_frame(view, last) or has_tense(view, last)
        if last > first and opener != "that" and finite:
            break
        if last > first and goes_on(view, last):
            break
        last += 1
    return last


def _is_verb_frame(view: View, token: int) -> bool:
    return any(f.first == token and f.pos == "verb" for f in view.frames)


def _ends_phrase(view: View, i: int) -> bool:
    """Whether a finite verb begins: "a sostegno del piano" + "si è schierata X"."""
    if view.language not in ROMANCE or view.name_at[i] >= 0:
        return False
    if "copula" in view.marks.at[i] and "article" not in view.marks.at[i]:
        return True
    reflexive = view.form(i) in ("si", "se", "s'")
    return reflexive and not view.marks.at[i - 1] & (PREPOSITION | {"of"})


def trimmed(view: View, first: int, last: int, clause: bool = False) -> Range | None:
    """Tokens [first, last) without small words and marks at their edges, as a range of the body;
    None where they name a thing no more. `clause`: they are one, and may begin with a role."""
    while last > first and (
        (
            (view.marks.at[last - 1] & _AT_THE_END or view.form(last - 1) in AS)
            and view.name_at[last - 1] < 0
        )
        or not view.tokens[last - 1].is_word
    ):
        last -= 1
    while first < last and not view.tokens[first].is_word:
        first += 1
    if not last - first >= SHORTEST:
        return None
    content = [i for i in range(first, last) if not view.marks.at[i] & {"article"}]
    fused = first > 0 and view.form(first - 1) in _FUSED
    bare = content == list(range(first, last)) and view.language not in CASES
    if len(content) < 2 and bare and not fused:
        return None  # a pronoun or an adverb
    if not clause and content and _is_somebody(view, first, content, last):
        return None
    if not content or any(len(view.form(i)) > 200 for i in content):
        return None
    if all(view.name_at[i] >= 0 for i in content):
        return None  # only a name
    start, end = view.range(first, last)
    return start, end


def _is_somebody(view: View, first: int, content: list[int], last: int) -> bool:
    """ "The minister", "the union", "her in a letter", "14 members": no thing."""
    head = content[0]
    if view.name_at[head] >= 0:
        return False
    kinds = view.marks.at[head]
    if kinds & TITLES:
        after = view.marks.at[head + 1] if head + 1 < last else TITLES
        return view.language != "en" or bool(after)  # "a general strike"
    if "org" in kinds and len(content) == 1:
        return True
    alone = first + 1 < last and not view.marks.has(first + 1, "article")
    if alone and view.marks.at[first] & PRONOUNS and view.marks.at[first + 1] & PREPOSITION:
        return True
    return view.language in CASES and view.form(first).isdigit()
