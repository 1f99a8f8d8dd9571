"""Products of vectors and matrices, and norms of vectors."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.op import Function, implements, row
from autograd.ops.comparison import equal, not_equal, where
from autograd.ops.complex_numbers import conj
from autograd.ops.elementwise import abs, mul, power, ratio, sub
from autograd.ops.indexing import basic, getitem
from autograd.ops.lengths import along
from autograd.ops.reduction import _amax, _amin, _sum, gather, is_array, restore_axes
from autograd.ops.scalars import dot_n as _dot_n
from autograd.ops.shape import (
    as_array,
    axis_index,
    cast,
    expand_dims,
    matrix_transpose,
    moveaxis,
    ravel,
    refuse_out,
    reshape,
    shape,
    stack,
    transpose,
)


def _matmul_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    if y.ndim == 1:
        return g * y if x.ndim == 1 else expand_dims(g, -1) * y
    if x.ndim == 1:
        return matmul(y, g) if y.ndim == 2 else getitem(matmul(y, expand_dims(g, -1)), (..., 0))
    return matmul(g, matrix_transpose(y))


def _matmul_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    if x.ndim == 1:
        return g * x if y.ndim == 1 else expand_dims(x, -1) * expand_dims(g, -2)
    if y.ndim == 1:
        if x.ndim == 2:
            return matmul(matrix_transpose(x), g)
        return getitem(matmul(matrix_transpose(x), expand_dims(g, -1)), (..., 0))
    return matmul(matrix_transpose(x), g)


# fmt: off
matmul: Function = implements(np.matmul)(row("matmul", np.matmul, _matmul_x, _matmul_y, infix="@",
    linear=((0,), (1,)), doc="The product of matrices, and of stacks of them, as NumPy's `@`.", takes_complex=True))
# fmt: on


def _linear_arrays(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    if weight.ndim != 2:
        raise ShapeError(f"linear: the weight needs two axes (out, in), not shape {weight.shape}")
    out = x @ weight.T
    if out.dtype != bias.dtype:
        return out + bias
    out += bias
    return out


def _rows(x: Any) -> Any:
    return x if x.ndim == 2 else reshape(x, (math.prod(shape(x)[:-1]), shape(x)[-1]))


# A row of its own for speed: one node instead of three, and the bias added in place.
linear: Function = row(
    "linear",
    _linear_arrays,
    lambda g, out, x, y, z: matmul(g, y),
    lambda g, out, x, y, z: matmul(matrix_transpose(_rows(g)), _rows(x)),
    lambda g, out, x, y, z: g,
    linear=((0, 2), (1, 2)),
    doc="`x @ weight.T + bias`, as one operation, as in PyTorch.",
    takes_complex=True,
)


def _norm_arrays(x: np.ndarray, axis: tuple[int, ...], keepdims: bool) -> Any:
    if x.dtype == np.float16:
        return _norm_arrays(x.astype(np.float32), axis, keepdims).astype(x.dtype)
    squares = np.square(np.real(x)) + np.square(np.imag(x)) if x.dtype.kind == "c" else np.square(x)
    return np.sqrt(np.sum(squares, axis, keepdims=keepdims))


_norm: Function = row(
    "norm",
    lambda x, axis, keepdims: _norm_arrays(x, axis, keepdims),
    lambda g, out, x, axis, keepdims: along(
        g,
        out,
        conj(x),
        ratio(conj(x), restore_axes(out, x, axis, keepdims)),
        lambda h: restore_axes(h, x, axis, keepdims),
    ),
    length=True,
    takes_complex=True,
)


@implements(np.dot)
def dot(x: Any, y: Any, out: Any = None) -> Any:
    """NumPy's `dot` for arrays; for two sequences of scalars the sum of their products, as one node.

    Parameters
    ----------
    x, y : array_like or Tensor, or sequences of Value
        Of shapes that NumPy's `dot` takes: the last axis of `x` and the last but one of `y` are of one length.
    out : None
        Not supported.

    Returns
    -------
    float, numpy.ndarray, Value or Tensor

    Examples
    --------
    >>> import autograd
    >>> autograd.dot([1.0, 2.0], autograd.Tensor([3.0, 4.0])).item()
    11.0
    >>> a, b = autograd.Value(2.0), autograd.Value(3.0)
    >>> autograd.dot([a, b], [b, 1.0]).data
    9.0
    """
    refuse_out("dot", out)
    if is_array(x) and is_array(y) and x.ndim > 0 and 0 < y.ndim <= 2:
        return matmul(x, y)
    if not is_array(x) and not is_array(y) and hasattr(x, "__iter__") and hasattr(y, "__iter__"):
        xs, ys = tuple(x), tuple(y)
        if len(xs) != len(ys):
            raise ShapeError(f"dot: sequences of {len(xs)} and {len(ys)} scalars")
        if gather(xs + ys, ()) is not None:
            return _dot_n(*xs, *ys)
        x, y = xs, ys
    x, y = as_array(x), as_array(y)
    if not shape(x) or not shape(y):
        return mul(x, y)
    return matmul(x, y) if len(shape(y)) <= 2 else tensordot(x, y, (-1, -2))


@implements(np.outer)
def outer(x: Any, y: Any, out: Any = None) -> Any:
    """The products of every element of `x` with every element of `y`; both are flattened.

    Parameters
    ----------
    x, y : array_like or Tensor
        Of n and of m elements.
    out : None
        Not supported.

    Returns
    -------
    numpy.ndarray or Tensor, shape (n, m)

    Examples
    --------
    >>> import autograd
    >>> autograd.outer(autograd.Tensor([1.0, 2.0]), [1.0, 10.0]).tolist()
    [[1.0, 10.0], [2.0, 20.0]]
    """
    refuse_out("outer", out)
    return mul(expand_dims(ravel(x), 1), expand_dims(ravel(y), 0))


def sum_alike(x: Any, axes: tuple[int, ...]) -> Any:
    """The sum in the dtype of the elements, which of small whole numbers is not that of NumPy's `sum`."""
    found = _sum(x, axis=axes, keepdims=False)
    return cast(found, x.dtype)


def norm_of_vectors(x: Any, ord: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The norm of the vectors along some axes, of order 2, 1, inf, -inf, 0 or any p; where it is 0, so is its derivative."""
    keepdims = bool(keepdims)
    if ord is None or ord == 2:
        return _norm(x, axis=axis, keepdims=keepdims)
    if isinstance(ord, str):
        raise ValueError(f"norm: ord={ord!r} is not a norm of vectors")
    if math.isinf(ord):
        return (_amax if ord > 0 else _amin)(abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        return _sum(not_equal(x, 0.0) * 1.0, axis=axis, keepdims=keepdims)
    if ord == 1:
        return _sum(abs(x), axis=axis, keepdims=keepdims)
    total = _sum(power(abs(x), float(ord)), axis=axis, keepdims=keepdims)
    nothing = equal(total, 0.0)
    return where(nothing, 0.0 if ord > 0 else math.inf, power(where(nothing, 1.0, total), 1.0 / ord))


@implements(np.inner)
def inner(x: Any, y: Any) -> Any:
    """The sums of products over the last axes of both."""
    x, y = as_array(x), as_array(y)
    return tensordot(x, y, (-1, -1)) if shape(x) and shape(y) else mul(x, y)


@implements(np.tensordot)
def tensordot(x: Any, y: Any, axes: Any = 2) -> Any:
    """The sums of products over some axes: the last of one and the first of the other, or those that are named."""
    x, y = as_array(x), as_array(y)
    if isinstance(axes, (int, np.integer)):
        of_x, of_y = tuple(range(len(shape(x)) - axes, len(shape(x)))), tuple(range(axes))
    else:
        of_x, of_y = ((a,) if isinstance(a, (int, np.integer)) else tuple(a) for a in axes)
    of_x = tuple(axis_index(a, len(shape(x))) for a in of_x)
    of_y = tuple(axis_index(a, len(shape(y))) for a in of_y)
    if [shape(x)[a] for a in of_x] != [shape(y)[a] for a in of_y]:
        raise ShapeError(f"tensordot: shapes {shape(x)} and {shape(y)} do not agree along axes {of_x} and {of_y}")
    rest_x = [i for i in range(len(shape(x))) if i not in of_x]
    rest_y = [i for i in range(len(shape(y))) if i not in of_y]
    summed = math.prod(shape(x)[a] for a in of_x)
    left = reshape(transpose(x, (*rest_x, *of_x)), (math.prod(shape(x)[i] for i in rest_x), summed))
    right = reshape(transpose(y, (*of_y, *rest_y)), (summed, math.prod(shape(y)[i] for i in rest_y)))
    return reshape(matmul(left, right), (*(shape(x)[i] for i in rest_x), *(shape(y)[i] for i in rest_y)))


@implements(np.vdot)
def vdot(x: Any, y: Any) -> Any:
    """The sum of the products of all the elements of one, conjugated where they are complex, with those of the other."""
    return matmul(conj(ravel(x)), ravel(y))


@implements(np.vecdot, np.linalg.vecdot)
def vecdot(x: Any, y: Any, /, axis: int = -1) -> Any:
    """The sums of products along an axis, of which the first factor is conjugated; the other axes are broadcast."""
    x, y = as_array(x), as_array(y)
    product = mul(moveaxis(conj(x), axis, -1), moveaxis(y, axis, -1))
    return sum_alike(product, (len(shape(product)) - 1,))


@implements(np.matvec)
def matvec(x: Any, y: Any) -> Any:
    """Matrices times vectors on the last axis."""
    return getitem(matmul(as_array(x), expand_dims(y, -1)), (..., 0))


@implements(np.vecmat)
def vecmat(x: Any, y: Any) -> Any:
    """Vectors on the last axis, conjugated where they are complex, times matrices."""
    return getitem(matmul(expand_dims(conj(as_array(x)), -2), as_array(y)), (..., 0, slice(None)))


@implements(np.kron)
def kron(x: Any, y: Any) -> Any:
    """Kronecker's product: each element of `x` times the whole of `y`."""
    x, y = as_array(x), as_array(y)
    ndim = builtins.max(len(shape(x)), len(shape(y)))
    nx = (1,) * (ndim - len(shape(x))) + shape(x)
    ny = (1,) * (ndim - len(shape(y))) + shape(y)
    spread_x = reshape(x, tuple(n for pair in zip(nx, (1,) * ndim, strict=True) for n in pair))
    spread_y = reshape(y, tuple(n for pair in zip((1,) * ndim, ny, strict=True) for n in pair))
    return reshape(mul(spread_x, spread_y), tuple(a * b for a, b in zip(nx, ny, strict=True)))


@implements(np.cross)
def cross(x: Any, y: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """The vector product of vectors of three components; of two, its third component."""
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = moveaxis(x, axisa, 0), moveaxis(y, axisb, 0)
    if shape(x)[0] not in (2, 3) or shape(y)[0] not in (2, 3):
        raise ShapeError(f"cross: vectors of 2 or 3 components are needed, not of {shape(x)[0]} and {shape(y)[0]}")

    def component(v: Any, i: int) -> Any:
        return basic(v, (i,)) if i < shape(v)[0] else np.zeros(shape(v)[1:], v.dtype)

    x0, x1, x2 = (component(x, i) for i in range(3))
    y0, y1, y2 = (component(y, i) for i in range(3))
    last = sub(mul(x0, y1), mul(x1, y0))
    if shape(x)[0] == 2 and shape(y)[0] == 2:
        return last
    first, second = sub(mul(x1, y2), mul(x2, y1)), sub(mul(x2, y0), mul(x0, y2))
    return moveaxis(stack([first, second, last]), 0, axisc)


implements(np.linalg.matmul)(matmul)


@implements(np.linalg.outer)
def _outer_of_vectors(x1: Any, x2: Any, /) -> Any:
    x1, x2 = as_array(x1), as_array(x2)
    if len(shape(x1)) != 1 or len(shape(x2)) != 1:
        raise ShapeError(f"np.linalg.outer: two vectors are needed, not shapes {shape(x1)} and {shape(x2)}")
    return outer(x1, x2)


@implements(np.linalg.cross)
def _cross_of_three(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    return cross(x1, x2, axis=axis)


@implements(np.linalg.tensordot)
def _tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    return tensordot(x1, x2, axes)


implements(np.linalg.matrix_transpose)(matrix_transpose)
