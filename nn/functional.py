"""Layers, activations and losses as functions, with PyTorch's names."""

from __future__ import annotations

from typing import Any

from autograd.errors import ShapeError
from autograd.ops.activation import elu, gelu, leaky_relu, relu, silu
from autograd.ops.elementwise import sigmoid, softplus, square, sub, tanh
from autograd.ops.linalg import linear
from autograd.ops.shape import shape
from autograd.ops.stable import cross_entropy, log_softmax, reduced, softmax

__all__ = [
    "cross_entropy",
    "elu",
    "gelu",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mse_loss",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
]


def mse_loss(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """The squared error of each element, averaged, summed, or as it is.

    Parameters
    ----------
    prediction, target : Tensor or array of one shape
        They are not broadcast: a column against a row is a mistake more often than it is meant.
    reduction : {"mean", "sum", "none"}

    Raises
    ------
    ShapeError
        Where the shapes differ.

    Examples
    --------
    >>> import numpy as np
    >>> float(mse_loss(np.array([1.0, 2.0]), np.array([0.0, 0.0])))
    2.5
    """
    if shape(prediction) != shape(target):
        raise ShapeError(
            f"mse_loss: prediction of shape {shape(prediction)} and target of shape {shape(target)} must agree"
        )
    return reduced(square(sub(prediction, target)), reduction)
