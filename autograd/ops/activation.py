"""Activations of neural networks that are not elementary functions by themselves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.graph.op import Function, unary
from autograd.ops.comparison import equal, greater, less, less_equal, where
from autograd.ops.elementwise import _sigmoid_arrays, add, exp, minimum, mul, power, sigmoid, tanh
from autograd.ops.special import ROOT2, ROOT_PI, erfc
from autograd.ops.strong import scale

relu: Function = unary(
    "relu",
    lambda x: 0.0 if x <= 0.0 else x,
    lambda x: np.maximum(x, 0),
    lambda g, out, x: where(less_equal(x, 0.0), 0.0, g),
    doc="`x` where it is positive, 0 elsewhere; the derivative at 0 is 0 (Nair and Hinton 2010).",
)
_leaky_relu: Function = unary(
    "leaky_relu",
    lambda x, slope: x if x > 0.0 else slope * x,
    lambda x, slope: np.where(np.greater(x, 0), x, slope * x),
    lambda g, out, x, slope: where(greater(x, 0.0), g, g * slope),
)
_elu: Function = unary(
    "elu",
    lambda x, alpha: x if x > 0.0 else alpha * math.expm1(x),
    lambda x, alpha: np.where(np.greater(x, 0), x, alpha * np.expm1(np.minimum(x, 0))),
    lambda g, out, x, alpha: where(
        less(x, 0.0), scale(g, alpha * exp(minimum(x, 0.0))), where(equal(x, 0.0), g * minimum(1.0, alpha), g)
    ),
)
silu: Function = unary(
    "silu",
    lambda x: x / (1.0 + math.exp(-x)),
    lambda x: x * _sigmoid_arrays(x),
    lambda g, out, x: scale(g, sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x)))),
    doc="`x * sigmoid(x)`, also called swish (Elfwing et al. 2018; Ramachandran et al. 2017).",
)


_gelu: Function = unary(
    "gelu",
    lambda x: 0.5 * x * math.erfc(-x / ROOT2),
    lambda x: 0.5 * x * erfc(-x / ROOT2),
    lambda g, out, x: scale(g, 0.5 * erfc(-x / ROOT2) + x * exp(-0.5 * (x * x)) / (ROOT2 * ROOT_PI)),
)


def leaky_relu(x: Any, slope: float = 0.01) -> Any:
    """`x` where positive, `slope * x` elsewhere; the derivative at 0 is the slope.

    Parameters
    ----------
    x : float, array_like, Value or Tensor
        Of any shape.
    slope : float
        The derivative on the left.

    Returns
    -------
    float, numpy.ndarray, Value or Tensor
        Of the kind that came in, element by element.

    Examples
    --------
    >>> import autograd
    >>> autograd.leaky_relu(-2.0), autograd.leaky_relu(2.0)
    (-0.02, 2.0)
    """
    return _leaky_relu(x, slope=float(slope))


def elu(x: Any, alpha: float = 1.0) -> Any:
    """`x` where positive, `alpha * (exp(x) - 1)` elsewhere (Clevert et al. 2015); at 0 the derivative is min(1, alpha).

    Parameters
    ----------
    x : float, array_like, Value or Tensor
        Of any shape.
    alpha : float
        What the function tends to on the left, without its sign.

    Returns
    -------
    float, numpy.ndarray, Value or Tensor
        Of the kind that came in, element by element.

    Examples
    --------
    >>> import autograd
    >>> round(autograd.elu(-1.0), 6), autograd.elu(2.0)
    (-0.632121, 2.0)
    """
    return _elu(x, alpha=float(alpha))


def gelu(x: Any, approximate: str = "none") -> Any:
    """`x Φ(x)` with the normal distribution Φ (Hendrycks and Gimpel 2016), or its tanh approximation.

    Parameters
    ----------
    x : float, array or node
    approximate : {"none", "tanh"}
        As in PyTorch.

    Examples
    --------
    >>> import autograd
    >>> round(autograd.gelu(1.0), 6), round(autograd.gelu(1.0, 'tanh'), 6)
    (0.841345, 0.841192)
    """
    if approximate == "none":
        return _gelu(x)
    if approximate != "tanh":
        raise ValueError(f"gelu: approximate must be 'none' or 'tanh', not {approximate!r}")
    inner = mul(math.sqrt(2.0 / math.pi), add(x, mul(0.044715, power(x, 3.0))))
    return mul(mul(0.5, x), add(1.0, tanh(inner)))
