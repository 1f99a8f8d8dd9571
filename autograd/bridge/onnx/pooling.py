"""Pooling over windows, and over all of space."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.onnx.values import ints
from autograd.bridge.onnx.windows import margins, pad_axes, windows
from autograd.bridge.rules import rule

_MAX = (F.max_pool1d, F.max_pool2d, F.max_pool3d)
_MEAN = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)


def _further(
    lengths: Any, before: list[int], after: list[int], kernel: list[int], by: list[int], holes: list[int]
) -> list[int]:
    """What the windows reach beyond the margins where the last one may be incomplete; none begins beyond them."""
    found = []
    for n, b, a, k, s, d in zip(lengths, before, after, kernel, by, holes, strict=True):
        reach = (k - 1) * d + 1
        count = -(-(n + b + a - reach) // s) + 1
        if (count - 1) * s >= n + b:
            count -= 1
        found.append(max((count - 1) * s + reach - (n + b + a), 0))
    return found


@rule("onnx.MaxPool")
def max_pool(
    x: Any, kernel_shape: Any, auto_pad: str = "NOTSET", ceil_mode: int = 0, dilations: Any = None, pads: Any = None,
    storage_order: int = 0, strides: Any = None, results: int = 1,
) -> Any:  # fmt: skip
    """The largest of each window, and where in the tensor it is."""
    kernel, by, holes = windows(kernel_shape, strides, dilations)
    before, after = margins(auto_pad, pads, x.shape[2:], kernel, by, holes)
    more = _further(x.shape[2:], before, after, kernel, by, holes) if ceil_mode else [0] * len(kernel)
    end = [a + m for a, m in zip(after, more, strict=True)]
    wide = pad_axes(x, before, end, -math.inf if x.dtype.kind == "f" else int(np.iinfo(x.dtype).min))
    if results == 1:
        return (_MAX[len(kernel) - 1](wide, tuple(kernel), tuple(by), 0, tuple(holes)),)
    out, places = _MAX[len(kernel) - 1](wide, tuple(kernel), tuple(by), 0, tuple(holes), False, True)
    return out, _places(places, x, wide, before, "F" if storage_order else "C")


def _places(places: Any, x: Any, wide: Any, before: list[int], order: Literal["C", "F"]) -> Any:
    """Places in a padded picture as those in the whole tensor, as ONNX counts them."""
    space, have = tuple(wide.shape[2:]), tuple(x.shape[2:])
    found = np.asarray(places)
    inner = [axis - b for axis, b in zip(np.unravel_index(found, space), before, strict=True)]
    flat = np.ravel_multi_index([np.clip(i, 0, n - 1) for i, n in zip(inner, have, strict=True)], have, order=order)
    first = np.arange(x.shape[0] * x.shape[1]).reshape((*x.shape[:2], *[1] * len(have))) * math.prod(have)
    return torch.from_numpy(flat + first)


@rule("onnx.MaxUnpool")
def max_unpool(
    x: Any, places: Any, shape: Any = None, kernel_shape: Any = (), pads: Any = None, strides: Any = None
) -> Any:
    """Elements put back to where they were the largest."""
    kernel, by, _ = windows(kernel_shape, strides, None)
    before, after = margins("NOTSET", pads, x.shape[2:], kernel, by, by)
    # The indices count within the tensor that this shape has alone.
    small = [(n - 1) * s + k - b - a for n, s, k, b, a in zip(x.shape[2:], by, kernel, before, after, strict=True)]
    full = (*x.shape[:2], *small)
    flat = torch.scatter(
        torch.zeros(math.prod(full), dtype=x.dtype), 0, torch.reshape(places, (-1,)), torch.reshape(x, (-1,))
    )
    out = torch.reshape(flat, full)
    wanted = ints(shape) if shape is not None else list(full)
    return pad_axes(out, [0] * len(small), [w - n for w, n in zip(wanted[2:], small, strict=True)])


@rule("onnx.AveragePool")
def average_pool(
    x: Any, kernel_shape: Any, auto_pad: str = "NOTSET", ceil_mode: int = 0, count_include_pad: int = 0,
    dilations: Any = None, pads: Any = None, strides: Any = None,
) -> Any:  # fmt: skip
    """The mean of each window."""
    kernel, by, holes = windows(kernel_shape, strides, dilations)
    before, after = margins(auto_pad, pads, x.shape[2:], kernel, by, holes)
    if before == after and set(holes) == {1} and all(2 * b <= k for b, k in zip(before, kernel, strict=True)):
        function = _MEAN[len(kernel) - 1]
        return function(x, tuple(kernel), tuple(by), tuple(before), bool(ceil_mode), bool(count_include_pad))
    more = _further(x.shape[2:], before, after, kernel, by, holes) if ceil_mode else [0] * len(kernel)
    ones = torch.from_numpy(np.ones((1, 1, *x.shape[2:]), x.dtype))
    if count_include_pad:
        x, ones = pad_axes(x, before, after), pad_axes(ones, before, after, 1.0)
        before = after = [0] * len(kernel)
    end = [a + m for a, m in zip(after, more, strict=True)]
    total, count = (_sums(pad_axes(part, before, end), kernel, by, holes) for part in (x, ones))
    return total / count


def _sums(x: Any, kernel: list[int], by: list[int], holes: list[int]) -> Any:
    channels = x.shape[1]
    weight = torch.from_numpy(np.ones((channels, 1, *kernel), x.dtype))
    function = (F.conv1d, F.conv2d, F.conv3d)[len(kernel) - 1]
    return function(x, weight, None, tuple(by), 0, tuple(holes), channels)


@rule("onnx.LpPool")
def lp_pool(
    x: Any, kernel_shape: Any, auto_pad: str = "NOTSET", ceil_mode: int = 0, dilations: Any = None, p: int = 2,
    pads: Any = None, strides: Any = None,
) -> Any:  # fmt: skip
    """The p-norm of each window."""
    kernel, by, holes = windows(kernel_shape, strides, dilations)
    before, after = margins(auto_pad, pads, x.shape[2:], kernel, by, holes)
    more = _further(x.shape[2:], before, after, kernel, by, holes) if ceil_mode else [0] * len(kernel)
    wide = pad_axes(x, before, [a + m for a, m in zip(after, more, strict=True)])
    return torch.pow(_sums(torch.pow(torch.abs(wide), p), kernel, by, holes), 1.0 / p)


def _space(x: Any) -> tuple[int, ...]:
    return tuple(range(2, len(x.shape)))


@rule("onnx.GlobalAveragePool")
def global_average_pool(x: Any) -> Any:
    """The mean of all of space."""
    return torch.mean(x, _space(x), True)


@rule("onnx.GlobalMaxPool")
def global_max_pool(x: Any) -> Any:
    """The largest of all of space."""
    return torch.amax(x, _space(x), True)


@rule("onnx.GlobalLpPool")
def global_lp_pool(x: Any, p: int = 2) -> Any:
    """The p-norm of all of space."""
    return torch.linalg.vector_norm(x, p, _space(x), True)
