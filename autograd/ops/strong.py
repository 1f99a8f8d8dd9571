"""The strong zero: products in which an exact zero wins over infinity and NaN, for the rules of all other rows.

What the branch that `where` did not take is sent is an exact zero, and it must send exactly nothing on, even where its own
local derivative is infinite or not a number. Products that users write follow IEEE 754.
"""

from __future__ import annotations

import cmath
import operator
from typing import Any

import numpy as np

from autograd.graph.modes import mode
from autograd.graph.op import Function, binary, row


def _scale_floats(g: float, local: float) -> float:
    return 0.0 if g == 0.0 and not mode().anomaly else g * local


def settle(product: np.ndarray, *factors: Any) -> np.ndarray:
    """Put 0 into a product wherever one of these factors is 0.

    Examples
    --------
    >>> g, local = np.array([0.0, 2.0]), np.array([np.inf, np.inf])
    >>> with np.errstate(invalid="ignore"):
    ...     settle(g * local, g)
    array([ 0., inf])
    """
    # A zero makes NaN only of an infinity or of NaN, which the sum tells in one pass.
    if not cmath.isfinite(np.add.reduce(product, None)) and not mode().anomaly:
        for factor in factors:
            np.copyto(product, 0, where=np.equal(factor, 0))
    return product


def _scale_arrays(g: Any, local: Any) -> np.ndarray:
    return settle(np.asarray(g * local), g)


def _strong_floats(x: float, y: float) -> float:
    return 0.0 if (x == 0.0 or y == 0.0) and not mode().anomaly else x * y


def _strong_arrays(x: Any, y: Any) -> np.ndarray:
    return settle(np.asarray(x * y), x, y)


# A gradient times a local derivative.
scale: Function = binary(
    "scale",
    _scale_floats,
    _scale_arrays,
    lambda g, out, x, y: scale(g, y),
    lambda g, out, x, y: strong(g, x),
    infix="*",
    takes_complex=True,
)
# A gradient times a gradient, in derivatives of derivatives: either may be that of a branch not taken.
strong: Function = binary(
    "strong",
    _strong_floats,
    _strong_arrays,
    lambda g, out, x, y: strong(g, y),
    lambda g, out, x, y: strong(g, x),
    infix="*",
    takes_complex=True,
)
# What a product within a rule becomes in a pass that records itself (see `autograd.reverse`): its value follows IEEE 754, its
# derivatives are strong.
times: Function = row(
    "times",
    np.multiply,
    lambda g, out, x, y: scale(g, y),
    lambda g, out, x, y: strong(g, x),
    scalar=operator.mul,
    infix="*",
    takes_complex=True,
)
