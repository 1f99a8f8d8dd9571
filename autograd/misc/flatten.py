"""`flatten`: a structure of arrays as one vector, and back."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
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
        A dict gives its parts by its sorted keys, in whatever order they were entered, as in HIPS autograd; keys that have
        no order stay as they are.

    Examples
    --------
    >>> vector, unflatten = flatten({"w": np.ones((2, 2)), "b": 0.5})
    >>> vector
    array([0.5, 1. , 1. , 1. , 1. ])
    >>> unflatten(2 * vector)["b"]
    np.float64(1.0)
    """
    given = leaves(value)
    order = _by_sorted_keys(rebuild(value, iter(range(len(given)))))
    parts = [as_array(given[place]) for place in order]
    shapes = [shape(part) for part in parts]

    def unflatten(vector: Any) -> Any:
        found, start = dict[int, Any](), 0
        for place, lengths in zip(order, shapes, strict=True):
            end = start + math.prod(lengths)
            piece = basic(vector, (slice(start, end),))
            piece = reshape(piece, lengths)
            found[place] = piece[()] if isinstance(piece, np.ndarray) else piece
            start = end
        return rebuild(value, iter([found[place] for place in range(len(given))]))

    return (concatenate([reshape(part, -1) for part in parts]) if parts else np.zeros(0)), unflatten


def _by_sorted_keys(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        keys = list(tree)
        with suppress(TypeError):
            keys.sort()
        tree = [tree[key] for key in keys]
    elif not isinstance(tree, (list, tuple)):
        return [tree]
    return [leaf for part in tree for leaf in _by_sorted_keys(part)]


def flatten_func(func: Callable[..., Any], example: Any) -> tuple[Callable[..., Any], Callable[[Any], Any], Any]:
    """`func` on flattened first arguments, with flattened results; the way back; and the example, flattened."""
    vector, unflatten = flatten(example)

    def flattened(x: Any, *args: Any) -> Any:
        return flatten(func(unflatten(x), *args))[0]

    return flattened, unflatten, vector
