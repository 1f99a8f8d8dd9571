"""`BatchNorm1d` to `BatchNorm3d`: every feature with mean 0 and variance 1 over the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.modes import live, track
from autograd.graph.node import Node, raw
from autograd.ops.elementwise import sqrt
from autograd.ops.reduction import mean, sum, var
from autograd.ops.shape import reshape, shape
from nn.arguments import check_averages, check_count, check_number, describe_shape
from nn.module import Module
from nn.parameter import Parameter
from nn.synchronised import add_everywhere, get_adder

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import DTypeLike, Input


class BatchNorm(Module):
    """(x − mean) / √(variance + ε), times `weight`, plus `bias` (Ioffe and Szegedy 2015, Algorithm 1).

    In training mean and (biased) variance are those of the batch, for each feature over all other axes; running averages
    of them, the variance unbiased, are kept, and used in evaluation. The base of `BatchNorm1d` to `BatchNorm3d`, which
    say in `axes` how many axes an input may have.

    Parameters
    ----------
    num_features : int
        The length of axis 1.
    eps : float
        ε.
    momentum : float or None
        The share of a batch in the running averages; None for equal shares of all batches.
    affine : bool
        Whether there are `weight`, at first 1, and `bias`, at first 0.
    track_running_stats : bool
        Whether running averages are kept; without them evaluation takes those of the batch.
    dtype : dtype

    Attributes
    ----------
    weight, bias : Parameter, shape (num_features,), or None
    running_mean, running_var : array, shape (num_features,)
    num_batches_tracked : array of int

    Raises
    ------
    ShapeError
        For an input of other axes or features, or in training one with a single value for each feature.
    """

    axes: tuple[int, ...]
    weight: Parameter | None
    bias: Parameter | None
    running_mean: np.ndarray
    running_var: np.ndarray
    num_batches_tracked: np.ndarray

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.num_features, self.eps = (
            check_count(name, "num_features", num_features),
            check_number(name, "eps", eps, 0.0),
        )
        self.momentum = None if momentum is None else check_number(name, "momentum", momentum, 0.0, 1.0)
        self.track_running_stats = track_running_stats
        self.weight = Parameter(np.ones(num_features, dtype)) if affine else None
        self.bias = Parameter(np.zeros(num_features, dtype)) if affine else None
        if track_running_stats:
            self.register_buffer("running_mean", np.zeros(num_features, dtype))
            self.register_buffer("running_var", np.ones(num_features, dtype))
            self.register_buffer("num_batches_tracked", np.array(0))

    def forward(self, x: Input) -> Tensor:
        have = shape(x)
        if len(have) not in self.axes or have[1] != self.num_features:
            wanted = " or ".join(f"(N, {self.num_features}{', …' * (n - 2)})" for n in self.axes)
            raise ShapeError(f"{self.path}: expected an input of shape {wanted}, got {describe_shape(x)}")
        over = (0, *range(2, len(have)))
        along = (1, -1, *(1 for _ in have[2:]))
        if self.training or not self.track_running_stats:
            count = int(np.prod([have[a] for a in over]))
            add = get_adder()
            if add is not None:
                count = int(add(np.array([count]))[0])
            if count < 2:
                raise ShapeError(
                    f"{self.path}: the variance of one value for each feature is 0; got an input of {have}"
                )
            if add is None:
                centre, spread = mean(x, axis=over, keepdims=True), var(x, axis=over, keepdims=True)
            else:
                centre = add_everywhere(sum(x, axis=over, keepdims=True), add) / count
                spread = add_everywhere(sum((x - centre) ** 2, axis=over, keepdims=True), add) / count
            if self.training and self.track_running_stats:
                track(self._track, centre, spread, count / (count - 1))
        else:
            # Tensors in PyTorch's words, and what `functional_call` puts in their place.
            centre, spread = (
                reshape(part if isinstance(part, Node) else live(part), along)
                for part in (self.running_mean, self.running_var)
            )
        normal = (x - centre) / sqrt(spread + self.eps)
        if self.weight is None or self.bias is None:
            return normal
        return normal * reshape(self.weight, along) + reshape(self.bias, along)

    def _track(self, centre: Any, spread: Any, unbiased: float) -> None:
        # They may be tensors, as in PyTorch's words.
        batches, *averages = (raw(array) for array in (self.num_batches_tracked, self.running_mean, self.running_var))
        found = np.ravel(raw(centre)), np.ravel(raw(spread)) * unbiased
        check_averages(self.path, averages[0].shape, found[0])
        batches += 1
        share = 1.0 / float(batches) if self.momentum is None else self.momentum
        for average, new in zip(averages, found, strict=True):
            average += share * (new - average)

    def extra_repr(self) -> str:
        return f"{self.num_features}, eps={self.eps}, momentum={self.momentum}"


class BatchNorm1d(BatchNorm):
    """Batch normalisation of inputs of shape (N, C) or (N, C, L); its parameters are those of `BatchNorm`.

    Parameters
    ----------
    num_features : int
        The number of channels C.
    eps : float
        Added to the variance.
    momentum : float, optional
        The share of a new batch in the running averages; None for the mean of all.
    affine : bool
        Whether there are a weight and a bias for each channel.
    track_running_stats : bool
        Whether averages are kept for evaluation mode.
    dtype : dtype

    Examples
    --------
    >>> import numpy as np
    >>> layer = BatchNorm1d(1, dtype=np.float64)
    >>> layer(np.array([[1.0], [3.0]])).data.round(4).tolist(), layer.running_mean.tolist()
    ([[-1.0], [1.0]], [0.2])
    """

    axes = (2, 3)


class BatchNorm2d(BatchNorm):
    """Batch normalisation of inputs of shape (N, C, H, W); its parameters are those of `BatchNorm`.

    Parameters
    ----------
    num_features : int
        The number of channels C.
    eps : float
        Added to the variance.
    momentum : float, optional
        The share of a new batch in the running averages; None for the mean of all.
    affine : bool
        Whether there are a weight and a bias for each channel.
    track_running_stats : bool
        Whether averages are kept for evaluation mode.
    dtype : dtype

    Examples
    --------
    >>> import numpy as np
    >>> layer = BatchNorm2d(3)
    >>> layer(np.ones((2, 3, 4, 4), np.float32)).shape, layer.num_batches_tracked.tolist()
    ((2, 3, 4, 4), 1)
    """

    axes = (4,)


class BatchNorm3d(BatchNorm):
    """Batch normalisation of inputs of shape (N, C, D, H, W); its parameters are those of `BatchNorm`.

    Parameters
    ----------
    num_features : int
        The number of channels C.
    eps : float
        Added to the variance.
    momentum : float, optional
        The share of a new batch in the running averages; None for the mean of all.
    affine : bool
        Whether there are a weight and a bias for each channel.
    track_running_stats : bool
        Whether averages are kept for evaluation mode.
    dtype : dtype

    Examples
    --------
    >>> import numpy as np
    >>> BatchNorm3d(3)(np.ones((2, 3, 2, 2, 2), np.float32)).shape
    (2, 3, 2, 2, 2)
    """

    axes = (5,)
