"""`Flat`: a captured graph as a straight line of instructions: constants folded, equal parts once, dead parts gone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.compiler.capture import Trace, TracedTensor
from autograd.compiler.expand import expansion
from autograd.graph.node import Const, Node
from autograd.graph.op import TABLE, Op
from autograd.graph.versions import settle

_ADD, _MUL, _TIMES, _SCALE = TABLE["add"], TABLE["mul"], TABLE["times"], TABLE["scale"]
# Elements of a constant up to which it is compared with others.
SMALL = 10_000


def _assemble(*parts: np.ndarray, keys: tuple[Any, ...], shape: tuple[int, ...]) -> np.ndarray:
    whole = np.zeros(shape, parts[0].dtype)
    for part, key in zip(parts, keys, strict=True):
        whole[key] = part
    return whole


# What the gradients of slices, their sums, and joined arrays have in common: parts that do not overlap, and 0 elsewhere.
ASSEMBLE = Op("assemble", None, _assemble, joint=lambda *_: None)


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
        Arguments, then what is read from outside, and what is drawn.
    instructions : list of Instruction
    outputs : list of (Variable or number)
    constants : list of Variable
    arguments : int
        How many of the inputs are arguments.
    """

    inputs: list[Variable]
    instructions: list[Instruction]
    outputs: list[Any]
    constants: list[Variable] = field(default_factory=list)
    arguments: int = 0


class _Builder:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.count = 0
        self.of: dict[Node, Any] = {}
        self.known: dict[Any, Variable] = {}
        self.instructions: list[Instruction] = []
        self.by: dict[Variable, Instruction] = {}

    def variable(self, kind: str, data: np.ndarray, node: Node | None, value: Any = None) -> Variable:
        self.count += 1
        return Variable(self.count, kind, data.shape, data.dtype, value, node)

    def constant(self, held: Any) -> Any:
        """A number is itself; equal arrays are one, where they are small enough to look."""
        if not isinstance(held, np.ndarray):
            return held
        small = held.size <= SMALL
        key = (
            held.shape,
            held.dtype.str,
            held.tobytes() if small else (held.strides, held.__array_interface__["data"]),
        )
        if key not in self.known:
            self.known[key] = self.variable("constant", held, None, held)
        return self.known[key]

    def reach(self, root: Node, site: Any = None) -> None:
        """Add what a node is computed from, and it itself; what is known already is not gone through again.

        Parameters
        ----------
        root : Node
        site : Site, optional
            The line that new nodes stand for, in place of their own.
        """
        stack = [root]
        while stack:
            node = stack[-1]
            missing = [] if node in self.of else [parent for parent in node.parents if parent not in self.of]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            if node not in self.of:
                if site is not None and isinstance(node, TracedTensor):
                    node.site = site
                self.add(node)

    def add(self, node: Node) -> None:
        """One node, whose parents are known."""
        if node.__class__ is Const:
            self.of[node] = self.constant(node.data)
            return
        assert node.op is not None
        # A product that stands in a rule has derivatives of another kind, and is the same product.
        op = _as_it_stands(node.op) if node.op.opaque else _MUL if node.op is _TIMES else node.op
        operands = tuple(self.of[parent] for parent in node.parents)
        data = self.trace.real[node]
        simpler = expansion(op, [self.trace.number(parent) for parent in node.parents])
        if simpler is not None:
            given = [parent.data if parent.__class__ is Const else parent for parent in node.parents]
            expanded = self.trace.run(simpler, *given, **node.params)
            self.reach(expanded, node.site)
            self.of[node] = self.of[expanded]
            return
        if op.name in ("identity", "stop_gradient"):
            self.of[node] = operands[0]
            return
        if all(not isinstance(x, Variable) or x.kind == "constant" for x in operands):
            self.of[node] = self.constant(data)
            return
        operands = tuple(_as_number(op, x, operands, data) for x in operands)
        if op is _SCALE and isinstance(operands[1], float) and math.isfinite(operands[1]):
            # Nothing that is finite makes more of a zero than a product does.
            op = _MUL
        if op.name == "sum" and node.params["axis"] == () and data.dtype.kind == "f":
            # Of no axes each element is a sum that starts from 0: no zero has a minus.
            self.of[node] = self.compute(_ADD, (*operands, 0.0), {}, data, node)
            return
        if _changes_nothing(op, operands, node.params, data):
            self.of[node] = next(x for x in operands if isinstance(x, Variable))
            return
        self.of[node] = self.compute(op, operands, node.params, data, node)

    def compute(self, op: Op, operands: tuple[Any, ...], params: Mapping[str, Any], data: Any, node: Node) -> Variable:
        """The result of an operation, which is an earlier one's where that is the same."""
        if op.name == "transpose":
            if params["axes"] == tuple(range(len(data.shape))):
                return operands[0]
            made = self.by.get(operands[0])
            if made is not None and made.op.name == "transpose":
                axes = tuple(made.params["axes"][k] for k in params["axes"])
                if axes == tuple(range(len(axes))):
                    return made.operands[0]
                return self.compute(op, made.operands, {"axes": axes}, data, node)
            if made is not None and made.op.name == "matmul" and all(len(x.shape) == 2 for x in made.operands):
                # A product is written where it is wanted in the order that it is wanted in.
                x, y = (self.compute(op, (z,), params, np.empty(z.shape[::-1], z.dtype), node) for z in made.operands)
                return self.compute(made.op, (y, x), {}, data, node)
        if op.name in ("slice", "unslice"):
            whole = operands[0] if op.name == "slice" else data
            params = {**params, "key": _view_key(params["key"], len(whole.shape))}
        # A random operation never equals another; there is none in the table, and opaque ones are a user's.
        op, operands, params = self.assemble(op, operands, params, data)
        key = (op.name, repr(params), tuple(_key(x) for x in operands)) if not op.opaque else node
        if key not in self.known:
            out = self.variable("result", data, node)
            self.known[key] = out
            self.by[out] = Instruction(op, operands, params, out)
            self.instructions.append(self.by[out])
        return self.known[key]

    def assemble(
        self, op: Op, operands: tuple[Any, ...], params: Mapping[str, Any], data: Any
    ) -> tuple[Op, tuple[Any, ...], Mapping[str, Any]]:
        """The same as parts of a whole, where it is that."""
        whole = {"shape": data.shape}
        if not all(isinstance(x, Variable) and x.dtype == data.dtype for x in operands):
            return op, operands, params
        if op.name == "unslice" and box(params["key"], data.shape) is not None:
            return ASSEMBLE, operands, {"keys": (params["key"],), **whole}
        if op.name == "concatenate" and operands:
            ends = np.cumsum([x.shape[params["axis"]] for x in operands]).tolist()
            before = (slice(None),) * params["axis"]
            keys = tuple((*before, slice(a, b)) for a, b in zip([0, *ends], ends, strict=False))
            return ASSEMBLE, operands, {"keys": keys, **whole}
        if op.name == "add":
            made = [m for x in operands if (m := self.by.get(x)) is not None]
            if len(made) == 2 and all(m.op is ASSEMBLE and m.out.shape == data.shape for m in made):
                # The parts of one do not overlap each other.
                first, second = ([box(key, data.shape) for key in m.params["keys"]] for m in made)
                if all(_apart(a, b) for a in first for b in second):
                    keys = tuple(key for m in made for key in m.params["keys"])
                    return ASSEMBLE, tuple(part for m in made for part in m.operands), {"keys": keys, **whole}
        return op, operands, params


def _as_it_stands(op: Op) -> Op:
    """A user's operation, which is none of the table's even where it is called so, and whose results are arrays of its own."""

    def own(*xs: Any, **params: Any) -> np.ndarray:
        return np.array(op.array(*xs, **params), order="C")

    return Op(f"own_{op.name}", None, own, opaque=True)


def box(key: Any, shape: tuple[int, ...]) -> list[tuple[int, int]] | None:
    """From where to where a key reaches along each axis; None for new axes and steps."""
    key = key if isinstance(key, tuple) else (key,)
    if Ellipsis in key:
        k = key.index(Ellipsis)
        key = (*key[:k], *(slice(None),) * (len(shape) - len(key) + 1), *key[k + 1 :])
    if len(key) > len(shape):
        return None
    found = []
    for part, n in zip((*key, *(slice(None),) * (len(shape) - len(key))), shape, strict=True):
        if isinstance(part, slice):
            start, stop, step = part.indices(n)
            if step != 1:
                return None
            found.append((start, max(start, stop)))
        elif isinstance(part, int):
            found.append((part % n, part % n + 1))
        else:
            return None
    return found


def _view_key(key: Any, ndim: int) -> Any:
    """A key that finds one element as a view: of integers alone NumPy makes a number with memory of its own."""
    key = key if isinstance(key, tuple) else (key,)
    return (*key, Ellipsis) if len(key) == ndim and all(isinstance(part, int) for part in key) else key


def _apart(a: Any, b: Any) -> bool:
    """Whether two boxes have nothing in common."""
    return any(x[1] <= y[0] or y[1] <= x[0] for x, y in zip(a, b, strict=True))


def _as_number(op: Op, x: Any, operands: Sequence[Any], data: np.ndarray) -> Any:
    """A constant array that holds one number everywhere as that number, where the result stays what it is."""
    if not isinstance(x, Variable) or x.kind != "constant" or not isinstance(op.array, np.ufunc) or op.array.signature:
        return x
    others = [o for o in operands if o is not x and isinstance(o, Variable)]
    same = any((o.shape, o.dtype) == (data.shape, x.dtype) for o in others)
    if not same or not x.value.size or x.dtype.kind != "f":
        return x
    first = x.value.flat[0]
    # A zero has a sign, which is not compared, and a long double digits that Python's numbers have no place for.
    whole = first != 0 and x.dtype.type(float(first)) == first
    return float(first) if whole and bool(np.all(x.value == first)) else x


def _key(x: Any) -> Any:
    return x.number if isinstance(x, Variable) else (type(x), repr(x))


def _changes_nothing(op: Op, operands: Sequence[Any], params: Mapping[str, Any], data: np.ndarray) -> bool:
    """Whether an operation gives back its one array as it is."""
    arrays = [x for x in operands if isinstance(x, Variable)]
    if len(arrays) != 1 or (arrays[0].shape, arrays[0].dtype) != (data.shape, data.dtype):
        return False
    numbers = [x for x in operands if not isinstance(x, Variable)]
    one = numbers == [1] and not isinstance(numbers[0], bool)
    if op.infix == "*" or (op.name in ("div", "power") and operands[0] is arrays[0]):
        return one
    if op.name in ("prod", "amax", "amin"):
        return params["axis"] == ()
    return op.name in ("astype", "broadcast_to", "reshape")


def find_own(instructions: Sequence[Instruction]) -> set[Variable]:
    """The results whose elements are the program's own, each of which stands at one place: no views of inputs, and none that are spread."""
    own: set[Variable] = set()
    for instruction in instructions:
        if not instruction.op.view or (instruction.op.name != "broadcast_to" and instruction.operands[0] in own):
            own.add(instruction.out)
    return own


def flatten(trace: Trace, outputs: Sequence[Any]) -> Flat:
    """The program that computes some nodes of a trace.

    Parameters
    ----------
    trace : Trace
    outputs : sequence of Node, array or number
    """
    builder = _Builder(trace)
    inputs: list[Node] = [*trace.inputs, *trace.captured.values(), *trace.drawn]
    for node in inputs:
        builder.of[node] = builder.variable("input", trace.real[node], node)
    wanted: list[Any] = []
    for output in outputs:
        if isinstance(output, Node):
            settle(output)
            builder.reach(output)
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
    return Flat([builder.of[node] for node in inputs], kept[::-1], wanted, constants, len(trace.inputs))
