"""Arithmetic and the elementary functions, element by element.

Kinks and singular points follow the table in the README ("Conventions at kinks"): the minimum-norm subgradient.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.modes import mode
from autograd.op import Function, binary, implements, row, unary
from autograd.ops.comparison import equal, greater, greater_equal, isinf, less, less_equal, sign, where

LN2, LN10 = math.log(2.0), math.log(10.0)
inf = math.inf


def _scale_floats(g: float, local: float) -> float:
    return 0.0 if g == 0.0 and not mode().anomaly else g * local


def _scale_arrays(g: np.ndarray, local: np.ndarray) -> np.ndarray:
    product = g * local
    return product if mode().anomaly else np.where(np.equal(g, 0), 0, product)


# The strong zero: a branch that was not taken sends exactly 0, even through a local derivative that is infinite there.
# Every singular rule below multiplies with it. It is a row itself, so that it holds to any order.
scale: Function = binary(
    "scale",
    _scale_floats,
    _scale_arrays,
    lambda g, out, x, y: scale(g, y),
    lambda g, out, x, y: g * x,
    infix="*",
)

add: Function = binary("add", operator.add, np.add, lambda g, out, x, y: g, lambda g, out, x, y: g, infix="+")
sub: Function = binary("sub", operator.sub, np.subtract, lambda g, out, x, y: g, lambda g, out, x, y: -g, infix="-")
mul: Function = binary(
    "mul", operator.mul, np.multiply, lambda g, out, x, y: g * y, lambda g, out, x, y: g * x, infix="*"
)
div: Function = binary(
    "div",
    operator.truediv,
    np.true_divide,
    lambda g, out, x, y: scale(g, 1.0 / y),
    lambda g, out, x, y: scale(g, -out / y),
    infix="/",
)
power: Function = binary(
    "power",
    math.pow,
    np.power,
    lambda g, out, x, y: scale(g, where(equal(y, 0.0), 0.0, y * power(x, y - 1.0))),
    lambda g, out, x, y: scale(
        g, where(equal(x, 0.0), where(less(y, 0.0), -inf, 0.0), out * log(where(equal(x, 0.0), 1.0, x)))
    ),
    infix="**",
)
neg: Function = unary("neg", operator.neg, np.negative, lambda g, out, x: -g, infix="-")
abs: Function = unary("abs", operator.abs, np.absolute, lambda g, out, x: g * sign(x))
square: Function = unary("square", lambda x: x * x, np.square, lambda g, out, x: g * (2.0 * x))
reciprocal: Function = unary("reciprocal", lambda x: 1.0 / x, np.reciprocal, lambda g, out, x: scale(g, -out * out))
sqrt: Function = unary("sqrt", math.sqrt, np.sqrt, lambda g, out, x: scale(g, 0.5 / out))

exp: Function = unary("exp", math.exp, np.exp, lambda g, out, x: g * out)
exp2: Function = unary("exp2", lambda x: math.pow(2.0, x), np.exp2, lambda g, out, x: g * (out * LN2))
expm1: Function = unary("expm1", math.expm1, np.expm1, lambda g, out, x: g * exp(x))
log: Function = unary("log", math.log, np.log, lambda g, out, x: scale(g, 1.0 / x))
log2: Function = unary("log2", math.log2, np.log2, lambda g, out, x: scale(g, 1.0 / (x * LN2)))
log10: Function = unary("log10", math.log10, np.log10, lambda g, out, x: scale(g, 1.0 / (x * LN10)))
log1p: Function = unary("log1p", math.log1p, np.log1p, lambda g, out, x: scale(g, 1.0 / (1.0 + x)))

sin: Function = unary("sin", math.sin, np.sin, lambda g, out, x: g * cos(x))
cos: Function = unary("cos", math.cos, np.cos, lambda g, out, x: -g * sin(x))
tan: Function = unary("tan", math.tan, np.tan, lambda g, out, x: g * (1.0 + out * out))
asin: Function = unary("asin", math.asin, np.arcsin, lambda g, out, x: scale(g, 1.0 / sqrt((1.0 - x) * (1.0 + x))))
acos: Function = unary("acos", math.acos, np.arccos, lambda g, out, x: scale(g, -1.0 / sqrt((1.0 - x) * (1.0 + x))))
atan: Function = unary("atan", math.atan, np.arctan, lambda g, out, x: g / (1.0 + x * x))
sinh: Function = unary("sinh", math.sinh, np.sinh, lambda g, out, x: g * cosh(x))
cosh: Function = unary("cosh", math.cosh, np.cosh, lambda g, out, x: g * sinh(x))
tanh: Function = unary("tanh", math.tanh, np.tanh, lambda g, out, x: g * (1.0 - out * out))


def ratio(x: Any, y: Any) -> Any:
    """`x / y`, and 0 where y is 0: the minimum-norm subgradient of a length at the origin."""
    zero = equal(y, 0.0)
    return where(zero, 0.0, div(x, where(zero, 1.0, y)))


hypot: Function = binary(
    "hypot", math.hypot, np.hypot, lambda g, out, x, y: g * ratio(x, out), lambda g, out, x, y: g * ratio(y, out)
)
atan2: Function = binary(
    "atan2",
    math.atan2,
    np.arctan2,
    lambda g, out, x, y: g * ratio(ratio(y, hypot(x, y)), hypot(x, y)),
    lambda g, out, x, y: -g * ratio(ratio(x, hypot(x, y)), hypot(x, y)),
)


def _larger(x: float, y: float) -> float:
    return x if x > y or x != x else y


def _smaller(x: float, y: float) -> float:
    return x if x < y or x != x else y


maximum: Function = binary(
    "maximum",
    _larger,
    np.maximum,
    lambda g, out, x, y: where(greater(x, y), g, where(equal(x, y), g * 0.5, 0.0)),
    lambda g, out, x, y: where(greater(y, x), g, where(equal(x, y), g * 0.5, 0.0)),
)
minimum: Function = binary(
    "minimum",
    _smaller,
    np.minimum,
    lambda g, out, x, y: where(less(x, y), g, where(equal(x, y), g * 0.5, 0.0)),
    lambda g, out, x, y: where(less(y, x), g, where(equal(x, y), g * 0.5, 0.0)),
)
_clip: Function = row(
    "clip",
    lambda x, low, high: np.minimum(np.maximum(x, low), high),
    lambda g, out, x, low, high: where(greater_equal(x, low), where(less_equal(x, high), g, 0.0), 0.0),
    lambda g, out, x, low, high: where(less(x, low), where(less(low, high), g, 0.0), 0.0),
    lambda g, out, x, low, high: where(greater(maximum(x, low), high), g, 0.0),
    scalar=lambda x, low, high: _smaller(_larger(x, low), high),
)


def _sigmoid_arrays(x: np.ndarray) -> np.ndarray:
    # 1 / (1 + inf) is the exact answer where exp overflows, so the warning would be a false one.
    with np.errstate(over="ignore"):
        grown = np.exp(-x)
    return 1.0 / (1.0 + grown)


sigmoid: Function = unary(
    "sigmoid", lambda x: 1.0 / (1.0 + math.exp(-x)), _sigmoid_arrays, lambda g, out, x: g * (out * (1.0 - out))
)
softplus: Function = unary(
    "softplus",
    lambda x: _larger(x, 0.0) + math.log1p(math.exp(-math.fabs(x))),
    lambda x: np.logaddexp(x, 0.0).astype(np.result_type(x, 0.0), copy=False),
    lambda g, out, x: g * sigmoid(x),
)
logaddexp: Function = binary(
    "logaddexp",
    lambda x, y: _larger(x, y) + math.log1p(math.exp(-math.fabs(x - y))) if x != y else x + LN2,
    np.logaddexp,
    lambda g, out, x, y: g * _share(x, y),
    lambda g, out, x, y: g * _share(y, x),
)


def _share(x: Any, y: Any) -> Any:
    # Two infinities of one sign share evenly; their difference is nan.
    alike = where(isinf(x), equal(x, y), False)
    return where(alike, 0.5, sigmoid(where(alike, 0.0, sub(x, y))))


relu: Function = unary(
    "relu",
    lambda x: 0.0 if x <= 0.0 else x,
    lambda x: np.maximum(x, 0),
    lambda g, out, x: where(less_equal(x, 0.0), 0.0, g),
)
_leaky_relu: Function = unary(
    "leaky_relu",
    lambda x, slope: x if x > 0.0 else slope * x,
    lambda x, slope: np.where(np.greater(x, 0), x, slope * x),
    lambda g, out, x, slope: where(greater(x, 0.0), g, g * slope),
)
_elu: Function = unary(
    "elu",
    lambda x, alpha: x if x > 0.0 else alpha * math.expm1(x),
    lambda x, alpha: np.where(np.greater(x, 0), x, alpha * np.expm1(np.minimum(x, 0))),
    lambda g, out, x, alpha: where(
        less(x, 0.0), g * (alpha * exp(minimum(x, 0.0))), where(equal(x, 0.0), g * minimum(1.0, alpha), g)
    ),
)
silu: Function = unary(
    "silu",
    lambda x: x / (1.0 + math.exp(-x)),
    lambda x: x * _sigmoid_arrays(x),
    lambda g, out, x: g * (sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x)))),
)


def _special(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """The special function of SciPy, where it is installed, and of the C library, element by element, elsewhere."""

    def compute(x: np.ndarray) -> np.ndarray:
        try:
            import scipy.special
        except ImportError:
            one = getattr(math, name)
            x = np.asarray(x)
            return np.array([one(value) for value in x.ravel().tolist()], dtype=np.result_type(x, 0.0)).reshape(x.shape)
        return getattr(scipy.special, name)(x)

    return compute


ROOT2, ROOT_PI = math.sqrt(2.0), math.sqrt(math.pi)
erf: Function = unary("erf", math.erf, _special("erf"), lambda g, out, x: g * (2.0 / ROOT_PI * exp(-x * x)))
erfc: Function = unary("erfc", math.erfc, _special("erfc"), lambda g, out, x: g * (-2.0 / ROOT_PI * exp(-x * x)))
_gelu: Function = unary(
    "gelu",
    lambda x: 0.5 * x * math.erfc(-x / ROOT2),
    lambda x: 0.5 * x * erfc(-x / ROOT2),
    lambda g, out, x: g * (0.5 * erfc(-x / ROOT2) + x * exp(-0.5 * (x * x)) / (ROOT2 * ROOT_PI)),
)


def leaky_relu(x: Any, slope: float = 0.01) -> Any:
    """`x` where positive, `slope * x` elsewhere; the derivative at 0 is the slope."""
    return _leaky_relu(x, slope=float(slope))


def elu(x: Any, alpha: float = 1.0) -> Any:
    """`x` where positive, `alpha * (exp(x) - 1)` elsewhere (Clevert et al. 2015); at 0 the derivative is min(1, alpha)."""
    return _elu(x, alpha=float(alpha))


def gelu(x: Any, approximate: str = "none") -> Any:
    """`x Φ(x)` with the normal distribution Φ (Hendrycks and Gimpel 2016), or its tanh approximation.

    Parameters
    ----------
    x : float, array or node
    approximate : {"none", "tanh"}
        As in PyTorch.
    """
    if approximate == "none":
        return _gelu(x)
    if approximate != "tanh":
        raise ValueError(f"gelu: approximate must be 'none' or 'tanh', not {approximate!r}")
    inner = mul(math.sqrt(2.0 / math.pi), add(x, mul(0.044715, power(x, 3.0))))
    return mul(mul(0.5, x), add(1.0, tanh(inner)))


@implements(np.clip)
def clip(x: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """Limit `x` to an interval, in NumPy's argument names; either bound may be left out, and both may be nodes.

    The derivative in `x` is 1 inside and *at* the bounds, and 0 outside.
    """
    low, high = a_min if min is None else min, a_max if max is None else max
    if low is None and high is None:
        raise ValueError("clip: give a low bound, a high bound, or both")
    return _clip(x, -inf if low is None else low, inf if high is None else high)
