"""A stand-in for the package `onnx`, as far as `to_onnx` writes with it; what was written is run as a program."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from autograd.bridge import Bridged, Leaf, Operation, Program, Reference
from autograd.bridge.onnx_export.writer import OPSET
from autograd.bridge.onnx_file import DTYPES

SEVERAL = {"TopK", "MaxPool", "SoftmaxCrossEntropyLoss"}


class Message(SimpleNamespace):
    """What protobuf makes."""

    def ByteSize(self) -> int:
        return 0

    def SerializeToString(self) -> bytes:
        return repr(self).encode()


def make_node(operator: str, inputs: list[str], outputs: list[str], name: str = "", **attributes: Any) -> Message:
    return Message(operator=operator, input=inputs, output=outputs, name=name, attributes=attributes)


helper = SimpleNamespace(
    make_node=make_node,
    make_tensor_value_info=lambda name, dtype, shape: Message(name=name, dtype=DTYPES[dtype], shape=shape),
    make_graph=lambda nodes, name, inputs, outputs, tensors: Message(
        node=nodes, name=name, input=inputs, output=outputs, initializer=dict(tensors)
    ),
    make_model=lambda graph, **more: Message(graph=graph, **more),
    make_opsetid=lambda domain, version: (domain, version),
    set_model_props=lambda model, held: setattr(model, "properties", held),
)
numpy_helper = SimpleNamespace(from_array=lambda array, name: (name, np.array(array)))
checker = SimpleNamespace(check_model=lambda model: None)


def run(model: Any, *args: Any) -> list[np.ndarray]:
    """What the written model computes."""
    graph = model.graph
    leaves = [Leaf(x.name, "input", x.name, tuple(x.shape), x.dtype) for x in graph.input]
    leaves += [Leaf(name, "constant", name, x.shape, x.dtype.name) for name, x in graph.initializer.items()]
    operations = []
    for node in graph.node:
        inputs = tuple(Reference(name) if name else None for name in node.input)
        several = node.operator in SEVERAL
        result = f"{node.output[0]} of all" if several else node.output[0]
        operations.append(Operation(result, f"onnx.{node.operator}.{OPSET}", inputs, node.attributes))
        if several:
            operations += [
                Operation(name, "operator.getitem", (Reference(result), i)) for i, name in enumerate(node.output)
            ]
    program = Program(
        graph.name, leaves, operations, [Reference(x.name) for x in graph.output],
        (tuple(Reference(x.name) for x in graph.input), {}), graph.initializer, framework="onnx",
    )  # fmt: skip
    return [np.asarray(x.detach().numpy()) for x in Bridged(program)(*args)]
