"""Rows that take and put elements by their places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.bridge.errors import BridgeError
from autograd.bridge.onnx_export.shapes import slice_
from autograd.bridge.onnx_export.writer import Operand, Writer, form
from autograd.ops.indexing import SLOT, fill


@form("within")
def within(w: Writer, x: Operand, count: int, what: str) -> Operand:
    """Places; the runtime says where one is outside."""
    return x


def _expand_key(key: Any, rank: int) -> list[Any]:
    """A key with all its axes."""
    parts = list(key)
    taken = sum(part is not None and part is not Ellipsis for part in parts)
    if not any(part is Ellipsis for part in parts):
        parts.append(Ellipsis)
    hole = next(i for i, part in enumerate(parts) if part is Ellipsis)
    parts[hole : hole + 1] = [slice(None)] * (rank - taken)
    return parts


def _stack(w: Writer, arrays: Sequence[Operand]) -> Operand:
    """Places along several axes as the last axis of one tensor."""
    shape = np.broadcast_shapes(*[x.shape for x in arrays])
    columns = []
    for x in arrays:
        whole = w.cast(x, np.int64)
        if x.shape != shape:
            whole = w.make("Expand", whole, w.lengths(shape), shape=shape, dtype=np.int64)
        columns.append(w.reshape(whole, (*shape, 1)))
    if len(columns) == 1:
        return columns[0]
    return w.make("Concat", *columns, shape=(*shape, len(columns)), dtype=np.int64, axis=len(shape))


@form("index")
def index(w: Writer, x: Operand, *arrays: Operand, key: Any) -> Operand:
    """By arrays of places."""
    parts = _expand_key(key, len(x.shape))
    if any(part is None for part in parts):
        return _by_numbers(w, x, arrays, key)
    # A single place among arrays is one of them, of no axes.
    left = iter(arrays)
    arrays = tuple(
        next(left) if part is SLOT else w.constant(part, np.int64) for part in parts if not isinstance(part, slice)
    )
    parts = [part if isinstance(part, slice) else SLOT for part in parts]
    # Slices first, as a part of their own.
    if any(part is not SLOT and part != slice(None) for part in parts):
        x = slice_(w, x, tuple(slice(None) if part is SLOT else part for part in parts))
    axes = [i for i, part in enumerate(parts) if part is SLOT]
    if len(axes) == 1:
        (axis,), places = axes, w.cast(arrays[0], np.int64)
        shape = (*x.shape[:axis], *places.shape, *x.shape[axis + 1 :])
        return w.make("Gather", x, places, shape=shape, dtype=x.dtype, axis=axis)
    rest = [i for i in range(len(x.shape)) if i not in axes]
    stacked = _stack(w, arrays)
    front = w.transpose(x, [*axes, *rest])
    lead = stacked.shape[:-1]
    found = w.make("GatherND", front, stacked, shape=(*lead, *[x.shape[i] for i in rest]), dtype=x.dtype)
    if axes != list(range(axes[0], axes[-1] + 1)) or axes[0] == 0:
        return found
    # NumPy puts the new axes where the old ones were, if these were next to each other.
    count, before = len(lead), axes[0]
    order = [*range(count, count + before), *range(count), *range(count + before, len(found.shape))]
    return w.transpose(found, order)


def _flat_places(shape: tuple[int, ...], arrays: Sequence[Operand], key: Any, what: str) -> np.ndarray:
    """Places among all elements in a row; known only where the arrays are constants."""
    if any(x.fixed is None for x in arrays):
        raise BridgeError(f"{what} by places that are computed and by single ones at once has no form in ONNX")
    numbers = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
    return np.asarray(numbers[fill(key, [np.asarray(x.fixed) for x in arrays])])


def _by_numbers(w: Writer, x: Operand, arrays: Sequence[Operand], key: Any) -> Operand:
    places = _flat_places(x.shape, arrays, key, "reading")
    flat = w.reshape(x, (int(np.prod(x.shape, dtype=int)),))
    return w.make("Gather", flat, w.constant(places, np.int64), shape=places.shape, dtype=x.dtype, axis=0)


def _put(
    w: Writer, x: Operand, values: Operand, arrays: Sequence[Operand], key: Any, reduction: str, what: str
) -> Operand:
    parts = _expand_key(key, len(x.shape))
    leading = [part is SLOT for part in parts]
    count = sum(leading)
    if arrays and leading[:count] == [True] * count and all(part == slice(None) for part in parts[count:]):
        stacked = _stack(w, arrays)
        shape = (*stacked.shape[:-1], *x.shape[count:])
        return w.make(
            "ScatterND", x, stacked, _spread(w, values, shape), shape=x.shape, dtype=x.dtype, reduction=reduction
        )
    places = _flat_places(x.shape, arrays, key, what)
    flat = w.reshape(x, (int(np.prod(x.shape, dtype=int)),))
    updates = w.reshape(_spread(w, values, places.shape), (places.size,))
    found = w.make(
        "ScatterElements", flat, w.constant(places.ravel(), np.int64), updates, like=flat, axis=0, reduction=reduction
    )
    return w.reshape(found, x.shape)


def _spread(w: Writer, values: Operand, shape: tuple[int, ...]) -> Operand:
    if values.shape == shape:
        return values
    return w.make("Expand", values, w.lengths(shape), shape=shape, dtype=values.dtype)


@form("place")
def place(w: Writer, x: Operand, values: Operand, *arrays: Operand, key: Any) -> Operand:
    """With elements put at their places."""
    return _put(w, x, w.cast(values, x.dtype), arrays, key, "none", "writing")


@form("scatter")
def scatter(w: Writer, g: Operand, *arrays: Operand, key: Any, shape: tuple[int, ...]) -> Operand:
    """Elements added up at their places."""
    return _put(w, w.constant(np.zeros(shape, g.dtype)), g, arrays, key, "add", "adding")


@form("unslice")
def unslice(w: Writer, x: Operand, key: Any, shape: tuple[int, ...]) -> Operand:
    """A part in its place among zeros."""
    whole = key if isinstance(key, tuple) else (key,)
    return _put(w, w.constant(np.zeros(shape, x.dtype)), x, (), whole, "none", "writing")
