"""The reverse pass over `Value`s that nobody watches: the sums of `reverse.propagate`, in its order, several times as fast.

It calls the function that `source.generate` printed for each operation, and adds up in the nodes' own `.grad`. So it
runs alone, holding `GRADIENTS`, and calls nothing of a user's: graphs with hooks or with operations of a user's own, and
passes with steps or checks, take the plain pass.
"""

from __future__ import annotations

from typing import Any

from autograd.engine import source
from autograd.engine.contributions import contributions
from autograd.graph.node import GRADIENTS, Node, get_data
from autograd.graph.op import NOT_FINITE_IN_PYTHON, Op

# The nodes in whose `.grad` the pass under way adds up. Only what Python itself calls in the middle of it can see that:
# a debugger's prompt, the handler of a signal, a `__del__`.
under_way: set[Node] = set()


def backward(root: Any, gradient: float) -> bool:
    """Add to the `.grad` of every leaf its derivative; False, and nothing done, where the plain pass must do it.

    Parameters
    ----------
    root : Value
    gradient : float
        What arrives at it.
    """
    with GRADIENTS:
        if root.op is None:
            root.grad += gradient
            return True
        if under_way:
            return False
        try:
            waiting = _several_consumers(root)
            if waiting is None:
                return False
            root.grad = gradient
            _send(root, waiting)
            return True
        finally:
            under_way.clear()


def _several_consumers(root: Any) -> dict[Any, int] | None:
    """For each intermediate with more than one consumer, how many; the gradients of all are set to 0.

    Most have one consumer, and can do without a count. None where an operation is a user's own.
    """
    if root.op.opaque:
        return None
    under_way.add(root)
    met = under_way
    several: dict[Any, int] = {}
    found = [root]
    for node in found:
        for parent in node.parents:
            op = parent.op
            if op is not None:
                if parent in met:
                    several[parent] = several.get(parent, 1) + 1
                elif parent.needs_grad:
                    if op.opaque:
                        return None
                    met.add(parent)
                    found.append(parent)
                    parent.grad = 0.0
    return several


def _send(root: Any, waiting: dict[Any, int]) -> None:
    """Take each node in turn, once its consumers have sent all; `waiting` counts those that have not."""
    ready = [root]
    for node in ready:
        op: Op = node.op
        try:
            (op.pull or source.generate(op))(node)
        except NOT_FINITE_IN_PYTHON:
            # Nothing was added yet: generated functions compute all contributions before they add one.
            for parent, sent in zip(node.parents, contributions(node, node.grad, get_data), strict=True):
                if sent is not None and parent.needs_grad:
                    parent.grad += sent
        for parent in node.parents:
            if parent.op is not None:
                if parent in waiting:
                    left = waiting[parent] - 1
                    if left:
                        waiting[parent] = left
                    else:
                        ready.append(parent)
                elif parent.needs_grad:
                    ready.append(parent)
