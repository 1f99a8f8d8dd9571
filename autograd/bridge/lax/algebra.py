"""Products of arrays, decompositions, linear systems, Fourier transforms."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.bridge.lax.declare import dtype_of, lax_rule
from autograd.ops import decomposition, diagonal, elementwise, fourier, inverse, linalg, matrix, shape
from autograd.ops.einsum import einsum


@lax_rule("dot_general")
def dot_general(x: Any, y: Any, dimension_numbers: Any, preferred_element_type: Any = None, **how: Any) -> Any:
    """Contracted over some axes, one by one over others: first these, then what is left of each."""
    ((contracted_x, contracted_y), (batch_x, batch_y)) = dimension_numbers
    if preferred_element_type is not None and np.dtype(preferred_element_type) != dtype_of(x):
        x, y = (shape.astype(shape.as_array(a), preferred_element_type) for a in (x, y))
    plain = not len(batch_x) and tuple(contracted_x) == (x.ndim - 1,) and tuple(contracted_y) == (0,)
    if plain and max(x.ndim, y.ndim) <= 2:
        return linalg.matmul(x, y)
    letters = iter(string.ascii_letters)
    of_x: list[str] = [next(letters) for _ in range(x.ndim)]
    of_y: list[str] = [next(letters) for _ in range(y.ndim)]
    for i, j in (*zip(batch_x, batch_y, strict=True), *zip(contracted_x, contracted_y, strict=True)):
        of_y[j] = of_x[i]
    out = [of_x[i] for i in batch_x]
    out += [letter for i, letter in enumerate(of_x) if i not in (*batch_x, *contracted_x)]
    out += [letter for i, letter in enumerate(of_y) if i not in (*batch_y, *contracted_y)]
    return einsum(f"{''.join(of_x)},{''.join(of_y)}->{''.join(out)}", x, y)


@lax_rule("cholesky")
def cholesky(x: Any, **how: Any) -> Any:
    """The lower triangle."""
    return decomposition.cholesky(x)


def _adjoint(x: Any, conjugate: bool = False) -> Any:
    turned = shape.swapaxes(x, -1, -2)
    return shape.conjugate(turned) if conjugate else turned


@lax_rule("triangular_solve")
def triangular_solve(
    a: Any,
    b: Any,
    left_side: bool,
    lower: bool,
    transpose_a: bool = False,
    conjugate_a: bool = False,
    unit_diagonal: bool = False,
) -> Any:
    """By a triangle, from one side or the other."""
    a = diagonal.tril(a, -1 if unit_diagonal else 0) if lower else diagonal.triu(a, 1 if unit_diagonal else 0)
    a = elementwise.add(a, np.eye(a.shape[-1], dtype=dtype_of(a))) if unit_diagonal else a
    a = _adjoint(a, conjugate_a) if transpose_a else shape.conjugate(a) if conjugate_a else a
    return inverse.solve(a, b) if left_side else _adjoint(inverse.solve(_adjoint(a), _adjoint(b)))


@lax_rule("eigh")
def eigh(x: Any, lower: bool = True, **how: Any) -> Any:
    """Vectors, then values."""
    values, vectors = decomposition.eigh(x, "L" if lower else "U")
    return vectors, values


@lax_rule("svd")
def svd(x: Any, full_matrices: bool, compute_uv: bool, **how: Any) -> Any:
    """Values, then vectors of both sides."""
    if not compute_uv:
        return (decomposition.svd(x, compute_uv=False),)
    u, s, v = decomposition.svd(x, full_matrices)
    return s, u, v


@lax_rule("qr")
def qr(x: Any, full_matrices: bool = False, pivoting: bool = False, **how: Any) -> Any:
    """Without pivots."""
    if pivoting:
        raise TypeError("a QR decomposition with pivots")
    return tuple(decomposition.qr(x, "complete" if full_matrices else "reduced"))


@lax_rule("fft")
def fft(x: Any, fft_type: Any, fft_lengths: Sequence[int]) -> Any:
    """Over the last axes."""
    axes = tuple(range(-len(fft_lengths), 0))
    kind = str(fft_type).rpartition(".")[2].lower()
    names = {"0": "fft", "1": "ifft", "2": "rfft", "3": "irfft"}
    transform = {"fft": fourier.fftn, "ifft": fourier.ifftn, "rfft": fourier.rfftn, "irfft": fourier.irfftn}
    found = transform[names.get(kind, kind)](x, tuple(map(int, fft_lengths)), axes)
    single = dtype_of(x) in (np.dtype(np.float32), np.dtype(np.complex64))
    wanted = {"c": np.complex64, "f": np.float32}[dtype_of(found).kind] if single else dtype_of(found)
    return found if dtype_of(found) == wanted else shape.astype(found, wanted)


# What JAX computes from a decomposition that has no row here.
lax_rule("numpy.linalg.inv")(inverse.inv)
lax_rule("numpy.linalg.det")(matrix.det)


@lax_rule("numpy.linalg.solve")
def solve(a: Any, b: Any) -> Any:
    """A linear system; a right side with an axis less is one of vectors."""
    if b.ndim == a.ndim - 1 and a.ndim > 2:
        return shape.squeeze(inverse.solve(a, shape.expand_dims(b, -1)), -1)
    return inverse.solve(a, b)


@lax_rule("numpy.linalg.slogdet")
def slogdet(x: Any) -> Any:
    """The sign, and the logarithm of the absolute value."""
    return tuple(matrix.slogdet(x))


@lax_rule("custom_linear_solve")
def custom_linear_solve(*operands: Any, const_lengths: Any, jaxprs: Any) -> Any:
    """A system whose matrix is what `matvec` makes of the unit vectors."""
    from autograd.bridge.lax.control import call

    taken = operands[: const_lengths["matvec"]]
    right = operands[sum(const_lengths.values()) :]
    sizes = [int(np.prod(b.shape, dtype=int)) for b in right]
    count = sum(sizes)
    columns = []
    for place in range(count):
        unit = np.zeros(count, dtype_of(right[0]))
        unit[place] = 1.0
        parts = np.split(unit, np.cumsum(sizes)[:-1])
        found = call(jaxprs["matvec"], [*taken, *(part.reshape(b.shape) for part, b in zip(parts, right, strict=True))])
        columns.append(_flat(found))
    found = inverse.solve(shape.stack(columns, -1), _flat(right))
    pieces = shape.pieces(found, sizes, 0)
    return tuple(shape.reshape(part, tuple(b.shape)) for part, b in zip(pieces, right, strict=True))


def _flat(xs: Sequence[Any]) -> Any:
    return shape.concatenate([shape.reshape(x, (-1,)) for x in xs], 0)
