"""NumPy's functions by what stands here for them, and what is said of those for which nothing does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.op import BY_NUMPY, BY_SCIPY


def implementation(function: Any) -> Callable[..., Any] | None:
    """What stands here for a function of NumPy, or for a ufunc of SciPy; None where nothing does."""
    found = BY_NUMPY.get(function)
    if found is None and isinstance(function, np.ufunc) and "scipy.special" in sys.modules:
        name = function.__name__
        if getattr(sys.modules["scipy.special"], name, None) is function:
            return BY_SCIPY.get(name)
    return found


# Of these the nearest by name is not the nearest by meaning.
NEAREST: dict[Any, str] = {
    np.apply_along_axis: "a loop over the slices and np.stack",
    np.apply_over_axes: "a reduction with a tuple of axes",
    np.piecewise: "np.select, or np.where",
    np.choose: "np.select, or np.take_along_axis",
    np.copyto: "t[...] = v, or np.where, which gives a new array; for np.full and np.full_like, those of autograd.numpy",
    np.putmask: "t[mask] = v, or np.where, which gives a new array",
    np.place: "t[mask] = v, or np.where, which gives a new array",
    np.put: "t.ravel()[places] = v, or autograd.put_along_axis(…, inplace=False), which gives a new array",
    np.fill_diagonal: "t[np.arange(n), np.arange(n)] = v, or np.where with np.eye, which gives a new array",
    np.histogram: "np.searchsorted, whose result is a constant",
    np.corrcoef: "np.cov",
    np.polyfit: "np.linalg.lstsq with np.vander",
    np.heaviside: "np.where",
    np.frexp: "np.log2",
    np.ldexp: "x * 2.0 ** n",
    np.nanmedian: "np.median",
    np.nanquantile: "np.quantile",
    np.nanpercentile: "np.percentile",
}


def numpy_name(function: Any) -> str:
    """A function of NumPy as users write it: `np.linalg.svd`."""
    name = getattr(function, "__name__", str(function))
    for prefix, room in (("np", np), ("np.linalg", np.linalg), ("np.fft", np.fft)):
        if vars(room).get(name) is function:
            return f"{prefix}.{name}"
    return f"scipy.special.{name}" if isinstance(function, np.ufunc) else f"np.{name}"


def unsupported_error(function: Any, method: str = "__call__", kwargs: Mapping[str, Any] | None = None) -> OperandError:
    """The error for a NumPy function, method or argument that has no derivative here, with the nearest that has."""
    name = numpy_name(function)
    if kwargs:
        instead = f": write t[...] = {name}(…)" if "out" in kwargs else ""
        return OperandError(f"{name}: the argument {next(iter(kwargs))!r} is not supported on nodes{instead}")
    if method != "__call__":
        instead = "; write a = a + t, or index with repeats and sum" if method == "at" else f"; see {name} itself"
        return OperandError(f"{name}.{method} has no derivative here{instead}")
    if function in NEAREST:
        return OperandError(f"{name} has no derivative here; instead use {NEAREST[function]}")
    known = {numpy_name(f).rpartition(".")[2]: numpy_name(f) for f in BY_NUMPY}
    near = get_close_matches(name.rpartition(".")[2], sorted(known), 1, 0.0)[0]
    return OperandError(f"{name} has no derivative here; the nearest that has is {known[near]} (all: stepgrad ops)")
