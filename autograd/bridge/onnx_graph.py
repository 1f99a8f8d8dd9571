"""The graph of an ONNX model, read as plain data."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from autograd.bridge.errors import BridgeError
from autograd.bridge.lines import find_assigned
from autograd.bridge.onnx_file import PARAMETERS, dtype_of, open_model, require, to_array
from autograd.bridge.program import Leaf, Line, Operation, Program, Reference
from autograd.bridge.torch_marks import FRAME

# Names that a saved program has for itself.
RESERVED = ("file", "program.json")
# Operators whose rules want to know how many results they give.
COUNTED = ("Split", "MaxPool")
# Operators that learn nothing of what they take beside their first input.
_MEASURED = ("Resize", "Upsample", "Pad", "Clip", "OneHot", "Dropout")
# Names that PyTorch's exporter makes up for what it computed beforehand: of one number everywhere that is no parameter.
_MADE = re.compile(r"val_\d+$|(zeros|ones|full)(_like)?(_\d+)?$")
# What the exporter of PyTorch writes down of an operator.
TRACE, SCOPES = "pkg.torch.onnx.stack_trace", "pkg.torch.onnx.name_scopes"
CLASSES = "pkg.torch.onnx.class_hierarchy"
_LIBRARIES = ("site-packages", "dist-packages")
_FLOAT, _INT, _STRING, _TENSOR, _GRAPH, _FLOATS, _INTS, _STRINGS = 1, 2, 3, 4, 5, 6, 7, 8


def read_program(source: Any, parameters: Collection[str] | None = None) -> Program:
    """The program of an ONNX model.

    Parameters
    ----------
    source : path or onnx.ModelProto
    parameters : collection of str, optional
        The initializers that are parameters; by default those that a network learns, see `from_onnx`.

    Returns
    -------
    Program

    Raises
    ------
    BridgeError
    """
    model, name, folder = open_model(source)
    return Reader(model, name, folder, parameters).program()


class Reader:
    """An ONNX model, as a program."""

    def __init__(self, model: Any, name: str, folder: Path | None, parameters: Collection[str] | None) -> None:
        self.onnx = require()
        self.name, self.folder, self.wanted = name, folder, parameters
        self.model = self._inline(model)
        self.opsets = {"" if o.domain == "ai.onnx" else o.domain: int(o.version) for o in self.model.opset_import}
        self.arrays: dict[str, np.ndarray] = {}
        self.leaves: list[Leaf] = []
        self.modules: dict[str, str] = {}

    def _inline(self, model: Any) -> Any:
        """Functions that the model declares are taken apart where they are called."""
        if not model.functions:
            return model
        try:
            return import_module("onnx.inliner").inline_local_functions(model)
        except Exception as error:
            raise BridgeError(f"{self.name}: the functions that it declares cannot be taken apart: {error}") from error

    def program(self) -> Program:
        graph = self.model.graph
        held = {tensor.name: tensor for tensor in graph.initializer}
        inputs = [self._input(value) for value in graph.input if value.name not in held]
        if graph.sparse_initializer:
            raise BridgeError(f"{self.name}: sparse initializers have no translation")
        learned = self._kinds_of_leaves(graph, held)
        for tensor in graph.initializer:
            array = to_array(tensor, self.folder, f"{self.name}, initializer {tensor.name}")
            kind = learned(tensor.name, array)
            self.leaves.append(Leaf(safe(tensor.name), kind, tensor.name, array.shape, array.dtype.name))
            self.arrays[safe(tensor.name)] = array
        operations = self._operations(graph, prefix="")
        outputs = [self._refer_to(value.name, operations, inputs) for value in graph.output]
        training = any(o.kwargs.get("training_mode") is True for o in operations)
        return Program(
            name=self.name,
            framework="onnx",
            training=training,
            leaves=[*inputs, *self.leaves],
            arguments=(tuple(Reference(leaf.name) for leaf in inputs), {}),
            operations=operations,
            results=outputs[0] if len(outputs) == 1 else tuple(outputs),
            updates=self._updates(graph, held),
            modules=self.modules,
            arrays=self.arrays,
        )

    def _refer_to(self, name: str, operations: list[Operation], inputs: list[Leaf]) -> Reference:
        known = {o.name for o in operations} | {leaf.name for leaf in [*inputs, *self.leaves]}
        if safe(name) not in known:
            raise BridgeError(f"{self.name}: the output {name!r} is computed nowhere")
        return Reference(safe(name))

    def _input(self, value: Any) -> Leaf:
        told = f"{self.name}, input {value.name}"
        if not value.type.HasField("tensor_type"):
            kind = value.type.WhichOneof("value")
            raise BridgeError(f"{told}: {kind} is no tensor, which the inputs of a program are")
        held = value.type.tensor_type
        shape: tuple[int | str, ...] = ("...",)
        if held.HasField("shape"):
            shape = tuple(_length(dim) for dim in held.shape.dim)
        return Leaf(safe(value.name), "input", value.name, shape, dtype_of(held.elem_type, told).name)

    def _kinds_of_leaves(self, graph: Any, held: dict[str, Any]) -> Callable[[str, np.ndarray], str]:
        """What kind each initializer is."""
        moved = {name for node in graph.node for name in _running_averages(node)}
        measures = {name for node in graph.node if node.op_type in _MEASURED for name in node.input[1:]}
        told = {entry.key: entry.value for entry in self.model.metadata_props}.get(PARAMETERS)
        if self.wanted is None and told is not None:
            self.wanted = [name for name in told.split("\n") if name in held]
        if self.wanted is not None:
            unknown = sorted(set(self.wanted) - set(held))
            if unknown:
                raise BridgeError(f"{self.name} has no initializer {', '.join(unknown)}; it has {', '.join(held)}")

        def kind(name: str, array: np.ndarray) -> str:
            if name in moved:
                return "buffer"
            if self.wanted is not None:
                return "parameter" if name in self.wanted else "constant"
            fixed = name in measures or (bool(_MADE.match(name)) and array.size and (array == array.flat[0]).all())
            learned = array.dtype.kind == "f" and array.ndim and np.isfinite(array).all() and not fixed
            return "parameter" if learned else "constant"

        return kind

    def _updates(self, graph: Any, held: dict[str, Any]) -> dict[str, str]:
        """Running averages that a node in training mode gives anew."""
        return {
            averaged: safe(new)
            for node in graph.node
            for averaged, new in zip(_running_averages(node), node.output[1:3], strict=False)
            if new and averaged in held
        }

    def _operations(self, graph: Any, prefix: str) -> list[Operation]:
        found: list[Operation] = []
        for number, node in enumerate(graph.node):
            if node.op_type == "Constant" and node.domain in ("", "ai.onnx"):
                self._constant(node.output[0], self._value(node))
            else:
                found += self._node(node, number, graph.name, prefix)
        return found

    def _constant(self, name: str, array: np.ndarray) -> Reference:
        self.arrays[safe(name)] = array
        self.leaves.append(Leaf(safe(name), "constant", name, array.shape, array.dtype.name))
        return Reference(safe(name))

    def _value(self, node: Any) -> np.ndarray:
        told = f"{self.name}, constant {node.output[0]}"
        for attribute in node.attribute:
            if attribute.name == "value":
                return to_array(attribute.t, self.folder, told)
            if attribute.name in ("value_float", "value_floats"):
                return np.asarray(attribute.f if attribute.name == "value_float" else list(attribute.floats), "float32")
            if attribute.name in ("value_int", "value_ints"):
                return np.asarray(attribute.i if attribute.name == "value_int" else list(attribute.ints), "int64")
        raise BridgeError(f"{told}: of texts or sparse, which has no translation")

    def _node(self, node: Any, number: int, graph: str, prefix: str) -> list[Operation]:
        call, several = self._call(node)
        lines, module = self._lines(node, number, graph), self._module(node)
        place = f"{self.name}, node {number} ({node.name or node.op_type})"
        kwargs = {attribute.name: self._attribute(attribute, node, place) for attribute in node.attribute}
        if node.op_type in COUNTED:
            kwargs["results"] = len(node.output)
        named = [(i, safe(out)) for i, out in enumerate(node.output) if out]
        if not named:
            return []
        args = [Reference(safe(name)) if name else None for name in node.input]
        outer = sorted({name for part in kwargs.values() if isinstance(part, Program) for name in outside(part)})
        if any(isinstance(part, Program) for part in kwargs.values()):
            kwargs["outer"] = {name: Reference(name) for name in outer}
        several = several or len(node.output) > 1
        name = f"{named[0][1]} of {len(node.output)}" if several else named[0][1]
        variable = find_assigned(lines[-1]) if self._trace(node) else ""
        main = Operation(name, call, tuple(args), kwargs, lines, module, variable)
        parts = [
            Operation(out, "operator.getitem", (Reference(name), i), {}, lines, module) for i, out in named if several
        ]
        return [main, *parts]

    def _call(self, node: Any) -> tuple[str, bool]:
        """The key of its translation, and whether its kind may give several results."""
        domain = "" if node.domain == "ai.onnx" else node.domain
        version = self.opsets.get(domain, 1)
        word = ".".join(part for part in ("onnx", domain, node.op_type) if part)
        try:
            schema = self.onnx.defs.get_schema(node.op_type, version, domain)
        except self.onnx.defs.SchemaError:
            return f"{word}.{version}", False
        return f"{word}.{schema.since_version}", schema.max_output > 1

    def _attribute(self, attribute: Any, node: Any, place: str) -> Any:
        kind, told = attribute.type, f"{place}, attribute {attribute.name}"
        if kind == _FLOAT:
            # The digits that a float32 was written with.
            return float(str(np.float32(attribute.f)))
        if kind == _INT:
            return bool(attribute.i) if attribute.name == "training_mode" else int(attribute.i)
        if kind == _STRING:
            return attribute.s.decode("utf-8", "replace")
        if kind == _FLOATS:
            return [float(str(np.float32(x))) for x in attribute.floats]
        if kind == _INTS:
            return [int(x) for x in attribute.ints]
        if kind == _STRINGS:
            return [x.decode("utf-8", "replace") for x in attribute.strings]
        if kind == _TENSOR:
            return self._constant(f"{node.output[0]}.{attribute.name}", to_array(attribute.t, self.folder, told))
        if kind == _GRAPH:
            return self._body(attribute.g, told)
        raise BridgeError(f"{told}: of kind {kind}, which has no translation")

    def _body(self, graph: Any, told: str) -> Program:
        """A graph within a node; its constants are those of the whole, and what it reads from outside is left open."""
        for tensor in graph.initializer:
            self._constant(tensor.name, to_array(tensor, self.folder, f"{told}, initializer {tensor.name}"))
        inputs = [Leaf(safe(value.name), "input", value.name, ("...",), "any") for value in graph.input]
        return Program(
            name=graph.name or told,
            framework="onnx",
            leaves=inputs,
            arguments=(tuple(Reference(leaf.name) for leaf in inputs), {}),
            operations=self._operations(graph, told),
            results=tuple(Reference(safe(value.name)) for value in graph.output),
        )

    def _lines(self, node: Any, number: int, graph: str) -> tuple[Line, ...]:
        """The user's lines where the exporter wrote them down; else the node's place in the file, and what it says."""
        trace = self._trace(node)
        found = [
            Line(filename, int(line), function, text.strip())
            for filename, line, function, text in FRAME.findall(trace + "\n")
            if not any(part in Path(filename).parts for part in _LIBRARIES)
        ]
        taken = ", ".join(name or "_" for name in node.input)
        told = f"{', '.join(name or '_' for name in node.output)} = {node.op_type}({taken})"
        return tuple(found) or (Line(self.name, number + 1, graph or "graph", told),)

    def _trace(self, node: Any) -> str:
        return next((entry.value for entry in node.metadata_props if entry.key == TRACE), "")

    def _module(self, node: Any) -> str:
        """The path of the module that it was exported from, as far as the exporters tell."""
        written = {entry.key: entry.value for entry in node.metadata_props}
        if SCOPES not in written:
            return module_of_name(node.name)
        paths, classes = texts_of(written[SCOPES]), texts_of(written.get(CLASSES, ""))
        # The last of both is the operation.
        for path, name in zip(paths[:-1], classes[:-1], strict=False):
            if path:
                self.modules.setdefault(path, name.rpartition(".")[2])
        return paths[-2] if len(paths) > 1 else ""


def safe(name: str) -> str:
    """A name that a program can have."""
    return f"{name}_" if name in RESERVED else name


def _length(dim: Any) -> int | str:
    """A length, or what stands for one that may vary."""
    return int(dim.dim_value) if dim.HasField("dim_value") else (dim.dim_param or "?")


def _running_averages(node: Any) -> Iterator[str]:
    """The running averages that a node reads."""
    if node.op_type == "BatchNormalization":
        yield from node.input[3:5]


def outside(program: Program) -> set[str]:
    """The names that a body reads and does not make."""
    own = {leaf.name for leaf in program.leaves} | {o.name for o in program.operations}
    read = {name for o in program.operations for name in o.operands}
    return (read | {x.name for x in program.results}) - own


def texts_of(written: str) -> list[str]:
    """A list of texts that Python wrote; empty where it is none.

    Examples
    --------
    >>> texts_of("['', 'encoder', 'encoder.0', 'linear']")
    ['', 'encoder', 'encoder.0', 'linear']
    """
    try:
        found = ast.literal_eval(written)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return found if isinstance(found, list) and all(isinstance(part, str) for part in found) else []


def module_of_name(name: str) -> str:
    """The path in the name that the older exporter gives.

    Examples
    --------
    >>> module_of_name("/layer1/layer1.0/conv1/Conv")
    'layer1.0.conv1'
    """
    path = ""
    if not name.startswith("/"):
        return path
    for part in name.split("/")[1:-1]:
        path = part if not path or part.startswith(f"{path}.") else f"{path}.{part}"
    return path
