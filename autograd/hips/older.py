"""What older releases of HIPS autograd had: derivatives set by methods of a primitive, and `quick_grad_check`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.engine.primitive import Primitive
from autograd.extend import defvjp, vspace
from autograd.test_util import check_grads


class OlderPrimitive(Primitive[..., Any]):
    """A primitive with the methods that set derivatives before `defvjp` was a function."""

    def defgrad(self, maker: Callable[..., Any], argnum: int = 0) -> None:
        """Set one derivative by `maker(ans, *args)`, which gives the function of `g`."""
        defvjp(self, maker, argnums=[argnum])

    def defvjp(self, vjp: Callable[..., Any], argnum: int = 0) -> None:
        """Set one derivative by `vjp(g, ans, vs, gvs, *args)`, with the spaces of the argument and of `g`."""

        def maker(ans: Any, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
            return lambda g: vjp(g, ans, vspace(args[argnum]), vspace(g), *args, **kwargs)

        defvjp(self, maker, argnums=[argnum])

    def defvjp_is_zero(self, argnums: Sequence[int] = (0,)) -> None:
        """Say that derivatives are zero."""
        defvjp(self, *[None for _ in argnums], argnums=argnums)


def primitive(function: Callable[..., Any]) -> OlderPrimitive:
    """Make a function an operation of its own, whose derivatives `defvjp` and `defjvp` set.

    Parameters
    ----------
    function : callable

    Returns
    -------
    OlderPrimitive
        With the arguments of `function`.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.core import defvjp, primitive
    >>> @primitive
    ... def cube(x):
    ...     return x * x * x
    >>> defvjp(cube, lambda ans, x: lambda g: g * 3.0 * x * x)
    >>> grad(cube)(2.0)
    12.0
    """
    return OlderPrimitive(function)


def quick_grad_check(
    fun: Callable[..., Any],
    arg0: Any,
    extra_args: Sequence[Any] = (),
    kwargs: dict[str, Any] | None = None,
    verbose: bool = True,
    eps: float = 1e-4,
    rtol: float = 1e-4,
    atol: float = 1e-6,
    rs: Any = None,
) -> None:
    """The older name of `check_grads`, of the first derivative by the first argument.

    Parameters
    ----------
    fun : callable
    arg0 : number, array, or structure of them
        Its first argument.
    extra_args, kwargs
        Its other arguments.
    verbose, eps, rtol, atol, rs
        Not needed here.

    Raises
    ------
    AssertionError
        Where the derivative is not that of finite differences.

    Examples
    --------
    >>> from autograd.util import quick_grad_check
    >>> quick_grad_check(lambda x, y: x**2 + y, 1.0, (2.0,))
    """
    check_grads(fun, modes=["rev"], order=1)(arg0, *extra_args, **(kwargs or {}))
