"""Operations element by element: arithmetic, functions, comparisons, activations."""

from __future__ import annotations

from typing import Any

from numpy.typing import DTypeLike

import autograd.torch as torch
import autograd.torch.nn.functional as F  # noqa: N812 - as PyTorch's users write it
from autograd.bridge.rules import rule

# The same word with the same arguments in `autograd.torch`.
for _name in (
    "abs", "acos", "acosh", "add", "addcdiv", "addcmul", "asin", "asinh", "atan", "atan2", "atanh", "bitwise_and", "bitwise_not",
    "bitwise_or", "bitwise_xor", "ceil", "clamp", "clamp_max", "clamp_min", "copysign", "cos", "cosh", "deg2rad", "digamma", "div",
    "eq", "erf", "erfc", "erfinv", "exp", "exp2", "expm1", "floor", "floor_divide", "fmax", "fmin", "fmod", "frac", "ge", "gt",
    "heaviside", "hypot", "isfinite", "isinf", "isnan", "le", "lerp", "lgamma", "log", "log10", "log1p", "log2", "logaddexp",
    "logaddexp2", "logical_and", "logical_not", "logical_or", "logical_xor", "logit", "lt", "maximum", "minimum", "mul",
    "nan_to_num", "ne", "neg", "pow", "rad2deg", "reciprocal", "relu", "remainder", "round", "rsqrt", "sigmoid", "sign", "sin",
    "sinc", "sinh", "sqrt", "square", "sub", "tan", "tanh", "trunc", "where", "xlogy",
):  # fmt: skip
    rule(f"aten.{_name}")(getattr(torch, _name))

# And in `nn.functional`.
for _name in (
    "celu", "gelu", "glu", "hardsigmoid", "hardshrink", "hardswish", "hardtanh", "leaky_relu", "mish", "prelu", "relu6", "rrelu",
    "selu", "silu", "softshrink", "threshold",
):  # fmt: skip
    rule(f"aten.{_name}")(getattr(F, _name))


@rule("aten.pow.Scalar")
def pow_of_number(base: Any, exponent: Any) -> Any:
    """A number to the power of a tensor."""
    return base**exponent


@rule("aten.rsub")
def rsub(x: Any, y: Any, alpha: Any = 1) -> Any:
    """What is left of the second."""
    return torch.sub(y, x, alpha=alpha) if alpha != 1 else y - x


@rule("aten.softplus")
def softplus(x: Any, beta: Any = 1.0, threshold: Any = 20.0) -> Any:
    """PyTorch goes on in a straight line from a threshold on, which float32 sees only where it is low."""
    smooth = F.softplus(x, beta)
    if threshold >= 20 and x.dtype.itemsize <= 4:
        return smooth
    return torch.where(x * beta > threshold, x, smooth)


@rule("aten.log_sigmoid")
def log_sigmoid(x: Any) -> Any:
    """PyTorch's `logsigmoid`."""
    return F.logsigmoid(x)


@rule("aten.elu")
def elu(x: Any, alpha: Any = 1.0, scale: Any = 1.0, input_scale: Any = 1.0) -> Any:
    """With the scales that SELU has in PyTorch."""
    if scale == input_scale == 1:
        return F.elu(x, alpha)
    return scale * F.elu(x * input_scale, alpha) if input_scale != 1 else scale * F.elu(x, alpha)


@rule("aten._prelu_kernel")
def prelu_kernel(x: Any, weight: Any) -> Any:
    """`prelu` with a weight in the shape of the input."""
    return torch.where(x > 0, x, weight * x)


@rule("aten.softmax", "aten._softmax", "aten.special_softmax")
def softmax(x: Any, dim: int, dtype: DTypeLike | None = None) -> Any:
    """The flag of PyTorch's inner operation says how a graphics card converts."""
    return torch.softmax(x, dim, None if isinstance(dtype, bool) else dtype)


@rule("aten.log_softmax", "aten._log_softmax")
def log_softmax(x: Any, dim: int, dtype: DTypeLike | None = None) -> Any:
    """As `softmax`."""
    return torch.log_softmax(x, dim, None if isinstance(dtype, bool) else dtype)


@rule("aten._safe_softmax")
def safe_softmax(x: Any, dim: int, dtype: DTypeLike | None = None) -> Any:
    """`softmax` that gives zeros for a line that is hidden as a whole."""
    hidden = torch.all(torch.eq(x, -torch.inf), dim, True)
    return torch.masked_fill(torch.softmax(torch.masked_fill(x, hidden, 0.0), dim, dtype), hidden, 0.0)
