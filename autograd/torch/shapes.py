"""Shapes in PyTorch's words: `view`, `permute`, `transpose(a, b)`, `expand`, `repeat`, `split` by size, `cat`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import get_data
from autograd.ops import diagonal as diagonals
from autograd.ops import joining
from autograd.ops import shape as shapes
from autograd.ops.indexing import split_key
from autograd.ops.placing import place
from autograd.torch.calling import function
from autograd.torch.errors import with_runtime_errors
from autograd.torch.memory import for_reading, is_rearranged, shares_memory
from autograd.torch.tensor import Size, Tensor, axis_of, lengths_of, wrap

if TYPE_CHECKING:
    from autograd.typing import Operand


@function
def reshape(input: Operand, *shape: Any) -> Any:
    """In another shape; a view where it can be."""
    return shapes.reshape(input, lengths_of(shape))


@function
def view(input: Any, *shape: Any) -> Any:
    """In another shape, of the same memory: refused where it is not laid out so; `view(dtype)` reads the memory anew."""
    if len(shape) == 1 and (isinstance(shape[0], (np.dtype, type))):
        return wrap(get_data(input).view(shape[0]))
    viewed = shapes.reshape(input, lengths_of(shape))
    # What nothing rearranged lies in PyTorch's memory as it is counted; here a result may lie in another order.
    if is_rearranged(input) and get_data(viewed).size and not shares_memory(viewed, input):
        raise ShapeError(
            f"t.view{lengths_of(shape)}: view size is not compatible with the memory of a tensor of shape "
            f"{tuple(input.shape)} and stride {input.stride()}: write t.reshape(…), or t.contiguous().view(…)"
        )
    return viewed


def view_as(input: Any, other: Any) -> Any:
    """In the shape of another."""
    return view(input, *other.shape)


def reshape_as(input: Any, other: Any) -> Any:
    """In the shape of another."""
    return reshape(input, *other.shape)


@function
def flatten(input: Operand, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Axes from one to another as a single one."""
    lengths = shapes.shape(input)
    start, end = axis_of("flatten", start_dim, len(lengths)), axis_of("flatten", end_dim, len(lengths))
    if start > end:
        raise ShapeError(f"torch.flatten: start_dim {start_dim} comes after end_dim {end_dim}")
    middle = int(np.prod(lengths[start : end + 1]))
    return shapes.reshape(input, (*lengths[:start], middle, *lengths[end + 1 :]))


ravel = flatten


@function
def unflatten(input: Operand, dim: int, sizes: Sequence[int]) -> Any:
    """One axis as several."""
    lengths = shapes.shape(input)
    axis = axis_of("unflatten", dim, len(lengths))
    return shapes.reshape(input, (*lengths[:axis], *lengths_of([sizes]), *lengths[axis + 1 :]))


@function
def transpose(input: Operand, *axes: Any, dim0: Any = None, dim1: Any = None) -> Any:
    """Two axes exchanged; NumPy's `swapaxes`. With all axes, as NumPy's `transpose` and PyTorch's `permute` have it."""
    if dim0 is not None:
        axes = (dim0, *axes, *([] if dim1 is None else [dim1]))
    ndim = len(shapes.shape(input))
    if len(axes) != 2:
        if not axes or len(lengths_of(axes)) == ndim:
            return shapes.transpose(input, lengths_of(axes) if axes else None)
        raise OperandError(
            f"torch.transpose: give the two axes to exchange, dim0 and dim1, not {len(axes)}; for an order of all use permute"
        )
    first, second = (axis_of("transpose", a, ndim) for a in axes)
    return shapes.swapaxes(input, first, second) if ndim else input


swapaxes = swapdims = transpose


@function
def t(input: Any) -> Any:
    """A matrix transposed."""
    if len(shapes.shape(input)) > 2:
        raise ShapeError(
            f"t.t() expects a tensor with at most 2 axes, and has shape {tuple(input.shape)}: use .mT or transpose"
        )
    return shapes.transpose(input)


def adjoint(input: Operand) -> Any:
    """The last two axes exchanged."""
    return shapes.matrix_transpose(input)


@function
def permute(input: Operand, *dims: Any) -> Any:
    """The axes in another order; NumPy's `transpose`."""
    order = lengths_of(dims)
    ndim = len(shapes.shape(input))
    if len(order) != ndim:
        raise ShapeError(f"torch.permute(dims={order}): the number of dims must be that of the axes, {ndim}")
    return shapes.transpose(input, tuple(axis_of("permute", a, ndim) for a in order))


@function
def movedim(input: Operand, source: int | Sequence[int], destination: int | Sequence[int]) -> Any:
    """Axes moved to other places."""
    return shapes.moveaxis(input, source, destination)


moveaxis = movedim


@function
def squeeze(input: Any, dim: Any = None) -> Any:
    """Without the axes of length 1, or without `dim` where it has that length."""
    lengths = shapes.shape(input)
    if dim is None:
        return shapes.squeeze(input)
    chosen = [axis_of("squeeze", a, len(lengths)) for a in (dim if isinstance(dim, (tuple, list)) else [dim])]
    gone = tuple(a for a in chosen if lengths and lengths[a] == 1)
    return shapes.squeeze(input, gone) if gone else input


@function
def unsqueeze(input: Operand, dim: int) -> Any:
    """With an axis of length 1 before axis `dim`; NumPy's `expand_dims`."""
    ndim = len(shapes.shape(input))
    return shapes.expand_dims(input, axis_of("unsqueeze", dim, ndim + 1))


@function
def expand(input: Operand, *sizes: Any, implicit: bool = False) -> Any:
    """Repeated along axes of length 1, in the same memory; -1 leaves an axis. NumPy's `broadcast_to`."""
    wanted, lengths = list(lengths_of(sizes)), shapes.shape(input)
    more = len(wanted) - len(lengths)
    if more < 0:
        raise ShapeError(
            f"t.expand{tuple(wanted)}: fewer lengths than the {len(lengths)} axes of shape {tuple(lengths)}"
        )
    for i, length in enumerate(wanted):
        if length == -1:
            if i < more:
                raise ShapeError(f"t.expand{tuple(wanted)}: -1 is not allowed for a new axis in front")
            wanted[i] = lengths[i - more]
        elif i >= more and lengths[i - more] not in (1, length):
            raise ShapeError(
                f"t.expand{tuple(wanted)}: the expanded size {length} must match the existing size {lengths[i - more]} at axis {i}"
            )
    return shapes.broadcast_to(input, tuple(wanted))


def expand_as(input: Any, other: Any) -> Any:
    """Expanded to the shape of another."""
    return expand(input, *other.shape)


@function
def broadcast_to(input: Operand, size: Any) -> Any:
    """Expanded to a shape."""
    return expand(input, *lengths_of([size]))


@with_runtime_errors
def broadcast_tensors(*tensors: Any) -> Any:
    """All in the shape that they broadcast to."""
    return tuple(shapes.broadcast_arrays(*tensors))


def broadcast_shapes(*sizes: Any) -> Size:
    """The shape that shapes broadcast to."""
    return Size(np.broadcast_shapes(*[(s,) if isinstance(s, int) else tuple(s) for s in sizes]))


@function
def repeat(input: Operand, *repeats: Any) -> Any:
    """The whole tensor so often along each axis; NumPy's `tile`, whose `repeat` is `repeat_interleave` here."""
    times = lengths_of(repeats)
    if len(times) < len(shapes.shape(input)):
        raise ShapeError(
            f"t.repeat{times}: number of dims of repeat dims can not be smaller than the number of axes, {len(shapes.shape(input))}"
        )
    return joining.tile(input, times)


@function
def tile(input: Operand, *dims: Any) -> Any:
    """As `repeat`, where fewer numbers than axes are taken too."""
    return joining.tile(input, lengths_of(dims))


@function
def repeat_interleave(input: Operand, repeats: Any, dim: int | None = None, *, output_size: Any = None) -> Any:
    """Each element so often, one after the other; NumPy's `repeat`."""
    return joining.repeat(input, get_data(repeats) if isinstance(repeats, Tensor) else repeats, dim)


@function
def split(input: Operand, split_size_or_sections: Any, dim: int = 0) -> Any:
    """Parts of a length, the last of the rest, or of lengths; NumPy's `split` takes the number of parts instead."""
    axis = axis_of("split", dim, len(shapes.shape(input)))
    length, sizes = shapes.shape(input)[axis], split_size_or_sections
    if isinstance(sizes, (int, np.integer)):
        if sizes <= 0:
            raise ShapeError(f"torch.split: a size above 0, not {sizes}")
        sizes = [min(sizes, length - start) for start in range(0, max(length, 1), sizes)]
    if sum(sizes) != length:
        raise ShapeError(
            f"torch.split: split_with_sizes expects sizes that sum to {length}, the length of axis {dim}, and {list(sizes)} "
            f"sum to {sum(sizes)}"
        )
    return tuple(shapes.pieces(input, sizes, axis))


split_with_sizes = split


@function
def chunk(input: Operand, chunks: int, dim: int = 0) -> Any:
    """So many parts of equal length, the last of the rest."""
    length = shapes.shape(input)[axis_of("chunk", dim, len(shapes.shape(input)))]
    if chunks <= 0:
        raise ShapeError(f"torch.chunk: a number of chunks above 0, not {chunks}")
    if not length:
        return split(input, [0] * chunks, dim)
    return split(input, max(-(-length // chunks), 1), dim)


@function
def tensor_split(input: Operand, indices_or_sections: Any, dim: int = 0) -> Any:
    """Parts of nearly equal length, or cut at indices; NumPy's `array_split`."""
    return tuple(joining.array_split(input, indices_or_sections, dim))


@function
def unbind(input: Operand, dim: int = 0) -> Any:
    """The parts along an axis."""
    if len(shapes.shape(input)) == 1:
        # Elements are views, too.
        return tuple(input[i] for i in range(shapes.shape(input)[0]))  # type: ignore[index]
    return tuple(joining.unstack(input, axis=axis_of("unbind", dim, len(shapes.shape(input)))))


@function
def narrow(input: Any, dim: int, start: int, length: int) -> Any:
    """A stretch of an axis."""
    axis = axis_of("narrow", dim, len(shapes.shape(input)))
    whole, first, length = shapes.shape(input)[axis], int(start), int(length)
    first += whole if first < 0 else 0
    if length < 0 or not 0 <= first <= first + length <= whole:
        raise ShapeError(
            f"torch.narrow: start ({start}) + length ({length}) exceeds dimension size ({whole}), or one is negative"
        )
    return input[(slice(None),) * axis + (slice(first, first + length),)]


@function
def select(input: Any, dim: int, index: int) -> Any:
    """One place of an axis."""
    axis = axis_of("select", dim, len(shapes.shape(input)))
    return input[(slice(None),) * axis + (int(index),)]


@function
def unfold(input: Operand, dimension: int, size: int, step: int) -> Any:
    """All stretches of a length along an axis, as a new last one."""
    axis = axis_of("unfold", dimension, len(shapes.shape(input)))
    length = shapes.shape(input)[axis]
    if size > length:
        raise ShapeError(f"torch.unfold: a stretch of {size} is longer than the axis {axis}, which has {length}")
    starts = np.arange(0, length - size + 1, step)
    taken = joining.take(input, starts[:, None] + np.arange(size), axis)
    return for_reading(shapes.moveaxis(taken, axis + 1, -1))


@function
def flip(input: Operand, *axes: Any, dims: Any = ()) -> Any:
    """Backwards along axes, in memory of its own, which NumPy's is not."""
    return shapes.copy(shapes.flip(input, lengths_of(axes or (dims,))))


@function
def fliplr(input: Operand) -> Any:
    """Backwards along the second axis."""
    return shapes.copy(shapes.flip(input, 1))


@function
def flipud(input: Operand) -> Any:
    """Backwards along the first axis."""
    return shapes.copy(shapes.flip(input, 0))


@function
def roll(input: Operand, shifts: Any, dims: Any = None) -> Any:
    """Moved along axes; what leaves comes back at the other end."""
    rolled = joining.roll(input, shifts, dims)
    return shapes.copy(rolled) if shares_memory(rolled, input) else rolled


@function
def rot90(input: Operand, k: int = 1, dims: Sequence[int] = (0, 1)) -> Any:
    """Turned by quarters, in memory of its own, which NumPy's is not."""
    return shapes.copy(shapes.rot90(input, k, dims))


@function
def diagonal(input: Operand, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The diagonal of two axes: a view, by which it can be edited, of what lies in memory as it is counted, else for reading."""
    ndim = len(shapes.shape(input))
    axes = axis_of("diagonal", dim1, ndim), axis_of("diagonal", dim2, ndim)
    if axes[0] == axes[1]:
        raise ShapeError(f"torch.diagonal: diagonal dimensions cannot be identical {dim1}, {dim2}")
    moved = shapes.moveaxis(input, axes, (-2, -1))
    *others, rows, columns = shapes.shape(moved)
    count = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    line = shapes.reshape(moved, (*others, rows * columns))
    first = max(offset, 0) - min(offset, 0) * columns
    found = line[..., first : first + count * (columns + 1) : columns + 1]
    return found if shares_memory(line, input) else for_reading(found)


@function
def diag(input: Operand, diagonal: int = 0) -> Any:
    """The diagonal of a matrix, or a matrix with that diagonal."""
    return diagonals.diag(input, diagonal)


@function
def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """The last axis as the diagonal of two new ones."""
    length = shapes.shape(input)[-1] + abs(offset)
    eye = np.eye(length, k=offset, dtype=bool)
    rows, columns = np.nonzero(eye)
    zeros = wrap(np.zeros((*shapes.shape(input)[:-1], length, length), input.dtype))
    key, arrays = split_key((..., rows, columns))
    made = place(zeros, input, *arrays, key=key)
    return shapes.moveaxis(made, (-2, -1), (dim1, dim2))


@function
def tril(input: Operand, diagonal: int = 0) -> Any:
    """0 above a diagonal."""
    return diagonals.tril(input, diagonal)


@function
def triu(input: Operand, diagonal: int = 0) -> Any:
    """0 below a diagonal."""
    return diagonals.triu(input, diagonal)


@function
def trace(input: Operand) -> Any:
    """The sum of the diagonal of a matrix."""
    if len(shapes.shape(input)) != 2:
        raise ShapeError(f"torch.trace: expected a matrix, but got tensor with dim {len(shapes.shape(input))}")
    return diagonals.trace(input)


def atleast_1d(*tensors: Any) -> Any:
    """With one axis at least."""
    return shapes.atleast_1d(*tensors)


def atleast_2d(*tensors: Any) -> Any:
    """With two axes at least."""
    return shapes.atleast_2d(*tensors)
