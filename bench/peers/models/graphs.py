"""Graphs of ONNX for the peers of the neural pair, as a user of onnxruntime would write them.

    python3 -m venv VENV && VENV/bin/pip install -r bench/peers/models/requirements.txt
    VENV/bin/python -m bench.peers.models.graphs --models models/shipped --out runs/peer-graphs

Each in four forms: `law` computes what docs/law.md says (rows quantised one by one, whole numbers
multiplied as floats), `law-int8` the same by MatMulInteger, `float` plain single precision with
the weights dequantised and no rows quantised, and `int8` that with onnxruntime's own dynamic
quantisation. Only the first two are the same arithmetic as ours; the others are what is faster.

    draft-step     token, code, next_code int32 [B], state [B, d] to next_state [B, d] and
                   logits [B, 64]: in nats, and in Q16 of the law's forms
    target-paths   attention over paths in place of gathered windows: see `target_paths`
"""

import argparse
import math
from functools import partial
from pathlib import Path

import numpy as np
from onnx import helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from models.training import onnx_draft, onnx_target
from models.training.config import COARSE, TOKENS
from models.training.onnx_graph import Graph, Port, model_of
from models.training.onnx_parts import F, Parts, axes
from models.training.weights_file import read_tensors

Ports = dict[str, Port]
INDICES = ("token", "code", "next_code")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.peers.models.graphs")
    parser.description = __doc__.splitlines()[0]
    parser.add_argument("--models", type=Path, required=True, help="models/shipped, say")
    parser.add_argument("--out", type=Path, required=True, help="folder of the graphs")
    parser.add_argument("--moves", type=int, default=8, help="moves of a path [%(default)s]")
    given = parser.parse_args()
    if not 1 <= given.moves <= 16:
        parser.error(f"--moves: {given.moves}; give 1 to 16, the window less what a context needs")
    given.out.mkdir(parents=True, exist_ok=True)
    builds = {
        "draft": {"draft-step": draft_step},
        "target": {
            "target-packed": onnx_target.packed,
            "target-paths": partial(target_paths, moves=given.moves),
        },
    }
    for role, graphs in builds.items():
        tensors, _, config = read_tensors(given.models / f"neural-{role}.safetensors")
        for name, build in graphs.items():
            write_forms(given.out / name, build, (tensors, config))


def write_forms(path: Path, build, model: tuple[dict, dict]) -> None:
    """`path-law.onnx` and the other three beside it."""
    tensors, config = model
    plain = path.with_name(f"{path.name}-float.onnx")
    forms = {
        path.with_name(f"{path.name}-law.onnx"): Parts(Graph(), tensors, "float32"),
        path.with_name(f"{path.name}-law-int8.onnx"): Parts(Graph(), tensors, "int8"),
        plain: PlainParts(Graph(), tensors),
    }
    for file, parts in forms.items():
        sides = build(parts, config)
        ports = (
            {name: {"type": port[0], "shape": port[1]} for name, port in side.items()}
            for side in sides
        )
        signature = {"name": path.name, "config": config}
        signature |= dict(zip(("inputs", "outputs"), ports, strict=True))
        file.write_bytes(model_of(parts.graph, signature).SerializeToString(deterministic=True))
        print(file)
    int8 = path.with_name(f"{path.name}-int8.onnx")
    # Weights become the int8 that ships: each column's largest magnitude is 127 of its steps.
    options = {"per_channel": True, "weight_type": QuantType.QInt8}
    quantize_dynamic(plain, int8, op_types_to_quantize=["MatMul"], **options)
    print(int8)


class PlainParts(Parts):
    """Single precision throughout; logits stay in nats."""

    def quantised(self, x: str) -> str:
        return x

    def linear(self, row: str, name: str) -> str:
        weights = self.tensors[name].astype(F) * self.tensors[f"{name}.scale"][:, None]
        return self.graph.MatMul(row, np.ascontiguousarray(weights.T))


def draft_step(parts: Parts, config: dict) -> tuple[Ports, Ports]:
    """One move: the law's unit and heads, or fewer nodes where only speed counts."""
    d = config["d"]
    if isinstance(parts, PlainParts):
        h = plain_unit(parts, d)
        plain_logits(parts, h)
    else:
        h = onnx_draft.unit(parts, parts.inputs(*INDICES), "state", "next_state")
        parts.logits(parts.quantised(h), "logits")
    state: Port = ("float32", ["B", d])
    logits: Port = ("float32" if isinstance(parts, PlainParts) else "int32", ["B", TOKENS])
    given: Ports = {name: ("int32", ["B"]) for name in INDICES}
    return given | {"state": state}, {"next_state": state, "logits": logits}


def plain_unit(parts: Parts, d: int) -> str:
    """Both gates by one Sigmoid, since at this size every node costs about as much as its work."""
    g = parts.graph
    inputs, own = parts.inputs(*INDICES), parts.linear("state", "hidden")
    (gates, i_n), (own_gates, own_n) = (two_of(g, x, 2 * d, d) for x in (inputs, own))
    r, z = g.split(g.Sigmoid(g.Add(gates, own_gates)), 2)
    n = g.Tanh(g.Add(i_n, g.Mul(r, own_n)))
    return g.Add(n, g.Mul(z, g.Sub("state", n)), name="next_state")


def plain_logits(parts: Parts, h: str) -> None:
    g = parts.graph
    coarse, fine = two_of(g, parts.linear(h, "head"), COARSE, TOKENS)
    coarse = g.Reshape(g.LogSoftmax(coarse, axis=-1), axes(-1, COARSE, 1))
    fine = g.LogSoftmax(g.Reshape(fine, axes(-1, COARSE, TOKENS // COARSE)), axis=-1)
    g.Reshape(g.Add(coarse, fine), axes(-1, TOKENS), name="logits")


def two_of(g: Graph, x: str, *sizes: int) -> tuple[str, str]:
    """Two parts of the last axis."""
    results = [f"two_{len(g.nodes)}_{part}" for part in range(2)]
    given = [x, g.constant(axes(*sizes))]
    g.nodes.append(helper.make_node("Split", given, results, axis=-1))
    return results[0], results[1]


def target_paths(parts: Parts, config: dict, moves: int) -> tuple[Ports, Ports]:
    """A packed pass for onnxruntime: each node's row once, attention over whole paths.

    Gathering a window of k and v for every node moves 21 rows a node through memory; paths of one
    length instead read the context's P = window - 1 positions by one product, their own by another.

        tokens, codes, next_codes [N]   of each node
        rows                      [S M] the node of each move of each path
        places                    [N]   one place of each node in `rows`
        branches                  [R]   nodes that durations and long horizons are wanted of
        cache [layers, 2, 1, P, d] to logits [N, 64], not_reached [R, 32, 3], horizons [R, 2, 65]
    """
    g, d = parts.graph, config["d"]
    x = parts.inputs("tokens", "codes", "next_codes")
    for layer in range(config["layers"]):
        name = f"layers.{layer}"
        qkv = parts.linear(parts.quantised(parts.norm(x, f"{name}.norm1")), f"{name}.qkv")
        older = g.Reshape(g.Gather("cache", np.int64(layer)), axes(2, -1, d))
        mixed = attend(parts, config, (g.Gather(qkv, "rows"), older, layer, moves))
        mixed = g.Gather(mixed, "places")
        x = g.Add(x, parts.linear(parts.quantised(mixed), f"{name}.out"))
        up = parts.linear(parts.quantised(parts.norm(x, f"{name}.norm2")), f"{name}.up")
        x = g.Add(x, parts.linear(parts.quantised(g.Relu(up)), f"{name}.down"))
    x = parts.norm(x, "norm")
    parts.logits(parts.quantised(x), "logits")
    few = parts.quantised(g.Gather(x, "branches"))
    parts.not_reached(few, "not_reached")
    parts.horizons(few, "horizons")
    given: Ports = {name: ("int32", ["N"]) for name in ("tokens", "codes", "next_codes", "places")}
    given |= {"rows": ("int32", ["SM"]), "branches": ("int32", ["R"])}
    cache: Port = ("float32", [config["layers"], 2, 1, config["window"] - 1, d])
    heads = onnx_target.head_ports("R") | {"logits": ("int32", ["N", TOKENS])}
    return given | {"cache": cache}, heads


def attend(parts: Parts, config: dict, given: tuple[str, str, int, int]) -> str:
    """Of qkv [S M, 3 d] behind a context's k and v [2, P, d]: the mixes [S M, d]."""
    g, (qkv, older, layer, moves) = parts.graph, given
    heads, window = config["heads"], config["window"]
    d, width, past = config["d"], config["d"] // heads, window - 1

    def of_context(which: int) -> str:
        rows = g.Reshape(g.Gather(older, np.int64(which)), axes(past, heads, width))
        return g.Transpose(rows, perm=[1, 0, 2] if which else [1, 2, 0])

    split = [g.Reshape(part, axes(-1, heads, width)) for part in g.split(qkv, 3)]
    q, k, v = (g.Transpose(part, perm=[1, 0, 2]) for part in split)
    by_path = axes(heads, -1, moves, width)
    with_context = g.Reshape(g.MatMul(q, of_context(0)), axes(heads, -1, moves, past))
    keys = g.Transpose(g.Reshape(k, by_path), perm=[0, 1, 3, 2])
    scores = g.Concat(with_context, g.MatMul(g.Reshape(q, by_path), keys), axis=-1)
    scaled = g.Mul(scores, F(1 / math.sqrt(width)))
    bias = path_bias(parts.tensors[f"layers.{layer}.bias"], moves)
    share = g.Softmax(g.Add(scaled, bias), axis=-1)
    of_past, of_path = two_of(g, share, past, moves)
    older_mix = g.MatMul(g.Reshape(of_past, axes(heads, -1, past)), of_context(1))
    own_mix = g.MatMul(of_path, g.Reshape(v, by_path))
    mixed = g.Add(older_mix, g.Reshape(own_mix, axes(heads, -1, width)))
    return g.Reshape(g.Transpose(mixed, perm=[1, 0, 2]), axes(-1, d))


def path_bias(bias: np.ndarray, moves: int) -> np.ndarray:
    """[heads, 1, M, P + M] from [heads, window]; minus infinity outside a row's window."""
    heads, window = bias.shape
    row = np.arange(moves)[:, None] + window - 1
    distance = row - np.arange(window - 1 + moves)[None]
    reads = (distance >= 0) & (distance < window)
    table = np.where(reads, bias[:, np.where(reads, distance, 0)], F(-np.inf))
    return table.astype(F).reshape(heads, 1, moves, -1)


if __name__ == "__main__":
    main()
