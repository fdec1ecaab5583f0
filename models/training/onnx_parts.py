"""The arithmetic of docs/law.md, section 11, in standard operators of ONNX.

Rows are quantised as the law says, weights stay int8 in the file, and products of whole numbers are
exact in single precision. Order of float sums and exp, ln, sigmoid, tanh are the runtime's own.
"""

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from .config import COARSE, HORIZON_CLASSES, LEAST, LIMIT, MOVES_MAX, TOKENS
from .onnx_graph import Graph

F, I32, I64 = np.float32, np.int32, np.int64
LOGIT_LEAST = -(2**30)
PRODUCTS = ("float32", "int8")


@dataclass(frozen=True)
class Parts:
    """Tensors of a file of weights, in a graph.

    products: `float32` multiplies whole numbers as floats, `int8` by MatMulInteger; both are exact.
    """

    graph: Graph
    tensors: dict[str, np.ndarray]
    products: str = "float32"

    def inputs(self, tokens: str, codes: str, next_codes: str) -> str:
        """Indices of any shape to the rows that a model begins with."""
        g, given = self.graph, self.tensors
        x = g.Add(g.Gather(given["token"], tokens), g.Gather(given["code"], codes))
        return g.Add(x, g.Gather(given["next_code"], next_codes))

    def norm(self, x: str, name: str) -> str:
        g = self.graph
        mean = g.ReduceMean(g.Mul(x, x), axes=[-1], keepdims=1)
        return g.Mul(g.Mul(x, g.Reciprocal(g.Sqrt(g.Add(mean, F(1e-5))))), self.tensors[name])

    def quantised(self, x: str) -> tuple[str, str]:
        """Whole numbers of at most 127 as floats, and the scale of each row."""
        g = self.graph
        most = g.ReduceMax(g.Abs(x), axes=[-1], keepdims=1)
        counts = g.GreaterOrEqual(most, F(LEAST))
        inverse = g.Where(counts, g.Div(F(LIMIT), most), F(0))
        scale = g.Where(counts, g.Div(most, F(LIMIT)), F(0))
        return g.Round(g.Mul(x, inverse)), scale

    def linear(self, row: tuple[str, str], name: str) -> str:
        """Of a quantised row."""
        g, (q, scale) = self.graph, row
        total = self.product(q, name)
        return g.Mul(g.Mul(total, scale), self.tensors[f"{name}.scale"])

    def product(self, q: str, name: str) -> str:
        g, columns = self.graph, np.ascontiguousarray(self.tensors[name].T)
        if self.products == "float32":
            return g.MatMul(q, g.part(name, lambda: g.Cast(columns, to=TensorProto.FLOAT)))
        # Unsigned rows: the faster of the forms that processors have.
        unsigned = g.Cast(g.Add(q, F(128)), to=TensorProto.UINT8)
        total = g.MatMulInteger(unsigned, columns, np.uint8(128))
        return g.Cast(total, to=TensorProto.FLOAT)

    def logits(self, f: tuple[str, str], name: str | None = None) -> str:
        """[rows, 64] in Q16 nats, int32."""
        g = self.graph
        head = self.linear(f, "head")
        coarse = g.LogSoftmax(between(g, head, 0, COARSE), axis=-1)
        groups = axes(-1, COARSE, TOKENS // COARSE)
        fine = g.Reshape(between(g, head, COARSE, COARSE + TOKENS), groups)
        both = g.Add(g.Unsqueeze(coarse, axes(-1)), g.LogSoftmax(fine, axis=-1))
        return q16(g, g.Reshape(both, axes(-1, TOKENS)), name)

    def not_reached(self, f: tuple[str, str], name: str) -> str:
        """[rows, 32, 3] in Q16, int32: that 1 to 32 moves take less than 0.1, 1 and 10 s."""
        g = self.graph
        chance = g.Sigmoid(self.linear(f, "duration"))
        rounded = g.Min(g.Round(g.Mul(chance, F(65536))), F(65535))
        shaped = g.Reshape(rounded, axes(-1, MOVES_MAX, 3))
        return g.Cast(shaped, to=TensorProto.INT32, name=name)

    def horizons(self, f: tuple[str, str], name: str) -> str:
        """[rows, 2, 65] in Q16 nats, int32."""
        g = self.graph
        each = g.Reshape(self.linear(f, "horizon"), axes(-1, 2, HORIZON_CLASSES))
        return q16(g, g.LogSoftmax(each, axis=-1), name)


def between(g: Graph, x: str, first: int, end: int) -> str:
    """Columns `first` to `end - 1`."""
    return g.Slice(x, axes(first), axes(end), axes(-1))


def q16(g: Graph, nats: str, name: str | None) -> str:
    rounded = g.Max(g.Round(g.Mul(nats, F(65536))), F(LOGIT_LEAST))
    return g.Cast(rounded, to=TensorProto.INT32, name=name)


def axes(*sizes: int) -> np.ndarray:
    """Axes, bounds and shapes are lists of int64 to ONNX."""
    return np.array(sizes, I64)


def size_of(g: Graph, x: str, axis: int) -> str:
    """One size of a value as an int32 scalar."""
    size = g.Gather(g.Shape(x), I64(axis))
    return g.Cast(size, to=TensorProto.INT32)


def stacked(g: Graph, parts: list[str], axis: int, name: str | None = None) -> str:
    """A new axis over parts of one shape."""
    rows = [g.Unsqueeze(part, axes(axis)) for part in parts]
    return g.Concat(*rows, axis=axis, name=name)


