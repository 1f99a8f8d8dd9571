"""What the nodes of a graph are called: their own names, and v1, v2, … in the order they were made for those without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from autograd.draw.numbers import number
from autograd.node import Const, Node


def unique_names(nodes: Iterable[Node]) -> dict[Node, str]:
    """A name for every node, each different; a constant's is its number, and need not be.

    Parameters
    ----------
    nodes : iterable of Node
        In the order they were made.

    Examples
    --------
    >>> from autograd import Value
    >>> from autograd.node import ancestors
    >>> a = Value(3.0, name="a")
    >>> list(unique_names(ancestors(2 * a + a)).values())
    ['2', 'a', 'v1', 'v2']
    """
    nodes = list(nodes)
    taken = {node.name for node in nodes if node.name}
    seen: Counter[str] = Counter()
    found: dict[Node, str] = {}
    unnamed = 0
    for node in nodes:
        if node.__class__ is Const:
            found[node] = number(float(node.data))
        elif node.name:
            seen[node.name] += 1
            name = node.name
            while seen[node.name] > 1 and (name := f"{node.name}#{seen[node.name]}") in taken:
                seen[node.name] += 1
            taken.add(name)
            found[node] = name
        else:
            unnamed += 1
            while f"v{unnamed}" in taken:
                unnamed += 1
            found[node] = f"v{unnamed}"
    return found
