"""Inverses and linear systems, of one matrix or of a stack of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.op import Function, implements, row, variadic
from autograd.ops.comparison import where
from autograd.ops.complex_numbers import conj
from autograd.ops.elementwise import mul
from autograd.ops.indexing import basic
from autograd.ops.linalg import matmul
from autograd.ops.shape import (
    as_array,
    cast,
    expand_dims,
    shape,
)
from autograd.ops.shape import matrix_transpose as t


@cache
def result_type(function: Callable[..., Any]) -> Callable[..., Any]:
    """NumPy's named tuple for the results of a decomposition, which has no public name."""
    return type(function(np.eye(1)))


def as_column(x: Any) -> Any:
    """Vectors along the last axis as matrices of one column."""
    return expand_dims(x, -1)


def as_row(x: Any) -> Any:
    """Vectors along the last axis as matrices of one row."""
    return expand_dims(x, -2)


def square_matrices(name: str, x: Any) -> Any:
    """An array or a node of square matrices along the last two axes; raises a ShapeError for another."""
    x = as_array(x)
    if len(shape(x)) < 2 or shape(x)[-1] != shape(x)[-2]:
        raise ShapeError(f"{name}: a square matrix is needed, or a stack of them, not shape {shape(x)}")
    return x


def adjoint(x: Any) -> Any:
    """The transposed matrix, conjugated where it is complex."""
    return conj(t(x))


def on_diagonal(x: Any) -> Any:
    """Vectors along the last axis as the diagonals of matrices."""
    return where(np.eye(shape(x)[-1], dtype=bool), as_row(x), 0.0)


def float_dtype(x: Any) -> Any:
    """Its dtype where that is one of floats or complex numbers, and double precision elsewhere."""
    return x.dtype if x.dtype.kind in "fc" else np.dtype(float)


def as_floats(x: Any) -> Any:
    """An array or a node of floats, or of complex numbers."""
    x = as_array(x)
    return cast(x, float_dtype(x))


_inv: Function = row("inv", np.linalg.inv, lambda g, out, x: -matmul(t(out), matmul(g, t(out))), takes_complex=True)
_solve: Function = variadic(
    "solve",
    None,
    lambda x, y: np.linalg.solve(x, y),
    lambda g, out, xs: _solve_rule(g, out, *xs),
    linear=((1,),),
    takes_complex=True,
)


def _solve_rule(g: Any, out: Any, x: Any, y: Any) -> list[Any]:
    if len(shape(y)) == 1:
        to_y = basic(_solve(t(x), as_column(g)), (..., 0))
        return [-mul(as_column(to_y), as_row(out)), to_y]
    to_y = _solve(t(x), g)
    return [-matmul(to_y, t(out)), to_y]


@implements(np.linalg.inv)
def inv(x: Any) -> Any:
    """The inverse."""
    return _inv(square_matrices("inv", x))


@implements(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """The `x` for which `a @ x = b`; `b` is a vector where it has one axis, a stack of matrices elsewhere."""
    a, b = square_matrices("solve", a), as_array(b)
    if not shape(b) or shape(b)[0 if len(shape(b)) == 1 else -2] != shape(a)[-1]:
        raise ShapeError(f"solve: a matrix of shape {shape(a)} and a right side of shape {shape(b)}")
    return _solve(a, b)


def as_scalars(x: Any) -> Any:
    """One number a matrix, with two axes of length 1 behind it, so that it multiplies matrices."""
    return as_column(as_column(x))
