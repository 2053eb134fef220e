"""Step 4: the trained model as files that newsbeam ships.

`python -m training.export W/model.pt --work W OUT` writes

    encoder.onnx    the layers in int8 and the tag head; built node by node from ONNX Runtime's
                    operators, so that no exporter decides what the graph looks like
    words.npy       4-bit rows of the word table (training/encoder.py: dequantize)
    heads.npz       positions, pair head
    tokenizer.json.gz, meta.json
"""

import argparse
import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from training.model import POLARITIES, TAGS
from transforms.encoder.model import WINDOW

MICROSOFT = "com.microsoft"


class Graph:
    """Nodes and weights of an ONNX graph under construction."""

    def __init__(self, levels: int) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.levels = levels

    def weight(self, name: str, array: Any) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, operator: str, inputs: list[str], *outputs: str, **options: Any) -> str:
        made = helper.make_node(operator, inputs, list(outputs), name=outputs[0], **options)
        self.nodes.append(made)
        return outputs[0]

    def quantized(self, name: str, matrix: Any) -> tuple[str, str, str]:
        """Names of the int8 weights, the scale of each output and the zero point (0)."""
        scales = np.abs(matrix).max(axis=0) / self.levels
        values = np.clip(np.rint(matrix / scales), -self.levels, self.levels).astype(np.int8)
        return (
            self.weight(name, values),
            self.weight(f"{name}.scale", scales.astype(np.float32)),
            self.weight(f"{name}.zero", np.zeros(len(scales), np.int8)),
        )


def layer_nodes(
    graph: Graph, weights: dict[str, Any], number: int, source: str, heads: int, epsilon: float
) -> str:
    """One Transformer layer. Attention and matrix products quantise their input at run time."""

    def name(part: str) -> str:
        return f"{number}.{part}"

    def linear(values: str, part: str, output: str) -> str:
        matrix, scale, zero = graph.quantized(name(f"{part}.weight"), weights[f"{part}.weight"].T)
        bias = graph.weight(name(f"{part}.bias"), weights[f"{part}.bias"])
        return graph.node(
            "DynamicQuantizeMatMul",
            [values, matrix, scale, zero, bias],
            name(output),
            domain=MICROSOFT,
        )

    def normalized(values: str, skip: str, norm: str, output: str) -> str:
        # not SkipLayerNormalization: on the CPU measured it takes six times as long as these two
        total = graph.node("Add", [values, skip], name(f"{output}.sum"))
        parameters = [
            graph.weight(name(f"{norm}.{kind}"), weights[f"{norm}.{kind}"])
            for kind in ("weight", "bias")
        ]
        return graph.node("LayerNormalization", [total, *parameters], name(output), epsilon=epsilon)

    matrix, scale, zero = graph.quantized(name("qkv.weight"), weights["qkv.weight"].T)
    bias = graph.weight(name("qkv.bias"), weights["qkv.bias"])
    graph.node("DynamicQuantizeLinear", [source], name("u8"), name("u8.scale"), name("u8.zero"))
    attention = graph.node(
        "QAttention",
        [name("u8"), matrix, bias, name("u8.scale"), scale, "lengths", name("u8.zero"), zero],
        name("attention"),
        domain=MICROSOFT,
        num_heads=heads,
    )
    middle = normalized(linear(attention, "out", "out"), source, "norm1", "middle")
    active = graph.node("Gelu", [linear(middle, "up", "up")], name("active"), domain=MICROSOFT)
    return normalized(linear(active, "down", "down"), middle, "norm2", "states")


def onnx_model(state: dict[str, Any], layers: int, heads: int, epsilon: float, levels: int) -> Any:
    """words (batch, length, hidden) + lengths (batch) -> states, tag scores; float32.

    `levels`: weights are whole numbers in [-levels, levels]. 63 (7 bits) suits every processor:
    without VNNI, sums of 8-bit products saturate.
    """
    graph = Graph(levels)
    norm = [
        graph.weight(f"norm.{kind}", state[f"encoder.norm.{kind}"]) for kind in ("weight", "bias")
    ]
    states = graph.node("LayerNormalization", ["words", *norm], "embedded", epsilon=epsilon)
    for number in range(layers):
        prefix = f"encoder.layers.{number}."
        weights = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
        states = layer_nodes(graph, weights, number, states, heads, epsilon)
    graph.node("Identity", [states], "states")
    graph.node("MatMul", [states, graph.weight("tags.weight", state["tags.weight"].T)], "scores")
    graph.node("Add", ["scores", graph.weight("tags.bias", state["tags.bias"])], "tags")
    hidden = len(state["encoder.norm.weight"])
    shape = ["batch", "length"]
    value = helper.make_tensor_value_info
    made = helper.make_graph(
        graph.nodes,
        "newsbeam-encoder",
        [
            value("words", TensorProto.FLOAT, [*shape, hidden]),
            value("lengths", TensorProto.INT32, ["batch"]),
        ],
        [
            value("states", TensorProto.FLOAT, [*shape, hidden]),
            value("tags", TensorProto.FLOAT, [*shape, len(TAGS)]),
        ],
        graph.weights,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=8, producer_name="newsbeam")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--version", default="1")
    parser.add_argument("--levels", type=int, default=63, help="63: 7 bits, 127: 8 bits")
    options = parser.parse_args()
    saved = torch.load(options.checkpoint, weights_only=True, map_location="cpu")
    state, layers = saved["model"], saved["layers"]
    with np.load(options.work / "encoder.npz") as base:
        heads, epsilon = int(base["heads"]), float(base["epsilon"])
    options.output.mkdir(parents=True, exist_ok=True)
    arrays = {key: value.float().numpy() for key, value in state.items()}
    model = onnx_model(arrays, layers, heads, epsilon, options.levels)
    onnx.save(model, options.output / "encoder.onnx")
    words = options.output / "words.npy"
    if not words.exists():
        shutil.copy(options.work / "vocab" / "words.npy", words)
    tokenizer = (options.work / "vocab" / "tokenizer.json").read_bytes()
    # mtime 0: the same input gives the same file
    (options.output / "tokenizer.json.gz").write_bytes(gzip.compress(tokenizer, 9, mtime=0))
    pairs = {
        key.removeprefix("pairs."): value.astype(np.float16)
        for key, value in arrays.items()
        if key.startswith("pairs.")
    }
    positions = arrays["encoder.position"][: WINDOW + 2].astype(np.float16)  # with <s> and </s>
    np.savez_compressed(options.output / "heads.npz", positions=positions, **pairs)
    meta = {
        "name": "newsbeam-encoder",
        "version": options.version,
        "tags": TAGS,
        "polarities": POLARITIES,
        "layers": layers,
        "pieces_trained": int(saved["pieces"]),
    }
    (options.output / "meta.json").write_text(json.dumps(meta, indent=1) + "\n")
    for path in sorted(options.output.iterdir()):
        print(f"{path.name:20} {path.stat().st_size / 1e6:6.2f} MB")


if __name__ == "__main__":
    main()
