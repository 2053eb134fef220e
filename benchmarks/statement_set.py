"""Reads articles with their quotations and stances: benchmarks/data/statements (held out) and
training/data/articles.

A file holds one article, or several, each after a line `### name`. An article is `language:` and
`title:`, an empty line, the paragraphs of the body one a line, `---`, and annotations one a line,
fields separated by ` | `:

    E PER Laura Bindi = Bindi | la Bindi
    Q direct | content | cue | speaker as it stands there | speaker's canonical name
    S holder or @ | target or =proposition | + or - | expression | start of the evidence sentence

`-` is a field left empty, `@` the author. A text must occur in the body as whole words and only
once; `text@2` is its second occurrence, and `\\n` stands for the end of a paragraph. Names are
those of the `E` lines, which come first and give label, canonical name and the forms in the text;
a canonical name need not occur when one of its forms does.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, cast

FOLDER = Path(__file__).parent / "data" / "statements"

Kind = Literal["direct", "indirect", "mixed"]
Polarity = Literal["favor", "against"]
Span = tuple[int, int]

HEAD = "### "
KINDS = ("direct", "indirect", "mixed")
LABELS = ("PER", "ORG", "LOC")
POLARITIES: dict[str, Polarity] = {"+": "favor", "-": "against"}


class Said(NamedTuple):
    """A quotation: `body[start:end]` without its marks. `speaker` is a canonical name, which may
    be known where no words name the speaker, and unknown where some do."""

    kind: Kind
    start: int
    end: int
    cue: Span | None
    speaker_span: Span | None
    speaker: str | None


class Taken(NamedTuple):
    """A stance. `holder` None is the author. `target` is a canonical name; where it is None,
    `target_span` is the proposition. `evidence` is the start of the sentence."""

    holder: str | None
    target: str | None
    target_span: Span | None
    polarity: Polarity
    expression: Span
    evidence: int


@dataclass(frozen=True)
class Statements:
    """One annotated article. `entities` maps canonical names to label and forms in the text."""

    language: str
    title: str
    body: str
    entities: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    quotations: tuple[Said, ...] = ()
    stances: tuple[Taken, ...] = ()


def occurrences(body: str, text: str) -> list[Span]:
    """Where `text` occurs in `body` as whole words."""
    before = r"(?<!\w)" if re.match(r"\w", text) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", text) else ""
    return [match.span() for match in re.finditer(before + re.escape(text) + after, body)]


def locate(body: str, written: str) -> Span:
    """The span that `text` or `text@n` means; ValueError when it means none or several."""
    text, at, number = written.rpartition("@")
    if not (at and text and number.isdecimal()):
        text, number = written, ""
    found = occurrences(body, text.replace("\\n", "\n"))
    if not found:
        raise ValueError(f"{text!r} does not occur")
    if not number:
        if len(found) > 1:
            raise ValueError(f"{text!r} occurs {len(found)} times")
        return found[0]
    if not 1 <= int(number) <= len(found):
        raise ValueError(f"{written!r}: {text!r} occurs {len(found)} times")
    return found[int(number) - 1]


def _known(name: str, entities: dict[str, tuple[str, tuple[str, ...]]]) -> str:
    if name not in entities:
        raise ValueError(f"{name!r} is no entity of the file")
    return name


def _fields(rest: str, count: int) -> list[str]:
    fields = [part.strip(" ") for part in rest.split(" | ")]
    if len(fields) != count or not all(fields):
        raise ValueError(f"{count} fields expected: {rest!r}")
    return fields


def _read_entity(article: Statements, rest: str) -> None:
    label, _, names = rest.partition(" ")
    canonical, _, others = (part.strip(" ") for part in names.partition("="))
    forms = [form.strip(" ") for form in others.split("|")] if others else []
    if label not in LABELS:
        raise ValueError(f"no label: {label!r}")
    if not canonical or canonical in article.entities:
        raise ValueError(f"missing or repeated name: {canonical!r}")
    for form in forms or [canonical]:
        if not form or not occurrences(article.body, form):
            raise ValueError(f"{form!r} does not occur")
    if canonical not in forms and occurrences(article.body, canonical):
        forms.insert(0, canonical)
    article.entities[canonical] = (label, tuple(forms))


def _read_quotation(article: Statements, rest: str) -> Said:
    kind, content, cue, speaker, canonical = _fields(rest, 5)
    if kind not in KINDS:
        raise ValueError(f"no kind of quotation: {kind!r}")
    start, end = locate(article.body, content)
    return Said(
        kind=cast(Kind, kind),
        start=start,
        end=end,
        cue=None if cue == "-" else locate(article.body, cue),
        speaker_span=None if speaker == "-" else locate(article.body, speaker),
        speaker=None if canonical == "-" else _known(canonical, article.entities),
    )


def _read_stance(article: Statements, rest: str) -> Taken:
    holder, target, sign, words, begins = _fields(rest, 5)
    if sign not in POLARITIES:
        raise ValueError(f"no polarity: {sign!r}")
    proposition = target.startswith("=")
    expression = locate(article.body, words)
    evidence, _ = locate(article.body, begins)
    if expression[0] < evidence:
        raise ValueError(f"{words!r} comes before its evidence")
    return Taken(
        holder=None if holder == "@" else _known(holder, article.entities),
        target=None if proposition else _known(target, article.entities),
        target_span=locate(article.body, target[1:]) if proposition else None,
        polarity=POLARITIES[sign],
        expression=expression,
        evidence=evidence,
    )


def _head(lines: list[str], number: int, name: str) -> str:
    key, _, value = (lines[number] if number < len(lines) else "").partition(":")
    if key != name or not value.strip(" "):
        raise ValueError(f"`{name}:` expected")
    return value.strip(" ")


def parse(path: Path, lines: list[str] | None = None, first: int = 0) -> Statements:
    """Reads one article: a file, or `lines` of one that begin at line `first`. Whatever is wrong
    in it is a ValueError that names file and line."""
    if lines is None:
        lines = _lines(path)
    number = 0
    quotations: list[Said] = []
    stances: list[Taken] = []
    try:
        language, number = _head(lines, 0, "language"), 1
        title, number = _head(lines, 1, "title"), 2
        if "---" not in lines:
            raise ValueError("no `---`")
        end = lines.index("---")
        body = "\n".join(line for line in lines[2:end] if line)
        article = Statements(language, title, body)
        readers: dict[str, Callable[[str], None]] = {
            "E": lambda rest: _read_entity(article, rest),
            "Q": lambda rest: quotations.append(_read_quotation(article, rest)),
            "S": lambda rest: stances.append(_read_stance(article, rest)),
        }
        for number in range(end + 1, len(lines)):
            letter, _, rest = lines[number].partition(" ")
            if letter not in readers:
                raise ValueError(f"no annotation: {lines[number]!r}")
            readers[letter](rest)
    except (ValueError, IndexError) as error:
        raise ValueError(f"{path}:{first + number + 1}: {error}") from error
    return Statements(language, title, body, article.entities, tuple(quotations), tuple(stances))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


def parse_all(path: Path) -> dict[str, Statements]:
    """The articles of a file by name: of its own name, or by the lines `### name` before each."""
    lines = _lines(path)
    heads = [number for number, line in enumerate(lines) if line.startswith(HEAD)]
    if not heads:
        return {path.stem: parse(path, lines)}
    articles: dict[str, Statements] = {}
    for head, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        name = lines[head].removeprefix(HEAD).strip(" ")
        if not name or name in articles:
            raise ValueError(f"{path}:{head + 1}: missing or repeated name: {name!r}")
        articles[name] = parse(path, _without_end(lines[head + 1 : end]), head + 1)
    return articles


def _without_end(lines: list[str]) -> list[str]:
    """The lines of an article without empty ones behind it."""
    while lines and not lines[-1]:
        lines = lines[:-1]
    return lines


def load(folder: Path = FOLDER) -> dict[str, Statements]:
    """All articles of a folder by name, such as `it-1`."""
    return {
        name: article
        for path in sorted(folder.glob("*.txt"))
        for name, article in parse_all(path).items()
    }
