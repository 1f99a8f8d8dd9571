"""`Flat`: a captured graph as a straight line of instructions: constants folded, equal parts once, dead parts gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.compiler.capture import Trace
from autograd.node import Const, Node, ancestors
from autograd.op import Op

# Elements of a constant up to which it is compared with others.
SMALL = 10_000


@dataclass(frozen=True, eq=False)
class Variable:
    """An array of the program.

    Attributes
    ----------
    number : int
    kind : {"input", "constant", "result"}
    shape, dtype
    value : array or None
        A constant's.
    node : Node or None
        What it was recorded as, for its name and its source line.
    """

    number: int
    kind: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    value: Any = None
    node: Node | None = None


@dataclass(frozen=True, eq=False)
class Instruction:
    """`out = op(*operands, **params)`; operands are variables, or Python numbers, which have no dtype of their own."""

    op: Op
    operands: tuple[Any, ...]
    params: Mapping[str, Any]
    out: Variable


@dataclass
class Flat:
    """A program.

    Attributes
    ----------
    inputs : list of Variable
        Arguments, then what is read from outside.
    instructions : list of Instruction
    outputs : list of (Variable or number)
    """

    inputs: list[Variable]
    instructions: list[Instruction]
    outputs: list[Any]
    constants: list[Variable] = field(default_factory=list)


class _Builder:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.count = 0
        self.of: dict[Node, Any] = {}
        self.known: dict[Any, Variable] = {}
        self.instructions: list[Instruction] = []

    def variable(self, kind: str, data: np.ndarray, node: Node | None, value: Any = None) -> Variable:
        self.count += 1
        return Variable(self.count, kind, data.shape, data.dtype, value, node)

    def constant(self, held: Any) -> Any:
        """A number is itself; equal arrays are one, where they are small enough to look."""
        if not isinstance(held, np.ndarray):
            return held
        key = (held.shape, held.dtype.char, held.tobytes()) if held.size <= SMALL else id(held)
        if key not in self.known:
            self.known[key] = self.variable("constant", held, None, held)
        return self.known[key]

    def add(self, node: Node) -> None:
        if node in self.of:
            return
        if node.__class__ is Const:
            self.of[node] = self.constant(node.data)
            return
        op = node.op
        assert op is not None
        operands = tuple(self.of[parent] for parent in node.parents)
        data = self.trace.real[node]
        if op.name in ("identity", "stop_gradient") or _changes_nothing(op, operands, data):
            self.of[node] = next(x for x in operands if isinstance(x, Variable))
            return
        if all(not isinstance(x, Variable) or x.kind == "constant" for x in operands):
            self.of[node] = self.constant(data)
            return
        operands = tuple(_as_number(op, x, operands, data) for x in operands)
        # A random operation never equals another; there is none in the table, and opaque ones are a user's.
        key = (op.name, repr(node.params), tuple(_key(x) for x in operands)) if not op.opaque else node
        if key not in self.known:
            out = self.variable("result", data, node)
            self.known[key] = out
            self.instructions.append(Instruction(op, operands, node.params, out))
        self.of[node] = self.known[key]


def _as_number(op: Op, x: Any, operands: Sequence[Any], data: np.ndarray) -> Any:
    """A constant array that holds one number everywhere as that number, where the result stays what it is."""
    if not isinstance(x, Variable) or x.kind != "constant" or not isinstance(op.array, np.ufunc) or op.array.signature:
        return x
    others = [o for o in operands if o is not x and isinstance(o, Variable)]
    same = any((o.shape, o.dtype) == (data.shape, x.dtype) for o in others)
    # A zero has a sign, which is not compared.
    uniform = x.value.size and x.dtype.kind == "f" and x.value.flat[0] != 0 and bool(np.all(x.value == x.value.flat[0]))
    return float(x.value.flat[0]) if same and uniform else x


def _key(x: Any) -> Any:
    return x.number if isinstance(x, Variable) else (type(x), repr(x))


def _changes_nothing(op: Op, operands: Sequence[Any], data: np.ndarray) -> bool:
    """Whether an operation gives back its one array as it is."""
    arrays = [x for x in operands if isinstance(x, Variable)]
    if len(arrays) != 1 or (arrays[0].shape, arrays[0].dtype) != (data.shape, data.dtype):
        return False
    numbers = [x for x in operands if not isinstance(x, Variable)]
    one = numbers == [1] and not isinstance(numbers[0], bool)
    if op.name in ("mul", "scale") or (op.name in ("div", "power") and operands[0] is arrays[0]):
        return one
    return op.name in ("astype", "broadcast_to", "reshape")


def flatten(trace: Trace, outputs: Sequence[Any]) -> Flat:
    """The program that computes some nodes of a trace.

    Parameters
    ----------
    trace : Trace
    outputs : sequence of Node, array or number
    """
    builder = _Builder(trace)
    inputs: list[Node] = [*trace.inputs, *trace.captured.values()]
    for node in inputs:
        builder.of[node] = builder.variable("input", trace.real[node], node)
    wanted: list[Any] = []
    for output in outputs:
        if isinstance(output, Node):
            for node in ancestors(output):
                builder.add(node)
            wanted.append(builder.of[output])
        else:
            wanted.append(output)
    needed = {x for x in wanted if isinstance(x, Variable)}
    kept: list[Instruction] = []
    for instruction in reversed(builder.instructions):
        if instruction.out in needed:
            kept.append(instruction)
            needed.update(x for x in instruction.operands if isinstance(x, Variable))
    constants = sorted((x for x in needed if x.kind == "constant"), key=lambda x: x.number)
    return Flat([builder.of[node] for node in inputs], kept[::-1], wanted, constants)
