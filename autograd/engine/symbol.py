"""Symbols: nodes with a name for a value. A rule that is called on them gives the graph of its own formula."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.engine.operators import Operators
from autograd.errors import GraphError
from autograd.graph.node import NO_PARAMS, Const, Node, below, get_data, initialise
from autograd.graph.op import NOT_FINITE_IN_PYTHON, Op

ARGUMENTS = "xyzuvw"


class Symbol(Operators):
    """A named operand of a formula; it has data too, so that rules may branch on shapes, and never on values."""

    __slots__ = ()

    def __init__(
        self, name: str | None, data: Any, op: Op | None = None, parents: tuple[Node, ...] = (), params: Any = NO_PARAMS
    ) -> None:
        self.data = data
        initialise(self, op, parents, params, True, name)

    @property
    def shape(self) -> tuple[int, ...]:
        return np.shape(self.data)

    @property
    def ndim(self) -> int:
        return np.ndim(self.data)

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.asarray(self.data).dtype

    def _record(self, op: Op, xs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        parents = tuple(x if isinstance(x, Node) else Const(x) for x in xs)
        if op.infix == "*":
            for one, other in (parents, parents[::-1]):
                if one.__class__ is Const and isinstance(one.data, float) and one.data == 1.0:
                    return other
        # What a constant decides is decided: the derivative of x² is 2 * x, not where(2 == 0, 0, 2 * x ** 1).
        if op.name == "where" and xs[0].__class__ is bool:
            return xs[1] if xs[0] else xs[2]
        if op.name == "power" and xs[1].__class__ is float and xs[1] == 1.0:
            return xs[0]
        datas = [get_data(x) for x in parents]
        try:
            data = (
                op.on_floats(datas, params)
                if not any(isinstance(x, np.ndarray) for x in datas) and op.scalar
                else op.array(*datas, **params)
            )
        except (*NOT_FINITE_IN_PYTHON, TypeError):
            data = math.nan
        return Symbol(None, data, op, parents, params)

    def __bool__(self) -> bool:
        raise GraphError("a rule must not branch on a value: use where(condition, x, y)")


def argument_names(op: Op, arity: int) -> list[str]:
    """What the operands of a row are called in its rules."""
    return list(ARGUMENTS[:arity]) if op.joint is None and arity <= len(ARGUMENTS) else [f"x{i}" for i in range(arity)]


def call_rules(
    op: Op, g: Any, out: Any, xs: Sequence[Any], params: Mapping[str, Any], wanted: Sequence[bool]
) -> list[Any]:
    """What the rules of a row send to each operand, as graphs where they are given symbols."""
    with np.errstate(all="ignore"):
        try:
            return op.contributions(g, out, xs, dict(params), wanted)
        except ArithmeticError:
            # Constants are Python's floats, which raise where IEEE 754 has an answer.
            g, out, *xs = (np.float64(x) if x.__class__ is float else x for x in (g, out, *xs))
            return op.contributions(g, out, xs, dict(params), wanted)


def reads(node: Node) -> tuple[set[int], bool]:
    """Which operands' values, by position, and whether the result's value, the rules of a node use."""
    op = node.op
    assert op is not None
    if op.opaque:
        return set(range(len(node.parents))), True
    xs = [Symbol(str(i), get_data(p)) for i, p in enumerate(node.parents)]
    out = Symbol("out", get_data(node))
    wanted = [p.needs_grad for p in node.parents]
    with np.errstate(all="ignore"):
        sent = call_rules(op, Symbol("g", get_data(node)), out, xs, node.params, wanted)
    used = {leaf for s in sent if isinstance(s, Node) for leaf in below(s)}
    return {i for i, x in enumerate(xs) if x in used}, out in used
