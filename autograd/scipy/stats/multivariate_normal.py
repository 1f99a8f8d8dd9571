"""The normal distribution of vectors, by mean and covariance; differentiable in all arguments."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.ops.elementwise import exp, mul, sub
from autograd.ops.matrix import log_gaussian, slogdet
from autograd.ops.shape import as_array, shape


def _covariance(cov: Any, size: int) -> Any:
    """A matrix for what SciPy takes: a number, a vector of variances, or a matrix."""
    cov = as_array(cov)
    return cov if len(shape(cov)) == 2 else mul(np.eye(size), cov)


def logpdf(x: Any, mean: Any = 0.0, cov: Any = 1.0, allow_singular: bool = False) -> Any:
    """The logarithm of the density of the vectors on the last axis of `x`.

    Parameters
    ----------
    x : array, shape (..., n)
    mean : array, shape (n,)
    cov : number, variances of shape (n,), or symmetric positive definite matrix, shape (n, n)
    allow_singular : bool
        Only False is supported.

    Raises
    ------
    ValueError
        For a singular matrix, or one that is not positive definite.

    Examples
    --------
    >>> round(float(logpdf(np.zeros(2), np.zeros(2), np.eye(2))), 6)
    -1.837877
    """
    if allow_singular:
        raise ValueError("multivariate_normal: allow_singular=True is not supported here")
    x, mean = as_array(x), as_array(mean)
    size = (shape(x) or shape(mean) or (1,))[-1]
    matrix = _covariance(cov, size)
    centred = sub(x, mean)
    if not shape(centred):
        centred = centred * np.ones(1)
    return log_gaussian(centred, matrix) - 0.5 * size * math.log(2.0 * math.pi)


def pdf(x: Any, mean: Any = 0.0, cov: Any = 1.0, allow_singular: bool = False) -> Any:
    """The density; see `logpdf`."""
    return exp(logpdf(x, mean, cov, allow_singular))


def entropy(mean: Any = None, cov: Any = 1.0) -> Any:
    """The differential entropy, in nats."""
    size = 1 if mean is None or not shape(as_array(mean)) else shape(as_array(mean))[-1]
    cov = as_array(cov)
    matrix = _covariance(cov, shape(cov)[-1] if shape(cov) else size)
    return 0.5 * (slogdet(matrix)[1] + shape(matrix)[0] * (1.0 + math.log(2.0 * math.pi)))
