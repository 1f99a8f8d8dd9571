"""Products of matrices, contractions and norms."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.op import Function, implements, row
from autograd.ops.elementwise import abs, mul, power, ratio
from autograd.ops.indexing import getitem
from autograd.ops.reduction import Axis, _sum, gather, is_array, kept, max, min, stacked, sum
from autograd.ops.reduction import dot_n as _dot_n
from autograd.ops.shape import axis_tuple, expand_dims, matrix_transpose, ravel, reshape, shape, transpose


def _matmul_x(g: Any, out: Any, x: Any, y: Any) -> Any:
    if y.ndim == 1:
        return g * y if x.ndim == 1 else expand_dims(g, -1) * y
    if x.ndim == 1:
        return getitem(matmul(y, expand_dims(g, -1)), (..., 0))
    return matmul(g, matrix_transpose(y))


def _matmul_y(g: Any, out: Any, x: Any, y: Any) -> Any:
    if x.ndim == 1:
        return g * x if y.ndim == 1 else expand_dims(x, -1) * expand_dims(g, -2)
    if y.ndim == 1:
        return getitem(matmul(matrix_transpose(x), expand_dims(g, -1)), (..., 0))
    return matmul(matrix_transpose(x), g)


matmul: Function = implements(np.matmul)(row("matmul", np.matmul, _matmul_x, _matmul_y, infix="@"))


def _linear_arrays(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
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
)
linear.__doc__ = "`x @ weight.T + bias`, for x of shape (..., in), weight (out, in) and bias (out,), as in PyTorch."

_norm: Function = row(
    "norm",
    lambda x, axis, keepdims: np.sqrt(np.sum(np.square(x), axis, keepdims=keepdims)),
    lambda g, out, x, axis, keepdims: kept(g, x, axis, keepdims) * ratio(x, kept(out, x, axis, keepdims)),
)
_contract: Function = row(
    "einsum",
    lambda x, y, subscripts: np.einsum(_spell(subscripts), x, y, optimize=True),
    lambda g, out, x, y, subscripts: _contract(g, y, subscripts=(subscripts[2], subscripts[1], subscripts[0])),
    lambda g, out, x, y, subscripts: _contract(g, x, subscripts=(subscripts[2], subscripts[0], subscripts[1])),
)


def _spell(subscripts: tuple[str, str, str]) -> str:
    return f"{subscripts[0]},{subscripts[1]}->{subscripts[2]}"


@implements(np.dot)
def dot(x: Any, y: Any) -> Any:
    """NumPy's `dot` for arrays; for two sequences of scalars the sum of their products, as one node."""
    if not is_array(x) and not is_array(y) and hasattr(x, "__iter__") and hasattr(y, "__iter__"):
        xs, ys = tuple(x), tuple(y)
        if len(xs) != len(ys):
            raise ShapeError(f"dot: sequences of {len(xs)} and {len(ys)} scalars")
        if gather(xs + ys, ()) is not None:
            return _dot_n(*xs, *ys)
        x, y = stacked(xs), stacked(ys)
    if not shape(x) or not shape(y):
        return mul(x, y)
    if len(shape(y)) <= 2:
        return matmul(x, y)
    letters = "abcdefghijklmnopqrstuvwxyz"
    own = letters[: len(shape(x)) - 1]
    others = letters[len(own) : len(own) + len(shape(y)) - 1]
    return einsum(f"{own}z,{others[:-1]}z{others[-1]}->{own}{others}", x, y)


@implements(np.outer)
def outer(x: Any, y: Any) -> Any:
    """The products of every element of `x` with every element of `y`; both are flattened."""
    return mul(expand_dims(ravel(x), 1), expand_dims(ravel(y), 0))


@implements(np.einsum)
def einsum(subscripts: str, *operands: Any) -> Any:
    """Einstein's summation, with ellipsis and implicit output as in NumPy.

    Operands are contracted in pairs, in the order that `numpy.einsum_path` proposes.

    Examples
    --------
    >>> import numpy as np
    >>> einsum("ij,jk,k->i", np.ones((2, 3)), np.ones((3, 4)), np.ones(4))
    array([12., 12.])
    """
    operands = tuple(x if hasattr(x, "shape") else np.asarray(x) for x in operands)
    inputs, output = _parse(subscripts, operands)
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
        x = _sum(x, axis=gone, keepdims=False)
        letters = "".join(letter for letter in letters if letter in needed)
    return letters, x


def _parse(subscripts: str, operands: tuple[Any, ...]) -> tuple[list[str], str]:
    """The letters of each operand and of the output, the ellipsis replaced by letters of its own."""
    if not isinstance(subscripts, str):
        raise TypeError("einsum: the first argument must be a string such as 'ij,jk->ik'")
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    inputs = left.split(",")
    if len(inputs) != len(operands):
        raise ShapeError(f"einsum: {subscripts!r} names {len(inputs)} operands, {len(operands)} were given")
    free = [c for c in map(chr, [*range(65, 91), *range(97, 123)]) if c not in subscripts]
    spare = 0
    for i, (letters, x) in enumerate(zip(inputs, operands, strict=True)):
        extra = len(shape(x)) - len(letters.replace("...", ""))
        if extra < 0 or (extra and "..." not in letters):
            raise ShapeError(f"einsum: operand {i + 1} of shape {shape(x)} does not fit its indices {letters!r}")
        spare = builtins.max(spare, extra)
        inputs[i] = letters.replace("...", "".join(free[:extra][::-1]))
    ellipsis = "".join(free[:spare][::-1])
    if not arrow:
        named = [c for c in "".join(inputs) if c not in ellipsis]
        output = ellipsis + "".join(sorted(c for c in set(named) if named.count(c) == 1))
    return inputs, output.replace("...", ellipsis)


@implements(np.linalg.norm)
def norm(x: Any, ord: float | str | None = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """The length of vectors: `ord` None or 2, 1, inf, -inf, 0 or any p; and the Frobenius norm of matrices.

    Where the length is 0, so is its derivative.
    """
    ndim = len(shape(x))
    axes = axis_tuple(axis, ndim)
    if ord is None or (ord == "fro" and len(axes) == 2) or (ord == 2 and len(axes) == 1):
        return _norm(x, axis=axes, keepdims=bool(keepdims))
    if len(axes) != 1:
        raise ValueError(
            f"norm: ord={ord!r} over {len(axes)} axes is not supported; use ord=None or 'fro', or one axis"
        )
    if isinstance(ord, str):
        raise ValueError(f"norm: ord={ord!r} is not a norm of vectors")
    if ord == math.inf:
        return max(abs(x), axis=axes, keepdims=keepdims)
    if ord == -math.inf:
        return min(abs(x), axis=axes, keepdims=keepdims)
    if ord == 0:
        return sum((x != 0) * 1.0, axis=axes, keepdims=keepdims)
    if ord == 1:
        return sum(abs(x), axis=axes, keepdims=keepdims)
    return power(sum(power(abs(x), float(ord)), axis=axes, keepdims=keepdims), 1.0 / ord)
