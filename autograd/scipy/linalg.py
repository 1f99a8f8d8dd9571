"""SciPy's `solve_triangular`, and the functions that it shares with NumPy's `linalg`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.node import Node
from autograd.numpy.linalg import cholesky as _cholesky
from autograd.numpy.linalg import det, eigh, inv, lstsq, norm, pinv, qr, solve, svd
from autograd.ops.diagonal import tril, triu
from autograd.ops.shape import as_array, matrix_transpose, shape

__all__ = ["cholesky", "det", "eigh", "inv", "lstsq", "norm", "pinv", "qr", "solve", "solve_triangular", "svd"]


def cholesky(a: Any, lower: bool = False, **_: Any) -> Any:
    """The triangle with `upper.T @ upper = a`, which is SciPy's default, or with `lower @ lower.T = a`."""
    factor = _cholesky(a)
    return factor if lower else matrix_transpose(factor)


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
