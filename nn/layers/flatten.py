"""`Flatten` and `Unflatten`: axes as one, and one as several."""

from __future__ import annotations

import math
from collections.abc import Sequence
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


class Unflatten(Module):
    """One axis as several.

    Parameters
    ----------
    dim : int
    unflattened_size : sequence of int
        Their lengths; one may be -1, what is left.

    Examples
    --------
    >>> import numpy as np
    >>> Unflatten(1, (2, -1))(np.ones((5, 6))).shape
    (5, 2, 3)
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        if not isinstance(unflattened_size, Sequence) or not all(isinstance(n, int) for n in unflattened_size):
            raise ShapeError(f"Unflatten: unflattened_size is a sequence of whole numbers, got {unflattened_size!r}")
        if not isinstance(dim, int):
            raise ShapeError(f"Unflatten: dim is the number of an axis, got {dim!r}; axes have no names here")
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, x: Input) -> Tensor:
        have = shape(x)
        if self.dim not in range(-len(have), len(have)):
            raise ShapeError(f"{self.path}: an input of shape {have} has no axis {self.dim}")
        at = self.dim % len(have)
        known = math.prod(n for n in self.unflattened_size if n != -1)
        free = self.unflattened_size.count(-1)
        if free > 1 or (have[at] != known if not free else not known or have[at] % known):
            raise ShapeError(f"{self.path}: an axis of length {have[at]} does not fall into {self.unflattened_size}")
        sizes = tuple(have[at] // known if n == -1 else n for n in self.unflattened_size)
        return reshape(x, (*have[:at], *sizes, *have[at + 1 :]))

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
