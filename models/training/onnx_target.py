"""The target as three graphs, which differ in what their rows read (docs/law.md, 11.9 and 11.12).

Attention gathers: reads[row, distance] is the row so many positions back, -1 where there is none.
So whole contexts, single moves and the branches of a trie are one computation.

    cache [layers, 2 (k, v), B contexts, P positions, d]   the oldest first, P <= window - 1
    row   b * P + p is position p of context b; B * P + n is row n of this call
"""

import numpy as np

from .onnx_graph import Graph, Port
from .onnx_parts import F, I32, I64, Parts, axes, size_of, stacked

Ports = dict[str, Port]
WHOLE = np.array([2**31 - 1], I64)


def prefill(parts: Parts, config: dict) -> tuple[Ports, Ports]:
    """Contexts from their beginning on; the heads are those of each one's last move."""
    g, window = parts.graph, config["window"]
    names = ("tokens", "codes", "next_codes")
    flat = [g.Reshape(name, axes(-1)) for name in names]
    row = g.Unsqueeze(g.Range(I32(0), size_of(g, flat[0], 0), I32(1)), axes(1))
    distance = np.arange(window, dtype=I32)[None]
    exists = g.LessOrEqual(distance, g.Mod(row, size_of(g, "tokens", 1)))
    reads = g.Where(exists, g.Sub(row, distance), I32(-1))
    x, made = rows_of(parts, config, flat, reads)
    shape = g.Concat(g.Shape("tokens"), axes(config["d"]), axis=0)
    keep_latest(g, g.Reshape(made, g.Concat(axes(config["layers"], 2), shape, axis=0)), window)
    last = g.Slice(g.Reshape(x, shape), axes(-1), WHOLE, axes(1))
    say(parts, g.Squeeze(last, axes(1)))
    given = {name: ("int32", ["B", "C"]) for name in names}
    return given, {"next_cache": cache_port(config, "Q")} | head_ports("B")


def move(parts: Parts, config: dict) -> tuple[Ports, Ports]:
    """One move more of each context."""
    g, window = parts.graph, config["window"]
    names = ("token", "code", "next_code")
    contexts, positions = size_of(g, "token", 0), size_of(g, "cache", 3)
    context = g.Unsqueeze(g.Range(I32(0), contexts, I32(1)), axes(1))
    distance = np.arange(window, dtype=I32)[None]
    own = g.Add(g.Mul(contexts, positions), context)
    older = g.Sub(g.Add(g.Mul(context, positions), positions), distance)
    older = g.Where(g.LessOrEqual(distance, positions), older, I32(-1))
    reads = g.Where(g.Equal(distance, I32(0)), own, older)
    x, made = rows_of(parts, config, names, reads, "cache")
    newest = g.Reshape(made, axes(config["layers"], 2, -1, 1, config["d"]))
    keep_latest(g, g.Concat("cache", newest, axis=3), window)
    say(parts, x)
    given = {name: ("int32", ["B"]) for name in names} | {"cache": cache_port(config, "P")}
    return given, {"next_cache": cache_port(config, "Q")} | head_ports("B")


def packed(parts: Parts, config: dict) -> tuple[Ports, Ports]:
    """Nodes of the tries over any contexts in one pass, each behind what its `reads` name."""
    names = ("tokens", "codes", "next_codes")
    x, _ = rows_of(parts, config, names, "reads", "cache")
    say(parts, x)
    given = {name: ("int32", ["N"]) for name in names}
    reads: Ports = {"reads": ("int32", ["N", config["window"]])}
    return given | reads | {"cache": cache_port(config, "P")}, head_ports("N")


def cache_port(config: dict, positions: str) -> Port:
    return ("float32", [config["layers"], 2, "B", positions, config["d"]])


def head_ports(rows: str) -> Ports:
    return {
        "logits": ("int32", [rows, 64]),
        "not_reached": ("int32", [rows, 32, 3]),
        "horizons": ("int32", [rows, 2, 65]),
    }


def keep_latest(g: Graph, cache: str, window: int) -> None:
    g.Slice(cache, axes(1 - window), WHOLE, axes(3), name="next_cache")


def say(parts: Parts, x: str) -> None:
    f = parts.quantised(parts.norm(x, "norm"))
    parts.logits(f, "logits")
    parts.not_reached(f, "not_reached")
    parts.horizons(f, "horizons")


def rows_of(parts: Parts, config: dict, pairs, reads: str, cache: str | None = None):
    """Rows behind the last layer [N, d], and their own k and v [layers, 2, N, d]."""
    g, d = parts.graph, config["d"]
    exists = g.GreaterOrEqual(reads, I32(0))
    at = g.Max(reads, I32(0))
    flat = g.Reshape(cache, axes(config["layers"], 2, -1, d)) if cache else None
    x = parts.inputs(*pairs)
    made = []
    for layer in range(config["layers"]):
        name = f"layers.{layer}"
        qkv = parts.linear(parts.quantised(parts.norm(x, f"{name}.norm1")), f"{name}.qkv")
        q, *own = g.split(qkv, 3)
        made.append(stacked(g, own, 0))
        if flat:
            older = (g.Gather(g.Gather(flat, I64(layer)), I64(each)) for each in (0, 1))
            own = [g.Concat(*both, axis=0) for both in zip(older, own, strict=True)]
        mixed = attend(parts, config, (q, *own), (at, exists, f"{name}.bias"))
        x = g.Add(x, parts.linear(parts.quantised(mixed), f"{name}.out"))
        up = parts.linear(parts.quantised(parts.norm(x, f"{name}.norm2")), f"{name}.up")
        x = g.Add(x, parts.linear(parts.quantised(g.Relu(up)), f"{name}.down"))
    return x, stacked(g, made, 0)


def attend(parts: Parts, config: dict, qkv, reads: tuple[str, str, str]) -> str:
    """q [N, d] over rows of k and v [R, d]; reads: indices [N, window], which exist, the bias."""
    g, (at, exists, bias) = parts.graph, reads
    heads, width = config["heads"], config["d"] // config["heads"]
    by_head = [
        g.Transpose(g.Reshape(each, axes(-1, heads, width)), perm=[1, 0, 2]) for each in qkv
    ]
    k, v = (g.Gather(each, at, axis=1) for each in by_head[1:])
    products = g.Squeeze(g.MatMul(k, g.Unsqueeze(by_head[0], axes(-1))), axes(-1))
    scores = g.Add(g.Mul(products, F(1 / np.sqrt(width))), parts.tensors[bias][:, None])
    share = g.Softmax(g.Where(exists, scores, F(-np.inf)), axis=-1)
    mixed = g.Squeeze(g.MatMul(g.Unsqueeze(share, axes(-2)), v), axes(-2))
    return g.Reshape(g.Transpose(mixed, perm=[1, 0, 2]), axes(-1, config["d"]))
