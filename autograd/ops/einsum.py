"""Contractions in Einstein's notation: pairs of operands at a time, as products of matrices where they are such."""

from __future__ import annotations

import builtins
import math
from functools import cache
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.op import Function, implements, row
from autograd.ops.indexing import getitem
from autograd.ops.linalg import sum_alike
from autograd.ops.shape import (
    as_array,
    cast,
    refuse_out,
    shape,
    transpose,
)

_contract: Function = row(
    "einsum",
    lambda x, y, subscripts: _contract_arrays(x, y, subscripts),
    lambda g, out, x, y, subscripts: _contract(g, y, subscripts=(subscripts[2], subscripts[1], subscripts[0])),
    lambda g, out, x, y, subscripts: _contract(g, x, subscripts=(subscripts[2], subscripts[0], subscripts[1])),
    linear=((0,), (1,)),
    takes_complex=True,
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


def _contract_arrays(x: np.ndarray, y: np.ndarray, subscripts: tuple[str, str, str]) -> np.ndarray:
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
        text = ",".join(inputs) + "->" + output
        dummies = [np.broadcast_to(0.0, shape(x)) for x in operands]
        path = np.einsum_path(text, *dummies, optimize="greedy")[0][1:]
    else:
        path = [tuple(range(len(terms)))] if len(terms) == 2 else []
    for pair in path:
        while len(pair) > 1:
            second, first = (terms.pop(i) for i in sorted(pair[-2:], reverse=True))
            needed = set(output).union(*(letters for letters, _ in terms))
            terms.append(_contract_pair(first, second, needed))
            pair = (*pair[:-2], len(terms) - 1)
    ((letters, x),) = terms
    letters, x = _sum_unneeded(letters, x, set(output))
    if set(letters) != set(output):
        raise ShapeError(f"einsum: the output of {subscripts!r} has an index that no operand has")
    return transpose(x, tuple(letters.index(letter) for letter in output)) if letters != output else x


def _in_letters(arguments: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """`einsum(x, [0, 1], y, [1, 2], [0, 2])` in letters."""

    def spell(axes: Any) -> str:
        return "".join("..." if a is Ellipsis else chr(97 + a if a < 26 else 39 + a) for a in axes)

    pairs = len(arguments) // 2
    if pairs == 0 or not all(isinstance(arguments[2 * i + 1], (list, tuple)) for i in range(pairs)):
        raise TypeError(
            "einsum: the first argument must be a string such as 'ij,jk->ik', or each operand has a list of axes"
        )
    left = ",".join(spell(arguments[2 * i + 1]) for i in range(pairs))
    output = "->" + spell(arguments[-1]) if len(arguments) % 2 else ""
    return left + output, arguments[0 : 2 * pairs : 2]


@cache
def _direct(subscripts: str, ndims: tuple[int, ...]) -> tuple[str, str, str] | None:
    """The letters of a product of two operands that needs no diagonal and no sum of its own; None where it does."""
    if len(ndims) != 2:
        return None
    (a, b), out = _parse(subscripts, ndims)
    plain = all(len(set(letters)) == len(letters) for letters in (a, b, out))
    return (a, b, out) if plain and set(a) ^ set(b) <= set(out) <= set(a) | set(b) else None


def _contract_pair(first: tuple[str, Any], second: tuple[str, Any], needed: set[str]) -> tuple[str, Any]:
    a, x = _sum_unneeded(*first, needed | set(second[0]))
    b, y = _sum_unneeded(*second, needed | set(a))
    out = "".join(dict.fromkeys(letter for letter in a + b if letter in needed))
    return out, _contract(x, y, subscripts=(a, b, out))


def _sum_unneeded(letters: str, x: Any, needed: set[str]) -> tuple[str, Any]:
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
        x = sum_alike(x, gone)
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
