"""Elements by their places: gather, scatter, slices that begin where a number says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.bridge.lax.declare import dtype_of, lax_rule, raw_data
from autograd.ops import comparison, elementwise, indexing, placing, shape
from autograd.ops.indexing import SLOT

Numbers = dict[str, Sequence[int]]


def _along(count: int, axis: int, ndim: int) -> np.ndarray:
    """0, 1, … along one axis of several."""
    return np.arange(count).reshape([-1 if i == axis else 1 for i in range(ndim)])


def _start(indices: Any, place: int, axes: Sequence[int], ndim: int) -> Any:
    """One number of each index vector, its axes spread to these of the result."""
    part = indexing.basic(indices, (..., place)) if np.ndim(raw_data(indices)) else indices
    wide = [1] * ndim
    for axis, length in zip(axes, part.shape, strict=True):
        wide[axis] = length
    return shape.astype(shape.reshape(shape.as_array(part), tuple(wide)), np.int64)


def _keys(
    lengths: Sequence[int],
    indices: Any,
    index_axes: Sequence[int],
    window_axes: Sequence[int],
    window: Sequence[int],
    numbers: Numbers,
    ndim: int,
    clipped: bool,
) -> tuple[list[Any], Any]:
    """For each axis of the operand where the elements are; and which of them are inside."""
    left_out = {*numbers["left_out"], *numbers["batching"]}
    spread = dict(zip([d for d in range(len(lengths)) if d not in left_out], window_axes, strict=True))
    keys: list[Any] = []
    inside: Any = np.ones((1,) * ndim, bool)
    for d, length in enumerate(lengths):
        offset = _along(window[d], spread[d], ndim) if d in spread else np.zeros((1,) * ndim, np.int64)
        if d in numbers["mapped"]:
            start = _start(indices, list(numbers["mapped"]).index(d), index_axes, ndim)
            room = length - window[d]
            if not clipped:
                found = comparison.logical_and(comparison.greater_equal(start, 0), comparison.less_equal(start, room))
                inside = comparison.logical_and(inside, found)
            key = elementwise.add(elementwise.clip(start, 0, max(room, 0)), offset)
        elif d in numbers["batching"]:
            batch = numbers["index_batching"][list(numbers["batching"]).index(d)]
            key = _along(lengths[d], index_axes[batch], ndim)
        else:
            key = offset
        keys.append(key)
    return keys, inside


@lax_rule("gather")
def gather(
    x: Any,
    indices: Any,
    dimension_numbers: Numbers,
    slice_sizes: Sequence[int],
    mode: str = "clip",
    fill_value: Any = None,
    **how: Any,
) -> Any:
    """Slices that begin at indices."""
    held = dimension_numbers
    window_axes = [int(a) for a in held["offset_dims"]]
    ndim = np.ndim(raw_data(indices)) - 1 + len(window_axes)
    index_axes = [axis for axis in range(ndim) if axis not in window_axes]
    numbers = {
        "left_out": held["collapsed_slice_dims"], "batching": held["operand_batching_dims"], "mapped": held["start_index_map"],
        "index_batching": held["start_indices_batching_dims"],
    }  # fmt: skip
    window = [int(n) for n in slice_sizes]
    filled = mode.endswith("fill_or_drop")
    keys, inside = _keys(x.shape, indices, index_axes, window_axes, window, numbers, ndim, not filled)
    if not keys:
        return x
    taken = indexing.getitem(x, tuple(keys))
    if not filled or bool(raw_data(inside).all()):
        return taken
    return comparison.where(inside, taken, _outside_value(dtype_of(x)) if fill_value is None else fill_value)


def _outside_value(dtype: Any) -> Any:
    if dtype.kind in "fc":
        return dtype.type(np.nan)
    return True if dtype.kind == "b" else np.iinfo(dtype).max if dtype.kind == "u" else np.iinfo(dtype).min


def _scatterer(write: Callable[..., Any]) -> Callable[..., Any]:
    def call(x: Any, indices: Any, updates: Any, dimension_numbers: Numbers, mode: str = "clip", **how: Any) -> Any:
        held = dimension_numbers
        window_axes = [int(a) for a in held["update_window_dims"]]
        ndim = len(updates.shape)
        index_axes = [axis for axis in range(ndim) if axis not in window_axes]
        numbers = {
            "left_out": held["inserted_window_dims"], "batching": held["operand_batching_dims"],
            "mapped": held["scatter_dims_to_operand_dims"], "index_batching": held["scatter_indices_batching_dims"],
        }  # fmt: skip
        left_out = {*numbers["left_out"], *numbers["batching"]}
        lengths = iter([updates.shape[axis] for axis in window_axes])
        window = [1 if d in left_out else next(lengths) for d in range(len(x.shape))]
        keys, inside = _keys(x.shape, indices, index_axes, window_axes, window, numbers, ndim, mode.endswith("clip"))
        if not keys:
            # Of one number: all updates go there.
            return indexing.basic(call_on_row(shape.reshape(x, (1,)), updates, write), (0,))
        if not bool(raw_data(inside).all()):
            kept = np.nonzero(np.broadcast_to(raw_data(inside), tuple(updates.shape)))
            keys = [np.broadcast_to(raw_data(key), tuple(updates.shape))[kept] for key in keys]
            updates = indexing.getitem(updates, kept)
        return write(x, tuple(keys), updates)

    return call


def call_on_row(x: Any, updates: Any, write: Callable[..., Any]) -> Any:
    """The same of a row of one number."""
    return write(x, (np.zeros(tuple(updates.shape), np.int64),), updates)


def _add(x: Any, keys: tuple[Any, ...], updates: Any) -> Any:
    wide = np.broadcast_shapes(*(tuple(np.shape(raw_data(key))) for key in keys))
    values = updates if tuple(updates.shape) == wide else shape.broadcast_to(updates, wide)
    return elementwise.add(x, indexing.put(values, keys, tuple(x.shape)))


def _set(x: Any, keys: tuple[Any, ...], updates: Any) -> Any:
    return placing.place(x, updates, *keys, key=(SLOT,) * len(keys))


def _scatter_with(join: Callable[..., Any]) -> Callable[..., Any]:
    """Written by an operation with what is there: of several for one place one after the other."""

    def write(x: Any, keys: tuple[Any, ...], updates: Any) -> Any:
        flat = np.ravel_multi_index(
            [np.broadcast_to(raw_data(key), tuple(updates.shape)).ravel() for key in keys], tuple(x.shape)
        )
        order = np.argsort(flat, kind="stable")
        ordered = flat[order]
        first = np.searchsorted(ordered, ordered)
        turn = np.empty(flat.size, int)
        turn[order] = np.arange(flat.size) - first
        found, values = shape.reshape(x, (-1,)), shape.reshape(updates, (-1,))
        for number in range(int(turn.max(initial=-1)) + 1):
            some = np.nonzero(turn == number)[0]
            now = join(indexing.getitem(found, (flat[some],)), indexing.getitem(values, (some,)))
            found = placing.place(found, now, flat[some], key=(SLOT,))
        return shape.reshape(found, tuple(x.shape))

    return write


for _name, _write in {
    "scatter": _set, "scatter_add": _add, "scatter_sub": lambda x, keys, updates: _add(x, keys, elementwise.neg(updates)),
    "scatter_mul": _scatter_with(elementwise.mul), "scatter_max": _scatter_with(elementwise.maximum),
    "scatter_min": _scatter_with(elementwise.minimum),
}.items():  # fmt: skip
    lax_rule(_name)(_scatterer(_write))


def _places(lengths: Sequence[int], sizes: Sequence[int], starts: Sequence[Any]) -> tuple[Any, ...]:
    """The elements of a slice; one that would go beyond the end begins earlier."""
    ndim = len(lengths)
    return tuple(
        elementwise.add(
            elementwise.clip(shape.astype(shape.as_array(start), np.int64), 0, n - size), _along(size, d, ndim)
        )
        for d, (n, size, start) in enumerate(zip(lengths, sizes, starts, strict=True))
    )


@lax_rule("dynamic_slice")
def dynamic_slice(x: Any, *starts: Any, slice_sizes: Sequence[int]) -> Any:
    """A slice that begins where numbers say."""
    sizes = [int(n) for n in slice_sizes]
    return indexing.getitem(x, _places(x.shape, sizes, starts)) if sizes else x


@lax_rule("dynamic_update_slice")
def dynamic_update_slice(x: Any, update: Any, *starts: Any) -> Any:
    """With a slice replaced."""
    return _set(x, _places(x.shape, list(update.shape), starts), update) if starts else update
