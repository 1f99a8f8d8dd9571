"""SciPy's `solve_triangular`, and the functions that it shares with NumPy's `linalg`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.node import Node
from autograd.numpy.linalg import cholesky as _cholesky
from autograd.numpy.linalg import det, eigh, inv, lstsq, norm, pinv, solve, svd
from autograd.numpy.linalg import qr as _qr
from autograd.ops.diagonal import tril, triu
from autograd.ops.shape import as_array, matrix_transpose, shape

__all__ = ["cholesky", "det", "eigh", "inv", "lstsq", "norm", "pinv", "qr", "solve", "solve_triangular", "svd"]


def cholesky(a: Any, lower: bool = False, **_: Any) -> Any:
    """The triangle with `upper.T @ upper = a`, which is SciPy's default, or with `lower @ lower.T = a`.

    Parameters
    ----------
    a : array_like or Tensor, shape (n, n)
        Symmetric and positive definite.
    lower : bool
    **_
        Further arguments of SciPy's, which change nothing here.

    Returns
    -------
    numpy.ndarray or Tensor, shape (n, n)

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import cholesky
    >>> cholesky(np.array([[4.0, 2.0], [2.0, 5.0]]), lower=True).tolist()
    [[2.0, 0.0], [1.0, 2.0]]
    """
    # Of the matrix, too, only that triangle is read.
    return _cholesky(a) if lower else matrix_transpose(_cholesky(matrix_transpose(as_array(a))))


def qr(a: Any, overwrite_a: bool = False, lwork: Any = None, mode: str = "full", pivoting: bool = False) -> Any:
    """SciPy's `qr`, in the modes `full` (of a matrix with no more rows than columns), `economic` and `r`.

    Parameters
    ----------
    a : array_like or Tensor, shape (m, n)
    overwrite_a, lwork
        As in SciPy; nothing is overwritten.
    mode : str
    pivoting : bool
        Not supported.

    Returns
    -------
    tuple of numpy.ndarray or Tensor

    Raises
    ------
    OperandError
        For pivoting, and another mode.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import qr
    >>> q, r = qr(np.array([[3.0, 1.0], [4.0, 2.0]]))
    >>> (q @ r).round(6).tolist()
    [[3.0, 1.0], [4.0, 2.0]]
    """
    if pivoting or mode not in _MODES:
        raise OperandError(
            f"qr: mode {mode!r} with pivoting={pivoting} is not supported; the modes are full, economic and r"
        )
    found = _qr(a, _MODES[mode])
    return (found,) if mode == "r" else tuple(found)


_MODES = {"full": "complete", "economic": "reduced", "r": "r"}


def solve_triangular(a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **_: Any) -> Any:
    """The `x` for which `a @ x = b`, of which one triangle of `a` is read.

    Parameters
    ----------
    a : array_like or Tensor, shape (n, n)
    b : array_like or Tensor, shape (n,) or (n, k)
    trans : {0, 1, "N", "T"}
        Whether `a` is transposed.
    lower : bool
    unit_diagonal : bool
        Whether the diagonal counts as ones.
    **_
        Further arguments of SciPy's, which change nothing here.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `b`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy.linalg import solve_triangular
    >>> solve_triangular(np.array([[2.0, 0.0], [1.0, 4.0]]), np.array([2.0, 5.0]), lower=True).tolist()
    [1.0, 1.0]
    """
    if trans in (2, "C"):
        raise OperandError("solve_triangular: trans=2 is for complex numbers; use trans=1")
    a = tril(a) if lower else triu(a)
    if unit_diagonal:
        a = a * (1.0 - np.eye(shape(a)[-1])) + np.eye(shape(a)[-1])
    a = matrix_transpose(a) if trans in (1, "T") else a
    if not isinstance(a, Node) and not isinstance(b, Node):
        return np.linalg.solve(a, b)
    return solve(a, as_array(b))
