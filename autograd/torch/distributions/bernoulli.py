"""The Bernoulli distribution."""

from __future__ import annotations

from typing import Any

from autograd.torch.distributions.distribution import Distribution, one_of, parameters, require
from autograd.torch.drawing import bernoulli
from autograd.torch.nn import functional
from autograd.torch.pointwise import clamp, log, log1p, sigmoid


class Bernoulli(Distribution):
    """1 with a probability, else 0.

    Parameters
    ----------
    probs : Tensor or float, optional
    logits : Tensor or float, optional
        Logarithms of the odds, in place of the probabilities.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> d = torch.distributions.Bernoulli(torch.tensor([0.25]))
    >>> d.log_prob(torch.tensor([1.0])), d.entropy()
    (tensor([-1.3863]), tensor([0.5623]))
    """

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        one_of("Bernoulli", probs, logits)
        (given,) = parameters(logits if probs is None else probs)
        super().__init__(given.shape)
        self._validates = validate_args is not False
        if probs is not None and self._validates:
            require("Bernoulli", "probs", (given >= 0) & (given <= 1), "from 0 to 1")
        self._given, self._is_probs = given, probs is not None

    @property
    def probs(self) -> Any:
        """The probabilities of 1."""
        return self._given if self._is_probs else sigmoid(self._given)

    @property
    def logits(self) -> Any:
        """The logarithms of the odds."""
        if not self._is_probs:
            return self._given
        from autograd.torch.dtypes import finfo

        least = float(finfo(self._given.dtype).eps)
        kept = clamp(self._given, least, 1 - least)
        return log(kept) - log1p(-kept)

    @property
    def mean(self) -> Any:
        """The mean."""
        return self.probs

    @property
    def variance(self) -> Any:
        """The variance."""
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Any:
        """Zeros and ones, which are constants."""
        return bernoulli(self.probs.detach().expand(self._extend(sample_shape)))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability."""
        if self._validates:
            require("Bernoulli", "value", (value == 0) | (value == 1), "0 or 1")
        logits = self.logits
        return -functional.binary_cross_entropy_with_logits(
            logits + value * 0, value + logits.detach() * 0, reduction="none"
        )

    def entropy(self) -> Any:
        """The entropy in nats."""
        return functional.binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")
