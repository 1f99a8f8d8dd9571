"""Products of vectors and matrices, and contractions."""

from __future__ import annotations

import builtins
import math
from functools import cache
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.op import Function, implements, row
from autograd.ops.comparison import equal, not_equal, where
from autograd.ops.elementwise import abs, mul, power, ratio, sub
from autograd.ops.indexing import basic, getitem
from autograd.ops.lengths import along
from autograd.ops.reduction import _amax, _amin, _sum, gather, is_array, kept
from autograd.ops.reduction import dot_n as _dot_n
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
    doc="The product of matrices, and of stacks of them, as NumPy's `@`."))
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
    lambda g, out, x, y, z: matrix_transpose(matmul(matrix_transpose(_rows(x)), _rows(g))),
    lambda g, out, x, y, z: g,
    doc="`x @ weight.T + bias`, as one operation, as in PyTorch.",
)


def _norm_arrays(x: np.ndarray, axis: tuple[int, ...], keepdims: bool) -> Any:
    if x.dtype == np.float16:
        return _norm_arrays(x.astype(np.float32), axis, keepdims).astype(x.dtype)
    return np.sqrt(np.sum(np.square(x), axis, keepdims=keepdims))


_norm: Function = row(
    "norm",
    lambda x, axis, keepdims: _norm_arrays(x, axis, keepdims),
    lambda g, out, x, axis, keepdims: along(
        g, out, x, ratio(x, kept(out, x, axis, keepdims)), lambda h: kept(h, x, axis, keepdims)
    ),
)
_contract: Function = row(
    "einsum",
    lambda x, y, subscripts: _contracted(x, y, subscripts),
    lambda g, out, x, y, subscripts: _contract(g, y, subscripts=(subscripts[2], subscripts[1], subscripts[0])),
    lambda g, out, x, y, subscripts: _contract(g, x, subscripts=(subscripts[2], subscripts[0], subscripts[1])),
)


@cache
def _plan(subscripts: tuple[str, str, str]) -> tuple[Any, ...]:
    """The letters of two operands by what becomes of them, and the orders of axes that bring them together."""
    a, b, out = subscripts
    shared = [c for c in a if c in b and c in out]
    summed = [c for c in a if c in b and c not in out]
    left, right = [c for c in a if c not in b], [c for c in b if c not in a]
    of_x = tuple(a.index(c) for c in shared + left + summed)
    of_y = tuple(b.index(c) for c in shared + summed + right)
    found = shared + left + right
    return len(shared), len(left), len(summed), of_x, of_y, tuple(found.index(c) for c in out)


def _contracted(x: np.ndarray, y: np.ndarray, subscripts: tuple[str, str, str]) -> np.ndarray:
    """The sum of products over the letters that both have and the result has not, as one product of matrices."""
    shared, left, summed, of_x, of_y, order = _plan(subscripts)
    x, y = x.transpose(of_x), y.transpose(of_y)
    lefts, rights = x.shape[shared : shared + left], y.shape[shared + summed :]
    if not summed:
        x = x.reshape(x.shape + (1,) * len(rights))
        y = y.reshape(y.shape[:shared] + (1,) * left + rights)
        return (x * y).transpose(order)
    sums_x, sums_y = x.shape[shared + left :], y.shape[shared : shared + summed]
    if sums_x != sums_y:
        # einsum repeats axes of length 1, also those that it sums over.
        lengths = tuple(builtins.max(m, n) for m, n in zip(sums_x, sums_y, strict=True))
        x = np.broadcast_to(x, x.shape[: shared + left] + lengths)
        y = np.broadcast_to(y, y.shape[:shared] + lengths + rights)
        sums_x = lengths
    size = math.prod(sums_x)
    x = x.reshape((*x.shape[:shared], math.prod(lefts), size))
    y = y.reshape((*y.shape[:shared], size, math.prod(rights)))
    product = np.matmul(x, y)
    return product.reshape(product.shape[:shared] + lefts + rights).transpose(order)


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


@implements(np.einsum)
def einsum(subscripts: Any, *operands: Any, out: Any = None, optimize: Any = True) -> Any:
    """Einstein's summation, with ellipsis, implicit output and lists of axes as in NumPy.

    Operands are contracted in pairs, in the order that `numpy.einsum_path` proposes.

    Parameters
    ----------
    subscripts : str
        Such as `'ij,jk->ik'`; or operands and lists of axes in turn, as in NumPy.
    *operands : array_like or Tensor
        One for each term.
    out : None
        Not supported.
    optimize : bool or str
        As in NumPy.

    Returns
    -------
    numpy.ndarray or Tensor
        A tensor where an operand is one.

    Examples
    --------
    >>> import numpy as np
    >>> einsum("ij,jk,k->i", np.ones((2, 3)), np.ones((3, 4)), np.ones(4))
    array([12., 12.])
    """
    refuse_out("einsum", out)
    if not isinstance(subscripts, str):
        subscripts, operands = _in_letters((subscripts, *operands))
    operands = tuple([as_array(x) for x in operands])
    direct = _direct(subscripts, tuple([len(shape(x)) for x in operands]))
    if direct is not None:
        return _contract(*operands, subscripts=direct)
    inputs, output = _parse(subscripts, tuple(len(shape(x)) for x in operands))
    dtype = np.result_type(*(x.dtype for x in operands))
    operands = tuple([cast(x, dtype) for x in operands])
    terms = list(zip(inputs, operands, strict=True))
    if len(terms) > 2:
        spelled = ",".join(inputs) + "->" + output
        dummies = [np.broadcast_to(0.0, shape(x)) for x in operands]
        path = np.einsum_path(spelled, *dummies, optimize="greedy")[0][1:]
    else:
        path = [tuple(range(len(terms)))] if len(terms) == 2 else []
    for pair in path:
        while len(pair) > 1:
            second, first = (terms.pop(i) for i in sorted(pair[-2:], reverse=True))
            needed = set(output).union(*(letters for letters, _ in terms))
            terms.append(_contract_pair(first, second, needed))
            pair = (*pair[:-2], len(terms) - 1)
    ((letters, x),) = terms
    letters, x = _reduced(letters, x, set(output))
    if set(letters) != set(output):
        raise ShapeError(f"einsum: the output of {subscripts!r} has an index that no operand has")
    return transpose(x, tuple(letters.index(letter) for letter in output)) if letters != output else x


def _in_letters(arguments: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """`einsum(x, [0, 1], y, [1, 2], [0, 2])` in letters."""

    def spelled(axes: Any) -> str:
        return "".join("..." if a is Ellipsis else chr(97 + a if a < 26 else 39 + a) for a in axes)

    pairs = len(arguments) // 2
    if pairs == 0 or not all(isinstance(arguments[2 * i + 1], (list, tuple)) for i in range(pairs)):
        raise TypeError(
            "einsum: the first argument must be a string such as 'ij,jk->ik', or each operand has a list of axes"
        )
    left = ",".join(spelled(arguments[2 * i + 1]) for i in range(pairs))
    output = "->" + spelled(arguments[-1]) if len(arguments) % 2 else ""
    return left + output, arguments[0 : 2 * pairs : 2]


@cache
def _direct(subscripts: str, ndims: tuple[int, ...]) -> tuple[str, str, str] | None:
    """The letters of a product of two operands that needs no diagonal and no sum of its own; None where it does."""
    if len(ndims) != 2:
        return None
    (a, b), out = _parse(subscripts, ndims)
    plain = all(len(set(letters)) == len(letters) for letters in (a, b, out))
    return (a, b, out) if plain and set(a) ^ set(b) <= set(out) <= set(a) | set(b) else None


def _sum_alike(x: Any, axes: tuple[int, ...]) -> Any:
    """The sum in the dtype of the elements, which of small whole numbers is not that of NumPy's `sum`."""
    found = _sum(x, axis=axes, keepdims=False)
    return cast(found, x.dtype)


def _contract_pair(first: tuple[str, Any], second: tuple[str, Any], needed: set[str]) -> tuple[str, Any]:
    a, x = _reduced(*first, needed | set(second[0]))
    b, y = _reduced(*second, needed | set(a))
    out = "".join(dict.fromkeys(letter for letter in a + b if letter in needed))
    return out, _contract(x, y, subscripts=(a, b, out))


def _reduced(letters: str, x: Any, needed: set[str]) -> tuple[str, Any]:
    """One operand with repeated indices made a diagonal, and with those summed that nothing else has."""
    for letter in dict.fromkeys(letters):
        while letters.count(letter) > 1:
            i = letters.index(letter)
            j = letters.index(letter, i + 1)
            order = [k for k in range(len(letters)) if k not in (i, j)] + [i, j]
            if shape(x)[i] != shape(x)[j]:
                raise ShapeError(
                    f"einsum: index {letter!r} is both {shape(x)[i]} and {shape(x)[j]} long in one operand"
                )
            along = np.arange(shape(x)[i])
            x = getitem(transpose(x, order), (..., along, along))
            letters = "".join(letters[k] for k in order[:-1])
    gone = tuple(k for k, letter in enumerate(letters) if letter not in needed)
    if gone:
        x = _sum_alike(x, gone)
        letters = "".join(letter for letter in letters if letter in needed)
    return letters, x


def _parse(subscripts: str, ndims: tuple[int, ...]) -> tuple[list[str], str]:
    """The letters of each operand and of the output, the ellipsis replaced by letters of its own."""
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    inputs = left.split(",")
    if len(inputs) != len(ndims):
        raise ShapeError(f"einsum: {subscripts!r} names {len(inputs)} operands, {len(ndims)} were given")
    free = [c for c in map(chr, [*range(65, 91), *range(97, 123)]) if c not in subscripts]
    spare = 0
    for i, (letters, ndim) in enumerate(zip(inputs, ndims, strict=True)):
        extra = ndim - len(letters.replace("...", ""))
        if extra < 0 or (extra and "..." not in letters):
            raise ShapeError(f"einsum: operand {i + 1} of {ndim} axes does not fit its indices {letters!r}")
        spare = builtins.max(spare, extra)
        inputs[i] = letters.replace("...", "".join(free[:extra][::-1]))
    ellipsis = "".join(free[:spare][::-1])
    if not arrow:
        named = [c for c in "".join(inputs) if c not in ellipsis]
        output = ellipsis + "".join(sorted(c for c in set(named) if named.count(c) == 1))
    return inputs, output.replace("...", ellipsis)


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
    """The sum of the products of all the elements of one with those of the other."""
    return matmul(ravel(x), ravel(y))


@implements(np.vecdot, np.linalg.vecdot)
def vecdot(x: Any, y: Any, /, axis: int = -1) -> Any:
    """The sums of products along an axis, which is broadcast otherwise."""
    x, y = as_array(x), as_array(y)
    product = mul(moveaxis(x, axis, -1), moveaxis(y, axis, -1))
    return _sum_alike(product, (len(shape(product)) - 1,))


@implements(np.matvec)
def matvec(x: Any, y: Any) -> Any:
    """Matrices times vectors on the last axis."""
    return getitem(matmul(as_array(x), expand_dims(y, -1)), (..., 0))


@implements(np.vecmat)
def vecmat(x: Any, y: Any) -> Any:
    """Vectors on the last axis times matrices."""
    return getitem(matmul(expand_dims(x, -2), as_array(y)), (..., 0, slice(None)))


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
