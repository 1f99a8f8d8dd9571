"""HIPS autograd's optimizers for a gradient function and parameters of any structure; `optim` has the real ones.

All take `grad(x, iteration)` and call `callback(x, iteration, gradient)` before each step.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.graph.tree import leaves_like, rebuild
from autograd.misc.flatten import flatten

Gradient = Callable[[Any, int], Any]
Callback = Callable[[Any, int, Any], Any] | None


def _of_any_structure(optimize: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(optimize)
    def optimized(grad: Gradient, x0: Any, callback: Callback = None, *args: Any, **kwargs: Any) -> Any:
        x, unflatten = flatten(x0)

        def flat_grad(x: np.ndarray, i: int) -> np.ndarray:
            gradient = grad(unflatten(x), i)
            if callback is not None:
                callback(unflatten(x), i, gradient)
            return np.asarray(flatten(rebuild(x0, iter(leaves_like(x0, gradient, "the gradient"))))[0])

        return unflatten(optimize(flat_grad, np.array(x), *args, **kwargs))

    return optimized


@_of_any_structure
def sgd(grad: Gradient, x: Any, num_iters: int = 200, step_size: float = 0.1, mass: float = 0.9) -> Any:
    """Stochastic gradient descent with momentum.

    Parameters
    ----------
    grad : callable
        Of the parameters and the number of the step, to the gradient.
    x : array, or structure of arrays
        Where it begins.
    num_iters : int
    step_size : float
    mass : float
        The share of the last step that is taken again.

    Returns
    -------
    The parameters, in the structure of `x`

    Examples
    --------
    >>> sgd(lambda x, i: 2 * x, 1.0, num_iters=3, mass=0.0).round(3)
    np.float64(0.512)
    """
    velocity = np.zeros_like(x)
    for i in range(num_iters):
        velocity = mass * velocity - (1.0 - mass) * grad(x, i)
        x = x + step_size * velocity
    return x


@_of_any_structure
def rmsprop(
    grad: Gradient, x: Any, num_iters: int = 100, step_size: float = 0.1, gamma: float = 0.9, eps: float = 1e-8
) -> Any:
    """RMSProp (Tieleman and Hinton 2012).

    Parameters
    ----------
    grad : callable
        Of the parameters and the number of the step, to the gradient.
    x : array, or structure of arrays
        Where it begins.
    num_iters : int
    step_size : float
    gamma : float
        The share of the old average of the squares.
    eps : float

    Returns
    -------
    The parameters, in the structure of `x`

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.misc.optimizers import rmsprop
    >>> bool(abs(rmsprop(lambda x, i: 2.0 * x, np.array([3.0]), num_iters=100))[0] < 0.1)
    True
    """
    square = np.ones_like(x)
    for i in range(num_iters):
        g = grad(x, i)
        square = gamma * square + (1.0 - gamma) * g * g
        x = x - step_size * g / (np.sqrt(square) + eps)
    return x


@_of_any_structure
def adam(
    grad: Gradient,
    x: Any,
    num_iters: int = 100,
    step_size: float = 0.001,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
) -> Any:
    """Adam (Kingma and Ba 2015).

    Parameters
    ----------
    grad : callable
        Of the parameters and the number of the step, to the gradient.
    x : array, or structure of arrays
        Where it begins.
    num_iters : int
    step_size : float
    b1, b2 : float
        The shares of the old averages of the gradients, and of their squares.
    eps : float

    Returns
    -------
    The parameters, in the structure of `x`

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.misc.optimizers import adam
    >>> bool(abs(adam(lambda x, i: 2.0 * x, np.array([3.0]), num_iters=500, step_size=0.1))[0] < 0.1)
    True
    """
    m, v = np.zeros_like(x), np.zeros_like(x)
    for i in range(num_iters):
        g = grad(x, i)
        m = (1.0 - b1) * g + b1 * m
        v = (1.0 - b2) * g * g + b2 * v
        x = x - step_size * (m / (1.0 - b1 ** (i + 1))) / (np.sqrt(v / (1.0 - b2 ** (i + 1))) + eps)
    return x
