"""Activations as functions, with PyTorch's arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import ShapeError
from autograd.graph.modes import uniform
from autograd.graph.node import raw
from autograd.ops import activation, elementwise, stable
from autograd.ops.comparison import greater, greater_equal, less, less_equal, logical_or, stop_gradient
from autograd.ops.elementwise import abs as abs_
from autograd.ops.elementwise import clip, expm1, log, sigmoid, tanh, where
from autograd.ops.reduction import max as max_
from autograd.ops.shape import as_array, astype, reshape, shape
from nn.arguments import check_number, check_positive, describe_shape
from nn.functional.editing import give_back

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


def relu(input: Input, inplace: bool = False) -> Tensor:
    """max(x, 0); the derivative at 0 is 0.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.relu(np.array([-2.0, 2.0])).round(6).tolist()
    [0.0, 2.0]
    """
    return give_back("relu", input, activation.relu(input), inplace)


def relu6(input: Input, inplace: bool = False) -> Tensor:
    """min(max(x, 0), 6).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.relu6(np.array([-2.0, 2.0, 8.0])).round(6).tolist()
    [0.0, 2.0, 6.0]
    """
    return give_back("relu6", input, hardtanh(input, 0.0, 6.0), inplace)


def leaky_relu(input: Input, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x where positive, negative_slope·x elsewhere.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    negative_slope : float
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.leaky_relu(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.02, 2.0]
    """
    return give_back("leaky_relu", input, activation.leaky_relu(input, negative_slope), inplace)


def prelu(input: Input, weight: Input) -> Tensor:
    """x where positive, weight·x elsewhere; the slope is a parameter, one for each channel (axis 1) or for all.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    weight : array_like or Tensor
        Of one element, or one for each channel.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        Where there are neither one weight nor as many as channels.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.prelu(np.array([-2.0, 2.0]), np.array([0.1])).round(6).tolist()
    [-0.2, 2.0]
    """
    have = shape(input)
    channels = have[1] if len(have) > 1 else 1
    if shape(weight) not in ((), (1,), (channels,)):
        raise ShapeError(
            f"prelu: weight has one number, or {channels}, one for each channel of {describe_shape(input)}, not {describe_shape(weight)}"
        )
    several = shape(weight) == (channels,) and channels > 1
    slope = reshape(weight, (channels, *(1,) * (len(have) - 2))) if several else weight
    return where(greater(input, 0.0), input, slope * input)


def rrelu(
    input: Input,
    lower: float = 0.125,
    upper: float = 1.0 / 3.0,
    training: bool = False,
    inplace: bool = False,
    rng: Any = None,
) -> Tensor:
    """x where positive, elsewhere x times a slope that is drawn, or the middle one (Xu et al. 2015).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    lower, upper : float
    training : bool
    rng : numpy.random.Generator or int, optional
        The source of the slopes.
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.rrelu(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.458333, 2.0]
    """
    if not lower <= upper:
        raise ValueError(f"rrelu: lower must be at most upper, got {lower!r} and {upper!r}")
    slope: Any = (lower + upper) / 2.0
    if training:
        drawn = uniform(np.random.default_rng(rng), shape(input))
        slope = (lower + (upper - lower) * drawn).astype(np.asarray(raw(input)).dtype)
    return give_back("rrelu", input, where(greater(input, 0.0), input, slope * input), inplace)


def elu(input: Input, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where positive, alpha·(exp(x) − 1) elsewhere (Clevert et al. 2015).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    alpha : float
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.elu(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.864665, 2.0]
    """
    return give_back("elu", input, activation.elu(input, alpha), inplace)


def selu(input: Input, inplace: bool = False) -> Tensor:
    """λ·elu(x, α) with the constants that keep mean 0 and variance 1 (Klambauer et al. 2017).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.selu(np.array([-2.0, 2.0])).round(6).tolist()
    [-1.520166, 2.101402]
    """
    return give_back("selu", input, 1.0507009873554805 * activation.elu(input, 1.6732632423543772), inplace)


def celu(input: Input, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """max(x, 0) + min(0, α·(exp(x/α) − 1)) (Barron 2017).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    alpha : float
        Not 0.
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ValueError
        Where `alpha` is 0.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.celu(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.864665, 2.0]
    """
    if alpha == 0.0:
        raise ValueError("celu: alpha must not be 0")
    # Both branches have the slope 1 at 0, so one of them is chosen there: a tie would share it.
    below = less(input, 0.0)
    return give_back("celu", input, where(below, alpha * expm1(where(below, input, 0.0) / alpha), input), inplace)


def gelu(input: Input, approximate: str = "none") -> Tensor:
    """x·Φ(x) (Hendrycks and Gimpel 2016).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    approximate : {"none", "tanh"}

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.gelu(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.0455, 1.9545]
    """
    return activation.gelu(input, approximate)


def silu(input: Input, inplace: bool = False) -> Tensor:
    """x·sigmoid(x).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.silu(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.238406, 1.761594]
    """
    return give_back("silu", input, activation.silu(input), inplace)


def mish(input: Input, inplace: bool = False) -> Tensor:
    """x·tanh(softplus(x)) (Misra 2019).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.mish(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.252501, 1.943959]
    """
    return give_back("mish", input, input * tanh(elementwise.softplus(input)), inplace)


def hardtanh(input: Input, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """x, kept between two bounds; the derivative at a bound is 0, as in PyTorch.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    min_val, max_val : float
        The bounds.
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ValueError
        Where the lower bound is above the higher.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.hardtanh(np.array([-2.0, 0.5])).round(6).tolist()
    [-1.0, 0.5]
    """
    if not min_val <= max_val:
        raise ValueError(f"hardtanh: min_val must be at most max_val, got {min_val!r} and {max_val!r}")
    beyond = logical_or(less_equal(input, min_val), greater_equal(input, max_val))
    return give_back("hardtanh", input, where(beyond, clip(stop_gradient(input), min_val, max_val), input), inplace)


def hardsigmoid(input: Input, inplace: bool = False) -> Tensor:
    """relu6(x + 3) / 6.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.hardsigmoid(np.array([-2.0, 2.0])).round(6).tolist()
    [0.166667, 0.833333]
    """
    return give_back("hardsigmoid", input, relu6(input + 3.0) / 6.0, inplace)


def hardswish(input: Input, inplace: bool = False) -> Tensor:
    """x·relu6(x + 3) / 6 (Howard et al. 2019).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.hardswish(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.333333, 1.666667]
    """
    return give_back("hardswish", input, input * hardsigmoid(input), inplace)


def hardshrink(input: Input, lambd: float = 0.5) -> Tensor:
    """x beyond ±λ, 0 between.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    lambd : float

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.hardshrink(np.array([-2.0, 0.5])).round(6).tolist()
    [-2.0, 0.0]
    """
    return where(less_equal(abs_(input), lambd), 0.0, input)


def softshrink(input: Input, lambd: float = 0.5) -> Tensor:
    """x drawn towards 0 by λ, and 0 between ±λ.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    lambd : float
        Not below 0.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ValueError
        For a λ below 0.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.softshrink(np.array([-2.0, 0.5])).round(6).tolist()
    [-1.5, 0.0]
    """
    check_number("softshrink", "lambd", lambd, 0.0)
    # What is within is asked for, so that NaN stays itself.
    within = less_equal(abs_(input), lambd)
    return where(within, 0.0, where(less(input, 0.0), input + lambd, input - lambd))


def softsign(input: Input) -> Tensor:
    """x / (1 + |x|).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.softsign(np.array([-2.0, 2.0])).round(6).tolist()
    [-0.666667, 0.666667]
    """
    return input / (1.0 + abs_(input))


def tanhshrink(input: Input) -> Tensor:
    """x − tanh(x).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.tanhshrink(np.array([-2.0, 2.0])).round(6).tolist()
    [-1.035972, 1.035972]
    """
    return input - tanh(input)


def threshold(input: Input, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where it is above a threshold, a value elsewhere.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    threshold, value : float
    inplace : bool
        Write the result into `input`, a tensor that is no leaf with a gradient; it is what comes back.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.threshold(np.array([-2.0, 2.0]), 0.5, 7.0).round(6).tolist()
    [7.0, 2.0]
    """
    return give_back("threshold", input, where(less_equal(input, threshold), value, input), inplace)


def logsigmoid(input: Input) -> Tensor:
    """log(sigmoid(x)), without underflow.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.logsigmoid(np.array([-2.0, 2.0])).round(6).tolist()
    [-2.126928, -0.126928]
    """
    return -elementwise.softplus(-input)


def softplus(input: Input, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(β·x)) / β.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    beta : float
        Above 0.
    threshold : float
        Where β·x is above it, x itself.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.softplus(np.array([-2.0, 2.0])).round(6).tolist()
    [0.126928, 2.126928]
    """
    if beta == 1.0 and threshold == 20.0:
        return elementwise.softplus(input)
    scaled = beta * input
    smooth = elementwise.softplus(scaled) / check_positive("softplus", "beta", beta)
    return smooth if threshold == 20.0 else where(less_equal(scaled, threshold), smooth, input)


def _prepare(name: str, input: Input, dim: Any, dtype: DTypeLike | None) -> Any:
    """The input in a dtype, and with the axis."""
    axes = len(shape(input))
    if isinstance(dim, int) and not -max(axes, 1) <= dim < max(axes, 1):
        raise ShapeError(f"{name}: an input of shape {shape(input)} has no axis {dim}")
    return input if dtype is None else astype(as_array(input), dtype)


def softmax(input: Input, dim: int = -1, dtype: DTypeLike | None = None) -> Tensor:
    """exp(x) over its sum along `dim`: positive, summing to 1, and finite for any finite x.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    dim : int
        The axis along which the results sum to 1; the last by default.
    dtype : dtype, optional
        What the input is turned to first.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        Where there is no such axis.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.softmax(np.array([0.0, 1.0])).round(6).tolist()
    [0.268941, 0.731059]
    """
    x = _prepare("softmax", input, dim, dtype)
    return stable.softmax(x, dim)


def softmin(input: Input, dim: int = -1, dtype: DTypeLike | None = None) -> Tensor:
    """softmax(−x).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    dim : int
        The axis along which the results sum to 1; the last by default.
    dtype : dtype, optional
        What the input is turned to first.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        Where there is no such axis.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.softmin(np.array([0.0, 1.0])).round(6).tolist()
    [0.731059, 0.268941]
    """
    x = _prepare("softmin", input, dim, dtype)
    return stable.softmax(-x, dim)


def log_softmax(input: Input, dim: int = -1, dtype: DTypeLike | None = None) -> Tensor:
    """The logarithm of softmax along `dim`, exact where that underflows.

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    dim : int
        The axis along which the results sum to 1; the last by default.
    dtype : dtype, optional
        What the input is turned to first.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        Where there is no such axis.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.log_softmax(np.array([0.0, 1.0])).round(6).tolist()
    [-1.313262, -0.313262]
    """
    x = _prepare("log_softmax", input, dim, dtype)
    return stable.log_softmax(x, dim)


def gumbel_softmax(
    logits: Input, tau: float = 1.0, hard: bool = False, eps: float = 1e-10, dim: int = -1, rng: Any = None
) -> Tensor:
    """softmax((x + noise) / τ) with Gumbel noise: a sample of the classes that gradients go through (Jang et al. 2017).

    Parameters
    ----------
    logits : array_like or Tensor
        Of any shape.
    tau : float
        The temperature, above 0.
    hard : bool
        Give the class that the sample is of, one-hot; gradients are those of the soft sample.
    eps : float
        Means nothing, as in PyTorch.
    dim : int
        The axis along which the results sum to 1; the last by default.
    rng : numpy.random.Generator or int, optional
        The source of the noise.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `logits`.

    Raises
    ------
    ValueError
        For a temperature that is not above 0.

    Examples
    --------
    >>> import numpy as np, nn
    >>> sample = nn.functional.gumbel_softmax(np.zeros((2, 3)), hard=True, rng=0)
    >>> sample.sum(axis=1).round(6).tolist()
    [1.0, 1.0]
    """
    check_positive("gumbel_softmax", "tau", tau)
    dtype = np.asarray(raw(logits)).dtype
    noise = -log(-log(uniform(np.random.default_rng(rng), shape(logits)) + 1e-20) + 1e-20)
    soft = stable.softmax((logits + noise.astype(dtype)) / tau, dim)
    if not hard:
        return soft
    best = stop_gradient(greater_equal(soft, max_(soft, axis=dim, keepdims=True)))
    return where(best, 1.0, 0.0) + soft - stop_gradient(soft)


def glu(input: Input, dim: int = -1) -> Tensor:
    """The first half times the sigmoid of the second (Dauphin et al. 2017).

    Parameters
    ----------
    input : array_like or Tensor
        Of any shape.
    dim : int
        The axis that falls into two halves, and is even.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ShapeError
        Where there is no such axis, or it does not fall into two halves.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.functional.glu(np.array([3.0, 0.0])).tolist()
    [1.5]
    """
    have = shape(input)
    if dim not in range(-len(have), len(have)):
        raise ShapeError(f"glu: an input of shape {have} has no axis {dim}")
    length = have[dim]
    if length % 2:
        raise ShapeError(f"glu: axis {dim} of an input of shape {have} does not fall into two halves")
    before = (slice(None),) * (dim % len(have))
    return input[(*before, slice(None, length // 2))] * sigmoid(input[(*before, slice(length // 2, None))])


def _make_in_place(function: Callable[..., Any], example: str) -> Callable[..., Any]:
    """The function that writes its result into its input, by PyTorch's name with a line behind it."""
    name = function.__name__

    def in_place(input: Input, *args: Any, **kwargs: Any) -> Tensor:
        return function(input, *args, **{**kwargs, "inplace": True})

    in_place.__name__ = in_place.__qualname__ = f"{name}_"
    in_place.__doc__ = f"""`{name}`, written into its input, which comes back.

    Parameters
    ----------
    input : Tensor or array
    *args, **kwargs
        As for `{name}`.

    Returns
    -------
    numpy.ndarray or Tensor
        The input.

    Raises
    ------
    OperandError
        For an input that cannot be written into.

    Examples
    --------
    >>> import numpy as np, nn
    >>> x = np.array([-2.0, 2.0])
    >>> nn.functional.{name}_(x{example}) is x
    True
    """
    return in_place


relu_, leaky_relu_, elu_, selu_, celu_, hardtanh_, rrelu_ = (
    _make_in_place(function, "") for function in (relu, leaky_relu, elu, selu, celu, hardtanh, rrelu)
)
threshold_ = _make_in_place(threshold, ", 0.5, 7.0")
