"""`to_onnx`: a network or a function on tensors as an ONNX file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import autograd.torch as torch
import nn
from autograd import files
from autograd._version import __version__
from autograd.arguments import argument_names
from autograd.bridge.bridged import Bridged
from autograd.bridge.errors import BridgeError
from autograd.bridge.onnx_export.writer import FORMS, IR, NUMBERS, OPSET, Operand, Writer
from autograd.bridge.onnx_file import LARGEST, PARAMETERS, require
from autograd.compiler.capture import Trace, TracedTensor
from autograd.engine.tensor import Tensor
from autograd.errors import AutogradError
from autograd.graph.node import Const, Node, get_data, raw
from autograd.graph.tree import leaves, map_leaves

NOT_WRITTEN = (AutogradError, ValueError, TypeError, IndexError, NotImplementedError)


def to_onnx(model: Callable[..., Any], path: str | os.PathLike[str], example: Any) -> Path:
    """Write what a network or a function computes to an ONNX file, whole or not at all.

    It is captured once for arguments of these shapes, in its mode of now (`train()` or `eval()`): loops are unrolled, and
    shapes and branches on Python's values are those of the example. Parameters and buffers are held by their names; other
    tensors that a function reads are constants. Random numbers are drawn anew at each run. What a run does beside computing,
    as moving running averages, is not in the file.

    Parameters
    ----------
    model : nn.Module or callable
        On tensors.
    path : str or path-like
    example : array, tensor, or tuple of them
        What it is called with; only shapes and dtypes count. The inputs have the names of its arguments.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    BridgeError
        Where an operation has no form in ONNX, with its line, or the function decides by values.
    FileError
        Where it cannot be written.

    Examples
    --------
    >>> import nn, numpy as np
    >>> from autograd import bridge
    >>> net = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
    >>> bridge.to_onnx(net, "net.onnx", np.zeros((2, 3), np.float32))     # doctest: +SKIP
    PosixPath('net.onnx')
    """
    return files.write(path, model_of(model, example).SerializeToString())


def model_of(model: Callable[..., Any], example: Any) -> Any:
    """What `to_onnx` writes, as an `onnx.ModelProto`.

    Raises
    ------
    BridgeError
        See `to_onnx`.
    """
    onnx = require()
    if not callable(model):
        raise BridgeError(f"to_onnx takes a network or a function, not {type(model).__name__}")
    args = example if isinstance(example, tuple) else (example,)
    name = type(model).__name__ if isinstance(model, nn.Module) else getattr(model, "__name__", "function")
    name = model.program.name if isinstance(model, Bridged) else name
    trace = Trace()
    # The operations of a bridged program are PyTorch's words.
    face: type[Tensor] = torch.Tensor if isinstance(model, Bridged) else Tensor
    names = argument_names(model, len(args))
    if isinstance(model, Bridged) and len(leaves(list(args))) == len(args):
        names = [leaf.path for leaf in model.program.of_kind("input")][: len(args)]
    inputs: list[TracedTensor] = []

    def stand_in(x: Any, wanted: str) -> TracedTensor:
        array = np.asarray(raw(x))
        if array.dtype not in NUMBERS:
            raise BridgeError(f"{name}, argument {wanted}: an array of numbers is wanted, not {type(x).__name__}")
        node = trace.input(array, wanted, x.face if isinstance(x, Tensor) else face)
        inputs.append(node)
        return node

    given = [_fill(x, wanted, stand_in) for x, wanted in zip(args, names, strict=True)]
    try:
        result = trace.run(model, *given)
    except NOT_WRITTEN as error:
        raise BridgeError(f"{name} cannot be written as ONNX: {error}") from error
    graph = _Graph(onnx, trace, name, _paths(model))
    return graph.model(inputs, result)


def _fill(x: Any, wanted: str, stand_in: Callable[[Any, str], Any]) -> Any:
    """An argument with a stand-in for each tensor in it."""
    if isinstance(x, (dict, list, tuple)):
        count = iter(range(len(leaves(x))))
        return map_leaves(lambda part: stand_in(part, f"{wanted}_{next(count)}"), x)
    return stand_in(x, wanted)


def _paths(model: Any) -> list[tuple[str, Any]]:
    """Parameters and buffers by their names."""
    if not isinstance(model, nn.Module):
        return []
    return [*model.named_parameters(), *model.named_buffers()]


class _Graph:
    """A trace on its way to a graph of ONNX's."""

    def __init__(self, onnx: Any, trace: Trace, name: str, paths: list[tuple[str, Any]]) -> None:
        self.onnx, self.trace, self.name, self.paths = onnx, trace, name, paths
        self.writer = Writer(onnx)
        self.operands: dict[Node, Operand] = {}
        self.parameters: list[str] = []

    def model(self, inputs: list[TracedTensor], result: Any) -> Any:
        """The model that computes a result of inputs."""
        helper = self.onnx.helper
        for given in inputs:
            self.operands[given] = self._operand(self.writer.name(given.name or "input"), given)
        outputs = list(leaves(result))
        if not outputs:
            raise BridgeError(f"{self.name} gives nothing, and a graph of ONNX's gives something")
        for node in _in_order([x for x in outputs if isinstance(x, Node)]):
            if node not in self.operands:
                self.operands[node] = self._write(node)
        named = [self._output(x, i, len(outputs)) for i, x in enumerate(outputs)]
        graph = helper.make_graph(
            self.writer.nodes,
            self.name,
            [self._declare(self.operands[given]) for given in inputs],
            [self._declare(operand) for operand in named],
            self.writer.initializers,
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR, producer_name="stepgrad",
            producer_version=__version__,
        )  # fmt: skip
        helper.set_model_props(model, {PARAMETERS: "\n".join(self.parameters)})
        if model.ByteSize() >= LARGEST:
            raise BridgeError(
                f"{self.name} has {model.ByteSize()} bytes as ONNX, and {LARGEST} are the bound of one file"
            )
        self.onnx.checker.check_model(model)
        return model

    def _operand(self, name: str, node: Node) -> Operand:
        array = self.trace.real[node]
        return Operand(name, array.shape, array.dtype)

    def _declare(self, operand: Operand) -> Any:
        return self.onnx.helper.make_tensor_value_info(operand.name, NUMBERS[operand.dtype], operand.shape)

    def _output(self, x: Any, number: int, count: int) -> Operand:
        """A result by a name of its own."""
        found = self.operands[x] if isinstance(x, Node) else self.writer.constant(raw(x))
        name = self.writer.name("output" if count == 1 else f"output_{number}")
        self.writer.node = None
        self.writer.nodes.append(self.onnx.helper.make_node("Identity", [found.name], [name], name=f"/{name}"))
        return Operand(name, found.shape, found.dtype)

    def _write(self, node: Node) -> Operand:
        if isinstance(node, Const):
            array = np.asarray(node.data)
            if type(node.data) in (bool, int, float):
                # Its dtype is that of what it meets.
                return Operand("", (), array.dtype, node.data)
            return self.writer.constant(array)
        if node.op is None:
            return self._leaf(node)
        write = FORMS.get(node.op.name)
        place = f"{node.site}" if node.site is not None else "an unknown line"
        if write is None:
            raise BridgeError(
                f"{self.name}: {node.op.name} has no form in ONNX, at {place}; compute it with other operations, or leave it "
                "out of what is written"
            )
        self.writer.node = node
        xs = [self.operands[parent] for parent in node.parents]
        try:
            found = write(self.writer, *xs, **dict(node.params or {}))
        except NOT_WRITTEN as error:
            raise BridgeError(f"{self.name}: {node.op.name} cannot be written as ONNX, at {place}: {error}") from error
        wanted = self.trace.real[node]
        if found.shape != wanted.shape:
            raise BridgeError(
                f"{self.name}: {node.op.name} at {place} was written of shape {found.shape}, not {wanted.shape}"
            )
        return self.writer.cast(found, wanted.dtype)

    def _leaf(self, node: Node) -> Operand:
        """A parameter, a buffer, or other numbers from outside; or numbers that are drawn."""
        if node in self.trace.drawn:
            _, shape = self.trace.drawn[node]  # type: ignore[index]
            self.writer.node = node
            attributes = {"shape": list(shape), "dtype": NUMBERS[np.dtype(np.float64)]}
            return self.writer.make("RandomUniform", shape=tuple(shape), dtype=np.float64, attributes=attributes)
        tensor = next(t for t, twin in self.trace.captured.items() if twin is node)
        array = get_data(tensor)
        path = next((path for path, held in self.paths if held is tensor or np.asarray(raw(held)) is array), None)
        found = self.writer.tensor(path or node.name or "constant", array)
        if tensor.requires_grad:
            self.parameters.append(found.name)
        return found


def _in_order(roots: list[Node]) -> Iterator[Node]:
    """Nodes after what they are computed from."""
    seen: set[Node] = set()
    stack: list[tuple[Node, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(parent, False) for parent in reversed(node.parents or ()) if parent not in seen]
