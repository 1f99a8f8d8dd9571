"""Reductions of windows, and their transposes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.bridge.lax.declare import dtype_of, lax_rule, raw_data
from autograd.bridge.lax.shapes import pad
from autograd.ops import elementwise, indexing, reduction, shape
from autograd.ops.pooling import max_pool, sum_pool

Sizes = Sequence[int]


def _windows(pool: Callable[..., Any], join: Callable[..., Any], start: Callable[[Any], Any]) -> Callable[..., Any]:
    def call(
        x: Any,
        window_dimensions: Sizes,
        window_strides: Sizes,
        padding: Sequence[Sizes],
        base_dilation: Sizes,
        window_dilation: Sizes,
    ) -> Any:
        kernel, stride = tuple(map(int, window_dimensions)), tuple(map(int, window_strides))
        around = tuple((int(low), int(high)) for low, high in padding)
        if all(d == 1 for d in (*base_dilation, *window_dilation)) and min(map(min, around), default=0) >= 0:
            inner = shape.reshape(x, (1, 1, *x.shape))
            found = pool(inner, kernel=kernel, stride=stride, padding=around)
            return shape.reshape(found, tuple(found.shape[2:]))
        config = [(low, high, gap - 1) for (low, high), gap in zip(around, base_dilation, strict=True)]
        framed = pad(x, start(dtype_of(x)), config)
        return join(shape.stack(_parts(framed, kernel, stride, tuple(map(int, window_dilation))), 0), axis=0)

    return call


def _parts(x: Any, kernel: Sizes, stride: Sizes, dilation: Sizes) -> list[Any]:
    """For each element of the kernel what it sees, for all windows."""
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    counts = [max((n - span) // s + 1, 0) for n, span, s in zip(x.shape, spans, stride, strict=True)]
    found = []
    for element in itertools.product(*map(range, kernel)):
        starts = [e * d for e, d in zip(element, dilation, strict=True)]
        key = tuple(
            slice(a, a + (c - 1) * s + 1 if c else a, s) for a, c, s in zip(starts, counts, stride, strict=True)
        )
        found.append(indexing.basic(x, key))
    return found


def _least(dtype: Any) -> Any:
    return dtype.type(-np.inf) if dtype.kind == "f" else np.iinfo(dtype).min if dtype.kind in "iu" else False


def _greatest(dtype: Any) -> Any:
    return dtype.type(np.inf) if dtype.kind == "f" else np.iinfo(dtype).max if dtype.kind in "iu" else True


def _min_pool(x: Any, **how: Any) -> Any:
    return elementwise.neg(max_pool(elementwise.neg(x), **how))


lax_rule("reduce_window_sum")(_windows(sum_pool, reduction.sum, lambda dtype: dtype.type(0)))
lax_rule("reduce_window_max")(_windows(max_pool, reduction.max, _least))
lax_rule("reduce_window_min")(_windows(_min_pool, reduction.min, _greatest))


def _choose(operand: Any, select: str, kernel: Sizes, stride: Sizes, around: Sequence[Sizes]) -> np.ndarray:
    """For each window the place, in the flat operand, of the first of its extremes."""
    held = np.asarray(raw_data(operand))
    least = select == "ge"
    margin = [(int(low), int(high)) for low, high in around]
    framed = np.pad(held, margin, constant_values=_least(held.dtype) if least else _greatest(held.dtype))
    numbers = np.pad(np.arange(held.size).reshape(held.shape), margin, constant_values=-1)
    views = np.lib.stride_tricks.sliding_window_view
    steps = tuple(slice(None, None, s) for s in stride)
    windows, places = (views(x, tuple(kernel))[steps] for x in (framed, numbers))
    flat = windows.reshape(*windows.shape[: held.ndim], -1)
    best = (np.argmax if least else np.argmin)(flat, -1)
    return np.take_along_axis(places.reshape(flat.shape), best[..., None], -1)[..., 0]


@lax_rule("select_and_scatter_add")
def select_and_scatter_add(
    source: Any,
    operand: Any,
    select_prim: str,
    window_dimensions: Sizes,
    window_strides: Sizes,
    padding: Sequence[Sizes],
) -> Any:
    """Each window's number added where its extreme is."""
    places = _choose(operand, select_prim, window_dimensions, window_strides, padding)
    return shape.reshape(indexing.put(source, (places,), (int(np.size(raw_data(operand))),)), tuple(operand.shape))


@lax_rule("select_and_gather_add")
def select_and_gather_add(
    tangents: Any,
    operand: Any,
    select_prim: str,
    window_dimensions: Sizes,
    window_strides: Sizes,
    padding: Sequence[Sizes],
    **how: Any,
) -> Any:
    """Each window's number taken from where its extreme is."""
    places = _choose(operand, select_prim, window_dimensions, window_strides, padding)
    return indexing.getitem(shape.reshape(tangents, (-1,)), (places,))
