"""Cholesky, eigenvalues, singular values and QR, of one matrix or of a stack of them.

An operation with several results (`eigh`, `svd`, `qr`) is one node, whose array holds them side by side; slices cut them
apart. Rules are written for the last two axes. Those of this file are known for the gradient that is conjugated, ∂u/∂x + i ∂u/∂y:
they conjugate what arrives and what they send, which does nothing to real numbers. Eigenvectors and singular vectors of complex
matrices are determined but for a phase: their derivatives are right for what does not depend on it.

References
----------
M. B. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
differentiation", 2008; I. Murray, "Differentiation of the Cholesky decomposition", 2016; J. Townsend, "Differentiating
the singular value decomposition", 2016.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.op import Function, implements, row
from autograd.ops import triangles
from autograd.ops.comparison import less_equal, where
from autograd.ops.complex_numbers import conj, is_complex, real
from autograd.ops.diagonal import diagonal, tril
from autograd.ops.elementwise import abs, div
from autograd.ops.indexing import basic
from autograd.ops.inverse import (
    _solve,
    adjoint,
    as_column,
    as_row,
    as_scalars,
    float_dtype,
    on_diagonal,
    result_type,
    square_matrices,
)
from autograd.ops.linalg import matmul
from autograd.ops.reduction import _amax, _sum
from autograd.ops.shape import (
    as_array,
    concatenate,
    reshape,
    shape,
)
from autograd.ops.shape import matrix_transpose as t
from autograd.ops.strong import scale
from autograd.ops.triangles import read_hermitian

# Cholesky, eigenvalues, singular values, QR.


def _lower(x: Any) -> Any:
    """The lower triangle, with half the diagonal."""
    n = shape(x)[-1]
    return x * (np.tri(n) - 0.5 * np.eye(n)).astype(float_dtype(x))


def _cholesky_arrays(x: np.ndarray) -> np.ndarray:
    return np.linalg.cholesky(triangles.read(x))


_cholesky: Function = row(
    "cholesky",
    _cholesky_arrays,
    lambda g, out, x: _cholesky_rule(conj(g), out),
    takes_complex=True,
)


def _cholesky_rule(g: Any, out: Any) -> Any:
    upper = adjoint(out)
    return conj(triangles.of_both(adjoint(_solve(upper, adjoint(_solve(upper, _lower(matmul(upper, g))))))))


@implements(np.linalg.cholesky)
def cholesky(x: Any, /, *, upper: bool = False) -> Any:
    """The lower triangular `l` with `l @ l.T = x`, of a symmetric positive definite matrix; of a hermitian one conjugate `l.T`.

    NumPy reads one triangle of `x` alone, which stands for both: the gradient is symmetric, as in JAX and PyTorch.
    """
    x = square_matrices("cholesky", x)
    return adjoint(_cholesky(adjoint(x))) if upper else _cholesky(x)


def _over_gaps(numerators: Any, gaps: Any, size: Any) -> Any:
    """What decompositions divide by the distances of their values.

    Where two values coincide, the vectors that belong to them are not determined: a result that does not depend on any
    vector sends nothing (0/0 is 0 here, the strong zero), and what depends on them has no derivative, which is NaN.
    """
    n = shape(gaps)[-1]
    close = less_equal(abs(gaps), size * (8 * n * float(np.finfo(float_dtype(gaps)).eps)))
    off = ~np.eye(n, dtype=bool)
    divided = scale(numerators, where(close, math.nan, div(1.0, where(close, 1.0, gaps))))
    return where(off, divided, 0.0)


def _eigh_arrays(x: np.ndarray, uplo: Any) -> np.ndarray:
    w, v = np.linalg.eigh(triangles.read(x), UPLO=uplo)
    return np.concatenate([w[..., None, :], v], -2)


def _eigh_parts(both: Any) -> tuple[Any, Any]:
    return real(basic(both, (..., 0, slice(None)))), basic(both, (..., slice(1, None), slice(None)))


def _eigh_rule(g: Any, out: Any) -> Any:
    w, v = _eigh_parts(out)
    gw, gv = _eigh_parts(conj(g))
    turned = matmul(adjoint(v), gv)
    size = as_scalars(_amax(abs(w), axis=(len(shape(w)) - 1,), keepdims=False))
    inner = _over_gaps(0.5 * (turned - adjoint(turned)), as_row(w) - as_column(w), size) + on_diagonal(gw)
    return conj(triangles.of_both(matmul(matmul(v, inner), adjoint(v))))


_eigh: Function = row("eigh", _eigh_arrays, lambda g, out, x, uplo: _eigh_rule(g, out), takes_complex=True)


@implements(np.linalg.eigh)
def eigh(x: Any, UPLO: str = "L") -> Any:  # noqa: N803 - NumPy's name
    """Eigenvalues, in ascending order, and eigenvectors of a symmetric matrix.

    NumPy reads one triangle of `x` alone, and the gradient is symmetric; see `cholesky`. Where eigenvalues are repeated,
    the gradient of what depends on the eigenvectors is NaN, for there they are not determined; what depends on the
    eigenvalues alone has a finite one.
    """
    if not isinstance(UPLO, str) or UPLO not in "LUlu":
        raise ValueError(f"eigh: UPLO is 'L' or 'U', the triangle that is read, not {UPLO!r}")
    both = _eigh(square_matrices("eigh", x), uplo=UPLO.upper())
    return result_type(np.linalg.eigh)(*_eigh_parts(both))


@implements(np.linalg.eigvalsh)
def eigvalsh(x: Any, UPLO: str = "L") -> Any:  # noqa: N803 - NumPy's name
    """The eigenvalues of a symmetric matrix, in ascending order."""
    return eigh(x, UPLO)[0]


def _eig_arrays(x: np.ndarray) -> np.ndarray:
    w, v = np.linalg.eig(x)
    return np.concatenate([w[..., None, :], v], -2)


def _eig_rule(g: Any, out: Any) -> Any:
    """Here nothing is conjugated but what keeps the length of an eigenvector."""
    w, v = basic(out, (..., 0, slice(None))), basic(out, (..., slice(1, None), slice(None)))
    gw, gv = basic(g, (..., 0, slice(None))), basic(g, (..., slice(1, None), slice(None)))
    axes = (len(shape(v)) - 2,)
    turned = matmul(t(v), gv - conj(v) * real(_sum(gv * v, axis=axes, keepdims=True)))
    size = as_scalars(_amax(abs(w), axis=(len(shape(w)) - 1,), keepdims=False))
    inner = _over_gaps(turned, as_row(w) - as_column(w), size) + on_diagonal(gw)
    return _solve(t(v), matmul(inner, t(v)))


_eig: Function = row("eig", _eig_arrays, lambda g, out, x: _eig_rule(g, out), takes_complex=True)


@implements(np.linalg.eig)
def eig(x: Any) -> Any:
    """Eigenvalues and eigenvectors of a square matrix, which are complex where they have to be.

    Eigenvectors have length 1 and are determined but for a phase: what depends on it has no derivative. Where eigenvalues are
    repeated, the gradient of what depends on the eigenvectors is NaN.
    """
    both = _eig(square_matrices("eig", x))
    return result_type(np.linalg.eig)(
        basic(both, (..., 0, slice(None))), basic(both, (..., slice(1, None), slice(None)))
    )


@implements(np.linalg.eigvals)
def eigvals(x: Any) -> Any:
    """The eigenvalues of a square matrix, which are complex where they have to be."""
    return eig(x)[0]


def _pack(*parts: np.ndarray) -> np.ndarray:
    """Arrays with the same leading axes side by side, those behind flattened."""
    lead = parts[0].shape[:-2]
    return np.concatenate([part.reshape(*lead, -1) for part in parts], -1)


def _unpack(x: Any, *shapes: tuple[int, ...]) -> list[Any]:
    found, start = [], 0
    for lengths in shapes:
        size = math.prod(lengths)
        found.append(reshape(basic(x, (..., slice(start, start + size))), shape(x)[:-1] + lengths))
        start += size
    return found


def _svd_parts(x: Any, packed: Any) -> list[Any]:
    m, n = shape(x)[-2:]
    k = min(m, n)
    u, s, vh = _unpack(packed, (m, k), (k,), (k, n))
    return [u, real(s), vh]


def _svd_rule(g: Any, out: Any, x: Any) -> Any:
    (u, s, vh), (gu, gs, gvh) = _svd_parts(x, out), _svd_parts(x, conj(g))
    m, n = shape(x)[-2:]
    of_u, of_v = matmul(adjoint(u), gu), matmul(vh, adjoint(gvh))
    squares = s * s
    gaps, size = (
        as_row(squares) - as_column(squares),
        as_scalars(_amax(squares, axis=(len(shape(s)) - 1,), keepdims=False)),
    )
    turned_u, turned_v = of_u - adjoint(of_u), of_v - adjoint(of_v)
    inner = _over_gaps(turned_u, gaps, size) * as_row(s) + as_column(s) * _over_gaps(turned_v, gaps, size)
    if is_complex(out):
        # The phases of a pair of vectors turn together.
        gs = gs + scale(diagonal(0.25 * (turned_u - turned_v), 0, -2, -1), 1.0 / s)
    result = matmul(matmul(u, inner + on_diagonal(gs)), vh)
    if m > n:
        result = result + matmul(scale(gu - matmul(u, of_u), as_row(1.0 / s)), vh)
    if n > m:
        result = result + matmul(u, scale(gvh - matmul(adjoint(of_v), vh), as_column(1.0 / s)))
    return conj(result)


_svd: Function = row(
    "svd",
    lambda x: _pack(*(p if p.ndim == x.ndim else p[..., None] for p in np.linalg.svd(x, full_matrices=False))),
    lambda g, out, x: _svd_rule(g, out, x),
    takes_complex=True,
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
    x = read_hermitian(x, hermitian)
    m, n = shape(x)[-2:]
    if not compute_uv:
        return svdvals(x)
    if full_matrices and m != n:
        raise OperandError(
            f"svd: for shape {shape(x)} the further vectors of full_matrices=True have no derivative: give full_matrices=False"
        )
    return result_type(np.linalg.svd)(*_svd_parts(x, _svd(x)))


@implements(np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """The singular values, in descending order."""
    x = as_array(x)
    return _svd_parts(x, _svd(x))[1]


def _qr_parts(x: Any, packed: Any) -> list[Any]:
    m, n = shape(x)[-2:]
    return _unpack(packed, (m, n), (n, n))


def _qr_rule(g: Any, out: Any, x: Any) -> Any:
    (q, r), (gq, gr) = _qr_parts(x, out), _qr_parts(x, conj(g))
    inner = matmul(r, adjoint(gr)) - matmul(adjoint(gq), q)
    sides = tril(inner, -1)
    # The diagonal of r is real.
    inner = sides + adjoint(sides) + on_diagonal(real(diagonal(inner, 0, -2, -1)))
    return conj(adjoint(_solve(r, adjoint(gq + matmul(q, inner)))))


_qr: Function = row("qr", lambda x: _pack(*np.linalg.qr(x)), lambda g, out, x: _qr_rule(g, out, x), takes_complex=True)


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
        r = concatenate([r, matmul(adjoint(q), right)], -1)
    return r if mode == "r" else result_type(np.linalg.qr)(q, r)
