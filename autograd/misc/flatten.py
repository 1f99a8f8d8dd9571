"""`flatten`: a structure of arrays as one vector, and back."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.graph.tree import leaves, rebuild
from autograd.ops.indexing import basic
from autograd.ops.shape import as_array, concatenate, reshape, shape


def flatten(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """All numbers of a structure in one vector, and the function that gives a vector that structure.

    Parameters
    ----------
    value : number, array, tensor, or lists, tuples and dicts of them

    Examples
    --------
    >>> vector, unflatten = flatten({"w": np.ones((2, 2)), "b": 0.5})
    >>> vector
    array([1. , 1. , 1. , 1. , 0.5])
    >>> unflatten(2 * vector)["b"]
    np.float64(1.0)
    """
    parts = [as_array(leaf) for leaf in leaves(value)]
    shapes = [shape(part) for part in parts]

    def unflatten(vector: Any) -> Any:
        found, start = [], 0
        for lengths in shapes:
            end = start + math.prod(lengths)
            piece = basic(vector, (slice(start, end),))
            piece = reshape(piece, lengths)
            found.append(piece[()] if isinstance(piece, np.ndarray) else piece)
            start = end
        return rebuild(value, iter(found))

    return (concatenate([reshape(part, -1) for part in parts]) if parts else np.zeros(0)), unflatten


def flatten_func(func: Callable[..., Any], example: Any) -> tuple[Callable[..., Any], Callable[[Any], Any], Any]:
    """`func` on flattened first arguments, with flattened results; the way back; and the example, flattened."""
    vector, unflatten = flatten(example)

    def flattened(x: Any, *args: Any) -> Any:
        return flatten(func(unflatten(x), *args))[0]

    return flattened, unflatten, vector
