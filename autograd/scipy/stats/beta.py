"""The beta distribution; `cdf` is differentiable in all arguments but `a` and `b`."""

from __future__ import annotations

import math
from typing import Any

import scipy.stats as _stats

from autograd.ops.comparison import greater_equal, less_equal, where
from autograd.ops.elementwise import clip, div, exp, log, sub
from autograd.ops.special import betainc, betaln, xlogy
from autograd.scipy.passed import attributes_of

__getattr__ = attributes_of(_stats.beta, "scipy.stats.beta")


def logpdf(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of the density."""
    z = div(sub(x, loc), scale)
    inside = where(greater_equal(z, 0.0), less_equal(z, 1.0), False)
    z = where(inside, z, 0.5)
    return where(inside, xlogy(sub(a, 1.0), z) + xlogy(sub(b, 1.0), 1.0 - z) - betaln(a, b) - log(scale), -math.inf)


def pdf(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The density."""
    return exp(logpdf(x, a, b, loc, scale))


def cdf(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The probability of at most `x`."""
    return betainc(a, b, clip(div(sub(x, loc), scale), 0.0, 1.0))
