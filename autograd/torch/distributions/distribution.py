"""`Distribution`: what all distributions have."""

from __future__ import annotations

from typing import Any

from autograd.errors import OperandError, ShapeError
from autograd.graph.modes import no_grad
from autograd.torch.factories import as_tensor
from autograd.torch.pointwise import exp, sqrt
from autograd.torch.shapes import broadcast_tensors
from autograd.torch.tensor import Size, Tensor


class Distribution:
    """A batch of distributions, each over events of some shape.

    Parameters
    ----------
    batch_shape : tuple of int
        How many distributions there are.
    event_shape : tuple of int
        The shape of what one of them gives.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> d = torch.distributions.Normal(torch.zeros(3), 1.0)
    >>> d.batch_shape, d.event_shape, d.sample((2,)).shape
    (torch.Size([3]), torch.Size([]), torch.Size([2, 3]))
    """

    has_rsample = False

    def __init__(self, batch_shape: Any = (), event_shape: Any = ()) -> None:
        self.batch_shape, self.event_shape = Size(batch_shape), Size(event_shape)

    def _extend(self, sample_shape: Any) -> tuple[int, ...]:
        return (*tuple(sample_shape), *self.batch_shape, *self.event_shape)

    def sample(self, sample_shape: Any = ()) -> Any:
        """Random numbers, which are constants."""
        with no_grad():
            return self.rsample(sample_shape).detach()

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Random numbers as functions of the parameters; where there is no such function, refused."""
        raise OperandError(
            f"{type(self).__name__}.rsample: its numbers are no smooth function of its parameters: use sample() and log_prob(…)"
        )

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability, or of its density, at a value."""
        raise NotImplementedError(f"{type(self).__name__}.log_prob")

    def entropy(self) -> Any:
        """The entropy in nats."""
        raise NotImplementedError(f"{type(self).__name__}.entropy")

    @property
    def mean(self) -> Any:
        """The mean."""
        raise NotImplementedError(f"{type(self).__name__}.mean")

    @property
    def variance(self) -> Any:
        """The variance."""
        raise NotImplementedError(f"{type(self).__name__}.variance")

    @property
    def stddev(self) -> Any:
        """The standard deviation."""
        return sqrt(self.variance)

    def perplexity(self) -> Any:
        """e to the power of the entropy."""
        return exp(self.entropy())


def parameters(*given: Any) -> list[Any]:
    """Parameters as tensors of one shape; plain numbers in the dtype of the tensors among them."""
    dtype = next((x.dtype for x in given if isinstance(x, Tensor)), None)
    tensors = [x if isinstance(x, Tensor) else as_tensor(float(x), dtype=dtype) for x in given]
    return list(broadcast_tensors(*tensors))


def one_of(name: str, probs: Any, logits: Any) -> None:
    """Refuse both, and none."""
    if (probs is None) is (logits is None):
        raise ShapeError(f"{name}: Either `probs` or `logits` must be specified, but not both.")


def require(name: str, argument: str, holds: Any, wanted: str) -> None:
    """Refuse parameters and values that are none of a distribution's; what a program captures is not looked at."""
    if not holds.symbolic and not bool(holds.all()):
        raise ShapeError(f"{name}: Expected {argument} to be {wanted}; validate_args=False takes anything")
