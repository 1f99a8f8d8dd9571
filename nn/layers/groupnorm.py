"""`GroupNorm` and `LocalResponseNorm`: channels normalised beside their neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.errors import ShapeError
from autograd.ops.shape import shape
from nn import functional
from nn.arguments import check_count, check_number, describe_shape
from nn.functional.normalization import normalize_groups
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import DTypeLike, Input


class GroupNorm(Module):
    """(x − mean) / √(variance + ε) over the channels of a group and all of space, for each sample (Wu and He 2018).

    Parameters
    ----------
    num_groups : int
        Into how many groups the channels fall; 1 for all together, as many as channels for each alone.
    num_channels : int
    eps : float
    affine : bool
        Whether there are `weight`, at first 1, and `bias`, at first 0, for each channel.
    dtype : dtype

    Examples
    --------
    >>> import numpy as np
    >>> GroupNorm(2, 4, dtype=np.float64)(np.array([[1.0, 3.0, 5.0, 5.0]])).data.round(4).tolist()
    [[-1.0, 1.0, 0.0, 0.0]]
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.num_groups = check_count("GroupNorm", "num_groups", num_groups)
        self.num_channels = check_count("GroupNorm", "num_channels", num_channels)
        if num_channels % num_groups:
            raise ShapeError(f"GroupNorm: {num_channels} channels do not fall into {num_groups} groups")
        self.eps, self.affine = check_number("GroupNorm", "eps", eps, 0.0), affine
        self.weight = Parameter(np.ones(num_channels, dtype)) if affine else None
        self.bias = Parameter(np.zeros(num_channels, dtype)) if affine else None

    def forward(self, x: Input) -> Tensor:
        if len(shape(x)) < 2 or shape(x)[1] != self.num_channels:
            raise ShapeError(
                f"{self.path}: expected an input of shape (N, {self.num_channels}, …), got {describe_shape(x)}"
            )
        return normalize_groups(self.path, x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"


class LocalResponseNorm(Module):
    """x / (k + α·mean of x² over neighbouring channels)^β (Krizhevsky et al. 2012).

    Parameters
    ----------
    size : int
        How many channels are neighbours.
    alpha, beta, k : float

    Examples
    --------
    >>> import numpy as np
    >>> LocalResponseNorm(2, alpha=2.0, beta=1.0)(np.ones((1, 2, 1))).round(4).tolist()
    [[[0.5], [0.3333]]]
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = check_count("LocalResponseNorm", "size", size)
        self.alpha, self.beta, self.k = alpha, beta, k

    def forward(self, x: Input) -> Tensor:
        return functional.local_response_norm(x, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
