"""The further transforms of HIPS autograd, in its signatures: `make_vjp`, `make_jvp`, `make_hvp` and their kin."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

import numpy as np

from autograd.engine.forward import jvp
from autograd.engine.lifting import Function
from autograd.engine.transforms import Argnum, argument_numbers, grad, jacobian, pulled_back, value_and_grad
from autograd.graph.tree import map_leaves
from autograd.ops.linalg import tensordot
from autograd.ops.reduction import sum as sum_


def _single(argnum: Argnum, found: tuple[Any, ...]) -> Any:
    return found if isinstance(argnum, (tuple, list)) else found[0]


def _of_arguments(fun: Function, argnum: Argnum, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`fun` as a function of the chosen arguments alone, and these arguments."""
    numbers = argument_numbers(argnum)

    def of(*chosen: Any) -> Any:
        filled = list(args)
        for number, x in zip(numbers, chosen, strict=True):
            filled[number] = x
        return fun(*filled, **kwargs)

    return of, tuple(args[number] for number in numbers)


def make_vjp(fun: Function, argnum: Argnum = 0) -> Function:
    """A function of the arguments of `fun` that gives `(vjp, result)`.

    `vjp` takes a cotangent in the structure of the result to that of the argument; for a tuple of arguments, to a tuple.

    Parameters
    ----------
    fun : callable
    argnum : int or tuple of int
        The argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `fun`.

    Examples
    --------
    >>> vjp, result = make_vjp(lambda x: x**2)(3.0)
    >>> result, vjp(1.0)
    (9.0, 6.0)
    """

    @wraps(fun)
    def of_arguments(*args: Any, **kwargs: Any) -> tuple[Callable[[Any], Any], Any]:
        out, pullback = pulled_back(fun, args, kwargs, argument_numbers(argnum))
        return lambda g: _single(argnum, pullback(g)), out

    return of_arguments


def make_jvp(fun: Function, argnum: Argnum = 0) -> Function:
    """A function of the arguments of `fun` that gives `jvp`, which takes a tangent to `(result, its tangent)`.

    Parameters
    ----------
    fun : callable
    argnum : int or tuple of int
        The argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `fun`.

    Examples
    --------
    >>> make_jvp(lambda x: x**2)(3.0)(1.0)
    (9.0, 6.0)
    """

    @wraps(fun)
    def of_arguments(*args: Any, **kwargs: Any) -> Callable[[Any], tuple[Any, Any]]:
        of, chosen = _of_arguments(fun, argnum, args, kwargs)
        return lambda v: jvp(of, chosen, v if isinstance(argnum, (tuple, list)) else (v,))

    return of_arguments


def make_jvp_reversemode(fun: Function, argnum: Argnum = 0) -> Function:
    """A function of the arguments of `fun` that gives the function from a tangent to the tangent of the result.

    Parameters
    ----------
    fun : callable
    argnum : int or tuple of int
        The argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `fun`.

    Examples
    --------
    >>> from autograd.differential_operators import make_jvp_reversemode
    >>> make_jvp_reversemode(lambda x: x**2)(3.0)(1.0)
    6.0
    """
    pushed = make_jvp(fun, argnum)

    @wraps(fun)
    def of_arguments(*args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        push = pushed(*args, **kwargs)
        return lambda v: push(v)[1]

    return of_arguments


def make_hvp(fun: Function, argnum: Argnum = 0) -> Function:
    """A function of the arguments of `fun` that gives `(hvp, gradient)`; `hvp` multiplies a vector with the Hessian.

    Parameters
    ----------
    fun : callable
        Returns one number.
    argnum : int or tuple of int
        The argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `fun`; gives `(hvp, gradient)`.

    Examples
    --------
    >>> import numpy as np
    >>> hvp, gradient = make_hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
    >>> hvp(np.array([1.0, 0.0]))
    array([6., 0.])
    """
    return make_vjp(grad(fun, argnum), argnum)


def make_ggnvp(
    f: Function, g: Function = lambda x: 0.5 * sum_(x * x, axis=-1), f_argnum: int = 0
) -> Callable[..., Callable[[Any], Any]]:
    """A function of the arguments of `f` that gives the product of a vector with the generalized Gauss-Newton matrix.

    The matrix is JᵀHJ, with J the jacobian of `f` and H the Hessian of `g` at its result (Schraudolph 2002).

    Parameters
    ----------
    f : callable
        Returns an array.
    g : callable
        Of the result of `f`, to one number; by default half the sum of its squares.
    f_argnum : int
        The argument of `f` to differentiate by.

    Returns
    -------
    callable
        With the arguments of `f`; gives a function of a vector in the shape of the argument.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import make_ggnvp
    >>> product = make_ggnvp(lambda x: x**2)(np.array([1.0, 2.0]))
    >>> product(np.array([1.0, 0.0]))
    array([4., 0.])
    """

    @wraps(f)
    def of_arguments(*args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        pull, out = make_vjp(f, f_argnum)(*args, **kwargs)
        push = make_jvp(f, f_argnum)(*args, **kwargs)
        hvp, _ = make_hvp(g)(out)
        return lambda v: pull(hvp(push(v)[1]))

    return of_arguments


def hessian_tensor_product(fun: Function, argnum: int = 0) -> Function:
    """A function of the arguments of `fun` and a tensor, which gives the product of the Hessian with that.

    Parameters
    ----------
    fun : callable
        Returns one number.
    argnum : int
        The argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `fun`, and behind them the tensor, in the shape of the argument.

    Examples
    --------
    >>> import numpy as np
    >>> hessian_vector_product(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([6., 0.])
    """
    gradient = grad(fun, argnum)

    @wraps(fun)
    def along(*args: Any, **kwargs: Any) -> Any:
        *args_, tensor = args
        return tensordot(gradient(*args_, **kwargs), tensor, np.ndim(tensor))

    return grad(along, argnum)


def tensor_jacobian_product(fun: Function, argnum: int = 0) -> Function:
    """A function of the arguments of `fun` and a tensor, which gives the product of that with the jacobian.

    Parameters
    ----------
    fun : callable
        Returns an array.
    argnum : int
        The argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `fun`, and behind them the tensor, in the shape of the result.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import tensor_jacobian_product
    >>> tensor_jacobian_product(lambda x: x**2)(np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([ 2., 40.])
    """

    @wraps(fun)
    def along(*args: Any, **kwargs: Any) -> Any:
        *args_, tensor = args
        return tensordot(tensor, fun(*args_, **kwargs), np.ndim(tensor))

    return jacobian(along, argnum)


hessian_vector_product = hessian_tensor_product
vector_jacobian_product = tensor_jacobian_product


def deriv(fun: Function, argnum: int = 0) -> Function:
    """The derivative of `fun` along the argument with ones everywhere: of a function of one number, its derivative.

    Parameters
    ----------
    fun : callable
        Of numbers, arrays or tensors, to any of them.
    argnum : int
        The argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `fun`; gives a derivative in the shape of its result.

    Examples
    --------
    >>> from autograd import deriv
    >>> deriv(lambda x: x**3)(2.0)
    12.0
    """

    @wraps(fun)
    def of_arguments(*args: Any, **kwargs: Any) -> Any:
        ones = map_leaves(lambda x: np.ones_like(x, float) if np.ndim(x) else 1.0, args[argnum])
        return make_jvp(fun, argnum)(*args, **kwargs)(ones)[1]

    return of_arguments


def grad_and_aux(fun: Function, argnum: Argnum = 0) -> Function:
    """The gradient of the first of two results of `fun`, and the second as it is.

    Parameters
    ----------
    fun : callable
        Returns a pair of one number and anything.
    argnum : int or tuple of int
        The argument to differentiate by.

    Returns
    -------
    callable
        With the arguments of `fun`; gives `(gradient, aux)`.

    Examples
    --------
    >>> from autograd import grad_and_aux
    >>> grad_and_aux(lambda x: (x**2, 'told'))(3.0)
    (6.0, 'told')
    """
    both = value_and_grad(fun, argnum, has_aux=True)

    @wraps(fun)
    def of_arguments(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        (_, aux), gradient = both(*args, **kwargs)
        return gradient, aux

    return of_arguments


def grad_named(fun: Function, argname: str) -> Function:
    """The gradient with respect to the argument of that name.

    Parameters
    ----------
    fun : callable
        Returns one number.
    argname : str
        The name of the argument, which is given by position when the result is called.

    Returns
    -------
    callable
        With the arguments of `fun`.

    Raises
    ------
    ValueError
        Where `fun` has none.

    Examples
    --------
    >>> from autograd import grad_named
    >>> grad_named(lambda x, rate: x * rate, 'rate')(3.0, 2.0)
    3.0
    """
    names = list(signature(fun).parameters)
    if argname not in names:
        raise ValueError(f"grad_named: the arguments are {', '.join(names)}; there is no {argname!r}")
    return grad(fun, names.index(argname))


def multigrad_dict(fun: Function) -> Function:
    """The gradients with respect to all arguments at once, in a dict by their names.

    Parameters
    ----------
    fun : callable
        Returns one number.

    Returns
    -------
    callable
        With the arguments of `fun`.

    Examples
    --------
    >>> multigrad_dict(lambda x, y=3.0: x * y)(2.0)
    {'x': 3.0, 'y': 2.0}
    """
    header = signature(fun)

    @wraps(fun)
    def gradients(*args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = header.bind(*args, **kwargs)
        bound.apply_defaults()

        def of_dict(arguments: dict[str, Any]) -> Any:
            filled = header.bind(*args, **kwargs)
            filled.arguments.update(arguments)
            return fun(*filled.args, **filled.kwargs)

        found: dict[str, Any] = grad(of_dict)(dict(bound.arguments))
        return found

    return gradients
