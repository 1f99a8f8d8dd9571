"""The multinomial distribution."""

from __future__ import annotations

from typing import Any

from autograd.errors import ShapeError
from autograd.torch.distributions.categorical import Categorical
from autograd.torch.distributions.distribution import Distribution, require
from autograd.torch.factories import ones_like, zeros
from autograd.torch.places import scatter_add
from autograd.torch.pointwise import lgamma


class Multinomial(Distribution):
    """How often each of several comes in so many draws.

    Parameters
    ----------
    total_count : int
    probs, logits : Tensor, optional
        As of `Categorical`.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> d = torch.distributions.Multinomial(10, torch.ones(4))
    >>> d.mean, d.sample().sum()
    (tensor([2.5000, 2.5000, 2.5000, 2.5000]), tensor(10.))
    """

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if isinstance(total_count, bool) or not isinstance(total_count, int):
            raise ShapeError("Multinomial: inhomogeneous total_count is not supported: give one whole number")
        self.total_count, self._validates = total_count, validate_args is not False
        self._of_one = Categorical(probs, logits, validate_args)
        super().__init__(self._of_one.batch_shape, self._of_one.param_shape[-1:])

    @property
    def probs(self) -> Any:
        """The probabilities."""
        return self._of_one.probs

    @property
    def logits(self) -> Any:
        """Their logarithms."""
        return self._of_one.logits

    @property
    def mean(self) -> Any:
        """The means."""
        return self.probs * self.total_count

    @property
    def variance(self) -> Any:
        """The variances."""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        """Counts, which are constants."""
        drawn = self._of_one.sample((self.total_count, *sample_shape))
        shifted = drawn.permute(*range(1, drawn.dim()), 0)
        counts = zeros(self._extend(sample_shape), dtype=self.probs.dtype)
        return scatter_add(counts, -1, shifted, ones_like(shifted, dtype=counts.dtype))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability."""
        if self._validates:
            whole = (value >= 0).all(-1) & (value.sum(-1) == self.total_count)
            require("Multinomial", "value", whole, f"counts of {self.total_count} draws")
        logits = self.logits.expand(*value.shape[:-1], self.logits.size(-1)) if value.dim() > 1 else self.logits
        ways = lgamma(value.sum(-1) + 1) - lgamma(value + 1).sum(-1)
        # 0 times an infinite logarithm is 0.
        return ways + (logits.masked_fill((value == 0) & (logits == float("-inf")), 0.0) * value).sum(-1)
