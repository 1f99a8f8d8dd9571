"""Comparisons, masks and steps: rows whose derivative is zero wherever it exists, and the choice between branches."""

from __future__ import annotations

import math
import operator

import numpy as np

from autograd.op import binary, implements, row, unary

greater = binary("greater", operator.gt, np.greater, None, None, infix=">")
greater_equal = binary("greater_equal", operator.ge, np.greater_equal, None, None, infix=">=")
less = binary("less", operator.lt, np.less, None, None, infix="<")
less_equal = binary("less_equal", operator.le, np.less_equal, None, None, infix="<=")
equal = binary("equal", operator.eq, np.equal, None, None, infix="==")
not_equal = binary("not_equal", operator.ne, np.not_equal, None, None, infix="!=")
isinf = unary("isinf", math.isinf, np.isinf, None)
isnan = unary("isnan", math.isnan, np.isnan, None)


def _sign(x: float) -> float:
    return x if x != x else float((x > 0) - (x < 0))


def _integer(rounding: object) -> object:
    # Python's rounding gives integers, and raises for those that a float can hold and an integer can't.
    return lambda x: float(rounding(x)) if math.isfinite(x) else x  # type: ignore[operator]


sign = unary("sign", _sign, np.sign, None)
floor = unary("floor", _integer(math.floor), np.floor, None)
ceil = unary("ceil", _integer(math.ceil), np.ceil, None)
_round = unary("round", lambda x, decimals: float(round(x, decimals)) if math.isfinite(x) else x, np.round, None)

where = implements(np.where)(
    row(
        "where",
        np.where,
        None,
        lambda g, out, condition, x, y: where(condition, g, 0.0),
        lambda g, out, condition, x, y: where(condition, 0.0, g),
        scalar=lambda condition, x, y: x if condition else y,
    )
)


@implements(np.round)
def round(x: object, decimals: int = 0) -> object:
    """Round to the given number of decimals, halves to even; the derivative is zero."""
    return _round(x, decimals=operator.index(decimals))
