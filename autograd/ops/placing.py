"""Replacing elements: a new array with others at an index; what `t[…] = v` records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.graph.node import raw
from autograd.graph.op import Function, variadic
from autograd.ops.comparison import where
from autograd.ops.indexing import fill, getitem
from autograd.ops.shape import shape


def _placed(x: np.ndarray, values: Any, *arrays: np.ndarray, key: tuple[Any, ...]) -> np.ndarray:
    placed = np.array(x, np.result_type(x, values))
    placed[fill(key, arrays)] = values
    return placed


def _taken(g: Any, arrays: Sequence[Any], key: tuple[Any, ...]) -> Any:
    """The gradient of the values placed: of those for one place only the last is there in the end."""
    taken = getitem(g, fill(key, arrays))
    if not arrays:
        return taken
    place = fill(key, [raw(a) for a in arrays])
    number = np.zeros(shape(g), int)
    order = np.arange(number[place].size).reshape(number[place].shape)
    number[place] = order
    return where(number[place] == order, taken, 0.0)


# x with the elements at an index replaced.
place: Function = variadic(
    "place",
    None,
    _placed,
    lambda g, out, xs, key: [
        place(g, 0.0, *xs[2:], key=key),
        _taken(g, xs[2:], key),
        *([None] * (len(xs) - 2)),
    ],
)
