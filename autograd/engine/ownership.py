"""`SumsInPlace`: the sums of a reverse pass over arrays with the fewest copies.

Most large gradients are made by a rule, sent on, and forgotten. Memory that a rule has just made, and that nobody else
holds, is *owned*: it may be added to in place, and become the `.grad` of a leaf without a copy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.graph.node import HOOKS, Node, get_data
from autograd.graph.op import Op

# Bytes up to which copying a gradient costs less than finding out whether it needs to be copied.
MAX_COPIED_BYTES = 8192


class SumsInPlace(dict[Node, Any]):
    """What has arrived at each node whose gradient is not complete; to the bit the same as `reverse.Sums`.

    Attributes
    ----------
    owned : set of Node
        Those whose sum, complete or not, is nobody else's memory.
    """

    __slots__ = ("owned",)

    def __init__(self) -> None:
        self.owned: set[Node] = set()

    def add(self, parent: Node, sent: Any, node: Node, g: Any) -> Any:
        """Add what `node`, whose gradient is `g`, sends to `parent`; gives the sum so far."""
        total = self.get(parent)
        if total is None:
            total = sent
            if (
                parent.op is None
                and sent.__class__ is np.ndarray
                and sent.nbytes > MAX_COPIED_BYTES
                and _is_new(sent, node, g)
            ):
                self.owned.add(parent)
        elif parent in self.owned and sent.__class__ is np.ndarray:
            total += sent
        else:
            total = total + sent
            if total.__class__ is np.ndarray:
                self.owned.add(parent)
        self[parent] = total
        return total

    def is_owned(self, node: Node) -> bool:
        """Whether the gradient of a node may be kept without a copy; what a hook saw or gave may be held by it."""
        return node in self.owned and node not in HOOKS


def _is_new(sent: Any, node: Node, g: Any) -> bool:
    """Whether the rule of `node` made this memory: then nobody else holds it."""
    if not sent.flags.writeable:
        return False
    op: Op = node.op  # type: ignore[assignment]
    memory = sent if sent.base is None else sent.base
    if op.opaque or op.joint is not None or memory is g or memory is g.base:
        return False
    for involved in (node, *node.parents):
        data = get_data(involved)
        if data.__class__ is np.ndarray and (memory is data or memory is data.base):
            return False
    return True
