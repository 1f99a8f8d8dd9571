"""The uniform distribution."""

from __future__ import annotations

from typing import Any

from autograd.torch.distributions.distribution import Distribution, parameters, require
from autograd.torch.drawing import rand
from autograd.torch.pointwise import log


class Uniform(Distribution):
    """Numbers of an interval, all as likely.

    Parameters
    ----------
    low, high : Tensor or float

    Examples
    --------
    >>> import autograd.torch as torch
    >>> torch.distributions.Uniform(0.0, 2.0).log_prob(torch.tensor([0.5, 1.0]))
    tensor([-0.6931, -0.6931])
    """

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = parameters(low, high)
        super().__init__(self.low.shape)
        self._validates = validate_args is not False
        if self._validates:
            require("Uniform", "low", self.low < self.high, "below high")

    @property
    def mean(self) -> Any:
        """The mean."""
        return (self.high + self.low) / 2

    @property
    def variance(self) -> Any:
        """The variance."""
        return (self.high - self.low) ** 2 / 12

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers as functions of the ends."""
        return self.low + rand(self._extend(sample_shape), dtype=self.low.dtype) * (self.high - self.low)

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density; that of 0 outside."""
        if self._validates:
            require("Uniform", "value", (self.low <= value) & (self.high >= value), "from low to high")
        inside = ((self.low <= value) & (self.high > value)).to(self.low.dtype)
        return log(inside) - log(self.high - self.low)

    def entropy(self) -> Any:
        """The entropy in nats."""
        return log(self.high - self.low)
