"""Student's t distribution; `cdf` and `logcdf` are differentiable in all arguments but `df`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import scipy.stats as _stats

from autograd.ops.elementwise import div, exp, log, log1p, sub
from autograd.ops.special import gammaln, stdtr
from autograd.scipy.passed import attributes_of

if TYPE_CHECKING:
    from autograd.typing import Operand

__getattr__ = attributes_of(_stats.t, "scipy.stats.t")


def logpdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The logarithm of the density."""
    z = div(sub(x, loc), scale)
    half = 0.5 * (df + 1.0)
    return gammaln(half) - gammaln(0.5 * df) - 0.5 * log(math.pi * df) - log(scale) - half * log1p(z * z / df)


def pdf(x: Operand, df: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The density."""
    return exp(logpdf(x, df, loc, scale))


def cdf(x: Operand, df: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The probability of at most `x`."""
    return stdtr(df, div(sub(x, loc), scale))


def logcdf(x: Operand, df: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The logarithm of `cdf`."""
    return log(cdf(x, df, loc, scale))
