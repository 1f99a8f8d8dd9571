"""Which nodes of a walk matter: those on the way to targets, and what a result was computed with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd.engine.reverse import walk
from autograd.graph.node import Node


def find_reaching(order: Sequence[Node], targets: Iterable[Node]) -> set[Node]:
    """The nodes of a walk through which a gradient gets to one of the targets, and these."""
    reaching = set(targets)
    for node in reversed(order):
        if any(parent in reaching for parent in node.parents):
            reaching.add(node)
    return reaching


def sources(root: Node, since: int) -> list[Node]:
    """What `root` was computed with from a creation number on: the older nodes, and the leaves, that need a gradient."""
    found: dict[Node, None] = {}
    for node in walk(root, since=since):
        for parent in node.parents:
            if parent.needs_grad and (parent.order < since or parent.op is None):
                found[parent] = None
    return list(found)
