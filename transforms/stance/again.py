"""What was named before in the sentence: "X backs the plan, Y rejects it", "the plan, which Y
rejects"."""

from collections.abc import Iterator, Sequence

from transforms.stance.candidates import Candidate
from transforms.stance.frames import Frame
from transforms.stance.polarity import polarity
from transforms.stance.roles import subject
from transforms.stance.view import View

_BEFORE = {
    "it": "lo la li le l'",
    "fr": "le la les l'",
    "es": "lo la los las",
    "pt": "o a os as",
    "ro": "o îl îi le",
}
_AFTER = {
    "en": "it them him her this that",
    "pt": "o a os as",
    "de": "ihn sie es dies ihnen",
    "nl": "hem haar het ze die dit dat",
    "ru": "его ее их это",
    "uk": "його її їх це",
    "pl": "go ją je ich to",
    "cs": "ho ji je to jej",
}
_WORDS = {
    side: {language: frozenset(words.split()) for language, words in table.items()}
    for side, table in (("before", _BEFORE), ("after", _AFTER))
}


def again(view: View, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Candidates of verbs whose object is a pronoun, or of a relative clause: the target is that
    of the clause before, where there is only one."""
    used = {candidate.frame.first for candidate in found}
    for frame in view.frames:
        if frame.pos != "verb" or frame.roles not in ("s>o", "s>p") or frame.first in used:
            continue
        sign, turns = polarity(view, frame)
        how = _refers(view, frame)
        if not sign or not how:
            continue
        before = [c for c in found if c.frame.first < frame.first]
        if not before:
            continue
        last = max(candidate.frame.first for candidate in before)
        targets = {c.target for c in before if c.frame.first == last and "whole" not in c.marks}
        holder = subject(view, frame)
        if len(targets) != 1 or holder is None:
            continue
        (target,) = targets
        for name in holder.names:
            if name != target:
                yield Candidate(name, target, sign, frame, turns | holder.doubts | {"again", how})


def _refers(view: View, frame: Frame) -> str:
    clause = view.clause[frame.first]
    before = _WORDS["before"].get(view.language, frozenset())
    after = _WORDS["after"].get(view.language, frozenset())
    near = [i for i in range(max(0, frame.first - 2), frame.first) if view.clause[i] == clause]
    follows = view.form(frame.last)
    ends = view.form(frame.last + 1)
    if any(view.form(i) in before and view.name_at[i] < 0 for i in near):
        return "again-pronoun"
    if follows in after and (not ends or not ends[:1].isalpha() or view.marks.at[frame.last + 1]):
        return "again-pronoun"
    opener = view.clauses[clause]
    left = opener.token - 1
    while left > 0 and view.form(left) == ",":
        left -= 1
    if opener.opener == "relative" and left >= 0 and view.name_at[left] < 0:
        return "again-relative"
    return ""
