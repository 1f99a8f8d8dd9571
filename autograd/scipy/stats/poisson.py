"""The Poisson distribution, differentiable in its mean `mu`; the count is a constant."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.stats as _stats

from autograd.graph.node import raw
from autograd.graph.op import refuse_masks
from autograd.ops.comparison import where
from autograd.ops.elementwise import exp, sub
from autograd.ops.special import gammaincc, gammaln, xlogy
from autograd.scipy.passed import attributes_of

if TYPE_CHECKING:
    from autograd.typing import Operand

__getattr__ = attributes_of(_stats.poisson, "scipy.stats.poisson")


def logpmf(k: Operand, mu: Operand, loc: Operand = 0) -> Any:
    """The logarithm of the probability of `k`."""
    refuse_masks("poisson.logpmf", k)
    count = np.asarray(raw(k), float) - raw(loc)
    possible = (count >= 0.0) & (count == np.floor(count))
    count = np.where(possible, count, 0.0)
    return where(possible, sub(xlogy(count, mu), gammaln(count + 1.0)) - mu, -math.inf)


def pmf(k: Operand, mu: Operand, loc: Operand = 0) -> Any:
    """The probability of `k`."""
    return exp(logpmf(k, mu, loc))


def cdf(k: Operand, mu: Operand, loc: Operand = 0) -> Any:
    """The probability of at most `k`."""
    refuse_masks("poisson.cdf", k)
    terms = np.floor(np.asarray(raw(k), float) - raw(loc)) + 1.0
    return where(terms > 0.0, gammaincc(np.maximum(terms, 1.0), mu), 0.0)
