"""What the arguments of layers, losses and loaders must be."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

import numpy as np

from autograd.errors import OperandError, ShapeError, type_name
from autograd.graph.node import raw


def check_count(name: str, what: str, given: Any, least: int = 1) -> int:
    """A whole number from `least` on, Python's or NumPy's; a bool is none.

    Raises
    ------
    ShapeError
        For anything else, naming the layer and its argument.

    Examples
    --------
    >>> check_count("Linear", "in_features", np.int64(3))
    3
    """
    if isinstance(given, bool) or not isinstance(given, Integral) or given < least:
        raise ShapeError(f"{name}: {what} must be a whole number from {least} on, got {given!r}")
    return int(given)


def check_number(name: str, what: str, given: Any, low: float, high: float = math.inf) -> float:
    """A number between two bounds.

    Raises
    ------
    ValueError
        For anything else, NaN included.

    Examples
    --------
    >>> check_number("Dropout", "p", 0.5, 0.0, 1.0)
    0.5
    """
    if not isinstance(given, Real) or not low <= float(given) <= high:
        bounds = f"from {low:g} to {high:g}" if high < math.inf else f"from {low:g} on"
        raise ValueError(f"{name}: {what} must be a number {bounds}, got {given!r}")
    return float(given)


def check_positive(name: str, what: str, given: Any) -> float:
    """A number above 0.

    Raises
    ------
    ValueError
        For anything else.
    """
    if not isinstance(given, Real) or not float(given) > 0.0:
        raise ValueError(f"{name}: {what} must be a number above 0, got {given!r}")
    return float(given)


def check_floats(name: str, what: str, x: Any) -> None:
    """Refuse an array of anything but floats.

    Raises
    ------
    OperandError
        For integers, booleans, texts, …; it is a TypeError.
    """
    dtype = np.asarray(raw(x)).dtype
    if dtype.kind != "f":
        raise OperandError(f"{name}: {what} must be floats, got {dtype}")


def describe_shape(x: Any) -> str:
    """The shape of an array, and of what is none its type, for messages.

    Examples
    --------
    >>> describe_shape(np.ones((2, 3))), describe_shape([1.0])
    ('(2, 3)', 'list')
    """
    return str(tuple(x.shape)) if hasattr(x, "shape") else type_name(x)
