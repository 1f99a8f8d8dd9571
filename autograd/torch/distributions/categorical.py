"""The categorical distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ShapeError
from autograd.torch.distributions.distribution import Distribution, one_of, parameters, require
from autograd.torch.drawing import multinomial
from autograd.torch.pointwise import clamp, log, softmax
from autograd.torch.reductions import logsumexp


class Categorical(Distribution):
    """One of several, by the probabilities along the last axis.

    Parameters
    ----------
    probs : Tensor, optional
        They are divided by their sum.
    logits : Tensor, optional
        Logarithms of probabilities but for a constant, in place of them.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> logits = torch.zeros(4, requires_grad=True)
    >>> d = torch.distributions.Categorical(logits=logits)
    >>> (-d.log_prob(torch.tensor(1))).backward()
    >>> logits.grad
    tensor([ 0.2500, -0.7500,  0.2500,  0.2500])
    """

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        one_of("Categorical", probs, logits)
        (given,) = parameters(logits if probs is None else probs)
        if given.dim() < 1:
            raise ShapeError("Categorical: `probs` or `logits` parameter must be at least one-dimensional.")
        super().__init__(given.shape[:-1])
        if probs is None:
            self.logits = given - logsumexp(given, -1, True)
            self.probs = softmax(self.logits, -1)
        else:
            if validate_args is not False:
                require("Categorical", "probs", given >= 0, "0 or more")
            self.probs = given / given.sum(-1, keepdim=True)
            least = float(np.finfo(given.dtype).eps)
            self.logits = log(clamp(self.probs, least, 1 - least))

    @property
    def param_shape(self) -> Any:
        """The shape of the probabilities."""
        return self.logits.shape

    def sample(self, sample_shape: Any = ()) -> Any:
        """Numbers of what was chosen, which are constants."""
        count = int(np.prod(tuple(sample_shape), dtype=int))
        rows = self.probs.detach().reshape(-1, self.probs.size(-1))
        return multinomial(rows, count, True).t().reshape(self._extend(sample_shape))

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability."""
        places = value.long().unsqueeze(-1)
        lengths = np.broadcast_shapes(places.shape[:-1], self.batch_shape)
        logits = self.logits.expand(*lengths, self.logits.size(-1))
        return logits.gather(-1, places.expand(*lengths, 1)).squeeze(-1)

    def entropy(self) -> Any:
        """The entropy in nats."""
        least = float(np.finfo(self.logits.dtype).min)
        return -(clamp(self.logits, min=least) * self.probs).sum(-1)

    @property
    def mode(self) -> Any:
        """What is most likely."""
        return self.probs.argmax(-1)
