"""`Program`: a graph as data, which runs on numbers, Values and Tensors, and prints as Python code; and the menu it is made from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

import autograd as ag
from autograd.graph.node import Node
from autograd.graph.op import TABLE, Op

# What a draw may ask of: hypothesis hands in `integers(low, high)` and `choice(sequence)`.
Shapes = Sequence[tuple[int, ...]]


@dataclass(frozen=True)
class Operation:
    """One entry of the menu.

    Attributes
    ----------
    name : str
    arity : int
    call : callable
        Of so many operands, and of the parameters by keyword.
    text : str
        The same as Python code, with `{0}`, `{1}`, … for the operands and `{name}` for the parameters.
    parameters : callable or None
        `parameters(draw, shapes)` gives the parameters for operands of these shapes, or None where they do not suit.
    rows : tuple of str
        The rows of the table that it exercises.
    """

    name: str
    arity: int
    call: Callable[..., Any]
    text: str
    parameters: Callable[[Draw, Shapes], dict[str, Any] | None] | None = None
    rows: tuple[str, ...] = ()


class Draw:
    """The source of choices for parameters."""

    def __init__(self, integers: Callable[[int, int], int]) -> None:
        self.integers = integers

    def choice(self, options: Sequence[Any]) -> Any:
        """One of the options; the first is the simplest."""
        return options[self.integers(0, len(options) - 1)]


@dataclass(frozen=True)
class Call:
    """One line of a program: an operation of earlier values, by their numbers."""

    operation: Operation
    operands: tuple[int, ...]
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """A straight line of calls.

    Attributes
    ----------
    inputs : tuple of (float or numpy.ndarray)
        Where it is to be evaluated.
    calls : tuple of Call
        Values are numbered: the inputs first, then each call's.

    Examples
    --------
    >>> program = Program((2.0, 1.0), (Call(list_operations()["add"], (0, 1)), Call(list_operations()["mul"], (2, 1))))
    >>> program.run(2.0, 1.0)
    3.0
    >>> print(program)
    import autograd as ag
    import numpy as np
    <BLANKLINE>
    def f(x0, x1):
        x2 = x0 + x1
        x3 = x2 * x1
        return x3
    <BLANKLINE>
    inputs = [2.0, 1.0]
    """

    inputs: tuple[Any, ...]
    calls: tuple[Call, ...]

    def run(self, *inputs: Any) -> Any:
        """The value of the last call."""
        values = list(inputs)
        for call in self.calls:
            values.append(call.operation.call(*(values[i] for i in call.operands), **call.params))
        return values[-1]

    def prune(self) -> Program:
        """The same without inputs and calls that the result does not depend on."""
        count = len(self.inputs)
        needed = {count + len(self.calls) - 1}
        for number in range(count + len(self.calls) - 1, count - 1, -1):
            if number in needed:
                needed.update(self.calls[number - count].operands)
        order = sorted(needed)
        place = {number: i for i, number in enumerate(order)}
        calls = [self.calls[n - count] for n in order if n >= count]
        renumbered = (Call(c.operation, tuple(place[i] for i in c.operands), c.params) for c in calls)
        return Program(tuple(self.inputs[n] for n in order if n < count), tuple(renumbered))

    @property
    def code(self) -> str:
        """Python code that defines `f` and its `inputs`."""
        count = len(self.inputs)
        lines = [
            f"    x{count + k} = " + c.operation.text.format(*(f"x{i}" for i in c.operands), **_spell_params(c.params))
            for k, c in enumerate(self.calls)
        ]
        head = f"def f({', '.join(f'x{i}' for i in range(count))}):"
        inputs = ", ".join(map(spell, self.inputs))
        table = ["from autograd.graph.op import TABLE"] if any("TABLE" in line for line in lines) else []
        return "\n".join(
            [
                "import autograd as ag",
                "import numpy as np",
                *table,
                "",
                head,
                *lines,
                f"    return x{count + len(self.calls) - 1}",
                "",
                f"inputs = [{inputs}]",
            ]
        )

    def __repr__(self) -> str:
        return self.code

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What hypothesis shows of a failing example."""
        for line in self.code.splitlines():
            printer.break_()
            printer.text(line)


def spell(x: Any) -> str:
    """A number or an array as Python code."""
    if isinstance(x, np.ndarray):
        return f"np.array({x.tolist()!r})"
    return repr(x)


def _spell_params(params: Mapping[str, Any]) -> dict[str, str]:
    return {key: spell(value) for key, value in params.items()}


# Rows that take integers, masks or labels beside their operands, or stand in rules only, have entries of their own or none.
_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "power": "**", "remainder": "%"}
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


# How steep and how bent a call may be where kinks are avoided, how large its result, and how far it is moved to see.
MAX_SLOPE, MAX_CURVATURE, MAX_RESULT, PROBE_STEP = 50.0, 50.0, 30.0, 1e-3


def is_well_scaled(call: Callable[..., Any], operands: Sequence[Any], out: Any, kinks: bool = False) -> bool:
    """Whether a result is of moderate size and, unless `kinks` are sought, the operation smooth around its operands.

    A kink within a thousandth of the operands, a pole or the end of the domain show in second differences along two
    directions; so no operation needs to say where it has them.
    """
    if not np.all(np.isfinite(out)) or float(np.max(np.abs(out), initial=0.0)) > MAX_RESULT:
        return False
    if kinks:
        return True
    for phase in (0.3, 1.9):
        signs = [np.cos(np.arange(np.size(x)) * 2.1 + phase + i).reshape(np.shape(x)) for i, x in enumerate(operands)]
        up, down = (
            call(
                *(float(x + s * h) if isinstance(x, float) else x + s * h for x, s in zip(operands, signs, strict=True))
            )
            for h in (PROBE_STEP, -PROBE_STEP)
        )
        if np.shape(up) != np.shape(out) or not (np.all(np.isfinite(up)) and np.all(np.isfinite(down))):
            return False
        slope, bend = np.abs(up - down) / (2 * PROBE_STEP), np.abs(up + down - 2 * out) / PROBE_STEP**2
        if float(np.max(slope, initial=0.0)) > MAX_SLOPE or float(np.max(bend, initial=0.0)) > MAX_CURVATURE:
            return False
    return True
