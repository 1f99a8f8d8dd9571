"""Triangular systems, and functions of whole matrices."""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.ops import diagonal, inverse, linalg, matrix, matrix_functions, reduction
from autograd.ops import shape as shapes
from autograd.torch.calling import function
from autograd.torch.joining import stack
from autograd.torch.tensor import wrap

if TYPE_CHECKING:
    from autograd.typing import Operand

_Solved = namedtuple("_Solved", ["solution", "cloned_coefficient"])


@function
def solve_triangular(
    input: Operand,
    B: Operand,  # noqa: N803 - PyTorch's name
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
) -> Any:
    """The `x` for which `A @ x = B`, or with `left=False` `x @ A = B`, of which one triangle of `A` is read."""
    if not left:
        turned = solve_triangular(
            shapes.matrix_transpose(input), shapes.matrix_transpose(B), upper=not upper, unitriangular=unitriangular
        )
        return shapes.matrix_transpose(turned)
    kept = diagonal.triu(input) if upper else diagonal.tril(input)
    if unitriangular:
        ones = np.eye(shapes.shape(kept)[-1], dtype=kept.dtype)
        kept = kept * (1.0 - ones) + ones
    return inverse.solve(kept, B)


@function
def triangular_solve(
    input: Operand,
    A: Operand,  # noqa: N803 - PyTorch's name
    upper: bool = True,
    transpose: bool = False,
    unitriangular: bool = False,
) -> Any:
    """`linalg.solve_triangular` by its name of before: a pair `.solution`, `.cloned_coefficient`."""
    turned = shapes.matrix_transpose(A) if transpose else A
    found = solve_triangular(turned, input, upper=upper is not transpose, unitriangular=unitriangular)
    return _Solved(found, A)


@function
def cholesky_solve(input: Operand, L: Operand, upper: bool = False) -> Any:  # noqa: N803 - PyTorch's name
    """The `x` for which `L @ L.mT @ x = B`, of a factor from `linalg.cholesky`."""
    turned = shapes.matrix_transpose(L)
    lower, higher = (turned, L) if upper else (L, turned)
    return solve_triangular(higher, solve_triangular(lower, input, upper=False), upper=True)


@function
def cholesky_inverse(input: Operand, upper: bool = False) -> Any:
    """The inverse of the matrix of which `input` is the factor from `linalg.cholesky`."""
    return cholesky_solve(wrap(np.eye(shapes.shape(input)[-1], dtype=input.dtype)), input, upper)  # type: ignore[union-attr]


@function
def matrix_exp(input: Operand) -> Any:
    """The exponential of a square matrix, or of each of a stack."""
    *others, n, _ = shapes.shape(input)
    if not others:
        return matrix_functions.expm(input)
    flat = shapes.reshape(input, (-1, n, n))
    return shapes.reshape(stack([matrix_functions.expm(part) for part in flat]), (*others, n, n))


@function
def cond(input: Operand, p: Any = None) -> Any:
    """The condition number of a matrix."""
    return matrix.cond(input, p)


@function
def vecdot(x: Any, y: Any, *, dim: int = -1) -> Any:
    """The products of vectors along an axis."""
    return reduction.sum(x * y, axis=dim)


@function
def vdot(input: Operand, other: Operand) -> Any:
    """The product of two vectors."""
    return linalg.vdot(input, other)
