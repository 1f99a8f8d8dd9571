"""The beta distribution; `cdf` is differentiable in all arguments but `a` and `b`."""

from __future__ import annotations

from typing import Any

from autograd.ops.elementwise import div, exp, log, sub
from autograd.ops.special import betainc, betaln, xlogy


def logpdf(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of the density."""
    z = div(sub(x, loc), scale)
    return xlogy(sub(a, 1.0), z) + xlogy(sub(b, 1.0), 1.0 - z) - betaln(a, b) - log(scale)


def pdf(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The density."""
    return exp(logpdf(x, a, b, loc, scale))


def cdf(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The probability of at most `x`."""
    return betainc(a, b, div(sub(x, loc), scale))
