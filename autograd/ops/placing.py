"""Replacing elements: a new array with others at an index; what `t[…] = v` records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.graph.op import Function, row, variadic
from autograd.ops.comparison import where
from autograd.ops.indexing import fill, getitem
from autograd.ops.shape import shape


def _place(x: np.ndarray, values: Any, *arrays: np.ndarray, key: tuple[Any, ...]) -> np.ndarray:
    placed = np.array(x, np.result_type(x, values))
    placed[fill(key, arrays)] = values
    return placed


def _lasting_arrays(*arrays: np.ndarray, key: tuple[Any, ...], shape: tuple[int, ...]) -> np.ndarray:
    place = fill(key, arrays)
    number = np.zeros(shape, int)
    order = np.arange(number[place].size).reshape(number[place].shape)
    number[place] = order
    return number[place] == order


# Which of the values placed are there in the end: of those for one place, the last.
_lasting: Function = row("lasting", _lasting_arrays)


def _take(g: Any, arrays: Sequence[Any], key: tuple[Any, ...]) -> Any:
    """The gradient of the values placed, which is 0 for those that others were placed over."""
    taken = getitem(g, fill(key, arrays))
    return where(_lasting(*arrays, key=key, shape=shape(g)), taken, 0.0) if arrays else taken


# x with the elements at an index replaced.
place: Function = variadic(
    "place",
    None,
    _place,
    lambda g, out, xs, key: [
        place(g, 0.0, *xs[2:], key=key),
        _take(g, xs[2:], key),
        *([None] * (len(xs) - 2)),
    ],
    linear=((0, 1),),
    takes_complex=True,
)
