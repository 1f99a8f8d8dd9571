"""The same numbers in another shape, order or place, and tensors that are made of lengths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.onnx.values import array, axes_of, cast, check_lengths, ints, number
from autograd.bridge.onnx_file import dtype_of
from autograd.bridge.rules import rule


def _tensor(numbers: np.ndarray) -> Any:
    return torch.from_numpy(numbers)


@rule("onnx.Reshape")
def reshape(x: Any, shape: Any, allowzero: int = 0) -> Any:
    """In another shape; 0 keeps a length."""
    lengths = ints(shape)
    if not allowzero:
        lengths = [x.shape[i] if n == 0 else n for i, n in enumerate(lengths)]
    return torch.reshape(x, tuple(lengths))


@rule("onnx.Flatten")
def flatten(x: Any, axis: int = 1) -> Any:
    """In two axes: those before one, and the rest."""
    front = math.prod(tuple(x.shape)[: axis if axis >= 0 else axis + len(x.shape)])
    return torch.reshape(x, (front, math.prod(x.shape) // front if front else -1))


@rule("onnx.Squeeze")
def squeeze(x: Any, given: Any = None, axes: Any = None) -> Any:
    """Without axes of length 1."""
    wanted = given if given is not None else axes
    if wanted is None:
        return torch.squeeze(x)
    gone = axes_of(wanted, x)
    if any(x.shape[axis] != 1 for axis in gone):
        raise ValueError(f"axes {gone} of the shape {tuple(x.shape)} are not all of length 1")
    return torch.reshape(x, tuple(n for i, n in enumerate(x.shape) if i not in gone))


@rule("onnx.Unsqueeze")
def unsqueeze(x: Any, given: Any = None, axes: Any = None) -> Any:
    """With axes of length 1."""
    wanted = ints(given if given is not None else axes)
    count = len(x.shape) + len(wanted)
    new = {axis % count for axis in wanted}
    old = iter(tuple(x.shape))
    return torch.reshape(x, tuple(1 if i in new else next(old) for i in range(count)))


@rule("onnx.Transpose")
def transpose(x: Any, perm: Sequence[int] | None = None) -> Any:
    """With its axes in another order."""
    return torch.permute(x, tuple(perm) if perm is not None else tuple(reversed(range(len(x.shape)))))


@rule("onnx.Concat")
def concat(*xs: Any, axis: int = 1) -> Any:
    """One after the other."""
    return torch.cat(list(xs), axis)


@rule("onnx.Split")
def split(
    x: Any, given: Any = None, split: Any = None, axis: int = 0, num_outputs: int | None = None, results: int = 1
) -> Any:
    """In parts."""
    sizes = given if given is not None else split
    length = x.shape[axis]
    if sizes is None:
        part = -(-length // (num_outputs or results))
        sizes = [min(part, max(length - i * part, 0)) for i in range(results)]
    return torch.split(x, ints(sizes), axis)


@rule("onnx.Slice.1")
def slice_by_numbers(x: Any, starts: Sequence[int], ends: Sequence[int], axes: Sequence[int] | None = None) -> Any:
    """A part, by attributes."""
    return slice_(x, starts, ends, axes)


@rule("onnx.Slice")
def slice_(x: Any, starts: Any, ends: Any, axes: Any = None, steps: Any = None) -> Any:
    """A part."""
    begin, end = ints(starts), ints(ends)
    along = axes_of(axes if axes is not None else range(len(begin)), x)
    by = ints(steps) if steps is not None else [1] * len(begin)
    key = [slice(None)] * len(x.shape)
    turned = []
    for axis, start, stop, step in zip(along, begin, end, by, strict=True):
        places = range(x.shape[axis])[start:stop:step]
        if step < 0:
            # From the other end.
            turned.append(axis)
            places = places[::-1]
        key[axis] = slice(places.start, places.stop, places.step)
    part = x[tuple(key)]
    return torch.flip(part, tuple(turned)) if turned else part


@rule("onnx.Expand")
def expand(x: Any, shape: Any) -> Any:
    """Broadcast both ways."""
    wanted = np.broadcast_shapes(tuple(x.shape), tuple(ints(shape)))
    return x.expand(*check_lengths(wanted)) if wanted else x


@rule("onnx.Tile")
def tile(x: Any, repeats: Any) -> Any:
    """Several times along each axis."""
    times = ints(repeats)
    check_lengths([n * t for n, t in zip(x.shape, times, strict=True)])
    return torch.tile(x, tuple(times))


@rule("onnx.Pad")
def pad(
    x: Any,
    given: Any = None,
    value_given: Any = None,
    axes: Any = None,
    pads: Any = None,
    mode: str = "constant",
    value: float = 0.0,
) -> Any:
    """Margins, or cuts where they are negative."""
    around = ints(given if given is not None else pads)
    along = axes_of(axes, x)
    half = len(around) // 2
    filled = number(value_given) if value_given is not None else value
    whole = [(0, 0)] * len(x.shape)
    for axis, before, after in zip(along, around[:half], around[half:], strict=True):
        whole[axis] = (before, after)
        x = torch.narrow(x, axis, max(-before, 0), x.shape[axis] - max(-before, 0) - max(-after, 0))
    margins = [(max(before, 0), max(after, 0)) for before, after in whole]
    check_lengths([n + sum(m) for n, m in zip(x.shape, margins, strict=True)])
    if mode == "constant":
        return F.pad(x, tuple(n for pair in reversed(margins) for n in pair), "constant", filled)
    if mode not in ("reflect", "edge", "wrap"):
        raise ValueError(f"margins of the mode {mode!r}")
    for axis, (before, after) in enumerate(margins):
        if before or after:
            found = np.pad(np.arange(x.shape[axis]), (before, after), mode)  # type: ignore[call-overload]
            x = torch.index_select(x, axis, _tensor(found))
    return x


@rule("onnx.Shape")
def shape_of(x: Any, start: int = 0, end: int | None = None) -> Any:
    """Its lengths."""
    return _tensor(np.array(tuple(x.shape)[slice(start, end)], np.int64))


@rule("onnx.Size")
def size(x: Any) -> Any:
    """How many elements it has."""
    return _tensor(np.array(math.prod(x.shape), np.int64))


@rule("onnx.ConstantOfShape")
def constant_of_shape(shape: Any, value: Any = None) -> Any:
    """One number everywhere."""
    held = np.zeros((), np.float32) if value is None else array(value)
    return _tensor(np.full(check_lengths(ints(shape)), held.reshape(()), held.dtype))


@rule("onnx.Range")
def arange(start: Any, limit: Any, delta: Any) -> Any:
    """From one number to another."""
    begin, end, step = (array(x).reshape(()) for x in (start, limit, delta))
    count = max(math.ceil((end - begin) / step), 0)
    check_lengths([count])
    return _tensor((begin + np.arange(count, dtype=begin.dtype) * step).astype(begin.dtype))


@rule("onnx.EyeLike")
def eye_like(x: Any, dtype: int | None = None, k: int = 0) -> Any:
    """1 on a diagonal."""
    wanted = x.dtype if dtype is None else dtype_of(dtype, "the result")
    rows, columns = (int(n) for n in x.shape)
    return _tensor(np.eye(rows, columns, k, wanted))


@rule("onnx.Trilu")
def trilu(x: Any, k: Any = None, upper: int = 1) -> Any:
    """What is above a diagonal, or below."""
    offset = 0 if k is None else int(number(k))
    return torch.triu(x, offset) if upper else torch.tril(x, offset)


@rule("onnx.DepthToSpace")
def depth_to_space(x: Any, blocksize: int, mode: str = "DCR") -> Any:
    """Channels as blocks of places."""
    n, c, h, w = tuple(x.shape)
    b = blocksize
    if mode == "CRD":
        parts = torch.permute(torch.reshape(x, (n, c // b**2, b, b, h, w)), (0, 1, 4, 2, 5, 3))
    else:
        parts = torch.permute(torch.reshape(x, (n, b, b, c // b**2, h, w)), (0, 3, 4, 1, 5, 2))
    return torch.reshape(parts, (n, c // b**2, h * b, w * b))


@rule("onnx.SpaceToDepth")
def space_to_depth(x: Any, blocksize: int, mode: str = "DCR") -> Any:
    """Blocks of places as channels."""
    n, c, h, w = tuple(x.shape)
    b = blocksize
    parts = torch.reshape(x, (n, c, h // b, b, w // b, b))
    order = (0, 3, 5, 1, 2, 4) if mode == "DCR" else (0, 1, 3, 5, 2, 4)
    return torch.reshape(torch.permute(parts, order), (n, c * b * b, h // b, w // b))


@rule("onnx.ReverseSequence")
def reverse_sequence(x: Any, lengths: Any, batch_axis: int = 1, time_axis: int = 0) -> Any:
    """Each sequence of the batch from its end."""
    return reverse_within(x, ints(lengths), batch_axis, time_axis)


def reverse_within(x: Any, lengths: Sequence[int], batch_axis: int, time_axis: int) -> Any:
    """Sequences of these lengths, each from its end; what is behind stays."""
    count = x.shape[time_axis]
    places = np.stack([np.r_[n - 1 : -1 : -1, n:count] if n else np.arange(count) for n in lengths])
    order = places if batch_axis < time_axis else places.T
    index = order.reshape(order.shape + (1,) * (len(x.shape) - 2))
    return torch.gather(x, time_axis, _tensor(np.array(np.broadcast_to(index, tuple(x.shape)))))


@rule("onnx.CenterCropPad")
def center_crop_pad(x: Any, shape: Any, axes: Any = None) -> Any:
    """Cut, or filled with 0, around the middle."""
    for axis, wanted in zip(axes_of(axes, x), ints(shape), strict=True):
        have = x.shape[axis]
        if have > wanted:
            x = torch.narrow(x, axis, (have - wanted) // 2, wanted)
        elif have < wanted:
            before = (wanted - have) // 2
            x = pad(x, [before, wanted - have - before], axes=[axis])
    return x


@rule("onnx.Col2Im")
def col2im(x: Any, image: Any, block: Any, dilations: Any = None, pads: Any = None, strides: Any = None) -> Any:
    """Patches added to a picture."""
    around = ints(pads) if pads is not None else [0] * (2 * len(ints(image)))
    half = len(around) // 2
    if around[:half] != around[half:] or half != 2:
        raise ValueError(f"margins {around}, which are not the same on both sides of two axes")
    return F.fold(
        x,
        tuple(ints(image)),
        tuple(ints(block)),
        tuple(dilations or (1, 1)),
        tuple(around[:half]),
        tuple(strides or (1, 1)),
    )


@rule("onnx.Einsum")
def einsum(*xs: Any, equation: str) -> Any:
    """By Einstein's convention."""
    return torch.einsum(equation, *xs)


rule("onnx.MatMul")(torch.matmul)
rule("onnx.Det")(torch.linalg.det)


@rule("onnx.Gemm")
def gemm(
    a: Any,
    b: Any,
    c: Any = None,
    alpha: float = 1.0,
    beta: float = 1.0,
    transA: int = 0,  # noqa: N803 - as ONNX calls it
    transB: int = 0,  # noqa: N803
) -> Any:
    """A product of matrices, and something added."""
    row = c is None or tuple(c.shape) == (b.shape[0],)
    if transB and not transA and alpha == beta == 1 and row:
        return F.linear(a, b, c)
    found = torch.matmul(torch.t(a) if transA else a, torch.t(b) if transB else b)
    found = found if alpha == 1 else found * alpha
    return found if c is None or beta == 0 else found + (c if beta == 1 else c * beta)


@rule("onnx.OneHot")
def one_hot(indices: Any, depth: Any, values: Any, axis: int = -1) -> Any:
    """One of two numbers at the place that a label says."""
    count = int(number(depth))
    shown = torch.eq(torch.unsqueeze(torch.remainder(cast(indices, np.int64), count), -1), _tensor(np.arange(count)))
    # A label that is out of bounds shows nowhere.
    inside = torch.unsqueeze((indices >= -count) & (indices < count), -1)
    moved = torch.movedim(shown & inside, -1, axis)
    return torch.where(moved, values[1], values[0])
