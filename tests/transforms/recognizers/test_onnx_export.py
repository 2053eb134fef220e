"""Local ONNX exports: any tokenizer, any text, long sentences, and folders that do not fit."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.recognizers.models import BIO, LEXICON, byte_level, save, word_level
from transforms.encoder.model import Word, words_of
from transforms.recognizers import RecognizerMissingError, load_recognizer
from transforms.recognizers.onnx_export import OnnxRecognizer, distinct, merged, windows


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> OnnxRecognizer:
    return OnnxRecognizer(save(tmp_path_factory.mktemp("onnx") / "tiny"))


def found(model: OnnxRecognizer, text: str) -> list[tuple[str, str]]:
    """(text, label) of the names in one sentence."""
    (recognition,) = model.recognize([text], "en")
    assert recognition.states is None
    return [(text[start:end], label) for start, end, label, _ in recognition.names]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anna Rossi met ACME in Lugano.", "Anna Rossi/PER ACME/ORG Lugano/LOC"),
        ("👩‍👩‍👧🇮🇹 Anna Rossi 😀 Lugano", "Anna Rossi/PER 😀/ORG Lugano/LOC"),
        ("(Élodie Rossi)", "Élodie Rossi/PER"),
        ("«E\u0301lodie Rossi»", "E\u0301lodie Rossi/PER"),
        ("Anna\r\nRossi, Lugano\r\n", "Anna\r\nRossi/PER Lugano/LOC"),
        ("قالت رنا حداد إن ACME", "رنا حداد/PER ACME/ORG"),
        ("قالت \u202bرنا حداد\u202c في \u200fACME\u200f", "رنا حداد/PER ACME/ORG"),
        ("在东京的ACME", "东京/LOC ACME/ORG"),
        ("Anna Bianchi Rossi", "Anna/PER Bianchi Rossi/PER"),
        ("\u3000\u00a0 Anna \u2009", "Anna/PER"),
        ("Rossi", "Rossi/PER"),
        ("Anna [SEP] Rossi [CLS] [PAD]", "Anna/PER Rossi/PER"),
        ("Anna \ud800 Lugano", "Anna/PER Lugano/LOC"),
        ("nobody here", ""),
        (" \t\r\n", ""),
        ("", ""),
    ],
)
def test_names_are_where_they_stand(model: OnnxRecognizer, text: str, names: str) -> None:
    assert " ".join(f"{name}/{label}" for name, label in found(model, text)) == names


def test_a_score_is_a_probability(model: OnnxRecognizer) -> None:
    (recognition,) = model.recognize(["Anna Rossi"], None)
    ((start, end, label, score),) = recognition.names
    assert (start, end, label) == (0, 10, "PER")
    assert 0.998 < score <= 1.0


def test_the_model_is_named_by_its_folder_and_its_bytes(tmp_path: Path) -> None:
    folder = save(tmp_path / "my-model")
    first = load_recognizer(f"onnx:{folder}")
    assert first.model_id == "onnx:my-model"
    assert first.version == OnnxRecognizer(folder, 2).version
    assert len(first.version) == 12
    (folder / "model.onnx_data").write_bytes(b"weights beside the graph")
    assert OnnxRecognizer(folder).version != first.version


def test_the_graph_may_lie_in_a_folder_of_its_own(tmp_path: Path) -> None:
    folder = save(tmp_path / "tiny")
    (folder / "onnx").mkdir()
    (folder / "model.onnx").rename(folder / "onnx" / "model.onnx")
    assert found(OnnxRecognizer(folder), "in Lugano") == [("Lugano", "LOC")]


@pytest.mark.parametrize(
    "options",
    [
        {"inputs": ("input_ids",)},
        {"inputs": ("input_ids", "attention_mask", "token_type_ids")},
        {"inputs": ("input_ids", "token_type_ids"), "kind": np.int32},
        {"output": "scores"},
        {"config": {"max_position_embeddings": None, "pad_token_id": -1}},
    ],
    ids=str,
)
def test_graphs_of_several_kinds(tmp_path: Path, options: dict[str, Any]) -> None:
    recognizer = OnnxRecognizer(save(tmp_path, **options))
    texts = ["Anna Rossi", "so", "ACME and ACME, in Lugano", ""]
    names = [len(recognition.names) for recognition in recognizer.recognize(texts, "en")]
    assert names == [1, 0, 3, 0]


def test_cuts_and_padding_of_the_tokenizer_file_do_not_count(tmp_path: Path) -> None:
    tokenizer = word_level(list(LEXICON))
    tokenizer.enable_truncation(max_length=4)
    tokenizer.enable_padding(length=64)
    recognizer = OnnxRecognizer(save(tmp_path, tokenizer=tokenizer))
    assert found(recognizer, "we saw her in Lugano") == [("Lugano", "LOC")]


def test_pieces_that_share_a_character_are_one_word(tmp_path: Path) -> None:
    tokenizer = byte_level([])
    table = np.zeros((tokenizer.get_vocab_size(), len(BIO)), np.float32)
    table[:, BIO.index("B-PER")] = 9  # whatever begins a word is a name of its own
    recognizer = OnnxRecognizer(save(tmp_path, tokenizer=tokenizer, table=table))
    names = [name for name, _ in found(recognizer, "é 😀😀 e\u0301x 东京")]
    assert names == ["é", "😀", "😀", "e\u0301x", "东", "京"]


def test_words_that_overlap_are_joined() -> None:
    words = [Word(0, 1, 0), Word(0, 4, 1), Word(5, 6, 3), Word(5, 6, 4), Word(6, 7, 5)]
    assert distinct("Anna 😀😀", words) == [Word(0, 4, 0), Word(5, 6, 3), Word(6, 7, 5)]


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("حد|اد| قا|ل", ["حداد", "قال"]),
        ("می|\u200c|خواهم", ["می\u200cخواهم"]),
        ("ב|ירושלים|,| כן", ["בירושלים", ",", "כן"]),
        ("東|京|ACME", ["東", "京", "ACME"]),
        ("กรุง|เทพ", ["กรุง", "เทพ"]),
    ],
)
def test_a_word_of_a_script_with_blanks_has_one_tag(marked: str, words: list[str]) -> None:
    ends = list(accumulate(map(len, marked.split("|"))))
    text = marked.replace("|", "")
    found = distinct(text, words_of(text, list(zip([0, *ends], ends, strict=False))))
    assert [text[word.start : word.end] for word in found] == words


@pytest.mark.parametrize("positions", [5, 6, 9, 14, 40, 512])
def test_long_sentences_lose_nothing_at_the_seams(tmp_path: Path, positions: int) -> None:
    recognizer = OnnxRecognizer(save(tmp_path, config={"max_position_embeddings": positions}))
    for lead in range(8):
        text = "so " * lead + "Anna Rossi of ACME " * 150
        expected = [("Anna Rossi", "PER"), ("ACME", "ORG")] * 150
        assert found(recognizer, text) == expected


@given(st.integers(1, 600), st.integers(1, 300))
def test_windows_cover_and_merge(count: int, size: int) -> None:
    ranges = windows(count, size)
    assert ranges[0][0] == 0
    assert ranges[-1][1] == count
    assert all(0 < end - start <= size for start, end in ranges)
    assert all(a[1] > b[0] or size < 4 for a, b in pairwise(ranges))
    tokens = np.arange(count)[:, None]
    assert np.array_equal(merged(ranges, [tokens[a:b] for a, b in ranges]), tokens)


WORDS = st.sampled_from([*LEXICON, *"., -'\n\r\u0301\u200d\u202e东한ไ", "so", "[SEP]", "\ud800"])
TEXT = (
    st.text(max_size=40) | st.lists(WORDS, max_size=30).map(" ".join) | st.lists(WORDS).map("".join)
)


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(TEXT, max_size=4))
def test_any_text_gives_spans_inside_it(model: OnnxRecognizer, texts: list[str]) -> None:
    recognitions = model.recognize(texts, None)
    assert len(recognitions) == len(texts)
    for text, recognition in zip(texts, recognitions, strict=True):
        last = 0
        for start, end, label, score in recognition.names:
            assert last <= start < end <= len(text)
            assert text[start:end] == text[start:end].strip()
            assert label in {"PER", "ORG", "LOC"}
            assert 0.0 <= score <= 1.0
            last = end
        assert model.recognize([text], None) == [recognition]


def test_threads_may_share_a_model(model: OnnxRecognizer) -> None:
    texts = [["Anna Rossi met ACME " * n] for n in range(1, 30)]
    expected = [model.recognize(text, None) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: model.recognize(text, None), texts)) == expected


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
def test_a_missing_file_is_named_with_the_way_to_get_it(tmp_path: Path, name: str) -> None:
    folder = save(tmp_path / "tiny")
    (folder / name).unlink()
    with pytest.raises(RecognizerMissingError, match=rf"tiny has no {name}; .*optimum-cli export"):
        load_recognizer(f"onnx:{folder}")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecognizerMissingError, match="nowhere is no folder; onnx:DIR needs"):
        OnnxRecognizer(tmp_path / "nowhere")


def _write(name: str, content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return write


def _config(**values: Any) -> Callable[[Path], None]:
    return _write("config.json", json.dumps(values).encode())


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_write("config.json", b"{"), r"config.json is no JSON \(.*copy it"),
        (_write("config.json", b"\xff\xfe\xff"), r"config.json is no JSON \(.*copy it"),
        (_write("config.json", b"[]"), "config.json holds no object"),
        (_config(), "config.json: id2label is None; it must give a label for each number"),
        (_config(id2label={}), "config.json: no label is O"),
        (_config(id2label=["O"]), "config.json: id2label is"),
        (_config(id2label={"1": "O", "2": "B-PER"}), "config.json: id2label is"),
        (_config(id2label={"0": "LABEL_0", "1": "LABEL_1"}), "no label is O .*LABEL_0, LABEL_1;"),
        (_config(id2label={"0": "O", "1": "B-PER"}), r"shape \(1, 2, 7\) for 1 x 2 .* and 2 label"),
        (
            _config(id2label=dict(enumerate(BIO)), max_position_embeddings=4),
            "max_position_embeddings is 4, which leaves no room",
        ),
        (_write("tokenizer.json", b"{}"), r"tokenizer.json is no tokenizer \(.*save it again"),
        (_write("tokenizer.json", b"\x00" * 99), r"tokenizer.json is no tokenizer \("),
        (_write("model.onnx", b"no graph"), r"model.onnx cannot be loaded \(.*optimum-cli"),
        (_write("model.onnx", b""), r"model.onnx cannot be loaded \("),
    ],
)
def test_a_file_that_does_not_fit_is_named(
    tmp_path: Path, spoil: Callable[[Path], None], message: str
) -> None:
    folder = save(tmp_path / "tiny")
    spoil(folder)
    with pytest.raises(ValueError, match=message):
        OnnxRecognizer(folder)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inputs": ("attention_mask",)}, "has no input input_ids|cannot be loaded"),
        ({"shape": (1, 128)}, r"wants input_ids of shape \[1, 128\]; .* dynamic axes; `optimum"),
        ({"table": np.full((99, len(BIO)), np.nan)}, "gives scores that are no numbers"),
        ({"table": np.zeros((99, 5))}, r"shape \(1, 2, 5\) for 1 x 2 tokens and 7 labels"),
    ],
)
def test_a_graph_that_does_not_fit_is_named(
    tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=rf"model.onnx .*({message})"):
        OnnxRecognizer(save(tmp_path, **options))


def test_unknown_inputs_and_outputs_are_named(tmp_path: Path) -> None:
    import onnx
    from onnx import TensorProto, helper

    folder = save(tmp_path)
    path = str(folder / "model.onnx")
    graph = onnx.load(path)
    extra = helper.make_tensor_value_info("bbox", TensorProto.INT64, ("batch", "sequence"))
    graph.graph.input.append(extra)
    onnx.save(graph, path)
    with pytest.raises(ValueError, match="wants an input 'bbox'; known: input_ids, attention_mask"):
        OnnxRecognizer(folder)

    del graph.graph.input[-1]
    graph.graph.output[0].name = graph.graph.node[-1].output[0] = "first"
    graph.graph.node.append(helper.make_node("Identity", ["first"], ["second"]))
    shape = ("batch", "sequence", len(BIO))
    graph.graph.output.append(helper.make_tensor_value_info("second", TensorProto.FLOAT, shape))
    onnx.save(graph, path)
    with pytest.raises(ValueError, match=r"has no output logits \(outputs: first, second\)"):
        OnnxRecognizer(folder)


def test_a_token_beyond_the_table_fails_with_the_file_named(tmp_path: Path) -> None:
    recognizer = OnnxRecognizer(save(tmp_path, table=np.zeros((5, len(BIO)))))
    with pytest.raises(ValueError, match=r"model.onnx fails \(.*"):
        recognizer.recognize(["Anna Lugano"], None)
