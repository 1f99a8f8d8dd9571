"""HIPS autograd's way of defining operations: `primitive`, `defvjp`, `defjvp` and `vspace`, in its signatures.

A *vjp maker* takes the result and the arguments and gives the function from the gradient at the result to the gradient
at one argument. `primitive(rule, …)` says the same in one step less.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from itertools import count
from typing import Any

import numpy as np

from autograd.engine.primitive import PENDING, Primitive, primitive
from autograd.engine.transforms import vjp
from autograd.graph.node import raw
from autograd.graph.op import BY_NUMPY, BY_SCIPY, Rule
from autograd.graph.tree import map_leaves
from autograd.hips.boxes import Box
from autograd.hips.tracing import JVPNode, VJPNode
from autograd.hips.vspaces import SparseObject, VSpace, vspace
from autograd.ops.complex_numbers import is_complex

__all__ = [
    "Box",
    "JVPNode",
    "SparseObject",
    "VJPNode",
    "VSpace",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "defjvp_argnums",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "notrace_primitive",
    "primitive",
    "register_notrace",
    "vspace",
]
Maker = Callable[..., Callable[[Any], Any]]


def _dense(x: Any) -> Any:
    return x.dense() if isinstance(x, SparseObject) else x


# What derivatives were set for by these functions: a record, which nothing reads.
primitive_vjps: dict[Any, Primitive[..., Any]] = {}


def _primitive(fun: Any, name: str) -> Primitive[..., Any]:
    """The primitive whose derivatives are being set, noted in `primitive_vjps`."""
    primitive_vjps[fun] = found = _find_primitive(fun, name)
    return found


def _find_primitive(fun: Any, name: str) -> Primitive[..., Any]:
    """The primitive whose derivatives are being set.

    Of a function of NumPy or SciPy, or of ours, it is one that takes its place; what is not set stays as it was.
    """
    if isinstance(fun, Primitive):
        return fun
    if not callable(fun):
        raise TypeError(f"{name}: {fun!r} is not a function")
    home = sys.modules.get(getattr(fun, "__module__", ""))
    ours = getattr(fun, "__module__", "").startswith("autograd.") and not hasattr(fun, "__wrapped__")
    theirs = getattr(fun, "__wrapped__", fun)
    known = fun if ours else BY_NUMPY.get(theirs)
    if isinstance(known, Primitive):
        return known
    if known is None and not isinstance(theirs, np.ufunc):
        return PENDING.setdefault(fun, Primitive(fun))
    known = known or BY_SCIPY.get(getattr(theirs, "__name__", ""))
    made: Primitive[..., Any] = Primitive(theirs)
    if known is not None:
        made.derive({}, lambda number: _as_before(number, known))
    if not ours:
        BY_NUMPY[theirs] = made
    elif getattr(home, theirs.__name__, None) is fun:
        setattr(home, theirs.__name__, made)
    else:
        raise TypeError(
            f"{name}: the derivatives of {theirs.__name__!r} stand: make a primitive of a function of your own"
        )
    return made


def _as_before(number: int, function: Callable[..., Any]) -> Rule:
    """The derivative by an argument that a function has already."""

    def rule(g: Any, out: Any, *xs: Any, **params: Any) -> Any:
        return vjp(lambda x: function(*xs[:number], x, *xs[number + 1 :], **params), xs[number])[1](g)[0]

    return rule


def defvjp(fun: Any, *vjpmakers: Maker | None, argnums: Iterable[int] | None = None) -> None:
    """Define the derivatives of a primitive by vjp makers.

    Parameters
    ----------
    fun : Primitive, or function of NumPy or SciPy, or another function
        Of a function of NumPy or SciPy, the derivatives that are given replace those it has here, in all code. Of another
        function they are kept until `primitive` makes one of it.
    *vjpmakers : callable or None
        `maker(ans, *args, **kwargs)` gives `vjp(g)`; None where the derivative is zero.
    argnums : sequence of int, optional
        Which arguments they are for; by default the first ones in order.

    Examples
    --------
    >>> from autograd import grad
    >>> @primitive
    ... def cube(x):
    ...     return x * x * x
    >>> defvjp(cube, lambda ans, x: lambda g: g * 3.0 * x * x)
    >>> grad(cube)(2.0)
    12.0
    """

    def rule_of(maker: Maker | None) -> Rule | None:
        return None if maker is None else lambda g, out, *xs, **params: _dense(maker(out, *xs, **params)(g))

    numbers = count() if argnums is None else argnums
    _primitive(fun, "defvjp").derive({n: rule_of(maker) for n, maker in zip(numbers, vjpmakers, strict=False)})


def defvjp_argnum(fun: Primitive, vjpmaker: Callable[..., Callable[[Any], Any]]) -> None:
    """Define all derivatives by one maker: `vjpmaker(argnum, ans, args, kwargs)` gives `vjp(g)`.

    Parameters
    ----------
    fun : Primitive
    vjpmaker : callable

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.extend import defvjp_argnum, primitive
    >>> @primitive
    ... def product(x, y):
    ...     return x * y
    >>> defvjp_argnum(product, lambda argnum, ans, args, kwargs: lambda g: g * args[1 - argnum])
    >>> grad(product)(2.0, 3.0)
    3.0
    """

    def rule_of(number: int) -> Rule:
        return lambda g, out, *xs, **params: _dense(vjpmaker(number, out, xs, params)(g))

    _primitive(fun, "defvjp_argnum").derive({}, rule_of)


def defvjp_argnums(fun: Primitive, vjpmaker: Callable[..., Callable[[Any], Any]]) -> None:
    """Define all derivatives by one maker: `vjpmaker(argnums, ans, args, kwargs)` gives `vjp(g)`, a sequence.

    Parameters
    ----------
    fun : Primitive
    vjpmaker : callable

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.extend import defvjp_argnums, primitive
    >>> @primitive
    ... def product(x, y):
    ...     return x * y
    >>> defvjp_argnums(product, lambda argnums, ans, args, kwargs: lambda g: [g * args[1 - n] for n in argnums])
    >>> grad(product)(2.0, 3.0)
    3.0
    """

    def rule_of(number: int) -> Rule:
        return lambda g, out, *xs, **params: _dense(next(iter(vjpmaker((number,), out, xs, params)(g))))

    _primitive(fun, "defvjp_argnums").derive({}, rule_of)


def _transpose_push(number: int, push: Callable[..., Any]) -> Rule:
    """The rule that a forward derivative implies: that is linear in the tangent, and its reverse pass is the transpose."""

    def rule(g: Any, out: Any, *xs: Any, **params: Any) -> Any:
        x = np.asarray(raw(xs[number]))
        zero = np.zeros(x.shape, complex if is_complex(x) else float)
        return vjp(lambda tangent: push(tangent, out, *xs, **params), zero)[1](g)[0]

    return rule


def defjvp(fun: Any, *jvpmakers: Any, argnums: Iterable[int] | None = None) -> None:
    """Define forward derivatives: `jvpmaker(g, ans, *args, **kwargs)` gives the tangent of the result.

    `make_jvp`, `deriv` and `jvp` use them. For an argument that `defvjp` was not told of, the transpose of its forward
    derivative is its reverse one. None means a derivative of zero, "same" a function that is linear in the argument.

    Parameters
    ----------
    fun : Primitive
    *jvpmakers : callable, "same" or None
        One for each argument.
    argnums : sequence of int, optional
        Which arguments they are for; by default the first ones in order.

    Raises
    ------
    TypeError
        Where `fun` is not a primitive.

    Examples
    --------
    >>> from autograd import defjvp, grad, primitive
    >>> @primitive
    ... def triple(x):
    ...     return 3.0 * x
    >>> defjvp(triple, 'same')
    >>> grad(triple)(2.0)
    3.0
    """
    primitive_ = _primitive(fun, "defjvp")
    numbers = count() if argnums is None else argnums
    for number, maker in zip(numbers, jvpmakers, strict=False):
        push = None if maker is None else _along(primitive_, number, maker)
        primitive_.push({number: push})
        if not primitive_.has_rule(number):
            primitive_.derive({number: None if push is None else _transpose_push(number, push)})


def _along(fun: Primitive[..., Any], number: int, maker: Any) -> Callable[..., Any]:
    if maker == "same":
        # Where the reverse derivative is not known, that of its own code is.
        return _same(fun if fun.has_rule(number) else fun.function, number)
    return lambda tangent, out, *xs, **params: maker(tangent, out, *xs, **params)


def _same(function: Callable[..., Any], number: int) -> Callable[..., Any]:
    return lambda tangent, out, *xs, **params: function(*xs[:number], tangent, *xs[number + 1 :], **params)


def defjvp_argnum(fun: Primitive, jvpmaker: Callable[..., Any]) -> None:
    """Define all forward derivatives by one function `jvpmaker(argnum, g, ans, args, kwargs)`; see `defjvp`.

    Parameters
    ----------
    fun : Primitive
    jvpmaker : callable
        Gives the tangent of the result for a tangent `g` of the argument.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.extend import defjvp_argnum, primitive
    >>> @primitive
    ... def triple(x):
    ...     return 3.0 * x
    >>> defjvp_argnum(triple, lambda argnum, g, ans, args, kwargs: 3.0 * g)
    >>> grad(triple)(2.0)
    3.0
    """

    def push_of(number: int) -> Callable[..., Any]:
        return lambda g, out, *xs, **params: jvpmaker(number, g, out, xs, params)

    primitive_ = _primitive(fun, "defjvp_argnum").push({}, push_of)
    if not primitive_.has_rule(0):
        primitive_.derive({}, lambda number: _transpose_push(number, push_of(number)))


def defjvp_argnums(fun: Any, jvpmaker: Callable[..., Any]) -> None:
    """Define all forward derivatives by one function `jvpmaker(argnums, gs, ans, args, kwargs)`; see `defjvp`.

    Parameters
    ----------
    fun : Primitive
    jvpmaker : callable
        Gives the tangent of the result for tangents `gs` of the arguments `argnums`.

    Examples
    --------
    >>> from autograd import deriv
    >>> from autograd.extend import defjvp_argnums, primitive
    >>> @primitive
    ... def triple(x):
    ...     return 3.0 * x
    >>> defjvp_argnums(triple, lambda argnums, gs, ans, args, kwargs: 3.0 * gs[0])
    >>> deriv(triple)(2.0)
    3.0
    """
    defjvp_argnum(fun, lambda number, g, ans, args, kwargs: jvpmaker((number,), (g,), ans, args, kwargs))


def def_linear(fun: Primitive) -> None:
    """Declare that a primitive, written in functions that have derivatives, is linear in each of its arguments.

    Parameters
    ----------
    fun : Primitive
        Linear in each of its arguments.

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.extend import def_linear, primitive
    >>> @primitive
    ... def product(x, y):
    ...     return x * y
    >>> def_linear(product)
    >>> grad(product)(2.0, 3.0)
    3.0
    """
    primitive_ = _primitive(fun, "def_linear")
    primitive_.push({}, lambda number: _same(primitive_.function, number))
    primitive_.derive({}, lambda number: _transpose_push(number, _same(primitive_.function, number)))


def notrace_primitive(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is always called with plain data, and whose result is a constant.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
        With the same arguments.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.extend import notrace_primitive
    >>> from autograd import Tensor
    >>> notrace_primitive(np.unique)(Tensor([2.0, 1.0, 2.0]))
    array([1., 2.])
    """

    @wraps(function)
    def on_data(*args: Any, **kwargs: Any) -> Any:
        return function(*map_leaves(raw, args), **map_leaves(raw, kwargs))

    return on_data


def register_notrace(trace_type: Any, primitive_fun: Primitive[..., Any]) -> None:
    """Say that a primitive's result is a constant, in all its arguments.

    Parameters
    ----------
    trace_type
        Not needed here: it is one in reverse and in forward mode.
    primitive_fun : Primitive

    Examples
    --------
    >>> from autograd import grad
    >>> from autograd.extend import VJPNode, primitive, register_notrace
    >>> @primitive
    ... def rounded(x):
    ...     return round(x)
    >>> register_notrace(VJPNode, rounded)
    >>> grad(lambda x: x * rounded(x))(2.3)
    2.0
    """
    _primitive(primitive_fun, "register_notrace").derive({}, lambda number: None)
