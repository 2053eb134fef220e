"""A sentence read for the rules: names in tokens, expressions, clauses, what governs a name."""

from collections.abc import Sequence

from transforms.lexicons import Token, tokenize
from transforms.stance.agreement import CASES, GERMANIC, OBLIQUE
from transforms.stance.clauses import may_begin, split_clauses
from transforms.stance.frames import Words, read
from transforms.stance.governors import governed_name, put_aside, with_attributes, with_bodies
from transforms.stance.names import CLITIC, NO_GOVERNOR, Name, Named
from transforms.stance.view import View


def view(
    body: str,
    sentence: tuple[int, int],
    named: Sequence[Named],
    known: Words,
    clitics: Sequence[Named] = (),
    reported: Sequence[int] = (),
) -> View:
    """A sentence read. `clitics` are pronouns before their verb, whoever they stand for;
    `reported`: where clauses begin in the body that somebody else says."""
    start, end = sentence
    tokens = tokenize(body[start:end], known.language)
    places = _places(tokens, start, named)
    name_at = [-1] * len(tokens)
    for number, (first, last, _) in enumerate(places):
        for token in range(first, last):
            name_at[token] = number
    labels = [places[number][2].label if number >= 0 else "" for number in name_at]
    before = _places(tokens, start, clitics)
    taken = [number >= 0 for number in name_at]
    for first, last, _ in before:
        taken[first:last] = [True] * (last - first)
    frames, marks = read(tokens, known, taken)
    spoken = {start_ - start for start_ in reported}
    breaks = frozenset(i for i, token in enumerate(tokens) if token.start in spoken)
    breaks = frozenset(i for i in breaks if may_begin(tokens, frames, i, known.language))
    clause, clauses = split_clauses(body[start:end], tokens, marks, name_at, known.language, breaks)
    language = known.language
    seen = View(start, end, language, tokens, [], frames, marks, clause, clauses, name_at, labels)
    for first, last, mention in before:
        seen.clitics.append(Name(first, last, mention, NO_GOVERNOR, -1, OBLIQUE))
        marks.at[first:last] = [frozenset((CLITIC,))] * (last - first)
    for first, last, mention in places:
        seen.names.append(governed_name(seen, first, last, mention, body))
    if known.language in CASES:
        seen.names[:] = with_attributes(seen)
        put_aside(seen)
    elif known.language in GERMANIC:
        seen.names[:] = with_bodies(seen)
    return seen


def _places(
    tokens: Sequence[Token], start: int, named: Sequence[Named]
) -> list[tuple[int, int, Named]]:
    """The mentions in tokens; one whose edge lies inside a token is widened to it."""
    places = []
    token = 0
    for mention in named:
        while token < len(tokens) and start + tokens[token].end <= mention.start:
            token += 1
        last = token
        while last < len(tokens) and start + tokens[last].start < mention.end:
            last += 1
        if last > token:
            places.append((token, last, mention))
            token = last
    return places
