"""What stands before its verb in languages of free order: "Критику отверг X", "Odbory prodej
odmítají", "Против закона выступил X"."""

from transforms.quotations.grammar import words as listed
from transforms.stance.agreement import CASES, OBLIQUE, verb_gender
from transforms.stance.frames import PRONOUNS, TITLES, Frame
from transforms.stance.groups import Found, Group, clause_groups
from transforms.stance.names import Range
from transforms.stance.pairs import nominative
from transforms.stance.phrases import DETERMINERS, is_heavy
from transforms.stance.view import View

_LONGEST = 12  # tokens of a phrase before its verb, at most
_REACH = 9  # tokens from a verb to the subject behind it
_REFLEXIVE = listed("się se si")
_SMALL = (
    PRONOUNS
    | TITLES
    | {"and", "swap", "negator", "light", "hedge", "passive", "copula", "longer", "first", "when"}
    | {"mutual", "relative", "that", "reason"}
)
_PREPOSITIONS = frozenset(("to", "for", "against", "by", "reason"))
_MORE = listed(
    "в во на под с со из от к ко о об за по у w we na pod z ze od do o za po u ku przed podczas"
    " v ve s nad k ke po během у в під з із зі від до про за по перед під після после при во"
    " podle wg według według при через без для dla pro bez"
)
_ADVERBS = listed(
    "также тоже уже вновь снова опять вчера сегодня завтра всегда никогда сразу ещё еще ранее"
    " лишь только даже тут там затем потом теперь вдвойне тогда również też także już znów"
    " ponownie wczoraj dziś dzisiaj zawsze nigdy teraz potem wówczas wtedy jednak natomiast zaś"
    " jeszcze tylko nawet i także také též už opět znovu včera dnes zítra vždy nikdy teď pak však"
    " ještě jen pouze dokonce naopak rovněž також теж уже вже знову вчора сьогодні завтра завжди"
    " ніколи зараз потім тоді однак натомість ще лише навіть тільки своєю чергою вночі зранку"
    " вранці вечером утром днём ночью накануне напередодні rano wieczorem večer ráno"
)
_ADVERB_ENDINGS = {
    "ru": ("ски", "енно", "тельно", "ально", "ично", "ово", "ко", "ро", "но", "бо", "мо"),
    "uk": ("ськи", "енно", "тельно", "ально", "ично", "ово", "ко", "ро", "но", "бо", "мо", "дно"),
    "pl": ("nie", "wie", "cie", "stro", "sko", "cko", "dko", "rze", "dnio", "lnie"),
    "cs": ("ně", "tě", "ře", "sky", "cky", "vě", "le"),
}
_INSTRUMENTAL = {
    "ru": ("ом", "ем", "ём", "ым", "им", "ой", "ей", "ью", "ами", "ями"),
    "uk": ("ом", "ем", "єм", "им", "їм", "ою", "ею", "єю", "тю", "ами", "ями"),
    "pl": ("em", "ą", "ami", "ym", "im"),
    "cs": ("em", "ou", "ým", "ím", "ami", "y"),
}
# accusatives that are no nominatives, and what the other endings may be as nominatives
_ACCUSATIVE = {
    "ru": ("у", "ю", "ого", "его", "ых", "их", "ов", "ев", "ей"),
    "uk": ("у", "ю", "ого", "ього", "их", "іх", "ів", "їв"),
    "pl": ("ę", "ą", "ego", "ych", "ich", "ów"),
    "cs": ("u", "ou", "ého", "ího", "ů"),
}
_GENDERS = {
    "ru": (("ый", "m"), ("ий", "m"), ("ой", "m"), ("ая", "f"), ("яя", "f"), ("ое", "n"),
           ("ее", "n"), ("ые", "p"), ("ие", "n p"), ("ы", "p"), ("и", "p"), ("а", "f p"),
           ("я", "f"), ("о", "n"), ("е", "n p"), ("ь", "m f"), ("э", "n")),
    "uk": (("ий", "m"), ("ій", "m"), ("а", "f"), ("я", "f n"), ("е", "n"), ("є", "n"), ("о", "n"),
           ("и", "p"), ("і", "p"), ("ї", "p"), ("ь", "m f")),
    "pl": (("y", "m p"), ("i", "m p"), ("a", "f p"), ("o", "n"), ("e", "n p"), ("ć", "f"),
           ("ść", "f")),
    "cs": (("ý", "m"), ("á", "f"), ("a", "f p"), ("é", "n p m"), ("í", "n m f p"), ("y", "p"),
           ("i", "p m"), ("e", "f n p"), ("ě", "f n p"), ("o", "n"), ("t", "m f")),
}  # fmt: skip


def about(view: View, frame: Frame) -> Frame:
    """The part of a frame that what it is about follows: the frame itself, or in languages of
    free order the preposition that stands apart from its verb."""
    if frame.tail < 0 or view.language not in CASES:
        return frame
    return frame._replace(first=frame.tail, last=frame.tail + 1, tail=-1)


def behind(view: View, frame: Frame) -> Found | None:
    """The subject behind its verb: the first name there that may be nominative and agrees, behind
    its titles and their genitives."""
    _, right = clause_groups(view, frame)
    begin = max(frame.last, frame.tail + 1)
    gender = _gender(view, frame)
    for group in right:
        if group[0].first < begin:
            continue
        head = group[0]
        if head.first - begin > _REACH or any(
            view.form(i) == "," for i in range(begin, head.first)
        ):
            return None
        if head.governor:
            if head.governor & {"gen", "of"}:
                continue
            return None
        if nominative(view, group, gender) < 0:
            return None
        return Found(group, frozenset(("inverted",)))
    return None


def _gender(view: View, frame: Frame) -> str | None:
    forms = (view.form(i) for i in range(frame.first, frame.last))
    return next((g for form in forms if (g := verb_gender(form, view.language))), None)


def fronted(view: View, frame: Frame, holder: Group) -> Range | None:
    """The direct object before its verb, as a range of the body: from the beginning of the clause
    where the subject follows the verb, else from behind the subject or before it. None where it
    may be the subject itself, or is an adverb."""
    if view.language not in CASES:
        return None
    follows = holder[0].first >= frame.last
    if not follows:
        first, last = _stripped(view, holder[-1].last, frame.first)
        if first < last and _goes_on(view, frame, holder[-1].last, frame.first):
            return view.range(first, last) if _is_phrase(view, first, last) else None
    stop = frame.first if follows else holder[0].first
    while stop > 0 and view.marks.at[stop - 1] & TITLES:
        stop -= 1
    begin = _clause_start(view, frame, stop)
    first, last = _stripped(view, begin, stop)
    if first >= last or not _is_phrase(view, first, last):
        return None
    oblique = frame.pos == "adj" and view.form(first).endswith(_INSTRUMENTAL[view.language])
    return view.range(first, last) if oblique or _is_object(view, frame, first, holder) else None


def _clause_start(view: View, frame: Frame, stop: int) -> int:
    """Where the phrase before token `stop` may begin: behind the last comma of the clause."""
    clause = view.clause[frame.first]
    begin = stop
    while begin > 0 and view.clause[begin - 1] == clause and stop - begin < _LONGEST:
        if not (view.tokens[begin - 1].is_word or _is_quote(view, begin - 1)):
            break
        begin -= 1
    return begin


def _goes_on(view: View, frame: Frame, first: int, last: int) -> bool:
    """Whether no comma parts the tokens, and all are of the verb's clause."""
    clause = view.clause[frame.first]
    return all(view.clause[i] == clause and view.form(i) != "," for i in range(first, last))


def until(view: View, first: int, last: int) -> int:
    """Where a phrase that begins at token `first` and stands before a verb at `last` ends in the
    body, adverbs and reflexive pronouns left out."""
    while last - first > 1 and (_is_adverb(view, last - 1) or not view.tokens[last - 1].is_word):
        last -= 1
    return view.range(first, last)[1]


def before(view: View, frame: Frame, stop: int) -> Range | None:
    """The phrase that is the subject before the verb at token `stop`, from the beginning of the
    clause: "Бездіяльність уряду було засуджено"."""
    first = _clause_start(view, frame, stop)
    while stop > first and view.marks.at[stop - 1] & {"copula", "passive", "light", "receive"}:
        stop -= 1
    first, last = _stripped(view, first, stop)
    if first >= last or not _is_phrase(view, first, last):
        return None
    return view.range(first, last)


def opposed(view: View, frame: Frame) -> Frame | None:
    """The preposition at the beginning of the clause that goes with a verb of one word: "Przeciwko
    likwidacji szkoły protestuje X"."""
    if view.language not in CASES or frame.pos != "verb" or frame.tail >= 0:
        return None
    start = _clause_start(view, frame, frame.first)
    for i in range(start, min(start + 2, frame.first - 1)):
        if "against" in view.marks.at[i] and view.name_at[i] < 0:
            return frame._replace(first=i, last=i + 1)
    return None


def _is_quote(view: View, token: int) -> bool:
    return view.form(token) in '«»“”„"'


def _stripped(view: View, first: int, last: int) -> tuple[int, int]:
    """Without conjunctions, adverbs, reflexive pronouns and adverbials of place and time at its
    edges."""
    while first < last and (_is_adverb(view, last - 1) or not view.tokens[last - 1].is_word):
        last -= 1
    moved = True
    while moved and first < last:
        moved = False
        if _is_adverb(view, first) or not view.tokens[first].is_word:
            first, moved = first + 1, True
        elif view.marks.at[first] & _PREPOSITIONS or view.form(first) in _MORE:
            first, moved = _behind_adverbial(view, first, last), True
    return first, last


def _behind_adverbial(view: View, preposition: int, last: int) -> int:
    """Behind a preposition and its name, or its one word with the name that follows it."""
    at = preposition + 1
    if at < last and view.name_at[at] < 0:
        at += 1
    while at < last and view.name_at[at] >= 0:
        at += 1
    return at


def _is_adverb(view: View, token: int) -> bool:
    form = view.form(token)
    if view.name_at[token] >= 0:
        return False
    if form in _ADVERBS or form in _REFLEXIVE or form.isdigit():
        return True
    if view.marks.at[token] & {"and", "swap", "longer", "negator", "when", "that"}:
        return True
    return len(form) > 4 and form.endswith(_ADVERB_ENDINGS[view.language])


def _is_phrase(view: View, first: int, last: int) -> bool:
    """Whether the tokens can be a phrase: no verb, pronoun, title or relative in it, not a name
    alone."""
    places = range(first, last)
    if all(view.name_at[i] >= 0 for i in places) or view.name_at[first] >= 0:
        return False
    if view.form(first) in DETERMINERS and last - first < 2:
        return False
    if any(f.pos in ("verb", "define") and first <= f.first < last for f in view.frames):
        return False
    plain = [i for i in places if view.name_at[i] < 0]
    if any(view.marks.at[i] & _SMALL for i in plain if i == first):
        return False
    if any(view.marks.at[i] & {"copula", "passive", "negator", "relative", "that"} for i in plain):
        return False
    return is_heavy(view, first) and not view.form(first).isdigit()


def _is_object(view: View, frame: Frame, first: int, holder: Group) -> bool:
    """Whether the phrase before the verb is no subject: by its ending, by the verb's gender, or
    because the name behind the verb can be nothing else."""
    form, language = view.form(first), view.language
    if form.endswith(_ACCUSATIVE[language]) and len(form) > 1:
        return True
    possible = next((g for end, g in _GENDERS[language] if form.endswith(end)), "m").split()
    gender = _gender(view, frame)
    if gender is not None and gender not in possible:
        return True
    sure = nominative(view, holder, gender) > 0 and holder[0].named.label == "PER"
    return sure and holder[0].case is not OBLIQUE
