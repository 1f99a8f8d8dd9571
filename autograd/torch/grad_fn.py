"""What made a tensor, as `t.grad_fn` shows it: the graph in PyTorch's words."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine import tensor as engine
from autograd.engine.contributions import Step
from autograd.engine.reverse import propagate, walk
from autograd.errors import OperandError
from autograd.graph.node import Node, get_data, raw


class GradFn:
    """The operation that made a tensor.

    Called with the gradient of the tensor, it gives what goes to each operand.

    Examples
    --------
    >>> import autograd.torch as torch
    >>> a = torch.tensor(3.0, requires_grad=True)
    >>> b = a * a
    >>> b.grad_fn, b.grad_fn.next_functions[0][0].variable is a, b.grad_fn(torch.tensor(1.0))
    (<MulBackward0>, True, (tensor(3.), tensor(3.)))
    """

    def __init__(self, node: Node) -> None:
        self.node = node

    def name(self) -> str:
        """As PyTorch writes it: `MulBackward0`, by the row of the table."""
        op = self.node.op
        assert op is not None
        if op.opaque:
            # A user's own has the name of its class.
            return f"{op.name}Backward"
        return f"{''.join(part.capitalize() for part in op.name.split('_'))}Backward0"

    @property
    def next_functions(self) -> tuple[tuple[GradFn | AccumulateGrad | None, int], ...]:
        """Where the gradients of the operands go: to what made them, to the `.grad` of leaves; None for constants."""
        return tuple([(_goal(parent), 0) for parent in self.node.parents])

    def __call__(self, *gradients: Any) -> Any:
        if len(gradients) != 1:
            raise OperandError(
                f"{self.name()}: expected 1 arguments, got {len(gradients)} instead: the gradient of what it made"
            )
        # Operands that were edited since are put in order by the walk.
        walk(self.node)
        taken: list[Step] = []
        arriving = np.asarray(raw(gradients[0]), get_data(self.node).dtype)
        with np.errstate(all="ignore"):
            propagate(self.node, arriving, get_data, lambda *_: None, taken.append, order=[self.node])
        sent: list[Any] = [None] * len(self.node.parents)
        for contribution in taken[0].sent:
            sent[contribution.index] = engine.wrap(np.asarray(contribution.value), False, type(self.node).face)  # type: ignore[attr-defined]
        return sent[0] if len(sent) == 1 else tuple(sent)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GradFn) and other.node is self.node

    def __hash__(self) -> int:
        return hash(self.node)

    def __repr__(self) -> str:
        return f"<{self.name()}>"


class AccumulateGrad:
    """Where the gradient of a leaf ends: it adds up in `variable.grad`.

    Attributes
    ----------
    variable : Tensor
        The leaf.
    """

    def __init__(self, variable: Any) -> None:
        self.variable = variable

    def name(self) -> str:
        """As PyTorch writes it."""
        return "torch::autograd::AccumulateGrad"

    @property
    def next_functions(self) -> tuple[()]:
        """Nothing: a leaf was made by no operation."""
        return ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AccumulateGrad) and other.variable is self.variable

    def __hash__(self) -> int:
        return hash(self.variable)

    def __repr__(self) -> str:
        return "<AccumulateGrad>"


def _goal(parent: Node) -> GradFn | AccumulateGrad | None:
    if not parent.needs_grad:
        return None
    return AccumulateGrad(parent) if parent.op is None else GradFn(parent)
