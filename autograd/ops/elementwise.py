"""Arithmetic and the elementary functions, element by element.

One file because the rows stand on one another: most rules here are written in other rows of this family.

Kinks and singular points follow the table in notebooks/explanation/conventions.md: the minimum-norm subgradient.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from autograd.graph.op import Function, binary, implements, row, unary
from autograd.ops.comparison import (
    decide,
    equal,
    floor,
    floor_divide,
    greater,
    greater_equal,
    isfinite,
    isinf,
    isnan,
    less,
    less_equal,
    sign,
    trunc,
    where,
)
from autograd.ops.complex_numbers import complex_like, conj, is_complex, real
from autograd.ops.lengths import along
from autograd.ops.strong import scale

LN2, LN10 = math.log(2.0), math.log(10.0)
inf = math.inf


# fmt: off
add: Function = binary("add", operator.add, np.add, lambda g, out, x, y: g, lambda g, out, x, y: g, infix="+",
    doc="The sum `x + y`.", takes_complex=True)
sub: Function = binary("sub", operator.sub, np.subtract, lambda g, out, x, y: g, lambda g, out, x, y: -g, infix="-",
    doc="The difference `x - y`.", takes_complex=True)
# fmt: on
mul: Function = binary(
    "mul",
    operator.mul,
    np.multiply,
    lambda g, out, x, y: g * y,
    lambda g, out, x, y: g * x,
    infix="*",
    doc="The product `x * y`, element by element.",
    takes_complex=True,
)
div: Function = binary(
    "div",
    operator.truediv,
    np.true_divide,
    lambda g, out, x, y: scale(g, 1.0 / y),
    lambda g, out, x, y: scale(g, -out / y),
    infix="/",
    doc="The quotient `x / y`.",
    takes_complex=True,
)


def _power_arrays(x: Any, y: Any) -> Any:
    # The exponents that people write have faster ways, to the same bits or better.
    if y.__class__ is float or y.__class__ is int:
        quick = _QUICK.get(y)
        if quick is not None and x.__class__ is np.ndarray and x.dtype.kind == "f":
            return quick(x)
    return np.power(x, y)


_QUICK: dict[float, Any] = {1: np.positive, 2: np.square, 0.5: np.sqrt, -1: np.reciprocal}
power: Function = binary(
    "power",
    math.pow,
    _power_arrays,
    lambda g, out, x, y: scale(g, decide(equal(y, 0.0), 0.0, y * power(x, y - 1.0))),
    lambda g, out, x, y: scale(
        g,
        decide(
            equal(x, 0.0),
            where(less(real(y), 0.0), -inf, 0.0),
            out * log(complex_like(decide(equal(x, 0.0), 1.0, x), out)),
        ),
    ),
    infix="**",
    doc="`x` to the power of `y`.",
    takes_complex=True,
)
implements(np.power)(power)
# fmt: off
neg: Function = unary("neg", operator.neg, np.negative, lambda g, out, x: -g, infix="-",
    doc="The negative `-x`.", takes_complex=True)
abs: Function = unary("abs", operator.abs, np.absolute, lambda g, out, x: along(g, out, conj(x), _unit(out, x)),
    length=True, doc="The absolute value; its derivative at 0 is 0.", takes_complex=True)
square: Function = unary("square", lambda x: x * x, np.square, lambda g, out, x: scale(g, 2.0 * x),
    doc="The square `x * x`.", takes_complex=True)
reciprocal: Function = unary("reciprocal", lambda x: 1.0 / x, np.reciprocal, lambda g, out, x: scale(g, -out * out),
    doc="The reciprocal `1 / x`.", takes_complex=True)
cbrt: Function = unary("cbrt", math.cbrt, np.cbrt, lambda g, out, x: scale(g, 1.0 / (3.0 * (out * out))),
    doc="The cube root, also of negative numbers.")
sqrt: Function = unary("sqrt", math.sqrt, np.sqrt, lambda g, out, x: scale(g, 0.5 / out),
    doc="The square root; its derivative at 0 is infinite.", takes_complex=True)

exp: Function = unary("exp", math.exp, np.exp, lambda g, out, x: scale(g, out),
    doc="The exponential function, e to the power of `x`.", takes_complex=True)
exp2: Function = unary("exp2", lambda x: math.pow(2.0, x), np.exp2, lambda g, out, x: scale(g, out * LN2),
    doc="2 to the power of `x`.", takes_complex=True)
expm1: Function = unary("expm1", math.expm1, np.expm1, lambda g, out, x: scale(g, exp(x)),
    doc="`exp(x) - 1`, exact also for small `x`.", takes_complex=True)
log: Function = unary("log", math.log, np.log, lambda g, out, x: scale(g, 1.0 / x),
    doc="The natural logarithm.", takes_complex=True)
log2: Function = unary("log2", math.log2, np.log2, lambda g, out, x: scale(g, 1.0 / (x * LN2)),
    doc="The logarithm to base 2.", takes_complex=True)
log10: Function = unary("log10", math.log10, np.log10, lambda g, out, x: scale(g, 1.0 / (x * LN10)),
    doc="The logarithm to base 10.", takes_complex=True)
log1p: Function = unary("log1p", math.log1p, np.log1p, lambda g, out, x: scale(g, 1.0 / (1.0 + x)),
    doc="`log(1 + x)`, exact also for small `x`.", takes_complex=True)

sin: Function = unary("sin", math.sin, np.sin, lambda g, out, x: scale(g, cos(x)),
    doc="The sine of an angle in radians.", takes_complex=True)
cos: Function = unary("cos", math.cos, np.cos, lambda g, out, x: scale(g, -sin(x)),
    doc="The cosine of an angle in radians.", takes_complex=True)
tan: Function = unary("tan", math.tan, np.tan, lambda g, out, x: scale(g, 1.0 + out * out),
    doc="The tangent of an angle in radians.", takes_complex=True)
asin: Function = unary("asin", math.asin, np.arcsin, lambda g, out, x: scale(g, 1.0 / _root_of_product(1.0 - x, 1.0 + x)),
    doc="The angle in radians, from -π/2 to π/2, whose sine is `x`.", takes_complex=True)
acos: Function = unary("acos", math.acos, np.arccos, lambda g, out, x: scale(g, -1.0 / _root_of_product(1.0 - x, 1.0 + x)),
    doc="The angle in radians, from 0 to π, whose cosine is `x`.", takes_complex=True)
atan: Function = unary("atan", math.atan, np.arctan, lambda g, out, x: scale(g, 1.0 / (1.0 + x * x)),
    doc="The angle in radians, from -π/2 to π/2, whose tangent is `x`.", takes_complex=True)
sinh: Function = unary("sinh", math.sinh, np.sinh, lambda g, out, x: scale(g, cosh(x)),
    doc="The hyperbolic sine.", takes_complex=True)
cosh: Function = unary("cosh", math.cosh, np.cosh, lambda g, out, x: scale(g, sinh(x)),
    doc="The hyperbolic cosine.", takes_complex=True)
tanh: Function = unary("tanh", math.tanh, np.tanh, lambda g, out, x: scale(g, 1.0 - out * out),
    doc="The hyperbolic tangent, between -1 and 1.", takes_complex=True)
asinh: Function = unary("asinh", math.asinh, np.arcsinh, lambda g, out, x: scale(g, 1.0 / _root_of_square_and_one(x)),
    doc="The inverse hyperbolic sine.", takes_complex=True)
acosh: Function = unary("acosh", math.acosh, np.arccosh, lambda g, out, x: scale(g, 1.0 / _root_of_product(x - 1.0, x + 1.0)),
    doc="The inverse hyperbolic cosine, of numbers from 1 on.", takes_complex=True)
atanh: Function = unary("atanh", math.atanh, np.arctanh, lambda g, out, x: scale(g, 1.0 / ((1.0 - x) * (1.0 + x))),
    doc="The inverse hyperbolic tangent, of numbers between -1 and 1.", takes_complex=True)
# fmt: on

remainder: Function = binary(
    "remainder",
    operator.mod,
    np.remainder,
    lambda g, out, x, y: g,
    lambda g, out, x, y: scale(g, -floor(x / y)),
    infix="%",
    doc="The remainder of `x` divided by `y`, with the sign of `y`, like Python's `%`.",
)
fmod: Function = binary(
    "fmod",
    math.fmod,
    np.fmod,
    lambda g, out, x, y: g,
    lambda g, out, x, y: scale(g, -trunc(x / y)),
    doc="What is left of `x` after division by `y`, with the sign of `x`, as C's `fmod`.",
)


def _unit(length: Any, x: Any) -> Any:
    """The derivative of the absolute value."""
    return ratio(conj(x), length) if is_complex(x) else sign(x)


def squared_modulus(x: Any) -> Any:
    """The square of the absolute value, smooth everywhere."""
    return real(x * conj(x)) if is_complex(x) else square(x)


def _root_of_square_and_one(x: Any) -> Any:
    return _root_of_product(1.0 + 1j * x, 1.0 - 1j * x) if is_complex(x) else hypot(1.0, x)


def _root_of_product(x: Any, y: Any) -> Any:
    """Of complex numbers one by one: the root of the product may be that of the other side of a cut."""
    return sqrt(x) * sqrt(y) if is_complex(x) else sqrt(x * y)


def ratio(x: Any, y: Any) -> Any:
    """`x / y`, and 0 where y is 0: the minimum-norm subgradient of a length at the origin."""
    zero = equal(y, 0.0)
    return where(zero, 0.0, div(x, where(zero, 1.0, y)))


def unknown(g: Any, x: Any) -> Any:
    """What is sent to an element that may have made the result NaN: NaN where it has, and 0 where it is a number."""
    return where(isnan(x), scale(g, x), 0.0)


hypot: Function = binary(
    "hypot",
    math.hypot,
    np.hypot,
    lambda g, out, x, y: along(g, out, x, ratio(x, out)),
    lambda g, out, x, y: along(g, out, y, ratio(y, out)),
    length=True,
    doc="The length of the vector (x, y), without overflow; its derivative at the origin is 0.",
)
atan2: Function = binary(
    "atan2",
    math.atan2,
    np.arctan2,
    lambda g, out, x, y: scale(g, ratio(ratio(y, hypot(x, y)), hypot(x, y))),
    lambda g, out, x, y: scale(g, -ratio(ratio(x, hypot(x, y)), hypot(x, y))),
    doc="The angle of the vector (y, x), from -π to π: the arguments are the opposite side and then the adjacent one.",
)


copysign: Function = binary(
    "copysign",
    math.copysign,
    np.copysign,
    lambda g, out, x, y: along(g, out, x, sign(x) * copysign(1.0, y)),
    None,
    length=True,
    doc="`x` with the sign of `y`.",
)


def _larger(x: float, y: float) -> float:
    return x if x > y or x != x else y


def _smaller(x: float, y: float) -> float:
    return x if x < y or x != x else y


maximum: Function = binary(
    "maximum",
    _larger,
    np.maximum,
    lambda g, out, x, y: where(greater(x, y), g, where(equal(x, y), g * 0.5, unknown(g, x))),
    lambda g, out, x, y: where(greater(y, x), g, where(equal(x, y), g * 0.5, unknown(g, y))),
    doc="The greater of two numbers; where they are equal, each has half of the derivative.",
)
minimum: Function = binary(
    "minimum",
    _smaller,
    np.minimum,
    lambda g, out, x, y: where(less(x, y), g, where(equal(x, y), g * 0.5, unknown(g, x))),
    lambda g, out, x, y: where(less(y, x), g, where(equal(x, y), g * 0.5, unknown(g, y))),
    doc="The smaller of two numbers; where they are equal, each has half of the derivative.",
)
fmax: Function = binary(
    "fmax",
    lambda x, y: x if x >= y or y != y else y,
    np.fmax,
    lambda g, out, x, y: where(equal(x, y), g * 0.5, where(equal(out, x), g, unknown(g, out))),
    lambda g, out, x, y: where(equal(x, y), g * 0.5, where(equal(out, y), g, unknown(g, out))),
    doc="The greater of two numbers, and the other one where one is NaN; where they are equal, each has half of the derivative.",
)
fmin: Function = binary(
    "fmin",
    lambda x, y: x if x <= y or y != y else y,
    np.fmin,
    lambda g, out, x, y: where(equal(x, y), g * 0.5, where(equal(out, x), g, unknown(g, out))),
    lambda g, out, x, y: where(equal(x, y), g * 0.5, where(equal(out, y), g, unknown(g, out))),
    doc="The smaller of two numbers, and the other one where one is NaN; where they are equal, each has half of the derivative.",
)


def _clip_arrays(x: Any, low: Any, high: Any) -> Any:
    # In the dtype of all three, as NumPy has it.
    dtype = np.result_type(x, low, high)
    return np.minimum(np.maximum(x, low, dtype=dtype), high, dtype=dtype)


_clip: Function = row(
    "clip",
    lambda x, low, high: _clip_arrays(x, low, high),
    lambda g, out, x, low, high: where(greater_equal(x, low), where(less_equal(x, high), g, 0.0), unknown(g, x)),
    lambda g, out, x, low, high: where(less(x, low), where(less(low, high), g, 0.0), unknown(g, low)),
    lambda g, out, x, low, high: where(greater(maximum(x, low), high), g, unknown(g, high)),
    scalar=lambda x, low, high: _smaller(_larger(x, low), high),
)


def _sigmoid_arrays(x: np.ndarray) -> np.ndarray:
    if x.dtype.kind == "c":
        grown = np.exp(-np.where(x.real < 0, -x, x))
        return np.where(x.real < 0, grown, 1.0) / (1.0 + grown)
    # 1 / (1 + inf) is the exact answer where exp overflows, so the warning would be a false one.
    with np.errstate(over="ignore"):
        grown = np.exp(-x)
    return 1.0 / (1.0 + grown)


sigmoid: Function = unary(
    "sigmoid",
    lambda x: 1.0 / (1.0 + math.exp(-x)),
    _sigmoid_arrays,
    lambda g, out, x: scale(g, out * (1.0 - out)),
    doc="The logistic function `1 / (1 + exp(-x))`, between 0 and 1.",
    takes_complex=True,
)


def _softplus_arrays(x: np.ndarray) -> np.ndarray:
    if x.dtype.char == "e":
        # NumPy computes this one in single precision, and rounds once.
        return np.logaddexp(x, 0.0).astype(x.dtype, copy=False)
    # As compiled programs have it: on some processors NumPy's exp and log1p have other last digits within logaddexp.
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


softplus: Function = unary(
    "softplus",
    lambda x: _larger(x, 0.0) + math.log1p(math.exp(-math.fabs(x))),
    _softplus_arrays,
    lambda g, out, x: scale(g, sigmoid(x)),
    doc="`log(1 + exp(x))` without overflow: a smooth `relu`.",
)
logaddexp: Function = binary(
    "logaddexp",
    lambda x, y: _larger(x, y) + math.log1p(math.exp(-math.fabs(x - y))) if x != y else x + LN2,
    np.logaddexp,
    lambda g, out, x, y: scale(g, _share(x, y)),
    lambda g, out, x, y: scale(g, _share(y, x)),
    doc="`log(exp(x) + exp(y))` without overflow.",
)


logaddexp2: Function = binary(
    "logaddexp2",
    lambda x, y: _larger(x, y) + math.log1p(math.pow(2.0, -math.fabs(x - y))) / LN2 if x != y else x + 1.0,
    np.logaddexp2,
    lambda g, out, x, y: scale(g, _share(LN2 * x, LN2 * y)),
    lambda g, out, x, y: scale(g, _share(LN2 * y, LN2 * x)),
    doc="`log2(2**x + 2**y)` without overflow.",
)


def _share(x: Any, y: Any) -> Any:
    # Two infinities of one sign share evenly; their difference is nan.
    alike = where(isinf(x), equal(x, y), False)
    return where(alike, 0.5, sigmoid(where(alike, 0.0, sub(x, y))))


def _sinc_arrays(x: Any, order: Any) -> Any:
    """The derivatives of sin(πx)/(πx) of a given order, exact at 0 and without cancellation beside it."""
    x, order = np.broadcast_arrays(x, order)
    out = np.empty(x.shape, x.dtype if x.dtype.kind == "f" else float)
    for n in np.unique(order).astype(int):
        at = order == n
        u = math.pi * x[at].astype(float)
        # u·s⁽ⁿ⁾(u) = sin⁽ⁿ⁾(u) - n·s⁽ⁿ⁻¹⁾(u) for s(u) = sin(u)/u loses n!/uⁿ of its digits where u is small …
        far = np.abs(u) > n + 2
        v = np.where(far, u, 1.0)
        recurrence = np.sin(v) / v
        for k in range(1, n + 1):
            recurrence = (np.sin(v + k * math.pi / 2) - k * recurrence) / v
        # … and the power series all of them where it is large.
        w = np.where(far, 0.0, u)
        series, term, k = np.zeros_like(w), None, (n + 1) // 2
        term = (
            (-1.0) ** k
            * math.factorial(2 * k)
            / math.factorial(2 * k + 1)
            / math.factorial(2 * k - n)
            * w ** (2 * k - n)
        )
        while np.any(np.abs(term) > 1e-18) or k < n + 2:
            series = series + term
            term = -term * w * w * (2 * k + 1) / ((2 * k + 3) * (2 * k + 2 - n) * (2 * k + 1 - n))
            k += 1
        out[at] = math.pi**n * np.where(far, recurrence, series + term)
    return out[()]


# The order of the derivative is an operand, so that the rule of one order is the next.
_sinc: Function = binary("sinc", _sinc_arrays, _sinc_arrays, lambda g, out, x, y: scale(g, _sinc(x, y + 1.0)), None)
_nan_to_num: Function = unary(
    "nan_to_num",
    lambda x, nan, posinf, neginf: float(np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)),
    lambda x, nan, posinf, neginf: np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf),
    lambda g, out, x, nan, posinf, neginf: where(isfinite(x), g, 0.0),
)


@implements(np.sinc)
def sinc(x: Any) -> Any:
    """`sin(πx) / (πx)`, 1 at 0; exact there to any order.

    Parameters
    ----------
    x : float, array_like, Value or Tensor
        Of any shape.

    Returns
    -------
    float, numpy.ndarray, Value or Tensor
        Of the kind that came in, element by element.

    Examples
    --------
    >>> import autograd
    >>> autograd.sinc(0.0), round(autograd.sinc(0.5), 6), autograd.grad(autograd.sinc)(0.0)
    (1.0, 0.63662, 0.0)
    """
    return _sinc(x, 0.0)


@implements(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Replace NaN and infinities by numbers; the derivative there is 0."""
    return _nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


deg2rad: Function = implements(np.radians)(
    unary(
        "deg2rad",
        math.radians,
        np.deg2rad,
        lambda g, out, x: g * (math.pi / 180.0),
        doc="An angle in degrees, in radians.",
    )
)
rad2deg: Function = implements(np.degrees)(
    unary(
        "rad2deg",
        math.degrees,
        np.rad2deg,
        lambda g, out, x: g * (180.0 / math.pi),
        doc="An angle in radians, in degrees.",
    )
)


@implements(np.float_power)
def float_power(x: Any, y: Any) -> Any:
    """`x ** y` in at least double precision."""
    wide = [item if isinstance(item, (int, float)) else mul(item, np.float64(1.0)) for item in (x, y)]
    return power(*wide)


@implements(np.divmod)
def divmod(x: Any, y: Any) -> tuple[Any, Any]:
    """The quotient, rounded down, which is a constant, and the remainder."""
    return floor_divide(x, y), remainder(x, y)


@implements(np.modf)
def modf(x: Any) -> tuple[Any, Any]:
    """The fraction and the whole part, which is a constant."""
    x = _to_floats(x)
    whole = trunc(x)
    return sub(x, whole), whole


@implements(np.fabs)
def fabs(x: Any) -> Any:
    """The absolute value, as a float."""
    return abs(_to_floats(x))


def _to_floats(x: Any) -> Any:
    """Whole numbers in the floats that NumPy computes with for them."""
    return x if getattr(x, "dtype", np.dtype(float)).kind == "f" else x * np.float16(1.0)


@implements(np.clip)
def clip(x: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """Limit `x` to an interval, in NumPy's argument names; either bound may be left out, and both may be nodes.

    The derivative in `x` is 1 inside and *at* the bounds, and 0 outside.

    Parameters
    ----------
    x : float, array_like, Value or Tensor
        Of any shape.
    a_min, a_max : float, array_like, Value or Tensor, optional
        The bounds; their shapes broadcast with that of `x`.
    min, max : the same
        Newer names of the bounds.

    Returns
    -------
    float, numpy.ndarray, Value or Tensor
        Of the kind that came in.

    Raises
    ------
    ValueError
        Where no bound is given.

    Examples
    --------
    >>> import autograd
    >>> autograd.clip(2.5, 0.0, 1.0)
    1.0
    >>> autograd.grad(autograd.clip)(0.5, 0.0, 1.0), autograd.grad(autograd.clip)(2.5, 0.0, 1.0)
    (1.0, 0.0)
    """
    low, high = a_min if min is None else min, a_max if max is None else max
    if low is None and high is None:
        raise ValueError("clip: give a low bound, a high bound, or both")
    least, most = (-inf, inf) if getattr(x, "dtype", np.dtype(float)).kind == "f" else _bounds(x.dtype)
    return _clip(x, least if low is None else low, most if high is None else high)


def _bounds(dtype: np.dtype[Any]) -> tuple[Any, Any]:
    if dtype.kind == "b":
        return False, True
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
