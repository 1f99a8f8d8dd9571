"""Losses of predicted numbers, and of the distributions that they are the parameters of."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.modes import beside
from autograd.graph.node import raw
from autograd.ops.comparison import greater, less, stop_gradient
from autograd.ops.elementwise import abs as abs_
from autograd.ops.elementwise import exp, log, maximum, softplus, square, sub, where
from autograd.ops.reduction import mean
from autograd.ops.shape import broadcast_to, expand_dims, shape
from autograd.ops.sorting import sort
from nn.arguments import check_number, check_positive, describe_shape
from nn.functional.reductions import check_pair, reduce_losses

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input


class ErrorLoss(Protocol):
    """A loss of the errors, element by element."""

    def __call__(self, input: Input, target: Input, reduction: str = "mean", **options: Any) -> Tensor: ...


def _make_loss(name: str, doc: str, loss: Callable[..., Any]) -> ErrorLoss:
    """A loss that is a function of input − target, element by element."""

    def function(input: Input, target: Input, reduction: str = "mean", **options: Any) -> Tensor:
        check_pair(name, input, target)
        return reduce_losses(name, loss(sub(input, target), **options), reduction)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""{doc}

    Parameters
    ----------
    input, target : Tensor or array of one shape
    reduction : {{"mean", "sum", "none"}}
    **options : float or str
        `delta` and `scale` of huber_loss, `beta` of smooth_l1_loss.

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> from nn.functional import {name}
    >>> round({name}(np.array([1.0, 2.0]), np.array([1.0, 4.0])).item(), 6)
    {round(float(np.mean(loss(np.array([0.0, -2.0])))), 6)}
    """
    return function


mse_loss = _make_loss("mse_loss", "(p − t)².", square)
half_mse_loss = _make_loss("half_mse_loss", "½·(p − t)².", lambda r: 0.5 * square(r))
l1_loss = _make_loss("l1_loss", "|p − t|.", abs_)
log_cosh_loss = _make_loss(
    "log_cosh_loss", "log(cosh(p − t)), without overflow.", lambda r: r + softplus(-2.0 * r) - float(np.log(2.0))
)


def _huber(r: Any, delta: Any = 1.0, scale: str | None = None) -> Any:
    size, delta = abs_(r), check_positive("huber_loss", "delta", delta)
    if scale is not None:
        delta = delta * _spread("huber_loss", size, scale)
    near = less(size, delta)
    return where(near, 0.5 * square(where(near, r, 0.0)), delta * (size - 0.5 * delta))


def _spread(name: str, size: Any, scale: str) -> Any:
    """σ of errors of these sizes, as a constant, which outliers hardly move: the median over that of a normal |error|."""
    if scale != "mad":
        raise ValueError(f"{name}: scale must be 'mad' or None, got {scale!r}")
    if 0 in shape(size):
        raise ShapeError(f"{name}: there is no median of an empty batch, of shape {shape(size)}")
    ordered = sort(stop_gradient(size), None)
    count = shape(ordered)[0]
    middle = 0.5 * (ordered[(count - 1) // 2] + ordered[count // 2])
    # More than half of the errors may be 0.
    return where(greater(middle, 0.0), 1.4826 * middle, mean(ordered))


huber_loss = _make_loss(
    "huber_loss",
    '½·r² where |r| = |p − t| ≤ δ, and δ·(|r| − δ/2) beyond (Huber 1964); `delta` is 1 by default. With `scale="mad"` δ is in\n'
    "    units of a robust σ of the errors, 1.4826 times their median size, which is held constant in the derivative.",
    _huber,
)
smooth_l1_loss = _make_loss(
    "smooth_l1_loss",
    "½·r²/β where |r| = |p − t| < β, and |r| − β/2 beyond (Girshick 2015); `beta` is 1 by default.",
    lambda r, beta=1.0: _huber(r, beta) / beta if check_number("smooth_l1_loss", "beta", beta, 0.0) else abs_(r),
)


def gaussian_nll_loss(
    input: Input, target: Input, var: Input, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """½·(log v + (p − t)²/v): the negative log-likelihood of a normal distribution of mean p and variance v.

    Parameters
    ----------
    input, target : Tensor or array of one shape
    var : Tensor or array
        In their shape, without the last axis, with the last axis of length 1, or one number.
    full : bool
        Add the constant ½·log 2π.
    eps : float
        What the variance is at least; its derivative is as without that.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes do not go together.
    ValueError
        For a variance below 0.

    Examples
    --------
    >>> import numpy as np, nn
    >>> round(float(nn.functional.gaussian_nll_loss(np.array([1.0]), np.array([3.0]), np.array([4.0]))), 6)
    1.193147
    """
    check_pair("gaussian_nll_loss", input, target)
    have, spread = shape(input), shape(var)
    variance: Any = var
    if spread != have and spread != () and spread != (*have[:-1], 1):
        if spread != have[:-1]:
            raise ShapeError(
                f"gaussian_nll_loss: var has the shape of input, {have}, or of that without the last axis, not {describe_shape(var)}"
            )
        variance = expand_dims(var, -1)
    beside(_refuse_negative, "gaussian_nll_loss", variance)
    variance = variance + stop_gradient(maximum(variance, eps) - variance)
    losses = 0.5 * (log(variance) + square(sub(input, target)) / variance)
    if full:
        losses = losses + 0.5 * math.log(2.0 * math.pi)
    return reduce_losses("gaussian_nll_loss", broadcast_to(losses, have), reduction)


def _refuse_negative(name: str, var: Any) -> None:
    found = np.asarray(raw(var))
    if found.size and not found.min() >= 0.0:
        raise ValueError(f"{name}: a variance is not below 0, got {found.min():.6g}")


def poisson_nll_loss(
    input: Input,
    target: Input,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Tensor:
    """exp(x) − t·x: the negative log-likelihood of counts t under a Poisson distribution of rate exp(x).

    Parameters
    ----------
    input, target : Tensor or array of one shape
    log_input : bool
        Whether the input is the logarithm of the rate; otherwise the loss is x − t·log(x + eps).
    full : bool
        Add Stirling's approximation of log t!, where t is above 1.
    eps : float
        Keeps the logarithm of a rate of 0 finite.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.functional.poisson_nll_loss(np.array([0.0]), np.array([2.0])))
    1.0
    """
    check_pair("poisson_nll_loss", input, target)
    losses: Any = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        many = stop_gradient(target) > 1.0
        counted = where(many, target, 1.0)
        stirling = counted * log(counted) - counted + 0.5 * log(2.0 * math.pi * counted)
        losses = losses + where(many, stirling, 0.0)
    return reduce_losses("poisson_nll_loss", losses, reduction)
