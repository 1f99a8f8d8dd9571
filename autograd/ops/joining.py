"""Joining arrays, cutting them apart, and repeating and padding them."""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple
from numpy.typing import DTypeLike

from autograd.errors import ShapeError
from autograd.graph.node import Node, raw
from autograd.graph.op import Function, implements, refuse_masks, row
from autograd.ops.comparison import where
from autograd.ops.indexing import basic, getitem
from autograd.ops.shape import (
    as_array,
    atleast_1d,
    atleast_2d,
    atleast_3d,
    axis_index,
    broadcast_arrays,
    broadcast_to,
    cast,
    concatenate,
    moveaxis,
    one_axis,
    pieces,
    ravel,
    refuse_out,
    reshape,
    shape,
    swapaxes,
    transpose,
    wide,
)
from autograd.ops.shape import copy as copy_of

_pad: Function = row(
    "pad",
    lambda x, width, value: np.pad(x, width, constant_values=value),
    lambda g, out, x, width, value: basic(
        g, tuple(slice(before, before + n) for (before, _), n in zip(width, shape(x), strict=True))
    ),
    takes_complex=True,
)


@implements(np.split)
def split(x: Any, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Any]:
    """Cut into equal sections, or at the given indices.

    Parameters
    ----------
    x : array_like or Tensor
        Of one axis or more.
    indices_or_sections : int or sequence of int
        Into how many equal parts, or before which indices.
    axis : int

    Returns
    -------
    list of numpy.ndarray or Tensor
        Views.

    Raises
    ------
    ShapeError
        Where an axis has no equal parts.

    Examples
    --------
    >>> import autograd
    >>> [part.tolist() for part in autograd.split(autograd.Tensor([1.0, 2.0, 3.0]), [1])]
    [[1.0], [2.0, 3.0]]
    """
    x = as_array(x)
    axis = axis_index(axis, len(shape(x)))
    length = shape(x)[axis]
    if isinstance(indices_or_sections, (int, np.integer)):
        if indices_or_sections < 1 or length % indices_or_sections:
            raise ShapeError(
                f"split: {length} elements along axis {axis} do not fall into {indices_or_sections} equal parts"
            )
        return pieces(x, [length // int(indices_or_sections)] * int(indices_or_sections), axis)
    cuts = [0, *(operator.index(i) for i in indices_or_sections), None]
    return [basic(x, (slice(None),) * axis + (slice(a, b),)) for a, b in zip(cuts, cuts[1:], strict=False)]


@implements(np.tile)
def tile(x: Any, reps: int | Sequence[int]) -> Any:
    """Repeat the whole along each axis.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    reps : int or sequence of int
        How often, along the last axis or along each.

    Returns
    -------
    numpy.ndarray or Tensor

    Examples
    --------
    >>> import autograd
    >>> autograd.tile(autograd.Tensor([1.0, 2.0]), 2).tolist()
    [1.0, 2.0, 1.0, 2.0]
    """
    x = as_array(x)
    times = (reps,) if isinstance(reps, (int, np.integer)) else tuple(reps)
    ndim = max(len(times), len(shape(x)))
    times = (1,) * (ndim - len(times)) + times
    lengths = (1,) * (ndim - len(shape(x))) + shape(x)
    beside = [n for pair in zip((1,) * ndim, lengths, strict=True) for n in pair]
    copied = [n for pair in zip(times, lengths, strict=True) for n in pair]
    if all(r == 1 for r in times):
        return copy_of(reshape(x, lengths))
    return reshape(broadcast_to(reshape(x, beside), copied), tuple(r * n for r, n in zip(times, lengths, strict=True)))


@implements(np.take)
def take(x: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise") -> Any:
    """Elements along an axis by their indices; with axis None, of the flattened array.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    indices : array_like of int
        Of any shape, which stands in the place of the axis.
    axis : int, optional
    out : None
        Not supported.
    mode : str
        What becomes of indices that are out of range, as in NumPy.

    Returns
    -------
    numpy.ndarray or Tensor

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> autograd.take(t, [0, 0, 2]).sum().backward()
    >>> t.grad
    array([2., 0., 1.])
    """
    refuse_out("take", out)
    refuse_masks("take", indices)
    x, indices = as_array(x), indices if isinstance(indices, Node) else np.asarray(indices)
    if mode in ("wrap", "clip"):
        length = math.prod(shape(x)) if axis is None else shape(x)[axis]
        indices = raw(indices) % length if mode == "wrap" else np.clip(raw(indices), 0, length - 1)
    x, axis = one_axis(x, axis)
    return getitem(x, (slice(None),) * axis + (indices,))


@implements(np.repeat)
def repeat(x: Any, repeats: int | Sequence[int], axis: int | None = None) -> Any:
    """Repeat each element; with axis None, of the flattened array.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    repeats : int or sequence of int
        How often, for all elements or for each along the axis.
    axis : int, optional

    Returns
    -------
    numpy.ndarray or Tensor

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([1.0, 2.0], requires_grad=True)
    >>> autograd.repeat(t, 3).sum().backward()
    >>> t.grad
    array([3., 3.])
    """
    refuse_masks("repeat", repeats)
    x, axis = one_axis(x, axis)
    return take(x, np.repeat(np.arange(shape(x)[axis]), repeats), axis)


@implements(np.pad)
def pad(x: Any, pad_width: Any, mode: str = "constant", *, constant_values: float = 0.0) -> Any:
    """Add a margin: of a constant, or by the index modes `edge`, `reflect`, `symmetric` and `wrap` of NumPy.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    pad_width : int, pair, or sequence of pairs
        How many elements before and behind, for all axes or for each, as in NumPy.
    mode : str
    constant_values : float
        Of the mode `constant`.

    Returns
    -------
    numpy.ndarray or Tensor

    Examples
    --------
    >>> import autograd
    >>> autograd.pad(autograd.Tensor([1.0, 2.0]), 1).tolist()
    [0.0, 1.0, 2.0, 0.0]
    """
    x = as_array(x)
    refuse_masks("pad", pad_width)
    ndim = len(shape(x))
    width = tuple((int(a), int(b)) for a, b in np.broadcast_to(pad_width, (ndim, 2)).tolist())
    if mode == "constant":
        return _pad(x, width=width, value=float(constant_values))
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise ValueError(f"pad: mode must be constant, edge, reflect, symmetric or wrap, not {mode!r}")
    for axis, margins in enumerate(width):
        if margins != (0, 0):
            x = take(x, np.pad(np.arange(shape(x)[axis]), margins, mode=mode), axis)  # type: ignore[call-overload]
    return x


@implements(np.array_split)
def array_split(x: Any, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Any]:
    """Split into sections that may be unequal: the first ones are longer by one."""
    if not isinstance(indices_or_sections, (int, np.integer)):
        return split(x, indices_or_sections, axis)
    x = as_array(x)
    axis = axis_index(axis, len(shape(x)))
    each, longer = builtins.divmod(shape(x)[axis], operator.index(indices_or_sections))
    return pieces(x, [each + 1] * longer + [each] * (int(indices_or_sections) - longer), axis)


@implements(np.hsplit)
def hsplit(x: Any, indices_or_sections: int | Sequence[int]) -> list[Any]:
    """`split` along the second axis, or along the only one."""
    return split(x, indices_or_sections, 1 if len(shape(as_array(x))) > 1 else 0)


@implements(np.vsplit)
def vsplit(x: Any, indices_or_sections: int | Sequence[int]) -> list[Any]:
    """`split` along the first of two axes or more."""
    if len(shape(as_array(x))) < 2:
        raise ShapeError("vsplit works on arrays of two axes or more")
    return split(x, indices_or_sections, 0)


@implements(np.dsplit)
def dsplit(x: Any, indices_or_sections: int | Sequence[int]) -> list[Any]:
    """`split` along the third axis."""
    if len(shape(as_array(x))) < 3:
        raise ShapeError("dsplit works on arrays of three axes or more")
    return split(x, indices_or_sections, 2)


@implements(np.unstack)
def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    """The slices along an axis, which goes."""
    x = as_array(x)
    axis = axis_index(axis, len(shape(x)))
    return tuple(basic(x, (slice(None),) * axis + (i,)) for i in range(shape(x)[axis]))


@implements(np.vstack)
def vstack(arrays: Sequence[Any], *, dtype: DTypeLike | None = None, casting: str = "same_kind") -> Any:
    """Join along the first axis; vectors are rows."""
    return concatenate([atleast_2d(x) for x in arrays], 0, dtype=dtype)


@implements(np.hstack)
def hstack(arrays: Sequence[Any], *, dtype: DTypeLike | None = None, casting: str = "same_kind") -> Any:
    """Join along the second axis; vectors along their only one."""
    parts = [atleast_1d(x) for x in arrays]
    return concatenate(parts, 0 if parts and len(shape(parts[0])) == 1 else 1, dtype=dtype)


@implements(np.dstack)
def dstack(arrays: Sequence[Any]) -> Any:
    """Join along the third axis."""
    return concatenate([atleast_3d(x) for x in arrays], 2)


@implements(np.column_stack)
def column_stack(arrays: Sequence[Any]) -> Any:
    """Join along the second axis; vectors are columns."""
    parts = [as_array(x) for x in arrays]
    return concatenate([transpose(atleast_2d(x)) if len(shape(x)) < 2 else x for x in parts], 1)


@implements(np.block)
def block(arrays: Any) -> Any:
    """Join nested lists of blocks: the innermost along the last axis, those around along the axes before it."""

    def depth(nest: Any) -> int:
        return 1 + builtins.max(map(depth, nest)) if isinstance(nest, list) else 0

    def leaves_of(nest: Any) -> list[Any]:
        return [x for part in nest for x in leaves_of(part)] if isinstance(nest, list) else [as_array(nest)]

    axes = builtins.max(depth(arrays), *(len(shape(x)) for x in leaves_of(arrays)), 1)

    def join(nest: Any, axis: int) -> Any:
        if isinstance(nest, list):
            return concatenate([join(part, axis + 1) for part in nest], axis)
        x = as_array(nest)
        return reshape(x, (1,) * (axes - len(shape(x))) + shape(x))

    # A single block is given in memory of its own, too.
    return join(arrays, axes - depth(arrays)) if isinstance(arrays, list) else copy_of(join(arrays, axes))


@implements(np.append)
def append(x: Any, values: Any, axis: int | None = None) -> Any:
    """Join `values` to the end; with axis None, both flattened."""
    return concatenate([x, values], axis)


@implements(np.delete)
def delete(x: Any, obj: Any, axis: int | None = None) -> Any:
    """Leave out the slices at some indices; with axis None, of the flattened array."""
    x = as_array(x)
    if axis is None:
        x, axis = ravel(x), 0
    axis = axis_index(axis, len(shape(x)))
    return take(x, np.delete(np.arange(shape(x)[axis]), raw(obj)), axis)


@implements(np.insert)
def insert(x: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Put `values` before the slices at some indices; with axis None, of the flattened array."""
    x, values = as_array(x), as_array(values)
    if axis is None:
        x, axis = ravel(x), 0
    axis = axis_index(axis, len(shape(x)))
    length = shape(x)[axis]
    single = np.ndim(obj) == 0 and not isinstance(obj, slice)
    count = 1
    if single:
        # NumPy's rule for one index: the first axis of the values is the axis of insertion.
        values = moveaxis(reshape(values, (1,) * (len(shape(x)) - len(shape(values))) + shape(values)), 0, axis)
        count = shape(values)[axis]
    where_to = [raw(obj)] * count if single else raw(obj)
    # Indices need not be in order, so that each hole says which of the values comes there.
    count = np.insert(np.arange(length), where_to, -1).size - length
    places = np.insert(np.arange(length), where_to, -1 - np.arange(count))
    places = np.where(places < 0, length - 1 - places, places)
    filled = broadcast_to(cast(values, x.dtype), (*shape(x)[:axis], count, *shape(x)[axis + 1 :]))
    return take(concatenate([x, filled], axis), places, axis)


@implements(np.roll)
def roll(x: Any, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Any:
    """Shift along axes, those that fall off coming in again at the other end; with axis None, the flattened array."""
    x = as_array(x)
    if axis is None:
        return reshape(roll(ravel(x), shift, 0), shape(x))
    axes = normalize_axis_tuple(axis, len(shape(x)), allow_duplicate=True)
    for place, by in np.broadcast(axes, shift):
        length = shape(x)[place]
        if length and by % length:
            x = concatenate(list(reversed(split(x, [length - int(by) % length], int(place)))), int(place))
    return x


@implements(np.resize)
def resize(x: Any, new_shape: int | Sequence[int]) -> Any:
    """The elements over and over again until the new shape is filled."""
    flat = ravel(x)
    lengths = (new_shape,) if isinstance(new_shape, (int, np.integer)) else tuple(new_shape)
    return reshape(take(flat, np.resize(np.arange(shape(flat)[0]), lengths), 0), lengths)


@implements(np.meshgrid)
def meshgrid(*xs: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Any, ...]:
    """Vectors repeated to grids: the first along the columns (`xy`) or along the rows (`ij`)."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing must be 'xy' or 'ij', not {indexing!r}")
    ndim = len(xs)
    grids = [reshape(x, (1,) * i + (-1,) + (1,) * (ndim - 1 - i)) for i, x in enumerate(xs)]
    if indexing == "xy" and ndim > 1:
        grids = [swapaxes(grid, 0, 1) for grid in grids]
    grids = grids if sparse else list(broadcast_arrays(*grids))
    return tuple(copy_of(grid) for grid in grids) if copy else tuple(grids)


@implements(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """For each element the choice of the first condition that holds there."""
    if len(condlist) != len(choicelist) or not condlist:
        raise ShapeError(f"select: {len(condlist)} conditions and {len(choicelist)} choices")
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = where(condition, choice, result)
    return result


@implements(np.compress)
def compress(condition: Any, x: Any, axis: int | None = None, out: Any = None) -> Any:
    """The slices along an axis for which the condition holds; with axis None, of the flattened array."""
    refuse_out("compress", out)
    refuse_masks("compress", condition)
    return take(x, np.flatnonzero(raw(condition)), axis)


@implements(np.extract)
def extract(condition: Any, x: Any) -> Any:
    """The elements for which the condition holds."""
    return take(ravel(x), np.flatnonzero(raw(condition)), 0)


@implements(np.linspace)
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: DTypeLike | None = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    """Numbers at equal distances from `start` to `stop`, both of which may be nodes."""
    parts = num - 1 if endpoint else num
    plain = [x if isinstance(x, (int, float)) else as_array(x).dtype for x in (start, stop)]
    floats = np.result_type(*plain, 0.0)
    first, last = (wide(cast(as_array(x), floats)) for x in broadcast_arrays(start, stop))
    places = np.arange(num).reshape((num,) + (1,) * len(shape(first))) / builtins.max(parts, 1)
    points = first + (last - first) * places.astype(first.dtype)
    step = (last - first) / float(parts) if parts > 0 else math.nan
    points = cast(moveaxis(points, 0, axis), floats if dtype is None else dtype)
    return (points, cast(step, floats) if parts > 0 else step) if retstep else points
