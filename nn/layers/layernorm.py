"""`LayerNorm`: every sample with mean 0 and variance 1 over its last axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from autograd.errors import ShapeError
from autograd.ops.elementwise import sqrt
from autograd.ops.reduction import mean, var
from autograd.ops.shape import shape
from nn.arguments import check_count, check_number, describe_shape
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
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        lengths = normalized_shape if isinstance(normalized_shape, (tuple, list)) else (normalized_shape,)
        if not lengths:
            raise ShapeError("LayerNorm: normalized_shape has no axes")
        self.normalized_shape = tuple(check_count("LayerNorm", "normalized_shape", n) for n in lengths)
        self.eps = check_number("LayerNorm", "eps", eps, 0.0)
        self.weight = Parameter(np.ones(self.normalized_shape, dtype)) if elementwise_affine else None
        self.bias = Parameter(np.zeros(self.normalized_shape, dtype)) if elementwise_affine else None

    def forward(self, x: Input) -> Tensor:
        have, wanted = shape(x), self.normalized_shape
        if have[-len(wanted) :] != wanted:
            raise ShapeError(f"{self.path}: expected an input whose last axes are {wanted}, got {describe_shape(x)}")
        over = tuple(range(-len(wanted), 0))
        normal = (x - mean(x, axis=over, keepdims=True)) / sqrt(var(x, axis=over, keepdims=True) + self.eps)
        return normal if self.weight is None or self.bias is None else normal * self.weight + self.bias

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}"
