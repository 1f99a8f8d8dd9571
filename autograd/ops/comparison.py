"""Comparisons, masks and steps: rows whose derivative is zero wherever it exists, and the choice between branches."""

from __future__ import annotations

import builtins
import math
import operator
from typing import Any

import numpy as np

from autograd.errors import OperandError
from autograd.graph.node import raw
from autograd.graph.op import Function, binary, implements, row, unary

# fmt: off
greater: Function = binary("greater", operator.gt, np.greater, None, None, infix=">",
    doc="Whether `x > y`, element by element; a constant, without a derivative.")
greater_equal: Function = binary("greater_equal", operator.ge, np.greater_equal, None, None, infix=">=",
    doc="Whether `x >= y`, element by element; a constant, without a derivative.")
less: Function = binary("less", operator.lt, np.less, None, None, infix="<",
    doc="Whether `x < y`, element by element; a constant, without a derivative.")
less_equal: Function = binary("less_equal", operator.le, np.less_equal, None, None, infix="<=",
    doc="Whether `x <= y`, element by element; a constant, without a derivative.")
equal: Function = binary("equal", operator.eq, np.equal, None, None, infix="==",
    doc="Whether `x == y`, element by element; a constant, without a derivative.")
not_equal: Function = binary("not_equal", operator.ne, np.not_equal, None, None, infix="!=",
    doc="Whether `x != y`, element by element; a constant, without a derivative.")
logical_and: Function = binary("logical_and", lambda x, y: bool(x and y), np.logical_and, None, None,
    doc="Where both are true; a constant.")
logical_or: Function = binary("logical_or", lambda x, y: bool(x or y), np.logical_or, None, None,
    doc="Where one of them is true, or both; a constant.")
logical_xor: Function = binary("logical_xor", lambda x, y: bool(x) != bool(y), np.logical_xor, None, None,
    doc="Where exactly one of them is true; a constant.")
logical_not: Function = unary("logical_not", operator.not_, np.logical_not, None,
    doc="Where `x` is false; a constant.")
isinf: Function = unary("isinf", math.isinf, np.isinf, None,
    doc="Where `x` is infinite, of either sign; a constant.")
isfinite: Function = unary("isfinite", math.isfinite, np.isfinite, None,
    doc="Where `x` is neither infinite nor NaN; a constant.")
isnan: Function = unary("isnan", math.isnan, np.isnan, None,
    doc="Where `x` is NaN; a constant.")
stop_gradient: Function = unary("stop_gradient", lambda x: x, lambda x: x, None, view=True,
    doc="`x` itself, as a constant: no derivative passes.")
# fmt: on


def _of_masks(bits: np.ufunc, logical: Function) -> Function:
    """What combines bits of integers in NumPy, for masks."""

    @implements(bits)
    def masked(*xs: Any) -> Any:
        dtype = np.result_type(*map(raw, xs))
        if dtype.kind != "b":
            raise OperandError(f"np.{bits.__name__} combines masks here, not {dtype}: compare first")
        return logical(*xs)

    return masked


bitwise_and, bitwise_or = _of_masks(np.bitwise_and, logical_and), _of_masks(np.bitwise_or, logical_or)
bitwise_xor, invert = _of_masks(np.bitwise_xor, logical_xor), _of_masks(np.invert, logical_not)


def _sign(x: float) -> float:
    return x if x != x else float((x > 0) - (x < 0))


def _integer(rounding: Function) -> Function:
    # Python's rounding gives integers, and raises for those that a float can hold and an integer can't.
    return lambda x: float(rounding(x)) if math.isfinite(x) else x


# fmt: off
sign: Function = unary("sign", _sign, np.sign, None,
    doc="-1, 0 or 1 by the sign of `x`; its derivative is 0.")
floor: Function = unary("floor", _integer(math.floor), np.floor, None,
    doc="The greatest whole number that is not greater than `x`; its derivative is 0.")
ceil: Function = unary("ceil", _integer(math.ceil), np.ceil, None,
    doc="The least whole number that is not less than `x`; its derivative is 0.")
trunc: Function = unary("trunc", _integer(math.trunc), np.trunc, None,
    doc="The whole part of `x`, rounded towards 0; its derivative is 0.")
floor_divide: Function = binary("floor_divide", operator.floordiv, np.floor_divide, None, None, infix="//",
    doc="The quotient `x / y`, rounded down; its derivative is 0.")
signbit: Function = unary("signbit", lambda x: math.copysign(1.0, x) < 0, np.signbit, None,
    doc="Where the sign of `x` is a minus, also that of -0.0; a constant.")
rint: Function = unary("rint", _integer(builtins.round), np.rint, None,
    doc="The nearest whole number, halves to even; its derivative is 0.")
# fmt: on


def _round_arrays(x: np.ndarray, decimals: int) -> Any:
    # NumPy before 2.3 gives whole numbers back as they are, not a copy.
    return np.array(x) if x.dtype.kind in "iu" and decimals >= 0 else np.round(x, decimals)


_round: Function = unary(
    "round",
    lambda x, decimals: float(builtins.round(x, decimals)) if math.isfinite(x) else x,
    _round_arrays,
    None,
)


def _where_arrays(condition: Any, x: Any, y: Any) -> Any:
    if _masks(condition, y, x):
        return _keep_bits(np.logical_not(condition), y)
    if _masks(condition, x, y):
        return _keep_bits(condition, x)
    return np.where(condition, x, y)


def _masks(condition: Any, x: Any, other: Any) -> bool:
    """Whether many numbers are to be kept or to be 0, as in the rules of kinks."""
    if other.__class__ is not float or other != 0.0 or math.copysign(1.0, other) < 0.0:
        return False
    if condition.__class__ is not np.ndarray or x.__class__ is not np.ndarray or condition.shape != x.shape:
        return False
    return x.size > 4096 and x.dtype.char in "fd" and x.dtype.isnative and condition.dtype.char == "?"


def _keep_bits(keep: np.ndarray, x: np.ndarray) -> np.ndarray:
    """`x` where it is kept, and 0 elsewhere, bit by bit: NumPy's choice is a branch for each number, which on numbers
    that cannot be guessed takes ten times as long."""
    bits = np.negative(keep.view(np.int8), dtype=f"i{x.itemsize}")
    np.bitwise_and(bits, x.view(bits.dtype), out=bits)
    return bits.view(x.dtype)


where: Function = row(
    "where",
    _where_arrays,
    None,
    lambda g, out, condition, x, y: where(condition, g, 0.0),
    lambda g, out, condition, x, y: where(condition, 0.0, g),
    scalar=lambda condition, x, y: x if condition else y,
    doc="`x` where the condition is true, `y` elsewhere; the branch that is not taken sends a gradient of exactly 0.",
    takes_complex=True,
)


def decide(condition: Any, x: Any, y: Any) -> Any:
    """`where` for rules: what a plain number decides, such as the exponent of a power, is decided before anything is computed.

    The branch comes as it is, not repeated to the shape of the other: the pass does that with all that a rule sends.

    Examples
    --------
    >>> decide(True, 1.0, np.zeros(2)), decide(np.array([True, False]), 1.0, np.zeros(2))
    (1.0, array([1., 0.]))
    """
    if condition.__class__ is bool:
        return x if condition else y
    return where(condition, x, y)


@implements(np.where)
def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None and y is None:
        return np.where(raw(condition))
    if x is None or y is None:
        raise ValueError("where: give both branches, or none")
    return where(condition, x, y)


@implements(np.round, np.around)
def round(x: Any, decimals: int = 0) -> Any:
    """Round to the given number of decimals, halves to even; the derivative is zero.

    Parameters
    ----------
    x : float, array_like, Value or Tensor
        Of any shape.
    decimals : int
        Negative to round before the point.

    Returns
    -------
    float, numpy.ndarray, Value or Tensor
        Of the kind that came in, element by element.

    Examples
    --------
    >>> import autograd
    >>> autograd.round(2.567, 1), autograd.Tensor([2.5, 3.5]).round().tolist()
    (2.6, [2.0, 4.0])
    """
    return _round(x, decimals=operator.index(decimals))


implements(np.fix)(trunc)
