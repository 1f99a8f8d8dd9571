"""The contributions that each leaf of a graph gets, one for each use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.check.verdict import Coordinate
from autograd.engine import reverse
from autograd.graph.node import Node, get_data

# The contributions to a leaf: elements of it, and the number that each gets.
Uses = list[tuple[np.ndarray, np.ndarray]]


def uses_of_leaves(root: Node, nodes: Sequence[Node]) -> list[Uses]:
    """For every leaf the contributions it gets, each as pairs of (element of the leaf, number), before they are added up."""
    place = {node: i for i, node in enumerate(nodes)}
    found: list[Uses] = [[] for _ in nodes]
    for step in reverse.steps(root):
        node = step.node
        if node.op is None or not any(parent in place for parent in node.parents):
            continue
        sent = reverse.contributions(node, step.upstream, get_data)
        for index, (parent, contribution) in enumerate(zip(node.parents, sent, strict=True)):
            if parent not in place or contribution is None:
                continue
            data = np.asarray(get_data(parent))
            elements = np.arange(data.size).reshape(data.shape)
            contribution = np.asarray(contribution, dtype=float)
            if index == 0 and node.op.name == "index":
                # What an index takes out several times gets several numbers.
                xs = [elements, *(get_data(p) for p in node.parents[1:])]
                elements, contribution = node.op.array(*xs, **node.params), np.asarray(step.upstream, dtype=float)
            elif contribution.shape != data.shape:
                try:
                    elements, contribution = np.broadcast_arrays(elements, contribution)
                except ValueError:
                    continue
            found[place[parent]].append((elements.ravel(), contribution.ravel()))
    return found


def contributions_to(uses: Uses, c: Coordinate, shape: tuple[int, ...]) -> list[float]:
    """The contributions to one element that are not zero."""
    assert c.place is not None
    flat = int(np.ravel_multi_index(c.place[1], shape)) if shape else 0
    return [float(v) for elements, values in uses for v in values[elements == flat] if v]
