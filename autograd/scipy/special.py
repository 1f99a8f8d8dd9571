"""SciPy's special functions; its ufuncs know tensors themselves, the others are here.

Examples
--------
>>> import autograd.numpy as np
>>> from autograd import grad
>>> from autograd.scipy.special import logsumexp
>>> grad(logsumexp)(np.array([0.0, 0.0]))
array([0.5, 0.5])
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.special as _special

from autograd.graph.node import raw
from autograd.ops import special, stable
from autograd.ops.elementwise import abs as abs_
from autograd.ops.elementwise import add, exp, log, sub
from autograd.ops.reduction import Axis
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import as_array, expand_dims
from autograd.ops.strong import scale
from autograd.scipy.passed import attributes_of

if TYPE_CHECKING:
    from autograd.typing import Operand

__all__ = list(_special.__all__)


__getattr__ = attributes_of(_special, "scipy.special")


def __dir__() -> list[str]:
    return sorted({*dir(_special), *globals()})


def polygamma(n: Operand, x: Operand) -> Any:
    """The derivative number `n` of `digamma`.

    Parameters
    ----------
    n : int
        A constant.
    x : float, array_like, Value or Tensor
        Of any shape.

    Returns
    -------
    float, numpy.ndarray, Value or Tensor

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy import special
    >>> round(float(special.polygamma(1, 0.5)), 6)
    4.934802
    """
    return special.polygamma(n, x)


def jn(n: Operand, x: Operand) -> Any:
    """The Bessel function of the first kind and integer order.

    Parameters
    ----------
    n : int
        A constant.
    x : float, array_like, Value or Tensor
        Of any shape.

    Returns
    -------
    float, numpy.ndarray, Value or Tensor

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy import special
    >>> round(float(special.jn(1, 0.5)), 6)
    0.242268
    """
    return special.jv(n, x)


def yn(n: Operand, x: Operand) -> Any:
    """The Bessel function of the second kind and integer order.

    Parameters
    ----------
    n : int
        A constant.
    x : float, array_like, Value or Tensor
        Of any shape.

    Returns
    -------
    float, numpy.ndarray, Value or Tensor

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy import special
    >>> round(float(special.yn(1, 0.5)), 6)
    -1.471472
    """
    return special.yv(np.trunc(raw(n)), x)


def multigammaln(a: Operand, d: int) -> Any:
    """The logarithm of the multivariate gamma function.

    Parameters
    ----------
    a : float, array_like or Tensor
        Above (d - 1) / 2.
    d : int
        The dimension.

    Returns
    -------
    numpy.ndarray or Tensor

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy import special
    >>> round(float(special.multigammaln(2.5, 2)), 6)
    0.857048
    """
    shifted = expand_dims(as_array(a), -1) - np.arange(d) / 2.0
    return add(sum_(special.gammaln(shifted), axis=-1), 0.25 * d * (d - 1) * math.log(math.pi))


def logsumexp(
    a: Operand, axis: Axis = None, b: Operand | None = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """`log(sum(b * exp(a)))` without overflow.

    Parameters
    ----------
    a : array_like or Tensor
    axis : int or sequence of int, optional
        All axes by default.
    b : array_like or Tensor, optional
        Weights, of any sign. Where their sum is negative, its logarithm is NaN without `return_sign`.
    keepdims : bool
    return_sign : bool
        Give the logarithm of the absolute value of the sum, and its sign.

    Returns
    -------
    float, numpy.ndarray or Tensor, or two of them

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy import special
    >>> round(float(special.logsumexp(np.array([0.0, 0.0]))), 6)
    0.693147
    >>> round(float(special.logsumexp(np.array([2.0, 1.0]), b=[1.0, -1.0])), 6)
    1.541325
    """
    a = as_array(a)
    if not return_sign and (b is None or np.all(np.greater(raw(as_array(b)), 0.0))):
        return stable.logsumexp(a if b is None else add(a, log(b)), axis=axis, keepdims=keepdims)
    weights = as_array(np.ones(()) if b is None else b)
    # What has no weight must not hide, by its height, what has one.
    heights = np.where(np.equal(raw(weights), 0.0), -np.inf, raw(a))
    top = np.max(heights, axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0.0)
    back = top if keepdims else np.squeeze(top, axis)
    # Heights without weight may overflow; the logarithm of a negative sum is NaN without a warning, as in SciPy.
    with np.errstate(over="ignore", invalid="ignore"):
        total = sum_(scale(weights, exp(sub(a, top))), axis=axis, keepdims=keepdims)
        if not return_sign:
            return add(log(total), back)
    return add(log(abs_(total)), back), np.sign(raw(total))


def softmax(x: Any, axis: Axis = None) -> Any:
    """`exp(x)` over its sum; over all axes by default, as in SciPy.

    Parameters
    ----------
    x : array_like or Tensor
    axis : int or sequence of int, optional
        All axes by default.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy import special
    >>> special.softmax(np.array([0.0, 0.0])).tolist()
    [0.5, 0.5]
    """
    x = as_array(x)
    return stable.softmax(x, tuple(range(x.ndim)) if axis is None else axis)


def log_softmax(x: Any, axis: Axis = None) -> Any:
    """The logarithm of `softmax`.

    Parameters
    ----------
    x : array_like or Tensor
    axis : int or sequence of int, optional
        All axes by default.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.scipy import special
    >>> special.log_softmax(np.array([0.0, 0.0])).round(6).tolist()
    [-0.693147, -0.693147]
    """
    x = as_array(x)
    return stable.log_softmax(x, tuple(range(x.ndim)) if axis is None else axis)
