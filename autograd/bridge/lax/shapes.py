"""Primitives that rearrange, join, cut and pad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.bridge.lax.declare import dtype_of, lax_rule
from autograd.ops import comparison, elementwise, indexing, shape

Config = Sequence[Sequence[int]]


@lax_rule("broadcast_in_dim")
def broadcast_in_dim(x: Any, shape: Sequence[int], broadcast_dimensions: Sequence[int]) -> Any:
    """With its axes at these places of a shape, and repeated along the others."""
    wide = [1] * len(shape)
    for axis, length in zip(broadcast_dimensions, np.shape(x), strict=True):
        wide[int(axis)] = length
    return _broadcast(_reshape(x, tuple(wide)), tuple(map(int, shape)))


def _reshape(x: Any, lengths: tuple[int, ...]) -> Any:
    if tuple(np.shape(x)) == lengths and hasattr(x, "shape"):
        return x
    return shape.reshape(shape.as_array(x), lengths)


def _broadcast(x: Any, lengths: tuple[int, ...]) -> Any:
    return x if tuple(x.shape) == lengths else shape.broadcast_to(x, lengths)


@lax_rule("reshape")
def reshape(x: Any, new_sizes: Sequence[int], dimensions: Any = None) -> Any:
    """In another shape."""
    moved = x if dimensions is None else shape.transpose(x, tuple(dimensions))
    return _reshape(moved, tuple(map(int, new_sizes)))


@lax_rule("transpose")
def transpose(x: Any, permutation: Sequence[int]) -> Any:
    """With its axes in another order."""
    return shape.transpose(x, tuple(map(int, permutation)))


@lax_rule("squeeze")
def squeeze(x: Any, dimensions: Sequence[int]) -> Any:
    """Without axes of length 1."""
    left = tuple(n for axis, n in enumerate(x.shape) if axis not in {int(d) % x.ndim for d in dimensions})
    return _reshape(x, left)


@lax_rule("expand_dims")
def expand_dims(x: Any, dimensions: Sequence[int]) -> Any:
    """With axes of length 1 more."""
    return shape.expand_dims(x, tuple(dimensions))


@lax_rule("rev")
def rev(x: Any, dimensions: Sequence[int]) -> Any:
    """Backwards along axes."""
    return shape.flip(x, tuple(map(int, dimensions))) if dimensions else x


@lax_rule("slice")
def slice_(x: Any, start_indices: Sequence[int], limit_indices: Sequence[int], strides: Any = None) -> Any:
    """A part of each axis."""
    steps = strides or (1,) * len(start_indices)
    return indexing.basic(x, tuple(map(slice, map(int, start_indices), map(int, limit_indices), map(int, steps))))


@lax_rule("concatenate")
def concatenate(*xs: Any, dimension: int) -> Any:
    """One after the other."""
    return shape.concatenate([shape.as_array(x) for x in xs], dimension)


@lax_rule("stack")
def stack(*xs: Any, axis: int = 0) -> Any:
    """Along a new axis."""
    return shape.stack(list(xs), axis)


@lax_rule("split")
def split(x: Any, sizes: Sequence[int], axis: int) -> Any:
    """In parts of these lengths."""
    return tuple(shape.pieces(x, [int(n) for n in sizes], axis))


@lax_rule("unstack")
def unstack(x: Any, axis: int = 0, **how: Any) -> Any:
    """The places of an axis one by one."""
    return tuple(indexing.basic(x, (slice(None),) * axis + (i,)) for i in range(x.shape[axis]))


@lax_rule("tile")
def tile(x: Any, reps: Sequence[int]) -> Any:
    """Several times over along each axis."""
    for axis, times in enumerate(reps):
        x = shape.concatenate([x] * int(times), axis) if times != 1 else x
    return x


@lax_rule("iota")
def iota(*lengths: Any, dtype: Any, shape: Sequence[int], dimension: int) -> Any:
    """The places along an axis."""
    places = np.arange(shape[dimension], dtype=dtype)
    wide = [1] * len(shape)
    wide[dimension] = -1
    return np.broadcast_to(places.reshape(wide), tuple(shape)).copy()


@lax_rule("pad")
def pad(x: Any, value: Any, padding_config: Config) -> Any:
    """With margins and gaps of one value; where a margin is negative, a part is cut off."""
    config = [tuple(map(int, axis)) for axis in padding_config]
    lengths = [n + max(n - 1, 0) * gap for n, (_, _, gap) in zip(x.shape, config, strict=True)]
    outer = tuple(n + max(low, 0) + max(high, 0) for n, (low, high, _) in zip(lengths, config, strict=True))
    places = tuple(
        slice(max(low, 0), max(low, 0) + n, gap + 1) for n, (low, _, gap) in zip(lengths, config, strict=True)
    )
    if outer != tuple(x.shape):
        mask = np.zeros(outer, bool)
        mask[places] = True
        x = elementwise.add(indexing.put(x, places, outer), comparison.where(mask, dtype_of(x).type(0), value))
    kept = tuple(slice(max(-low, 0), n - max(-high, 0)) for n, (low, high, _) in zip(outer, config, strict=True))
    if all(part == slice(0, n) for part, n in zip(kept, outer, strict=True)):
        return x
    return indexing.basic(x, tuple(slice(part.start, max(part.stop, part.start)) for part in kept))


@lax_rule("constant")
def constant(dtype: Any, values: Any) -> Any:
    """Numbers that a jaxpr holds."""
    return np.asarray(values, dtype)


@lax_rule("row")
def row(x: Any, place: int) -> Any:
    """One place of the first axis: what a step of a loop takes."""
    return indexing.basic(x, (place,))
