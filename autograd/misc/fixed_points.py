"""`fixed_point`: where an iteration comes to rest, differentiated without recording the iteration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from autograd.engine.reaching import sources
from autograd.engine.reverse import propagate, read_node, walk
from autograd.engine.transforms import vjp
from autograd.graph.modes import enable_grad, no_grad
from autograd.graph.node import Node, get_data, next_order, raw
from autograd.graph.op import Op, apply
from autograd.graph.tree import leaves, rebuild


def fixed_point(
    f: Callable[[Any], Callable[[Any], Any]],
    a: Any,
    x0: Any,
    distance: Callable[[Any, Any], float],
    tol: float,
) -> Any:
    """The `x` with `f(a)(x) = x`, by iteration from `x0`, differentiable in `a` and in whatever else `f` uses.

    Its derivative solves a fixed-point equation of its own, by the implicit function theorem (Christianson 1994).

    Parameters
    ----------
    f : callable
        `f(a)` is a map from arrays to arrays of one shape, a contraction near its fixed point.
    a : number, array, or lists, tuples and dicts of them
    x0 : number or array
    distance : callable
        Of two successive points; the iteration ends where it is below `tol`.
    tol : float

    Examples
    --------
    >>> from autograd import grad
    >>> root = lambda a: fixed_point(lambda a: lambda x: 0.5 * (x + a / x), a, 1.0, lambda x, y: abs(x - y), 1e-9)
    >>> round(float(root(2.0)), 6), round(grad(root)(2.0), 6), round(grad(grad(root))(2.0), 6)
    (1.414214, 0.353553, -0.088388)
    """

    given = leaves(a)
    places = [i for i, leaf in enumerate(given) if isinstance(leaf, Node)]

    def forward(*xs: Any) -> np.ndarray:
        numbers = iter(xs)
        filled = rebuild(a, iter([next(numbers) if i in places else leaf for i, leaf in enumerate(given)]))
        with no_grad():
            return np.asarray(raw(_rest(f(filled), raw(x0), distance, tol)))

    def joint(g: Any, out: Any, xs: Sequence[Any]) -> list[Any]:
        # The cotangent u = g + (∂f/∂x)ᵀ u is a fixed point as well, differentiable in all that it depends on.
        def back(around: Any) -> Callable[[Any], Any]:
            a, x, g = around
            pull = vjp(f(a), x)[1]
            return lambda u: g + pull(u)[0]

        recorded = any([isinstance(x, Node) for x in (g, *xs)])
        with nullcontext() if recorded else no_grad():
            settled = fixed_point(back, (a, out, g), np.zeros_like(raw(out)), distance, tol)
        since = next_order()
        with enable_grad():
            root = f(a)(out)
        read = read_node if recorded else get_data
        sums = propagate(
            root, settled if recorded else raw(settled), read, lambda *_: None, order=walk(root, since=since)
        )
        return [sums.get(source) for source in parents]

    # What one step computes with: nodes of `a`, and whatever else `f` uses.
    since = next_order()
    settled = forward(*(raw(given[i]) for i in places))
    step = f(a)(settled)
    parents = [given[i] for i in places]
    if isinstance(step, Node) and step.requires_grad:
        parents += [source for source in sources(step, since) if not any([source is parent for parent in parents])]
    if not parents:
        return settled[()]
    return apply(Op("fixed_point", None, forward, joint=joint, opaque=True), tuple(parents))


def _rest(step: Callable[[Any], Any], x: Any, distance: Callable[[Any, Any], float], tol: float) -> Any:
    previous, x = x, step(x)
    while distance(x, previous) > tol:
        previous, x = x, step(x)
    return x
