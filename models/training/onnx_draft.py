"""The draft as two graphs: its state over a context, and a whole speculation (docs/law.md, 11.10).

The speculation reads the latest move and then drafts `moves` moves of all paths in one call, each
step written out: logits, coupled choice, scale, next code, unit.
"""

import numpy as np
from onnx import TensorProto

from . import ladder
from .onnx_graph import Graph, Port
from .onnx_parts import I64, Parts, axes, stacked

D = np.float64
Ports = dict[str, Port]


def context(parts: Parts, config: dict) -> tuple[Ports, Ports]:
    """A state and moves after it to the state after them; a context begins with a state of 0."""
    g, d = parts.graph, config["d"]
    names = ("tokens", "codes", "next_codes")
    body = Parts(Graph("unit_"), parts.tensors, parts.products)
    unit(body, "unit_inputs", "unit_state", "unit_next")
    rows: Ports = {
        "unit_state": ("float32", ["B", d]),
        "unit_inputs": ("float32", ["B", 3 * d]),
    }
    step = body.graph.proto("unit", rows, {"unit_next": ("float32", ["B", d])})
    g.Scan(
        *("state", parts.inputs(*names)),
        body=step,
        num_scan_inputs=1,
        scan_input_axes=[1],
        name="next_state",
    )
    given: Ports = {name: ("int32", ["B", "M"]) for name in names}
    state: Port = ("float32", ["B", d])
    return {"state": state} | given, {"next_state": state}


def speculation(parts: Parts, config: dict, moves: int) -> tuple[Ports, Ports]:
    """One move more of each context, and what every path drafts after it."""
    g, d, tables = parts.graph, config["d"], ScaleTables(parts.graph)
    scale = g.Cast("scale", to=TensorProto.DOUBLE)
    code = tables.code(scale)
    h = unit(parts, parts.inputs("token", "code", code), "state", "next_state")
    # From contexts to paths: [B, d] to [B * S, d].
    h = g.Reshape(each_path(g, g.Unsqueeze(h, axes(1))), axes(-1, d))
    scale, code = (
        g.Reshape(each_path(g, g.Unsqueeze(each, axes(1))), axes(-1)) for each in (scale, code)
    )
    noise = g.Cast(g.Reshape("noise", axes(-1, moves, 64)), to=TensorProto.DOUBLE)
    tokens, logits = [], []
    for step in range(moves):
        row = parts.logits(parts.quantised(h))
        # Doubles hold the sums exactly, and every runtime compares them; the lowest wins a tie.
        sums = g.Add(g.Cast(row, to=TensorProto.DOUBLE), g.Gather(noise, I64(step), axis=1))
        token = g.ArgMax(sums, axis=-1, keepdims=0, select_last_index=0)
        logits.append(row)
        tokens.append(g.Cast(token, to=TensorProto.INT32))
        if step + 1 < moves:
            scale = tables.step(scale, code, token)
            coded, code = code, tables.code(scale)
            h = unit(parts, parts.inputs(token, coded, code), h)
    g.Reshape(stacked(g, tokens, 1), path_shape(g, moves), name="tokens")
    g.Reshape(stacked(g, logits, 1), path_shape(g, moves, 64), name="logits")
    given: Ports = {name: ("int32", ["B"]) for name in ("token", "code", "scale")}
    state: Port = ("float32", ["B", d])
    noises: Ports = {"noise": ("int32", ["B", "S", moves, 64])}
    said: Ports = {
        "tokens": ("int32", ["B", "S", moves]),
        "logits": ("int32", ["B", "S", moves, 64]),
    }
    return {"state": state} | given | noises, {"next_state": state} | said


def path_shape(g: Graph, *sizes: int) -> str:
    """B, S and the sizes."""
    both = g.part("paths", lambda: g.Slice(g.Shape("noise"), axes(0), axes(2)))
    return g.Concat(both, axes(*sizes), axis=0)


def each_path(g: Graph, x: str) -> str:
    """[B, 1, ...] once for each path: [B, S, ...]."""
    paths = g.part("S", lambda: g.Slice(g.Shape("noise"), axes(1), axes(2)))
    size = g.Shape(x)
    ends = g.Slice(size, axes(0), axes(1)), g.Slice(size, axes(2), axes(2**31 - 1))
    return g.Expand(x, g.Concat(ends[0], paths, ends[1], axis=0))


def unit(parts: Parts, inputs: str, h: str, name: str | None = None) -> str:
    g = parts.graph
    ir, iz, i_n = g.split(inputs, 3)
    ur, uz, un = g.split(parts.linear(parts.quantised(h), "hidden"), 3)
    r, z = g.Sigmoid(g.Add(ir, ur)), g.Sigmoid(g.Add(iz, uz))
    n = g.Tanh(g.Add(i_n, g.Mul(r, un)))
    return g.Add(n, g.Mul(z, g.Sub(h, n)), name=name)


class ScaleTables:
    """docs/law.md, 2 over doubles, which hold every number of it exactly."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.sizes = np.abs(ladder.token_moves()).astype(D)
        self.from_code_1 = ladder.thresholds()[None, 1:].astype(D)

    def code(self, scale: str) -> str:
        """[rows] int32: how many thresholds from code 1 on are reached."""
        g = self.graph
        reached = g.GreaterOrEqual(g.Unsqueeze(scale, axes(-1)), self.from_code_1)
        count = g.ReduceSum(g.Cast(reached, to=TensorProto.INT32), axes(-1), keepdims=0)
        return g.Cast(count, to=TensorProto.INT32)

    def step(self, scale: str, code: str, token: str) -> str:
        g = self.graph
        rows = g.Gather(self.sizes, code)
        size = g.GatherElements(rows, g.Unsqueeze(token, axes(-1)), axis=1)
        excess = g.Sub(g.Mul(g.Squeeze(size, axes(-1)), D(4096)), scale)
        moved = g.Add(scale, g.Floor(g.Mul(excess, D(1 / 32))))
        return g.Min(moved, D(ladder.SCALE_MAX))
