"""The same numbers in another shape, order, place or dtype."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.rules import rule
from autograd.ops import shape

for _name in (
    "cat", "chunk", "diag", "diag_embed", "diagonal", "expand", "expand_as", "flatten", "flip",
    "movedim", "narrow", "permute", "ravel", "repeat", "repeat_interleave", "reshape", "roll", "rot90", "split", "squeeze", "stack",
    "t", "tile", "transpose", "tril", "triu", "unbind", "unflatten", "unfold", "unsqueeze", "view_as",
):  # fmt: skip
    if hasattr(torch, _name):
        rule(f"aten.{_name}")(getattr(torch, _name))

for _name in ("pixel_shuffle", "pixel_unshuffle", "channel_shuffle"):
    rule(f"aten.{_name}")(getattr(F, _name))


# Of lists of results, and of lengths that hang on values.
for _name in ("getitem", "add", "sub", "mul", "floordiv", "mod", "neg", "eq", "ne", "lt", "le", "gt", "ge"):
    rule(f"operator.{_name}")(getattr(operator, _name))


@rule("aten.sym_size")
def length(x: Any, dim: int) -> int:
    """The length of an axis."""
    return int(x.shape[dim])


@rule("aten.sym_numel")
def count(x: Any) -> int:
    """The number of elements."""
    return int(x.numel())


@rule("aten._local_scalar_dense", "aten.item")
def number(x: Any) -> Any:
    """A number of Python's, through which no derivative goes."""
    return x.detach().item()


@rule("aten.broadcast_tensors")
def broadcast_tensors(tensors: Sequence[Any]) -> Any:
    """All in the shape that they have together."""
    return torch.broadcast_tensors(*tensors)


@rule("aten.meshgrid")
def meshgrid(tensors: Sequence[Any], indexing: str = "ij") -> Any:
    """Coordinates of a grid."""
    return torch.meshgrid(*tensors, indexing=indexing)


@rule("aten.view", "aten._unsafe_view", "aten.view_copy")
def view(x: Any, size: Any) -> Any:
    """Where the numbers lie is NumPy's matter. Of a dtype it would be other numbers."""
    if isinstance(size, np.dtype):
        raise TypeError("the bits of numbers as those of another dtype")
    return torch.reshape(x, size)


@rule("aten.expand", "aten.expand_copy")
def expand(x: Any, size: Sequence[int], *, implicit: bool = False) -> Any:
    """Broadcast; -1 keeps a length."""
    return x.expand(*size) if size else x


@rule("aten.expand_as")
def expand_as(x: Any, other: Any) -> Any:
    """In the shape of another."""
    return x.expand(*other.shape)


@rule("aten.squeeze")
def squeeze(x: Any, dim: Any = None) -> Any:
    """An empty list of axes is none of them."""
    return torch.squeeze(x, tuple(dim) if isinstance(dim, list) else dim) if dim != [] else x


@rule("aten.split", "aten.split_with_sizes", "aten.unsafe_split")
def split(x: Any, sizes: Any, dim: int = 0) -> Any:
    """Parts along an axis, of one length or of several."""
    return torch.split(x, sizes, dim)


@rule("aten.select")
def select(x: Any, dim: int, index: int) -> Any:
    """One place of an axis."""
    return torch.select(x, dim, index)


def _cut(x: Any, dim: int, start: Any, end: Any, step: int) -> tuple[Any, ...]:
    return (slice(None),) * (dim % max(len(x.shape), 1)) + (slice(start, end, step),)


@rule("aten.slice")
def slice_(x: Any, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Any:
    """A part of an axis; all of it is the tensor itself."""
    length = x.shape[dim]
    if step == 1 and not start and (end is None or end >= length):
        return x
    return x[_cut(x, dim, start, end, step)]


def _with(x: Any, key: tuple[Any, ...], part: Any) -> Any:
    """With a part replaced."""
    places = np.arange(int(np.prod(x.shape, dtype=int))).reshape(x.shape)[key].ravel()
    flat = torch.index_copy(torch.reshape(x, (-1,)), 0, torch.from_numpy(places), torch.reshape(part, (-1,)))
    return torch.reshape(flat, tuple(x.shape))


@rule("aten.slice_scatter")
def slice_scatter(x: Any, src: Any, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Any:
    """With a part of an axis replaced."""
    return _with(x, _cut(x, dim, start, end, step), src)


@rule("aten.select_scatter")
def select_scatter(x: Any, src: Any, dim: int, index: int) -> Any:
    """With one place of an axis replaced."""
    return _with(x, (slice(None),) * (dim % len(x.shape)) + (index,), src)


@rule("aten.alias", "aten.contiguous", "aten.lift_fresh", "aten.lift_fresh_copy", "aten.clone", "aten.dropout_identity")
def same(x: Any) -> Any:
    """Nothing here is changed in place, so that a copy is the tensor itself."""
    return x


@rule("stepgrad.enter", "stepgrad.leave")
def mark(xs: Any, call: int) -> Any:
    """What goes into a custom function, and comes out of it."""
    return xs


@rule("aten.detach", "aten.detach_copy")
def detach(x: Any) -> Any:
    """A constant."""
    return x.detach()


@rule("aten._to_copy", "aten.to", "aten.type_as")
def to(x: Any, dtype: DTypeLike | None = None, *rest: Any, **named: Any) -> Any:
    """Another dtype; the device is the one there is."""
    wanted = dtype if isinstance(dtype, np.dtype) else getattr(dtype, "dtype", None)
    for other in rest:
        wanted = other if isinstance(other, np.dtype) else wanted
    # NumPy's float64 is equal to None.
    return x if wanted is None or wanted == x.dtype else shape.astype(x, wanted)


@rule("aten.copy")
def copy(x: Any, src: Any) -> Any:
    """What `x.copy_(src)` makes of `x`."""
    moved = src.expand(*x.shape) if tuple(src.shape) != tuple(x.shape) else src
    return moved if moved.dtype == x.dtype else shape.astype(moved, x.dtype)


@rule("aten.constant_pad_nd")
def constant_pad(x: Any, pad: Sequence[int], value: float = 0.0) -> Any:
    """Margins of one value."""
    return F.pad(x, tuple(pad), "constant", value)


@rule("aten.pad")
def pad(x: Any, pad: Sequence[int], mode: str = "constant", value: Any = None) -> Any:
    """Margins."""
    return F.pad(x, tuple(pad), mode, value)
