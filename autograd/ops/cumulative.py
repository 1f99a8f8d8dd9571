"""Running sums and products."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import ShapeError
from autograd.graph.op import Function, implements, row
from autograd.ops.indexing import basic
from autograd.ops.reduction import NOUNS, RUNNING, _before
from autograd.ops.shape import (
    as_array,
    astype,
    concatenate,
    flip,
    moveaxis,
    one_axis,
    refuse_out,
    shape,
)

_cumsum: Function = row(
    "cumsum",
    lambda x, axis: np.cumsum(x, axis),
    lambda g, out, x, axis: flip(_cumsum(flip(g, axis), axis=axis), axis),
    linear=((0,),),
    takes_complex=True,
)
_cumprod: Function = row(
    "cumprod",
    lambda x, axis: np.cumprod(x, axis),
    lambda g, out, x, axis: moveaxis(_cumprod_rule(moveaxis(g, axis, -1), moveaxis(x, axis, -1)), -1, axis),
    takes_complex=True,
)


def _cumprod_rule(g: Any, x: Any) -> Any:
    """Exact where elements are 0: element i sends on (those before it) · (gᵢ + xᵢ₊₁·(gᵢ₊₁ + xᵢ₊₂·(…))), the inner
    recurrence by doubling."""
    n = shape(x)[-1]
    later, factor = g, _ahead(x, 1, n)
    step = 1
    while step < n:
        later, factor, step = later + factor * _ahead(later, step, n), factor * _ahead(factor, step, n), 2 * step
    return _before(x) * later


def _ahead(x: Any, step: int, n: int) -> Any:
    """For each element along the last axis the one `step` places on, and 0 beyond the end."""
    return concatenate(
        [basic(x, (..., slice(step, n))), np.zeros((*shape(x)[:-1], builtins.min(step, n)), x.dtype)], -1
    )


def _running(name: str, of_axis: Callable[..., Any], function: Any) -> Callable[..., Any]:
    def run(x: Any, axis: int | None = None, dtype: DTypeLike | None = None, out: Any = None) -> Any:
        refuse_out(name, out)
        x, axis = one_axis(x if dtype is None else astype(as_array(x), dtype), axis)
        return of_axis(x, axis=axis)

    run.__name__ = run.__qualname__ = name
    noun, given = NOUNS[name[3:]], function([2.0, 3.0, 4.0]).tolist()
    run.__doc__ = RUNNING.format(noun=noun, name=name, given=given)
    return implements(function)(run)


cumsum = _running("cumsum", _cumsum, np.cumsum)
cumprod = _running("cumprod", _cumprod, np.cumprod)


def _array_api(run: Callable[..., Any], first: float, function: Any) -> Callable[..., Any]:
    def cumulative(
        x: Any,
        /,
        *,
        axis: int | None = None,
        dtype: DTypeLike | None = None,
        out: Any = None,
        include_initial: bool = False,
    ) -> Any:
        x = as_array(x)
        if axis is None and len(shape(x)) > 1:
            raise ShapeError(f"{function.__name__}: give the axis of an array of shape {shape(x)}")
        x, axis = one_axis(x, axis)
        result = run(x, axis, dtype, out)
        if include_initial:
            start = np.full((*shape(x)[:axis], 1, *shape(x)[axis + 1 :]), first, result.dtype)
            result = concatenate([start, result], axis)
        return result

    cumulative.__name__ = cumulative.__qualname__ = function.__name__
    cumulative.__doc__ = f"The array API's name for `{run.__name__}`."
    return implements(function)(cumulative)


cumulative_sum = _array_api(cumsum, 0.0, np.cumulative_sum)
cumulative_prod = _array_api(cumprod, 1.0, np.cumulative_prod)
