"""Rows that a program computes by simpler ones: what they share is computed once, and loops can be made of all of it.

The expansion takes place after the gradient was taken by the row's own rule, and gives the row's own result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.graph.op import Op
from autograd.ops.comparison import equal, where
from autograd.ops.elementwise import exp, log, log1p, maximum, mul, sigmoid, sqrt, square
from autograd.ops.linalg import matmul
from autograd.ops.reduction import max as max_
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import reshape, shape, transpose
from autograd.ops.special import ROOT2, erfc

# Classes up to which a label is compared with all of them; beyond, the row goes to the element itself.
MAX_COMPARED_CLASSES = 256


def _linear(x: Any, weight: Any, bias: Any) -> Any:
    return matmul(x, transpose(weight)) + bias


def _mean(x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    return sum_(x, axis=axis, keepdims=keepdims) / float(math.prod(shape(x)[a] for a in axis))


def _variance(x: Any, axis: tuple[int, ...], keepdims: bool, ddof: float) -> Any:
    count = float(math.prod(shape(x)[a] for a in axis))
    from_mean = x - sum_(x, axis=axis, keepdims=True) / count
    return sum_(square(from_mean), axis=axis, keepdims=keepdims) / max(count - ddof, 0.0)


def _shift(x: Any, axis: Any) -> Any:
    """`x` less its greatest; those that attain an infinite one are 0, not nan."""
    top = max_(x, axis=axis, keepdims=True)
    return where(equal(x, top), 0.0, x - top)


def _softmax(x: Any, axis: tuple[int, ...]) -> Any:
    weights = exp(_shift(x, axis))
    return weights / sum_(weights, axis=axis, keepdims=True)


def _log_softmax(x: Any, axis: tuple[int, ...]) -> Any:
    shifted = _shift(x, axis)
    return shifted - log(sum_(exp(shifted), axis=axis, keepdims=True))


def _label(x: Any, labels: Any) -> Any:
    """Where an element is that of the right class."""
    return equal(reshape(labels, (*shape(labels), 1)), np.arange(shape(x)[-1], dtype=labels.dtype))


def _cross_entropy(x: Any, labels: Any, reduction: str) -> Any:
    shifted = _shift(x, -1)
    total = sum_(exp(shifted), axis=-1, keepdims=True)
    losses = log(total) - sum_(where(_label(x, labels), shifted, 0.0), axis=-1, keepdims=True)
    if reduction == "none":
        return reshape(losses, shape(labels))
    return sum_(losses) / float(math.prod(shape(labels))) if reduction == "mean" else sum_(losses)


def _residual(x: Any, labels: Any) -> Any:
    p = _softmax(x, (len(shape(x)) - 1,))
    return where(_label(x, labels), p - 1.0, p)


EXPANSIONS: dict[str, Callable[..., Any]] = {
    "linear": _linear,
    "mean": _mean,
    "var": _variance,
    "std": lambda x, **params: sqrt(_variance(x, **params)),
    "norm": lambda x, axis, keepdims: sqrt(sum_(square(x), axis=axis, keepdims=keepdims)),
    "relu": lambda x: maximum(x, 0.0),
    "leaky_relu": lambda x, slope: where(x > 0.0, x, mul(slope, x)),
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: 0.5 * x * erfc(-x / ROOT2),
    "softplus": lambda x: maximum(x, 0.0) + log1p(exp(-abs(x))),
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "cross_entropy": _cross_entropy,
    "residual": _residual,
}


def expansion(op: Op, operands: Sequence[Any]) -> Callable[..., Any] | None:
    """How to compute a row by simpler ones; None where it is better left as it is."""
    found = EXPANSIONS.get(op.name)
    # NumPy adds up float16 in float32, and loops are for single and double precision.
    if found is None or any(x.dtype.char not in "fd" for x in operands[:1] if not isinstance(x, (bool, int, float))):
        return None
    if op.name == "linear" and len(shape(operands[0])) == 0:
        return None
    if op.name in ("cross_entropy", "residual"):
        labels = operands[1]
        if shape(operands[0])[-1] > MAX_COMPARED_CLASSES or not isinstance(getattr(labels, "dtype", None), np.dtype):
            return None
    if op.name in ("softmax", "log_softmax", "cross_entropy") and 0 in shape(operands[0]):
        return None
    return found
