"""Rows that give the same numbers in another shape, order or dtype."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.bridge.onnx_export.writer import Operand, Writer, form

LEAST = int(np.iinfo(np.int64).min)


@form("reshape")
def reshape(w: Writer, x: Operand, shape: Sequence[int]) -> Operand:
    """In another shape."""
    lengths = tuple(int(n) for n in shape)
    if -1 in lengths:
        known = int(np.prod([n for n in lengths if n != -1], dtype=int))
        lengths = tuple(int(np.prod(x.shape, dtype=int)) // known if n == -1 else n for n in lengths)
    return w.reshape(x, lengths)


@form("transpose")
def transpose(w: Writer, x: Operand, axes: Sequence[int] | None) -> Operand:
    """With its axes in another order."""
    order = range(len(x.shape))[::-1] if axes is None else [axis % len(x.shape) for axis in axes]
    return w.transpose(x, list(order))


@form("broadcast_to")
def broadcast_to(w: Writer, x: Operand, shape: Sequence[int]) -> Operand:
    """Repeated."""
    return w.make("Expand", x, w.lengths(shape), shape=tuple(shape), dtype=x.dtype)


@form("astype")
def astype(w: Writer, x: Operand, dtype: Any) -> Operand:
    """In another dtype."""
    return w.cast(x, dtype)


@form("concatenate")
def concatenate(w: Writer, *xs: Operand, axis: int) -> Operand:
    """One after the other."""
    parts = w.common(*xs)
    along = axis % len(xs[0].shape)
    shape = list(xs[0].shape)
    shape[along] = sum(x.shape[along] for x in xs)
    return w.make("Concat", *parts, shape=tuple(shape), dtype=parts[0].dtype, axis=along)


@form("pad")
def pad(w: Writer, x: Operand, width: Sequence[Sequence[int]], value: Any) -> Operand:
    """Margins of one value."""
    before, after = [int(b) for b, _ in width], [int(a) for _, a in width]
    shape = tuple(n + b + a for n, b, a in zip(x.shape, before, after, strict=True))
    return w.make(
        "Pad", x, w.lengths([*before, *after]), w.constant(value, x.dtype), shape=shape, dtype=x.dtype, mode="constant"
    )


@form("slice")
def slice_(w: Writer, x: Operand, key: Any) -> Operand:
    """A part, by places, slices and new axes."""
    parts = list(key) if isinstance(key, tuple) else [key]
    taken = sum(part is not None and part is not Ellipsis for part in parts)
    if Ellipsis not in parts:
        parts.append(Ellipsis)
    hole = parts.index(Ellipsis)
    parts[hole : hole + 1] = [slice(None)] * (len(x.shape) - taken)
    starts, ends, axes, steps, shape, axis = [], [], [], [], [], 0
    for part in parts:
        if part is None:
            shape.append(1)
            continue
        length = x.shape[axis]
        if isinstance(part, slice):
            places = range(length)[part]
            if places != range(length):
                starts.append(places.start)
                ends.append(places.stop if places.stop >= 0 else LEAST)
                steps.append(places.step)
                axes.append(axis)
            shape.append(len(places))
        else:
            place = int(part) % length
            starts.append(place)
            ends.append(place + 1)
            steps.append(1)
            axes.append(axis)
        axis += 1
    found = x
    if axes:
        lengths = list(x.shape)
        for start, end, step, along in zip(starts, ends, steps, axes, strict=True):
            lengths[along] = len(range(start, end if end != LEAST else -1, step))
        numbers = [w.lengths(part) for part in (starts, ends, axes, steps)]
        found = w.make("Slice", x, *numbers, shape=tuple(lengths), dtype=x.dtype)
    return w.reshape(found, tuple(shape))
