"""The gamma distribution of a shape `a`, by its scale; `cdf` is differentiable in all arguments but `a`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import scipy.stats as _stats

from autograd.ops.comparison import greater_equal, where
from autograd.ops.elementwise import div, exp, log, maximum, sub
from autograd.ops.special import gammainc, gammaln, xlogy
from autograd.scipy.passed import attributes_of

if TYPE_CHECKING:
    from autograd.typing import Operand

__getattr__ = attributes_of(_stats.gamma, "scipy.stats.gamma")


def logpdf(x: Operand, a: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The logarithm of the density."""
    z = div(sub(x, loc), scale)
    inside = greater_equal(z, 0.0)
    z = where(inside, z, 1.0)
    return where(inside, xlogy(sub(a, 1.0), z) - z - gammaln(a) - log(scale), -math.inf)


def pdf(x: Operand, a: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The density."""
    return exp(logpdf(x, a, loc, scale))


def cdf(x: Operand, a: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The probability of at most `x`."""
    return gammainc(a, maximum(div(sub(x, loc), scale), 0.0))
