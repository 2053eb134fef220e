"""Tiny token classifiers in the form that exports have, made on the spot: each token has its
label in a table, and every other label scores far lower."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
BIO = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
LEXICON = {
    "Anna": "B-PER",
    "Élodie": "B-PER",
    "E\u0301lodie": "B-PER",
    "Rossi": "I-PER",
    "Bianchi": "B-PER",
    "ACME": "B-ORG",
    "Lugano": "B-LOC",
    "رنا": "B-PER",
    "حداد": "I-PER",
    "东": "B-LOC",
    "京": "I-LOC",
    "😀": "B-ORG",
}
_TYPES = {np.int64: TensorProto.INT64, np.int32: TensorProto.INT32}


def word_level(words: Sequence[str]) -> Tokenizer:
    """BERT's kind: words, punctuation marks, Han characters; [CLS] before and [SEP] after them."""
    vocabulary = {word: i for i, word in enumerate((*SPECIAL, *words))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def byte_level(words: Sequence[str]) -> Tokenizer:
    """GPT's and RoBERTa's kind: pieces are bytes here, several of them share one character."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({c: i for i, c in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    return tokenizer


def graph(
    table: Any,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    output: str = "logits",
    kind: Any = np.int64,
    shape: Sequence[str | int] = ("batch", "sequence"),
) -> onnx.ModelProto:
    """scores = table[input_ids], zero where attention_mask is, plus token_type_ids."""
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["scores_0"])]
    constants = [numpy_helper.from_array(np.asarray(table, np.float32), "table")]
    constants.append(numpy_helper.from_array(np.array([2], np.int64), "last"))
    for name, operator in (("attention_mask", "Mul"), ("token_type_ids", "Add")):
        if name in inputs:
            number = len(nodes)
            nodes += [
                helper.make_node("Cast", [name], [f"float_{name}"], to=TensorProto.FLOAT),
                helper.make_node("Unsqueeze", [f"float_{name}", "last"], [f"wide_{name}"]),
                helper.make_node(operator, [nodes[-1].output[0], f"wide_{name}"], [f"s_{number}"]),
            ]
    nodes.append(helper.make_node("Identity", [nodes[-1].output[0]], [output]))
    made = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, _TYPES[kind], shape) for name in inputs],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, (*shape, len(table[0])))],
        constants,
    )
    # versions that the oldest onnxruntime in use can read
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def scores(tokenizer: Tokenizer, labels: Sequence[str], lexicon: Mapping[str, str]) -> Any:
    """The table: 9 for the label of a token (the first label for those without), else 0."""
    table = np.zeros((tokenizer.get_vocab_size(), len(labels)), np.float32)
    for token, number in tokenizer.get_vocab().items():
        table[number, labels.index(lexicon.get(token, "O"))] = 9
    return table


def save(
    folder: Path,
    labels: Sequence[str] = BIO,
    lexicon: Mapping[str, str] = LEXICON,
    config: Mapping[str, Any] | None = None,
    tokenizer: Tokenizer | None = None,
    **options: Any,
) -> Path:
    """A folder as for onnx:DIR; `options` go to `graph`."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = tokenizer or word_level(list(lexicon))
    table = options.pop("table", None)
    if table is None:
        table = scores(tokenizer, labels, lexicon)
    onnx.save(graph(table, **options), str(folder / "model.onnx"))
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {str(number): label for number, label in enumerate(labels)}
    content = {"id2label": names, "max_position_embeddings": 512, "pad_token_id": 0}
    (folder / "config.json").write_text(json.dumps({**content, **(config or {})}))
    return folder
