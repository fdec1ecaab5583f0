"""A graph of ONNX written node by node: `graph.Add(a, b)` adds a node and names its result."""

import json
from collections.abc import Callable
from functools import partial

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper

OPSET = 17
IR_VERSION = 8
"""Of the release that brought the operators; runtimes older than both of them are refused."""
TYPES = {"int32": TensorProto.INT32, "float32": TensorProto.FLOAT}

Value = str | np.ndarray | np.generic
Port = tuple[str, list[int | str]]
"""Type and shape of an input or output; a name in place of a size is any size."""


class Graph:
    """Nodes in the order in which they are asked for; equal constants are held once."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.nodes: list = []
        self.constants: dict[tuple, TensorProto] = {}
        self.parts: dict[str, str] = {}

    def __getattr__(self, operator: str) -> Callable[..., str]:
        if not operator[0].isupper():
            raise AttributeError(operator)
        return partial(self.node, operator)

    def node(self, operator: str, *inputs: Value, name: str | None = None, **attributes) -> str:
        named = [each if isinstance(each, str) else self.constant(each) for each in inputs]
        result = name or f"{self.prefix}{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, named, [result], **attributes))
        return result

    def split(self, x: str, parts: int) -> list[str]:
        """Equal parts of the last axis."""
        results = [f"{self.prefix}split_{len(self.nodes)}_{part}" for part in range(parts)]
        self.nodes.append(helper.make_node("Split", [x], results, axis=-1))
        return results

    def constant(self, value: np.ndarray | np.generic) -> str:
        array = np.ascontiguousarray(value).reshape(np.shape(value))
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.constants:
            called = f"{self.prefix}constant_{len(self.constants)}"
            self.constants[key] = numpy_helper.from_array(array, called)
        return self.constants[key].name

    def part(self, name: str, make: Callable[[], str]) -> str:
        """What every use of a name shares, made at the first."""
        if name not in self.parts:
            self.parts[name] = make()
        return self.parts[name]

    def proto(self, name: str, inputs: dict[str, Port], outputs: dict[str, Port]):
        ports = ([value_of(*port) for port in each.items()] for each in (inputs, outputs))
        return helper.make_graph(self.nodes, name, *ports, list(self.constants.values()))


def value_of(name: str, port: Port):
    return helper.make_tensor_value_info(name, TYPES[port[0]], port[1])


def model_of(graph: Graph, signature: dict) -> ModelProto:
    """The model of a graph; its signature, as the manifest has it, is in its metadata as well.

    signature: name, config, inputs and outputs, each port as {"type", "shape"}.
    """
    ports = [
        {name: (port["type"], port["shape"]) for name, port in signature[side].items()}
        for side in ("inputs", "outputs")
    ]
    model = helper.make_model(
        graph.proto(signature["name"], *ports),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="outrider",
    )
    about = {"signature": signature["name"], "config": json.dumps(signature["config"])}
    helper.set_model_props(model, about)
    checker.check_model(model, full_check=True)
    return model
