"""Whether anything still asks for a derivative of a node: a leaf under it that requires a gradient.

A transform closes the leaves of its own when it is done, so a node that was computed from nothing else is a constant to
everybody else, though it was recorded.
"""

from __future__ import annotations

from autograd.graph.node import Node, WeakTable

# Of nodes that were asked about: a leaf under each. A node never loses an ancestor, so what is known of one spares the
# walk behind it: many inner gradients in an outer one stay linear.
_LEAVES: WeakTable[Node] = WeakTable()


def is_live(node: Node) -> bool:
    """Whether a node was computed from a leaf that requires a gradient, or is one.

    Examples
    --------
    >>> from autograd import Value
    >>> leaf = Value(2.0)
    >>> square = leaf * leaf
    >>> is_live(square)
    True
    >>> leaf.requires_grad = False
    >>> is_live(square)
    False
    """
    if not node.needs_grad:
        return False
    consumer: dict[Node, Node | None] = {node: None}
    stack = [node]
    while stack:
        below = stack.pop()
        leaf = below if below.op is None else _LEAVES.get(below)
        if leaf is not None and leaf.needs_grad:
            _note(leaf, below, consumer)
            return True
        for parent in below.parents:
            if parent.needs_grad and parent not in consumer:
                consumer[parent] = below
                stack.append(parent)
    return False


def _note(leaf: Node, reached: Node, consumer: dict[Node, Node | None]) -> None:
    """Remember the leaf of all nodes on the way to it."""
    above: Node | None = consumer[reached]
    while above is not None:
        _LEAVES[above] = leaf
        above = consumer[above]
