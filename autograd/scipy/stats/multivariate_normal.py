"""The normal distribution of vectors, by mean and covariance; differentiable in all arguments."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.stats as _stats

from autograd.errors import MissingRuleError, ShapeError
from autograd.graph.node import Node, raw
from autograd.ops.comparison import where
from autograd.ops.elementwise import exp, mul, sub
from autograd.ops.linalg import matmul
from autograd.ops.matrix import log_gaussian, slogdet
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import as_array, expand_dims, shape
from autograd.scipy.passed import attributes_of

if TYPE_CHECKING:
    from autograd.typing import Operand

__getattr__ = attributes_of(_stats.multivariate_normal, "scipy.stats.multivariate_normal")


def _size(mean: Any, cov: Any) -> int:
    """The length of the vectors, which SciPy takes from the mean, and without one from the matrix."""
    if mean is not None:
        return math.prod(shape(as_array(mean)))
    return shape(as_array(cov))[0] if len(shape(as_array(cov))) == 2 else 1


def _covariance(cov: Operand, size: int) -> Any:
    """A matrix for what SciPy takes: a number, a vector of variances, or a matrix."""
    cov = as_array(cov)
    if shape(cov) not in ((), (size,), (size, size)):
        raise ShapeError(f"multivariate_normal: a covariance of shape {shape(cov)} for vectors of {size} components")
    return cov if len(shape(cov)) == 2 else mul(np.eye(size), cov)


def logpdf(x: Any, mean: Any = None, cov: Any = 1.0, allow_singular: bool = False) -> Any:
    """The logarithm of the density of the vectors on the last axis of `x`.

    Parameters
    ----------
    x : array, shape (..., n)
    mean : array, shape (n,)
    cov : number, variances of shape (n,), or symmetric positive definite matrix, shape (n, n)
    allow_singular : bool
        Take a singular matrix, too, which must be a constant then: vectors that its variances cannot reach have density 0.

    Raises
    ------
    ValueError
        For a singular matrix, or one that is not positive definite.
    NotImplementedError
        For the derivative by a matrix that may be singular.

    Examples
    --------
    >>> round(float(logpdf(np.zeros(2), np.zeros(2), np.eye(2))), 6)
    -1.837877
    """
    x = as_array(x)
    size = _size(mean, cov)
    if not shape(x) or (size == 1 and len(shape(x)) == 1):
        # Vectors of one component may come as numbers.
        x = expand_dims(x, -1)
    centred = sub(x, 0.0 if mean is None else mean)
    matrix = _covariance(cov, size)
    if not allow_singular:
        return log_gaussian(centred, matrix) - 0.5 * size * math.log(2.0 * math.pi)
    if isinstance(matrix, Node) and matrix.needs_grad:
        raise MissingRuleError(
            "multivariate_normal: by a covariance that may be singular there is no derivative: give allow_singular=False"
        )
    return _within_support(centred, np.asarray(raw(matrix)))


def _within_support(centred: Any, cov: np.ndarray) -> Any:
    variances, directions = np.linalg.eigh(cov)
    # SciPy's bound, below which a variance counts as 0.
    bound = 1e6 * np.finfo(float).eps * np.max(np.abs(variances))
    if np.min(variances) < -bound:
        raise ShapeError("multivariate_normal: the covariance is not positive semidefinite")
    there = variances > bound
    whitened = matmul(centred, directions[:, there] / np.sqrt(variances[there]))
    density = -0.5 * (
        sum_(mul(whitened, whitened), axis=-1)
        + np.sum(np.log(variances[there]))
        + np.count_nonzero(there) * math.log(2.0 * math.pi)
    )
    beyond = np.linalg.norm(raw(as_array(centred)) @ directions[:, ~there], axis=-1)
    return where(beyond < bound, density, -math.inf)


def pdf(x: Operand, mean: Operand | None = None, cov: Operand = 1.0, allow_singular: bool = False) -> Any:
    """The density; see `logpdf`."""
    return exp(logpdf(x, mean, cov, allow_singular))


def entropy(mean: Any = None, cov: Any = 1.0) -> Any:
    """The differential entropy, in nats."""
    matrix = _covariance(cov, _size(mean, cov))
    return 0.5 * (slogdet(matrix)[1] + shape(matrix)[0] * (1.0 + math.log(2.0 * math.pi)))
