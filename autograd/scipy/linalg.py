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
    """The triangle with `upper.T @ upper = a`, which is SciPy's default, or with `lower @ lower.T = a`."""
    # Of the matrix, too, only that triangle is read.
    return _cholesky(a) if lower else matrix_transpose(_cholesky(matrix_transpose(as_array(a))))


def qr(a: Any, overwrite_a: bool = False, lwork: Any = None, mode: str = "full", pivoting: bool = False) -> Any:
    """SciPy's `qr`, in the modes `full` (of a matrix with no more rows than columns), `economic` and `r`."""
    if pivoting or mode not in _MODES:
        raise OperandError(
            f"qr: mode {mode!r} with pivoting={pivoting} is not supported; the modes are full, economic and r"
        )
    found = _qr(a, _MODES[mode])
    return (found,) if mode == "r" else tuple(found)


_MODES = {"full": "complete", "economic": "reduced", "r": "r"}


def solve_triangular(a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **_: Any) -> Any:
    """The `x` for which `a @ x = b`, of which one triangle of `a` is read."""
    if trans in (2, "C"):
        raise OperandError("solve_triangular: trans=2 is for complex numbers; use trans=1")
    a = tril(a) if lower else triu(a)
    if unit_diagonal:
        a = a * (1.0 - np.eye(shape(a)[-1])) + np.eye(shape(a)[-1])
    a = matrix_transpose(a) if trans in (1, "T") else a
    if not isinstance(a, Node) and not isinstance(b, Node):
        return np.linalg.solve(a, b)
    return solve(a, as_array(b))
