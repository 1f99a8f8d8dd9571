"""Normalisation as functions: mean 0 and variance 1 over a batch, a sample, a group of channels, or the last axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.modes import live, track
from autograd.graph.node import Node, raw
from autograd.ops.elementwise import power, sqrt, square
from autograd.ops.pooling import sum_pool
from autograd.ops.reduction import mean, var
from autograd.ops.shape import narrow, reshape, shape, wide
from nn.arguments import check_averages, check_count, check_number, describe_shape

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


def standardize(x: Input, over: tuple[int, ...], eps: float) -> Any:
    """(x − mean) / √(variance + ε) over some axes.

    Examples
    --------
    >>> standardize(np.array([1.0, 3.0]), (0,), 0.0).tolist()
    [-1.0, 1.0]
    """
    return (x - mean(x, axis=over, keepdims=True)) / sqrt(var(x, axis=over, keepdims=True) + eps)


def scale_and_shift(normal: Any, weight: Any, bias: Any, along: tuple[int, ...] | None = None) -> Any:
    """Times a weight, plus a bias, where they are there; `along` is the shape that they are given.

    Examples
    --------
    >>> scale_and_shift(np.ones((1, 2)), np.array([2.0, 3.0]), None).tolist()
    [[2.0, 3.0]]
    """
    if weight is not None:
        normal = normal * (weight if along is None else reshape(weight, along))
    if bias is not None:
        normal = normal + (bias if along is None else reshape(bias, along))
    return normal


def check_last_axes(name: str, x: Input, wanted: tuple[int, ...]) -> tuple[int, ...]:
    """The last axes of an input, which have these lengths.

    Examples
    --------
    >>> check_last_axes("layer_norm", np.ones((2, 3)), (3,))
    (-1,)
    """
    if shape(x)[-len(wanted) :] != wanted:
        raise ShapeError(f"{name}: expected an input whose last axes are {wanted}, got {describe_shape(x)}")
    return tuple(range(-len(wanted), 0))


def lengths_of(name: str, normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    """The lengths of the last axes that are normalised.

    Examples
    --------
    >>> lengths_of("LayerNorm", 3)
    (3,)
    """
    lengths = normalized_shape if isinstance(normalized_shape, (tuple, list)) else (normalized_shape,)
    if not lengths:
        raise ShapeError(f"{name}: normalized_shape has no axes")
    return tuple(check_count(name, "normalized_shape", n) for n in lengths)


def layer_norm(
    input: Input,
    normalized_shape: int | Sequence[int],
    weight: Input | None = None,
    bias: Input | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean) / √(variance + ε) over the last axes, times a weight, plus a bias (Ba, Kiros and Hinton 2016).

    Parameters
    ----------
    input : (…, *normalized_shape)
    normalized_shape : int or sequence of int
        The lengths of those axes.
    weight, bias : array or Tensor, shape `normalized_shape`, optional
    eps : float

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        For an input of other axes.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.layer_norm(np.array([[1.0, 3.0]]), 2).round(4).tolist()
    [[-1.0, 1.0]]
    """
    over = check_last_axes("layer_norm", input, lengths_of("layer_norm", normalized_shape))
    return scale_and_shift(standardize(input, over, eps), weight, bias)


def rms_norm(
    input: Input, normalized_shape: int | Sequence[int], weight: Input | None = None, eps: float | None = None
) -> Tensor:
    """x / √(mean of x² + ε) over the last axes, times a weight (Zhang and Sennrich 2019).

    Parameters
    ----------
    input : (…, *normalized_shape)
    normalized_shape : int or sequence of int
    weight : array or Tensor, shape `normalized_shape`, optional
    eps : float, optional
        The precision of the input's dtype by default.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        For an input of other axes.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.rms_norm(np.array([[3.0, 4.0]]), 2).round(4).tolist()
    [[0.8485, 1.1314]]
    """
    over = check_last_axes("rms_norm", input, lengths_of("rms_norm", normalized_shape))
    floor = float(np.finfo(np.asarray(raw(input)).dtype).eps) if eps is None else eps
    x = wide(input)
    normal = narrow(x / sqrt(mean(square(x), axis=over, keepdims=True) + floor), input)
    return scale_and_shift(normal, weight, None)


def group_norm(
    input: Input, num_groups: int, weight: Input | None = None, bias: Input | None = None, eps: float = 1e-5
) -> Tensor:
    """(x − mean) / √(variance + ε) over the channels of a group and all of space, for each sample (Wu and He 2018).

    Parameters
    ----------
    input : (N, C, …)
    num_groups : int
        Into how many groups the channels fall.
    weight, bias : array or Tensor, shape (C,), optional
    eps : float

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        For an input without channels, or whose channels do not fall into the groups.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.group_norm(np.array([[1.0, 3.0, 5.0, 5.0]]), 2).round(4).tolist()
    [[-1.0, 1.0, 0.0, 0.0]]
    """
    return normalize_groups("group_norm", input, num_groups, weight, bias, eps)


def normalize_groups(name: str, x: Any, groups: int, weight: Any, bias: Any, eps: float) -> Any:
    """See `group_norm`; `name` is what messages say."""
    have = shape(x)
    if len(have) < 2:
        raise ShapeError(f"{name}: expected an input of shape (N, C, …), got {describe_shape(x)}")
    if have[1] % check_count(name, "num_groups", groups):
        raise ShapeError(f"{name}: {have[1]} channels do not fall into {groups} groups")
    cut = reshape(x, (have[0], groups, math.prod(have[1:]) // groups))
    normal = reshape(standardize(cut, (2,), eps), have)
    return scale_and_shift(normal, weight, bias, (have[1], *(1,) * (len(have) - 2)))


def instance_norm(
    input: Input,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Input | None = None,
    bias: Input | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean) / √(variance + ε) over all of space, for each channel of each sample (Ulyanov et al. 2016).

    Parameters
    ----------
    input : (N, C, *space)
    running_mean, running_var : array, shape (C,), optional
        Averages that are kept, in place.
    weight, bias : array or Tensor, shape (C,), optional
    use_input_stats : bool
        Whether mean and variance are those of the input, and not the averages.
    momentum : float
        The share of the input in the averages.
    eps : float

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        For an input without space, or with a single place.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.instance_norm(np.array([[[1.0, 3.0]]])).round(4).tolist()
    [[[-1.0, 1.0]]]
    """
    return normalize_channels(
        "instance_norm", input, range(2, len(shape(input))), running_mean, running_var, weight, bias, use_input_stats, momentum, eps
    )  # fmt: skip


def batch_norm(
    input: Input,
    running_mean: Any,
    running_var: Any,
    weight: Input | None = None,
    bias: Input | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(x − mean) / √(variance + ε) over the batch and all of space, for each channel (Ioffe and Szegedy 2015).

    Parameters
    ----------
    input : (N, C, …)
    running_mean, running_var : array, shape (C,), or None
        Averages that are kept, in place, and used where it does not train.
    weight, bias : array or Tensor, shape (C,), optional
    training : bool
        Whether mean and variance are those of the input.
    momentum : float
        The share of the input in the averages.
    eps : float

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        For an input without channels, or with a single value for each.
    ValueError
        Where it does not train and there are no averages.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.batch_norm(np.array([[1.0], [3.0]]), None, None, training=True).round(4).tolist()
    [[-1.0], [1.0]]
    """
    over = [axis for axis in range(len(shape(input))) if axis != 1]
    return normalize_channels(
        "batch_norm", input, over, running_mean, running_var, weight, bias, training, momentum, eps
    )


def normalize_channels(
    name: str,
    x: Any,
    axes: Sequence[int],
    running_mean: Any,
    running_var: Any,
    weight: Any,
    bias: Any,
    of_input: bool,
    momentum: float,
    eps: float,
) -> Any:
    """What batches and instances share: channels are axis 1, `axes` are those that mean and variance are taken over."""
    have, over = shape(x), tuple(axes)
    if len(have) < 2 or not over:
        raise ShapeError(f"{name}: expected an input of shape (N, C, …), got {describe_shape(x)}")
    along = (1, have[1], *(1,) * (len(have) - 2))
    if of_input:
        count = math.prod(have[axis] for axis in over)
        if count < 2:
            raise ShapeError(f"{name}: the variance of one value for each channel is 0; got an input of {have}")
        centre, spread = mean(x, axis=over, keepdims=True), var(x, axis=over, keepdims=True)
        if running_mean is not None and running_var is not None:
            check_number(name, "momentum", momentum, 0.0, 1.0)
            track(_keep_average, running_mean, centre, momentum)
            track(_keep_average, running_var, spread, momentum, count / (count - 1))
    else:
        if running_mean is None or running_var is None:
            raise ValueError(f"{name}: without training it uses running_mean and running_var: give both")
        centre, spread = (
            reshape(part if isinstance(part, Node) else live(np.asarray(part)), along)
            for part in (running_mean, running_var)
        )
    return scale_and_shift((x - centre) / sqrt(spread + eps), weight, bias, along)


def _keep_average(average: Any, new: Any, momentum: float, factor: float = 1.0) -> None:
    found = np.asarray(raw(new))
    # Of an average for each sample, their mean.
    of_channels = found.mean(axis=tuple(axis for axis in range(found.ndim) if axis != 1)) * factor
    check_averages("batch_norm or instance_norm", np.shape(raw(average)), of_channels)
    average[...] = np.asarray(raw(average)) * (1.0 - momentum) + momentum * of_channels


def local_response_norm(input: Input, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """x / (k + α·mean of x² over neighbouring channels)^β (Krizhevsky et al. 2012).

    Parameters
    ----------
    input : (N, C, …)
    size : int
        How many channels are neighbours.
    alpha, beta, k : float

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        For an input without space.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.local_response_norm(np.ones((1, 2, 1)), 2, alpha=2.0, beta=1.0).round(4).tolist()
    [[[0.5], [0.3333]]]
    """
    check_count("local_response_norm", "size", size)
    have = shape(input)
    if len(have) < 3:
        raise ShapeError(f"local_response_norm: expected an input of shape (N, C, …), got {describe_shape(input)}")
    x = wide(input)
    rows = reshape(square(x), (have[0], 1, have[1], math.prod(have[2:])))
    sums = sum_pool(rows, kernel=(size, 1), stride=(1, 1), padding=((size // 2, (size - 1) // 2), (0, 0)))
    return narrow(x / power(k + (alpha / size) * reshape(sums, have), beta), input)
