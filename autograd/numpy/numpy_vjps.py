"""HIPS autograd's helpers for vjps of functions that broadcast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.engine.unbroadcast import unbroadcast as _unbroadcast
from autograd.ops.complex_numbers import is_complex, real
from autograd.ops.shape import as_array, shape

__all__ = ["match_complex", "unbroadcast_f"]


def unbroadcast_f(target: Any, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A vjp summed over the axes along which the argument was broadcast.

    The pass here does that for every derivative; what it is told so needs no more of it.

    Parameters
    ----------
    target : number, array or Tensor
        The argument.
    f : callable
        Of the gradient at the result, to what it sends to the argument before it is summed.

    Returns
    -------
    callable

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.numpy.numpy_vjps import unbroadcast_f
    >>> unbroadcast_f(np.ones(2), lambda g: 3.0 * g)(np.ones((4, 2)))
    array([12., 12.])
    """
    return lambda g: _unbroadcast(as_array(f(g)), shape(as_array(target)))


def match_complex(target: Any, x: Any) -> Any:
    """What a real argument is sent of a complex vector, its real part; of a complex argument, the vector as a complex one.

    Parameters
    ----------
    target : number, array or Tensor
        The argument.
    x : number, array or Tensor
        What it is sent.

    Returns
    -------
    number, array or Tensor

    Examples
    --------
    >>> from autograd.numpy.numpy_vjps import match_complex
    >>> float(match_complex(1.0, 2.0 + 3.0j)), match_complex(1.0j, 2.0)
    (2.0, (2+0j))
    """
    if is_complex(target) == is_complex(x):
        return x
    return x + 0j if is_complex(target) else real(x)
