"""`Writer`: an ONNX graph in the making, and the registry of what a row of the table is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from autograd.bridge.errors import BridgeError
from autograd.bridge.onnx_file import DTYPES
from autograd.graph.node import Node

# The set of operators that is written, which runtimes of 2023 know; and the form of the file.
OPSET, IR = 18, 10
NUMBERS = {np.dtype(name): number for number, name in DTYPES.items()}


@dataclass(frozen=True)
class Operand:
    """A value of the graph that is written.

    Attributes
    ----------
    name : str
        In the graph.
    shape : tuple of int
    dtype : numpy.dtype
    fixed : array or number, optional
        What it is where it is a constant.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fixed: Any = None


Form = Callable[..., Operand]
FORMS: dict[str, Form] = {}
F = TypeVar("F", bound=Form)


def form(*rows: str) -> Callable[[F], F]:
    """Declare what rows of the table are in ONNX: a function of the writer, the operands, and the row's parameters.

    Examples
    --------
    >>> form("no such row")(lambda w, x: w.make("Relu", x, like=x)).__name__
    '<lambda>'
    >>> del FORMS["no such row"]
    """

    def enter(function: F) -> F:
        FORMS.update(dict.fromkeys(rows, function))
        return function

    return enter


class Writer:
    """Nodes and numbers of a graph.

    Attributes
    ----------
    nodes, initializers : list
        Of the package `onnx`.
    node : Node
        Of this engine, which is being written: its result is `result`, its line and module are those of what is made.
    """

    def __init__(self, onnx: Any) -> None:
        self.onnx = onnx
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self._taken: set[str] = set()
        self._constants: dict[tuple[str, tuple[int, ...], bytes], Operand] = {}
        self.node: Node | None = None

    def name(self, wanted: str) -> str:
        """A name that nothing else has."""
        found, number = wanted, 0
        while found in self._taken:
            number += 1
            found = f"{wanted}_{number}"
        self._taken.add(found)
        return found

    def tensor(self, wanted: str, array: np.ndarray) -> Operand:
        """Numbers that the file holds, by a name."""
        array = np.asarray(array)
        if array.dtype not in NUMBERS:
            raise BridgeError(f"{wanted}: ONNX has no numbers of {array.dtype}")
        name = self.name(wanted)
        self.initializers.append(
            self.onnx.numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name)
        )
        return Operand(name, array.shape, array.dtype, array)

    def constant(self, value: Any, dtype: Any = None) -> Operand:
        """A number or an array that the graph needs; the same is held once."""
        array = np.asarray(value, dtype)
        key = array.dtype.str, array.shape, array.tobytes()
        if key not in self._constants:
            self._constants[key] = self.tensor("constant", array)
        return self._constants[key]

    def lengths(self, values: Sequence[int]) -> Operand:
        """Whole numbers that say how an operator works."""
        return self.constant(list(values), np.int64)

    def make(
        self,
        operator: str,
        *operands: Operand | None,
        like: Operand | None = None,
        shape: tuple[int, ...] = (),
        dtype: Any = np.float32,
        output: int = 0,
        attributes: dict[str, Any] | None = None,
        **more: Any,
    ) -> Operand:
        """A node, and what comes out of it.

        Parameters
        ----------
        operator : str
        *operands : Operand or None
        like : Operand, optional
            Of which shape and dtype it is; else they are given.
        shape, dtype
        output : int
            Which of its results is meant.
        attributes, **more
            Of the node.

        Returns
        -------
        Operand
        """
        scope = self.node.scope if self.node is not None else None
        name = self.name(f"/{scope}/{operator}" if scope else f"/{operator}")
        inputs = [self._name_of(operand) for operand in operands]
        outputs = [f"{name}_output_{i}" for i in range(output + 1)]
        node = self.onnx.helper.make_node(operator, inputs, outputs, name=name, **(attributes or {}), **more)
        self._note_line(node)
        self.nodes.append(node)
        return Operand(outputs[-1], like.shape if like else shape, like.dtype if like else np.dtype(dtype))

    def _name_of(self, x: Operand | None) -> str:
        """What a node calls an operand; a number of Python's becomes a constant when it is needed."""
        if x is None or x.name:
            return x.name if x is not None else ""
        return self.constant(x.fixed, x.dtype).name

    def _note_line(self, node: Any) -> None:
        """Write down the user's line as PyTorch's exporter does, so that others show it."""
        site = self.node.site if self.node is not None else None
        if site is not None and hasattr(node, "metadata_props"):
            text = f'File "{site.filename}", line {site.lineno}, in {site.function}\n    {site.line}'
            node.metadata_props.add(key="pkg.torch.onnx.stack_trace", value=text)

    def cast(self, x: Operand, dtype: Any) -> Operand:
        """In another dtype."""
        wanted = np.dtype(dtype)
        if x.dtype == wanted and x.name:
            return x
        if wanted not in NUMBERS:
            raise BridgeError(f"ONNX has no numbers of {wanted}")
        if x.fixed is not None:
            return self.constant(x.fixed, wanted)
        return self.make("Cast", x, shape=x.shape, dtype=wanted, to=NUMBERS[wanted])

    def common(self, *xs: Operand) -> list[Operand]:
        """In the dtype that they have together in NumPy, where ONNX wants the same of all."""
        parts = [x.fixed if type(x.fixed) in (bool, int, float) else x.dtype for x in xs]
        wanted = np.result_type(*parts)
        return [self.cast(x, wanted) for x in xs]

    def reshape(self, x: Operand, shape: Sequence[int]) -> Operand:
        """In another shape."""
        if x.shape == tuple(shape):
            return x
        return self.make("Reshape", x, self.lengths(shape), shape=tuple(shape), dtype=x.dtype, allowzero=1)

    def transpose(self, x: Operand, axes: Sequence[int]) -> Operand:
        """With its axes in another order."""
        if list(axes) == list(range(len(x.shape))):
            return x
        return self.make("Transpose", x, shape=tuple(x.shape[i] for i in axes), dtype=x.dtype, perm=list(axes))
