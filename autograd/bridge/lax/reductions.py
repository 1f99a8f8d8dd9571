"""Reductions, running reductions, and orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd.torch as torch
from autograd.bridge.lax.declare import dtype_of, lax_rule, raw_data, without_derivative
from autograd.ops import cumulative, reduction, shape, sorting
from autograd.torch.tensor import as_face


def _reducer(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(x: Any, axes: Sequence[int], **how: Any) -> Any:
        return function(x, axis=tuple(map(int, axes))) if len(axes) else x

    return call


for _name, _function in {
    "reduce_sum": reduction.sum, "reduce_prod": reduction.prod, "reduce_max": reduction.max, "reduce_min": reduction.min,
}.items():  # fmt: skip
    lax_rule(_name)(_reducer(_function))

for _name, _function in {
    "reduce_and": np.bitwise_and.reduce, "reduce_or": np.bitwise_or.reduce, "reduce_xor": np.bitwise_xor.reduce,
}.items():  # fmt: skip
    lax_rule(_name)(without_derivative(_reducer(_function)))


@lax_rule("argmax")
def argmax(x: Any, axes: Sequence[int], index_dtype: Any) -> Any:
    """The place of the greatest."""
    return np.asarray(np.argmax(raw_data(x), axes[0]), index_dtype)


@lax_rule("argmin")
def argmin(x: Any, axes: Sequence[int], index_dtype: Any) -> Any:
    """The place of the least."""
    return np.asarray(np.argmin(raw_data(x), axes[0]), index_dtype)


def _accumulate_with(function: Callable[..., Any]) -> Callable[..., Any]:
    """A running reduction from either end."""

    def call(x: Any, axis: int, reverse: bool = False) -> Any:
        if not reverse:
            return function(x, axis)
        return shape.flip(function(shape.flip(x, axis), axis), axis)

    return call


lax_rule("cumsum")(_accumulate_with(cumulative.cumsum))
lax_rule("cumprod")(_accumulate_with(cumulative.cumprod))
lax_rule("cummax")(_accumulate_with(lambda x, axis: torch.cummax(as_face(x), axis)[0]))
lax_rule("cummin")(_accumulate_with(lambda x, axis: torch.cummin(as_face(x), axis)[0]))
lax_rule("cumlogsumexp")(_accumulate_with(lambda x, axis: torch.logcumsumexp(as_face(x), axis)))


@lax_rule("sort")
def sort(*xs: Any, dimension: int, num_keys: int = 1, **how: Any) -> Any:
    """In the order of the first operands; always stable."""
    keys = [np.asarray(raw_data(x)) for x in xs[:num_keys]]
    order = np.lexsort([np.moveaxis(key, dimension, -1) for key in reversed(keys)], axis=-1)
    order = np.moveaxis(order, -1, dimension)
    return tuple(sorting.take_along_axis(x, order, dimension) for x in xs)


@lax_rule("top_k")
def top_k(x: Any, k: int, axis: int = -1, **how: Any) -> Any:
    """The greatest in descending order, and their places; of equals the first."""
    held = np.asarray(raw_data(x))
    descending = np.where(np.isnan(held), -np.inf, -held) if held.dtype.kind == "f" else ~held
    places = np.take(np.argsort(descending, axis, kind="stable"), np.arange(k), axis)
    return sorting.take_along_axis(x, places, axis), places.astype(np.int32)


@lax_rule("clz")
def count_leading_zeros(x: Any) -> Any:
    """How many bits before the first that is set."""
    held = np.asarray(raw_data(x))
    bits = 8 * held.dtype.itemsize
    left, found = held.view(held.dtype.str.replace("i", "u")).copy(), np.full(held.shape, bits)
    while left.any():
        found, left = found - (left != 0), left >> 1
    return found.astype(dtype_of(x))
