"""`InstanceNorm1d` to `InstanceNorm3d`: every channel of every sample with mean 0 and variance 1 over space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.ops.shape import reshape, shape
from nn.arguments import check_count, check_number
from nn.functional.convolution import as_batch
from nn.functional.normalization import normalize_channels
from nn.module import Module
from nn.parameter import Parameter

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import DTypeLike, Input


class InstanceNorm(Module):
    """(x − mean) / √(variance + ε) over all of space, for each channel of each sample (Ulyanov et al. 2016).

    The base of `InstanceNorm1d` to `InstanceNorm3d`, which say in `space` how many axes of space there are.

    Parameters
    ----------
    num_features : int
        The number of channels.
    eps : float
    momentum : float
        The share of a batch in the running averages.
    affine : bool
        Whether there are `weight`, at first 1, and `bias`, at first 0, for each channel.
    track_running_stats : bool
        Whether running averages are kept, and used in evaluation.
    dtype : dtype

    Raises
    ------
    ShapeError
        For an input of other axes or channels, or one with a single place.
    """

    space: int
    running_mean: np.ndarray | None
    running_var: np.ndarray | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.num_features = check_count(name, "num_features", num_features)
        self.eps = check_number(name, "eps", eps, 0.0)
        self.momentum = check_number(name, "momentum", momentum, 0.0, 1.0)
        self.affine, self.track_running_stats = affine, track_running_stats
        self.weight = Parameter(np.ones(num_features, dtype)) if affine else None
        self.bias = Parameter(np.zeros(num_features, dtype)) if affine else None
        self.running_mean = self.running_var = None
        if track_running_stats:
            self.register_buffer("running_mean", np.zeros(num_features, dtype))
            self.register_buffer("running_var", np.ones(num_features, dtype))
            self.register_buffer("num_batches_tracked", np.array(0))

    def forward(self, x: Input) -> Tensor:
        batch, lone = as_batch(self.path, x, self.space, self.num_features)
        out = normalize_channels(
            self.path, batch, range(2, 2 + self.space), self.running_mean, self.running_var, self.weight, self.bias,
            self.training or not self.track_running_stats, self.momentum, self.eps,
        )  # fmt: skip
        return reshape(out, shape(out)[1:]) if lone else out

    def extra_repr(self) -> str:
        return f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}"


class InstanceNorm1d(InstanceNorm):
    """Instance normalisation of inputs of shape (N, C, L); its parameters are those of `InstanceNorm`.

    Parameters
    ----------
    num_features : int
        The number of channels C.
    eps : float
        Added to the variance.
    momentum : float
        The share of a new batch in the running averages.
    affine : bool
        Whether there are a weight and a bias for each channel.
    track_running_stats : bool
        Whether averages are kept for evaluation mode.
    dtype : dtype

    Examples
    --------
    >>> import numpy as np
    >>> InstanceNorm1d(1)(np.array([1.0, 3.0]).reshape(1, 1, 2)).ravel().round(4).tolist()
    [-1.0, 1.0]
    """

    space = 1


class InstanceNorm2d(InstanceNorm):
    """Instance normalisation of inputs of shape (N, C, H, W); its parameters are those of `InstanceNorm`.

    Parameters
    ----------
    num_features : int
        The number of channels C.
    eps : float
        Added to the variance.
    momentum : float
        The share of a new batch in the running averages.
    affine : bool
        Whether there are a weight and a bias for each channel.
    track_running_stats : bool
        Whether averages are kept for evaluation mode.
    dtype : dtype

    Examples
    --------
    >>> import numpy as np
    >>> InstanceNorm2d(1)(np.array([1.0, 3.0]).reshape(1, 1, 1, 2)).ravel().round(4).tolist()
    [-1.0, 1.0]
    """

    space = 2


class InstanceNorm3d(InstanceNorm):
    """Instance normalisation of inputs of shape (N, C, D, H, W); its parameters are those of `InstanceNorm`.

    Parameters
    ----------
    num_features : int
        The number of channels C.
    eps : float
        Added to the variance.
    momentum : float
        The share of a new batch in the running averages.
    affine : bool
        Whether there are a weight and a bias for each channel.
    track_running_stats : bool
        Whether averages are kept for evaluation mode.
    dtype : dtype

    Examples
    --------
    >>> import numpy as np
    >>> InstanceNorm3d(1)(np.array([1.0, 3.0]).reshape(1, 1, 1, 1, 2)).ravel().round(4).tolist()
    [-1.0, 1.0]
    """

    space = 3
