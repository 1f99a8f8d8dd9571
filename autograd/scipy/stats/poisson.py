"""The Poisson distribution, differentiable in its mean `mu`; the count is a constant."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.graph.node import raw
from autograd.ops.elementwise import exp, sub
from autograd.ops.special import gammaincc, gammaln, xlogy


def logpmf(k: Any, mu: Any, loc: Any = 0) -> Any:
    """The logarithm of the probability of `k`."""
    count = np.asarray(raw(k), float) - raw(loc)
    return sub(xlogy(count, mu), gammaln(count + 1.0)) - mu


def pmf(k: Any, mu: Any, loc: Any = 0) -> Any:
    """The probability of `k`."""
    return exp(logpmf(k, mu, loc))


def cdf(k: Any, mu: Any, loc: Any = 0) -> Any:
    """The probability of at most `k`."""
    return gammaincc(np.floor(np.asarray(raw(k), float) - raw(loc)) + 1.0, mu)
