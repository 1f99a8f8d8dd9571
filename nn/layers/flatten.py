"""`Flatten`: axes as one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from autograd.errors import ShapeError
from autograd.ops.shape import reshape, shape
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


class Flatten(Module):
    """The axes from `start_dim` to `end_dim` as one.

    Parameters
    ----------
    start_dim, end_dim : int
        The first and the last of the axes.

    Examples
    --------
    >>> import numpy as np
    >>> Flatten()(np.ones((5, 2, 3))).shape
    (5, 6)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x: Input) -> Tensor:
        have = shape(x)
        axes = range(-len(have), len(have))
        start, end = (d % (len(have) or 1) for d in (self.start_dim, self.end_dim))
        if self.start_dim not in axes or self.end_dim not in axes or start > end:
            raise ShapeError(f"{self.path}: an input of shape {have} has no axes {self.start_dim} to {self.end_dim}")
        return reshape(x, (*have[:start], math.prod(have[start : end + 1]), *have[end + 1 :]))

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
