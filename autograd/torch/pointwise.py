"""Functions element by element, in PyTorch's names and arguments."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import OperandError
from autograd.graph.node import Node, raw
from autograd.ops import activation, calculus, comparison, elementwise, special, stable
from autograd.ops import shape as shapes
from autograd.torch.calling import function
from autograd.torch.dtypes import get_default_dtype
from autograd.torch.promotion import result_dtype
from autograd.torch.tensor import axis_of, check_tensor, record, wrap

if TYPE_CHECKING:
    from autograd.typing import Operand


def _of_one(name: str, row: Callable[..., Any]) -> Callable[..., Any]:
    def of(input: Operand) -> Any:
        return row(input)

    of.__name__ = of.__qualname__ = name
    of.__doc__ = f"PyTorch's `{name}`, element by element: the engine's `{row.__name__}`."
    return function(of)


def _of_two(name: str, row: Callable[..., Any]) -> Callable[..., Any]:
    def of(input: Operand, other: Operand) -> Any:
        return row(input, other)

    of.__name__ = of.__qualname__ = name
    of.__doc__ = f"PyTorch's `{name}`, element by element: the engine's `{row.__name__}`."
    return _either(of)


def _either(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function one of whose first two arguments is a tensor."""
    checked = function(f)

    def call(input: Operand, other: Operand | None = None, *args: Any, **kwargs: Any) -> Any:
        other = kwargs.pop("other", kwargs.pop("exponent", other))
        if not isinstance(input, Node) and isinstance(other, Node):
            input = wrap(np.asarray(input, result_dtype([other, input])))
        return checked(input, other, *args, **kwargs)

    call.__name__ = call.__qualname__ = f.__name__
    call.__doc__ = f.__doc__
    return call


exp, exp2, expm1 = (_of_one(n, getattr(elementwise, n)) for n in ("exp", "exp2", "expm1"))
log, log2, log10, log1p = (_of_one(n, getattr(elementwise, n)) for n in ("log", "log2", "log10", "log1p"))
sqrt, square, reciprocal = (_of_one(n, getattr(elementwise, n)) for n in ("sqrt", "square", "reciprocal"))
sin, cos, tan = (_of_one(n, getattr(elementwise, n)) for n in ("sin", "cos", "tan"))
asin, acos, atan = (_of_one(n, getattr(elementwise, n)) for n in ("asin", "acos", "atan"))
sinh, cosh, tanh = (_of_one(n, getattr(elementwise, n)) for n in ("sinh", "cosh", "tanh"))
asinh, acosh, atanh = (_of_one(n, getattr(elementwise, n)) for n in ("asinh", "acosh", "atanh"))
arcsin, arccos, arctan, arcsinh, arccosh, arctanh = asin, acos, atan, asinh, acosh, atanh
abs, neg = (_of_one(n, getattr(elementwise, n)) for n in ("abs", "neg"))
absolute, negative = abs, neg
sigmoid, sinc = (_of_one(n, getattr(elementwise, n)) for n in ("sigmoid", "sinc"))
sign, floor, ceil, trunc = (_of_one(n, getattr(comparison, n)) for n in ("sign", "floor", "ceil", "trunc"))
fix = trunc
erf, erfc, erfinv = (_of_one(n, getattr(special, n)) for n in ("erf", "erfc", "erfinv"))
lgamma, digamma = _of_one("lgamma", special.gammaln), _of_one("digamma", special.digamma)
relu = _of_one("relu", activation.relu)
isnan, isinf, isfinite = (_of_one(n, getattr(comparison, n)) for n in ("isnan", "isinf", "isfinite"))
logical_not = _of_one("logical_not", comparison.logical_not)
signbit, i0 = _of_one("signbit", comparison.signbit), _of_one("i0", special.i0)
deg2rad, rad2deg = (_of_one(n, getattr(elementwise, n)) for n in ("deg2rad", "rad2deg"))

maximum, minimum, fmax, fmin = (_of_two(n, getattr(elementwise, n)) for n in ("maximum", "minimum", "fmax", "fmin"))
atan2, hypot, logaddexp = (_of_two(n, getattr(elementwise, n)) for n in ("atan2", "hypot", "logaddexp"))
arctan2 = atan2
logaddexp2, copysign = (_of_two(n, getattr(elementwise, n)) for n in ("logaddexp2", "copysign"))
remainder, fmod = (_of_two(n, getattr(elementwise, n)) for n in ("remainder", "fmod"))
floor_divide = _of_two("floor_divide", comparison.floor_divide)
xlogy = _of_two("xlogy", special.xlogy)
eq, ne = _of_two("eq", comparison.equal), _of_two("ne", comparison.not_equal)
gt, ge = _of_two("gt", comparison.greater), _of_two("ge", comparison.greater_equal)
lt, le = _of_two("lt", comparison.less), _of_two("le", comparison.less_equal)
not_equal, greater, greater_equal, less, less_equal = ne, gt, ge, lt, le
logical_and, logical_or, logical_xor = (
    _of_two(n, getattr(comparison, n)) for n in ("logical_and", "logical_or", "logical_xor")
)
nextafter = _of_two("nextafter", calculus.nextafter)


@_either
def add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """`input + alpha * other`."""
    return input + (other if alpha == 1 else alpha * other)


@_either
def sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """`input - alpha * other`."""
    return input - (other if alpha == 1 else alpha * other)


subtract = sub


@_either
def mul(input: Any, other: Any) -> Any:
    """`input * other`."""
    return input * other


multiply = mul


@_either
def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """`input / other`, rounded down with `floor`, towards zero with `trunc`."""
    if rounding_mode is None:
        return input / other
    if rounding_mode not in ("floor", "trunc"):
        raise OperandError(f"torch.div: rounding_mode is None, 'floor' or 'trunc', not {rounding_mode!r}")
    whole = result_dtype([input, other])
    quotient = comparison.floor_divide(input, other) if rounding_mode == "floor" else comparison.trunc(input / other)
    return quotient if quotient.dtype == whole else shapes.astype(quotient, whole)


divide = true_divide = div


@_either
def pow(input: Any, exponent: Any) -> Any:
    """`input ** exponent`."""
    return input**exponent


@function
def rsqrt(input: Operand) -> Any:
    """`1 / sqrt(input)`."""
    return elementwise.power(input, -0.5)


@function
def round(input: Operand, *, decimals: int = 0) -> Any:
    """Rounded, halves to even."""
    return comparison.round(input, decimals)


@function
def positive(input: Any) -> Any:
    """The tensor itself, of numbers alone."""
    if input.dtype.kind == "b":
        raise OperandError("torch.positive: the `+` operator is for numbers, not bool tensors")
    return input


@function
def isposinf(input: Operand) -> Any:
    """Which elements are infinity."""
    return comparison.equal(input, math.inf)


@function
def isneginf(input: Operand) -> Any:
    """Which elements are negative infinity."""
    return comparison.equal(input, -math.inf)


@function
def frac(input: Operand) -> Any:
    """What is behind the point."""
    return input - comparison.trunc(input)


@function
def float_power(input: Operand, exponent: Operand) -> Any:
    """A power in float64, whatever the operands are."""
    return elementwise.float_power(shapes.astype(input, np.float64), exponent)


@function
def logit(input: Operand, eps: float | None = None) -> Any:
    """`log(p / (1 - p))`, of what is first limited to eps … 1 - eps."""
    return special.logit(input if eps is None else clamp(input, eps, 1.0 - eps))


@function
def clamp(input: Any, min: Any = None, max: Any = None) -> Any:
    """Limited to an interval; NumPy's `clip`."""
    if min is None and max is None:
        raise OperandError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if input.dtype.kind != "f" and any(isinstance(bound, float) for bound in (min, max)):
        input = shapes.astype(input, get_default_dtype())
    return elementwise.clip(input, min, max)


clip = clamp


def clamp_min(input: Operand, min: Any) -> Any:
    """Not below `min`."""
    return clamp(input, min)


def clamp_max(input: Operand, max: Any) -> Any:
    """Not above `max`."""
    return clamp(input, None, max)


@function
def lerp(input: Any, end: Any, weight: Any) -> Any:
    """`input + weight * (end - input)`."""
    return input + weight * (end - input)


@function
def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    """`input + value * tensor1 * tensor2`."""
    return input + (tensor1 * tensor2 if value == 1 else value * tensor1 * tensor2)


@function
def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    """`input + value * tensor1 / tensor2`."""
    return input + (tensor1 / tensor2 if value == 1 else value * tensor1 / tensor2)


@function
def nan_to_num(input: Operand, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """With numbers in place of NaN and infinities."""
    return elementwise.nan_to_num(input, nan=nan, posinf=posinf, neginf=neginf)


@function
def softmax(input: Operand, dim: int | None = None, dtype: DTypeLike | None = None) -> Any:
    """Shares that sum to 1 along `dim`."""
    return _along(stable.softmax, _floats("softmax", input, dtype), dim)


@function
def log_softmax(input: Operand, dim: int | None = None, dtype: DTypeLike | None = None) -> Any:
    """The logarithm of `softmax`, computed without it."""
    return _along(stable.log_softmax, _floats("log_softmax", input, dtype), dim)


def _floats(name: str, input: Any, dtype: DTypeLike | None) -> Any:
    input = check_tensor(name, input)
    return input if dtype is None else input.to(dtype)


def _along(row: Callable[..., Any], input: Operand, dim: int | None) -> Any:
    ndim = len(shapes.shape(input))
    if dim is None:
        # PyTorch's choice, of which it warns.
        dim = 0 if ndim in (0, 1, 3) else 1
    axis = axis_of(row.__name__, dim, ndim)
    return row(input, axis) if ndim else shapes.reshape(row(shapes.reshape(input, (1,)), axis), ())


def where(condition: Any, input: Any = None, other: Any = None, **kwargs: Any) -> Any:
    """`input` where the condition holds, `other` elsewhere; of the condition alone its places, one tensor an axis."""
    condition = check_tensor("where", condition, 1, "condition")
    if input is None and other is None:
        return tuple(wrap(places) for places in np.nonzero(raw(condition)))
    if condition.dtype.kind != "b":
        raise OperandError(
            f"torch.where: expected condition to be a boolean tensor, but got {condition.dtype}: write c != 0"
        )
    if not isinstance(input, Node) and not isinstance(other, Node):
        dtype = result_dtype([input, other])
        input, other = wrap(np.asarray(input, dtype)), wrap(np.asarray(other, dtype))
    return record(comparison.where.op, (condition, input, other))  # type: ignore[attr-defined]


@function
def heaviside(input: Any, values: Any) -> Any:
    """0 below 0, 1 above, `values` at 0."""
    return where(input == 0, values, shapes.astype(input > 0, input.dtype))


def isclose(input: Operand, other: Operand, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Whether |input - other| ≤ atol + rtol · |other|, element by element."""
    return wrap(np.isclose(raw(input), raw(other), rtol, atol, equal_nan))


pi, e, inf, nan = math.pi, math.e, math.inf, math.nan
