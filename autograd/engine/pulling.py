"""`pull`: the derivatives of several outputs by chosen nodes, where a node that no output depends on is told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine.reaching import find_reaching
from autograd.engine.reverse import propagate, read_node, walk
from autograd.engine.tensor import wrap
from autograd.graph.modes import call_recorded, mode
from autograd.graph.node import Node, get_data
from autograd.ops.comparison import stop_gradient


def pull(
    outputs: Sequence[Any], gradients: Sequence[Any], targets: Sequence[Node], *, record: bool = False
) -> list[Any]:
    """For each target the sum over the outputs of what arrives at it; no `.grad` is read or changed.

    Parameters
    ----------
    outputs : sequence of Tensor
    gradients : sequence of array or Tensor
        What arrives at each output.
    targets : sequence of Node
    record : bool
        Let the pass record itself, so that what it gives can be differentiated again.

    Returns
    -------
    list
        Arrays, or nodes where the pass is recorded; None for a target that no output depends on.

    Examples
    --------
    >>> from autograd import Tensor
    >>> x, y = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0], requires_grad=True)
    >>> pull([x * x], [np.ones(2)], [x, y])
    [array([2., 4.]), None]
    """
    found: dict[Node, Any] = {}

    def arrive(node: Node, g: Any) -> None:
        if node in wanted:
            found[node] = found[node] + g if node in found else g if isinstance(g, Node) else np.array(g)

    def passes() -> None:
        for root, gradient in zip(outputs, gradients, strict=True):
            if root.needs_grad:
                seed: Any = np.asarray(get_data(gradient) if isinstance(gradient, Node) else gradient, root.dtype)
                if recorded:
                    seed = gradient if isinstance(gradient, Node) else wrap(seed, face=root.face)
                order = walk(root)
                reaching = find_reaching(order, targets)
                propagate(root, seed, read_node if recorded else get_data, arrive, reaching=reaching, order=order)

    recorder = mode().recorder
    # What stands for unknown numbers can be recorded, and nothing else.
    recorded = record or recorder is not None
    if recorder is not None:
        targets = [recorder.stand_in(target) for target in targets]
    wanted = set(targets)
    with np.errstate(all="ignore"):
        if recorded:
            call_recorded(passes)
        else:
            passes()
    if recorded and not record:
        found = {target: stop_gradient(g) for target, g in found.items()}
    return [found.get(target) for target in targets]
