"""Backpropagation: the order of the walk, the reverse pass, and the same pass as a sequence of visible steps.

For every node, once all its consumers have sent their contribution, its gradient is complete; it then sends to each
parent *upstream gradient × local derivative*, which the parent adds up. So each edge is walked once, where the sum over
all paths of the chain rule would walk shared edges again and again. On e = (a+b)·(b+1) the order is e, c, d, a, b.

`propagate` is the pass. What a node sends is in `contributions.py`, its shape in `unbroadcast.py`, and `backward.py` adds up
in `.grad`: faster by `float_pass.py` for `Value`s that nobody watches, with fewer copies by `ownership.py` for arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Any

import numpy as np

from autograd.engine.contributions import Contribution, Step, contributions, read_node, record_contributions
from autograd.engine.hooks import call_hooks
from autograd.engine.ownership import SumsInPlace
from autograd.engine.unbroadcast import fit
from autograd.graph.node import EDITED, HOOKS, Node, get_data
from autograd.graph.versions import SPOILED, refuse_spoiled, settle
from autograd.wording.names import Names

__all__ = ["Contribution", "Step", "Sums", "contributions", "fit", "propagate", "read_node", "steps", "walk"]


def walk(*roots: Node, since: int = 0, older: set[Node] | None = None) -> list[Node]:
    """The nodes that need a gradient, each after all its consumers; ties in order of arrival, parents left to right.

    Parameters
    ----------
    *roots : Node
    since : int
        Leave out the nodes with a lower creation number, and whatever is behind them.
    older : set of Node, optional
        Takes the nodes where the walk was cut.

    Examples
    --------
    >>> from autograd import Value
    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> [node.label() for node in walk((a + b) * (b + 1))]
    ['mul', 'add', 'add', 'a', 'b']
    """
    if EDITED:
        for root in roots:
            settle(root, since)
    waiting = dict.fromkeys(roots, 0)
    found = list(waiting)
    for node in found:
        for parent in node.parents:
            if parent in waiting:
                waiting[parent] += 1
            elif parent.needs_grad:
                if parent.order >= since:
                    waiting[parent] = 1
                    found.append(parent)
                elif older is not None:
                    older.add(parent)
    order = [root for root in found[: len(roots)] if not waiting[root]]
    for node in order:
        for parent in node.parents:
            left = waiting.get(parent)
            if left == 1:
                order.append(parent)
            elif left is not None:
                waiting[parent] = left - 1
    if SPOILED:
        for root in roots:
            refuse_spoiled(root, order)
    return order


class Sums(dict[Node, Any]):
    """What has arrived at each node whose gradient is not complete."""

    __slots__ = ()

    def add(self, parent: Node, sent: Any, node: Node, g: Any) -> Any:
        """Add what `node`, whose gradient is `g`, sends to `parent`; gives the sum so far, a new array each time."""
        self[parent] = total = self[parent] + sent if parent in self else sent
        return total

    def is_owned(self, node: Node) -> bool:
        """Whether a gradient is nobody else's memory: not known here."""
        return False


def propagate(
    root: Node,
    gradient: Any,
    read: Callable[[Node], Any],
    visit: Callable[[Node, Any], None],
    step: Callable[[Step], None] | None = None,
    *,
    reaching: Set[Node] | None = None,
    order: Sequence[Node] | None = None,
    sums: Sums | SumsInPlace | None = None,
) -> Sums | SumsInPlace:
    """The reverse pass, over numbers, arrays, or, when it records itself, nodes.

    Parameters
    ----------
    root : Node
    gradient : float, array or Node
        What arrives at the root.
    read : callable
        What a rule is given for a node: its data in a pass that is not recorded, the node itself in one that is.
    visit : callable
        `visit(node, gradient)`, once the node's gradient is complete.
    step : callable, optional
        Given every `Step`, whose arrays must not be added to in place afterwards: not with `SumsInPlace`.
    reaching : set of Node, optional
        Send only to these, as `reaching.find_reaching` gives them; by default to all that require a gradient.
    order : sequence of Node, optional
        `walk(root)`, where that is known already, or a part of it.
    sums : Sums or SumsInPlace, optional
        How contributions are added up, and what has arrived already.

    Returns
    -------
    Sums or SumsInPlace
        What arrived at nodes that are not in `order`.
    """
    order, names = walk(root) if order is None else order, Names(root)
    sums = Sums() if sums is None else sums
    sums[root] = gradient
    send = record_contributions if read is read_node else contributions
    hooks, add, ndarray = HOOKS.held, sums.add, np.ndarray
    for node in order:
        g = sums.pop(node, None)
        if g is None:
            continue
        if hooks and node in HOOKS:
            g = call_hooks(node, g)
        visit(node, g)
        arrived: list[Contribution] = []
        if node.op is not None:
            parents = node.parents
            wanted = []
            for parent in parents:  # half of what a comprehension costs
                wanted.append(parent.needs_grad if reaching is None else parent in reaching)
            for index, sent in enumerate(send(node, g, read, wanted)):
                if sent is not None and wanted[index]:
                    parent = parents[index]
                    data = get_data(parent)
                    if sent.__class__ is not ndarray or sent.shape != data.shape or sent.dtype is not data.dtype:
                        sent = fit(sent, parent, node)
                    total = add(parent, sent, node, g)
                    if step is not None:
                        arrived.append(Contribution(node, index, sent, total, names))
        if step is not None:
            step(Step(node, g, arrived, names))
    return sums


def steps(root: Node, gradient: Any = None) -> list[Step]:
    """The reverse pass as its steps, every `.grad` left as it is; hooks are called.

    Parameters
    ----------
    root : Node
    gradient : float or array, optional
        What arrives at the root; ones by default.

    Examples
    --------
    >>> from autograd import Value
    >>> a = Value(3.0, name="a")
    >>> [(step.node.label(), step.upstream) for step in steps(a * a)]
    [('mul', 1.0), ('a', 6.0)]
    """
    if gradient is None:
        gradient = 1.0 if get_data(root).__class__ is float else np.ones_like(get_data(root))
    found: list[Step] = []
    with np.errstate(all="ignore"):
        propagate(root, gradient, get_data, lambda *_: None, found.append)
    return found
