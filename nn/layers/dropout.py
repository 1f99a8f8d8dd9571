"""`Dropout`: some of the numbers, at random, are left out in training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.graph.modes import uniform
from autograd.graph.node import raw
from autograd.ops.shape import shape
from nn.arguments import check_floats, check_number
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


class Dropout(Module):
    """Each element is 0 with probability p, and else divided by 1 − p; in evaluation nothing happens.

    Srivastava et al. 2014, in the form that scales in training ("inverted").

    Parameters
    ----------
    p : float
    rng : numpy.random.Generator or int, optional
        The source of the masks, or its seed.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Dropout(0.5, rng=0)
    >>> layer(np.ones(6)).tolist()
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    >>> layer.eval()(np.ones(3)).tolist()
    [1.0, 1.0, 1.0]
    """

    def __init__(self, p: float = 0.5, rng: np.random.Generator | int | None = None) -> None:
        super().__init__()
        self.p, self._rng = check_number("Dropout", "p", p, 0.0, 1.0), np.random.default_rng(rng)

    def forward(self, x: Input) -> Tensor:
        if not self.training or self.p == 0.0:
            return x  # type: ignore[return-value] # what came in: in a network a tensor
        check_floats(self.path, "an input", x)
        kept = uniform(self._rng, shape(x)) >= self.p
        scale = 1.0 / (1.0 - self.p) if self.p < 1.0 else 0.0
        return x * (kept * scale).astype(np.asarray(raw(x)).dtype)

    def extra_repr(self) -> str:
        return f"p={self.p}"
