"""Primitives that go element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.bridge.lax.declare import dtype_of, lax_rule, raw_data, without_derivative
from autograd.ops import activation, comparison, complex_numbers, elementwise, shape, special

# The same word here.
for _name in (
    "abs", "neg", "exp", "exp2", "log", "log1p", "expm1", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh",
    "acosh", "atanh", "sqrt", "cbrt", "square", "add", "sub", "mul", "atan2",
):  # fmt: skip
    lax_rule(_name)(getattr(elementwise, _name))

_NAMED: dict[str, Callable[..., Any]] = {
    "add_any": elementwise.add, "pow": elementwise.power, "logistic": elementwise.sigmoid, "max": elementwise.maximum,
    "min": elementwise.minimum, "erf": special.erf, "erfc": special.erfc, "erf_inv": special.erfinv, "lgamma": special.gammaln,
    "digamma": special.digamma, "igamma": special.gammainc, "igammac": special.gammaincc,
    "regularized_incomplete_beta": special.betainc, "sign": comparison.sign, "floor": comparison.floor, "ceil": comparison.ceil,
    "is_finite": comparison.isfinite, "eq": comparison.equal, "ne": comparison.not_equal, "lt": comparison.less,
    "le": comparison.less_equal, "lt_to": comparison.less, "le_to": comparison.less_equal, "eq_to": comparison.equal,
    "gt": comparison.greater, "ge": comparison.greater_equal, "real": complex_numbers.real,
    "imag": complex_numbers.imag, "conj": complex_numbers.conj, "stop_gradient": comparison.stop_gradient,
}  # fmt: skip


def _alone(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of its operands alone: what JAX says beside them is how precisely its compiler computes."""

    def call(*xs: Any, **params: Any) -> Any:
        return function(*xs)

    call.__name__ = function.__name__
    return call


for _name, _function in _NAMED.items():
    lax_rule(_name)(_alone(_function))


@lax_rule("rsqrt")
def rsqrt(x: Any) -> Any:
    """One by the root."""
    return elementwise.div(1.0, elementwise.sqrt(x))


@lax_rule("integer_pow")
def integer_pow(x: Any, y: int) -> Any:
    """A whole power."""
    return elementwise.square(x) if y == 2 else elementwise.power(x, y)


@lax_rule("div")
def div(x: Any, y: Any) -> Any:
    """Of whole numbers towards 0."""
    if dtype_of(x, y).kind not in "iu":
        return elementwise.div(x, y)
    found = without_derivative(lambda a, b: np.where(b == 0, -1, np.trunc(a / np.where(b == 0, 1, b))))(x, y)
    return found.astype(dtype_of(x, y))


@lax_rule("rem")
def rem(x: Any, y: Any) -> Any:
    """What is left of a division towards 0."""
    return elementwise.fmod(x, y)


@lax_rule("round")
def round(x: Any, rounding_method: Any = 0) -> Any:
    """Halves away from 0, or to even numbers."""
    if int(rounding_method) == 1:
        return comparison.rint(x)
    return elementwise.mul(comparison.sign(x), comparison.floor(elementwise.add(elementwise.abs(x), 0.5)))


@lax_rule("clamp")
def clamp(low: Any, x: Any, high: Any) -> Any:
    """Between two bounds."""
    return elementwise.clip(x, low, high)


@lax_rule("select_n")
def select_n(which: Any, *cases: Any) -> Any:
    """One of several cases, element by element."""
    if dtype_of(which).kind == "b":
        return cases[0] if len(cases) == 1 else comparison.where(which, cases[1], cases[0])
    found = cases[-1]
    for number in reversed(range(len(cases) - 1)):
        found = comparison.where(comparison.equal(which, number), cases[number], found)
    return found


@lax_rule("convert_element_type")
def convert_element_type(x: Any, new_dtype: Any, **how: Any) -> Any:
    """In another dtype."""
    if dtype_of(x) == new_dtype:
        return x
    return shape.astype(x, new_dtype) if hasattr(x, "shape") else np.asarray(x, new_dtype)


@lax_rule("bitcast_convert_type")
def bitcast_convert_type(x: Any, new_dtype: Any) -> Any:
    """The bits as those of another dtype: no derivative goes through."""
    held = np.ascontiguousarray(raw_data(x))
    if held.dtype.itemsize != np.dtype(new_dtype).itemsize:
        raise TypeError(f"the bits of {held.dtype} as {np.dtype(new_dtype)}, which has another number of them")
    return held.view(new_dtype)


@lax_rule("reduce_precision")
def reduce_precision(x: Any, exponent_bits: int, mantissa_bits: int) -> Any:
    """With fewer bits; only a dtype's own numbers of them are here."""
    kept = np.finfo(dtype_of(x))
    if (exponent_bits, mantissa_bits) != (kept.nexp, kept.nmant):
        raise TypeError(f"{dtype_of(x)} with {exponent_bits} bits of exponent and {mantissa_bits} of mantissa")
    return x


@lax_rule("polygamma")
def polygamma(order: Any, x: Any) -> Any:
    """Of a whole order."""
    return special.polygamma(raw_data(order), x)


@lax_rule("bessel_i0e")
def bessel_i0e(x: Any) -> Any:
    """Of order 0, scaled."""
    return special.ive(0.0, x)


@lax_rule("bessel_i1e")
def bessel_i1e(x: Any) -> Any:
    """Of order 1, scaled."""
    return special.ive(1.0, x)


@lax_rule("complex")
def complex_(x: Any, y: Any) -> Any:
    """Of its parts."""
    one = np.asarray(1j, np.complex64 if dtype_of(x, y).itemsize == 4 else np.complex128)
    return elementwise.add(x, elementwise.mul(one, y))


@lax_rule(
    "copy", "copy_p", "name", "device_put", "sharding_constraint", "pvary", "reduced_vary_cast_p", "layout_constraint"
)
def same(x: Any, **how: Any) -> Any:
    """Where the numbers lie, and what they are called for a policy."""
    return x


@lax_rule("optimization_barrier")
def together(*xs: Any) -> Any:
    """All at once."""
    return xs


@lax_rule("not")
def not_(x: Any) -> Any:
    """Of truths or bits."""
    return without_derivative(np.invert)(x)


for _name, _function in {
    "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor, "nextafter": np.nextafter, "population_count": np.bitwise_count,
}.items():  # fmt: skip
    lax_rule(_name)(without_derivative(_function))


def _shifts(function: Callable[..., Any], kind: str) -> Callable[..., Any]:
    """Shifts of bits; by as many as there are nothing is left."""

    def call(x: Any, y: Any) -> Any:
        x, y = np.asarray(x), np.asarray(y)
        signed = x.dtype if hasattr(x, "dtype") else y.dtype
        bits = 8 * signed.itemsize
        of = x.view(signed.str.replace("i", "u")) if kind == "u" else x
        by = np.asarray(y, of.dtype)
        beyond = by >= bits if signed.kind == "u" else (by < 0) | (by >= bits)
        fill = np.where(of < 0, -1, 0).astype(of.dtype) if kind == "arithmetic" else np.zeros((), of.dtype)
        return np.where(beyond, fill, function(of, np.where(beyond, 0, by).astype(of.dtype))).view(signed)

    return without_derivative(call)


lax_rule("shift_left")(_shifts(np.left_shift, "u"))
lax_rule("shift_right_logical")(_shifts(np.right_shift, "u"))
lax_rule("shift_right_arithmetic")(_shifts(np.right_shift, "arithmetic"))

# What JAX's own functions are, where it says more than its primitives: at 0, relu has a convention of its own.
lax_rule("nn.relu")(activation.relu)


@lax_rule("nn.relu6")
def relu6(x: Any) -> Any:
    """Between 0 and 6."""
    return elementwise.minimum(activation.relu(x), 6.0)


@lax_rule("nn.silu", "nn.swish")
def silu(x: Any) -> Any:
    """x times its sigmoid."""
    return activation.silu(x)
