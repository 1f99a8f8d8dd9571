"""Reductions that ignore NaN."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.graph.op import implements
from autograd.ops.comparison import equal, isnan, logical_not, where
from autograd.ops.complex_numbers import is_complex, real
from autograd.ops.cumulative import cumprod, cumsum
from autograd.ops.elementwise import div, sqrt, squared_modulus, sub
from autograd.ops.reduction import Axis, counts, max, mean, min, prod, sum
from autograd.ops.shape import as_array, astype, narrow, reduced_axes, refuse_out, shape, wide


def _or_nan(result: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """A result of numbers alone; where there was nothing but NaN, NaN, which that made."""
    if 0 in shape(x):
        return result
    nothing = equal(counts(wide(x), logical_not(isnan(x)), axis, keepdims), 0)
    of_nothing = (mean if is_complex(x) else max)(x, axis=axis, keepdims=keepdims)
    return where(nothing, of_nothing if is_complex(result) else real(of_nothing), result)


def _ignoring_nan(function: Callable[..., Any], identity: float, *functions: Any) -> Callable[..., Any]:
    def reduce(
        x: Any, axis: Axis = None, dtype: DTypeLike | None = None, out: Any = None, keepdims: bool = False
    ) -> Any:
        x = as_array(x) if dtype is None else astype(as_array(x), dtype)
        refuse_out(reduce.__name__, out)
        axis = reduced_axes(axis, len(shape(x)))
        result = function(where(isnan(x), identity, x), axis=axis, keepdims=keepdims)
        return _or_nan(result, x, axis, keepdims) if math.isinf(identity) else result

    reduce.__name__ = reduce.__qualname__ = f"nan{function.__name__}"
    reduce.__doc__ = f"The {function.__name__} over axes of what is not NaN."
    return implements(*functions)(reduce)


nansum = _ignoring_nan(sum, 0.0, np.nansum)
nanprod = _ignoring_nan(prod, 1.0, np.nanprod)
nanmax = _ignoring_nan(max, -math.inf, np.nanmax)
nanmin = _ignoring_nan(min, math.inf, np.nanmin)


@implements(np.nanmean)
def nanmean(x: Any, axis: Axis = None, dtype: DTypeLike | None = None, out: Any = None, keepdims: bool = False) -> Any:
    """The mean over axes of what is not NaN."""
    x = as_array(x)
    axis = reduced_axes(axis, len(shape(x)))
    result = mean(x, axis, dtype, out, keepdims, where=logical_not(isnan(x)))
    return _or_nan(result, x, axis, keepdims)


@implements(np.nanvar)
def nanvar(
    x: Any, axis: Axis = None, dtype: DTypeLike | None = None, out: Any = None, ddof: float = 0, keepdims: bool = False
) -> Any:
    """The variance over axes of what is not NaN, divided by n - ddof."""
    x = as_array(x) if dtype is None else astype(as_array(x), dtype)
    axis = reduced_axes(axis, len(shape(x)))
    valid, given = logical_not(isnan(x)), wide(x)
    squares = squared_modulus(where(valid, sub(given, nanmean(given, axis, None, out, keepdims=True)), 0.0))
    result = div(sum(squares, axis=axis, keepdims=keepdims), counts(given, valid, axis, keepdims, ddof))
    return _or_nan(narrow(result, x), x, axis, keepdims)


@implements(np.nanstd)
def nanstd(
    x: Any, axis: Axis = None, dtype: DTypeLike | None = None, out: Any = None, ddof: float = 0, keepdims: bool = False
) -> Any:
    """The standard deviation over axes of what is not NaN; its derivative is 0 where that is 0."""
    variance = nanvar(x, axis, dtype, out, ddof, keepdims)
    nothing = equal(variance, 0.0)
    return where(nothing, 0.0, sqrt(where(nothing, 1.0, variance)))


@implements(np.nancumsum)
def nancumsum(x: Any, axis: int | None = None, dtype: DTypeLike | None = None, out: Any = None) -> Any:
    """The running sum, NaN counted as 0."""
    x = as_array(x)
    return cumsum(where(isnan(x), 0.0, x), axis, dtype, out)


@implements(np.nancumprod)
def nancumprod(x: Any, axis: int | None = None, dtype: DTypeLike | None = None, out: Any = None) -> Any:
    """The running product, NaN counted as 1."""
    x = as_array(x)
    return cumprod(where(isnan(x), 1.0, x), axis, dtype, out)
