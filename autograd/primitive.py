"""`primitive`: operations that a user defines, with one derivative per argument, on `Value` and `Tensor`."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from autograd.op import Op, Rule, apply


class Primitive:
    """A function that is recorded as one node; made by `primitive`."""

    def __init__(self, function: Callable[..., Any], rules: tuple[Rule | None, ...]) -> None:
        update_wrapper(self, function)
        self.op = Op(function.__name__, function, function, rules, opaque=True)

    def derivatives(self, *rules: Rule | None) -> Primitive:
        """Set the derivatives, one per argument; None where it is zero."""
        self.op.rules = rules
        return self

    def __call__(self, *args: Any, **params: Any) -> Any:
        if not self.op.rules:
            raise TypeError(
                f"primitive {self.op.name!r} has no derivatives yet: give them with {self.op.name}.derivatives(lambda g, out, x: …)"
            )
        if len(args) != len(self.op.rules):
            raise TypeError(
                f"primitive {self.op.name!r} has {len(self.op.rules)} derivatives and got {len(args)} arguments; parameters go by keyword"
            )
        return apply(self.op, args, params)


def primitive(*rules: Any) -> Any:
    """Make a function an operation of its own, recorded as one node.

    Parameters
    ----------
    *rules : callable or None
        For each positional argument its derivative `(g, out, x, y, …)`, with keyword arguments passed on as they came.
        Written with the operators and the functions of `autograd`, they hold to any order.

    Returns
    -------
    callable
        A decorator; used bare, `@primitive` takes the derivatives later, from `.derivatives(…)`.

    Examples
    --------
    >>> from autograd import Value, grad
    >>> @primitive(lambda g, out, x: g * 3.0 * x * x)
    ... def cube(x):
    ...     return x * x * x
    >>> grad(cube)(2.0), grad(grad(cube))(2.0)
    (12.0, 12.0)
    """
    if len(rules) == 1 and callable(rules[0]) and rules[0].__code__.co_argcount < 3:
        return Primitive(rules[0], ())
    return lambda function: Primitive(function, rules)
