"""Dual numbers: forward differentiation of plain Python code, written from the calculus textbook, without the engine.

`Dual(value, slope)` is value + slope·ε with ε² = 0. NumPy calls the methods of the elements of an object array
(`np.exp` their `exp`, `np.sum` their `+`), so NumPy's own code runs on arrays of duals.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special


class Dual:
    """A number and its derivative."""

    __array_priority__ = 1000

    def __init__(self, value: float, slope: float = 0.0) -> None:
        self.value, self.slope = float(value), float(slope)

    def through(self, value: float, derivative: float) -> Dual:
        """The chain rule."""
        return Dual(value, derivative * self.slope)

    def __add__(self, other: Any) -> Dual:
        other = dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Any) -> Dual:
        other = dual(other)
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def __truediv__(self, other: Any) -> Dual:
        other = dual(other)
        quotient = self.value / other.value
        return Dual(quotient, (self.slope - quotient * other.slope) / other.value)

    def __pow__(self, other: Any) -> Dual:
        other = dual(other)
        power = self.value**other.value
        by_exponent = power * math.log(self.value) * other.slope if other.slope else 0.0
        return Dual(power, other.value * self.value ** (other.value - 1.0) * self.slope + by_exponent)

    def __mod__(self, other: Any) -> Dual:
        other = dual(other)
        return self - other * math.floor(self.value / other.value)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: Any) -> Dual:
        return self + -dual(other)

    def __abs__(self) -> Dual:
        return self if self.value > 0.0 else -self

    def __radd__(self, other: Any) -> Dual:
        return dual(other) + self

    def __rsub__(self, other: Any) -> Dual:
        return dual(other) - self

    def __rmul__(self, other: Any) -> Dual:
        return dual(other) * self

    def __rtruediv__(self, other: Any) -> Dual:
        return dual(other) / self

    def __lt__(self, other: Any) -> bool:
        return self.value < dual(other).value

    def __gt__(self, other: Any) -> bool:
        return self.value > dual(other).value

    def __le__(self, other: Any) -> bool:
        return self.value <= dual(other).value

    def __ge__(self, other: Any) -> bool:
        return self.value >= dual(other).value


def dual(x: Any) -> Dual:
    return x if isinstance(x, Dual) else Dual(float(x))


def _phi(x: float) -> float:
    return math.exp(-x * x / 2.0) / math.sqrt(2.0 * math.pi)


def _cdf(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


# Value and derivative of a function of one number.
ONE: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "neg": (lambda x: -x, lambda x: -1.0),
    "abs": (abs, lambda x: math.copysign(1.0, x)),
    "square": (lambda x: x * x, lambda x: 2.0 * x),
    "reciprocal": (lambda x: 1.0 / x, lambda x: -1.0 / (x * x)),
    "sqrt": (math.sqrt, lambda x: 0.5 / math.sqrt(x)),
    "cbrt": (math.cbrt, lambda x: 1.0 / (3.0 * math.cbrt(x) ** 2)),
    "exp": (math.exp, math.exp),
    "exp2": (math.exp2, lambda x: math.exp2(x) * math.log(2.0)),
    "expm1": (math.expm1, math.exp),
    "log": (math.log, lambda x: 1.0 / x),
    "log2": (math.log2, lambda x: 1.0 / (x * math.log(2.0))),
    "log10": (math.log10, lambda x: 1.0 / (x * math.log(10.0))),
    "log1p": (math.log1p, lambda x: 1.0 / (1.0 + x)),
    "sin": (math.sin, math.cos),
    "cos": (math.cos, lambda x: -math.sin(x)),
    "tan": (math.tan, lambda x: 1.0 / math.cos(x) ** 2),
    "asin": (math.asin, lambda x: 1.0 / math.sqrt(1.0 - x * x)),
    "acos": (math.acos, lambda x: -1.0 / math.sqrt(1.0 - x * x)),
    "atan": (math.atan, lambda x: 1.0 / (1.0 + x * x)),
    "sinh": (math.sinh, math.cosh),
    "cosh": (math.cosh, math.sinh),
    "tanh": (math.tanh, lambda x: 1.0 / math.cosh(x) ** 2),
    "asinh": (math.asinh, lambda x: 1.0 / math.sqrt(x * x + 1.0)),
    "acosh": (math.acosh, lambda x: 1.0 / math.sqrt(x * x - 1.0)),
    "atanh": (math.atanh, lambda x: 1.0 / (1.0 - x * x)),
    "sigmoid": (_logistic, lambda x: _logistic(x) * _logistic(-x)),
    "softplus": (lambda x: math.log1p(math.exp(x)), _logistic),
    "relu": (lambda x: max(x, 0.0), lambda x: float(x > 0.0)),
    "leaky_relu": (lambda x: x if x > 0.0 else 0.1 * x, lambda x: 1.0 if x > 0.0 else 0.1),
    "elu": (lambda x: x if x > 0.0 else 0.8 * math.expm1(x), lambda x: 1.0 if x > 0.0 else 0.8 * math.exp(x)),
    "silu": (lambda x: x * _logistic(x), lambda x: _logistic(x) + x * _logistic(x) * _logistic(-x)),
    "gelu": (lambda x: x * _cdf(x), lambda x: _cdf(x) + x * _phi(x)),
    "erf": (math.erf, lambda x: 2.0 * math.exp(-x * x) / math.sqrt(math.pi)),
    "erfc": (math.erfc, lambda x: -2.0 * math.exp(-x * x) / math.sqrt(math.pi)),
    "ndtr": (_cdf, _phi),
    "log_ndtr": (lambda x: math.log(_cdf(x)), lambda x: _phi(x) / _cdf(x)),
    "logit": (lambda x: math.log(x / (1.0 - x)), lambda x: 1.0 / (x * (1.0 - x))),
    "gammaln": (math.lgamma, lambda x: float(scipy.special.digamma(x))),
    "gamma": (math.gamma, lambda x: math.gamma(x) * float(scipy.special.digamma(x))),
    "erfinv": (
        lambda y: float(scipy.special.erfinv(y)),
        lambda y: math.sqrt(math.pi) / 2.0 * math.exp(float(scipy.special.erfinv(y)) ** 2),
    ),
    "erfcinv": (
        lambda y: float(scipy.special.erfcinv(y)),
        lambda y: -math.sqrt(math.pi) / 2.0 * math.exp(float(scipy.special.erfcinv(y)) ** 2),
    ),
    "nan_to_num": (lambda x: x, lambda x: 1.0),
    "clip": (lambda x: min(max(x, -0.7), 1.2), lambda x: float(-0.7 <= x <= 1.2)),
}


def one(name: str) -> Callable[[Any], Dual]:
    value, derivative = ONE[name]
    return lambda x: dual(x).through(value(dual(x).value), derivative(dual(x).value))


exp, log, sqrt, tanh = one("exp"), one("log"), one("sqrt"), one("tanh")
TWO: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "power": lambda x, y: x**y,
    "remainder": lambda x, y: x % y,
    "fmod": lambda x, y: x - y * float(math.trunc(x.value / y.value)),
    "maximum": lambda x, y: x if x > y else y,
    "minimum": lambda x, y: x if x < y else y,
    "fmax": lambda x, y: x if x > y else y,
    "fmin": lambda x, y: x if x < y else y,
    "hypot": lambda x, y: sqrt(x * x + y * y),
    "atan2": lambda x, y: Dual(
        math.atan2(x.value, y.value), (y.value * x.slope - x.value * y.slope) / (x.value**2 + y.value**2)
    ),
    "logaddexp": lambda x, y: log(exp(x) + exp(y)),
    "logaddexp2": lambda x, y: log(exp(x * math.log(2.0)) + exp(y * math.log(2.0))) * (1.0 / math.log(2.0)),
    "xlogy": lambda x, y: x * log(y),
    "where": lambda x, y: x,
}
# Of any number of scalars.
MANY: dict[str, Callable[..., Any]] = {
    "sum": lambda *xs: sum(xs[1:], xs[0]),
    "prod": lambda *xs: math.prod(xs[1:], start=xs[0]),
    "max": lambda *xs: max(xs),
    "min": lambda *xs: min(xs),
    "logsumexp": lambda *xs: log(sum(map(exp, xs[1:]), exp(xs[0]))),
}


def on_scalars(name: str) -> Callable[..., Any] | None:
    """The naive form of an entry of the menu of scalar programs; None for functions with an order."""
    if name in ONE:
        return one(name)
    if name in TWO:
        return lambda x, y: TWO[name](dual(x), dual(y))
    return MANY.get(name.split(" of ")[0]) if " of " in name else None


def each(function: Callable[..., Any]) -> Callable[..., np.ndarray]:
    """Of numbers, made one of arrays, element by element."""
    return np.frompyfunc(function, function.__code__.co_argcount, 1)  # type: ignore[no-any-return]


def _softmax(x: np.ndarray, axis: int) -> np.ndarray:
    e = each(lambda v: exp(v))(x)
    return e / np.sum(e, axis=axis, keepdims=True)


def _var(x: Any, axis: Any, keepdims: bool) -> Any:
    centred = np.asarray(x, object) - np.asarray(_mean(x, axis, True), object)
    return _mean(centred * centred, axis, keepdims)


def _mean(x: Any, axis: Any, keepdims: bool) -> Any:
    x = np.asarray(x, object)
    total = np.sum(x, axis=axis, keepdims=keepdims)
    return total * (1.0 / (x.size / np.size(total)))


# Entries of the menu of arrays, as NumPy does them with the duals' own arithmetic.
ARRAYS: dict[str, Callable[..., Any]] = {
    "sum": lambda x, axis, keepdims: np.sum(x, axis=axis, keepdims=keepdims),
    "prod": lambda x, axis, keepdims: np.prod(x, axis=axis, keepdims=keepdims),
    "max": lambda x, axis, keepdims: np.max(x, axis=axis, keepdims=keepdims),
    "min": lambda x, axis, keepdims: np.min(x, axis=axis, keepdims=keepdims),
    "mean": _mean,
    "var": _var,
    "std": lambda x, axis, keepdims: each(lambda v: sqrt(v) if v.value else Dual(0.0))(_var(x, axis, keepdims)),
    "softmax": _softmax,
    "log_softmax": lambda x, axis: each(lambda v: log(v))(_softmax(x, axis)),
    "logsumexp": lambda x, axis: each(lambda v: log(v))(np.sum(each(lambda v: exp(v))(x), axis=axis)),
    "cumsum": lambda x, axis: np.cumsum(x, axis=axis),
    "cumprod": lambda x, axis: np.cumprod(x, axis=axis),
    "sort": lambda x, axis: np.sort(x, axis=axis),
    "flip": lambda x, axis: np.flip(x, axis=axis),
    "diff": lambda x, axis: np.diff(x, axis=axis),
    "reshape": lambda x, shape: np.reshape(x, shape),
    "transpose": lambda x: np.transpose(x),
    "broadcast_to": lambda x, shape: np.broadcast_to(x, shape),
    "concatenate": lambda x, y: np.concatenate([np.ravel(x), np.ravel(y)]),
    "stack": lambda x, y: np.stack([x, y]),
    "slice": lambda x: x[::-1],
    "last": lambda x: x[-1],
    "index": lambda x, key: x[key],
    "matmul": lambda x, y: x @ y,
    "linear": lambda x, w, b: x @ w.T + b,
    "einsum": lambda x, y: np.sum(x[:, None, :] * y[None, :, :], axis=2),
    "norm": lambda x: sqrt(np.sum(x * x)),
    "trace": lambda x: sum((x[i, i] for i in range(1, len(x))), x[0, 0]),
    "where": lambda x, y: each(lambda a, b: a * a if a > b else b)(x, y),
}


def on_arrays(name: str) -> Callable[..., Any] | None:
    """The naive form of an entry of the menus of tensor programs; None where there is none."""
    if name in ARRAYS:
        return ARRAYS[name]
    function = on_scalars(name)
    if function is None:
        return None
    return np.frompyfunc(function, 1 if name in ONE else 2, 1)
