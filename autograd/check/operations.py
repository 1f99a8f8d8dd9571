"""The operations that random programs are made from: what each takes, and how its parameters are drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

import autograd as ag
from autograd.check.programs import Draw, Operation, Shapes
from autograd.graph.node import Node
from autograd.graph.op import TABLE, Op

_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "power": "**", "remainder": "%"}
# Rows that take integers, masks or labels beside their operands, or stand in rules only, have entries of their own or none.
_NOT_ELEMENTWISE = (
    "identity",
    "scale",
    "strong",
    "times",
    "where",
    "clip",
    "betainc",
    "gammainc",
    "gammaincc",
    "polygamma",
    "jv",
    "yv",
    "iv",
    "ive",
    "stdtr",
    "sinc",
)


@cache
def list_operations(arrays: bool = False) -> dict[str, Operation]:
    """Operations of scalars, the simplest first; or, with `arrays`, those of them that work element by element."""
    first = ["add", "mul", "sub", "neg", "square", "exp", "sin", "tanh"]
    scalar = [name for name, op in TABLE.items() if op.scalar and op.differentiable and op.joint is None]
    names = first + sorted(set(scalar) - {*first, *_NOT_ELEMENTWISE})
    operations = [
        *(_elementwise(TABLE[name]) for name in names),
        *_order_operations(),
        *([] if arrays else _value_operations()),
    ]
    return {operation.name: operation for operation in operations}


@cache
def list_array_operations() -> dict[str, Operation]:
    """Operations that look at shapes: reductions, rearrangements, products of matrices."""
    return {operation.name: operation for operation in _array_operations()}


def _elementwise(op: Op) -> Operation:
    arity, name = len(op.rules), op.name
    slots = [f"{{{i}}}" for i in range(arity)]
    if name in _INFIX:
        text = f"{slots[0]} {_INFIX[name]} {slots[1]}"
    elif getattr(ag, name, None) is op.call:
        text = f"ag.{name}({', '.join(slots)})"
    else:
        text = f"TABLE[{name!r}].call({', '.join(slots)}{{more}})"
    fixed = {
        "leaky_relu": {"slope": 0.1},
        "elu": {"alpha": 0.8},
        "nan_to_num": {"nan": 0.0, "posinf": 1.0, "neginf": -1.0},
    }
    params = fixed.get(name)
    text = text.replace("{more}", "".join(f", {key}={{{key}}}" for key in params or {}))
    return Operation(name, arity, op.call, text, (lambda draw, shapes: dict(params)) if params else None, (name,))


def _order_operations() -> list[Operation]:
    """Functions with a small integer for their order."""

    def of(name: str, first: bool, orders: Sequence[int]) -> Operation:
        call = TABLE[name].call
        if first:
            return Operation(
                name,
                1,
                lambda x, n: call(n, x),
                f"TABLE[{name!r}].call({{n}}, {{0}})",
                _choose_one("n", orders),
                (name,),
            )
        return Operation(
            name, 1, lambda x, n: call(x, n), f"TABLE[{name!r}].call({{0}}, {{n}})", _choose_one("n", orders), (name,)
        )

    found = [of("sinc", False, (0, 1, 2))]
    found += [of(name, True, (0, 1, 2)) for name in ("jv", "yv", "iv", "ive", "polygamma") if name in TABLE]
    found += [of(name, True, (1, 2, 3)) for name in ("gammainc", "gammaincc", "stdtr") if name in TABLE]
    return found


def _choose_one(name: str, options: Sequence[Any]) -> Callable[[Draw, Shapes], dict[str, Any]]:
    return lambda draw, shapes: {name: float(draw.choice(options))}


def _value_operations() -> list[Operation]:
    """What takes any number of scalars."""
    found = []
    for name in ("sum", "max", "min", "prod", "logsumexp"):
        function = getattr(ag, name)
        for arity in (2, 3):
            slots = ", ".join(f"{{{i}}}" for i in range(arity))

            def call(*xs: Any, function: Callable[..., Any] = function) -> Any:
                return (
                    function(list(xs))
                    if any(isinstance(x, Node) for x in xs)
                    else float(np.asarray(function(np.array(xs))))
                )

            found.append(Operation(f"{name} of {arity}", arity, call, f"ag.{name}([{slots}])", None, (f"{name}_n",)))
    found.append(Operation("where", 2, lambda x, y: ag.where(True, x, y), "ag.where(True, {0}, {1})", None, ("where",)))
    found.append(Operation("clip", 1, lambda x: ag.clip(x, -0.7, 1.2), "ag.clip({0}, -0.7, 1.2)", None, ("clip",)))
    return found


def _array_operations() -> list[Operation]:
    def reduction(name: str, row: str) -> Operation:
        function = getattr(np, name)
        text = f"np.{name}({{0}}, axis={{axis}}, keepdims={{keepdims}})"
        return Operation(
            name, 1, lambda x, axis, keepdims: function(x, axis=axis, keepdims=keepdims), text, _draw_reduced, (row,)
        )

    def along(module: Any, name: str, *rows: str) -> Operation:
        function = getattr(module, name)
        text = f"{'np' if module is np else 'ag'}.{name}({{0}}, axis={{axis}})"
        return Operation(name, 1, lambda x, axis: function(x, axis=axis), text, _draw_axis, rows)

    renamed = {"max": "amax", "min": "amin"}
    reductions = [reduction(n, renamed.get(n, n)) for n in ("sum", "mean", "max", "min", "prod", "var", "std")]
    stable = [along(ag, name, name) for name in ("softmax", "log_softmax", "logsumexp")]
    sweeps = [along(np, "cumsum", "cumsum"), along(np, "cumprod", "cumprod"), along(np, "sort", "index")]
    sweeps += [along(np, "flip", "slice"), along(np, "diff", "slice", "sub")]
    return [
        *reductions,
        *stable,
        *sweeps,
        Operation(
            "reshape", 1, lambda x, shape: np.reshape(x, shape), "np.reshape({0}, {shape})", _draw_folded, ("reshape",)
        ),
        Operation("transpose", 1, lambda x: np.transpose(x), "np.transpose({0})", _draw_matrix_like, ("transpose",)),
        Operation(
            "broadcast_to",
            1,
            lambda x, shape: np.broadcast_to(x, shape),
            "np.broadcast_to({0}, {shape})",
            _draw_repeated,
            ("broadcast_to",),
        ),
        Operation(
            "concatenate",
            2,
            lambda x, y: np.concatenate([np.ravel(x), np.ravel(y)]),
            "np.concatenate([np.ravel({0}), np.ravel({1})])",
            None,
            ("concatenate", "reshape"),
        ),
        Operation("stack", 2, lambda x, y: np.stack([x, y]), "np.stack([{0}, {1}])", _draw_alike, ("concatenate",)),
        Operation("pad", 1, lambda x: np.pad(x, 1), "np.pad({0}, 1)", _draw_axes, ("pad",)),
        Operation("slice", 1, lambda x: x[::-1], "{0}[::-1]", _draw_axes, ("slice",)),
        Operation("last", 1, lambda x: x[-1], "{0}[-1]", _draw_axes, ("slice",)),
        Operation("index", 1, lambda x, key: x[key], "{0}[{key}]", _draw_repeating, ("index",)),
        Operation("matmul", 2, lambda x, y: x @ y, "{0} @ {1}", _draw_multipliable, ("matmul",)),
        Operation(
            "linear", 3, lambda x, w, b: ag.linear(x, w, b), "ag.linear({0}, {1}, {2})", _draw_linear, ("linear",)
        ),
        Operation(
            "einsum",
            2,
            lambda x, y: np.einsum("ij,kj->ik", x, y),
            "np.einsum('ij,kj->ik', {0}, {1})",
            _draw_rows_alike,
            ("einsum",),
        ),
        Operation("norm", 1, lambda x: np.linalg.norm(x), "np.linalg.norm({0})", _draw_axes, ("norm",)),
        Operation("trace", 1, lambda x: np.trace(x), "np.trace({0})", _draw_square, ()),
        Operation("det", 1, lambda x: np.linalg.det(x), "np.linalg.det({0})", _draw_square, ("det",)),
        Operation("inv", 1, lambda x: np.linalg.inv(x), "np.linalg.inv({0})", _draw_square, ("inv",)),
        Operation(
            "solve", 2, lambda a, b: np.linalg.solve(a, b), "np.linalg.solve({0}, {1})", _draw_solvable, ("solve",)
        ),
        Operation(
            "cholesky",
            1,
            lambda x: np.linalg.cholesky(x @ x.T + np.eye(len(x))),
            "np.linalg.cholesky({0} @ {0}.T + np.eye(len({0})))",
            _draw_square,
            ("cholesky",),
        ),
        Operation("convolve", 2, lambda x, y: np.convolve(x, y), "np.convolve({0}, {1})", _draw_vectors, ("convolve",)),
        Operation(
            "where", 2, lambda x, y: np.where(x > y, x * x, y), "np.where({0} > {1}, {0} * {0}, {1})", None, ("where",)
        ),
        Operation("clip", 1, lambda x: np.clip(x, -0.7, 1.2), "np.clip({0}, -0.7, 1.2)", None, ("clip",)),
        Operation(
            "cross_entropy",
            1,
            lambda x, labels: ag.cross_entropy(x, labels),
            "ag.cross_entropy({0}, {labels})",
            _draw_labelled,
            ("cross_entropy",),
        ),
    ]


def _draw_axes(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    return {} if shapes[0] else None


def _draw_axis(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    return {"axis": draw.integers(0, len(shapes[0]) - 1)} if shapes[0] else None


def _draw_reduced(draw: Draw, shapes: Shapes) -> dict[str, Any]:
    axes: list[Any] = [None, *range(len(shapes[0]))]
    return {"axis": draw.choice(axes), "keepdims": bool(draw.integers(0, 1))}


def _draw_folded(draw: Draw, shapes: Shapes) -> dict[str, Any]:
    size = math.prod(shapes[0])
    return {"shape": draw.choice([(size,), (1, size), (size, 1)])}


def _draw_matrix_like(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    return {} if len(shapes[0]) >= 2 else None


def _draw_repeated(draw: Draw, shapes: Shapes) -> dict[str, Any]:
    return {"shape": (draw.integers(1, 3), *shapes[0])}


def _draw_alike(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    return {} if shapes[0] == shapes[1] else None


def _draw_repeating(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    return {"key": [draw.integers(0, shapes[0][0] - 1) for _ in range(3)]} if shapes[0] else None


def _draw_multipliable(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    x, y = shapes
    return {} if len(x) in (1, 2) and len(y) in (1, 2) and x[-1] == y[0] else None


def _draw_linear(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    x, w, b = shapes
    return {} if len(x) == len(w) == 2 and x[1] == w[1] and b == (w[0],) else None


def _draw_rows_alike(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    x, y = shapes
    return {} if len(x) == len(y) == 2 and x[1] == y[1] else None


def _draw_square(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    return {} if len(shapes[0]) == 2 and shapes[0][0] == shapes[0][1] else None


def _draw_solvable(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    a, b = shapes
    return {} if len(a) == 2 and a[0] == a[1] and len(b) in (1, 2) and b[0] == a[0] else None


def _draw_vectors(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    return {} if all(len(s) == 1 and s[0] for s in shapes) else None


def _draw_labelled(draw: Draw, shapes: Shapes) -> dict[str, Any] | None:
    if len(shapes[0]) != 2:
        return None
    rows, classes = shapes[0]
    return {"labels": np.array([draw.integers(0, classes - 1) for _ in range(rows)])}
