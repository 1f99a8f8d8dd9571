"""`LayerNorm` and `RMSNorm`: every sample with mean 0 and variance 1, or with mean square 1, over its last axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nn import functional
from nn.arguments import check_number
from nn.functional.normalization import check_last_axes, lengths_of, scale_and_shift, standardize
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import DTypeLike, Input


class LayerNorm(Module):
    """(x − mean) / √(variance + ε) over the last axes, times `weight`, plus `bias` (Ba, Kiros and Hinton 2016).

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The lengths of those axes.
    eps : float
    elementwise_affine : bool
        Whether there are `weight`, at first 1, and `bias`, at first 0.
    bias : bool
        With False there is no `bias`, whatever `elementwise_affine` says.
    dtype : dtype

    Examples
    --------
    >>> import numpy as np
    >>> LayerNorm(2, dtype=np.float64)(np.array([[1.0, 3.0]])).data.round(4).tolist()
    [[-1.0, 1.0]]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.normalized_shape = lengths_of("LayerNorm", normalized_shape)
        self.eps = check_number("LayerNorm", "eps", eps, 0.0)
        self.weight = Parameter(np.ones(self.normalized_shape, dtype)) if elementwise_affine else None
        self.bias = Parameter(np.zeros(self.normalized_shape, dtype)) if elementwise_affine and bias else None

    def forward(self, x: Input) -> Tensor:
        over = check_last_axes(self.path, x, self.normalized_shape)
        return scale_and_shift(standardize(x, over, self.eps), self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}"


class RMSNorm(Module):
    """x / √(mean of x² + ε) over the last axes, times `weight` (Zhang and Sennrich 2019).

    Parameters
    ----------
    normalized_shape : int or sequence of int
        The lengths of those axes.
    eps : float, optional
        The precision of the input's dtype by default.
    elementwise_affine : bool
        Whether there is `weight`, at first 1.
    dtype : dtype

    Examples
    --------
    >>> import numpy as np
    >>> RMSNorm(2, dtype=np.float64)(np.array([[3.0, 4.0]])).data.round(4).tolist()
    [[0.8485, 1.1314]]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.normalized_shape = lengths_of("RMSNorm", normalized_shape)
        self.eps = None if eps is None else check_number("RMSNorm", "eps", eps, 0.0)
        self.weight = Parameter(np.ones(self.normalized_shape, dtype)) if elementwise_affine else None

    def forward(self, x: Input) -> Tensor:
        check_last_axes(self.path, x, self.normalized_shape)
        return functional.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}"
