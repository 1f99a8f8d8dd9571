"""Activations as modules: each a function of `autograd`, with its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.ops import activation, comparison, elementwise, stable
from nn import functional
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Operand


class Identity(Module):
    """x."""

    def forward(self, x: Operand) -> Tensor:
        return x  # type: ignore[return-value] # what came in: in a network a tensor


class ReLU(Module):
    """max(x, 0); the derivative at 0 is 0."""

    def forward(self, x: Operand) -> Tensor:
        return activation.relu(x)


class LeakyReLU(Module):
    """x where positive, negative_slope·x elsewhere."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, x: Operand) -> Tensor:
        return activation.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}"


class ELU(Module):
    """x where positive, alpha·(exp(x) − 1) elsewhere (Clevert et al. 2015)."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Operand) -> Tensor:
        return activation.elu(x, self.alpha)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}"


class GELU(Module):
    """x·Φ(x) (Hendrycks and Gimpel 2016)."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, x: Operand) -> Tensor:
        return activation.gelu(x, self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """x·sigmoid(x)."""

    def forward(self, x: Operand) -> Tensor:
        return activation.silu(x)


class Sigmoid(Module):
    """1/(1 + exp(−x))."""

    def forward(self, x: Operand) -> Tensor:
        return elementwise.sigmoid(x)


class Tanh(Module):
    """tanh(x)."""

    def forward(self, x: Operand) -> Tensor:
        return elementwise.tanh(x)


class Softplus(Module):
    """log(1 + exp(x))."""

    def forward(self, x: Operand) -> Tensor:
        return elementwise.softplus(x)


class Softmax(Module):
    """exp(x) over its sum along `dim`."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Operand) -> Tensor:
        return stable.softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """The logarithm of softmax along `dim`."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Operand) -> Tensor:
        return stable.log_softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class ReLU6(Module):
    """min(max(x, 0), 6)."""

    def forward(self, x: Operand) -> Tensor:
        return functional.relu6(x)


class SELU(Module):
    """λ·elu(x, α), self-normalising; see `nn.functional.selu`."""

    def forward(self, x: Operand) -> Tensor:
        return functional.selu(x)


class CELU(Module):
    """max(x, 0) + min(0, α·(exp(x/α) − 1))."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Operand) -> Tensor:
        return functional.celu(x, self.alpha)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}"


class Mish(Module):
    """x·tanh(softplus(x))."""

    def forward(self, x: Operand) -> Tensor:
        return functional.mish(x)


class Softsign(Module):
    """x / (1 + |x|)."""

    def forward(self, x: Operand) -> Tensor:
        return functional.softsign(x)


class Tanhshrink(Module):
    """x − tanh(x)."""

    def forward(self, x: Operand) -> Tensor:
        return functional.tanhshrink(x)


class LogSigmoid(Module):
    """log(sigmoid(x))."""

    def forward(self, x: Operand) -> Tensor:
        return functional.logsigmoid(x)


class Hardtanh(Module):
    """x, kept between two bounds."""

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        super().__init__()
        self.min_val, self.max_val = min_val, max_val

    def forward(self, x: Operand) -> Tensor:
        return functional.hardtanh(x, self.min_val, self.max_val)

    def extra_repr(self) -> str:
        return f"min_val={self.min_val}, max_val={self.max_val}"


class Hardsigmoid(Module):
    """relu6(x + 3) / 6."""

    def forward(self, x: Operand) -> Tensor:
        return functional.hardsigmoid(x)


class Hardswish(Module):
    """x·relu6(x + 3) / 6."""

    def forward(self, x: Operand) -> Tensor:
        return functional.hardswish(x)


class GLU(Module):
    """The first half of an axis times the sigmoid of the second."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Operand) -> Tensor:
        return functional.glu(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class PReLU(Module):
    """x where positive, weight·x elsewhere, with a learned slope (He et al. 2015); the derivative at 0 is the slope."""

    def __init__(self, init: float = 0.25, dtype: Any = np.float32) -> None:
        super().__init__()
        self.weight = Parameter(np.full(1, init, dtype))

    def forward(self, x: Operand) -> Tensor:
        return comparison.where(comparison.greater(x, 0.0), x, self.weight * x)
