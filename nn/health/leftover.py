"""`Leftover`: a gradient that a step leaves behind, looked for in that of the next: a `zero_grad` that was forgotten."""

from __future__ import annotations

import numpy as np

from autograd.engine.observe import observing
from autograd.engine.reaching import find_reaching
from autograd.engine.reverse import propagate, walk
from autograd.graph.node import Node, get_data, get_grad
from nn.module import Module


class Leftover:
    """The gradient of a model's last parameter after a step that used it.

    Whoever adds up several batches on purpose begins anew after each step, so that nothing of what a step has used is in
    the next one's gradients. One parameter tells it of all; to the last one the reverse pass is short.

    Parameters
    ----------
    model : Module
    loss : Node
        Of the step that was taken. Only what an optimizer has moved since then was used up: to call `on_step` between the
        batches that are added up is not a step.
    """

    def __init__(self, model: Module, loss: Node) -> None:
        self.parameter: Node | None = None
        for parameter in reversed(list(model.parameters())):
            gradient = get_grad(parameter)
            moved = parameter.stamp is not None and parameter.stamp[0] > loss.order
            if moved and gradient is not None and gradient.any():
                self.parameter, self.gradient = parameter, gradient
                return

    def is_in(self, loss: Node) -> bool:
        """Whether the gradient of the step whose loss this is, is to the bit the one left behind plus its own."""
        parameter = self.parameter
        # Zeros that were written into it leave nothing.
        if parameter is None or get_grad(parameter) is None or not loss.requires_grad or not self.gradient.any():
            return False
        own: list[np.ndarray] = []

        def visit(node: Node, gradient: np.ndarray) -> None:
            if node is parameter:
                own.append(gradient)

        with np.errstate(all="ignore"), observing():
            order = walk(loss)
            reaching = find_reaching(order, [parameter])
            propagate(loss, np.ones_like(get_data(loss)), get_data, visit, reaching=reaching, order=order)
            if not own:
                return False
            together = (self.gradient + own[0]).astype(self.gradient.dtype)
            held = get_grad(parameter)
            # Where what was left is lost in rounding, or all is infinite, the sum says nothing.
            telling = np.isfinite(together).all() and not np.array_equal(held, own[0])
        return bool(telling and np.array_equal(held, together))
