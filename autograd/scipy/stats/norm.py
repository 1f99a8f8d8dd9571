"""The normal distribution, by mean and standard deviation; differentiable in all arguments.

Examples
--------
>>> from autograd import grad
>>> round(grad(logpdf)(1.0, 0.0, 2.0), 4)
-0.25
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import scipy.stats as _stats

from autograd.ops.elementwise import div, exp, log, sub
from autograd.ops.special import log_ndtr, ndtr
from autograd.scipy.passed import attributes_of

if TYPE_CHECKING:
    from autograd.typing import Operand

__getattr__ = attributes_of(_stats.norm, "scipy.stats.norm")

ROOT_2PI = math.sqrt(2.0 * math.pi)


def _standard(x: Operand, loc: Operand, scale: Operand) -> Any:
    return div(sub(x, loc), scale)


def logpdf(x: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The logarithm of the density."""
    z = _standard(x, loc, scale)
    return -0.5 * (z * z) - (log(scale) + math.log(ROOT_2PI))


def pdf(x: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The density."""
    return exp(logpdf(x, loc, scale))


def cdf(x: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The probability of at most `x`."""
    return ndtr(_standard(x, loc, scale))


def sf(x: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The probability of more than `x`."""
    return ndtr(-_standard(x, loc, scale))


def logcdf(x: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The logarithm of `cdf`, exact where that underflows."""
    return log_ndtr(_standard(x, loc, scale))


def logsf(x: Operand, loc: Operand = 0.0, scale: Operand = 1.0) -> Any:
    """The logarithm of `sf`, exact where that underflows."""
    return log_ndtr(-_standard(x, loc, scale))
