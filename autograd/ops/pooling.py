"""Pooling: the greatest or the sum of each window, and what their derivatives send back.

NumPy goes over all windows at once, one element of the kernel after the other, so no window is ever copied; the greatest
and the sum of a window are those of its lines, so there one axis comes after the other.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.graph.op import Function, row
from autograd.ops.shape import shape
from autograd.ops.windows import Padding, Sizes, Windows, expect, run_by_numba, windows_over


def _pool(x: np.ndarray, kernel: Sizes, stride: Sizes, padding: Padding) -> Windows:
    return windows_over(x.shape[2:], kernel, stride, padding, (1,) * len(kernel))


def _with_greatest(name: str, x: np.ndarray, greatest: np.ndarray, *how: Any) -> Windows:
    windows = _pool(x, *how)
    expect(name, "the greatest", greatest.shape, (*x.shape[:2], *windows.places))
    return windows


def _by_axes(x: np.ndarray, windows: Windows, start: Any, join: np.ufunc) -> np.ndarray:
    """Join what each window sees, beginning with `start`."""
    for axis in range(len(windows.space)):
        lengths = list(x.shape)
        lengths[2 + axis] = windows.places[axis]
        out = np.full(lengths, start, x.dtype)
        for places, space in windows.along(axis):
            part = out[places]
            join(part, x[space], out=part)
        x = out
    return x


def _max_pool_arrays(x: np.ndarray, kernel: Sizes, stride: Sizes, padding: Padding) -> np.ndarray:
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min if x.dtype.kind in "iu" else False
    return _by_axes(x, _pool(x, kernel, stride, padding), least, np.maximum)


def _max_pool_input_arrays(
    g: np.ndarray, greatest: np.ndarray, x: np.ndarray, kernel: Sizes, stride: Sizes, padding: Padding
) -> np.ndarray:
    windows = _with_greatest("max_pool_input", x, greatest, kernel, stride, padding)
    expect("max_pool_input", "g", g.shape, greatest.shape)
    loops = run_by_numba(g, greatest, x)
    if loops is not None:
        images = [np.ascontiguousarray(part).reshape(-1, math.prod(part.shape[2:])) for part in (g, greatest, x)]
        found = loops.share_among_greatest(*images, *windows.lists).reshape(x.shape)
    else:
        share = (g / np.maximum(_ties(greatest, x, windows), 1)).astype(g.dtype, copy=False)
        found = np.zeros(x.shape, share.dtype)
        for places, space in windows.taps():
            found[space] += np.where(x[space] == greatest[places], share[places], 0.0)
    if _has_nan(greatest):
        for places, space in windows.taps():
            # What is NaN in a window made its greatest NaN.
            found[space] += np.where(np.isnan(x[space]) & (g[places] != 0), np.nan, 0.0)
    return found


def _max_pool_taken_arrays(
    u: np.ndarray, greatest: np.ndarray, x: np.ndarray, kernel: Sizes, stride: Sizes, padding: Padding
) -> np.ndarray:
    windows = _with_greatest("max_pool_taken", x, greatest, kernel, stride, padding)
    expect("max_pool_taken", "u", u.shape, x.shape)
    found = np.zeros(greatest.shape, u.dtype)
    unknown = _has_nan(greatest)
    for places, space in windows.taps():
        found[places] += np.where(x[space] == greatest[places], u[space], 0.0)
        if unknown:
            found[places] += np.where(np.isnan(x[space]) & (u[space] != 0), np.nan, 0.0)
    found /= np.maximum(_ties(greatest, x, windows), 1)
    return found


def _ties(greatest: np.ndarray, x: np.ndarray, windows: Windows) -> np.ndarray:
    """How many elements of each window are its greatest: none where that is nan."""
    ties = np.zeros(greatest.shape, np.int32)
    for places, space in windows.taps():
        ties[places] += x[space] == greatest[places]
    return ties


def _has_nan(x: np.ndarray) -> bool:
    """Whether there is a NaN among the numbers, which their sum tells; that of two infinities is one more to look at."""
    return bool(np.isnan(np.add.reduce(x, None))) and bool(np.isnan(x).any())


def _sum_pool_arrays(x: np.ndarray, kernel: Sizes, stride: Sizes, padding: Padding) -> np.ndarray:
    # Of small whole numbers NumPy's sums are of wider ones.
    wide = x.astype(np.add.reduce(x[:0].ravel()).dtype, copy=False)
    return _by_axes(wide, _pool(x, kernel, stride, padding), 0, np.add)


def _sum_pool_input_arrays(g: np.ndarray, space: Sizes, kernel: Sizes, stride: Sizes, padding: Padding) -> np.ndarray:
    windows = windows_over(space, kernel, stride, padding, (1,) * len(kernel))
    for axis in reversed(range(len(space))):
        lengths = list(g.shape)
        lengths[2 + axis] = space[axis]
        found = np.zeros(lengths, g.dtype)
        for places, seen in windows.along(axis):
            found[seen] += g[places]
        g = found
    return g


max_pool: Function = row(
    "max_pool", _max_pool_arrays, lambda g, out, x, **windows: max_pool_input(g, out, x, **windows)
)
# Where several elements are the greatest, they share what arrives; which they are does not change with the input.
max_pool_input: Function = row(
    "max_pool_input",
    _max_pool_input_arrays,
    lambda g, out, x, y, z, **windows: max_pool_taken(g, y, z, **windows),
    None,
    None,
    linear=((0,),),
)
max_pool_taken: Function = row(
    "max_pool_taken",
    _max_pool_taken_arrays,
    lambda g, out, x, y, z, **windows: max_pool_input(g, y, z, **windows),
    None,
    None,
    linear=((0,),),
)
sum_pool: Function = row(
    "sum_pool",
    _sum_pool_arrays,
    lambda g, out, x, **windows: sum_pool_input(g, space=shape(x)[2:], **windows),
    linear=((0,),),
    takes_complex=True,
)
sum_pool_input: Function = row(
    "sum_pool_input",
    _sum_pool_input_arrays,
    lambda g, out, x, space, **windows: sum_pool(g, **windows),
    linear=((0,),),
    takes_complex=True,
)
