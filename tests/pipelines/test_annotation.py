"""`newsbeam annotate` with the models that ship."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pipelines.annotation import (
    CONTEXT,
    Annotator,
    LineError,
    annotate_lines,
    context_of,
    parse_request,
)
from pipelines.cli import main
from transforms.encoder.holders import ANYONE
from transforms.stance.scorer import Pair

ITALIAN = "La ministra Ada Lindt ha criticato la Nordfer. «È una vergogna», ha detto Lindt a Roma."


@pytest.fixture(scope="module")
def annotator() -> Annotator:
    return Annotator.load("embedded", ())


def annotate(*arguments: str, lines: str | bytes = b"") -> Result:
    return CliRunner().invoke(main, ["annotate", *arguments], input=lines)


def test_a_text_gives_language_entities_quotations_and_stances(annotator: Annotator) -> None:
    (result,) = annotate_lines([json.dumps({"text": ITALIAN}).encode()], annotator)
    assert result["language"] == "it"
    names = {entity["name"]: entity for entity in result["entities"]}
    assert names["Ada Lindt"]["label"] == "PER"
    assert [m["text"] for m in names["Ada Lindt"]["mentions"]] == ["Ada Lindt", "Lindt"]
    assert names["Roma"]["country"] == "IT"
    (quotation,) = result["quotations"]
    assert quotation["text"] == "È una vergogna"
    assert quotation["speaker"]["entity_id"] == names["Ada Lindt"]["entity_id"]
    assert all(s["polarity"] == "against" for s in result["stances"])


def spans(value: Any) -> list[dict[str, Any]]:
    """Everything in a result that has text, start and end."""
    if isinstance(value, list):
        return [span for item in value for span in spans(item)]
    if isinstance(value, dict):
        found = [span for item in value.values() for span in spans(item)]
        return [value, *found] if value.get("text") and value.get("start") is not None else found
    return []


@pytest.mark.parametrize(
    "text",
    [
        ITALIAN,
        "😀 Ada Lindt e\u0301 a Roma.\r\n\r\nCafe\u0301 «Nordfer», disse Lindt.",
        "\u202bقال أحمد منصور إن بيروت ستصوت.\u202c",
        "安田裕子说：“北京没有回答。”",
        "VIENNA RIFIUTA L'ACCORDO CON NORDFER, DICE ADA LINDT",
    ],
)
def test_every_span_is_what_it_says(annotator: Annotator, text: str) -> None:
    (result,) = annotate_lines([json.dumps({"text": text}).encode()], annotator)
    found = spans(result["entities"]) + spans(result["quotations"]) + spans(result["stances"])
    assert found
    for span in found:
        assert text[span["start"] : span["end"]] == span["text"]


def test_pairs_are_scored_in_order(annotator: Annotator) -> None:
    text = "Ada Lindt attacked Nordfer over the spill."
    pairs = [
        {"holder": [0, 9], "target": [19, 26]},
        {"holder": None, "target": [19, 26]},
        {"target": [0, 9]},
    ]
    line = json.dumps({"text": text, "language": "en", "pairs": pairs}).encode()
    (result,) = annotate_lines([line], annotator)
    assert [(p["holder"], p["target"]) for p in result["pairs"]] == [
        ([0, 9], [19, 26]),
        (None, [19, 26]),
        (None, [0, 9]),
    ]
    for pair in result["pairs"]:
        assert set(pair["scores"]) == {"against", "neutral", "favor"}
        assert sum(pair["scores"].values()) == pytest.approx(1, abs=0.001)
        assert pair["polarity"] == max(pair["scores"], key=pair["scores"].__getitem__)
    assert result["pairs"][0]["polarity"] == "against"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not a JSON object"),
        (b"[1]", '"text"'),
        (b'{"text": 3}', '"text"'),
        (b'{"txt": "a"}', '"text"'),
        (b'\xff{"text": "a"}', "UTF-8"),
        (b'{"text": "\\ud800"}', "surrogate"),
        (b'{"text": "abc", "language": 3}', "BCP 47"),
        (b'{"text": "abc", "pairs": {}}', "pairs"),
        (b'{"text": "abc", "pairs": [{"holder": null}]}', "target"),
        (b'{"text": "abc", "pairs": [{"target": [0, 4]}]}', "<= 3"),
        (b'{"text": "abc", "pairs": [{"target": [2, 1]}]}', "start < end"),
        (b'{"text": "abc", "pairs": [{"target": [false, 1]}]}', "start < end"),
        (b"[" * 100_000, "not a JSON object"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: bytes, reason: str) -> None:
    with pytest.raises(LineError, match=reason):
        parse_request(line)


def test_lines_keep_their_order_and_a_bad_one_costs_only_itself() -> None:
    lines = '{"text": "Uno."}\n\nno\n{"text": "", "language": "it"}\n'
    result = annotate(lines=lines)
    assert result.exit_code == 1
    first, second, third = map(json.loads, result.stdout.splitlines())
    assert first["entities"] == []
    assert second["line"] == 3
    assert third == {
        "language": "it",
        "language_confidence": None,
        "entities": [],
        "quotations": [],
        "stances": [],
    }


def test_a_file_and_a_gazetteer(tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text(json.dumps({"text": ITALIAN}), encoding="utf-8")
    names = tmp_path / "names.csv"
    names.write_text("id,label,name,aliases,language\nmine:7,ORG,Nordfer,,\n", encoding="utf-8")
    result = annotate(str(texts), "--gazetteer", str(names))
    assert result.exit_code == 0, result.output
    entities = json.loads(result.stdout)["entities"]
    assert "mine:7" in [entity["entity_id"] for entity in entities]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["no-such-file.jsonl"], "No such file"),
        (["--entities", "bert"], "allowed: embedded"),
        (["--entities", "onnx:no-such-folder"], "no-such-folder"),
        (["--gazetteer", "no-such.csv"], "no-such.csv"),
    ],
)
def test_a_wrong_command_line_says_why(arguments: list[str], reason: str) -> None:
    result = annotate(*arguments, lines=b'{"text": "a"}')
    assert result.exit_code == 2
    assert reason in result.stderr


def test_the_answer_does_not_depend_on_the_lines_beside_it(annotator: Annotator) -> None:
    line = json.dumps({"text": ITALIAN}).encode()
    other = json.dumps({"text": "Nordfer closed a plant in Genoa."}).encode()
    alone = list(annotate_lines([line], annotator))
    assert list(annotate_lines([other, line, other], annotator))[1] == alone[0]


@given(st.lists(st.integers(1, 300), min_size=1, max_size=12), st.data())
def test_a_pair_is_judged_in_whole_sentences_around_it(
    lengths: list[int], data: st.DataObject
) -> None:
    ranges, start = [], 0
    for length in lengths:
        ranges.append((start, start + length))
        start += length + 1
    target = data.draw(st.sampled_from(ranges))
    first, last = context_of(Pair(ANYONE, target), ranges, start)
    assert first <= target[0] < target[1] <= last
    assert first in [a for a, _ in ranges]
    assert last in [b for _, b in ranges]
    assert last - first <= max(CONTEXT, target[1] - target[0])
