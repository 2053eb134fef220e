"""The author's own voice: open judgement of an entity outside quotations and reported speech."""

from collections.abc import Iterator, Sequence

from transforms.quotations.grammar import words as listed
from transforms.stance.candidates import Candidate
from transforms.stance.frames import Frame
from transforms.stance.names import Name
from transforms.stance.polarity import polarity
from transforms.stance.speech import Voice
from transforms.stance.view import View

_NEAR = 10  # tokens between the name and what is said of it, at most
_ABOUT_ELSE = frozenset(("to", "for", "against", "reason"))  # "for X, the plan is a mistake"
# the German subjunctive of what somebody else says
_REPORTED = listed(
    "sei seien habe werde könne müsse solle dürfe wolle gebe lasse laut zufolge volgens aldus"
)
_SPEECH = frozenset(("that", "from", "first"))


def judged_by_author(view: View, voices: Sequence[Voice]) -> Iterator[Candidate]:
    """Judgements of the only entity of a sentence that nobody else can have made: no quotation
    in the sentence, no other name, no complementiser."""
    ids = {name.named.entity_id for name in view.names}
    if voices or len(ids) != 1 or any(view.marks.at[i] & _SPEECH for i in range(len(view.tokens))):
        return
    if any(token.form in '«»“”„"' for token in view.tokens):
        return
    if any(frame.pos in ("verb", "define", "noun", "adj") for frame in view.frames):
        return
    if any(token.form in _REPORTED for token in view.tokens):
        return
    for frame in view.frames:
        sign, turns = polarity(view, frame)
        name = _nearest(view, frame)
        if frame.pos == "predicate" and sign and name is not None and not turns:
            yield Candidate(None, name, sign, frame, frozenset(("author",)))


def _nearest(view: View, frame: Frame) -> Name | None:
    clause = view.clause[frame.first]
    near = [
        n
        for n in view.names
        if view.clause[n.first] == clause
        and abs(n.first - frame.first) <= _NEAR
        and not n.governor & _ABOUT_ELSE
    ]
    return near[0] if len(near) == 1 else None
