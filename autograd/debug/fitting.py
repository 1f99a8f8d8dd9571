"""`fit_value`: another value for a node, as its dtype and shape hold it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.debug.errors import DebugError
from autograd.graph.node import raw


def fit_value(name: str, recorded: Any, value: Any) -> Any:
    """A value that takes the place of the recorded one.

    Raises
    ------
    DebugError
        Where the shape is another, or the dtype of the recorded value cannot hold it.
    """
    value = raw(value)
    if not isinstance(recorded, np.ndarray):
        if isinstance(value, (bool, str, bytes)) or np.ndim(value) or not isinstance(value, (int, float, np.number)):
            raise DebugError(f"{name} is one number and cannot be {value!r}")
        try:
            return float(value)
        except OverflowError:
            raise DebugError(f"{name} is a float, and this number is larger than any") from None
    try:
        array = np.asarray(value)
        if array.dtype.kind not in ("biufc" if recorded.dtype.kind == "c" else "biuf"):
            raise TypeError(f"{array.dtype} data is not an array of numbers")
        with np.errstate(all="ignore"):
            fitting = array.astype(recorded.dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise DebugError(f"{name} has dtype {recorded.dtype}, which cannot hold this: {error}") from None
    if array.shape != recorded.shape:
        raise DebugError(f"{name} has shape {recorded.shape}; the new value has shape {array.shape}")
    exact = recorded.dtype.kind not in "fc"
    if not np.array_equal(fitting if exact else np.isfinite(fitting), array if exact else np.isfinite(array)):
        raise DebugError(f"{name} has dtype {recorded.dtype}, which cannot hold {array.dtype} data such as this")
    return fitting
