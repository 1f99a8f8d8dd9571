"""The normal distribution."""

from __future__ import annotations

import math
from typing import Any

from autograd.torch.distributions.distribution import Distribution, parameters, require
from autograd.torch.drawing import normal
from autograd.torch.factories import ones, zeros
from autograd.torch.pointwise import erf, erfinv, log, square


class Normal(Distribution):
    """Normal numbers of a mean and a deviation.

    Parameters
    ----------
    loc, scale : Tensor or float

    Examples
    --------
    >>> import autograd.torch as torch
    >>> scale = torch.tensor(2.0, requires_grad=True)
    >>> torch.distributions.Normal(0.0, scale).log_prob(torch.tensor(1.0)).backward()
    >>> scale.grad
    tensor(-0.3750)
    """

    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = parameters(loc, scale)
        super().__init__(self.loc.shape)
        if validate_args is not False:
            require("Normal", "scale", self.scale > 0, "above 0")

    @property
    def mean(self) -> Any:
        """The mean."""
        return self.loc

    mode = mean

    @property
    def variance(self) -> Any:
        """The variance."""
        return square(self.scale)

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return self.scale

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers as functions of the mean and the deviation."""
        shape, dtype = self._extend(sample_shape), self.loc.dtype
        return self.loc + normal(zeros(shape, dtype=dtype), ones(shape, dtype=dtype)) * self.scale

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the density."""
        return -square(value - self.loc) / (2 * self.variance) - log(self.scale) - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value: Any) -> Any:
        """The probability of less."""
        return 0.5 * (1 + erf((value - self.loc) / self.scale / math.sqrt(2)))

    def icdf(self, value: Any) -> Any:
        """The number below which there is a probability."""
        return self.loc + self.scale * erfinv(2 * value - 1) * math.sqrt(2)

    def entropy(self) -> Any:
        """The entropy in nats."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + log(self.scale)
