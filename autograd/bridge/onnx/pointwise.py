"""Operators element by element: arithmetic, functions, comparisons, activations."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.onnx.values import cast, number
from autograd.bridge.rules import rule

# The same in `autograd.torch`, by another word.
_WORDS = {
    "Abs": "abs", "Acos": "acos", "Acosh": "acosh", "Add": "add", "And": "logical_and", "Asin": "asin", "Asinh": "asinh",
    "Atan": "atan", "Atanh": "atanh", "BitwiseAnd": "bitwise_and", "BitwiseNot": "bitwise_not", "BitwiseOr": "bitwise_or",
    "BitwiseXor": "bitwise_xor", "Ceil": "ceil", "Cos": "cos", "Cosh": "cosh", "Equal": "eq", "Erf": "erf", "Exp": "exp",
    "Floor": "floor", "Greater": "gt", "GreaterOrEqual": "ge", "IsNaN": "isnan", "Less": "lt", "LessOrEqual": "le", "Log": "log",
    "Mul": "mul", "Neg": "neg", "Not": "logical_not", "Or": "logical_or", "Reciprocal": "reciprocal", "Relu": "relu",
    "Round": "round", "Sigmoid": "sigmoid", "Sign": "sign", "Sin": "sin", "Sinh": "sinh", "Sqrt": "sqrt", "Sub": "sub",
    "Tan": "tan", "Tanh": "tanh", "Where": "where", "Xor": "logical_xor",
}  # fmt: skip
for _name, _word in _WORDS.items():
    rule(f"onnx.{_name}")(getattr(torch, _word))

rule("onnx.HardSwish")(F.hardswish)
rule("onnx.Softsign")(F.softsign)
rule("onnx.Mish")(F.mish)
rule("onnx.Softplus")(F.softplus)


@rule("onnx.Identity")
def identity(x: Any) -> Any:
    """The tensor itself."""
    return x


@rule("onnx.Div")
def div(x: Any, y: Any) -> Any:
    """Of whole numbers towards zero."""
    return torch.div(x, y) if x.dtype.kind == "f" else cast(torch.div(x, y, rounding_mode="trunc"), x.dtype)


@rule("onnx.Mod")
def mod(x: Any, y: Any, fmod: int = 0) -> Any:
    """What is left: with the sign of the divisor, or of the dividend."""
    return torch.fmod(x, y) if fmod else torch.remainder(x, y)


@rule("onnx.Pow")
def power(x: Any, y: Any) -> Any:
    """In the dtype of the base."""
    exponent = number(y) if not y.requires_grad and y.numel() == 1 else y
    found = torch.pow(x, exponent) if x.dtype.kind == "f" or not isinstance(exponent, float) else x**exponent
    if exponent is not y and len(y.shape) > len(x.shape):
        found = torch.reshape(found, (1,) * (len(y.shape) - len(x.shape)) + tuple(x.shape))
    return cast(found, x.dtype)


def _of_several(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def call(*xs: Any) -> Any:
        return functools.reduce(function, xs)

    return call


rule("onnx.Max")(_of_several(torch.maximum))
rule("onnx.Min")(_of_several(torch.minimum))
rule("onnx.Sum")(_of_several(torch.add))


@rule("onnx.Mean")
def mean(*xs: Any) -> Any:
    """Of tensors."""
    return functools.reduce(torch.add, xs) / len(xs)


@rule("onnx.Clip.6")
def clip_by_numbers(x: Any, min: float = -math.inf, max: float = math.inf) -> Any:
    """Between bounds that are attributes."""
    return torch.clamp(x, _bound(min), _bound(max))


def _bound(x: float) -> float | None:
    # The largest number of float32 says that there is none.
    return x if abs(x) < float(np.finfo(np.float32).max) else None


@rule("onnx.Clip")
def clip(x: Any, least: Any = None, most: Any = None) -> Any:
    """Between bounds."""
    bounds = [None if b is None else b if b.requires_grad else number(b) for b in (least, most)]
    return x if bounds == [None, None] else torch.clamp(x, *bounds)


@rule("onnx.Celu")
def celu(x: Any, alpha: float = 1.0) -> Any:
    """PyTorch's."""
    return F.celu(x, alpha)


@rule("onnx.Elu")
def elu(x: Any, alpha: float = 1.0) -> Any:
    """PyTorch's."""
    return F.elu(x, alpha)


_ALPHA, _GAMMA = 1.6732632423543772, 1.0507009873554805


@rule("onnx.Selu")
def selu(x: Any, alpha: float = _ALPHA, gamma: float = _GAMMA) -> Any:
    """PyTorch's; other numbers than the usual ones are possible."""
    usual = math.isclose(alpha, _ALPHA, rel_tol=1e-6) and math.isclose(gamma, _GAMMA, rel_tol=1e-6)
    return F.selu(x) if usual else gamma * F.elu(x, alpha)


@rule("onnx.LeakyRelu")
def leaky_relu(x: Any, alpha: float = 0.01) -> Any:
    """PyTorch's."""
    return F.leaky_relu(x, alpha)


@rule("onnx.ThresholdedRelu")
def thresholded_relu(x: Any, alpha: float = 1.0) -> Any:
    """The tensor where it is above a number, and 0 elsewhere."""
    return F.threshold(x, alpha, 0.0)


@rule("onnx.HardSigmoid")
def hard_sigmoid(x: Any, alpha: float = 0.2, beta: float = 0.5) -> Any:
    """A line that is cut at 0 and 1."""
    if math.isclose(alpha, 1 / 6, rel_tol=1e-6) and beta == 0.5:
        return F.hardsigmoid(x)
    return torch.clamp(alpha * x + beta, 0.0, 1.0)


@rule("onnx.PRelu")
def prelu(x: Any, slope: Any) -> Any:
    """With a slope that broadcasts to the tensor."""
    return torch.where(x > 0, x, slope * x)


@rule("onnx.Gelu")
def gelu(x: Any, approximate: str = "none") -> Any:
    """PyTorch's."""
    return F.gelu(x, approximate)


@rule("onnx.Swish")
def swish(x: Any, alpha: float = 1.0) -> Any:
    """SiLU for the usual number."""
    return F.silu(x) if alpha == 1 else x * torch.sigmoid(alpha * x)


@rule("onnx.Shrink")
def shrink(x: Any, lambd: float = 0.5, bias: float = 0.0) -> Any:
    """Towards 0 by a bias, and 0 near it."""
    return torch.where(x < -lambd, x + bias, torch.where(x > lambd, x - bias, torch.zeros_like(x)))


@rule("onnx.IsInf")
def isinf(x: Any, detect_negative: int = 1, detect_positive: int = 1) -> Any:
    """Where it is infinite."""
    sides = (torch.isneginf(x) if detect_negative else None, torch.isposinf(x) if detect_positive else None)
    found = [side for side in sides if side is not None]
    return functools.reduce(torch.logical_or, found) if found else torch.ne(x, x) & torch.eq(x, x)


@rule("onnx.BitShift")
def bit_shift(x: Any, by: Any, direction: str) -> Any:
    """To the left or to the right."""
    return torch.bitwise_left_shift(x, by) if direction == "LEFT" else torch.bitwise_right_shift(x, by)


@rule("onnx.Cast")
def to_dtype(x: Any, to: int, saturate: int = 1, round_mode: str = "up") -> Any:
    """In the dtype that has this number."""
    return cast(x, to)


@rule("onnx.CastLike")
def to_dtype_of(x: Any, other: Any, saturate: int = 1, round_mode: str = "up") -> Any:
    """In the dtype of another."""
    return cast(x, other.dtype)


def _over_the_rest(function: Callable[[Any, int], Any]) -> Callable[..., Any]:
    """Older sets of operators take all axes from one on as a single one."""

    def call(x: Any, axis: int = 1) -> Any:
        shape = tuple(x.shape)
        front = math.prod(shape[: axis % len(shape)])
        return torch.reshape(function(torch.reshape(x, (front, -1)), 1), shape)

    return call


rule("onnx.Softmax.1", "onnx.Softmax.11")(_over_the_rest(torch.softmax))
rule("onnx.LogSoftmax.1", "onnx.LogSoftmax.11")(_over_the_rest(torch.log_softmax))


@rule("onnx.Softmax")
def softmax(x: Any, axis: int = -1) -> Any:
    """Over one axis."""
    return torch.softmax(x, axis)


@rule("onnx.LogSoftmax")
def log_softmax(x: Any, axis: int = -1) -> Any:
    """Over one axis."""
    return torch.log_softmax(x, axis)


@rule("onnx.Hardmax")
def hardmax(x: Any, axis: int = -1) -> Any:
    """1 at the first largest."""
    shown = F.one_hot(torch.argmax(x, axis), x.shape[axis])
    return cast(torch.movedim(shown, -1, axis), x.dtype)


rule("onnx.Hardmax.1", "onnx.Hardmax.11")(_over_the_rest(hardmax))
