"""SciPy's `integrate`: `odeint`, differentiated by integrating its adjoint backwards, and the rest without derivatives.

Reference: F. Fröhlich, C. Loos, J. Hasenauer, "Scalable inference of ordinary differential equation models of biochemical
processes", 2017, section 2.4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.integrate as _integrate

from autograd.engine.transforms import vjp
from autograd.errors import LostGradientError
from autograd.graph.liveness import is_live
from autograd.graph.modes import no_grad
from autograd.graph.node import Node, raw
from autograd.graph.op import Op, apply
from autograd.graph.tree import leaves
from autograd.misc.flatten import flatten
from autograd.ops.indexing import basic
from autograd.ops.reduction import sum as sum_
from autograd.ops.shape import as_array, concatenate, reshape, stack
from autograd.scipy.passed import attributes_of

if TYPE_CHECKING:
    from autograd.typing import Operand

__all__ = ["odeint"]
__getattr__ = attributes_of(_integrate, "scipy.integrate")


def odeint(func: Callable[..., Any], y0: Operand, t: Operand, args: Sequence[Any] = (), **kwargs: Any) -> Any:
    """The solution of dy/dt = `func(y, t, *args)` at the times `t`, from `y0` at the first; differentiable in all three.

    Parameters
    ----------
    func : callable
        Of a vector, a time and `args`, to a vector. What it should be differentiated by is among `args`.
    y0 : array_like or Tensor, shape (n,)
    t : array_like or Tensor, shape (m,)
    args : tuple of numbers, arrays and structures of them
    **kwargs
        Of SciPy's `odeint`, such as `rtol`.

    Returns
    -------
    numpy.ndarray or Tensor, shape (m, n)

    Raises
    ------
    LostGradientError
        Where `func` computes with a node that is not among its arguments.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.integrate import odeint
    >>> end = lambda rate: odeint(lambda y, t, rate: -rate * y, np.array([1.0]), np.array([0.0, 1.0]), (rate,))[-1, 0]
    >>> round(float(end(2.0)), 5), round(float(grad(end)(2.0)), 5)
    (0.13534, -0.13534)
    """
    args = tuple(args)
    if not any([isinstance(x, Node) for x in leaves((y0, t, args))]):
        return _integrate.odeint(func, y0, t, args, **kwargs)
    flat, unflatten = flatten(args)

    def slope(y: Operand, t: Operand, flat: Any) -> Any:
        return as_array(func(y, t, *unflatten(flat)))

    def forward(y0: np.ndarray, t: np.ndarray, flat: np.ndarray) -> np.ndarray:
        def plain(y: np.ndarray, t: float) -> Any:
            with no_grad():
                return raw(slope(y, t, flat))

        found = slope(y0, t[0], flat)
        if isinstance(found, Node) and is_live(found):
            raise LostGradientError(
                "odeint: func computes with a node that is not among its arguments: give it in args"
            )
        return np.asarray(_integrate.odeint(plain, y0, t, **kwargs))

    def joint(g: Any, out: Any, xs: Sequence[Any]) -> list[Any]:
        _, t, flat = xs
        return _adjoint(slope, g, out, t, flat, kwargs)

    op = Op("odeint", None, forward, joint=joint, opaque=True)
    return apply(op, (as_array(y0), as_array(t), flat))


def _adjoint(slope: Callable[..., Any], g: Any, out: Any, t: Operand, flat: Any, kwargs: dict[str, Any]) -> list[Any]:
    """What the gradient at the solution sends to the start, the times and the arguments.

    Between two times, backwards, the solution is integrated together with the gradient that goes with it, and with what
    that sends to the arguments.
    """
    times, size = np.shape(raw(out))

    def backwards(state: Any, now: Any, flat: Any) -> Any:
        moved, pull = vjp(lambda y, flat: slope(y, now, flat), basic(state, (slice(size),)), flat)
        to_y, to_flat = pull(-basic(state, (slice(size, 2 * size),)))
        return concatenate([moved, to_y, to_flat])

    to_y, to_flat = basic(g, (times - 1,)), np.zeros(np.shape(raw(flat)))
    to_times: list[Any] = []
    for i in range(times - 1, 0, -1):
        # A measurement that is moved in time sees the solution move.
        to_times.append(sum_(slope(basic(out, (i,)), basic(t, (i,)), flat) * basic(g, (i,))))
        state = concatenate([basic(out, (i,)), to_y, to_flat])
        earlier = basic(odeint(backwards, state, stack([basic(t, (i,)), basic(t, (i - 1,))]), (flat,), **kwargs), (1,))
        to_y, to_flat = basic(earlier, (slice(size, 2 * size),)), basic(earlier, (slice(2 * size, None),))
        to_y = to_y + basic(g, (i - 1,))
    # Moving the start in time moves all that follows, the other way.
    to_start = -sum_(slope(basic(out, (0,)), basic(t, (0,)), flat) * (to_y - basic(g, (0,))))
    return [
        to_y,
        stack([to_start, *reversed(to_times)]) if times > 1 else np.zeros(1),
        reshape(to_flat, np.shape(raw(flat))),
    ]
