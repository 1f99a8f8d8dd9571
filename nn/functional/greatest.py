"""Where the greatest element of each window is, and what is put back there: pooling with indices and holes, and unpooling."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import raw
from autograd.ops.elementwise import where
from autograd.ops.reduction import argmax
from autograd.ops.reduction import max as max_
from autograd.ops.shape import reshape, shape
from autograd.ops.sorting import put_along_axis, take_along_axis
from nn.arguments import describe_shape
from nn.functional.convolution import as_batch
from nn.functional.lookup import check_indices
from nn.spatial import Sizes, check_fits, per_axis

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, Input

# Of an axis: the places of each window, (windows, longest), and which of them are within the input.
Axis = tuple[np.ndarray, np.ndarray]


def locate_windows(
    name: str,
    have: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Sequence[tuple[int, int]],
    dilation: tuple[int, ...],
) -> list[Axis]:
    """The windows along each axis of space of an input of shape (N, C, *space).

    Raises
    ------
    ShapeError
        Where no window fits.

    Examples
    --------
    >>> locate_windows("MaxPool1d", (1, 1, 4), (2,), (1,), ((0, 0),), (2,))[0][0].tolist()
    [[0, 2], [1, 3]]
    """
    check_fits(name, have, tuple(padding), kernel, dilation)
    axes = []
    for n, k, s, d, (before, after) in zip(have[2:], kernel, stride, dilation, padding, strict=True):
        count = (before + n + after - d * (k - 1) - 1) // s + 1
        places = np.arange(count)[:, None] * s - before + d * np.arange(k)
        inside = (places >= 0) & (places < n)
        axes.append((np.where(inside, places, 0), inside))
    return axes


def cut_windows(x: Any, axes: Sequence[Axis]) -> tuple[Any, np.ndarray, np.ndarray]:
    """All windows, (N, C, *windows, *longest), which of their elements are within, and where each is in the flat space.

    Examples
    --------
    >>> windows, within, places = cut_windows(np.array([[[1.0, 3.0, 2.0]]]), [(np.array([[0, 1], [1, 2]]), np.ones((2, 2), bool))])
    >>> windows.tolist(), bool(within.all()), places.tolist()
    ([[[[1.0, 3.0], [3.0, 2.0]]]], True, [[0, 1], [1, 2]])
    """
    n, space = len(axes), shape(x)[2:]
    index: list[np.ndarray] = []
    within, flat = np.array(True), np.array(0)
    for axis, (places, inside) in enumerate(axes):
        # The axis of windows and that of elements, each among those of the other axes of space.
        along = tuple(size if a % n == axis else 1 for a, size in enumerate(np.repeat(places.shape, n)))
        index.append(places.reshape(along))
        within = within & inside.reshape(along)
        flat = flat + index[-1] * math.prod(space[axis + 1 :])
    return x[(..., *index)], within, flat


def find_greatest(x: Input, axes: Sequence[Axis], return_indices: bool) -> Any:
    """The greatest of each window; where several are, they share the gradient, or the first has it, if its index is told.

    Examples
    --------
    >>> find_greatest(np.array([[[1.0, 3.0, 2.0]]]), [(np.array([[0, 1], [1, 2]]), np.ones((2, 2), bool))], True)
    (array([[[3., 3.]]]), array([[[1, 1]]]))
    """
    n = len(axes)
    seen, within, flat = cut_windows(x, axes)
    dtype = np.asarray(raw(x)).dtype
    seen = where(within, seen, -np.inf if dtype.kind == "f" else np.iinfo(dtype).min)
    if not return_indices:
        return max_(seen, axis=tuple(range(-n, 0)))
    outer = shape(seen)[:-n]
    first = argmax(reshape(seen, (*outer, math.prod(shape(seen)[len(outer) :]))), axis=-1, keepdims=True)
    flat = np.broadcast_to(
        np.broadcast_to(flat, within.shape).reshape(*outer[2:], -1), (*outer, math.prod(within.shape[n:]))
    )
    indices = reshape(take_along_axis(flat, first, -1), outer)
    rows, columns = outer[:2]
    lines = reshape(x, (rows, columns, math.prod(shape(x)[2:])))
    chosen = take_along_axis(lines, reshape(indices, (rows, columns, math.prod(outer[2:]))), -1)
    # In memory of their own: who edits them changes no derivative.
    return reshape(chosen, outer), indices + 0


def put_back(
    name: str,
    x: Any,
    indices: Any,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    output_size: Any,
) -> Any:
    """Zeros with the elements of (N, C, *windows) where their indices say; see `max_unpool1d`.

    Raises
    ------
    ShapeError
        For indices of another shape or beyond the output, and an output that the windows could not come from.

    Examples
    --------
    >>> put_back("max_unpool1d", np.array([[[3.0]]]), np.array([[[1]]]), (2,), (2,), (0,), None).tolist()
    [[[0.0, 3.0]]]
    """
    space = len(kernel)
    batch, _ = as_batch(name, x, space)
    if shape(indices) != shape(x):
        raise ShapeError(f"{name}: {describe_shape(indices)} indices for an input of shape {shape(x)}")
    usual = tuple((n - 1) * s - 2 * p + k for n, s, p, k in zip(shape(batch)[2:], stride, padding, kernel, strict=True))
    lengths = usual if output_size is None else tuple(int(n) for n in output_size)[-space:]
    if len(lengths) != space or any(abs(n - u) >= s for n, u, s in zip(lengths, usual, stride, strict=False)):
        raise ShapeError(
            f"{name}: windows of {kernel} by {stride} come from a space of about {usual}, not of {output_size}"
        )
    rows, columns = shape(batch)[:2]
    places = check_indices(name, reshape(indices, (rows, columns, math.prod(shape(batch)[2:]))), math.prod(lengths))
    nothing = np.zeros((rows, columns, math.prod(lengths)), np.asarray(raw(x)).dtype)
    values = reshape(batch, (rows, columns, math.prod(shape(batch)[2:])))
    out = put_along_axis(nothing, places, values, -1, inplace=False)
    return reshape(out, (*shape(x)[:-space], *lengths))


def _make_unpool(space: int) -> Callable[..., Any]:
    name = f"max_unpool{space}d"

    def function(
        input: Input,
        indices: ArrayLike,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        output_size: Sequence[int] | None = None,
    ) -> Tensor:
        kernel = per_axis(name, "kernel_size", kernel_size, space, 1)
        steps = per_axis(name, "stride", kernel if stride is None else stride, space, 1)
        return put_back(name, input, indices, kernel, steps, per_axis(name, "padding", padding, space, 0), output_size)

    ones, axes = ", ".join("1" * space), ", ".join("2" * space)
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""Zeros, and each number where `max_pool{space}d(…, return_indices=True)` found it.

    Parameters
    ----------
    input : (N, C, *windows) or (C, *windows)
    indices : array_like of int, likewise
        Where each belongs in the flat space.
    kernel_size : int, or one for each axis of space
    stride : likewise, optional
        The kernel's size by default.
    padding : likewise
    output_size : sequence of int, optional
        The lengths of the space, if they are not those that the windows just cover.

    Returns
    -------
    numpy.ndarray or Tensor, shape (N, C, *space)

    Raises
    ------
    ShapeError
        For indices of another shape or beyond the output, and an output that the windows could not come from.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.ones((1, 1, {ones}))
    >>> nn.functional.{name}(x, np.zeros((1, 1, {ones}), int), 2).shape
    (1, 1, {axes})
    """
    return function


max_unpool1d, max_unpool2d, max_unpool3d = (_make_unpool(space) for space in (1, 2, 3))
