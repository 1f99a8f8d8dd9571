"""Pooling: one number for every window, of a given size or of a given number of windows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import raw
from autograd.ops.elementwise import abs as abs_
from autograd.ops.elementwise import power, sign, where
from autograd.ops.pooling import max_pool, sum_pool
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import narrow, reshape, shape, wide
from nn.arguments import check_floats
from nn.functional.convolution import as_batch
from nn.functional.greatest import Axis, cut_windows, find_greatest, locate_windows
from nn.spatial import Sizes, check_fits, per_axis

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input

Around = tuple[tuple[int, int], ...]
OutputSizes = int | None | tuple[int | None, ...]


def check_padding(name: str, padding: Any, kernel: tuple[int, ...]) -> Around:
    """The padding before and after each axis, at most half of the kernel.

    Examples
    --------
    >>> check_padding("MaxPool1d", 1, (2,))
    ((1, 1),)
    """
    around = per_axis(name, "padding", padding, len(kernel), 0)
    if any(2 * p > k for p, k in zip(around, kernel, strict=True)):
        raise ShapeError(f"{name}: padding is at most half of the kernel {kernel}, got {around}")
    return tuple((p, p) for p in around)


def reach_beyond(
    space: tuple[int, ...], kernel: tuple[int, ...], stride: tuple[int, ...], padding: Around, ceil_mode: bool
) -> Around:
    """How far the last window reaches beyond the padding, where one that the stride leaves over counts too.

    It must start inside the input or the padding before it, as in PyTorch.

    Examples
    --------
    >>> reach_beyond((5,), (2,), (2,), ((0, 0),), True)
    ((0, 1),)
    """
    if not ceil_mode:
        return ((0, 0),) * len(space)
    found = []
    for n, k, s, (before, after) in zip(space, kernel, stride, padding, strict=True):
        last = s * -(-(before + n + after - k) // s)
        if last >= before + n:
            last -= s
        found.append((0, max(last + k - (before + n + after), 0)))
    return tuple(found)


def locate(
    name: str, x: Input, kernel: tuple[int, ...], stride: tuple[int, ...], padding: Around, ceil_mode: bool
) -> dict[str, Any]:
    """Where the windows of an input (N, C, *space) lie: kernel, stride and padding.

    Raises
    ------
    ShapeError
        Where no window fits.

    Examples
    --------
    >>> locate("MaxPool1d", np.ones((1, 1, 4)), (2,), (2,), ((0, 0),), False)["stride"]
    (2,)
    """
    have = shape(x)
    beyond = reach_beyond(have[2:], kernel, stride, padding, ceil_mode)
    around = tuple((p, p + q) for (p, _), (_, q) in zip(padding, beyond, strict=True))
    check_fits(name, have, around, kernel, (1,) * len(kernel))
    return {"kernel": kernel, "stride": stride, "padding": around}


def pool_greatest(
    name: str,
    x: Input,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Around,
    ceil_mode: bool,
    dilation: tuple[int, ...] | None = None,
    return_indices: bool = False,
) -> Any:
    """The greatest of each window of an input (N, C, *space) or (C, *space), with its place if asked.

    Examples
    --------
    >>> pool_greatest("MaxPool1d", np.array([[1.0, 3.0, 2.0]]), (2,), (1,), ((0, 0),), False).tolist()
    [[3.0, 3.0]]
    """
    batch, lone = as_batch(name, x, len(kernel))
    if ceil_mode or any(map(any, padding)):
        # No integer is −∞.
        check_floats(name, "a padded input", batch)
    holes = dilation or (1,) * len(kernel)
    if not return_indices and holes == (1,) * len(kernel):
        out = max_pool(batch, **locate(name, batch, kernel, stride, padding, ceil_mode))
        return reshape(out, shape(out)[1:]) if lone else out
    reach = tuple(d * (k - 1) + 1 for k, d in zip(kernel, holes, strict=True))
    beyond = reach_beyond(shape(batch)[2:], reach, stride, padding, ceil_mode)
    around = [(p, p + q) for (p, _), (_, q) in zip(padding, beyond, strict=True)]
    axes = locate_windows(name, shape(batch), kernel, stride, around, holes)
    return _alone(find_greatest(batch, axes, return_indices), lone)


def _alone(found: Any, lone: bool) -> Any:
    """Of a batch of one what is in it, if it was not given as a batch; of both where indices are told."""
    if isinstance(found, tuple):
        return tuple(_alone(part, lone) for part in found)
    return reshape(found, shape(found)[1:]) if lone else found


def pool_mean(
    name: str,
    x: Input,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Around,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None = None,
) -> Any:
    """The mean of each window, of which what lies beyond the padding is not a part; or its sum over a divisor.

    Examples
    --------
    >>> pool_mean("AvgPool1d", np.array([[1.0, 3.0, 2.0]]), (2,), (1,), ((0, 0),), False, True).tolist()
    [[2.0, 2.5]]
    """
    batch, lone = as_batch(name, x, len(kernel))
    how = locate(name, batch, kernel, stride, padding, ceil_mode)
    counts: Any
    if divisor is not None:
        if divisor == 0:
            raise ValueError(f"{name}: divisor_override must not be 0")
        counts = float(divisor)
    elif count_include_pad and not ceil_mode:
        counts = float(math.prod(kernel))
    else:
        ones, windows = np.ones((1, 1, *shape(batch)[2:]), np.asarray(raw(wide(batch))).dtype), how
        if count_include_pad:
            ones = np.pad(ones, ((0, 0), (0, 0), *padding), constant_values=1)
            beyond = reach_beyond(shape(batch)[2:], kernel, stride, padding, ceil_mode)
            windows = {**how, "padding": beyond}
        counts = sum_pool(ones, **windows)
    out = narrow(sum_pool(wide(batch), **how) / counts, batch)
    return reshape(out, shape(out)[1:]) if lone else out


def take_windows(name: str, x: Input, output_size: tuple[int | None, ...]) -> tuple[Any, np.ndarray]:
    """All windows, (N, C, *places, *longest), and which of their elements are within, (*places, *longest).

    Window i of m over an axis of length n goes from ⌊i·n/m⌋ up to ⌈(i + 1)·n/m⌉.

    Examples
    --------
    >>> windows, within = take_windows("AdaptiveAvgPool1d", np.array([[[1.0, 3.0, 2.0]]]), (2,))
    >>> windows.tolist(), bool(within.all())
    ([[[[1.0, 3.0], [3.0, 2.0]]]], True)
    """
    seen, within, _ = cut_windows(x, _adapt(name, x, output_size))
    return seen, within


def _adapt(name: str, x: Input, output_size: tuple[int | None, ...]) -> list[Axis]:
    """So many windows along each axis of space."""
    have, n = shape(x), len(output_size)
    if 0 in have[-n:]:
        raise ShapeError(f"{name}: an input of shape {have} has no places")
    return [
        _locate_windows(length, length if wanted is None else wanted)
        for length, wanted in zip(have[-n:], output_size, strict=True)
    ]


def _locate_windows(length: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The places of each window along an axis, (count, longest), and which of them are within it."""
    number = np.arange(count)
    starts, ends = number * length // count, -(-(number + 1) * length // count)
    places = starts[:, None] + np.arange(np.max(ends - starts))
    inside = places < ends[:, None]
    return np.where(inside, places, starts[:, None]), inside


def output_sizes(name: str, output_size: Any, space: int) -> tuple[int | None, ...]:
    """How many windows along each axis; None for as many as the input is long.

    Examples
    --------
    >>> output_sizes("AdaptiveAvgPool2d", (1, None), 2)
    (1, None)
    """
    given = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * space
    if len(given) != space:
        raise ShapeError(f"{name}: output_size must be one number, or {space} of them, got {output_size!r}")
    return tuple(n if n is None else per_axis(name, "output_size", n, 1, 1)[0] for n in given)


def pool_greatest_adaptively(name: str, x: Input, sizes: tuple[int | None, ...], return_indices: bool = False) -> Any:
    """The greatest of each of so many windows, with its place if asked.

    Examples
    --------
    >>> pool_greatest_adaptively("AdaptiveMaxPool1d", np.array([[[1.0, 3.0, 2.0]]]), (2,)).tolist()
    [[[3.0, 3.0]]]
    """
    batch, lone = as_batch(name, x, len(sizes))
    return _alone(find_greatest(batch, _adapt(name, batch, sizes), return_indices), lone)


def pool_mean_adaptively(name: str, x: Input, sizes: tuple[int | None, ...]) -> Any:
    """The mean of each of so many windows.

    Examples
    --------
    >>> pool_mean_adaptively("AdaptiveAvgPool1d", np.array([[[1.0, 3.0, 2.0]]]), (2,)).tolist()
    [[[2.0, 2.5]]]
    """
    batch, lone = as_batch(name, x, len(sizes))
    over = tuple(range(-len(sizes), 0))
    seen, within = take_windows(name, batch, sizes)
    seen = wide(seen)
    count = within.sum(axis=over).astype(np.asarray(raw(seen)).dtype)
    out = narrow(sum_(where(within, seen, 0.0), axis=over) / count, batch)
    return reshape(out, shape(out)[1:]) if lone else out


def pool_norm(
    name: str, x: Input, norm_type: float, kernel: tuple[int, ...], stride: tuple[int, ...], ceil_mode: bool
) -> Any:
    """The p-th root of the sum of p-th powers of each window.

    Examples
    --------
    >>> pool_norm("LPPool1d", np.array([[3.0, 4.0]]), 2.0, (2,), (2,), False).tolist()
    [[5.0]]
    """
    sums = pool_mean(name, power(x, norm_type), kernel, stride, ((0, 0),) * len(kernel), ceil_mode, True, 1)
    return sign(sums) * power(abs_(sums), 1.0 / norm_type)


WINDOWS = """kernel_size : int, or one for each axis of space
    stride : likewise, optional
        The kernel's size by default.
    padding : likewise
        At most half of the kernel.
    ceil_mode : bool
        Whether a last window that the stride leaves over counts too."""


WINDOW_COUNT = """output_size : int or None, or one for each axis of space
        How many windows along each axis; None for as many as the input is long."""


def _document(function: Any, name: str, does: str, parameters: str, call: str, space: int, ends: str) -> Any:
    function.__name__ = function.__qualname__ = name
    ones = ", ".join("4" * space)
    function.__doc__ = f"""{does}

    Parameters
    ----------
    input : (N, C, *space) or (C, *space)
    {parameters}

    Returns
    -------
    numpy.ndarray or Tensor

    Raises
    ------
    ShapeError
        For an input of other axes, or one that is smaller than the kernel.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.{name}(np.ones((1, 1, {ones})), {call}).shape
    (1, 1{ends * space})
    """
    return function


def _sizes(
    name: str, kernel_size: Any, stride: Any, padding: Any, space: int
) -> tuple[tuple[int, ...], tuple[int, ...], Around]:
    kernel = per_axis(name, "kernel_size", kernel_size, space, 1)
    steps = per_axis(name, "stride", kernel if stride is None or stride == () else stride, space, 1)
    return kernel, steps, check_padding(name, padding, kernel)


def _make_max_pool(space: int) -> Callable[..., Any]:
    name = f"max_pool{space}d"

    def function(
        input: Input,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Tensor:
        holes = per_axis(name, "dilation", dilation, space, 1)
        sizes = _sizes(name, kernel_size, stride, padding, space)
        return pool_greatest(name, input, *sizes, ceil_mode, holes, return_indices)

    parameters = f"""{WINDOWS}
    dilation : int, or one for each axis of space
        How far apart the elements of a window are.
    return_indices : bool
        Give the pair of the greatest and their places in the flat space, of which the first has the gradient."""
    does = "The greatest of each window; where several are, they share the gradient."
    return _document(function, name, does, parameters, "2", space, ", 2")


def _make_avg_pool(space: int) -> Callable[..., Any]:
    name = f"avg_pool{space}d"

    def function(
        input: Input,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> Tensor:
        sizes = _sizes(name, kernel_size, stride, padding, space)
        return pool_mean(name, input, *sizes, ceil_mode, count_include_pad, divisor_override)

    parameters = f"""{WINDOWS}
    count_include_pad : bool
        Whether the zeros of the padding count.
    divisor_override : int, optional
        What the sum of a window is divided by, instead of how many elements it has."""
    return _document(function, name, "The mean of each window.", parameters, "2", space, ", 2")


def _make_adaptive_max(space: int) -> Callable[..., Any]:
    name = f"adaptive_max_pool{space}d"

    def function(input: Input, output_size: OutputSizes, return_indices: bool = False) -> Tensor:
        return pool_greatest_adaptively(name, input, output_sizes(name, output_size, space), return_indices)

    parameters = f"""{WINDOW_COUNT}
    return_indices : bool
        Give the pair of the greatest and their places in the flat space, of which the first has the gradient."""
    return _document(function, name, "The greatest of each of so many windows.", parameters, "3", space, ", 3")


def _make_adaptive_avg(space: int) -> Callable[..., Any]:
    name = f"adaptive_avg_pool{space}d"

    def function(input: Input, output_size: OutputSizes) -> Tensor:
        return pool_mean_adaptively(name, input, output_sizes(name, output_size, space))

    return _document(function, name, "The mean of each of so many windows.", WINDOW_COUNT, "3", space, ", 3")


max_pool1d, max_pool2d, max_pool3d = (_make_max_pool(space) for space in (1, 2, 3))
avg_pool1d, avg_pool2d, avg_pool3d = (_make_avg_pool(space) for space in (1, 2, 3))
adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = (_make_adaptive_max(space) for space in (1, 2, 3))
adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = (_make_adaptive_avg(space) for space in (1, 2, 3))


def _make_lp_pool(space: int) -> Callable[..., Any]:
    name = f"lp_pool{space}d"

    def function(
        input: Input, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
    ) -> Tensor:
        kernel, steps, _ = _sizes(name, kernel_size, stride, 0, space)
        return pool_norm(name, input, norm_type, kernel, steps, ceil_mode)

    parameters = """norm_type : float
        p.
    kernel_size : int, or one for each axis of space
    stride : likewise, optional
        The kernel's size by default.
    ceil_mode : bool
        Whether a last window that the stride leaves over counts too."""
    return _document(
        function, name, "The p-th root of the sum of p-th powers of each window.", parameters, "2.0, 2", space, ", 2"
    )


lp_pool1d, lp_pool2d, lp_pool3d = (_make_lp_pool(space) for space in (1, 2, 3))
