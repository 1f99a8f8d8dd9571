"""`Bare`: what a script trains without a module of its own that shows it whole: read off the graph, and made a module of."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.graph.node import Const, Node, ancestors, get_data
from nn.health.loop.replay import between, with_rows
from nn.module import Module
from nn.parameter import Parameter

# What a loss makes of scores first: the scores are the outputs.
OF_SCORES = ("log_softmax", "softmax", "sigmoid", "log", "clip")


class Bare:
    """The graph of one pass: its leaves are the parameters, and a constant of as many rows as the outputs the inputs.

    Attributes
    ----------
    leaves : list of Tensor
        In the order they were made.
    inputs, output : Node
    order : list of Node
        From the inputs and leaves to the output.
    """

    training = True

    def __init__(self, leaves: list[Any], inputs: Node, output: Node, order: list[Node]) -> None:
        self.leaves, self.inputs, self.output, self.order = leaves, inputs, output, order

    def __deepcopy__(self, memo: dict[int, Any]) -> Bare:
        """It is only read."""
        return self

    @property
    def rows(self) -> int:
        """Of the batch."""
        return len(get_data(self.inputs))


def read_bare(loss: Any, output: Any = None) -> Bare | None:
    """What is trained, as the graph of a loss shows it; None where it can't be told which constants are rows.

    Parameters
    ----------
    loss : Tensor
    output : Tensor, optional
        What the loss is of; otherwise what meets the last constant in it.
    """
    if not isinstance(loss, Node) or not loss.requires_grad:
        return None
    nodes = sorted(ancestors(loss), key=lambda node: node.order)
    leaves = [n for n in nodes if n.op is None and n.requires_grad]
    users: dict[int, list[Node]] = {}
    for node in nodes:
        for parent in node.parents:
            users.setdefault(id(parent), []).append(node)
    constants = [n for n in nodes if n.op is None and not n.requires_grad and n.__class__ is not Const]
    constants = [n for n in constants if np.ndim(get_data(n))]
    if output is None:
        for node in constants:
            for user in users.get(id(node), ()):
                output = next((p for p in user.parents if p is not node and p.requires_grad and p.op), output)
    if not isinstance(output, Node) or output.op is None:
        return None
    output = _strip(_go_down(loss, _strip(output), leaves))
    made = sorted(ancestors(output), key=lambda node: node.order)
    rows = np.shape(get_data(output))[:1]
    known = {id(node) for node in made}
    given = [n for n in constants if id(n) in known and np.shape(get_data(n))[:1] == rows]
    # A constant that is the same for every row is no input where there is another, as the first state of a recurrent cell.
    given = [n for n in given if not _is_alike(n)] or given
    if len(given) != 1 or not rows:
        return None
    return Bare(leaves, given[0], output, [n for n in made if n.op is not None])


def _strip(output: Node) -> Node:
    """What stands before shares and their logarithms."""
    while output.op is not None and output.op.name in OF_SCORES and output.parents[0].op is not None:
        output = output.parents[0]
    return output


def _go_down(loss: Node, output: Node, leaves: list[Node]) -> Node:
    """The node through which all goes that the loss is made of, such as p where log p and log (1 - p) are; else the output itself."""
    trained, node = {id(leaf) for leaf in leaves}, output
    while any(id(other) in trained for other in between(loss, node)):
        before = [p for p in node.parents if p.requires_grad and p.op is not None]
        if len(before) != 1:
            return output
        node = before[0]
    return node


def _is_alike(node: Node) -> bool:
    """Whether a constant is the same for every row of a batch."""
    data = np.asarray(get_data(node))
    return bool(data.ndim) and _axis_of_rows(data, len(data)) == 0


def _axis_of_rows(data: np.ndarray, rows: int) -> int | None:
    """The axis of as many entries as there are rows along which nothing changes, as that of a first state."""
    if rows < 2:
        return None
    axes = (k for k in range(data.ndim) if data.shape[k] == rows)
    return next((k for k in axes if bool((data == data.take([0], axis=k)).all())), None)


class Replayed(Module):
    """A module that does with other rows what the graph of one pass did."""

    def __init__(self, bare: Bare) -> None:
        super().__init__()
        self._bare = bare
        self._leaves = [f"leaf{k}" for k in range(len(bare.leaves))]
        for name, leaf in zip(self._leaves, bare.leaves, strict=True):
            setattr(self, name, Parameter(np.array(get_data(leaf))))

    def twins(self) -> dict[int, Any]:
        """Its parameters by the identity of the leaves that they stand for."""
        return {id(leaf): getattr(self, name) for leaf, name in zip(self._bare.leaves, self._leaves, strict=True)}

    def forward(self, x: Any) -> Any:
        bare, rows = self._bare, len(x)
        made: dict[int, Any] = {id(bare.inputs): x}
        made |= self.twins()
        for node in bare.order:
            for parent in node.parents:
                if id(parent) not in made:
                    made[id(parent)] = _resize(parent, bare.rows, rows)
            assert node.op is not None
            params = {name: with_rows(value, bare.rows, rows) for name, value in node.params.items()}
            made[id(node)] = node.op.call(*(made[id(parent)] for parent in node.parents), **params)
        return made[id(bare.output)]


def _resize(node: Node, before: int, now: int) -> Any:
    """A constant; where it is the same for every row of the batch, for as many rows as there are now."""
    data = np.asarray(get_data(node))
    axis = _axis_of_rows(data, before)
    if axis is not None:
        return np.repeat(data.take([0], axis=axis), now, axis=axis)
    return node.detach() if isinstance(node, Tensor) else get_data(node)
