"""Traces as HIPS autograd has them: what a function computes from its argument, as nodes of a class of one's own.

The function is recorded as always; a node of that class is then made for each operation that depends on the argument, in
the order in which they were computed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

import numpy as np

from autograd.engine.forward import jvp
from autograd.engine.lifting import call_on_fresh_nodes, lift, release
from autograd.engine.primitive import Primitive
from autograd.engine.unbroadcast import unbroadcast
from autograd.graph.liveness import is_live
from autograd.graph.node import Node as Recorded
from autograd.graph.node import below, raw
from autograd.hips.containers import container_take
from autograd.hips.vspaces import VSpace, vspace


class Node:
    """What `trace` makes of each operation; a subclass says what it keeps of it.

    Parameters
    ----------
    value
        The result of the operation.
    fun : callable
    args, kwargs
        What it was called with.
    parent_argnums : sequence of int
        Which of `args` depend on the argument of the trace.
    parents : sequence of Node
        The nodes of those.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd.tracer import Node, trace
    >>> class Name(Node):
    ...     def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
    ...         self.name = f"{fun.__name__}({', '.join(parent.name for parent in parents)})"
    ...     def initialize_root(self, name):
    ...         self.name = name
    >>> value, node = trace(Name.new_root("x"), lambda x: np.sin(x + x), 0.0)
    >>> float(value), node.name
    (0.0, 'sin(add(x, x))')
    """

    def __init__(
        self,
        value: Any,
        fun: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        parent_argnums: Sequence[int],
        parents: Sequence[Any],
    ) -> None:
        raise NotImplementedError(f"{type(self).__name__}.__init__ says what a node keeps of an operation")

    def initialize_root(self, *args: Any, **kwargs: Any) -> None:
        """Fill the node of the argument, which no operation made.

        Parameters
        ----------
        *args, **kwargs
            What `new_root` is given.

        Examples
        --------
        >>> from autograd.core import JVPNode
        >>> root = JVPNode.new_root(1.0)
        >>> root.initialize_root(2.0)
        >>> root.g
        2.0
        """
        raise NotImplementedError(f"{type(self).__name__}.initialize_root fills the node of the argument")

    @classmethod
    def new_root(cls, *args: Any, **kwargs: Any) -> Self:
        """The node of the argument; what is given goes to `initialize_root`.

        Parameters
        ----------
        *args, **kwargs
            Of `initialize_root`.

        Examples
        --------
        >>> from autograd.core import JVPNode
        >>> JVPNode.new_root(1.0).g
        1.0
        """
        root = cls.__new__(cls)
        root.initialize_root(*args, **kwargs)
        return root


def trace(start_node: Any, fun: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """`fun(x)`, and its node: an instance of the class of `start_node`, which is that of `x`.

    The node is None, with a warning, where the result does not depend on `x`. A result in several parts has none.

    Parameters
    ----------
    start_node : Node
    fun : callable
        Of one argument.
    x : number, array, or structure of them

    Returns
    -------
    tuple
    """
    out, targets = call_on_fresh_nodes(fun, (x,), {}, (0,))
    kind, made = type(start_node), dict[Recorded, Any]()
    unmade = iter(targets)

    def enter(part: Any, node: Any) -> None:
        if not isinstance(part, (dict, list, tuple)):
            made[next(unmade)] = node
            return
        for key in part if isinstance(part, dict) else range(len(part)):
            enter(part[key], kind(part[key], container_take, (part, key), {}, (0,), (node,)))

    enter(x, start_node)
    if isinstance(out, Recorded):
        for node in sorted(below(out), key=lambda node: node.order):
            argnums = [i for i, parent in enumerate(node.parents) if parent in made]
            if argnums and node not in made and node.op is not None:
                operands = tuple(_operand(parent) for parent in node.parents)
                parents = tuple(made[node.parents[i]] for i in argnums)
                made[node] = kind(_operand(node), node.op.call, operands, dict(node.params), argnums, parents)
        if out in made:
            return release(out), made[out]
    warnings.warn("Output seems independent of input.", stacklevel=2)
    return (release(out) if isinstance(out, Recorded) else out), None


def _operand(node: Recorded) -> Any:
    """A node of an outer transform as it is, and the data of any other."""
    return node if is_live(node) else raw(node)[()] if isinstance(raw(node), np.ndarray) else raw(node)


class VJPNode(Node):
    """A node with `vjp`, which takes the cotangent of its value to those of its parents; see `backward_pass`.

    Examples
    --------
    >>> from autograd.core import VJPNode, backward_pass
    >>> from autograd.tracer import trace
    >>> value, node = trace(VJPNode.new_root(), lambda x: x * x, 3.0)
    >>> float(backward_pass(1.0, node))
    6.0
    """

    __slots__ = ("parents", "vjp")

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
        self.vjp = lambda g: _sent(fun, g, value, args, kwargs, parent_argnums)

    def initialize_root(self) -> None:
        """The argument sends nothing on.

        Examples
        --------
        >>> from autograd.core import VJPNode
        >>> VJPNode.new_root().parents
        ()
        """
        self.parents = ()
        self.vjp = lambda g: ()


def _sent(fun: Any, g: Any, value: Any, args: Sequence[Any], kwargs: dict[str, Any], numbers: Sequence[int]) -> Any:
    if isinstance(fun, Primitive):
        return tuple(fun.rule(number)(g, value, *args, **kwargs) for number in numbers)  # type: ignore[misc]
    found = fun.op.contributions(g, value, args, kwargs, [i in numbers for i in range(len(args))])
    return tuple(
        vspace(args[i]).zeros() if found[i] is None else unbroadcast(found[i], np.shape(raw(args[i]))) for i in numbers
    )


def backward_pass(g: Any, end_node: Any) -> Any:
    """The cotangent of the argument of a trace of `VJPNode`, from that of the result.

    Parameters
    ----------
    g : number or array
        In the shape of the result.
    end_node : VJPNode

    Returns
    -------
    number, array, or structure of them
    """
    sums: dict[Any, Any] = {end_node: g}
    arrived = g
    for node in toposort(end_node):
        arrived = sums.pop(node)
        for parent, sent in zip(node.parents, node.vjp(arrived), strict=True):
            sums[parent] = VSpace(sent).add(sums[parent], sent) if parent in sums else sent
    return arrived


class JVPNode(Node):
    """A node with `g`, the tangent of its value.

    Parameters
    ----------
    value, fun, args, kwargs, parent_argnums, parents
        As of any node of a trace; see `autograd.tracer.Node`.

    Examples
    --------
    >>> from autograd.core import JVPNode
    >>> from autograd.tracer import trace
    >>> value, node = trace(JVPNode.new_root(1.0), lambda x: x * x, 3.0)
    >>> float(node.g)
    6.0
    """

    __slots__ = ("g",)

    def __init__(
        self,
        value: Any,
        fun: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        parent_argnums: Sequence[int],
        parents: Sequence[Any],
    ) -> None:
        def of(*moving: Any) -> Any:
            filled = list(args)
            for number, x in zip(parent_argnums, moving, strict=True):
                filled[number] = x
            return fun(*filled, **kwargs)

        self.g = jvp(of, [args[i] for i in parent_argnums], [parent.g for parent in parents])[1]

    def initialize_root(self, g: Any) -> None:
        """The argument moves along `g`.

        Parameters
        ----------
        g : number, array, or structure of them

        Examples
        --------
        >>> from autograd.core import JVPNode
        >>> JVPNode.new_root(1.0).g
        1.0
        """
        self.g = g


def toposort(end_node: Any, parents: Callable[[Any], Sequence[Any]] = lambda node: node.parents) -> Iterator[Any]:
    """The nodes behind one, each after all that were made of it.

    Parameters
    ----------
    end_node
        Where to begin; it comes first.
    parents : callable, optional
        What a node was made of; by default its `parents`.

    Yields
    ------
    the nodes

    Examples
    --------
    >>> from autograd.util import toposort
    >>> made_of = {"e": "cd", "c": "ab", "d": "b", "a": "", "b": ""}
    >>> list(toposort("e", made_of.get))
    ['e', 'c', 'd', 'a', 'b']
    """
    waiting, found = {end_node: 0}, [end_node]
    for node in found:
        for parent in parents(node):
            if parent not in waiting:
                waiting[parent] = 0
                found.append(parent)
            waiting[parent] += 1
    ready = [end_node]
    for node in ready:
        yield node
        for parent in parents(node):
            waiting[parent] -= 1
            if not waiting[parent]:
                ready.append(parent)


class TraceStack:
    """How many traces are open, one within the other."""

    def __init__(self) -> None:
        self.top = -1

    @contextmanager
    def new_trace(self) -> Iterator[int]:
        """Open a trace; gives its number."""
        self.top += 1
        try:
            yield self.top
        finally:
            self.top -= 1


trace_stack = TraceStack()


def new_box(value: Any, trace: int = 0, node: Any = None) -> Any:
    """A number or an array as a node that records what is computed from it, as transforms hand it to a function.

    Parameters
    ----------
    value : number, array, or structure of them
    trace, node
        Not needed here: a node of ours is its own.

    Returns
    -------
    Tensor, or structure of them

    Examples
    --------
    >>> from autograd.tracer import isbox, new_box
    >>> isbox(new_box(2.0))
    True
    """
    return lift(value)[0]
