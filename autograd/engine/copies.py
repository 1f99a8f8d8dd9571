"""Where a graph begins by moving elements of its targets about: passes end there, and what they bring is added up by place.

The cameras of a thousand observations are copies of a few; derivatives by the copies overlap less than those by the cameras, so
that fewer passes find them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence, Set

import numpy as np

from autograd.graph.node import Node, get_data
from autograd.graph.op import TABLE
from autograd.ops.dependence import MOVES, Call, find_dependence


def find_copies(order: Sequence[Node], targets: Sequence[Node], reaching: Set[Node]) -> dict[Node, None]:
    """The targets, and the nodes that consist of elements of theirs, each after its operands.

    Parameters
    ----------
    order : sequence of Node
        Each after all its consumers.
    targets : sequence of Node
    reaching : set of Node
        Those that depend on a target, and these.
    """
    copies = dict.fromkeys(targets)
    for node in reversed(order):
        op = node.op
        moves = op is not None and op.name in MOVES and TABLE[op.name] is op
        if moves and node in reaching and all(parent in copies for parent in node.parents if parent in reaching):
            copies[node] = None
    return copies


def find_places(copies: Iterable[Node], targets: Sequence[Node]) -> dict[Node, np.ndarray]:
    """For each element of copies, in C order, its number among those of all targets; below 0 where it is a constant.

    Examples
    --------
    >>> from autograd import Tensor
    >>> x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> y = x[1:]
    >>> z = y * x[0]
    >>> copies = find_copies([z, y, x], [x], {x, y, z})
    >>> [places.tolist() for places in find_places(copies, [x]).values()]
    [[0, 1, 2], [1, 2]]
    """
    ends = np.cumsum([0, *(np.size(get_data(target)) for target in targets)])
    found = {t: np.arange(start, end) for t, start, end in zip(targets, ends, ends[1:], strict=False)}
    for node in copies:
        if node in found:
            continue
        operands, moving = [np.asarray(get_data(p)) for p in node.parents], [p in found for p in node.parents]
        call = Call(node.op, np.shape(get_data(node)), operands, moving, node.params)  # type: ignore[arg-type]
        found[node] = places = np.full(np.size(get_data(node)), -1)
        for number, parent in enumerate(node.parents):
            if moving[number]:
                taken = find_dependence(call, number).of_result  # type: ignore[union-attr]
                there = taken >= 0
                places[there] = found[parent][taken[there]]
    return found


def find_frontier(root: Node, order: Sequence[Node], copies: Container[Node]) -> list[Node]:
    """Those of the copies that are computed with, or given as the root."""
    used = dict.fromkeys(parent for node in order if node not in copies for parent in node.parents if parent in copies)
    return [root, *used] if root in copies else list(used)
