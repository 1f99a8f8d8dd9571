"""The operations that a page can draw a graph of: the printed rows of numbers, in groups, as people and Python write them."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

import autograd
from autograd.compiler.javascript import printed_rows
from autograd.engine.value import Value
from autograd.graph.op import Op
from autograd.scipy import special

# What only the rules of others use.
INNER = frozenset({"identity", "scale", "strong", "times"})
GROUPS = {
    "arithmetic": ("add", "sub", "mul", "div", "neg", "power", "square", "reciprocal", "sqrt", "cbrt", "abs", "hypot"),
    "exponentials": (
        "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "logaddexp2", "xlogy", "logit",
    ),
    "activations": ("tanh", "sigmoid", "relu", "leaky_relu", "elu", "silu", "gelu", "softplus", "erf", "erfc", "ndtr"),
    "angles": (
        "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "asinh", "acosh", "atanh", "deg2rad", "rad2deg",
    ),
    "choices": ("maximum", "minimum", "fmax", "fmin", "clip", "where", "copysign", "nan_to_num", "stop_gradient"),
    "whole numbers": (
        "floor", "ceil", "trunc", "rint", "round", "sign", "signbit", "floor_divide", "remainder", "fmod",
    ),
    "true or false": (
        "greater", "greater_equal", "less", "less_equal", "equal", "not_equal", "logical_and", "logical_or", "logical_xor",
        "logical_not", "isnan", "isinf", "isfinite",
    ),
}  # fmt: skip
OTHERS = "others"
# Where Python finds a row: the module's name in a program, and the module.
MODULES = (("ag", autograd), ("np", np), ("special", special))


def list_operations() -> list[dict[str, Any]]:
    """Each operation with its group, what it computes, and how Python says it.

    Examples
    --------
    >>> tanh = next(operation for operation in list_operations() if operation["name"] == "tanh")
    >>> tanh["group"], tanh["about"], tanh["call"], tanh["infix"]
    ('activations', 'The hyperbolic tangent, between -1 and 1.', 'ag.tanh', None)
    """
    rows = {op.name: op for op in printed_rows() if op.name not in INNER}
    told = {name for names in GROUPS.values() for name in names}
    groups = {**GROUPS, OTHERS: tuple(name for name in rows if name not in told)}
    return [_operation(rows[name], group) for group, names in groups.items() for name in names]


def _operation(op: Op, group: str) -> dict[str, Any]:
    module, function = next((name, found) for name, room in MODULES if (found := getattr(room, op.name, None)))
    about = op.doc or " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
    logical = not isinstance(function(*(Value(0.5) for _ in op.rules)), Value)
    return {
        "name": op.name,
        "group": group,
        "about": about.replace("`", "").replace(", element by element", ""),
        "call": f"{module}.{op.name}",
        "infix": op.infix,
        "logical": logical,
    }
