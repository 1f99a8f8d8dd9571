"""Derivatives where differences are too coarse: at fifty digits for graphs of scalars, by complex steps for arrays."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from autograd.graph.node import Const, Node, ancestors, get_data
from autograd.graph.op import TABLE

PRECISE_DIGITS = 50


@cache
def exact_functions() -> dict[str, Callable[..., Any]]:
    """The rows that have a scalar forward, as functions of mpmath; empty without mpmath.

    Examples
    --------
    >>> import mpmath
    >>> float(exact_functions()["softplus"](mpmath.mpf(0)))
    0.6931471805599453
    """
    try:
        import mpmath
    except ImportError:
        return {}

    def _student(df: Any, t: Any) -> Any:
        tail = mpmath.betainc(df / 2, 0.5, 0, df / (df + t * t), regularized=True) / 2
        return 1 - tail if t > 0 else tail

    written: dict[str, Callable[..., Any]] = {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        **dict.fromkeys(("mul", "scale", "strong", "times"), lambda x, y: x * y),
        "div": lambda x, y: x / y,
        "power": mpmath.power,
        "neg": lambda x: -x,
        "abs": lambda x: abs(x),
        "square": lambda x: x * x,
        "reciprocal": lambda x: 1 / x,
        "exp2": lambda x: mpmath.power(2, x),
        "log": mpmath.log,
        "log2": lambda x: mpmath.log(x, 2),
        "hypot": mpmath.hypot,
        "deg2rad": mpmath.radians,
        "rad2deg": mpmath.degrees,
        "copysign": lambda x, y: abs(x) if y >= 0 else -abs(x),
        "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
        "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
        "logaddexp": lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)),
        "relu": lambda x: max(x, mpmath.mpf(0)),
        "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
        "elu": lambda x, alpha: x if x > 0 else alpha * mpmath.expm1(x),
        "silu": lambda x: x / (1 + mpmath.exp(-x)),
        "gelu": lambda x: x * mpmath.ncdf(x),
        "maximum": lambda x, y: max(x, y),
        "minimum": lambda x, y: min(x, y),
        "identity": lambda x: x,
        "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
        "fmax": lambda x, y: max(x, y),
        "fmin": lambda x, y: min(x, y),
        "remainder": lambda x, y: x - y * mpmath.floor(x / y),
        "fmod": lambda x, y: x - y * mpmath.sign(x / y) * mpmath.floor(abs(x / y)),
        "logaddexp2": lambda x, y: mpmath.log(mpmath.power(2, x) + mpmath.power(2, y), 2),
        "sinc": lambda x, n: mpmath.diff(mpmath.sincpi, x, int(n)),
        "nan_to_num": lambda x, **_: x,
        "ndtr": mpmath.ncdf,
        "log_ndtr": lambda x: mpmath.log(mpmath.ncdf(x)),
        "gammaln": mpmath.loggamma,
        "gammainc": lambda a, x: mpmath.gammainc(a, 0, x, regularized=True),
        "gammaincc": lambda a, x: mpmath.gammainc(a, x, mpmath.inf, regularized=True),
        "betainc": lambda a, b, x: mpmath.betainc(a, b, 0, x, regularized=True),
        "erfcinv": lambda x: mpmath.erfinv(1 - x),
        "stdtr": _student,
        "ive": lambda v, x: mpmath.besseli(v, x) * mpmath.exp(-abs(x)),
        "logit": lambda x: mpmath.log(x / (1 - x)),
        "xlogy": lambda x, y: x * mpmath.log(y),
        "jv": mpmath.besselj,
        "yv": mpmath.bessely,
        "iv": mpmath.besseli,
        "prod_n": lambda *xs: mpmath.fprod(xs),
        "clip": lambda x, low, high: min(max(x, low), high),
        "where": lambda condition, x, y: x if condition else y,
        "sum_n": lambda *xs: mpmath.fsum(xs),
        "max_n": lambda *xs: max(xs),
        "min_n": lambda *xs: min(xs),
        "dot_n": lambda *xs: mpmath.fsum(a * b for a, b in zip(xs[: len(xs) // 2], xs[len(xs) // 2 :], strict=True)),
        "logsumexp_n": lambda *xs: mpmath.log(mpmath.fsum(map(mpmath.exp, xs))),
    }
    named = {name: getattr(mpmath, name) for name, op in TABLE.items() if op.scalar and hasattr(mpmath, name)}
    return {**named, **written}


def differentiate_graph(root: Node, leaf: Node) -> float | None:
    """The derivative of a scalar graph by one leaf at fifty digits, from the forward operations alone; None if one is unknown.

    It sees terms that cancel in 53 bits, and none of the engine's rules.

    Examples
    --------
    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> differentiate_graph(1e20 + x * x, x)
    2.0
    """
    functions = exact_functions()
    order = list(ancestors(root))
    for node in order:
        if np.size(get_data(node)) != 1:
            return None
        if node.op is not None and (node.op.opaque or node.op.name not in functions):
            return None
    if not functions:
        return None
    import mpmath

    def number(node: Node) -> Any:
        data = get_data(node)
        return data if isinstance(data, (bool, np.bool_)) else mpmath.mpf(float(np.asarray(data).item()))

    def value(x: Any) -> Any:
        values: dict[Node, Any] = {leaf: x}
        for node in order:
            if node is leaf:
                continue
            if node.op is None or isinstance(node, Const):
                values[node] = number(node)
            else:
                params = {
                    key: mpmath.mpf(given) for key, given in node.params.items() if isinstance(given, (int, float))
                }
                if len(params) < len(node.params):
                    raise ValueError
                values[node] = functions[node.op.name](*(values[parent] for parent in node.parents), **params)
        return values[root]

    try:
        with mpmath.workdps(PRECISE_DIGITS):
            slope = mpmath.diff(value, number(leaf))
            return float(slope) if mpmath.isfinite(slope) and mpmath.im(slope) == 0 else None
    except (ArithmeticError, ValueError, TypeError):
        return None


def complex_step(f: Callable[[complex], Any], x: float) -> float | None:
    """The derivative of an analytic `f` by one evaluation beside the real line, without cancellation; None if it is not.

    Im f(x + ih) / h with a tiny h (Squire and Trapp 1998, "Using complex variables to estimate derivatives of real
    functions"). Functions that drop the imaginary part, as `numpy.abs` does, give a wrong number and no error: compare
    it with a real difference before believing it.

    Examples
    --------
    >>> complex_step(lambda x: x * x * x, 2.0), complex_step(np.abs, 2.0)
    (12.0, None)
    """
    h = 1e-30 * (abs(x) or 1.0)
    try:
        with warnings.catch_warnings():
            # NumPy warns where an imaginary part is dropped.
            warnings.simplefilter("error")
            out = f(complex(x, h))
    except (ArithmeticError, TypeError, ValueError, AttributeError, RuntimeError, Warning):
        # PyTorch says so of what it does not have of complex numbers by a RuntimeError.
        return None
    if not isinstance(out, (complex, np.complexfloating)):
        return None
    slope = float(out.imag) / h
    return slope if math.isfinite(slope) else None
