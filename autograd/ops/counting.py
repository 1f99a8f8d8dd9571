"""Tests, counts and places of numbers that are not known: of one example of a `vmap`, or of a function that is captured.

NumPy's functions of the same names, which `autograd.ops.constant` calls for numbers, as operations.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.graph.node import raw
from autograd.graph.op import Function, row
from autograd.ops.comparison import equal, greater, isnan, not_equal, where
from autograd.ops.elementwise import sub
from autograd.ops.joining import take
from autograd.ops.reduction import Axis, argmax, argmin, sum
from autograd.ops.shape import as_array, astype, refuse_out

_searchsorted: Function = row("searchsorted", lambda a, v, side: np.searchsorted(a, v, side=side), None, None)


def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    """Where elements would have to be put in, that a sorted array stays sorted."""
    a = as_array(a) if sorter is None else take(a, sorter)
    return _searchsorted(a, as_array(v), side=side)


def _digitize(x: Any, bins: Any, right: bool = False) -> Any:
    bins, side = np.asarray(raw(bins)), "left" if right else "right"
    if bins.size and bins[-1] < bins[0]:
        return sub(bins.size, searchsorted(bins[::-1], x, side))
    return searchsorted(bins, x, side)


def _count_nonzero(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    return sum(astype(not_equal(as_array(a), 0), int), axis=axis, keepdims=keepdims)


def _all(a: Any, axis: Axis = None, out: Any = None, keepdims: bool = False, *, where: Any = True) -> Any:
    refuse_out("all", out)
    return equal(_count_nonzero(_chosen(equal(as_array(a), 0), where), axis, keepdims=keepdims), 0)


def _any(a: Any, axis: Axis = None, out: Any = None, keepdims: bool = False, *, where: Any = True) -> Any:
    refuse_out("any", out)
    return greater(_count_nonzero(_chosen(not_equal(as_array(a), 0), where), axis, keepdims=keepdims), 0)


def _chosen(found: Any, wanted: Any) -> Any:
    return found if wanted is True else where(wanted, found, False)


def _nanargmax(a: Any, axis: int | None = None, out: Any = None, *, keepdims: bool = False) -> Any:
    return argmax(where(isnan(a), -math.inf, a), axis, out, keepdims=keepdims)


def _nanargmin(a: Any, axis: int | None = None, out: Any = None, *, keepdims: bool = False) -> Any:
    return argmin(where(isnan(a), math.inf, a), axis, out, keepdims=keepdims)


OF_UNKNOWN: dict[Callable[..., Any], Callable[..., Any]] = {
    np.all: _all,
    np.any: _any,
    np.count_nonzero: _count_nonzero,
    np.digitize: _digitize,
    np.nanargmax: _nanargmax,
    np.nanargmin: _nanargmin,
    np.searchsorted: searchsorted,
}
