"""Parts of complex numbers: `real`, `imag`, `conj`, `angle`; on real numbers they are what they are in NumPy.

The gradient of a real loss u by z = x + iy is ∂u/∂x - i ∂u/∂y here, as in JAX and HIPS autograd: what a small change dz adds
to the loss is the real part of the gradient times dz. So the rule of a function that has a complex derivative is the same
as for real numbers, `g * f'(x)`, nothing is conjugated in products, and a row says with `takes_complex=True` that its rule holds
for complex operands. What a real operand is sent has its real part taken by the pass, in `autograd.engine.unbroadcast`.
Rules of their own are needed where a function is not analytic: those below, `abs`, lengths and decompositions.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import OperandError
from autograd.graph.node import raw
from autograd.graph.op import Function, implements, row
from autograd.graph.tree import leaves
from autograd.ops.comparison import equal, where
from autograd.ops.strong import scale

# fmt: off
_real: Function = row("real", lambda x: np.real(x).copy(), lambda g, out, x: g, linear=((0,),), takes_complex=True)
_imag: Function = row("imag", lambda x: np.imag(x).copy(), lambda g, out, x: g * -1j, linear=((0,),), takes_complex=True)
_conj: Function = row("conj", np.conjugate, lambda g, out, x: conj(g), linear=((0,),), takes_complex=True)
_angle: Function = row("angle", np.angle, lambda g, out, x: scale(g, _turn(x)), takes_complex=True)
# fmt: on


def _turn(x: Any) -> Any:
    """The derivative of the angle, -i/x; 0 where x is 0, which has no angle."""
    zero = equal(x, 0.0)
    return where(zero, 0.0, -1j / where(zero, 1.0, x))


def is_complex(x: Any) -> bool:
    """Whether a number, an array or a node is complex.

    Examples
    --------
    >>> is_complex(1.0), is_complex(1j), is_complex(np.ones(2, complex))
    (False, True, True)
    """
    dtype = getattr(x, "dtype", None)
    return isinstance(x, complex) if dtype is None else dtype.kind == "c"


def complex_like(x: Any, other: Any) -> Any:
    """`x`, as a complex number where the other one is: so that its logarithm is complex, too."""
    return x + 0j if is_complex(other) and not is_complex(x) else x


def refuse_imaginary(what: str, x: Any, dtype: DTypeLike | None) -> None:
    """Raise where complex numbers are given for real ones: their imaginary parts would be lost."""
    if np.dtype(dtype).kind != "c" and any(map(is_complex, leaves(x))):
        raise OperandError(
            f"{what} is complex where real numbers are needed: give its .real, or start from complex numbers"
        )


@implements(np.real)
def real(x: Any) -> Any:
    """The real part of complex numbers; real numbers as they are.

    Parameters
    ----------
    x : float, complex, array_like, Value or Tensor
        Of any shape.

    Returns
    -------
    float, numpy.ndarray, Value or Tensor
        Of real numbers, in the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> z = autograd.Tensor([3.0 + 4.0j], requires_grad=True)
    >>> autograd.real(z * z).sum().backward()
    >>> z.grad
    array([6.+8.j])
    """
    x = np.asarray(x) if isinstance(x, (list, tuple)) else x
    return _real(x) if is_complex(x) else x


@implements(np.imag)
def imag(x: Any) -> Any:
    """The imaginary part of complex numbers; of real numbers zeros, which are constants.

    Parameters
    ----------
    x : float, complex, array_like, Value or Tensor
        Of any shape.

    Returns
    -------
    float, numpy.ndarray or Tensor
        Of real numbers, in the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.imag(autograd.Tensor([3.0 + 4.0j])).tolist(), autograd.imag(autograd.Tensor([3.0])).tolist()
    ([4.0], [0.0])
    """
    return _imag(x) if is_complex(x) else np.imag(raw(x))


def conj(x: Any) -> Any:
    """The complex conjugate; real numbers as they are.

    Parameters
    ----------
    x : float, complex, array_like, Value or Tensor
        Of any shape.

    Returns
    -------
    float, complex, numpy.ndarray, Value or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> z = autograd.Tensor([3.0 + 4.0j], requires_grad=True)
    >>> length = autograd.real(z * autograd.conj(z))
    >>> length.sum().backward()
    >>> length.tolist(), z.grad
    ([25.0], array([6.-8.j]))
    """
    x = np.asarray(x) if isinstance(x, (list, tuple)) else x
    return _conj(x) if is_complex(x) else x


@implements(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    """The angle of complex numbers from the positive real axis, from -π to π.

    Where a number is 0 it has no angle, and the derivative is 0. The angle of a real number, 0 or π, is a constant.

    Parameters
    ----------
    z : float, complex, array_like, Value or Tensor
        Of any shape.
    deg : bool
        In degrees.

    Returns
    -------
    float, numpy.ndarray or Tensor
        Of real numbers, in the shape of `z`.

    Examples
    --------
    >>> import autograd
    >>> autograd.angle(autograd.Tensor([1.0j, 1.0 + 1.0j]), deg=True).tolist()
    [90.0, 45.0]
    """
    if not is_complex(z):
        return np.angle(raw(z), deg)
    return _angle(z) * (180.0 / math.pi) if deg else _angle(z)
