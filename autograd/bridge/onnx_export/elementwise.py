"""Rows that work element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.bridge.onnx_export.writer import Form, Operand, Writer, form


def _broadcast(*xs: Operand) -> tuple[int, ...]:
    return np.broadcast_shapes(*[x.shape for x in xs])


def _one(operator: str, **attributes: Any) -> Form:
    def write(w: Writer, x: Operand) -> Operand:
        return w.make(operator, x, like=x, **attributes)

    return write


for _row, _operator in {
    "neg": "Neg", "abs": "Abs", "reciprocal": "Reciprocal", "sqrt": "Sqrt", "exp": "Exp", "log": "Log", "sin": "Sin", "cos": "Cos",
    "tan": "Tan", "asin": "Asin", "acos": "Acos", "atan": "Atan", "sinh": "Sinh", "cosh": "Cosh", "tanh": "Tanh",
    "asinh": "Asinh", "acosh": "Acosh", "atanh": "Atanh", "floor": "Floor", "ceil": "Ceil", "sign": "Sign", "rint": "Round",
    "erf": "Erf", "sigmoid": "Sigmoid", "softplus": "Softplus", "relu": "Relu",
}.items():  # fmt: skip
    form(_row)(_one(_operator))


def _two(operator: str, result: Any = None) -> Form:
    def write(w: Writer, x: Operand, y: Operand) -> Operand:
        a, b = w.common(x, y)
        return w.make(operator, a, b, shape=_broadcast(x, y), dtype=result or a.dtype)

    return write


for _row, _operator in {
    "add": "Add", "sub": "Sub", "mul": "Mul", "power": "Pow", "maximum": "Max", "minimum": "Min",
}.items():  # fmt: skip
    form(_row)(_two(_operator))
for _row, _operator in {
    "greater": "Greater", "greater_equal": "GreaterOrEqual", "less": "Less", "less_equal": "LessOrEqual", "equal": "Equal",
}.items():  # fmt: skip
    form(_row)(_two(_operator, np.bool_))


@form("stop_gradient", "identity", "real", "conj")
def same(w: Writer, x: Operand) -> Operand:
    """ONNX computes no derivatives, which alone would see the difference."""
    return x


@form("div")
def div(w: Writer, x: Operand, y: Operand) -> Operand:
    """Of whole numbers in floats, as NumPy does."""
    a, b = w.common(x, y)
    if a.dtype.kind != "f":
        a, b = w.cast(a, np.float64), w.cast(b, np.float64)
    return w.make("Div", a, b, shape=_broadcast(x, y), dtype=a.dtype)


@form("not_equal")
def not_equal(w: Writer, x: Operand, y: Operand) -> Operand:
    """Not equal."""
    return negate_truth(w, _two("Equal", np.bool_)(w, x, y))


def negate_truth(w: Writer, x: Operand) -> Operand:
    """Where it is not."""
    return w.make("Not", w.cast(x, np.bool_), shape=x.shape, dtype=np.bool_)


form("logical_not")(negate_truth)


def _logical(operator: str) -> Form:
    def write(w: Writer, x: Operand, y: Operand) -> Operand:
        return w.make(operator, w.cast(x, np.bool_), w.cast(y, np.bool_), shape=_broadcast(x, y), dtype=np.bool_)

    return write


for _row, _operator in {"logical_and": "And", "logical_or": "Or", "logical_xor": "Xor"}.items():
    form(_row)(_logical(_operator))


@form("isnan")
def isnan(w: Writer, x: Operand) -> Operand:
    """Where it is no number."""
    return w.make("IsNaN", x, shape=x.shape, dtype=np.bool_)


@form("isinf")
def isinf(w: Writer, x: Operand) -> Operand:
    """Where it is infinite."""
    # The operator knows float32 and float64.
    wide = x if x.dtype.itemsize >= 4 else w.cast(x, np.float32)
    return w.make("IsInf", wide, shape=x.shape, dtype=np.bool_)


@form("isfinite")
def isfinite(w: Writer, x: Operand) -> Operand:
    """Where it is a finite number."""
    return negate_truth(w, _logical("Or")(w, isnan(w, x), isinf(w, x)))


@form("where")
def where(w: Writer, condition: Operand, x: Operand, y: Operand) -> Operand:
    """One of two."""
    a, b = w.common(x, y)
    if a.dtype == np.bool_:
        # Runtimes choose among numbers alone.
        choice = w.cast(condition, np.bool_)
        return _logical("Or")(w, _logical("And")(w, choice, a), _logical("And")(w, negate_truth(w, choice), b))
    return w.make("Where", w.cast(condition, np.bool_), a, b, shape=_broadcast(condition, x, y), dtype=a.dtype)


def arithmetic(w: Writer, operator: str, x: Operand, y: Any) -> Operand:
    """With a number."""
    return _two(operator)(w, x, w.constant(y, x.dtype) if not isinstance(y, Operand) else y)


@form("square")
def square(w: Writer, x: Operand) -> Operand:
    """Times itself."""
    return arithmetic(w, "Mul", x, x)


@form("expm1")
def expm1(w: Writer, x: Operand) -> Operand:
    """ONNX has no operator that is exact near 0."""
    return arithmetic(w, "Sub", w.make("Exp", x, like=x), 1.0)


@form("log1p")
def log1p(w: Writer, x: Operand) -> Operand:
    """ONNX has no operator that is exact near 0."""
    return w.make("Log", arithmetic(w, "Add", x, 1.0), like=x)


@form("exp2")
def exp2(w: Writer, x: Operand) -> Operand:
    """Two to the power."""
    return _two("Pow")(w, w.constant(2.0, x.dtype), x)


def _log_of_base(base: float) -> Form:
    def write(w: Writer, x: Operand) -> Operand:
        return arithmetic(w, "Div", w.make("Log", x, like=x), math.log(base))

    return write


form("log2")(_log_of_base(2.0))
form("log10")(_log_of_base(10.0))


@form("cbrt")
def cbrt(w: Writer, x: Operand) -> Operand:
    """With the sign of what it is of."""
    root = arithmetic(w, "Pow", w.make("Abs", x, like=x), 1 / 3)
    return arithmetic(w, "Mul", w.make("Sign", x, like=x), root)


@form("trunc")
def trunc(w: Writer, x: Operand) -> Operand:
    """Towards 0."""
    return arithmetic(w, "Mul", w.make("Sign", x, like=x), w.make("Floor", w.make("Abs", x, like=x), like=x))


@form("floor_divide")
def floor_divide(w: Writer, x: Operand, y: Operand) -> Operand:
    """The quotient, rounded down."""
    a, b = w.common(x, y)
    found = div(w, a, b)
    return w.cast(w.make("Floor", found, like=found), a.dtype)


@form("remainder")
def remainder(w: Writer, x: Operand, y: Operand) -> Operand:
    """With the sign of the divisor; of floats ONNX has only the other one."""
    a, b = w.common(x, y)
    if a.dtype.kind != "f":
        return w.make("Mod", a, b, shape=_broadcast(x, y), dtype=a.dtype)
    return arithmetic(w, "Sub", a, arithmetic(w, "Mul", floor_divide(w, a, b), b))


@form("fmod")
def fmod(w: Writer, x: Operand, y: Operand) -> Operand:
    """With the sign of the dividend."""
    a, b = w.common(x, y)
    return w.make("Mod", a, b, shape=_broadcast(x, y), dtype=a.dtype, fmod=1)


def _of_numbers(operator: str) -> Form:
    """What is no number loses."""

    def write(w: Writer, x: Operand, y: Operand) -> Operand:
        a, b = w.common(x, y)
        return where(w, isnan(w, a), b, where(w, isnan(w, b), a, _two(operator)(w, a, b)))

    return write


form("fmax")(_of_numbers("Max"))
form("fmin")(_of_numbers("Min"))


@form("clip")
def clip(w: Writer, x: Operand, low: Operand, high: Operand) -> Operand:
    """Between bounds."""
    return _two("Min")(w, _two("Max")(w, x, low), high)


@form("hypot")
def hypot(w: Writer, x: Operand, y: Operand) -> Operand:
    """The length of two sides."""
    total = arithmetic(w, "Add", square(w, x), square(w, y))
    return w.make("Sqrt", total, like=total)


@form("erfc")
def erfc(w: Writer, x: Operand) -> Operand:
    """What `erf` leaves of 1."""
    return _two("Sub")(w, w.constant(1.0, x.dtype), w.make("Erf", x, like=x))


@form("ndtr")
def ndtr(w: Writer, x: Operand) -> Operand:
    """The share of a normal distribution below."""
    inner = w.make("Erf", arithmetic(w, "Mul", x, math.sqrt(0.5)), like=x)
    return arithmetic(w, "Mul", arithmetic(w, "Add", inner, 1.0), 0.5)


@form("gelu")
def gelu(w: Writer, x: Operand) -> Operand:
    """Times the share of a normal distribution below; newer sets of operators have it as one."""
    return arithmetic(w, "Mul", x, ndtr(w, x))


@form("silu")
def silu(w: Writer, x: Operand) -> Operand:
    """Times its sigmoid."""
    return arithmetic(w, "Mul", x, w.make("Sigmoid", x, like=x))


@form("leaky_relu")
def leaky_relu(w: Writer, x: Operand, slope: float) -> Operand:
    """With a slope below 0."""
    return w.make("LeakyRelu", x, like=x, alpha=float(slope))


@form("elu")
def elu(w: Writer, x: Operand, alpha: float) -> Operand:
    """Exponential below 0."""
    return w.make("Elu", x, like=x, alpha=float(alpha))


@form("logit")
def logit(w: Writer, x: Operand) -> Operand:
    """The inverse of the sigmoid."""
    odds = _two("Div")(w, x, _two("Sub")(w, w.constant(1.0, x.dtype), x))
    return w.make("Log", odds, like=x)


@form("logaddexp")
def logaddexp(w: Writer, x: Operand, y: Operand) -> Operand:
    """Without overflow."""
    a, b = w.common(x, y)
    apart = arithmetic(w, "Sub", a, b)
    far = w.make("Neg", w.make("Abs", apart, like=apart), like=apart)
    return arithmetic(w, "Add", _two("Max")(w, a, b), w.make("Softplus", far, like=far))


@form("xlogy")
def xlogy(w: Writer, x: Operand, y: Operand) -> Operand:
    """0 where the first is."""
    a, b = w.common(x, y)
    zero = w.constant(0.0, a.dtype)
    product = arithmetic(w, "Mul", a, w.make("Log", b, like=b))
    return where(w, _two("Equal", np.bool_)(w, a, zero), zero, product)


@form("deg2rad")
def deg2rad(w: Writer, x: Operand) -> Operand:
    """From degrees."""
    return arithmetic(w, "Mul", x, math.pi / 180)


@form("rad2deg")
def rad2deg(w: Writer, x: Operand) -> Operand:
    """To degrees."""
    return arithmetic(w, "Mul", x, 180 / math.pi)


@form("nan_to_num")
def nan_to_num(w: Writer, x: Operand, nan: Any, posinf: Any, neginf: Any) -> Operand:
    """Numbers for what is none, and for what is infinite."""
    bounds = np.finfo(x.dtype)
    most, least = (bounds.max if posinf is None else posinf), (bounds.min if neginf is None else neginf)
    infinite = isinf(w, x)
    above = _two("Greater", np.bool_)(w, x, w.constant(0.0, x.dtype))
    ends = where(w, above, w.constant(most, x.dtype), w.constant(least, x.dtype))
    return where(w, isnan(w, x), w.constant(nan, x.dtype), where(w, infinite, ends, x))


@form("round")
def round_(w: Writer, x: Operand, decimals: int = 0) -> Operand:
    """To decimals, halves to even."""
    if not decimals:
        return w.make("Round", x, like=x)
    wide = w.make("Round", arithmetic(w, "Mul", x, 10.0**decimals), like=x)
    return arithmetic(w, "Div", wide, 10.0**decimals)
