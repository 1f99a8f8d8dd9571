"""Determinants, inverses, decompositions and matrix norms, of one matrix or of a stack of them.

An operation with several results (`eigh`, `svd`, `qr`, `slogdet`) is one node, whose array holds them side by side;
slices cut them apart. Rules are written for the last two axes, with `t` for the transpose of those.

References
----------
M. B. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
differentiation", 2008; I. Murray, "Differentiation of the Cholesky decomposition", 2016; J. Townsend, "Differentiating
the singular value decomposition", 2016; G. H. Golub and V. Pereyra, SIAM J. Numer. Anal. 10 (1973), for `pinv`.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import raw
from autograd.graph.op import Function, implements, row, variadic
from autograd.ops.comparison import less_equal, stop_gradient, where
from autograd.ops.diagonal import diagonal, trace, tril, triu
from autograd.ops.elementwise import abs, div, mul
from autograd.ops.indexing import basic
from autograd.ops.linalg import einsum, matmul, norm_of_vectors
from autograd.ops.reduction import _amax, _amin, _sum
from autograd.ops.shape import (
    as_array,
    axis_tuple,
    cast,
    concatenate,
    expand_dims,
    moveaxis,
    reshape,
    shape,
)
from autograd.ops.shape import matrix_transpose as t
from autograd.ops.strong import scale


@cache
def _result_type(function: Callable[..., Any]) -> Callable[..., Any]:
    """NumPy's named tuple for the results of a decomposition, which has no public name."""
    return type(function(np.eye(1)))


def _column(x: Any) -> Any:
    return expand_dims(x, -1)


def _row(x: Any) -> Any:
    return expand_dims(x, -2)


def _square(name: str, x: Any) -> Any:
    x = as_array(x)
    if len(shape(x)) < 2 or shape(x)[-1] != shape(x)[-2]:
        raise ShapeError(f"{name}: a square matrix is needed, or a stack of them, not shape {shape(x)}")
    return x


def _on_diagonal(x: Any) -> Any:
    """Vectors along the last axis as the diagonals of matrices."""
    return where(np.eye(shape(x)[-1], dtype=bool), _row(x), 0.0)


def _dtype(x: Any) -> Any:
    return x.dtype if x.dtype.kind == "f" else np.dtype(float)


def _floats(x: Any) -> Any:
    x = as_array(x)
    return x if x.dtype.kind == "f" else cast(x, float)


_inv: Function = row("inv", np.linalg.inv, lambda g, out, x: -matmul(t(out), matmul(g, t(out))))
_solve: Function = variadic(
    "solve", None, lambda x, y: np.linalg.solve(x, y), lambda g, out, xs: _solve_rule(g, out, *xs)
)


def _solve_rule(g: Any, out: Any, x: Any, y: Any) -> list[Any]:
    if len(shape(y)) == 1:
        to_y = basic(_solve(t(x), _column(g)), (..., 0))
        return [-mul(_column(to_y), _row(out)), to_y]
    to_y = _solve(t(x), g)
    return [-matmul(to_y, t(out)), to_y]


@implements(np.linalg.inv)
def inv(x: Any) -> Any:
    """The inverse."""
    return _inv(_square("inv", x))


@implements(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """The `x` for which `a @ x = b`; `b` is a vector where it has one axis, a stack of matrices elsewhere."""
    a, b = _square("solve", a), as_array(b)
    if not shape(b) or shape(b)[0 if len(shape(b)) == 1 else -2] != shape(a)[-1]:
        raise ShapeError(f"solve: a matrix of shape {shape(a)} and a right side of shape {shape(b)}")
    return _solve(a, b)


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
    return (u * (sign[..., None, None] * _but(s, False)[..., None, :])) @ vt


def _cofactors_along(x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """The derivative of the matrix of cofactors along `h`; it is symmetric: <g, D(h)> = <h, D(g)>."""
    u, s, vt = np.linalg.svd(x)
    sign = (np.linalg.det(u) * np.linalg.det(vt))[..., None, None]
    turned = np.swapaxes(u, -1, -2) @ h @ np.swapaxes(vt, -1, -2)
    others = _but(s, True)
    along = np.diagonal(turned, axis1=-2, axis2=-1)
    inner = -np.swapaxes(turned, -1, -2) * others
    inner[..., np.arange(s.shape[-1]), np.arange(s.shape[-1])] = (others @ along[..., None])[..., 0]
    return sign * (u @ inner @ vt)


def _third(g: Any, x: Any, h: Any) -> Any:
    """The derivative by `x` of <g, D(h)>, from the inverse; no order higher than the second is exact at singular matrices."""
    b, d = _inv(x), _scalars(_det(x))
    bh, bg = matmul(b, h), matmul(b, g)
    th, tg = _scalars(trace(bh, 0, -2, -1)), _scalars(trace(bg, 0, -2, -1))
    both = _scalars(trace(matmul(bh, bg), 0, -2, -1))
    slope = th * tg - both
    inner = slope * b - tg * matmul(bh, b) - th * matmul(bg, b)
    return d * t(inner + matmul(matmul(bh, bg), b) + matmul(matmul(bg, bh), b))


def _scalars(x: Any) -> Any:
    return _column(_column(x))


_det: Function = row("det", np.linalg.det, lambda g, out, x: _scalars(g) * _cofactor(x))
_cofactor: Function = row("cofactor", _cofactors, lambda g, out, x: _cofactor_along(x, g))
_cofactor_along: Function = row(
    "cofactor_along",
    _cofactors_along,
    lambda g, out, x, y: _third(g, x, y),
    lambda g, out, x, y: _cofactor_along(x, g),
)
_slogdet: Function = row(
    "slogdet",
    lambda x: np.stack(np.linalg.slogdet(x), -1),
    lambda g, out, x: _scalars(basic(g, (..., 1))) * t(_inv(x)),
)


@implements(np.linalg.det)
def det(x: Any) -> Any:
    """The determinant; its first and second derivatives are right at singular matrices too."""
    return _det(_square("det", x))


@implements(np.linalg.slogdet)
def slogdet(x: Any) -> Any:
    """The sign of the determinant, a constant, and the logarithm of its absolute value."""
    both = _slogdet(_square("slogdet", x))
    return _result_type(np.linalg.slogdet)(stop_gradient(basic(both, (..., 0))), basic(both, (..., 1)))


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
    lambda g, out, x, y: -0.5 * _column(g) * matmul(x, _inv(y) + t(_inv(y))),
    lambda g, out, x, y: _gaussian_by_matrix(g, x, y),
)


# Cholesky, eigenvalues, singular values, QR.


def _lower(x: Any) -> Any:
    """The lower triangle, with half the diagonal."""
    n = shape(x)[-1]
    return x * (np.tri(n) - 0.5 * np.eye(n)).astype(_dtype(x))


def _of_triangle(x: Any, lower: bool) -> Any:
    """The gradient by the one triangle that is read, of a function of the symmetric matrix that it stands for."""
    both = 0.5 * (x + t(x))
    return tril(both) + tril(both, -1) if lower else triu(both) + triu(both, 1)


def _read(x: Any, hermitian: bool) -> Any:
    """A matrix, or the symmetric one whose lower triangle it has."""
    x = as_array(x)
    return tril(x) + t(tril(x, -1)) if hermitian else x


_cholesky: Function = row(
    "cholesky",
    np.linalg.cholesky,
    lambda g, out, x: _of_triangle(t(_solve(t(out), t(_solve(t(out), _lower(matmul(t(out), g)))))), True),
)


@implements(np.linalg.cholesky)
def cholesky(x: Any, /, *, upper: bool = False) -> Any:
    """The lower triangular `l` with `l @ l.T = x`, of a symmetric positive definite matrix.

    NumPy reads one triangle of `x` alone, and so the gradient is 0 in the other, as finite differences see it. PyTorch
    spreads it over both: the same for a symmetric change of the matrix.
    """
    x = _square("cholesky", x)
    return t(_cholesky(t(x))) if upper else _cholesky(x)


def _over_gaps(numerators: Any, gaps: Any, size: Any) -> Any:
    """What decompositions divide by the distances of their values.

    Where two values coincide, the vectors that belong to them are not determined: a result that does not depend on any
    vector sends nothing (0/0 is 0 here, the strong zero), and what depends on them has no derivative, which is NaN.
    """
    n = shape(gaps)[-1]
    close = less_equal(abs(gaps), size * (8 * n * float(np.finfo(_dtype(gaps)).eps)))
    off = ~np.eye(n, dtype=bool)
    divided = scale(numerators, where(close, math.nan, div(1.0, where(close, 1.0, gaps))))
    return where(off, divided, 0.0)


def _eigh_arrays(x: np.ndarray, uplo: Any) -> np.ndarray:
    w, v = np.linalg.eigh(x, UPLO=uplo)
    return np.concatenate([w[..., None, :], v], -2)


def _eigh_rule(g: Any, out: Any, uplo: str) -> Any:
    w, v = basic(out, (..., 0, slice(None))), basic(out, (..., slice(1, None), slice(None)))
    gw, gv = basic(g, (..., 0, slice(None))), basic(g, (..., slice(1, None), slice(None)))
    turned = matmul(t(v), gv)
    size = _scalars(_amax(abs(w), axis=(len(shape(w)) - 1,), keepdims=False))
    inner = _over_gaps(0.5 * (turned - t(turned)), _row(w) - _column(w), size) + _on_diagonal(gw)
    return _of_triangle(matmul(matmul(v, inner), t(v)), uplo == "L")


_eigh: Function = row("eigh", _eigh_arrays, lambda g, out, x, uplo: _eigh_rule(g, out, uplo))


@implements(np.linalg.eigh)
def eigh(x: Any, UPLO: str = "L") -> Any:  # noqa: N803 - NumPy's name
    """Eigenvalues, in ascending order, and eigenvectors of a symmetric matrix.

    NumPy reads one triangle of `x` alone, and so the gradient is 0 in the other; see `cholesky`. Where eigenvalues
    are repeated, the gradient of what depends on the eigenvectors is NaN, for there they are not determined; what depends
    on the eigenvalues alone has a finite one.
    """
    if not isinstance(UPLO, str) or UPLO not in "LUlu":
        raise ValueError(f"eigh: UPLO is 'L' or 'U', the triangle that is read, not {UPLO!r}")
    both = _eigh(_square("eigh", x), uplo=UPLO.upper())
    return _result_type(np.linalg.eigh)(
        basic(both, (..., 0, slice(None))), basic(both, (..., slice(1, None), slice(None)))
    )


@implements(np.linalg.eigvalsh)
def eigvalsh(x: Any, UPLO: str = "L") -> Any:  # noqa: N803 - NumPy's name
    """The eigenvalues of a symmetric matrix, in ascending order."""
    return eigh(x, UPLO)[0]


def _packed(*parts: np.ndarray) -> np.ndarray:
    """Arrays with the same leading axes side by side, those behind flattened."""
    lead = parts[0].shape[:-2]
    return np.concatenate([part.reshape(*lead, -1) for part in parts], -1)


def _unpacked(x: Any, *shapes: tuple[int, ...]) -> list[Any]:
    found, start = [], 0
    for lengths in shapes:
        size = math.prod(lengths)
        found.append(reshape(basic(x, (..., slice(start, start + size))), shape(x)[:-1] + lengths))
        start += size
    return found


def _svd_parts(x: Any, packed: Any) -> list[Any]:
    m, n = shape(x)[-2:]
    k = min(m, n)
    return _unpacked(packed, (m, k), (k,), (k, n))


def _svd_rule(g: Any, out: Any, x: Any) -> Any:
    (u, s, vt), (gu, gs, gvt) = _svd_parts(x, out), _svd_parts(x, g)
    m, n = shape(x)[-2:]
    of_u, of_v = matmul(t(u), gu), matmul(vt, t(gvt))
    squares = s * s
    gaps, size = _row(squares) - _column(squares), _scalars(_amax(squares, axis=(len(shape(s)) - 1,), keepdims=False))
    inner = _over_gaps(of_u - t(of_u), gaps, size) * _row(s) + _column(s) * _over_gaps(of_v - t(of_v), gaps, size)
    result = matmul(matmul(u, inner + _on_diagonal(gs)), vt)
    if m > n:
        result = result + matmul(scale(gu - matmul(u, of_u), _row(1.0 / s)), vt)
    if n > m:
        result = result + matmul(u, scale(gvt - matmul(t(of_v), vt), _column(1.0 / s)))
    return result


_svd: Function = row(
    "svd",
    lambda x: _packed(*(p if p.ndim == x.ndim else p[..., None] for p in np.linalg.svd(x, full_matrices=False))),
    lambda g, out, x: _svd_rule(g, out, x),
)


@implements(np.linalg.svd)
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """The singular value decomposition `u @ diag(s) @ vh`.

    Where singular values are repeated, the gradient of what depends on `u` or `vh` is NaN; see `eigh`.

    Raises
    ------
    OperandError
        For `full_matrices` where the matrix is not square: the columns beyond the smaller side are arbitrary, so they
        have no derivative.
    """
    x = _read(x, hermitian)
    m, n = shape(x)[-2:]
    if not compute_uv:
        return svdvals(x)
    if full_matrices and m != n:
        raise OperandError(
            f"svd: for shape {shape(x)} the further vectors of full_matrices=True have no derivative: give full_matrices=False"
        )
    return _result_type(np.linalg.svd)(*_svd_parts(x, _svd(x)))


@implements(np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """The singular values, in descending order."""
    x = as_array(x)
    return _svd_parts(x, _svd(x))[1]


def _qr_parts(x: Any, packed: Any) -> list[Any]:
    m, n = shape(x)[-2:]
    return _unpacked(packed, (m, n), (n, n))


def _qr_rule(g: Any, out: Any, x: Any) -> Any:
    (q, r), (gq, gr) = _qr_parts(x, out), _qr_parts(x, g)
    inner = matmul(r, t(gr)) - matmul(t(gq), q)
    sides = tril(inner, -1)
    inner = sides + t(sides) + _on_diagonal(diagonal(inner, 0, -2, -1))
    return t(_solve(r, t(gq + matmul(q, inner))))


_qr: Function = row("qr", lambda x: _packed(*np.linalg.qr(x)), lambda g, out, x: _qr_rule(g, out, x))


@implements(np.linalg.qr)
def qr(x: Any, mode: str = "reduced") -> Any:
    """The decomposition `q @ r` into orthonormal columns and an upper triangle; modes `reduced` and `r`."""
    x = as_array(x)
    m, n = shape(x)[-2:]
    if mode not in ("reduced", "r") and not (mode == "complete" and m <= n):
        raise OperandError(f"qr: mode {mode!r} of shape {shape(x)} has no derivative here; use 'reduced' or 'r'")
    if m >= n:
        q, r = _qr_parts(x, _qr(x))
    else:
        # The first columns determine q; the others are only expressed in it.
        left, right = basic(x, (..., slice(0, m))), basic(x, (..., slice(m, None)))
        q, r = _qr_parts(left, _qr(left))
        r = concatenate([r, matmul(t(q), right)], -1)
    return r if mode == "r" else _result_type(np.linalg.qr)(q, r)


# What follows is made of the above.

_pinv: Function = row(
    "pinv",
    lambda x, rcond: np.linalg.pinv(x, rcond),
    lambda g, out, x, rcond: _pinv_rule(g, out, x),
)


def _pinv_rule(g: Any, p: Any, x: Any) -> Any:
    """For matrices of constant rank."""
    m, n = shape(x)[-2:]
    left, right = np.eye(m, dtype=_dtype(x)) - matmul(x, p), np.eye(n, dtype=_dtype(x)) - matmul(p, x)
    down = matmul(matmul(left, t(g)), matmul(p, t(p)))
    up = matmul(matmul(t(p), p), matmul(t(g), right))
    return down + up - matmul(t(p), matmul(g, t(p)))


@implements(np.linalg.pinv)
def pinv(x: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """The pseudo-inverse, with the derivative that it has while the rank stays the same."""
    x = _read(x, hermitian)
    return _pinv(x, rcond=rcond if rcond is not None else rtol if rtol is not None else 1e-15)


@implements(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: float | None = None) -> tuple[Any, Any, Any, Any]:
    """The least-squares solution, the sums of squared residuals, the rank (a constant) and the singular values."""
    a, b = as_array(a), as_array(b)
    if len(shape(a)) != 2 or len(shape(b)) not in (1, 2) or shape(a)[0] != shape(b)[0]:
        raise ShapeError(f"lstsq: a matrix of shape {shape(a)} and a right side of shape {shape(b)}")
    m, n = shape(a)
    dtype = np.result_type(_dtype(a), _dtype(b))
    a, b = cast(a, dtype), cast(b, dtype)
    cut = np.finfo(_dtype(a)).eps * max(m, n) if rcond is None else max(rcond, 0.0)
    solution = matmul(pinv(a, cut), b)
    values = svdvals(a)
    rank = int(np.sum(raw(values) > cut * np.max(raw(values), initial=0.0)))
    left = b - matmul(a, solution)
    residuals = _sum(left * left, axis=(0,), keepdims=len(shape(b)) == 1)
    return solution, residuals if rank == n and m > n else np.zeros(0, _dtype(a)), rank, values


@implements(np.linalg.matrix_power)
def matrix_power(x: Any, n: int) -> Any:
    """The n-th power by repeated squaring; of the inverse for a negative n."""
    x = _square("matrix_power", x)
    if n < 0:
        x, n = inv(x), -n
    result: Any = None
    while n:
        if n & 1:
            result = x if result is None else matmul(result, x)
        n >>= 1
        x = matmul(x, x) if n else x
    return np.broadcast_to(np.eye(shape(x)[-1], dtype=_dtype(x)), shape(x)) if result is None else result


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
def _trace_of_matrix(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
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
    x = _floats(x)
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
    return _scalars(found) if keepdims else found


@implements(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: float = 2) -> Any:
    """The norm of vectors along axes, of any order; all axes by default."""
    x = _floats(x)
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
    x = _floats(x)
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
