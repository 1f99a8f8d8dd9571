"""Sliding windows over the last axes, which convolution and pooling are made of, and the sum that puts them back."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograd.op import Function, row
from autograd.ops.shape import shape

Sizes = tuple[int, ...]


def _windows_arrays(x: np.ndarray, kernel: Sizes, stride: Sizes, dilation: Sizes) -> np.ndarray:
    """(N, C, *space) to (N, *places, C, *kernel)."""
    n = len(kernel)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    seen = sliding_window_view(x, reach, tuple(range(2, 2 + n)))
    steps = (slice(None, None, s) for s in stride)
    holes = (slice(None, None, d) for d in dilation)
    # Channels beside the kernel: what a product with the weights takes is then in one piece.
    return np.ascontiguousarray(np.moveaxis(seen[(slice(None), slice(None), *steps, *holes)], 1, 1 + n))


def _overlay_arrays(g: np.ndarray, space: Sizes, stride: Sizes, dilation: Sizes) -> np.ndarray:
    """(N, *places, C, *kernel) to (N, C, *space): every window is added where it came from."""
    n = len(space)
    places, kernel = g.shape[1 : 1 + n], g.shape[2 + n :]
    found = np.zeros((g.shape[0], g.shape[1 + n], *space), g.dtype)
    by_channel = np.moveaxis(g, 1 + n, 1)
    for offset in itertools.product(*map(range, kernel)):
        there = tuple(
            slice(o * d, o * d + (p - 1) * s + 1, s)
            for o, d, p, s in zip(offset, dilation, places, stride, strict=True)
        )
        part: tuple[Any, ...] = (..., *offset)
        found[(slice(None), slice(None), *there)] += by_channel[part]
    return found


windows: Function = row(
    "windows",
    _windows_arrays,
    lambda g, out, x, kernel, stride, dilation: overlay(g, space=shape(x)[2:], stride=stride, dilation=dilation),
)
overlay: Function = row(
    "overlay",
    _overlay_arrays,
    lambda g, out, x, space, stride, dilation: windows(
        g, kernel=shape(x)[2 + len(space) :], stride=stride, dilation=dilation
    ),
)
