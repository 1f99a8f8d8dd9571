"""Diagonals and triangles of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import ShapeError
from autograd.graph.op import implements
from autograd.ops.comparison import where
from autograd.ops.indexing import getitem, put
from autograd.ops.reduction import _sum
from autograd.ops.shape import as_array, astype, axis_index, moveaxis, ravel, refuse_out, shape


def _triangle(x: Any, k: int) -> np.ndarray:
    rows, columns = shape(x)[-2:]
    return np.tri(rows, columns, k, dtype=bool)


@implements(np.tril)
def tril(x: Any, k: int = 0) -> Any:
    """The lower triangle, up to diagonal number `k`; zeros elsewhere."""
    x = as_array(x)
    return where(_triangle(x, k), x, x.dtype.type(0))


@implements(np.triu)
def triu(x: Any, k: int = 0) -> Any:
    """The upper triangle, from diagonal number `k` on; zeros elsewhere."""
    x = as_array(x)
    return where(_triangle(x, k - 1), x.dtype.type(0), x)


@implements(np.diagonal)
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """A diagonal of two axes, which go; it becomes the last axis.

    Parameters
    ----------
    x : array_like or Tensor
        Of two axes or more.
    offset : int
        How far above the main diagonal.
    axis1, axis2 : int
        The two axes.

    Returns
    -------
    numpy.ndarray or Tensor

    Raises
    ------
    ShapeError
        Where both are the same axis.

    Examples
    --------
    >>> from autograd import Tensor
    >>> Tensor([[1.0, 2.0], [3.0, 4.0]]).diagonal().tolist()
    [1.0, 4.0]
    """
    x = as_array(x)
    ndim = len(shape(x))
    axis1, axis2 = axis_index(axis1, ndim), axis_index(axis2, ndim)
    if axis1 == axis2:
        raise ShapeError("diagonal: axis1 and axis2 must be two axes")
    x = moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = shape(x)[-2:]
    first = np.arange(max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns)))
    return getitem(x, (..., first - min(offset, 0), first + max(offset, 0)))


@implements(np.trace)
def trace(
    x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: DTypeLike | None = None, out: Any = None
) -> Any:
    """The sum of a diagonal.

    Parameters
    ----------
    x : array_like or Tensor
        Of two axes or more.
    offset : int
        How far above the main diagonal.
    axis1, axis2 : int
        The two axes.
    dtype : dtype, optional
        What to convert the diagonal to before.
    out : None
        Not supported.

    Returns
    -------
    float, numpy.ndarray or Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> Tensor([[1.0, 2.0], [3.0, 4.0]]).trace().item()
    5.0
    """
    refuse_out("trace", out)
    found = diagonal(x, offset, axis1, axis2)
    return _sum(found if dtype is None else astype(found, dtype), axis=(len(shape(found)) - 1,), keepdims=False)


@implements(np.diag)
def diag(x: Any, k: int = 0) -> Any:
    """The diagonal of a matrix, or the matrix with a vector as its diagonal."""
    x = as_array(x)
    if len(shape(x)) == 2:
        return diagonal(x, k)
    if len(shape(x)) != 1:
        raise ShapeError(f"diag: a vector or a matrix is needed, not shape {shape(x)}")
    return diagflat(x, k)


@implements(np.diagflat)
def diagflat(x: Any, k: int = 0) -> Any:
    """The matrix with the flattened array as its diagonal number `k`."""
    flat = ravel(x)
    (n,) = shape(flat)
    along = np.arange(n)
    whole = (n + abs(k), n + abs(k))
    return put(flat, (along + max(-k, 0), along + max(k, 0)), whole)
