"""The special functions of SciPy: the error function, the gamma function and its kin, Bessel functions.

Where SciPy is not installed, those that Python's `math` has work still, element by element; the others say what to
install. The order of a function with an order (`polygamma`, `iv`, `jv`) is an operand, so that rules can raise it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import numpy as np

from autograd.errors import MissingDependencyError, OperandError
from autograd.extras import pip_install
from autograd.graph.node import Node
from autograd.graph.op import BY_SCIPY, Function, binary, implements, row, unary
from autograd.ops.comparison import equal, less, logical_and, sign, where
from autograd.ops.elementwise import add, cos, exp, log, log1p, power, sigmoid, sin, sub
from autograd.ops.strong import scale

ROOT2, ROOT_PI = math.sqrt(2.0), math.sqrt(math.pi)
DOUBLE = np.dtype(np.float64)


def _special(name: str) -> Callable[..., Any]:
    """The function of SciPy, where it is installed, and of Python's `math`, element by element, elsewhere."""

    def compute(*xs: Any) -> Any:
        function = _scipy(name)
        if function is None:
            one = getattr(math, "lgamma" if name == "gammaln" else name, None)
            if one is None or len(xs) > 1:
                raise MissingDependencyError(f"{name} needs SciPy: {pip_install('train')}")
            x = np.asarray(xs[0])
            return np.array([one(value) for value in x.ravel().tolist()], dtype=np.result_type(x, 0.0)).reshape(x.shape)
        found = function(*xs)
        # SciPy counts an order of dtype int64 as float64; the result is as wide as the floats are.
        floats = [dtype for dtype in [getattr(x, "dtype", None) for x in xs] if dtype is not None and dtype.kind == "f"]
        if not floats or DOUBLE in floats:
            return found
        return found.astype(np.result_type(*floats), copy=False)

    compute.__name__ = name
    return compute


@cache
def _scipy(name: str) -> Callable[..., Any] | None:
    """SciPy's function of a name; None where SciPy is not installed."""
    try:
        import scipy.special
    except ImportError:
        return None
    function: Callable[..., Any] = getattr(scipy.special, name)
    return function


def _whole(function: Callable[..., Any]) -> Callable[..., Any]:
    # An order comes as a float from rules and scalars; SciPy takes only integers where only those make sense.
    return lambda n, x: function(np.asarray(n).astype(int), x)


_psi, _any_order = _special("psi"), _whole(_special("polygamma"))


def _polygamma_arrays(n: Any, x: Any) -> Any:
    # SciPy computes all orders, and then chooses.
    first = not np.ndim(n) and n == 0 and _scipy("psi") is not None
    return _psi(x) if first else _any_order(n, x)


def _constant_in(op: Function, *positions: int) -> Function:
    """A row as users call it, where the derivative with respect to some operands is unknown: those must be constants."""

    @wraps(op)
    def call(*xs: Any) -> Any:
        for position in positions:
            if isinstance(xs[position], Node) and xs[position].needs_grad:
                raise OperandError(
                    f"{op.__name__} has no derivative with respect to its argument {position + 1}: give that as a plain number or array"
                )
        return op(*xs)

    return call


# fmt: off
erf: Function = unary("erf", math.erf, _special("erf"), lambda g, out, x: scale(g, 2.0 / ROOT_PI * exp(-x * x)),
    doc="The error function, 2/√π times the integral of exp(-t²) from 0 to `x`.")
erfc: Function = unary("erfc", math.erfc, _special("erfc"), lambda g, out, x: scale(g, -2.0 / ROOT_PI * exp(-x * x)),
    doc="`1 - erf(x)`, exact also where that is small.")
# fmt: on
erfinv: Function = unary(
    "erfinv",
    _special("erfinv"),
    _special("erfinv"),
    lambda g, out, x: scale(g, ROOT_PI / 2.0 * exp(out * out)),
    doc="The number whose `erf` is `x`.",
)
erfcinv: Function = unary(
    "erfcinv",
    _special("erfcinv"),
    _special("erfcinv"),
    lambda g, out, x: scale(g, -ROOT_PI / 2.0 * exp(out * out)),
    doc="The number whose `erfc` is `x`.",
)
ndtr: Function = unary(
    "ndtr",
    _special("ndtr"),
    _special("ndtr"),
    lambda g, out, x: scale(g, exp(-0.5 * (x * x)) / (ROOT2 * ROOT_PI)),
    doc="The distribution function of the standard normal distribution.",
)
log_ndtr: Function = unary(
    "log_ndtr",
    _special("log_ndtr"),
    _special("log_ndtr"),
    lambda g, out, x: scale(g, exp(-0.5 * (x * x) - out - math.log(ROOT2 * ROOT_PI))),
    doc="The logarithm of `ndtr`, exact also far out on the left.",
)
_polygamma: Function = binary(
    "polygamma",
    _polygamma_arrays,
    _polygamma_arrays,
    None,
    lambda g, out, x, y: scale(g, _polygamma(x + 1.0, y)),
)


def digamma(x: Any) -> Any:
    """The logarithmic derivative of the gamma function, `polygamma(0, x)`."""
    return _polygamma(0.0, x)


# fmt: off
gammaln: Function = unary("gammaln", _special("gammaln"), _special("gammaln"), lambda g, out, x: scale(g, digamma(x)),
    doc="The logarithm of the absolute value of the gamma function.")
gamma: Function = unary("gamma", math.gamma, _special("gamma"), lambda g, out, x: scale(g, out * digamma(x)),
    doc="The gamma function, (x - 1)! at whole numbers.")
# fmt: on
_gammainc: Function = binary(
    "gammainc",
    _special("gammainc"),
    _special("gammainc"),
    None,
    lambda g, out, x, y: scale(g, exp((x - 1.0) * log(y) - y - gammaln(x))),
)
_gammaincc: Function = binary(
    "gammaincc",
    _special("gammaincc"),
    _special("gammaincc"),
    None,
    lambda g, out, x, y: scale(g, -exp((x - 1.0) * log(y) - y - gammaln(x))),
)
_betainc: Function = row(
    "betainc",
    _special("betainc"),
    None,
    None,
    lambda g, out, x, y, z: scale(g, power(z, x - 1.0) * power(1.0 - z, y - 1.0) / beta(x, y)),
    scalar=_special("betainc"),
)
beta: Function = binary(
    "beta",
    _special("beta"),
    _special("beta"),
    lambda g, out, x, y: scale(g, out * (digamma(x) - digamma(x + y))),
    lambda g, out, x, y: scale(g, out * (digamma(y) - digamma(x + y))),
    doc="The beta function, `gamma(x) * gamma(y) / gamma(x + y)`.",
)
# By the reflection formula where x is small: at the poles of the gamma function one over it is 0, and its slope is not.
rgamma: Function = unary(
    "rgamma",
    _special("rgamma"),
    _special("rgamma"),
    lambda g, out, x: scale(
        g,
        where(less(x, 0.5), _reflected_slope(where(less(x, 0.5), x, 0.0)), -out * digamma(where(less(x, 0.5), 1.0, x))),
    ),
    doc="The reciprocal of the gamma function.",
)


def _reflected_slope(x: Any) -> Any:
    """The derivative of one over the gamma function at `x`, by that function at 1 - x."""
    return gamma(1.0 - x) * (cos(math.pi * x) - sin(math.pi * x) * digamma(1.0 - x) / math.pi)


# Student's distribution function, of a number of degrees of freedom.
_stdtr: Function = binary(
    "stdtr",
    _special("stdtr"),
    _special("stdtr"),
    None,
    lambda g, out, x, y: scale(
        g,
        exp(gammaln(0.5 * x + 0.5) - gammaln(0.5 * x) - 0.5 * log(math.pi * x) - (0.5 * x + 0.5) * log1p(y * y / x)),
    ),
)
logit: Function = unary(
    "logit",
    lambda x: math.log(x / (1.0 - x)),
    lambda x: np.log(x / (1.0 - x)),
    lambda g, out, x: scale(g, 1.0 / (x * (1.0 - x))),
    doc="The inverse of `sigmoid`, `log(x / (1 - x))`.",
)
gammasgn: Function = unary(
    "gammasgn", _special("gammasgn"), _special("gammasgn"), None, doc="The sign of the gamma function."
)
xlogy: Function = binary(
    "xlogy",
    lambda x, y: 0.0 if x == 0.0 and y == y else x * math.log(y),
    lambda x, y: np.where((x == 0) & ~np.isnan(y), 0.0, x * np.log(np.where(x == 0, 1.0, y))).astype(
        np.result_type(x, y, np.float16), copy=False
    ),
    lambda g, out, x, y: scale(g, log(where(logical_and(equal(x, 0.0), equal(y, 0.0)), 1.0, y))),
    lambda g, out, x, y: scale(g, x / where(logical_and(equal(x, 0.0), equal(y, 0.0)), 1.0, y)),
    doc="`x * log(y)`, and 0 where x is 0.",
)
_jv: Function = binary(
    "jv",
    _special("jv"),
    _special("jv"),
    None,
    lambda g, out, x, y: scale(g, 0.5 * (_jv(x - 1.0, y) - _jv(x + 1.0, y))),
)
_yv: Function = binary(
    "yv",
    _special("yv"),
    _special("yv"),
    None,
    lambda g, out, x, y: scale(g, 0.5 * (_yv(x - 1.0, y) - _yv(x + 1.0, y))),
)
_iv: Function = binary(
    "iv",
    _special("iv"),
    _special("iv"),
    None,
    lambda g, out, x, y: scale(g, 0.5 * (_iv(x - 1.0, y) + _iv(x + 1.0, y))),
)
_ive: Function = binary(
    "ive",
    _special("ive"),
    _special("ive"),
    None,
    lambda g, out, x, y: scale(g, 0.5 * (_ive(x - 1.0, y) + _ive(x + 1.0, y)) - sign(y) * out),
)

polygamma, gammainc, gammaincc = _constant_in(_polygamma, 0), _constant_in(_gammainc, 0), _constant_in(_gammaincc, 0)
jv, yv, iv, ive = _constant_in(_jv, 0), _constant_in(_yv, 0), _constant_in(_iv, 0), _constant_in(_ive, 0)
stdtr, betainc = _constant_in(_stdtr, 0), _constant_in(_betainc, 0, 1)


def betaln(x: Any, y: Any) -> Any:
    """The logarithm of the beta function."""
    return sub(add(gammaln(x), gammaln(y)), gammaln(add(x, y)))


def expit(x: Any) -> Any:
    """SciPy's name for the logistic sigmoid."""
    return sigmoid(x)


def i0(x: Any) -> Any:
    """The modified Bessel function of order 0."""
    return _iv(0.0, x)


def i1(x: Any) -> Any:
    """The modified Bessel function of order 1."""
    return _iv(1.0, x)


def j0(x: Any) -> Any:
    """The Bessel function of the first kind and order 0."""
    return _jv(0.0, x)


def j1(x: Any) -> Any:
    """The Bessel function of the first kind and order 1."""
    return _jv(1.0, x)


def y0(x: Any) -> Any:
    """The Bessel function of the second kind and order 0."""
    return _yv(0.0, x)


def y1(x: Any) -> Any:
    """The Bessel function of the second kind and order 1."""
    return _yv(1.0, x)


implements(np.i0)(i0)
# SciPy is not imported for this: its ufuncs are known by their names when they come.
for _function in (
    *(erf, erfc, erfinv, erfcinv, ndtr, log_ndtr, gammaln, gamma, gammainc, gammaincc, betainc, beta, betaln, rgamma),
    *(polygamma, gammasgn, logit, expit, xlogy, jv, yv, iv, ive, i0, i1, j0, j1, y0, y1, stdtr),
):
    BY_SCIPY[_function.__name__] = _function
BY_SCIPY["psi"] = digamma
