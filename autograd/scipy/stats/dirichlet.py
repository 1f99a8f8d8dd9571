"""The Dirichlet distribution, for vectors of probabilities on the first axis of `x`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import scipy.stats as _stats

from autograd.ops.elementwise import exp, sub
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import as_array, reshape, shape
from autograd.ops.special import gammaln, xlogy
from autograd.scipy.passed import attributes_of

if TYPE_CHECKING:
    from autograd.typing import Operand

__getattr__ = attributes_of(_stats.dirichlet, "scipy.stats.dirichlet")


def logpdf(x: Operand, alpha: Operand) -> Any:
    """The logarithm of the density."""
    x, alpha = as_array(x), as_array(alpha)
    exponents = reshape(sub(alpha, 1.0), shape(alpha) + (1,) * (len(shape(x)) - 1))
    return gammaln(sum_(alpha)) - sum_(gammaln(alpha)) + sum_(xlogy(exponents, x), axis=0)


def pdf(x: Operand, alpha: Operand) -> Any:
    """The density."""
    return exp(logpdf(x, alpha))
