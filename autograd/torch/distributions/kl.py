"""`kl_divergence`: how far one distribution is from another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.errors import OperandError
from autograd.torch.distributions.bernoulli import Bernoulli
from autograd.torch.distributions.categorical import Categorical
from autograd.torch.distributions.normal import Normal
from autograd.torch.nn import functional
from autograd.torch.pointwise import log, square


def _normal(p: Any, q: Any) -> Any:
    ratio = square(p.scale / q.scale)
    return 0.5 * (ratio + square((p.loc - q.loc) / q.scale) - 1 - log(ratio))


def _categorical(p: Any, q: Any) -> Any:
    terms = p.probs * (p.logits - q.logits)
    terms = terms.masked_fill((q.probs == 0).expand_as(terms), float("inf"))
    return terms.masked_fill((p.probs == 0).expand_as(terms), 0.0).sum(-1)


def _bernoulli(p: Any, q: Any) -> Any:
    softplus = functional.softplus
    first = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    return first + (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))


_OF: dict[type, Callable[[Any, Any], Any]] = {Normal: _normal, Categorical: _categorical, Bernoulli: _bernoulli}


def kl_divergence(p: Any, q: Any) -> Any:
    """The Kullback–Leibler divergence of `q` from `p`, two distributions of one kind.

    Parameters
    ----------
    p, q : Normal, Categorical or Bernoulli

    Returns
    -------
    Tensor
        One number for each distribution of the batch.

    Raises
    ------
    OperandError
        For other kinds, and for two of different kinds.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> D = torch.distributions
    >>> D.kl_divergence(D.Normal(torch.zeros(1), 1.0), D.Normal(torch.ones(1), 1.0))
    tensor([0.5000])
    """
    found = _OF.get(type(p))
    if found is None or type(q) is not type(p):
        raise OperandError(
            f"kl_divergence: No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}: average "
            "p.log_prob(x) - q.log_prob(x) over x = p.sample(…)"
        )
    return found(p, q)
