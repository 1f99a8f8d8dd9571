"""Convolution, and its derivatives with respect to the input and the weights: three operations, whose rules are each other.

All three are sums over windows of the input. With a stride of 1, what one element of the kernel sees of an image, from
window to window, is the image itself in one piece of memory, shifted: so rows of columns are copied, multiplied and added
whole, at the price of the few windows that reach over the end of a line, which are left out at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import DTypeLike

from autograd.graph.op import Function, row
from autograd.ops.shape import shape
from autograd.ops.windows import Padding, Sizes, Windows, expect, run_by_numba, windows_over

# Bytes of columns that are made at a time, so that a product finds them in the cache.
BLOCK = 1 << 20


class Columns:
    """The columns of a convolution: for each window, one behind the other, the elements that it sees.

    Parameters
    ----------
    windows : Windows
    exact : bool
        Whether there may be no columns of windows that reach over the end of a line.

    Attributes
    ----------
    shifted : bool
        Whether each row of columns is a shift of the image, with such windows.
    span : int
        How many columns an image has.

    Examples
    --------
    >>> columns = Columns(windows_over((3, 4), (2, 2), (1, 1), ((0, 0), (0, 0)), (1, 1)))
    >>> columns.windows.places, columns.span
    ((2, 3), 7)
    >>> columns.of(np.arange(12.0).reshape(1, 1, 3, 4))[0, 0, 1, 0]
    array([ 4.,  5.,  6.,  7.,  8.,  9., 10.])
    """

    def __init__(self, windows: Windows, exact: bool = False) -> None:
        self.windows = windows
        # Of the framed input, in elements.
        self.strides = _strides(windows.framed)
        count = math.prod(windows.places)
        span = 1 + sum((p - 1) * s for p, s in zip(windows.places, self.strides, strict=True))
        self.shifted = not exact and set(windows.stride) == {1} and 0 < span <= 2 * count
        self.span = span if self.shifted else count

    def frame(self, x: np.ndarray, dtype: DTypeLike | None) -> np.ndarray:
        """The input in its padding, in one piece."""
        if self.windows.framed == x.shape[2:]:
            return np.ascontiguousarray(x, dtype)
        framed = np.zeros((*x.shape[:2], *self.windows.framed), dtype)
        framed[self.windows.inner] = x
        return framed

    def of(self, framed: np.ndarray) -> np.ndarray:
        """A view of a framed input: (N, C, *kernel, *places), or with one axis of columns where they are shifted."""
        steps = [s * framed.itemsize for s in self.strides]
        holes = [s * d for s, d in zip(steps, self.windows.dilation, strict=True)]
        places, jumps = self.windows.places, [s * n for s, n in zip(steps, self.windows.stride, strict=True)]
        if self.shifted:
            places, jumps = (self.span,), [framed.itemsize]
        return as_strided(
            framed, (*framed.shape[:2], *self.windows.kernel, *places), (*framed.strides[:2], *holes, *jumps)
        )

    def shifts(self, channels: int) -> np.ndarray:
        """Where in so many channels of a flat image the row of columns of each channel and element begins."""
        holes = [s * d for s, d in zip(self.strides, self.windows.dilation, strict=True)]
        return _grid((channels, *self.windows.kernel), (math.prod(self.windows.framed), *holes))

    def starts(self) -> np.ndarray:
        """Where in a flat image the window at each place begins."""
        return _grid(self.windows.places, [s * n for s, n in zip(self.strides, self.windows.stride, strict=True)])

    def at_places(self, rows: np.ndarray) -> np.ndarray:
        """(…, columns) as (…, *places), a view without the windows over the end of a line."""
        steps = self.strides if self.shifted else _strides(self.windows.places)
        return as_strided(
            rows, (*rows.shape[:-1], *self.windows.places), (*rows.strides[:-1], *(s * rows.itemsize for s in steps))
        )

    def rows(self, g: np.ndarray, dtype: DTypeLike | None) -> np.ndarray:
        """(…, *places) as (…, columns), with zeros for the windows over the end of a line."""
        if self.span == math.prod(self.windows.places):
            return np.ascontiguousarray(g, dtype).reshape(*g.shape[:2], self.span)
        found = np.zeros((*g.shape[:2], self.span), dtype)
        self.at_places(found)[...] = g
        return found

    def blocks(self, images: int, channels: int, itemsize: int) -> Iterator[slice]:
        """So many images at a time."""
        size = max(1, BLOCK // max(1, channels * math.prod(self.windows.kernel) * self.span * itemsize))
        for start in range(0, images, size):
            yield slice(start, min(start + size, images))

    def copy_columns(self, framed: np.ndarray, groups: int) -> Iterator[tuple[slice, np.ndarray]]:
        """Some images, and their columns, (some, groups, elements of a window, columns)."""
        seen = self.of(framed)
        for some in self.blocks(len(framed), framed.shape[1], framed.itemsize):
            part = np.ascontiguousarray(seen[some])
            yield some, part.reshape(len(part), groups, -1, self.span)


def _strides(lengths: Sizes) -> Sizes:
    return tuple(math.prod(lengths[axis + 1 :]) for axis in range(len(lengths)))


def _grid(lengths: Sizes, steps: Sequence[int]) -> np.ndarray:
    """Where the elements of an array of these lengths lie in memory, whose axes go in these steps."""
    axes = (step * np.arange(length) for step, length in zip(steps, lengths, strict=True))
    return sum(np.ix_(*axes), np.zeros((), np.int64)).ravel()


def _convolution_arrays(
    x: np.ndarray, w: np.ndarray, stride: Sizes, padding: Padding, dilation: Sizes, groups: int
) -> np.ndarray:
    columns = Columns(windows_over(x.shape[2:], w.shape[2:], stride, padding, dilation))
    expect("convolution", "the weights", w.shape[:2], (len(w), x.shape[1] // groups))
    dtype = np.result_type(x, w)
    weights = np.asarray(w, dtype).reshape(groups, len(w) // groups, math.prod(w.shape[1:]))
    out = np.empty((len(x), len(w), *columns.windows.places), dtype)
    for some, part in columns.copy_columns(columns.frame(x, dtype), groups):
        product = np.matmul(weights, part).reshape(len(part), len(w), columns.span)
        out[some] = columns.at_places(product)
    return out


def _convolution_input_arrays(
    g: np.ndarray, w: np.ndarray, space: Sizes, stride: Sizes, padding: Padding, dilation: Sizes, groups: int
) -> np.ndarray:
    # The zeros of windows over the end of a line stay zeros where the weights are finite.
    columns = Columns(windows_over(space, w.shape[2:], stride, padding, dilation), exact=not np.isfinite(w).all())
    expect("convolution_input", "g", g.shape, (len(g), len(w), *columns.windows.places))
    dtype = np.result_type(g, w)
    inputs, elements = groups * w.shape[1], math.prod(w.shape[2:])
    weights = np.asarray(w, dtype).reshape(groups, len(w) // groups, w.shape[1] * elements).swapaxes(1, 2)
    rows = columns.rows(g, dtype).reshape(len(g), groups, len(w) // groups, columns.span)
    framed = np.zeros((len(g), inputs, *columns.windows.framed), dtype)
    loops, seen, shifts = run_by_numba(framed), columns.of(framed), columns.shifts(inputs)
    for some in columns.blocks(len(g), inputs, dtype.itemsize):
        part = np.matmul(weights, rows[some]).reshape(-1, len(shifts), columns.span)
        into = framed[some].reshape(len(part), -1)
        if loops is not None and columns.shifted:
            loops.add_shifted(part, shifts, into)
        elif loops is not None:
            loops.add_at(part, shifts, columns.starts(), into)
        else:
            part = part.reshape(seen[some].shape)
            for element in np.ndindex(*w.shape[2:]):
                # All windows at once: of one element, no two see the same.
                seen[(some, slice(None), *element)] += part[(slice(None), slice(None), *element)]
    return np.ascontiguousarray(framed[columns.windows.inner])


def _convolution_weight_arrays(
    g: np.ndarray, x: np.ndarray, kernel: Sizes, stride: Sizes, padding: Padding, dilation: Sizes, groups: int
) -> np.ndarray:
    windows, dtype = windows_over(x.shape[2:], kernel, stride, padding, dilation), np.result_type(g, x)
    expect("convolution_weight", "g", g.shape, (len(x), g.shape[1], *windows.places))
    found = _products(g, x, Columns(windows), dtype, groups)
    if not np.isfinite(found).all():
        # Zero times what is not finite, in windows over the end of a line, is not to be seen.
        found = _products(g, x, Columns(windows, exact=True), dtype, groups)
    return found.reshape(g.shape[1], x.shape[1] // groups, *kernel)


def _products(g: np.ndarray, x: np.ndarray, columns: Columns, dtype: DTypeLike | None, groups: int) -> np.ndarray:
    """Of each row of `g` with each row of columns, over all images."""
    framed = columns.frame(x, dtype)
    rows = columns.rows(g, dtype).reshape(len(g), groups, g.shape[1] // groups, columns.span)
    loops = run_by_numba(framed) if columns.shifted else None
    if loops is not None:
        return loops.products(
            rows,
            framed.reshape(len(x), groups, math.prod(framed.shape[1:]) // groups),
            columns.shifts(x.shape[1] // groups),
        )
    elements = x.shape[1] // groups * math.prod(columns.windows.kernel)
    found = np.zeros((groups, g.shape[1] // groups, elements), dtype)
    for some, part in columns.copy_columns(framed, groups):
        found += np.matmul(rows[some], part.swapaxes(2, 3)).sum(0)
    return found


convolution: Function = row(
    "convolution",
    _convolution_arrays,
    lambda g, out, x, y, **how: convolution_input(g, y, space=shape(x)[2:], **how),
    lambda g, out, x, y, **how: convolution_weight(g, x, kernel=shape(y)[2:], **how),
    linear=((0,), (1,)),
    takes_complex=True,
)
convolution_input: Function = row(
    "convolution_input",
    _convolution_input_arrays,
    lambda g, out, x, y, space, **how: convolution(g, y, **how),
    lambda g, out, x, y, space, **how: convolution_weight(x, g, kernel=shape(y)[2:], **how),
    linear=((0,), (1,)),
    takes_complex=True,
)
convolution_weight: Function = row(
    "convolution_weight",
    _convolution_weight_arrays,
    lambda g, out, x, y, kernel, **how: convolution(y, g, **how),
    lambda g, out, x, y, kernel, **how: convolution_input(x, g, space=shape(y)[2:], **how),
    linear=((0,), (1,)),
    takes_complex=True,
)
