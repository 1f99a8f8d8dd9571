"""`ReplayedLoss`: the user's own expression of a loss, read off the graph, as a function of outputs and targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.graph.node import Node, get_data

# The cosine of weights and the slope of a penalty from which on it is one of their size.
ALIKE = 0.7


class ReplayedLoss:
    """Does with other outputs and targets what the script did with those of one batch.

    Parameters
    ----------
    order : list of Node
        From the output, which is not among them, to the loss.
    output, targets : Node
        What is put in the place of these nodes.
    """

    def __init__(self, order: list[Node], output: Node, targets: Node) -> None:
        self._order, self._output, self._targets = order, output, targets
        self._rows = len(get_data(targets))

    def __deepcopy__(self, memo: dict[int, Any]) -> ReplayedLoss:
        """It is only read."""
        return self

    def __call__(self, output: Any, targets: Any) -> Any:
        made: dict[int, Any] = {id(self._output): output, id(self._targets): targets}
        for node in self._order:
            if node.op is None:
                made.setdefault(id(node), self._resize(node, len(output)))
            else:
                params = {name: with_rows(value, self._rows, len(output)) for name, value in node.params.items()}
                made[id(node)] = node.op.call(*(made[id(parent)] for parent in node.parents), **params)
        return made[id(self._order[-1])]

    def _resize(self, node: Node, rows: int) -> Any:
        """The numbers of the batch's rows follow its size; other constants stay."""
        data = np.asarray(get_data(node))
        if data.shape == (self._rows,) and _counts_rows(node):
            return np.arange(rows)
        return node.detach() if isinstance(node, Tensor) else data


def with_rows(value: Any, before: int, now: int) -> Any:
    """A shape that begins with the number of rows, with that of now.

    Examples
    --------
    >>> with_rows((32, 10), 32, 7), with_rows(32, 32, 7), with_rows((10, 32), 32, 7)
    ((7, 10), 32, (10, 32))
    """
    if isinstance(value, tuple) and value and value[0] == before and before > 1:
        return (now, *value[1:])
    return value


def replay_graph(loss: Any, output: Any) -> tuple[ReplayedLoss, np.ndarray] | None:
    """The loss as a function, and the targets of its batch; None where it can't be told which constant they are."""
    if not isinstance(output, Tensor) or not isinstance(loss, Tensor):
        return None
    order = between(loss, output)
    rows = output.shape[0] if output.ndim else 0
    constants = [
        node for node in order if node.op is None and not node.requires_grad and np.shape(get_data(node))[:1] == (rows,)
    ]
    told = [node for node in constants if not _counts_rows(node)]
    if not order or len(told) != 1:
        return None
    return ReplayedLoss(order, output, told[0]), np.array(get_data(told[0]))


def _counts_rows(node: Node) -> bool:
    data = np.asarray(get_data(node))
    return data.ndim == 1 and data.dtype.kind in "iu" and bool((data == np.arange(len(data))).all())


def between(loss: Node, output: Node) -> list[Node]:
    """The nodes from the output to the loss, parents first; empty where the loss is not made of the output."""
    order: list[Node] = []
    done: set[int] = {id(output)}
    stack: list[tuple[Node, bool]] = [(loss, False)]
    met = False
    while stack:
        node, ready = stack.pop()
        met = met or node is output
        if id(node) in done:
            continue
        if ready:
            done.add(id(node))
            order.append(node)
        else:
            stack.append((node, True))
            met = met or any(parent is output for parent in node.parents)
            stack += [(parent, False) for parent in node.parents]
    return order if met else []


def find_penalty(loss: Any, output: Any) -> float | None:
    """What a loss adds of the weights themselves, beside what it makes of the outputs, as the weight decay that it amounts to."""
    if not isinstance(output, Tensor) or not isinstance(loss, Tensor):
        return None
    order = between(loss, output)
    leaves = [node for node in order if node.op is None and node.requires_grad]
    if not leaves:
        return None
    copies = {id(leaf): Tensor(np.array(get_data(leaf)), requires_grad=True) for leaf in leaves}
    made: dict[int, Any] = {id(output): output.detach(), **copies}
    for node in order:
        if node.op is None:
            made.setdefault(id(node), node.detach() if isinstance(node, Tensor) else get_data(node))
        else:
            made[id(node)] = node.op.call(*(made[id(parent)] for parent in node.parents), **node.params)
    made[id(order[-1])].backward()
    weights = np.concatenate([np.ravel(get_data(leaf)) for leaf in leaves]).astype(np.float64)
    given = [copies[id(leaf)].grad for leaf in leaves]
    slopes = np.concatenate(
        [np.zeros(np.size(get_data(leaf))) if g is None else np.ravel(g) for leaf, g in zip(leaves, given, strict=True)]
    ).astype(np.float64)
    size = float(np.linalg.norm(weights) * np.linalg.norm(slopes))
    # A slope that goes with the weights is a decay: 2 λ w for λ w², λ sign(w) for λ |w|.
    if not size or float(weights @ slopes) / size < ALIKE:
        return None
    return float(weights @ slopes) / float(weights @ weights)
