"""Distances and likenesses of vectors, and vectors of length 1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.ops.elementwise import maximum
from autograd.ops.linalg import norm_of_vectors
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import axis_tuple, broadcast_arrays, reshape, shape
from nn.arguments import check_number, describe_shape

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


def cosine_similarity(x1: Input, x2: Input, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x·y / (|x|·|y|) along an axis, each norm at least ε.

    Parameters
    ----------
    x1, x2 : array_like or Tensor
        Their shapes broadcast.
    dim : int
        The axis of the vectors.
    eps : float
        What a norm is at least.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape that they broadcast to, without the axis.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.cosine_similarity(np.array([[1.0, 0.0]]), np.array([[1.0, 1.0]])).round(6).tolist()
    [0.707107]
    """
    if shape(x1) != shape(x2):
        # First, as `dim` is an axis of both, which may be one element long in one of them.
        x1, x2 = broadcast_arrays(x1, x2)
    if not shape(x1):
        # A number is a vector of one element, as in PyTorch.
        return cosine_similarity(reshape(x1, (1,)), reshape(x2, (1,)), dim, eps)
    return sum_(normalize(x1, dim=dim, eps=eps) * normalize(x2, dim=dim, eps=eps), axis=dim)


def _length(name: str, x: Input, p: float, dim: Any, keepdims: bool) -> Any:
    """The p-norm along an axis."""
    check_number(name, "p", p, 0.0)
    return norm_of_vectors(x, math.inf if p == math.inf else float(p), axis_tuple(dim, len(shape(x))), keepdims)


def pairwise_distance(x1: Input, x2: Input, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of x − y + ε along the last axis.

    Parameters
    ----------
    x1, x2 : array_like or Tensor
        Their shapes broadcast.
    p : float
    eps : float
        Added to the differences.
    keepdim : bool
        Leave the axis, with length 1.

    Returns
    -------
    numpy.ndarray or Tensor
        In their shape without the last axis.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.pairwise_distance(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]])).round(4).tolist()
    [5.0]
    """
    return _length("pairwise_distance", x1 - x2 + eps, p, -1, keepdim)


def pdist(input: Input, p: float = 2.0) -> Tensor:
    """The p-norms of the differences of all pairs of rows, each pair once.

    Parameters
    ----------
    input : array_like or Tensor, shape (n, features)
    p : float

    Returns
    -------
    numpy.ndarray or Tensor, shape (n·(n − 1)/2,)

    Raises
    ------
    ShapeError
        For an input of other axes.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.pdist(np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]])).round(4).tolist()
    [5.0, 1.0, 4.2426]
    """
    if len(shape(input)) != 2:
        raise ShapeError(f"pdist: expected an input of shape (n, features), got {describe_shape(input)}")
    first, second = np.triu_indices(shape(input)[0], 1)
    return _length("pdist", input[first] - input[second], p, -1, False)


def normalize(input: Input, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """x / max(‖x‖, ε) along an axis.

    Parameters
    ----------
    input : array_like or Tensor
    p : float
        Of the norm.
    dim : int
        The axis of the vectors.
    eps : float
        What a norm is at least.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.normalize(np.array([[3.0, 4.0]])).tolist()
    [[0.6, 0.8]]
    """
    if not shape(input):
        # A number is a vector of one element, as in PyTorch.
        return reshape(normalize(reshape(input, (1,)), p, dim, eps), ())
    return input / maximum(_length("normalize", input, p, dim, True), eps)
