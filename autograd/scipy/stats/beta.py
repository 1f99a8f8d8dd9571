"""The beta distribution; `cdf` is differentiable in all arguments but `a` and `b`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import scipy.stats as _stats

from autograd.ops.comparison import greater_equal, less_equal, where
from autograd.ops.elementwise import clip, div, exp, log, sub
from autograd.ops.special import betainc, betaln, xlogy
from autograd.scipy.passed import attributes_of

if TYPE_CHECKING:
    from autograd.typing import Operand

__getattr__ = attributes_of(_stats.beta, "scipy.stats.beta")


def logpdf(x: Operand, a: Operand, b: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The logarithm of the density."""
    z = div(sub(x, loc), scale)
    inside = where(greater_equal(z, 0.0), less_equal(z, 1.0), False)
    z = where(inside, z, 0.5)
    return where(inside, xlogy(sub(a, 1.0), z) + xlogy(sub(b, 1.0), 1.0 - z) - betaln(a, b) - log(scale), -math.inf)


def pdf(x: Operand, a: Operand, b: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The density."""
    return exp(logpdf(x, a, b, loc, scale))


def cdf(x: Operand, a: Operand, b: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The probability of at most `x`."""
    return betainc(a, b, clip(div(sub(x, loc), scale), 0.0, 1.0))
