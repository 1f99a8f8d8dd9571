"""`Tape`: a graph of scalars as flat arrays, in segments of one operation each, whose nodes do not depend on each other.

Nodes are sorted by their depth and then by what they are. So a kernel decides once a segment what to do, and reads and
writes stretches of arrays; the backward pass is the same segments in reverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.compiler.errors import CompileError
from autograd.compiler.lower import LOWERED
from autograd.compiler.trace import TracedScalar
from autograd.graph.node import Node, ancestors
from autograd.graph.op import Op
from autograd.graph.sites import Site

Params = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Kind:
    """An operation with its parameters."""

    op: Op
    params: Params

    @property
    def arity(self) -> int:
        """Of one to three operands."""
        return len(self.op.rules)


@dataclass(frozen=True)
class Segment:
    """Slots `start` to `stop`, all of one kind; `unique` says of each operand whether no two of them share it."""

    kind: Kind
    start: int
    stop: int
    unique: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Tape:
    """A flat program.

    Attributes
    ----------
    inputs, constants : int
        Slots are inputs first, then constants, then results.
    values : array of float
        Of the constants, at their slots; the rest is anything.
    operands : (3, n) array of int32
        For each slot the slots that it is computed from.
    segments : list of Segment
        In the order of the forward pass.
    roots : tuple of int
        The slots of the results; derivatives are those of the first.
    sites : list of (Site or None)
        For each slot the line that recorded it, where that is known.
    """

    inputs: int
    constants: int
    values: np.ndarray
    operands: np.ndarray
    segments: list[Segment]
    roots: tuple[int, ...]
    sites: list[Site | None]

    def __len__(self) -> int:
        return len(self.values)

    def is_same(self, other: Tape) -> bool:
        """Whether another tape computes the same, to the bit of its constants."""
        return (
            (self.inputs, self.roots, self.segments) == (other.inputs, other.roots, other.segments)
            and self.values.tobytes() == other.values.tobytes()
            and bool(np.array_equal(self.operands, other.operands))
        )


class Builder:
    """Numbers for values: equal ones once, and those that depend on no input computed at once."""

    def __init__(self, inputs: Sequence[Node]) -> None:
        self.number: dict[Node, int] = {node: k for k, node in enumerate(inputs)}
        self.inputs = len(self.number)
        self.constant_of: dict[int, float] = {}
        self.known: dict[Any, int] = {}
        self.made_from: dict[int, Node] = {}
        self.calls: list[tuple[Kind, tuple[int, ...]]] = []
        self.called: dict[int, int] = {}
        self.count = self.inputs

    def constant(self, x: float) -> int:
        # By its bits: 0.0 and -0.0 are different numbers, and NaN equals itself here.
        key = np.float64(x).tobytes()
        if key not in self.known:
            self.known[key] = self.count
            self.constant_of[self.count] = x
            self.count += 1
        return self.known[key]

    def result(self, op: Op, operands: tuple[int, ...], params: Params) -> int:
        if all(k in self.constant_of for k in operands):
            return self.constant(float(op.on_floats([self.constant_of[k] for k in operands], dict(params))))
        key = (op.name, params, operands)
        if key not in self.known:
            self.known[key] = self.count
            self.called[self.count] = len(self.calls)
            self.calls.append((Kind(op, params), operands))
            self.count += 1
        return self.known[key]

    def add(self, node: Node) -> None:
        if node in self.number:
            return
        op = node.op
        if op is None:
            self.number[node] = self.constant(float(node.data))
            return
        operands = tuple(self.number[parent] for parent in node.parents)
        if op.opaque or op.scalar is None:
            raise CompileError(f"{op.name} is an operation of a user's own, which only the engine itself can call")
        if op.joint is None:
            self.number[node] = self.result(op, operands, tuple(sorted(node.params.items())))
            self.made_from.setdefault(self.number[node], node)
            return
        stand_ins = [TracedScalar(None) for _ in operands]
        self.number.update(zip(stand_ins, operands, strict=True))
        lowered = LOWERED[op.name](stand_ins)
        for part in ancestors(lowered):
            self.add(part)
        self.number[node] = self.number[lowered]
        self.made_from.setdefault(self.number[node], node)

    def find_needed(self, roots: Sequence[int]) -> set[int]:
        """The numbers that results are computed from, and their own."""
        found, stack = set(roots), list(roots)
        while stack:
            call = self.called.get(stack.pop())
            for k in self.calls[call][1] if call is not None else ():
                if k not in found:
                    found.add(k)
                    stack.append(k)
        return found


def flatten(roots: Sequence[Node], inputs: Sequence[Node]) -> Tape:
    """The tape of a graph.

    Parameters
    ----------
    roots : sequence of Node
        Scalars; derivatives are those of the first.
    inputs : sequence of Node
        The leaves that are given anew at each run; all others are constants.

    Raises
    ------
    CompileError
        For an operation that a flat program has no place for.
    """
    builder = Builder(inputs)
    for root in roots:
        for node in ancestors(root):
            builder.add(node)
    return _sort(builder, [builder.number[root] for root in roots])


def _sort(builder: Builder, roots: list[int]) -> Tape:
    """The calls by depth and kind, without those that no result needs."""
    needed = builder.find_needed(roots)
    depth: dict[int, int] = {}
    kinds: dict[Kind, int] = {}
    order = []
    for k, call in builder.called.items():
        if k in needed:
            kind, operands = builder.calls[call]
            depth[k] = 1 + max(depth.get(o, 0) for o in operands)
            order.append((depth[k], kinds.setdefault(kind, len(kinds)), operands[0], k))
    order.sort()
    constants = [k for k in builder.constant_of if k in needed]
    slot = {k: k for k in range(builder.inputs)}
    for k in [*constants, *(k for *_, k in order)]:
        slot[k] = len(slot)
    values, operands_of = np.zeros(len(slot)), np.zeros((3, len(slot)), np.int32)
    for k in constants:
        values[slot[k]] = builder.constant_of[k]
    segments: list[Segment] = []
    by_number = list(kinds)
    start = builder.inputs + len(constants)
    for position, (level, kind_number, _, k) in enumerate(order):
        for i, operand in enumerate(builder.calls[builder.called[k]][1]):
            operands_of[i, slot[k]] = slot[operand]
        last = position + 1 == len(order) or order[position + 1][:2] != (level, kind_number)
        if last:
            stop, kind = slot[k] + 1, by_number[kind_number]
            stretch = operands_of[: kind.arity, start:stop]
            unique = tuple(stop - start == 1 or len(np.unique(row)) == stop - start for row in stretch)
            segments.append(Segment(kind, start, stop, unique))
            start = stop
    made_from = builder.made_from
    sites = [made_from[k].site if k in made_from else None for k in slot]
    return Tape(
        builder.inputs, len(constants), values, operands_of, segments, tuple(slot[root] for root in roots), sites
    )
