"""All that structure finds in an article: who, whom, which side, by which words."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from transforms.elements import Article, Reading
from transforms.stance.appositions import with_appositions
from transforms.stance.author import judged_by_author
from transforms.stance.candidates import Candidate
from transforms.stance.decide import AUTHOR_MARK
from transforms.stance.frames import Words, words
from transforms.stance.loose import loose
from transforms.stance.names import Name, Named, Range
from transforms.stance.refers import is_about_clitic, is_unknown, referring
from transforms.stance.sentence import view
from transforms.stance.speech import Voice, spoken
from transforms.stance.structure import candidates
from transforms.stance.subjects import Heirs, StandIns, Subjects, without_subject
from transforms.stance.titles import ROMANCE
from transforms.stance.view import View

MOST_PAIRS = 64  # candidates of one sentence: lists of names say little, and cost


class Proposal(NamedTuple):
    """A stance that may be: parties as ranges of the body. `sign` 0: not known; `marks`: how it was
    read; `holder` None: the author; `voice`: the quotation whose words it is in."""

    sign: int
    marks: frozenset[str]
    voice: Voice | None
    holder: Range | None
    holder_id: str | None
    target: Range
    target_id: str | None
    expression: Range
    sentence: int


class Scene(NamedTuple):
    """A sentence with who is in it: names and what stands for them, the quotations that reach into
    it, and whom it goes on about if it names no subject."""

    number: int
    place: Range
    parties: StandIns
    voices: list[Voice]
    heirs: Heirs

    @property
    def has_parties(self) -> bool:
        """Whether anybody but the author may take a side."""
        return bool(self.parties.named or self.heirs or self.voices or self.parties.clitics)


def scenes(reading: Reading) -> Iterator[Scene]:
    """The sentences of an article that names anybody."""
    article = reading.article
    if words(article.language) is None or not article.body or not article.entities:
        return
    named = sorted(
        Named(mention.start, mention.end, entity.entity_id, entity.label)
        for entity in article.entities
        for mention in entity.mentions
    )
    voices = _voices(article)
    subjects = Subjects(reading)
    at = 0
    before: Range | None = None  # the last sentence with names
    for number, (start, end) in enumerate(reading.sentences):
        while at < len(named) and named[at].start < start:
            at += 1
        last = at
        while last < len(named) and named[last].start < end:
            last += 1
        inside = [mention for mention in named[at:last] if mention.end <= end]
        at = last
        stand_ins = subjects.stand_ins(start, end)
        inside = _beside(inside, stand_ins.named)
        heirs = subjects.heirs(start, before)
        heard = [v for v in voices if v.start < end and start < v.end]
        yield Scene(number, (start, end), stand_ins._replace(named=inside), heard, heirs)
        if inside:
            before = start, end


def propose(reading: Reading) -> Iterator[Proposal]:
    """What structure finds in an article, before scorer and finder are asked."""
    known = words(reading.article.language)
    if known is None:
        return
    for scene in scenes(reading):
        if scene.has_parties:
            yield from structured(view_of(reading.article.body or "", scene, known), scene)


def _beside(named: list[Named], stand_ins: list[Named]) -> list[Named]:
    """The names with those stand-ins that overlap none; a noun that was taken for a name is the
    stand-in."""
    places = {(s.start, s.end) for s in stand_ins}
    named = [n for n in named if (n.start, n.end) not in places]
    free = [s for s in stand_ins if not any(s.start < n.end and n.start < s.end for n in named)]
    return sorted(named + free, key=_start)


def _start(named: Named) -> Range:
    return named.start, named.end


def _voices(article: Article) -> list[Voice]:
    found = []
    for number, quotation in enumerate(article.quotations or ()):
        speaker = quotation.speaker
        if speaker is None or speaker.entity_id is None:
            continue
        if speaker.start is None or speaker.end is None:
            continue
        place = (speaker.start, speaker.end)
        found.append(
            Voice(quotation.start, quotation.end, number, speaker.entity_id, place, quotation.kind)
        )
    return found


def view_of(body: str, scene: Scene, known: Words) -> View:
    """The sentence of a scene as the rules see it."""
    reported = [voice.start for voice in scene.voices if voice.kind != "direct"]
    return view(body, scene.place, scene.parties.named, known, scene.parties.clitics, reported)


def structured(seen: View, scene: Scene) -> Iterator[Proposal]:
    """What structure finds in the sentence of a scene, seen as `view_of` sees it."""
    number, _, parties, voices, heirs = scene
    if seen.language in ROMANCE:
        seen.names[:] = with_appositions(seen)
    subject = without_subject(seen, heirs) if heirs and not _is_quoted(seen, voices) else None
    if subject is not None:
        seen.names.insert(0, subject)
        seen.name_at[:] = [place + 1 if place >= 0 else -1 for place in seen.name_at]
    count = 0
    certain = list(candidates(seen))
    found: list[tuple[Voice | None, Candidate]] = [(None, c) for c in certain]
    found.extend(spoken(seen, voices))
    found += [(None, c) for c in judged_by_author(seen, voices)]
    spoken_of = {c.frame.first for voice, c in found if voice or AUTHOR_MARK in c.marks}
    found += [(None, c) for c in loose(seen, certain, spoken_of)]
    for voice, candidate in found:
        if is_unknown(seen, candidate, parties.unknown) or is_about_clitic(seen, candidate):
            continue
        proposal = _placed(seen, candidate, voice or _around(seen, candidate, voices), number)
        if proposal is not None and count < MOST_PAIRS:
            count += 1
            yield proposal


def _is_quoted(seen: View, voices: Sequence[Voice]) -> bool:
    return any(voice.start <= seen.start for voice in voices)


def _around(seen: View, candidate: Candidate, voices: Sequence[Voice]) -> Voice | None:
    """The quotation whose words hold the expression."""
    if candidate.frame.first < 0:
        return None
    start, end = seen.range(candidate.frame.first, candidate.frame.last)
    return next((v for v in voices if v.start <= start and end <= v.end), None)


def _placed(seen: View, found: Candidate, voice: Voice | None, number: int) -> Proposal | None:
    """The candidate with its ranges; None where they overlap or are one entity."""
    candidate = referring(found)
    if candidate is None:
        return None
    frame = candidate.frame
    name = candidate.target if isinstance(candidate.target, Name) else None
    target = (name.named.start, name.named.end) if name else candidate.target[:2]
    target_id = name.named.entity_id if name else None
    holder: Range | None = None
    holder_id: str | None = None
    if candidate.holder is not None:
        holder = candidate.holder.named.start, candidate.holder.named.end
        holder_id = candidate.holder.named.entity_id
    elif AUTHOR_MARK not in candidate.marks:
        if voice is None:
            return None
        holder, holder_id = voice.speaker, voice.entity_id
    expression = _expression(seen, frame, voice, target)
    if expression is None or (holder_id is not None and holder_id == target_id):
        return None
    places = sorted(place for place in (holder, target, expression) if place)
    if any(places[i][1] > places[i + 1][0] for i in range(len(places) - 1)):
        return None
    return Proposal(candidate.sign, candidate.marks, voice, holder, holder_id, target, target_id,
                    expression, number)  # fmt: skip


def _expression(seen: View, frame: Any, voice: Voice | None, target: Range) -> Range | None:
    """The span that shows the stance; without a frame the speaker's words beside the target."""
    if frame.first >= 0:
        place: Range = seen.range(frame.first, frame.last)
        return place
    if voice is None:
        return None
    start, end = max(voice.start, seen.start), min(voice.end, seen.end)
    before, after = (start, target[0]), (target[1], end)
    longest = max(before, after, key=_length)
    inside = [
        t
        for t in seen.tokens
        if longest[0] <= seen.start + t.start and seen.start + t.end <= longest[1]
    ]
    while inside and not inside[0].is_word:
        inside = inside[1:]
    while inside and not inside[-1].is_word:
        inside = inside[:-1]
    if not inside:
        return None
    return seen.start + inside[0].start, seen.start + inside[-1].end


def _length(place: Range) -> int:
    return place[1] - place[0]
