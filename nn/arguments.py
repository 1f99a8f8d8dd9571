"""What the arguments of layers, losses and loaders must be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import OperandError, ShapeError, type_name
from autograd.graph.node import raw
from optim.arguments import check_real, check_whole

if TYPE_CHECKING:
    from autograd.typing import Input


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
    return check_whole(f"{name}: {what}", given, least, ShapeError)


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
    bounds = f"from {low:g} to {high:g}" if high < math.inf else f"from {low:g} on"
    return check_real(f"{name}: {what}", given, bounds, lambda x: low <= x <= high)


def check_positive(name: str, what: str, given: Any) -> float:
    """A number above 0.

    Raises
    ------
    ValueError
        For anything else.
    """
    return check_real(f"{name}: {what}", given, "above 0", lambda x: x > 0.0)


def check_floats(name: str, what: str, x: Input) -> None:
    """Refuse an array of anything but floats.

    Raises
    ------
    OperandError
        For integers, booleans, texts, …; it is a TypeError.
    """
    dtype = np.asarray(raw(x)).dtype
    if dtype.kind != "f":
        raise OperandError(f"{name}: {what} must be floats, got {dtype}")


def check_averages(name: str, kept: tuple[int, ...], new: np.ndarray) -> None:
    """Averages of the shape of the running ones: those of each example of a `vmap` are none.

    Raises
    ------
    ShapeError
        For any others.

    Examples
    --------
    >>> check_averages("BatchNorm1d", (3,), np.ones(3))
    """
    if new.shape != kept:
        raise ShapeError(
            f"{name}: {new.size} new averages for running averages of shape {kept}: in a vmap each example has averages of its own; "
            "call eval(), or keep no running averages"
        )


def describe_shape(x: Any) -> str:
    """The shape of an array, and of what is none its type, for messages.

    Examples
    --------
    >>> describe_shape(np.ones((2, 3))), describe_shape([1.0])
    ('(2, 3)', 'list')
    """
    return str(tuple(x.shape)) if hasattr(x, "shape") else type_name(x)
