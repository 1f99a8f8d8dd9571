"""`const_graph`: a function recorded once, of which only what depends on the arguments is computed again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any

from autograd.hips.tracing import Node, toposort, trace


class _Operation(Node):
    """An operation that can be done again with other operands."""

    def __init__(
        self,
        value: Any,
        fun: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        parent_argnums: Sequence[int],
        parents: Sequence[Any],
    ) -> None:
        self.parents = parents
        self._fun, self._args, self._kwargs, self._numbers = fun, args, kwargs, parent_argnums

    def initialize_root(self) -> None:
        """The arguments."""
        self.parents = ()

    def again(self, found: dict[Any, Any]) -> Any:
        args = list(self._args)
        for number, parent in zip(self._numbers, self.parents, strict=True):
            args[number] = found[parent]
        return self._fun(*args, **self._kwargs)


def const_graph(fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """`fun` with its first call recorded: later ones repeat those operations alone that depend on the arguments.

    Python's control flow is that of the first call.

    Parameters
    ----------
    fun : callable
    *args, **kwargs
        Its first arguments, and those by keyword, which stay what they are.

    Returns
    -------
    callable
        Of the other arguments.

    Raises
    ------
    ValueError
        When that is called, where the result does not depend on an argument.

    Examples
    --------
    >>> from autograd.misc import const_graph
    >>> def squared(x):
    ...     print("running")
    ...     return x**2
    >>> f = const_graph(squared)
    >>> float(f(2.0)), float(f(3.0))
    running
    (4.0, 9.0)
    """
    of_rest = partial(fun, *args, **kwargs)
    order: list[Any] = []

    @wraps(fun)
    def repeated(*rest: Any) -> Any:
        if not order:
            value, end = trace(_Operation.new_root(), lambda xs: of_rest(*xs), rest)
            if end is None:
                raise ValueError("const_graph: the result does not depend on the arguments")
            order.extend(reversed(list(toposort(end))))
            return value
        found = {order[0]: rest}
        for node in order[1:]:
            found[node] = node.again(found)
        return found[order[-1]]

    return repeated
