"""Users' operations on structures: lists, tuples and dicts of nodes as arguments, and of arrays as results.

The nodes in the arguments are the operands of one node; several results lie side by side in its array, and are cut apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import numpy as np

from autograd.graph.node import Node
from autograd.graph.op import Op, Rule, apply
from autograd.graph.tree import leaves, leaves_like, rebuild
from autograd.ops.indexing import basic
from autograd.ops.shape import as_array, concatenate, reshape

Push = Callable[..., Any]


class SeveralResults(Exception):  # noqa: N818 - a message to the caller, not an error
    """Raised by a forward whose result is no array; it carries that result."""

    def __init__(self, result: Any) -> None:
        super().__init__("an operation gave several results")
        self.result = result


def one_result(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that raises `SeveralResults` where it would return a structure."""

    @wraps(function)
    def forward(*xs: Any, **params: Any) -> Any:
        # A number is given as one, which can be rounded and formatted, and not as an array without axes.
        result = function(*[x[()] if x.__class__ is np.ndarray and not x.ndim else x for x in xs], **params)
        if isinstance(result, (list, tuple, dict)):
            raise SeveralResults(result)
        return result

    return forward


def holds_node(tree: Any) -> bool:
    """Whether a structure has a node in it.

    Examples
    --------
    >>> holds_node({"w": [1.0]})
    False
    """
    return any([isinstance(leaf, Node) for leaf in leaves(tree)])


def call_on_parts(
    name: str,
    function: Callable[..., Any],
    rule_of: Callable[[int], Rule | None],
    pushes: Mapping[int, Push | None],
    args: Sequence[Any],
    params: dict[str, Any],
    pattern: Any = None,
) -> Any:
    """Record a call whose arguments are structures of nodes, or whose result is one, like `pattern`.

    Parameters
    ----------
    name : str
    function : callable
        The forward, on plain data.
    rule_of : callable
        The derivative by an argument number, on structures as the function has them.
    pushes : mapping of int to callable
        The forward derivatives by argument number; those by arguments that are structures are not used.
    args, params
    pattern : structure of arrays, optional
    """
    taken = [isinstance(x, (list, tuple, dict)) and holds_node(x) for x in args]
    parts = [leaves(x) if apart else [x] for x, apart in zip(args, taken, strict=True)]

    def whole(xs: Sequence[Any]) -> list[Any]:
        rest = iter(xs)
        return [rebuild(x, rest) if apart else next(rest) for x, apart in zip(args, taken, strict=True)]

    def forward(*xs: Any, **params: Any) -> Any:
        result = function(*whole(xs), **params)
        if pattern is None:
            return result
        return np.concatenate([np.ravel(leaf) for leaf in leaves_like(pattern, result, name)])

    def joint(g: Any, out: Any, xs: Sequence[Any], **params: Any) -> list[Any]:
        given, sent = whole(xs), list[Any]()
        if pattern is not None:
            g, out = cut(g, pattern), cut(out, pattern)
        for number, apart in enumerate(taken):
            rule = rule_of(number) if any([isinstance(x, Node) and x.needs_grad for x in parts[number]]) else None
            back = None if rule is None else rule(g, out, *given, **params)
            if back is None:
                sent += [None] * len(parts[number])
            elif apart and isinstance(back, np.ndarray):
                # A vector for a list of numbers.
                sent += leaves_like(args[number], list(back), f"{name}: the derivative")
            else:
                sent += leaves_like(args[number], back, f"{name}: the derivative") if apart else [back]
        return sent

    def pushed(push: Push | None) -> Push | None:
        if push is None or pattern is None:
            return push and (lambda tangent, out, *xs, **params: push(tangent, out, *whole(xs), **params))

        def of_all(tangent: Any, out: Any, *xs: Any, **params: Any) -> Any:
            told = push(tangent, cut(out, pattern), *whole(xs), **params)
            return concatenate([reshape(as_array(leaf), -1) for leaf in leaves_like(pattern, told, name)])

        return of_all

    op = Op(name, None, one_result(forward), joint=joint, opaque=True)
    place = 0
    for number, part in enumerate(parts):
        if number in pushes and not taken[number]:
            op.pushes[place] = pushed(pushes[number])
        place += len(part)
    found = apply(op, tuple(leaf for part in parts for leaf in part), params)
    return found if pattern is None else cut(found, pattern)


def cut(vector: Any, pattern: Any) -> Any:
    """The parts of a vector in the structure and the shapes of a pattern.

    Examples
    --------
    >>> cut(np.array([1.0, 2.0, 3.0]), (0.0, np.zeros(2)))
    (np.float64(1.0), array([2., 3.]))
    """
    start, found = 0, []
    for leaf in leaves(pattern):
        lengths = np.shape(leaf)
        part = reshape(basic(vector, (slice(start, start + math.prod(lengths)),)), lengths)
        found.append(part if isinstance(part, Node) else part[()])
        start += math.prod(lengths)
    return rebuild(pattern, iter(found))
