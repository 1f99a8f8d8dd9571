"""Sampled functions: differences, integrals, interpolation, convolution, polynomials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.node import Node, raw
from autograd.graph.op import Function, implements, refuse_masks, row
from autograd.ops.comparison import equal, greater, isnan, less, not_equal, where
from autograd.ops.complex_numbers import conj, refuse_imaginary
from autograd.ops.counting import searchsorted
from autograd.ops.elementwise import abs, add, div, maximum, minimum, mul, sub
from autograd.ops.indexing import basic
from autograd.ops.joining import take
from autograd.ops.reduction import _sum
from autograd.ops.shape import (
    as_array,
    axis_index,
    axis_tuple,
    broadcast_to,
    cast,
    concatenate,
    flip,
    moveaxis,
    ravel,
    reshape,
    shape,
)
from autograd.ops.sorting import _argsort


def _slice(x: Any, axis: int, start: int | None, stop: int | None, step: int | None = None) -> Any:
    return basic(x, (slice(None),) * axis + (slice(start, stop, step),))


@implements(np.diff)
def diff(x: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """The n-th differences of neighbours along an axis."""
    if n < 0:
        raise ValueError(f"diff: the order must not be negative, got {n}")
    x = as_array(x)
    if n == 0:
        return x
    axis = axis_index(axis, len(shape(x)))
    ends = []
    for end in (prepend, append):
        if end is not None:
            end = as_array(end)
            end = end if shape(end) else broadcast_to(end, tuple(1 if i == axis else m for i, m in enumerate(shape(x))))
        ends.append(end)
    if prepend is not None or append is not None:
        x = concatenate([part for part in (ends[0], x, ends[1]) if part is not None], axis)
    for _ in range(n):
        later, earlier = _slice(x, axis, 1, None), _slice(x, axis, None, -1)
        x = not_equal(later, earlier) if x.dtype == bool else sub(later, earlier)
    return x


@implements(np.ediff1d)
def ediff1d(x: Any) -> Any:
    """The differences of neighbours in the flattened array."""
    flat = ravel(x)
    return sub(basic(flat, (slice(1, None),)), basic(flat, (slice(None, -1),)))


@implements(np.gradient)
def gradient(f: Any, *spacing: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Central differences of a sampled function, one-sided at its ends, along one axis or a list of them.

    Distances between the samples, or their coordinates, may be nodes too.
    """
    f = as_array(f)
    f = f if f.dtype.kind in "fc" else cast(f, float)
    axes = (
        axis_tuple(axis, len(shape(f)))
        if axis is None
        else tuple(np.lib.array_utils.normalize_axis_tuple(axis, f.ndim))
    )
    steps = list(spacing) if spacing else [1.0] * len(axes)
    if len(steps) == 1 and not shape(as_array(steps[0])):
        steps *= len(axes)
    if len(steps) != len(axes):
        raise TypeError(f"gradient: {len(steps)} spacings for {len(axes)} axes")
    if edge_order not in (1, 2):
        raise ValueError(f"gradient: edge_order must be 1 or 2, not {edge_order}")
    if f.dtype.kind in "fc":
        # Plain distances do not widen the samples.
        steps = [step if isinstance(step, Node) else np.asarray(step, np.finfo(f.dtype).dtype) for step in steps]
    found = [_slopes(f, as_array(step), axis, edge_order) for step, axis in zip(steps, axes, strict=True)]
    return found[0] if len(found) == 1 else tuple(found)


def _slopes(f: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    n = shape(f)[axis]
    if n < edge_order + 1:
        raise ShapeError(f"gradient: {n} samples along axis {axis} are too few for edge_order={edge_order}")
    f = moveaxis(f, axis, -1)
    if shape(spacing):
        if shape(spacing) != (n,):
            raise ShapeError(f"gradient: coordinates of shape {shape(spacing)} for {n} samples along axis {axis}")
        h = sub(basic(spacing, (slice(1, None),)), basic(spacing, (slice(None, -1),)))
    else:
        h = broadcast_to(spacing, (n - 1,))
    slopes = div(sub(basic(f, (..., slice(1, None))), basic(f, (..., slice(None, -1)))), h)
    before, after = basic(h, (slice(None, -1),)), basic(h, (slice(1, None),))
    left, right = basic(slopes, (..., slice(None, -1))), basic(slopes, (..., slice(1, None)))
    inner = div(add(mul(left, after), mul(right, before)), add(before, after))
    first, last = basic(slopes, (..., slice(0, 1))), basic(slopes, (..., slice(-1, None)))
    if edge_order == 2:
        # Straight on from the slopes of the first two intervals, and of the last two.
        first = _edge(slopes, h)
        last = _edge(flip(slopes, -1), flip(h, 0))
    return moveaxis(concatenate([first, inner, last], -1), -1, axis)


def _edge(slopes: Any, h: Any) -> Any:
    s0, s1 = basic(slopes, (..., slice(0, 1))), basic(slopes, (..., slice(1, 2)))
    h0, h1 = basic(h, (slice(0, 1),)), basic(h, (slice(1, 2),))
    return sub(s0, div(mul(sub(s1, s0), h0), add(h0, h1)))


@implements(np.trapezoid)
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The integral of a sampled function by the trapezoidal rule; samples and places may be nodes."""
    y = as_array(y)
    axis = axis_index(axis, len(shape(y)))
    if x is not None:
        x = as_array(x)
        dx = diff(x) if len(shape(x)) == 1 else diff(x, axis=axis - len(shape(y)))
        if len(shape(x)) == 1:
            dx = reshape(dx, tuple(-1 if i == axis else 1 for i in range(len(shape(y)))))
    heights = add(_slice(y, axis, 1, None), _slice(y, axis, None, -1))
    areas = mul(mul(heights, dx), 0.5)
    return _sum(areas, axis=(axis + len(shape(areas)) - len(shape(y)),), keepdims=False)


@implements(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Linear interpolation, differentiable in `x`, in the places `xp` and in the values `fp`.

    At a place of `xp` the derivative in `x` is that of the interval to its right; outside, 0.
    """
    # NumPy computes in double precision whatever it is given.
    x, xp, fp = as_array(x), as_array(xp), as_array(fp)
    refuse_imaginary("interp: a place", x, float)
    refuse_imaginary("interp: a place", xp, float)
    x, xp, fp = cast(x, np.dtype(float)), cast(xp, np.dtype(float)), cast(fp, np.result_type(fp.dtype, float))
    if period is not None:
        period = abs(period)
        if raw(period) == 0:
            raise ValueError("interp: the period must not be 0")
        x, xp = x % period, xp % period
        order = _argsort(xp, axis=0, kind=None, stable=None)
        xp, fp = take(xp, order), take(fp, order)
        ends = slice(-1, None), slice(0, 1)
        xp = concatenate([basic(xp, (ends[0],)) - period, xp, basic(xp, (ends[1],)) + period])
        fp = concatenate([basic(fp, (ends[0],)), fp, basic(fp, (ends[1],))])
    n = shape(xp)[0]
    if n == 0 or shape(fp) != (n,):
        raise ShapeError(f"interp: {shape(xp)} places and {shape(fp)} values; one and more are needed, as many of each")
    first, last = basic(fp, (0,)), basic(fp, (-1,))
    if n > 1:
        place = minimum(maximum(sub(searchsorted(xp, x, "right"), 1), 0), n - 2)
        after = add(place, 1)
        x0, x1, y0, y1 = take(xp, place), take(xp, after), take(fp, place), take(fp, after)
        inside = add(y0, mul(sub(x, x0), div(sub(y1, y0), sub(x1, x0))))
    else:
        inside = broadcast_to(first, shape(x))
    lowest, highest = basic(xp, (0,)), basic(xp, (-1,))
    inside = where(equal(x, highest), last, inside)
    below, above = first if left is None else left, last if right is None else right
    # The size of NaN is NaN, and its derivative too.
    return where(isnan(x), abs(x), where(less(x, lowest), below, where(greater(x, highest), above, inside)))


# All overlaps of two vectors; the slices of it are the modes of convolve and correlate, and its derivatives.
_convolve: Function = row(
    "convolve",
    np.convolve,
    lambda g, out, x, y: basic(_convolve(g, flip(y)), (slice(shape(y)[0] - 1, shape(y)[0] - 1 + shape(x)[0]),)),
    lambda g, out, x, y: basic(_convolve(g, flip(x)), (slice(shape(x)[0] - 1, shape(x)[0] - 1 + shape(y)[0]),)),
    linear=((0,), (1,)),
    takes_complex=True,
)


def _overlaps(name: str, x: Any, y: Any, mode: str, middle: int) -> Any:
    lengths = shape(x) + shape(y)
    if len(lengths) != 2 or 0 in lengths:
        raise ShapeError(f"{name}: two vectors that are not empty are needed, not shapes {shape(x)} and {shape(y)}")
    longer, shorter = max(lengths), min(lengths)
    kept = {"full": (0, longer + shorter - 1), "same": (middle, longer), "valid": (shorter - 1, longer - shorter + 1)}
    if mode not in kept:
        raise ValueError(f"{name}: mode must be 'full', 'same' or 'valid', not {mode!r}")
    start, size = kept[mode]
    return basic(_convolve(x, y), (slice(start, start + size),))


@implements(np.convolve)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """The convolution of two vectors."""
    a, v = reshape(a, -1), reshape(v, -1)
    return _overlaps("convolve", a, v, mode, (min(shape(a)[0], shape(v)[0]) - 1) // 2)


@implements(np.correlate)
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """The cross-correlation of two vectors."""
    a, v = reshape(a, -1), reshape(v, -1)
    n, m = shape(a)[0], shape(v)[0]
    return _overlaps("correlate", a, flip(conj(v)), mode, n // 2 if m > n else (m - 1) // 2)


@implements(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """The polynomial with coefficients `p`, the highest power first, at `x`, by Horner's rule."""
    p, x = as_array(p), as_array(x)
    result: Any = np.zeros(shape(x), x.dtype)
    for i in range(shape(p)[0]):
        result = add(mul(result, x), basic(p, (i,)))
    return result


@implements(np.vander)
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:  # noqa: N803 - NumPy's name
    """The matrix of the powers of a vector, the highest first."""
    x = as_array(x)
    if len(shape(x)) != 1:
        raise ShapeError(f"vander: a vector is needed, not shape {shape(x)}")
    n = shape(x)[0] if N is None else N
    x = cast(x, np.promote_types(x.dtype, int))
    columns = [np.ones(shape(x), x.dtype)]
    while len(columns) < n:
        columns.append(mul(columns[-1], x))
    columns = columns[:n] if increasing else columns[:n][::-1]
    return concatenate([reshape(c, (-1, 1)) for c in columns], 1) if columns else np.zeros((shape(x)[0], 0))


@implements(np.unwrap)
def unwrap(x: Any, discont: float | None = None, axis: int = -1, *, period: float = 2 * math.pi) -> Any:
    """Jumps of more than half a period taken out by whole periods, which are constants."""
    x = as_array(x)
    data = raw(x)
    return add(x, np.unwrap(data, discont, axis, period=period) - data)


@implements(np.nextafter)
def nextafter(x: Any, y: Any) -> Any:
    """The next number from `x` towards `y`: `x` and a step that is a constant."""
    refuse_masks("nextafter", (x, y))
    found = np.asarray(np.nextafter(raw(x), raw(y)))
    x = cast(as_array(x), found.dtype)
    finite = np.isfinite(raw(x)) & np.isfinite(found)
    step = np.where(finite, found, found.dtype.type(0)) - np.where(finite, raw(x), found.dtype.type(0))
    return where(finite, add(x, step), found)


@implements(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
) -> Any:
    """The matrix of covariances of variables, which are the rows; `rowvar=False` for columns."""
    x = cast(as_array(m), np.result_type(as_array(m).dtype, np.float64))
    x = reshape(x, (1, -1)) if len(shape(x)) < 2 else x if rowvar else moveaxis(x, 0, 1)
    if y is not None:
        other = as_array(y)
        other = reshape(other, (1, -1)) if len(shape(other)) < 2 else other if rowvar else moveaxis(other, 0, 1)
        x = concatenate([x, other], 0)
    n = shape(x)[1]
    centred = sub(x, div(_sum(x, axis=(1,), keepdims=True), float(n)))
    freedom = n - (ddof if ddof is not None else 0 if bias else 1)
    found = div(centred @ conj(moveaxis(centred, 0, 1)), float(max(freedom, 0)))
    return reshape(found, ()) if shape(found) == (1, 1) else found
