"""`torch.distributions`: random numbers, their probabilities, and how far one distribution is from another."""

from __future__ import annotations

from typing import Any

from autograd.torch.distributions.bernoulli import Bernoulli
from autograd.torch.distributions.categorical import Categorical
from autograd.torch.distributions.distribution import Distribution
from autograd.torch.distributions.kl import kl_divergence
from autograd.torch.distributions.multinomial import Multinomial
from autograd.torch.distributions.normal import Normal
from autograd.torch.distributions.uniform import Uniform
from autograd.torch.missing import missing

__all__ = ["Bernoulli", "Categorical", "Distribution", "Multinomial", "Normal", "Uniform", "kl_divergence"]


def __getattr__(name: str) -> Any:
    raise AttributeError(missing("torch.distributions", name))
