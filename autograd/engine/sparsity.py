"""Which derivatives can differ from 0: a graph that was recorded is followed, element by element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine.reverse import walk
from autograd.graph.node import Node, get_data
from autograd.graph.op import TABLE
from autograd.ops.dependence import Call, Dependence, Groups, find_dependence


def find_pattern(root: Node, targets: Sequence[Node], through_zeros: bool = False) -> Any:
    """The elements of the targets that each element of the root depends on.

    Parameters
    ----------
    root : Node
    targets : sequence of Node
    through_zeros : bool
        Whether an element that is multiplied by a zero of a constant matrix counts: what passes compute goes through there,
        and ∞·0 is not a number.

    Returns
    -------
    scipy.sparse.csr_array of bool
        Of shape (size of the root, sizes of the targets together), where True says that a derivative can differ from 0.

    Examples
    --------
    >>> from autograd import Tensor
    >>> x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> find_pattern(x[1:] * x[:-1], [x]).toarray().astype(int)
    array([[1, 1, 0],
           [0, 1, 1]])
    """
    from scipy.sparse import csr_array

    columns = np.cumsum([0, *(np.size(get_data(target)) for target in targets)])
    found: dict[Node, Any] = {}
    for target, start, end in zip(targets, columns, columns[1:], strict=False):
        ones = np.ones(end - start, bool)
        found[target] = csr_array((ones, np.arange(start, end), np.arange(end - start + 1)), (end - start, columns[-1]))
    order = walk(root, since=min([target.order for target in targets], default=0))
    left: dict[Node, int] = {}
    for node in order:
        for parent in node.parents:
            left[parent] = left.get(parent, 0) + 1
    for node in reversed(order):
        if node not in found:
            pattern = _pattern_of(node, found, through_zeros)
            if pattern is not None:
                found[node] = pattern
        for parent in node.parents:
            left[parent] -= 1
            if not left[parent] and parent is not root:
                # Nobody asks again.
                found.pop(parent, None)
    return found.get(root, csr_array((np.size(get_data(root)), columns[-1]), dtype=bool))


def _pattern_of(node: Node, found: dict[Node, Any], through_zeros: bool) -> Any:
    """The pattern of a node whose operands have theirs, or None where nothing moves it."""
    op = node.op
    moving = [parent in found for parent in node.parents]
    if op is None or not any(moving):
        return None
    xs = [np.asarray(get_data(parent)) for parent in node.parents]
    seen = [True] * len(xs) if through_zeros else moving
    call = Call(op, np.shape(get_data(node)), xs, seen, node.params)
    known = TABLE.get(op.name) is op
    parts: list[Any] = []
    for number, parent in enumerate(node.parents):
        if not moving[number] or (op.joint is None and not op.pushes and op.rules[number] is None):
            continue
        # Of a user's operation nothing is known.
        dependence = find_dependence(call, number) if known else None
        part = _follow(dependence, found[parent], int(np.prod(call.shape)))
        if not any(part is other for other in parts):
            parts.append(part)
    if not parts:
        return None
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return next((part for part in parts if part.nnz == whole.nnz), whole)


def _follow(dependence: Dependence | None, pattern: Any, size: int) -> Any:
    """The pattern of a result with so many elements, by that of an operand."""
    from scipy.sparse import csr_array

    if dependence is None:
        dependence = Groups(np.zeros(size, int), np.zeros(pattern.shape[0], int))
    if isinstance(dependence, Groups):
        groups, members = dependence.of_result, dependence.of_operand
        alone = members.size == pattern.shape[0] and np.array_equal(members, np.arange(members.size))
        if not alone:
            pattern = (
                _rows(members, np.arange(members.size), int(members.max(initial=-1)) + 1, pattern.shape[0]) @ pattern
            )
        elif np.array_equal(groups, members):
            return pattern
        if not groups.size or (groups.min() >= 0 and groups.max() < pattern.shape[0]):
            return pattern[groups]
        there = np.flatnonzero((groups >= 0) & (groups < pattern.shape[0]))
        return _rows(there, groups[there], size, pattern.shape[0]) @ pattern
    return csr_array(_rows(dependence.results, dependence.operands, size, pattern.shape[0]) @ pattern)


def _rows(rows: np.ndarray, columns: np.ndarray, height: int, width: int) -> Any:
    from scipy.sparse import csr_array

    return csr_array((np.ones(len(rows), bool), (rows, columns)), (height, width))
