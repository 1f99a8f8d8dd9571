"""Transforms of functions of one argument, and how they become transforms by argument number."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from autograd.engine.transforms import Argnum, argument_numbers
from autograd.hips import transforms

Unary = Callable[[Any], Any]


def unary_to_nary(operator: Callable[..., Any]) -> Callable[..., Any]:
    """Make a transform of functions of one argument one of functions of many, by the number of an argument, or several.

    Parameters
    ----------
    operator : callable
        Takes a function of one argument, that argument, and further arguments of its own.

    Returns
    -------
    callable
        Takes a function, `argnum`, and the further arguments; gives a function of the arguments of that function.

    Examples
    --------
    >>> from autograd.wrap_util import unary_to_nary
    >>> rise = unary_to_nary(lambda f, x: f(x + 1.0) - f(x))
    >>> rise(lambda a, b: a * b, 1)(3.0, 2.0)
    3.0
    """

    @wraps(operator)
    def of_function(fun: Callable[..., Any], argnum: Argnum = 0, *more: Any, **named: Any) -> Callable[..., Any]:
        several, numbers = not isinstance(argnum, int), argument_numbers(argnum)

        @wraps(fun)
        def of_arguments(*args: Any, **kwargs: Any) -> Any:
            @wraps(fun)
            def unary(x: Any) -> Any:
                filled = list(args)
                for number, value in zip(numbers, x if several else (x,), strict=True):
                    filled[number] = value
                return fun(*filled, **kwargs)

            chosen = tuple(args[number] for number in numbers)
            return operator(unary, chosen if several else chosen[0], *more, **named)

        return of_arguments

    return of_function


def make_vjp(fun: Unary, x: Any) -> tuple[Unary, Any]:
    """`(vjp, fun(x))`, of which `vjp` takes a cotangent of the result to one of `x`.

    Parameters
    ----------
    fun : callable
        Of one argument.
    x : number, array, or structure of them

    Returns
    -------
    tuple

    Examples
    --------
    >>> from autograd.core import make_vjp
    >>> vjp, result = make_vjp(lambda x: x**2, 3.0)
    >>> result, vjp(1.0)
    (9.0, 6.0)
    """
    vjp, result = transforms.make_vjp(fun)(x)
    return vjp, result


def make_jvp(fun: Unary, x: Any) -> Callable[[Any], tuple[Any, Any]]:
    """The function that takes a tangent of `x` to `(fun(x), its tangent)`.

    Parameters
    ----------
    fun : callable
        Of one argument.
    x : number, array, or structure of them

    Returns
    -------
    callable

    Examples
    --------
    >>> from autograd.core import make_jvp
    >>> make_jvp(lambda x: x**2, 3.0)(1.0)
    (9.0, 6.0)
    """
    jvp: Callable[[Any], tuple[Any, Any]] = transforms.make_jvp(fun)(x)
    return jvp
