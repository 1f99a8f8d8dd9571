"""Indexing of every NumPy kind, and its transposes, which put a gradient back where it was taken from.

A key is split in two: its structure (slices, integers, new axes), which is a parameter, and its arrays, which are
operands of their own, because their values may differ at each run.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import OutsideError
from autograd.graph.node import Node
from autograd.graph.op import Function, refuse_masks, row


class Slot:
    """The place of an index array in a key."""

    def __repr__(self) -> str:
        return "·"


SLOT = Slot()


def fill(key: tuple[Any, ...], arrays: Sequence[Any]) -> tuple[Any, ...]:
    """A key of its structure and its arrays."""
    left = iter(arrays)
    return tuple(next(left) if part is SLOT else part for part in key)


def _put(g: np.ndarray, key: Any, shape: tuple[int, ...]) -> np.ndarray:
    whole = np.zeros(shape, np.asarray(g).dtype)
    whole[key] = g
    return whole


def _add_at(g: np.ndarray, *arrays: np.ndarray, key: tuple[Any, ...], shape: tuple[int, ...]) -> np.ndarray:
    whole = np.zeros(shape, np.asarray(g).dtype)
    np.add.at(whole, fill(key, arrays), g)
    return whole


def check_within(index: np.ndarray, count: int, what: str) -> None:
    """Raise for an index that is not in 0 … count - 1, as `within` does.

    Examples
    --------
    >>> check_within(np.array([0, 2]), 3, "label")
    """
    # Read without a sign, those below 0 are beyond all others too.
    if index.size and np.maximum.reduce(index.view(index.dtype.str.replace("i", "u")), None) >= count:
        raise OutsideError(f"{what} {index[(index < 0) | (index >= count)].flat[0]} is outside 0 … {count - 1}")


def _copy_within(index: np.ndarray, count: int, what: str) -> np.ndarray:
    check_within(index, count, what)
    # No view, which a program makes once where the memory stays in its place, and looks at no number.
    return index.copy()


def _shape(x: Any) -> tuple[int, ...]:
    return getattr(x, "shape", ())


_slice: Function = row(
    "slice",
    lambda x, key: x[key],
    lambda g, out, x, key: _unslice(g, key=key, shape=_shape(x)),
    view=True,
    linear=((0,),),
    takes_complex=True,
)
_unslice: Function = row(
    "unslice",
    lambda x, key, shape: _put(x, key, shape),
    lambda g, out, x, key, shape: _slice(g, key=key),
    linear=((0,),),
    takes_complex=True,
)
# Indices as they are, where there is something at each: an operation, so that a compiled program looks at every run.
_within: Function = row("within", _copy_within, None)
_index: Function = row(
    "index",
    lambda x, *arrays, key: x[fill(key, arrays)],
    joint=lambda g, out, xs, key: [_scatter(g, *xs[1:], key=key, shape=_shape(xs[0]))] + [None] * (len(xs) - 1),
    linear=((0,),),
    takes_complex=True,
)
_scatter: Function = row(
    "scatter",
    _add_at,
    joint=lambda g, out, xs, key, shape: [_index(g, *xs[1:], key=key)] + [None] * (len(xs) - 1),
    linear=((0,),),
    takes_complex=True,
)


def within(index: Any, count: int, what: str) -> Any:
    """The indices.

    Parameters
    ----------
    index : array or Tensor of whole numbers
    count : int
        How many things they choose from.
    what : str
        They are, for the message: "cross_entropy: label".

    Raises
    ------
    ShapeError
        For one that is not in 0 … count - 1; unlike NumPy's, an index does not count from the end.

    Examples
    --------
    >>> within(np.array([0, 2]), 3, "label")
    array([0, 2])
    """
    return _within(index, count=count, what=what)


def basic(x: Any, key: tuple[Any, ...]) -> Any:
    """`x[key]` for a key of slices, integers, new axes and an ellipsis only."""
    return x[key] if x.__class__ is np.ndarray else _slice(x, key=key)


def getitem(x: Any, key: Any) -> Any:
    """`x[key]` for any key that NumPy takes; elements that are taken twice send their gradient back twice."""
    structure, arrays = split_key(key)
    return _index(x, *arrays, key=structure) if arrays else _slice(x, key=structure)


def put(x: Any, key: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
    """Zeros with `x` added at an index of arrays."""
    structure, arrays = split_key(key)
    return _scatter(x, *arrays, key=structure, shape=shape)


def split_key(key: Any) -> tuple[tuple[Any, ...], list[Any]]:
    """A key as its structure, with a slot for each array, and these arrays."""
    structure: list[Any] = []
    arrays: list[Any] = []
    for part in key if isinstance(key, tuple) else (key,):
        if part is None or part is Ellipsis or isinstance(part, slice):
            structure.append(part)
        elif isinstance(part, (int, np.integer)) and not isinstance(part, bool):
            structure.append(operator.index(part))
        else:
            refuse_masks("an index", part)
            array = part if isinstance(part, Node) else np.asarray(part)
            if array.dtype.kind not in "iub":  # type: ignore[union-attr]
                if np.size(np.asarray(part)):
                    raise IndexError(f"arrays used as indices must be of integer or boolean type, not {array.dtype}")  # type: ignore[union-attr]
                array = np.asarray(part).astype(int)
            structure.append(SLOT)
            arrays.append(array)
    return tuple(structure), arrays
