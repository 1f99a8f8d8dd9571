"""Determinants, pseudo-inverses, least squares, powers and norms of matrices, of one or of a stack of them.

References
----------
M. B. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
differentiation", 2008; G. H. Golub and V. Pereyra, SIAM J. Numer. Anal. 10 (1973), for `pinv`.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import ShapeError
from autograd.graph.node import raw
from autograd.graph.op import Function, implements, row
from autograd.ops.comparison import greater, stop_gradient
from autograd.ops.complex_numbers import conj, is_complex, real
from autograd.ops.decomposition import svdvals
from autograd.ops.diagonal import diagonal, trace
from autograd.ops.einsum import einsum
from autograd.ops.elementwise import abs, div, mul, squared_modulus
from autograd.ops.indexing import basic
from autograd.ops.inverse import (
    _inv,
    adjoint,
    as_column,
    as_floats,
    as_scalars,
    float_dtype,
    inv,
    result_type,
    solve,
    square_matrices,
)
from autograd.ops.linalg import matmul, norm_of_vectors
from autograd.ops.reduction import _amax, _amin, _sum
from autograd.ops.shape import (
    as_array,
    astype,
    axis_tuple,
    cast,
    expand_dims,
    moveaxis,
    reshape,
    shape,
)
from autograd.ops.shape import matrix_transpose as t
from autograd.ops.triangles import read_hermitian

# Determinants. The matrix of cofactors is finite, and right, where the matrix is singular; there it comes from the
# singular values, of which each element multiplies all but one, and its derivative all but two.


def _but(s: np.ndarray, two: bool) -> np.ndarray:
    """The product of all singular values but each one, or but each pair."""
    n = s.shape[-1]
    left_out = np.eye(n, dtype=bool)
    if two:
        left_out = left_out[:, None, :] | left_out[None, :, :]
    products = np.prod(np.where(left_out, 1.0, s.reshape(*s.shape[:-1], *(1,) * (left_out.ndim - 1), n)), -1)
    return np.where(np.eye(n, dtype=bool), 0.0, products) if two else products


def _cofactors(x: np.ndarray) -> np.ndarray:
    u, s, vt = np.linalg.svd(x)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    return (np.conj(u) * (sign[..., None, None] * _but(s, False)[..., None, :])) @ np.conj(vt)


def _cofactors_along(x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """The derivative of the matrix of cofactors along `h`; it is symmetric: <g, D(h)> = <h, D(g)>."""
    u, s, vt = np.linalg.svd(x)
    sign = (np.linalg.det(u) * np.linalg.det(vt))[..., None, None]
    u, vt = np.conj(u), np.conj(vt)
    turned = np.swapaxes(u, -1, -2) @ h @ np.swapaxes(vt, -1, -2)
    others = _but(s, True)
    along = np.diagonal(turned, axis1=-2, axis2=-1)
    inner = -np.swapaxes(turned, -1, -2) * others
    inner[..., np.arange(s.shape[-1]), np.arange(s.shape[-1])] = (others @ along[..., None])[..., 0]
    return sign * (u @ inner @ vt)


def _third(g: Any, x: Any, h: Any) -> Any:
    """The derivative of <g, D(h)> with respect to `x`, from the inverse; exact at singular matrices up to second order."""
    b, d = _inv(x), as_scalars(_det(x))
    bh, bg = matmul(b, h), matmul(b, g)
    th, tg = as_scalars(trace(bh, 0, -2, -1)), as_scalars(trace(bg, 0, -2, -1))
    both = as_scalars(trace(matmul(bh, bg), 0, -2, -1))
    slope = th * tg - both
    inner = slope * b - tg * matmul(bh, b) - th * matmul(bg, b)
    return d * t(inner + matmul(matmul(bh, bg), b) + matmul(matmul(bg, bh), b))


_det: Function = row("det", np.linalg.det, lambda g, out, x: as_scalars(g) * _cofactor(x), takes_complex=True)
_cofactor: Function = row("cofactor", _cofactors, lambda g, out, x: _cofactor_along(x, g), takes_complex=True)
_cofactor_along: Function = row(
    "cofactor_along",
    _cofactors_along,
    lambda g, out, x, y: _third(g, x, y),
    lambda g, out, x, y: _cofactor_along(x, g),
    linear=((1,),),
    takes_complex=True,
)
_slogdet: Function = row(
    "slogdet",
    lambda x: np.stack(np.linalg.slogdet(x), -1),
    lambda g, out, x: as_scalars(_slope_of_slogdet(g, out)) * t(_inv(x)),
    takes_complex=True,
)


def _slope_of_slogdet(g: Any, out: Any) -> Any:
    """What arrives at the logarithm; the sign of a complex determinant turns with the imaginary part of that."""
    of_log = basic(g, (..., 1))
    return real(of_log) - 1j * real(1j * basic(g, (..., 0)) * basic(out, (..., 0))) if is_complex(out) else of_log


@implements(np.linalg.det)
def det(x: Any) -> Any:
    """The determinant; its first and second derivatives are right at singular matrices too."""
    return _det(square_matrices("det", x))


@implements(np.linalg.slogdet)
def slogdet(x: Any) -> Any:
    """The sign of the determinant and the logarithm of its absolute value.

    The sign is a constant, but of a complex determinant, whose sign is a number of modulus 1.
    """
    both = _slogdet(square_matrices("slogdet", x))
    sign, log = basic(both, (..., 0)), basic(both, (..., 1))
    return result_type(np.linalg.slogdet)(sign if is_complex(sign) else stop_gradient(sign), real(log))


def _gaussian_arrays(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    np.linalg.cholesky(y)  # which raises where y is not positive definite
    return -0.5 * (np.sum((x @ np.linalg.inv(y)) * x, -1) + np.linalg.slogdet(y)[1])


def _gaussian_by_matrix(g: Any, x: Any, y: Any) -> Any:
    p = _inv(y)
    rows = reshape(x, (-1, shape(x)[-1]))
    weights = reshape(g, (-1, 1))
    inner = matmul(matmul(t(p), matmul(t(rows), weights * rows)), t(p))
    return 0.5 * (inner - _sum(weights, axis=(0, 1), keepdims=False) * t(p))


# -½(xᵀ y⁻¹ x + log det y) for vectors x on the last axis: of its own for speed, where a mixture has many.
log_gaussian: Function = row(
    "log_gaussian",
    _gaussian_arrays,
    lambda g, out, x, y: -0.5 * as_column(g) * matmul(x, _inv(y) + t(_inv(y))),
    lambda g, out, x, y: _gaussian_by_matrix(g, x, y),
)


# What follows is made of the above.

_pinv: Function = row(
    "pinv",
    lambda x, rcond: np.linalg.pinv(x, rcond),
    lambda g, out, x, rcond: _pinv_rule(g, out, x),
    takes_complex=True,
)


def _pinv_rule(g: Any, p: Any, x: Any) -> Any:
    """For matrices of constant rank."""
    g = conj(g)
    m, n = shape(x)[-2:]
    left, right = np.eye(m, dtype=float_dtype(x)) - matmul(x, p), np.eye(n, dtype=float_dtype(x)) - matmul(p, x)
    down = matmul(matmul(left, adjoint(g)), matmul(p, adjoint(p)))
    up = matmul(matmul(adjoint(p), p), matmul(adjoint(g), right))
    return conj(down + up - matmul(adjoint(p), matmul(g, adjoint(p))))


@implements(np.linalg.pinv)
def pinv(x: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """The pseudo-inverse, with the derivative that it has while the rank stays the same."""
    x = read_hermitian(x, hermitian)
    return _pinv(x, rcond=rcond if rcond is not None else rtol if rtol is not None else 1e-15)


@implements(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: float | None = None) -> tuple[Any, Any, Any, Any]:
    """The least-squares solution, the sums of squared residuals, the rank (a constant) and the singular values.

    Where the numbers are not known, under `vmap` and `compile`, the residuals are there whatever the rank, as they are in JAX.
    """
    a, b = as_array(a), as_array(b)
    if len(shape(a)) != 2 or len(shape(b)) not in (1, 2) or shape(a)[0] != shape(b)[0]:
        raise ShapeError(f"lstsq: a matrix of shape {shape(a)} and a right side of shape {shape(b)}")
    m, n = shape(a)
    dtype = np.result_type(float_dtype(a), float_dtype(b))
    a, b = cast(a, dtype), cast(b, dtype)
    cut = np.finfo(float_dtype(a)).eps * max(m, n) if rcond is None else max(rcond, 0.0)
    solution = matmul(pinv(a, cut), b)
    values = svdvals(a)
    rank: Any = _sum(astype(greater(values, mul(basic(values, (slice(0, 1),)), cut)), int), axis=(0,), keepdims=False)
    known = not getattr(rank, "symbolic", False)
    left = b - matmul(a, solution)
    residuals = _sum(squared_modulus(left), axis=(0,), keepdims=len(shape(b)) == 1)
    if known:
        rank = int(raw(rank))
        residuals = residuals if rank == n and m > n else np.zeros(0, residuals.dtype)
    return solution, residuals, rank, values


@implements(np.linalg.matrix_power)
def matrix_power(x: Any, n: int) -> Any:
    """The n-th power by repeated squaring; of the inverse for a negative n."""
    x = square_matrices("matrix_power", x)
    if n < 0:
        x, n = inv(x), -n
    result: Any = None
    while n:
        if n & 1:
            result = x if result is None else matmul(result, x)
        n >>= 1
        x = matmul(x, x) if n else x
    return np.broadcast_to(np.eye(shape(x)[-1], dtype=float_dtype(x)), shape(x)) if result is None else result


@implements(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any], *, out: Any = None) -> Any:
    """The product of two matrices and more in the cheapest order; the first and the last may be vectors."""
    factors = [as_array(x) for x in arrays]
    letters = [chr(97 + i) for i in range(len(factors) + 1)]
    terms = [letters[i] + letters[i + 1] for i in range(len(factors))]
    if len(shape(factors[0])) == 1:
        terms[0] = terms[0][1]
    if len(shape(factors[-1])) == 1:
        terms[-1] = terms[-1][0]
    ends = (terms[0][0] if len(terms[0]) == 2 else "") + (terms[-1][1] if len(terms[-1]) == 2 else "")
    return einsum(f"{','.join(terms)}->{ends}", *factors)


@implements(np.linalg.diagonal)
def _diagonal_of_matrix(x: Any, /, *, offset: int = 0) -> Any:
    return diagonal(x, offset, -2, -1)


@implements(np.linalg.trace)
def _trace_of_matrix(x: Any, /, *, offset: int = 0, dtype: DTypeLike | None = None) -> Any:
    return trace(x, offset, -2, -1, dtype)


@implements(np.linalg.tensorinv)
def tensorinv(x: Any, ind: int = 2) -> Any:
    """The inverse of `x` as a map from its last axes to its first `ind` ones."""
    x = as_array(x)
    first, last = shape(x)[:ind], shape(x)[ind:]
    return reshape(inv(reshape(x, (math.prod(first), -1))), (*last, *first))


@implements(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Sequence[int] | None = None) -> Any:
    """The `x` for which `tensordot(a, x, x.ndim) = b`."""
    a, b = as_array(a), as_array(b)
    if axes is not None:
        a = moveaxis(a, tuple(axes), tuple(range(len(shape(a)) - len(axes), len(shape(a)))))
    lengths = shape(a)[len(shape(b)) :]
    return reshape(solve(reshape(a, (-1, math.prod(lengths))), reshape(b, -1)), lengths)


@implements(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """The condition number: the norm of the matrix times that of its inverse."""
    x = as_array(x)
    if p is None or p in (2, -2):
        s = svdvals(x)
        first, last = basic(s, (..., 0)), basic(s, (..., -1))
        return div(last, first) if p == -2 else div(first, last)
    return matrix_norm(x, ord=p) * matrix_norm(inv(x), ord=p)


@implements(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """The norm of matrices on the last two axes: 'fro', 'nuc', 1, -1, 2, -2, inf or -inf."""
    x = as_floats(x)
    ndim = len(shape(x))
    if ord in ("fro", None):
        return norm_of_vectors(x, 2, (ndim - 2, ndim - 1), keepdims)
    if ord == "nuc" or ord in (2, -2):
        s = svdvals(x)
        last = (len(shape(s)) - 1,)
        found = _sum(s, axis=last, keepdims=False) if ord == "nuc" else basic(s, (..., 0 if ord == 2 else -1))
    elif ord in (1, -1, math.inf, -math.inf):
        sums = _sum(abs(x), axis=(ndim - 2 if builtins.abs(ord) == 1 else ndim - 1,), keepdims=False)
        found = (_amax if ord > 0 else _amin)(sums, axis=(ndim - 2,), keepdims=False)
    else:
        raise ValueError(f"matrix_norm: ord={ord!r} is not a norm of matrices; use fro, nuc, 1, -1, 2, -2, inf or -inf")
    return as_scalars(found) if keepdims else found


@implements(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: float = 2) -> Any:
    """The norm of vectors along axes, of any order; all axes by default."""
    x = as_floats(x)
    return norm_of_vectors(x, ord, axis_tuple(axis, len(shape(x))), keepdims)


@implements(np.linalg.norm)
def norm(x: Any, ord: float | str | None = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of vectors (along one axis) or matrices (two axes): every order that NumPy has.

    Where a length is 0, so is its derivative.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    ord : float or str, optional
        Of vectors any number, also infinite; of matrices 1, -1, 2, -2, inf, -inf, 'fro' or 'nuc'. By default the root of the sum
        of squares.
    axis : int or pair of int, optional
        One axis for vectors, two for matrices; by default all.
    keepdims : bool
        Leave the axes, with length 1.

    Returns
    -------
    float, numpy.ndarray or Tensor
        In the shape of `x` without the axes.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([3.0, 4.0], requires_grad=True)
    >>> length = autograd.norm(t)
    >>> length.backward()
    >>> length.item(), t.grad.tolist()
    (5.0, [0.6, 0.8])
    """
    x = as_floats(x)
    ndim = len(shape(x))
    if ord is None:
        return norm_of_vectors(x, 2, axis_tuple(axis, ndim), keepdims)
    axes = tuple(range(ndim)) if axis is None else tuple(np.lib.array_utils.normalize_axis_tuple(axis, ndim))
    if len(axes) == 1:
        return norm_of_vectors(x, ord, axes, keepdims)
    if len(axes) != 2:
        raise ValueError(f"norm: ord={ord!r} needs one axis (vectors) or two (matrices), not {len(axes)}")
    found = matrix_norm(moveaxis(x, axes, (-2, -1)), ord=ord)
    return expand_dims(found, axes) if keepdims else found
