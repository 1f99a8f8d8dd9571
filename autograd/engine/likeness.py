"""Whether a graph was recorded just as another: the same operations on the same shapes, so that the same elements depend on each other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence, Set
from typing import Any

import numpy as np

from autograd.graph.node import Node, get_data
from autograd.ops.dependence import read_constant


def describe_dependence(order: Sequence[Node], targets: Sequence[Node], reaching: Set[Node]) -> list[tuple[Any, ...]]:
    """All that the pattern of a graph is made of; see `are_alike`.

    Parameters
    ----------
    order : sequence of Node
        Each after all its consumers.
    targets : sequence of Node
    reaching : set of Node
        Those that depend on a target, and these. Of numbers that do not, those that a pattern reads are told by a hash.

    Examples
    --------
    >>> from autograd import Tensor
    >>> def told(numbers, index):
    ...     x = Tensor(numbers, requires_grad=True)
    ...     y = x[np.array(index)]
    ...     return describe_dependence([y, x], [x], {x, y})
    >>> are_alike(told([1.0, 2.0], [0, 0]), told([3.0, 4.0], [0, 0])), are_alike(told([1.0, 2.0], [0, 0]), told([1.0, 2.0], [0, 1]))
    (True, False)
    """
    numbers = {node: number for number, node in enumerate(dict.fromkeys((*targets, *order)))}
    told: list[tuple[Any, ...]] = [np.shape(get_data(target)) for target in targets]
    for node in order:
        if node.op is None or node not in reaching:
            continue
        operands = [numbers[p] if p in reaching else _describe_constant(node, p) for p in node.parents]
        told.append((numbers[node], node.op, node.params, np.shape(get_data(node)), operands))
    return told


def _describe_constant(node: Node, parent: Node) -> tuple[Any, ...]:
    data = np.asarray(get_data(parent))
    read = read_constant(node.op, data)  # type: ignore[arg-type]
    if read is None:
        return (data.shape,)
    return data.shape, read.dtype.str, hashlib.blake2b(read.tobytes()).digest()


def are_alike(told: list[tuple[Any, ...]], other: list[tuple[Any, ...]]) -> bool:
    """Whether two descriptions are of graphs with one pattern; no, where that is not certain."""
    try:
        return told == other
    except ValueError:
        # Parameters that are arrays have no truth.
        return False
