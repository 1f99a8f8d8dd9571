"""The chi-squared distribution: a gamma distribution of shape `df / 2` and scale 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import scipy.stats as _stats

from autograd.ops.elementwise import div, mul
from autograd.scipy.passed import attributes_of
from autograd.scipy.stats import gamma

if TYPE_CHECKING:
    from autograd.typing import Operand

__getattr__ = attributes_of(_stats.chi2, "scipy.stats.chi2")


def logpdf(x: Operand, df: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The logarithm of the density."""
    return gamma.logpdf(x, div(df, 2.0), loc, mul(scale, 2.0))


def pdf(x: Operand, df: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The density."""
    return gamma.pdf(x, div(df, 2.0), loc, mul(scale, 2.0))


def cdf(x: Operand, df: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The probability of at most `x`."""
    return gamma.cdf(x, div(df, 2.0), loc, mul(scale, 2.0))
