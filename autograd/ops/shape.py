"""Rearranging, joining and repeating; no arithmetic."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autograd.errors import ShapeError
from autograd.node import Node
from autograd.op import Function, implements, row, variadic
from autograd.ops.indexing import basic, getitem


@implements(np.shape)
def shape(x: Any) -> tuple[int, ...]:
    """The shape of a node, array or float."""
    return getattr(x, "shape", ())


@implements(np.ndim)
def ndim(x: Any) -> int:
    """The number of axes of a node, array or float."""
    return len(shape(x))


@implements(np.size)
def size(x: Any) -> int:
    """The number of elements of a node, array or float."""
    return math.prod(shape(x))


@implements(np.zeros_like)
def zeros_like(x: Any) -> np.ndarray:
    """An array of zeros in the shape and dtype of a node or array; a constant."""
    return np.zeros(shape(x), getattr(x, "dtype", float))


@implements(np.ones_like)
def ones_like(x: Any) -> np.ndarray:
    """An array of ones in the shape and dtype of a node or array; a constant."""
    return np.ones(shape(x), getattr(x, "dtype", float))


def axis_index(axis: int, ndim: int) -> int:
    """A non-negative axis, or NumPy's AxisError."""
    return normalize_axis_index(operator.index(axis), ndim)


def axis_tuple(axis: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """All the axes named, sorted and non-negative; every axis for None."""
    return tuple(range(ndim)) if axis is None else tuple(sorted(normalize_axis_tuple(axis, ndim)))


_reshape: Function = row(
    "reshape", lambda x, shape: np.reshape(x, shape), lambda g, out, x, shape: _reshape(g, shape=_shape(x)), view=True
)
_transpose: Function = row(
    "transpose",
    lambda x, axes: np.transpose(x, axes),
    lambda g, out, x, axes: _transpose(g, axes=tuple(int(i) for i in np.argsort(axes))),
    view=True,
)
_broadcast_to: Function = row(
    "broadcast_to", lambda x, shape: np.broadcast_to(x, shape), lambda g, out, x, shape: g, view=True
)
_astype: Function = row("astype", lambda x, dtype: np.asarray(x).astype(dtype), lambda g, out, x, dtype: g)
_concatenate: Function = variadic(
    "concatenate",
    None,
    lambda *xs, axis: np.concatenate(xs, axis=axis),
    lambda g, out, xs, axis: _pieces(g, [_shape(x)[axis] for x in xs], axis),
)
_pad: Function = row(
    "pad",
    lambda x, width, value: np.pad(x, width, constant_values=value),
    lambda g, out, x, width, value: basic(
        g, tuple(slice(before, before + n) for (before, _), n in zip(width, _shape(x), strict=True))
    ),
)
_shape: Function = shape


def _pieces(x: Any, sizes: Sequence[int], axis: int) -> list[Any]:
    ends = list(accumulate(sizes))
    return [basic(x, (slice(None),) * axis + (slice(end - size, end),)) for size, end in zip(sizes, ends, strict=True)]


@implements(np.reshape)
def reshape(x: Any, /, shape: int | Sequence[int] | None = None, order: str = "C", *, newshape: Any = None) -> Any:
    """Give the same elements another shape, in row-major order; one length may be -1."""
    if order != "C":
        raise ValueError(f"reshape: only order='C' is differentiated here, not {order!r}")
    new = shape if shape is not None else newshape
    lengths = (new,) if isinstance(new, (int, np.integer)) else tuple(new)
    lengths = tuple(operator.index(n) for n in lengths)
    size = math.prod(_shape(x))
    if -1 in lengths:
        known = math.prod(n for n in lengths if n != -1)
        if lengths.count(-1) > 1 or known == 0 or size % known:
            raise ShapeError(f"reshape: cannot reshape shape {_shape(x)} into {lengths}")
        lengths = tuple(size // known if n == -1 else n for n in lengths)
    if math.prod(lengths) != size:
        raise ShapeError(f"reshape: shape {_shape(x)} has {size} elements, {lengths} needs {math.prod(lengths)}")
    return x if lengths == _shape(x) else _reshape(x, shape=lengths)


@implements(np.ravel)
def ravel(x: Any, order: str = "C") -> Any:
    """All the elements in one axis."""
    return reshape(x, (-1,) if 0 not in shape(x) else (0,), order)


@implements(np.transpose, np.permute_dims)
def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """Permute the axes; by default reverse them."""
    ndim = len(shape(x))
    order = tuple(reversed(range(ndim))) if axes is None else normalize_axis_tuple(axes, ndim)
    if len(order) != ndim:
        raise ShapeError(
            f"transpose: axes {tuple(axes or ())} do not name each of the {ndim} axes of shape {shape(x)} once"
        )
    return _transpose(x, axes=order)


@implements(np.swapaxes)
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Exchange two axes."""
    order = list(range(len(shape(x))))
    first, second = axis_index(axis1, len(order)), axis_index(axis2, len(order))
    order[first], order[second] = order[second], order[first]
    return _transpose(x, axes=tuple(order))


def matrix_transpose(x: Any) -> Any:
    """Exchange the last two axes."""
    return x.swapaxes(-1, -2) if x.__class__ is np.ndarray else swapaxes(x, -1, -2)


@implements(np.squeeze)
def squeeze(x: Any, axis: int | Sequence[int] | None = None) -> Any:
    """Drop axes of length 1: all, or those named."""
    lengths = shape(x)
    gone = tuple(i for i, n in enumerate(lengths) if n == 1) if axis is None else axis_tuple(axis, len(lengths))
    if any(lengths[i] != 1 for i in gone):
        raise ShapeError(f"squeeze: axis {axis} of shape {lengths} has a length other than 1")
    return reshape(x, tuple(n for i, n in enumerate(lengths) if i not in gone))


@implements(np.expand_dims)
def expand_dims(x: Any, axis: int | Sequence[int]) -> Any:
    """Put in axes of length 1."""
    count = 1 if isinstance(axis, (int, np.integer)) else len(axis)
    places = normalize_axis_tuple(axis, len(shape(x)) + count)
    lengths = iter(shape(x))
    return reshape(x, tuple(1 if i in places else next(lengths) for i in range(len(shape(x)) + count)))


@implements(np.broadcast_to)
def broadcast_to(x: Any, shape: int | Sequence[int]) -> Any:
    """Repeat along new axes and axes of length 1, without copying."""
    lengths = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    return x if lengths == _shape(x) else _broadcast_to(x, shape=lengths)


def astype(x: Any, dtype: Any) -> Any:
    """Convert to another dtype of real floats; the gradient comes back in the dtype of `x`."""
    return _astype(x, dtype=np.dtype(dtype))


@implements(np.concatenate, np.concat)
def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """Join along an axis that is there; with axis None, flatten first."""
    parts = [x if hasattr(x, "shape") else np.asarray(x) for x in arrays]
    if axis is None:
        parts, axis = [ravel(x) for x in parts], 0
    if not parts:
        raise ShapeError("concatenate: need at least one array")
    return _concatenate(*parts, axis=axis_index(axis, len(shape(parts[0]))))


@implements(np.stack)
def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Join along a new axis.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([1.0, 2.0], requires_grad=True)
    >>> autograd.stack([t, 2 * t]).sum().backward()
    >>> t.grad
    array([3., 3.])
    """
    parts = [x if hasattr(x, "shape") else np.asarray(x) for x in arrays]
    if len({shape(x) for x in parts}) != 1:
        raise ShapeError(f"stack: all shapes must be equal, got {[shape(x) for x in parts]}")
    return concatenate([expand_dims(x, axis) for x in parts], axis)


@implements(np.split)
def split(x: Any, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Any]:
    """Cut into equal sections, or at the given indices."""
    axis = axis_index(axis, len(shape(x)))
    length = shape(x)[axis]
    if isinstance(indices_or_sections, (int, np.integer)):
        if indices_or_sections < 1 or length % indices_or_sections:
            raise ShapeError(
                f"split: {length} elements along axis {axis} do not fall into {indices_or_sections} equal parts"
            )
        return _pieces(x, [length // int(indices_or_sections)] * int(indices_or_sections), axis)
    cuts = [0, *(operator.index(i) for i in indices_or_sections), None]
    return [basic(x, (slice(None),) * axis + (slice(a, b),)) for a, b in zip(cuts, cuts[1:], strict=False)]


@implements(np.flip)
def flip(x: Any, axis: int | Sequence[int] | None = None) -> Any:
    """Reverse the order along axes: all, or those named."""
    turned = axis_tuple(axis, len(shape(x)))
    return basic(x, tuple(slice(None, None, -1) if i in turned else slice(None) for i in range(len(shape(x)))))


@implements(np.tile)
def tile(x: Any, reps: int | Sequence[int]) -> Any:
    """Repeat the whole along each axis."""
    times = (reps,) if isinstance(reps, (int, np.integer)) else tuple(reps)
    ndim = max(len(times), len(shape(x)))
    times = (1,) * (ndim - len(times)) + times
    lengths = (1,) * (ndim - len(shape(x))) + shape(x)
    beside = [n for pair in zip((1,) * ndim, lengths, strict=True) for n in pair]
    copied = [n for pair in zip(times, lengths, strict=True) for n in pair]
    return reshape(broadcast_to(reshape(x, beside), copied), tuple(r * n for r, n in zip(times, lengths, strict=True)))


@implements(np.take)
def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Elements along an axis by their indices; with axis None, of the flattened array."""
    indices = indices if isinstance(indices, Node) else np.asarray(indices)
    if axis is None:
        x, axis = ravel(x), 0
    return getitem(x, (slice(None),) * axis_index(axis, len(shape(x))) + (indices,))


@implements(np.repeat)
def repeat(x: Any, repeats: int | Sequence[int], axis: int | None = None) -> Any:
    """Repeat each element; with axis None, of the flattened array."""
    if axis is None:
        x, axis = ravel(x), 0
    axis = axis_index(axis, len(shape(x)))
    return take(x, np.repeat(np.arange(shape(x)[axis]), repeats), axis)


@implements(np.pad)
def pad(x: Any, pad_width: Any, mode: str = "constant", *, constant_values: float = 0.0) -> Any:
    """Add a margin: of a constant, or by the index modes `edge`, `reflect`, `symmetric` and `wrap` of NumPy."""
    ndim = len(shape(x))
    width = tuple((int(a), int(b)) for a, b in np.broadcast_to(pad_width, (ndim, 2)))
    if mode == "constant":
        return _pad(x, width=width, value=float(constant_values))
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise ValueError(f"pad: mode must be constant, edge, reflect, symmetric or wrap, not {mode!r}")
    for axis, margins in enumerate(width):
        if margins != (0, 0):
            x = take(x, np.pad(np.arange(shape(x)[axis]), margins, mode=mode), axis)  # type: ignore[call-overload]
    return x
