"""Loops that take the gradient of a function, `grad(loss)(parameters, x, y)`: each call of theirs is a backward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.engine.lifting import let_gradients_into
from autograd.graph.modes import inside
from autograd.graph.node import Node, get_data, set_grad
from nn.health.loop.recorder import Recorder


def wrap_cotangents(recorder: Recorder, cotangents: Callable[..., Any]) -> Callable[..., Any]:
    """What a transform takes its derivatives by, which tells a recorder of those of one number, where no other transform is around it."""

    def told(root: Any, gradient: Any, targets: Sequence[Node], *others: Any, **named: Any) -> Any:
        leaves = [target for target in targets if target.op is None]
        seen = isinstance(root, Node) and root.requires_grad and np.size(get_data(root)) == 1
        if not seen or inside.get() or len(leaves) < len(targets):
            return cotangents(root, gradient, targets, *others, **named)
        # They are closed as soon as the function has ended, and would look like constants.
        let_gradients_into(leaves, True)
        try:
            recorder.note_backward(root)
            found = cotangents(root, gradient, targets, *others, **named)
            for leaf, slope in zip(leaves, found[0], strict=True):
                set_grad(leaf, slope if isinstance(slope, float) else np.asarray(slope))
            recorder.end_backward()
        finally:
            let_gradients_into(leaves, False)
        return found

    return told
