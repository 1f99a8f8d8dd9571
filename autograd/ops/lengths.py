"""What a length sends to what it is the length of, such that the square of a length is smooth where the length is 0.

A length, as `abs`, `hypot`, `norm` and `std` are, has a kink at 0, where its derivative is 0 here. Its square has none: what
arrives from there is `2 * length * g`, and of `2 * length * g * x / length` the length cancels. In a pass that records itself
this is seen from how what arrives was recorded; derivatives of `2 * g * x` are right at 0 too. What is seen is sums, products,
quotients and powers of the length, repeated or joined to others; not what a function beside it does, such as the sine in
`norm(x) * sin(norm(x))`, nor one of several lengths that was moved to another place before. Then 0 is a kink as any other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.graph.node import Const, Node, raw
from autograd.graph.op import TABLE, Op
from autograd.ops.strong import scale

# Rows of floats and arrays alike, and the operands in which they are linear, together; products are in one at a time.
LINEAR = {"neg": (0,), "div": (0,), "add": (0, 1), "sub": (0, 1), "where": (1, 2)}
# Operations that are looked through for the length: so many stand between it and the square of a multiple of it.
DEPTH = 16


def along(g: Any, length: Any, x: Any, unit: Any, spread: Callable[[Any], Any] | None = None) -> Any:
    """The contribution of a length to what it is of, where `unit` is its derivative, `x / length`, with a convention at 0.

    Parameters
    ----------
    g : float, array or node
        What arrives.
    length, x, unit : float, array or node
        The length, what it is of (conjugated, where that is complex), and their quotient.
    spread : callable, optional
        Takes what arrives to the shape of `x`.
    """
    factor, rest = (None, g) if not isinstance(g, Node) else _divide(g, length, DEPTH, {})
    spread = spread or _as_it_is
    if factor is None:
        return scale(spread(rest), unit)
    smooth = scale(spread(factor), x)
    return smooth if rest is None else smooth + scale(spread(rest), unit)


def _as_it_is(g: Any) -> Any:
    return g


def _divide(g: Any, length: Any, depth: int, known: dict[Any, Any]) -> tuple[Any, Any]:
    """`factor` and `rest` for which `g = factor * length + rest`, each None where it is nothing."""
    if not isinstance(g, Node) or g.op is None or depth == 0:
        return None, None if _is_zero(g) else g
    if _is_same(g, length):
        return (np.ones(length.shape, length.dtype) if hasattr(length, "shape") else 1.0), None
    # What is older than what the length is of was not computed from it.
    if g.order <= max(x.order for x in length.parents):
        return None, g
    if g not in known:
        known[g] = _divide_operation(g, g.op, length, depth, known)
    found: tuple[Any, Any] = known[g]
    return found


def _divide_operation(g: Node, op: Op, length: Any, depth: int, known: dict[Any, Any]) -> tuple[Any, Any]:
    operands: list[Any] = [raw(x) if x.__class__ is Const else x for x in g.parents]
    if op.infix == "*":
        left, right = [_divide(x, length, depth - 1, known) for x in operands]
        return _divide_product(op, operands, left, right, g)
    for group in _linear_groups(g, op, length):
        parts_of = {i: _divide(operands[i], length, depth - 1, known) for i in group}
        if any(factor is not None for factor, _ in parts_of.values()):
            return _linear(op, g, operands, parts_of)
    if op.name == "square" or (op.name == "power" and operands[1].__class__ is float and operands[1] >= 1.0):
        factor, rest = _divide(operands[0], length, depth - 1, known)
        if factor is not None and rest is None:
            return factor * (operands[0] if op.name == "square" else op.call(operands[0], operands[1] - 1.0)), None
    return None, g


def _divide_product(op: Op, operands: list[Any], left: Any, right: Any, g: Any) -> tuple[Any, Any]:
    """(f·length + r) · (h·length + s), of which only f·length·(…) and r·h·length are multiples, and r·s is the rest."""
    (x, y), (f, r), (h, s) = operands, left, right
    if f is None and h is None:
        return None, g
    if f is None or (h is not None and s is None):
        # The second operand divides, where the first does not or leaves a rest.
        return _in_shape_of(g, op.call(x, h)), None if s is None else _in_shape_of(g, op.call(x, s))
    factor = _in_shape_of(g, op.call(f, y))
    if r is None:
        return factor, None
    if h is None:
        return factor, _in_shape_of(g, op.call(r, y))
    return factor + _in_shape_of(g, op.call(r, h)), _in_shape_of(g, op.call(r, s))


def _linear_groups(g: Node, op: Op, length: Any) -> list[tuple[int, ...]]:
    """The operands, in groups, a multiple of the length among which is one of the same length in the result."""
    if op.name in LINEAR:
        return [LINEAR[op.name]]
    if not op.linear or not (getattr(length, "size", 1) == 1 or _keeps_places(g, op, length)):
        return []
    return [tuple(i for i in range(len(g.parents)) if i in group) for group in op.linear]


def _keeps_places(g: Any, op: Op, length: Any) -> bool:
    """Whether of several lengths each stays where it is: along the axes that are summed, all are the same one."""
    if op.name == "reshape":
        # Axes of length 1 that come before all others, or go.
        before, after = (_without_ones(x.shape) for x in (g.parents[0], g))
        return before == after
    if op.name != "sum":
        return op.name in ("astype", "broadcast_to")
    lead = len(g.parents[0].shape) - len(length.shape)
    alone = g.params["keepdims"]
    return all([axis < lead or (alone and length.shape[axis - lead] == 1) for axis in g.params["axis"]])


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    while shape and shape[0] == 1:
        shape = shape[1:]
    return shape


def _linear(op: Op, g: Node, operands: list[Any], parts_of: dict[int, tuple[Any, Any]]) -> tuple[Any, Any]:
    """The operation on the factors of some operands, and on the rests."""
    found: list[Any] = []
    for kind in (0, 1):
        parts = {i: parts[kind] for i, parts in parts_of.items()}
        if all(part is None for part in parts.values()):
            found.append(None)
        else:
            xs = [
                (_nothing(op, x) if parts[i] is None else parts[i]) if i in parts else x for i, x in enumerate(operands)
            ]
            found.append(_in_shape_of(g, op.call(*xs, **g.params)))
    return found[0], found[1]


def _nothing(op: Op, x: Any) -> Any:
    return 0.0 if op.elementwise or op.name == "where" or not hasattr(x, "shape") else np.zeros(x.shape, x.dtype)


def _in_shape_of(g: Any, part: Any) -> Any:
    """A part of `g`, repeated where what gave `g` its shape is in the other part alone: sums count its elements."""
    wanted = getattr(g, "shape", ())
    return part if getattr(part, "shape", ()) == wanted else TABLE["broadcast_to"].call(part, shape=wanted)


def _is_same(x: Node, y: Node) -> bool:
    """Whether two nodes are one, or the same operation on the same operands."""
    if x is y:
        return True
    alike = x.op is y.op and len(x.parents) == len(y.parents) and x.params == y.params
    return alike and all(a is b for a, b in zip(x.parents, y.parents, strict=True))


def _is_zero(x: Any) -> bool:
    return x.__class__ is float and x == 0.0
