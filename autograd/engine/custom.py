"""`custom_vjp` and `custom_jvp`: a function with derivatives of its own, as JAX's users write them.

`primitive` and its rules do the same in fewer words; see `autograd.engine.primitive`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from inspect import signature
from typing import Any

import numpy as np

from autograd.engine.structured import SeveralResults, call_on_parts, holds_node
from autograd.engine.transforms import vjp
from autograd.errors import MissingRuleError, ShapeError
from autograd.graph.node import Node, raw
from autograd.graph.op import Rule
from autograd.graph.tree import leaves, leaves_like, map_leaves


class _Custom:
    """A function of which each call is one node.

    Parameters
    ----------
    fun : callable
    nondiff_argnums : sequence of int
        Arguments that no derivative goes through, such as functions.
    """

    def __init__(self, fun: Callable[..., Any], nondiff_argnums: Sequence[int] = ()) -> None:
        update_wrapper(self, fun)
        self.fun = fun
        self.name = getattr(fun, "__name__", type(self).__name__)
        self.nondiff_argnums = tuple(nondiff_argnums)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            bound = signature(self.fun).bind(*args, **kwargs)
            bound.apply_defaults()
            args, kwargs = bound.args, bound.kwargs
        fixed = [args[i] for i in self.nondiff_argnums]
        moving = [x for i, x in enumerate(args) if i not in self.nondiff_argnums]
        if not any(map(holds_node, moving)):
            return self.fun(*args, **kwargs)

        def whole(xs: Sequence[Any]) -> list[Any]:
            given = iter(xs)
            return [args[i] if i in self.nondiff_argnums else next(given) for i in range(len(args))]

        record = self._recording(fixed, len(moving), whole, kwargs)
        try:
            return call_on_parts(self.name, *record, moving, {})
        except SeveralResults as several:
            return call_on_parts(self.name, *record, moving, {}, several.result)

    def _recording(
        self, fixed: list[Any], count: int, whole: Callable[[Sequence[Any]], list[Any]], kwargs: dict[str, Any]
    ) -> tuple[Callable[..., Any], Callable[[int], Rule], dict[int, Any]]:
        """The forward on plain data, the reverse derivatives, and those forward."""
        raise NotImplementedError

    def _pair(self, what: str, of: str, found: Any) -> tuple[Any, Any]:
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            raise ShapeError(
                f"{type(self).__name__}: the {what} of {self.name} gave {type(found).__name__}; expected a pair of {of}"
            )
        return found[0], found[1]

    def _check_shapes(self, number: int, gradient: Any, x: Any) -> None:
        """Refuse a gradient that would have to be broadcast to its argument; a larger one is summed, as that of any rule."""
        if gradient is None:
            return
        for g, part in zip(leaves_like(x, gradient, f"{self.name}: the gradient"), leaves(x), strict=True):
            if g is not None and not _broadcasts(np.shape(raw(part)), np.shape(raw(g))):
                raise ShapeError(
                    f"{type(self).__name__}: the bwd of {self.name} gave a gradient of shape {np.shape(raw(g))} for argument {number}, "
                    f"which has shape {np.shape(raw(part))}"
                )

    def _missing(self, method: str) -> MissingRuleError:
        return MissingRuleError(
            f"{type(self).__name__}: {self.name} has no derivative yet: give it with {self.name}.{method}(…)"
        )


class custom_vjp(_Custom):  # noqa: N801 - it is written as a decorator
    """A function whose reverse derivative is given.

    Parameters
    ----------
    fun : callable
        Of numbers, arrays, tensors and structures of them.
    nondiff_argnums : sequence of int
        Arguments that no derivative goes through, such as functions.

    Notes
    -----
    In forward mode the transpose of the reverse derivative is taken, where JAX raises an error.

    References
    ----------
    JAX's decorator of this name.

    Examples
    --------
    A gradient that is clipped on the way back:

    >>> from autograd import custom_vjp, grad
    >>> @custom_vjp
    ... def clipped(x):
    ...     return x
    >>> clipped.defvjp(lambda x: (x, None), lambda residual, g: (np.clip(g, -1.0, 1.0),))
    >>> grad(lambda x: 10.0 * clipped(x))(3.0)
    1.0
    """

    fwd: Callable[..., Any] | None = None
    bwd: Callable[..., Any] | None = None

    def defvjp(self, fwd: Callable[..., Any], bwd: Callable[..., Any]) -> None:
        """Say what is computed, and how a gradient goes back.

        Parameters
        ----------
        fwd : callable
            With the arguments of the function; gives a pair of its result and what `bwd` needs, the residual.
        bwd : callable
            Takes the arguments of `nondiff_argnums`, the residual and the gradient of the result; gives a tuple with the gradient
            of each other argument, None for zero.

        Examples
        --------
        >>> from autograd import grad
        >>> double = custom_vjp(lambda x: 2.0 * x)
        >>> double.defvjp(lambda x: (2.0 * x, None), lambda residual, g: (2.0 * g,))
        >>> grad(double)(1.0)
        2.0
        """
        self.fwd, self.bwd = fwd, bwd

    def _recording(
        self, fixed: list[Any], count: int, whole: Callable[[Sequence[Any]], list[Any]], kwargs: dict[str, Any]
    ) -> tuple[Callable[..., Any], Callable[[int], Rule], dict[int, Any]]:
        fwd, bwd = self.fwd, self.bwd
        if fwd is None or bwd is None:
            raise self._missing("defvjp")
        kept: list[Any] = [None]
        # What was sent back last, and for which gradient: it is asked for by each argument in turn.
        latest: list[Any] = [None, ()]

        def forward(*xs: Any) -> Any:
            out, kept[0] = self._pair("fwd", "the result and the residual", fwd(*whole(xs), **kwargs))
            return out

        def sent(g: Any, xs: Sequence[Any]) -> Sequence[Any]:
            if latest[0] is not g:
                recorded = any([isinstance(x, Node) for x in leaves((g, list(xs)))])
                residual = fwd(*whole(xs), **kwargs)[1] if recorded else kept[0]
                found = bwd(*fixed, residual, g)
                if not isinstance(found, (tuple, list)) or len(found) != len(xs):
                    count = f"{len(found)} gradients" if isinstance(found, (tuple, list)) else type(found).__name__
                    raise ShapeError(
                        f"custom_vjp: the bwd of {self.name} gave {count}; expected a tuple of {len(xs)}, one for each argument"
                    )
                for number, (back, x) in enumerate(zip(found, xs, strict=True), 1):
                    self._check_shapes(number, back, x)
                latest[:] = g, found
            return latest[1]

        return forward, lambda number: lambda g, out, *xs: sent(g, xs)[number], {}


class custom_jvp(_Custom):  # noqa: N801 - it is written as a decorator
    """A function whose forward derivative is given; its transpose is the reverse one.

    Parameters
    ----------
    fun : callable
        Of numbers, arrays, tensors and structures of them.
    nondiff_argnums : sequence of int
        Arguments that no derivative goes through, such as functions.

    References
    ----------
    JAX's decorator of this name.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import custom_jvp, grad
    >>> @custom_jvp
    ... def softplus(x):
    ...     return np.log1p(np.exp(x))
    >>> @softplus.defjvp
    ... def softplus_jvp(primals, tangents):
    ...     (x,), (t,) = primals, tangents
    ...     return softplus(x), t / (1.0 + np.exp(-x))
    >>> grad(softplus)(0.0), grad(softplus)(700.0)
    (0.5, 1.0)
    """

    jvp: Callable[..., Any] | None = None

    def defjvp(self, jvp: Callable[..., Any]) -> Callable[..., Any]:
        """Say how a direction goes forward; gives the function back, so that it may stand as a decorator.

        Parameters
        ----------
        jvp : callable
            Takes the arguments of `nondiff_argnums`, a tuple of the others, and a tuple of their tangents, in which it must be
            linear; gives a pair of the result and its tangent.

        Examples
        --------
        >>> from autograd import grad
        >>> double = custom_jvp(lambda x: 2.0 * x)
        >>> given = double.defjvp(lambda primals, tangents: (double(*primals), 2.0 * tangents[0]))
        >>> grad(double)(1.0)
        2.0
        """
        self.jvp = jvp
        return jvp

    def defjvps(self, *jvps: Callable[..., Any] | None) -> None:
        """Say it for each argument by itself: `jvp(tangent, out, *primals)`; None for zero.

        Parameters
        ----------
        *jvps : callable or None

        Examples
        --------
        >>> from autograd import grad
        >>> double = custom_jvp(lambda x: 2.0 * x)
        >>> double.defjvps(lambda tangent, out, x: 2.0 * tangent)
        >>> grad(double)(1.0)
        2.0
        """

        def jvp(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
            if len(jvps) != len(primals):
                raise ShapeError(
                    f"custom_jvp: {self.name} was given {len(jvps)} derivatives for {len(primals)} arguments"
                )
            out = self(*primals)
            parts = [rule(t, out, *primals) for rule, t in zip(jvps, tangents, strict=True) if rule is not None]
            return out, sum(parts[1:], parts[0]) if parts else map_leaves(_zero, out)

        self.jvp = jvp

    def _recording(
        self, fixed: list[Any], count: int, whole: Callable[[Sequence[Any]], list[Any]], kwargs: dict[str, Any]
    ) -> tuple[Callable[..., Any], Callable[[int], Rule], dict[int, Any]]:
        jvp = self.jvp
        if jvp is None:
            raise self._missing("defjvp")

        def push(number: int, tangent: Any, xs: Sequence[Any]) -> Any:
            tangents = tuple([tangent if i == number else map_leaves(_zero, x) for i, x in enumerate(xs)])
            return self._pair("jvp", "the result and its tangent", jvp(*fixed, tuple(xs), tangents))[1]

        def rule_of(number: int) -> Rule:
            return lambda g, out, *xs: vjp(lambda t: push(number, t, xs), map_leaves(_zero, xs[number]))[1](g)[0]

        def push_of(number: int) -> Callable[..., Any]:
            return lambda tangent, out, *xs: push(number, tangent, xs)

        pushes = {number: push_of(number) for number in range(count)}
        return lambda *xs: self.fun(*whole(xs), **kwargs), rule_of, pushes


def _broadcasts(smaller: tuple[int, ...], larger: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(smaller, larger) == larger
    except ValueError:
        return False


def _zero(x: Any) -> Any:
    data = np.asarray(raw(x))
    return np.zeros(data.shape, np.result_type(data.dtype, np.float16))[()]
