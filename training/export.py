"""Step 4: the trained model as files that newsbeam ships.

`python -m training.export W/model.pt --work W --own training/data OUT` writes

    encoder.onnx    the layers in int8 and the tag head; built node by node from ONNX Runtime's
                    operators, so that no exporter decides what the graph looks like
    words.npy       4-bit rows of the word table (training/encoder.py: dequantize)
    heads.npz       positions, pair head
    tokenizer.json.xz, meta.json
"""

import argparse
import json
import lzma
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from training.model import POLARITIES, TAGS, fresh_model
from training.outliers import Largest, error, in_float, measure, own_texts, smoothing
from transforms.encoder.model import WINDOW, Encoder

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

    def product(self, values: str, matrix: Any, bias: Any | None, output: str) -> str:
        """`values` times a matrix (inputs, outputs) in int8; they are quantised at run time."""
        inputs = [values, *self.quantized(f"{output}.weight", matrix)]
        if bias is not None:
            inputs.append(self.weight(f"{output}.bias", bias))
        return self.node("DynamicQuantizeMatMul", inputs, output, domain=MICROSOFT)

    def exact(self, values: str, matrix: Any, output: str) -> str:
        """`values` times a matrix (inputs, outputs) in float."""
        return self.node("MatMul", [values, self.weight(f"{output}.weight", matrix)], output)

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
    graph: Graph,
    weights: dict[str, Any],
    number: int,
    source: str,
    heads: int,
    epsilon: float,
    largest: Largest,
) -> str:
    """One Transformer layer. Attention and matrix products quantise their input at run time."""

    def name(part: str) -> str:
        return f"{number}.{part}"

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
    mixed = graph.product(attention, weights["out.weight"].T, weights["out.bias"], name("out"))
    middle = normalized(mixed, source, "norm1", "middle")
    fed = feed_forward(graph, weights, number, middle, largest)
    return normalized(fed, middle, "norm2", "states")


def feed_forward(
    graph: Graph, weights: dict[str, Any], number: int, source: str, largest: Largest
) -> str:
    """The two products of a layer with what lies between, the largest channels in float."""

    def name(part: str) -> str:
        return f"{number}.{part}"

    def active(values: str, output: str) -> str:
        return graph.node("Gelu", [values], name(output), domain=MICROSOFT)

    up, up_bias, down = weights["up.weight"].T, weights["up.bias"], weights["down.weight"].T
    apart, others = in_float(largest)
    shares = smoothing(largest.read, up)
    smooth = graph.node("Mul", [source, graph.weight(name("shares"), 1 / shares)], name("smooth"))
    most = graph.product(smooth, (up * shares[:, None])[:, others], up_bias[others], name("up"))
    most = graph.product(active(most, "active"), down[others], weights["down.bias"], name("down"))
    few = graph.exact(source, up[:, apart], name("up.few"))
    few = graph.node("Add", [few, graph.weight(name("up.few.bias"), up_bias[apart])],
                     name("few"))  # fmt: skip
    few = graph.exact(active(few, "active.few"), down[apart], name("down.few"))
    return graph.node("Add", [most, few], name("fed"))


def onnx_model(
    state: dict[str, Any], largest: Sequence[Largest], heads: int, epsilon: float, levels: int
) -> Any:
    """words (batch, length, hidden) + lengths (batch) -> states, tag scores; float32.

    `largest`: what each layer reaches (outliers.py).

    `levels`: weights are whole numbers in [-levels, levels]. 63 (7 bits) suits every processor:
    without VNNI, sums of 8-bit products saturate.
    """
    graph = Graph(levels)
    norm = [
        graph.weight(f"norm.{kind}", state[f"encoder.norm.{kind}"]) for kind in ("weight", "bias")
    ]
    states = graph.node("LayerNormalization", ["words", *norm], "embedded", epsilon=epsilon)
    for number, reached in enumerate(largest):
        prefix = f"encoder.layers.{number}."
        weights = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
        states = layer_nodes(graph, weights, number, states, heads, epsilon, reached)
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
    parser.add_argument(
        "--own", type=Path, required=True, help="training/data: texts to measure on"
    )
    parser.add_argument("--version", default="1")
    parser.add_argument("--levels", type=int, default=63, help="63: 7 bits, 127: 8 bits")
    options = parser.parse_args()
    saved = torch.load(options.checkpoint, weights_only=True, map_location="cpu")
    state, layers = saved["model"], saved["layers"]
    with np.load(options.work / "encoder.npz") as base:
        heads, epsilon = int(base["heads"]), float(base["epsilon"])
    options.output.mkdir(parents=True, exist_ok=True)
    arrays = {key: value.float().numpy() for key, value in state.items()}
    trained = fresh_model(options.work, layers)
    trained.load_state_dict(state)
    pieces = Tokenizer.from_file(str(options.work / "vocab" / "tokenizer.json"))
    texts = own_texts(options.own)
    largest = measure(trained, pieces, texts)
    model = onnx_model(arrays, largest, heads, epsilon, options.levels)
    onnx.save(model, options.output / "encoder.onnx")
    words = options.output / "words.npy"
    if not words.exists():
        shutil.copy(options.work / "vocab" / "words.npy", words)
    tokenizer = (options.work / "vocab" / "tokenizer.json").read_bytes()
    (options.output / "tokenizer.json.xz").write_bytes(lzma.compress(tokenizer, preset=9))
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
    far = error(trained, pieces, Encoder(options.output), texts)
    print(f"the states differ from those in float by {far:.3f} of their size")


if __name__ == "__main__":
    main()
