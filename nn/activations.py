"""Activations as modules: each a function of `autograd`, with its parameters."""

from __future__ import annotations

from typing import Any

from autograd.ops import activation, elementwise, stable
from nn.module import Module


class Identity(Module):
    """x."""

    def forward(self, x: Any) -> Any:
        return x


class ReLU(Module):
    """max(x, 0); the derivative at 0 is 0."""

    def forward(self, x: Any) -> Any:
        return activation.relu(x)


class LeakyReLU(Module):
    """x where positive, negative_slope·x elsewhere."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, x: Any) -> Any:
        return activation.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}"


class ELU(Module):
    """x where positive, alpha·(exp(x) − 1) elsewhere (Clevert et al. 2015)."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        return activation.elu(x, self.alpha)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}"


class GELU(Module):
    """x·Φ(x) (Hendrycks and Gimpel 2016)."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, x: Any) -> Any:
        return activation.gelu(x, self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """x·sigmoid(x)."""

    def forward(self, x: Any) -> Any:
        return activation.silu(x)


class Sigmoid(Module):
    """1/(1 + exp(−x))."""

    def forward(self, x: Any) -> Any:
        return elementwise.sigmoid(x)


class Tanh(Module):
    """tanh(x)."""

    def forward(self, x: Any) -> Any:
        return elementwise.tanh(x)


class Softplus(Module):
    """log(1 + exp(x))."""

    def forward(self, x: Any) -> Any:
        return elementwise.softplus(x)


class Softmax(Module):
    """exp(x) over its sum along `dim`."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Any) -> Any:
        return stable.softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """The logarithm of softmax along `dim`."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Any) -> Any:
        return stable.log_softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
